#include "core/supervisor/replay.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>
#include <tuple>
#include <utility>

#include "core/supervisor/deeds.h"
#include "core/trace/region.h"

namespace forklight::supervisor {

using trace::Kind;
using trace::Pace;
using trace::TaskId;

namespace {

struct DeedDone {
  std::int64_t time_ns;
  Deed deed;
};

struct Made {
  std::uint32_t ordinal;
  std::int64_t came_ns, went_ns, back_ns;
  Choice choice;
};
constexpr std::int64_t kNotBack = std::numeric_limits<std::int64_t>::max();

// Who was let go and is neither back at the gate nor at its end. Asked for times in ascending order.
class UnderWay {
 public:
  void add(const Made& made) { gone_.push_back(&made); }
  std::vector<std::string> at(std::int64_t time_ns) {
    std::erase_if(gone_, [&](const Made* made) { return made->back_ns <= time_ns; });
    std::vector<std::string> names;
    for (const Made* made : gone_) names.push_back(made->choice.task);
    return names;
  }

 private:
  std::vector<const Made*> gone_;
};

Deed deed_of(const trace::Record& record, std::unordered_map<TaskId, std::string>& tasks, const ObjectNames& objects) {
  const trace::Event& event = record.event;
  Deed deed{.what = trace::LearnerAct{event.a}, .position = 0, .task = {}, .object = {}};
  if (deed.what == trace::LearnerAct::interrupt) return deed;
  if (deed.what == trace::LearnerAct::signal) {
    deed.task = tasks[event.object];
    deed.number = static_cast<int>(event.b);
    return deed;
  }
  std::tie(deed.object, deed.ordinal) = objects.name_of(event.object);
  if (deed.what == trace::LearnerAct::put) deed.value = record.text;
  if (deed.what == trace::LearnerAct::interval) deed.number = static_cast<int>(event.b / 1000);
  if (deed.what == trace::LearnerAct::close) {
    deed.task = tasks[static_cast<TaskId>(event.b >> 32)];
    deed.number = static_cast<int>(event.b & 1);
  }
  return deed;
}

}  // namespace

Replay choices_of(std::span<const trace::Record> records) {
  std::unordered_map<std::uint64_t, std::string> processes;  // names by pid
  std::unordered_map<TaskId, std::size_t> last_made;
  std::unordered_map<TaskId, std::string> names;
  std::unordered_map<TaskId, trace::Event> standing;
  std::unordered_set<TaskId> killed;  // before the run was stopped
  bool stopped = false;
  std::vector<Made> made;
  std::vector<DeedDone> deeds;
  ObjectNames objects;
  for (const trace::Record& record : records) {
    const trace::Event& event = record.event;
    const auto came_back = [&](TaskId task) {
      if (const auto last = last_made.find(task); last != last_made.end() && made[last->second].back_ns == kNotBack) {
        made[last->second].back_ns = event.time_ns;
      }
    };
    if (event.kind == Kind::task_begin) {
      const std::string name = record.text.substr(0, trace::kMaxName - 1);
      const std::uint64_t pid = event.a >> 32, tid = event.a & 0xffffffff;
      if (pid == tid) processes[pid] = name;
      names[record.task] = pid == tid ? name : processes[pid] + "/" + name;
    }
    if (event.kind == Kind::held) {
      standing[record.task] = event;
      came_back(record.task);
    }
    if (event.kind == Kind::death) came_back(event.object);
    if (event.kind == Kind::stop) stopped = true;
    if (event.kind == Kind::object_new && event.b >> 32 == 0) objects.add(event.object, record.text);
    if (event.kind == Kind::learner) deeds.push_back({event.time_ns, deed_of(record, names, objects)});
    if (event.kind == Kind::death && !stopped) killed.insert(event.object);
    if (event.kind == Kind::let_go) {
      const auto held = standing.find(record.task);
      const auto ordinal = static_cast<std::uint32_t>(event.b);
      if (held != standing.end() && ordinal != 0) {
        last_made[record.task] = made.size();
        made.push_back({ordinal, held->second.time_ns, event.time_ns, kNotBack,
                        {names[record.task], static_cast<Kind>(event.a), held->second.b}});
      }
      standing.erase(record.task);
    }
  }
  std::sort(made.begin(), made.end(), [](const Made& x, const Made& y) { return x.ordinal < y.ordinal; });
  Replay replay;
  for (const auto& [task, event] : standing) {
    replay.left_standing.push_back({names[task], static_cast<Kind>(event.a), event.b});
    if (!killed.contains(task)) replay.then = Pace::step;
  }
  std::int64_t last_ns = made.empty() ? 0 : made.front().came_ns;
  UnderWay before_choice;
  for (Made& one : made) {
    one.choice.lag_ns = std::max<std::int64_t>(0, one.came_ns - last_ns);
    one.choice.under_way = before_choice.at(one.went_ns);
    before_choice.add(one);
    last_ns = one.went_ns;
  }
  std::stable_sort(deeds.begin(), deeds.end(), [](const DeedDone& x, const DeedDone& y) { return x.time_ns < y.time_ns; });
  UnderWay before_deed;
  std::size_t added = 0;
  for (DeedDone& one : deeds) {
    const auto before = std::count_if(made.begin(), made.end(), [&](const Made& choice) { return choice.went_ns <= one.time_ns; });
    one.deed.position = static_cast<std::size_t>(before);
    if (before > 0) {
      const Made& last = made[one.deed.position - 1];
      one.deed.lag_ns = one.time_ns - last.went_ns;
      while (added < one.deed.position) before_deed.add(made[added++]);
      one.deed.under_way = before_deed.at(one.time_ns);
    }
    replay.deeds.push_back(std::move(one.deed));
  }
  for (Made& one : made) replay.choices.push_back(std::move(one.choice));
  return replay;
}

}  // namespace forklight::supervisor
