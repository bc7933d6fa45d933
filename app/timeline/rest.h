// How long the mouse has been over one and the same thing: who stays with it wants to know more of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/timeline/drawn.h"

namespace forklight::app::timeline_view {

struct Item;

class Rest {
 public:
  [[nodiscard]] double over(const Item& item);  // seconds, once a frame; another thing begins at 0
  void nothing() { seen_ = false; }

 private:
  bool seen_ = false;
  Drawn::What what_ = Drawn::What::span;
  std::uint32_t task_ = 0;
  std::size_t index_ = 0;
  double since_ = 0;
};

}  // namespace forklight::app::timeline_view
