#include "app/timeline/notes.h"

#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;

constexpr float kMostOfFlag = 220, kLeastOfFlag = 10;  // points, with its text and without
constexpr float kReach = 6;                            // points from an edge that still mean it

Color note_color() { return platform::palette().warning; }

// Dashes, so that no bar is taken for it.
void pole(ImDrawList* list, float x, float y0, float y1, Color color) {
  x = std::floor(x) + 0.5f;
  for (float y = y0; y < y1; y += px(7)) line(list, x, y, x, std::min(y + px(4), y1), color, px(1.2f));
}

// A moment that the eye would take for it: an edge of a bar, a mark or a badge of that lane, a note, the selected moment.
std::int64_t snapped(const Canvas& canvas, float x, float y) {
  std::int64_t best = std::min(canvas.plot.time_ns(x), canvas.plot.now_ns());
  float reach = px(kReach);
  const auto consider = [&](std::int64_t time_ns) {
    if (time_ns <= 0 || time_ns > canvas.plot.now_ns()) return;
    const float away = std::abs(canvas.plot.x(time_ns) - x);
    if (away >= reach) return;
    reach = away;
    best = time_ns;
  };
  for (const store::Note& note : canvas.notes) {
    consider(note.time_ns);
    consider(note.end_ns);
  }
  if (canvas.ui.selection.time_ns) consider(*canvas.ui.selection.time_ns);
  for (const Item& item : canvas.items) {
    const Drawn& drawn = item.drawn;
    const bool of_lane = y >= drawn.y0 - px(8) && y < drawn.y1 + px(8);
    const bool has_edges = drawn.what == Drawn::What::span || drawn.what == Drawn::What::mark || drawn.what == Drawn::What::badge || drawn.what == Drawn::What::work;
    if (!of_lane || !has_edges || item.count > 1) continue;
    consider(item.begin_ns);
    consider(item.end_ns);
  }
  return best;
}

}  // namespace

void draw_note_poles(Canvas& canvas) {
  const Rect& plot = canvas.plot.area();
  for (const store::Note& note : canvas.notes) {
    const float x = canvas.plot.x(note.time_ns), end = canvas.plot.x(note.end_ns);
    if (end < plot.x0 || x > plot.x1) continue;
    if (note.is_stretch()) {
      fill(canvas.list, {std::max(x, plot.x0), plot.y0, std::min(end, plot.x1), plot.y1}, platform::with_alpha(note_color(), 0.10f));
      if (canvas.plot.sees(end)) pole(canvas.list, end, plot.y0, plot.y1, platform::with_alpha(note_color(), 0.7f));
    }
    if (canvas.plot.sees(x)) pole(canvas.list, x, plot.y0, plot.y1, platform::with_alpha(note_color(), 0.9f));
  }
}

