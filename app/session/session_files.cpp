// What a session has to do with files: saving the run at hand, opening another one, and playing it as it went on.
#include <algorithm>
#include <span>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/session/session.h"
#include "core/base/error.h"
#include "core/supervisor/engine.h"

namespace forklight::app::session {

void Session::save(const std::filesystem::path& file) {
  if (model_.events().empty()) throw base::Failure(i18n::tr("session.nothing_to_save"));
  store::save(recording(), file);
  notes_saved_ = notes_revision_;
}

store::Run Session::recording() const { return {meta(), model_.records(), notes_}; }

store::Meta Session::meta() const {
  store::Meta meta = meta_;
  meta.predictions = text_of(predictions_);
  return meta;
}

std::string Session::origin_words() const {
  if (model_.tasks().empty()) return {};
  std::string time = meta_.recorded_at;  // "2026-01-02T03:04:05Z"
  if (time.size() == 20) time = time.substr(0, 10) + " " + time.substr(11, 5) + " UTC";
  return i18n::tr(meta_.python_version.empty() ? "session.origin" : "session.origin.python", fmt::arg("time", time), fmt::arg("version", meta_.program_version),
                  fmt::arg("python", meta_.python_version), fmt::arg("machine", meta_.machine));
}

bool Session::chosen_in(const std::vector<trace::Record>& records) {
  return std::any_of(records.begin(), records.end(), [](const trace::Record& record) {
    return record.event.kind == trace::Kind::let_go && static_cast<std::uint32_t>(record.event.b) != 0;
  });
}

// What is in a file becomes the run at hand, nothing of it known yet.
std::vector<trace::Record> Session::take_in(const std::filesystem::path& file) {
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
  notes_ = std::move(run.notes);
  notes_saved_ = ++notes_revision_;
  file_ = file;
  state_ = RunState::opened;
  predictions_.clear();
  due_.reset();
  played_.clear();
  played_to_ = 0;
  return std::move(run.records);
}

void Session::complete_opened() {
  predictions_ = predictions_in(meta_.predictions, *scenario_);
  find_answers(predictions_, {model_, run_settings_, model_.end_ns(), true});
  check_claims(true);
}

void Session::open(const std::filesystem::path& file) {
  const std::vector<trace::Record> records = take_in(file);
  model_.append(records);
  has_choices_ = chosen_in(records);
  complete_opened();
}

Session::Stretch Session::play(const std::filesystem::path& file) {
  std::vector<trace::Record> records = take_in(file);
  std::stable_sort(records.begin(), records.end(), [](const auto& x, const auto& y) { return x.event.time_ns < y.event.time_ns; });
  played_ = std::move(records);
  const Stretch whole = played_.empty() ? Stretch{} : Stretch{played_.front().event.time_ns, played_.back().event.time_ns};
  play_to(whole.begin_ns);
  return whole;
}

void Session::play_to(std::int64_t time_ns) {
  if (played_to_ == played_.size()) return;
  const auto from = played_.begin() + static_cast<std::ptrdiff_t>(played_to_);
  const auto to = std::partition_point(from, played_.end(), [&](const auto& record) { return record.event.time_ns <= time_ns; });
  model_.append(std::span(from, to));
  played_to_ = static_cast<std::size_t>(to - played_.begin());
  played_ns_ = time_ns;
  if (played_to_ == played_.size())
    complete_opened();
  else if (from != to)
    check_claims(false);
}

}  // namespace forklight::app::session
