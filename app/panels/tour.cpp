// A callout of the tour: beside the part of the window that it is about, with a ring round that. Nothing is dimmed and nothing is blocked.
#include "app/session/tour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::TourState;
using session::TourStep;

constexpr float kWidth = 340, kAway = 18, kEdge = 10;  // points: of a callout; from what it points at; from the window's edge

std::string key_of(std::string_view command) {
  const session::Command* found = session::find_command(command);
  return found == nullptr ? std::string() : session::to_string(found->shortcut);
}

struct Callout {
  ImVec2 at;          // its upper left corner
  ImVec2 tip, base;   // its pointer: where to, and from the middle of which of its edges
  bool points = false;
};

// Right of the part, left of it, below or above: the first with room; else in its middle.
Callout place_for(const TourState::Box& box, ImVec2 size, ImVec2 screen) {
  const float away = px(kAway), edge = px(kEdge);
  const auto inside_x = [&](float x) { return std::clamp(x, edge, std::max(edge, screen.x - size.x - edge)); };
  const auto inside_y = [&](float y) { return std::clamp(y, edge, std::max(edge, screen.y - size.y - edge)); };
  if (box.empty()) return {{inside_x((screen.x - size.x) / 2), inside_y((screen.y - size.y) / 2)}, {}, {}, false};
  const float middle_x = (box.x0 + box.x1) / 2, middle_y = (box.y0 + box.y1) / 2;
  const bool wide = box.x1 - box.x0 > box.y1 - box.y0;
  const auto beside = [&](bool right) -> std::optional<Callout> {
    const float x = right ? box.x1 + away : box.x0 - away - size.x;
    if (x < edge || x + size.x > screen.x - edge) return std::nullopt;
    const float y = inside_y(middle_y - size.y / 2), tip_y = std::clamp(middle_y, y + px(20), y + size.y - px(20));
    return Callout{{x, y}, {right ? box.x1 + px(4) : box.x0 - px(4), tip_y}, {right ? x : x + size.x, tip_y}, true};
  };
  const auto over = [&](bool below) -> std::optional<Callout> {
    const float y = below ? box.y1 + away : box.y0 - away - size.y;
    if (y < edge || y + size.y > screen.y - edge) return std::nullopt;
    const float x = inside_x(middle_x - size.x / 2), tip_x = std::clamp(middle_x, x + px(20), x + size.x - px(20));
    return Callout{{x, y}, {tip_x, below ? box.y1 + px(4) : box.y0 - px(4)}, {tip_x, below ? y : y + size.y}, true};
  };
  for (const int side : wide ? std::array{2, 3, 0, 1} : std::array{0, 1, 2, 3}) {
    const auto found = side < 2 ? beside(side == 0) : over(side == 2);
    if (found) return *found;
  }
  return {{inside_x(middle_x - size.x / 2), inside_y(middle_y - size.y / 2)}, {}, {}, false};
}

void draw_pointer(ImDrawList* list, const Callout& callout, Color color) {
  const ImVec2 way(callout.tip.x - callout.base.x, callout.tip.y - callout.base.y);
  const float length = std::max(1.0f, std::hypot(way.x, way.y)), half = px(8);
  const ImVec2 side(-way.y / length * half, way.x / length * half);
  list->AddTriangleFilled({callout.base.x + side.x, callout.base.y + side.y}, {callout.base.x - side.x, callout.base.y - side.y}, callout.tip, color);
}

void draw_dots(ImDrawList* list, ImVec2 at, int step) {
  for (int i = 0; i < static_cast<int>(session::kTourSteps); ++i)
    list->AddCircleFilled({at.x + px(5) + px(12) * static_cast<float>(i), at.y}, px(i == step ? 4 : 3), i == step ? palette().accent_text : i < step ? palette().text_dim : platform::mix(palette().panel_raised, palette().text_dim, 0.45f));
}

}  // namespace

