// Messages: an arrow from the one who put through the queue's lane to the one who got, its value on it; where many come
// at once, a band with their number.
//
// What is done goes with the pixels: messages are looked at by columns of the plot, and in a crowded column only some
// of them, for the lanes that its band ties together. Their number is exact.
#include <algorithm>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/arrow.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline::Channel;
using timeline::kOpen;
using timeline::Message;

constexpr float kColumn = 34, kCalmColumn = 8;  // points: messages that begin within one share a band
constexpr std::size_t kPutBefore = 512;         // put before the view, and perhaps got in it
constexpr std::size_t kSampled = 48;            // of a crowded column, for the lanes that it ties together
constexpr std::size_t kMostBands = 24;          // from one column
constexpr std::size_t kLetters = 8;
constexpr float kMessageHead = 8;

// One message, or several that go the same way at about the same time.
struct Bundle {
  std::size_t channel, first;  // in its messages
  std::size_t count;
  timeline::TaskId from, to;
  float from_x0, from_x1, to_x0, to_x1;  // of its first and its last
  bool arrived;
  Weight weight;
};

bool about(const Canvas& canvas, const Channel& channel, const Message& message, const session::Selection& which) {
  if (which.task == 0) return false;
  if (which.task == channel.object || message.from == which.task || message.to == which.task) return true;
  // A process stands for its threads.
  const auto process_of = [&](timeline::TaskId id) {
    const timeline::Task* task = canvas.model.find(id);
    return task == nullptr ? 0 : task->process;
  };
  return process_of(message.from) == which.task || process_of(message.to) == which.task;
}

Weight weight_of(const Canvas& canvas, const Channel& channel, const Message& message) {
  if (about(canvas, channel, message, canvas.ui.selection) || about(canvas, channel, message, canvas.ui.hover))
    return Weight::lit;
  for (const std::size_t cause : canvas.ui.causes.chain) {  // a link of the chain behind what is selected
    if (cause >= canvas.model.flows().size()) break;
    const timeline::Flow& flow = canvas.model.flows()[cause];
    if (flow.kind == timeline::FlowKind::message && flow.detail == message.id && flow.object == channel.object) return Weight::lit;
  }
  return canvas.ui.selection.task != 0 ? Weight::faint : Weight::normal;
}

// The part of a channel's messages that was put in the view, and those from before that are still in it.
struct InView {
  std::size_t begin, end;
  std::vector<std::size_t> earlier;
};

InView in_view(const Canvas& canvas, const Channel& channel) {
  const auto& messages = channel.messages;
  const std::int64_t from_ns = canvas.plot.time_ns(canvas.plot.area().x0),
                     to_ns = canvas.plot.time_ns(canvas.plot.area().x1);
  const auto first = std::partition_point(messages.begin(), messages.end(),
                                          [&](const Message& message) { return message.put_ns() < from_ns; });
  const auto last =
      std::partition_point(first, messages.end(), [&](const Message& message) { return message.put_ns() <= to_ns; });
  InView seen{static_cast<std::size_t>(first - messages.begin()), static_cast<std::size_t>(last - messages.begin()), {}};
  for (std::size_t i = seen.begin - std::min(seen.begin, kPutBefore); i < seen.begin; ++i) {
    if (messages[i].gone_ns >= from_ns && messages[i].gone_ns != kOpen) seen.earlier.push_back(i);
  }
  return seen;
}

Bundle single(const Canvas& canvas, std::size_t index, std::size_t at) {
  const Channel& channel = canvas.model.channels()[index];
  const Message& message = channel.messages[at];
  const bool arrived = message.fate == timeline::Fate::got;
  const float from_x = canvas.plot.x(message.put_ns());
  const float to_x = message.gone_ns == kOpen ? from_x : canvas.plot.x(message.gone_ns);
  return {index, at, 1, message.from, arrived ? message.to : 0, from_x, from_x, to_x, to_x, arrived,
          weight_of(canvas, channel, message)};
}

