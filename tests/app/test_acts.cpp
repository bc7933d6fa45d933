// The learner's acts from the window: what the menus offer, by mouse and by key, and what they do to real processes.
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "app/i18n/i18n.h"
#include "app/panels/keyboard.h"
#include "app/panels/layout.h"
#include "app/session/acts.h"
#include "tests/app/desk.h"
#include "tests/app/test_timeline_view.h"

using namespace forklight;
using namespace forklight::desk_test;

namespace {

const Act* act_of(const std::vector<Acts>& all, std::string_view command) {
  for (const Acts& acts : all)
    for (const Act& act : acts.acts)
      if (act.command == command) return &act;
  return nullptr;
}

const timeline::Object* object_named(const Desk& desk, std::string_view name) {
  for (const timeline::Object& object : desk.session.model().objects())
    if (!object.internal() && object.name == name) return &object;
  return nullptr;
}

bool printed(const Desk& desk, std::string_view text) {
  for (const auto& line : desk.session.model().console())
    if (line.text.find(text) != std::string::npos) return true;
  return false;
}

const timeline::Task* task_named(const Desk& desk, std::string_view name) {
  for (const timeline::Task& task : desk.session.model().tasks())
    if (task.name == name) return &task;
  return nullptr;
}

// The panels round a desk, without a window.
struct Room {
  Desk& desk;
  app::timeline_view::TimelineView timeline;
  app::panels::PanelState state;

  explicit Room(Desk& of) : desk(of) {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().Fonts->AddFontDefault();
    app::platform::compat::headless_atlas(ImGui::GetIO());
    app::platform::set_scale(1);
    app::platform::set_theme(ThemeName::stage);
  }
  ~Room() { ImGui::DestroyContext(); }
  void draw(int frames = 3) {
    for (int i = 0; i < frames; ++i) {
      ImGui::GetIO().DisplaySize = {1280, 720};
      ImGui::GetIO().DeltaTime = 1.0f / 60;
      carry_out(desk.context);
      desk.session.update();
      ImGui::NewFrame();
      app::panels::draw_frame(desk.context, timeline, state);
      ImGui::Render();
    }
  }
  void key(Shortcut shortcut) {
    app::panels::route_key(desk.context, shortcut, false);
    draw(2);
  }
  void right_click(float x, float y) {
    ImGui::GetIO().MousePos = {x, y};
    draw(2);
    ImGui::GetIO().MouseDown[1] = true;
    draw(1);
    ImGui::GetIO().MouseDown[1] = false;
    draw(3);
  }
  const timeline_test::Drawn* header(std::uint32_t id) {
    for (const auto& drawn : timeline.drawn())
      if (drawn.what == timeline_test::Drawn::What::header && drawn.task == id) return &drawn;
    return nullptr;
  }
};

}  // namespace

TEST_CASE("acts: a task's menu offers the signals, each where it is possible") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("run");
  desk.wait_until([&] { return task_named(desk, "Process-1") != nullptr && printed(desk, "got"); });
  const std::uint32_t id = task_named(desk, "Process-1")->id;
  std::vector<Acts> acts = acts_on(desk.session, id);
  for (const char* possible : {"task.terminate", "task.kill", "task.stop"}) {
    REQUIRE(act_of(acts, possible) != nullptr);
    CHECK(act_of(acts, possible)->possible);
  }
  CHECK_FALSE(act_of(acts, "task.continue")->possible);
  desk.carry_out("task.stop", std::to_string(id));
  desk.wait_until([&] { return desk.session.model().is_stopped(id); });
  acts = acts_on(desk.session, id);
  CHECK_FALSE(act_of(acts, "task.stop")->possible);
  CHECK(act_of(acts, "task.continue")->possible);
  desk.carry_out("task.continue", std::to_string(id));
  desk.wait_until([&] { return !desk.session.model().is_stopped(id); });
  desk.carry_out("task.kill", std::to_string(id));
  desk.wait_until([&] { return task_named(desk, "Process-1")->death_ns != timeline::kOpen; });
  acts = acts_on(desk.session, id);
  for (const Act& act : acts.front().acts) CHECK(act.possible == (act.command == "interrupt"));  // that one is for all who are left
  CHECK(acts_on(desk.session, 99).empty());
}

