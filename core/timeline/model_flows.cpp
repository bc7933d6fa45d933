// Causes and effects: who started, ended or was waited for by whom.
#include <algorithm>

#include "core/timeline/model.h"

namespace forklight::timeline {

namespace {

// The task whose life decides the open end of a flow.
TaskId about(const Flow& flow) noexcept {
  return flow.kind == FlowKind::join ? flow.from : flow.to;
}

}  // namespace

void Model::add_flow(Flow flow) {
  resolve(flow);
  flows_disordered_ = flows_disordered_ || (!flows_.empty() && flow.from_ns < flows_.back().from_ns);
  flows_about_[about(flow)].push_back(flows_.size());
  flows_.push_back(flow);
}

// Fills in the end that the task's begin or death decides. May be done again: a late event can move a death.
void Model::resolve(Flow& flow) const {
  const auto found = slots_.find(about(flow));
  if (found == slots_.end()) return;
  const Slot& slot = found->second;
  const Task& task = tasks_[slot.position];
  switch (flow.kind) {
    case FlowKind::start:
      flow.to_ns = std::max(slot.begin_ns, flow.from_ns);
      break;
    case FlowKind::join:
      flow.from_ns = std::min(task.death_ns, flow.to_ns);
      break;
    case FlowKind::signal: {
      const std::optional<int> code = task.death_ns == kOpen ? std::nullopt : task.exit_code();
      const bool fatal = code && *code < 0 && flow.detail == static_cast<std::uint64_t>(-*code);
      flow.to_ns = fatal && task.death_ns >= flow.from_ns ? task.death_ns : flow.from_ns;
      break;
    }
  }
}

void Model::resolve_flows_about(TaskId id) {
  const auto found = flows_about_.find(id);
  if (found == flows_about_.end()) return;
  for (const std::size_t index : found->second) {
    Flow& flow = flows_[index];
    const std::int64_t from_ns = flow.from_ns;
    resolve(flow);
    flows_disordered_ = flows_disordered_ || flow.from_ns != from_ns;
  }
}

// A start that failed started nobody. The flow is only struck out here, as others hold its index; settle() takes it
// away.
void Model::drop_start(TaskId parent, TaskId child) {
  const auto found = flows_about_.find(child);
  if (found == flows_about_.end()) return;
  for (const std::size_t index : found->second) {
    Flow& flow = flows_[index];
    if (flow.kind != FlowKind::start || flow.from != parent) continue;
    flow.to = 0;
    flows_disordered_ = true;
  }
}

}  // namespace forklight::timeline
