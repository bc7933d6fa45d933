#include "core/supervisor/learner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/posix_call.h"
#include "core/ipc/frame_io.h"
#include "core/ipc/message.h"
#include "core/process/runtime.h"
#include "core/sync/raw.h"

namespace forklight::supervisor {

using sync::SemaphoreState;
using trace::BlockReason;
using trace::Kind;
using trace::LearnerAct;
using trace::ObjectKind;
using trace::Recorder;
using trace::SharedObject;

namespace {

constexpr double kMoment_s = 0.1;         // longer than any lock of the lesson is held in order
constexpr std::int64_t kLongestInterval_us = 1'000'000'000;
constexpr std::size_t kLargestPut = 4000;  // one write of a page at the most is whole or refused

using trace::u64;

bool is_queue(std::uint32_t kind) {
  return kind == static_cast<std::uint32_t>(ObjectKind::queue) || kind == static_cast<std::uint32_t>(ObjectKind::joinable_queue);
}

// A file of another process, if it is the one that was meant.
base::Fd open_end(pid_t pid, int fd, std::uint64_t inode, int flags) {
  base::Fd end(::open(fmt::format("/proc/{}/fd/{}", pid, fd).c_str(), flags | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!end || ::fstat(end.get(), &info) != 0 || info.st_ino != inode) return {};
  return end;
}

}  // namespace

std::string Learner::act(const nlohmann::json& message) const {
  const std::uint32_t object = message.value("object", 0u);
  const std::string what = message.value("act", "");
  const SharedObject* shared = region_->shared_object(object);
  if (shared == nullptr || shared->ready.load(std::memory_order_acquire) == 0) return "There is no such object in this run.";
  if (what == "put" && is_queue(shared->kind)) return put(object, *shared, message.value("value", nlohmann::json()));
  if (what == "close" && shared->kind == static_cast<std::uint32_t>(ObjectKind::pipe)) {
    return close_end(object, *shared, message.value("task", trace::TaskId{0}), message.value("end", 0) != 0 ? 1 : 0);
  }
  if ((what == "set" || what == "clear") && shared->kind == static_cast<std::uint32_t>(ObjectKind::event)) {
    return set(object, *shared, what == "set");
  }
  if (what == "interval" && shared->kind == static_cast<std::uint32_t>(ObjectKind::gil)) {
    return set_interval(object, *shared, message.value("us", std::int64_t{0}));
  }
  return "That cannot be done to this object.";
}

// G-03: whole microseconds, above 0. The lesson's threads see it as their next wait begins.
std::string Learner::set_interval(std::uint32_t object, const SharedObject& shared, std::int64_t microseconds) const {
  if (microseconds < 1 || microseconds > kLongestInterval_us) return "The switch interval must be from 1 microsecond to 1000 seconds.";
  auto* const word = region_->part<std::atomic<std::uint64_t>>(shared.parts[0]);
  if (word == nullptr) return "There is no such GIL in this run.";
  word->store(static_cast<std::uint64_t>(microseconds), std::memory_order_relaxed);
  Recorder& recorder = Recorder::current();
  recorder.record(Kind::learner, object, u64(LearnerAct::interval), u64(microseconds) * 1000);
  recorder.record(Kind::gil_interval, object, u64(microseconds) * 1000, 1);
  return {};
}

std::string Learner::put(std::uint32_t object, const SharedObject& shared, const nlohmann::json& value) const {
  auto* const slots = region_->part<SemaphoreState>(shared.parts[0]);
  auto* const writer_lock = region_->part<SemaphoreState>(shared.parts[1]);
  auto* const unfinished = region_->part<SemaphoreState>(shared.parts[2]);
  if (slots == nullptr || writer_lock == nullptr) return "There is no such queue in this run.";
  base::Fd pipe;
  for (const pid_t pid : tree_->alive()) {
    pipe = open_end(pid, shared.fds[1], shared.inodes[1], O_WRONLY);
    if (pipe) break;
  }
  if (!pipe) return "No process has the queue's pipe open any more: nothing can be put.";

  const std::uint64_t id = region_->header().next_message.fetch_add(1, std::memory_order_relaxed);
  std::vector<std::uint8_t> payload;
  ipc::encode(id, value, payload);
  if (payload.size() > kLargestPut) return fmt::format("The value is too large to be put by hand: {} bytes at the most.", kLargestPut);
  if (!sync::try_take(*slots)) return "The queue is full: put would block. Wait until something is got.";
  if (sync::take(*writer_lock, {BlockReason::lock, object}, kMoment_s) != sync::Wait::taken) {
    sync::give(*slots);
    return "Another process is writing to the queue, or died while it did: put would block.";
  }
  std::vector<std::uint8_t> frame(4);
  for (std::size_t i = 0; i < 4; ++i) frame[3 - i] = static_cast<std::uint8_t>(payload.size() >> (8 * i));
  frame.insert(frame.end(), payload.begin(), payload.end());
  Recorder& recorder = Recorder::current();
  const std::int64_t began = base::now_ns();
  const ssize_t written = base::retry_eintr([&] { return ::write(pipe.get(), frame.data(), frame.size()); });
  sync::give(*writer_lock);
  if (written != static_cast<ssize_t>(frame.size())) {
    sync::give(*slots);
    return "The queue's pipe is full: put would stay in the feeder. Wait until something is got.";
  }
  if (unfinished != nullptr) sync::give(*unfinished);
  // The value is kept with it, so that a replay can put it again.
  const std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  recorder.record_text_at(began, Kind::learner, object, u64(LearnerAct::put), id, text.size() <= trace::kMaxText ? text : std::string());
  recorder.record_text(Kind::put_begin, object, id, 0, ipc::repr(value));
  recorder.record(Kind::put_end, object, id, 1);
  recorder.record(Kind::sent, object, id, ipc::wire_size(payload.size()));
  return {};
}

std::string Learner::set(std::uint32_t object, const SharedObject& shared, bool on) const {
  SemaphoreState* parts[5];
  for (std::size_t i = 0; i < 5; ++i) {
    parts[i] = region_->part<SemaphoreState>(shared.parts[i]);
    if (parts[i] == nullptr) return "There is no such event in this run.";
  }
  auto* const generation = region_->part<std::atomic<std::uint32_t>>(shared.parts[5]);
  auto& [lock, flag, sleeping, woken, wait] = parts;
  const sync::Waiting waiting{BlockReason::event, object};
  if (sync::take(*lock, waiting, kMoment_s) != sync::Wait::taken) return "The event's lock is held: the call would block.";
  Recorder& recorder = Recorder::current();
  (void)sync::try_take(*flag);
  if (on) sync::give(*flag);
  recorder.record(Kind::learner, object, u64(on ? LearnerAct::set : LearnerAct::clear));
  recorder.record(on ? Kind::set : Kind::clear, object, generation->load(std::memory_order_relaxed) + (on ? 1 : 0));
  std::string answer;
  if (on) {
    while (sync::try_take(*woken)) (void)sync::try_take(*sleeping);
    int sleepers = 0;
    while (sync::try_take(*sleeping)) {
      if (sleepers++ == 0) generation->fetch_add(1, std::memory_order_relaxed);
      sync::give(*wait);
    }
    for (int i = 0; i < sleepers && answer.empty(); ++i) {
      // E-31: Python's set() would never return here.
      if (sync::take(*woken, waiting, kMoment_s) != sync::Wait::taken) answer = "A process that waited for the event was killed: set() of the lesson would block for ever.";
    }
    while (sleepers > 0 && sync::try_take(*wait)) {
    }
  }
  sync::give(*lock);
  return answer;
}

std::string Learner::close_end(std::uint32_t object, const SharedObject& shared, trace::TaskId task, int end) const {
  const int fd = shared.fds[end];
  const auto process = tree_->find(task);
  if (!process) return "That process has ended.";
  struct stat info {};
  if (fd < 0 || ::stat(fmt::format("/proc/{}/fd/{}", process->pid, fd).c_str(), &info) != 0 || info.st_ino != shared.inodes[end]) {
    return "That process does not have this end open.";
  }
  trace::Slot& slot = region_->slot(process->slot);
  slot.errand_end.store(end, std::memory_order_relaxed);
  slot.errand_fd.store(fd, std::memory_order_release);
  Recorder& recorder = Recorder::current();
  recorder.record(Kind::learner, object, u64(LearnerAct::close), u64(task) << 32 | u64(end));
  tree_->send(task, process::kErrandSignal);
  return {};
}

}  // namespace forklight::supervisor
