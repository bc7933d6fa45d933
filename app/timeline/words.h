// What the timeline says in words: states, waits, ends, marks. Anybody who names one of these uses this file; numbers
// are in app/i18n/format.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/timeline/model.h"

namespace forklight::app::timeline_view {

// A length of time in three figures, without trailing zeros, for the little room on a bar: "1.62 ms", "3 s".
// Where there is room: i18n::format_duration().
[[nodiscard]] std::string short_duration(std::int64_t ns);

// What a person calls it: "terminate" and "kill", as the methods of Process, else the signal's name.
[[nodiscard]] std::string signal_word(int number);

// "0", "1", "−15 SIGTERM": the label of an exit badge.
[[nodiscard]] std::string exit_words(int exit_code);

// "exited 0", "raised, exited 1", "killed by SIGTERM".
[[nodiscard]] std::string ended_words(const timeline::Task& task);

// A span in words: "run", "join Process-2", "sleep 3 s", "zombie 1.62 ms", "12 events lost".
[[nodiscard]] std::string span_words(const timeline::Model& model, const timeline::Span& span, std::int64_t now_ns);

// What a task is doing at a moment: "running", "asleep", "waiting: join Process-2", "zombie: nobody has joined it", or
// how it ended.
[[nodiscard]] std::string state_words(const timeline::Model& model, const timeline::Task& task, std::int64_t now_ns);

// What a span waits for: "join Process-2", "output"; without the partner's name where that is not known.
[[nodiscard]] std::string wait_words(const timeline::Model& model, const timeline::Span& span);

// The word on a mark: "print", "traceback", "RuntimeError: why"; empty for kinds that carry none.
[[nodiscard]] std::string mark_words(const timeline::Model& model, const timeline::Mark& mark);

// The first line of a text, at most `limit` characters of it (UTF-8), with an ellipsis if there was more.
[[nodiscard]] std::string first_line(std::string_view text, std::size_t limit);

}  // namespace forklight::app::timeline_view
