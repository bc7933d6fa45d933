#include "core/observe/observer.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <system_error>
#include <utility>

#include "core/base/clock.h"

namespace forklight::observe {
namespace {

using trace::Kind;
using trace::Observing;

// The kernel stamps a record a moment before it can be read: younger ones wait for those of the other CPUs.
constexpr std::int64_t kSettle = base::kMillisecond;

trace::Record mode(Observing how, int error) {
  return {{base::now_ns(), Kind::observing, 0, 0, static_cast<std::uint64_t>(how), static_cast<std::uint64_t>(error)}, 0, {}};
}

}  // namespace

Observer::Observer(Want want, pid_t supervisor) : want_(want), log_(supervisor) {
  if (want_ == Want::nothing) return;
  try {
    sampler_ = std::make_unique<ProcSampler>();
  } catch (const std::system_error&) {
    // No room for one more thread: the lesson goes before its samples, and says itself what it is refused.
  }
}

void Observer::add_rings(std::vector<PerfRing> rings, std::vector<trace::Record>& out) {
  if (rings_.empty() && !rings.empty()) out.push_back(mode(Observing::perf, 0));
  std::move(rings.begin(), rings.end(), std::back_inserter(rings_));
}

void Observer::no_rings(int error, std::vector<trace::Record>& out) {
  if (want_ == Want::nothing) return;
  out.push_back(mode(Observing::sampling, error));
  if (sampler_) sampler_->sample_cores();
}

void Observer::learn(const std::vector<trace::Record>& lesson, std::vector<trace::Record>& out) {
  if (want_ == Want::nothing) return;
  for (const trace::Record& record : lesson) {
    const trace::Event& event = record.event;
    if (sampler_ && event.kind == Kind::task_begin)
      sampler_->watch(record.task, static_cast<pid_t>(event.a >> 32), static_cast<pid_t>(event.a & 0xffffffffU));
    if (sampler_ && (event.kind == Kind::death || event.kind == Kind::reap)) sampler_->forget(event.object);
    if (sampler_ && event.kind == Kind::born) sampler_->watch(event.object, static_cast<pid_t>(event.a), static_cast<pid_t>(event.a));
    log_.learn(record, out);
  }
}

void Observer::read_rings() {
  for (PerfRing& ring : rings_) ring.read(read_);
}

void Observer::give_out(std::int64_t until_ns, std::vector<trace::Record>& out) {
  std::stable_sort(read_.begin(), read_.end(), [](const KernelRecord& x, const KernelRecord& y) { return x.time_ns < y.time_ns; });
  const auto end = std::partition_point(read_.begin(), read_.end(), [&](const KernelRecord& record) { return record.time_ns <= until_ns; });
  std::vector<KernelRecord> later(end, read_.end());
  read_.erase(end, read_.end());
  log_.take(read_, out);
  read_ = std::move(later);
}

void Observer::drain(const std::vector<trace::Record>& lesson, std::vector<trace::Record>& out) {
  const std::int64_t began = base::now_ns();
  learn(lesson, out);
  read_rings();
  give_out(began - kSettle, out);
  log_.give_up_waiting(began, out);
  if (sampler_) sampler_->take(out);
}

void Observer::drain_all(const std::vector<trace::Record>& lesson, std::vector<trace::Record>& out) {
  learn(lesson, out);
  read_rings();
  give_out(std::numeric_limits<std::int64_t>::max(), out);
  log_.finish(out);
  if (sampler_) sampler_->take(out);
}

}  // namespace forklight::observe
