#include "app/film/recorder.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "app/i18n/i18n.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/posix_call.h"

namespace forklight::app::film {
namespace {

using i18n::tr;
namespace fs = std::filesystem;

constexpr std::size_t kFlushAt = std::size_t{1} << 20;
constexpr int kNice = 5;  // the window comes first

// A file without a name; where a file system has none of those, one whose name is taken away at once.
base::Fd open_log(const fs::path& directory) {
  base::Fd log(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (log) return log;
  std::string name = (directory / ".forklight-recording-XXXXXX").string();
  log = base::Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!log) throw base::Failure(tr("recording.no_place", fmt::arg("path", directory.string()), fmt::arg("reason", base::error_text(errno))));
  ::unlink(name.c_str());
  return log;
}

}  // namespace

Recorder::Recorder(const fs::path& directory, std::int64_t now_ns, RecorderLimits limits) : directory_(directory), limits_(limits), begin_ns_(now_ns), log_(open_log(directory)) {
  for (Frame& frame : frames_) free_.push_back(&frame);
  // Its place is taken now: it is written last, and the disk may be full then.
  if (!base::write_all(log_.get(), &header_, sizeof header_)) throw base::Failure(tr("recording.no_place", fmt::arg("path", directory.string()), fmt::arg("reason", base::error_text(errno))));
  // Signals are for the thread that draws.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  writer_ = std::thread([this] { write_all(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Recorder::~Recorder() {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    done_ = ended_ = true;
  }
  work_.notify_one();
  writer_.join();
}

platform::KeptFrame* Recorder::begin(std::int64_t now_ns) {
  const std::int64_t time = now_ns - begin_ns_, slot = time * kRecordedFps / base::kSecond;
  if (slot <= last_slot_) {
    owes_ = true;
    return nullptr;
  }
  Frame* frame = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) {
      owes_ = false;
      return nullptr;
    }
    if (time >= limits_.length_ns) {
      problem_ = tr("recording.too_long", fmt::arg("minutes", limits_.length_ns / base::kSecond / 60));
      ended_ = true;
      return nullptr;
    }
    if (!free_.empty()) {
      frame = free_.back();
      free_.pop_back();
    }
  }
  last_slot_ = slot;
  owes_ = frame == nullptr;
  if (frame == nullptr) {
    ++left_out_;
    return nullptr;
  }
  frame->kept.clear();
  frame->kept.time_ns = time;
  frame->atlas.reset();
  if (std::exchange(atlas_owed_, false)) frame->atlas = platform::keep_atlas();
  return &frame->kept;
}

void Recorder::hand_over(platform::KeptFrame* kept) {
  // The largest one is what the film is made for.
  const int columns = kept->columns(), rows = kept->rows();
  Frame* const frame = std::find_if(std::begin(frames_), std::end(frames_), [&](const Frame& one) { return &one.kept == kept; });
  {
    const std::lock_guard lock(mutex_);
    if (static_cast<std::uint64_t>(columns) * static_cast<std::uint64_t>(rows) > std::uint64_t{header_.width} * header_.height) {
      header_.width = static_cast<std::uint32_t>(columns);
      header_.height = static_cast<std::uint32_t>(rows);
    }
    waiting_.push_back(frame);
  }
  work_.notify_one();
}

bool Recorder::ended() {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void Recorder::write_all() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
  for (;;) {
    Frame* frame = nullptr;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [this] { return done_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      frame = waiting_.front();
      waiting_.erase(waiting_.begin());
      if (ended_) {
        free_.push_back(frame);
        continue;
      }
    }
    write(*frame);
  }
}

void Recorder::write(Frame& frame) {
  if (frame.atlas) {
    platform::write_atlas(*frame.atlas, bytes_);
    frame.atlas.reset();
    ++bytes_records_;
  }
  Frame* done = &frame;
  if (platform::write_frame(frame.kept, before_ != nullptr ? &before_->kept : nullptr, bytes_)) {
    ++bytes_records_;
    ++frames_written_;
    done = std::exchange(before_, &frame);
  }
  if (bytes_.size() >= kFlushAt) flush();
  if (done == nullptr) return;
  const std::lock_guard lock(mutex_);
  free_.push_back(done);
}

// All of it or, where that cannot be, nothing: what is in the file stays whole.
void Recorder::flush() {
  if (bytes_.empty()) return;
  if (header_.bytes + bytes_.size() > limits_.bytes) {
    end_for(tr("recording.too_large", fmt::arg("megabytes", limits_.bytes >> 20)));
  } else if (!base::write_all(log_.get(), bytes_.data(), bytes_.size())) {
    const int error = errno;
    end_for(error == ENOSPC || error == EDQUOT || error == EFBIG ? tr("recording.disk_full", fmt::arg("path", directory_.string()))
                                                                 : tr("recording.not_written", fmt::arg("path", directory_.string()), fmt::arg("reason", base::error_text(error))));
  } else {
    header_.bytes += bytes_.size();
    header_.records += bytes_records_;
  }
  bytes_.clear();
  bytes_records_ = 0;
}

void Recorder::end_for(std::string problem) {
  const std::lock_guard lock(mutex_);
  problem_ = std::move(problem);
  ended_ = true;
}

Recording Recorder::finish(std::int64_t now_ns) {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  work_.notify_one();
  writer_.join();
  if (!ended_) flush();
  header_.length_ns = std::min(now_ns - begin_ns_, limits_.length_ns);
  if (::pwrite(log_.get(), &header_, sizeof header_, 0) != static_cast<ssize_t>(sizeof header_) && problem_.empty()) problem_ = tr("recording.disk_full", fmt::arg("path", directory_.string()));
  return {std::move(log_), header_.length_ns, header_.records == 0 ? 0 : frames_written_, left_out_, std::move(problem_)};
}

}  // namespace forklight::app::film
