// What tells of the film of the window: a red dot and how long it is, how far the film is that is being made, and where the last one is. A
// window of its own, at the right end of the line at the foot or of the bar while presenting: the film is taken without it.
#include <algorithm>
#include <cmath>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::RecordingState;

constexpr float kPad = 10, kDot = 5, kGap = 8, kClose = 22, kIcon = 14;  // points

// 0:07, 12:34, 1:02:03
std::string clock_words(std::int64_t ns) {
  const auto seconds = static_cast<long>(ns / 1'000'000'000);
  return seconds < 3600 ? fmt::format("{}:{:02}", seconds / 60, seconds % 60) : fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string making_words(const RecordingState& state) {
  const auto percent = std::lround(state.share * 100);
  if (state.seconds_left < 0) return tr("recording.begun");
  const auto left = static_cast<long>(std::ceil(state.seconds_left));
  return left < 1 ? tr("recording.percent", fmt::arg("percent", percent)) : tr("recording.left", fmt::arg("percent", percent), fmt::arg("left", left));
}

// The digits change every second: what stands beside them does not move with them.
float steady_width(std::string words) {
  std::replace_if(words.begin(), words.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
  return text_width(Font::small, words);
}

float recording_part(const RecordingState& state) { return state.on ? px(kPad * 2 + kDot * 2 + kGap) + steady_width(clock_words(state.length_ns)) : 0; }
float making_part(const RecordingState& state) { return state.making ? px(kPad * 2 + kClose) + steady_width(making_words(state)) : 0; }
float film_part(const Context& context) {
  return !context.ui.recording.making && context.ui.recording.is_at_hand(context.session.notice()) ? px(kPad * 2 + kIcon + kGap) + text_width(Font::small, tr("recording.at_hand")) : 0;
}

Hit part(UiState& ui, ImDrawList* list, const char* id, float x, float y, ImVec2 size) {
  ImGui::SetCursorScreenPos({x, y});
  const Hit area = hit(ui, id, size);
  if (area.hovered) list->AddRectFilled(area.min, area.max, palette().hover, px(4));
  draw_focus(area, px(4));
  return area;
}

}  // namespace

float recording_width(const Context& context) {
  const RecordingState& state = context.ui.recording;
  const float width = recording_part(state) + making_part(state) + film_part(context);
  return width > 0 ? width + px(8) : 0;
}

void draw_recording(Context& context) {
  UiState& ui = context.ui;
  const RecordingState& state = ui.recording;
  const float width = recording_width(context);
  if (width <= 0) return;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float height = std::min(screen.y, px(ui.presenting ? 52 : 26));
  const float most = std::min(width, screen.x);
  const ImVec2 at(screen.x - most - px(ui.presenting ? 8 : 4), ui.presenting ? 0 : screen.y - height);
  ImGui::SetNextWindowPos(at);
  ImGui::SetNextWindowSize({most, height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0f);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  const bool shown = ImGui::Begin(kRecordingWindow, nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing);
  ImGui::PopStyleVar(3);
  if (shown) {
    ImDrawList* const list = ImGui::GetWindowDrawList();
    const Color surface = ui.presenting ? palette().panel : palette().status_bar;
    const float row = std::min(height, px(ui.presenting ? 32 : 22)), y = at.y + (height - row) / 2, middle = y + row / 2;
    float x = at.x;
    if (const float room = film_part(context); room > 0) {
      const Hit area = part(ui, list, "film", x, y, {room, row});
      if (area.clicked) ui.push("film.folder");
      tooltip(title_of("film.folder") + "\n" + printable(state.made));
      draw_icon(list, Icon::folder, {x + px(kPad + kIcon / 2), middle}, px(12), palette().text_dim);
      draw_text_in(list, Font::small, x + px(kPad + kIcon + kGap), y, x + room, y + row, palette().text, tr("recording.at_hand"));
      x += room;
    }
    if (const float room = making_part(state); room > 0) {
      draw_text_in(list, Font::small, x + px(kPad), y, x + room, y + row, palette().text, making_words(state));
      // How far it is, as a line along its foot.
      const float from = x + px(kPad), to = x + room - px(kPad + kClose) + px(4), foot = y + row - px(2);
      list->AddLine({from, foot}, {to, foot}, palette().line, px(2));
      list->AddLine({from, foot}, {from + (to - from) * static_cast<float>(std::clamp(state.share, 0.0, 1.0)), foot}, palette().accent_text, px(2));
      const Hit close = part(ui, list, "give-up", x + room - px(kClose + kPad / 2), y, {px(kClose), row});
      draw_icon(list, Icon::close, {(close.min.x + close.max.x) / 2, middle}, px(9), close.hovered ? palette().text : palette().text_dim);
      if (close.clicked) ui.push("film.give_up");
      tooltip(state.waiting > 0 ? title_of("film.give_up") + "\n" + tr("recording.waiting", fmt::arg("count", state.waiting)) : title_of("film.give_up"));
      x += room;
    }
    if (const float room = recording_part(state); room > 0) {
      const Hit area = part(ui, list, "recording", x, y, {room, row});
      if (area.clicked) ui.push("film.record");
      tooltip(std::string(tr("recording.stop")) + "  [" + to_string(session::find_command(std::string_view("film.record"))->shortcut) + "]");
      list->AddCircleFilled({x + px(kPad + kDot), middle}, px(kDot), platform::readable(palette().error, surface), 24);
      draw_text_in(list, Font::small, x + px(kPad + 2 * kDot + kGap), y, x + room, y + row, palette().text, clock_words(state.length_ns));
    }
  }
  ImGui::End();
}

}  // namespace forklight::app::panels
