// The window around the timeline: panels, tabs, dialogs, theme, language, text.
#include <algorithm>
#include <array>

#include "app/i18n/facts.h"
#include "app/i18n/i18n.h"
#include "app/session/asking.h"
#include "app/session/commands/parts.h"
#include "core/base/error.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

// Esc: away with whatever is in front, one thing at a time.
void clear(Context& c, std::string_view) {
  UiState& ui = c.ui;
  if (ui.dialog != Dialog::none) {
    ui.dialog = Dialog::none;
  } else if (ui.menu.subject != 0) {
    ui.menu = {};
  } else if (ui.tour.on()) {
    go_to_step(c, -1);
  } else if (ui.lecture.on) {
    end_lecture(c);
  } else if (open_prediction(c) != nullptr) {
    skip_question(c);
  } else if (!c.session.notice().empty()) {
    c.session.notify("");
  } else if (ui.notes.from_ns) {
    ui.notes.from_ns = ui.notes.to_ns = std::nullopt;
  } else if (ui.find.open) {
    ui.find.open = false;
  } else if (ui.focus.id != 0) {
    ui.focus.id = 0;
  } else if (ui.predict.results) {
    ui.predict.results = false;
  } else if (ui.selection != Selection{}) {
    ui.selection = {};
  } else if (ui.compare != Compare::nothing) {
    ui.compare = Compare::nothing;
    ui.fit_wanted = true;
  } else if (ui.bottom_crowded && ui.bottom_in_front) {
    ui.bottom_in_front = false;
  } else if (ui.audience.lens) {
    ui.audience.lens = false;
  } else {
    ui.presenting = false;
  }
}

void theme(Context& c, std::string_view name) {
  if (name == "stage" || name == "paper")
    c.ui.theme = name == "stage" ? ThemeName::stage : ThemeName::paper;
  else if (name.empty())
    c.ui.theme = c.ui.theme == ThemeName::stage ? ThemeName::paper : ThemeName::stage;
  else
    throw base::UsageError(tr("error.theme", fmt::arg("name", name)));
}

void language(Context&, std::string_view tag) {
  using i18n::Language;
  if (tag == "en" || tag == "zh-CN")
    i18n::set_language(tag == "en" ? Language::english : Language::chinese);
  else if (tag.empty())
    i18n::set_language(i18n::language() == Language::english ? Language::chinese : Language::english);
  else
    throw base::UsageError(tr("error.language", fmt::arg("tag", tag)));
}

constexpr float kTextStep = 0.1f, kTextSmallest = 0.8f, kTextLargest = 2.5f;
void text_larger(Context& c, std::string_view) {
  c.ui.text_scale = std::min(c.ui.text_scale + kTextStep, kTextLargest);
}
void text_smaller(Context& c, std::string_view) {
  c.ui.text_scale = std::max(c.ui.text_scale - kTextStep, kTextSmallest);
}
void text_normal(Context& c, std::string_view) {
  c.ui.text_scale = 1;
}
bool text_can_grow(const Context& c) {
  return c.ui.text_scale < kTextLargest;
}
bool text_can_shrink(const Context& c) {
  return c.ui.text_scale > kTextSmallest;
}

void fold_left(Context& c, std::string_view) {
  c.ui.left_open = !c.ui.left_open;
}
void fold_right(Context& c, std::string_view) {
  c.ui.right_open = !c.ui.right_open;
}
void fold_bottom(Context& c, std::string_view) {
  bool& shown = c.ui.bottom_crowded ? c.ui.bottom_in_front : c.ui.bottom_open;
  shown = !shown;
}
bool left_open(const Context& c) {
  return c.ui.left_open;
}
bool right_open(const Context& c) {
  return c.ui.right_open;
}
bool bottom_open(const Context& c) {
  return c.ui.bottom_crowded ? c.ui.bottom_in_front : c.ui.bottom_open;
}

template <BottomTab tab>
void show_tab(Context& c, std::string_view) {
  // Where it stands instead of the timeline, the same key takes it away again.
  c.ui.bottom_in_front = !(c.ui.bottom_crowded && c.ui.bottom_in_front && c.ui.bottom_tab == tab);
  c.ui.bottom_tab = tab;
  c.ui.bottom_open = true;
}
template <BottomTab tab>
bool tab_shown(const Context& c) {
  return c.ui.bottom_tab == tab;
}
template <CodeTab tab>
void show_code(Context& c, std::string_view) {
  c.ui.code_tab = tab;
  c.ui.right_open = true;
}
template <CodeTab tab>
bool code_shown(const Context& c) {
  return c.ui.code_tab == tab;
}

