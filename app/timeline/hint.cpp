// What stands where no run is yet: the key to press, what will happen, and the shapes to look for.
#include <algorithm>
#include <array>
#include <optional>

#include "app/i18n/i18n.h"
#include "app/timeline/badge.h"
#include "app/timeline/canvas.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;

constexpr float kBar = 22;  // points: the samples' height

// "Press {key}", with the key drawn as one.
void write_press(ImDrawList* list, float middle, float y, const std::string& key) {
  const platform::Palette& colors = platform::palette();
  constexpr char kHere = '\x01';
  const std::string sentence = tr("timeline.hint.press", fmt::arg("key", std::string(1, kHere)));
  const std::size_t at = std::min(sentence.find(kHere), sentence.size());
  const std::string before = sentence.substr(0, at), after = at < sentence.size() ? sentence.substr(at + 1) : "";
  const ImVec2 key_size = measure(Font::title, key);
  const float pad = px(14), gap = px(5), left_width = measure(Font::title, before).x,
              right_width = measure(Font::title, after).x;
  float x = middle - (left_width + key_size.x + 2 * pad + 2 * gap + right_width) * 0.5f;
  write(list, Font::title, ImVec2(x, y), colors.text, before);
  x += left_width + gap;
  const Rect cap{x, y - px(6), x + key_size.x + 2 * pad, y + key_size.y + px(6)};
  fill(list, {cap.x0, cap.y0 + px(3), cap.x1, cap.y1 + px(3)}, colors.line, px(7));
  fill(list, cap, colors.run_button, px(7));
  write(list, Font::title, ImVec2(x + pad, y), colors.run_button_text, key);
  write(list, Font::title, ImVec2(cap.x1 + gap, y), colors.text, after);
}

void write_centred(ImDrawList* list, Font font, float middle, float y, platform::Color color, std::string_view text) {
  write(list, font, ImVec2(middle - measure(font, text).x * 0.5f, y), color, text);
}

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

// The grammar in two columns; returns its height. Draws where a list is given.
float legend(ImDrawList* list, float middle, float top) {
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

}  // namespace

void draw_hint(ImDrawList* list, const Rect& window, const session::Session& session) {
  const platform::Palette& colors = platform::palette();
  fill(list, window, colors.lane);
  const float middle = (window.x0 + window.x1) * 0.5f;
  if (session.live()) {
    write_centred(list, Font::title, middle, (window.y0 + window.y1 - line_height(Font::title)) * 0.5f, colors.text_dim,
                  tr("timeline.hint.starting"));
    return;
  }
  const session::Command* run = session::find_command("run");
  const std::string key = run == nullptr ? std::string() : session::to_string(run->shortcut);
  const std::string scenario = fmt::format("scenario.{}", session.scenario().id);
  const std::string_view title = tr(scenario + ".title");
  const std::string_view promise = i18n::has(scenario + ".promise") ? tr(scenario + ".promise") : "";

  const float wrap = std::min(px(520), window.width() - px(40));
  const float title_height = line_height(Font::title), strong = measure(Font::strong, title).y;
  const ImVec2 promised = measure(Font::body, promise, wrap);
  const float legend_height = legend(nullptr, middle, 0);
  float height = title_height + px(30) + strong + px(6) + promised.y;
  // The legend needs its room: on a small screen the key alone says what matters.
  const bool with_legend = height + px(34) + legend_height < window.height() - px(24) && window.width() > px(480);
  if (with_legend) height += px(34) + legend_height;
  float y = std::max(window.y0 + px(12), (window.y0 + window.y1 - height) * 0.5f);
  write_press(list, middle, y, key);
  y += title_height + px(30);
  write_centred(list, Font::strong, middle, y, colors.text, title);
  y += strong + px(6);
  write(list, Font::body, ImVec2(middle - promised.x * 0.5f, y), colors.text_dim, promise, wrap);
  y += promised.y + px(34);
  if (with_legend) legend(list, middle, y);
}

}  // namespace forklight::app::timeline_view
