// Lanes of queues and pipes: how much lies in them over time, where they are full, what is in them at the moment looked
// at; and the same for each of their stages.
#include <algorithm>
#include <cmath>
#include <optional>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/canvas.h"
#include "app/timeline/curve.h"
#include "app/timeline/shapes.h"
#include "app/timeline/tallies.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline::Channel;
using timeline::Counts;
using timeline::Stage;
using timeline::TimeRange;

constexpr std::size_t kMostBoxes = 24;
constexpr std::size_t kBoxLetters = 8;

// How high one message is: the curve of a lane goes from `base` up to `top`.
struct Scale {
  float base, top;
  double most;  // messages at `top`
  [[nodiscard]] float y(double count) const noexcept {
    return base - static_cast<float>(std::clamp(count, 0.0, most) / most) * (base - top);
  }
};

template <typename Get>
void draw_curve(Canvas& canvas, const timeline::Steps<Counts>& steps, const Scale& scale, Get&& get,
                platform::Color ink) {
  const platform::Palette& colors = platform::palette();
  const platform::Color ground = platform::mix(colors.lane, ink, 0.24f), between = platform::mix(colors.lane, ink, 0.5f);
  const float thick = std::max(px(1.5f), 1.0f);
  float last_y = scale.base;
  for_each_step(steps, canvas.plot, get, [&](float x0, float x1, auto least, auto most) {
    const float low = scale.y(static_cast<double>(least)), high = scale.y(static_cast<double>(most));
    if (low < scale.base) fill(canvas.list, {x0, low, x1, scale.base}, ground);
    if (high < low) fill(canvas.list, {x0, high, x1, low}, between);
    // The riser to here, and the tread.
    fill(canvas.list, {x0 - thick * 0.5f, std::min(last_y, high) - thick * 0.5f, x0 + thick * 0.5f,
                       std::max(last_y, high) + thick * 0.5f}, ink);
    if (x1 - x0 > thick) fill(canvas.list, {x0, high - thick * 0.5f, x1, high + thick * 0.5f}, ink);
    last_y = high;
  });
}

// Where it is full: a vermillion edge, ranges that share a pixel as one.
void draw_full(Canvas& canvas, const std::vector<TimeRange>& ranges, float y, float base) {
  const platform::Palette& colors = platform::palette();
  const Plot& plot = canvas.plot;
  const std::int64_t from_ns = plot.time_ns(plot.area().x0);
  auto at = std::partition_point(ranges.begin(), ranges.end(),
                                 [&](const TimeRange& range) { return range.end_ns <= from_ns; });
  while (at != ranges.end()) {
    const float x0 = std::max(plot.x(at->begin_ns), plot.area().x0);
    if (x0 > plot.area().x1) return;
    float x1 = plot.x(at->end_ns);
    for (++at; at != ranges.end() && plot.x(at->begin_ns) - x1 < 1.5f;) {
      x1 = std::max(x1, plot.x(at->end_ns));
      ++at;
      const std::int64_t until_ns = plot.time_ns(x1 + 1.5f);
      at = std::partition_point(at, ranges.end(), [&](const TimeRange& range) { return range.end_ns <= until_ns; });
    }
    x1 = std::min(std::max(x1, x0 + px(2)), plot.area().x1);
    fill(canvas.list, {x0, y, x1, base}, platform::with_alpha(colors.error, 0.13f));
    fill(canvas.list, {x0, y - px(2), x1, y + px(2)}, colors.error, px(1));
  }
}

// "full" at the right end of a dashed rule.
void draw_rule(Canvas& canvas, float y) {
  const platform::Palette& colors = platform::palette();
  const Rect& plot = canvas.plot.area();
  const float margin = canvas.layout.scroll_limit() > 0 ? px(12) : px(5);
  const std::string word = tr("timeline.channel.full");
  const ImVec2 size = measure(Font::small, word);
  const Rect box{plot.x1 - margin - size.x - px(6), y - size.y * 0.5f, plot.x1 - margin, y + size.y * 0.5f};
  stroke(canvas.list, {ImVec2(plot.x0, y), ImVec2(box.x0 - px(2), y)},
         {platform::with_alpha(colors.error, 0.85f), 0, px(1.2f), true});
  write(canvas.list, Font::small, ImVec2(box.x0 + px(3), box.y0), platform::readable(colors.error, colors.lane), word);
  canvas.taken.push_back(box);
}

