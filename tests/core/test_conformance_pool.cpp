// The facts of SEMANTICS.md, part L: Pool, on the engine and by python3; the programs are in tests/support/lessons_pool.cpp.
#include "core/pool/pool.h"
#include "tests/support/conforms.h"

using namespace forklight;

// L-30: an initializer must be callable. What Python finds out when it runs, C++ does when it compiles.
static_assert(!std::is_constructible_v<std::function<void()>, int>);
static_assert(!std::is_constructible_v<pool::Pool, const char*>);

CONFORMS("L-01 apply, map, starmap, imap")
CONFORMS("L-02 imap_unordered gives what is done first")
CONFORMS("L-03 L-05 L-06 no items, no chunks")
CONFORMS("L-04 chunk sizes")
CONFORMS("L-07 L-08 L-09 a result that is not ready")
CONFORMS("L-10 an error comes back with the worker's traceback")
CONFORMS("L-11 L-12 a failing item ends its chunk, and map when all chunks are done")
CONFORMS("L-13 imap goes on after an item that failed")
CONFORMS("L-14 callbacks")
CONFORMS("L-15 a callback that raises ends the thread that brings results")
CONFORMS("L-15 a KeyError of a callback is taken for something else")
CONFORMS("L-16 a callback that waits for another task of its pool")
CONFORMS("L-17 an exception that cannot be unpickled")
CONFORMS("L-18 a result that cannot be pickled")
CONFORMS("L-19 what cannot be pickled fails in get")
CONFORMS("L-20 an iterator that raises")
CONFORMS("L-21 a worker that dies is replaced, and its task is lost")
CONFORMS("L-22 L-23 map never ends without the task that died")
CONFORMS("L-24 an idle worker is killed with the lock of the task pipe")
CONFORMS("L-25 maxtasksperchild")
CONFORMS("L-26 leaving the scope terminates")
CONFORMS("L-27 L-28 L-29 close and join wait for everything")
CONFORMS("L-30 L-31 how many workers")
TEST_CASE("L-32 an initializer that fails is called again and again") { tests::conforms("L-32 an initializer that fails is called again and again", false); }
CONFORMS("L-33 a worker may not start a process")
CONFORMS("L-34 the program ends while a task runs")
CONFORMS("L-35 a pool that is dropped")
CONFORMS("L-36 imap runs ahead of its workers")
CONFORMS("L-37 SIGINT to a worker and to who waits for it")
CONFORMS("L-38 next with a timeout")
