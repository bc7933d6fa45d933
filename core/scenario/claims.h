// What claims are made of: questions to a run's model.
#pragma once

#include <initializer_list>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/scenario.h"

namespace forklight::scenario {

// The task of that name, if it has been born.
[[nodiscard]] const timeline::Task* task_named(const timeline::Model& model, std::string_view name);

// The forkserver or the resource tracker: multiprocessing's own, none of the lesson's.
[[nodiscard]] bool is_helper(const timeline::Task& task);

// The exit code of the task of that name: held or broken as soon as it is dead, broken too if the run ended without it.
[[nodiscard]] Verdict exit_code_is(const timeline::Model& model, std::string_view name, int expected, bool finished);

// Whether a task wrote that text, in one piece or in several.
[[nodiscard]] bool printed(const timeline::Model& model, const timeline::Task& task, std::string_view text);

// All that a task wrote to its stdout.
[[nodiscard]] std::string stdout_of(const timeline::Model& model, const timeline::Task& task);
// How often anybody's stdout or stderr has that line.
[[nodiscard]] std::size_t lines_that_say(const timeline::Model& model, std::string_view line);
// Lines that begin with `first` and `second`, by turns: how many there are. Nothing if one was out of turn, and no learner had a hand in it.
[[nodiscard]] std::optional<int> turns_printed(const timeline::Model& model, std::string_view first, std::string_view second);
// Whether MainProcess wrote that text.
[[nodiscard]] bool main_printed(const timeline::Model& model, std::string_view text);

// What a claim about each message looks at: all events at the end, only the latest while the run goes on, which may be
// for hours.
struct Events {
  std::ranges::subrange<base::Chunked<timeline::EventRef>::const_iterator> events;
  bool whole;
};
[[nodiscard]] Events recent_events(const timeline::Model& model, bool finished);
// Whether the learner has put, set, cleared, closed, signalled or turned anything in this run: what follows is the learner's
// doing.
[[nodiscard]] bool hand_of_learner(const timeline::Model& model);
// Of a core: whoever computes all the time and got less than that shared it with others on the machine, and nothing can be said.
inline constexpr double kAlmostOne = 0.9;
// Whether processes, which had a core each to hope for, stood in line for one for a good part of their work: the kernel gave it to others, and
// what they did at the same time says nothing. Known only where the kernel tells of its switches.
[[nodiscard]] bool others_took_cores(const timeline::Model& model, std::initializer_list<std::string_view> processes);
// Whether tasks were held at the gate (pace slow or step): timeouts ran out meanwhile, and what depends on them is
// open.
[[nodiscard]] bool held_at_gate(const timeline::Model& model);

// Whether a thread has asked for a GIL, and whether one did before it had waited for a whole interval (G.2).
struct Requests {
  bool seen = false, early = false;
};
[[nodiscard]] Requests requests_for_gil(const timeline::Model& model, bool finished);

// The program's own object of that name, nullptr as long as it is not there.
[[nodiscard]] const timeline::Object* object_named(const timeline::Model& model, std::string_view name);
// Whether a run came to its own end, with every event on record and nobody's hand in it: then what became of each message
// and of each one who waited can be counted.
[[nodiscard]] bool can_be_counted(const timeline::Model& model, bool finished);
// The events of one kind on an object, in their order.
[[nodiscard]] std::vector<timeline::EventRef> events_on(const timeline::Model& model, const timeline::Object& object,
                                                        trace::Kind kind);

// Every task that was born has died and been waited for.
[[nodiscard]] Verdict nothing_left(const timeline::Model& model, const Settings& settings, bool finished);

// Held if all are held, broken as soon as one is broken, else pending.
[[nodiscard]] Verdict all_of(std::initializer_list<Verdict> verdicts);
// For what must be true of every moment of a run that has no end of its own, and has not been broken: held once
// something was seen that could have broken it; at the end too, if the learner stopped the run before that.
[[nodiscard]] Verdict so_far(bool seen, const timeline::Model& model, bool finished);
// The run goes on until it is stopped, or until the learner has laid hands on it.
[[nodiscard]] Verdict endless(const timeline::Model& model, const Settings& settings, bool finished);

// True → held; false → pending while the run goes on, broken at its end.
[[nodiscard]] Verdict eventually(bool so_far, bool finished);

}  // namespace forklight::scenario
