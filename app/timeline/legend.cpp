#include "app/timeline/legend.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "app/i18n/i18n.h"
#include "app/timeline/badge.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline::FlowKind;
using timeline::State;

constexpr float kBar = 22;  // points: the samples' height

struct Sample {
  const char* key;
  void (*draw)(ImDrawList* list, const Rect& rect);
};

void sample_run(ImDrawList* list, const Rect& rect) {
  fill(list, rect, platform::task_color(0), px(3));
}
void sample_wait(ImDrawList* list, const Rect& rect) {
  fill(list, rect, platform::palette().panel, px(3));
  dotted_frame(list, rect, rect.x0, rect.x1, platform::task_color(1), px(1.5f));
}
void sample_sleep(ImDrawList* list, const Rect& rect) {
  const float middle = (rect.y0 + rect.y1) * 0.5f, half = rect.height() / 6;
  fill(list, {rect.x0, middle - half, rect.x1, middle + half},
       platform::mix(platform::task_color(0), platform::palette().lane, 0.32f), half);
}
void sample_zombie(ImDrawList* list, const Rect& rect) {
  const platform::Palette& colors = platform::palette();
  fill(list, rect, platform::mix(colors.lane, colors.zombie, 0.18f), px(2));
  cross_hatch(list, rect, rect.x0, rect.x1, colors.zombie, px(8));
}

void sample_gil(ImDrawList* list, const Rect& rect) {
  const platform::Palette& colors = platform::palette();
  fill(list, rect, platform::mix(colors.lane, colors.error, 0.1f), px(2));
  hatch(list, rect, rect.x0, rect.x1, platform::mix(colors.lane, colors.error, 0.85f), px(7), px(2.2f));
}
void sample_held(ImDrawList* list, const Rect& rect) {
  const platform::Palette& colors = platform::palette();
  fill(list, rect, platform::mix(colors.lane, colors.held, 0.55f), px(3));
  outline(list, rect, platform::mix(platform::task_color(0), colors.lane, 0.35f), px(3), px(1.5f));
  sign(list, Sign::pause, ImVec2((rect.x0 + rect.x1) * 0.5f, (rect.y0 + rect.y1) * 0.5f), px(12), colors.text);
}
void sample_lost(ImDrawList* list, const Rect& rect) {
  const platform::Palette& colors = platform::palette();
  torn_gap(list, rect, platform::mix(colors.lane, colors.lost, 0.22f), colors.lost);
}
void sample_arrow(ImDrawList* list, const Rect& rect, Color color, bool dashed) {
  const float middle = (rect.y0 + rect.y1) * 0.5f, head = px(9);
  stroke(list, {ImVec2(rect.x0, middle), ImVec2(rect.x1 - head, middle)}, {color, platform::palette().lane, px(1.8f), dashed});
  arrow_head(list, ImVec2(rect.x1, middle), ImVec2(rect.x0, middle), head, color);
}
void sample_start(ImDrawList* list, const Rect& rect) {
  sample_arrow(list, rect, platform::mix(platform::palette().text, platform::palette().lane, 0.14f), false);
}
void sample_join(ImDrawList* list, const Rect& rect) {
  sample_arrow(list, rect, platform::mix(platform::palette().text, platform::palette().lane, 0.14f), true);
}

void sample_stopped(ImDrawList* list, const Rect& rect) {
  const platform::Palette& colors = platform::palette();
  fill(list, rect, colors.stopped, px(3));
  outline(list, rect, colors.stopped_edge, px(3), px(1.5f));
  sign(list, Sign::pause, ImVec2((rect.x0 + rect.x1) * 0.5f, (rect.y0 + rect.y1) * 0.5f), px(12),
       platform::text_on(colors.stopped));
}

constexpr std::array kSamples = {
    Sample{"timeline.legend.running", sample_run}, Sample{"timeline.legend.waiting", sample_wait},
    Sample{"timeline.legend.sleeping", sample_sleep}, Sample{"timeline.legend.stopped", sample_stopped},
    Sample{"timeline.legend.zombie", sample_zombie}};

struct End {
  const char* key;
  int exit_code;
};
constexpr std::array kEnds = {End{"timeline.legend.success", 0}, End{"timeline.legend.failure", 1},
                              End{"timeline.legend.signal", -15}};

// Those that a hint for beginners need not explain.
struct Seen {
  State state;
  Sample sample;
};
constexpr std::array kSeen = {
    Seen{State::running, kSamples[0]}, Seen{State::blocked, kSamples[1]}, Seen{State::sleeping, kSamples[2]}, Seen{State::stopped, kSamples[3]},
    Seen{State::zombie, kSamples[4]}, Seen{State::gil_wait, {"figure.legend.gil", sample_gil}}, Seen{State::held, {"figure.legend.held", sample_held}},
    Seen{State::lost, {"figure.legend.lost", sample_lost}}};

// One entry: a shape or a badge, and what it means.
struct Entry {
  const Sample* sample;
  std::optional<int> exit_code;
  std::string words;
};

