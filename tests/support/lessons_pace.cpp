// Lessons for the gate: tasks whose operations can be told apart, and counted.
#include <fmt/format.h>

#include <vector>

#include "core/process/python.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;

constexpr int kWorkers = 3;

void run_workers(void (*body)(int who)) {
  std::vector<Process> workers;
  for (int who = 0; who < kWorkers; ++who) workers.emplace_back([who, body] { body(who); });
  for (Process& worker : workers) worker.start();
  for (Process& worker : workers) worker.join();
}

void three_lines(int who) {
  for (int line = 0; line < 3; ++line) print_now(fmt::format("{} {}", static_cast<char>('A' + who), line));
}

void other_lines(int who) {
  if (who == 1) sleep(0);
  three_lines(who);
}

void naps_for_ever(int) {
  for (;;) sleep(0.001);
}

void naps_a_while(int who) {
  for (int i = 0; i < 300; ++i) sleep(0.001);
  three_lines(who);
}

}  // namespace

extern const TestLesson kPaceLessons[];
const TestLesson kPaceLessons[] = {
    {"pace lines", "", [] { run_workers(three_lines); }},
    {"pace other lines", "", [] { run_workers(other_lines); }},
    {"pace for ever", "", [] { run_workers(naps_for_ever); }},
    {"pace a while", "", [] { run_workers(naps_a_while); }},
};
extern const std::size_t kPaceLessonCount;
const std::size_t kPaceLessonCount = std::size(kPaceLessons);

}  // namespace forklight::tests
