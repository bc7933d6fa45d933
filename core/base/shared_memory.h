// Memory that processes share without a name: a memfd and its mapping. Nothing to unlink, so nothing can stay behind.
#pragma once

#include <cstddef>

#include "core/base/fd.h"

namespace forklight::base {

class SharedMemory {
 public:
  SharedMemory() noexcept = default;
  // A new region of `bytes`, all zero and sparse, sealed against shrinking. Throws std::system_error.
  static SharedMemory create(const char* label, std::size_t bytes);
  // Maps a region that somebody handed over. Throws std::system_error; its size is what fstat says.
  static SharedMemory map(Fd fd);

  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  ~SharedMemory();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  void unmap() noexcept;

  Fd fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace forklight::base
