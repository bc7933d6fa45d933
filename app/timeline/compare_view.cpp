#include "app/timeline/compare_view.h"

#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/canvas.h"
#include "app/timeline/interaction.h"
#include "app/timeline/notes.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline::Axis;
using timeline::View;

constexpr float kTitle = 30;  // points above the lanes of each
constexpr double kWheelZoom = 0.82;

Choice choice_of(const Strip& strip, const session::UiState& ui) {
  Choice choice{.unfolded = {}, .kernel = &ui, .bare = true};
  if (strip.part) choice.only = timeline::TimeRange{strip.begin_ns, strip.end_ns};
  return choice;
}

double length_of(const Strip& strip) { return static_cast<double>(std::max<std::int64_t>(strip.end_ns - strip.begin_ns, 1)); }

// The part of the plot that a strip has: a part of a run ends where the part does.
struct Part {
  Rect area;
  View view;
};
std::optional<Part> part_of(const Strip& strip, const Rect& plot, const View& view) {
  const double per_unit = static_cast<double>(plot.width()) / std::max(view.end - view.begin, 1e-9);
  const double from = strip.part ? std::max(view.begin, 0.0) : view.begin;
  const double to = strip.part ? std::min(view.end, length_of(strip)) : view.end;
  if (to <= from) return std::nullopt;
  const auto x = [&](double at) { return plot.x0 + static_cast<float>((at - view.begin) * per_unit); };
  return Part{{x(from), plot.y0, std::max(x(to), x(from) + 1), plot.y1}, {from, to}};
}

// Its name at the left, and how long it took: a line from its begin to its end, with the number behind.
void draw_title(ImDrawList* list, const Strip& strip, const Rect& row, const Rect& plot, const View& view) {
  const platform::Palette& colors = platform::palette();
  fill(list, row, colors.lane_header);
  const float y = (row.y0 + row.y1 - line_height(Font::strong)) * 0.5f;
  write(list, Font::strong, ImVec2(row.x0 + px(14), y), colors.text, strip.title);
  const double per_unit = static_cast<double>(plot.width()) / std::max(view.end - view.begin, 1e-9);
  const auto x = [&](double at) { return static_cast<float>(std::clamp(static_cast<double>(plot.x0) + (at - view.begin) * per_unit, static_cast<double>(plot.x0), static_cast<double>(plot.x1))); };
  const float begin = std::max(x(0), row.x0 + px(28) + measure(Font::strong, strip.title).x), end = x(length_of(strip));
  const float level = row.y1 - px(4);
  if (end > plot.x0) line(list, std::max(x(0), plot.x0), level, end, level, colors.text, px(2));
  const std::string length = i18n::format_duration(strip.end_ns - strip.begin_ns);
  const ImVec2 size = measure(Font::strong, length);
  const float at = std::clamp(end + px(6), begin, std::max(begin, plot.x1 - size.x - px(6)));
  const std::string detail = first_that_fits(Font::small, at - begin - px(16), {strip.detail});
  write(list, Font::small, ImVec2(begin, (row.y0 + row.y1 - line_height(Font::small)) * 0.5f), colors.text_dim, detail);
  fill(list, {at - px(4), row.y0 + px(2), at + size.x + px(4), row.y1 - px(5)}, colors.lane_header);
  write(list, Font::strong, ImVec2(at, y), colors.text, length);
}

// Its lanes, as the timeline of a single run draws them.
std::vector<NoteFlag> paint(Canvas& canvas) {
  clip(canvas.list, canvas.plot.area());
  for (std::size_t i = canvas.layout.first_visible(); i < canvas.layout.end_visible(); ++i) draw_lane_content(canvas, i);
  draw_flows(canvas);
  draw_messages(canvas);
  draw_hand_overs(canvas);
  draw_ticks(canvas);
  draw_note_poles(canvas);
  draw_labels(canvas);
  draw_badges(canvas);
  std::vector<NoteFlag> flags = draw_notes(canvas);
  canvas.list->PopClipRect();
  draw_gutter(canvas);
  return flags;
}

// Where runs of one lesson differ from the run at hand, all else being the same; of another lesson everything.
std::string settings_words(const scenario::Settings& settings, const scenario::Settings& others, bool same_lesson) {
  std::string words;
  for (const auto& [name, value] : settings.values()) {
    if (!same_lesson || others.text(name) != value) words += (words.empty() ? "" : ", ") + name + "=" + value;
  }
  return words;
}

}  // namespace

std::string run_words(int number, std::string_view scenario, const std::string& file) {
  const std::string name = file.empty() ? std::string(tr("scenario." + std::string(scenario) + ".title")) : file.substr(file.find_last_of('/') + 1);
  return tr("compare.run", fmt::arg("number", number), fmt::arg("name", name));
}

