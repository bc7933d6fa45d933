// The facts of SEMANTICS.md, part P, about signals, what runs at the end, and parents that go: on the engine and by python3. The programs are
// in tests/support/lessons_life.cpp.
#include "tests/support/conforms.h"

using namespace forklight;

CONFORMS("P-38 a handler is inherited by fork, runs in the child, and what it interrupts goes on")
CONFORMS("P-38 a handler interrupts join, acquire, wait, recv and Thread.join, and each goes on")
CONFORMS("P-40 a handler that raises SystemExit(143): finally runs")
CONFORMS("P-37 a child that ignores SIGTERM outlives terminate, and not kill")
CONFORMS("P-37 terminate runs no finally, no atexit, and loses what is buffered")
CONFORMS("P-42 interrupt, as far as this version has it")
CONFORMS("P-64 SIGINT to the group: the child raises KeyboardInterrupt, and the parent in join")
CONFORMS("P-64 a KeyboardInterrupt that nobody catches ends MainProcess by SIGINT")
CONFORMS("P-65 SIGINT to the parent alone: traceback first, and then it waits")
CONFORMS("P-66 SIGINT while the parent waits at its end: it says so, exits with 0, and the child is an orphan")
CONFORMS("P.3 functions of atexit: last registered first, the children's end where multiprocessing has its place")
CONFORMS("P.2 functions of atexit in a forked child: the parent's never, its own from 3.13 on")
CONFORMS("P.3 a function of atexit that raises is told of, and the next one runs")
CONFORMS("P-05 P-63 parent_process: none in main; name, pid and life in a child")
CONFORMS("P-62 P-63 main is killed: daemon or not, the child goes on, and its parent_process() tells")
CONFORMS("P-63 under fork a younger sibling holds the parent's pipe open, too")
CONFORMS("P-45 close gives the descriptors back, twice is fine")
CONFORMS("P-48 wait on many: the sentinel of the one that has ended")
CONFORMS("P-54 with SIGCHLD ignored the kernel reaps, and nobody ever knows the exit code")
CONFORMS("P-56 a daemon may fork by itself")
CONFORMS("P-69 a child waits for its thread, and cuts a daemon thread off")
CONFORMS("signal works in the main thread alone")
CONFORMS("P-39 under spawn and forkserver a handler is not inherited")
CONFORMS("P-64 SIGINT under spawn and forkserver raises KeyboardInterrupt in the child")
CONFORMS("P-63 parent_process under every start method: the logical parent")
CONFORMS("P.2 functions of atexit under every start method")

TEST_CASE("P.2 from 3.13 on a forked child runs its own functions of atexit, last first, after its last words") {
  supervisor::RunRequest request;
  request.scenario = "P.2 functions of atexit in a forked child: the parent's never, its own from 3.13 on";
  request.python_minor = 13;
  const auto run = forklight::tests::run_lesson(TEST_ENGINE, request);
  CHECK(run.error == "");
  CHECK(run.out == "child ends\nits last\nits own\n0\nthe parent's\n");
}

TEST_CASE("P-42 interrupt sends SIGINT from 3.14 on") {
  supervisor::RunRequest request;
  request.scenario = "P-42 interrupt, as far as this version has it";
  request.python_minor = 14;
  const auto run = forklight::tests::run_lesson(TEST_ENGINE, request);
  CHECK(run.error == "");
  CHECK(run.out == "AttributeError: 'NoneType' object has no attribute 'interrupt'\n1\n");
  CHECK(run.err.find("Process Process-2:\nTraceback") != std::string::npos);
  CHECK(run.err.ends_with("KeyboardInterrupt\n"));
}
