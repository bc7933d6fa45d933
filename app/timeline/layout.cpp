#include "app/timeline/layout.h"

#include <algorithm>

#include "app/platform/theme.h"
#include "core/timeline/shared_gil.h"

namespace forklight::app::timeline_view {
namespace {

using platform::px;
using timeline::Model;

constexpr float kRuler = 28, kNotes = 22, kGutter = 172;
constexpr float kOverview = 54, kLowOverview = 36, kNoOverviewBelow = 240;
constexpr float kTopMargin = 4;
constexpr float kLevel = 0.31f;  // of a lane: how high its bar is

// From still readable to comfortable, points. `tight`: where a pool with all that belongs to it would else not be seen at once.
struct Height {
  float least, most, tight = least;
};
Height height_of(const Lane& lane) noexcept {
  switch (lane.kind) {
    case LaneKind::process:
      return lane.of_pool ? Height{58, 116, 44} : Height{40, 104};
    case LaneKind::thread:
      return {26, 44, 20};
    case LaneKind::channel:
      return lane.of_pool ? Height{40, 62, 22} : Height{62, 116};
    case LaneKind::stage:
      return {22, 28};
    case LaneKind::memory:
      return {34, 52};
    case LaneKind::core:
      return {20, 26, 18};
    case LaneKind::gil:
      return {26, 34, 22};
    case LaneKind::pool:
      return {58, 92, 46};
  }
  return {40, 104};
}

// The pool that a channel is the task queue or the result queue of; nullptr for all others, and for what pools wake their threads with.
const timeline::Object* pool_of(const Model& model, const timeline::Channel& channel) {
  const timeline::Object* object = model.find_object(channel.object);
  const timeline::Object* owner = object == nullptr || !object->internal() ? nullptr : model.find_object(object->owner);
  const bool pools = owner != nullptr && (owner->kind == trace::ObjectKind::pool || owner->kind == trace::ObjectKind::executor);
  return pools && object->name.ends_with("queue") ? owner : nullptr;
}

bool is_shown(const Model& model, const timeline::Channel& channel) {
  const timeline::Object* object = model.find_object(channel.object);
  return object != nullptr && (!object->internal() || pool_of(model, channel) != nullptr);
}

// After which process (its place among the processes) a channel stands: between writers and readers where they stand
// apart, else under all of them; a channel nobody has used yet under its maker.
std::size_t place_of(const Model& model, const timeline::Channel& channel, const std::vector<std::size_t>& place) {
  const auto place_of_task = [&](timeline::TaskId id) -> std::optional<std::size_t> {
    const timeline::Task* task = model.find(id);
    if (task != nullptr && task->is_thread()) task = model.find(task->process);
    if (task == nullptr) return std::nullopt;
    return place[static_cast<std::size_t>(task - model.tasks().data())];
  };
  if (const timeline::Object* pool = pool_of(model, channel)) return place_of_task(pool->creator).value_or(0);
  struct Range {
    std::size_t first = SIZE_MAX, last = 0;
    void add(std::size_t at) noexcept {
      first = std::min(first, at);
      last = std::max(last, at);
    }
    [[nodiscard]] bool empty() const noexcept { return first == SIZE_MAX; }
  };
  Range writers, readers;
  for (const timeline::TaskId id : channel.writers)
    if (const auto at = place_of_task(id)) writers.add(*at);
  for (const timeline::TaskId id : channel.readers)
    if (const auto at = place_of_task(id)) readers.add(*at);
  if (writers.empty() && readers.empty()) {
    const timeline::Object* object = model.find_object(channel.object);
    return object == nullptr ? 0 : place_of_task(object->creator).value_or(0);
  }
  if (writers.empty() || readers.empty()) return writers.empty() ? readers.last : writers.last;
  if (writers.last < readers.first) return writers.last;
  if (readers.last < writers.first) return readers.last;
  return std::max(writers.last, readers.last);
}

bool has_feeder(const Model& model, const timeline::Channel& channel) {
  const timeline::Object* object = model.find_object(channel.object);
  return object != nullptr &&
         (object->kind == trace::ObjectKind::queue || object->kind == trace::ObjectKind::joinable_queue);
}

bool lived_in(const timeline::Task& task, const std::optional<timeline::TimeRange>& range) noexcept {
  return !range || (task.born_ns < range->end_ns && task.death_ns > range->begin_ns);
}

// Something was in it then.
bool used_in(const timeline::Channel& channel, const std::optional<timeline::TimeRange>& range) {
  if (!range) return true;
  return std::any_of(channel.messages.begin(), channel.messages.end(), [&](const timeline::Message& message) {
    return message.put_ns() < range->end_ns && message.gone_ns > range->begin_ns;
  });
}

bool held_in(const timeline::Gil& gil, const std::optional<timeline::TimeRange>& range) {
  if (!range) return true;
  const auto& holds = gil.holds();
  const auto first = std::partition_point(holds.begin(), holds.end(), [&](const timeline::GilHold& hold) { return hold.end_ns <= range->begin_ns; });
  return first != holds.end() && first->begin_ns < range->end_ns;
}

}  // namespace

Layout::Layout(Rect window, const Model& model, double scroll, Choice choice)
    : window_(window) {
  const float width = window.width(), height = window.height();
  const float gutter = std::min(px(kGutter), width * 0.34f);
  const float ruler = choice.bare ? 0.0f : std::min(px(kRuler), height * 0.25f);
  const float notes = choice.notes && !choice.bare && height > px(kNoOverviewBelow) ? px(kNotes) : 0.0f;
  list_lanes(model, choice);
  float least = px(kTopMargin);
  for (const Lane& lane : lanes_) least += px(height_of(lane).least);
  const bool roomy = height - ruler - notes - px(kOverview) >= least;
  const float overview = choice.bare || height < px(kNoOverviewBelow) ? 0.0f : px(roomy ? kOverview : kLowOverview);

  ruler_ = {window.x0 + gutter, window.y0, window.x1, window.y0 + ruler};
  notes_ = {ruler_.x0, ruler_.y1, window.x1, ruler_.y1 + notes};
  plot_ = {window.x0 + gutter, notes_.y1, window.x1, window.y1 - overview};
  gutter_ = {window.x0, plot_.y0, plot_.x0, plot_.y1};
  overview_ = {window.x0, plot_.y1, window.x1, window.y1};
  share_heights();

  // Rounding must not make a run that just fits scroll by a hair.
  scroll_limit_ = std::max(0.0, static_cast<double>(content_height_ - plot_.height()) - 0.5);
  scroll_ = std::clamp(scroll, 0.0, scroll_limit_);

  const auto above = [this](const Lane& l) {
    return plot_.y0 + l.y + l.height - static_cast<float>(scroll_) <= plot_.y0;
  };
  const auto begins_inside = [this](const Lane& l) { return plot_.y0 + l.y - static_cast<float>(scroll_) < plot_.y1; };
  first_ = static_cast<std::size_t>(std::partition_point(lanes_.begin(), lanes_.end(), above) - lanes_.begin());
  end_ = static_cast<std::size_t>(std::partition_point(lanes_.begin(), lanes_.end(), begins_inside) - lanes_.begin());
}

void Layout::list_lanes(const Model& model, Choice choice) {
  const auto unfolded = choice.unfolded;
  const auto& tasks = model.tasks();
  const auto& channels = model.channels();
  // Places of the processes, and of each thread's; a thread whose process is not known stands for itself.
  std::vector<std::size_t> place(tasks.size(), 0), processes;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if ((tasks[i].is_thread() && model.find(tasks[i].process) != nullptr) || !lived_in(tasks[i], choice.only)) continue;
    place[i] = processes.size();
    processes.push_back(i);
  }
  std::vector<std::pair<std::size_t, std::size_t>> threads, placed;  // (place, index)
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const timeline::Task* process = tasks[i].is_thread() ? model.find(tasks[i].process) : nullptr;
    if (process != nullptr && lived_in(tasks[i], choice.only) && lived_in(*process, choice.only)) threads.emplace_back(place[static_cast<std::size_t>(process - tasks.data())], i);
  }
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (!processes.empty() && is_shown(model, channels[i]) && used_in(channels[i], choice.only)) placed.emplace_back(place_of(model, channels[i], place), i);
  }
  std::vector<std::pair<std::size_t, std::size_t>> pools;
  std::vector<bool> works(tasks.size(), false);
  for (std::size_t i = 0; i < model.pools().all().size() && !processes.empty(); ++i) {
    const timeline::Pool& pool = model.pools().all()[i];
    const timeline::Object* object = model.find_object(pool.object);
    const timeline::Task* maker = object == nullptr ? nullptr : model.find(object->creator);
    if (maker != nullptr && maker->is_thread()) maker = model.find(maker->process);
    pools.emplace_back(maker == nullptr ? 0 : place[static_cast<std::size_t>(maker - tasks.data())], i);
    for (const timeline::PoolWorker& worker : pool.workers)
      if (const timeline::Task* task = model.find(worker.task)) works[static_cast<std::size_t>(task - tasks.data())] = true;
  }
  std::sort(pools.begin(), pools.end());
  std::sort(threads.begin(), threads.end());
  std::sort(placed.begin(), placed.end());

  lane_of_.assign(tasks.size(), SIZE_MAX);
  lane_of_channel_.assign(channels.size(), SIZE_MAX);
  lane_of_gil_.assign(model.gils().size(), SIZE_MAX);
  lane_of_pool_.assign(pools.size(), SIZE_MAX);
  lanes_.reserve(tasks.size() + placed.size());
  auto thread = threads.begin();
  auto channel = placed.begin();
  auto pool = pools.begin();
  for (std::size_t at = 0; at < processes.size(); ++at) {
    lane_of_[processes[at]] = lanes_.size();
    lanes_.push_back({LaneKind::process, processes[at], 0, 0, timeline::Stage::deque, works[processes[at]]});
    for (; thread != threads.end() && thread->first == at; ++thread) {
      lane_of_[thread->second] = lanes_.size();
      lanes_.push_back({LaneKind::thread, thread->second, 0, 0});
    }
    const timeline::TaskId id = tasks[processes[at]].id;
    for (std::size_t gil = 0; choice.kernel != nullptr && gil < model.gils().size(); ++gil) {
      const timeline::Gil& lock = model.gils()[gil];
      if (lock.process() != id || !choice.kernel->shows_gil(lock.object(), timeline::is_shared(model, lock)) || !held_in(lock, choice.only)) continue;
      lane_of_gil_[gil] = lanes_.size();
      lanes_.push_back({LaneKind::gil, gil, 0, 0});
    }
    if (const auto* kernel = model.kernel().find(id);
        choice.kernel != nullptr && choice.kernel->shows_memory(id) && kernel != nullptr && !kernel->memory.empty())
      lanes_.push_back({LaneKind::memory, processes[at], 0, 0});
    for (; pool != pools.end() && pool->first == at; ++pool) {
      lane_of_pool_[pool->second] = lanes_.size();
      lanes_.push_back({LaneKind::pool, pool->second, 0, 0});
    }
    for (; channel != placed.end() && channel->first == at; ++channel) {
      lane_of_channel_[channel->second] = lanes_.size();
      const timeline::Channel& shown = channels[channel->second];
      lanes_.push_back({LaneKind::channel, channel->second, 0, 0, timeline::Stage::deque, pool_of(model, shown) != nullptr});
      if (std::find(unfolded.begin(), unfolded.end(), shown.object) == unfolded.end()) continue;
      const std::size_t first = has_feeder(model, shown) ? 0 : static_cast<std::size_t>(timeline::Stage::pipe);
      for (std::size_t stage = first; stage < timeline::kStages; ++stage)
        lanes_.push_back({LaneKind::stage, channel->second, 0, 0, static_cast<timeline::Stage>(stage)});
    }
  }
  if (choice.kernel == nullptr || !choice.kernel->cores || choice.only) return;
  for (std::size_t i = 0; i < model.kernel().cores().size(); ++i) lanes_.push_back({LaneKind::core, i, 0, 0});
}

