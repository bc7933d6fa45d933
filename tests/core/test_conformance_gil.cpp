// The facts of SEMANTICS.md, part G: on the engine and by python3. The programs are in tests/support/lessons_gil.cpp.
#include "tests/support/conforms.h"

using namespace forklight;

CONFORMS("G-03 the switch interval: errors, and whole microseconds")
CONFORMS("G-08 a handler has its turn when a C call is over, not within it")
CONFORMS("G-08 a handler runs in the main thread, which waits for the GIL for that")
CONFORMS("G-10 daemon threads neither delay the end nor speak after it")
CONFORMS("Thread: an exception ends that thread alone, and leaves the GIL")
CONFORMS("os._exit ends it at once while others hold and want the GIL")
CONFORMS("G-09 a fork beside threads: the child has its forking thread alone, and the GIL")

TEST_CASE("G-04 interpreters: a GIL each, no daemon threads, no fork") {
  const auto run = tests::run_test_lesson("G-04 interpreters: a GIL each, no daemon threads, no fork");
  CHECK(run.out ==
        "RuntimeError: daemon threads are disabled in this (sub)interpreter\n"
        "RuntimeError: fork not supported for isolated subinterpreters\n");
}
