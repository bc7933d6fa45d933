#include "core/scenario/questions/questions.h"

#include <algorithm>
#include <cstdlib>

namespace forklight::scenario {

std::span<const Question> questions(const Scenario& scenario) {
  static const Questions all = [] {
    Questions table;
    for (Questions (*part)() : {questions_of_processes, questions_of_life, questions_of_talking, questions_of_sharing, questions_of_gil, questions_of_pools,
                                  questions_of_surprises_1, questions_of_surprises_2}) table.merge(part());
    return table;
  }();
  const auto found = all.find(scenario.id);
  return found == all.end() ? std::span<const Question>() : std::span<const Question>(found->second);
}

std::optional<std::size_t> place_of(const Question& question, std::string_view choice) noexcept {
  const auto found = std::find(question.choices.begin(), question.choices.end(), choice);
  if (found == question.choices.end()) return std::nullopt;
  return static_cast<std::size_t>(found - question.choices.begin());
}

const timeline::ConsoleLine* first_that_says(const timeline::Model& model, std::string_view text) {
  const auto& console = model.console();
  const auto found = std::find_if(console.begin(), console.end(), [&](const timeline::ConsoleLine& line) { return line.text.find(text) != std::string::npos; });
  return found == console.end() ? nullptr : &*found;
}

Answer seen_at(const timeline::ConsoleLine& line, std::string_view choice) { return {choice, line.task, line.time_ns}; }

std::optional<Answer> code_of(const timeline::Task* task) {
  if (!died(task) || !task->exit_code()) return std::nullopt;
  const auto answer = [&](std::string_view choice) { return Answer{choice, task->id, task->death_ns}; };
  switch (*task->exit_code()) {
    case 0:
      return answer("0");
    case 1:
      return answer("1");
    case 143:
      return answer("143");
    case -9:
      return answer("-9");
    case -11:
      return answer("-11");
    case -15:
      return answer("-15");
    default:
      return std::nullopt;
  }
}

const timeline::Span* first_wait(const timeline::Model& model, std::string_view task, trace::BlockReason reason) {
  const timeline::Task* found = task_named(model, task);
  if (found == nullptr) return nullptr;
  const auto span = std::find_if(found->spans.begin(), found->spans.end(), [&](const timeline::Span& one) { return one.state == timeline::State::blocked && one.reason == reason; });
  return span == found->spans.end() ? nullptr : &*span;
}

std::optional<double> number_behind(const timeline::Model& model, std::string_view text) {
  const timeline::Task* main = model.find(1);
  if (main == nullptr) return std::nullopt;
  const std::string all = stdout_of(model, *main);
  const auto place = all.find(text);
  // Not before its line has come to an end: a number may be written in two pieces.
  if (place == std::string::npos || all.find('\n', place) == std::string::npos) return std::nullopt;
  return std::strtod(all.c_str() + place + text.size(), nullptr);
}

bool died(const timeline::Task* task) noexcept { return task != nullptr && task->death_ns != timeline::kOpen; }

}  // namespace forklight::scenario
