// Threads and processes, threads that wait, the convoy, the switch interval, a race, the list of trade-offs.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/scenario/questions/questions.h"

namespace forklight::scenario {
namespace {

using timeline::ConsoleLine;

// What MainProcess printed as the measure of a stage ("threads", 2): the number behind `words`, and where it stands.
struct Measure {
  double number;
  const ConsoleLine* line;
};
std::optional<Measure> measured(const timeline::Model& model, std::string_view stage, std::size_t count, std::string_view words) {
  const std::string begin = fmt::format("stage {} {}\n", stage, count);
  bool inside = false;
  for (const ConsoleLine& line : model.console()) {
    if (line.task != 1) continue;
    std::size_t from = 0;
    if (!inside) {
      const auto place = line.text.find(begin);
      if (place == std::string::npos) continue;
      inside = true;
      from = place + begin.size();
    }
    const auto place = line.text.find(words, from);
    if (place != std::string::npos) return Measure{std::strtod(line.text.c_str() + place + words.size(), nullptr), &line};
  }
  return std::nullopt;
}

// --- threads or processes --------------------------------------------------------------------------------------------

std::optional<Answer> speed_up_of_two(const Seen& seen, std::string_view way) {
  const auto found = measured(seen.model, way, 2, "speed-up ");
  if (!found) return std::nullopt;
  return seen_at(*found->line, found->number > 1.4 ? "twice" : found->number > 0.6 ? "same" : "half");
}
std::optional<Answer> two_threads(const Seen& seen) { return speed_up_of_two(seen, "threads"); }
std::optional<Answer> two_processes(const Seen& seen) { return speed_up_of_two(seen, "processes"); }
bool has_two(const Settings& settings) { return settings.integer("most") >= 2; }

// --- threads that wait -----------------------------------------------------------------------------------------------

std::size_t most_of(const Settings& settings) {
  std::size_t most = 1;
  while (most * 2 <= static_cast<std::size_t>(settings.integer("most"))) most *= 2;
  return most;
}

std::optional<Answer> all_of_them(const Seen& seen) {
  const std::size_t most = most_of(seen.settings);
  const auto one = measured(seen.model, seen.settings.text("io"), 1, "took "), all = measured(seen.model, seen.settings.text("io"), most, "took ");
  if (!one || !all) return std::nullopt;
  const double times = all->number / std::max(1e-9, one->number);
  return seen_at(*all->line, times < 1.6 ? "same" : times < 0.7 * static_cast<double>(most) ? "between" : "times");
}

// --- the convoy ------------------------------------------------------------------------------------------------------

std::optional<Answer> how_late(const Seen& seen) {
  const auto median_ms = number_behind(seen.model, "median ");
  const ConsoleLine* line = first_that_says(seen.model, "median ");
  if (!median_ms || line == nullptr) return std::nullopt;
  const double intervals = *median_ms / 1000 / seen.settings.real("interval");
  return seen_at(*line, intervals < 0.4 ? "at-once" : intervals < 1.6 ? "interval" : "longer");
}

// --- the switch interval ---------------------------------------------------------------------------------------------

std::optional<Answer> how_long_a_turn(const Seen& seen) {
  constexpr std::size_t kEnough = 8;
  for (const timeline::Gil& gil : seen.model.gils()) {
    const std::vector<std::int64_t> turns = gil.forced_turns();
    if (turns.size() < kEnough || gil.requests().empty()) continue;
    const timeline::GilRequest& first = gil.requests().front();
    const double intervals = static_cast<double>(turns[turns.size() / 2]) / static_cast<double>(gil.interval_ns(first.begin_ns));
    return Answer{intervals < 0.3 ? "instructions" : intervals < 20 ? "interval" : "done", first.of, first.begin_ns};
  }
  return std::nullopt;
}
bool two_compute(const Settings& settings) { return settings.integer("compute") >= 2; }

// --- a race ----------------------------------------------------------------------------------------------------------

std::optional<Answer> counted(const Seen& seen) {
  const auto expected = number_behind(seen.model, "expected "), found = number_behind(seen.model, "counted ");
  const ConsoleLine* line = first_that_says(seen.model, "counted ");
  if (!expected || !found || line == nullptr) return std::nullopt;
  const std::string_view choice = *found < *expected ? "fewer" : *found == *expected ? "all" : "more";
  // The first who lost some shows it better than the sum.
  const timeline::Object* variable = object_named(seen.model, "x");
  const auto losses = variable == nullptr ? std::vector<timeline::EventRef>() : events_on(seen.model, *variable, trace::Kind::update_lost);
  return losses.empty() ? seen_at(*line, choice) : Answer{choice, losses.front().task, losses.front().event.time_ns};
}

// --- trade-offs ------------------------------------------------------------------------------------------------------

std::optional<Answer> what_the_parent_sees(const Seen& seen) {
  const auto of_process = number_behind(seen.model, "by a process ");
  const ConsoleLine* line = first_that_says(seen.model, "by a process ");
  return of_process && line != nullptr ? std::optional(seen_at(*line, *of_process == 0 ? "0" : "1")) : std::nullopt;
}

std::optional<Answer> how_far_a_crash_goes(const Seen& seen) {
  const auto thread = number_behind(seen.model, "of a thread all of its process ");
  const ConsoleLine* line = first_that_says(seen.model, "of a thread all of its process ");
  const timeline::Task* main = seen.model.find(1);
  if (died(main) && main->exit_code() == -11) return Answer{"program", 1, main->death_ns};
  return thread && line != nullptr ? std::optional(seen_at(*line, *thread == -11 ? "process" : "thread")) : std::nullopt;
}

}  // namespace

Questions questions_of_gil() {
  return {
      {"gil-vs-processes",
       {{.id = "threads", .choices = {"twice", "same", "half"}, .answer = two_threads, .fact = "G.8", .sensible = has_two},
        {.id = "processes", .choices = {"twice", "same", "half"}, .answer = two_processes, .fact = "G.8", .sensible = has_two}}},
      {"gil-io", {{.id = "all", .choices = {"same", "between", "times"}, .answer = all_of_them, .fact = "G.5", .sensible = has_two}}},
      {"convoy", {{.id = "late", .choices = {"at-once", "interval", "longer"}, .answer = how_late, .fact = "G-02"}}},
      {"switch-interval", {{.id = "turn", .choices = {"instructions", "interval", "done"}, .answer = how_long_a_turn, .fact = "G.2", .sensible = two_compute}}},
      {"race", {{.id = "count", .choices = {"all", "fewer", "more"}, .answer = counted, .fact = "G.4"}}},
      {"trade-offs",
       {{.id = "counter", .choices = {"0", "1"}, .answer = what_the_parent_sees, .fact = "S-01"},
        {.id = "crash", .choices = {"thread", "process", "program"}, .answer = how_far_a_crash_goes, .fact = "P-36"}}},
  };
}

}  // namespace forklight::scenario
