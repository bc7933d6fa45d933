#include "app/panels/icons.h"

#include <array>
#include <cmath>
#include <numbers>

namespace forklight::app::panels {
namespace {

using platform::Color;
namespace compat = platform::compat;

// A small coordinate system: −1 … 1 over the icon's box.
class Pen {
 public:
  Pen(ImDrawList* list, ImVec2 center, float size, Color color)
      : list_(list), center_(center), half_(size / 2), color_(color), width_(std::fmax(1.0f, size * 0.11f)) {}

  [[nodiscard]] ImVec2 at(float x, float y) const { return {center_.x + x * half_, center_.y + y * half_}; }

  template <std::size_t N>
  void line(const std::array<ImVec2, N>& points, bool closed = false, float heavier = 1) const {
    std::array<ImVec2, N> pixels;
    for (std::size_t i = 0; i < N; ++i) pixels[i] = at(points[i].x, points[i].y);
    compat::polyline(list_, pixels.data(), static_cast<int>(N), color_, closed, width_ * heavier);
  }
  void triangle(ImVec2 a, ImVec2 b, ImVec2 c) const {
    list_->AddTriangleFilled(at(a.x, a.y), at(b.x, b.y), at(c.x, c.y), color_);
  }
  void box(float x0, float y0, float x1, float y1) const {
    list_->AddRectFilled(at(x0, y0), at(x1, y1), color_, half_ * 0.2f);
  }
  void frame(float x0, float y0, float x1, float y1) const {
    compat::rect(list_, at(x0, y0), at(x1, y1), color_, half_ * 0.2f, width_);
  }
  void circle(float radius) const { list_->AddCircle(center_, radius * half_, color_, 0, width_); }
  void disc(float x, float y, float radius) const { list_->AddCircleFilled(at(x, y), radius * half_, color_); }
  void ring(float x, float y, float radius) const { list_->AddCircle(at(x, y), radius * half_, color_, 0, width_); }
  void arc(float radius, float from, float to) const {
    list_->PathArcTo(center_, radius * half_, from, to);
    compat::stroke_path(list_, color_, false, width_);
  }
  void half_disc(float radius) const {
    constexpr float kQuarter = std::numbers::pi_v<float> / 2;
    list_->PathArcTo(center_, radius * half_, -kQuarter, kQuarter);
    list_->PathFillConvex(color_);
  }
  // The fork: two tines that become one handle.
  void fork() const {
    for (const float side : {-1.0f, 1.0f}) {
      list_->PathLineTo(at(side * 0.62f, -0.9f));
      list_->PathLineTo(at(side * 0.62f, -0.25f));
      list_->PathBezierCubicCurveTo(at(side * 0.62f, 0.15f), at(side * 0.4f, 0.25f), at(0, 0.25f));
      compat::stroke_path(list_, color_, false, width_ * 1.25f);
    }
    line(std::array{ImVec2(0, 0.2f), ImVec2(0, 0.95f)}, false, 1.25f);
  }

