// The second half of the surprises: sharing, pipes, pools, the GIL, memory, start methods.
#include <fmt/format.h>

#include "core/scenario/questions/questions.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

// A choice, seen where a line that begins so was written; nothing if there is no choice, or no such line.
std::optional<Answer> at_line(const Seen& seen, std::string_view beginning, std::string_view choice) {
  const timeline::ConsoleLine* line = where_told(seen.model, beginning);
  if (line == nullptr || choice.empty()) return std::nullopt;
  return seen_at(*line, choice);
}

std::optional<Answer> where_free(const Seen& seen) {
  const auto free = [&](std::string_view way) -> std::optional<bool> {
    const auto text = told_by_main(seen.model, way);
    return text ? std::optional(text->find("is free: True") != std::string::npos) : std::nullopt;
  };
  const auto with = free("leaves_by_with: "), by_return = free("leaves_by_return: "), by_exit = free("leaves_by_os_exit: ");
  if (!with || !by_return || !by_exit) return std::nullopt;
  const std::string_view choice = *with && *by_return && *by_exit ? "all" : *with && *by_return ? "two" : *with ? "with" : !*by_return && !*by_exit ? "none" : "";
  return at_line(seen, "leaves_by_return: ", choice);
}

std::optional<Answer> value_counted(const Seen& seen) {
  const auto text = told_by_main(seen.model, "plain: ");
  const auto counted = number_after(text, ""), all = number_after(text, " of ");
  if (!counted || !all) return std::nullopt;
  return at_line(seen, "plain: ", *counted < *all ? "fewer" : *counted == *all ? "all" : "more");
}

std::optional<Answer> bytes_of_2049(const Seen& seen) {
  const auto ones = number_after(told_by_main(seen.model, "writes of 1 bytes: a pipe takes "), "that is ");
  const auto bytes = number_after(told_by_main(seen.model, "writes of 2049 bytes: a pipe takes "), "that is ");
  if (!ones || !bytes || *ones <= 0) return std::nullopt;
  const double share = *bytes / *ones;
  return at_line(seen, "writes of 2049 bytes: a pipe", share > 0.9 ? "all" : share > 0.25 ? "half" : "few");
}

std::optional<Answer> result_of_vanished(const Seen& seen) {
  const auto text = told_by_main(seen.model, "Pool, vanish: ");
  if (!text) return std::nullopt;
  return at_line(seen, "Pool, vanish: ", *text == "nothing has come" ? "nothing" : "value");
}
std::optional<Answer> executor_afterwards(const Seen& seen) {
  const auto text = told_by_main(seen.model, "Executor, answer: ");
  if (!text) return std::nullopt;
  return at_line(seen, "Executor, answer: ", text->starts_with("BrokenProcessPool") ? "raises" : "value");
}

std::optional<Answer> task_after_kill(const Seen& seen) {
  const auto text = told_by_main(seen.model, "a task gives ");
  if (!text) return std::nullopt;
  return at_line(seen, "a task gives ", *text == "nothing" ? "nothing" : "value");
}

std::optional<Answer> result_after_with(const Seen& seen) {
  const auto text = told_by_main(seen.model, "the result: ");
  if (!text) return std::nullopt;
  return at_line(seen, "the result: ", *text == "nothing has come" ? "nothing" : "value");
}

std::optional<Answer> taken(const Seen& seen) {
  const auto count = number_after(told_by_main(seen.model, "taken from the generator: "), "");
  if (!count) return std::nullopt;
  return at_line(seen, "taken from the generator: ", *count < 8 ? "few" : *count < 100 ? "some" : "hundreds");
}

std::optional<Answer> two_of(const Seen& seen, std::string_view way) {
  const auto took = [&](int count) { return number_after(told_by_main(seen.model, fmt::format("{} x {}: ", way, count)), "took "); };
  const auto one = took(1), two = took(2);
  if (!one || !two || *one <= 0) return std::nullopt;
  const double share = *two / *one;
  return at_line(seen, fmt::format("{} x 2: ", way), share < 0.75 ? "half" : share < 1.4 ? "same" : "longer");
}
std::optional<Answer> two_threads(const Seen& seen) { return two_of(seen, "thread"); }
std::optional<Answer> two_processes(const Seen& seen) { return two_of(seen, "process"); }

std::optional<Answer> how_late(const Seen& seen) {
  const auto late = number_after(told_by_main(seen.model, "interval 5.0 ms, 1 computing: "), "");
  if (!late) return std::nullopt;
  return at_line(seen, "interval 5.0 ms, 1 computing: ", *late < 2 ? "at-once" : *late < 50 ? "interval" : "long");
}