// All lanes stand as far between their least and their most comfortable height as the room allows.
void Layout::share_heights() {
  float least = 0, most = 0, tight = 0;
  bool pools = false;
  for (const Lane& lane : lanes_) {
    const Height height = height_of(lane);
    least += px(height.least);
    most += px(height.most);
    tight += px(height.tight);
    pools = pools || lane.kind == LaneKind::pool;
  }
  const float room = plot_.height() - px(kTopMargin);
  const float share = most > least ? std::clamp((room - least) / (most - least), 0.0f, 1.0f) : 0.0f;
  const float tightness = pools && least > tight ? std::clamp((least - room) / (least - tight), 0.0f, 1.0f) : 0.0f;
  float y = px(kTopMargin);
  for (Lane& lane : lanes_) {
    const Height height = height_of(lane);
    lane.y = y;
    lane.height = px(height.least + share * (height.most - height.least) - tightness * (height.least - height.tight));
    y += lane.height;
  }
  content_height_ = y;
}

Rect Layout::lane(std::size_t index) const noexcept {
  const Lane& l = lanes_[index];
  const float y = plot_.y0 + l.y - static_cast<float>(scroll_);
  return {plot_.x0, y, plot_.x1, y + l.height};
}

Rect Layout::bar(std::size_t index) const noexcept {
  const Rect rect = lane(index);
  const LaneKind kind = lanes_[index].kind;
  if (kind == LaneKind::gil) return {rect.x0, rect.y0 + px(8), rect.x1, rect.y1 - px(4)};  // requests stand above
  if (kind == LaneKind::pool) return {rect.x0, rect.y0 + px(4), rect.x1, rect.y1 - px(4)};
  if (kind == LaneKind::core || kind == LaneKind::memory) return {rect.x0, rect.y0 + px(3), rect.x1, rect.y1 - px(3)};
  if (kind == LaneKind::channel || kind == LaneKind::stage) {
    const float gap = kind == LaneKind::channel && !lanes_[index].of_pool ? px(8) : px(3);
    return {rect.x0, rect.y0 + gap, rect.x1, rect.y1 - gap};
  }
  if (lanes_[index].of_pool) {
    // What it does stands under its tasks, and takes less room than they do; under it is its time on cores.
    const bool tight = rect.height() < px(56);
    const float height = tight ? px(6) : std::floor(std::clamp(rect.height() * 0.2f, px(12), px(20)));
    const float y = std::floor(rect.y1 - px(tight ? 10.0f : 13.0f) - height);
    return {rect.x0, y, rect.x1, y + height};
  }
  const float least = kind == LaneKind::thread ? 14 : 18;
  const float height = std::clamp(rect.height() * (kind == LaneKind::thread ? 0.55f : kLevel), px(least), px(30));
  // Below the middle: marks and their words stand above the bar.
  const float level = kind == LaneKind::thread ? 0.5f : 0.58f;
  const float y = std::floor(rect.y0 + (rect.height() - height) * level);
  return {rect.x0, y, rect.x1, y + std::floor(height)};
}

