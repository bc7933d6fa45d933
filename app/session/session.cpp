#include "app/session/session.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <utility>

#include "app/i18n/i18n.h"
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
  scenario_ = &chosen;
  settings_ = run_settings_ = scenario::Settings(chosen.parameters);
  model_.clear();
  meta_ = {};
  file_.clear();
  state_ = RunState::ready;
  check_claims(false);
}

void Session::set(std::string_view name, std::string_view value) { settings_.set(name, value); }

void Session::run() {
  engine_.reset();  // ends a run that is still going on
  notice_.clear();
  model_.clear();
  file_.clear();
  state_ = RunState::ready;
  run_settings_ = settings_;
  check_claims(false);

  supervisor::RunRequest request;
  request.scenario = scenario_->id;
  request.settings.insert(settings_.values().begin(), settings_.values().end());
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
  engine_ = std::make_unique<supervisor::Engine>(
      supervisor::EngineOptions{
          .engine = engine_path_, .stdout_fd = output_.stdout_fd, .stderr_fd = output_.stderr_fd, .on_news = on_news_},
      request);
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
  const std::vector<trace::Record> records = engine_->take();
  if (!records.empty()) {
    model_.append(records);
    check_claims(false);
  }
  if (engine_->finished()) finish_run();
}

void Session::finish_run() {
  state_ = RunState::finished;
  if (std::string sentence = what_went_wrong(); !sentence.empty()) notify(std::move(sentence));
  engine_.reset();
  check_claims(true);
}

// One sentence, if the run ended by something else than its own program or the learner.
std::string Session::what_went_wrong() const {
  if (std::string error = engine_->error(); !error.empty()) return error;
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
    if (ref.event.kind == trace::Kind::start_failed) {
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

std::int64_t Session::now_ns() const noexcept { return live() ? base::now_ns() : model_.end_ns(); }

void Session::save(const std::filesystem::path& file) const {
  if (model_.events().empty()) throw base::Failure(i18n::tr("session.nothing_to_save"));
  store::Run run{meta_, {}};
  run.records.reserve(model_.events().size());
  for (const timeline::EventRef& ref : model_.events()) run.records.push_back({ref.event, ref.task, model_.text(ref.text)});
  store::save(run, file);
}

void Session::open(const std::filesystem::path& file) {
  store::Run run = store::open(file);
  const scenario::Scenario& chosen = scenario::find(run.meta.scenario);
  scenario::Settings settings(chosen.parameters);
  for (const auto& [name, value] : run.meta.settings) settings.set(name, value);

  engine_.reset();
  notice_.clear();
  scenario_ = &chosen;
  settings_ = run_settings_ = std::move(settings);
  meta_ = std::move(run.meta);
  model_.clear();
  model_.append(run.records);
  file_ = file;
  state_ = RunState::opened;
  check_claims(true);
}

std::string_view Session::python() const noexcept { return state_ == RunState::opened ? std::string_view(meta_.python) : scenario_->python; }

std::string_view Session::cpp() const noexcept { return state_ == RunState::opened ? std::string_view(meta_.cpp) : scenario_->cpp; }

}  // namespace forklight::app::session
