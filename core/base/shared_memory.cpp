#include "core/base/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>

#include "core/base/posix_call.h"

namespace forklight::base {

SharedMemory SharedMemory::create(const char* label, std::size_t bytes) {
  Fd fd(posix_call("memfd_create", [&] { return ::memfd_create(label, MFD_CLOEXEC | MFD_ALLOW_SEALING); }));
  posix_call("ftruncate", [&] { return ::ftruncate(fd.get(), static_cast<off_t>(bytes)); });
  // A mapped file that shrinks turns every access into SIGBUS.
  posix_call("fcntl(F_ADD_SEALS)", [&] { return ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL); });
  return map(std::move(fd));
}

SharedMemory SharedMemory::map(Fd fd) {
  struct stat info {};
  posix_call("fstat", [&] { return ::fstat(fd.get(), &info); });
  SharedMemory memory;
  memory.size_ = static_cast<std::size_t>(info.st_size);
  void* address = ::mmap(nullptr, memory.size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
  if (address == MAP_FAILED) throw_errno("mmap(shared memory)");
  memory.data_ = static_cast<std::byte*>(address);
  memory.fd_ = std::move(fd);
  return memory;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::move(other.fd_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  if (this != &other) {
    unmap();
    fd_ = std::move(other.fd_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SharedMemory::~SharedMemory() { unmap(); }

void SharedMemory::unmap() noexcept {
  if (data_ != nullptr) ::munmap(data_, size_);
  data_ = nullptr;
}

}  // namespace forklight::base