// A small round box with a value; returns its width. Only measured where there is no list.
float value_box(Canvas& canvas, bool shown, float x, float middle, const std::string& text, platform::Color ink) {
  const platform::Palette& colors = platform::palette();
  const ImVec2 size = measure(Font::small, text);
  const float width = std::max(size.x + px(10), px(20)), half = size.y * 0.5f + px(2);
  if (!shown) return width;
  const Rect box{x, middle - half, x + width, middle + half};
  fill(canvas.list, box, colors.panel, px(5));
  outline(canvas.list, box, ink, px(5), px(1.4f));
  write(canvas.list, Font::small, ImVec2(x + (width - size.x) * 0.5f, middle - size.y * 0.5f), colors.text, text);
  return width;
}

// What is in it at the moment, the oldest first: right of the moment's line, or left of it where there is more room.
void draw_contents(Canvas& canvas, std::size_t lane, const Channel& channel, const std::vector<std::uint32_t>& found,
                   std::size_t count, platform::Color ink) {
  const Plot& plot = canvas.plot;
  const float line_x = plot.x(canvas.moment());
  if (!plot.sees(line_x) || count == 0) return;
  const Rect bar = canvas.layout.bar(lane);
  const float middle = (bar.y0 + bar.y1) * 0.5f, gap = px(4);
  const float margin = canvas.layout.scroll_limit() > 0 ? px(12) : px(5);
  const float right_room = plot.area().x1 - margin - line_x - px(8), left_room = line_x - px(8) - plot.area().x0;
  std::vector<std::string> texts;
  std::vector<float> widths;
  float all = 0;
  for (const std::uint32_t index : found) {
    texts.push_back(value_words(canvas.model, channel.messages[index], kBoxLetters));
    widths.push_back(value_box(canvas, false, 0, 0, texts.back(), ink));
    all += widths.back() + gap;
  }
  const bool to_right = right_room >= std::min(all, px(90)) || right_room >= left_room;
  const float room = std::min(to_right ? right_room : left_room, px(420));
  const auto more_text = [&](std::size_t left) {
    return tr("timeline.channel.more", fmt::arg("count", i18n::format_count(left)));
  };
  // As many as fit, with room for how many do not.
  std::size_t shown = 0;
  float used = 0;
  while (shown < texts.size()) {
    const std::size_t left = count - shown - 1;
    const float rest = left > 0 ? measure(Font::small, more_text(left)).x + gap : 0;
    if (used + widths[shown] + gap + rest > room) break;
    used += widths[shown++] + gap;
  }
  const std::string more = shown < count ? more_text(count - shown) : std::string();
  const float more_width = more.empty() ? 0 : measure(Font::small, more).x + gap;
  if (used + more_width > room) return;
  float x = to_right ? line_x + px(8) : line_x - px(8) - used - more_width;
  const float height = measure(Font::small, "0").y;
  fill(canvas.list, {x - px(3), middle - height * 0.5f - px(5), x + used + more_width + px(1), middle + height * 0.5f + px(5)},
       platform::with_alpha(platform::palette().lane, 0.75f), px(6));
  canvas.taken.push_back({x - px(3), bar.y0, x + used + more_width + px(3), bar.y1});
  for (std::size_t i = 0; i < shown; ++i) {
    value_box(canvas, true, x, middle, texts[i], ink);
    canvas.items.push_back({{Drawn::What::value, channel.object, x, middle - px(9), x + widths[i], middle + px(9), texts[i]},
                            channel.messages[found[i]].put_ns(),
                            channel.messages[found[i]].gone_ns,
                            found[i],
                            1,
                            canvas.layout.lanes()[lane].index});
    x += widths[i] + gap;
  }
  if (!more.empty())
    write(canvas.list, Font::small, ImVec2(x, middle - height * 0.5f), platform::palette().text_dim, more);
}

