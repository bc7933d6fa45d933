#include "app/session/session.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <utility>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/session/installed_python.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/supervisor/engine.h"

namespace forklight::app::session {

using scenario::Verdict;

namespace {

constexpr std::string_view kFirstScenario = "exit-codes";  // ready to run at the first start, and worth it

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string machine() {
  utsname system{};
  uname(&system);
  return fmt::format("{} {} {}, {} cores", system.sysname, system.release, system.machine, sysconf(_SC_NPROCESSORS_ONLN));
}

// The word of the Python program, which no language translates: "put", "print", "join".
std::string operation_word(trace::Kind kind) {
  switch (kind) {
    case trace::Kind::output:
      return "print";
    case trace::Kind::task_begin:
      return "run";
    case trace::Kind::signal_sent:
      return "terminate";
    case trace::Kind::reap:
      return "exitcode";
    default:
      const std::string name(trace::name(kind));
      return name.ends_with("_begin") ? name.substr(0, name.size() - 6) : name;
  }
}

// "SIGSTOP to Process-1", "put 7 into queue": what the learner had done.
std::string deed_words(const supervisor::Deed& deed) {
  using trace::LearnerAct;
  const char* key = deed.what == LearnerAct::signal  ? "session.deed.signal"
                    : deed.what == LearnerAct::put   ? "session.deed.put"
                    : deed.what == LearnerAct::set   ? "session.deed.set"
                    : deed.what == LearnerAct::clear ? "session.deed.clear"
                    : deed.what == LearnerAct::interrupt ? "session.deed.interrupt"
                    : deed.what == LearnerAct::interval  ? "session.deed.interval"
                                                         : "session.deed.close";
  const std::string signal = i18n::signal_name(deed.number);
  const std::string value = deed.what == LearnerAct::interval ? i18n::format_duration(std::int64_t{deed.number} * 1000) : deed.value.substr(0, 40);
  return i18n::tr(key, fmt::arg("signal", signal), fmt::arg("task", deed.task), fmt::arg("object", deed.object), fmt::arg("value", value));
}

}  // namespace

Session::Session(std::filesystem::path engine, Output output, std::function<void()> on_news)
    : engine_path_(std::move(engine)),
      output_(output),
      on_news_(std::move(on_news)),
      scenario_(&scenario::find(kFirstScenario)),
      settings_(scenario_->parameters),
      run_settings_(settings_) {
  check_claims(false);
}

Session::~Session() = default;

void Session::choose(std::string_view id) {
  const scenario::Scenario& chosen = scenario::find(id);
  if (&chosen == scenario_ && state_ != RunState::opened) return;
  engine_.reset();
  folder_.reset();
  keep_run();
  scenario_ = &chosen;
  settings_ = run_settings_ = scenario::Settings(chosen.parameters);
  has_choices_ = false;
  meta_ = {};
  file_.clear();
  predictions_.clear();
  due_.reset();
  state_ = RunState::ready;
  check_claims(false);
}

// What is at hand makes room for something else. The newest are kept, without what would take too much memory.
void Session::keep_run() {
  std::vector<store::Note> notes = std::exchange(notes_, {});
  notes_saved_ = ++notes_revision_;
  if (model_.tasks().empty()) return model_.clear();
  earlier_.push_back({++came_, scenario_, run_settings_, file_.string(), model_.take_out(), std::move(predictions_), std::move(notes)});
  const auto events = [this] {
    std::size_t sum = 0;
    for (const EarlierRun& run : earlier_) sum += run.model.events().size();
    return sum;
  };
  while (!earlier_.empty() && (earlier_.size() > kMostEarlier || events() > kMostEarlierEvents)) earlier_.erase(earlier_.begin());
}

void Session::set(std::string_view name, std::string_view value) { settings_.set(name, value); }

void Session::run(std::vector<Prediction> predictions) { start({.pace = pace_, .rate = rate_}, std::move(predictions)); }

void Session::replay() {
  if (!has_choices_) throw base::UsageError(i18n::tr("session.replay.nothing"));
  const std::vector<trace::Record> records = model_.records();
  settings_ = run_settings_;
  start({.pace = supervisor::Pace::replay, .rate = rate_, .replay = supervisor::choices_of(records)});
}

std::optional<scenario::Cure> Session::cure() const {
  if (!scenario_->cure || model_.tasks().empty() || run_settings_.text(scenario_->cure->parameter) == scenario_->cure->value) return std::nullopt;
  return scenario_->cure;
}

void Session::start(supervisor::PaceSetting pace, std::vector<Prediction> predictions) {
  engine_.reset();  // ends a run that is still going on
  folder_.reset();
  notice_.clear();
  keep_run();
  has_choices_ = departure_told_ = moment_told_ = false;
  predictions_ = std::move(predictions);
  due_.reset();
  file_.clear();
  state_ = RunState::ready;
  run_settings_ = settings_;
  check_claims(false);

  supervisor::RunRequest request;
  request.scenario = scenario_->id;
  request.observe = observe_;
  request.python_minor = scenario::python_minor(settings_, installed_python_minor());
  request.settings.insert(settings_.values().begin(), settings_.values().end());
  if (scenario_->writes_files) {
    folder_.emplace(files_in_.empty() ? RunFolder::temporary() : RunFolder::at(files_in_));
    request.directory = folder_->path().string();
  }
  request.buffering = output_.block_buffered ? process::Buffering::block : process::Buffering::line;
  meta_ = {.scenario = std::string(scenario_->id),
           .settings = request.settings,
           .program_version = FORKLIGHT_VERSION,
           .python_file = std::string(scenario_->python_file),
           .python = std::string(scenario_->python),
           .cpp_file = std::string(scenario_->cpp_file),
           .cpp = std::string(scenario_->cpp),
           .recorded_at = utc_now(),
           .machine = machine()};
  meta_.python_version = fmt::format("3.{}", request.python_minor);
  supervisor::EngineOptions options{
      .engine = engine_path_, .stdout_fd = output_.stdout_fd, .stderr_fd = output_.stderr_fd, .on_news = on_news_, .pace = std::move(pace)};
  for (const Prediction& one : predictions_) {
    if (one.question->moment != nullptr) options.hold_at = one.question->moment;
  }
  engine_ = std::make_unique<supervisor::Engine>(options, request);
  ++run_count_;
  state_ = RunState::running;
}

void Session::stop() {
  if (state_ != RunState::running) return;
  engine_->stop();
  state_ = RunState::stopping;
}

void Session::update() {
  if (!engine_) return;
  taken_ = engine_->take(std::move(taken_));
  for (const auto& records : taken_) {
    model_.append(records);
    has_choices_ = has_choices_ || chosen_in(records);
  }
  if (!taken_.empty()) check_claims(false);
  follow_predictions();
  tell_departure();
  if (std::string refusal = engine_->take_refusal(); !refusal.empty()) notify(i18n::engine_words(refusal));
  if (engine_->finished()) finish_run();
}

// What the run has shown of the answers; and whether it stands where it is to be asked about.
void Session::follow_predictions() {
  if (predictions_.empty()) return;
  const bool met = engine_->moment_met() && !moment_told_;
  const auto now = std::chrono::steady_clock::now();
  constexpr auto kOften = std::chrono::milliseconds(50);
  if (!met && now - looked_ < kOften) return;
  looked_ = now;
  find_answers(predictions_, {model_, run_settings_, now_ns(), false});
  if (!met) return;
  moment_told_ = true;
  for (std::size_t i = 0; i < predictions_.size(); ++i) {
    if (predictions_[i].question->moment == nullptr) continue;
    // Too late to be asked if the answer has come already.
    if (predictions_[i].was) return answer_due({});
    due_ = i;
  }
}

void Session::answer_due(const Votes& votes) {
  if (due_) {
    predictions_[*due_].votes = votes;
    predictions_[*due_].asked = predictions_[*due_].count() > 0;
    due_.reset();
  }
  // Who had chosen to step goes on stepping.
  if (live() && engine_->pace().held()) engine_->pace().go_on();
}

// One sentence, if the choices of the earlier run can be followed no further.
void Session::tell_departure() {
  const auto departure = engine_->pace().departure();
  if (!departure || departure_told_ || model_.stopped()) return;
  departure_told_ = true;
  using Why = supervisor::Departure::Why;
  if (departure->why == Why::deed) {
    const std::string number = std::to_string(departure->position + 1), what = deed_words(departure->deed);
    const std::string why = departure->refusal.empty() ? i18n::tr("session.replay.deed.no_answer") : i18n::engine_words(departure->refusal);
    return notify(i18n::tr("session.replay.deed", fmt::arg("number", number), fmt::arg("deed", what), fmt::arg("why", why)));
  }
  const char* key = departure->why == Why::late              ? "session.replay.late"
                    : departure->why == Why::other_operation ? "session.replay.other"
                                                             : "session.replay.ended";
  notify(i18n::tr(key, fmt::arg("number", departure->position + 1), fmt::arg("task", departure->expected.task),
                  fmt::arg("operation", operation_word(departure->expected.operation)), fmt::arg("met", operation_word(departure->met))));
}

supervisor::Pace Session::pace() const { return live() ? engine_->pace().pace() : pace_; }

int Session::rate() const { return rate_; }

void Session::set_pace(supervisor::Pace pace) {
  pace_ = pace;
  if (!live()) return;
  if (pace == supervisor::Pace::real) engine_->pace().set_real();
  if (pace == supervisor::Pace::slow) engine_->pace().set_slow(rate_);
  if (pace == supervisor::Pace::step) engine_->pace().set_step();
}

void Session::set_rate(int per_second) {
  rate_ = std::clamp(per_second, supervisor::kMinRate, supervisor::kMaxRate);
  if (live() && engine_->pace().pace() == supervisor::Pace::slow) engine_->pace().set_slow(rate_);
}

void Session::hold() {
  if (live()) engine_->pace().hold();
}

void Session::go_on() {
  if (!live()) return;
  if (!engine_->pace().held()) pace_ = supervisor::Pace::real;  // step had been chosen, and is left
  engine_->pace().go_on();
}

bool Session::standing() const { return live() && engine_->pace().pace() == supervisor::Pace::step; }

bool Session::step(trace::TaskId task) { return live() && engine_->pace().step(task); }

std::vector<trace::AtGate> Session::at_gate() const { return live() ? engine_->pace().at_gate() : std::vector<trace::AtGate>{}; }

void Session::signal(trace::TaskId task, int signal) {
  if (live()) engine_->signal(task, signal);
}

void Session::interrupt() {
  if (live()) engine_->interrupt();
}

void Session::put(timeline::ObjectId object, nlohmann::json value) {
  if (live()) engine_->act({{"act", "put"}, {"object", object}, {"value", std::move(value)}});
}

void Session::set_event(timeline::ObjectId object, bool on) {
  if (live()) engine_->act({{"act", on ? "set" : "clear"}, {"object", object}});
}

void Session::close_end(timeline::ObjectId object, trace::PipeEnd end, trace::TaskId task) {
  if (live()) engine_->act({{"act", "close"}, {"object", object}, {"task", task}, {"end", end == trace::PipeEnd::first ? 0 : 1}});
}

void Session::set_interval(timeline::ObjectId gil, double seconds) {
  if (!live()) return;
  for (const timeline::Gil& one : model_.gils())
    if (one.mode() == trace::GilMode::gil && (gil == 0 || one.object() == gil)) engine_->act({{"act", "interval"}, {"object", one.object()}, {"seconds", seconds}, {"us", std::llround(seconds * 1e6)}});
}

void Session::finish_run() {
  state_ = RunState::finished;
  tell_departure();
  if (std::string sentence = what_went_wrong(); !sentence.empty()) notify(std::move(sentence));
  engine_.reset();
  check_claims(true);
  due_.reset();
  find_answers(predictions_, {model_, run_settings_, model_.end_ns(), true});
}

// One sentence, if the run ended by something else than its own program or the learner.
std::string Session::what_went_wrong() const {
  if (std::string error = engine_->error(); !error.empty()) return i18n::engine_words(error);
  if (const auto cap = model_.cap_hit()) {
    switch (*cap) {
      case trace::Cap::processes:
        return i18n::tr("session.cap.processes");
      case trace::Cap::bytes:
        return i18n::tr("session.cap.bytes");
      case trace::Cap::run_time:
        return i18n::tr("session.cap.run_time");
      case trace::Cap::threads:
        break;
    }
  }
  for (const timeline::EventRef& ref : model_.events()) {
    // A forkserver that died, or an argument that could not travel, is the lesson's own doing: its traceback says so (S-28).
    const bool refused = ref.event.kind == trace::Kind::start_failed && ref.event.a != 0 && ref.event.a != ECONNRESET;
    if (refused) {
      return i18n::tr("session.start_failed", fmt::arg("error", base::error_text(static_cast<int>(ref.event.a))));
    }
  }
  return {};
}

void Session::check_claims(bool finished) {
  claims_.clear();
  for (const scenario::Claim& claim : scenario_->claims) {
    const Verdict verdict = model_.tasks().empty() && !finished ? Verdict::pending : claim.check(model_, run_settings_, finished);
    claims_.push_back({claim.id, verdict});
  }
}

std::int64_t Session::now_ns() const noexcept { return live() ? base::now_ns() : going_on() ? played_ns_ : model_.end_ns(); }

std::size_t Session::add_note(store::Note note) {
  note.end_ns = std::max(note.time_ns, note.end_ns);
  const auto after = std::upper_bound(notes_.begin(), notes_.end(), note.time_ns, [](std::int64_t time, const store::Note& other) { return time < other.time_ns; });
  ++notes_revision_;
  return static_cast<std::size_t>(notes_.insert(after, std::move(note)) - notes_.begin());
}

void Session::set_note_text(std::size_t place, std::string text) {
  if (place >= notes_.size() || notes_[place].text == text) return;
  notes_[place].text = std::move(text);
  ++notes_revision_;
}

void Session::remove_note(std::size_t place) {
  if (place >= notes_.size()) return;
  notes_.erase(notes_.begin() + static_cast<std::ptrdiff_t>(place));
  ++notes_revision_;
}

std::string Session::kernel_words() const {
  const timeline::Kernel& kernel = model_.kernel();
  if (kernel.mode() == trace::Observing::nothing) return i18n::tr("session.kernel.nothing");
  if (kernel.mode() == trace::Observing::perf) {
    return i18n::tr("session.kernel.perf", fmt::arg("switches", i18n::format_count(kernel.switches())),
                    fmt::arg("lost", i18n::format_count(kernel.lost())));
  }
  if (kernel.refusal() == 0) return i18n::tr("session.kernel.sampling");
  return i18n::tr("session.kernel.refused", fmt::arg("error", base::error_text(kernel.refusal())));
}

std::string_view Session::python() const noexcept { return state_ == RunState::opened ? std::string_view(meta_.python) : scenario_->python; }

std::string_view Session::cpp() const noexcept { return state_ == RunState::opened ? std::string_view(meta_.cpp) : scenario_->cpp; }

}  // namespace forklight::app::session
