// A zombie, an orphan, daemons, terminate and kill, a crash, copy on write.
#include <algorithm>
#include <cstdio>

#include "core/scenario/questions/questions.h"

namespace forklight::scenario {
namespace {

using timeline::kOpen;
using timeline::Task;

// --- zombie ----------------------------------------------------------------------------------------------------------

std::optional<Answer> what_is_left(const Seen& seen) {
  constexpr std::string_view kSaid = "while nobody asks: ";
  const timeline::ConsoleLine* line = first_that_says(seen.model, kSaid);
  const Task* child = task_named(seen.model, "Process-1");
  if (line == nullptr || child == nullptr) return std::nullopt;
  const std::string_view letter = std::string_view(line->text).substr(line->text.find(kSaid) + kSaid.size());
  const std::string_view choice = letter.starts_with("Z") ? "zombie" : letter.starts_with("none") ? "nothing" : "running";
  return Answer{choice, child->id, died(child) ? child->death_ns : line->time_ns};
}

std::optional<Answer> until_when(const Seen& seen) {
  const Task* child = task_named(seen.model, "Process-1");
  if (child == nullptr || child->reaped_ns == kOpen) return std::nullopt;
  if (const auto* line = first_that_says(seen.model, "while nobody asks: none")) return seen_at(*line, "moment");
  if (first_that_says(seen.model, "after that: none")) return Answer{"asked", child->id, child->reaped_ns};
  if (first_that_says(seen.model, "after that: Z")) return Answer{"end", child->id, child->reaped_ns};
  return std::nullopt;
}

bool child_is_dead(const trace::Record& record) { return record.event.kind == trace::Kind::death && record.event.object == 2; }

// --- orphan ----------------------------------------------------------------------------------------------------------

std::optional<Answer> what_becomes_of_child(const Seen& seen) {
  const Task *parent = task_named(seen.model, "Process-1"), *child = task_named(seen.model, "Process-1:1");
  if (!died(parent) || child == nullptr) return std::nullopt;
  const timeline::ConsoleLine* line = first_that_says(seen.model, "an orphan: parent alive");
  if (line != nullptr && line->time_ns > parent->death_ns) return seen_at(*line, "goes-on");
  if (died(child)) return Answer{"dies", child->id, child->death_ns};
  return std::nullopt;
}

std::optional<Answer> new_parent(const Seen& seen) {
  const Task *main = seen.model.find(1), *child = task_named(seen.model, "Process-1:1");
  if (main == nullptr || child == nullptr) return std::nullopt;
  const auto mark = std::find_if(child->marks.begin(), child->marks.end(), [](const timeline::Mark& one) { return one.kind == trace::Kind::adopted; });
  if (mark == child->marks.end()) return std::nullopt;
  return Answer{static_cast<std::int64_t>(mark->b) == main->pid ? "grandparent" : "adopter", child->id, mark->time_ns};
}

// --- daemons ---------------------------------------------------------------------------------------------------------

std::optional<Answer> code_of_daemon(const Seen& seen) { return code_of(task_named(seen.model, "daemon")); }

std::optional<Answer> the_other_child(const Seen& seen) {
  const Task *main = seen.model.find(1), *normal = task_named(seen.model, "normal");
  if (main == nullptr || normal == nullptr) return std::nullopt;
  if (died(main) && main->death_ns < normal->death_ns) return Answer{"orphan", normal->id, main->death_ns};
  if (died(normal) && normal->exit_code() && *normal->exit_code() < 0) return Answer{"terminated", normal->id, normal->death_ns};
  if (died(normal)) return Answer{"waited-for", normal->id, normal->death_ns};
  return std::nullopt;
}

bool has_other_child(const Settings& settings) { return settings.text("what") != "daemon-has-children"; }

// --- terminate and kill ----------------------------------------------------------------------------------------------

std::optional<Answer> code_with_handler(const Seen& seen) { return code_of(task_named(seen.model, "cleans_up")); }

std::optional<Answer> who_cleans_up(const Seen& seen) {
  int cleaned = 0;
  const Task* last = nullptr;
  for (const char* name : {"plain", "cleans_up", "ignores"}) {
    const Task* child = task_named(seen.model, name);
    if (!died(child)) return std::nullopt;
    const bool did = printed(seen.model, *child, " ... finally\n");
    cleaned += did ? 1 : 0;
    if (did || last == nullptr) last = child;
  }
  return Answer{cleaned == 0 ? "none" : cleaned == 1 ? "one" : cleaned == 2 ? "two" : "three", last->id, last->death_ns};
}

// --- crash -----------------------------------------------------------------------------------------------------------

// Whose process the crash is in.
const Task* crashed(const Seen& seen) { return seen.settings.text("workers") == "threads" ? seen.model.find(1) : task_named(seen.model, "crasher"); }

std::optional<Answer> who_dies(const Seen& seen) {
  const Task *main = seen.model.find(1), *process = crashed(seen);
  if (main == nullptr || process == nullptr) return std::nullopt;
  if (died(main) && main->exit_code() == -11) return Answer{"all", 1, main->death_ns};
  if (process != main && died(process) && process->exit_code() == -11 && main_printed(seen.model, "MainProcess goes on\n")) return Answer{"alone", process->id, process->death_ns};
  if (died(main) && main->exit_code() == 0) return Answer{"nobody", 1, main->death_ns};
  return std::nullopt;
}

std::optional<Answer> code_of_crash(const Seen& seen) { return code_of(crashed(seen)); }

// --- copy on write ---------------------------------------------------------------------------------------------------

std::optional<long> private_mb(const timeline::ConsoleLine* line, const char* words) {
  if (line == nullptr) return std::nullopt;
  const auto place = line->text.find(words);
  long megabytes = 0;
  if (place == std::string::npos || std::sscanf(line->text.c_str() + place + std::string_view(words).size(), " private %ld", &megabytes) != 1) return std::nullopt;
  return megabytes;
}

std::string_view part(long megabytes, long of) { return megabytes * 4 < of ? "none" : megabytes * 4 < of * 3 ? "half" : "all"; }

constexpr const char *kForked = "child, just forked:", *kTouched = "child, 8/8 touched:";

std::optional<Answer> copied_by_fork(const Seen& seen) {
  const auto* line = first_that_says(seen.model, kForked);
  const auto own = private_mb(line, kForked);
  return own ? std::optional(seen_at(*line, part(*own, seen.settings.integer("megabytes")))) : std::nullopt;
}

std::optional<Answer> copied_by_touch(const Seen& seen) {
  const auto* line = first_that_says(seen.model, kTouched);
  const auto first = private_mb(first_that_says(seen.model, kForked), kForked), last = private_mb(line, kTouched);
  return first && last ? std::optional(seen_at(*line, part(*last - *first, seen.settings.integer("megabytes")))) : std::nullopt;
}

}  // namespace

Questions questions_of_life() {
  return {
      {"zombie",
       {{.id = "until", .choices = {"moment", "asked", "end"}, .answer = until_when, .fact = "P-52"},
        {.id = "left", .choices = {"nothing", "running", "zombie"}, .answer = what_is_left, .fact = "P-50", .moment = child_is_dead}}},
      {"orphan",
       {{.id = "child", .choices = {"dies", "goes-on"}, .answer = what_becomes_of_child, .fact = "P-62"},
        {.id = "parent", .choices = {"nobody", "grandparent", "adopter"}, .answer = new_parent, .fact = "P-62"}}},
      {"daemon",
       {{.id = "code", .choices = {"0", "1", "-9", "-15"}, .answer = code_of_daemon, .fact = "P-58"},
        {.id = "other", .choices = {"waited-for", "terminated", "orphan"}, .answer = the_other_child, .fact = "P-59", .sensible = has_other_child}}},
      {"terminate-vs-kill",
       {{.id = "code", .choices = {"0", "143", "-9", "-15"}, .answer = code_with_handler, .fact = "P-40"},
        {.id = "finally", .choices = {"none", "one", "two", "three"}, .answer = who_cleans_up, .fact = "P-37"}}},
      {"crash",
       {{.id = "who", .choices = {"nobody", "alone", "all"}, .answer = who_dies, .fact = "P-36"},
        {.id = "code", .choices = {"0", "1", "-11"}, .answer = code_of_crash, .fact = "P-36"}}},
      {"copy-on-write",
       {{.id = "fork", .choices = {"none", "half", "all"}, .answer = copied_by_fork, .fact = "S-01"},
        {.id = "touch", .choices = {"none", "half", "all"}, .answer = copied_by_touch, .fact = "M-07"}}},
  };
}

}  // namespace forklight::scenario
