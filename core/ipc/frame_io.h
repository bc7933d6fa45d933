// Frames on descriptors: CPython's length header, its one or two writes, and reads of exactly what is missing (I.1). For core/ipc alone.
//
// The descriptors are non-blocking, and waiting is done by poll: so a wait is seen, with its reason, and never a guess. Nobody spins
// before: with more processes than processors that keeps the one from running that is waited for. But who has just been handling one
// message after the other gives its processor away once, and looks again, before it sleeps: to be woken for every few messages costs
// both sides more than the messages do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/trace/event.h"

namespace forklight::ipc {

// What a task that has to wait is seen waiting for.
struct Side {
  int fd;
  std::uint32_t object;
  trace::BlockReason reason;
  bool* flowing = nullptr;  // kept here: the last message was there, or had room, without sleep
};

// Writes header and payload: one write up to 16 KiB, two beyond. Throws BrokenPipeError and other OSErrors; "Message too long", and
// nothing is written, for more than kMaxFrame: no reader would take it.
void write_frame(const Side& side, std::span<const std::uint8_t> payload);

// Reads one frame into `payload`. Throws EOFError at the end, OSError "got end of file during message" inside a frame, "bad message
// length" for one longer than `longest` or kMaxFrame: then `unusable` is set.
void read_frame(const Side& side, std::vector<std::uint8_t>& payload, std::optional<std::size_t> longest, bool& unusable);
// The same where no payload is shorter than kShortest, as in a queue: a short message is one read, not two.
void read_message_frame(const Side& side, std::vector<std::uint8_t>& payload);

// Whether there is something to read (or the end), within `timeout_ns`; negative: for ever.
[[nodiscard]] bool wait_readable(const Side& side, std::int64_t timeout_ns);

// Bytes on the wire of a payload.
[[nodiscard]] constexpr std::uint64_t wire_size(std::size_t payload) noexcept { return payload + 4; }

}  // namespace forklight::ipc
