// What the learner can do to a running thing: the commands that the menu of a task or of a shared object offers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/session/session.h"

namespace forklight::app::session {

struct Act {
  std::string_view command;
  std::string argument;
  bool possible;             // now: of a task that is dead, a queue that is full, nothing is
  timeline::TaskId of = 0;   // the process whose end is closed; 0 for other acts
};

// One part of a menu: a task or an object, and its acts.
struct Acts {
  std::uint32_t subject;
  std::vector<Act> acts;
};

// Of a task: its signals, the one to all, then what can be done to the object that it waits for or is about to use. Of an object: its own.
// Empty where nothing can ever be done.
[[nodiscard]] std::vector<Acts> acts_on(const Session& session, std::uint32_t task_or_object);

// Shared objects that a learner can act on, by birth.
[[nodiscard]] std::vector<const timeline::Object*> objects_in_reach(const timeline::Model& model);

}  // namespace forklight::app::session
