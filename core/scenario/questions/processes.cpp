// Hello, exit codes, start methods, the main guard.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/scenario/questions/questions.h"

namespace forklight::scenario {
namespace {

using timeline::Task;

// --- hello -----------------------------------------------------------------------------------------------------------

std::optional<Answer> second_birth(const Seen& seen) {
  const Task *first = task_named(seen.model, "Process-1"), *second = task_named(seen.model, "Process-2");
  if (!died(first) || second == nullptr) return std::nullopt;
  return Answer{second->born_ns >= first->death_ns ? "after" : "at-once", second->id, second->born_ns};
}

std::optional<Answer> three_at_once(const Seen& seen) {
  const std::array tasks = {task_named(seen.model, "Process-4"), task_named(seen.model, "Process-5"), task_named(seen.model, "Process-6")};
  if (!std::all_of(tasks.begin(), tasks.end(), died)) return std::nullopt;
  const auto born = [](const Task* x, const Task* y) { return x->born_ns < y->born_ns; };
  const auto dead = [](const Task* x, const Task* y) { return x->death_ns < y->death_ns; };
  const Task *first = *std::min_element(tasks.begin(), tasks.end(), born), *last = *std::max_element(tasks.begin(), tasks.end(), dead);
  const double times = static_cast<double>(last->death_ns - first->born_ns) / 1e9 / seen.settings.real("seconds");
  return Answer{times < 1.6 ? "one" : times < 2.5 ? "two" : "three", last->id, last->death_ns};
}

// --- exit codes ------------------------------------------------------------------------------------------------------

std::optional<Answer> code_of_second(const Seen& seen) { return code_of(task_named(seen.model, "Process-2")); }
std::optional<Answer> code_of_third(const Seen& seen) { return code_of(task_named(seen.model, "Process-3")); }

// --- start methods ---------------------------------------------------------------------------------------------------

std::optional<Answer> word_under(const Seen& seen, std::string_view method) {
  const timeline::ConsoleLine* line = first_that_says(seen.model, fmt::format("{}: the word is '", method));
  if (line == nullptr) return std::nullopt;
  return seen_at(*line, line->text.find("'as changed'") != std::string::npos ? "as-changed" : "as-imported");
}
std::optional<Answer> word_under_fork(const Seen& seen) { return word_under(seen, "fork"); }
std::optional<Answer> word_under_spawn(const Seen& seen) { return word_under(seen, "spawn"); }

// The second of each: the first one has to start the helpers, too.
std::optional<Answer> slowest_start(const Seen& seen) {
  std::string_view slowest;
  double longest = -1;
  for (const std::string_view method : {"fork", "spawn", "forkserver"}) {
    const auto took = number_behind(seen.model, fmt::format("{}: second start() ", method));
    if (!took) return std::nullopt;
    if (*took > longest) longest = *took, slowest = method;
  }
  const timeline::ConsoleLine* line = first_that_says(seen.model, fmt::format("{}: second start() ", slowest));
  return line == nullptr ? Answer{slowest} : seen_at(*line, slowest);
}

bool forks(const Settings& settings) { return settings.text("method") == "all" || settings.text("method") == "fork"; }
bool does_all(const Settings& settings) { return settings.text("method") == "all"; }
bool fork_is_done(const trace::Record& record) { return record.event.kind == trace::Kind::output && record.text.find("fork: second exit code") != std::string::npos; }

// --- the main guard --------------------------------------------------------------------------------------------------

std::optional<Answer> import_of_itself(const Seen& seen) {
  const auto& tasks = seen.model.tasks();
  const auto children = std::count_if(tasks.begin(), tasks.end(), [](const Task& task) { return task.id != 1 && !task.name.empty() && !is_helper(task); });  // a helper is told by its name
  if (children > 1) return Answer{"without-end", tasks.back().id, tasks.back().born_ns};
  if (const auto* line = first_that_says(seen.model, "ConnectionResetError: [Errno 104]")) return seen_at(*line, "start-fails");  // S-28
  if (const auto* line = first_that_says(seen.model, "exit code 1\n")) return seen_at(*line, "child-fails");                       // S-27
  if (const auto* line = first_that_says(seen.model, "exit code 0\n")) return seen_at(*line, "greets");
  return std::nullopt;
}

}  // namespace

Questions questions_of_processes() {
  return {
      {"hello",
       {{.id = "second", .choices = {"at-once", "after"}, .answer = second_birth, .fact = "P-21"},
        {.id = "three", .choices = {"one", "two", "three"}, .answer = three_at_once, .fact = "P-21"}}},
      {"exit-codes",
       {{.id = "second", .choices = {"0", "1", "-9", "-15"}, .answer = code_of_second, .fact = "P-35"},
        {.id = "third", .choices = {"0", "1", "-9", "-15"}, .answer = code_of_third, .fact = "P-37"}}},
      {"start-methods",
       {{.id = "fork-word", .choices = {"as-imported", "as-changed"}, .answer = word_under_fork, .fact = "S-03", .sensible = forks},
        {.id = "slowest", .choices = {"fork", "spawn", "forkserver"}, .answer = slowest_start, .fact = "S-01", .sensible = does_all},
        {.id = "spawn-word", .choices = {"as-imported", "as-changed"}, .answer = word_under_spawn, .fact = "S-03", .sensible = does_all, .moment = fork_is_done}}},
      {"main-guard", {{.id = "import", .choices = {"without-end", "child-fails", "start-fails", "greets"}, .answer = import_of_itself, .fact = "S-27"}}},
  };
}

}  // namespace forklight::scenario
