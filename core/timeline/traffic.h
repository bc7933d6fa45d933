// Follows the messages of one channel from place to place, however their events come. Private to core/timeline.
//
// Five tasks may tell of one message, each when it comes to it: that it was received can be told before that it was
// sent, even that it was put. Such a message skips the places in which nobody saw it; what is told afterwards changes
// nothing but who did it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "core/timeline/objects.h"

namespace forklight::timeline {

class Traffic {
 public:
  // A message that more is to be heard of.
  struct Open {
    std::uint32_t index = kNone;  // in Channel::messages; kNone: put_begin alone was told
    std::size_t flow = SIZE_MAX;  // in Model::flows()
    TaskId from = 0;
    std::uint32_t text = 0;
    bool put_told = false, sent_told = false;
  };

  void announce(std::uint64_t id, TaskId from, std::uint32_t text);
  void refuse(std::uint64_t id);  // Full: it was never put
  // It comes to a place; the later of two tellings counts. Made if this is the first that is heard of it.
  void move(Channel& channel, std::uint64_t id, Stage to, std::int64_t time_ns);
  void leave(Channel& channel, std::uint64_t id, Fate fate, std::int64_t time_ns);
  // Forgets it if nothing more is to be heard of it.
  void close(const Channel& channel, std::uint64_t id, bool is_put);  // put, not sent by Connection.send()

  [[nodiscard]] Open* find(std::uint64_t id);
  [[nodiscard]] Open& at(std::uint64_t id) { return open_[id]; }
  // Those in the hands of a process: in its deque, with its feeder, with its reader. `is_in` says whether a task is.
  template <typename IsIn>
  [[nodiscard]] std::vector<std::uint64_t> held_by(const Channel& channel, IsIn is_in) const;

  // send_bytes and recv_bytes have no ids on the wire: the order of the pipe ties them.
  [[nodiscard]] std::uint64_t raw_sent();
  [[nodiscard]] std::uint64_t raw_received();
  void raw_in_hand(std::uint64_t id) { raw_in_hand_.push_back(id); }
  [[nodiscard]] std::uint64_t raw_got(const Channel& channel, TaskId reader);

  // Room: maxsize, and those who wait for it.
  void set_size(Channel& channel, std::uint32_t size, std::int64_t time_ns);
  void wait_for_room(Channel& channel, bool in_pipe, int by, std::int64_t time_ns);

 private:
  void enter(Channel& channel, std::uint64_t id, Open& open, Stage stage, std::int64_t time_ns);
  void free_slot(Channel& channel, std::int64_t time_ns);  // by the reader, as soon as it has read
  void update_full(Channel& channel, std::int64_t time_ns);

  std::unordered_map<std::uint64_t, Open> open_;
  std::deque<std::uint64_t> raw_in_pipe_, raw_read_ahead_, raw_in_hand_;
  std::uint64_t raw_count_ = 0;
  std::int64_t slots_ = 0;  // of maxsize that are taken: what died with its process still takes one
  std::int64_t size_ = 0;
  int waiting_put_ = 0, waiting_send_ = 0;
};

template <typename IsIn>
std::vector<std::uint64_t> Traffic::held_by(const Channel& channel, IsIn is_in) const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, open] : open_) {
    if (open.index == kNone) continue;
    const Message& message = channel.messages[open.index];
    if (message.fate != Fate::under_way) continue;
    const Stage stage = message.stage_at(kOpen - 1);
    if (stage != Stage::pipe && is_in(stage == Stage::reader ? message.to : message.from)) ids.push_back(id);
  }
  return ids;
}

}  // namespace forklight::timeline