Rect Layout::work(std::size_t index) const noexcept {
  const Rect row = lane(index);
  return {row.x0, row.y0 + px(9), row.x1, bar(index).y0 - px(3)};
}

Rect Layout::strip(std::size_t index) const noexcept {
  const Rect box = bar(index);
  const float gap = lanes_[index].kind == LaneKind::thread ? px(1) : px(3);
  return {box.x0, box.y1 + gap, box.x1, box.y1 + gap + px(lanes_[index].kind == LaneKind::thread ? 4.0f : 5.0f)};
}

std::size_t Layout::lane_at(float y) const noexcept {
  for (std::size_t i = first_; i < end_; ++i) {
    const Rect rect = lane(i);
    if (y >= rect.y0 && y < rect.y1) return i;
  }
  return lanes_.size();
}

std::size_t Layout::lane_of(std::size_t task) const noexcept {
  return task < lane_of_.size() ? std::min(lane_of_[task], lanes_.size()) : lanes_.size();
}

std::size_t Layout::lane_of_channel(std::size_t channel) const noexcept {
  return channel < lane_of_channel_.size() ? std::min(lane_of_channel_[channel], lanes_.size()) : lanes_.size();
}

std::size_t Layout::lane_of_gil(std::size_t gil) const noexcept {
  return gil < lane_of_gil_.size() ? std::min(lane_of_gil_[gil], lanes_.size()) : lanes_.size();
}

std::size_t Layout::lane_of_pool(std::size_t pool) const noexcept {
  return pool < lane_of_pool_.size() ? std::min(lane_of_pool_[pool], lanes_.size()) : lanes_.size();
}

}  // namespace forklight::app::timeline_view
