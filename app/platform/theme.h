// Colours, sizes and fonts by role; panels name roles and never a number. Two themes: Stage (dark) and Paper (light).
#pragma once

#include <cstdint>

#include "app/session/ui_state.h"
#include "core/timeline/model.h"

struct ImFont;

namespace forklight::app::platform {

using Color = std::uint32_t;  // ImGui's packed ABGR

struct Palette {
  Color window, panel, panel_raised, lane, lane_header, line, grid;  // surfaces, from far to near, and rules
  Color text, text_dim, text_faint, text_on_color;                   // 4.5:1 on the surface they stand on
  Color accent, accent_text, selected, hover, focus;                 // controls
  Color run_button, run_button_text, stop_button;                    // the two that matter most
  Color ok, error, signal;                               // exit 0 · n > 0 · −signal (green, vermillion, orange)
  Color blocked, sleeping, zombie, held, lost;           // states
  Color stopped, stopped_edge;                           // black, and what sets it off from the lane
  Color traceback, warning;                              // console
  Color task[8];                                         // Okabe–Ito, by order of birth
  Color tab_strip, status_bar, scrim;                    // more surfaces: under tabs, at the foot, behind a dialog
  Color code_text, code_keyword, code_string, code_number, code_comment;  // the code pane, on panel
};

[[nodiscard]] const Palette& palette() noexcept;    // of the theme set last
void set_theme(session::ThemeName theme) noexcept;  // also restyles Dear ImGui, if there is a context
[[nodiscard]] session::ThemeName theme() noexcept;

// Colour of a task by its order of birth, and text on it.
[[nodiscard]] Color task_color(std::size_t order) noexcept;
[[nodiscard]] Color task_text_color(std::size_t order) noexcept;
// A task's colour as ink for its name on a panel: its hue, darkened or lightened until it is readable there.
[[nodiscard]] Color task_ink(std::size_t order) noexcept;
// A place in an order, 0 … 1: from dark blue to bright yellow, ever lighter, so that it can be followed without seeing hues.
[[nodiscard]] Color order_color(double share) noexcept;
// Near-black or white, whichever reads better on the surface.
[[nodiscard]] Color text_on(Color surface) noexcept;
// The ink moved towards black or white just as far as 4.5:1 on the surface asks for.
[[nodiscard]] Color readable(Color ink, Color surface) noexcept;
// WCAG contrast of two opaque colours: 1 … 21.
[[nodiscard]] double contrast(Color a, Color b) noexcept;
[[nodiscard]] Color with_alpha(Color color, float alpha) noexcept;
[[nodiscard]] Color mix(Color from, Color to, float share) noexcept;

// Fonts by role, at the size of the moment. Never null once platform::Fonts has loaded; ImGui's own font in a headless
// test.
enum class Font : std::uint8_t { body, strong, small, title, code };
[[nodiscard]] ImFont* font(Font role) noexcept;
void set_font(Font role, ImFont* font) noexcept;

// The same, rasterised larger for the lens; nullptr while there is none.
[[nodiscard]] ImFont* large_font(Font role) noexcept;
void set_large_font(Font role, ImFont* font) noexcept;

// Points → pixels at the text scale and the display's own scale. All sizes in panels go through this.
[[nodiscard]] float px(float points) noexcept;
void set_scale(float scale) noexcept;
[[nodiscard]] float scale() noexcept;

}  // namespace forklight::app::platform
