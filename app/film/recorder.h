// Records what a window draws: its draw lists, thirty times a second at the most, into a file without a name. Who draws only hands a copy
// over; a thread finds what is new in it and writes that. Where the disk is slower than the window, frames are left out and counted.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/platform/frame_log.h"
#include "app/platform/kept_frame.h"
#include "core/base/fd.h"

namespace forklight::app::film {

inline constexpr int kRecordedFps = 30;

struct RecorderLimits {
  std::uint64_t bytes = std::uint64_t{8} << 30;      // of the log
  std::int64_t length_ns = 7200LL * 1'000'000'000;   // as long as a film may be at this rate
};

// What was recorded: a log (app/platform/frame_log.h), to be made into a film.
struct Recording {
  base::Fd log;
  std::int64_t length_ns = 0;
  std::uint64_t frames = 0, left_out = 0;
  std::string problem;  // why it ended before it was told to; "" if it did not
};

class Recorder {
 public:
  // The log is made in the directory, where nobody sees it, and is gone with its descriptor. Throws base::Failure with one sentence.
  Recorder(const std::filesystem::path& directory, std::int64_t now_ns, RecorderLimits limits = {});
  ~Recorder();  // what was not finished is gone
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // --- from the thread that draws; none of these waits for the disk ---
  // Where the next frame goes, empty: to be filled and handed over. nullptr: none is due yet, or there is no room for it.
  platform::KeptFrame* begin(std::int64_t now_ns);
  void hand_over(platform::KeptFrame* frame);
  void atlas_changed() noexcept { atlas_owed_ = true; }  // the next frame brings it along
  // What was drawn last is not in the recording yet: draw again, a little later.
  [[nodiscard]] bool owes() const noexcept { return owes_; }
  [[nodiscard]] std::int64_t length_ns(std::int64_t now_ns) const noexcept { return now_ns - begin_ns_; }
  [[nodiscard]] bool ended();  // it cannot go on: finish() says why

  [[nodiscard]] Recording finish(std::int64_t now_ns);  // once, at the end

 private:
  struct Frame {
    platform::KeptFrame kept;
    std::optional<platform::KeptAtlas> atlas;
  };
  static constexpr std::size_t kFrames = 5;  // one that is filled, one that the next is compared with, three that wait

  void write_all();
  void write(Frame& frame);
  void flush();
  void end_for(std::string problem);

  std::filesystem::path directory_;
  RecorderLimits limits_;
  std::int64_t begin_ns_;
  std::int64_t last_slot_ = -1;
  bool atlas_owed_ = true, owes_ = false;
  std::uint64_t left_out_ = 0;

  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Frame*> free_, waiting_;  // under the mutex
  std::string problem_;                 // under the mutex
  bool ended_ = false, done_ = false;   // under the mutex

  // --- the writing thread's own ---
  Frame frames_[kFrames];
  Frame* before_ = nullptr;
  base::Fd log_;
  platform::LogHeader header_;
  platform::Bytes bytes_;
  std::uint64_t bytes_records_ = 0;  // that are in there
  std::uint64_t frames_written_ = 0;

  std::thread writer_;
};

}  // namespace forklight::app::film