std::optional<Answer> lost_in(const Seen& seen, std::string_view how) {
  const auto lost = number_after(told_by_main(seen.model, how), "lost ");
  return lost ? at_line(seen, how, *lost == 0 ? "none" : "some") : std::nullopt;
}
std::optional<Answer> lost_in_place(const Seen& seen) { return lost_in(seen, "in_place: "); }
std::optional<Answer> lost_by_call(const Seen& seen) { return lost_in(seen, "by_call: "); }

std::optional<Answer> stood_still(const Seen& seen, std::string_view call) {
  const auto text = told_by_main(seen.model, call);
  const auto took = number_after(text, "took "), still = number_after(text, "stood still for ");
  if (!took || !still) return std::nullopt;
  return at_line(seen, call, *still >= 0.6 * *took ? "whole" : *still <= 0.2 * *took ? "hardly" : "part");
}
std::optional<Answer> during_sum(const Seen& seen) { return stood_still(seen, "sum: "); }
std::optional<Answer> during_crc(const Seen& seen) { return stood_still(seen, "crc32: "); }

std::optional<Answer> list_copied(const Seen& seen) {
  const timeline::Task* child = task_named(seen.model, "Process-1");
  const auto text = told(seen.model, child, "list: ");
  const auto before = number_after(text, "own memory "), after = number_after(text, "after sum() ");
  if (!before || !after) return std::nullopt;
  const double size = seen.settings.real("megabytes"), grown = *after - *before;
  return at_line(seen, "list: ", grown <= 2 ? "nothing" : grown >= 0.6 * size ? "all" : "part");
}

std::optional<Answer> lambda_by_spawn(const Seen& seen) {
  const auto text = told_by_main(seen.model, "spawn: ");
  if (!text) return std::nullopt;
  return at_line(seen, "spawn: ", text->find("Error") != std::string::npos ? "start-fails" : *text == "exit code 0" ? "runs" : "child-fails");
}

std::optional<Answer> after_append(const Seen& seen) {
  const auto text = told_by_main(seen.model, "after rows[0].append(2): ");
  if (!text) return std::nullopt;
  return at_line(seen, "after rows[0].append(2): ", *text == "[[1]]" ? "same" : "changed");
}

}  // namespace

Questions questions_of_surprises_2() {
  return {
      {"surprise-15", {{.id = "free", .choices = {"all", "two", "with", "none"}, .answer = where_free, .fact = "E-12"}}},
      {"surprise-16", {{.id = "counted", .choices = {"all", "fewer", "more"}, .answer = value_counted, .fact = "E-40"}}},
      {"surprise-17", {{.id = "bytes", .choices = {"all", "half", "few"}, .answer = bytes_of_2049, .fact = "I-20"}}},
      {"surprise-18",
       {{.id = "get", .choices = {"value", "raises", "nothing"}, .answer = result_of_vanished, .fact = "L-21"},
        {.id = "executor", .choices = {"value", "raises"}, .answer = executor_afterwards, .fact = "L-51"}}},
      {"surprise-19", {{.id = "task", .choices = {"value", "raises", "nothing"}, .answer = task_after_kill, .fact = "L-24"}}},
      {"surprise-20", {{.id = "result", .choices = {"value", "raises", "nothing"}, .answer = result_after_with, .fact = "L-26"}}},
      {"surprise-21", {{.id = "taken", .choices = {"few", "some", "hundreds"}, .answer = taken, .fact = "L-36"}}},
      {"surprise-22",
       {{.id = "threads", .choices = {"half", "same", "longer"}, .answer = two_threads, .fact = "G.8"},
        {.id = "processes", .choices = {"half", "same", "longer"}, .answer = two_processes, .fact = "G.8"}}},
      {"surprise-23", {{.id = "late", .choices = {"at-once", "interval", "long"}, .answer = how_late, .fact = "G.8"}}},
      {"surprise-24",
       {{.id = "in-place", .choices = {"none", "some"}, .answer = lost_in_place, .fact = "G.4"},
        {.id = "by-call", .choices = {"none", "some"}, .answer = lost_by_call, .fact = "G.4"}}},
      {"surprise-25",
       {{.id = "sum", .choices = {"hardly", "part", "whole"}, .answer = during_sum, .fact = "G.5"},
        {.id = "crc32", .choices = {"hardly", "part", "whole"}, .answer = during_crc, .fact = "G.5"}}},
      {"surprise-26", {{.id = "list", .choices = {"nothing", "part", "all"}, .answer = list_copied, .fact = "M-07"}}},
      {"surprise-27", {{.id = "spawn", .choices = {"runs", "child-fails", "start-fails"}, .answer = lambda_by_spawn, .fact = "S-20"}}},
      {"surprise-28", {{.id = "append", .choices = {"changed", "same", "raises"}, .answer = after_append, .fact = "E-61"}}},
  };
}

}  // namespace forklight::scenario
