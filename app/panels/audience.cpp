// What helps those who watch: captions under the timeline, the key that was pressed, a ring round the pointer.
#include <algorithm>
#include <cmath>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/timeline/text.h"
#include "core/base/clock.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::Audience;
using session::RunState;

constexpr std::int64_t kLate = 40'000'000;  // what other processes have written comes a little later
constexpr std::int64_t kFade = 160'000'000;
constexpr float kBand = 56, kPill = 44;  // points

// 1 … 0 over the last part of a stretch of time.
float fading(std::int64_t age_ns, std::int64_t whole_ns, bool reduced_motion) {
  if (reduced_motion) return age_ns < whole_ns ? 1.0f : 0.0f;
  return std::clamp(static_cast<float>(whole_ns - age_ns) / static_cast<float>(kFade), 0.0f, 1.0f);
}

// The caption of the moment that the person looks at: the selected one, else what goes on.
std::string caption_now(Context& context, session::CaptionTrack& track) {
  const timeline::Model& model = context.session.model();
  if (model.events().empty()) {
    track.clear();
    return {};
  }
  const session::Selection& selection = context.ui.selection;
  if (selection.time_ns) {
    session::Caption caption;
    return session::caption_at(model, *selection.time_ns, caption) ? session::caption_words(model, caption) : std::string();
  }
  // A run of ours is told as time goes on, also what was still untold when it ended; of a file, its end is what stands on the screen.
  if (context.session.state() != RunState::opened)
    track.advance(model, std::max(base::now_ns() - kLate, model.begin_ns()));
  else
    track.advance(model, context.session.going_on() ? context.session.now_ns() : model.end_ns() + 2 * session::kCaptionDwell);
  return track.captions().empty() ? std::string() : session::caption_words(model, track.captions().back());
}

}  // namespace

bool captions_shown(const UiState& ui) { return ui.lecture.on || (ui.presenting ? ui.audience.presented_captions : ui.audience.captions); }

float captions_height() { return std::max(px(kBand), leading(Font::title) + px(20)); }

void draw_captions(Context& context, session::CaptionTrack& track) {
  // What a tour says comes first.
  const std::string& told = session::in_language(context.ui.lecture.caption);
  const std::string words = told.empty() ? caption_now(context, track) : told;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
  list->AddLine(start, {start.x + size.x, start.y}, palette().line);
  if (words.empty()) return;
  // One line, in the middle; two smaller ones where it is long.
  const float room = size.x - px(48);
  if (text_width(Font::title, words) <= room) {
    const float width = text_width(Font::title, words);
    draw_text_in(list, Font::title, start.x + (size.x - width) / 2, start.y, start.x + size.x, start.y + size.y, palette().text, words);
    return;
  }
  std::vector<std::string_view> lines = wrap(Font::strong, words, room);
  std::string last;
  if (lines.size() > 2) {
    last = timeline_view::shortened(Font::strong, std::string(lines[1].data(), static_cast<std::size_t>(words.data() + words.size() - lines[1].data())), room);
    lines.resize(2);
    lines[1] = last;
  }
  const float height = leading(Font::strong) * static_cast<float>(lines.size());
  float y = start.y + (size.y - height) / 2;
  for (const std::string_view line : lines) {
    const float width = text_width(Font::strong, line);
    draw_text_in(list, Font::strong, start.x + (size.x - width) / 2, y, start.x + size.x, y + leading(Font::strong), palette().text, line);
    y += leading(Font::strong);
  }
}

