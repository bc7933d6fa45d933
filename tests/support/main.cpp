// Every test program's main: doctest, under a watchdog, with the promise that no process is left behind.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "tests/support/processes.h"

int main(int argc, char** argv) {
  forklight::tests::start_watchdog();
  doctest::Context context(argc, argv);
  const int status = context.run();
  if (context.shouldExit()) return status;
  return forklight::tests::none_left() ? status : 1;
}
