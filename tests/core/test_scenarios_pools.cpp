// The scenarios of pools: claims hold, and the Python twin by real python3 says and does the same.
#include "tests/support/scenario_runs.h"

using namespace forklight;
using namespace forklight::tests;

TEST_CASE("scenario pool-map conforms to its Python twin") {  // L-01 L-04
  for (const char* cost : {"even", "skewed", "random"}) {
    const Both both = run_both("pool-map", {{"cost", cost}, {"seconds", "0.005"}});
    CHECK(both.ours.out == both.theirs.out);
    CHECK(both.ours.err == both.theirs.err);
  }
  const Both both = run_both("pool-map", {{"chunksize", "5"}, {"workers", "2"}, {"seconds", "0.002"}});
  CHECK(both.ours.out == both.theirs.out);
}
