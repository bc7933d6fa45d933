#include "core/observe/kernel_log.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/clock.h"

namespace forklight::observe {
namespace {

using trace::Kind;
using trace::Record;

constexpr std::int64_t kAlive = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kPatience = base::kSecond;                      // for a living one to tell who it is
constexpr std::int64_t kPatienceWithDead = 300 * base::kMillisecond;   // for what it had told to be read

std::uint64_t both(pid_t pid, pid_t tid) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(pid)) << 32 | static_cast<std::uint32_t>(tid);
}

Record to_trace(const KernelRecord& record) {
  using What = KernelRecord::What;
  trace::Event event{record.time_ns, Kind::cpu_in, 0, static_cast<std::uint32_t>(record.cpu), both(record.pid, record.tid), 0};
  switch (record.what) {
    case What::in:
      break;
    case What::out:
      event.kind = Kind::cpu_out;
      event.b = record.preempted ? 1 : 0;
      break;
    case What::birth:
      event.kind = Kind::kernel_birth;
      event.b = both(record.parent_pid, record.parent_tid);
      break;
    case What::death:
      event.kind = Kind::kernel_death;
      break;
    case What::name:
      event.kind = Kind::kernel_name;
      event.b = record.exec ? 1 : 0;
      return {event, 0, record.name};
    case What::lost:
      event.kind = Kind::kernel_lost;
      event.a = record.lost;
      event.b = static_cast<std::uint64_t>(record.since_ns);
      break;
  }
  return {event, 0, {}};
}

}  // namespace

void KernelLog::learn(const Record& record, std::vector<Record>& out) {
  const trace::Event& event = record.event;
  if (event.kind == Kind::task_begin) tell(static_cast<pid_t>(event.a & 0xffffffffU), {event.time_ns, record.task}, out);
  if (event.kind == Kind::born || event.kind == Kind::start_end) {  // a process killed before it could tell
    if (event.a != 0) tell(static_cast<pid_t>(event.a), {event.time_ns, event.object}, out);
  }
}

void KernelLog::tell(pid_t tid, Told told, std::vector<Record>& out) {
  if (told.task == 0) return;
  if (const auto found = lives_.find(tid); found != lives_.end()) {
    auto& lives = found->second;
    const auto life = std::find_if(lives.rbegin(), lives.rend(), [&](const Life& one) { return one.from_ns <= told.time_ns; });
    if (life != lives.rend()) {
      if (life->task == 0) claim(*life, told.task, out);
      return;
    }
  }
  told_[tid].push_back(told);
}

void KernelLog::claim(Life& life, trace::TaskId task, std::vector<Record>& out) {
  life.task = task;
  for (Record& record : life.kept) put(life, std::move(record), out);
  life.kept = {};
}

// A record of a life: in its task's name, or kept until that is known.
void KernelLog::put(Life& life, Record record, std::vector<Record>& out) {
  if (life.task == 0 && !life.stranger) {
    life.kept.push_back(std::move(record));
    return;
  }
  record.task = life.task;
  out.push_back(std::move(record));
}

KernelLog::Life& KernelLog::begin_life(pid_t tid, std::int64_t time_ns, std::vector<Record>& out) {
  Life& life = lives_[tid].emplace_back(Life{time_ns, kAlive, 0, false, {}});
  if (const auto told = told_.find(tid); told != told_.end()) {
    // What was told before it was born was of an earlier life that we never saw.
    std::erase_if(told->second, [&](const Told& one) { return one.time_ns < time_ns; });
    if (!told->second.empty()) {
      claim(life, told->second.front().task, out);
      told->second.erase(told->second.begin());
    }
    if (told->second.empty()) told_.erase(told);
  }
  if (life.task == 0) unclaimed_.push_back(tid);
  return life;
}

KernelLog::Life& KernelLog::life_of(pid_t tid, std::int64_t time_ns, std::vector<Record>& out) {
  auto& lives = lives_[tid];
  if (!lives.empty() && lives.back().to_ns >= time_ns) return lives.back();
  return begin_life(tid, time_ns, out);  // the record of its birth was lost
}

void KernelLog::take(const std::vector<KernelRecord>& records, std::vector<Record>& out) {
  using What = KernelRecord::What;
  for (const KernelRecord& record : records) {
    if (record.what == What::lost) {
      out.push_back(to_trace(record));
      continue;
    }
    if (record.tid == supervisor_) continue;
    Life& life = record.what == What::birth ? begin_life(record.tid, record.time_ns, out) : life_of(record.tid, record.time_ns, out);
    put(life, to_trace(record), out);
    if (record.what == What::death) life.to_ns = record.time_ns;
  }
}

void KernelLog::give_up_waiting(std::int64_t now_ns, std::vector<Record>& out) {
  std::erase_if(unclaimed_, [&](pid_t tid) {
    bool waits = false;
    for (Life& life : lives_[tid]) {
      if (life.task != 0 || life.stranger) continue;
      const bool over = life.to_ns == kAlive ? now_ns - life.from_ns > kPatience : now_ns - life.to_ns > kPatienceWithDead;
      if (over) {
        life.stranger = true;
        claim(life, 0, out);
      } else {
        waits = true;
      }
    }
    return !waits;
  });
}

void KernelLog::finish(std::vector<Record>& out) { give_up_waiting(kAlive, out); }

}  // namespace forklight::observe