std::vector<Strip> strips_of(const session::Session& session, const session::UiState& ui, std::span<const timeline::Round> rounds) {
  std::vector<Strip> strips;
  const timeline::Model& model = session.model();
  if (ui.compare == session::Compare::rounds) {
    for (const timeline::Round& round : rounds) {
      const std::string key = "round." + round.name, name = i18n::has(key) ? tr(key) : round.name;
      strips.push_back({&model, tr("compare.round", fmt::arg("name", name), fmt::arg("workers", round.workers)), {}, round.begin_ns,
                        std::min(round.end_ns, session.now_ns()), true, true, session.notes()});
    }
    return strips;
  }
  if (ui.compare != session::Compare::runs) return strips;
  std::string at_hand;
  for (const session::EarlierRun& run : session.earlier()) {
    const bool chosen = ui.compared.empty() ? &run == &session.earlier().back() : std::find(ui.compared.begin(), ui.compared.end(), run.number) != ui.compared.end();
    if (!chosen) continue;
    const bool same = run.scenario == &session.scenario();
    strips.push_back({&run.model, run_words(run.number, run.scenario->id, run.file), settings_words(run.settings, session.run_settings(), same), run.model.begin_ns(), run.model.end_ns(), false, false, run.notes});
    if (same && at_hand.empty()) at_hand = settings_words(session.run_settings(), run.settings, true);
  }
  if (!model.tasks().empty())
    strips.push_back({&model, run_words(session.run_number(), session.scenario().id, session.file().string()), at_hand, model.begin_ns(), session.now_ns(), false, true, session.notes()});
  return strips;
}

bool CompareView::draw(session::Context& context) {
  if (context.ui.compare == session::Compare::nothing) return false;
  const timeline::Model& model = context.session.model();
  if (context.ui.compare == session::Compare::rounds && (revision_ != model.revision() || context.session.live())) {
    revision_ = model.revision();
    rounds_ = timeline::rounds_of(model);
  }
  const std::vector<Strip> strips = strips_of(context.session, context.ui, rounds_);
  if (strips.empty()) return false;
  draw(strips, context.ui);
  return true;
}

// Wheel and drag, and fitting: the longest from its begin to its end.
void CompareView::steer(session::UiState& ui, const Rect& plot, double longest, std::int64_t content_height) {
  const bool hovered = ImGui::IsItemHovered();
  const ImGuiIO& io = ImGui::GetIO();
  if (ui.view.begin != last_.begin || ui.view.end != last_.end) {  // a command moved it
    fitting_ = false;
    glide_.stop();
  }
  if (ui.fit_wanted) {
    fitting_ = true;
    glide_.stop();
  }
  ui.fit_wanted = false;
  const double per_unit = static_cast<double>(plot.width()) / std::max(ui.view.width(), 1e-9);
  if (hovered && io.MouseWheel != 0) {
    if (io.KeyCtrl || io.MousePos.x < plot.x0) {
      ui.vertical_scroll -= static_cast<double>(io.MouseWheel) * 48;
    } else {
      glide_.by(static_cast<double>(io.MouseWheel), static_cast<double>((io.MousePos.x - plot.x0) / std::max(plot.width(), 1.0f)));
    }
  }
  if (const double notches = glide_.step(static_cast<double>(io.DeltaTime), ui.audience.reduced_motion); notches != 0) {
    ui.view.zoom_at(std::pow(kWheelZoom, notches), glide_.share());
    fitting_ = false;
  }
  if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) ui.push("fit");
  dragging_ = ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, px(4));
  if (dragging_ && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    ui.view.pan(-static_cast<double>(io.MouseDelta.x) / per_unit);
    ui.vertical_scroll -= static_cast<double>(io.MouseDelta.y / platform::scale());
    if (io.MouseDelta.x != 0) fitting_ = false;
  }
  if (fitting_) {
    // Room at the right for the last number.
    const double pixels = std::max(static_cast<double>(plot.width()), 1.0), left = std::min(static_cast<double>(px(16)), pixels * 0.05), right = std::min(static_cast<double>(px(110)), pixels * 0.3);
    const double unit = longest / std::max(pixels - left - right, 1.0);
    ui.view = {-left * unit, (pixels - left) * unit};
  } else if (ui.view.end - ui.view.begin > 4 * longest) {
    ui.view.zoom(4 * longest / (ui.view.end - ui.view.begin), (ui.view.begin + ui.view.end) / 2);
  }
  last_ = ui.view;
  const double limit = std::max(0.0, static_cast<double>(content_height) - static_cast<double>(plot.height()));
  ui.vertical_scroll = std::clamp(ui.vertical_scroll, 0.0, limit / static_cast<double>(platform::scale()));
}

