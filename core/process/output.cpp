#include "core/process/output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

#include "core/base/every_child.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/process/facts.h"
#include "core/trace/recorder.h"

namespace forklight::process {
namespace {

constexpr std::size_t kBufferSize = 8192;  // io.DEFAULT_BUFFER_SIZE

// Writes all, on record with its text once it is out; false with errno set if refused.
bool put(int fd, std::string_view text) noexcept {
  pollfd writable{fd, POLLOUT, 0};
  bool done = false;
  const gil::Released released;  // whether it blocks or not (G.5)
  if (::poll(&writable, 1, 0) == 1) {
    done = base::write_all(fd, text.data(), text.size());
  } else {  // a full pipe: the writer waits for whoever reads it
    const gil::Blocking blocking(trace::BlockReason::output, 0, gil::kNoTimeout);
    done = base::write_all(fd, text.data(), text.size());
  }
  if (!done) return false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view part = rest.substr(0, trace::kMaxText);
    trace::Recorder::current().record_text(trace::Kind::output, 0, static_cast<std::uint64_t>(fd), part.size(), part);
    rest.remove_prefix(part.size());
  }
  return true;
}

}  // namespace

void Output::write(std::string_view text) {
  trace::Recorder::current().gate(trace::Kind::output);
  const std::lock_guard lock(mutex_);
  buffer_ += text;
  unsaid_.store(true);
  const bool line_done = buffering_ == Buffering::line && text.find('\n') != std::string_view::npos;
  if (line_done || buffer_.size() >= kBufferSize) flush_locked();
}

FORKLIGHT_EVERY_CHILD void Output::flush() {
  if (!unsaid_.load()) return;
  const std::lock_guard lock(mutex_);
  flush_locked();
}

FORKLIGHT_EVERY_CHILD void Output::after_fork() noexcept {
  new (&mutex_) gil::Yielding<std::mutex>;
  buffer_.clear();
  unsaid_.store(false);
}

void Output::flush_locked() {
  const std::string text = std::exchange(buffer_, {});
  const bool done = text.empty() || put(STDOUT_FILENO, text);
  unsaid_.store(false);
  if (!done) throw os_error(errno);
}

void write_stderr(std::string_view text) noexcept { (void)put(STDERR_FILENO, text); }

}  // namespace forklight::process
