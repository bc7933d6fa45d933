// What is to leave the window as a figure. Plain data.
#pragma once

#include <string>

namespace forklight::app::session {

struct ExportState {
  std::string figure_wanted;  // the file; drawn after the next frame
};

}  // namespace forklight::app::session
