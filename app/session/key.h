// Keys by name, so that commands and models need no GUI header; app/platform maps them.
#pragma once

#include <cstdint>
#include <string>

namespace forklight::app::session {

enum class Key : std::uint8_t {
  none, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z,
  n0, n1, n2, n3, n4, n5, n6, n7, n8, n9,
  space, enter, escape, tab, left, right, up, down, home, end, page_up, page_down,
  period, comma, plus, minus, left_bracket, right_bracket, slash, f1, f2, f3, f5, f10, f11
};

struct Shortcut {
  Key key = Key::none;
  bool ctrl = false, shift = false;
  bool operator==(const Shortcut&) const = default;
};

// "Ctrl+O", "Space", "[": as shown beside a command; "" for none.
[[nodiscard]] std::string to_string(Shortcut shortcut);

}  // namespace forklight::app::session
