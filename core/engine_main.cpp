// forklight-engine: the supervisor of one run. Started by the viewer; it knows the lessons, and no window.
#include <fcntl.h>

#include <cstdio>

#include "core/scenario/scenario.h"
#include "core/supervisor/supervisor.h"

namespace {

forklight::supervisor::Lesson find_lesson(const forklight::supervisor::RunRequest& request) {
  using namespace forklight;
  const scenario::Scenario& found = scenario::find(request.scenario);
  scenario::Settings settings(found.parameters);
  for (const auto& [name, value] : request.settings) settings.set(name, value);
  return {{found.python_file, found.python}, [&found, settings] { found.main(settings); }};
}

}  // namespace

int main() {
  // Without a viewer there is nobody to watch the run, and nobody to end it.
  if (::fcntl(forklight::supervisor::kControlFd, F_GETFD) < 0) {
    std::fputs("forklight-engine is started by forklight: try `forklight run exit-codes`.\n", stderr);
    return 2;
  }
  return forklight::supervisor::serve(find_lesson);
}
