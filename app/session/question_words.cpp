#include "app/session/question_words.h"

#include <fmt/args.h>

#include "app/i18n/facts.h"
#include "app/i18n/i18n.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

// A text with the settings' values put in. A faulty one comes back as it is.
std::string with_settings(const QuestionWords& of, const std::string& key) {
  fmt::dynamic_format_arg_store<fmt::format_context> fields;
  for (const scenario::Parameter& parameter : of.scenario.parameters) {
    const std::string& value = of.settings.text(parameter.id);
    const std::string own = fmt::format("scenario.{}.parameter.{}.{}", of.scenario.id, parameter.id, value);
    const std::string shown = parameter.type == scenario::ParameterType::choice && i18n::has(own) ? tr(own) : value;
    fields.push_back(fmt::arg(std::string(parameter.id).c_str(), shown));
  }
  try {
    return fmt::vformat(tr(key), fields);
  } catch (const fmt::format_error&) {
    return tr(key);
  }
}

std::string key_of(const QuestionWords& of, const scenario::Question& question) { return fmt::format("scenario.{}.ask.{}", of.scenario.id, question.id); }

}  // namespace

std::string QuestionWords::question(const scenario::Question& question) const { return with_settings(*this, key_of(*this, question)); }

std::string QuestionWords::choice(const scenario::Question& question, std::size_t choice) const {
  const std::string id(question.choices[choice]), own = key_of(*this, question) + "." + id;
  return with_settings(*this, i18n::has(own) ? own : "answer." + id);
}

std::string QuestionWords::why(const scenario::Question& question, std::size_t choice) const {
  const std::string common = key_of(*this, question) + ".why", own = common + "." + std::string(question.choices[choice]);
  std::string text = with_settings(*this, i18n::has(own) ? own : common);
  if (!question.fact.empty() && i18n::cited(text).empty()) text += tr("predict.fact", fmt::arg("number", question.fact));
  return text;
}

}  // namespace forklight::app::session
