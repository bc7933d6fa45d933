#include "core/trace/recorder.h"

#include "core/base/every_child.h"

namespace forklight::trace {
namespace {
thread_local Recorder current_recorder;
}

FORKLIGHT_EVERY_CHILD Recorder& Recorder::current() noexcept { return current_recorder; }

FORKLIGHT_EVERY_CHILD void Recorder::attach(const Region& region, std::uint32_t slot) noexcept {
  region_ = &region;
  writer_ = region.writer(slot);
  slot_ = slot;
  task_ = region.slot(slot).task;
  gate_ = &region.slot(slot).gate;
  passed_ = 0;
  line_ = 0;
}

}  // namespace forklight::trace