void draw_tour(Context& context) {
  UiState& ui = context.ui;
  session::update_tour(context);
  if (!ui.tour.on() || ui.dialog != session::Dialog::none || ui.presenting) return;
  const TourStep& step = session::tour_steps()[static_cast<std::size_t>(ui.tour.step)];
  const TourState::Box& box = ui.tour.boxes[static_cast<std::size_t>(step.anchor)];
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const bool last = ui.tour.step + 1 == static_cast<int>(session::kTourSteps);
  const std::string id(step.id), title = tr("tour." + id + ".title");
  const std::string key0 = key_of(step.commands[0]), key1 = key_of(step.commands[1]), key2 = key_of(step.commands[2]);
  const std::string text = tr("tour." + id + ".text", fmt::arg("key0", key0), fmt::arg("key1", key1), fmt::arg("key2", key2));

  const float width = std::min(px(kWidth), screen.x - px(2 * kEdge)), inner = width - px(40);
  if (inner < px(80)) return;
  const std::vector<std::string_view> lines = wrap(Font::body, text, inner);
  const float height = px(18) + line_height(Font::strong) + px(8) + leading(Font::body) * static_cast<float>(lines.size()) + px(14) + px(32) + px(16);
  const Callout callout = place_for(box, {width, height}, screen);

  ImGui::SetNextWindowPos(callout.at);
  ImGui::SetNextWindowSize({width, height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, px(10));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0f);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, palette().panel_raised);
  const bool shown = ImGui::Begin("tour", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
  if (shown) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Color edge = palette().accent_text;
    list->PushClipRect({0, 0}, screen, false);
    if (!box.empty()) {
      const float out = px(3);
      platform::compat::rect(list, {std::max(box.x0 - out, 1.0f), std::max(box.y0 - out, 1.0f)}, {std::min(box.x1 + out, screen.x - 1), std::min(box.y1 + out, screen.y - 1)}, edge, px(8), px(2.5f));
    }
    if (callout.points) draw_pointer(list, callout, edge);
    platform::compat::rect(list, callout.at, {callout.at.x + width, callout.at.y + height}, edge, px(10), px(1.5f));
    list->PopClipRect();

    const float left = callout.at.x + px(20);
    float y = callout.at.y + px(18);
    draw_text(list, Font::strong, {left, y}, palette().text, title);
    y += line_height(Font::strong) + px(8);
    draw_lines(list, Font::body, {left, y}, palette().text, lines);
    y += leading(Font::body) * static_cast<float>(lines.size()) + px(14);
    draw_dots(list, {left, y + px(16)}, ui.tour.step);

    // From the right: the way on, the way back; leaving is always there.
    const auto button_width = [](const char* words) { return text_width(Font::strong, words) + px(32); };
    const char* const next = tr(last ? "tour.done" : "tour.next");
    float right = callout.at.x + width - px(16) - button_width(next);
    ImGui::SetCursorScreenPos({right, y});
    if (dialog_button(ui, "tour-next", next, ButtonStyle::run)) ui.push("tour.next");
    if (ui.tour.step > 0) {
      right -= px(8) + button_width(tr("tour.back"));
      ImGui::SetCursorScreenPos({right, y});
      if (dialog_button(ui, "tour-back", tr("tour.back"), ButtonStyle::plain)) ui.push("tour.back");
    }
    ImGui::SetCursorScreenPos({callout.at.x + width - px(38), callout.at.y + px(12)});
    const Hit close = hit(ui, "tour-close", {px(26), px(26)});
    tooltip(std::string(tr("tour.skip")) + "  [Esc]");
    if (close.hovered) list->AddRectFilled(close.min, close.max, palette().hover, px(5));
    draw_icon(list, Icon::close, {(close.min.x + close.max.x) / 2, close.center_y()}, px(11), palette().text_dim);
    draw_focus(close, px(5));
    if (close.clicked) ui.push("tour.end");
  }
  ImGui::End();
}

}  // namespace forklight::app::panels
