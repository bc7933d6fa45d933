#include "core/timeline/traffic.h"

#include <algorithm>

namespace forklight::timeline {

namespace {

Counts one(Stage stage, int by) noexcept {
  Counts counts;
  counts.depth = by;
  switch (stage) {
    case Stage::deque:
      counts.deque = by;
      break;
    case Stage::feeder:
      counts.feeder = static_cast<std::int16_t>(by);
      break;
    case Stage::pipe:
      counts.pipe = by;
      break;
    case Stage::reader:
      counts.reader = static_cast<std::int16_t>(by);
      break;
  }
  return counts;
}

std::int64_t last_move(const Message& message) noexcept {
  return message.entered_ns[static_cast<std::size_t>(message.stage_at(kOpen - 1))];
}

void show(std::vector<TimeRange>& ranges, bool on, std::int64_t time_ns) {
  const bool was_on = !ranges.empty() && ranges.back().end_ns == kOpen;
  if (on == was_on) return;
  if (on) {
    ranges.push_back({ranges.empty() ? time_ns : std::max(time_ns, ranges.back().end_ns), kOpen});
  } else {
    ranges.back().end_ns = std::max(time_ns, ranges.back().begin_ns);
  }
}

void forget_loss(Channel& channel, std::uint64_t id) {
  std::erase_if(channel.losses, [id](const Loss& loss) { return loss.id == id; });
}

}  // namespace

Traffic::Open* Traffic::find(std::uint64_t id) {
  const auto found = open_.find(id);
  return found == open_.end() ? nullptr : &found->second;
}

void Traffic::announce(std::uint64_t id, TaskId from, std::uint32_t text) {
  Open& open = open_[id];

  open.from = from;
  if (text != 0) open.text = text;
}

void Traffic::refuse(std::uint64_t id) {
  const auto found = open_.find(id);
  if (found != open_.end() && found->second.index == kNone) open_.erase(found);
}

void Traffic::enter(Channel& channel, std::uint64_t id, Open& open, Stage stage, std::int64_t time_ns) {
  Message message;
  message.id = id;
  message.from = open.from;
  message.text = open.text;
  message.entered_ns[static_cast<std::size_t>(stage)] = time_ns;
  base::Chunked<Message>& messages = channel.messages;
  std::size_t index = messages.size();
  while (index > 0 && messages[index - 1].put_ns() > time_ns) --index;  // late: seldom, and then by little
  messages.insert(messages.begin() + static_cast<std::ptrdiff_t>(index), message);
  open.index = static_cast<std::uint32_t>(index);
  for (std::size_t i = index + 1; i < messages.size(); ++i) {
    if (Open* const moved = find(messages[i].id)) moved->index = static_cast<std::uint32_t>(i);
  }
  channel.counts.add(time_ns, one(stage, 1));
  if (stage != Stage::reader) ++slots_;
  update_full(channel, time_ns);
}

void Traffic::move(Channel& channel, std::uint64_t id, Stage to, std::int64_t time_ns) {
  Open& open = open_[id];
  if (open.index == kNone) return enter(channel, id, open, to, time_ns);
  Message& message = channel.messages[open.index];
  if (message.from == 0) message.from = open.from;
  if (message.text == 0) message.text = open.text;
  const Stage from = message.stage_at(kOpen - 1);
  if (message.fate == Fate::died && to > from) {  // it had left its process before that died
    channel.counts.add(message.gone_ns, one(from, 1));
    message.gone_ns = kOpen;
    message.fate = Fate::under_way;
    forget_loss(channel, id);
  }
  if (message.fate != Fate::under_way || to <= from) return;
  time_ns = std::max(time_ns, last_move(message));
  message.entered_ns[static_cast<std::size_t>(to)] = time_ns;
  channel.counts.add(time_ns, StepMath<Counts>::sum(one(to, 1), one(from, -1)));
  if (to == Stage::reader) free_slot(channel, time_ns);
}

void Traffic::leave(Channel& channel, std::uint64_t id, Fate fate, std::int64_t time_ns) {
  Open& open = open_[id];
  if (open.index == kNone) return;
  Message& message = channel.messages[open.index];
  if (message.fate == Fate::died && fate != Fate::died) {
    channel.counts.add(message.gone_ns, one(message.stage_at(kOpen - 1), 1));
    message.fate = Fate::under_way;
    forget_loss(channel, id);
  }
  if (message.fate != Fate::under_way) return;
  message.fate = fate;
  message.gone_ns = std::max(time_ns, last_move(message));
  const Stage last = message.stage_at(kOpen - 1);
  channel.counts.add(message.gone_ns, one(last, -1));
  if (fate == Fate::died || fate == Fate::dropped) channel.losses.push_back({id, message.gone_ns, last});
  if (fate != Fate::died && message.stage_at(kOpen - 1) != Stage::reader) free_slot(channel, message.gone_ns);
}

void Traffic::close(const Channel& channel, std::uint64_t id, bool is_put) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.index == kNone) return;
  const Open& open = found->second;
  const Fate fate = channel.messages[open.index].fate;
  if (fate != Fate::got && fate != Fate::dropped) return;
  if ((is_put && !open.put_told) || (fate == Fate::got && !open.sent_told)) return;
  open_.erase(found);
}

std::uint64_t Traffic::raw_sent() {
  if (!raw_read_ahead_.empty()) {
    const std::uint64_t id = raw_read_ahead_.front();
    raw_read_ahead_.pop_front();
    return id;
  }
  raw_in_pipe_.push_back(Message::kRaw + raw_count_++);
  return raw_in_pipe_.back();
}

std::uint64_t Traffic::raw_received() {
  std::uint64_t id = 0;
  if (raw_in_pipe_.empty()) {
    id = Message::kRaw + raw_count_++;
    raw_read_ahead_.push_back(id);
  } else {
    id = raw_in_pipe_.front();
    raw_in_pipe_.pop_front();
  }
  return id;
}

std::uint64_t Traffic::raw_got(const Channel& channel, TaskId reader) {
  const auto mine = std::find_if(raw_in_hand_.begin(), raw_in_hand_.end(), [&](std::uint64_t id) {
    const auto open = open_.find(id);
    return open != open_.end() && open->second.index != kNone && channel.messages[open->second.index].to == reader;
  });
  if (mine == raw_in_hand_.end()) return 0;
  const std::uint64_t id = *mine;
  raw_in_hand_.erase(mine);
  return id;
}

void Traffic::set_size(Channel& channel, std::uint32_t size, std::int64_t time_ns) {
  size_ = size;
  update_full(channel, time_ns);
}

void Traffic::wait_for_room(Channel& channel, bool in_pipe, int by, std::int64_t time_ns) {
  (in_pipe ? waiting_send_ : waiting_put_) += by;
  show(channel.pipe_full, waiting_send_ > 0, time_ns);
  update_full(channel, time_ns);
}

void Traffic::free_slot(Channel& channel, std::int64_t time_ns) {
  --slots_;
  update_full(channel, time_ns);
}

void Traffic::update_full(Channel& channel, std::int64_t time_ns) {
  show(channel.full, (size_ > 0 && slots_ >= size_) || waiting_put_ > 0, time_ns);
}

}  // namespace forklight::timeline
