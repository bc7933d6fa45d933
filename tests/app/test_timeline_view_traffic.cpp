// The timeline where tasks talk: lanes of queues and threads, messages, wakes, the gate, and those who wait for ever.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/timeline/deadlock.h"
#include "app/timeline/words.h"
#include "test_timeline_view.h"

namespace {

using namespace forklight;
using namespace forklight::timeline_test;
using trace::BlockReason;
using trace::ObjectKind;

constexpr std::uint32_t kQueue = trace::kFirstObject, kLock = trace::kFirstObject + 1, kEvent = trace::kFirstObject + 2;

// MainProcess starts a producer (2, its feeder is 4) and a consumer (3); a queue of 4.
Run talking() {
  Run run;
  run.at(0).begin(1, "MainProcess").object(1, kQueue, ObjectKind::queue, 4, "Queue-1");
  run.at(1).begin(2, "Producer", 1).at(1.2).begin(3, "Consumer", 1).at(1.5).thread(4, 2, "QueueFeederThread");
  return run;
}

void put(Run& run, double ms, std::uint64_t id, const std::string& value) {
  run.at(ms).write(2, Kind::put_begin, kQueue, id, 0, value).at(ms + 0.01).write(2, Kind::put_end, kQueue, id, 1);
  run.at(ms + 0.1).write(4, Kind::feed, kQueue, id).at(ms + 0.2).write(4, Kind::sent, kQueue, id, 20);
}

void get(Run& run, double ms, std::uint64_t id, const std::string& value) {
  run.at(ms).write(3, Kind::get_begin, kQueue, 0);
  run.at(ms + 0.1).write(3, Kind::received, kQueue, id, 20).at(ms + 0.11).write(3, Kind::get_end, kQueue, id, 1, value);
}

// Three digits: two arrive, the last stays in the queue.
Model three_digits() {
  Run run = talking();
  put(run, 10, 1, "7");
  put(run, 20, 2, "3");
  get(run, 30, 1, "7");
  put(run, 40, 3, "9");
  get(run, 50, 2, "3");
  return run.at(60).write(2, Kind::line).model();
}

// So many messages, each got a little after it was put; `ahead` in the queue.
Model many(std::size_t messages, std::size_t ahead = 3) {
  std::vector<trace::Record> records;
  const auto add = [&](std::int64_t ns, TaskId task, Kind kind, std::uint64_t a, std::uint64_t b, std::string text) {
    records.push_back({{kBegin + ns, kind, 1, kQueue, a, b}, task, std::move(text)});
  };
  for (TaskId task = 1; task <= 3; ++task)
    records.push_back({{kBegin, Kind::task_begin, 1, 0, (4200ULL + task) << 32 | (4200ULL + task), task == 1 ? 0U : 1U},
                       task,
                       fmt::format("P{}", task)});
  add(1, 1, Kind::object_new, static_cast<std::uint64_t>(ObjectKind::queue), 0, "Queue-1");
  for (std::size_t i = 0; i < messages + ahead; ++i) {
    const auto ns = static_cast<std::int64_t>(i + 1) * 10'000;
    if (i < messages) {
      add(ns, 2, Kind::put_begin, i + 1, 0, std::to_string(i % 10));
      add(ns + 100, 2, Kind::put_end, i + 1, 1, {});
      add(ns + 200, 2, Kind::sent, i + 1, 20, {});
    }
    if (i >= ahead) {
      add(ns + 5000, 3, Kind::received, i - ahead + 1, 20, {});
      add(ns + 5100, 3, Kind::get_end, i - ahead + 1, 1, std::to_string((i - ahead) % 10));
    }
  }
  Model model;
  model.append(records);
  return model;
}

// Joined before it was drained: main joins the child, which joins its feeder, which finds no room in the pipe.
Model joined_too_early() {
  Run run;
  run.at(0).begin(1, "MainProcess").object(1, kQueue, ObjectKind::queue, 0, "Queue-1");
  run.at(1).begin(2, "Process-1", 1).at(2).thread(3, 2, "QueueFeederThread");
  run.at(3).write(2, Kind::put_begin, kQueue, 1, 0, "'xxx'").write(2, Kind::put_end, kQueue, 1, 1);
  run.at(4).write(3, Kind::feed, kQueue, 1).block(3, BlockReason::send, kQueue);
  run.at(5).block(2, BlockReason::thread_join, 3).at(6).block(1, BlockReason::join, 2);
  return run.model();
}

std::vector<Drawn> all(const Screen& screen, Drawn::What what) {
  std::vector<Drawn> result;
  for (const Drawn& d : screen.view.drawn())
    if (d.what == what) result.push_back(d);
  return result;
}

const Drawn* labelled(const Screen& screen, Drawn::What what, const std::string& label) {
  const auto& drawn = screen.view.drawn();
  const auto found =
      std::find_if(drawn.begin(), drawn.end(), [&](const Drawn& d) { return d.what == what && d.label == label; });
  return found == drawn.end() ? nullptr : &*found;
}

const Drawn& header(const Screen& screen, std::uint32_t id) {
  const Drawn* found = screen.find(Drawn::What::header, id);
  REQUIRE(found != nullptr);
  return *found;
}

struct InLanguage {
  explicit InLanguage(app::i18n::Language language) { app::i18n::set_language(language); }
  ~InLanguage() { app::i18n::set_language(app::i18n::Language::english); }
};

double frame_ms(Screen& screen, const Model& model) {
  screen.frame(model);
  double least = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    screen.frame(model);
    least = std::min(least, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  return least;
}

}  // namespace

TEST_CASE("timeline traffic: a message is an arrow from its putter through the queue to its getter, its value on it") {
  for (const AxisKind axis : {AxisKind::time, AxisKind::order}) {
    Screen screen;
    screen.ui.axis = axis;
    screen.frame(three_digits());
    const Drawn* seven = labelled(screen, Drawn::What::arrow, "7");
    REQUIRE(seven != nullptr);
    CHECK(seven->task == 3);
    CHECK(seven->y0 < header(screen, kQueue).y0);
    CHECK(seven->y1 > header(screen, kQueue).y1);
    const Drawn* three = labelled(screen, Drawn::What::arrow, "3");
    REQUIRE(three != nullptr);
    CHECK(three->x0 > seven->x0);
    CHECK(three->x1 > seven->x1);
    // The one that was not got yet ends in the queue.
    const Drawn* nine = labelled(screen, Drawn::What::arrow, "9");
    REQUIRE(nine != nullptr);
    CHECK(nine->task == 2);
    CHECK(nine->y1 < header(screen, kQueue).y1);
  }
}

TEST_CASE("timeline traffic: a queue lies between those who put and those who get, else under all who use it") {
  Screen screen;
  screen.frame(three_digits());
  CHECK(header(screen, 2).y0 < header(screen, 4).y0);  // a thread follows its process
  CHECK(header(screen, 4).y0 < header(screen, kQueue).y0);
  CHECK(header(screen, kQueue).y0 < header(screen, 3).y0);
  CHECK(header(screen, 4).y1 - header(screen, 4).y0 < header(screen, 2).y1 - header(screen, 2).y0);
  CHECK(header(screen, 4).label.find("tid 4204") != std::string::npos);

  Run run = talking();
  put(run, 10, 1, "7");
  get(run, 20, 1, "7");
  run.at(30).write(3, Kind::put_begin, kQueue, 2, 0, "8").write(3, Kind::put_end, kQueue, 2, 1);
  Screen mixed;
  mixed.frame(run.model());
  CHECK(header(mixed, kQueue).y0 > header(mixed, 3).y0);
}

TEST_CASE("timeline traffic: what is in a queue stands beside the moment looked at") {
  Screen screen;
  const Model model = three_digits();
  screen.ui.selection = {3, kBegin + 25 * kMs};
  screen.frame(model);
  const std::vector<Drawn> values = all(screen, Drawn::What::value);
  REQUIRE(values.size() == 2);
  const Drawn *seven = labelled(screen, Drawn::What::value, "7"), *three = labelled(screen, Drawn::What::value, "3");
  REQUIRE(seven != nullptr);
  REQUIRE(three != nullptr);
  CHECK(seven->x0 < three->x0);  // the oldest first
  CHECK(header(screen, kQueue).label.find("2 in it") != std::string::npos);
}

TEST_CASE("timeline traffic: a queue that is full says so, and for how much of the time") {
  Run run = talking();
  for (std::uint64_t id = 1; id <= 4; ++id) put(run, 10 + static_cast<double>(id), id, "5");
  run.at(20).write(2, Kind::put_begin, kQueue, 5, 0, "6").block(2, BlockReason::put, kQueue);
  run.at(60).write(3, Kind::received, kQueue, 1, 20).write(3, Kind::get_end, kQueue, 1, 1, "5");
  run.at(60.1).unblock(2, BlockReason::put, kQueue).write(2, Kind::put_end, kQueue, 5, 1);
  const Model model = run.at(100).write(2, Kind::line).model();
  Screen screen;
  screen.frame(model);
  const std::string label = header(screen, kQueue).label;
  CHECK(label.find("maxsize 4") != std::string::npos);
  CHECK(label.find("full 86 % of the time") != std::string::npos);
  const std::vector<Drawn> spans = screen.spans(2);
  CHECK(std::any_of(spans.begin(), spans.end(), [](const Drawn& d) { return d.label == "put: Queue-1 is full"; }));
}

TEST_CASE("timeline traffic: the triangle in its header asks for a queue's stages, and they come") {
  Screen screen(960, 800);
  const Model model = three_digits();
  screen.frame(model);
  const Drawn* fold = screen.find(Drawn::What::fold, kQueue);
  REQUIRE(fold != nullptr);
  const std::size_t before = all(screen, Drawn::What::header).size();
  screen.click(model, (fold->x0 + fold->x1) / 2, (fold->y0 + fold->y1) / 2);
  REQUIRE(!screen.ui.pushed.empty());
  CHECK(screen.ui.pushed.back().command == "stages");
  CHECK(screen.ui.pushed.back().argument == std::to_string(kQueue));
  screen.ui.unfolded = {kQueue};
  screen.frame(model);
  CHECK(all(screen, Drawn::What::header).size() == before + 4);
  // The message that was left is in the pipe.
  CHECK(labelled(screen, Drawn::What::header, "pipe (in the kernel), 1") != nullptr);
  CHECK(labelled(screen, Drawn::What::header, "feeder's hand, 0") != nullptr);
}

TEST_CASE("timeline traffic: the feeder's hand says what keeps an item there: the writer lock, or the pipe") {  // Q.1 Q-22
  for (const auto& [reason, words] : {std::pair(trace::BlockReason::lock, "waits for the writer lock"), std::pair(trace::BlockReason::send, "pipe")}) {
    Run run = talking();
    run.at(10).write(3, Kind::put_begin, kQueue, 1, 0, "7").write(3, Kind::put_end, kQueue, 1, 1);
    run.at(11).write(4, Kind::feed, kQueue, 1).block(4, reason, kQueue);
    const Model model = run.at(60).write(2, Kind::line).model();
    Screen screen(960, 800);
    screen.ui.unfolded = {kQueue};
    screen.frame(model);
    const auto headers = all(screen, Drawn::What::header);
    CHECK(std::any_of(headers.begin(), headers.end(), [&](const Drawn& drawn) { return drawn.label.find(words) != std::string::npos && drawn.label.ends_with(", 1"); }));
  }
}

TEST_CASE("timeline traffic: a pipe has no feeder: two stages") {
  Run run;
  run.at(0).begin(1, "MainProcess").object(1, kQueue, ObjectKind::pipe, 2, "pipe");
  run.at(1).begin(2, "Process-1", 1);
  run.at(5).write(1, Kind::sent, kQueue, 1, 5, "'hi'").at(8).write(2, Kind::received, kQueue, 1, 5);
  run.at(8.1).write(2, Kind::get_end, kQueue, 1, 1, "'hi'");
  const Model model = run.model();
  Screen screen;
  screen.frame(model);
  CHECK(labelled(screen, Drawn::What::arrow, "'hi'") != nullptr);
  const std::size_t before = all(screen, Drawn::What::header).size();
  screen.ui.unfolded = {kQueue};
  screen.frame(model);
  CHECK(all(screen, Drawn::What::header).size() == before + 2);
}

TEST_CASE("timeline traffic: many messages at once are bands with their number, and none is left out") {
  Screen screen;
  const Model model = many(1000);
  screen.frame(model);
  std::size_t told = 0;
  for (const Drawn& d : all(screen, Drawn::What::arrow)) {
    if (!d.label.starts_with("×")) continue;
    told += static_cast<std::size_t>(std::stoul(d.label.substr(std::string("×").size())));
  }
  CHECK(told > 800);  // a pill may find no room
  CHECK(told <= 1000);
}

TEST_CASE("timeline traffic: a hundred thousand messages cost what the pixels cost") {
  Screen screen;
  const Model few = many(2'000), lots = many(100'000), backlog = many(100'000, 50'000);
  const double few_ms = frame_ms(screen, few);
  const int few_vertices = screen.vertices();
  const double lots_ms = frame_ms(screen, lots);
  CHECK(screen.vertices() <= few_vertices * 2);
  const double backlog_ms = frame_ms(screen, backlog);
  CHECK(screen.vertices() <= few_vertices * 2);
  screen.ui.unfolded = {kQueue};
  screen.ui.selection = {2, std::nullopt};
  const double unfolded_ms = frame_ms(screen, backlog);
  CHECK(all(screen, Drawn::What::arrow).size() < 1500);
  MESSAGE("a frame of 2,000 messages: " << few_ms << " ms, of 100,000: " << lots_ms << " ms, with 50,000 in the queue: "
                                        << backlog_ms << " ms, unfolded: " << unfolded_ms << " ms");
}

TEST_CASE("timeline traffic: zoomed in, the same messages have their values") {
  Screen screen;
  const Model lots = many(100'000);
  screen.frame(lots);
  screen.ui.view = {500'000'000.0, 500'120'000.0};
  screen.frame(lots);
  std::size_t values = 0;
  for (const Drawn& d : all(screen, Drawn::What::arrow)) values += d.label.size() == 1 ? 1 : 0;
  CHECK(values >= 9);
}

TEST_CASE("timeline traffic: starts and joins are found among any number of messages") {
  std::vector<trace::Record> records;
  Run run = talking();
  run.at(2).write(1, Kind::start_begin, 5, 0).at(2.5).begin(5, "Process-9", 1);
  Model model = run.model();
  const Model lots = many(20'000);
  for (const timeline::EventRef& ref : lots.events()) {
    if (ref.event.kind == Kind::task_begin || ref.event.kind == Kind::object_new) continue;
    records.push_back({ref.event, ref.task, lots.text(ref.text)});
  }
  model.append(records);
  Screen screen;
  screen.frame(model);
  const std::vector<Drawn> arrows = all(screen, Drawn::What::arrow);
  CHECK(std::any_of(arrows.begin(), arrows.end(), [](const Drawn& d) { return d.task == 5; }));
}

TEST_CASE("timeline traffic: who was woken by an event has an arrow with its name") {
  Run run = talking();
  run.object(1, kEvent, ObjectKind::event, 0, "ready");
  run.at(10).write(3, Kind::wait_begin, kEvent, UINT64_MAX).block(3, BlockReason::event, kEvent);
  run.at(40).write(2, Kind::set, kEvent, 1);
  run.at(41).unblock(3, BlockReason::event, kEvent).write(3, Kind::wait_end, kEvent, 1, 1);
  Screen screen;
  screen.frame(run.at(60).write(2, Kind::line).model());
  const Drawn* wake = labelled(screen, Drawn::What::arrow, "ready");
  REQUIRE(wake != nullptr);
  CHECK(wake->task == 3);
  const std::vector<Drawn> spans = screen.spans(3);
  CHECK(std::any_of(spans.begin(), spans.end(), [](const Drawn& d) { return d.label == "waits until ready is set"; }));
}

TEST_CASE("timeline traffic: at the gate a task says what it is about to do, and a click lets it go") {
  Run run = talking();
  run.at(10).write(2, Kind::held, kQueue, static_cast<std::uint64_t>(Kind::put_begin));
  const Model model = run.model();
  Screen screen;
  const auto frame = [&] { screen.frame(model, true, kBegin + 60 * kMs); };
  frame();
  const std::vector<Drawn> spans = screen.spans(2);
  const auto held =
      std::find_if(spans.begin(), spans.end(), [](const Drawn& d) { return d.label == "about to: put → Queue-1"; });
  REQUIRE(held != spans.end());
  screen.move((held->x0 + held->x1) / 2, (held->y0 + held->y1) / 2);
  frame();
  screen.button(true);
  frame();
  screen.button(false);
  frame();
  REQUIRE(!screen.ui.pushed.empty());
  CHECK(screen.ui.pushed.back().command == "step");
  CHECK(screen.ui.pushed.back().argument == "2");
  CHECK(app::timeline_view::state_words(model, *model.find(2), kBegin + 60 * kMs) == "held, about to: put → Queue-1");
}

TEST_CASE("timeline traffic: a run that is over holds nobody, so a click only selects") {
  Run run = talking();
  run.at(10).write(2, Kind::held, kQueue, static_cast<std::uint64_t>(Kind::put_begin));
  const Model model = run.at(60).write(1, Kind::line).model();
  Screen screen;
  screen.frame(model);
  const Drawn held = screen.spans(2).front();
  screen.click(model, (held.x0 + held.x1) / 2, (held.y0 + held.y1) / 2);
  CHECK(screen.ui.selection.task == 2);
  CHECK(screen.ui.pushed.empty());
}

TEST_CASE("timeline traffic: a deadlock is called out in words, within half a second") {
  const Model model = joined_too_early();
  Screen screen;
  std::string text;
  int frames = 0;
  // The clock of the frames goes on by a sixtieth of a second, the run's as well.
  for (; frames < 60 && text.empty(); ++frames) {
    screen.frame(model, true, kBegin + 6 * kMs + frames * 16'666'667LL);
    if (const auto notices = all(screen, Drawn::What::notice); !notices.empty()) text = notices.front().label;
  }
  CHECK(text ==
        "MainProcess waits for Process-1 to end → Process-1 waits for its feeder thread → Process-1's feeder waits for "
        "room in Queue-1's pipe → only MainProcess could read it");
  CHECK(frames <= 30);
  // The timeline is below, and whole.
  CHECK(header(screen, 1).y0 >= all(screen, Drawn::What::notice).front().y1);
  check_inside(screen, 960, 600);
}

TEST_CASE("timeline traffic: after the run a deadlock is told of the moment before it was stopped") {
  Model model = joined_too_early();
  const std::vector<trace::Record> stop = {{{kBegin + 900 * kMs, Kind::stop, 0, 0, 0, 0}, 0, {}},
                                           {{kBegin + 901 * kMs, Kind::death, 0, 1, 9, 4201}, 0, {}}};
  model.append(stop);
  Screen screen;
  screen.frame(model);
  CHECK(all(screen, Drawn::What::notice).size() == 1);
  Screen without;
  without.frame(three_digits());
  CHECK(all(without, Drawn::What::notice).empty());
}

TEST_CASE("timeline traffic: who died with a lock is named") {
  Run run = talking();
  run.object(1, kLock, ObjectKind::lock, 1, "Lock-1");
  run.at(5).write(2, Kind::acquire_begin, kLock, UINT64_MAX).write(2, Kind::acquire_end, kLock, 1, 0);
  run.at(10).write(3, Kind::acquire_begin, kLock, UINT64_MAX).block(3, BlockReason::lock, kLock);
  run.at(20).write(1, Kind::signal_sent, 2, 9).at(20.1).die(2, 9);
  const Model model = run.at(30).write(1, Kind::line).model();
  const timeline::Span& waits = model.find(3)->spans.back();
  using app::timeline_view::wait_words;
  CHECK(wait_words(model, waits, kBegin + 15 * kMs) == "waits for Lock-1, held by Producer");
  CHECK(wait_words(model, waits, kBegin + 25 * kMs) == "waits for Lock-1, held by Producer, which is dead");
  CHECK(app::timeline_view::holder_words(model, kLock, kBegin + 25 * kMs) ==
        "Lock-1 is held by Producer, which was killed (−9)");
}

TEST_CASE("timeline traffic: every reason to wait and every operation has its words, in both languages") {
  const Model model = three_digits();
  for (const auto language : {app::i18n::Language::english, app::i18n::Language::chinese}) {
    const InLanguage in(language);
    for (std::uint64_t reason = 0; reason <= static_cast<std::uint64_t>(BlockReason::thread_join); ++reason) {
      for (const std::uint32_t partner : {0U, 2U, kQueue}) {
        timeline::Span span{};
        span.begin_ns = kBegin;
        span.end_ns = timeline::kOpen;
        span.reason = BlockReason{reason};
        span.partner = partner;
        span.state = timeline::State::blocked;
        for (const std::string& words : {app::timeline_view::wait_words(model, span),
                                         app::timeline_view::short_wait_words(span.reason)}) {
          CAPTURE(reason);
          CAPTURE(words);
          CHECK_FALSE(words.empty());
          CHECK(words.find("timeline.") == std::string::npos);
          CHECK(words.find('{') == std::string::npos);
        }
        timeline::Wait wait;
        wait.task = 2;
        wait.reason = span.reason;
        wait.on = partner;
        for (const TaskId whom : {0U, 3U}) {
          wait.whom = whom;
          const auto clause = app::timeline_view::wait_clause(model, wait);
          CHECK(clause.waits.find("Producer") != std::string::npos);
          CHECK((clause.waits + clause.only).find("timeline.") == std::string::npos);
          CHECK((clause.waits + clause.only).find('{') == std::string::npos);
        }
      }
    }
    for (std::uint16_t kind = 10; kind < 92; ++kind) {
      const std::string words = app::timeline_view::operation_words(model, Kind{kind}, kQueue);
      CHECK_FALSE(words.empty());
      CHECK(words.find("timeline.") == std::string::npos);
    }
    for (std::uint64_t kind = 0; kind <= static_cast<std::uint64_t>(ObjectKind::array); ++kind)
      CHECK(app::timeline_view::kind_words(ObjectKind{kind}).find("timeline.") == std::string::npos);
  }
  CHECK(app::timeline_view::operation_words(model, Kind::get_begin, kQueue) == "get ← Queue-1");
  CHECK(app::timeline_view::bytes_words(12'345) == "12.3 kB");
}

TEST_CASE("timeline traffic: nothing is drawn outside, at any size, scale and theme, in both languages") {
  const Model digits = three_digits(), lots = many(3000), stuck = joined_too_early();
  for (const auto& [width, height] :
       {std::pair{200.0f, 100.0f}, {330.0f, 240.0f}, {640.0f, 480.0f}, {1920.0f, 1080.0f}, {3840.0f, 2160.0f}}) {
    for (const float scale : {1.0f, 2.5f}) {
      const InLanguage in(scale > 1 ? app::i18n::Language::chinese : app::i18n::Language::english);
      for (const Model* model : {&digits, &lots, &stuck}) {
        Screen screen(width, height);
        app::platform::set_scale(scale);
        app::platform::set_theme(scale > 1 ? app::session::ThemeName::paper : app::session::ThemeName::stage);
        screen.ui.unfolded = {kQueue};
        screen.ui.selection = {2, kBegin + 25 * kMs};
        for (const AxisKind kind : {AxisKind::time, AxisKind::order}) {
          screen.ui.axis = kind;
          screen.frame(*model, true, kBegin + 400 * kMs);
          check_inside(screen, width, height);
          screen.ui.view.zoom(0.001, 3.0e6);
          screen.frame(*model);
          check_inside(screen, width, height);
          screen.ui.fit_wanted = true;
        }
      }
    }
  }
}

TEST_CASE("timeline traffic: a queue can be selected and pointed at") {
  Screen screen;
  const Model model = three_digits();
  screen.frame(model);
  const Drawn row = *screen.find(Drawn::What::channel, kQueue);
  screen.click(model, row.x0 + 40, row.y0 + 3);
  CHECK(screen.ui.selection.task == kQueue);
  CHECK(screen.ui.selection.time_ns.has_value());
  const Drawn head = header(screen, kQueue);
  screen.click(model, head.x1 - 10, head.y1 - 4);
  CHECK(screen.ui.selection == app::session::Selection{kQueue, std::nullopt});
}
