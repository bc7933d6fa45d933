// The chain of causes: who ended a task's last wait, and who that one's, back to a birth. Told by hand-written events.
#include <doctest/doctest.h>

#include "core/timeline/causes.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using timeline::causes;
using timeline::FlowKind;

TEST_CASE("causes: after a join it is the child's end, and behind that its birth") {
  const Model model = model_of(started_and_joined(exited(0)));
  for (const std::int64_t moment : {std::int64_t{50}, std::int64_t{85}}) {  // in the midst of the wait, and after it
    const auto chain = causes(model, 1, moment);
    REQUIRE(chain.size() == 2);
    CHECK(model.flows()[chain[0]].kind == FlowKind::join);
    CHECK(model.flows()[chain[0]].from == 2);
    CHECK(model.flows()[chain[1]].kind == FlowKind::start);
    CHECK(model.flows()[chain[1]].from == 1);
  }
}

TEST_CASE("causes: a joined child's death that is on record only after the wait, and a join that is slow to end") {
  constexpr std::int64_t kLate = 50'000'000;
  std::vector<Record> records = started_and_joined(exited(0));
  for (Record& record : records) {
    if (record.event.time_ns >= 80) record.event.time_ns += kLate;                          // join_end, and what follows
    if (record.event.kind == Kind::death && record.event.object == 2) record.event.time_ns = 77;  // the wait ended at 75
    if (record.event.kind == Kind::reap && record.event.object == 2) record.event.time_ns = 78;
  }
  const Model model = model_of(records);
  for (const std::int64_t moment : {std::int64_t{50}, kLate + 85}) {
    const auto chain = causes(model, 1, moment);
    REQUIRE(chain.size() == 2);
    CHECK(model.flows()[chain[0]].kind == FlowKind::join);
    CHECK(model.flows()[chain[1]].kind == FlowKind::start);
  }
}

TEST_CASE("causes: before any wait there is the birth alone; of MainProcess and of nobody there is nothing") {
  const Model model = model_of(started_and_joined(exited(0)));
  const auto chain = causes(model, 2, 50);
  REQUIRE(chain.size() == 1);
  CHECK(model.flows()[chain[0]].kind == FlowKind::start);
  CHECK(causes(model, 1, 35).empty());
  CHECK(causes(model, 77, 50).empty());
  CHECK(causes(model, 1, 85, 1).size() == 1);
}
