// The inside of a Connection: one end of a pipe or a socketpair, in one process. For core/ipc alone.
#pragma once

#include <atomic>
#include <vector>

#include "core/base/clock.h"
#include "core/ipc/connection.h"
#include "core/ipc/frame_io.h"
#include "core/trace/recorder.h"

namespace forklight::ipc {

struct Connection::Handle {
  std::atomic<int> fd{-1};  // −1: closed, by whichever thread
  std::atomic<bool> readable{false}, writable{false};
  std::uint32_t object = 0;
  trace::PipeEnd end = trace::PipeEnd::first;
  trace::BlockReason read_reason = trace::BlockReason::recv, write_reason = trace::BlockReason::send;
  std::atomic<std::int64_t> fill_sampled_ns{0};

  Handle() noexcept = default;
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  [[nodiscard]] bool is_open() const noexcept { return fd.load(std::memory_order_relaxed) >= 0; }
  void check_open() const;
  void check_readable() const;
  void check_writable() const;
  [[nodiscard]] Side reading() const noexcept { return {fd.load(std::memory_order_relaxed), object, read_reason}; }
  [[nodiscard]] Side writing() const noexcept { return {fd.load(std::memory_order_relaxed), object, write_reason}; }
  // Writes one frame; that a message could not be sent goes on record.
  void write(std::span<const std::uint8_t> payload, std::uint64_t message);
  // What `bad message length` leaves behind: nothing in it has a beginning any more (I-09).
  void spoil();
  // Closes the descriptor; false if it was closed.
  bool close_fd() noexcept;
  // Puts the fill of the kernel's buffer on record, a thousand times a second at the most.
  void sample_fill(std::int64_t now = base::now_ns()) noexcept;
};

// This thread's buffer for one frame at a time, empty: so that no message costs an allocation. Valid until the next call.
[[nodiscard]] std::vector<std::uint8_t>& frame_buffer();

// The next message's id, one for the whole run.
[[nodiscard]] std::uint64_t next_message_id() noexcept;

}  // namespace forklight::ipc
