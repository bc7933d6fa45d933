// Tours that play by themselves: what is said of a wrong one, what a recorded one holds, and each of those that are built in to its end, on
// real processes.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "app/session/asking.h"
#include "app/session/lecture.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "tests/app/desk.h"

using namespace forklight;
using namespace forklight::app::session;
using namespace std::chrono_literals;
using desk_test::Desk;
using Step = LectureStep;

namespace {

std::string refusal(const std::string& text) {
  try {
    (void)lecture_from(text);
  } catch (const base::UsageError& error) {
    return error.what();
  }
  return "";
}

std::string refused_step(const std::string& step) { return refusal(R"({"forklight_tour": 1, "steps": [{"do": "run"}, )" + step + "]}"); }

// Captions take no time here; what is waited for takes what it takes.
std::string play(const std::string& name) {
  app::i18n::set_language(app::i18n::Language::english);
  Desk desk;
  std::int64_t now_ns = base::now_ns(), last_ns = now_ns;
  begin_lecture(desk.context, find_lecture(name), now_ns);
  const LectureState& state = desk.ui.lecture;
  const auto patience = std::chrono::steady_clock::now() + 80s;
  while (state.on) {
    REQUIRE_MESSAGE(std::chrono::steady_clock::now() < patience, fmt::format("it stands at step {}", state.step));
    app::session::carry_out(desk.context);
    CHECK(desk.session.notice() == "");
    desk.session.notify("");
    desk.session.update();
    follow_questions(desk.context);
    const std::int64_t real_ns = base::now_ns();
    now_ns += real_ns - last_ns;
    last_ns = real_ns;
    if (state.step > 0 && state.playing.steps[state.step - 1].what == Step::What::caption) now_ns += base::kSecond;
    update_lecture(desk.context, now_ns);
    std::this_thread::sleep_for(2ms);
  }
  CHECK(state.step == state.playing.steps.size());
  CHECK(desk.session.model().tasks().size() > 1);
  return state.failure;
}

}  // namespace

TEST_CASE("tours: processes") { CHECK(play("processes") == ""); }
TEST_CASE("tours: exit codes") { CHECK(play("exit-codes") == ""); }
TEST_CASE("tours: pool") { CHECK(play("pool") == ""); }
TEST_CASE("tours: queue") { CHECK(play("queue") == ""); }
TEST_CASE("tours: pipe") { CHECK(play("pipe") == ""); }
TEST_CASE("tours: event") { CHECK(play("event") == ""); }
TEST_CASE("tours: the GIL and processes") { CHECK(play("gil-and-processes") == ""); }

TEST_CASE("tours: each has its words in both languages") {
  for (const std::string_view name : lecture_names()) {
    CAPTURE(std::string(name));
    const Lecture lecture = find_lecture(std::string(name));
    std::vector<std::map<std::string, std::string>> all = {lecture.title};
    for (const Step& step : lecture.steps)
      if (step.what == Step::What::caption) all.push_back(step.words);
    CHECK(all.size() > 3);
    for (const auto& words : all)
      for (const char* language : {"en", "zh-CN"}) CHECK(words.contains(language));
    CHECK(to_json(lecture_from(to_json(lecture))) == to_json(lecture));
  }
}

TEST_CASE("tours: a wrong one is refused in one sentence that names the step") {
  app::i18n::set_language(app::i18n::Language::english);
  CHECK(refusal("no JSON").find("no tour") != std::string::npos);
  CHECK(refusal("{}").find("no tour") != std::string::npos);
  CHECK(refusal(R"({"forklight_tour": 2, "steps": [{"do": "run"}]})").find("version 2") != std::string::npos);
  CHECK(refusal(R"({"forklight_tour": 1, "steps": []})").find("steps") != std::string::npos);
  for (const auto& [step, part] : std::map<std::string, std::string>{{R"({"do": "fly"})", "fly"}, {R"({"say": "hello"})", "neither"}, {R"({"wait": "rain"})", "rain"}, {R"({"wait": "time"})", "seconds"},
                                                                     {R"({"do": "run", "seconds": -1})", "seconds"}, {R"({"caption": 7})", "words"}, {R"({"ask": 9})", "1 to 4"}, {"7", "neither"}}) {
    CAPTURE(step);
    const std::string said = refused_step(step);
    CHECK(said.starts_with("Step 2 of the tour"));
    CHECK(said.find(part) != std::string::npos);
  }
  CHECK_THROWS_AS((void)find_lecture("/nowhere/tour.json"), base::Failure);
}

TEST_CASE("tours: one that waits in vain ends, and says for what") {
  app::i18n::set_language(app::i18n::Language::english);
  Desk desk;
  begin_lecture(desk.context, lecture_from(R"({"forklight_tour": 1, "steps": [{"wait": "death", "of": "Process-9", "seconds": 2}, {"do": "run"}]})"), 0);
  update_lecture(desk.context, base::kSecond);
  CHECK(desk.ui.lecture.on);
  update_lecture(desk.context, 3 * base::kSecond);
  CHECK_FALSE(desk.ui.lecture.on);
  CHECK(desk.session.notice().find("Process-9") != std::string::npos);
  CHECK(desk.ui.pushed.empty());
}

TEST_CASE("tours: what a person does becomes one, with the pauses between") {
  Desk desk;
  desk.carry_out("scenario", "hello");
  desk.carry_out("lecture.record");
  CHECK(desk.ui.lecture.recording);
  desk.carry_out("axis.order");
  note_act(desk.ui.lecture, "fit", "", desk.ui.lecture.last_act_ns + 2 * base::kSecond);
  const std::filesystem::path file = std::filesystem::path(BINARY_DIR) / "test-recorded-tour.json";
  desk.carry_out("lecture.record", file.string());
  CHECK_FALSE(desk.ui.lecture.recording);
  const Lecture read = find_lecture(file.string());
  CHECK(read.steps.front().command == "scenario");
  CHECK(read.steps.front().argument == "hello");
  const auto size = read.steps.size();
  REQUIRE(size > 3);
  CHECK(read.steps[size - 3].command == "axis.order");
  CHECK(read.steps[size - 2].event == "time");
  CHECK(read.steps[size - 2].seconds == 2.0);
  CHECK(read.steps[size - 1].command == "fit");
  desk.carry_out("lecture.record");
  desk.carry_out("lecture.record", "/nowhere/tour.json");
  CHECK(desk.session.notice().find("another directory") != std::string::npos);
  std::filesystem::remove(file);
}
