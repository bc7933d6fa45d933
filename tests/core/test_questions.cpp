// Predict, then see: each lesson's questions, and that a real run of it answers each of them with one of its choices, the one that CPython's
// facts say, whatever the settings.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <map>
#include <set>

#include "core/base/clock.h"
#include "core/scenario/question.h"
#include "tests/support/folder.h"
#include "tests/support/rounds.h"
#include "tests/support/scenario_runs.h"

using namespace forklight;
using namespace forklight::tests;
using scenario::Answer;
using scenario::Question;

namespace {

using Expected = std::map<std::string, std::string>;  // by question; "" = a matter of the machine

std::vector<const Question*> sensible(const std::string& id, const scenario::Settings& settings) {
  std::vector<const Question*> all;
  for (const Question& question : scenario::questions(scenario::find(id))) {
    if (question.sensible == nullptr || question.sensible(settings)) all.push_back(&question);
  }
  return all;
}

// A run until it has answered everything, at its end too; what does not end is stopped then.
std::map<std::string, Answer> answers_of(const std::string& id, const Changes& changes) {
  const scenario::Settings settings = settings_of(id, changes);
  const auto questions = sensible(id, settings);
  std::map<std::string, Answer> found;
  const auto look = [&](const timeline::Model& model, std::int64_t now_ns, bool finished) {
    for (const Question* question : questions) {
      if (!finished && found.contains(std::string(question->id))) continue;
      if (const auto answer = question->answer({model, settings, now_ns, finished})) found[std::string(question->id)] = *answer;
    }
    return found.size() == questions.size();
  };
  supervisor::RunRequest request = request_for(id, changes);
  request.python_minor = scenario::python_minor(settings_of(id, changes), request.python_minor);
  const Folder folder;  // for what it writes
  request.directory = folder.path();
  const auto run = run_until(request, [&](const timeline::Model& model, supervisor::Engine&) { return !model.tasks().empty() && look(model, base::now_ns(), false); }, {}, std::chrono::seconds(60));
  look(run.model, run.model.end_ns(), true);
  // Where it is seen is in the run.
  for (const auto& [question, answer] : found) {
    CAPTURE(question);
    CHECK((answer.task == 0 || run.model.find(answer.task) != nullptr || run.model.find_object(answer.task) != nullptr));
    if (answer.task != 0) CHECK(answer.time_ns >= run.model.begin_ns());
  }
  return found;
}

void check(const std::string& id, const Changes& changes, const Expected& expected) {
  CAPTURE(id);
  const auto found = answers_of(id, changes);
  std::set<std::string> asked, meant;
  for (const Question* question : sensible(id, settings_of(id, changes))) {
    asked.emplace(question->id);
    CAPTURE(std::string(question->id));
    const auto answer = found.find(std::string(question->id));
    REQUIRE(answer != found.end());
    CHECK(scenario::place_of(*question, answer->second.choice));
  }
  for (const auto& [question, choice] : expected) {
    meant.insert(question);
    CAPTURE(question);
    if (!choice.empty() && found.contains(question)) CHECK(std::string(found.at(question).choice) == choice);
  }
  CHECK(asked == meant);
}

}  // namespace

TEST_CASE("questions: each lesson asks one at least, with two to four choices, and one at most in its midst") {
  for (const scenario::Scenario* one : scenario::all()) {
    CAPTURE(std::string(one->id));
    const scenario::Settings settings(one->parameters);
    CHECK_FALSE(sensible(std::string(one->id), settings).empty());
    std::set<std::string> ids;
    int in_the_midst = 0;
    for (const Question& question : scenario::questions(*one)) {
      CAPTURE(std::string(question.id));
      CHECK(ids.emplace(question.id).second);
      CHECK(std::set(question.choices.begin(), question.choices.end()).size() == question.choices.size());
      CHECK(question.choices.size() >= 2);
      CHECK(question.choices.size() <= scenario::kMostChoices);
      in_the_midst += question.moment != nullptr ? 1 : 0;
      // Of what has not happened nothing is known.
      const timeline::Model nothing;
      for (const bool finished : {false, true}) CHECK_FALSE(question.answer({nothing, settings, 0, finished}));
    }
    CHECK(in_the_midst <= 1);
  }
}

