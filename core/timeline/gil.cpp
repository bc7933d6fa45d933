#include "core/timeline/gil.h"

#include <algorithm>

namespace forklight::timeline {

namespace {

constexpr std::int64_t kDefaultInterval = 5'000'000;  // G.1
constexpr std::size_t kLooksBack = 64;                 // threads tell of one another's doings a little late at most

}  // namespace

std::int64_t GilRequest::age_ns(std::int64_t now_ns) const noexcept {
  return std::min({seen_ns, end_ns, std::max(now_ns, begin_ns)}) - begin_ns;
}

std::int64_t GilThread::held_until(std::int64_t now_ns) const noexcept {
  return held_ns + (holding_since_ns == kOpen ? 0 : std::max<std::int64_t>(0, now_ns - holding_since_ns));
}

std::int64_t GilThread::waited_until(std::int64_t now_ns) const noexcept {
  return waited_ns + (waiting_since_ns == kOpen ? 0 : std::max<std::int64_t>(0, now_ns - waiting_since_ns));
}

const GilThread* Gil::find(TaskId task) const noexcept {
  const auto found = std::find_if(threads_.begin(), threads_.end(), [task](const GilThread& one) { return one.task == task; });
  return found == threads_.end() ? nullptr : &*found;
}

GilThread& Gil::thread(TaskId task) {
  const auto found = std::find_if(threads_.begin(), threads_.end(), [task](const GilThread& one) { return one.task == task; });
  if (found != threads_.end()) return *found;
  threads_.emplace_back().task = task;
  return threads_.back();
}

const GilHold* Gil::at(std::int64_t time_ns) const noexcept {
  const auto after = std::upper_bound(holds_.begin(), holds_.end(), time_ns,
                                      [](std::int64_t time, const GilHold& hold) { return time < hold.begin_ns; });
  return after == holds_.begin() || time_ns >= (after - 1)->end_ns ? nullptr : &*(after - 1);
}

std::int64_t Gil::interval_ns(std::int64_t time_ns) const noexcept {
  const std::int64_t told = interval_.at(time_ns);
  return told > 0 ? told : kDefaultInterval;
}

const GilRequest* Gil::pending(std::int64_t time_ns) const noexcept {
  const auto after = std::upper_bound(requests_.begin(), requests_.end(), time_ns,
                                      [](std::int64_t time, const GilRequest& request) { return time < request.begin_ns; });
  const GilRequest* oldest = nullptr;
  std::size_t left = kLooksBack;
  for (auto request = after; request != requests_.begin() && left > 0; --left) {
    --request;
    if (request->end_ns <= time_ns) break;
    oldest = &*request;
  }
  return oldest;
}

std::vector<std::int64_t> Gil::forced_turns() const {
  std::vector<std::int64_t> turns;
  for (const GilHold& hold : holds_) {
    if (hold.how == GilEnd::request) turns.push_back(hold.end_ns - hold.begin_ns);
  }
  std::sort(turns.begin(), turns.end());
  return turns;
}

GilHold* Gil::last_hold(TaskId task) noexcept {
  std::size_t left = kLooksBack;
  for (auto hold = holds_.rbegin(); hold != holds_.rend() && left > 0; ++hold, --left) {
    if (hold->task == task) return &*hold;
  }
  return nullptr;
}

// Keeps the sums of its thread as they should be.
void Gil::set_end(GilHold& hold, std::int64_t end_ns) noexcept {
  end_ns = std::max(end_ns, hold.begin_ns);
  GilThread& owner = thread(hold.task);
  owner.held_ns += end_ns - (hold.end_ns == kOpen ? hold.begin_ns : hold.end_ns);
  hold.end_ns = end_ns;
  if (owner.holding_since_ns == hold.begin_ns) owner.holding_since_ns = kOpen;
}

void Gil::begin_hold(TaskId task, std::int64_t time_ns, TaskId from) {
  GilHold* const before = last_hold(task);
  const bool goes_on = before != nullptr && before->how == GilEnd::lasts;
  if (goes_on && before->end_ns < time_ns) before->how = GilEnd::unseen;  // another has had it since
  if (goes_on && before->how == GilEnd::lasts) {  // known already; now it is said from whom
    if (before->from == 0 && from != 0) {
      before->from = from;
      hand_overs_ += before->handed_over() ? 1 : 0;
    }
    return;
  }
  const auto place = std::upper_bound(holds_.begin(), holds_.end(), time_ns,
                                      [](std::int64_t time, const GilHold& hold) { return time < hold.begin_ns; });
  // Who had it before has let it go by now, said or not.
  if (place != holds_.begin() && (place - 1)->end_ns > time_ns) set_end(*(place - 1), time_ns);
  const std::int64_t next_ns = place == holds_.end() ? kOpen : place->begin_ns;
  const auto made = holds_.insert(place, {time_ns, kOpen, task, from, GilEnd::lasts});
  GilThread& owner = thread(task);
  owner.holding_since_ns = time_ns;
  ++owner.takes;
  if (next_ns != kOpen) set_end(*made, next_ns);
  if (made->handed_over()) {
    ++hand_overs_;
    if (const GilHold* const last = made == holds_.begin() ? nullptr : &*(made - 1); last != nullptr && last->how == GilEnd::request) ++forced_;
  }
}

void Gil::end_hold(TaskId task, std::int64_t time_ns, GilEnd how) {
  GilHold* const hold = last_hold(task);
  if (hold == nullptr) return;
  if (hold->how == GilEnd::lasts) {
    hold->how = how;
    if (time_ns < hold->end_ns) set_end(*hold, time_ns);
    // The next one may have been heard of before.
    const bool next = hold != &holds_.back() && (hold + 1)->handed_over() && (hold + 1)->from == task;
    if (next && how == GilEnd::request) ++forced_;
  } else if (hold->how == GilEnd::blocking && time_ns - hold->end_ns < 1'000'000) {
    hold->how = how;  // said after the wait had begun
  }
  if (how == GilEnd::request) ++thread(task).dropped;
}

void Gil::retract(TaskId task, std::int64_t since_ns) {
  GilHold* const hold = last_hold(task);
  if (hold == nullptr || hold->how != GilEnd::lasts || hold->begin_ns < since_ns || hold->from != 0) return;
  GilThread& owner = thread(task);
  if (hold->end_ns == kOpen) {
    owner.holding_since_ns = kOpen;
  } else {
    owner.held_ns -= hold->end_ns - hold->begin_ns;
  }
  --owner.takes;
  holds_.erase(holds_.begin() + (hold - holds_.data()));
}

bool Gil::is_free(std::int64_t time_ns) const noexcept {
  const auto after = std::upper_bound(holds_.begin(), holds_.end(), time_ns,
                                      [](std::int64_t time, const GilHold& hold) { return time < hold.begin_ns; });
  return after == holds_.begin() || (after - 1)->end_ns <= time_ns;
}

void Gil::begin_wait(TaskId task, std::int64_t time_ns) {
  GilThread& waiter = thread(task);
  waiter.waiting_since_ns = time_ns;
  ++waiter.waits;
}

void Gil::end_wait(TaskId task, std::int64_t time_ns) {
  GilThread& waiter = thread(task);
  if (waiter.waiting_since_ns == kOpen) return;
  waiter.waited_ns += std::max<std::int64_t>(0, time_ns - waiter.waiting_since_ns);
  waiter.waiting_since_ns = kOpen;
}

void Gil::ask(const GilRequest& request) {
  const auto place = std::upper_bound(requests_.begin(), requests_.end(), request.begin_ns,
                                      [](std::int64_t time, const GilRequest& one) { return time < one.begin_ns; });
  requests_.insert(place, request);
  ++thread(request.by).asked;
}

void Gil::see(TaskId holder, std::int64_t time_ns, trace::CheckPlace place) {
  std::size_t left = kLooksBack;
  for (auto request = requests_.rbegin(); request != requests_.rend() && left > 0; ++request, --left) {
    if (request->of != holder || request->begin_ns > time_ns || request->seen_ns != kOpen) continue;
    if (request->end_ns < time_ns) continue;  // it was answered before: another request's age
    request->seen_ns = time_ns;
    request->place = place;
  }
}

void Gil::answer(TaskId holder, std::int64_t time_ns) {
  std::size_t left = kLooksBack;
  for (auto request = requests_.rbegin(); request != requests_.rend() && left > 0; ++request, --left) {
    const bool asked = holder == 0 || request->of == holder;
    if (asked && request->end_ns == kOpen && request->begin_ns <= time_ns) request->end_ns = time_ns;
  }
}

void Gil::cut(TaskId task, std::int64_t time_ns) {
  if (GilHold* const hold = last_hold(task); hold != nullptr && hold->end_ns > time_ns) set_end(*hold, time_ns);
  end_wait(task, time_ns);
}

void Gil::forget(TaskId task) {
  retract(task, INT64_MIN);
  std::erase_if(threads_, [task](const GilThread& one) { return one.task == task && one.takes == 0 && one.waits == 0; });
}

}  // namespace forklight::timeline
