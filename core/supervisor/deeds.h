// Doing a learner's acts of an earlier run again: finds what they were done to by name, asks the supervisor, and hears what came of it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/supervisor/replay.h"

namespace forklight::supervisor {

class PaceControl;

// The shared objects of a run, by name. Several may have the same one: they are told apart by their birth.
class ObjectNames {
 public:
  void add(std::uint32_t object, const std::string& name) { names_.emplace_back(object, name); }
  [[nodiscard]] std::pair<std::string, std::size_t> name_of(std::uint32_t object) const;
  // 0 if there is none (yet).
  [[nodiscard]] std::uint32_t find(const std::string& name, std::size_t ordinal) const;

 private:
  std::vector<std::pair<std::uint32_t, std::string>> names_;
};

class DeedRepeater {
 public:
  // `send` carries a message to the supervisor.
  explicit DeedRepeater(std::function<void(const nlohmann::json&)> send) : send_(std::move(send)) {}

  // What has been recorded since: new objects; that what was asked for has been done.
  void note(std::span<const trace::Record> records, PaceControl& pace);
  // True if a refusal was about what we had asked for.
  bool refused(const std::string& why, PaceControl& pace);
  // Does what is due.
  void tick(PaceControl& pace, std::int64_t now_ns);

 private:
  [[nodiscard]] nlohmann::json message_for(const Deed& deed, const PaceControl& pace) const;

  std::function<void(const nlohmann::json&)> send_;
  ObjectNames objects_;
  bool asked_ = false;
};

}  // namespace forklight::supervisor