void CompareView::draw(std::span<const Strip> strips, session::UiState& ui) {
  drawn_.clear();
  const ImVec2 size = ImGui::GetContentRegionAvail();
  if (size.x < kLeastPlot || size.y < kLeastPlot || strips.empty()) return;
  constexpr ImGuiWindowFlags kStill = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  const bool shown = ImGui::BeginChild("compare", size, false, kStill);
  ImGui::PopStyleVar();
  const ImVec2 origin = ImGui::GetWindowPos();
  ImGui::InvisibleButton("surface", size);
  if (!shown) return ImGui::EndChild();
  if (strips.size() != shown_) fitting_ = true;
  shown_ = strips.size();
  tallies_.resize(strips.size());
  const Rect window{origin.x, origin.y, origin.x + size.x, origin.y + size.y};
  ImDrawList* list = ImGui::GetWindowDrawList();

  // How high each is: what its lanes need at least, and its part of what is left.
  const Layout frame(window, *strips[0].model, 0, {{}, &ui});
  const Rect field{window.x0, frame.ruler().y1, window.x1, window.y1};
  const Rect plot{frame.plot().x0, field.y0, window.x1, field.y1};
  std::vector<float> heights;
  float needed = 0;
  double longest = 1;
  for (const Strip& strip : strips) {
    const Layout least({window.x0, 0, window.x1, 1}, *strip.model, 0, choice_of(strip, ui));
    heights.push_back(px(kTitle) + least.content_height());
    needed += heights.back();
    longest = std::max(longest, length_of(strip));
  }
  const float spare = std::max(0.0f, field.height() - needed);
  for (float& height : heights) height += spare * height / needed;
  steer(ui, plot, longest, static_cast<std::int64_t>(std::max(needed, field.height())));

  const Axis axis(*strips[0].model, strips[0].begin_ns);
  const Plot whole(plot, axis, ui.view, strips[0].end_ns);
  const std::vector<timeline::ObjectId> folded;
  Canvas ground{list, *strips[0].model, ui, frame, whole, false, folded, tallies_[0], {}, {}, {}, {}, {}, {}, {}};
  fill(list, window, platform::palette().lane);
  draw_ruler(ground);

  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool hovered = ImGui::IsItemHovered();
  const bool clicked = hovered && ImGui::IsMouseReleased(ImGuiMouseButton_Left) && !ImGui::IsMouseDragging(ImGuiMouseButton_Left, px(4)) && !dragging_;
  clip(list, field);
  float y = field.y0 - static_cast<float>(ui.vertical_scroll) * platform::scale();
  bool resting = false;
  for (std::size_t i = 0; i < strips.size(); ++i) {
    const Strip& strip = strips[i];
    const Rect title{window.x0, y, window.x1, y + px(kTitle)}, lanes{window.x0, title.y1, window.x1, y + heights[i]};
    y = lanes.y1;
    if (lanes.y1 < field.y0 || title.y0 > field.y1) continue;
    // Of another run nothing is selected: its tasks and moments are others.
    session::UiState other;
    if (!strip.at_hand) {
      other.cores = ui.cores;
      other.memory = ui.memory;
      other.gil = ui.gil;
    }
    const session::UiState& own = strip.at_hand ? ui : other;
    const Layout layout(lanes, *strip.model, 0, choice_of(strip, own));
    draw_title(list, strip, title, plot, ui.view);
    drawn_.push_back({Drawn::What::title, 0, title.x0, title.y0, title.x1, title.y1, strip.title});
    const auto part = part_of(strip, layout.plot(), ui.view);
    const Axis own_axis(*strip.model, strip.begin_ns);
    const Plot own_plot(part ? part->area : Rect{plot.x0, layout.plot().y0, plot.x0 + 1, layout.plot().y1}, own_axis,
                        part ? part->view : View{-2, -1}, strip.end_ns);
    tallies_[i].update(*strip.model);
    Canvas canvas{list, *strip.model, own, layout, own_plot, false, folded, tallies_[i], {}, {}, {}, {}, {}, {}, {}};
    canvas.notes = strip.notes;
    const std::vector<NoteFlag> flags = paint(canvas);
    line(list, window.x0, lanes.y1, window.x1, lanes.y1, platform::palette().line, px(1.5f));
    const bool pointed = hovered && !dragging_ && field.contains(mouse.x, mouse.y);
    const NoteFlag* const flag = pointed ? flag_at(flags, mouse.x, mouse.y) : nullptr;
    if (flag != nullptr) draw_note_tooltip(canvas, flag->note);
    const Item* under = pointed && flag == nullptr ? item_at(canvas, mouse.x, mouse.y) : nullptr;
    if (under != nullptr) {
      const Told told = draw_tooltip(canvas, *under, rest_.over(*under));
      if (!told.fact.empty()) ui.note_fact(session::FactAtHand::Where::mouse, told.fact);
      ui.glossary.at_hand = told.term;
      resting = true;
    }
    if (clicked && strip.at_hand && lanes.contains(mouse.x, mouse.y)) ui.selection = under != nullptr ? selection_for(canvas, *under, mouse.x) : session::Selection{};
    for (auto item = canvas.items.rbegin(); item != canvas.items.rend(); ++item) drawn_.push_back(std::move(item->drawn));
  }
  if (!resting) rest_.nothing();
  list->PopClipRect();
  clip(list, {plot.x0, window.y0, plot.x1, window.y1});
  if (hovered && plot.contains(mouse.x, mouse.y)) draw_crosshair(ground, mouse.x);
  draw_tick_labels(ground);
  list->PopClipRect();
  ImGui::EndChild();
}

}  // namespace forklight::app::timeline_view
