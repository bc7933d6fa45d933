// For those who watch: captions, keys and pointer made visible, the lens, calm, and how others see the colours.
#include <array>

#include "app/session/commands/parts.h"

namespace forklight::app::session {
namespace {

// Presenting has captions unless they were taken away; the workplace has none unless they were asked for.
bool& captions_of(UiState& ui) {
  return ui.presenting ? ui.audience.presented_captions : ui.audience.captions;
}
void captions(Context& c, std::string_view) {
  captions_of(c.ui) = !captions_of(c.ui);
}
bool captions_shown(const Context& c) {
  return c.ui.presenting ? c.ui.audience.presented_captions : c.ui.audience.captions;
}

template <bool Audience::*flag>
void toggle(Context& c, std::string_view) {
  c.ui.audience.*flag = !(c.ui.audience.*flag);
}
template <bool Audience::*flag>
bool is_on(const Context& c) {
  return c.ui.audience.*flag;
}

// 2, 2.5, 3, 4, 5 times, and from the begin.
void zoom_lens(Context& c, std::string_view) {
  constexpr std::array kSteps = {2.0f, 2.5f, 3.0f, 4.0f, 5.0f};
  float& zoom = c.ui.audience.lens_zoom;
  float next = kSteps[0];
  for (const float step : kSteps) {
    if (step <= zoom + 0.01f) continue;
    next = step;
    break;
  }
  zoom = next;
  c.ui.audience.lens = true;
}

void change_vision(Context& c, std::string_view) {
  Vision& vision = c.ui.audience.vision;
  vision = static_cast<Vision>((static_cast<int>(vision) + 1) % 4);
}
bool vision_changed(const Context& c) {
  return c.ui.audience.vision != Vision::normal;
}

constexpr std::array kAudience = {
    Command{"captions", shift(Key::t), always, captions, captions_shown},
    Command{"keys.shown", shift(Key::k), always, toggle<&Audience::keys>, is_on<&Audience::keys>},
    Command{"pointer", shift(Key::p), always, toggle<&Audience::pointer>, is_on<&Audience::pointer>},
    Command{"lens", key(Key::z), always, toggle<&Audience::lens>, is_on<&Audience::lens>},
    Command{"lens.zoom", shift(Key::z), always, zoom_lens},
    Command{"vision", shift(Key::v), always, change_vision, vision_changed},
    Command{"motion", kNone, always, toggle<&Audience::reduced_motion>, is_on<&Audience::reduced_motion>},
};

}  // namespace

std::span<const Command> audience_commands() noexcept {
  return kAudience;
}

}  // namespace forklight::app::session
