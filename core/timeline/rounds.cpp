#include "core/timeline/rounds.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace forklight::timeline {

using trace::BlockReason;
using trace::Kind;

namespace {

constexpr std::string_view kWord = "stage ";

// "stage threads 2" → threads, 2.
std::optional<Round> read(std::string_view line) {
  if (!line.starts_with(kWord)) return std::nullopt;
  line.remove_prefix(kWord.size());
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  const auto space = line.rfind(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  Round round;
  const std::string_view number = line.substr(space + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), round.workers);
  if (error != std::errc{} || end != number.data() + number.size() || round.workers < 1) return std::nullopt;
  round.name = line.substr(0, space);
  return round;
}

bool waits_for_outside(const Span& span) noexcept {
  if (span.state == State::sleeping) return true;
  if (span.state != State::blocked) return false;
  switch (span.reason) {
    case BlockReason::output:
    case BlockReason::get:
    case BlockReason::send:
    case BlockReason::recv:
    case BlockReason::poll:
      return true;
    default:
      return false;  // for another task of the program
  }
}

std::int64_t overlap(std::int64_t begin_ns, std::int64_t end_ns, std::int64_t from_ns, std::int64_t until_ns) noexcept {
  return std::max<std::int64_t>(0, std::min(end_ns, until_ns) - std::max(begin_ns, from_ns));
}

// The last sign of a worker: the end of a task that was born in the round, or of work that was done in it.
std::int64_t end_of(const Model& model, const Round& round, std::int64_t next_ns) {
  std::int64_t last_ns = round.begin_ns;
  bool goes_on = false;
  const auto note = [&](std::int64_t begin_ns, std::int64_t end_ns) {
    if (begin_ns < round.begin_ns || begin_ns >= next_ns) return;
    goes_on = goes_on || end_ns == kOpen;
    if (end_ns != kOpen) last_ns = std::max(last_ns, end_ns);
  };
  for (const Task& task : model.tasks()) note(task.born_ns, task.death_ns);
  for (const Work& work : model.works()) note(work.begin_ns, work.end_ns);
  if (next_ns != kOpen) return last_ns > round.begin_ns ? std::min(last_ns, next_ns) : next_ns;
  const bool over = model.complete() || (!model.tasks().empty() && model.tasks().front().death_ns != kOpen);
  return goes_on || (last_ns == round.begin_ns && !over) ? kOpen : std::max(last_ns, round.begin_ns + 1);
}

}  // namespace

std::vector<Round> rounds_of(const Model& model) {
  std::vector<Round> rounds;
  for (const ConsoleLine& write : model.console()) {
    std::string_view rest = write.text;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      if (auto round = read(rest.substr(0, end))) {
        round->begin_ns = write.time_ns;
        rounds.push_back(std::move(*round));
      }
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    Round& round = rounds[i];
    round.end_ns = end_of(model, round, i + 1 < rounds.size() ? rounds[i + 1].begin_ns : kOpen);
  }
  return rounds;
}

RoundCost cost_of(const Model& model, const Round& round, std::int64_t now_ns) {
  const std::int64_t end_ns = std::min(round.end_ns, now_ns);
  RoundCost cost;
  cost.wall_ns = std::max<std::int64_t>(0, end_ns - round.begin_ns);
  for (const Task& task : model.tasks()) {
    if (task.born_ns >= end_ns || task.death_ns <= round.begin_ns) continue;
    if (const Kernel::OfTask* kernel = model.kernel().find(task.id)) {
      cost.cpu_ns += kernel->on_cpu.busy_ns(round.begin_ns, end_ns, now_ns);
      if (!task.is_thread() && !kernel->memory.empty()) cost.pss_kib += kernel->memory.range(std::max(task.born_ns, round.begin_ns), std::min(task.death_ns, end_ns)).most.pss;
    }
    auto span = std::upper_bound(task.spans.begin(), task.spans.end(), round.begin_ns, [](std::int64_t time, const Span& one) { return time < one.end_ns; });
    for (; span != task.spans.end() && span->begin_ns < end_ns; ++span) {
      if (span->state == State::gil_wait) cost.waited_ns += overlap(span->begin_ns, span->end_ns, round.begin_ns, end_ns);
    }
  }
  for (const Gil& gil : model.gils()) {
    auto hold = std::lower_bound(gil.holds().begin(), gil.holds().end(), round.begin_ns, [](const GilHold& one, std::int64_t time) { return one.begin_ns < time; });
    for (; hold != gil.holds().end() && hold->begin_ns < end_ns; ++hold) cost.hand_overs += hold->handed_over() ? 1 : 0;
  }
  for (const Work& work : model.works()) {
    if (work.begin_ns >= round.begin_ns && work.end_ns <= end_ns) cost.units += work.units;
  }
  return cost;
}

