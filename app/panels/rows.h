// Rows of a list: one stop of Tab for all of them. Arrows, page and end keys go from row to row, Enter presses the row they are at, as a
// click does.
#pragma once

#include <cstddef>
#include <functional>

#include "app/panels/widgets.h"

namespace forklight::app::panels {

constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);

struct RowKeys {
  bool focused = false, pressed = false;
  std::size_t at = kNoRow;  // the row that has the ring
  [[nodiscard]] bool enters(std::size_t row) const { return pressed && row == at; }
};

// Before the first row is drawn, with the cursor where it will stand; all rows are as high (pixels, with what is between two of them). A list that
// Tab comes to begins at `selected()`, else at the first row in sight. `above`: pixels of a heading that stays where it is while rows scroll.
[[nodiscard]] RowKeys row_keys(UiState& ui, const char* id, std::size_t count, float row_height, const std::function<std::size_t()>& selected, float above = 0);
// After a row's item: the ring round it, if it is the one.
void draw_row_focus(const RowKeys& keys, std::size_t row);

}  // namespace forklight::app::panels
