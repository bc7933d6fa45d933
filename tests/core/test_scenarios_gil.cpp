// The scenarios of the GIL: the engine against the Python twin by real python3, claims that hold and claims that break, the steps that are on
// record, and what the kernel says of who ran at the same time.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

#include "core/base/clock.h"
#include "core/observe/perf_ring.h"
#include "core/scenario/claims.h"
#include "tests/core/timeline_events.h"
#include "tests/support/rounds.h"
#include "tests/support/scenario_runs.h"

using namespace forklight;
using scenario::Verdict;
using tests::Changes, tests::LessonRun;
using trace::Kind;

namespace {

std::size_t count_of(const LessonRun& run, Kind kind) {
  return static_cast<std::size_t>(std::count_if(run.model.events().begin(), run.model.events().end(), [&](const auto& ref) { return ref.event.kind == kind; }));
}

// "stage WAY COUNT" and the "result" after it, as far as this Python has the way.
std::map<std::string, std::string> results(const std::string& out) {
  std::map<std::string, std::string> all;
  std::istringstream lines(out);
  std::string stage;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("stage ")) stage = line;
    if (line.starts_with("result ")) all[stage] = line;
  }
  return all;
}

std::string without_numbers(const std::string& out) {
  std::string text;
  for (const char c : out) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      if (!text.ends_with('#')) text += '#';
    } else if (!(c == '.' && text.ends_with('#'))) {
      text += c;
    }
  }
  return text;
}

// For how long two tasks were on a core at the same time, while both worked.
std::int64_t together_ns(const timeline::Model& model, trace::TaskId one, trace::TaskId other) {
  const auto* a = model.kernel().find(one);
  const auto* b = model.kernel().find(other);
  if (a == nullptr || b == nullptr) return 0;
  std::int64_t sum = 0;
  for (const auto& left : a->on_cpu.spans()) {
    for (const auto& right : b->on_cpu.spans()) {
      sum += std::max<std::int64_t>(0, std::min(left.end_ns, right.end_ns) - std::max(left.begin_ns, right.begin_ns));
    }
  }
  return sum;
}

std::int64_t on_cpu_ns(const timeline::Model& model, trace::TaskId task) {
  const auto* kernel = model.kernel().find(task);
  return kernel == nullptr ? 0 : kernel->on_cpu.busy_ns(0, timeline::kOpen, timeline::kOpen - 1);
}

// The tasks that did work after the line "stage WAY 2", in their order.
std::vector<trace::TaskId> workers(const LessonRun& run, const std::string& stage) {
  std::vector<trace::TaskId> tasks;
  bool in_stage = false;
  for (const auto& ref : run.model.events()) {
    if (ref.event.kind == Kind::output) {
      const std::string_view said = run.model.text(ref.text);
      if (said.find("stage ") != std::string_view::npos) in_stage = said.find(stage) != std::string_view::npos;
    }
    if (in_stage && ref.event.kind == Kind::work_begin) tasks.push_back(ref.task);
  }
  return tasks;
}

}  // namespace

TEST_CASE("scenario gil-vs-processes conforms to its Python twin, in what that has") {  // F29
  const auto both = tests::run_both("gil-vs-processes", {{"rounds", "1"}, {"most", "2"}});
  const auto ours = results(both.ours.out), theirs = results(both.theirs.out);
  CHECK(ours.size() == 9);
  CHECK(theirs.size() >= 5);
  for (const auto& [stage, result] : theirs) {
    CAPTURE(stage);
    REQUIRE(ours.contains(stage));
    CHECK(ours.at(stage) == result);
  }
}

