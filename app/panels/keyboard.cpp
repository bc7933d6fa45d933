#include "app/panels/keyboard.h"

#include "app/panels/panels.h"
#include "app/session/asking.h"

namespace forklight::app::panels {
namespace {

using session::Key;
using session::Shortcut;

bool is_function_key(Key key) {
  return key == Key::f1 || key == Key::f2 || key == Key::f3 || key == Key::f5 || key == Key::f10 || key == Key::f11;
}

// While a text is typed: letters and editing keys are the field's own.
bool passes_typing(Shortcut shortcut) {
  if (shortcut.key == Key::escape || is_function_key(shortcut.key)) return true;
  if (!shortcut.ctrl) return false;
  switch (shortcut.key) {
    case Key::a:
    case Key::c:
    case Key::v:
    case Key::x:
    case Key::y:
    case Key::z:
    case Key::left:
    case Key::right:
    case Key::home:
    case Key::end:
      return false;
    default:
      return true;
  }
}

// How far a key goes in a list of rows; 0: nowhere.
int rows_on(Key key) {
  constexpr int kPage = 8, kAll = 1 << 28;
  switch (key) {
    case Key::up:
      return -1;
    case Key::down:
      return 1;
    case Key::page_up:
      return -kPage;
    case Key::page_down:
      return kPage;
    case Key::home:
      return -kAll;
    case Key::end:
      return kAll;
    default:
      return 0;
  }
}

// Tab, Enter and the arrows of the control that has the keyboard. True if the key was for it.
bool for_focus(session::Focus& focus, Shortcut shortcut) {
  if (shortcut.ctrl) return false;
  if (shortcut.key == Key::tab) {
    focus.move = shortcut.shift ? -1 : 1;
    return true;
  }
  if (shortcut.key == Key::escape && focus.list_open) {
    focus.close_list = true;
    return true;
  }
  if (focus.in_menu && (shortcut.key == Key::up || shortcut.key == Key::down)) {
    focus.move = shortcut.key == Key::up ? -1 : 1;
    return true;
  }
  if (focus.id == 0) return false;
  if (focus.upright && !shortcut.shift && (shortcut.key == Key::up || shortcut.key == Key::down)) {
    focus.adjust = shortcut.key == Key::up ? -1 : 1;
    return true;
  }
  if (focus.in_list && !shortcut.shift && rows_on(shortcut.key) != 0) {
    focus.rows += rows_on(shortcut.key);
    return true;
  }
  if (shortcut.key == Key::enter) {
    focus.activate = true;
    return true;
  }
  if (shortcut.shift || (shortcut.key != Key::left && shortcut.key != Key::right)) return false;
  focus.adjust = shortcut.key == Key::left ? -1 : 1;
  return true;
}

// Up, down and Enter are the list's, although a text is typed above it.
bool for_palette(session::UiState& ui, Shortcut shortcut) {
  if (shortcut.key == Key::tab) {
    ui.palette_at += shortcut.shift ? -1 : 1;
    return true;
  }
  if (shortcut.ctrl || shortcut.shift) return false;
  if (shortcut.key == Key::up) --ui.palette_at;
  if (shortcut.key == Key::down) ++ui.palette_at;
  if (shortcut.key == Key::enter) ui.palette_go = true;
  return shortcut.key == Key::up || shortcut.key == Key::down || shortcut.key == Key::enter;
}

// Enter keeps what is typed in a note's dialog, and goes to the chosen one in the list of notes.
bool for_notes(session::UiState& ui, Shortcut shortcut) {
  if (shortcut.ctrl || shortcut.shift || (ui.focus.id != 0 && shortcut.key == Key::enter)) return false;
  if (ui.dialog == session::Dialog::note) {
    if (shortcut.key == Key::enter) ui.push("note.keep");
    return shortcut.key == Key::enter;
  }
  if (shortcut.key == Key::up) --ui.notes.row;
  if (shortcut.key == Key::down) ++ui.notes.row;
  if (shortcut.key == Key::enter) ui.notes.go = true;
  return shortcut.key == Key::up || shortcut.key == Key::down || shortcut.key == Key::enter;
}

// The arrows walk from card to card although letters are typed above them; Enter opens one.
bool for_gallery(session::UiState& ui, Shortcut shortcut, bool typing) {
  if (shortcut.ctrl || shortcut.shift) return false;
  switch (shortcut.key) {
    case Key::left:
    case Key::right:
      ui.gallery.move_x += shortcut.key == Key::left ? -1 : 1;
      return true;
    case Key::up:
    case Key::down:
      ui.gallery.move_y += shortcut.key == Key::up ? -1 : 1;
      return true;
    case Key::enter:
      if (ui.focus.id != 0 && !typing) return false;
      return ui.gallery.go = true;
    default:
      return false;
  }
}

// Enter goes on, where no control has the keyboard.
bool for_tour(session::UiState& ui, Shortcut shortcut) {
  if (shortcut != Shortcut{Key::enter} || ui.focus.id != 0) return false;
  ui.push("tour.next");
  return true;
}

// Enter goes to the next hit while a text is typed that is looked for.
bool for_find(session::UiState& ui, Shortcut shortcut) {
  if (shortcut.key != Key::enter || shortcut.ctrl) return false;
  ui.push(shortcut.shift ? "find.previous" : "find.next");
  ui.find.fresh = true;  // the field has let go of the keyboard
  return true;
}

// The same in the glossary; a link that has the keyboard has its Enter.
bool for_glossary(session::UiState& ui, Shortcut shortcut, bool typing) {
  if (shortcut.ctrl || shortcut.shift || (shortcut.key == Key::enter && ui.focus.id != 0 && !typing)) return false;
  session::GlossaryState& glossary = ui.glossary;
  const bool up = shortcut.key == Key::up, down = shortcut.key == Key::down, enter = shortcut.key == Key::enter;
  glossary.at += (down ? 1 : 0) - (up ? 1 : 0);
  glossary.moved = glossary.moved || up || down;
  glossary.go = glossary.go || enter;
  return up || down || enter;
}

// The list of keys scrolls, although letters are typed above it.
bool for_keys(session::UiState& ui, Shortcut shortcut) {
  if (shortcut.ctrl || shortcut.shift) return false;
  constexpr int kPage = 12;
  const int lines = shortcut.key == Key::up ? -1 : shortcut.key == Key::down ? 1 : shortcut.key == Key::page_up ? -kPage : shortcut.key == Key::page_down ? kPage : 0;
  ui.audience.keys_scroll += lines;
  return lines != 0;
}

// While a question is open: its choices, the end of a class' vote, and what skips it. True if the key was for it.
bool for_question(const session::Context& context, Shortcut shortcut) {
  if (session::open_prediction(context) == nullptr || shortcut.ctrl || shortcut.shift) return false;
  session::UiState& ui = context.ui;
  if (shortcut.key >= Key::n1 && shortcut.key <= Key::n4) {
    const int number = static_cast<int>(shortcut.key) - static_cast<int>(Key::n1) + 1;
    if (static_cast<std::size_t>(number) <= session::open_prediction(context)->question->choices.size()) ui.push("predict.answer", std::to_string(number));
    return true;
  }
  if (shortcut.key == Key::enter && ui.focus.id == 0) {
    ui.push("predict.close");
    return true;
  }
  return false;
}

// In the quiz: the choices, and what leads on. True if the key was for it.
bool for_quiz(const session::Context& context, Shortcut shortcut) {
  session::UiState& ui = context.ui;
  if (ui.dialog != session::Dialog::quiz || shortcut.ctrl || shortcut.shift || !ui.quiz.at) return false;
  if (shortcut.key >= Key::n1 && shortcut.key <= Key::n4) {
    const auto number = static_cast<std::size_t>(shortcut.key) - static_cast<std::size_t>(Key::n1) + 1;
    if (number <= session::quiz_items()[*ui.quiz.at].question->choices.size()) ui.push("quiz.answer", std::to_string(number));
    return true;
  }
  const bool told = ui.quiz.phase == session::QuizState::Phase::told;
  if (told && ((shortcut.key == Key::enter && ui.focus.id == 0) || shortcut.key == Key::space)) {
    ui.push("quiz.next");
    return true;
  }
  if (told && shortcut.key == Key::t) {
    ui.push("quiz.show");
    return true;
  }
  return false;
}

}  // namespace

void route_key(session::Context& context, Shortcut shortcut, bool typing) {
  session::UiState& ui = context.ui;
  if ((ui.dialog == session::Dialog::palette && for_palette(ui, shortcut)) || (ui.dialog == session::Dialog::keys && for_keys(ui, shortcut)) ||
      (ui.dialog == session::Dialog::glossary && for_glossary(ui, shortcut, typing)))
    return note_press(context, shortcut, {});
  const bool notes = ui.dialog == session::Dialog::note || ui.dialog == session::Dialog::notes;
  if (notes && for_notes(ui, shortcut)) return note_press(context, shortcut, {});
  if (ui.dialog == session::Dialog::gallery && for_gallery(ui, shortcut, typing)) return note_press(context, shortcut, {});
  if (ui.find.open && ui.find.has_keyboard && ui.dialog == session::Dialog::none && for_find(ui, shortcut)) return note_press(context, shortcut, {});
  const bool asked = session::open_prediction(context) != nullptr;  // its Enter is its own
  if (ui.tour.on() && !asked && !typing && ui.dialog == session::Dialog::none && ui.menu.subject == 0 && for_tour(ui, shortcut)) return note_press(context, shortcut, {});
  // A value is typed in a menu: Enter, up and down are the menu's all the same.
  const bool of_menu = shortcut.key == Key::enter || shortcut.key == Key::up || shortcut.key == Key::down;
  if (typing && ui.menu.subject != 0 && of_menu && for_focus(ui.focus, shortcut)) return note_press(context, shortcut, {});
  // Out of a field as out of any other control.
  if (typing && shortcut.key == Key::tab && for_focus(ui.focus, shortcut)) return note_press(context, shortcut, {});
  if (typing && !passes_typing(shortcut)) return;
  if (!typing && ui.dialog == session::Dialog::none && ui.menu.subject == 0 && for_question(context, shortcut)) return note_press(context, shortcut, {});
  if (!typing && for_quiz(context, shortcut)) return note_press(context, shortcut, {});
  if (!typing && for_focus(ui.focus, shortcut)) return note_press(context, shortcut, {});
  const session::Command* command = session::find_command(shortcut);
  if (command == nullptr || !command->enabled(context)) return;
  // Behind a dialog nothing moves: what is left is to leave it, and what is seen with it in front.
  const bool harmless = command->id == "clear" || command->id == "keys" || command->id == "fact" || command->id == "palette" || command->id == "notes" || command->id == "gallery" || command->id == "tour" ||
                        command->id == "glossary" || command->id == "lesson" || command->id == "quiz" || command->id == "quit" ||
                        command->id == "screenshot" || command->id == "lens" || command->id == "lens.zoom" || command->id == "vision" || command->id == "theme" || command->id == "language" ||
                        command->id.starts_with("text.");
  if (ui.dialog != session::Dialog::none && !harmless) return;
  note_press(context, shortcut, command->id);
  ui.push(std::string(command->id));
}

}  // namespace forklight::app::panels
