#include "app/film/develop.h"

#include <algorithm>
#include <cstdint>

#include "app/film/film.h"
#include "app/film/recorder.h"
#include "app/i18n/i18n.h"
#include "app/platform/frame_log.h"
#include "app/platform/offscreen.h"
#include "app/platform/projector.h"
#include "core/base/clock.h"
#include "core/base/error.h"

namespace forklight::app::film {
namespace {

using i18n::tr;
using Next = platform::LogReader::Next;

// Codecs want even sides, and no more than they can have.
int side(std::uint32_t pixels, int least, int most) { return std::clamp(static_cast<int>(pixels) & ~1, least, most); }

}  // namespace

bool develop(int log, const DevelopOptions& options, const Told& told) {
  platform::LogReader reader(log);
  const auto& header = reader.header();
  const auto frames = std::clamp<std::uint64_t>(static_cast<std::uint64_t>((header.length_ns * kRecordedFps + base::kSecond - 1) / base::kSecond), 1, kMostFrames);
  OutputOptions wanted{options.file, options.frames, side(header.width, 160, 7680), side(header.height, 120, 4320), kRecordedFps, options.title, {}, options.program, false};
  platform::Offscreen screen(wanted.width, wanted.height);
  platform::Projector projector(screen);
  Output output(wanted);
  Teller teller(frames, told);
  bool seen = false, lit = false;
  Next next = reader.next();
  for (std::uint64_t frame = 0; frame < frames; ++frame) {
    const auto now = static_cast<std::int64_t>(frame) * base::kSecond / kRecordedFps + base::kSecond / kRecordedFps;
    bool fresh = false;
    // What was drawn in the time of this picture is in it; before the first frame it is that one.
    while (next != Next::end && (next == Next::atlas || !seen || reader.frame().time_ns < now)) {
      if (next == Next::atlas) {
        projector.set_atlas(reader.atlas());
        lit = true;
      } else {
        if (!lit) throw base::Failure(tr("recording.damaged"));
        fresh = seen = true;
        projector.draw(reader.frame());
      }
      next = reader.next();
    }
    if (!seen) throw base::Failure(tr("recording.empty"));
    output.add(screen.picture(), !fresh);
    if (!teller.after(frame)) return false;
  }
  output.finish();
  return true;
}

}  // namespace forklight::app::film
