#include "app/platform/input.h"

#include <GLFW/glfw3.h>

#include <cstring>

namespace forklight::app::platform {
namespace {

using session::Key;

Key offset(Key first, int by) {
  return static_cast<Key>(static_cast<int>(first) + by);
}

Key by_place(int key) noexcept {
  if (key >= GLFW_KEY_A && key <= GLFW_KEY_Z) return offset(Key::a, key - GLFW_KEY_A);
  if (key >= GLFW_KEY_0 && key <= GLFW_KEY_9) return offset(Key::n0, key - GLFW_KEY_0);
  if (key >= GLFW_KEY_KP_0 && key <= GLFW_KEY_KP_9) return offset(Key::n0, key - GLFW_KEY_KP_0);
  switch (key) {
    case GLFW_KEY_SPACE:
      return Key::space;
    case GLFW_KEY_ENTER:
    case GLFW_KEY_KP_ENTER:
      return Key::enter;
    case GLFW_KEY_ESCAPE:
      return Key::escape;
    case GLFW_KEY_TAB:
      return Key::tab;
    case GLFW_KEY_LEFT:
      return Key::left;
    case GLFW_KEY_RIGHT:
      return Key::right;
    case GLFW_KEY_UP:
      return Key::up;
    case GLFW_KEY_DOWN:
      return Key::down;
    case GLFW_KEY_HOME:
      return Key::home;
    case GLFW_KEY_END:
      return Key::end;
    case GLFW_KEY_PAGE_UP:
      return Key::page_up;
    case GLFW_KEY_PAGE_DOWN:
      return Key::page_down;
    case GLFW_KEY_PERIOD:
      return Key::period;
    case GLFW_KEY_COMMA:
      return Key::comma;
    case GLFW_KEY_EQUAL:
    case GLFW_KEY_KP_ADD:
      return Key::plus;
    case GLFW_KEY_MINUS:
    case GLFW_KEY_KP_SUBTRACT:
      return Key::minus;
    case GLFW_KEY_LEFT_BRACKET:
      return Key::left_bracket;
    case GLFW_KEY_RIGHT_BRACKET:
      return Key::right_bracket;
    case GLFW_KEY_SLASH:
      return Key::slash;
    case GLFW_KEY_F1:
      return Key::f1;
    case GLFW_KEY_F2:
      return Key::f2;
    case GLFW_KEY_F3:
      return Key::f3;
    case GLFW_KEY_F5:
      return Key::f5;
    case GLFW_KEY_F10:
    case GLFW_KEY_MENU:
      return Key::f10;
    case GLFW_KEY_F11:
      return Key::f11;
    default:
      return Key::none;
  }
}

// What the layout prints on the key, for those that print one character.
Key by_layout(const char* name) noexcept {
  if (name == nullptr || std::strlen(name) != 1) return Key::none;
  const char c = name[0];
  if (c >= 'a' && c <= 'z') return offset(Key::a, c - 'a');
  switch (c) {
    case '+':
    case '=':
      return Key::plus;
    case '-':
      return Key::minus;
    case '[':
      return Key::left_bracket;
    case ']':
      return Key::right_bracket;
    default:
      return Key::none;
  }
}

}  // namespace

session::Shortcut shortcut_for(int glfw_key, int scancode, int mods) noexcept {
  Key key = Key::none;
  if (glfw_key == GLFW_KEY_UNKNOWN || (glfw_key >= GLFW_KEY_APOSTROPHE && glfw_key <= GLFW_KEY_WORLD_2))
    key = by_layout(glfwGetKeyName(glfw_key, scancode));
  if (key == Key::none) key = by_place(glfw_key);
  session::Shortcut shortcut{key, (mods & (GLFW_MOD_CONTROL | GLFW_MOD_SUPER)) != 0, (mods & GLFW_MOD_SHIFT) != 0};
  // The menu key is Shift+F10 in one.
  if (glfw_key == GLFW_KEY_MENU) shortcut.shift = true;
  // "+" is Shift+"=" on many keyboards and a key of its own on others: the same command either way.
  if (key == Key::plus) shortcut.shift = false;
  return shortcut;
}

}  // namespace forklight::app::platform
