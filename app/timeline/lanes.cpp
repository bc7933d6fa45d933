// Lanes: backgrounds, headers in the gutter, where the badge of each goes, and the scroll bar.
#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/timeline/badge.h"
#include "app/timeline/canvas.h"
#include "app/timeline/pool_words.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using platform::Font;
using platform::px;

constexpr float kColorBar = 4, kHeaderGap = 4;

// Right after the death; pushed back into the plot where it would stick out.
std::optional<Badge> place_badge(const Canvas& canvas, std::size_t lane) {
  const timeline::Task& task = canvas.task(lane);
  if (task.death_ns > canvas.plot.now_ns() || task.is_thread()) return std::nullopt;  // a thread has no exit code
  const float x = canvas.plot.x(task.death_ns);
  const Rect& plot = canvas.plot.area();
  if (!canvas.plot.sees(x)) return std::nullopt;
  const std::optional<int> code = task.exit_code();
  const Rect bar = canvas.layout.bar(lane);
  const ImVec2 size = badge_size(code, bar.height());
  const float margin = canvas.layout.scroll_limit() > 0 ? px(11) : px(4);  // the scroll bar's place
  const float left = std::max(std::min(x + px(4), plot.x1 - size.x - margin), plot.x0 + px(2));
  const float top = std::floor((bar.y0 + bar.y1 - size.y) * 0.5f);
  return Badge{lane, {left, top, left + size.x, top + size.y}, code.value_or(0), code.has_value()};
}

// A thread's: its name and its number, one line, or two where there is room.
void draw_thread_header(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const timeline::Task& task = canvas.task(lane);
  const Rect& gutter = canvas.layout.gutter();
  const Rect row = canvas.layout.lane(lane);
  const Rect box{gutter.x0, row.y0 + px(1), gutter.x1, row.y1 - px(2)};
  const bool selected = canvas.ui.selection.task == task.id, hovered = canvas.ui.hover.task == task.id;
  fill(canvas.list, box, selected ? colors.selected : hovered ? colors.hover : colors.lane_header);
  // Its process's colour runs on at the edge, its own stands inside.
  const std::size_t process = canvas.lane_of(task.process);
  if (process < canvas.layout.lanes().size() && process != lane) {
    fill(canvas.list, {box.x0, row.y0 - px(4), box.x0 + px(kColorBar), box.y1},
         platform::task_color(canvas.layout.lanes()[process].index));
  }
  const float inside = box.x0 + px(14);
  fill(canvas.list, {inside, box.y0 + px(4), inside + px(3), box.y1 - px(4)},
       platform::task_color(canvas.layout.lanes()[lane].index), px(1));
  // A pool's handler: what it is for, then what Python calls it.
  const std::string handler = handler_words(task.name);
  const std::string name = !handler.empty() ? handler : task.name.empty() ? i18n::tr("timeline.task.unnamed") : task.name;
  const std::string tid = handler.empty() ? i18n::tr("timeline.task.tid", fmt::arg("tid", task.tid)) : task.name;
  const std::string state = state_words(canvas.model, task, canvas.plot.now_ns());
  const float left = inside + px(10), room = box.x1 - left - px(4);
  const ImVec2 name_size = measure(Font::small, name), tid_size = measure(Font::small, tid);
  const bool two_lines = name_size.y * 2 + px(2) <= box.height();
  float y = box.y0 + (box.height() - name_size.y * (two_lines ? 2.0f : 1.0f)) * 0.5f;
  canvas.list->PushClipRect(ImVec2(box.x0, std::max(box.y0, gutter.y0)), ImVec2(box.x1, std::min(box.y1, gutter.y1)),
                            true);
  write(canvas.list, Font::small, ImVec2(left, y), colors.text, shortened(Font::small, name, room));
  if (two_lines) {
    write(canvas.list, Font::small, ImVec2(left, y + name_size.y), colors.text_dim, tid);
  } else if (name_size.x + px(8) + tid_size.x <= room) {
    write(canvas.list, Font::small, ImVec2(left + name_size.x + px(8), y), colors.text_dim, tid);
  }
  canvas.list->PopClipRect();
  canvas.items.push_back(
      {{Drawn::What::header, task.id, box.x0, box.y0, box.x1, box.y1, name + ", " + tid + ", " + state}, 0, 0});
}