std::vector<Entry> entries(const timeline::Model& model, timeline::TimeRange range) {
  std::set<State> states;
  std::set<int> ends;
  for (const timeline::Task& task : model.tasks()) {
    const auto first = std::partition_point(task.spans.begin(), task.spans.end(), [&](const timeline::Span& span) { return span.end_ns <= range.begin_ns; });
    for (auto span = first; span != task.spans.end() && span->begin_ns < range.end_ns; ++span) states.insert(span->state);
    const bool ended = !task.is_thread() && range.begin_ns <= task.death_ns && task.death_ns <= range.end_ns;
    if (const std::optional<int> code = task.exit_code(); ended && code) ends.insert(*code);
  }
  if (states.contains(State::gil_switch)) states.insert(State::gil_wait);
  std::vector<Entry> all;
  for (const Seen& seen : kSeen)
    if (states.contains(seen.state)) all.push_back({&seen.sample, std::nullopt, tr(seen.sample.key)});
  static constexpr Sample kStart{"figure.legend.start", sample_start}, kJoin{"figure.legend.join", sample_join};
  for (const auto& [kind, sample] : {std::pair(FlowKind::start, &kStart), std::pair(FlowKind::join, &kJoin)}) {
    const auto there = [&, which = kind](const timeline::Flow& flow) {
      return flow.kind == which && flow.to_ns != timeline::kOpen && flow.from_ns <= range.end_ns && flow.to_ns >= range.begin_ns;
    };
    if (std::any_of(model.flows().begin(), model.flows().end(), there)) all.push_back({sample, std::nullopt, tr(sample->key)});
  }
  // One badge of a kind: the numbers stand on those of the figure.
  for (const End& end : kEnds) {
    const auto alike = [&](int code) { return end.exit_code == 0 ? code == 0 : (code < 0) == (end.exit_code < 0) && code != 0; };
    if (const auto one = std::find_if(ends.begin(), ends.end(), alike); one != ends.end()) all.push_back({nullptr, *one, tr(end.key)});
  }
  return all;
}

}  // namespace

float legend_columns(ImDrawList* list, float middle, float top) {
  const platform::Palette& colors = platform::palette();
  const float row = px(34), swatch = px(54), gap = px(12), between = px(44);
  float left_words = 0, right_words = 0, badges = 0;
  for (const Sample& sample : kSamples) left_words = std::max(left_words, measure(Font::body, tr(sample.key)).x);
  for (const End& end : kEnds) {
    right_words = std::max(right_words, measure(Font::body, tr(end.key)).x);
    badges = std::max(badges, badge_size(end.exit_code, px(kBar)).x);
  }
  if (list == nullptr) return row * static_cast<float>(kSamples.size());
  const float width = swatch + gap + left_words + between + badges + gap + right_words;
  const float left = middle - width * 0.5f, right = left + swatch + gap + left_words + between;
  float y = top;
  const float line = measure(Font::body, "0").y;
  for (const Sample& sample : kSamples) {
    const float centre = y + row * 0.5f;
    sample.draw(list, {left, centre - px(kBar / 2), left + swatch, centre + px(kBar / 2)});
    write(list, Font::body, ImVec2(left + swatch + gap, centre - line * 0.5f), colors.text_dim, tr(sample.key));
    y += row;
  }
  y = top;
  for (const End& end : kEnds) {
    const float centre = y + row * 0.5f;
    const ImVec2 size = badge_size(end.exit_code, px(kBar));
    draw_badge(list, {right, centre - size.y * 0.5f, right + size.x, centre + size.y * 0.5f}, end.exit_code);
    write(list, Font::body, ImVec2(right + badges + gap, centre - line * 0.5f), colors.text_dim, tr(end.key));
    y += row;
  }
  return row * static_cast<float>(kSamples.size());
}

float legend_rows(ImDrawList* list, const Rect& room, const timeline::Model& model, timeline::TimeRange range) {
  const float row = px(30), swatch = px(44), gap = px(9), between = px(28), line = measure(Font::body, "0").y;
  float x = room.x0, y = room.y0;
  for (const Entry& entry : entries(model, range)) {
    const ImVec2 badge = entry.sample == nullptr ? badge_size(entry.exit_code, px(kBar)) : ImVec2(swatch, px(kBar));
    const float width = badge.x + gap + measure(Font::body, entry.words).x;
    if (x > room.x0 && x + width > room.x1) {
      x = room.x0;
      y += row;
    }
    if (list != nullptr) {
      const float centre = y + row * 0.5f;
      const Rect rect{x, centre - badge.y * 0.5f, x + badge.x, centre + badge.y * 0.5f};
      if (entry.sample != nullptr)
        entry.sample->draw(list, rect);
      else
        draw_badge(list, rect, entry.exit_code);
      write(list, Font::body, ImVec2(x + badge.x + gap, centre - line * 0.5f), platform::palette().text_dim, entry.words);
    }
    x += width + between;
  }
  return y + row - room.y0;
}

}  // namespace forklight::app::timeline_view
