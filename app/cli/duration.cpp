#include "app/cli/duration.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>

#include "app/i18n/i18n.h"
#include "core/base/error.h"

namespace forklight::app::cli {

std::chrono::nanoseconds parse_duration(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const double seconds = unit == "ms" ? value / 1000 : unit == "min" ? value * 60 : value;
  const bool known = unit.empty() || unit == "s" || unit == "ms" || unit == "min";
  constexpr double kDay = 86400;
  if (error != std::errc{} || !known || !(seconds > 0) || seconds > kDay) {
    throw base::UsageError(i18n::tr("cli.bad_duration", fmt::arg("text", std::string(text))));
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

void check_writable(const std::filesystem::path& file) {
  const std::filesystem::path directory = file.has_parent_path() ? file.parent_path() : ".";
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    throw base::Failure(i18n::tr("cli.no_directory", fmt::arg("directory", directory.string()), fmt::arg("file", file.string())));
  }
  if (::access(directory.c_str(), W_OK) != 0) {
    throw base::Failure(i18n::tr("cli.not_writable", fmt::arg("directory", directory.string()), fmt::arg("file", file.string())));
  }
  if (std::filesystem::is_directory(file, error)) {
    throw base::Failure(i18n::tr("cli.is_directory", fmt::arg("file", file.string())));
  }
}

}  // namespace forklight::app::cli