void draw_header(Canvas& canvas, std::size_t lane) {
  if (canvas.layout.lanes()[lane].kind == LaneKind::thread) return draw_thread_header(canvas, lane);
  if (canvas.layout.lanes()[lane].kind == LaneKind::core) return draw_core_header(canvas, lane);
  if (canvas.layout.lanes()[lane].kind == LaneKind::memory) return draw_memory_header(canvas, lane);
  if (canvas.layout.lanes()[lane].kind == LaneKind::gil) return draw_gil_header(canvas, lane);
  if (canvas.layout.lanes()[lane].kind == LaneKind::pool) return draw_pool_header(canvas, lane);
  if (!canvas.layout.lanes()[lane].is_task()) return draw_channel_header(canvas, lane);
  const platform::Palette& colors = platform::palette();
  const timeline::Task& task = canvas.task(lane);
  const Rect& gutter = canvas.layout.gutter();
  const Rect row = canvas.layout.lane(lane);
  const float gap = row.height() > px(60) ? px(kHeaderGap) : px(2);
  const bool works = canvas.layout.lanes()[lane].of_pool;
  const Rect whole_box{gutter.x0, row.y0 + gap, gutter.x1, row.y1 - gap};
  const Rect box{whole_box.x0, whole_box.y0, whole_box.x1, whole_box.y1 - (works ? px(6) : 0)};  // for words, above how busy it is
  const bool selected = canvas.ui.selection.task == task.id, hovered = canvas.ui.hover.task == task.id;
  fill(canvas.list, whole_box, selected ? colors.selected : hovered ? colors.hover : colors.lane_header);
  fill(canvas.list, {box.x0, box.y0, box.x0 + px(kColorBar), whole_box.y1},
       platform::task_color(canvas.layout.lanes()[lane].index));

  const float left = box.x0 + px(14), width = box.x1 - left - px(6);
  const std::string name = task.name.empty() ? i18n::tr("timeline.task.unnamed") : task.name;
  const std::string pid = i18n::tr("timeline.task.pid", fmt::arg("pid", task.pid));
  const std::string state = works ? worker_words(canvas.model, task, canvas.plot.now_ns()) : state_words(canvas.model, task, canvas.plot.now_ns());
  if (works) draw_pool_edge(canvas, lane);
  const float name_height = measure(Font::strong, name).y, small_height = measure(Font::small, pid).y;
  const float space = px(1);
  // In as many lines as it takes, or in one.
  const bool whole = name_height + space + measure(Font::small, state, width).y <= box.height() - px(2);
  const std::string shown = whole ? state : shortened(Font::small, state, width);
  const float state_height = measure(Font::small, shown, width).y;
  const bool three_lines = name_height + small_height + state_height + 2 * space <= box.height() - px(4);
  const float total =
      three_lines ? name_height + small_height + state_height + 2 * space : name_height + state_height + space;
  float y = box.y0 + std::max((box.height() - total) * 0.5f, px(1));
  canvas.list->PushClipRect(ImVec2(box.x0, std::max(box.y0, gutter.y0)), ImVec2(box.x1, std::min(box.y1, gutter.y1)),
                            true);
  write(canvas.list, Font::strong, ImVec2(left, y), colors.text, shortened(Font::strong, name, width));
  if (three_lines) {
    y += name_height + space;
    write(canvas.list, Font::small, ImVec2(left, y), colors.text_dim, pid);
    y += small_height + space;
  } else {
    const float after = left + measure(Font::strong, name).x + px(8);
    if (after + measure(Font::small, pid).x <= box.x1) {
      write(canvas.list, Font::small, ImVec2(after, y + name_height - small_height), colors.text_dim, pid);
    }
    y += name_height + space;
  }
  write(canvas.list, Font::small, ImVec2(left, y), platform::mix(colors.text, colors.text_dim, 0.4f), shown, width);
  canvas.list->PopClipRect();
  canvas.items.push_back(
      {{Drawn::What::header, task.id, box.x0, box.y0, box.x1, whole_box.y1, name + ", " + pid + ", " + state}, 0, 0});
}

}  // namespace

std::size_t lane_of(const timeline::Model& model, const Layout& layout, std::uint32_t id) {
  if (id >= trace::kFirstObject) {
    const timeline::Object* object = model.find_object(id);
    if (object != nullptr && object->channel != timeline::kNone && object->internal()) {
      const std::size_t own = layout.lane_of_channel(object->channel);  // a pool's queues have lanes of their own
      if (own < layout.lanes().size()) return own;
    }
    if (object != nullptr && object->internal()) return lane_of(model, layout, object->owner);
    if (object != nullptr && object->gil != timeline::kNone) return layout.lane_of_gil(object->gil);
    if (const timeline::Pool* pool = model.pools().find(id))
      return layout.lane_of_pool(static_cast<std::size_t>(pool - model.pools().all().data()));
    if (object == nullptr || object->channel == timeline::kNone) return layout.lanes().size();
    return layout.lane_of_channel(object->channel);
  }
  const timeline::Task* found = id == 0 ? nullptr : model.find(id);
  if (found == nullptr) return layout.lanes().size();
  return layout.lane_of(static_cast<std::size_t>(found - model.tasks().data()));
}

std::uint32_t Canvas::subject_of(std::size_t lane) const {
  switch (layout.lanes()[lane].kind) {
    case LaneKind::process:
    case LaneKind::thread:
    case LaneKind::memory:
      return task(lane).id;
    case LaneKind::channel:
    case LaneKind::stage:
      return channel(lane).object;
    case LaneKind::gil:
      return gil(lane).object();
    case LaneKind::pool:
      return pool(lane).object;
    case LaneKind::core:
      break;
  }
  return 0;
}

