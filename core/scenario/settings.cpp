#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/base/error.h"
#include "core/scenario/scenario.h"

namespace forklight::scenario {
namespace {

// A whole text that is one finite number.
std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string allowed(const Parameter& parameter) {
  if (parameter.type == ParameterType::choice) return fmt::format("one of {}", fmt::join(parameter.choices, ", "));
  const char* kind = parameter.type == ParameterType::integer ? "a whole number" : "a number";
  const std::string unit = parameter.unit.empty() ? "" : fmt::format(" {}", parameter.unit);
  return fmt::format("{} from {} to {}{}", kind, parameter.minimum, parameter.maximum, unit);
}

bool valid(const Parameter& parameter, std::string_view value) {
  if (parameter.type == ParameterType::choice) {
    return std::find(parameter.choices.begin(), parameter.choices.end(), value) != parameter.choices.end();
  }
  const auto parsed = number(value);
  if (!parsed || *parsed < parameter.minimum || *parsed > parameter.maximum) return false;
  return parameter.type == ParameterType::real || *parsed == std::floor(*parsed);
}

}  // namespace

Settings::Settings(std::span<const Parameter> parameters) : parameters_(parameters) {
  for (const Parameter& parameter : parameters) values_.emplace(parameter.id, parameter.fallback);
}

void Settings::set(std::string_view name, std::string_view value) {
  const auto parameter = std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& p) { return p.id == name; });
  if (parameter == parameters_.end()) {
    std::vector<std::string_view> names;
    for (const Parameter& known : parameters_) names.push_back(known.id);
    throw base::UsageError(names.empty() ? fmt::format("There is no parameter '{}': this scenario has none.", name)
                                         : fmt::format("There is no parameter '{}': choose from {}.", name, fmt::join(names, ", ")));
  }
  if (!valid(*parameter, value)) {
    throw base::UsageError(fmt::format("'{}' is no value for {}: give {}.", value, name, allowed(*parameter)));
  }
  values_.find(name)->second = value;
}

const std::string& Settings::text(std::string_view name) const {
  const auto value = values_.find(name);
  if (value == values_.end()) throw base::UsageError(fmt::format("There is no parameter '{}'.", name));
  return value->second;
}

double Settings::real(std::string_view name) const { return number(text(name)).value_or(0); }

long Settings::integer(std::string_view name) const { return std::lround(real(name)); }

Parameter python_version() {
  return {.id = "python",
          .type = ParameterType::choice,
          .fallback = "installed",
          .choices = {"installed", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}};
}

Parameter hang_limit(std::string_view fallback) {
  return {.id = "hang", .type = ParameterType::real, .fallback = fallback, .minimum = 0.5, .maximum = 600, .unit = "s"};
}

std::optional<double> hang_limit_of(const Settings& settings) {
  return settings.values().contains("hang") ? std::optional(settings.real("hang")) : std::nullopt;
}

int python_minor(const Settings& settings, int installed) {
  const auto version = settings.values().find("python");
  if (version == settings.values().end() || !version->second.starts_with("3.")) return installed;
  return std::atoi(version->second.c_str() + 2);
}

}  // namespace forklight::scenario
