// An event, shared memory, a lock whose holder is killed, a barrier, a condition.
#include <algorithm>
#include <cstdlib>

#include "core/scenario/questions/questions.h"

namespace forklight::scenario {
namespace {

using timeline::ConsoleLine;

// --- event -----------------------------------------------------------------------------------------------------------

// The turn number `which`, from 0, as A and B told of it.
std::optional<Answer> turn(const Seen& seen, int which) {
  for (const ConsoleLine& line : seen.model.console()) {
    const bool a = line.text.starts_with("A sets"), b = line.text.starts_with("B clears");
    if ((a || b) && which-- == 0) return seen_at(line, a ? "A" : "B");
  }
  return std::nullopt;
}
std::optional<Answer> first_turn(const Seen& seen) { return turn(seen, 0); }
std::optional<Answer> second_turn(const Seen& seen) { return turn(seen, 1); }

// E.3: the feeder cannot pickle it, long after put has returned.
std::optional<Answer> event_in_queue(const Seen& seen) {
  if (const auto first = first_turn(seen)) return Answer{"arrives", first->task, first->time_ns};
  const ConsoleLine* line = first_that_says(seen.model, "RuntimeError: Condition objects should only be shared");
  const timeline::Task* task = line == nullptr ? nullptr : seen.model.find(line->task);
  if (task == nullptr) return std::nullopt;
  return seen_at(*line, task->is_thread() ? "feeder-raises" : "put-raises");
}

bool is_inherited(const Settings& settings) { return settings.text("handed") == "inherited"; }
bool is_argument(const Settings& settings) { return !is_inherited(settings); }
bool a_has_set(const trace::Record& record) { return record.event.kind == trace::Kind::output && record.text.starts_with("A sets"); }

// --- shared memory ---------------------------------------------------------------------------------------------------

std::optional<Answer> counted(const Seen& seen) {
  const auto expected = number_behind(seen.model, "expected "), found = number_behind(seen.model, "counted ");
  const ConsoleLine* line = first_that_says(seen.model, "counted ");
  if (!expected || !found || line == nullptr) return std::nullopt;
  return seen_at(*line, *found == 0 ? "zero" : *found < *expected ? "fewer" : *found == *expected ? "all" : "more");
}

// --- killed with a lock ----------------------------------------------------------------------------------------------

std::optional<Answer> lock_afterwards(const Seen& seen) {
  const ConsoleLine* line = first_that_says(seen.model, "after its end ");
  if (line == nullptr) return std::nullopt;
  return seen_at(*line, line->text.find("after its end True") != std::string::npos ? "gets" : "false");
}
std::optional<Answer> code_of_holder(const Seen& seen) { return code_of(task_named(seen.model, "Process-1")); }

// --- barrier ---------------------------------------------------------------------------------------------------------

std::optional<Answer> who_gets_through(const Seen& seen) {
  const ConsoleLine* line = first_that_says(seen.model, "the barrier is ");
  if (line == nullptr) return std::nullopt;
  std::size_t through = 0, stopped = 0;
  for (long number = 0; number < seen.settings.integer("parties"); ++number) through += lines_that_say(seen.model, "through as number " + std::to_string(number));
  for (const ConsoleLine& one : seen.model.console()) stopped += one.text.find("finds the barrier broken") != std::string::npos ? 1 : 0;
  return seen_at(*line, stopped == 0 && through > 0 ? "all" : through == 0 ? "none" : "some");
}

std::optional<Answer> when_the_first_does(const Seen& seen) {
  const ConsoleLine* line = first_that_says(seen.model, "through as number ");
  const timeline::Object* barrier = object_named(seen.model, "barrier");
  if (line == nullptr || barrier == nullptr) return std::nullopt;
  const auto full = events_on(seen.model, *barrier, trace::Kind::barrier_full);
  return seen_at(*line, !full.empty() && full.front().event.time_ns <= line->time_ns ? "last" : "at-once");
}

bool all_come(const Settings& settings) { return settings.text("what") == "all-come"; }

// --- condition -------------------------------------------------------------------------------------------------------

std::optional<Answer> how_many_wake(const Seen& seen) {
  const auto waiters = static_cast<std::size_t>(seen.settings.integer("waiters")), notified = static_cast<std::size_t>(seen.settings.integer("notify"));
  const std::size_t woken = lines_that_say(seen.model, "woken"), late = lines_that_say(seen.model, "timed out");
  const ConsoleLine* line = first_that_says(seen.model, "notified ");
  if (woken + late < waiters || line == nullptr) return std::nullopt;
  return seen_at(*line, woken == 1 ? "one" : woken == notified ? "notified" : woken == waiters ? "all" : "other");
}

std::optional<Answer> the_others(const Seen& seen) {
  const auto waiters = static_cast<std::size_t>(seen.settings.integer("waiters"));
  if (const ConsoleLine* line = first_that_says(seen.model, "timed out")) return seen_at(*line, "time-out");
  const ConsoleLine* line = first_that_says(seen.model, "woken");
  return lines_that_say(seen.model, "woken") == waiters && line != nullptr ? std::optional(seen_at(*line, "wake")) : std::nullopt;
}

bool some_sleep_on(const Settings& settings) { return settings.integer("notify") > 1 && settings.integer("notify") < settings.integer("waiters"); }

}  // namespace

Questions questions_of_sharing() {
  return {
      {"event",
       {{.id = "first", .choices = {"A", "B"}, .answer = first_turn, .fact = "E-18", .sensible = is_inherited},
        {.id = "next", .choices = {"A", "B"}, .answer = second_turn, .fact = "E-18", .sensible = is_inherited, .moment = a_has_set},
        {.id = "sent", .choices = {"arrives", "put-raises", "feeder-raises"}, .answer = event_in_queue, .fact = "E.3", .sensible = is_argument}}},
      {"shared-memory", {{.id = "count", .choices = {"all", "fewer", "zero", "more"}, .answer = counted, .fact = "E-40"}}},
      {"killed-with-lock",
       {{.id = "code", .choices = {"0", "1", "-9", "-15"}, .answer = code_of_holder, .fact = "P-36"},
        {.id = "lock", .choices = {"gets", "false", "raises"}, .answer = lock_afterwards, .fact = "E-12"}}},
      {"barrier",
       {{.id = "when", .choices = {"at-once", "last"}, .answer = when_the_first_does, .fact = "E-19", .sensible = all_come},
        {.id = "who", .choices = {"all", "some", "none"}, .answer = who_gets_through, .fact = "E-20"}}},
      {"condition",
       {{.id = "woken", .choices = {"one", "notified", "all"}, .answer = how_many_wake, .fact = "E-17", .sensible = some_sleep_on},
        {.id = "others", .choices = {"wake", "time-out", "for-ever"}, .answer = the_others, .fact = "E-16", .sensible = some_sleep_on}}},
  };
}

}  // namespace forklight::scenario
