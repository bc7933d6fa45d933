#include "core/process/unpicklable.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/process/facts.h"

namespace forklight::process {
namespace {

[[noreturn]] void refuse(std::string_view type) { throw PythonError("TypeError", fmt::format("cannot pickle '{}' object", type)); }

}  // namespace

void ThreadLock::acquire() {
  if (mutex_->try_lock()) return;
  const gil::Blocking blocking(trace::BlockReason::lock, 0, gil::kNoTimeout);
  mutex_->lock();
}

void ThreadLock::depart(Departure&) const { refuse("_thread.lock"); }

ThreadLock ThreadLock::arrive(Arrival&) { refuse("_thread.lock"); }

TextFile::TextFile(const std::string& path)
    : fd_(std::make_shared<base::Fd>(base::retry_eintr([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }))) {
  if (!*fd_) throw os_error(errno);
}

std::string TextFile::read(std::size_t bytes) const {
  std::string text(bytes, '\0');
  const ssize_t got = base::retry_eintr([&] { return ::read(fd_->get(), text.data(), bytes); });
  if (got < 0) throw os_error(errno);
  text.resize(static_cast<std::size_t>(got));
  return text;
}

void TextFile::depart(Departure&) const { refuse("_io.TextIOWrapper"); }

TextFile TextFile::arrive(Arrival&) { refuse("_io.TextIOWrapper"); }

}  // namespace forklight::process
