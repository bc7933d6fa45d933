#include "core/supervisor/tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "core/base/clock.h"
#include "core/base/posix_call.h"

namespace forklight::supervisor {

using trace::DeathSource;
using trace::Kind;
using trace::Recorder;

namespace {
constexpr std::int32_t kUnknown = -1;
constexpr std::int64_t kGraceOfOne = 200 * base::kMillisecond;      // from SIGTERM to SIGKILL when a run is ended
constexpr std::int64_t kReaperStart = base::kMillisecond / 2;      // a parent that waits already has said how within that
constexpr std::int64_t kReaperPatience = 200 * base::kMillisecond;  // from waitpid to the reaper's note is microseconds

using trace::u64;
}  // namespace

void Tree::note_births() {
  const std::uint32_t used = region_->slots_used();
  for (std::uint32_t index = 1; index < used; ++index) {
    const trace::Slot& slot = region_->slot(index);
    if (slot.state.load(std::memory_order_acquire) != trace::SlotState::live || slot.kind != trace::TaskKind::process) continue;
    const trace::TaskId task = slot.task;
    if (std::any_of(members_.begin(), members_.end(), [&](const Member& member) { return member.task == task; })) continue;
    const pid_t pid = slot.pid.load(std::memory_order_relaxed);
    Member member{index, task, slot.forked_by, pid, {}};
    member.pidfd = base::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    Recorder::current().record(Kind::born, task, u64(pid), slot.parent);
    members_.push_back(std::move(member));
  }
}

void Tree::append_pollfds(std::vector<pollfd>& fds) const {
  for (const Member& member : members_) {
    if (member.pidfd && member.ended_ns == 0) fds.push_back({member.pidfd.get(), POLLIN, 0});
  }
}

bool Tree::has_ended(const Member& member) noexcept {
  if (!member.pidfd) return true;  // it was gone before we could look
  pollfd ended{member.pidfd.get(), POLLIN, 0};
  return ::poll(&ended, 1, 0) == 1;
}

bool Tree::note_deaths(std::span<const pollfd> polled) {
  bool waiting = false;
  auto next = polled.begin();  // in the members' order; those born since were not asked for yet
  for (Member& member : members_) {
    bool ended = !member.pidfd || member.ended_ns != 0;
    if (!ended) {
      next = std::find_if(next, polled.end(), [&](const pollfd& one) { return one.fd == member.pidfd.get(); });
      if (next != polled.end()) ended = next++->revents != 0;
    }
    if (ended && !member.dead) waiting |= !settle(member, false);
  }
  std::erase_if(members_, [](const Member& member) { return member.dead; });
  return waiting;
}

// Finds out how an ended process ended. False while only its reaper knows, and has not written it down yet.
bool Tree::settle(Member& member, bool last) {
  const std::int64_t now = base::now_ns();
  if (member.ended_ns == 0) member.ended_ns = now;
  const trace::Slot& slot = region_->slot(member.slot);
  // Who is about to reap it has written it down before; else the zombie itself says it. That one is asked last: a look into /proc makes its
  // reaping dearer, and most are reaped at once.
  const std::int64_t reaped = slot.reaped_ns.load(std::memory_order_acquire);
  std::int32_t status = slot.status.load(std::memory_order_acquire);
  if (status == kUnknown && (last || now - member.ended_ns >= kReaperStart)) status = zombie_status(member);
  if (status == kUnknown) status = slot.status.load(std::memory_order_acquire);
  if (status == kUnknown && !last && now - member.ended_ns < kReaperPatience) return false;  // P-54: reaped behind our back
  const bool saw_it = member.pidfd && (reaped == 0 || member.ended_ns < reaped);
  record_death(member, saw_it || reaped == 0 ? member.ended_ns : reaped, saw_it ? DeathSource::pidfd : DeathSource::reaper, status);
  return true;
}

void Tree::close() {
  note_births();
  for (Member& member : members_) {
    if (!member.dead) (void)settle(member, true);
  }
  members_.clear();
  // Who reaped these was ended before it could say so.
  for (std::uint32_t index = 1; index < region_->slots_used(); ++index) {
    const trace::Slot& slot = region_->slot(index);
    if (slot.state.load(std::memory_order_acquire) != trace::SlotState::dead || slot.reaped_ns.load(std::memory_order_acquire) != 0) continue;
    const std::int64_t now = base::now_ns();
    const std::int32_t status = slot.status.load(std::memory_order_relaxed);
    Recorder::current().record_at(now, Kind::reap, 0, slot.task, u64(status), u64(slot.pid.load(std::memory_order_relaxed)));
    region_->publish_reaping(index, 0, status, now);
  }
}

// Field 52 of /proc/PID/stat, if the process is a zombie.
std::int32_t Tree::zombie_status(const Member& member) {
  const base::Fd file(::open(fmt::format("/proc/{}/stat", member.pid).c_str(), O_RDONLY | O_CLOEXEC));
  char text[2048];
  const ssize_t size = file ? base::retry_eintr([&] { return ::read(file.get(), text, sizeof text - 1); }) : -1;
  // Its number has not come to mean another process: it is still there.
  if (size <= 0 || !member.pidfd || ::syscall(SYS_pidfd_send_signal, member.pidfd.get(), 0, nullptr, 0) != 0) return kUnknown;
  text[size] = '\0';
  // The name in field 2 may hold anything, but its closing bracket is the last one.
  const std::string_view line(text, static_cast<std::size_t>(size));
  const auto name_end = line.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= line.size() || line[name_end + 2] != 'Z') return kUnknown;
  const auto last_space = line.find_last_of(' ');
  return static_cast<std::int32_t>(std::strtol(line.data() + last_space + 1, nullptr, 10));
}

