// What happens, in plain words for those who only watch: "MainProcess started Process-1". Made from a run's events alone, so that the window
// and a film of the run have the same ones.
//
// A caption stands until another one is due, and at least as long as it takes to read. What came meanwhile is put together ("MainProcess
// started Process-1, Process-2 and Process-3"; "Process-1 has put 1,204 values into Queue-1"), and the most important of it is next; of two
// that are equally important, the newer one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::app::session {

enum class Happening : std::uint8_t {
  begins, started, start_failed, sleeps, waits_for, joined, join_timeout, printed, raised, ended, failed, killed, thread_ended, all_ended,
  signalled, interrupted, orphaned, put, full, got, waits_for_value, sent, received, dropped, send_failed,
  waits_for_lock, took, waits_for_event, set, cleared, notified, barrier_full,
  workers, job, calls, returned, job_done, job_failed, pool_closed, pool_terminated, pool_broken,
  gil_turns, update_lost, computes, computed, run_stopped, limit, deadlock, stuck
};

struct Caption {
  std::int64_t begin_ns = 0, end_ns = timeline::kOpen;  // of the run; the last one stays
  Happening what = Happening::begins;
  timeline::TaskId who = 0;            // 0 = the learner
  std::vector<std::uint32_t> whom{};   // tasks or objects, the first few
  std::uint32_t object = 0;            // what it was done with: the queue of a put
  std::uint64_t count = 0;             // how many there are of `whom`, or how often it was done in all so far
  std::uint64_t number = 0;            // exit code, signal, nanoseconds
  std::uint32_t text = 0;              // the value, what was printed: index for Model::text(), 0 = none
  bool several = false;                // since the caption before it was chosen
  [[nodiscard]] bool operator==(const Caption&) const = default;
};

// In the language of the moment.
[[nodiscard]] std::string caption_words(const timeline::Model& model, const Caption& caption);

inline constexpr std::int64_t kCaptionDwell = 1'300'000'000;  // nanoseconds of the audience's time

// Follows a run as it goes on.
class CaptionTrack {
 public:
  // `dwell_ns` in the run's time: of a film at half speed, half as long.
  explicit CaptionTrack(std::int64_t dwell_ns = kCaptionDwell) : dwell_ns_(dwell_ns) {}

  // Reads what happened up to a moment of the run; begins anew if that is another run, or earlier than before.
  void advance(const timeline::Model& model, std::int64_t until_ns);
  [[nodiscard]] const std::vector<Caption>& captions() const noexcept { return captions_; }  // by begin, each until the next
  // Something has happened that is not told yet.
  [[nodiscard]] bool waiting() const noexcept { return !pending_.empty(); }
  void clear();

 private:
  using Key = std::tuple<Happening, timeline::TaskId, std::uint32_t, std::uint64_t>;
  struct Seen {
    Caption caption;
    Key key;
    int weight = 0;
    std::int64_t last_ns = 0;
  };

  void take(const timeline::Model& model, const timeline::EventRef& event);
  void look_for_deadlock(const timeline::Model& model, std::int64_t at_ns);
  void choose(const timeline::Model& model, std::int64_t at_ns);
  [[nodiscard]] std::int64_t due_ns() const noexcept;
  [[nodiscard]] std::int64_t gather_ns() const noexcept;

  std::int64_t dwell_ns_;
  std::int64_t run_begin_ns_ = -1, read_to_ns_ = INT64_MIN, last_event_ns_ = 0;
  std::int64_t free_ns_ = INT64_MIN;  // the caption that stands may go from then on
  bool quiet_told_ = false;           // since the last event
  bool ended_told_ = false;           // that all have ended, or it is pending
  std::vector<Caption> captions_;
  std::vector<Seen> pending_;
  std::map<Key, std::uint64_t> totals_;
};

// All captions of a run, from its begin to its end.
[[nodiscard]] std::vector<Caption> captions_of(const timeline::Model& model, std::int64_t dwell_ns = kCaptionDwell);

// The last thing worth telling that had happened at a moment. False if there was none.
[[nodiscard]] bool caption_at(const timeline::Model& model, std::int64_t time_ns, Caption& caption);

}  // namespace forklight::app::session
