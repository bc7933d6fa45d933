// Surprises about processes and queues: 01 to 14.
#include <array>
#include <fmt/format.h>

#include "core/scenario/questions/questions.h"
#include "core/scenario/surprises/said.h"
#include "core/timeline/waits.h"

namespace forklight::scenario {
namespace {

using timeline::Task;

// The choice that belongs to the first of these that somebody has written.
struct Telltale {
  std::string_view text, choice;
};
std::optional<Answer> told(const Seen& seen, std::initializer_list<Telltale> telltales) {
  for (const Telltale& one : telltales) {
    if (const auto* line = first_that_says(seen.model, one.text)) return seen_at(*line, one.choice);
  }
  return std::nullopt;
}

// The choice, as soon as somebody waits for ever, where that one does.
std::optional<Answer> stuck(const Seen& seen, std::string_view choice) {
  const auto found = timeline::find_deadlock(seen.model, seen.now_ns);
  return found ? std::optional(Answer{choice, found.stuck.front().task, found.stuck.front().since_ns}) : std::nullopt;
}

// --- 01 to 03: names and memory --------------------------------------------------------------------------------------

std::optional<Answer> name_of_started(const Seen& seen) {
  for (const Task& task : seen.model.tasks()) {
    if (task.parent != 1 || task.is_thread()) continue;
    if (task.name == "Process-1") return Answer{"first", task.id, task.born_ns};
    if (task.name == "Process-2") return Answer{"second", task.id, task.born_ns};
  }
  return std::nullopt;
}

std::optional<Answer> name_of_grandchild(const Seen& seen) {
  for (const Task& task : seen.model.tasks()) {
    if (task.parent <= 1 || task.is_thread()) continue;
    if (task.name.find(':') != std::string::npos) return Answer{"colon", task.id, task.born_ns};
    if (task.name == "Process-3") return Answer{"third", task.id, task.born_ns};
    if (task.name == "Process-1") return Answer{"first", task.id, task.born_ns};
  }
  return std::nullopt;
}

std::optional<Answer> who_finds_the_change(const Seen& seen) {
  int lines = 0, changed = 0;
  const timeline::ConsoleLine* last = nullptr;
  bool fork = false;
  for (const char* method : {"fork", "spawn", "forkserver"}) {
    const auto* line = first_that_says(seen.model, fmt::format("{}: the greeting is", method));
    if (line == nullptr) continue;
    ++lines;
    const bool found = line->text.find("as changed") != std::string::npos;
    changed += found ? 1 : 0;
    fork = fork || (found && std::string_view(method) == "fork");
    last = line;
  }
  if (lines < 3) return std::nullopt;
  if (changed == 0) return seen_at(*last, "none");
  if (changed == 1 && fork) return seen_at(*first_that_says(seen.model, "fork: the greeting is"), "fork");
  return seen_at(*last, changed == 3 ? "all" : "two");
}

std::optional<Answer> what_the_parent_has(const Seen& seen) { return told(seen, {{"parent [] at ", "empty"}, {"parent ['done'] at ", "done"}}); }

std::optional<Answer> where_it_is(const Seen& seen) {
  const auto *child = first_that_says(seen.model, "child ['done'] at "), *parent = first_that_says(seen.model, "parent [");
  if (child == nullptr || parent == nullptr) return std::nullopt;
  const auto address = [](const std::string& text) { return text.substr(text.find(" at ")); };
  return seen_at(*parent, address(child->text) == address(parent->text) ? "same" : "other");
}

// --- 04 to 08: ends --------------------------------------------------------------------------------------------------

std::optional<Answer> what_still_runs(const Seen& seen) {
  const Task* worker = task_named(seen.model, "Process-1");
  if (!died(worker) || (!seen.finished && first_that_says(seen.model, "exit code ") == nullptr)) return std::nullopt;
  const bool last = first_that_says(seen.model, "finally cleans up") != nullptr, exits = first_that_says(seen.model, "atexit cleans up") != nullptr;
  if (exits && !last) return std::nullopt;
  return Answer{last && exits ? "both" : last ? "finally" : "none", worker->id, worker->death_ns};
}

std::optional<Answer> code_under_fork(const Seen& seen) { return code_of(task_named(seen.model, "ForkProcess-1")); }
std::optional<Answer> code_under_spawn(const Seen& seen) { return code_of(task_named(seen.model, "SpawnProcess-2")); }
bool fork_is_over(const trace::Record& record) { return record.event.kind == trace::Kind::output && record.text.find("fork: exit code") != std::string::npos; }

std::optional<Answer> who_takes_the_zombie(const Seen& seen) {
  const Task *first = task_named(seen.model, "Process-1"), *second = task_named(seen.model, "Process-2");
  if (!died(first)) return std::nullopt;
  if (second != nullptr && first->reaped_ns < second->born_ns) return Answer{"start", first->id, first->reaped_ns};
  if (first->reaped_ns == timeline::kOpen) return std::nullopt;
  const auto* asked = first_that_says(seen.model, "another one was started: Z");
  return Answer{asked != nullptr ? "later" : second == nullptr ? "itself" : "start", first->id, first->reaped_ns};
}

std::optional<Answer> who_finishes(const Seen& seen) {
  const Task *writer = task_named(seen.model, "writer"), *logger = task_named(seen.model, "logger");
  if (!died(writer) || !died(logger)) return std::nullopt;
  const bool first = first_that_says(seen.model, "writer has finished") != nullptr, second = first_that_says(seen.model, "logger has finished") != nullptr;
  return Answer{first && second ? "both" : first ? "normal" : second ? "daemon" : "none", logger->id, logger->death_ns};
}

std::optional<Answer> what_the_daemon_does(const Seen& seen) {
  const Task *manager = task_named(seen.model, "manager"), *daemon = task_named(seen.model, "daemon");
  if (daemon == nullptr || !died(manager)) return std::nullopt;
  if (const auto* line = first_that_says(seen.model, "daemon: I still run")) return Answer{"lives", daemon->id, daemon->adopted_ns != timeline::kOpen ? daemon->adopted_ns : line->time_ns};
  if (!died(daemon)) return std::nullopt;
  return Answer{daemon->exit_code().value_or(0) == -9 ? "killed" : "terminated", daemon->id, daemon->death_ns};
}

// --- 09 to 14: queues ------------------------------------------------------------------------------------------------

std::optional<Answer> how_often_empty(const Seen& seen) {
  const auto often = number_behind(seen.model, "right after put, empty() was True ");
  if (!often) return std::nullopt;
  const double rounds = seen.settings.real("rounds");
  return seen_at(*first_that_says(seen.model, "right after put"), *often == 0 ? "never" : *often * 2 < rounds ? "sometimes" : "mostly");
}

std::optional<Answer> what_qsize_says(const Seen& seen) { return told(seen, {{"qsize 1 and empty", "one"}, {"qsize 0 and empty", "zero"}}); }

std::optional<Answer> who_hears_of_it(const Seen& seen) {
  const timeline::Object* queue = object_named(seen.model, "queue");
  if (queue == nullptr) return std::nullopt;
  const auto dropped = events_on(seen.model, *queue, trace::Kind::dropped);
  if (!dropped.empty()) return Answer{first_that_says(seen.model, "put has returned") != nullptr || !seen.finished ? "thread" : "put", dropped.front().task, dropped.front().time_ns};
  return told(seen, {{"PicklingError", "put"}, {"got the next one", "nobody"}});
}

std::optional<Answer> which_hangs(const Seen& seen) {
  const auto *small = first_that_says(seen.model, "65000: joined, and still alive: True"), *big = first_that_says(seen.model, "70000: joined, and still alive: True");
  if (first_that_says(seen.model, "65000: joined, and still alive: False") != nullptr) {
    if (big != nullptr) {
      const Task* producer = task_named(seen.model, "Process-2");
      const timeline::Span* wait = first_wait(seen.model, "Process-2", trace::BlockReason::thread_join);
      return wait == nullptr ? seen_at(*big, "big") : Answer{"big", producer->id, wait->begin_ns};
    }
    if (const auto* line = first_that_says(seen.model, "70000: joined, and still alive: False")) return seen_at(*line, "none");
    return stuck(seen, "big");
  }
  return small != nullptr && big != nullptr ? std::optional(seen_at(*big, "both")) : std::nullopt;
}

std::optional<Answer> how_many_arrive(const Seen& seen) {
  const auto lost = number_behind(seen.model, "lost ");
  if (!lost) return std::nullopt;
  const std::string_view choice = *lost == 0 ? "all" : *lost >= seen.settings.real("rounds") ? "none" : "some";
  // Seen where the first of them dies in the deque.
  for (const timeline::Channel& channel : seen.model.channels()) {
    for (const timeline::Message& message : channel.messages) {
      if (message.fate == timeline::Fate::died) return Answer{choice, channel.object, message.put_ns()};
    }
  }
  return seen_at(*first_that_says(seen.model, "lost "), choice);
}

std::optional<Answer> what_get_gives(const Seen& seen) {
  if (const auto answer = told(seen, {{"got data", "data"}, {"get raised Empty", "empty"}})) return answer;
  return first_that_says(seen.model, "the reader's lock") != nullptr ? stuck(seen, "hangs") : std::nullopt;
}

std::optional<Answer> when_get_returns(const Seen& seen) {
  if (const auto* line = first_that_says(seen.model, "queue.Empty")) return seen_at(*line, "empty");
  if (const auto answer = told(seen, {{"got something", "item"}, {"still waits after 2 s: False", "empty"}})) return answer;
  const auto* line = first_that_says(seen.model, "still waits after 2 s: True");
  if (line == nullptr) return seen.settings.text("asks") == "main-process" ? stuck(seen, "never") : std::nullopt;
  const timeline::Object* queue = object_named(seen.model, "queue");
  for (const Task& task : seen.model.tasks()) {
    for (const timeline::Span& span : task.spans) {
      const bool waits = span.state == timeline::State::blocked && (span.reason == trace::BlockReason::get || span.reason == trace::BlockReason::recv);
      if (waits && queue != nullptr && task.process == 1) return Answer{"never", task.id, span.begin_ns};
    }
  }
  return seen_at(*line, "never");
}

}  // namespace

Questions questions_of_surprises_1() {
  return {
      {"surprise-01",
       {{.id = "started", .choices = {"first", "second"}, .answer = name_of_started, .fact = "P-01"},
        {.id = "grandchild", .choices = {"first", "third", "colon"}, .answer = name_of_grandchild, .fact = "P-04"}}},
      {"surprise-02", {{.id = "who", .choices = {"all", "two", "fork", "none"}, .answer = who_finds_the_change, .fact = "S-03"}}},
      {"surprise-03",
       {{.id = "parent", .choices = {"done", "empty"}, .answer = what_the_parent_has, .fact = "S-03"},
        {.id = "address", .choices = {"same", "other"}, .answer = where_it_is, .fact = "S-03"}}},
      {"surprise-04", {{.id = "runs", .choices = {"both", "finally", "none"}, .answer = what_still_runs, .fact = "P-37"}}},
      {"surprise-05",
       {{.id = "fork", .choices = {"0", "143", "-15"}, .answer = code_under_fork, .fact = "P-38"},
        {.id = "spawn", .choices = {"0", "143", "-15"}, .answer = code_under_spawn, .fact = "P-38", .moment = fork_is_over}}},
      {"surprise-06", {{.id = "takes", .choices = {"itself", "start", "later"}, .answer = who_takes_the_zombie, .fact = "P-52"}}},
      {"surprise-07", {{.id = "finishes", .choices = {"both", "normal", "daemon", "none"}, .answer = who_finishes, .fact = "P-58"}}},
      {"surprise-08", {{.id = "daemon", .choices = {"killed", "terminated", "lives"}, .answer = what_the_daemon_does, .fact = "P-62"}}},
      {"surprise-09",
       {{.id = "empty", .choices = {"never", "sometimes", "mostly"}, .answer = how_often_empty, .fact = "Q-03"},
        {.id = "qsize", .choices = {"zero", "one"}, .answer = what_qsize_says, .fact = "Q-04"}}},
      {"surprise-10", {{.id = "hears", .choices = {"put", "thread", "nobody"}, .answer = who_hears_of_it, .fact = "Q-06"}}},
      {"surprise-11", {{.id = "hangs", .choices = {"none", "big", "both"}, .answer = which_hangs, .fact = "Q-16"}}},
      {"surprise-12", {{.id = "arrive", .choices = {"all", "some", "none"}, .answer = how_many_arrive, .fact = "Q-20"}}},
      {"surprise-13", {{.id = "get", .choices = {"data", "empty", "hangs"}, .answer = what_get_gives, .fact = "Q-21"}}},
      {"surprise-14", {{.id = "get", .choices = {"item", "empty", "never"}, .answer = when_get_returns, .fact = "Q-22"}}},
  };
}

}  // namespace forklight::scenario