// Messages first … last of one column: those share a bundle that go between the same lanes and arrive in the same column
// as well. Where only some were looked at, the count of all stands on the first.
void bundle_column(const Canvas& canvas, std::size_t index, std::size_t first, std::size_t last, float column,
                   std::vector<Bundle>& bundles) {
  const std::size_t count = last - first, begin = bundles.size();
  const std::size_t stride = std::max<std::size_t>(1, count / kSampled);
  const auto take = [&](std::size_t at) {
    const Bundle one = single(canvas, index, at);
    const auto same = std::find_if(bundles.begin() + static_cast<std::ptrdiff_t>(begin), bundles.end(), [&](const Bundle& b) {
      return b.from == one.from && b.to == one.to && b.arrived == one.arrived &&
             std::max(b.to_x1, one.to_x0) - std::min(b.to_x0, one.to_x0) <= column;
    });
    if (same == bundles.end()) {
      if (bundles.size() - begin < kMostBands) bundles.push_back(one);
      return;
    }
    same->from_x0 = std::min(same->from_x0, one.from_x0);
    same->from_x1 = std::max(same->from_x1, one.from_x1);
    same->to_x0 = std::min(same->to_x0, one.to_x0);
    same->to_x1 = std::max(same->to_x1, one.to_x1);
    same->weight = std::max(same->weight, one.weight);
    ++same->count;
  };
  for (std::size_t at = first; at < last; at += stride) take(at);
  if (stride > 1) take(last - 1);
  if (stride == 1) return;
  std::sort(bundles.begin() + static_cast<std::ptrdiff_t>(begin), bundles.end(),
            [](const Bundle& a, const Bundle& b) { return a.count > b.count; });
  // Only some were looked at: the number is known for all of them together.
  for (std::size_t i = begin; i < bundles.size(); ++i) bundles[i].count = i == begin ? count : 0;
}

void bundle_channel(const Canvas& canvas, std::size_t index, const InView& seen, float column,
                    std::vector<Bundle>& bundles) {
  const auto& messages = canvas.model.channels()[index].messages;
  for (const std::size_t at : seen.earlier) bundles.push_back(single(canvas, index, at));
  for (std::size_t at = seen.begin; at < seen.end;) {
    const std::int64_t until_ns = canvas.plot.time_ns(canvas.plot.x(messages[at].put_ns()) + column);
    const auto next = std::partition_point(messages.begin() + static_cast<std::ptrdiff_t>(at),
                                           messages.begin() + static_cast<std::ptrdiff_t>(seen.end),
                                           [&](const Message& message) { return message.put_ns() < until_ns; });
    const std::size_t end = std::max(static_cast<std::size_t>(next - messages.begin()), at + 1);
    bundle_column(canvas, index, at, end, column, bundles);
    at = end;
  }
}

// From one lane through another to a third. Ends may be out of sight.
struct Way {
  float from_y, via_y, to_y;
  float room;    // how far from via_y its lane reaches, up and down
  bool through;  // the channel lies between the two
};

std::optional<Way> way_of(const Canvas& canvas, const Bundle& bundle) {
  const std::size_t lanes = canvas.layout.lanes().size();
  const std::size_t via = canvas.layout.lane_of_channel(bundle.channel);
  const std::size_t from = canvas.lane_of(bundle.from), to = bundle.arrived ? canvas.lane_of(bundle.to) : lanes;
  if (via >= lanes || (from >= lanes && to >= lanes)) return std::nullopt;
  const Rect channel = canvas.layout.bar(via);
  const float middle = (channel.y0 + channel.y1) * 0.5f;
  Way way{channel.y0, middle, middle, channel.height() * 0.5f, false};
  if (from < lanes) way.from_y = from < via ? canvas.layout.bar(from).y1 : canvas.layout.bar(from).y0;
  if (to < lanes) way.to_y = to < via ? canvas.layout.bar(to).y1 : canvas.layout.bar(to).y0;
  way.through = (from < via) != (to < via) && from < lanes && to < lanes;
  return way;
}