TEST_CASE("questions: hello") { check("hello", {{"seconds", "0.5"}}, {{"second", "after"}, {"three", ""}}); }
TEST_CASE("questions: exit-codes") {  // P-35 P-37 P-43
  check("exit-codes", {}, {{"second", "1"}, {"third", "-15"}});
  check("exit-codes", {{"order", "join-first"}, {"seconds", "1"}}, {{"second", "1"}, {"third", "0"}});
}
TEST_CASE("questions: start-methods") {  // S-03
  check("start-methods", {{"megabytes", "50"}}, {{"fork-word", "as-changed"}, {"spawn-word", "as-imported"}, {"slowest", ""}});
  check("start-methods", {{"method", "fork"}, {"megabytes", "1"}}, {{"fork-word", "as-changed"}});
}
TEST_CASE("questions: main-guard") {  // S-27 S-28
  check("main-guard", {{"python", "3.11"}}, {{"import", "child-fails"}});
  check("main-guard", {{"guard", "present"}}, {{"import", "greets"}});
  check("main-guard", {{"method", "forkserver"}, {"python", "3.14"}}, {{"import", "start-fails"}});
}
TEST_CASE("questions: zombie") {  // P-50 P-52
  check("zombie", {{"seconds", "0.5"}}, {{"left", "zombie"}, {"until", "asked"}});
  check("zombie", {{"seconds", "0.5"}, {"reaper", "at-the-end"}}, {{"left", "zombie"}, {"until", "end"}});
}
TEST_CASE("questions: orphan") { check("orphan", {{"seconds", "0.3"}}, {{"child", "goes-on"}, {"parent", "adopter"}}); }  // P-62
TEST_CASE("questions: daemon") {  // P-55 P-58 P-59 P-61
  check("daemon", {{"seconds", "1"}}, {{"code", "-15"}, {"other", "waited-for"}});
  check("daemon", {{"seconds", "1"}, {"what", "main-leaves"}}, {{"code", "0"}, {"other", "orphan"}});
  check("daemon", {{"what", "daemon-has-children"}}, {{"code", "1"}});
}
TEST_CASE("questions: terminate-vs-kill") {  // P-37 P-40 P-41
  check("terminate-vs-kill", {}, {{"code", "143"}, {"finally", "one"}});
  check("terminate-vs-kill", {{"how", "kill"}}, {{"code", "-9"}, {"finally", "none"}});
}
TEST_CASE("questions: crash") {  // P-36
  check("crash", {{"seconds", "0.3"}}, {{"who", "alone"}, {"code", "-11"}});
  check("crash", {{"seconds", "0.3"}, {"workers", "threads"}}, {{"who", "all"}, {"code", "-11"}});
}
TEST_CASE("questions: copy-on-write" * doctest::skip(!tests::kMemoryIsOurs)) {  // M-07 M-10
  check("copy-on-write", {{"seconds", "0.2"}, {"megabytes", "32"}}, {{"fork", "none"}, {"touch", "all"}});
  check("copy-on-write", {{"seconds", "0.2"}, {"megabytes", "32"}, {"child", "reads"}}, {{"fork", "none"}, {"touch", "none"}});
}
TEST_CASE("questions: queue") {  // Q.1 Q-01
  check("queue", {{"puts", "100"}, {"gets", "5"}}, {{"writes", "feeder"}, {"full", "waits"}});
  check("queue", {{"puts", "2"}, {"gets", "50"}}, {{"writes", "feeder"}});
}
TEST_CASE("questions: pipe") {  // I-04 I-06
  check("pipe", {}, {{"empty", "waits"}});
  check("pipe", {{"ending", "writer-closes"}, {"rate", "20"}}, {{"empty", "waits"}, {"writer-closes", "eof"}});
  check("pipe", {{"ending", "reader-closes"}, {"rate", "20"}}, {{"empty", "waits"}, {"reader-closes", "broken"}});
}
TEST_CASE("questions: deadlock-join") {
  check("deadlock-join", {}, {{"put", "returns"}, {"ends", "hangs"}});
  check("deadlock-join", {{"order", "drain-first"}}, {{"put", "returns"}, {"ends", "ends"}});
  check("deadlock-join", {{"size", "100"}}, {{"put", "returns"}, {"ends", "ends"}});
}
TEST_CASE("questions: event") {  // E-18 E.3
  check("event", {{"seconds", "0.05"}}, {{"first", "A"}, {"next", "B"}});
  check("event", {{"handed", "as-argument"}}, {{"sent", "feeder-raises"}});
}
TEST_CASE("questions: shared-memory") {  // E-40 E-41
  check("shared-memory", {}, {{"count", ""}});
  check("shared-memory", {{"share", "value-with-lock"}, {"times", "10"}}, {{"count", "all"}});
  check("shared-memory", {{"share", "own-memory"}, {"times", "10"}}, {{"count", "zero"}});
}
TEST_CASE("questions: killed-with-lock") {  // E-12 E-13
  check("killed-with-lock", {{"seconds", "0.2"}}, {{"code", "-9"}, {"lock", "false"}});
  check("killed-with-lock", {{"seconds", "0.2"}, {"how", "return"}}, {{"code", "0"}, {"lock", "false"}});
  check("killed-with-lock", {{"seconds", "0.2"}, {"how", "exception"}}, {{"code", "1"}, {"lock", "gets"}});
}
TEST_CASE("questions: barrier") {  // E-19 E-20
  check("barrier", {{"seconds", "10"}}, {{"when", "last"}, {"who", "all"}});
  check("barrier", {{"what", "abort"}}, {{"who", "none"}});
}
TEST_CASE("questions: condition") { check("condition", {}, {{"woken", "notified"}, {"others", "time-out"}}); }  // E-16 E-17
TEST_CASE("questions: gil-vs-processes") { check("gil-vs-processes", {{"rounds", "2"}, {"most", "2"}}, {{"threads", ""}, {"processes", ""}}); }
TEST_CASE("questions: gil-io") { check("gil-io", {{"times", "5"}, {"most", "4"}}, {{"all", ""}}); }
TEST_CASE("questions: convoy") { check("convoy", {{"messages", "20"}}, {{"late", ""}}); }
TEST_CASE("questions: switch-interval") { check("switch-interval", {}, {{"turn", ""}}); }
TEST_CASE("questions: race") {  // G.4
  check("race", {{"rounds", "200"}}, {{"count", ""}});
  check("race", {{"rounds", "200"}, {"statement", "in-place"}, {"python", "3.11"}}, {{"count", "all"}});
}
TEST_CASE("questions: trade-offs") { check("trade-offs", {{"rounds", "1"}, {"messages", "50"}}, {{"counter", "0"}, {"crash", "process"}}); }
TEST_CASE("questions: pool-apply") { check("pool-apply", {}, {{"apply", "two"}, {"async", ""}}); }
TEST_CASE("questions: pool-map") {  // L-01 L-04
  check("pool-map", {{"seconds", "0.02"}}, {{"chunks", "four"}, {"order", "list"}});
  check("pool-map", {{"seconds", "0.02"}, {"chunksize", "8"}}, {{"chunks", "one"}, {"order", "list"}});
  check("pool-map", {{"seconds", "0.02"}, {"chunksize", "1"}}, {{"chunks", "each"}, {"order", "list"}});
}
TEST_CASE("questions: pool-imap") {  // L-01 L-02
  check("pool-imap", {}, {{"first", "first"}});
  check("pool-imap", {{"order", "unordered"}}, {{"first", "quickest"}});
}
TEST_CASE("questions: pool-event") {  // E.3
  check("pool-event", {{"seconds", "0.05"}}, {{"first", "A"}});
  check("pool-event", {{"handed", "as-argument"}}, {{"sent", "get-raises"}});
}
TEST_CASE("questions: pool-dead-worker") {  // L-21 L-50
  check("pool-dead-worker", {}, {{"replaced", "yes"}, {"get", "waits"}});
  check("pool-dead-worker", {{"patience", "1"}}, {{"replaced", "yes"}, {"get", "time-out"}});
  check("pool-dead-worker", {{"who", "executor"}}, {{"replaced", "no"}, {"get", "raises"}});
}
TEST_CASE("questions: pool-recycle") {  // L-25
  check("pool-recycle", {{"seconds", "0.05"}}, {{"workers", "between"}, {"code", "0"}});
  check("pool-recycle", {{"seconds", "0.05"}, {"limit", "0"}}, {{"workers", "same"}});
}
