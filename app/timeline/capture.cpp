#include "app/timeline/capture.h"

#include <algorithm>

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

void capture_text(const ImDrawList* list, platform::Font font, ImVec2 at, platform::Color color, std::string_view text, float wrap_width) {
  const ImVec2 low = list->GetClipRectMin(), high = list->GetClipRectMax();
  const char *from = text.data(), *const end = text.data() + text.size();
  while (from < end) {
    const char* line_end = std::find(from, end, '\n');
    if (wrap_width > 0) line_end = std::min(line_end, platform::compat::line_end(platform::font(font), from, line_end, wrap_width));
    const std::string_view line(from, static_cast<std::size_t>(line_end - from));
    if (!line.empty())
      current->runs_.push_back({list, list->IdxBuffer.Size, font, at, measure(font, line).x, color, {low.x, low.y, high.x, high.y}, std::string(line)});
    at.y += line_height(font);
    from = line_end;
    while (wrap_width > 0 && from < end && *from == ' ') ++from;
    if (from < end && *from == '\n') ++from;
    if (line.empty() && from == line_end) break;  // not even one character has room
  }
}

}  // namespace forklight::app::timeline_view
