#include "app/timeline/capture.h"

#include "app/platform/imgui_compat.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {
namespace {

Capture* current = nullptr;

}  // namespace

Capture::Capture() { current = this; }
Capture::~Capture() { current = nullptr; }

bool capturing() noexcept { return current != nullptr; }

void prepare_list(ImDrawList* list) {
  if (capturing()) platform::compat::set_fringe(list, 0.002f);
}

void capture_text(const ImDrawList* list, platform::Font font, ImVec2 at, platform::Color color, std::string_view text) {
  const ImVec2 low = list->GetClipRectMin(), high = list->GetClipRectMax();
  for (;; at.y += line_height(font)) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) current->runs_.push_back({list, list->IdxBuffer.Size, font, at, measure(font, line).x, color, {low.x, low.y, high.x, high.y}, std::string(line)});
    if (line.size() == text.size()) return;
    text.remove_prefix(line.size() + 1);
  }
}

}  // namespace forklight::app::timeline_view
