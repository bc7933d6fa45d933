// What the parts of one frame share: where things are, what has been drawn, and which room words have taken already.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/platform/theme.h"
#include "app/timeline/layout.h"
#include "app/timeline/plot.h"
#include "app/timeline/timeline_view.h"

namespace forklight::app::timeline_view {

// Something drawn, with what it stands for.
struct Item {
  Drawn drawn;
  std::int64_t begin_ns, end_ns;
  std::size_t index = 0;  // span or mark of its task, flow of the model, or message of its channel
  std::size_t count = 1;  // spans, marks or messages that share it
  // Index into model.channels(): of a channel's lane and its parts, and of an arrow that is a message.
  std::size_t channel = timeline::kNone;
  timeline::Stage stage = timeline::Stage::deque;  // of a stage's lane
  std::uint32_t job = timeline::kAllItems;         // of a pool, where it is about one; index: the item or chunk of it
};

// What a view has counted before, so that no frame counts it again.
class Tallies;

// Words are written after all lines, so that no arrow strikes one through.
struct Label {
  platform::Font font;
  ImVec2 at;
  platform::Color color;
  Rect box;                   // laid under the words
  platform::Color box_color;  // transparent: no box
  std::string text;
};

struct Badge {
  std::size_t lane;
  Rect rect;
  int exit_code;
  bool known;  // whether the exit code is
};

// A span too short for anything but a tick.
struct Tick {
  Rect rect;
  platform::Color color;
};

[[nodiscard]] std::size_t lane_of(const timeline::Model& model, const Layout& layout, std::uint32_t id);

struct ArrowPath {
  std::size_t item;
  std::vector<ImVec2> points;
};

struct Canvas {
  ImDrawList* list;
  const timeline::Model& model;
  const session::UiState& ui;
  const Layout& layout;
  const Plot& plot;
  bool live;
  std::span<const timeline::ObjectId> unfolded;
  Tallies& tallies;

  std::vector<Item> items;  // back to front
  std::vector<Label> labels;
  std::vector<Badge> badges;
  std::vector<Tick> ticks;
  std::vector<ArrowPath> arrows;
  std::vector<Rect> taken;
  std::vector<Rect> flags;  // words on the ruler, which tick labels make room for
  std::span<const store::Note> notes = {};

  [[nodiscard]] const timeline::Task& task(std::size_t lane) const { return model.tasks()[layout.lanes()[lane].index]; }
  [[nodiscard]] const timeline::Channel& channel(std::size_t lane) const {
    return model.channels()[layout.lanes()[lane].index];
  }
  [[nodiscard]] const timeline::Kernel::Core& core(std::size_t lane) const {
    return model.kernel().cores()[layout.lanes()[lane].index];
  }
  [[nodiscard]] const timeline::Gil& gil(std::size_t lane) const { return model.gils()[layout.lanes()[lane].index]; }
  [[nodiscard]] const timeline::Pool& pool(std::size_t lane) const { return model.pools().all()[layout.lanes()[lane].index]; }
  // The task or object that a lane is about, 0 for a core.
  [[nodiscard]] std::uint32_t subject_of(std::size_t lane) const;
  // The lane of a task, a channel, a GIL or a pool, layout.lanes().size() if it has none.
  [[nodiscard]] std::size_t lane_of(std::uint32_t id) const { return timeline_view::lane_of(model, layout, id); }
  // The moment that the contents of channels are shown for: the selected one, else now.
  [[nodiscard]] std::int64_t moment() const noexcept { return ui.selection.time_ns.value_or(plot.now_ns()); }

  // Whether words may stand there; if so the place is taken.
  [[nodiscard]] bool place(const Rect& rect);
};

// One part each, in the order of a frame.
void draw_channel(Canvas& canvas, std::size_t lane);  // fill, what is in it; of a stage as well
void draw_channel_header(Canvas& canvas, std::size_t lane);
void draw_messages(Canvas& canvas);
void draw_core(Canvas& canvas, std::size_t lane);  // who was on it
void draw_core_header(Canvas& canvas, std::size_t lane);
void draw_strip(Canvas& canvas, std::size_t lane);  // under a task: when it was on a core, when it wanted to be
void draw_memory(Canvas& canvas, std::size_t lane);
// The last sample up to a time that found any; nothing before the first, and of a dead process.
[[nodiscard]] std::optional<timeline::Memory> known_memory(const timeline::Steps<timeline::Memory>& memory, const timeline::Task& task, std::int64_t when);
void draw_memory_header(Canvas& canvas, std::size_t lane);
void draw_gil(Canvas& canvas, std::size_t lane);  // who had the lock, and who was asked to drop it
void draw_gil_header(Canvas& canvas, std::size_t lane);
void draw_hand_overs(Canvas& canvas);                      // from thread to thread
void draw_pool(Canvas& canvas, std::size_t lane);  // its jobs, and the results in the order in which they came
void draw_pool_header(Canvas& canvas, std::size_t lane);
void draw_work(Canvas& canvas, std::size_t lane);       // of a pool's worker: its tasks, and where it had none left
void draw_pool_edge(Canvas& canvas, std::size_t lane);  // what ties the lanes of a pool together, in the gutter
void draw_lanes(Canvas& canvas);                           // backgrounds, rules
void draw_ruler(Canvas& canvas);                           // ticks and grid
void draw_tick_labels(Canvas& canvas);                     // once the flags are set
void draw_lane_content(Canvas& canvas, std::size_t lane);  // spans, marks; decides where the badge goes
void draw_spans(Canvas& canvas, std::size_t lane, const Badge* badge);
void draw_marks(Canvas& canvas, std::size_t lane);
void draw_flows(Canvas& canvas);
void draw_ticks(Canvas& canvas);  // over the arrows, which are as thin and would hide them
void draw_labels(Canvas& canvas);
void draw_badges(Canvas& canvas);
void draw_selection(Canvas& canvas);  // outline and the line at the selected moment
void draw_now(Canvas& canvas);
void draw_gutter(Canvas& canvas);
void draw_overview(Canvas& canvas);
void draw_scrollbar(Canvas& canvas);
void draw_found(Canvas& canvas);  // hits of Find, along the ruler
void draw_found_in_overview(Canvas& canvas, const Plot& whole);

// The line of a moment under the mouse, and its time on the ruler.
void draw_crosshair(Canvas& canvas, float x);

// What a tooltip mentions first of what has a page of its own, "" = nothing: a fact's number, a term's id.
struct Told {
  std::string fact, term;
};
// In front of everything; `rested`: for how many seconds the mouse has been over this.
Told draw_tooltip(const Canvas& canvas, const Item& item, double rested);
// Where there is no run yet.
void draw_hint(ImDrawList* list, const Rect& window, const session::Session& session);

}  // namespace forklight::app::timeline_view