void add_item(Canvas& canvas, std::size_t lane, const Channel& channel, std::string label) {
  const Rect row = canvas.layout.lane(lane);
  const Lane& which = canvas.layout.lanes()[lane];
  canvas.items.push_back({{Drawn::What::channel, channel.object, row.x0, row.y0, row.x1, row.y1, std::move(label)},
                          0,
                          0,
                          0,
                          1,
                          which.index,
                          which.stage});
}

// A cross where a message was lost, in the place where it was then; without a place in any. Neighbours share one.
void draw_losses(Canvas& canvas, std::size_t lane, const Channel& channel, std::optional<Stage> stage) {
  const Rect bar = canvas.layout.bar(lane);
  const platform::Color ink = platform::readable(platform::palette().error, platform::palette().lane);
  const float r = px(4), y = bar.y1 - r - px(2);
  float last = -1e9f;
  for (const timeline::Loss& loss : channel.losses) {
    if (stage && loss.stage != *stage) continue;
    const float x = canvas.plot.x(loss.gone_ns);
    if (!canvas.plot.sees(x) || std::abs(x - last) < 2 * r) continue;
    last = x;
    stroke(canvas.list, {ImVec2(x - r, y - r), ImVec2(x + r, y + r)}, {ink, 0, px(2), false});
    stroke(canvas.list, {ImVec2(x - r, y + r), ImVec2(x + r, y - r)}, {ink, 0, px(2), false});
  }
}

// Of the feeder's hand: what keeps the item there at the moment, if something does.
std::string_view held_up_by(const Canvas& canvas, const Channel& channel) {
  for (const timeline::TaskId feeder : channel.feeders) {
    const timeline::Task* task = canvas.model.find(feeder);
    const timeline::Span* span = task == nullptr ? nullptr : canvas.model.span_at(*task, canvas.moment());
    if (span == nullptr || span->state != timeline::State::blocked) continue;
    if (span->reason == trace::BlockReason::lock) return "timeline.stage.feeder.lock";
    if (span->reason == trace::BlockReason::send) return "timeline.stage.feeder.pipe";
  }
  return {};
}

void draw_stage(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const Channel& channel = canvas.channel(lane);
  const Stage stage = canvas.layout.lanes()[lane].stage;
  const Rect bar = canvas.layout.bar(lane);
  const std::int32_t most = channel.counts.whole().most.in(stage);
  add_item(canvas, lane, channel, {});
  const Scale scale{bar.y1, bar.y0 + px(2), static_cast<double>(std::max(most, 1)) * 1.1};
  const platform::Color ink = platform::mix(colors.accent_text, colors.lane, 0.25f);
  draw_curve(canvas, channel.counts, scale, [stage](const Counts& counts) { return counts.in(stage); }, ink);
  if (stage == Stage::pipe) draw_full(canvas, channel.pipe_full, bar.y0, bar.y1);
  draw_losses(canvas, lane, channel, stage);
  const auto count = static_cast<std::size_t>(std::max(channel.counts.at(canvas.moment()).in(stage), 0));
  if (count == 0) return;
  std::vector<std::uint32_t> found = canvas.tallies.contents(canvas.model, canvas.layout.lanes()[lane].index, canvas.moment());
  std::erase_if(found, [&](std::uint32_t index) { return channel.messages[index].stage_at(canvas.moment()) != stage; });
  if (found.size() > kMostBoxes) found.resize(kMostBoxes);
  draw_contents(canvas, lane, channel, found, std::max(count, found.size()), ink);
}