void Tree::record_death(Member& member, std::int64_t time_ns, DeathSource source, std::int32_t status) {
  Recorder& recorder = Recorder::current();
  recorder.record_at(time_ns, Kind::death, static_cast<std::uint16_t>(source), member.task, u64(status), u64(member.pid));
  trace::Slot& slot = region_->slot(member.slot);
  if (status != kUnknown) slot.status.store(status, std::memory_order_relaxed);
  slot.died_ns.store(time_ns, std::memory_order_relaxed);
  region_->header().processes.fetch_sub(1, std::memory_order_relaxed);
  slot.state.store(trace::SlotState::dead, std::memory_order_release);
  member.dead = true;
  end_threads(member.pid, time_ns);
  // Its children are ours now (PR_SET_CHILD_SUBREAPER). Those that have ended before are no orphans, even if we have not noted it yet.
  for (const Member& child : members_) {
    if (child.forked_by == member.task && !child.dead && !has_ended(child)) recorder.record(Kind::adopted, child.task, u64(child.pid), u64(::getpid()));
  }
}

void Tree::end_next(bool hurry) {
  // Children have larger numbers than their parents. The resource tracker ends by itself when nobody is left, and takes no SIGTERM.
  const auto rank = [this](const Member& member) {
    const bool tracker = std::string_view(region_->slot(member.slot).name) == trace::kResourceTracker;
    return tracker ? trace::TaskId{0} : member.task;
  };
  const auto last = std::max_element(members_.begin(), members_.end(), [&](const Member& x, const Member& y) { return rank(x) < rank(y); });
  if (last == members_.end() || last->ended_ns != 0) return;
  const std::int64_t now = base::now_ns();
  if (last->asked_ns == 0) {
    last->asked_ns = now;
    ::kill(last->pid, SIGTERM);
    ::kill(last->pid, SIGCONT);  // a stopped process takes no SIGTERM
  }
  if (hurry || now - last->asked_ns > kGraceOfOne) ::kill(last->pid, SIGKILL);
}

