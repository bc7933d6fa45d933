// The facts of SEMANTICS.md, part E, on the engine and by python3; the programs are in tests/support/lessons_sync.cpp.
#include "core/sync/sync.h"
#include "tests/support/conforms.h"

using namespace forklight;

// E-04, E-11, E-43, E-45: what Python refuses when it runs (other names of parameters, release(2), a Value of text or of 1.5, get_lock() of what
// has none), C++ refuses when it compiles.
template <typename T, typename... A>
constexpr bool kReleases = requires(T t, A... a) { t.release(a...); };
template <typename T>
constexpr bool kTakes = requires(sync::Value v, T t) { v.set(t); };
static_assert(kReleases<sync::Semaphore> && !kReleases<sync::Semaphore, int>);
static_assert(kTakes<int> && !kTakes<double> && !kTakes<const char*>);

CONFORMS("E-01 release of a lock that is free")
CONFORMS("E-01 released by somebody else inside with")
CONFORMS("E-02 anybody may release a lock")
CONFORMS("E-03 acquire of a lock that is taken")
CONFORMS("E-05 repr of a lock")
CONFORMS("E-06 E-07 an RLock")
CONFORMS("E-08 E-09 a semaphore released too often")
CONFORMS("E-10 a semaphore of less than nothing")
CONFORMS("E-12 a child that ends while it holds a lock")
CONFORMS("E-13 an exception inside with releases")
CONFORMS("E-14 a child that ends while it holds an RLock")
CONFORMS("E-15 a condition whose lock is not held")
TEST_CASE("E-16 wait and wait_for run out of time") {
  // The predicate is asked at the begin and at the end, and as often as somebody wakes it in between.
  const auto asked = tests::conforms_but_for_line("E-16 wait and wait_for run out of time", 3);
  CHECK(asked.ours >= 2);
  CHECK(asked.ours <= 3);
}
TEST_CASE("E-17 notify(2) with three waiters") {
  const auto both = tests::run_both("E-17 notify(2) with three waiters");
  CHECK(tests::sorted_lines(both.ours.out) == tests::sorted_lines(both.theirs.out));
}
TEST_CASE("E-17 notify_all wakes threads and processes, a hundred times") {
  tests::conforms("E-17 notify_all wakes threads and processes, a hundred times", false);
}
CONFORMS("E-18 an event")
CONFORMS("E-19 each gets another number at a barrier")
CONFORMS("E-20 a broken barrier")
CONFORMS("E-21 a barrier for nobody")
CONFORMS("E-30 a waiter is killed in Condition.wait")
CONFORMS("E-31 a waiter is killed in Event.wait")
CONFORMS("E-32 a waiter is killed in Barrier.wait")
TEST_CASE("E-40 += on a Value is a race") {
  const auto sum = tests::conforms_but_for_line("E-40 += on a Value is a race", 0, false);
  MESSAGE("of 40000: ", sum.ours, ", in Python ", sum.theirs);
  CHECK(sum.ours < 40000);
  CHECK(sum.ours >= 2);
}
TEST_CASE("E-41 += on a Value with its lock") { tests::conforms("E-41 += on a Value with its lock", false); }
CONFORMS("E-42 a Value wraps")
CONFORMS("E-44 an array")