// `brief`: where there is no room for more.
std::string subtitle(Canvas& canvas, const timeline::Object& object, std::size_t index, bool brief) {
  const Channel& channel = canvas.model.channels()[index];
  const bool queue = object.kind == trace::ObjectKind::queue || object.kind == trace::ObjectKind::joinable_queue;
  std::vector<std::string> parts;
  if (!queue) parts.push_back(kind_words(object.kind));
  if (queue) {
    parts.push_back(object.size == 0 ? std::string(tr("timeline.channel.no_limit"))
                                     : tr("timeline.channel.maxsize", fmt::arg("size", i18n::format_count(object.size))));
  }
  const std::int64_t until_ns = canvas.plot.now_ns(), life = until_ns - object.born_ns;
  const std::int64_t full = canvas.tallies.full_ns(canvas.model, index, until_ns);
  if (full > 0 && life > 0) {
    const auto percent = std::clamp<std::int64_t>((full * 100 + life / 2) / life, 1, 100);
    // A queue without a limit is never full: its pipe is.
    const std::string key = queue && object.size == 0 ? "timeline.channel.pipe_full_share" : "timeline.channel.full_share";
    parts.push_back(tr(key + (brief ? ".brief" : ""), fmt::arg("percent", percent)));
  } else if ((!queue || object.size == 0) && channel.counts.at(canvas.moment()).pipe > 0) {
    const std::int64_t bytes = channel.bytes[0].at(canvas.moment()) + channel.bytes[1].at(canvas.moment());
    if (bytes > 0) parts.push_back(tr("timeline.channel.in_kernel", fmt::arg("bytes", bytes_words(bytes))));
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : tr("timeline.channel.joint")) + part;
  return text;
}

}  // namespace

void draw_channel(Canvas& canvas, std::size_t lane) {
  if (canvas.layout.lanes()[lane].kind == LaneKind::stage) return draw_stage(canvas, lane);
  const platform::Palette& colors = platform::palette();
  const Channel& channel = canvas.channel(lane);
  const timeline::Object* object = canvas.model.find_object(channel.object);
  if (object == nullptr) return;
  const Rect bar = canvas.layout.bar(lane);
  const auto most = static_cast<double>(std::max(channel.counts.whole().most.depth, 1));
  const bool queue = object->kind == trace::ObjectKind::queue || object->kind == trace::ObjectKind::joinable_queue;
  // The rule is drawn where the fill comes anywhere near it.
  const bool ruled = queue && object->size > 0 && static_cast<double>(object->size) <= most * 4;
  const double height = ruled ? std::max(most, static_cast<double>(object->size)) : most;
  const float top = bar.y0 + (ruled ? px(7) : px(4));
  const Scale scale{bar.y1, top, ruled ? height : height * 1.15};
  add_item(canvas, lane, channel, name_words(canvas.model, channel.object));
  line(canvas.list, bar.x0, bar.y1, bar.x1, bar.y1, platform::with_alpha(colors.accent_text, 0.5f), 1);
  draw_curve(canvas, channel.counts, scale, [](const Counts& counts) { return counts.depth; }, colors.accent_text);
  const auto& full = full_ranges(canvas.model, channel);
  draw_full(canvas, full, ruled ? scale.y(object->size) : bar.y0, bar.y1);
  draw_losses(canvas, lane, channel, std::nullopt);
  if (ruled || (!queue && !full.empty())) draw_rule(canvas, ruled ? scale.y(object->size) : bar.y0);
  const Counts counts = channel.counts.at(canvas.moment());
  std::vector<std::uint32_t> found =
      canvas.tallies.contents(canvas.model, canvas.layout.lanes()[lane].index, canvas.moment());
  if (found.size() > kMostBoxes) found.resize(kMostBoxes);
  draw_contents(canvas, lane, channel, found,
                static_cast<std::size_t>(std::max(counts.depth, 0)), colors.accent_text);
}

