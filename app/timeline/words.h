// What the timeline says in words: states, waits, ends, marks. Anybody who names one of these uses this file; numbers
// are in app/i18n/format.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/timeline/model.h"
#include "core/timeline/waits.h"

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

// What a span waits for: "join Process-2", "waits for Lock-1, held by Process-2", "put: Queue-1 is full"; without the
// partner's name where that is not known. `when`: the moment at which the holder is looked for; the span's begin, or the
// run's end for one that has not ended.
[[nodiscard]] std::string wait_words(const timeline::Model& model, const timeline::Span& span);
[[nodiscard]] std::string wait_words(const timeline::Model& model, const timeline::Span& span, std::int64_t when);
// The same in a word or two, for a narrow bar: "put waits: full".
[[nodiscard]] std::string short_wait_words(trace::BlockReason reason);

// An operation and what it is on: "put → Queue-1", "start Process-2", "end".
[[nodiscard]] std::string operation_words(const timeline::Model& model, trace::Kind kind, std::uint32_t object);

// The name of a task or an object, "Queue-1", "Queue-1's reader lock"; what it is where it has none.
[[nodiscard]] std::string name_words(const timeline::Model& model, std::uint32_t task_or_object);
// "pipe", "Queue", "the lock".
[[nodiscard]] std::string kind_words(trace::ObjectKind kind);

// "12.3 kB".
[[nodiscard]] std::string bytes_words(std::int64_t bytes);
// A place of a message: "buffer (in the process)", or "buffer".
[[nodiscard]] std::string stage_words(timeline::Stage stage, bool brief);
// What a message carried, cut to some characters: "7"; "?" where that is not known.
[[nodiscard]] std::string value_words(const timeline::Model& model, const timeline::Message& message, std::size_t limit);

// Who has an object at a time: "Lock-1 is held by Process-2, which was killed (−9)"; empty if nobody.
[[nodiscard]] std::string holder_words(const timeline::Model& model, std::uint32_t object, std::int64_t when);

// What stands still for ever, one clause for each step: "MainProcess waits for Process-1 to end", "Process-1 waits for
// its feeder thread", …, "only MainProcess could read it".
[[nodiscard]] std::vector<std::string> deadlock_words(const timeline::Model& model, const timeline::Deadlock& deadlock);
// One wait as a clause, and a second one where only a certain task could end it; the latter may be empty.
struct WaitClause {
  std::string waits, only;
};
[[nodiscard]] WaitClause wait_clause(const timeline::Model& model, const timeline::Wait& wait);

// The word on a mark: "print", "traceback", "RuntimeError: why", "you: SIGSTOP"; empty for kinds that carry none.
[[nodiscard]] std::string mark_words(const timeline::Model& model, const timeline::Mark& mark);

// An event of the GIL or of counted work: "wants the GIL, which Thread-1 has"; the kind's name for one that has no words.
[[nodiscard]] std::string gil_event_words(const timeline::Model& model, const trace::Event& event);
// How a lock works: "the GIL since 3.2".
[[nodiscard]] std::string gil_mode_words(trace::GilMode mode);
// Where the holder looked: "at the end of a loop".
[[nodiscard]] std::string check_place_words(trace::CheckPlace place);
// That a lock of this kind is a model, and which facts it follows: "G.2, G.3".
[[nodiscard]] std::string gil_model_words(trace::GilMode mode);
// The same in a few words.
[[nodiscard]] std::string gil_model_short(trace::GilMode mode);

// The first line of a text, at most `limit` characters of it (UTF-8), with an ellipsis if there was more.
[[nodiscard]] std::string first_line(std::string_view text, std::size_t limit);

}  // namespace forklight::app::timeline_view
