// The kernel's lanes: cores, the strip under each task, memory.
#include <chrono>

#include "app/i18n/i18n.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::timeline_test;

namespace {

std::uint64_t ids(TaskId task) { return (4200ULL + task) << 32 | (4200ULL + task); }

Run& turn(Run& run, TaskId task, std::uint32_t cpu, double from_ms, double until_ms, bool preempted) {
  run.at(from_ms).write(task, Kind::cpu_in, cpu, ids(task));
  return run.at(until_ms).write(task, Kind::cpu_out, cpu, ids(task), preempted ? 1 : 0);
}

// Two that share core 0, one after the other.
Run two_tasks() {
  Run run;
  run.at(0).begin(1, "MainProcess").at(1).begin(2, "Process-1", 1);
  run.at(0).write(0, Kind::observing, 0, static_cast<std::uint64_t>(trace::Observing::perf));
  turn(run, 1, 0, 2, 20, true);
  turn(run, 2, 0, 20, 40, true);
  turn(run, 1, 0, 40, 60, false);
  run.at(10).write(1, Kind::memory, 0, 8192ULL << 32 | 4096, 2048ULL << 32 | 6144);
  run.at(30).write(2, Kind::memory, 0, 4096ULL << 32 | 4096, 4096ULL << 32);
  run.at(100).die(2, 0).reap(2, 1, 0).die(1, 0).reap(1, 0, 0);
  return run;
}

std::size_t count(const Screen& screen, Drawn::What what) {
  const auto& drawn = screen.view.drawn();
  return static_cast<std::size_t>(std::count_if(drawn.begin(), drawn.end(), [&](const Drawn& d) { return d.what == what; }));
}

// A task that comes and goes on two cores.
Model many_turns(std::int64_t turns) {
  Run run;
  run.at(0).begin(1, "MainProcess");
  for (std::int64_t i = 0; i < turns; ++i) {
    run.at_ns(i * 1000).write(1, Kind::cpu_in, static_cast<std::uint32_t>(i % 2), ids(1));
    run.at_ns(i * 1000 + 300).write(1, Kind::cpu_out, static_cast<std::uint32_t>(i % 2), ids(1), i % 3 == 0 ? 1 : 0);
  }
  run.at_ns(turns * 1000).die(1, 0).reap(1, 0, 0);
  return run.model();
}

}  // namespace

TEST_CASE("timeline kernel: a lane for each core at the foot, a strip under each task; both go with one switch") {
  const Model model = two_tasks().model();
  Screen screen;
  screen.frame(model);
  CHECK(count(screen, Drawn::What::core) == 1);
  CHECK(count(screen, Drawn::What::strip) == 2);
  const Drawn* core = screen.find(Drawn::What::core, 0);
  REQUIRE(core != nullptr);
  CHECK(core->label == "CPU 0");
  const Drawn* header = screen.find(Drawn::What::header, 2);
  REQUIRE(header != nullptr);
  CHECK(core->y0 >= header->y1 - 6);
  const Drawn* strip = screen.find(Drawn::What::strip, 1);
  const std::vector<Drawn> spans = screen.spans(1);
  REQUIRE(!spans.empty());
  CHECK(strip->y0 >= spans[0].y1);
  check_inside(screen, 960, 600);
  screen.ui.cores = false;
  screen.frame(model);
  CHECK(count(screen, Drawn::What::core) == 0);
  CHECK(count(screen, Drawn::What::strip) == 0);
}

TEST_CASE("timeline kernel: memory lanes for all, or for one") {
  const Model model = two_tasks().model();
  Screen screen;
  screen.frame(model);
  CHECK(count(screen, Drawn::What::memory) == 0);
  screen.ui.memory_other = {2};
  screen.frame(model);
  CHECK(count(screen, Drawn::What::memory) == 1);
  CHECK(screen.find(Drawn::What::memory, 2) != nullptr);
  screen.ui.memory = true;
  screen.frame(model);
  CHECK(count(screen, Drawn::What::memory) == 1);
  CHECK(screen.find(Drawn::What::memory, 1) != nullptr);
  screen.ui.memory_other.clear();
  screen.frame(model);
  CHECK(count(screen, Drawn::What::memory) == 2);
  check_inside(screen, 960, 600);
}

TEST_CASE("timeline kernel: a click on a core selects who ran there") {
  const Model model = two_tasks().model();
  Screen screen;
  screen.frame(model);
  const Drawn core = *screen.find(Drawn::What::core, 0);
  const timeline::Axis axis(AxisKind::time, model);
  const double width = screen.ui.view.end - screen.ui.view.begin;
  const auto x = static_cast<float>(static_cast<double>(core.x0) +
                                    (axis.coordinate(kBegin + 30 * kMs) - screen.ui.view.begin) / width *
                                        static_cast<double>(core.x1 - core.x0));
  screen.click(model, x, (core.y0 + core.y1) / 2);
  CHECK(screen.ui.selection.task == 2);
}