void draw_channel_header(Canvas& canvas, std::size_t lane) {
  const platform::Palette& colors = platform::palette();
  const Lane& which = canvas.layout.lanes()[lane];
  const Channel& channel = canvas.channel(lane);
  const timeline::Object* object = canvas.model.find_object(channel.object);
  if (object == nullptr) return;
  const Rect& gutter = canvas.layout.gutter();
  const Rect row = canvas.layout.lane(lane);
  const bool stage = which.kind == LaneKind::stage;
  const float gap = stage ? px(1) : px(2);
  const Rect box{gutter.x0, row.y0 + gap, gutter.x1, row.y1 - gap};
  const bool selected = canvas.ui.selection.task == channel.object, hovered = canvas.ui.hover.task == channel.object;
  fill(canvas.list, box, selected ? colors.selected : hovered ? colors.hover : colors.lane_header);
  canvas.list->PushClipRect(ImVec2(box.x0, std::max(box.y0, gutter.y0)), ImVec2(box.x1, std::min(box.y1, gutter.y1)),
                            true);
  const Counts counts = channel.counts.at(canvas.moment());
  if (stage) {
    const std::string_view held_up = which.stage == Stage::feeder && counts.feeder > 0 ? held_up_by(canvas, channel) : std::string_view();
    const std::string full_name = held_up.empty() ? stage_words(which.stage, false) : std::string(tr(held_up));
    const std::string brief = held_up.empty() ? stage_words(which.stage, true) : std::string(tr(std::string(held_up) + ".short"));
    const std::string count = i18n::format_count(static_cast<std::uint64_t>(std::max(counts.in(which.stage), 0)));
    const float left = box.x0 + px(30), count_width = measure(Font::small, count).x;
    const std::string name = first_that_fits(Font::small, box.x1 - left - count_width - px(14), {full_name, brief, stage_words(which.stage, true)});
    const float y = (box.y0 + box.y1 - measure(Font::small, full_name).y) * 0.5f;
    write(canvas.list, Font::small, ImVec2(left, y), colors.text_dim, name);
    write(canvas.list, Font::small, ImVec2(box.x1 - px(8) - count_width, y), colors.text, count);
    canvas.list->PopClipRect();
    canvas.items.push_back({{Drawn::What::header, channel.object, box.x0, box.y0, box.x1, box.y1, full_name + ", " + count},
                            0, 0, 0, 1, which.index, which.stage});
    return;
  }
  // The triangle, then the same lines as a process has.
  const bool open = std::find(canvas.unfolded.begin(), canvas.unfolded.end(), channel.object) != canvas.unfolded.end();
  const std::string name = name_words(canvas.model, channel.object);
  std::string second = subtitle(canvas, *object, which.index, false);
  const std::string third = counts.depth == 0
                                ? std::string(tr("timeline.channel.empty"))
                                : tr("timeline.channel.depth", fmt::arg("count", i18n::format_count(static_cast<std::uint64_t>(
                                                                   std::max(counts.depth, 0)))));
  const float left = box.x0 + px(30), width = box.x1 - left - px(6);
  const float name_height = measure(Font::strong, name).y, small_height = measure(Font::small, third).y;
  const auto fits = [&] { return name_height + measure(Font::small, second, width).y + small_height + px(2) <= box.height() - px(2); };
  if (!fits()) second = subtitle(canvas, *object, which.index, true);
  const float second_height = measure(Font::small, second, width).y;
  const bool three_lines = fits();
  const bool one_line = name_height + second_height > box.height() + px(2);
  const float total = one_line ? name_height : name_height + second_height + (three_lines ? small_height + px(2) : px(1));
  float y = box.y0 + std::max((box.height() - total) * 0.5f, px(1));
  const ImVec2 centre(box.x0 + px(17), y + name_height * 0.5f);
  const float r = px(5);
  if (open) {
    canvas.list->AddTriangleFilled(ImVec2(centre.x - r, centre.y - r * 0.6f), ImVec2(centre.x + r, centre.y - r * 0.6f),
                                   ImVec2(centre.x, centre.y + r * 0.8f), colors.text_dim);
  } else {
    canvas.list->AddTriangleFilled(ImVec2(centre.x - r * 0.6f, centre.y - r), ImVec2(centre.x + r * 0.8f, centre.y),
                                   ImVec2(centre.x - r * 0.6f, centre.y + r), colors.text_dim);
  }
  write(canvas.list, Font::strong, ImVec2(left, y), colors.text, shortened(Font::strong, name, width));
  y += name_height + px(1);
  if (!one_line) write(canvas.list, Font::small, ImVec2(left, y), colors.text_dim, second, width);
  y += second_height + px(1);
  if (three_lines && !one_line)
    write(canvas.list, Font::small, ImVec2(left, y), platform::mix(colors.text, colors.text_dim, 0.4f), third);
  canvas.list->PopClipRect();
  canvas.items.push_back({{Drawn::What::header, channel.object, box.x0, box.y0, box.x1, box.y1,
                           name + ", " + second + ", " + third},
                          0, 0, 0, 1, which.index});
  canvas.items.push_back({{Drawn::What::fold, channel.object, box.x0, box.y0, left, box.y1, {}}, 0, 0, 0, 1, which.index});
}

}  // namespace forklight::app::timeline_view
