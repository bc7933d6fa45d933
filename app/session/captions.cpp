#include "app/session/captions.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/timeline/waits.h"

namespace forklight::app::session {
namespace {

using timeline::EventRef;
using timeline::Model;
using timeline::TaskId;
using trace::BlockReason;
using trace::Kind;

constexpr std::int64_t kGather = 150'000'000;      // what comes together is told together
constexpr std::int64_t kQuiet = 1'000'000'000;     // nothing happens for as long: perhaps nothing can
constexpr std::size_t kNamed = 3;                  // of a list
constexpr int kEndWeight = 4;                      // that all have ended: as that one has
constexpr std::size_t kLookBack = 4096;            // events

// One event as it is told. The heavier is told first; 1: until anything else comes.
struct Told {
  Happening what;
  int weight;
  TaskId who = 0;
  std::uint32_t whom = 0, object = 0;
  std::uint64_t number = 0;
  std::uint32_t text = 0;
  bool apart = false;  // different numbers are different things
};

// Helpers of multiprocessing run nothing of the lesson.
bool is_helper(const Model& model, TaskId id) {
  const timeline::Task* task = model.find(id);
  return task != nullptr && (task->name == trace::kForkserver || task->name == trace::kResourceTracker);
}

bool is_pipe(const Model& model, std::uint32_t id) {
  const timeline::Object* object = model.find_object(id);
  return object != nullptr && object->kind == trace::ObjectKind::pipe && !object->internal();
}

// What the audience has a name for: the inner locks of a queue are not its business.
bool is_shown(const Model& model, std::uint32_t id) {
  const timeline::Object* object = model.find_object(id);
  return object != nullptr && !object->internal();
}

std::optional<Told> blocked(const Model& model, const EventRef& ref) {
  const trace::Event& event = ref.event;
  const auto reason = static_cast<BlockReason>(event.a & 0xffffffffU);
  switch (reason) {
    case BlockReason::join:
    case BlockReason::thread_join:
      if (model.find(event.object) == nullptr || is_helper(model, event.object)) return std::nullopt;
      return Told{Happening::waits_for, 3, ref.task, event.object};
    case BlockReason::put:
      if (!is_shown(model, event.object)) return std::nullopt;
      return Told{.what = Happening::full, .weight = 4, .who = ref.task, .object = event.object};
    case BlockReason::get:
    case BlockReason::recv:
      if (!is_shown(model, event.object)) return std::nullopt;
      return Told{.what = Happening::waits_for_value, .weight = 2, .who = ref.task, .object = event.object};
    case BlockReason::lock:
    case BlockReason::semaphore:
      if (!is_shown(model, event.object)) return std::nullopt;
      return Told{.what = Happening::waits_for_lock, .weight = 3, .who = ref.task, .object = event.object};
    case BlockReason::event:
    case BlockReason::condition:
    case BlockReason::barrier:
      if (!is_shown(model, event.object)) return std::nullopt;
      return Told{.what = Happening::waits_for_event, .weight = 3, .who = ref.task, .object = event.object};
    default:
      return std::nullopt;
  }
}

std::optional<Told> death(const Model& model, const EventRef& ref) {
  const trace::Event& event = ref.event;
  const timeline::Task* task = model.find(event.object);
  if (task == nullptr || task->is_thread() || is_helper(model, event.object)) return std::nullopt;
  const int signal = static_cast<int>(event.a & 0x7f);  // WTERMSIG, WEXITSTATUS: runs are told wherever they were made
  const auto code = static_cast<std::uint64_t>(event.a >> 8 & 0xff);
  if (signal != 0) return Told{Happening::killed, 7, 0, event.object, 0, static_cast<std::uint64_t>(signal), 0, true};
  if (code != 0) return Told{Happening::failed, 6, 0, event.object, 0, code, 0, true};
  return Told{Happening::ended, 4, 0, event.object};
}

std::optional<Told> learner(const EventRef& ref) {
  const trace::Event& event = ref.event;
  switch (trace::LearnerAct{event.a}) {
    case trace::LearnerAct::signal:
      return Told{Happening::signalled, 7, 0, event.object, 0, event.b, 0, true};
    case trace::LearnerAct::interrupt:
      return Told{.what = Happening::interrupted, .weight = 8};
    case trace::LearnerAct::put:
      return Told{.what = Happening::put, .weight = 6, .object = event.object};
    case trace::LearnerAct::set:
      return Told{.what = Happening::set, .weight = 6, .object = event.object};
    case trace::LearnerAct::clear:
      return Told{.what = Happening::cleared, .weight = 6, .object = event.object};
    default:
      return std::nullopt;
  }
}

std::optional<Told> of_pool(const EventRef& ref) {
  const trace::Event& event = ref.event;
  switch (event.kind) {
    case Kind::worker_started:
      return Told{Happening::workers, 4, 0, static_cast<std::uint32_t>(event.a), event.object};
    case Kind::job_new:
      return Told{.what = Happening::job, .weight = 5, .who = ref.task, .object = event.object, .number = event.a & 0xffffffffU, .text = ref.text};
    case Kind::item_begin:
      return Told{.what = Happening::calls, .weight = 2, .who = ref.task, .object = event.object, .text = ref.text};
    case Kind::item_end:
      if (event.b == 0) return Told{.what = Happening::raised, .weight = 6, .who = ref.task, .text = ref.text};
      return Told{.what = Happening::returned, .weight = 3, .who = ref.task, .object = event.object, .text = ref.text};
    case Kind::job_done:
      return Told{.what = event.b == 0 ? Happening::job_done : Happening::job_failed, .weight = event.b == 0 ? 5 : 7, .object = event.object};
    case Kind::pool_state:
      if (event.a == 1) return Told{.what = Happening::pool_closed, .weight = 5, .who = ref.task, .object = event.object};
      if (event.a == 2) return Told{.what = Happening::pool_terminated, .weight = 6, .who = ref.task, .object = event.object};
      if (event.a == 3) return Told{.what = Happening::pool_broken, .weight = 8, .object = event.object};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Told> of_traffic(const Model& model, const EventRef& ref) {
  const trace::Event& event = ref.event;
  const auto with = [&](Happening what, int weight) { return Told{.what = what, .weight = weight, .who = ref.task, .object = event.object, .text = ref.text}; };
  switch (event.kind) {
    case Kind::put_end:
      if (event.b == 0 || !is_shown(model, event.object)) return std::nullopt;
      return with(Happening::put, 3);
    case Kind::get_end:
      if (event.b == 0 || !is_shown(model, event.object)) return std::nullopt;
      return with(is_pipe(model, event.object) ? Happening::received : Happening::got, 3);
    case Kind::sent:
      if (!is_pipe(model, event.object)) return std::nullopt;
      return with(Happening::sent, 3);
    case Kind::dropped:
      return with(Happening::dropped, 7);
    case Kind::send_failed:
      return with(Happening::send_failed, 7);
    case Kind::acquire_end:
      if (event.a == 0 || !is_shown(model, event.object)) return std::nullopt;
      return with(Happening::took, 3);
    case Kind::set:
      return with(Happening::set, 4);
    case Kind::clear:
      return with(Happening::cleared, 3);
    case Kind::notify:
      return with(Happening::notified, 4);
    case Kind::barrier_full:
      return with(Happening::barrier_full, 5);
    default:
      return std::nullopt;
  }
}

// Nothing for what is not worth telling.
std::optional<Told> told(const Model& model, const EventRef& ref) {
  const trace::Event& event = ref.event;
  if (ref.task != 0 && is_helper(model, ref.task)) return std::nullopt;
  switch (event.kind) {
    case Kind::task_begin: {
      const timeline::Task* task = model.find(ref.task);
      // Of the others, their start is told.
      if (task == nullptr || task->parent != 0) return std::nullopt;
      return Told{.what = Happening::begins, .weight = 1, .who = ref.task};
    }
    case Kind::start_end:
      if (is_helper(model, event.object)) return std::nullopt;
      return Told{Happening::started, 4, ref.task, event.object};
    case Kind::start_failed:
      return Told{Happening::start_failed, 8, ref.task, event.object};
    case Kind::sleep_begin:
      return Told{.what = Happening::sleeps, .weight = 2, .who = ref.task, .number = event.a};
    case Kind::join_end:
      if (is_helper(model, event.object)) return std::nullopt;
      return Told{event.a != 0 ? Happening::joined : Happening::join_timeout, event.a != 0 ? 4 : 5, ref.task, event.object};
    case Kind::output:
      if (event.a == 2) return std::nullopt;  // what was raised is told by itself
      return Told{.what = Happening::printed, .weight = 3, .who = ref.task, .text = ref.text};
    case Kind::raise:
      return Told{.what = Happening::raised, .weight = 6, .who = ref.task, .text = ref.text};
    case Kind::exit: {
      const timeline::Task* task = model.find(ref.task);
      if (task == nullptr || !task->is_thread() || task->name.starts_with("QueueFeederThread")) return std::nullopt;
      return Told{Happening::thread_ended, 3, 0, ref.task};
    }
    case Kind::death:
      return death(model, ref);
    case Kind::signal_sent:
      return Told{Happening::signalled, 6, ref.task, event.object, 0, event.a, 0, true};
    case Kind::adopted:
      return Told{Happening::orphaned, 6, 0, event.object};
    case Kind::learner:
      return learner(ref);
    case Kind::cap:
      return Told{.what = Happening::limit, .weight = 8};
    case Kind::stop:
      if (trace::StopReason{event.a} != trace::StopReason::learner) return std::nullopt;
      return Told{.what = Happening::run_stopped, .weight = 8};
    case Kind::block_begin:
      return blocked(model, ref);
    case Kind::gil_take: {
      const timeline::Gil* gil = model.find_gil(event.object);
      if (gil == nullptr || event.a == 0 || event.a == ref.task) return std::nullopt;  // it did not change hands
      return Told{.what = Happening::gil_turns, .weight = 1, .object = event.object};
    }
    case Kind::update_lost:
      return Told{.what = Happening::update_lost, .weight = 7, .who = ref.task, .object = event.object};
    case Kind::work_begin:
      return Told{.what = Happening::computes, .weight = 2, .who = ref.task};
    case Kind::work_end:
      return Told{.what = Happening::computed, .weight = 3, .who = ref.task};
    default:
      break;
  }
  if (auto pool = of_pool(ref)) return pool;
  return of_traffic(model, ref);
}

Caption caption_of(const Told& one, std::int64_t at_ns) {
  Caption caption{.begin_ns = at_ns, .what = one.what, .who = one.who, .object = one.object, .count = 1, .number = one.number, .text = one.text};
  if (one.whom != 0) caption.whom.push_back(one.whom);
  return caption;
}

bool before(const EventRef& event, std::int64_t time_ns) { return event.time_ns < time_ns; }

// The value of a put or a send is told where it begins, by the same task.
void find_value(const Model& model, Caption& caption, std::int64_t at_ns) {
  const bool put = caption.what == Happening::put, send = caption.what == Happening::sent;
  if ((!put && !send) || caption.text != 0) return;
  const auto& events = model.events();
  auto at = std::lower_bound(events.begin(), events.end(), at_ns + 1, before);
  for (std::size_t looked = 0; at != events.begin() && looked < kLookBack; ++looked) {
    --at;
    const bool begins = at->event.kind == (put ? Kind::put_begin : Kind::send_begin) && at->event.object == caption.object;
    if (!begins || at->task != caption.who) continue;
    caption.text = at->text;
    return;
  }
}

// Of the processes of the lesson; 0 if one is still there.
std::uint64_t all_ended(const Model& model, std::int64_t at_ns) {
  std::uint64_t count = 0;
  for (const timeline::Task& task : model.tasks()) {
    if (task.is_thread() || is_helper(model, task.id)) continue;
    if (task.death_ns > at_ns) return 0;
    ++count;
  }
  return count;
}

bool is_end(Happening what) { return what == Happening::ended || what == Happening::failed || what == Happening::killed; }

}  // namespace

void CaptionTrack::clear() { *this = CaptionTrack(dwell_ns_); }

// What happens at nearly the same time is told together: in slow motion that is less of the run's time.
std::int64_t CaptionTrack::gather_ns() const noexcept { return static_cast<std::int64_t>(static_cast<double>(dwell_ns_) * kGather / kCaptionDwell); }

std::int64_t CaptionTrack::due_ns() const noexcept {
  std::int64_t first = timeline::kOpen;
  for (const Seen& seen : pending_) first = std::min(first, seen.caption.begin_ns);
  return std::max(first + gather_ns(), free_ns_);
}

void CaptionTrack::advance(const Model& model, std::int64_t until_ns) {
  if (model.begin_ns() != run_begin_ns_ || until_ns < read_to_ns_) {
    clear();
    run_begin_ns_ = last_event_ns_ = model.begin_ns();
  }
  const auto& events = model.events();
  auto at = read_to_ns_ == INT64_MIN ? events.begin() : std::lower_bound(events.begin(), events.end(), read_to_ns_ + 1, before);
  const auto settle = [&](std::int64_t to_ns) {
    if (!quiet_told_ && to_ns - last_event_ns_ >= kQuiet) look_for_deadlock(model, last_event_ns_ + kQuiet);
    while (!pending_.empty() && due_ns() <= to_ns) choose(model, due_ns());
  };
  for (; at != events.end() && at->time_ns <= until_ns; ++at) {
    settle(at->time_ns);
    take(model, *at);
    last_event_ns_ = at->time_ns;
    quiet_told_ = false;
  }
  read_to_ns_ = until_ns;
  settle(until_ns);
}

void CaptionTrack::take(const Model& model, const EventRef& event) {
  const auto found = told(model, event);
  if (!found) return;
  const Key key{found->what, found->who, found->object, found->apart ? found->number : 0};
  const std::uint64_t total = ++totals_[key];
  const auto same = std::find_if(pending_.begin(), pending_.end(), [&](const Seen& seen) { return seen.key == key; });
  if (same == pending_.end()) {
    Seen seen{caption_of(*found, event.time_ns), key, found->weight, event.time_ns};
    if (found->whom == 0) seen.caption.count = total;
    pending_.push_back(std::move(seen));
    return;
  }
  Caption& caption = same->caption;
  same->last_ns = event.time_ns;
  caption.several = true;
  caption.text = found->text;
  caption.number = found->number;
  if (found->whom == 0) {
    caption.count = total;
  } else if (std::find(caption.whom.begin(), caption.whom.end(), found->whom) == caption.whom.end()) {
    ++caption.count;
    if (caption.whom.size() < kNamed) caption.whom.push_back(found->whom);
  }
}

// Where nothing happens any more, that may be what is to be told.
void CaptionTrack::look_for_deadlock(const Model& model, std::int64_t at_ns) {
  quiet_told_ = true;
  const timeline::Deadlock found = timeline::find_deadlock(model, at_ns);
  if (!found) return;
  Seen seen;
  seen.caption.what = found.how == timeline::Stuck::cycle ? Happening::deadlock : Happening::stuck;
  seen.caption.begin_ns = seen.last_ns = at_ns;
  for (const timeline::Wait& wait : found.how == timeline::Stuck::cycle ? found.chain : found.stuck) {
    ++seen.caption.count;
    if (seen.caption.whom.size() < kNamed) seen.caption.whom.push_back(wait.task);
  }
  seen.weight = 8;
  pending_.push_back(std::move(seen));
}

void CaptionTrack::choose(const Model& model, std::int64_t at_ns) {
  const auto best = std::max_element(pending_.begin(), pending_.end(), [](const Seen& x, const Seen& y) {
    return x.weight != y.weight ? x.weight < y.weight : x.last_ns < y.last_ns;
  });
  Caption chosen = std::move(best->caption);
  const std::int64_t last_ns = best->last_ns;
  free_ns_ = best->weight > 1 ? at_ns + dwell_ns_ : at_ns;
  const bool ends = std::any_of(pending_.begin(), pending_.end(), [](const Seen& seen) { return is_end(seen.caption.what); }) || is_end(chosen.what);
  pending_.clear();
  find_value(model, chosen, last_ns);
  // When nobody is left, that is told: instead of a plain end, after one that is worth its own words.
  const std::uint64_t ended = !ended_told_ && ends ? all_ended(model, at_ns) : 0;
  if (ended > 1) {
    ended_told_ = true;
    Caption all{.what = Happening::all_ended, .count = ended};
    if (chosen.what == Happening::ended) {
      chosen = std::move(all);
    } else {
      all.begin_ns = at_ns;
      pending_.push_back({std::move(all), {Happening::all_ended, 0, 0, 0}, kEndWeight, at_ns});
    }
  }
  chosen.begin_ns = at_ns;
  if (!captions_.empty()) captions_.back().end_ns = at_ns;
  captions_.push_back(std::move(chosen));
}

std::vector<Caption> captions_of(const Model& model, std::int64_t dwell_ns) {
  CaptionTrack track(dwell_ns);
  if (!model.events().empty()) track.advance(model, model.end_ns() + 2 * dwell_ns);
  return track.captions();
}

bool caption_at(const Model& model, std::int64_t time_ns, Caption& caption) {
  const auto& events = model.events();
  auto at = std::lower_bound(events.begin(), events.end(), time_ns + 1, before);
  for (std::size_t looked = 0; at != events.begin() && looked < kLookBack; ++looked) {
    --at;
    const auto found = told(model, *at);
    if (!found) continue;
    caption = caption_of(*found, at->time_ns);
    find_value(model, caption, at->time_ns);
    return true;
  }
  return false;
}

}  // namespace forklight::app::session