void present(Context& c, std::string_view) {
  c.ui.presenting = !c.ui.presenting;
}
bool presents(const Context& c) {
  return c.ui.presenting;
}
void keys(Context& c, std::string_view) {
  c.ui.dialog = c.ui.dialog == Dialog::keys ? Dialog::none : Dialog::keys;
}
bool keys_shown(const Context& c) {
  return c.ui.dialog == Dialog::keys;
}

void palette(Context& c, std::string_view) {
  c.ui.dialog = c.ui.dialog == Dialog::palette ? Dialog::none : Dialog::palette;
  c.ui.palette_entry.clear();
  c.ui.palette_at = 0;
  c.ui.palette_go = false;
}
bool palette_shown(const Context& c) {
  return c.ui.dialog == Dialog::palette;
}

// The one named, else the one that is told of where the person looks, else the first of all. Its own key closes it again.
void tell_fact(Context& c, std::string_view argument) {
  UiState& ui = c.ui;
  if (argument.empty() && ui.dialog == Dialog::fact) {
    ui.dialog = Dialog::none;
    return;
  }
  const std::string_view number = !argument.empty() ? argument : std::string_view(ui.fact_at_hand.number);
  const i18n::Fact* fact = number.empty() && !i18n::facts().empty() ? &i18n::facts().front() : i18n::find_fact(number);
  if (fact == nullptr) throw base::UsageError(tr("error.fact", fmt::arg("text", number)));
  ui.fact = fact->number;
  ui.dialog = Dialog::fact;
}
bool fact_told(const Context& c) {
  return c.ui.dialog == Dialog::fact;
}

void dismiss(Context& c, std::string_view) {
  c.session.notify("");
}
bool has_notice(const Context& c) {
  return !c.session.notice().empty();
}
void quit(Context& c, std::string_view) {
  c.ui.quit_wanted = true;
}

constexpr std::array kWindow = {
    Command{"clear", key(Key::escape), always, clear},
    Command{"tab.console", key(Key::c), always, show_tab<BottomTab::console>, tab_shown<BottomTab::console>},
    Command{"tab.events", key(Key::e), always, show_tab<BottomTab::events>, tab_shown<BottomTab::events>},
    Command{"tab.processes", key(Key::p), always, show_tab<BottomTab::processes>, tab_shown<BottomTab::processes>},
    Command{"tab.waits", key(Key::w), always, show_tab<BottomTab::waits>, tab_shown<BottomTab::waits>},
    Command{"tab.gil", shift(Key::g), always, show_tab<BottomTab::gil>, tab_shown<BottomTab::gil>},
    Command{"tab.measured", key(Key::n), always, show_tab<BottomTab::measured>, tab_shown<BottomTab::measured>},
    Command{"code.python", kNone, always, show_code<CodeTab::python>, code_shown<CodeTab::python>},
    Command{"code.cpp", kNone, always, show_code<CodeTab::cpp>, code_shown<CodeTab::cpp>},
    Command{"theme", key(Key::d), always, theme},
    Command{"language", ctrl(Key::l), always, language},
    Command{"text.larger", ctrl(Key::plus), text_can_grow, text_larger},
    Command{"text.smaller", ctrl(Key::minus), text_can_shrink, text_smaller},
    Command{"text.normal", ctrl(Key::n0), always, text_normal},
    Command{"panel.left", ctrl(Key::n1), always, fold_left, left_open},
    Command{"panel.right", ctrl(Key::n2), always, fold_right, right_open},
    Command{"panel.bottom", ctrl(Key::n3), always, fold_bottom, bottom_open},
    Command{"present", key(Key::f11), always, present, presents},
    Command{"palette", ctrl(Key::k), always, palette, palette_shown},
    Command{"keys", key(Key::f1), always, keys, keys_shown},
    Command{"fact", shift(Key::f), always, tell_fact, fact_told},
    Command{"dismiss", kNone, has_notice, dismiss},
    Command{"quit", ctrl(Key::q), always, quit},
};

}  // namespace

std::span<const Command> window_commands() noexcept {
  return kWindow;
}

}  // namespace forklight::app::session
