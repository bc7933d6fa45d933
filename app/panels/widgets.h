// The controls that every panel is made of. Sizes are points, through platform::px; what a control does is a command.
//
// Each control is reached by the mouse and by Tab: hit() keeps the order, and the ring round the one that has the
// keyboard is always drawn.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "app/panels/icons.h"
#include "app/platform/theme.h"
#include "app/platform/wrap.h"
#include "app/session/command.h"

namespace forklight::app::panels {

using platform::Color;
using platform::Font;
using platform::line_height;
using platform::px;
using platform::text_width;
using platform::wrap;
using session::Context;
using session::UiState;

// --- text -----------------------------------------------------------------------------------------

void draw_text(ImDrawList* list, Font font, ImVec2 at, Color color, std::string_view text);
// Vertically centred in y0…y1, and ended by "…" where it would pass x1. True if it was cut.
bool draw_text_in(ImDrawList* list, Font font, float x0, float y0, float x1, float y1, Color color,
                  std::string_view text);
[[nodiscard]] float leading(Font font);  // from line to line in running text
void draw_lines(ImDrawList* list, Font font, ImVec2 at, Color color, const std::vector<std::string_view>& lines);
// As an ImGui item at the cursor: one line, or wrapped at the right edge.
void label(Font font, Color color, std::string_view text);
void paragraph(Font font, Color color, std::string_view text);
// The same; each term of the glossary in it has dots below it, and tells under the mouse what it means.
void paragraph_with_terms(UiState& ui, Font font, Color color, std::string_view text);
// The same; each fact's number in it is a link to what the fact says. In a width (0: as much as there is), with terms or without.
void paragraph_with_facts(UiState& ui, Font font, Color color, std::string_view text, session::FactAtHand::Where where, float width = 0, bool terms = true);
// Of lines that have been drawn: parts of one text. Where a click is another's (a lesson in a list), the glossary has its key alone.
void mark_terms(UiState& ui, Font font, ImVec2 at, const std::vector<std::string_view>& lines, bool click_opens = true);

// --- hits and the keyboard ring -------------------------------------------------------------------

struct Hit {
  ImVec2 min, max;
  bool hovered = false, held = false, clicked = false, focused = false;
  int adjust = 0;  // left or right, for controls that have a value
  [[nodiscard]] float center_y() const { return (min.y + max.y) / 2; }
};
// An invisible button of a size at the cursor; `clicked` by the mouse or by Enter.
[[nodiscard]] Hit hit(UiState& ui, const char* id, ImVec2 size, bool enabled = true);
void draw_focus(const Hit& hit, float rounding);
// Before and after a field for text: Tab comes to it, as to any control, and goes on from it.
void before_field(UiState& ui, const char* id);
void after_field(UiState& ui, const char* id);
// Around everything that a frame draws.
void begin_focus(UiState& ui);
void end_focus(UiState& ui);

void tooltip(std::string_view text);  // for the item before it, after a moment

// --- controls -------------------------------------------------------------------------------------

enum class ButtonStyle : std::uint8_t { plain, quiet, run, stop };
struct ButtonLook {
  Icon icon = Icon::none;
  bool show_label = true, show_hint = true;
  ButtonStyle style = ButtonStyle::plain;
};
// The button of a command: its title, its shortcut, whether it is allowed, whether it is on. Pushes it when clicked.
void command_button(Context& context, std::string_view command, const ButtonLook& look, std::string_view argument = {});
[[nodiscard]] float command_button_width(std::string_view command, const ButtonLook& look);

// Commands of which one is on: [time|order]. Labels are key.COMMAND.short where there is one.
void segmented(Context& context, std::initializer_list<std::string_view> commands);
[[nodiscard]] float segmented_width(std::initializer_list<std::string_view> commands);

struct Tab {
  std::string_view command;
  std::string count;  // behind its title, "" for none
};
void tab_row(Context& context, std::initializer_list<Tab> tabs);

// A field that opens a list: true while the list is open (draw its rows with combo_row, then end_combo()).
[[nodiscard]] bool begin_combo(UiState& ui, const char* id, std::string_view shown, float width, int& adjust);
[[nodiscard]] bool combo_row(UiState& ui, std::string_view text, std::string_view detail, bool chosen);
void end_combo();
// Within an open popup: Esc is for it then, and closes it.
void note_list(UiState& ui);

// "exit code ……… −15 SIGTERM" with a rule below it.
void key_value(std::string_view key, std::string_view value);

// A pill; returns its width. Its text is centred between y0 and y1.
float pill(ImDrawList* list, float x, float y0, float y1, Color fill, Color ink, std::string_view text,
           bool hollow = false);
[[nodiscard]] float pill_width(std::string_view text);

// Exit code as pictured everywhere: ✓ 0, ✗ 1, bolt −15 SIGTERM. Returns its width.
float exit_pill(ImDrawList* list, float x, float y0, float y1, int code);
[[nodiscard]] float exit_pill_width(int code);

void section_title(std::string_view text);

[[nodiscard]] std::string title_of(std::string_view command);

}  // namespace forklight::app::panels
