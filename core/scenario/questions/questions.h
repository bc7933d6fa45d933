// For the files of this folder alone: each has the questions of one group of scenarios, by the scenario's id, and questions.cpp puts them
// together. They stand apart from the scenarios, whose C++ is on screen while they are asked.
#pragma once

#include <map>
#include <string>

#include "core/scenario/claims.h"
#include "core/scenario/question.h"

namespace forklight::scenario {

using Questions = std::map<std::string_view, std::vector<Question>>;
[[nodiscard]] Questions questions_of_processes();
[[nodiscard]] Questions questions_of_life();
[[nodiscard]] Questions questions_of_talking();
[[nodiscard]] Questions questions_of_sharing();
[[nodiscard]] Questions questions_of_gil();
[[nodiscard]] Questions questions_of_pools();
[[nodiscard]] Questions questions_of_surprises_1();
[[nodiscard]] Questions questions_of_surprises_2();

// --- what answers are found with ---

// The first thing written that has that text in it.
[[nodiscard]] const timeline::ConsoleLine* first_that_says(const timeline::Model& model, std::string_view text);
// Its choice, seen where and when that was written.
[[nodiscard]] Answer seen_at(const timeline::ConsoleLine& line, std::string_view choice);

// "0", "1", "-15": the exit code of a task as a choice, seen at its death. Nothing while it lives, or of a code that no lesson has.
[[nodiscard]] std::optional<Answer> code_of(const timeline::Task* task);

// The first stretch in which a task of that name waited for that reason; nullptr as long as there is none.
[[nodiscard]] const timeline::Span* first_wait(const timeline::Model& model, std::string_view task, trace::BlockReason reason);

// The number behind a text in what MainProcess printed: "counted 97". Nothing as long as it has not been printed.
[[nodiscard]] std::optional<double> number_behind(const timeline::Model& model, std::string_view text);

[[nodiscard]] bool died(const timeline::Task* task) noexcept;

}  // namespace forklight::scenario
