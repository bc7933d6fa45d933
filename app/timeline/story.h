// What a tooltip says: a title, a second line, rows of facts. Told by tooltip.cpp, of pools by pool_story.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/timeline/canvas.h"

namespace forklight::app::timeline_view {

struct Row {
  std::string what, value;
};
struct Story {
  std::string title, second;
  std::vector<Row> rows;
};

// A moment of the run, since its begin.
[[nodiscard]] std::string moment_words(const Canvas& canvas, std::int64_t time_ns);
// When something began, how long it lasted, and when it ended if it has.
void add_times(const Canvas& canvas, std::int64_t begin_ns, std::int64_t end_ns, Story& story);

// Of a pool, one of its jobs, a task on a worker's lane, a worker's idle tail, or a result; nothing for all else.
[[nodiscard]] std::optional<Story> pool_story(const Canvas& canvas, const Item& item);

}  // namespace forklight::app::timeline_view
