#include "app/i18n/format.h"

#include <array>
#include <string_view>

#include "app/i18n/i18n.h"

namespace forklight::app::i18n {
namespace {

constexpr const char* kMinus = "\u2212";

// Four figures: enough to compare two bars by their numbers, few enough to read aloud.
std::string scaled(double value, const char* unit) {
  const int decimals = value < 10 ? 3 : value < 100 ? 2 : 1;
  return fmt::format("{:.{}f} {}", value, decimals, unit);
}

}  // namespace

std::string format_count(std::uint64_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (at > 0 && (digits.size() - at) % 3 == 0) text += ',';
    text += digits[at];
  }
  return text;
}

std::string format_duration(std::int64_t ns) {
  if (ns < 0) return kMinus + format_duration(ns == INT64_MIN ? INT64_MAX : -ns);
  if (ns == 0) return "0";
  const double value = static_cast<double>(ns);
  if (ns < 1'000) return fmt::format("{} ns", ns);
  if (ns < 999'950) return fmt::format("{:.1f} \u00b5s", value / 1e3);
  if (ns < 999'950'000) return scaled(value / 1e6, "ms");
  if (ns < 59'995'000'000) return fmt::format("{:.2f} s", value / 1e9);
  const std::int64_t seconds = ns / 1'000'000'000 + (ns % 1'000'000'000 >= 500'000'000 ? 1 : 0);
  return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

std::string signal_name(int signal) {
  static constexpr std::array<std::string_view, 32> kNames = {
      "",        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
      "SIGFPE",  "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
      "",        "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
      "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
  if (signal > 0 && signal < 32 && !kNames[static_cast<std::size_t>(signal)].empty())
    return std::string(kNames[static_cast<std::size_t>(signal)]);
  return tr("format.signal", fmt::arg("number", signal));
}

std::string format_exit_code(int code) {
  return code < 0 ? kMinus + std::to_string(-static_cast<long>(code)) : std::to_string(code);
}

}  // namespace forklight::app::i18n
