// A viewer without a window, to be killed: runs the busy tree until it ends or is ended, or the lesson that is named. Its line, the pid of
// the supervisor, comes at once; of a lesson that is named, when that has printed something.
#include <fcntl.h>

#include <algorithm>
#include <cstdio>

#include "tests/support/processes.h"
#include "core/supervisor/engine.h"

int main(int argc, char** argv) {
  using namespace forklight;
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  supervisor::Engine engine({.engine = TEST_ENGINE, .stdout_fd = nowhere}, {.scenario = argc > 1 ? argv[1] : "busy tree"});
  if (argc > 1) {
    const auto printed = [](const auto& batch) {
      return std::any_of(batch.begin(), batch.end(), [](const trace::Record& record) { return record.event.kind == trace::Kind::output; });
    };
    tests::wait_until([&] {
      const auto batches = engine.take();
      return std::any_of(batches.begin(), batches.end(), printed);
    });
  }
  std::printf("%d\n", engine.supervisor_pid());
  std::fflush(stdout);
  tests::wait_until([&] { return (void)engine.take(), engine.finished(); }, std::chrono::seconds(30));
  return 0;
}
