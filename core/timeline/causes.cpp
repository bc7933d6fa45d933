#include "core/timeline/causes.h"

#include <algorithm>
#include <optional>

namespace forklight::timeline {
namespace {

constexpr std::size_t kFlowsLookedAt = 20'000;         // flows, back from the wait's end
constexpr std::size_t kSpansLookedAt = 2'000;     // of one task
constexpr std::int64_t kAfterTheWait_ns = 2'000'000;  // until the one who was woken has noted it

// A join ends by the death of the one that is joined, however late that death and the join's end are on record: the kernel wakes who waits
// before the supervisor has heard of it.
std::optional<std::size_t> ended_by_death(const Model& model, TaskId task, const Span& wait) {
  const auto& flows = model.flows();
  const auto since = std::partition_point(flows.begin(), flows.end(), [&](const Flow& flow) { return flow.from_ns < wait.begin_ns; });
  std::size_t left = kFlowsLookedAt;
  for (auto flow = since; flow != flows.end() && left > 0; ++flow, --left) {
    if (flow->kind == FlowKind::join && flow->from == wait.partner && flow->to == task && flow->to_ns >= wait.end_ns) return static_cast<std::size_t>(flow - flows.begin());
  }
  return std::nullopt;
}

// What ended a wait: the latest that reached the task while it lasted, or right at its end.
std::optional<std::size_t> ended_by(const Model& model, TaskId task, const Span& wait) {
  const auto& flows = model.flows();
  const auto after = std::partition_point(flows.begin(), flows.end(), [&](const Flow& flow) { return flow.from_ns <= wait.end_ns; });
  std::size_t left = kFlowsLookedAt;
  for (auto flow = after; flow != flows.begin() && left > 0; --left) {
    --flow;
    if (flow->to == task && flow->from != task && flow->from != 0 && flow->kind != FlowKind::start && flow->to_ns > wait.begin_ns && flow->to_ns <= wait.end_ns + kAfterTheWait_ns) return static_cast<std::size_t>(flow - flows.begin());
  }
  return std::nullopt;
}

std::optional<std::size_t> birth_of(const Model& model, TaskId task) {
  const auto& flows = model.flows();
  const auto birth = std::find_if(flows.begin(), flows.end(), [&](const Flow& flow) { return flow.kind == FlowKind::start && flow.to == task; });
  return birth == flows.end() ? std::nullopt : std::optional(static_cast<std::size_t>(birth - flows.begin()));
}

// The last wait up to a moment that somebody is known to have ended; else the birth.
std::optional<std::size_t> cause(const Model& model, TaskId id, std::int64_t time_ns) {
  const Task* task = model.find(id);
  if (task == nullptr) return std::nullopt;
  const auto after = std::partition_point(task->spans.begin(), task->spans.end(), [&](const Span& span) { return span.begin_ns <= time_ns; });
  std::size_t left = kSpansLookedAt;
  for (auto span = after; span != task->spans.begin() && left > 0; --left) {
    --span;
    if (span->state != State::blocked || span->end_ns == kOpen) continue;
    if (span->reason == trace::BlockReason::join) {
      if (const auto found = ended_by_death(model, id, *span)) return found;
    }
    if (const auto found = ended_by(model, id, *span)) return found;
  }
  return birth_of(model, id);
}

}  // namespace

std::vector<std::size_t> causes(const Model& model, TaskId task, std::int64_t time_ns, std::size_t most) {
  std::vector<std::size_t> chain;
  while (chain.size() < most) {
    const auto found = cause(model, task, time_ns);
    // Never twice the same: what is told late may look as if it went round in a ring.
    if (!found || std::find(chain.begin(), chain.end(), *found) != chain.end()) break;
    const Flow& flow = model.flows()[*found];
    chain.push_back(*found);
    task = flow.from;
    time_ns = flow.from_ns - 1;
  }
  return chain;
}

}  // namespace forklight::timeline
