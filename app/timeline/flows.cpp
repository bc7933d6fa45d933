// Arrows between lanes: who started whom, whose end a join was waiting for, who sent a signal.
#include <algorithm>
#include <cmath>

#include "app/timeline/canvas.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using platform::Font;
using platform::px;
using timeline::Flow;
using timeline::FlowKind;

constexpr std::size_t kCalm = 24;           // so many arrows can be followed by eye
constexpr std::size_t kJustHappened = 8;    // stay lit where there are more
constexpr std::size_t kFaint = 120;         // and so many are hinted at
constexpr std::size_t kExamined = 1024;     // per frame, for the picture
constexpr std::size_t kSearched = 200'000;  // per frame, for those of the selected task
constexpr std::size_t kReachBack = 2048;    // begun before the view, and perhaps ending in it
constexpr float kHead = 9, kCorner = 20;

enum class Weight { faint, normal, lit };

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

// Indices of the flows to draw, faint ones first. Flows are sorted by their begin.
std::vector<Chosen> choose(const Canvas& canvas) {
  const std::vector<Flow>& flows = canvas.model.flows();
  const std::int64_t from_ns = canvas.plot.time_ns(canvas.plot.area().x0),
                     to_ns = canvas.plot.time_ns(canvas.plot.area().x1);
  const auto first =
      std::partition_point(flows.begin(), flows.end(), [&](const Flow& flow) { return flow.from_ns < from_ns; });
  const auto last = std::partition_point(first, flows.end(), [&](const Flow& flow) { return flow.from_ns <= to_ns; });
  const auto begin = static_cast<std::size_t>(first - flows.begin()),
             end = static_cast<std::size_t>(last - flows.begin());

  std::vector<std::size_t> seen;
  const auto look_at = [&](std::size_t index) {
    if (ends_of(canvas, flows[index])) seen.push_back(index);
  };
  for (std::size_t i = begin - std::min(begin, kReachBack); i < begin; ++i) {
    if (flows[i].to_ns >= from_ns && flows[i].to_ns != timeline::kOpen) look_at(i);
  }
  // Too many to look at: some of all, and all of the newest.
  const std::size_t newest = end - std::min(end - begin, kExamined / 2);
  const std::size_t stride = std::max<std::size_t>(1, (newest - begin) / (kExamined / 2));
  for (std::size_t i = begin; i < newest; i += stride) look_at(i);
  for (std::size_t i = newest; i < end; ++i) look_at(i);
  const std::size_t in_view = seen.size();

  const timeline::TaskId selected = canvas.ui.selection.task, hovered = canvas.ui.hover.task;
  if (stride > 1 && (selected != 0 || hovered != 0)) {
    for (std::size_t i = newest - std::min(newest - begin, kSearched); i < newest; ++i) {
      if ((i - begin) % stride != 0 && (about(flows[i], selected) || about(flows[i], hovered))) look_at(i);
      if (seen.size() > in_view + kFaint) break;
    }
  }

  std::vector<Chosen> chosen;
  const std::size_t skip = std::max<std::size_t>(1, in_view / kFaint);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const Flow& flow = flows[seen[i]];
    Weight weight = Weight::normal;
    if (about(flow, selected) || about(flow, hovered)) {
      weight = Weight::lit;
    } else if (selected != 0) {
      weight = Weight::faint;
    } else if (in_view > kCalm) {
      weight = i + kJustHappened >= in_view && i < in_view ? Weight::normal : Weight::faint;
    }
    if (weight == Weight::faint && i % skip != 0) continue;
    chosen.push_back({seen[i], weight});
  }
  // Signals last: they are rare, and often at the very place of the join that follows.
  std::stable_sort(chosen.begin(), chosen.end(), [&](const Chosen& a, const Chosen& b) {
    const bool a_signal = flows[a.flow].kind == FlowKind::signal, b_signal = flows[b.flow].kind == FlowKind::signal;
    return std::pair(a.weight, a_signal) < std::pair(b.weight, b_signal);
  });
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
  const Rect& plot = canvas.plot.area();
  for (const float x : {start.x + px(11), start.x - px(11) - size.x}) {
    const Rect box{x - px(3), y, x + size.x + px(3), y + size.y};
    if (box.x0 < plot.x0 || box.x1 > plot.x1 || !canvas.place(box)) continue;
    canvas.labels.push_back({Font::small, ImVec2(x, y), platform::readable(colors.signal, colors.lane), box,
                             platform::with_alpha(colors.lane, 0.85f), label});
    return;
  }
}

