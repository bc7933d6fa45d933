// Finding one's way: the gallery of lessons, the tour.
#include <array>

#include "app/session/commands/parts.h"
#include "app/session/gallery.h"
#include "app/session/tour.h"

namespace forklight::app::session {
namespace {

void gallery(Context& c, std::string_view) {
  c.ui.dialog = c.ui.dialog == Dialog::gallery ? Dialog::none : Dialog::gallery;
  c.ui.gallery = {};
  const auto fits = lessons_that_fit({});
  for (std::size_t i = 0; i < fits.size(); ++i)
    if (fits[i] == c.session.scenario().id) c.ui.gallery.at = static_cast<int>(i);  // begins where one is
  c.ui.gallery.moved = true;
}
bool in_gallery(const Context& c) {
  return c.ui.dialog == Dialog::gallery;
}

bool on_tour(const Context& c) {
  return c.ui.tour.on();
}
// From its begin; its own key ends it.
void tour(Context& c, std::string_view) {
  c.ui.dialog = Dialog::none;
  c.ui.presenting = false;
  go_to_step(c, on_tour(c) ? -1 : 0);
}
void tour_next(Context& c, std::string_view) {
  go_to_step(c, c.ui.tour.step + 1);
}
void tour_back(Context& c, std::string_view) {
  if (c.ui.tour.step > 0) go_to_step(c, c.ui.tour.step - 1);
}
void tour_end(Context& c, std::string_view) {
  go_to_step(c, -1);
}

constexpr std::array kLearn = {
    Command{"gallery", ctrl(Key::g), always, gallery, in_gallery},
    Command{"tour", shift(Key::f1), always, tour, on_tour},
    Command{"tour.next", key(Key::page_down), on_tour, tour_next},
    Command{"tour.back", key(Key::page_up), on_tour, tour_back},
    Command{"tour.end", kNone, on_tour, tour_end},
};

}  // namespace

std::span<const Command> learn_commands() noexcept {
  return kLearn;
}

}  // namespace forklight::app::session