TEST_CASE("timeline kernel: tooltips of core, strip and memory come in both languages, on both axes") {
  const Model model = two_tasks().model();
  Screen screen;
  screen.ui.memory = true;
  for (const auto language : {app::i18n::Language::english, app::i18n::Language::chinese}) {
    app::i18n::set_language(language);
    for (const AxisKind axis : {AxisKind::time, AxisKind::order}) {
      screen.ui.axis = axis;
      screen.ui.fit_wanted = true;
      screen.frame(model);
      for (const auto what : {Drawn::What::core, Drawn::What::strip, Drawn::What::memory}) {
        const auto& drawn = screen.view.drawn();
        const auto found = std::find_if(drawn.begin(), drawn.end(), [&](const Drawn& d) { return d.what == what; });
        REQUIRE(found != drawn.end());
        const float x0 = found->x0, x1 = found->x1, y = (found->y0 + found->y1) / 2;
        for (int step = 1; step < 20; ++step) {
          screen.move(x0 + (x1 - x0) * static_cast<float>(step) / 20, y);
          screen.frame(model);
        }
      }
    }
  }
  app::i18n::set_language(app::i18n::Language::english);
}

TEST_CASE("timeline kernel: a million turns on two cores cost what the pixels cost") {
  Screen screen;
  const Model few = many_turns(10'000), many = many_turns(1'000'000);
  const auto frame_ms = [&](const Model& model) {
    screen.ui.fit_wanted = true;
    screen.frame(model);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) screen.frame(model);
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count() / 10;
  };
  const double few_ms = frame_ms(few);
  const int vertices_few = screen.vertices();
  const double many_ms = frame_ms(many);
  MESSAGE(few_ms << " ms a frame of 10,000 turns, " << many_ms << " ms of 1,000,000");
  CHECK(screen.vertices() <= vertices_few * 2);
  CHECK(screen.vertices() < 40'000);
}

TEST_CASE("timeline kernel: lost records are a torn gap, strangers and running ones have a place as well") {
  Run run = two_tasks();
  run.at(70).write(0, Kind::kernel_lost, 0, 12, static_cast<std::uint64_t>(kBegin + 60 * kMs));
  run.at(71).write(0, Kind::cpu_in, 0, ids(900)).at(80).write(0, Kind::cpu_out, 0, ids(900));
  run.at(90).write(1, Kind::cpu_in, 0, ids(1));
  const Model model = run.model();
  Screen screen;
  for (int step = 0; step < 40; ++step) {
    screen.frame(model, step % 2 == 0, kBegin + (step + 60) * kMs);
    screen.ui.view.zoom(0.9, 65e6);
    const Drawn* core = screen.find(Drawn::What::core, 0);
    REQUIRE(core != nullptr);
    screen.move(core->x0 + static_cast<float>(step) * 15, (core->y0 + core->y1) / 2);
    check_inside(screen, 960, 600);
  }
  CHECK(model.kernel().lost() == 12);
}

TEST_CASE("timeline kernel: samples alone make core lanes of points, and say that they are samples") {
  Run run;
  run.at(0).write(0, Kind::observing, 0, static_cast<std::uint64_t>(trace::Observing::sampling), 13);
  run.at(0).begin(1, "MainProcess").at(1).begin(2, "Process-1", 1);
  for (int i = 1; i <= 5; ++i) run.at(i * 10).write(1, Kind::state, 0, 'R', 1).write(2, Kind::state, 0, 'R', 2);
  run.at(60).write(2, Kind::state, 0, 'S', 2);
  run.at(100).die(2, 0).reap(2, 1, 0).die(1, 0).reap(1, 0, 0);
  const Model model = run.model();
  REQUIRE(model.kernel().cores().size() == 2);
  CHECK(model.kernel().cores()[0].track.spans().empty());  // of nobody it is known how long
  CHECK(model.kernel().cores()[1].samples.size() == 5);    // where it slept, it was on none
  const std::int64_t at_30 = model.kernel().cores()[1].samples[2].time_ns;
  REQUIRE(model.kernel().cores()[1].sample_at(at_30 + 1'000'000) != nullptr);
  CHECK(model.kernel().cores()[1].sample_at(at_30 + 1'000'000)->who == 2);
  CHECK(model.kernel().cores()[1].sample_at(at_30 + 100'000'000) == nullptr);
  Screen screen;
  screen.frame(model);
  CHECK(count(screen, Drawn::What::core) == 2);
  CHECK(count(screen, Drawn::What::strip) == 2);
}