void Tree::signal(trace::TaskId task, int signal) {
  if (signal != SIGTERM && signal != SIGKILL && signal != SIGSTOP && signal != SIGCONT) return;
  note_births();
  // A thread is met through its process.
  pid_t pid = -1;
  for (std::uint32_t index = 1; index < region_->slots_used(); ++index) {
    const trace::Slot& slot = region_->slot(index);
    const bool lives = slot.state.load(std::memory_order_acquire) == trace::SlotState::live;
    if (lives && slot.task == task) pid = slot.pid.load(std::memory_order_relaxed);
  }
  const auto member = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.pid == pid && !m.dead; });
  if (member == members_.end() || has_ended(*member)) return;
  Recorder::current().record(Kind::learner, member->task, u64(trace::LearnerAct::signal), u64(signal));
  // Through its pidfd: whatever has happened since, nobody else can be hit.
  ::syscall(SYS_pidfd_send_signal, member->pidfd.get(), signal, nullptr, 0);
}

void Tree::kill_all() const {
  for (const Member& member : members_) {
    if (!member.dead) ::syscall(SYS_pidfd_send_signal, member.pidfd.get(), SIGKILL, nullptr, 0);
  }
}

std::vector<pid_t> Tree::alive() const {
  std::vector<pid_t> pids;
  for (const Member& member : members_) {
    if (!member.dead && !has_ended(member)) pids.push_back(member.pid);
  }
  return pids;
}

std::optional<Tree::Process> Tree::find(trace::TaskId task) const {
  for (const Member& member : members_) {
    if (member.task == task && !member.dead && !has_ended(member)) return Process{member.pid, member.slot};
  }
  return std::nullopt;
}

void Tree::send(trace::TaskId task, int signal) const {
  for (const Member& member : members_) {
    if (member.task == task && !member.dead) ::syscall(SYS_pidfd_send_signal, member.pidfd.get(), signal, nullptr, 0);
  }
}

// The threads of a process end with it; their slots are given back like those of processes.
void Tree::end_threads(pid_t pid, std::int64_t time_ns) const {
  for (std::uint32_t index = 1; index < region_->slots_used(); ++index) {
    trace::Slot& slot = region_->slot(index);
    if (slot.state.load(std::memory_order_acquire) == trace::SlotState::live && slot.kind == trace::TaskKind::thread &&
        slot.pid.load(std::memory_order_relaxed) == pid) {
      region_->end_thread(index, time_ns);
    }
  }
}

bool Tree::reap_own() {
  for (;;) {
    siginfo_t info{};
    // Looked at without reaping first, so that its death is on record before it is gone.
    if (base::retry_eintr([&] { return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT); }) != 0) return false;  // ECHILD
    if (info.si_pid == 0) return true;
    note_births();
    const auto member = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.pid == info.si_pid && !m.dead; });
    std::uint32_t slot = 0;
    trace::TaskId task = 0;
    if (member != members_.end()) {
      (void)settle(*member, true);
      slot = member->slot;
      task = member->task;
    } else {
      for (std::uint32_t index = 1; index < region_->slots_used() && slot == 0; ++index) {
        const trace::Slot& candidate = region_->slot(index);
        if (candidate.state.load(std::memory_order_acquire) == trace::SlotState::dead && candidate.reaped_ns.load() == 0 &&
            candidate.pid.load() == info.si_pid) {
          slot = index;
          task = candidate.task;
        }
      }
    }
    int status = 0;
    if (base::retry_eintr([&] { return ::waitpid(info.si_pid, &status, 0); }) != info.si_pid) return true;
    if (slot != 0) {
      const std::int64_t now = base::now_ns();
      Recorder::current().record_at(now, Kind::reap, 0, task, u64(status), u64(info.si_pid));
      region_->publish_reaping(slot, 0, status, now);
    }
    std::erase_if(members_, [](const Member& m) { return m.dead; });
  }
}

}  // namespace forklight::supervisor
