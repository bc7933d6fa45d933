// The inspector's "why": for each state, in both languages, what it is and what ends it. Told by hand-written events.
#include <csignal>

#include "app/i18n/facts.h"
#include "app/i18n/i18n.h"
#include "app/panels/why.h"
#include "app/timeline/words.h"
#include "tests/core/timeline_events.h"

using namespace forklight;
using namespace forklight::tests;
using app::i18n::Language;
using app::panels::why_words;

namespace {

// In each language in turn, and English again at the end.
template <typename Check>
void in_both_languages(Check&& check) {
  for (const Language language : {Language::chinese, Language::english}) {
    app::i18n::set_language(language);
    check();
  }
}

bool is_text(const std::string& words) { return !words.empty() && words.find("why.") == std::string::npos && words.find('{') == std::string::npos; }

}  // namespace

TEST_CASE("why: a zombie is explained by its parent, who has to ask; reaped, it is gone") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), begin(5, 2, "Process-1"), event(20, 0, Kind::death, 2, exited(0), 102),
                                event(50, 1, Kind::reap, 2, exited(0), 102)});
  const Task& child = *model.find(2);
  in_both_languages([&] {
    CHECK(why_words(model, child, 3).empty());  // not born yet
    CHECK(is_text(why_words(model, child, 30)));
    CHECK(why_words(model, child, 30).find("MainProcess") != std::string::npos);
    CHECK(is_text(why_words(model, child, 60)));
    CHECK(why_words(model, child, 60) != why_words(model, child, 30));
  });
}

TEST_CASE("why: an orphan is told from others while it lives, and what it does still is") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), begin(5, 2, "Process-1"), begin(8, 3, "Process-1:1", 2),
                                event(10, 3, Kind::sleep_begin, 0, 500), event(20, 0, Kind::death, 2, killed(SIGKILL), 102),
                                event(21, 0, Kind::adopted, 3, 103, 99), event(90, 0, Kind::death, 3, exited(0), 103)});
  const Task& orphan = *model.find(3);
  CHECK(orphan.adopted_ns == 21);
  CHECK(model.find(2)->adopted_ns == kOpen);
  in_both_languages([&] {
    const std::string before = why_words(model, orphan, 15), after = why_words(model, orphan, 40);
    CHECK(is_text(after));
    CHECK(after.starts_with(before));
    CHECK(after.find("Process-1") != std::string::npos);
    CHECK(app::timeline_view::state_words(model, orphan, 40) != app::timeline_view::state_words(model, orphan, 15));
    CHECK(is_text(why_words(model, orphan, 95)));  // nobody is left who could ask
    CHECK(why_words(model, orphan, 95).find("Process-1") == std::string::npos);
  });
}

TEST_CASE("why: each thing that is waited for says what ends the wait, its timeout too") {
  for (std::uint64_t reason = 0; reason <= static_cast<std::uint64_t>(BlockReason::tasks); ++reason) {
    CAPTURE(reason);
    const Model model = model_of({begin(1, 1, "MainProcess", 0), event(10, 1, Kind::block_begin, 0, reason, 2'000'000'000),
                                  event(20, 1, Kind::block_end, 0, reason), event(30, 1, Kind::block_begin, 0, reason, kForEver)});
    in_both_languages([&] {
      const std::string timed = why_words(model, *model.find(1), 15), endless = why_words(model, *model.find(1), 40);
      CHECK(is_text(timed));
      CHECK(timed.starts_with(endless));
      CHECK(timed.size() > endless.size());
    });
  }
}

TEST_CASE("why: running, sleeping, held and lost") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), event(10, 1, Kind::sleep_begin, 0, 500), event(20, 1, Kind::sleep_end),
                                event(30, 1, Kind::held, 0, 20, 0), event(40, 1, Kind::let_go, 0, 20, 1), event(60, 1, Kind::lost, 0, 7, 50)});
  in_both_languages([&] {
    std::vector<std::string> all;
    for (const std::int64_t when : {5, 15, 35, 55}) all.push_back(why_words(model, *model.find(1), when));
    for (const std::string& words : all) CHECK(is_text(words));
    std::sort(all.begin(), all.end());
    CHECK(std::unique(all.begin(), all.end()) == all.end());
  });
}

