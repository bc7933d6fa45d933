// What a view has counted of a run, so that no frame counts it again: which flows are no messages, and for how long
// each channel was full. Both only grow by what is new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::app::timeline_view {

class Tallies {
 public:
  // Once a frame, before anything is drawn.
  void update(const timeline::Model& model);

  // Indices into model.flows(), by their begin: starts, joins, signals; and wakes. Messages are found by their channel.
  [[nodiscard]] std::span<const std::size_t> lives() const noexcept { return lives_; }
  [[nodiscard]] std::span<const std::size_t> wakes() const noexcept { return wakes_; }

  // For how long the channel (index into model.channels()) was full until a time, ns.
  [[nodiscard]] std::int64_t full_ns(const timeline::Model& model, std::size_t channel, std::int64_t until_ns);

  // What lies in the channel at a time, the oldest first; not all, if there is much. The last answer is kept.
  [[nodiscard]] const std::vector<std::uint32_t>& contents(const timeline::Model& model, std::size_t channel,
                                                           std::int64_t time_ns);

 private:
  struct Contents {
    std::int64_t time_ns = -1;
    std::uint64_t revision = 0;
    std::vector<std::uint32_t> messages;
  };
  struct Full {
    std::size_t counted = 0;  // ranges that have ended
    std::int64_t length_ns = 0;
  };

  std::vector<std::size_t> lives_, wakes_;
  std::size_t scanned_ = 0;
  bool whole_ = false;  // nothing came since all flows were looked at in one go
  std::uint64_t revision_ = 0;
  std::int64_t run_begin_ns_ = 0;
  std::vector<Full> full_;
  std::vector<Contents> contents_;
};

// When a channel takes no more: a queue at its maxsize, a pipe that the kernel will put nothing into.
[[nodiscard]] const std::vector<timeline::TimeRange>& full_ranges(const timeline::Model& model,
                                                                  const timeline::Channel& channel);

}  // namespace forklight::app::timeline_view
