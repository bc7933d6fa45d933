#include "app/timeline/timeline_view.h"

#include <algorithm>

#include "app/timeline/canvas.h"
#include "app/timeline/capture.h"
#include "app/timeline/interaction.h"
#include "app/timeline/notes.h"
#include "app/timeline/tallies.h"

namespace forklight::app::timeline_view {
namespace {

// Everything of one frame, back to front.
std::vector<NoteFlag> paint(Canvas& canvas, const Mouse& mouse, std::span<const AnswerFlag> answers) {
  const Rect& plot = canvas.plot.area();
  draw_lanes(canvas);
  draw_ruler(canvas);
  clip(canvas.list, plot);
  for (std::size_t i = canvas.layout.first_visible(); i < canvas.layout.end_visible(); ++i)
    draw_lane_content(canvas, i);
  draw_flows(canvas);
  draw_messages(canvas);
  draw_hand_overs(canvas);
  draw_ticks(canvas);
  draw_note_poles(canvas);
  draw_labels(canvas);
  draw_badges(canvas);
  draw_answers(canvas, answers);
  draw_scrollbar(canvas);
  canvas.list->PopClipRect();

  clip(canvas.list, {plot.x0, canvas.layout.ruler().y0, plot.x1, plot.y1});
  std::vector<NoteFlag> flags = draw_notes(canvas);
  if (mouse.hovered && plot.contains(mouse.x, mouse.y)) draw_crosshair(canvas, mouse.x);
  draw_now(canvas);
  draw_selection(canvas);
  draw_measure(canvas);
  draw_found(canvas);
  draw_tick_labels(canvas);
  canvas.list->PopClipRect();
  draw_gutter(canvas);
  draw_overview(canvas);
  return flags;
}

// Scrolls so far that the lane of a task is seen.
void reveal_lane(session::UiState& ui, const timeline::Model& model, const Layout& layout, timeline::TaskId id) {
  const std::size_t lane = lane_of(model, layout, id);
  if (lane >= layout.lanes().size()) return;
  const Rect row = layout.lane(lane);
  float by = 0;
  if (row.y0 < layout.plot().y0) by = row.y0 - layout.plot().y0;
  if (row.y1 > layout.plot().y1) by = row.y1 - layout.plot().y1;
  ui.vertical_scroll = (layout.scroll() + static_cast<double>(by)) / static_cast<double>(platform::scale());
}

// The moment and the lane under the mouse; nothing beside the plot and the ruler.
session::Selection pointer_of(const Canvas& canvas, const Mouse& mouse) {
  const Rect &plot = canvas.plot.area(), &ruler = canvas.layout.ruler();
  if (!mouse.hovered || !Rect{plot.x0, ruler.y0, plot.x1, plot.y1}.contains(mouse.x, mouse.y)) return {};
  const std::size_t lane = canvas.layout.lane_at(mouse.y);
  const bool in_lane = plot.contains(mouse.x, mouse.y) && lane < canvas.layout.lanes().size();
  return {in_lane ? canvas.subject_of(lane) : 0, std::clamp(canvas.plot.time_ns(mouse.x), canvas.model.begin_ns(), canvas.plot.now_ns())};
}

}  // namespace

void TimelineView::draw(session::Context& context) {
  const session::Session& session = context.session;
  if (compare_.draw(context)) {
    drawn_ = compare_.drawn();
    return;
  }
  if (!session.model().tasks().empty()) {
    const std::vector<AnswerFlag> answers = answer_flags(session);
    return draw({session.model(), session.now_ns(), session.going_on(), session.scenario().id, session.cure().has_value(), answers, session.notes()}, context.ui);
  }
  drawn_.clear();
  const ImVec2 at = ImGui::GetCursorScreenPos(), size = ImGui::GetContentRegionAvail();
  if (size.x < kLeastPlot || size.y < kLeastPlot) return;
  draw_hint(ImGui::GetWindowDrawList(), {at.x, at.y, at.x + size.x, at.y + size.y}, session);
  ImGui::Dummy(size);
}

void TimelineView::draw(const Source& source, session::UiState& ui) {
  drawn_.clear();
  const ImVec2 size = ImGui::GetContentRegionAvail();
  if (size.x < kLeastPlot || size.y < kLeastPlot) return;
  constexpr ImGuiWindowFlags kStill =
      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  const bool shown = ImGui::BeginChild("timeline", size, false, kStill);
  ImGui::PopStyleVar();
  prepare_list(ImGui::GetWindowDrawList());
  const ImVec2 origin = ImGui::GetWindowPos();
  ImGui::InvisibleButton("surface", size);
  const Mouse mouse = mouse_of_this_frame(ImGui::IsItemHovered(), ImGui::IsItemActive());
  const Rect window{origin.x, origin.y, origin.x + size.x, origin.y + size.y};
  if (shown) {
    deadlocks_.update(source.model, deadlock_moment(source.model, ui, source.now_ns, source.live), ImGui::GetTime());
    const auto [strip, cure] =
        draw_deadlock(ImGui::GetWindowDrawList(), window, source.model, deadlocks_, source, {mouse.x, mouse.y});
    draw_frame(source, ui, {window.x0, strip.y1, window.x1, window.y1}, mouse);
    const bool on_cure = mouse.hovered && cure.contains(mouse.x, mouse.y);
    if (on_cure) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (on_cure && mouse.pressed) ui.push("cure");
    if (cure.width() > 0) drawn_.push_back({Drawn::What::button, 0, cure.x0, cure.y0, cure.x1, cure.y1, "cure"});
    if (strip.height() > 0)
      drawn_.push_back({Drawn::What::notice, 0, strip.x0, strip.y0, strip.x1, strip.y1, deadlocks_.text(source.model)});
  }
  if (!mouse.down) drag_ = Drag::none;
  ImGui::EndChild();
}

void TimelineView::draw_frame(const Source& source, session::UiState& ui, const Rect& window, const Mouse& mouse) {
  const timeline::Model& model = source.model;
  const double scale = static_cast<double>(platform::scale());
  const timeline::Axis axis(ui.axis, model);
  const Choice choice{.unfolded = ui.unfolded, .kernel = &ui, .notes = !source.notes.empty()};
  const Layout before(window, model, ui.vertical_scroll * scale, choice);
  camera_.update(ui, model, source.now_ns, source.live, before.plot().width());
  if (ui.selection != seen_selection_) {
    seen_selection_ = ui.selection;
    reveal_lane(ui, model, before, ui.selection.task);
    if (ui.selection.time_ns) camera_.reveal(ui, axis, *ui.selection.time_ns, source.now_ns);
  }
  steer(ui, camera_, drag_, mouse, before, axis, source.now_ns);

  const Layout layout(window, model, ui.vertical_scroll * scale, choice);
  tallies_.update(model);
  ui.vertical_scroll = layout.scroll() / scale;
  Plot plot(layout.plot(), axis, ui.view, source.now_ns);
  plot.index_moments();
  Canvas canvas{ImGui::GetWindowDrawList(), model, ui, layout, plot, source.live, ui.unfolded, tallies_, {}, {}, {}, {}, {}, {}, {}};
  canvas.notes = source.notes;
  const std::vector<NoteFlag> flags = paint(canvas, mouse, source.answers);
  const NoteFlag* const flag = mouse.hovered ? flag_at(flags, mouse.x, mouse.y) : nullptr;
  measure_with(canvas, ui, drag_, mouse, mouse.released);
  ui.notes.pointer = pointer_of(canvas, mouse);

  const Item* under = mouse.hovered && flag == nullptr ? item_at(canvas, mouse.x, mouse.y) : nullptr;
  if (under == nullptr) rest_.nothing();
  if (flag != nullptr) draw_note_tooltip(canvas, flag->note);
  if (flag != nullptr && mouse.menu_wanted) return ui.push("note.edit", std::to_string(flag->note)), keep_drawn(canvas);
  if (under != nullptr && drag_ != Drag::plot && drag_ != Drag::lanes) {
    const Told told = draw_tooltip(canvas, *under, rest_.over(*under));
    if (!told.fact.empty()) ui.note_fact(session::FactAtHand::Where::mouse, told.fact);
    ui.glossary.at_hand = told.term;
    ui.hover = selection_for(canvas, *under, mouse.x);
    hover_is_ours_ = true;
  } else if (hover_is_ours_) {
    ui.hover = {};
    hover_is_ours_ = false;
  }
  if (flag != nullptr && mouse.double_clicked) {
    ui.push("note.edit", std::to_string(flag->note));
  } else if (flag != nullptr && mouse.released && drag_ == Drag::measure && !ui.notes.dragged && !mouse.shift) {
    ui.push("note.go", std::to_string(flag->note));
  } else if (mouse.released && drag_ == Drag::pressed) {
    // On empty ground a click lets go of what was selected.
    click(source, ui, under, under != nullptr ? selection_for(canvas, *under, mouse.x) : session::Selection{});
  }
  if (mouse.menu_wanted) open_menu(canvas, ui, under, mouse);
  const bool on_triangle = under != nullptr && under->drawn.what == Drawn::What::fold;
  if (mouse.double_clicked && !on_triangle && flag == nullptr) ui.push("fit");
  keep_drawn(canvas);
}

void TimelineView::keep_drawn(Canvas& canvas) {
  drawn_.reserve(canvas.items.size());
  for (auto item = canvas.items.rbegin(); item != canvas.items.rend(); ++item) drawn_.push_back(std::move(item->drawn));
}

// The menu of what lies under the mouse, else of the lane.
void TimelineView::open_menu(const Canvas& canvas, session::UiState& ui, const Item* under, const Mouse& mouse) {
  session::Selection wanted;
  if (under != nullptr && under->drawn.what != Drawn::What::notice) wanted = selection_for(canvas, *under, mouse.x);
  const std::size_t lane = canvas.layout.lane_at(mouse.y);
  if (wanted.task == 0 && lane < canvas.layout.lanes().size()) wanted.task = canvas.subject_of(lane);
  if (wanted.task == 0) return;
  ui.selection = seen_selection_ = {wanted.task, std::nullopt};  // what is done is done now, whatever moment was looked at
  ui.push("menu", std::to_string(wanted.task));
}

void TimelineView::click(const Source& source, session::UiState& ui, const Item* under,
                         const session::Selection& selection) {
  if (under != nullptr && under->drawn.what == Drawn::What::fold) return ui.push("stages", std::to_string(under->drawn.task));
  ui.selection = seen_selection_ = selection;
  if (under == nullptr || under->drawn.what != Drawn::What::span || under->count > 1 || !source.live) return;
  // At the gate: who is clicked may go.
  const timeline::Task* task = source.model.find(under->drawn.task);
  if (task == nullptr || under->index >= task->spans.size()) return;
  const timeline::Span& span = task->spans[under->index];
  if (span.state == timeline::State::held && span.end_ns == timeline::kOpen) ui.push("step", std::to_string(task->id));
}

}  // namespace forklight::app::timeline_view
