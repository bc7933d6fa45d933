// The facts of SEMANTICS.md, part L.3: ProcessPoolExecutor, on the engine and by python3; the programs are in tests/support/lessons_executor.cpp.
#include "tests/support/conforms.h"

using namespace forklight;

CONFORMS("L-54 L-56 submit, map and what a Future knows")
CONFORMS("L-10 L-53 errors of calls")
CONFORMS("L-50 L-51 a worker that dies breaks the executor")
CONFORMS("L-52 an idle worker is killed")
CONFORMS("L-54 a worker may start a process")
CONFORMS("L-57 L-58 cancel and shutdown")
CONFORMS("L-59 an initializer that fails breaks the executor")
CONFORMS("L-60 terminate_workers and kill_workers")
CONFORMS("callbacks of futures")
CONFORMS("L-54 an executor that is dropped, and the program's end")
