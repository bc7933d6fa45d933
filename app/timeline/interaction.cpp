#include "app/timeline/interaction.h"

#include <algorithm>
#include <cmath>

#include "app/timeline/overview.h"

namespace forklight::app::timeline_view {
namespace {

using platform::px;

constexpr double kWheelZoom = 0.82;      // per notch
constexpr double kWheelSideways = 0.12;  // of the view's width, per notch
constexpr float kWheelLanes = 48;        // points, per notch
constexpr float kArrowReach = 5;         // points from an arrow that still mean it

float distance_to(const std::vector<ImVec2>& path, float x, float y) {
  float least = 1e9f;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const float dx = path[i + 1].x - path[i].x, dy = path[i + 1].y - path[i].y;
    const float length = dx * dx + dy * dy;
    const float t = length < 1e-6f ? 0 : std::clamp(((x - path[i].x) * dx + (y - path[i].y) * dy) / length, 0.0f, 1.0f);
    least = std::min(least, std::hypot(x - path[i].x - t * dx, y - path[i].y - t * dy));
  }
  return least;
}

Drag begin_drag(const Mouse& mouse, const Layout& layout) {
  if (layout.overview().contains(mouse.x, mouse.y) && mouse.x >= layout.plot().x0) return Drag::overview;
  const bool on_ruler = mouse.y >= layout.ruler().y0 && mouse.y < layout.plot().y0;
  if (mouse.x >= layout.plot().x0 && (on_ruler || (mouse.shift && layout.plot().contains(mouse.x, mouse.y)))) return Drag::measure;
  return Drag::pressed;
}

void scroll_lanes(session::UiState& ui, double pixels) {
  ui.vertical_scroll += pixels / static_cast<double>(std::max(platform::scale(), 0.01f));
}

}  // namespace

Mouse mouse_of_this_frame(bool hovered, bool active) {
  const ImGuiIO& io = ImGui::GetIO();
  Mouse mouse;
  mouse.x = io.MousePos.x;
  mouse.y = io.MousePos.y;
  mouse.hovered = hovered;
  mouse.pressed = hovered && ImGui::IsMouseClicked(ImGuiMouseButton_Left);
  mouse.down = active && ImGui::IsMouseDown(ImGuiMouseButton_Left);
  mouse.released = ImGui::IsMouseReleased(ImGuiMouseButton_Left);
  mouse.double_clicked = hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left);
  mouse.menu_wanted = hovered && ImGui::IsMouseClicked(ImGuiMouseButton_Right);
  mouse.moved_x = io.MouseDelta.x;
  mouse.moved_y = io.MouseDelta.y;
  mouse.dragging = ImGui::IsMouseDragging(ImGuiMouseButton_Left, px(4));
  if (hovered) {
    mouse.wheel = io.MouseWheel;
    mouse.wheel_sideways = io.MouseWheelH;
  }
  mouse.ctrl = io.KeyCtrl;
  mouse.shift = io.KeyShift;
  return mouse;
}

void steer(session::UiState& ui, Camera& camera, Drag& drag, const Mouse& mouse, const Layout& layout,
           const timeline::Axis& axis, std::int64_t now_ns) {
  const Plot plot(layout.plot(), axis, ui.view, now_ns);
  const double width = ui.view.end - ui.view.begin;
  const auto moved_by_hand = [&] {
    ui.follow = false;  // a live run would take the view back at once
    camera.moved(ui, axis, now_ns);
  };

  if (mouse.wheel != 0) {
    const bool over_lanes = layout.gutter().contains(mouse.x, mouse.y) || mouse.ctrl;
    if (over_lanes) {
      scroll_lanes(ui, static_cast<double>(-mouse.wheel * px(kWheelLanes)));
    } else if (mouse.shift) {
      ui.view.pan(static_cast<double>(-mouse.wheel) * kWheelSideways * width);
      moved_by_hand();
    } else {
      const float x = std::clamp(mouse.x, layout.plot().x0, layout.plot().x1);
      const double share = layout.overview().contains(mouse.x, mouse.y)
                               ? ui.view.from_begin(overview_plot(layout, axis, now_ns).coordinate(x)) / ui.view.width()
                               : static_cast<double>(x - layout.plot().x0) / static_cast<double>(std::max(layout.plot().width(), 1.0f));
      camera.glide().by(static_cast<double>(mouse.wheel), share);
    }
  }
  if (const double notches = camera.glide().step(static_cast<double>(ImGui::GetIO().DeltaTime), ui.audience.reduced_motion); notches != 0) {
    ui.view.zoom_at(std::pow(kWheelZoom, notches), camera.glide().share());
    camera.moved(ui, axis, now_ns);
  }
  if (mouse.wheel_sideways != 0) {
    ui.view.pan(static_cast<double>(-mouse.wheel_sideways) * kWheelSideways * width);
    moved_by_hand();
  }

  if (mouse.pressed) drag = begin_drag(mouse, layout);
  if (drag == Drag::pressed && mouse.down && mouse.dragging) {
    drag = layout.gutter().contains(mouse.x, mouse.y) ? Drag::lanes : Drag::plot;
  }
  if (!mouse.down) return;
  switch (drag) {
    case Drag::plot:
      ui.view.pan(static_cast<double>(-mouse.moved_x) / plot.pixels_per_unit());
      scroll_lanes(ui, static_cast<double>(-mouse.moved_y));
      if (mouse.moved_x != 0) moved_by_hand();
      break;
    case Drag::lanes:
      scroll_lanes(ui, static_cast<double>(-mouse.moved_y));
      break;
    case Drag::overview: {
      const Plot whole = overview_plot(layout, axis, now_ns);
      const double at = whole.coordinate(mouse.x);
      // Pressed outside the window, it comes to the mouse; then it goes with it.
      if (mouse.pressed && (at < ui.view.begin || at > ui.view.end)) {
        ui.view.pan(at - (ui.view.begin + ui.view.end) / 2);
        moved_by_hand();
      } else if (mouse.moved_x != 0) {
        ui.view.pan(static_cast<double>(mouse.moved_x) / whole.pixels_per_unit());
        moved_by_hand();
      }
      break;
    }
    case Drag::none:
    case Drag::pressed:
    case Drag::measure:
      break;
  }
}