std::vector<SpeedUpLine> speed_ups(const Model& model, std::span<const Round> rounds) {
  std::vector<SpeedUpLine> lines;
  double one = 0;  // units a nanosecond of the first with one worker; where no units are told, all did the same
  for (const Round& round : rounds) {
    if (round.end_ns == kOpen) continue;
    const RoundCost cost = cost_of(model, round, model.end_ns());
    if (cost.wall_ns <= 0) continue;
    const double speed = static_cast<double>(std::max<std::uint64_t>(cost.units, 1)) / static_cast<double>(cost.wall_ns);
    if (one <= 0 && round.workers == 1) one = speed;
    if (one <= 0) continue;
    auto line = std::find_if(lines.begin(), lines.end(), [&](const SpeedUpLine& known) { return known.name == round.name; });
    if (line == lines.end()) line = lines.insert(lines.end(), SpeedUpLine{round.name, {}});
    const auto place = std::upper_bound(line->points.begin(), line->points.end(), round.workers,
                                        [](int workers, const SpeedUp& point) { return workers < point.workers; });
    line->points.insert(place, {round.workers, speed / one});
  }
  const bool compares = std::any_of(lines.begin(), lines.end(), [](const SpeedUpLine& line) { return line.points.size() > 1 && line.points.front().workers < line.points.back().workers; });
  if (!compares) lines.clear();
  return lines;
}

std::optional<double> amdahl(std::span<const SpeedUp> points, int cores) {
  // The law is a straight line in 1/n: T(n)/T(1) = 1 - p (1 - 1/n). T(1) is this way's own, where it was measured.
  double one = 1;
  for (const SpeedUp& point : points)
    if (point.workers == 1 && point.times > 0) one = point.times;
  double above = 0, below = 0;
  for (const SpeedUp& point : points) {
    if (point.workers < 2 || point.times <= 0 || (cores > 1 && point.workers > cores)) continue;
    const double shared = 1 - 1 / static_cast<double>(point.workers);
    above += shared * (1 - one / point.times);
    below += shared * shared;
  }
  if (below <= 0) return std::nullopt;
  return std::clamp(above / below, 0.0, 1.0);
}

double amdahl_speed_up(double parallel, double workers) noexcept {
  return 1 / ((1 - parallel) + parallel / std::max(workers, 1e-9));
}

std::vector<std::int64_t> latencies(const Task& task, std::int64_t from_ns, std::int64_t until_ns) {
  std::vector<std::int64_t> waits;
  for (std::size_t i = 0; i < task.spans.size(); ++i) {
    const Span& span = task.spans[i];
    if (!waits_for_outside(span) || span.end_ns < from_ns || span.end_ns >= until_ns) continue;
    const Span* next = i + 1 < task.spans.size() ? &task.spans[i + 1] : nullptr;
    if (next == nullptr || next->state == State::zombie) continue;  // it died there
    const bool waited = next->state == State::gil_wait;
    if (waited && next->end_ns == kOpen) continue;  // not over yet
    waits.push_back(waited ? next->end_ns - next->begin_ns : 0);
  }
  return waits;
}

}  // namespace forklight::timeline
