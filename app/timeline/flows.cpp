// Arrows between lanes: who started whom, whose end a join was waiting for, who sent a signal, who woke whom.
#include <algorithm>
#include <cmath>

#include "app/timeline/arrow.h"
#include "app/timeline/shapes.h"
#include "app/timeline/tallies.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using platform::Font;
using platform::px;
using timeline::Flow;
using timeline::FlowKind;

constexpr std::size_t kFaint = 120;         // and so many are hinted at
constexpr std::size_t kExamined = 1024;     // per frame, for the picture
constexpr std::size_t kSearched = 200'000;  // per frame, for those of the selected task
constexpr std::size_t kReachBack = 2048;    // begun before the view, and perhaps ending in it
constexpr float kHead = 9, kCorner = 20;

struct Chosen {
  std::size_t flow;
  Weight weight;
};

// Where an arrow begins and ends on screen.
struct Ends {
  std::size_t from_lane, to_lane;
  float from_x, to_x;
};

bool about(const Flow& flow, timeline::TaskId task) noexcept {
  return task != 0 && (flow.from == task || flow.to == task);
}

// A link of the chain behind what is selected.
bool is_cause(const Canvas& canvas, std::size_t flow) noexcept {
  const std::vector<std::size_t>& chain = canvas.ui.causes.chain;
  return std::find(chain.begin(), chain.end(), flow) != chain.end();
}

std::optional<Ends> ends_of(const Canvas& canvas, const Flow& flow) {
  if (flow.to_ns == timeline::kOpen || flow.from_ns == timeline::kOpen) return std::nullopt;
  const Ends ends{canvas.lane_of(flow.from), canvas.lane_of(flow.to), canvas.plot.x(flow.from_ns),
                  canvas.plot.x(flow.to_ns)};
  const std::size_t lanes = canvas.layout.lanes().size();
  if (ends.from_lane >= lanes || ends.to_lane >= lanes || ends.from_lane == ends.to_lane) return std::nullopt;
  const Rect& plot = canvas.plot.area();
  if (std::max(ends.from_x, ends.to_x) < plot.x0 || std::min(ends.from_x, ends.to_x) > plot.x1) return std::nullopt;
  const auto [upper, lower] = std::minmax(ends.from_lane, ends.to_lane);
  if (lower < canvas.layout.first_visible() || upper >= canvas.layout.end_visible()) return std::nullopt;
  return ends;
}

// Places in a list of flows, sorted by their begin, of those that are in view.
struct Found {
  std::vector<std::size_t> seen;  // flows
  std::size_t in_view = 0;        // of these, before those that were searched for
};

Found look(const Canvas& canvas, std::span<const std::size_t> list) {
  const auto& flows = canvas.model.flows();
  const std::int64_t from_ns = canvas.plot.time_ns(canvas.plot.area().x0),
                     to_ns = canvas.plot.time_ns(canvas.plot.area().x1);
  const auto first =
      std::partition_point(list.begin(), list.end(), [&](std::size_t i) { return flows[i].from_ns < from_ns; });
  const auto last = std::partition_point(first, list.end(), [&](std::size_t i) { return flows[i].from_ns <= to_ns; });
  const auto begin = static_cast<std::size_t>(first - list.begin()), end = static_cast<std::size_t>(last - list.begin());

  Found found;
  const auto look_at = [&](std::size_t at) {
    if (ends_of(canvas, flows[list[at]])) found.seen.push_back(list[at]);
  };
  for (std::size_t i = begin - std::min(begin, kReachBack); i < begin; ++i) {
    if (flows[list[i]].to_ns >= from_ns && flows[list[i]].to_ns != timeline::kOpen) look_at(i);
  }
  // Too many to look at: some of all, and all of the newest.
  const std::size_t newest = end - std::min(end - begin, kExamined / 2);
  const std::size_t stride = std::max<std::size_t>(1, (newest - begin) / (kExamined / 2));
  for (std::size_t i = begin; i < newest; i += stride) look_at(i);
  for (std::size_t i = newest; i < end; ++i) look_at(i);
  found.in_view = found.seen.size();

  const timeline::TaskId selected = canvas.ui.selection.task, hovered = canvas.ui.hover.task;
  if (stride > 1 && (selected != 0 || hovered != 0)) {
    for (std::size_t i = newest - std::min(newest - begin, kSearched); i < newest; ++i) {
      const Flow& flow = flows[list[i]];
      if ((i - begin) % stride != 0 && (about(flow, selected) || about(flow, hovered))) look_at(i);
      if (found.seen.size() > found.in_view + kFaint) break;
    }
  }
  for (const std::size_t cause : canvas.ui.causes.chain) {
    const bool is_new = cause < flows.size() && std::binary_search(list.begin(), list.end(), cause) && std::find(found.seen.begin(), found.seen.end(), cause) == found.seen.end();
    if (is_new && ends_of(canvas, flows[cause])) found.seen.push_back(cause);
  }
  return found;
}