TEST_CASE("acts: Ctrl+C is for all, in the menu of each, by key, and marked on every lane") {  // P-64
  Desk desk;
  desk.carry_out("scenario", "hello");
  desk.carry_out("set", "seconds=30");
  CHECK_FALSE(find_command("interrupt")->enabled(desk.context));
  desk.carry_out("run");
  desk.wait_until([&] { return desk.session.model().tasks().size() == 2 && printed(desk, "hello from"); });
  CHECK(find_command(Shortcut{Key::c, true}) == find_command("interrupt"));
  const std::uint32_t id = task_named(desk, "Process-1")->id;
  const std::vector<Acts> acts = acts_on(desk.session, id);
  REQUIRE(act_of(acts, "interrupt") != nullptr);
  CHECK(act_of(acts, "interrupt")->possible);
  desk.carry_out("interrupt");
  desk.wait_for_end();
  for (const timeline::Task& task : desk.session.model().tasks()) {
    CAPTURE(task.name);
    CHECK(task.exit_code() != 0);
    CHECK(std::count_if(task.marks.begin(), task.marks.end(), [](const auto& mark) { return mark.kind == trace::Kind::learner; }) == 1);
  }
  CHECK(task_named(desk, "MainProcess")->exit_code() == -2);
}

TEST_CASE("acts: a process that is stopped by hand stands still, and nothing of it is drawn as running") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("run");
  desk.wait_until([&] { return printed(desk, "put"); });
  const std::uint32_t id = task_named(desk, "Process-1")->id;
  desk.carry_out("task.stop", "Process-1");
  desk.wait_until([&] { return desk.session.model().is_stopped(id); });
  const auto of_it = [&] {
    return std::count_if(desk.session.model().events().begin(), desk.session.model().events().end(),
                         [&](const auto& event) { return event.task == id; });
  };
  std::this_thread::sleep_for(30ms);  // what was on its way has arrived
  desk.session.update();
  const auto before = of_it();
  std::this_thread::sleep_for(700ms);  // in which it would put three times
  desk.session.update();
  CHECK(of_it() == before);
  const timeline::Task& task = *desk.session.model().find(id);
  CHECK(task.spans.back().state == timeline::State::stopped);
  for (const timeline::Task& other : desk.session.model().tasks())
    if (other.process == id) CHECK(other.spans.back().state == timeline::State::stopped);
  desk.carry_out("task.continue", "Process-1");
  desk.wait_until([&] { return of_it() > before; });
}

TEST_CASE("acts: a queue takes the value that is in the field, once") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("run");
  desk.wait_until([&] { return object_named(desk, "queue") != nullptr && printed(desk, "got"); });
  const std::uint32_t queue = object_named(desk, "queue")->id;
  desk.ui.value_entry = "\"by hand\"";
  desk.carry_out("object.put", std::to_string(queue));
  desk.wait_until([&] { return printed(desk, "got by hand"); });
  CHECK(desk.session.notice().empty());
  const auto& events = desk.session.model().events();
  CHECK(std::count_if(events.begin(), events.end(), [](const auto& event) { return event.event.kind == trace::Kind::learner; }) == 1);
}

TEST_CASE("acts: a full queue takes nothing by hand, and says so") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("set", "maxsize=1");
  desk.carry_out("set", "gets=0.2");
  desk.carry_out("run");
  desk.wait_until([&] {
    const auto* queue = object_named(desk, "queue");
    const auto* channel = queue == nullptr ? nullptr : desk.session.model().find_channel(queue->id);
    return channel != nullptr && !channel->full.empty() && channel->full.back().end_ns == timeline::kOpen;
  });
  const std::uint32_t queue = object_named(desk, "queue")->id;
  CHECK(act_of(acts_on(desk.session, queue), "object.put")->possible);
  desk.ui.value_entry = "7";
  // Something may just have been got: then the value is put, and the next one is refused.
  desk.wait_until([&] {
    if (desk.session.notice().empty()) desk.carry_out("object.put", std::to_string(queue));
    return !desk.session.notice().empty();
  });
  CHECK(desk.session.notice() == app::i18n::engine_words("The queue is full: put would block. Wait until something is got."));
}

TEST_CASE("acts: an event is set from the menu of who waits for it") {
  Desk desk;
  desk.carry_out("scenario", "event");
  desk.carry_out("pace.step");
  desk.carry_out("run");
  // Stepped until somebody waits for an event.
  const timeline::Task* waiter = nullptr;
  desk.wait_until([&] {
    if (!desk.session.at_gate().empty()) desk.carry_out("step");
    for (const auto& task : desk.session.model().tasks())
      if (!task.spans.empty() && task.spans.back().state == timeline::State::blocked &&
          task.spans.back().reason == trace::BlockReason::event)
        waiter = &task;
    return waiter != nullptr;
  });
  const std::vector<Acts> acts = acts_on(desk.session, waiter->id);
  const Act* set = act_of(acts, "object.set");
  REQUIRE(set != nullptr);
  const auto object = static_cast<std::uint32_t>(std::stoul(set->argument));
  CHECK(acts.back().subject == object);
  desk.carry_out("object.set", set->argument);
  desk.wait_until([&] { return desk.session.model().find_object(object)->value.at(timeline::kOpen - 1) == 1; });
  desk.carry_out("object.clear", set->argument);
  desk.wait_until([&] { return desk.session.model().find_object(object)->value.at(timeline::kOpen - 1) == 0; });
}