std::vector<NoteFlag> draw_notes(Canvas& canvas) {
  std::vector<NoteFlag> flags;
  const Rect &strip = canvas.layout.notes(), &plot = canvas.plot.area();
  const platform::Palette& colors = platform::palette();
  // Where runs are compared, and in a low window, there is no strip for them: they stand above the lanes.
  const bool has_strip = strip.height() > 1;
  const float top = has_strip ? strip.y0 + px(2) : plot.y0 + px(1), bottom = top + px(18);
  if (has_strip) {
    canvas.list->PushClipRectFullScreen();
    fill(canvas.list, {canvas.layout.window().x0, strip.y0 + 1, strip.x1, strip.y1}, colors.lane_header);
    line(canvas.list, canvas.layout.window().x0, strip.y1, strip.x1, strip.y1, colors.line, 1);
    write(canvas.list, Font::small, ImVec2(canvas.layout.window().x0 + px(14), (strip.y0 + strip.y1 - line_height(Font::small)) * 0.5f), colors.text_faint, tr("notes.strip"));
    canvas.list->PopClipRect();
  }
  for (std::size_t i = 0; i < canvas.notes.size(); ++i) {
    const store::Note& note = canvas.notes[i];
    const float x = canvas.plot.x(note.time_ns), end = canvas.plot.x(note.end_ns);
    if (end < plot.x0 || x > plot.x1) continue;
    // A stretch whose begin is out of sight has its flag at the edge.
    const float at = std::max(x, plot.x0);
    float room = std::min(px(kMostOfFlag), plot.x1 - at - px(4));
    if (i + 1 < canvas.notes.size()) room = std::min(room, canvas.plot.x(canvas.notes[i + 1].time_ns) - at - px(4));
    const std::string whole = session::note_words(canvas.model, note);
    const std::string text = room > px(28) ? shortened(Font::small, first_line(whole, 200), room - px(12)) : std::string();
    const bool named = text.size() > 3;  // more than an ellipsis
    const Rect flag{at, top, at + (named ? measure(Font::small, text).x + px(12) : px(kLeastOfFlag)), bottom};
    const bool selected = canvas.ui.selection.time_ns == note.time_ns && canvas.ui.selection.task == note.task;
    if (named) {
      fill(canvas.list, flag, note_color(), px(3));
      fill(canvas.list, {flag.x0, flag.y0, flag.x0 + px(3), plot.y0}, note_color());  // onto its pole
      write(canvas.list, Font::small, ImVec2(flag.x0 + px(6), (flag.y0 + flag.y1 - line_height(Font::small)) * 0.5f), platform::text_on(note_color()), text);
      if (selected) outline(canvas.list, {flag.x0 - 1, flag.y0 - 1, flag.x1 + 1, flag.y1 + 1}, colors.text, px(4), px(1.5f));
    } else {
      line(canvas.list, at + 0.5f, flag.y0, at + 0.5f, plot.y0, note_color(), px(1.5f));
      canvas.list->AddTriangleFilled(ImVec2(at, flag.y0), ImVec2(at + px(kLeastOfFlag), flag.y0 + px(5)), ImVec2(at, flag.y0 + px(10)), note_color());
    }
    flags.push_back({i, flag});
    canvas.items.push_back({{Drawn::What::note, note.task, flag.x0, flag.y0, flag.x1, flag.y1, named ? text : std::string()}, note.time_ns, note.end_ns, i});
  }
  return flags;
}

const NoteFlag* flag_at(const std::vector<NoteFlag>& flags, float x, float y) {
  const auto found = std::find_if(flags.rbegin(), flags.rend(), [&](const NoteFlag& flag) { return flag.rect.contains(x, y); });
  return found == flags.rend() ? nullptr : &*found;
}

void draw_note_tooltip(const Canvas& canvas, std::size_t place) {
  const store::Note& note = canvas.notes[place];
  const platform::Palette& colors = platform::palette();
  const std::string begin = i18n::format_duration(note.time_ns - canvas.model.begin_ns());
  const std::string when = note.is_stretch() ? tr("note.stretch", fmt::arg("from", begin), fmt::arg("to", i18n::format_duration(note.end_ns - canvas.model.begin_ns())),
                                                  fmt::arg("length", session::length_words(note.end_ns - note.time_ns)))
                                             : begin;
  const std::string hint = tr("note.hint");
  const std::string& text = note.text.empty() ? when : note.text;
  const float width = std::clamp(std::max({measure(Font::body, text).x, measure(Font::small, when).x, measure(Font::small, hint).x}), px(60), px(380));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(12), px(8)));
  ImGui::BeginTooltip();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  float y = at.y;
  const auto add = [&](Font font, Color color, const std::string& words) {
    write(list, font, ImVec2(at.x, y), color, words, width);
    y += std::max(measure(font, words, width).y, line_height(font)) + px(4);
  };
  add(Font::body, colors.text, text);
  if (!note.text.empty()) add(Font::small, colors.text_dim, when);
  add(Font::small, colors.text_dim, hint);
  ImGui::Dummy(ImVec2(width, y - at.y - px(4)));
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