// The path of one message. On the order axis it is straight, as in a sequence diagram.
std::vector<ImVec2> path_of(const Canvas& canvas, const Way& way, float x0, float x1, bool arrived) {
  std::vector<ImVec2> path = {ImVec2(x0, way.from_y)};
  if (!arrived) {  // it lies in the channel
    const float x = x0 + px(14);
    curve_to(path, ImVec2(x0, way.from_y + (way.via_y - way.from_y) * 0.6f), ImVec2(x0 + px(2), way.via_y),
             ImVec2(x, way.via_y), 8);
    return path;
  }
  if (canvas.plot.axis().kind() == timeline::AxisKind::order) {
    path.emplace_back(x1, way.to_y);
    return path;
  }
  const float width = x1 - x0;
  if (way.through) {
    const float height = way.to_y - way.from_y, bow = std::min(width * 0.1f, px(10));
    curve_to(path, ImVec2(x0 + bow, way.from_y + height * 0.62f), ImVec2(x1 - bow, way.to_y - height * 0.62f),
             ImVec2(x1, way.to_y), 18);
    return path;
  }
  const float middle = (x0 + x1) * 0.5f, reach = width * 0.25f;
  curve_to(path, ImVec2(x0, way.from_y + (way.via_y - way.from_y) * 0.7f), ImVec2(middle - reach, way.via_y),
           ImVec2(middle, way.via_y), 12);
  curve_to(path, ImVec2(middle + reach, way.via_y), ImVec2(x1, way.to_y + (way.via_y - way.to_y) * 0.7f),
           ImVec2(x1, way.to_y), 12);
  return path;
}

// Where a path crosses a height, the share of its way there from `path.front()`.
ImVec2 at_height(const std::vector<ImVec2>& path, float y) {
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const float above = std::min(path[i].y, path[i + 1].y), below = std::max(path[i].y, path[i + 1].y);
    if (y < above || y > below) continue;
    const float share = below - above < 0.01f ? 0.5f : (y - path[i].y) / (path[i + 1].y - path[i].y);
    return ImVec2(path[i].x + (path[i + 1].x - path[i].x) * share, y);
  }
  return path[path.size() / 2];
}

// A value or a number on the way. Drawn after all lines.
struct Pill {
  Rect box;
  platform::Color edge;
  float thickness;
  std::string text;
};

// Finds its place; empty where there is no room.
std::string place_pill(Canvas& canvas, const std::vector<ImVec2>& path, const Way& way, const std::string& text,
                       platform::Color edge, Weight weight, std::vector<Pill>& pills) {
  if (weight == Weight::faint) return {};
  const ImVec2 size = measure(Font::small, text);
  const float half_height = size.y * 0.5f + px(1.5f), half_width = std::max(size.x * 0.5f + px(5), half_height);
  const Rect& plot = canvas.plot.area();
  // In the middle of the channel's lane if it can be, else further along.
  const float reach = std::max(way.room - half_height, 0.0f) * 0.5f;
  for (const float shift : {0.0f, -1.0f, 1.0f, -2.0f, 2.0f}) {
    const ImVec2 at = at_height(path, way.via_y + shift * reach);
    const Rect box{at.x - half_width, at.y - half_height, at.x + half_width, at.y + half_height};
    if (box.x0 < plot.x0 || box.x1 > plot.x1 || !canvas.place({box.x0 - 1, box.y0, box.x1 + 1, box.y1})) continue;
    pills.push_back({box, edge, px(weight == Weight::lit ? 2.2f : 1.5f), text});
    return text;
  }
  return {};
}

void draw_pill(Canvas& canvas, const Pill& pill) {
  const platform::Palette& colors = platform::palette();
  const Rect& box = pill.box;
  const ImVec2 size = measure(Font::small, pill.text);
  fill(canvas.list, box, colors.panel, box.height() * 0.5f);
  outline(canvas.list, box, pill.edge, box.height() * 0.5f, pill.thickness);
  write(canvas.list, Font::small, ImVec2((box.x0 + box.x1 - size.x) * 0.5f, (box.y0 + box.y1 - size.y) * 0.5f),
        colors.text, pill.text);
}

