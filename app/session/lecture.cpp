#include "app/session/lecture.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/session/asking.h"
#include "app/session/command.h"
#include "app/session/range.h"
#include "assets/texts.h"
#include "core/base/error.h"
#include "core/base/json.h"

namespace forklight::app::session {
namespace {

using i18n::tr;
using nlohmann::json;
using What = LectureStep::What;

constexpr int kVersion = 1;
constexpr double kReading = 3, kLeastPause = 0.3, kAtRest = 0.5;  // seconds: of a caption that says nothing of time; between two acts that are worth telling; of a view

[[noreturn]] void refuse(std::size_t step, const std::string& why) {
  throw base::UsageError(tr("lecture.bad_step", fmt::arg("number", step + 1), fmt::arg("why", why)));
}

std::map<std::string, std::string> words_of(const json& from, std::size_t step) {
  if (from.is_string()) return {{"en", from.get<std::string>()}};
  if (!from.is_object() || from.empty()) refuse(step, tr("lecture.bad_words"));
  std::map<std::string, std::string> words;
  for (const auto& [language, text] : from.items()) {
    if (!text.is_string()) refuse(step, tr("lecture.bad_words"));
    words[language] = text.get<std::string>();
  }
  return words;
}

std::string text_of(const json& from, const char* name, std::size_t step) {
  if (!from.contains(name)) return {};
  if (!from.at(name).is_string()) refuse(step, tr("lecture.no_text", fmt::arg("name", name)));
  return from.at(name).get<std::string>();
}

LectureStep step_from(const json& from, std::size_t number) {
  if (!from.is_object()) refuse(number, tr("lecture.no_step"));
  LectureStep step;
  if (from.contains("seconds")) {
    const json& seconds = from.at("seconds");
    if (!seconds.is_number() || !(seconds.get<double>() >= 0) || seconds.get<double>() > kMostWait) refuse(number, tr("lecture.bad_seconds", fmt::arg("most", kMostWait)));
    step.seconds = seconds.get<double>();
  }
  if (from.contains("do")) {
    step.command = text_of(from, "do", number);
    step.argument = text_of(from, "with", number);
    if (find_command(step.command) == nullptr) refuse(number, tr("lecture.no_command", fmt::arg("id", step.command)));
  } else if (from.contains("caption")) {
    step.what = What::caption;
    step.words = words_of(from.at("caption"), number);
  } else if (from.contains("wait")) {
    step.what = What::wait;
    step.event = text_of(from, "wait", number);
    step.of = text_of(from, "of", number);
    if (step.event == "time" && !step.seconds) refuse(number, tr("lecture.no_time"));
    if (step.event != "time" && step.event != "finished" && step.event != "begun" && !trace::kind_named(step.event)) refuse(number, tr("lecture.no_event", fmt::arg("name", step.event)));
  } else if (from.contains("ask")) {
    step.what = What::ask;
    const json& answer = from.at("ask");
    if (!answer.is_number_integer() || answer.get<int>() < 1 || answer.get<int>() > 4) refuse(number, tr("lecture.bad_answer"));
    step.answer = answer.get<int>();
  } else {
    refuse(number, tr("lecture.no_step"));
  }
  return step;
}

bool of_name(const timeline::Model& model, const timeline::EventRef& event, const std::string& name) {
  if (name.empty()) return true;
  for (const std::uint32_t id : {static_cast<std::uint32_t>(event.task), event.event.object}) {
    if (const timeline::Task* task = model.find(id); task != nullptr && task->name == name) return true;
    if (const timeline::Object* object = model.find_object(id); object != nullptr && object->name == name) return true;
  }
  return false;
}

// Whether what is waited for has come.
bool has_come(const Context& c, const LectureStep& step, std::size_t from) {
  const timeline::Model& model = c.session.model();
  if (step.event == "begun") return !model.tasks().empty();
  if (step.event == "finished") return !c.session.live() && !model.tasks().empty();
  const auto kind = trace::kind_named(step.event);
  const auto& events = model.events();
  for (std::size_t i = std::min(from, events.size()); i < events.size(); ++i)
    if (events[i].event.kind == *kind && of_name(model, events[i], step.of)) return true;
  return false;
}

double seconds_between(std::int64_t from_ns, std::int64_t to_ns) { return static_cast<double>(to_ns - from_ns) / 1e9; }

// True if the step is done.
bool carry_on(Context& c, const LectureStep& step, std::int64_t now_ns) {
  LectureState& state = c.ui.lecture;
  const double passed = seconds_between(state.since_ns, now_ns);
  switch (step.what) {
    case What::command:
      return passed >= step.seconds.value_or(0);
    case What::caption:
      return passed >= step.seconds.value_or(kReading);
    case What::wait:
      if (step.event == "time") return passed >= *step.seconds;
      if (has_come(c, step, state.events_before)) return true;
      if (passed >= step.seconds.value_or(kUsualWait)) {
        state.failure = tr("lecture.waited", fmt::arg("event", step.event), fmt::arg("of", step.of), fmt::arg("seconds", step.seconds.value_or(kUsualWait)), fmt::arg("number", state.step));
        end_lecture(c);
        c.session.notify(state.failure);
      }
      return false;
    case What::ask:
      if (open_prediction(c) == nullptr) return passed >= 1;  // answered, or there is none to be asked
      if (passed < step.seconds.value_or(kReading)) return false;
      c.ui.push("predict.answer", std::to_string(step.answer));
      return true;
  }
  return true;
}

// With the pause before it, if there was one.
void add_step(LectureState& state, std::string_view command, std::string_view argument, std::int64_t now_ns) {
  if (state.recorded.steps.size() + 1 >= kMostSteps) return;
  const double passed = state.last_act_ns == 0 ? 0 : std::min(seconds_between(state.last_act_ns, now_ns), kMostWait);
  state.last_act_ns = now_ns;
  if (passed >= kLeastPause) {
    LectureStep pause{.what = What::wait, .event = "time"};
    pause.seconds = std::round(passed * 10) / 10;
    state.recorded.steps.push_back(std::move(pause));
  }
  state.recorded.steps.push_back({.what = What::command, .command = std::string(command), .argument = std::string(argument)});
}

void tell_zoom(LectureState& state) {
  if (!state.zoom.empty()) add_step(state, "zoom", std::exchange(state.zoom, {}), state.zoomed_ns);
}

void begin_step(Context& c, const LectureStep& step) {
  LectureState& state = c.ui.lecture;
  if (step.what == What::command) c.ui.push(step.command, step.argument);
  if (step.what == What::caption) state.caption = step.words;
  // Events of the run that goes on count from where the step before it began: what has just been caused may have come already.
  if (step.what != What::wait) state.events_before = c.session.model().events().size();
}

}  // namespace

Lecture lecture_from(std::string_view text) {
  if (text.size() > kMostLectureBytes) throw base::UsageError(tr("lecture.too_large"));
  const json from = json::parse(text, nullptr, false);
  if (!from.is_object() || !from.contains("forklight_tour")) throw base::UsageError(tr("lecture.no_lecture"));
  if (from.at("forklight_tour") != kVersion) throw base::UsageError(tr("lecture.other_version", fmt::arg("version", from.at("forklight_tour").dump())));
  if (!from.contains("steps") || !from.at("steps").is_array() || from.at("steps").empty() || from.at("steps").size() > kMostSteps) throw base::UsageError(tr("lecture.no_steps", fmt::arg("most", kMostSteps)));
  Lecture lecture;
  if (from.contains("title")) lecture.title = words_of(from.at("title"), 0);
  for (std::size_t i = 0; i < from.at("steps").size(); ++i) lecture.steps.push_back(step_from(from.at("steps")[i], i));
  return lecture;
}

const std::vector<std::string_view>& lecture_names() {
  static const std::vector<std::string_view> names = {"processes", "exit-codes", "pool", "queue", "pipe", "event", "gil-and-processes"};
  return names;
}

Lecture find_lecture(const std::string& file_or_name) {
  const auto built_in = std::find_if(std::begin(assets::kFiles), std::end(assets::kFiles), [&](const assets::File& file) { return file.path == "assets/tours/" + file_or_name + ".json"; });
  if (built_in != std::end(assets::kFiles)) return lecture_from(built_in->text);
  std::ifstream in(file_or_name, std::ios::binary);
  if (!in) throw base::Failure(tr("lecture.no_file", fmt::arg("path", file_or_name), fmt::arg("names", fmt::format("{}", fmt::join(lecture_names(), ", ")))));
  std::ostringstream text;
  text << in.rdbuf();
  return lecture_from(text.str());
}

std::string to_json(const Lecture& lecture) {
  json steps = json::array();
  for (const LectureStep& step : lecture.steps) {
    json one = json::object();
    switch (step.what) {
      case What::command:
        one["do"] = step.command;
        if (!step.argument.empty()) one["with"] = step.argument;
        break;
      case What::caption:
        one["caption"] = step.words;
        break;
      case What::wait:
        one["wait"] = step.event;
        if (!step.of.empty()) one["of"] = step.of;
        break;
      case What::ask:
        one["ask"] = step.answer;
        break;
    }
    if (step.seconds) one["seconds"] = *step.seconds;
    steps.push_back(std::move(one));
  }
  return json{{"forklight_tour", kVersion}, {"title", lecture.title}, {"steps", std::move(steps)}}.dump(2) + "\n";
}

const std::string& in_language(const std::map<std::string, std::string>& words) {
  static const std::string nothing;
  for (const char* language : {i18n::language() == i18n::Language::english ? "en" : "zh-CN", "en"})
    if (const auto found = words.find(language); found != words.end()) return found->second;
  return words.empty() ? nothing : words.begin()->second;
}

void begin_lecture(Context& context, Lecture lecture, std::int64_t now_ns) {
  LectureState& state = context.ui.lecture;
  state.playing = std::move(lecture);
  state.step = 0;
  state.since_ns = now_ns;
  state.events_before = 0;
  state.caption.clear();
  state.failure.clear();
  state.on = true;
}

void end_lecture(Context& context) {
  context.ui.lecture.on = false;
  context.ui.lecture.caption.clear();
}

void update_lecture(Context& context, std::int64_t now_ns) {
  LectureState& state = context.ui.lecture;
  while (state.on && context.ui.pushed.empty()) {
    const auto& steps = state.playing.steps;
    if (state.step > 0 && !carry_on(context, steps[state.step - 1], now_ns)) return;
    if (!state.on) return;
    if (state.step == steps.size()) return end_lecture(context);
    state.since_ns = now_ns;
    begin_step(context, steps[state.step++]);
  }
}

void note_sight(Context& context, std::int64_t now_ns) {
  LectureState& state = context.ui.lecture;
  if (!state.recording || state.on) return;
  const UiState& ui = context.ui;
  const timeline::Model& model = context.session.model();
  const timeline::Axis axis(ui.axis, model);
  const bool same_view = ui.view.begin == state.seen_view.begin && ui.view.end == state.seen_view.end, same_selection = ui.selection == state.seen_selection;
  const bool by_command = state.recorded.steps.size() != state.seen_steps;
  const bool whole = ui.view.begin <= 0 && ui.view.end >= axis.end(context.session.now_ns());
  if (!same_view && !by_command && !whole && !(context.session.live() && ui.follow) && !model.events().empty()) {
    state.zoom = range_text(model, {axis.time_ns(ui.view.begin), axis.time_ns(ui.view.end)});
    state.zoomed_ns = now_ns;
  }
  if (!state.zoom.empty() && seconds_between(state.zoomed_ns, now_ns) >= kAtRest) tell_zoom(state);
  if (const timeline::Task* task = model.find(ui.selection.task); !same_selection && !by_command && task != nullptr)
    note_act(state, "select", ui.selection.time_ns ? task->name + "@" + moment_text(model, *ui.selection.time_ns) : task->name, now_ns);
  state.seen_view = ui.view;
  state.seen_selection = ui.selection;
  state.seen_steps = state.recorded.steps.size();
}

void note_act(LectureState& state, std::string_view command, std::string_view argument, std::int64_t now_ns) {
  if (!state.recording || command.starts_with("lecture") || command == "dismiss") return;
  tell_zoom(state);
  add_step(state, command, argument, now_ns);
}

}  // namespace forklight::app::session
