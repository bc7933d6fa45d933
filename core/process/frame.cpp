#include "core/process/frame.h"

#include "core/trace/recorder.h"

namespace forklight::process {
namespace {
thread_local std::vector<FramePlace> frames;
}

Frame::Frame(std::string_view function) : caller_line_(trace::Recorder::current().line()) { frames.push_back({function, 0}); }

Frame::~Frame() {
  frames.pop_back();
  trace::Recorder::current().set_line(static_cast<std::uint16_t>(caller_line_));
}

std::vector<FramePlace> Frame::stack() { return frames; }

void Frame::forget() { frames.clear(); }

void at(std::uint16_t line) noexcept {
  if (!frames.empty()) frames.back().line = line;
  trace::Recorder& recorder = trace::Recorder::current();
  recorder.gate();
  recorder.set_line(line);
  recorder.record(trace::Kind::line);
}

}  // namespace forklight::process