TEST_CASE("scenario gil-vs-processes: the kernel saw the threads one by one, and the others side by side") {
  if (observe::open_rings().error != 0) {
    MESSAGE("the kernel refuses its records here: nothing is tested");
    return;
  }
  // With other work on the machine two may be left on one core for long: then once more, and more of it.
  // G-05: also interpreters, which have a lock each.
  std::map<std::string, bool> met = {{"stage processes 2", false}, {"stage free-threads 2", false}, {"stage interpreters 2", false}};
  const auto all_met = [&] { return std::all_of(met.begin(), met.end(), [](const auto& way) { return way.second; }); };
  bool busy_machine = false;
  const std::int64_t patience_ns = base::now_ns() + 40 * base::kSecond;
  for (const char* rounds : {"4", "8", "16", "32", "32", "32"}) {
    if (busy_machine && base::now_ns() > patience_ns) break;
    const auto run = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("gil-vs-processes", {{"rounds", rounds}, {"most", "2"}}));
    if (busy_machine && run.error != "") break;  // more of it than this machine can do in time
    CHECK(run.error == "");
    const auto threads = workers(run, "stage threads 2");
    REQUIRE(threads.size() == 2);
    const std::int64_t worked = on_cpu_ns(run.model, threads[0]) + on_cpu_ns(run.model, threads[1]);
    CHECK(together_ns(run.model, threads[0], threads[1]) < worked / 10);  // only to hand it over
    for (auto& [stage, seen] : met) {
      const auto two = workers(run, stage);
      REQUIRE(two.size() == 2);
      seen = seen || together_ns(run.model, two[0], two[1]) > 2 * base::kMillisecond;
    }
    if (all_met()) break;
    const std::int64_t born = std::min(run.model.find(threads[0])->born_ns, run.model.find(threads[1])->born_ns);
    const std::int64_t died = std::max(run.model.find(threads[0])->death_ns, run.model.find(threads[1])->death_ns);
    busy_machine = busy_machine || worked < (died - born) * 8 / 10;
  }
  if (busy_machine && !all_met()) {
    MESSAGE("this machine had no second core to spare: nothing is tested");
    return;
  }
  for (const auto& [stage, seen] : met) {
    CAPTURE(stage);
    CHECK(seen);
  }
}

TEST_CASE("scenario gil-vs-processes: every contended step is on record, and in its order") {  // G.6
  std::map<Kind, std::size_t> seen;
  for (const Kind kind : {Kind::gil_want, Kind::gil_wait, Kind::gil_timeout, Kind::gil_request, Kind::eval_check, Kind::gil_drop, Kind::gil_take,
                          Kind::switch_wait, Kind::switch_done}) {
    seen[kind] = 0;
  }
  const auto all_seen = [&] { return std::all_of(seen.begin(), seen.end(), [](const auto& one) { return one.second > 0; }); };
  // With other work on the machine a whole short run may have no forced switch whose taker is late: then more of it.
  for (const char* rounds : {"4", "8", "16", "32", "32", "32"}) {
    const auto run = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("gil-vs-processes", {{"rounds", rounds}, {"most", "2"}}));
    CHECK(run.model.lost_count() == 0);
    for (auto& [kind, count] : seen) count += count_of(run, kind);
    // Asked, a holder looks, drops, waits for the switch, and wants it again: nothing of it comes in another order (G.6's time line).
    std::map<trace::TaskId, Kind> last;
    for (const auto& ref : run.model.events()) {
      const Kind kind = ref.event.kind;
      if (kind == Kind::switch_wait) CHECK(last[ref.task] == Kind::gil_drop);
      if (kind == Kind::switch_done) CHECK(last[ref.task] == Kind::switch_wait);
      if (kind == Kind::gil_request) CHECK(last[ref.task] == Kind::gil_timeout);
      if (kind == Kind::gil_timeout || kind == Kind::gil_wake) CHECK(last[ref.task] == Kind::gil_wait);
      if (kind >= Kind::gil_want && kind <= Kind::switch_done) last[ref.task] = kind;
    }
    if (all_seen()) break;
  }
  for (const auto& [kind, count] : seen) {
    CAPTURE(trace::name(kind));
    CHECK(count > 0);
  }
}

TEST_CASE("scenario gil-io conforms to its Python twin, whatever the threads wait for") {  // G.5
  for (const char* io : {"sleep", "pipe", "file", "mixed"}) {
    CAPTURE(io);
    const auto both = tests::run_both("gil-io", {{"io", io}, {"times", "10"}, {"most", "2"}});
    CHECK(without_numbers(both.ours.out) == without_numbers(both.theirs.out));
  }
}

TEST_CASE("scenario convoy conforms to its Python twin: as many messages, a line for each number") {  // F30
  const auto both = tests::run_both("convoy", {{"messages", "30"}});
  const auto head = [](const std::string& out) {
    std::string kept;
    std::istringstream lines(without_numbers(out));
    for (std::string line; std::getline(lines, line);) kept += line.starts_with("below") ? "" : line + "\n";
    return kept;
  };
  CHECK(head(both.ours.out) == head(both.theirs.out));
}