namespace {

void draw_press(const UiState& ui, ImDrawList* list, std::int64_t now_ns) {
  const Audience::Press& press = ui.audience.press;
  if (press.key.empty()) return;
  const float there = fading(now_ns - press.at_ns, session::kPressShown, ui.audience.reduced_motion);
  if (there <= 0) return;
  const std::string times = press.times > 1 ? fmt::format(" ×{}", press.times) : std::string();
  const std::string key = press.key + times;
  const float key_width = text_width(Font::code, key), title_width = press.title.empty() ? 0 : text_width(Font::strong, press.title) + px(16);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = key_width + title_width + px(48), height = std::max(px(kPill), leading(Font::strong) + px(16));
  const float above = px(48) + (captions_shown(ui) ? captions_height() : 0);
  const float x0 = std::max(px(8), (screen.x - width) / 2), y0 = std::max(px(8), screen.y - above - height);
  const float x1 = std::min(screen.x - px(8), x0 + width), y1 = y0 + height;
  const auto ink = [&](Color color) { return platform::with_alpha(color, there); };
  list->AddRectFilled({x0, y0}, {x1, y1}, ink(palette().panel_raised), px(12));
  platform::compat::rect(list, {x0, y0}, {x1, y1}, ink(palette().line), px(12), std::max(1.0f, px(1)));
  // The key as a key.
  const float kx0 = x0 + px(12), kx1 = kx0 + key_width + px(24);
  list->AddRectFilled({kx0, y0 + px(7)}, {kx1, y1 - px(7)}, ink(palette().window), px(6));
  platform::compat::rect(list, {kx0, y0 + px(7)}, {kx1, y1 - px(7)}, ink(palette().text_dim), px(6), std::max(1.0f, px(1)));
  draw_text_in(list, Font::code, kx0 + px(12), y0, kx1, y1, ink(palette().text), key);
  if (!press.title.empty()) draw_text_in(list, Font::strong, kx1 + px(12), y0, x1 - px(8), y1, ink(palette().text), press.title);
}

void draw_pointer(const UiState& ui, ImDrawList* list, std::int64_t now_ns) {
  if (!ImGui::IsMousePosValid()) return;
  const ImVec2 at = ImGui::GetIO().MousePos, screen = ImGui::GetIO().DisplaySize;
  if (at.x < 0 || at.y < 0 || at.x >= screen.x || at.y >= screen.y) return;
  const bool down = ImGui::IsMouseDown(ImGuiMouseButton_Left) || ImGui::IsMouseDown(ImGuiMouseButton_Right);
  const Color ink = palette().signal;
  const float radius = px(down ? 17 : 21);
  list->AddCircleFilled(at, radius, platform::with_alpha(ink, down ? 0.4f : 0.14f), 48);
  list->AddCircle(at, radius, platform::with_alpha(ink, 0.95f), 48, px(down ? 4 : 3));
  const std::int64_t age = now_ns - ui.audience.click_ns;
  if (ui.audience.reduced_motion || ui.audience.click_ns == 0 || age < 0 || age >= session::kRipple) return;
  const float share = static_cast<float>(age) / static_cast<float>(session::kRipple);
  list->AddCircle({ui.audience.click_x, ui.audience.click_y}, px(21 + 26 * share), platform::with_alpha(ink, 0.8f * (1 - share)), 64, px(3));
}

}  // namespace

void draw_audience(UiState& ui) {
  const std::int64_t now = base::now_ns();
  ImDrawList* list = ImGui::GetForegroundDrawList();
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left) || ImGui::IsMouseClicked(ImGuiMouseButton_Right)) {
    ui.audience.click_ns = now;
    ui.audience.click_x = ImGui::GetIO().MousePos.x;
    ui.audience.click_y = ImGui::GetIO().MousePos.y;
  }
  if (ui.audience.pointer && !ui.audience.lens) draw_pointer(ui, list, now);
  if (ui.audience.keys) draw_press(ui, list, now);
}

void note_press(Context& context, session::Shortcut shortcut, std::string_view command) {
  Audience::Press& press = context.ui.audience.press;
  const std::int64_t now = base::now_ns();
  std::string key = session::to_string(shortcut), title = command.empty() ? std::string() : title_of(command);
  const bool again = press.key == key && press.title == title && now - press.at_ns < session::kPressShown;
  press = {std::move(key), std::move(title), again ? press.times + 1 : 1, now};
}

bool audience_moves(const UiState& ui, const session::CaptionTrack& track) {
  const std::int64_t now = base::now_ns();
  const Audience& audience = ui.audience;
  // A little longer, so that the last frame is without it.
  constexpr std::int64_t kFrame = 40'000'000;
  if (audience.keys && !audience.press.key.empty() && now - audience.press.at_ns < session::kPressShown + kFrame) return true;
  if (audience.pointer && !audience.reduced_motion && now - audience.click_ns < session::kRipple + kFrame) return true;
  return captions_shown(ui) && track.waiting();
}

}  // namespace forklight::app::panels