const Item* item_at(const Canvas& canvas, float x, float y) {
  const bool in_plot = canvas.plot.area().contains(x, y), in_gutter = canvas.layout.gutter().contains(x, y);
  if (!in_plot && !in_gutter) return nullptr;
  const auto is_hit = [&](const Item& item) {
    const Drawn& drawn = item.drawn;
    const bool of_gutter = drawn.what == Drawn::What::header || drawn.what == Drawn::What::fold;
    if (of_gutter != in_gutter) return false;
    return Rect{drawn.x0, drawn.y0, drawn.x1, drawn.y1}.contains(x, y);
  };
  const auto front_first = [&](auto accept) -> const Item* {
    const auto found = std::find_if(canvas.items.rbegin(), canvas.items.rend(),
                                    [&](const Item& item) { return accept(item) && is_hit(item); });
    return found == canvas.items.rend() ? nullptr : &*found;
  };
  // Badges lie over arrows, arrows over marks and bars; an arrow is its line, not the box around it.
  if (const Item* badge = front_first([](const Item& item) {
        return item.drawn.what == Drawn::What::badge || item.drawn.what == Drawn::What::value || item.drawn.what == Drawn::What::answer;
      }))
    return badge;
  for (auto arrow = canvas.arrows.rbegin(); in_plot && arrow != canvas.arrows.rend(); ++arrow) {
    if (distance_to(arrow->points, x, y) <= px(kArrowReach)) return &canvas.items[arrow->item];
  }
  return front_first([](const Item& item) { return item.drawn.what != Drawn::What::arrow && item.drawn.what != Drawn::What::hand_over && item.drawn.what != Drawn::What::measure && item.drawn.what != Drawn::What::note; });
}

session::Selection selection_for(const Canvas& canvas, const Item& item, float x) {
  const timeline::TaskId task = item.drawn.task;
  switch (item.drawn.what) {
    case Drawn::What::header:
      return {task, std::nullopt};
    case Drawn::What::work:
    case Drawn::What::tail:
    case Drawn::What::chunk:
    case Drawn::What::span: {
      const std::int64_t last_ns = std::max(item.begin_ns, std::min(item.end_ns, canvas.plot.now_ns()) - 1);
      return {task, std::clamp(canvas.plot.time_ns(x), item.begin_ns, last_ns)};
    }
    case Drawn::What::badge:
    case Drawn::What::mark:
    case Drawn::What::result:
    case Drawn::What::answer:
      return {task, item.begin_ns};
    case Drawn::What::pool:
    case Drawn::What::job:
    case Drawn::What::channel:
      return {task, std::min(canvas.plot.time_ns(x), canvas.plot.now_ns())};
    case Drawn::What::strip:
    case Drawn::What::memory:
    case Drawn::What::gil:
      return {task, std::min(canvas.plot.time_ns(x), canvas.plot.now_ns())};
    case Drawn::What::core: {
      const std::int64_t when = std::min(canvas.plot.time_ns(x), canvas.plot.now_ns());
      const timeline::Kernel::Core& core = canvas.model.kernel().cores()[item.index];
      if (const auto* const seen = core.sample_at(when)) return {seen->who, seen->time_ns};
      const timeline::OnCpu* on = core.track.at(when);
      if (on == nullptr || canvas.model.find(on->who) == nullptr) return {};
      return {on->who, when};
    }
    // Who did it is what one wants to know more of.
    case Drawn::What::hand_over: {
      const timeline::Gil* gil = canvas.model.find_gil(task);
      return gil == nullptr ? session::Selection{} : session::Selection{gil->holds()[item.index].task, item.begin_ns};
    }
    case Drawn::What::request: {
      const timeline::Gil* gil = canvas.model.find_gil(task);
      return gil == nullptr ? session::Selection{} : session::Selection{gil->requests()[item.index].by, item.begin_ns};
    }
    case Drawn::What::value:
    case Drawn::What::fold:
    case Drawn::What::notice:
    case Drawn::What::button:
    case Drawn::What::title:
    case Drawn::What::note:
    case Drawn::What::measure:
      return {task, std::nullopt};
    case Drawn::What::arrow: {
      if (item.channel != timeline::kNone) {
        const timeline::Message& message = canvas.model.channels()[item.channel].messages[item.index];
        if (item.count > 1) return {canvas.model.channels()[item.channel].object, message.put_ns()};
        const bool arrived = message.fate == timeline::Fate::got;
        return {arrived ? message.to : message.from, arrived ? message.gone_ns : message.put_ns()};
      }
      const timeline::Flow& flow = canvas.model.flows()[item.index];
      return {flow.to, flow.to_ns};
    }
  }
  return {};
}

}  // namespace forklight::app::timeline_view