// The flows to draw, faint ones first.
std::vector<Chosen> choose(const Canvas& canvas) {
  const auto& flows = canvas.model.flows();
  const Found found = look(canvas, canvas.tallies.lives());
  const timeline::TaskId selected = canvas.ui.selection.task, hovered = canvas.ui.hover.task;
  std::vector<Chosen> chosen;
  const std::size_t skip = std::max<std::size_t>(1, found.in_view / kFaint);
  for (std::size_t i = 0; i < found.seen.size(); ++i) {
    const Flow& flow = flows[found.seen[i]];
    Weight weight = Weight::normal;
    if (about(flow, selected) || about(flow, hovered) || is_cause(canvas, found.seen[i])) {
      weight = Weight::lit;
    } else if (selected != 0) {
      weight = Weight::faint;
    } else if (found.in_view > kCalm) {
      weight = i + kJustHappened >= found.in_view && i < found.in_view ? Weight::normal : Weight::faint;
    }
    if (weight == Weight::faint && i % skip != 0) continue;
    chosen.push_back({found.seen[i], weight});
  }
  // Signals last: they are rare, and often at the very place of the join that follows.
  std::stable_sort(chosen.begin(), chosen.end(), [&](const Chosen& a, const Chosen& b) {
    const bool a_signal = flows[a.flow].kind == FlowKind::signal, b_signal = flows[b.flow].kind == FlowKind::signal;
    return std::pair(a.weight, a_signal) < std::pair(b.weight, b_signal);
  });
  return chosen;
}

// Who woke whom: all of them while they are few; else those of what is selected or pointed at, and the latest. The locks
// inside a queue are shown only when they are asked for.
std::vector<Chosen> choose_wakes(const Canvas& canvas) {
  const auto& flows = canvas.model.flows();
  const Found found = look(canvas, canvas.tallies.wakes());
  const timeline::TaskId selected = canvas.ui.selection.task, hovered = canvas.ui.hover.task;
  const auto inner = [&](const Flow& flow) {
    const timeline::Object* object = canvas.model.find_object(flow.object);
    return object != nullptr && (object->internal() || object->channel != timeline::kNone);
  };
  const auto shown = static_cast<std::size_t>(
      std::count_if(found.seen.begin(), found.seen.end(), [&](std::size_t i) { return !inner(flows[i]); }));
  std::vector<Chosen> chosen;
  for (const std::size_t i : found.seen) {
    const Flow& flow = flows[i];
    const bool asked = about(flow, selected) || about(flow, hovered) || is_cause(canvas, i);
    const bool latest = canvas.live && flow.to_ns >= canvas.plot.now_ns() - kJustNow && !inner(flow);
    if (asked || latest || (shown <= kCalm && !inner(flow))) {
      const bool few = chosen.size() < kCalm;
      if (!few && !latest) continue;
      chosen.push_back({i, asked && !inner(flow) ? Weight::lit : selected != 0 && !asked ? Weight::faint : Weight::normal});
    }
  }
  return chosen;
}

