#include "core/trace/recorder.h"

namespace forklight::trace {
namespace {
thread_local Recorder current_recorder;
}

Recorder& Recorder::current() noexcept { return current_recorder; }

void Recorder::attach(const Region& region, std::uint32_t slot) noexcept {
  region_ = &region;
  writer_ = region.writer(slot);
  slot_ = slot;
  task_ = region.slot(slot).task;
  gate_ = &region.slot(slot).gate;
  passed_ = 0;
  line_ = 0;
}

}  // namespace forklight::trace
