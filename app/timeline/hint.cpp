// What stands where no run is yet: the key to press, what will happen, and the shapes to look for.
#include <algorithm>
#include <optional>

#include "app/i18n/i18n.h"
#include "app/timeline/canvas.h"
#include "app/timeline/legend.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;

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

  const float room = std::min(px(520), window.width() - px(40));
  const float title_height = line_height(Font::title), strong = measure(Font::strong, title).y;
  const std::vector<std::string_view> promised = platform::wrap(Font::body, promise, room);
  const float legend_height = legend_columns(nullptr, middle, 0);
  float height = title_height + px(30) + strong + px(6) + line_height(Font::body) * static_cast<float>(promised.size());
  // The legend needs its room: on a small screen the key alone says what matters.
  const bool with_legend = height + px(34) + legend_height < window.height() - px(24) && window.width() > px(480);
  if (with_legend) height += px(34) + legend_height;
  float y = std::max(window.y0 + px(12), (window.y0 + window.y1 - height) * 0.5f);
  write_press(list, middle, y, key);
  y += title_height + px(30);
  write_centred(list, Font::strong, middle, y, colors.text, title);
  y += strong + px(6);
  for (const std::string_view line : promised) {
    write_centred(list, Font::body, middle, y, colors.text_dim, line);
    y += line_height(Font::body);
  }
  y += px(34);
  if (with_legend) legend_columns(list, middle, y);
}

}  // namespace forklight::app::timeline_view