void draw_flow(Canvas& canvas, std::size_t index, Weight weight) {
  const Flow& flow = canvas.model.flows()[index];
  const std::optional<Ends> ends = ends_of(canvas, flow);
  if (!ends) return;
  const platform::Palette& colors = platform::palette();
  const Rect from = canvas.layout.bar(ends->from_lane), to = canvas.layout.bar(ends->to_lane);
  const bool down = to.y0 > from.y0;
  std::vector<ImVec2> path;
  platform::Color color = platform::mix(colors.text, colors.lane, 0.14f);
  float thickness = px(1.6f);
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
      color = colors.signal;
      thickness = px(2.4f);
      break;
  }
  if (weight == Weight::lit) thickness += px(0.9f);
  if (weight == Weight::lit && flow.kind != FlowKind::signal) color = colors.text;
  const float alpha = weight == Weight::faint ? 0.28f : 1.0f;
  const Stroke how{platform::with_alpha(color, alpha),
                   platform::with_alpha(colors.lane, weight == Weight::faint ? 0.0f : 0.6f), thickness,
                   flow.kind == FlowKind::join};
  // The line ends inside the head, or its blunt end would show at the tip.
  const ImVec2 tip = path.back(), before = path[path.size() - 2];
  const float head = px(kHead) + (weight == Weight::lit ? px(1.5f) : 0),
              length = std::max(std::hypot(tip.x - before.x, tip.y - before.y), 0.01f);
  const float back = std::min(head * 0.6f, length);
  path.back() = ImVec2(tip.x - (tip.x - before.x) / length * back, tip.y - (tip.y - before.y) / length * back);
  stroke(canvas.list, path, how);
  path.back() = tip;
  arrow_head(canvas.list, tip, before, head, how.color);
  if (flow.kind == FlowKind::start && weight != Weight::faint) {
    line(canvas.list, path.front().x - px(4), path.front().y, path.front().x + px(4), path.front().y, how.color, px(3));
  }
  std::string label;
  if (flow.kind == FlowKind::signal && weight != Weight::faint)
    write_signal_word(canvas, flow, path.front(), down, label);

  const auto [left, right] =
      std::minmax_element(path.begin(), path.end(), [](const ImVec2& a, const ImVec2& b) { return a.x < b.x; });
  const auto [top, bottom] =
      std::minmax_element(path.begin(), path.end(), [](const ImVec2& a, const ImVec2& b) { return a.y < b.y; });
  const Rect& plot = canvas.plot.area();
  const Rect box{std::max(left->x, plot.x0), std::max(top->y, plot.y0), std::min(right->x, plot.x1),
                 std::min(bottom->y, plot.y1)};
  if (box.x1 < box.x0 || box.y1 < box.y0) return;
  canvas.items.push_back(
      {{Drawn::What::arrow, flow.kind == FlowKind::join ? flow.from : flow.to, box.x0, box.y0, box.x1, box.y1, label},
       flow.from_ns,
       flow.to_ns,
       index});
  canvas.arrows.push_back({canvas.items.size() - 1, std::move(path)});
}

}  // namespace

void draw_flows(Canvas& canvas) {
  for (const Chosen& chosen : choose(canvas)) draw_flow(canvas, chosen.flow, chosen.weight);
}

}  // namespace forklight::app::timeline_view