 private:
  ImDrawList* list_;
  ImVec2 center_;
  float half_;
  Color color_;
  float width_;
};

void gear(const Pen& pen) {
  constexpr int kTeeth = 8;
  for (int i = 0; i < kTeeth; ++i) {
    const float angle = std::numbers::pi_v<float> * 2 * static_cast<float>(i) / kTeeth;
    const float x = std::cos(angle);
    const float y = std::sin(angle);
    pen.line(std::array{ImVec2(x * 0.6f, y * 0.6f), ImVec2(x * 0.92f, y * 0.92f)}, false, 1.6f);
  }
  pen.circle(0.58f);
  pen.disc(0, 0, 0.18f);
}

}  // namespace

void draw_icon(ImDrawList* list, Icon icon, ImVec2 center, float size, Color color) {
  const Pen pen(list, center, size, color);
  switch (icon) {
    case Icon::none:
      break;
    case Icon::fork:
      pen.fork();
      break;
    case Icon::run:
      pen.triangle({-0.6f, -0.8f}, {0.8f, 0}, {-0.6f, 0.8f});
      break;
    case Icon::stop:
      pen.box(-0.65f, -0.65f, 0.65f, 0.65f);
      break;
    case Icon::hold:
      pen.box(-0.6f, -0.7f, -0.15f, 0.7f);
      pen.box(0.15f, -0.7f, 0.6f, 0.7f);
      break;
    case Icon::step:
      pen.triangle({-0.7f, -0.75f}, {0.4f, 0}, {-0.7f, 0.75f});
      pen.box(0.45f, -0.75f, 0.75f, 0.75f);
      break;
    case Icon::fit:
      pen.line(std::array{ImVec2(-0.95f, -0.7f), ImVec2(-0.95f, 0.7f)});
      pen.line(std::array{ImVec2(0.95f, -0.7f), ImVec2(0.95f, 0.7f)});
      pen.line(std::array{ImVec2(-0.5f, 0), ImVec2(0.5f, 0)});
      pen.triangle({-0.75f, 0}, {-0.3f, -0.38f}, {-0.3f, 0.38f});
      pen.triangle({0.75f, 0}, {0.3f, 0.38f}, {0.3f, -0.38f});
      break;
    case Icon::follow:
      pen.line(std::array{ImVec2(0.9f, -0.8f), ImVec2(0.9f, 0.8f)});
      pen.line(std::array{ImVec2(-0.9f, 0), ImVec2(0.3f, 0)});
      pen.triangle({0.65f, 0}, {0.1f, -0.45f}, {0.1f, 0.45f});
      break;
    case Icon::gear:
      gear(pen);
      break;
    case Icon::half_moon:
      pen.circle(0.85f);
      pen.half_disc(0.85f);
      break;
    case Icon::chevron_down:
      pen.line(std::array{ImVec2(-0.6f, -0.3f), ImVec2(0, 0.35f), ImVec2(0.6f, -0.3f)});
      break;
    case Icon::chevron_up:
      pen.line(std::array{ImVec2(-0.6f, 0.3f), ImVec2(0, -0.35f), ImVec2(0.6f, 0.3f)});
      break;
    case Icon::chevron_left:
      pen.line(std::array{ImVec2(0.3f, -0.6f), ImVec2(-0.35f, 0), ImVec2(0.3f, 0.6f)});
      break;
    case Icon::chevron_right:
      pen.line(std::array{ImVec2(-0.3f, -0.6f), ImVec2(0.35f, 0), ImVec2(-0.3f, 0.6f)});
      break;
    case Icon::close:
      pen.line(std::array{ImVec2(-0.6f, -0.6f), ImVec2(0.6f, 0.6f)});
      pen.line(std::array{ImVec2(0.6f, -0.6f), ImVec2(-0.6f, 0.6f)});
      break;
    case Icon::check:
      pen.line(std::array{ImVec2(-0.7f, 0.05f), ImVec2(-0.2f, 0.6f), ImVec2(0.75f, -0.6f)}, false, 1.4f);
      break;
    case Icon::cross:
      pen.line(std::array{ImVec2(-0.6f, -0.6f), ImVec2(0.6f, 0.6f)}, false, 1.4f);
      pen.line(std::array{ImVec2(0.6f, -0.6f), ImVec2(-0.6f, 0.6f)}, false, 1.4f);
      break;
    case Icon::bolt:
      pen.triangle({0.3f, -1}, {-0.6f, 0.2f}, {0.1f, 0.2f});
      pen.triangle({-0.3f, 1}, {0.6f, -0.2f}, {-0.1f, -0.2f});
      break;
    case Icon::dots:
      for (const float x : {-0.7f, 0.0f, 0.7f}) pen.disc(x, 0, 0.18f);
      break;
    case Icon::copy:
      pen.frame(-0.8f, -0.8f, 0.35f, 0.35f);
      pen.frame(-0.35f, -0.35f, 0.8f, 0.8f);
      break;
    case Icon::folder:
      pen.line(std::array{ImVec2(-0.9f, 0.7f), ImVec2(-0.9f, -0.7f), ImVec2(-0.2f, -0.7f), ImVec2(0.05f, -0.4f),
                          ImVec2(0.9f, -0.4f), ImVec2(0.9f, 0.7f)},
               true);
      break;
    case Icon::file:
      pen.line(std::array{ImVec2(-0.6f, -0.9f), ImVec2(0.25f, -0.9f), ImVec2(0.65f, -0.45f), ImVec2(0.65f, 0.9f),
                          ImVec2(-0.6f, 0.9f)},
               true);
      break;
    case Icon::find:
      pen.ring(-0.15f, -0.15f, 0.62f);
      pen.line(std::array{ImVec2(0.32f, 0.32f), ImVec2(0.9f, 0.9f)}, false, 1.5f);
      break;
    case Icon::record:
      pen.ring(0, 0, 0.92f);
      pen.disc(0, 0, 0.5f);
      break;
    case Icon::flag:
      pen.line(std::array{ImVec2(-0.6f, -0.95f), ImVec2(-0.6f, 0.95f)});
      pen.triangle({-0.6f, -0.9f}, {0.8f, -0.4f}, {-0.6f, 0.15f});
      break;
    case Icon::ruler:
      pen.line(std::array{ImVec2(-0.9f, -0.6f), ImVec2(-0.9f, 0.6f)});
      pen.line(std::array{ImVec2(0.9f, -0.6f), ImVec2(0.9f, 0.6f)});
      pen.line(std::array{ImVec2(-0.9f, 0), ImVec2(0.9f, 0)});
      for (const float x : {-0.45f, 0.0f, 0.45f}) pen.line(std::array{ImVec2(x, -0.25f), ImVec2(x, 0.25f)});
      break;
    case Icon::grid:
      for (const float x : {-0.85f, 0.1f})
        for (const float y : {-0.85f, 0.1f}) pen.box(x, y, x + 0.75f, y + 0.75f);
      break;
    case Icon::pencil:
      pen.line(std::array{ImVec2(-0.85f, 0.85f), ImVec2(-0.7f, 0.3f), ImVec2(0.55f, -0.95f), ImVec2(0.95f, -0.55f), ImVec2(-0.3f, 0.7f)}, true);
      break;
  }
}

}  // namespace forklight::app::panels