TEST_CASE("scenario convoy: an interval for each message beside a loop; none before 3.2, or without a GIL") {  // G-01 G-02 G-07
  for (const char* lock : {"gil", "before-3.2", "none"}) {
    for (const char* rival : {"loop", "c-calls", "checksum", "nobody"}) {
      CAPTURE(lock);
      CAPTURE(rival);
      // A call is one tick, and it may take the lock back at once: a message waits for seconds, and nobody says for how many (G-01).
      if (std::string_view(lock) == "before-3.2" && std::string_view(rival) == "c-calls") continue;
      const Changes changes = {{"lock", lock}, {"rival", rival}, {"messages", "20"}, {"interval", "0.02"}};
      const auto run = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("convoy", changes));
      CHECK(run.error == "");
      tests::check_claims("convoy", run, tests::settings_of("convoy", changes));
      const std::size_t requests = count_of(run, Kind::gil_request);
      if (std::string_view(lock) != "gil") CHECK(requests == 0);
      if (std::string_view(lock) == "gil" && std::string_view(rival) == "loop") CHECK(requests > 0);
    }
  }
}

TEST_CASE("scenario race conforms to its Python twin: what is lost is told") {  // F31
  for (const char* statement : {"in-place", "call"}) {
    CAPTURE(statement);
    const auto both = tests::run_both("race", {{"statement", statement}, {"rounds", "500"}});
    CHECK(without_numbers(both.ours.out) == without_numbers(both.theirs.out));
    if (std::string_view(statement) == "in-place" && tests::python_minor() >= 10) CHECK(both.ours.out == both.theirs.out);
  }
}

TEST_CASE("scenario race: x += 1 is lost before 3.10 and without a GIL, and the trace tells who lost it") {  // G.4, G-07
  const std::vector<Changes> losing = {{{"statement", "in-place"}, {"python", "3.9"}, {"rounds", "5000"}},
                                       {{"statement", "call"}, {"python", "3.14"}, {"rounds", "5000"}},
                                       {{"statement", "in-place"}, {"lock", "none"}, {"rounds", "5000"}}};
  for (const Changes& changes : losing) {
    const scenario::Settings settings = tests::settings_of("race", changes);
    supervisor::RunRequest request = tests::request_for("race", changes);
    request.python_minor = scenario::python_minor(settings, request.python_minor);
    bool lost = false;
    for (int attempt = 0; attempt < 10 && !lost; ++attempt) {
      const auto run = tests::run_lesson(FORKLIGHT_ENGINE, request);
      CHECK(run.error == "");
      CHECK(tests::verdict("race", run, changes, "result") == Verdict::held);
      CHECK(tests::verdict("race", run, changes, "explained") == Verdict::held);
      lost = run.out.find("lost 0\n") == std::string::npos;
      if (lost) CHECK(count_of(run, Kind::update_lost) > 0);
    }
    CHECK(lost);
  }
}

TEST_CASE("scenario switch-interval: the learner turns it, and the threads that wait go by it") {  // G-03
  const auto interval_of = [](const timeline::Model& model, std::uint64_t ns) {
    return std::any_of(model.events().begin(), model.events().end(), [&](const auto& ref) { return ref.event.kind == Kind::gil_wait && ref.event.a == ns; });
  };
  bool turned = false;
  const auto run = tests::run_until(tests::request_for("switch-interval", {}), [&](const timeline::Model& model, supervisor::Engine& live) {
    if (!interval_of(model, 5'000'000)) return false;
    if (!std::exchange(turned, true)) {
      for (const auto& ref : model.events()) {
        if (ref.event.kind == Kind::object_new && ref.event.a == static_cast<std::uint64_t>(trace::ObjectKind::gil)) {
          live.act({{"act", "interval"}, {"object", ref.event.object}, {"us", 1500}});
        }
      }
    }
    return interval_of(model, 1'500'000);
  });
  CHECK(interval_of(run.model, 1'500'000));
  const auto by_learner = std::find_if(run.model.events().begin(), run.model.events().end(),
                                       [](const auto& ref) { return ref.event.kind == Kind::gil_interval && ref.event.b == 1; });
  REQUIRE(by_learner != run.model.events().end());
  CHECK(by_learner->event.a == 1'500'000);
  tests::check_claims("switch-interval", run, tests::settings_of("switch-interval", {}));
}

