// Numbers, times and exit codes as a person reads them: panels and timeline use these, so that they agree.
#pragma once

#include <cstdint>
#include <string>

namespace forklight::app::i18n {

// "1,204".
[[nodiscard]] std::string format_count(std::uint64_t count);

// "812 ns", "12.3 µs", "1.204 ms", "3.02 s", "2 min 05 s"; negative ones with a true minus sign.
[[nodiscard]] std::string format_duration(std::int64_t ns);

// "SIGTERM"; "signal 35" for one without a name. Linux numbers: traces are made there, wherever they are shown.
[[nodiscard]] std::string signal_name(int signal);

// "0", "1", "−15": with a true minus sign.
[[nodiscard]] std::string format_exit_code(int code);

}  // namespace forklight::app::i18n
