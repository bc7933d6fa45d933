#include "app/session/range.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

// "1.2s", "300ms", "7us", "2min", "1.5" (seconds) → nanoseconds; nothing for what is none.
std::optional<std::int64_t> nanoseconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  struct Unit {
    std::string_view name;
    double size;
  };
  constexpr std::array kUnits = {Unit{"", 1e9}, Unit{"s", 1e9}, Unit{"ms", 1e6}, Unit{"us", 1e3}, Unit{"µs", 1e3}, Unit{"ns", 1}, Unit{"min", 6e10}};
  const auto known = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) { return one.name == unit; });
  constexpr double kMost = 1e17;
  if (error != std::errc{} || known == kUnits.end() || !(value >= 0) || value * known->size > kMost) return std::nullopt;
  return static_cast<std::int64_t>(value * known->size);
}

// In microseconds as far as they say something of it.
std::string milliseconds(std::int64_t ns, std::int64_t grain_ns) {
  const int digits = grain_ns >= 1'000'000 ? 0 : grain_ns >= 1'000 ? 3 : 6;
  return fmt::format("{:.{}f}ms", static_cast<double>(ns) / 1e6, digits);
}

}  // namespace

timeline::TimeRange parse_range(const timeline::Model& model, const std::string& text) {
  const auto wrong = [&] { return base::UsageError(tr("figure.bad_range", fmt::arg("text", text))); };
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos || text.size() == 2) throw wrong();
  const std::int64_t length = model.end_ns() - model.begin_ns();
  const std::string from = text.substr(0, dots), to = text.substr(dots + 2);
  const auto begin = from.empty() ? std::optional<std::int64_t>(0) : nanoseconds(from);
  const auto end = to.empty() ? std::optional(length) : nanoseconds(to);
  if (!begin || !end || (!from.empty() && !to.empty() && *begin >= *end)) throw wrong();
  if (*begin >= length)
    throw base::UsageError(tr("figure.empty_range", fmt::arg("begin", i18n::format_duration(*begin)), fmt::arg("end", i18n::format_duration(*end)),
                              fmt::arg("length", i18n::format_duration(length))));
  return {model.begin_ns() + *begin, model.begin_ns() + *end};
}

std::string range_text(const timeline::Model& model, const timeline::TimeRange& range) {
  const std::int64_t begin = std::max<std::int64_t>(range.begin_ns - model.begin_ns(), 0), end = std::max(range.end_ns - model.begin_ns(), begin + 1);
  const std::int64_t grain = (end - begin) / 100;
  return milliseconds(begin, grain) + ".." + milliseconds(end, grain);
}

std::string moment_text(const timeline::Model& model, std::int64_t time_ns) { return milliseconds(std::max<std::int64_t>(time_ns - model.begin_ns(), 0), 1); }

}  // namespace forklight::app::session
