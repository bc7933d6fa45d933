// multiprocessing.Pipe() and Connection over real descriptors: CPython's length frame, its errors, its one, two or three writes (I.1).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ipc/message.h"
#include "core/sync/sync.h"

namespace forklight::ipc {

using sync::Timeout;
inline constexpr std::size_t kMaxFrame = 256u << 20;  // a longer one is refused with a clear error: garbage, most likely

class Connection {
 public:
  void send(const Message& message);  // BrokenPipeError (I-06), "connection is read-only" (I-01), "handle is closed" (I-08)
  [[nodiscard]] Value recv();         // EOFError (I-04), ConnectionResetError (I-07), "got end of file during message" (I-13)
  void send_bytes(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::vector<std::uint8_t> recv_bytes(std::optional<std::size_t> max_length = {});  // I-09
  std::size_t recv_bytes_into(std::span<std::uint8_t> buffer);  // BufferTooShort (I-10)
  [[nodiscard]] bool poll(Timeout timeout = 0.0);  // none: for ever; EOF counts as readable (I-03)
  void close();
  [[nodiscard]] bool closed() const noexcept;
  [[nodiscard]] int fileno() const;
  // Bytes in the kernel's buffer, to be read at this end (FIONREAD).
  [[nodiscard]] std::size_t pending() const;
  [[nodiscard]] std::uint32_t object() const noexcept;
  void depart(process::Departure& out) const;
  static Connection arrive(process::Arrival& in);
  // One end of a non-blocking socket that was connected by other means, as a part of that object. The descriptor is its own from now on.
  [[nodiscard]] static Connection over(int fd, std::uint32_t object, trace::PipeEnd end);

 private:
  friend std::pair<Connection, Connection> Pipe(bool, std::string);
  friend class Queue;
  friend class SimpleQueue;
  struct Handle;
  // The two ends of a new socketpair or pipe, as parts of that object.
  static std::pair<Connection, Connection> pair(bool duplex, std::uint32_t object);
  void receive(std::vector<std::uint8_t>& payload, std::optional<std::size_t> max_length);
  explicit Connection(std::shared_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
  std::shared_ptr<Handle> handle_;
};

// Duplex: a socketpair, both ends read and write. Else a pipe: (read end, write end).
[[nodiscard]] std::pair<Connection, Connection> Pipe(bool duplex = true, std::string label = {});

// multiprocessing.connection.wait(): those that are ready, in the order given; empty on timeout (I-22). Descriptors may be sentinels.
[[nodiscard]] std::vector<std::size_t> wait(const std::vector<int>& descriptors, Timeout timeout = {});

}  // namespace forklight::ipc