bool Canvas::place(const Rect& rect) {
  if (std::any_of(taken.begin(), taken.end(), [&](const Rect& other) { return other.overlaps(rect); })) return false;
  taken.push_back(rect);
  return true;
}

void draw_lanes(Canvas& canvas) {
  const platform::Palette& colors = platform::palette();
  const Rect& window = canvas.layout.window();
  fill(canvas.list, window, colors.lane);
  for (std::size_t i = canvas.layout.first_visible(); i < canvas.layout.end_visible(); ++i) {
    const Rect row = canvas.layout.lane(i);
    const Lane& lane = canvas.layout.lanes()[i];
    const std::uint32_t id = canvas.subject_of(i);
    if (!lane.is_task()) fill(canvas.list, row, platform::mix(colors.lane, colors.panel, 0.6f));
    if (id != 0 && canvas.ui.selection.task == id) fill(canvas.list, row, platform::with_alpha(colors.selected, 0.55f));
    // Between the lanes of one group the rule is only hinted at.
    const auto of_the_same = [&](LaneKind next) {
      return next == LaneKind::thread || next == LaneKind::stage || next == LaneKind::memory || next == LaneKind::gil ||
             (next == LaneKind::core && lane.kind == LaneKind::core);
    };
    const bool goes_on = i + 1 < canvas.layout.lanes().size() && of_the_same(canvas.layout.lanes()[i + 1].kind);
    line(canvas.list, window.x0, row.y1, window.x1, row.y1, goes_on ? platform::with_alpha(colors.line, 0.45f) : colors.line,
         1);
  }
}

void draw_lane_content(Canvas& canvas, std::size_t lane) {
  if (canvas.layout.lanes()[lane].kind == LaneKind::core) return draw_core(canvas, lane);
  if (canvas.layout.lanes()[lane].kind == LaneKind::memory) return draw_memory(canvas, lane);
  if (canvas.layout.lanes()[lane].kind == LaneKind::gil) return draw_gil(canvas, lane);
  if (canvas.layout.lanes()[lane].kind == LaneKind::pool) return draw_pool(canvas, lane);
  if (!canvas.layout.lanes()[lane].is_task()) return draw_channel(canvas, lane);
  if (canvas.layout.lanes()[lane].of_pool) draw_work(canvas, lane);
  if (canvas.ui.cores) draw_strip(canvas, lane);
  const std::optional<Badge> badge = place_badge(canvas, lane);
  if (badge) {
    canvas.badges.push_back(*badge);
    canvas.taken.push_back(badge->rect);
  }
  draw_spans(canvas, lane, badge ? &*badge : nullptr);
  draw_marks(canvas, lane);
}

void draw_labels(Canvas& canvas) {
  for (const Label& label : canvas.labels) {
    fill(canvas.list, label.box, label.box_color, px(3));
    write(canvas.list, label.font, label.at, label.color, label.text);
  }
}

void draw_badges(Canvas& canvas) {
  for (const Badge& badge : canvas.badges) {
    const std::optional<int> code = badge.known ? std::optional<int>(badge.exit_code) : std::nullopt;
    draw_badge(canvas.list, badge.rect, code);
    const timeline::Task& task = canvas.task(badge.lane);
    const Rect& plot = canvas.plot.area();
    const Rect& rect = badge.rect;
    canvas.items.push_back({{Drawn::What::badge, task.id, std::min(rect.x0, plot.x1), rect.y0,
                             std::min(rect.x1, plot.x1), rect.y1, badge_label(code)},
                            task.death_ns,
                            task.reaped_ns});
  }
}

void draw_gutter(Canvas& canvas) {
  const Rect& gutter = canvas.layout.gutter();
  const platform::Palette& colors = platform::palette();
  canvas.list->PushClipRect(ImVec2(gutter.x0, gutter.y0), ImVec2(gutter.x1, gutter.y1), true);
  fill(canvas.list, gutter, colors.lane);
  for (std::size_t i = canvas.layout.first_visible(); i < canvas.layout.end_visible(); ++i) draw_header(canvas, i);
  canvas.list->PopClipRect();
  line(canvas.list, gutter.x1, gutter.y0, gutter.x1, gutter.y1, colors.line, 1);
}

void draw_scrollbar(Canvas& canvas) {
  if (canvas.layout.scroll_limit() <= 0) return;
  const Rect& plot = canvas.plot.area();
  const float share = plot.height() / canvas.layout.content_height();
  const float length = std::max(plot.height() * share, px(20));
  const float way = static_cast<float>(canvas.layout.scroll() / canvas.layout.scroll_limit());
  const float y = plot.y0 + (plot.height() - length) * way;
  fill(canvas.list, {plot.x1 - px(7), y + px(2), plot.x1 - px(2), y + length - px(2)},
       platform::with_alpha(platform::palette().text_dim, 0.55f), px(2.5f));
}

}  // namespace forklight::app::timeline_view
