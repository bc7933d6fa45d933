// An engine that knows the test lessons, and forklight's own scenarios beside them.
#include "core/scenario/scenario.h"
#include "core/supervisor/supervisor.h"
#include "tests/support/lessons.h"

namespace {

forklight::supervisor::Lesson find_lesson(const forklight::supervisor::RunRequest& request) {
  using namespace forklight;
  if (request.scenario == "kernel refused") tests::refuse_perf_events();
  if (const auto* lesson = tests::find_lesson(request.scenario)) return {{"program.py", {}}, lesson->body};
  const scenario::Scenario& found = scenario::find(request.scenario);
  scenario::Settings settings(found.parameters);
  for (const auto& [name, value] : request.settings) settings.set(name, value);
  return {{found.python_file, found.python}, [&found, settings] { found.main(settings); }};
}

}  // namespace

int main() { return forklight::supervisor::serve(find_lesson); }
