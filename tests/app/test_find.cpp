// Find: what it finds, in which order, how it is walked through, and that no frame waits for it.
#include <doctest/doctest.h>

#include <algorithm>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "app/session/find.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::desk_test;
using app::session::Find;
using app::session::find_folded;
using app::session::fold_case;
using timeline_test::kBegin;
using timeline_test::kMs;
using timeline_test::Run;
using trace::Kind;

namespace {

// As the window's words, in short: the kind, and the whole text.
void words(const timeline::Model& model, const timeline::EventRef& event, std::string& text) {
  text += trace::name(event.event.kind);
  text += '\n';
  text += model.text(event.text);
}

Run some_run() {
  Run run;
  run.at(0).begin(1, "MainProcess").at(1).write(1, Kind::start_begin, 2).at(2).begin(2, "Worker-Été", 1);
  run.at(3).write(2, Kind::output, 0, 1, 0, "The ANSWER is 42\n").at(4).write(1, Kind::output, 0, 1, 0, "nothing\n");
  run.at(5).write(2, Kind::output, 0, 2, 0, "no answer\n").at(6).die(2, 0).at(7).reap(2, 1, 0);
  return run;
}

struct Looked {
  timeline::Model model;
  std::vector<store::Note> notes;
  Find find;
  void look_for(std::string_view text) {
    find.look_for(text);
    while (find.update(model, notes, 1, words, 1s)) {
    }
  }
  std::int64_t ms(const std::optional<Find::Hit>& hit) const { return hit ? (hit->time_ns - kBegin) / kMs : -1; }
};

}  // namespace

TEST_CASE("find: letters of either case are the same, beyond ASCII as well, and keep their length") {
  std::string text = "ÀÉÎ ×Ø ß ΑΩ Я Ё Ž 中文 A";
  const std::size_t size = text.size();
  fold_case(text);
  CHECK(text == "àéî ×ø ß αω я ё Ž 中文 a");
  CHECK(text.size() == size);
  CHECK(find_folded("Queue-1 and QUEUE-2", "queue", 1) == 12);
  CHECK(find_folded("Queue", "queues") == std::string_view::npos);
  CHECK(find_folded("Queue", "") == std::string_view::npos);
  std::string broken = "\xc3";  // cut in the middle of a letter
  fold_case(broken);
  CHECK(broken == "\xc3");
}

TEST_CASE("find: names, notes, events and what was printed, by time") {
  Looked looked{some_run().model(), {{kBegin + 4 * kMs, kBegin + 4 * kMs, 1, "the answer again"}}, {}};
  looked.look_for("answer");
  REQUIRE(looked.find.done());
  CHECK(looked.find.count() == 3);
  const auto first = looked.find.go(1, {});
  REQUIRE(first);
  CHECK(looked.ms(first) == 3);
  CHECK(first->where == Find::Where::console);
  CHECK(looked.find.place() == 1);
  const auto second = looked.find.go(1, {first->subject, first->time_ns});
  REQUIRE(second);
  CHECK(second->where == Find::Where::note);
  looked.look_for("été");
  const auto name = looked.find.go(1, {});
  REQUIRE(name);
  CHECK(name->where == Find::Where::name);
  CHECK(name->subject == 2);
  looked.look_for("start_begin");
  CHECK(looked.find.go(1, {})->where == Find::Where::event);
  looked.look_for("no such text");
  CHECK(looked.find.count() == 0);
  CHECK_FALSE(looked.find.go(1, {}));
}

TEST_CASE("find: next and previous walk through all hits and go on at the other end; a selected moment is where they start") {
  Looked looked{some_run().model(), {{kBegin + 4 * kMs, kBegin + 4 * kMs, 1, "the answer again"}}, {}};
  looked.look_for("answer");
  Selection at;
  std::vector<std::int64_t> seen;
  std::vector<std::size_t> places;
  for (int i = 0; i < 4; ++i) {
    const auto hit = looked.find.go(1, at);
    REQUIRE(hit);
    at = {hit->subject, hit->time_ns};
    seen.push_back(looked.ms(hit));
    places.push_back(looked.find.place());
  }
  CHECK(seen == std::vector<std::int64_t>{3, 4, 5, 3});
  CHECK(places == std::vector<std::size_t>{1, 2, 3, 1});
  CHECK(looked.ms(looked.find.go(-1, at)) == 5);
  CHECK(looked.ms(looked.find.go(1, {1, kBegin + 4 * kMs - 1})) == 4);   // the person has selected something else
  CHECK(looked.ms(looked.find.go(-1, {1, kBegin + 4 * kMs - 1})) == 3);
  CHECK(looked.ms(looked.find.go_from(kBegin + 5 * kMs)) == 5);
}