// Two paths, and what lies between them.
void draw_band(Canvas& canvas, const std::vector<ImVec2>& left, const std::vector<ImVec2>& right, platform::Color color) {
  for (std::size_t i = 0; i + 1 < std::min(left.size(), right.size()); ++i)
    canvas.list->AddQuadFilled(left[i], right[i], right[i + 1], left[i + 1], color);
}

platform::Color edge_color(const Canvas& canvas, const Bundle& bundle) {
  const std::size_t lane = canvas.lane_of(bundle.from);
  if (lane >= canvas.layout.lanes().size()) return platform::palette().accent_text;
  return platform::task_color(canvas.layout.lanes()[lane].index);
}

// "7 3 9": a few short values tell more than their number.
std::string band_text(const Canvas& canvas, const Bundle& bundle) {
  const auto& messages = canvas.model.channels()[bundle.channel].messages;
  constexpr std::size_t kFew = 3;
  if (bundle.count <= kFew) {
    std::string all;
    std::size_t found = 0;
    for (std::size_t i = bundle.first; i < messages.size() && i < bundle.first + 32 && found < bundle.count; ++i) {
      if (messages[i].from != bundle.from || (bundle.arrived && messages[i].to != bundle.to)) continue;
      const std::string value = value_words(canvas.model, messages[i], 4);
      if (value.size() > 4) break;
      all += (all.empty() ? "" : " ") + value;
      ++found;
    }
    if (found == bundle.count) return all;
  }
  return tr("timeline.flow.band", fmt::arg("count", i18n::format_count(bundle.count)));
}

void draw_bundle(Canvas& canvas, const Bundle& bundle, std::vector<Pill>& pills) {
  const std::optional<Way> way = way_of(canvas, bundle);
  if (!way) return;
  const Rect& plot = canvas.plot.area();
  if (std::max(bundle.from_x1, bundle.to_x1) < plot.x0 || std::min(bundle.from_x0, bundle.to_x0) > plot.x1) return;
  const float high = std::min({way->from_y, way->via_y, way->to_y}), low = std::max({way->from_y, way->via_y, way->to_y});
  if (low < plot.y0 || high > plot.y1) return;
  const platform::Palette& colors = platform::palette();
  const Channel& channel = canvas.model.channels()[bundle.channel];
  const Message& message = channel.messages[bundle.first];
  const platform::Color edge = edge_color(canvas, bundle);
  std::vector<ImVec2> path;
  std::string label;
  Item item{{Drawn::What::arrow, bundle.arrived ? bundle.to : bundle.from, 0, 0, 0, 0, {}},
            message.put_ns(),
            message.gone_ns,
            bundle.first,
            std::max<std::size_t>(bundle.count, 1),
            bundle.channel};
  if (bundle.count == 1) {
    path = path_of(canvas, *way, bundle.from_x0, bundle.to_x0, bundle.arrived);
    const bool lost = message.fate == timeline::Fate::dropped || message.fate == timeline::Fate::died;
    const platform::Color ink = lost ? colors.error : platform::mix(colors.text, colors.lane, 0.2f);
    draw_arrow(canvas, path, {ink, px(1.3f), bundle.arrived ? px(kMessageHead) : 0.0f, lost}, bundle.weight);
    // A pool's own messages carry no words: what was in them is told at its tasks.
    const timeline::Object* object = canvas.model.find_object(channel.object);
    if (message.text != 0 || object == nullptr || !object->internal())
      item.drawn.label = place_pill(canvas, path, *way, value_words(canvas.model, message, kLetters), edge, bundle.weight, pills);
  } else {
    const auto left = path_of(canvas, *way, bundle.from_x0, bundle.to_x0, bundle.arrived);
    const auto right = path_of(canvas, *way, std::max(bundle.from_x1, bundle.from_x0 + px(2)),
                               std::max(bundle.to_x1, bundle.to_x0 + px(2)), bundle.arrived);
    const float alpha = bundle.weight == Weight::lit ? 0.5f : bundle.weight == Weight::normal ? 0.3f : 0.12f;
    draw_band(canvas, left, right, platform::with_alpha(edge, alpha));
    path.reserve(left.size());
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
      path.emplace_back((left[i].x + right[i].x) * 0.5f, (left[i].y + right[i].y) * 0.5f);
    if (bundle.arrived && bundle.weight != Weight::faint) {
      const float size = std::clamp((right.back().x - left.back().x) * 0.5f, px(6), px(11));
      arrow_head(canvas.list, path.back(), ImVec2(path.back().x, path.back().y + (way->to_y > way->via_y ? -10.0f : 10.0f)),
                 size, platform::mix(edge, colors.text, 0.25f));
    }
    if (bundle.count > 0)
      item.drawn.label = place_pill(canvas, path, *way, band_text(canvas, bundle), edge, bundle.weight, pills);
  }
  add_arrow(canvas, std::move(item), std::move(path));
}

