// What a tooltip says: a title, a second line, rows of facts. Drawn by tooltip.cpp.
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

// --- words that stories share -----------------------------------------------------------------------

// A moment of the run, since its begin.
[[nodiscard]] std::string moment_words(const Canvas& canvas, std::int64_t time_ns);
[[nodiscard]] std::int64_t moment_under_mouse(const Canvas& canvas);  // or now, where that is behind it
// "4.2 ms", or "4.2 ms so far".
[[nodiscard]] std::string lasted(const Canvas& canvas, std::int64_t begin_ns, std::int64_t end_ns);
[[nodiscard]] std::string task_name(const Canvas& canvas, timeline::TaskId id);
// When something began, how long it lasted, and when it ended if it has.
void add_times(const Canvas& canvas, std::int64_t begin_ns, std::int64_t end_ns, Story& story);

// --- tasks: task_story.cpp ---------------------------------------------------------------------------

[[nodiscard]] Story about_span(const Canvas& canvas, const Item& item, const timeline::Task& task);
[[nodiscard]] Story about_badge(const Canvas& canvas, const timeline::Task& task);
[[nodiscard]] Story about_mark(const Canvas& canvas, const Item& item, const timeline::Task& task);

// --- between tasks: traffic_story.cpp ----------------------------------------------------------------

[[nodiscard]] Story about_message(const Canvas& canvas, const Item& item);  // what it carried, from whom to whom, and how long it was where
[[nodiscard]] Story about_channel(const Canvas& canvas, const Item& item);  // a queue or a pipe at the moment under the mouse
[[nodiscard]] Story about_arrow(const Canvas& canvas, const Item& item);

// --- the kernel's: kernel_story.cpp, at the moment under the mouse -----------------------------------

[[nodiscard]] Story about_core(const Canvas& canvas, const Item& item);
[[nodiscard]] Story about_strip(const Canvas& canvas, const timeline::Task& task);  // on a core, or why not
[[nodiscard]] Story about_memory(const Canvas& canvas, const timeline::Task& task);

// --- the GIL: gil_story.cpp ---------------------------------------------------------------------------

[[nodiscard]] Story about_gil(const Canvas& canvas, const timeline::Gil& gil, std::int64_t when);
[[nodiscard]] Story about_hand_over(const Canvas& canvas, const timeline::Gil& gil, const Item& item);
[[nodiscard]] Story about_request(const Canvas& canvas, const timeline::Gil& gil, const Item& item);

// --- pools: pool_story.cpp ----------------------------------------------------------------------------

// Of a pool, one of its jobs, a task on a worker's lane, a worker's idle tail, or a result; nothing for all else.
[[nodiscard]] std::optional<Story> pool_story(const Canvas& canvas, const Item& item);

}  // namespace forklight::app::timeline_view
