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

// Somebody was let go by choice in these.
bool chosen_in(const std::vector<trace::Record>& records) {
  return std::any_of(records.begin(), records.end(), [](const trace::Record& record) {
    return record.event.kind == trace::Kind::let_go && static_cast<std::uint32_t>(record.event.b) != 0;
  });
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
  if (model_.tasks().empty()) return model_.clear();
  earlier_.push_back({++came_, scenario_, run_settings_, file_.string(), model_.take_out(), std::move(predictions_)});
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
}

store::Run Session::recording() const {
  store::Meta meta = meta_;
  meta.predictions = text_of(predictions_);
  return {std::move(meta), model_.records()};
}

void Session::open(const std::filesystem::path& file) {
  store::Run run = store::open(file);
  const scenario::Scenario& chosen = scenario::find(run.meta.scenario);
  scenario::Settings settings(chosen.parameters);
  for (const auto& [name, value] : run.meta.settings) settings.set(name, value);

  engine_.reset();
  folder_.reset();
  notice_.clear();
  keep_run();
  scenario_ = &chosen;
  settings_ = run_settings_ = std::move(settings);
  meta_ = std::move(run.meta);
  model_.append(run.records);
  has_choices_ = chosen_in(run.records);
  file_ = file;
  state_ = RunState::opened;
  predictions_ = predictions_in(meta_.predictions, chosen);
  due_.reset();
  find_answers(predictions_, {model_, run_settings_, model_.end_ns(), true});
  check_claims(true);
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