// In a live run, those that came or went a moment ago.
void add_newest(const Canvas& canvas, std::size_t index, const InView& seen, std::vector<Bundle>& bundles) {
  const auto& messages = canvas.model.channels()[index].messages;
  const std::int64_t since_ns = canvas.plot.now_ns() - kJustNow;
  std::size_t left = kJustHappened;
  for (std::size_t i = seen.end; i-- > seen.begin && left > 0;) {
    const Message& message = messages[i];
    const bool fresh = message.put_ns() >= since_ns || (message.gone_ns >= since_ns && message.gone_ns != kOpen);
    if (message.put_ns() < since_ns && seen.end - i > 64) break;
    if (!fresh || message.fate != timeline::Fate::got) continue;
    Bundle one = single(canvas, index, i);
    if (one.weight == Weight::faint) one.weight = Weight::normal;
    bundles.push_back(one);
    --left;
  }
}

}  // namespace

void draw_messages(Canvas& canvas) {
  const auto& channels = canvas.model.channels();
  std::vector<InView> seen;
  std::size_t all = 0;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const bool shown = canvas.layout.lane_of_channel(i) < canvas.layout.lanes().size();
    seen.push_back(shown ? in_view(canvas, channels[i]) : InView{0, 0, {}});
    all += seen.back().end - seen.back().begin + seen.back().earlier.size();
  }
  const bool calm = all <= kCalm;
  std::vector<Bundle> bundles;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (!calm && canvas.live) add_newest(canvas, i, seen[i], bundles);
    const std::size_t before = bundles.size();
    bundle_channel(canvas, i, seen[i], px(calm ? kCalmColumn : kColumn), bundles);
    // What goes through a pool's queues stands as blocks on its workers' lanes already: its arrows are for who asks.
    const std::size_t lane = canvas.layout.lane_of_channel(i);
    if (lane == canvas.layout.lanes().size() || !canvas.layout.lanes()[lane].of_pool) continue;
    bundles.erase(std::remove_if(bundles.begin() + static_cast<std::ptrdiff_t>(before), bundles.end(),
                                 [](const Bundle& bundle) { return bundle.weight != Weight::lit; }),
                  bundles.end());
  }
  // Faint ones below; bands below single arrows.
  std::stable_sort(bundles.begin(), bundles.end(), [](const Bundle& a, const Bundle& b) {
    return std::pair(a.weight, a.count == 1) < std::pair(b.weight, b.count == 1);
  });
  std::vector<Pill> pills;
  for (const Bundle& bundle : bundles) draw_bundle(canvas, bundle, pills);
  for (const Pill& pill : pills) draw_pill(canvas, pill);
}

}  // namespace forklight::app::timeline_view
