// What claims are made of: questions to a run's model.
#pragma once

#include <optional>
#include <string_view>

#include "core/scenario/scenario.h"

namespace forklight::scenario {

// The task of that name, if it has been born.
[[nodiscard]] const timeline::Task* task_named(const timeline::Model& model, std::string_view name);

// The exit code of the task of that name: held or broken as soon as it is dead, broken too if the run ended without it.
[[nodiscard]] Verdict exit_code_is(const timeline::Model& model, std::string_view name, int expected, bool finished);

// Whether a task wrote that text, in one piece or in several.
[[nodiscard]] bool printed(const timeline::Model& model, const timeline::Task& task, std::string_view text);

// Every task that was born has died and been waited for.
[[nodiscard]] Verdict nothing_left(const timeline::Model& model, const Settings& settings, bool finished);

// Held if all are held, broken as soon as one is broken, else pending.
[[nodiscard]] Verdict all_of(std::initializer_list<Verdict> verdicts);
// True → held; false → pending while the run goes on, broken at its end.
[[nodiscard]] Verdict eventually(bool so_far, bool finished);

}  // namespace forklight::scenario
