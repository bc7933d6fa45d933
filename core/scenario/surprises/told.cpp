#include "core/scenario/surprises/told.h"

#include <algorithm>
#include <cstdlib>

namespace forklight::scenario {

std::optional<std::string> told(const timeline::Model& model, const timeline::Task* task, std::string_view beginning) {
  if (task == nullptr) return std::nullopt;
  const std::string all = stdout_of(model, *task);
  for (std::size_t begin = 0, end; (end = all.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string_view line = std::string_view(all).substr(begin, end - begin);
    if (line.starts_with(beginning)) return std::string(line.substr(beginning.size()));
  }
  return std::nullopt;
}

std::optional<std::string> told_by_main(const timeline::Model& model, std::string_view beginning) { return told(model, model.find(1), beginning); }

std::optional<double> number_after(const std::optional<std::string>& text, std::string_view words) {
  if (!text) return std::nullopt;
  const auto place = text->find(words);
  if (place == std::string::npos) return std::nullopt;
  return std::strtod(text->c_str() + place + words.size(), nullptr);
}

const timeline::ConsoleLine* where_told(const timeline::Model& model, std::string_view beginning) {
  const auto& console = model.console();
  const auto found = std::find_if(console.begin(), console.end(), [&](const timeline::ConsoleLine& line) { return line.stream == 1 && line.text.find(beginning) != std::string::npos; });
  return found == console.end() ? nullptr : &*found;
}

Verdict main_told(const timeline::Model& model, std::string_view beginning, std::string_view rest, bool finished) {
  if (hand_of_learner(model)) return so_far(true, model, finished);
  const auto text = told_by_main(model, beginning);
  if (!text) return so_far(false, model, finished);
  return *text == rest ? Verdict::held : Verdict::broken;
}

}  // namespace forklight::scenario
