#include "core/scenario/claims.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

namespace forklight::scenario {
namespace {

bool any_event(const timeline::Model& model, trace::Kind kind) {
  const auto& events = model.events();
  return std::any_of(events.begin(), events.end(), [kind](const auto& ref) { return ref.event.kind == kind; });
}

}  // namespace

const timeline::Task* task_named(const timeline::Model& model, std::string_view name) {
  const auto& tasks = model.tasks();
  const auto found =
      std::find_if(tasks.begin(), tasks.end(), [&](const timeline::Task& task) { return task.name == name; });
  return found == tasks.end() ? nullptr : &*found;
}

bool is_helper(const timeline::Task& task) {
  return task.parent != 0 && (task.name == trace::kForkserver || task.name == trace::kResourceTracker);
}

Verdict exit_code_is(const timeline::Model& model, std::string_view name, int expected, bool finished) {
  const timeline::Task* task = task_named(model, name);
  const auto code = task != nullptr ? task->exit_code() : std::nullopt;
  if (!code) return eventually(false, finished);
  return *code == expected ? Verdict::held : Verdict::broken;
}

bool printed(const timeline::Model& model, const timeline::Task& task, std::string_view text) {
  std::string all;
  for (const timeline::ConsoleLine& line : model.console()) {
    if (line.task == task.id) all += line.text;
  }
  return all.find(text) != std::string::npos;
}

std::string stdout_of(const timeline::Model& model, const timeline::Task& task) {
  std::string all;
  for (const timeline::ConsoleLine& line : model.console()) {
    if (line.task == task.id && line.stream == 1) all += line.text;
  }
  return all;
}

std::size_t lines_that_say(const timeline::Model& model, std::string_view line) {
  std::unordered_map<std::uint64_t, std::string> rest;  // by task and stream: the beginning of a line
  std::size_t count = 0;
  for (const timeline::ConsoleLine& written : model.console()) {
    std::string& text = rest[std::uint64_t{written.task} << 2 | static_cast<std::uint64_t>(written.stream)];
    text += written.text;
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      count += std::string_view(text).substr(begin, end - begin) == line ? 1 : 0;
    }
    text.erase(0, begin);
  }
  return count;
}

std::optional<int> turns_printed(const timeline::Model& model, std::string_view first, std::string_view second) {
  int turns = 0;
  for (const timeline::ConsoleLine& line : model.console()) {
    const bool of_first = line.text.starts_with(first);
    if (!of_first && !line.text.starts_with(second)) continue;
    if (of_first != (turns % 2 == 0) && !hand_of_learner(model)) return std::nullopt;
    ++turns;
  }
  return turns;
}

bool main_printed(const timeline::Model& model, std::string_view text) {
  const timeline::Task* main = model.find(1);
  return main != nullptr && printed(model, *main, text);
}

Events recent_events(const timeline::Model& model, bool finished) {
  constexpr std::size_t kLatest = 20'000;
  const auto& all = model.events();
  const bool whole = finished || all.size() <= kLatest;
  return {{whole ? all.begin() : all.end() - kLatest, all.end()}, whole};
}

bool hand_of_learner(const timeline::Model& model) {
  return any_event(model, trace::Kind::learner);
}

bool others_took_cores(const timeline::Model& model, std::initializer_list<std::string_view> processes) {
  constexpr double kGoodPart = 0.2;
  std::int64_t worked = 0, waited = 0;
  for (const std::string_view name : processes) {
    const timeline::Task* task = task_named(model, name);
    const timeline::Kernel::OfTask* kernel = task == nullptr ? nullptr : model.kernel().find(task->id);
    if (kernel == nullptr) continue;
    worked += kernel->on_cpu.busy_until(std::min(task->death_ns, model.end_ns()));
    waited += kernel->waited_ns;
  }
  return static_cast<double>(waited) > kGoodPart * static_cast<double>(worked);
}

Requests requests_for_gil(const timeline::Model& model, bool finished) {
  Requests requests;
  std::map<timeline::TaskId, timeline::EventRef> waits;
  for (const timeline::EventRef& ref : recent_events(model, finished).events) {
    if (ref.event.kind == trace::Kind::gil_wait) waits[ref.task] = ref;
    if (ref.event.kind != trace::Kind::gil_request) continue;
    const auto wait = waits.find(ref.task);
    if (wait == waits.end()) continue;
    requests.seen = true;
    requests.early = requests.early || ref.event.time_ns - wait->second.event.time_ns < static_cast<std::int64_t>(wait->second.event.a);
  }
  return requests;
}

bool held_at_gate(const timeline::Model& model) {
  return any_event(model, trace::Kind::held);
}

const timeline::Object* object_named(const timeline::Model& model, std::string_view name) {
  const auto& objects = model.objects();
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const timeline::Object& object) {
    return !object.internal() && object.name == name;
  });
  return found == objects.end() ? nullptr : &*found;
}

bool can_be_counted(const timeline::Model& model, bool finished) {
  return finished && model.lost_count() == 0 && !model.stopped() && !hand_of_learner(model) && !held_at_gate(model);
}

std::vector<timeline::EventRef> events_on(const timeline::Model& model, const timeline::Object& object,
                                          trace::Kind kind) {
  std::vector<timeline::EventRef> found;
  for (const timeline::EventRef& ref : model.events()) {
    if (ref.event.kind == kind && ref.event.object == object.id) found.push_back(ref);
  }
  return found;
}

Verdict so_far(bool seen, const timeline::Model& model, bool finished) {
  return eventually(seen || (finished && model.stopped().has_value()), finished);
}

Verdict endless(const timeline::Model& model, const Settings&, bool finished) {
  return finished ? eventually(model.stopped().has_value() || hand_of_learner(model), true) : Verdict::pending;
}

Verdict nothing_left(const timeline::Model& model, const Settings&, bool finished) {
  return finished ? eventually(model.complete(), true) : Verdict::pending;
}

Verdict all_of(std::initializer_list<Verdict> verdicts) {
  if (std::find(verdicts.begin(), verdicts.end(), Verdict::broken) != verdicts.end()) return Verdict::broken;
  const bool all_held =
      std::all_of(verdicts.begin(), verdicts.end(), [](Verdict verdict) { return verdict == Verdict::held; });
  return all_held ? Verdict::held : Verdict::pending;
}

Verdict eventually(bool so_far, bool finished) {
  if (so_far) return Verdict::held;
  return finished ? Verdict::broken : Verdict::pending;
}

}  // namespace forklight::scenario
