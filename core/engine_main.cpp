// forklight-engine: the supervisor of one run. Started by the viewer; it knows the lessons, and no window.
#include <sys/socket.h>

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
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(forklight::supervisor::kControlFd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    std::fputs("forklight-engine is started by forklight: try `forklight run exit-codes`.\n", stderr);
    return 2;
  }
  return forklight::supervisor::serve(find_lesson);
}
