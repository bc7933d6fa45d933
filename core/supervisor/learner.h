// The learner's hand in a run: puts a value into a queue, sets or clears an event, closes a process's end of a pipe, turns a GIL's switch
// interval.
//
// Done by the supervisor, on the very semaphores, pipes and descriptors that the lesson uses, and recorded as the learner's doing. It never
// waits for longer than a moment: where Python's own call would block, the answer says so.
#pragma once

#include <string>

#include "core/base/json.h"
#include "core/supervisor/tree.h"

namespace forklight::supervisor {

class Learner {
 public:
  Learner(const trace::Region& region, const Tree& tree) noexcept : region_(&region), tree_(&tree) {}

  // {"act": "put", "object": id, "value": any} · {"act": "set" | "clear", "object": id} · {"act": "close", "object": id, "task": id,
  // "end": 0 | 1} · {"act": "interval", "object": id of a GIL, "us": microseconds}. Returns one sentence if it could not be done, else nothing.
  [[nodiscard]] std::string act(const nlohmann::json& message) const;

 private:
  [[nodiscard]] std::string put(std::uint32_t object, const trace::SharedObject& shared, const nlohmann::json& value) const;
  [[nodiscard]] std::string set(std::uint32_t object, const trace::SharedObject& shared, bool on) const;
  [[nodiscard]] std::string close_end(std::uint32_t object, const trace::SharedObject& shared, trace::TaskId task, int end) const;

  [[nodiscard]] std::string set_interval(std::uint32_t object, const trace::SharedObject& shared, std::int64_t microseconds) const;

  const trace::Region* region_;
  const Tree* tree_;
};

}  // namespace forklight::supervisor
