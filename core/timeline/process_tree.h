// Who started whom, as the rows of a tree.
#pragma once

#include <cstddef>
#include <vector>

#include "core/timeline/model.h"

namespace forklight::timeline {

struct TreeRow {
  std::size_t order;         // its place in Model::tasks()
  std::size_t depth;         // 0: nobody of the run has started it
  bool last;                 // of its parent's children
  std::vector<bool> passes;  // of each ancestor from depth 1 on, the eldest first: whether a younger sibling of it is still to come
};

// All tasks: parents before their children, children by order of birth. Threads hang on their process as children do, and what a thread
// starts is its process's. An orphan stays with who has started it. O(n).
[[nodiscard]] std::vector<TreeRow> tree_rows(const Model& model);

}  // namespace forklight::timeline
