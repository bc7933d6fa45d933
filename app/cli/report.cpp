#include "app/cli/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/i18n/format.h"
#include "app/timeline/words.h"
#include "core/timeline/waits.h"

namespace forklight::app::cli {

using i18n::tr;
using scenario::Verdict;

namespace {

// Columns that a text takes in a terminal.
std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) == 0x80) continue;  // inside a character
    // U+2E80 and up (CJK and full-width forms) take two.
    const bool wide = byte >= 0xf0 || (byte >= 0xe2 && !(byte == 0xe2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xba));
    columns += wide ? 2 : 1;
  }
  return columns;
}

std::string padded(std::string_view text, std::size_t columns, bool right) {
  const std::string space(columns - std::min(columns, width(text)), ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string milliseconds(const timeline::Model& model, std::int64_t time_ns) {
  if (time_ns == timeline::kOpen) return "–";
  return fmt::format("{:.3f} ms", static_cast<double>(time_ns - model.begin_ns()) / 1e6);
}

std::string_view verdict_id(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return "held";
    case Verdict::broken:
      return "broken";
    case Verdict::pending:
      return "pending";
  }
  return "pending";
}

std::string claim_text(const session::Session& session, std::string_view claim) {
  return tr(fmt::format("scenario.{}.claim.{}", session.scenario().id, claim));
}

nlohmann::json milliseconds_or_null(const timeline::Model& model, std::int64_t time_ns) {
  if (time_ns == timeline::kOpen) return nullptr;
  return static_cast<double>(time_ns - model.begin_ns()) / 1e6;
}

// Of a run that was stopped while nobody could go on: who waited for whom, a clause each. Of one that stands still by design whoever waited,
// though others had something to do (a Pool's handlers always have).
struct Hang {
  bool for_ever = false;
  std::int64_t since_ns = 0, until_ns = 0;
  std::vector<std::string> clauses;
};
Hang hang_of(const session::Session& session) {
  Hang hang;
  const timeline::Model& model = session.model();
  const auto moment = timeline::last_before_stop(model);
  if (!moment) return hang;
  hang.until_ns = *moment;
  if (const auto deadlock = timeline::find_deadlock(model, *moment)) {
    hang.for_ever = true;
    for (const timeline::Wait& wait : deadlock.chain) hang.since_ns = std::max(hang.since_ns, wait.since_ns);
    hang.clauses = timeline_view::deadlock_words(model, deadlock);
    return hang;
  }
  if (!scenario::hang_limit_of(session.run_settings())) return hang;
  for (const timeline::Wait& wait : timeline::waits(model, *moment)) {
    const timeline::Task* task = model.find(wait.task);
    if (task == nullptr || task->is_thread()) continue;
    timeline_view::WaitClause clause = timeline_view::wait_clause(model, wait);
    hang.clauses.push_back(std::move(clause.waits));
  }
  return hang;
}

std::string hang_words(const session::Session& session) {
  const Hang hang = hang_of(session);
  if (hang.clauses.empty()) return {};
  const std::string words = fmt::format("{}", fmt::join(hang.clauses, hang.for_ever ? tr("timeline.deadlock.arrow") : "; "));
  if (!hang.for_ever) return tr("cli.waited", fmt::arg("words", words)) + "\n";
  return tr("cli.hung", fmt::arg("duration", i18n::format_duration(std::max<std::int64_t>(hang.until_ns - hang.since_ns, 0))), fmt::arg("words", words)) + "\n";
}

// What else the file tells: when and where it was recorded, with what settings, and what people wrote on it.
std::string kept_words(const session::Session& session) {
  const timeline::Model& model = session.model();
  std::string text = session.origin_words() + "\n", settings;
  for (const auto& [name, value] : session.run_settings().values()) settings += fmt::format("{}{} = {}", settings.empty() ? "" : ", ", name, value);
  if (!settings.empty()) text += tr("cli.settings", fmt::arg("settings", settings)) + "\n";
  for (const store::Note& note : session.notes()) {
    const timeline::Task* task = model.find(note.task);
    const timeline::Object* object = model.find_object(note.task);
    const std::string at = task != nullptr ? task->name : object != nullptr ? object->name : std::string();
    std::string when = milliseconds(model, note.time_ns);
    if (note.is_stretch()) when += " … " + milliseconds(model, note.end_ns);
    text += tr("cli.note", fmt::arg("when", at.empty() ? when : when + ", " + at), fmt::arg("text", note.text)) + "\n";
  }
  return text;
}

}  // namespace

