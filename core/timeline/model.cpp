#include "core/timeline/model.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace forklight::timeline {

namespace {

constexpr auto kEarlier = [](const auto& left, const auto& right) { return left.time_ns < right.time_ns; };

}  // namespace

std::optional<int> Task::exit_code() const noexcept {
  if (!wait_status) return std::nullopt;
  // The bits of waitpid(2), spelled out: this layer is built where <sys/wait.h> is not.
  const int signal = *wait_status & 0x7f;
  if (signal == 0) return (*wait_status >> 8) & 0xff;
  if (signal == 0x7f) return std::nullopt;  // stopped, not ended
  return -signal;                           // P-36
}

bool Task::alive_at(std::int64_t time_ns) const noexcept {
  return time_ns >= born_ns && time_ns < std::min(death_ns, reaped_ns);
}

Model::Model() : texts_{std::string()} {}

void Model::clear() {
  (void)take_out();
}

Model Model::take_out() {
  const std::uint64_t revision = revision_;
  Model all = std::exchange(*this, Model());
  revision_ = revision + 1;
  return all;
}

void Model::append(std::span<const trace::Record> records) {
  if (records.empty()) return;
  const std::size_t first_new = events_.size();
  constexpr auto by_time = [](const trace::Record& left, const trace::Record& right) {
    return left.event.time_ns < right.event.time_ns;
  };
  if (std::is_sorted(records.begin(), records.end(), by_time)) {
    for (const trace::Record& record : records) take(record);
  } else {
    // A batch may come ring by ring. Stable, so that what one task did within one nanosecond keeps its order.
    std::vector<std::size_t> order(records.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
      return records[left].event.time_ns < records[right].event.time_ns;
    });
    for (const std::size_t index : order) take(records[index]);
  }
  settle(first_new);
  ++revision_;
}

void Model::take(const trace::Record& record) {
  const trace::Event& event = record.event;
  if (event.kind == trace::Kind::text) return;  // a continuation: its bytes are in the record before it already
  if (trace::is_kernels(event.kind)) return kernel_.take(record);
  const std::uint32_t text = intern(record.text);
  events_.push_back({event.time_ns, event, record.task, text});
  if (event.kind == trace::Kind::lost) {
    lost_ += event.a;
  } else {
    ++count_;
  }
  if (record.task != 0) apply_to_writer(record);
  apply_to_object(record);
  pools_.take(record, text);
  add_mark(record, apply_to_shared(record, text));
  if (event.kind == trace::Kind::gil_interval) apply_interval(record);
  if (event.kind == trace::Kind::work_begin || event.kind == trace::Kind::work_end) apply_work(record);
  if (event.kind == trace::Kind::output) add_console(record);
}

// The index of a text. Most messages are a digit: such texts are kept once.
std::uint32_t Model::intern(const std::string& text) {
  constexpr std::size_t kShort = 15, kMany = 4096;
  if (text.empty()) return 0;
  const auto index = static_cast<std::uint32_t>(texts_.size());
  if (text.size() <= kShort) {
    if (const auto known = short_texts_.find(text); known != short_texts_.end()) return known->second;
    if (short_texts_.size() < kMany) short_texts_.emplace(text, index);
  }
  texts_.push_back(text);
  return index;
}

// Restores what readers rely on after a batch: events by time, tasks by birth, flows by begin.
void Model::settle(std::size_t first_new_event) {
  if (first_new_event < events_.size()) {
    const auto first_new = events_.begin() + static_cast<std::ptrdiff_t>(first_new_event);
    if (first_new != events_.begin() && kEarlier(*first_new, *(first_new - 1))) {
      std::inplace_merge(std::upper_bound(events_.begin(), first_new, *first_new, kEarlier), first_new, events_.end(),
                         kEarlier);
    }
  }
  if (tasks_disordered_) {
    std::sort(tasks_.begin(), tasks_.end(), [](const Task& left, const Task& right) { return left.id < right.id; });
    for (std::size_t i = 0; i < tasks_.size(); ++i) slots_.at(tasks_[i].id).position = i;
    tasks_disordered_ = false;
  }
  settle_flows();
}

const std::vector<Task>& Model::tasks() const noexcept {
  return tasks_;
}

const Task* Model::find(TaskId id) const noexcept {
  const auto found = slots_.find(id);
  return found == slots_.end() ? nullptr : &tasks_[found->second.position];
}

const base::Chunked<Flow>& Model::flows() const noexcept {
  return flows_;
}

