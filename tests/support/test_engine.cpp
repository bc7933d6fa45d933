// An engine that knows the test lessons, and forklight's own scenarios beside them.
#include "core/process/start_method.h"
#include "core/scenario/scenario.h"
#include "core/supervisor/supervisor.h"
#include "tests/support/lessons.h"

namespace {

forklight::process::Lesson find_lesson(const forklight::supervisor::RunRequest& request) {
  using namespace forklight;
  if (request.scenario == "kernel refused") tests::refuse_perf_events();
  const auto* lesson = tests::find_lesson(request.scenario);
  if (lesson == nullptr) return scenario::lesson(request.scenario, request.settings);
  const auto main = [lesson] {
    if (!lesson->whole) process::set_start_method("fork");  // as the prelude
    lesson->body();
  };
  return {{"program.py", {}, lesson->source}, main, lesson->targets, lesson->imported};
}

}  // namespace

int main(int argc, char** argv) { return forklight::supervisor::engine_main(argc, argv, find_lesson); }