TEST_CASE("acts: of a pipe the ends that are open are offered, each in its process") {  // I-15
  Desk desk;
  desk.carry_out("scenario", "pipe");
  desk.carry_out("run");
  desk.wait_until([&] { return printed(desk, "received"); });
  const std::uint32_t pipe = object_named(desk, "pipe")->id;
  std::vector<std::string> offered;
  const std::vector<Acts> acts = acts_on(desk.session, pipe);
  for (const Act& act : acts.front().acts)
    offered.push_back(std::string(act.command) + " " + desk.session.model().find(act.of)->name);
  // MainProcess has closed both, the sender its reading end, the receiver its writing end.
  CHECK(offered == std::vector<std::string>{"object.close.second Process-1", "object.close.first Process-2"});
  desk.carry_out("object.close.first", std::to_string(pipe) + "@Process-2");
  desk.wait_until([&] { return printed(desk, "BrokenPipeError"); });
  desk.wait_for_end();
}

TEST_CASE("menu: the key opens it for what is selected, the arrows walk in it, Enter does it, Esc leaves it") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("run");
  desk.wait_until([&] { return printed(desk, "got"); });
  Room room(desk);
  room.draw();
  room.key({Key::f10, false, true});
  CHECK(desk.ui.menu.subject == 0);
  CHECK_FALSE(desk.session.notice().empty());  // nothing is selected
  desk.carry_out("dismiss");
  const std::uint32_t id = task_named(desk, "Process-2")->id;
  desk.ui.selection = {id, std::nullopt};
  room.key({Key::f10, false, true});
  CHECK(desk.ui.menu.subject == id);
  room.key({Key::escape});
  room.draw();
  CHECK(desk.ui.menu.subject == 0);
  CHECK(desk.ui.selection.task == id);
  room.key({Key::f10, false, true});
  room.key({Key::down});
  room.key({Key::down});  // terminate, kill, stop
  room.key({Key::enter});
  desk.wait_until([&] { return desk.session.model().is_stopped(id); });
  CHECK(desk.ui.menu.subject == 0);
}

TEST_CASE("menu: of a queue has a field for the value: what is typed there is put by Enter, once") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("set", "puts=0.2");
  desk.carry_out("set", "gets=50");
  desk.carry_out("run");
  desk.wait_until([&] { return printed(desk, "got"); });
  Room room(desk);
  room.draw();
  desk.ui.selection = {object_named(desk, "queue")->id, std::nullopt};
  room.key({Key::f10, false, true});
  room.draw();
  CHECK(ImGui::GetIO().WantTextInput);
  ImGui::GetIO().AddInputCharactersUTF8("'typed'");
  room.draw(2);
  CHECK(desk.ui.value_entry == "'typed'");  // instead of what was there
  app::panels::route_key(desk.context, {Key::enter}, true);
  room.draw(3);
  desk.wait_until([&] { return printed(desk, "got 'typed'"); });
  CHECK(desk.ui.menu.subject == 0);
  const auto& events = desk.session.model().events();
  CHECK(std::count_if(events.begin(), events.end(), [](const auto& event) { return event.event.kind == trace::Kind::learner; }) == 1);
}

TEST_CASE("events: what queues, locks and the learner do is told in words") {
  for (const char* id : {"queue", "event", "pipe", "barrier", "condition", "shared-memory"}) {
    CAPTURE(std::string(id));
    Desk desk;
    desk.carry_out("scenario", id);
    desk.carry_out("run");
    desk.wait_until([&] { return desk.session.model().event_count() > 80; });
    const auto& model = desk.session.model();
    if (const auto* queue = object_named(desk, "queue")) desk.carry_out("object.put", std::to_string(queue->id));
    for (const auto& event : model.events()) {
      const std::string words = app::panels::event_words(model, event);
      CAPTURE(words);
      CHECK(words != std::string(trace::name(event.event.kind)));
      CHECK(words.find('#') == std::string::npos);
      CHECK(words.find('{') == std::string::npos);
    }
  }
}

