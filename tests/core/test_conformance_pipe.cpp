// The facts of SEMANTICS.md, part I, on the engine and by python3; the programs are in tests/support/lessons_pipe.cpp.
#include "core/ipc/connection.h"
#include "tests/support/conforms.h"

using namespace forklight;

// I-24: what Python sends by a helper server that passes descriptors, is no Message here: C++ refuses it when it compiles.
static_assert(!std::is_constructible_v<ipc::Message, ipc::Connection>);

CONFORMS("I.1 the bytes on the wire")
CONFORMS("I.1 values that travel, and how they look")
CONFORMS("I-01 the wrong end of a simplex pipe")
CONFORMS("I-02 poll")
CONFORMS("I-03 I-04 I-05 the other end is closed")
CONFORMS("I-06 the reader is closed")
CONFORMS("I-07 the peer went with our data unread")
CONFORMS("I-08 I-23 this end is closed")
CONFORMS("I-09 a message longer than allowed")
CONFORMS("I-10 a buffer too short")
CONFORMS("I-11 what cannot be pickled is not sent at all")
CONFORMS("I-12 I-14 bytes that are no message, and none at all")
CONFORMS("I-13 the end inside a frame")
CONFORMS("Q-23 I-13 a writer that is killed in the middle, and nobody else has the end")
CONFORMS("I-15 a child's own copy of the write end keeps it from seeing the end")
CONFORMS("I-16 more than the capacity without a reader")
TEST_CASE("I-17 several readers on one connection") { tests::conforms("I-17 several readers on one connection", false); }
TEST_CASE("I-18 I-19 several writers on one connection") { tests::conforms("I-18 I-19 several writers on one connection", false); }
TEST_CASE("I-20 how many messages a simplex pipe takes") { tests::conforms("I-20 how many messages a simplex pipe takes", false); }
TEST_CASE("I-21 how many messages a duplex pipe takes") { tests::conforms("I-21 how many messages a duplex pipe takes", false); }
CONFORMS("I-22 wait on several")

TEST_CASE("I-12 garbage in a pipe is an error, never more") {
  const auto run = tests::run_test_lesson("I-12 garbage in a pipe is an error, never more");
  CHECK(run.error == "");
  CHECK(run.out == "True\n_pickle.UnpicklingError: pickle data was truncated\n");
  CHECK(run.main_status == 0);
}
TEST_CASE("a frame longer than the cap is refused") {
  const auto run = tests::run_test_lesson("a frame longer than the cap");
  CHECK(run.error == "");
  CHECK(run.out ==
        "OSError: bad message length\nOSError: handle is closed\n"
        "OSError: bad message length\nOSError: connection is write-only\n"
        "EOFError\n"
        "OSError: [Errno 90] Message too long\n'next'\n");
  CHECK(run.main_status == 0);
}
