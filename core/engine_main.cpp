// forklight-engine: the supervisor of one run, and what spawn and forkserver start. Started by the viewer; it knows the lessons, and no window.
#include "core/scenario/scenario.h"
#include "core/supervisor/supervisor.h"

int main(int argc, char** argv) {
  using namespace forklight;
  return supervisor::engine_main(argc, argv, [](const supervisor::RunRequest& request) { return scenario::lesson(request.scenario, request.settings); });
}