TEST_CASE("menu: a right click on a lane's header opens it, and selects the lane") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("run");
  desk.wait_until([&] { return printed(desk, "got"); });
  Room room(desk);
  room.draw(4);
  const std::uint32_t queue = object_named(desk, "queue")->id;
  for (const std::uint32_t subject : {task_named(desk, "Process-1")->id, queue}) {
    const auto* header = room.header(subject);
    REQUIRE(header != nullptr);
    room.right_click((header->x0 + header->x1) / 2, (header->y0 + header->y1) / 2);
    CHECK(desk.ui.menu.subject == subject);
    CHECK(desk.ui.selection.task == subject);
    desk.carry_out("clear");
    room.draw();
    CHECK(desk.ui.menu.subject == 0);
  }
}

TEST_CASE("menu: up and down reach the queue too, and it has an inspector of its own") {
  Desk desk;
  desk.carry_out("scenario", "queue");
  desk.carry_out("run");
  desk.wait_until([&] { return printed(desk, "got"); });
  for (std::size_t i = 0; i <= desk.session.model().tasks().size(); ++i) desk.carry_out("select.down");
  CHECK(desk.ui.selection.task == object_named(desk, "queue")->id);
  Room room(desk);
  room.draw();
  desk.carry_out("select", "Process-1");
  CHECK(desk.ui.selection.task == task_named(desk, "Process-1")->id);
  desk.carry_out("select", "queue");
  CHECK(desk.ui.selection.task == object_named(desk, "queue")->id);
}

TEST_CASE("timeline: a stopped task is told in words, in its bar and in its header") {
  using namespace timeline_test;
  Run run;
  run.at(0).begin(1, "MainProcess").at(10).write(0, Kind::learner, 1, static_cast<std::uint64_t>(trace::LearnerAct::signal), 19);
  run.at(30).write(0, Kind::learner, 1, static_cast<std::uint64_t>(trace::LearnerAct::signal), 18);
  run.at(40).write(1, Kind::sleep_begin, 0, 5);
  const Model model = run.model();
  Screen screen;
  for (int i = 0; i < 3; ++i) screen.frame(model);
  const std::vector<Drawn> spans = screen.spans(1);
  CHECK(std::any_of(spans.begin(), spans.end(), [](const Drawn& d) { return d.label == "stopped (SIGSTOP)"; }));
  CHECK(screen.find(Drawn::What::mark, 1) != nullptr);
  const auto& drawn = screen.view.drawn();
  for (const char* words : {"you: SIGSTOP", "you: SIGCONT"})
    CHECK(std::any_of(drawn.begin(), drawn.end(), [&](const Drawn& d) { return d.what == Drawn::What::mark && d.label == words; }));
  for (int i = 0; i < 3; ++i) screen.frame(model, true, kBegin + 20 * kMs);
  CHECK(screen.find(Drawn::What::header, 1)->label.ends_with("stopped (SIGSTOP)"));
}

TEST_CASE("acts: a replay repeats them, also that of a saved run; what cannot be repeated is said") {
  const auto file = std::filesystem::temp_directory_path() / ("forklight-acts-" + std::to_string(::getpid()) + ".flt");
  const auto put_by_hand = [](const Desk& desk) {
    return std::any_of(desk.session.model().events().begin(), desk.session.model().events().end(), [](const auto& event) {
      return event.event.kind == trace::Kind::learner && event.event.a == static_cast<std::uint64_t>(trace::LearnerAct::put);
    });
  };
  {
    Desk desk;
    desk.carry_out("scenario", "queue");
    desk.carry_out("pace.step");
    desk.carry_out("run");
    desk.wait_until([&] {
      if (!desk.session.at_gate().empty()) desk.carry_out("step");
      return printed(desk, "got");
    });
    desk.ui.value_entry = "by hand";
    desk.carry_out("object.put", "queue");
    desk.wait_until([&] { return put_by_hand(desk); });
    desk.wait_until([&] {
      if (!desk.session.at_gate().empty()) desk.carry_out("step");
      return printed(desk, "got by hand");
    });
    desk.carry_out("stop");
    desk.wait_for_end();
    desk.carry_out("save", file.string());
  }
  Desk desk;
  desk.carry_out("open", file.string());
  desk.carry_out("replay");
  REQUIRE_MESSAGE(desk.session.live(), desk.session.notice());
  desk.wait_until([&] { return printed(desk, "got by hand"); });
  CHECK(put_by_hand(desk));
  CHECK(desk.session.notice().empty());
  std::filesystem::remove(file);
}