// From a bar's edge down, and round the corner into the head of another. Where the child began at once, the line first
// steps to the left: then it arrives from there as well, and does not run over the beginnings of those between.
std::vector<ImVec2> start_path(const Rect& from, const Rect& to, float from_x, float to_x, float least_x) {
  const bool down = to.y0 > from.y0;
  const float y0 = down ? from.y1 : from.y0, middle = (to.y0 + to.y1) * 0.5f, way = down ? 1.0f : -1.0f;
  const float height = std::abs(middle - y0);
  const float column = std::min(from_x, std::max(to_x - px(kCorner), std::min(least_x, from_x)));
  std::vector<ImVec2> path = {ImVec2(from_x, y0)};
  if (column < from_x - 1) {
    const float step = std::min(px(20), height * 0.4f) * way;
    curve_to(path, ImVec2(from_x, y0 + step * 0.6f), ImVec2(column, y0 + step * 0.4f), ImVec2(column, y0 + step));
  }
  const float radius = std::max(std::min({px(kCorner), to_x - column - px(kHead) * 0.5f, height * 0.5f}), 1.0f);
  const float turn = middle - way * radius;
  path.emplace_back(column, turn);
  curve_to(path, ImVec2(column, turn + way * radius * 0.7f), ImVec2(column + radius * 0.3f, middle),
           ImVec2(column + radius, middle));
  path.emplace_back(to_x, middle);
  return path;
}

// From where the child's zombie ends, along it where the join was later, and up to the joiner.
std::vector<ImVec2> join_path(const Rect& child, const Rect& joiner, float end_x, float join_x) {
  const bool up = joiner.y0 < child.y0;
  const float edge = up ? joiner.y1 : joiner.y0, middle = (child.y0 + child.y1) * 0.5f;
  if (join_x - end_x < px(12)) return {ImVec2(join_x, up ? child.y0 : child.y1), ImVec2(join_x, edge)};
  const float radius = std::min(px(14), join_x - end_x), turn = middle + (up ? -radius : radius);
  std::vector<ImVec2> path = {ImVec2(end_x, middle), ImVec2(join_x - radius, middle)};
  curve_to(path, ImVec2(join_x - radius * 0.3f, middle), ImVec2(join_x, turn - (turn - middle) * 0.3f),
           ImVec2(join_x, turn), 8);
  path.emplace_back(join_x, edge);
  return path;
}

// Straight to the target at the moment of sending: the kernel delivers at once. The death that follows is in the
// target's own lane. The zigzag is beside the sender, where the word stands.
std::vector<ImVec2> bolt_path(const Rect& from, const Rect& to, float x) {
  const bool down = to.y0 > from.y0;
  const float y0 = down ? from.y1 : from.y0, y1 = down ? to.y0 : to.y1, way = down ? 1.0f : -1.0f;
  const float turn = y0 + way * std::min(std::abs(y1 - y0) * 0.5f, px(20));
  return {ImVec2(x, y0), ImVec2(x - px(5), turn + way * px(4)), ImVec2(x + px(5), turn - way * px(4)),
          ImVec2(x, turn + way * px(12)), ImVec2(x, y1)};
}

void write_signal_word(Canvas& canvas, const Flow& flow, const ImVec2& start, bool down, std::string& label) {
  const platform::Palette& colors = platform::palette();
  label = signal_word(static_cast<int>(flow.detail));
  const ImVec2 size = measure(Font::small, label);
  const float y = down ? start.y + px(6) : start.y - px(6) - size.y;
  for (const float x : {start.x + px(11), start.x - px(11) - size.x}) {
    if (place_words(canvas, label, ImVec2(x, y), platform::readable(colors.signal, colors.lane))) return;
  }
}

// From the moment of the cause to that of the wake. Straight on the order axis: there each is one step.
std::vector<ImVec2> wake_path(const Canvas& canvas, const Rect& from, const Rect& to, float from_x, float to_x) {
  const bool down = to.y0 > from.y0;
  const float y0 = down ? from.y1 : from.y0, y1 = down ? to.y0 : to.y1;
  std::vector<ImVec2> path = {ImVec2(from_x, y0)};
  if (canvas.plot.axis().kind() == timeline::AxisKind::order || to_x - from_x < px(3)) {
    path.emplace_back(to_x, y1);
    return path;
  }
  const float height = y1 - y0;
  curve_to(path, ImVec2(from_x, y0 + height * 0.55f), ImVec2(to_x, y1 - height * 0.55f), ImVec2(to_x, y1), 14);
  return path;
}

