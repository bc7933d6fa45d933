// The inside of a Connection: one end of a pipe or a socketpair, in one process. For core/ipc alone.
#pragma once

#include <atomic>

#include "core/base/fd.h"
#include "core/ipc/connection.h"
#include "core/ipc/frame_io.h"
#include "core/trace/recorder.h"

namespace forklight::ipc {

struct Connection::Handle {
  base::Fd fd;
  bool readable = false, writable = false;
  std::uint32_t object = 0;
  trace::PipeEnd end = trace::PipeEnd::first;
  trace::BlockReason read_reason = trace::BlockReason::recv, write_reason = trace::BlockReason::send;
  std::int64_t fill_sampled_ns = 0;

  void check_open() const;
  void check_readable() const;
  void check_writable() const;
  [[nodiscard]] Side reading() const noexcept { return {fd.get(), object, read_reason}; }
  [[nodiscard]] Side writing() const noexcept { return {fd.get(), object, write_reason}; }
  // Puts the fill of the kernel's buffer on record, a thousand times a second at the most.
  void sample_fill() noexcept;
};

// The next message's id, one for the whole run.
[[nodiscard]] std::uint64_t next_message_id() noexcept;

}  // namespace forklight::ipc
