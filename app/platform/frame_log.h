// Frames of a recording, one after the other in a file of our own, each as what is new in it: a header, then records of a kind, a length, a
// sum and what they hold. A frame that is as the one before is not there at all.
//
//   "FLKREC1\n"  header (written last)  [ kind 'A' | 'F'  length  sum  bytes ] …
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "app/platform/kept_frame.h"

namespace forklight::app::platform {

struct LogHeader {
  char magic[8] = {'F', 'L', 'K', 'R', 'E', 'C', '1', '\n'};
  std::uint32_t width = 0, height = 0;  // of the largest frame, pixels
  std::uint64_t records = 0, bytes = 0;  // that are in it, the header not counted
  std::int64_t length_ns = 0;
};
static_assert(sizeof(LogHeader) == 40);

using Bytes = std::vector<std::uint8_t>;

// Behind what is in `out`: a record. Of a frame only if it differs from the one before (nullptr: there is none), and then true.
void write_atlas(const KeptAtlas& atlas, Bytes& out);
bool write_frame(const KeptFrame& frame, const KeptFrame* before, Bytes& out);

// Reads them back from a descriptor that can be read at any place. Damaged, cut off, or none of ours: base::Failure with one sentence, and
// never more than that.
class LogReader {
 public:
  explicit LogReader(int fd);
  [[nodiscard]] const LogHeader& header() const noexcept { return header_; }
  enum class Next : std::uint8_t { end, atlas, frame };
  Next next();
  [[nodiscard]] const KeptAtlas& atlas() const noexcept { return atlas_; }
  [[nodiscard]] const KeptFrame& frame() const noexcept { return frame_; }

 private:
  void read(void* to, std::size_t size);

  int fd_;
  std::uint64_t at_ = 0, records_ = 0;
  LogHeader header_;
  Bytes bytes_;
  KeptAtlas atlas_;
  KeptFrame frame_, before_;
};

}  // namespace forklight::app::platform
