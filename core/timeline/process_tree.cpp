#include "core/timeline/process_tree.h"

#include <utility>

namespace forklight::timeline {

std::vector<TreeRow> tree_rows(const Model& model) {
  const auto& tasks = model.tasks();
  std::vector<std::vector<std::size_t>> children(tasks.size());
  std::vector<std::size_t> roots;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Task* starter = model.find(tasks[i].parent);
    // Who was started by a thread is a child of its process.
    const Task* parent = starter != nullptr && starter->is_thread() ? model.find(starter->process) : starter;
    const std::size_t place = parent == nullptr ? tasks.size() : static_cast<std::size_t>(parent - tasks.data());
    (place < i ? children[place] : roots).push_back(i);
  }
  std::vector<TreeRow> rows, open;
  const auto push = [&](const std::vector<std::size_t>& siblings, const TreeRow* parent) {
    std::vector<bool> passes = parent == nullptr ? std::vector<bool>{} : parent->passes;
    if (parent != nullptr && parent->depth > 0) passes.push_back(!parent->last);
    for (std::size_t i = siblings.size(); i-- > 0;)
      open.push_back({siblings[i], parent == nullptr ? 0 : parent->depth + 1, i + 1 == siblings.size(), passes});
  };
  push(roots, nullptr);
  while (!open.empty()) {
    const TreeRow row = std::move(open.back());
    open.pop_back();
    push(children[row.order], &row);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace forklight::timeline
