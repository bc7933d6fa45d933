// The facts of SEMANTICS.md, part Q, on the engine and by python3; the programs are in tests/support/lessons_queue.cpp.
#include "core/ipc/queue.h"
#include "tests/support/conforms.h"

using namespace forklight;

// a Queue is no context manager, has no length, and task_done is JoinableQueue's alone. What Python finds out when it runs, C++ does
// when it compiles.
template <typename Q>
constexpr bool kHasTaskDone = requires(Q q) { q.task_done(); };
template <typename Q>
constexpr bool kHasSize = requires(Q q) { q.size(); };
static_assert(!kHasTaskDone<ipc::Queue> && kHasTaskDone<ipc::JoinableQueue> && !kHasSize<ipc::Queue>);

CONFORMS("Q-01 put into a full queue")
CONFORMS("Q-02 get from an empty queue")
TEST_CASE("Q-03 Q-04 empty just after put") {
  const auto empty = tests::conforms_but_for_line("Q-03 Q-04 empty just after put", 0);
  MESSAGE("empty() was True ", empty.ours, " of 50 times, in Python ", empty.theirs);
  CHECK(empty.ours > 0);
}
CONFORMS("Q-05 what is changed after put arrives changed")
CONFORMS("Q-06 what cannot be pickled vanishes from a Queue")
CONFORMS("Q-06 no word of what fails while the process ends")
CONFORMS("Q-07 what cannot be pickled is refused by a SimpleQueue")
CONFORMS("Q-08 what cannot be pickled stays unfinished in a JoinableQueue")
CONFORMS("Q-09 Q-10 Q-11 a closed queue")
CONFORMS("Q-12 close twice, and of a queue never used")
CONFORMS("Q-13 a closed SimpleQueue")
TEST_CASE("Q-15 the order of each producer") {
  const auto changes = tests::conforms_but_for_line("Q-15 the order of each producer", 1, false);
  CHECK(changes.ours >= 2);
}
CONFORMS("Q-16 Q-17 a producer lives until the pipe has taken everything")
CONFORMS("Q-18 cancel_join_thread")
CONFORMS("Q-19 who made the queue waits for its feeder too")
CONFORMS("Q-20 os._exit while items wait in the deque")
TEST_CASE("Q-20 SIGKILL while items wait behind a full pipe") {
  // How much had been sent is nobody's promise; the first item had.
  CHECK(tests::run_both("Q-20 SIGKILL while items wait behind a full pipe").ours.out == "-9\n0\n");
}
CONFORMS("Q-21 a reader that is killed in get() takes the lock with it")
CONFORMS("Q-21 L-24 a reader that is killed in SimpleQueue.get()")
CONFORMS("E-30 Q-25 a process is killed in JoinableQueue.join()")
CONFORMS("Q-22 a writer that is killed in the middle of a big item")
CONFORMS("Q-24 Q-25 task_done and join")
CONFORMS("Q-26 what is inherited cannot be put")
TEST_CASE("Q-27 a SimpleQueue blocks who puts") { tests::conforms("Q-27 a SimpleQueue blocks who puts", false); }
CONFORMS("Q-28 a forked child does not resend what waits in its parent")
CONFORMS("Q-28 a closed queue is open again in a forked child")

// --- what Python has no such certainty of

TEST_CASE("Q-28 fork while the feeder is busy, sixty times: nothing is lost, nothing comes twice") {
  const auto run = tests::run_test_lesson("fork while the feeder is busy");
  CHECK(run.error == "");
  CHECK(run.out == "12120 12000 True\n");
  CHECK(run.main_status == 0);
}
TEST_CASE("Q-28 fork while the feeder stands before a full pipe: neither its items nor its lock are the child's") {
  const auto run = tests::run_test_lesson("fork while the feeder is busy with a full pipe");
  CHECK(run.error == "");
  CHECK(run.out == "120 True\n");
  CHECK(run.main_status == 0);
}
TEST_CASE("a queue of a parent and several children") {
  const auto run = tests::run_test_lesson("parent and several children on one queue");
  CHECK(run.error == "");
  CHECK(run.out == "809100 True True\n");
  CHECK(run.main_status == 0);
}
TEST_CASE("Q-15 a million messages through four processes: none lost, none doubled, each producer's order kept") {
  supervisor::RunRequest request;
  request.scenario = "a million messages";
  const auto run = tests::run_lesson(TEST_ENGINE, request, std::chrono::seconds(80));
  CHECK(run.error == "");
  CHECK(run.out == "true 0 True True True\n");
  CHECK(run.main_status == 0);
}
TEST_CASE("a process that ends while its feeder still writes loses nothing") {
  const auto run = tests::run_test_lesson("exit while the feeder writes");
  CHECK(run.error == "");
  CHECK(run.out == "6020\n");
  CHECK(run.main_status == 0);
}
