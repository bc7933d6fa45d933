// A viewer without a window, to be killed: runs the busy tree until it ends or is ended.
#include <cstdio>

#include "tests/support/processes.h"
#include "core/supervisor/engine.h"

int main() {
  using namespace forklight;
  supervisor::Engine engine({.engine = TEST_ENGINE}, {.scenario = "busy tree"});
  std::printf("%d\n", engine.supervisor_pid());
  std::fflush(stdout);
  tests::wait_until([&] { return (void)engine.take(), engine.finished(); }, std::chrono::seconds(30));
  return 0;
}