std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::size_t widest = width(columns[c].title);
    for (const auto& row : rows) widest = std::max(widest, width(row[c]));
    widths.push_back(widest);
  }
  std::string text;
  const auto add = [&](std::size_t c, const std::string& cell) {
    std::string part = padded(cell, widths[c], columns[c].right);
    if (c + 1 == columns.size()) part.erase(part.find_last_not_of(' ') + 1);
    text += part + (c + 1 == columns.size() ? "\n" : "  ");
  };
  for (std::size_t c = 0; c < columns.size(); ++c) add(c, columns[c].title);
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < columns.size(); ++c) add(c, row[c]);
  }
  return text;
}

std::string report(const session::Session& session) {
  const timeline::Model& model = session.model();
  std::vector<std::vector<std::string>> rows;
  for (const timeline::Task& task : model.tasks()) {
    const timeline::Task* parent = model.find(task.parent);
    const auto code = task.exit_code();
    rows.push_back({task.name, fmt::format("{}", task.pid), parent != nullptr ? parent->name : "–",
                    code ? timeline_view::exit_words(*code) : "–", milliseconds(model, task.born_ns), milliseconds(model, task.death_ns),
                    milliseconds(model, task.reaped_ns)});
  }
  std::string text = table({{tr("cli.column.name")},
                            {tr("cli.column.pid"), true},
                            {tr("cli.column.parent")},
                            {tr("cli.column.exitcode"), true},
                            {tr("cli.column.started"), true},
                            {tr("cli.column.ended"), true},
                            {tr("cli.column.reaped"), true}},
                           rows);
  text += "\n";
  for (const session::ClaimState& claim : session.claims()) {
    const char* sign = claim.verdict == Verdict::held ? "✓" : claim.verdict == Verdict::broken ? "✗" : "…";
    text += fmt::format("{} {} ({})\n", sign, claim_text(session, claim.id), tr(fmt::format("cli.verdict.{}", verdict_id(claim.verdict))));
  }
  text += hang_words(session);
  if (const std::string why = fmt::format("scenario.{}.why", session.scenario().id); i18n::has(why)) text += tr("cli.why", fmt::arg("why", tr(why))) + "\n";
  text += tr("cli.events", fmt::arg("events", model.event_count()), fmt::arg("lost", model.lost_count())) + "\n";
  if (session.state() == session::RunState::opened) text += kept_words(session);
  if (session.folder() != nullptr) {
    const char* key = session.folder()->is_temporary() ? "cli.files_gone" : "cli.files_kept";
    text += tr(key, fmt::arg("path", session.folder()->path().string())) + "\n";
  }
  if (model.stopped() == trace::StopReason::learner) text += std::string(tr("cli.stopped")) + "\n";
  return text;
}

nlohmann::json report_json(const session::Session& session) {
  const timeline::Model& model = session.model();
  auto processes = nlohmann::json::array();
  for (const timeline::Task& task : model.tasks()) {
    const timeline::Task* parent = model.find(task.parent);
    const auto code = task.exit_code();
    nlohmann::json process = {{"name", task.name},
                              {"pid", task.pid},
                              {"parent", parent != nullptr ? nlohmann::json(parent->name) : nlohmann::json(nullptr)},
                              {"parent_pid", parent != nullptr ? nlohmann::json(parent->pid) : nlohmann::json(nullptr)},
                              {"exitcode", code ? nlohmann::json(*code) : nlohmann::json(nullptr)},
                              {"started_ms", milliseconds_or_null(model, task.born_ns)},
                              {"ended_ms", milliseconds_or_null(model, task.death_ns)},
                              {"reaped_ms", milliseconds_or_null(model, task.reaped_ns)}};
    processes.push_back(std::move(process));
  }
  auto claims = nlohmann::json::array();
  for (const session::ClaimState& claim : session.claims()) {
    claims.push_back({{"id", claim.id}, {"text", claim_text(session, claim.id)}, {"held", claim.verdict == Verdict::held}});
  }
  auto notes = nlohmann::json::array();
  for (const store::Note& note : session.notes())
    notes.push_back({{"at_ms", milliseconds_or_null(model, note.time_ns)}, {"until_ms", milliseconds_or_null(model, note.end_ns)}, {"task", note.task}, {"text", note.text}});
  return {{"scenario", session.scenario().id},
          {"settings", session.settings().values()},
          {"processes", std::move(processes)},
          {"claims", std::move(claims)},
          {"events", model.event_count()},
          {"lost", model.lost_count()},
          {"stopped", model.stopped().has_value()},
          {"hung", hang_of(session).clauses},
          {"notes", std::move(notes)},
          {"recorded_at", session.meta().recorded_at},
          {"program_version", session.meta().program_version},
          {"python_version", session.meta().python_version},
          {"machine", session.meta().machine}};
}

}  // namespace forklight::app::cli
