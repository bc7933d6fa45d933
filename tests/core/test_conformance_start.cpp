// The facts of SEMANTICS.md, part S: the same program on the engine and by the python3 of this machine, under each start method. The programs
// are in tests/support/lessons_start.cpp and lessons_inherit.cpp.
#include "tests/support/conforms.h"

using namespace forklight;

CONFORMS("S-01 S-02 P-02 three methods and their names and exit codes")
CONFORMS("S-03 S-05 globals as changed or as first imported")
CONFORMS("S-06 S-20 a lambda runs under fork alone")
CONFORMS("S-21 a nested function cannot be pickled")
CONFORMS("S-22 a target under the main guard is not found")
CONFORMS("S-27 spawn without a main guard")
CONFORMS("S-27 forkserver without a main guard")
CONFORMS("S-27 fork needs no main guard")
CONFORMS("S-27 S-15 what a failed import had registered is taken back")
TEST_CASE("S-32 S-33 a lock of the fork context goes to fork alone") {
  const char* const lesson = "S-32 S-33 a lock of the fork context goes to fork alone";
  // The first releases of 3.11 do not look yet.
  const char* const looks = "import inspect, multiprocessing.synchronize as s; print('fork context' in inspect.getsource(s.SemLock.__getstate__))";
  if (tests::run_python(looks).out == "True\n") return tests::conforms(lesson);
  MESSAGE("this python3 is older than the check of S-32: the engine is compared with the fact alone");
  const auto run = tests::run_test_lesson(lesson);
  CHECK(run.err == "");
  for (const char* line : {"fork fork 0\n", "fork spawn RuntimeError A SemLock created in a fork context", "fork forkserver RuntimeError A SemLock",
                           "spawn fork 0\nspawn spawn 0\nspawn forkserver 0\n"}) {
    CAPTURE(line);
    CHECK(run.out.find(line) != std::string::npos);
  }
}
CONFORMS("S-34 S-35 S-36 setting the start method")
CONFORMS("E.3 a value and its lock travel to every method")
CONFORMS("E.3 S-24 queue and connection and event travel to every method")
CONFORMS("E.3 every other primitive travels to every method")
CONFORMS("P-04 S-09 grandchildren by every method")
CONFORMS("P-35 an uncaught exception under every method")
CONFORMS("I-15 under spawn and forkserver the end of file comes by itself")
CONFORMS("P-73 the forkserver is killed")
CONFORMS("S-04 the name of the program's module")
CONFORMS("S-07 open descriptors are inherited by fork alone")
CONFORMS("S-08 the environment of the forkserver's children is the one that it was started with")
CONFORMS("S-10 the seed of hash: the parent's by fork, another by spawn, one for all of a forkserver")
CONFORMS("S-11 an ignored signal stays ignored over fork and exec, and a forkserver of before knows nothing of it")
CONFORMS("S-12 S-37 of the parent's threads the calling one alone is in a forked child, and what another held stays locked")
CONFORMS("S-23 S-06 a lock of threads and an open file go to a forked child alone")
CONFORMS("S-25 a started process cannot be an argument, one that was not started can")
CONFORMS("S-26 an argument that raises while it is unpickled ends the child, and start() does not know")
CONFORMS("S-30 a program that was given with -c")
CONFORMS("S-31 a program that was read from stdin")
CONFORMS("S-15 one resource tracker for the tree, from the first start under spawn on")
CONFORMS("S-15 a lock of the spawn context starts the tracker, one of the fork context does not")
