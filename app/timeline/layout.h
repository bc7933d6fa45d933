// Which lanes there are, where each one lies, and how the window is shared between gutter, ruler, plot and overview.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "app/session/ui_state.h"
#include "app/timeline/plot.h"
#include "core/timeline/model.h"

namespace forklight::app::timeline_view {

// What a lane shows. A process and its threads stand together, the process first; a channel stands between those who
// write into it and those who read from it, its stages (where they are unfolded) under it.
// A pool stands under its maker, before its queues. The GIL and memory stand under their process; the cores stand at the foot.
enum class LaneKind : std::uint8_t { process, thread, channel, stage, memory, core, gil, pool };

struct Lane {
  LaneKind kind;
  std::size_t index;  // process, thread, memory: into model.tasks(), its order of birth; channel, stage: into model.channels();
                      // core: into model.kernel().cores(); gil: into model.gils(); pool: into model.pools().all()
  float y, height;    // before scrolling, from the top of the first lane
  timeline::Stage stage = timeline::Stage::deque;  // of a stage
  bool of_pool = false;                            // a pool's worker, or one of its queues

  [[nodiscard]] bool is_task() const noexcept { return kind == LaneKind::process || kind == LaneKind::thread; }
  [[nodiscard]] bool is_channel() const noexcept { return kind == LaneKind::channel || kind == LaneKind::stage; }
};

// What of a run is shown beside its tasks and channels.
struct Choice {
  std::span<const timeline::ObjectId> unfolded;  // the channels whose stages are shown
  const session::UiState* kernel = nullptr;      // which of the kernel's lanes and of the GILs are; none if there is nobody to say
  std::optional<timeline::TimeRange> only = {};  // tasks that lived then alone, and what is theirs; no cores
  bool bare = false;                             // without ruler and overview
  bool notes = false;                            // with a strip for notes between ruler and plot
};

class Layout {
 public:
  // Shares `window` out. Lanes get the height that lets all be seen, between a comfortable and a still readable one.
  Layout(Rect window, const timeline::Model& model, double scroll, Choice choice = {});

  [[nodiscard]] const Rect& window() const noexcept { return window_; }
  [[nodiscard]] const Rect& ruler() const noexcept { return ruler_; }    // above the plot
  [[nodiscard]] const Rect& notes() const noexcept { return notes_; }    // between the two; empty where there are none
  [[nodiscard]] const Rect& gutter() const noexcept { return gutter_; }  // lane headers
  [[nodiscard]] const Rect& plot() const noexcept { return plot_; }      // what View maps to
  [[nodiscard]] const Rect& overview() const noexcept {
    return overview_;
  }  // the whole run; empty where there is no room

  [[nodiscard]] const std::vector<Lane>& lanes() const noexcept { return lanes_; }
  [[nodiscard]] std::size_t first_visible() const noexcept { return first_; }
  [[nodiscard]] std::size_t end_visible() const noexcept { return end_; }

  [[nodiscard]] double scroll() const noexcept { return scroll_; }  // as asked for, within bounds; pixels
  [[nodiscard]] double scroll_limit() const noexcept { return scroll_limit_; }
  [[nodiscard]] float content_height() const noexcept { return content_height_; }

  // On screen, across the plot's width; the lane may be out of sight.
  [[nodiscard]] Rect lane(std::size_t index) const noexcept;
  [[nodiscard]] Rect bar(std::size_t index) const noexcept;  // where its spans go; of a channel: where its fill goes
  [[nodiscard]] Rect work(std::size_t index) const noexcept;  // of a pool's worker: where its tasks go, above its bar
  [[nodiscard]] Rect strip(std::size_t index) const noexcept;  // of a task: where its time on cores goes
  // The lane at a height on screen; lanes().size() if there is none.
  [[nodiscard]] std::size_t lane_at(float y) const noexcept;
  // The lane of a task (its order of birth); lanes().size() if it has none.
  [[nodiscard]] std::size_t lane_of(std::size_t task) const noexcept;
  // The lane of a channel (index into model.channels()); lanes().size() if it has none.
  [[nodiscard]] std::size_t lane_of_channel(std::size_t channel) const noexcept;
  // The lane of a GIL (index into model.gils()); lanes().size() if it has none.
  [[nodiscard]] std::size_t lane_of_gil(std::size_t gil) const noexcept;
  // The lane of a pool (index into model.pools().all()); lanes().size() if it has none.
  [[nodiscard]] std::size_t lane_of_pool(std::size_t pool) const noexcept;

 private:
  void list_lanes(const timeline::Model& model, Choice choice);
  void share_heights();

  Rect window_, ruler_, notes_, gutter_, plot_, overview_;
  std::vector<Lane> lanes_;
  std::vector<std::size_t> lane_of_, lane_of_channel_, lane_of_gil_, lane_of_pool_;
  double scroll_ = 0, scroll_limit_ = 0;
  float content_height_ = 0;
  std::size_t first_ = 0, end_ = 0;
};

}  // namespace forklight::app::timeline_view
