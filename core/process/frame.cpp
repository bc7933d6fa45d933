#include "core/process/frame.h"

#include <exception>

#include "core/base/every_child.h"
#include "core/gil/interrupt.h"
#include "core/trace/recorder.h"

namespace forklight::process {
namespace {
thread_local std::vector<FramePlace> frames;
}

Frame::Frame(std::string_view function) : caller_line_(trace::Recorder::current().line()) { frames.push_back({function, 0}); }

Frame::~Frame() {
  frames.pop_back();
  // On its way up, an exception leaves the process on the line that raised it; so does the return of the outermost function.
  const bool returns = std::uncaught_exceptions() == 0 && !frames.empty();
  if (returns) trace::Recorder::current().set_line(caller_line_);
}

std::vector<FramePlace> Frame::stack() { return frames; }

FORKLIGHT_EVERY_CHILD void Frame::forget() { frames.clear(); }

void at(std::uint16_t line) {
  gil::check_point();
  if (!frames.empty()) frames.back().line = line;
  trace::Recorder& recorder = trace::Recorder::current();
  recorder.set_line(line);
  recorder.record(trace::Kind::line);
}

}  // namespace forklight::process
