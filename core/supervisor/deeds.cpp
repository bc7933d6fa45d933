#include "core/supervisor/deeds.h"

#include <algorithm>

#include "core/supervisor/pace.h"

namespace forklight::supervisor {

using trace::Kind;
using trace::LearnerAct;

std::pair<std::string, std::size_t> ObjectNames::name_of(std::uint32_t object) const {
  const auto found = std::find_if(names_.begin(), names_.end(), [&](const auto& one) { return one.first == object; });
  if (found == names_.end()) return {};
  const auto before = std::count_if(names_.begin(), found, [&](const auto& one) { return one.second == found->second; });
  return {found->second, static_cast<std::size_t>(before)};
}

std::uint32_t ObjectNames::find(const std::string& name, std::size_t ordinal) const {
  for (const auto& [object, its_name] : names_)
    if (its_name == name && ordinal-- == 0) return object;
  return 0;
}

void DeedRepeater::note(std::span<const trace::Record> records, PaceControl& pace) {
  for (const trace::Record& record : records) {
    if (record.event.kind == Kind::object_new && record.event.b >> 32 == 0) objects_.add(record.event.object, record.text);
    if (record.event.kind == Kind::learner && std::exchange(asked_, false)) pace.deed_done();
  }
}

bool DeedRepeater::refused(const std::string& why, PaceControl& pace) {
  if (!std::exchange(asked_, false)) return false;
  pace.deed_refused(why);
  return true;
}

// Nothing while what it is to be done to is not there yet.
nlohmann::json DeedRepeater::message_for(const Deed& deed, const PaceControl& pace) const {
  const trace::TaskId task = deed.task.empty() ? 0 : pace.task_named(deed.task);
  if (!deed.task.empty() && task == 0) return {};
  if (deed.what == LearnerAct::interrupt) return {{"do", "interrupt"}};
  if (deed.what == LearnerAct::signal) return {{"do", "signal"}, {"task", task}, {"signal", deed.number}};
  const std::uint32_t object = objects_.find(deed.object, deed.ordinal);
  if (object == 0) return {};
  nlohmann::json message = {{"do", "act"}, {"object", object}};
  switch (deed.what) {
    case LearnerAct::put:
      message["act"] = "put";
      message["value"] = nlohmann::json::parse(deed.value, nullptr, false);
      return message["value"].is_discarded() ? nlohmann::json() : message;
    case LearnerAct::set:
    case LearnerAct::clear:
      message["act"] = deed.what == LearnerAct::set ? "set" : "clear";
      return message;
    case LearnerAct::close:
      message["act"] = "close";
      message["task"] = task;
      message["end"] = deed.number;
      return message;
    case LearnerAct::interval:
      message["act"] = "interval";
      message["us"] = deed.number;
      return message;
    case LearnerAct::signal:
    case LearnerAct::interrupt:
      break;
  }
  return {};
}

void DeedRepeater::tick(PaceControl& pace, std::int64_t now_ns) {
  const auto due = pace.deed_due(now_ns);
  if (!due || asked_) return;
  const nlohmann::json message = message_for(*due, pace);
  if (message.is_null()) return;  // it may come yet; the control's patience ends some time
  asked_ = true;
  pace.deed_asked(now_ns);
  send_(message);
}

}  // namespace forklight::supervisor