TEST_CASE("why: starting, stopped, and a thread that has ended") {
  const Model model = model_of({begin(1, 1, "MainProcess", 0), event(5, 0, Kind::born, 2, 102, 1), begin(20, 2, "Process-1"),
                                event(30, 0, Kind::learner, 2, static_cast<std::uint64_t>(trace::LearnerAct::signal), SIGSTOP),
                                begin_thread(40, 3, "Thread-1", 1), event(50, 3, Kind::exit, 0, 0, 0)});
  const Task &child = *model.find(2), &thread = *model.find(3);
  in_both_languages([&] {
    const std::vector<std::string> all{why_words(model, child, 10), why_words(model, child, 35), why_words(model, thread, 60)};
    for (const std::string& words : all) CHECK(is_text(words));
    CHECK(all[0] != all[1]);
    CHECK(all[1].find("SIGSTOP") != std::string::npos);
    CHECK(all[0].find("MainProcess") != std::string::npos);
  });
}

// G.6's time line: thread 2 waits for one interval, asks, and gets it; thread 3 comes between the drop and the take.
TEST_CASE("why: who waits for the GIL, who has it, who was asked for it, who may not take it again at once, and a moment when it is free") {
  constexpr std::uint32_t kGil = trace::kFirstObject;
  const auto u64 = [](auto value) { return static_cast<std::uint64_t>(value); };
  const Model model = model_of({begin(0, 1, "MainProcess", 0), object(5, kGil, trace::ObjectKind::gil, "GIL-1"), begin_thread(10, 2, "Thread-1", 1),
                                event(11, 2, Kind::gil_want, kGil, 1), event(11, 2, Kind::gil_wait, kGil, 50, 1), begin_thread(12, 3, "Thread-2", 1),
                                event(61, 2, Kind::gil_timeout, kGil, 1), event(62, 2, Kind::gil_request, kGil, 1, 1),
                                event(63, 2, Kind::gil_wait, kGil, 50, 1), event(67, 1, Kind::gil_drop, kGil, u64(trace::DropReason::request)),
                                event(68, 1, Kind::switch_wait, kGil), event(69, 3, Kind::gil_want, kGil, 0), event(69, 3, Kind::gil_wait, kGil, 50, 0),
                                event(71, 2, Kind::gil_take, kGil, 1, 2)});
  const Task &main = *model.find(1), &asks = *model.find(2), &late = *model.find(3);
  in_both_languages([&] {
    const std::string waits = why_words(model, asks, 40), asked = why_words(model, asks, 65), free = why_words(model, asks, 70);
    const std::string has = why_words(model, main, 40), was_asked = why_words(model, main, 65), switches = why_words(model, main, 69);
    const std::string next = why_words(model, late, 69);
    for (const std::string& words : {waits, asked, free, has, was_asked, switches, next}) CHECK(is_text(words));
    CHECK(waits.find("MainProcess") != std::string::npos);
    CHECK(asked.size() > waits.size());
    CHECK(free == app::i18n::tr("why.gil_free"));
    CHECK(has == app::i18n::tr("why.running.gil"));
    CHECK(was_asked.find("Thread-1") != std::string::npos);
    CHECK(switches == app::i18n::tr("why.gil_switch"));
    CHECK(next.find("Thread-1") != std::string::npos);  // not "somebody": it has the lock for most of this wait
  });
}

TEST_CASE("why: what can be known of CPython is cited by its number, and the number is a fact") {
  in_both_languages([&] {
    for (const char* key : {"why.blocked.join", "why.blocked.put", "why.blocked.get", "why.blocked.recv", "why.blocked.lock", "why.blocked.event", "why.blocked.condition", "why.blocked.barrier", "why.blocked.queue_join",
                            "why.zombie", "why.zombie.adopted", "why.orphan", "inspector.end.returned", "inspector.end.raised", "inspector.end.asleep", "inspector.end.killed"}) {
      CAPTURE(key);
      const std::string text = app::i18n::tr(key);
      const auto numbers = app::i18n::cited(text);
      CHECK_FALSE(numbers.empty());
      for (const std::string_view number : numbers) CHECK(app::i18n::find_fact(number) != nullptr);
    }
  });
}
