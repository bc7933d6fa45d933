// What a surprise's program has told, as its claims and questions read it: lines of the form "name: what it was".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/scenario/claims.h"

namespace forklight::scenario {

// What follows `beginning` on the first line of a task's stdout that begins with it. Nothing before that line is whole.
[[nodiscard]] std::optional<std::string> told(const timeline::Model& model, const timeline::Task* task, std::string_view beginning);
// The same of MainProcess.
[[nodiscard]] std::optional<std::string> told_by_main(const timeline::Model& model, std::string_view beginning);
// The number that comes after `words` there: "took 0.35 s" after "took ".
[[nodiscard]] std::optional<double> number_after(const std::optional<std::string>& text, std::string_view words);
// The piece of output in which that beginning stands: where and when it was seen. nullptr if it is not there.
[[nodiscard]] const timeline::ConsoleLine* where_told(const timeline::Model& model, std::string_view beginning);

// Held if MainProcess told exactly that, broken if it told something else; broken too if the run ended without it, unless the learner stopped
// it or had a hand in it.
[[nodiscard]] Verdict main_told(const timeline::Model& model, std::string_view beginning, std::string_view rest, bool finished);

}  // namespace forklight::scenario
