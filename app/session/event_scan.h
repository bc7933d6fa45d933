// Looking through a run's events in slices between two frames: millions of them keep no window waiting. What the run gains is looked at too.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/timeline/model.h"

namespace forklight::app::session {

class EventScan {
 public:
  void restart() noexcept { *this = {}; }
  // The model does not go on from what was looked through: it is of another run, or an event came late. Begin anew.
  [[nodiscard]] bool has_to_restart(const timeline::Model& model) const noexcept {
    const auto& events = model.events();
    return next_ > events.size() || (next_ > 0 && (begin_ns_ != model.begin_ns() || events[next_ - 1].time_ns != last_ns_));
  }

  // Calls see(index, event) for each that comes next, for about as long as `budget`; at least for one, if there is one.
  template <typename See>
  void go_on(const timeline::Model& model, std::chrono::nanoseconds budget, See&& see) {
    constexpr std::size_t kBetweenLooksAtTheClock = 64;
    using Clock = std::chrono::steady_clock;
    const auto& events = model.events();
    const auto deadline = Clock::now() + budget;
    for (std::size_t looked = 1; next_ < events.size(); ++looked) {
      see(next_, events[next_]);
      ++next_;
      if (looked % kBetweenLooksAtTheClock == 0 && Clock::now() >= deadline) break;
    }
    begin_ns_ = model.begin_ns();
    if (next_ > 0) last_ns_ = events[next_ - 1].time_ns;
    done_ = next_ == events.size();
    share_ = events.empty() ? 1 : static_cast<double>(next_) / static_cast<double>(events.size());
  }

  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] double share() const noexcept { return share_; }  // looked through so far, 0 … 1

 private:
  std::size_t next_ = 0;
  std::int64_t begin_ns_ = 0, last_ns_ = 0;
  double share_ = 0;
  bool done_ = false;
};

}  // namespace forklight::app::session
