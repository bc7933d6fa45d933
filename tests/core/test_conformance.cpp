// The facts of SEMANTICS.md, part P: the same program on the engine and by the python3 of this machine must print the same, end with the
// same exit codes and fail with the same error. One case a fact; the programs are in tests/support/lessons.cpp.
#include <doctest/doctest.h>

#include "tests/support/lessons.h"
#include "tests/support/run_lesson.h"

using namespace forklight;

namespace {

// Everything a program said on stderr, as far as it is the same everywhere: the first and the last line of each traceback (SEMANTICS 0.2).
std::vector<std::string> tracebacks(const std::string& err) {
  std::vector<std::string> kept;
  std::string line;
  for (const char c : tests::normalised(err) + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    const bool inner = line.starts_with("  ") || line.empty();
    if (!inner) kept.push_back(line);
    line.clear();
  }
  return kept;
}

void conforms(const char* name) {
  const tests::TestLesson* lesson = tests::find_lesson(name);
  REQUIRE(lesson != nullptr);
  const auto ours = tests::run_test_lesson(name);
  const auto theirs = tests::run_python(std::string(tests::kPrelude) + std::string(lesson->python));
  CHECK(ours.error == "");
  CHECK(tests::normalised(ours.out) == tests::normalised(theirs.out));
  CHECK(tracebacks(ours.err) == tracebacks(theirs.err));
  CHECK(ours.main_status == theirs.status);
  CHECK(ours.model.complete());
  CHECK(ours.model.lost_count() == 0);
}

}  // namespace

#define CONFORMS(name) \
  TEST_CASE(name) { conforms(name); }

CONFORMS("P-01 names count objects, started or not")
CONFORMS("P-04 a child's child has a path for a name")
CONFORMS("P-12 P-13 before start there is no pid, no exit code, no life")
CONFORMS("P-14 no sentinel before start")
CONFORMS("P-15 join before start")
CONFORMS("P-16 terminate and kill before start")
CONFORMS("P-17 start twice")
CONFORMS("P-18 P-25 P-26 P-27 a stranger may not start, join or test, and sees no exit code")
CONFORMS("P-19 daemon is settled at start")
CONFORMS("P-22 P-23 join with a timeout returns without an end")
CONFORMS("P-24 P-29 P-43 after the end join and terminate do nothing, and the code stays")
CONFORMS("P-28 a sibling may terminate")
CONFORMS("P-30 P-31 P-32 exit codes of returning and of sys.exit")
CONFORMS("P-33 sys.exit with a text")
CONFORMS("P-34 os._exit loses what is not flushed")
CONFORMS("P-35 an uncaught exception")
CONFORMS("P-36 deaths by signals")
CONFORMS("P-37 P-41 terminate and kill a sleeper")
CONFORMS("P-44 close while running")
CONFORMS("P-46 P-47 a closed object")
CONFORMS("P.0 repr says the stage")
CONFORMS("P-48 the sentinel turns readable at the end")
CONFORMS("P-49 a grandchild keeps the sentinel: join with a timeout runs out on a dead child")
CONFORMS("P-50 P-52 a finished child is a zombie until another is started")
CONFORMS("P-51 P-53 active_children reaps, and holds what nobody else does")
CONFORMS("P-54 a child that somebody else waited for has no exit code")
CONFORMS("P-55 P-57 a daemon may not have children, and passes its flag on")
CONFORMS("P-58 P-59 at the end daemons are terminated and the others waited for")
CONFORMS("P-60 main ends by an exception: traceback first and then the wait")
CONFORMS("P-61 main leaves by os._exit: nobody is waited for")
CONFORMS("P-67 stdin of a child is empty")
CONFORMS("P-68 start flushes so that nothing is printed twice")
CONFORMS("P-72 process group and session are the parent's")
CONFORMS("P-74 a fresh child has no children")
CONFORMS("P-75 traceback of a child that has children")