TEST_CASE("scenario switch-interval: what is no interval is refused in one sentence") {
  std::string refusal;
  (void)tests::run_until(tests::request_for("switch-interval", {}), [&](const timeline::Model& model, supervisor::Engine& live) {
    if (refusal.empty()) {
      for (const auto& ref : model.events()) {
        if (ref.event.kind == Kind::object_new && ref.event.a == static_cast<std::uint64_t>(trace::ObjectKind::gil)) {
          live.act({{"act", "interval"}, {"object", ref.event.object}, {"us", 0}});
        }
      }
      refusal = live.take_refusal();
    }
    return !refusal.empty();
  });
  CHECK(refusal == "The switch interval must be from 1 microsecond to 1000 seconds.");
}

TEST_CASE("scenario switch-interval: stopped in the middle of everything, nothing is left") {
  for (const std::size_t after : {std::size_t{1}, std::size_t{10}, std::size_t{100}}) {
    const auto run = tests::run_until(tests::request_for("switch-interval", {{"compute", "4"}, {"sleep", "4"}, {"interval", "0.0001"}}),
                                      [&](const timeline::Model& model, supervisor::Engine&) {
                                        return static_cast<std::size_t>(std::count_if(model.events().begin(), model.events().end(), [](const auto& ref) {
                                                 return ref.event.kind == Kind::gil_request;
                                               })) >= after;
                                      });
    CHECK(run.model.complete());
  }
}

TEST_CASE("scenario trade-offs conforms to its Python twin: every measure is there" * doctest::skip(tests::kSanitized)) {  // what a thread takes is not the lesson's there
  const auto both = tests::run_both("trade-offs", {{"rounds", "1"}, {"messages", "50"}});
  CHECK(without_numbers(both.ours.out) == without_numbers(both.theirs.out));
}

TEST_CASE("scenario claims of the GIL: another run breaks them") {
  const timeline::Model empty;
  for (const char* id : {"gil-vs-processes", "gil-io", "convoy", "race", "trade-offs"}) {
    const scenario::Scenario& found = scenario::find(id);
    for (const scenario::Claim& claim : found.claims) {
      CAPTURE(claim.id);
      CHECK(claim.check(empty, tests::settings_of(id, {}), true) != Verdict::pending);
    }
  }
  // The counts of a race that lost, judged as a run of another version.
  const Changes by_call = {{"statement", "call"}, {"rounds", "5000"}};
  const auto run = tests::run_lesson(FORKLIGHT_ENGINE, tests::request_for("race", by_call));
  if (run.out.find("lost 0\n") == std::string::npos) {
    CHECK(tests::verdict("race", run, {{"statement", "in-place"}, {"rounds", "5000"}}, "result") == Verdict::broken);
  }
}

TEST_CASE("scenario claims of the GIL: who stood in line for a core did not lack it by itself") {
  // Process-1 computes for 100, and is preempted in the midst of it, for so long.
  const auto others_took = [](std::int64_t in_line) {
    const auto ids = std::uint64_t{102} << 32 | 102;
    std::vector<trace::Record> records{tests::begin(10, 1, "MainProcess", 0), tests::event(11, 0, Kind::observing, 0, 1, 0), tests::begin(20, 2, "Process-1")};
    for (const auto& [time, kind, how] : {std::tuple(20L, Kind::cpu_in, 0), std::tuple(70L, Kind::cpu_out, 1), std::tuple(70L + in_line, Kind::cpu_in, 0), std::tuple(120L + in_line, Kind::cpu_out, 0)}) {
      records.push_back(tests::event(time, 2, kind, 0, ids, static_cast<std::uint64_t>(how)));
    }
    records.push_back(tests::death(121 + in_line, 2, 0));
    return scenario::others_took_cores(tests::model_of(records), {"Process-1", "Process-2"});
  };
  CHECK_FALSE(others_took(1));
  CHECK(others_took(60));
  CHECK_FALSE(scenario::others_took_cores(timeline::Model(), {"Process-1"}));
}
