// Causes and effects: who started, ended, was waited for, sent to or woken by whom.
#include <algorithm>

#include "core/timeline/model.h"

namespace forklight::timeline {

namespace {

// The task whose life decides the open end of a flow; 0: no life does.
TaskId about(const Flow& flow) noexcept {
  if (flow.kind == FlowKind::message || flow.kind == FlowKind::wake) return 0;
  return flow.kind == FlowKind::join ? flow.from : flow.to;
}

constexpr auto kBeginsEarlier = [](const Flow& left, const Flow& right) { return left.from_ns < right.from_ns; };

}  // namespace

std::size_t Model::add_flow(Flow flow) {
  resolve(flow);
  const std::size_t index = flows_.size();
  if (const TaskId task = about(flow); task != 0) flows_about_[task].push_back(index);
  flows_.push_back(flow);
  if (index > 0 && flow.from_ns < flows_[index - 1].from_ns) disorder_flows(index);
  return index;
}

// A flow begins elsewhere than its neighbours in the list allow.
void Model::disorder_flows(std::size_t index) {
  const auto sorted = flows_.begin() + static_cast<std::ptrdiff_t>(std::min(flows_in_order_, index));
  const auto place = std::upper_bound(flows_.begin(), sorted, flows_[index], kBeginsEarlier);
  flows_in_order_ = static_cast<std::size_t>(place - flows_.begin());
}

// Sorts what is out of order: most often the last few. What knows a flow by its place is told the new one.
void Model::settle_flows() {
  if (flows_in_order_ >= flows_.size()) return;
  const std::size_t first = flows_in_order_;
  const auto tail = flows_.begin() + static_cast<std::ptrdiff_t>(first);
  for (auto flow = tail; flow != flows_.end(); ++flow) {
    const auto known = flows_about_.find(about(*flow));
    if (known == flows_about_.end()) continue;
    while (!known->second.empty() && known->second.back() >= first) known->second.pop_back();
  }
  const auto is_struck = [](const Flow& flow) { return flow.kind == FlowKind::start && flow.to == 0; };
  flows_.erase(std::remove_if(tail, flows_.end(), is_struck), flows_.end());
  std::stable_sort(flows_.begin() + static_cast<std::ptrdiff_t>(first), flows_.end(), kBeginsEarlier);
  for (std::size_t i = first; i < flows_.size(); ++i) {
    const Flow& flow = flows_[i];
    if (const TaskId task = about(flow); task != 0) flows_about_[task].push_back(i);
    if (flow.kind != FlowKind::message) continue;
    const Channel* const channel = find_channel(flow.object);
    if (channel == nullptr) continue;
    Traffic::Open* const open = traffic_[static_cast<std::size_t>(channel - channels_.data())].find(flow.detail);
    if (open != nullptr) open->flow = i;
  }
  flows_in_order_ = SIZE_MAX;
}

// The arrow of a message is there from its put on, and points somewhere once it was got.
void Model::update_message_flow(std::uint32_t index, std::uint64_t id) {
  Traffic::Open* const open = traffic_[index].find(id);
  if (open == nullptr || open->index == kNone) return;
  Message& message = channels_[index].messages[open->index];
  if (message.from == 0) message.from = open->from;
  if (message.text == 0) message.text = open->text;
  if (open->flow == SIZE_MAX) {
    open->flow = add_flow(
        {FlowKind::message, message.from, 0, message.put_ns(), kOpen, id, channels_[index].object, message.text});
  }
  Flow& flow = flows_[open->flow];
  flow.from = message.from;
  flow.text = message.text;
  if (message.fate == Fate::got) {
    flow.to = message.to;
    flow.to_ns = message.gone_ns;
  }
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
    case FlowKind::message:
    case FlowKind::wake:
      break;
  }
}

void Model::resolve_flows_about(TaskId id) {
  const auto found = flows_about_.find(id);
  if (found == flows_about_.end()) return;
  for (const std::size_t index : found->second) {
    const std::int64_t from_ns = flows_[index].from_ns;
    resolve(flows_[index]);
    if (flows_[index].from_ns != from_ns) disorder_flows(index);
  }
}

// A start that failed started nobody. The flow is only struck out here, as others hold its index; settle_flows() takes
// it away.
void Model::drop_start(TaskId parent, TaskId child) {
  const auto found = flows_about_.find(child);
  if (found == flows_about_.end()) return;
  std::erase_if(found->second, [&](std::size_t index) {
    Flow& flow = flows_[index];
    if (flow.kind != FlowKind::start || flow.from != parent) return false;
    flow.to = 0;
    flows_in_order_ = std::min(flows_in_order_, index);
    return true;
  });
}

}  // namespace forklight::timeline
