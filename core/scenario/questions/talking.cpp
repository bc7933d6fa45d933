// A queue, a pipe, a join before draining.
#include <algorithm>

#include "core/scenario/questions/questions.h"
#include "core/timeline/waits.h"

namespace forklight::scenario {
namespace {

using timeline::Task;
using trace::BlockReason;

// --- queue -----------------------------------------------------------------------------------------------------------

// As soon as a first digit was seen in the pipe: one that is received at once may pass it unseen.
std::optional<Answer> who_writes(const Seen& seen) {
  const timeline::Object* queue = object_named(seen.model, "queue");
  const timeline::Channel* channel = queue == nullptr ? nullptr : seen.model.find_channel(queue->id);
  if (channel == nullptr || channel->messages.empty()) return std::nullopt;
  const auto in_pipe_ns = [](const timeline::Message& message) { return message.entered_ns[static_cast<std::size_t>(timeline::Stage::pipe)]; };
  const auto message = std::find_if(channel->messages.begin(), channel->messages.end(), [&](const timeline::Message& one) { return in_pipe_ns(one) != timeline::kOpen; });
  if (message == channel->messages.end()) return std::nullopt;
  if (!channel->feeders.empty()) return Answer{"feeder", channel->feeders.front(), in_pipe_ns(*message)};
  return seen.finished ? std::optional(Answer{"producer", message->from, in_pipe_ns(*message)}) : std::nullopt;
}

std::optional<Answer> when_full(const Seen& seen) {
  for (const Task& task : seen.model.tasks()) {
    if (const timeline::Span* span = first_wait(seen.model, task.name, BlockReason::put)) return Answer{"waits", task.id, span->begin_ns};
  }
  if (const auto* line = first_that_says(seen.model, "queue.Full")) return seen_at(*line, "raises");
  const timeline::Object* queue = object_named(seen.model, "queue");
  const timeline::Channel* channel = queue == nullptr ? nullptr : seen.model.find_channel(queue->id);
  if (channel == nullptr || channel->counts.empty() || channel->counts.whole().most.depth <= seen.settings.integer("maxsize") + seen.settings.integer("consumers")) return std::nullopt;
  return Answer{"grows", queue->id, seen.now_ns};
}

bool gets_full(const Settings& settings) {
  const double put = settings.real("puts") * static_cast<double>(settings.integer("producers")), got = settings.real("gets") * static_cast<double>(settings.integer("consumers"));
  return settings.integer("maxsize") > 0 && put > got;
}

// --- pipe ------------------------------------------------------------------------------------------------------------

std::optional<Answer> nothing_there(const Seen& seen) {
  const Task* reader = task_named(seen.model, "Process-2");
  if (const timeline::Span* span = first_wait(seen.model, "Process-2", BlockReason::recv)) return Answer{"waits", reader->id, span->begin_ns};
  if (const auto* line = first_that_says(seen.model, "received None")) return seen_at(*line, "none");
  return std::nullopt;
}

std::optional<Answer> other_end_closed(const Seen& seen) {
  if (const auto* line = first_that_says(seen.model, "EOFError")) return seen_at(*line, "eof");              // I-04
  if (const auto* line = first_that_says(seen.model, "BrokenPipeError")) return seen_at(*line, "broken");  // I-06
  const Task *writer = task_named(seen.model, "Process-1"), *reader = task_named(seen.model, "Process-2");
  if (!died(writer) && !died(reader)) return std::nullopt;
  const auto stuck = timeline::find_deadlock(seen.model, seen.now_ns);
  return stuck ? std::optional(Answer{"waits", stuck.stuck.front().task, stuck.stuck.front().since_ns}) : std::nullopt;
}

bool writer_closes(const Settings& settings) { return settings.text("ending") == "writer-closes"; }
bool reader_closes(const Settings& settings) { return settings.text("ending") == "reader-closes"; }

// --- join before draining --------------------------------------------------------------------------------------------

std::optional<Answer> does_put_return(const Seen& seen) {
  if (const auto* line = first_that_says(seen.model, "put has returned\n")) return seen_at(*line, "returns");
  const auto stuck = timeline::find_deadlock(seen.model, seen.now_ns);
  return stuck ? std::optional(Answer{"waits", stuck.stuck.back().task, stuck.stuck.back().since_ns}) : std::nullopt;
}

std::optional<Answer> does_it_end(const Seen& seen) {
  if (const auto* line = first_that_says(seen.model, " characters, exit code ")) return seen_at(*line, "ends");
  const auto stuck = timeline::find_deadlock(seen.model, seen.now_ns);
  return stuck ? std::optional(Answer{"hangs", stuck.stuck.front().task, stuck.stuck.front().since_ns}) : std::nullopt;
}

bool put_has_returned(const trace::Record& record) { return record.event.kind == trace::Kind::output && record.text.find("put has returned") != std::string::npos; }

}  // namespace

Questions questions_of_talking() {
  return {
      {"queue",
       {{.id = "writes", .choices = {"producer", "feeder", "consumer"}, .answer = who_writes, .fact = "Q.1"},
        {.id = "full", .choices = {"waits", "raises", "grows"}, .answer = when_full, .fact = "Q-01", .sensible = gets_full}}},
      {"pipe",
       {{.id = "empty", .choices = {"none", "waits", "raises"}, .answer = nothing_there},
        {.id = "writer-closes", .choices = {"none", "eof", "waits"}, .answer = other_end_closed, .fact = "I-04", .sensible = writer_closes},
        {.id = "reader-closes", .choices = {"unnoticed", "broken", "waits"}, .answer = other_end_closed, .fact = "I-06", .sensible = reader_closes}}},
      {"deadlock-join",
       {{.id = "put", .choices = {"returns", "waits", "raises"}, .answer = does_put_return, .fact = "Q.1"},
        {.id = "ends", .choices = {"ends", "hangs"}, .answer = does_it_end, .fact = "Q-16", .moment = put_has_returned}}},
  };
}

}  // namespace forklight::scenario