void draw_measure(Canvas& canvas) {
  const auto end_ns = session::measured_to(canvas.ui.notes, canvas.ui.selection);
  if (!canvas.ui.notes.from_ns) return;
  const platform::Palette& colors = platform::palette();
  const Rect& plot = canvas.plot.area();
  const std::int64_t from_ns = *canvas.ui.notes.from_ns, to_ns = end_ns.value_or(from_ns);
  const auto [x0, x1] = std::minmax({canvas.plot.x(from_ns), canvas.plot.x(to_ns)});
  const Color ink = colors.accent_text;
  fill(canvas.list, {std::max(x0, plot.x0), plot.y0, std::min(x1, plot.x1), plot.y1}, platform::with_alpha(ink, 0.10f));
  for (const float x : {x0, x1})
    if (canvas.plot.sees(x)) line(canvas.list, x, plot.y0, x, plot.y1, ink, px(1.5f));
  if (!end_ns) return;

  // A dimension line as in a drawing, the numbers over its middle.
  const bool time = canvas.plot.axis().kind() == timeline::AxisKind::time;
  const std::string length = session::length_words(to_ns - from_ns);
  const std::string count = tr("measure.between", fmt::arg("count", i18n::format_count(session::events_between(canvas.model, from_ns, to_ns))));
  const std::string &first = time ? length : count, &second = time ? count : length;
  const std::string hint = canvas.ui.notes.to_ns ? tr("measure.hint") : std::string();
  const float gap = px(12), height = line_height(Font::strong) + px(10);
  float wide = measure(Font::strong, first).x + gap + measure(Font::small, second).x + px(20);
  const float with_hint = wide + gap + measure(Font::small, hint).x;
  const bool hinted = !hint.empty() && with_hint < plot.width() * 0.7f;
  if (hinted) wide = with_hint;
  const float level = plot.y0 + px(6) + height / 2;
  const float middle = (std::max(x0, plot.x0) + std::min(x1, plot.x1)) / 2;
  const float left = std::clamp(middle - wide / 2, plot.x0 + px(4), std::max(plot.x0 + px(4), plot.x1 - wide - px(4)));
  line(canvas.list, std::max(x0, plot.x0), level, std::min(x1, plot.x1), level, ink, px(1.5f));
  if (x1 - x0 > px(24)) {
    if (canvas.plot.sees(x0)) arrow_head(canvas.list, ImVec2(x0, level), ImVec2(x0 + px(20), level), px(8), ink);
    if (canvas.plot.sees(x1)) arrow_head(canvas.list, ImVec2(x1, level), ImVec2(x1 - px(20), level), px(8), ink);
  }
  const Rect box{left, level - height / 2, left + wide, level + height / 2};
  fill(canvas.list, box, colors.panel_raised, px(6));
  outline(canvas.list, box, ink, px(6), px(1.2f));
  float x = left + px(10);
  write(canvas.list, Font::strong, ImVec2(x, level - line_height(Font::strong) / 2), colors.text, first);
  x += measure(Font::strong, first).x + gap;
  write(canvas.list, Font::small, ImVec2(x, level - line_height(Font::small) / 2), colors.text_dim, second);
  x += measure(Font::small, second).x + gap;
  if (hinted) write(canvas.list, Font::small, ImVec2(x, level - line_height(Font::small) / 2), platform::readable(ink, colors.panel_raised), hint);
  canvas.items.push_back({{Drawn::What::measure, canvas.ui.selection.task, box.x0, box.y0, box.x1, box.y1, first}, std::min(from_ns, to_ns), std::max(from_ns, to_ns)});
}

void measure_with(Canvas& canvas, session::UiState& ui, Drag drag, const Mouse& mouse, bool released) {
  if (drag != Drag::measure) return;
  session::NotesState& notes = ui.notes;
  const std::int64_t here = snapped(canvas, mouse.x, mouse.y);
  if (mouse.pressed) {
    notes.pressed_ns = here;
    notes.dragged = false;
  }
  if (mouse.dragging && mouse.down && notes.pressed_ns) {
    notes.dragged = true;
    notes.from_ns = notes.pressed_ns;
    notes.to_ns = here;
  }
  if (!released || !notes.pressed_ns) return;
  if (notes.dragged) {
    if (notes.to_ns == notes.from_ns) notes.from_ns = notes.to_ns = std::nullopt;
  } else if (mouse.shift) {
    // A click: from the selected moment, or from where the last measure began, to here; else it begins here.
    const auto from = notes.from_ns ? notes.from_ns : ui.selection.time_ns;
    notes.from_ns = from.value_or(here);
    notes.to_ns = from && *from != here ? std::optional(here) : std::nullopt;
  }
  notes.pressed_ns.reset();
}

}  // namespace forklight::app::timeline_view