// The event's name beside the begin of the arrow.
void write_wake_word(Canvas& canvas, const Flow& flow, const std::vector<ImVec2>& path, std::string& label) {
  const std::string name = name_words(canvas.model, flow.object);
  const bool down = path.back().y > path.front().y;
  const float height = measure(Font::small, name).y;
  const float y = down ? path.front().y + px(5) : path.front().y - px(5) - height;
  const float width = measure(Font::small, name).x;
  for (const float x : {path.front().x + px(8), path.front().x - px(8) - width}) {
    if (!place_words(canvas, name, ImVec2(x, y), platform::palette().text_dim)) continue;
    label = name;
    return;
  }
}

// A wake, thin: what happened is in the lanes, this says why.
void draw_wake(Canvas& canvas, std::size_t index, Weight weight) {
  const Flow& flow = canvas.model.flows()[index];
  const std::optional<Ends> ends = ends_of(canvas, flow);
  if (!ends) return;
  const platform::Palette& colors = platform::palette();
  std::vector<ImVec2> path = wake_path(canvas, canvas.layout.bar(ends->from_lane), canvas.layout.bar(ends->to_lane),
                                       ends->from_x, ends->to_x);
  const platform::Color color = weight == Weight::lit ? colors.text : platform::mix(colors.text_dim, colors.lane, 0.1f);
  draw_arrow(canvas, path, {color, px(1.2f), px(kHead - 2)}, weight);
  Item item{{Drawn::What::arrow, flow.to, 0, 0, 0, 0, {}}, flow.from_ns, flow.to_ns, index};
  // Who lets go of a lock and who takes it is told by the arrow alone, until somebody asks.
  const timeline::Object* object = canvas.model.find_object(flow.object);
  const bool lock = object != nullptr && object->kind >= trace::ObjectKind::lock &&
                    object->kind <= trace::ObjectKind::bounded_semaphore;
  if (weight == Weight::lit || (weight == Weight::normal && !lock))
    write_wake_word(canvas, flow, path, item.drawn.label);
  add_arrow(canvas, std::move(item), std::move(path));
}

void draw_flow(Canvas& canvas, std::size_t index, Weight weight) {
  const Flow& flow = canvas.model.flows()[index];
  const std::optional<Ends> ends = ends_of(canvas, flow);
  if (!ends) return;
  const platform::Palette& colors = platform::palette();
  const Rect from = canvas.layout.bar(ends->from_lane), to = canvas.layout.bar(ends->to_lane);
  const bool down = to.y0 > from.y0;
  std::vector<ImVec2> path;
  ArrowLook look{platform::mix(colors.text, colors.lane, 0.14f), px(1.6f), px(kHead), flow.kind == FlowKind::join};
  switch (flow.kind) {
    case FlowKind::start:
      path = start_path(from, to, ends->from_x, ends->to_x, canvas.plot.area().x0 + px(5));
      break;
    case FlowKind::join: {
      const timeline::Task& child = canvas.task(ends->from_lane);
      const std::int64_t end_ns = std::max(flow.from_ns, std::min(child.reaped_ns, flow.to_ns));
      path = join_path(from, to, canvas.plot.x(end_ns), ends->to_x);
      break;
    }
    case FlowKind::signal:
      path = bolt_path(from, to, ends->from_x);
      look.color = colors.signal;
      look.thickness = px(2.4f);
      break;
    case FlowKind::message:
    case FlowKind::wake:
      return;
  }
  if (weight == Weight::lit && flow.kind != FlowKind::signal) look.color = colors.text;
  draw_arrow(canvas, path, look, weight);
  if (flow.kind == FlowKind::start && weight != Weight::faint) {
    line(canvas.list, path.front().x - px(4), path.front().y, path.front().x + px(4), path.front().y, look.color, px(3));
  }
  Item item{{Drawn::What::arrow, flow.kind == FlowKind::join ? flow.from : flow.to, 0, 0, 0, 0, {}},
            flow.from_ns,
            flow.to_ns,
            index};
  if (flow.kind == FlowKind::signal && weight != Weight::faint)
    write_signal_word(canvas, flow, path.front(), down, item.drawn.label);
  add_arrow(canvas, std::move(item), std::move(path));
}

}  // namespace

void draw_flows(Canvas& canvas) {
  for (const Chosen& chosen : choose(canvas)) draw_flow(canvas, chosen.flow, chosen.weight);
  for (const Chosen& chosen : choose_wakes(canvas)) draw_wake(canvas, chosen.flow, chosen.weight);
}

}  // namespace forklight::app::timeline_view