const std::vector<Object>& Model::objects() const noexcept {
  return objects_;
}

const Object* Model::find_object(ObjectId id) const noexcept {
  const auto found = object_index_.find(id);
  return found == object_index_.end() ? nullptr : &objects_[found->second];
}

const std::vector<Channel>& Model::channels() const noexcept {
  return channels_;
}

const Channel* Model::find_channel(ObjectId id) const noexcept {
  const Object* const object = find_object(id);
  return object == nullptr || object->channel == kNone ? nullptr : &channels_[object->channel];
}

const Gil* Model::find_gil(ObjectId id) const noexcept {
  const Object* const object = find_object(id);
  return object == nullptr || object->gil == kNone ? nullptr : &gils_[object->gil];
}

const Gil* Model::gil_of(TaskId task) const noexcept {
  const auto found = slots_.find(task);
  if (found == slots_.end()) return nullptr;
  std::uint32_t gil = found->second.gil;
  if (gil == kNone) {  // it has done nothing yet: that of its process
    const auto main = slots_.find(tasks_[found->second.position].process);
    if (main != slots_.end()) gil = main->second.gil;
  }
  return gil == kNone ? nullptr : &gils_[gil];
}

const base::Chunked<ConsoleLine>& Model::console() const noexcept {
  return console_;
}

const base::Chunked<EventRef>& Model::events() const noexcept {
  return events_;
}

const std::string& Model::text(std::uint32_t index) const noexcept {
  return index < texts_.size() ? texts_[index] : texts_.front();
}

std::vector<trace::Record> Model::records() const {
  std::vector<trace::Record> records;
  records.reserve(events_.size() + 2 * kernel_.switches());
  for (const EventRef& ref : events_) records.push_back({ref.event, ref.task, texts_[ref.text]});
  const auto own = static_cast<std::ptrdiff_t>(records.size());
  kernel_.append_records(records);
  std::inplace_merge(records.begin(), records.begin() + own, records.end(),
                     [](const trace::Record& left, const trace::Record& right) { return left.event.time_ns < right.event.time_ns; });
  return records;
}

std::uint64_t Model::event_count() const noexcept {
  return count_;
}

std::uint64_t Model::lost_count() const noexcept {
  return lost_;
}

std::int64_t Model::begin_ns() const noexcept {
  return events_.empty() ? 0 : events_.front().time_ns;
}

std::int64_t Model::end_ns() const noexcept {
  return events_.empty() ? 0 : events_.back().time_ns;
}

bool Model::complete() const noexcept {
  return !tasks_.empty() && std::all_of(tasks_.begin(), tasks_.end(), [](const Task& task) {
    return task.death_ns != kOpen && (task.reaped_ns != kOpen || task.is_thread());
  });
}

const Span* Model::span_at(const Task& task, std::int64_t time_ns) const noexcept {
  const auto after = std::upper_bound(task.spans.begin(), task.spans.end(), time_ns,
                                      [](std::int64_t time, const Span& span) { return time < span.begin_ns; });
  if (after == task.spans.begin()) return nullptr;
  const Span& span = *(after - 1);
  return time_ns < span.end_ns ? &span : nullptr;
}

int Model::line_at(const Task& task, std::int64_t time_ns) const noexcept {
  const auto found = slots_.find(task.id);
  if (found == slots_.end()) return 0;
  const base::Chunked<LineChange>& lines = found->second.lines;
  const auto after =
      std::upper_bound(lines.begin(), lines.end(), time_ns,
                       [](std::int64_t time, const LineChange& change) { return time < change.time_ns; });
  return after == lines.begin() ? 0 : (after - 1)->line;
}

TaskId Model::holder_told(const Task& task, const Span& span) const noexcept {
  const auto found = slots_.find(task.id);
  if (found == slots_.end()) return 0;
  const auto& told = found->second.holders;
  const auto place = std::lower_bound(told.begin(), told.end(), span.begin_ns,
                                      [](const Slot::Told& one, std::int64_t time) { return one.time_ns < time; });
  return place != told.end() && place->time_ns == span.begin_ns ? place->holder : 0;
}

std::optional<trace::StopReason> Model::stopped() const noexcept {
  return stopped_;
}

std::optional<trace::Cap> Model::cap_hit() const noexcept {
  return cap_;
}

std::uint64_t Model::revision() const noexcept {
  return revision_;
}

}  // namespace forklight::timeline