TEST_CASE("find: hits between two moments, for the marks") {
  Looked looked{some_run().model(), {}, {}};
  looked.look_for("answer");
  const auto all = looked.find.between(kBegin, kBegin + 10 * kMs);
  CHECK(all.said.size() == 2);
  CHECK(all.named.empty());
  CHECK(looked.find.between(kBegin + 3 * kMs, kBegin + 5 * kMs).said.size() == 1);
  CHECK(looked.find.between(kBegin + 5 * kMs, kBegin + 5 * kMs).said.empty());
}

TEST_CASE("find: a slice looks at few events and goes on where it was; what a run gains is found too") {
  Run run;
  run.at(0).begin(1, "MainProcess");
  for (int i = 0; i < 5000; ++i) run.at(1 + i * 0.001).write(1, Kind::output, 0, 1, 0, i % 1000 == 999 ? "needle" : "hay");
  timeline::Model model = run.model();
  Find find;
  find.look_for("needle");
  int slices = 1;
  double share = 0;
  for (; find.update(model, {}, 1, words, 0ns); ++slices) {
    CHECK(find.share() > share);
    CHECK(find.share() - share < 0.05);
    share = find.share();
  }
  CHECK(slices > 50);
  CHECK(find.count() == 5);
  Run more;
  more.at(10).write(1, Kind::output, 0, 1, 0, "a needle").at(11).write(1, Kind::output, 0, 1, 0, "hay");
  model.append(more.model().records());
  while (find.update(model, {}, 1, words, 1s)) {
  }
  CHECK(find.count() == 6);
  model = some_run().model();  // another run
  while (find.update(model, {}, 1, words, 1s)) {
  }
  CHECK(find.count() == 0);
}

TEST_CASE("find: notes that change are found as they are") {
  Looked looked{some_run().model(), {}, {}};
  looked.look_for("why");
  CHECK(looked.find.count() == 0);
  looked.notes.push_back({kBegin + kMs, kBegin + kMs, 0, "Why so long?"});
  looked.find.update(looked.model, looked.notes, 2, words, 1s);
  CHECK(looked.find.count() == 1);
  looked.notes.clear();
  looked.find.update(looked.model, looked.notes, 3, words, 1s);
  CHECK(looked.find.count() == 0);
}

TEST_CASE("find: the commands open it, select each hit and leave it; Enter is its own while a text is typed") {
  Desk desk;
  desk.run_hello();
  desk.carry_out("find");
  CHECK(desk.ui.find.open);
  CHECK(desk.ui.find.fresh);
  desk.ui.find.entry = "process-1";
  desk.ui.find.found.look_for("process-1");
  while (desk.ui.find.found.update(desk.session.model(), {}, 0, words, 1s)) {
  }
  REQUIRE(desk.ui.find.found.count() > 0);
  desk.ui.find.has_keyboard = true;
  app::panels::route_key(desk.context, {Key::enter}, true);
  app::session::carry_out(desk.context);
  CHECK(desk.ui.selection.time_ns.has_value());
  CHECK(desk.ui.find.found.place() == 1);
  app::panels::route_key(desk.context, {Key::s}, true);  // a letter
  app::panels::route_key(desk.context, {Key::escape}, true);
  app::session::carry_out(desk.context);
  CHECK_FALSE(desk.ui.find.open);
}

TEST_CASE("find: events are looked through slice by slice, each once, and those that a run gains; another run means to begin anew") {
  Run run;
  run.at(0).begin(1, "MainProcess");
  for (int i = 0; i < 1000; ++i) run.at(1 + i * 0.001).write(1, Kind::output, 0, 1, 0, "hay");
  timeline::Model model = run.model();
  app::session::EventScan scan;
  std::vector<std::size_t> seen;
  const auto see = [&](std::size_t index, const timeline::EventRef& event) {
    CHECK(&event == &model.events()[index]);
    seen.push_back(index);
  };
  CHECK_FALSE(scan.done());
  int slices = 0;
  for (; !scan.done(); ++slices) scan.go_on(model, 0ns, see);
  CHECK(slices > 10);
  CHECK(scan.share() == 1);
  CHECK_FALSE(scan.has_to_restart(model));
  Run more;
  more.at(10).write(1, Kind::output, 0, 1, 0, "more hay");
  model.append(more.model().records());
  CHECK_FALSE(scan.has_to_restart(model));
  scan.go_on(model, 1s, see);
  CHECK(seen.size() == model.events().size());
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(scan.has_to_restart(some_run().model()));
  CHECK(scan.has_to_restart({}));
  scan.restart();
  CHECK_FALSE(scan.done());
  CHECK_FALSE(scan.has_to_restart({}));
}
