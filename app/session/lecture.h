// A tour of a lesson that plays by itself: a list of commands with words between them, in JSON. What a person can do with the window it can
// do, by the same table of commands. Called lecture here, to tell it from the tour of the window that a first start begins with.
//
//   {"forklight_tour": 1, "title": {"en": "…", "zh-CN": "…"}, "steps": [
//     {"do": "scenario", "with": "exit-codes"},                          a command, and its argument
//     {"do": "zoom", "with": "1.2s..1.5s"},                              the same: a stretch of the run, or the life of "Process-2"
//     {"caption": {"en": "…", "zh-CN": "…"}, "seconds": 3},              words under the timeline, until others come; and time to read them
//     {"wait": "death", "of": "Process-2", "seconds": 20},               until it has happened in the run: an event by its name, "finished",
//                                                                        "begun", or "time" alone; `seconds` at the most, then it is an error
//     {"ask": 2, "seconds": 5}]}                                         a question: time to answer, then that choice is taken
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/session/ui_selection.h"
#include "core/timeline/axis.h"

namespace forklight::app::session {

struct Context;

struct LectureStep {
  enum class What : std::uint8_t { command, caption, wait, ask } what = What::command;
  std::string command = {}, argument = {};        // of a command
  std::map<std::string, std::string> words = {};  // of a caption, by language
  std::string event = {}, of = {};                // of a wait: the event's name, and the task's or object's; "" = anybody's
  int answer = 0;                                 // of a question, from 1
  std::optional<double> seconds = {};
  bool operator==(const LectureStep&) const = default;
};

struct Lecture {
  std::map<std::string, std::string> title;  // by language
  std::vector<LectureStep> steps;
};

inline constexpr std::size_t kMostSteps = 1000, kMostLectureBytes = 1 << 20;
inline constexpr double kMostWait = 600, kUsualWait = 30;  // seconds

// From a file's text. Throws base::UsageError with one sentence: which step, what is wrong with it, what there is.
[[nodiscard]] Lecture lecture_from(std::string_view json);
// Of a file, or of one that is built in, by its name ("exit-codes"). Throws base::UsageError or base::Failure.
[[nodiscard]] Lecture find_lecture(const std::string& file_or_name);
[[nodiscard]] const std::vector<std::string_view>& lecture_names();  // those that are built in
[[nodiscard]] std::string to_json(const Lecture& lecture);
// The words in the language of the moment, else in English, else in whatever there is.
[[nodiscard]] const std::string& in_language(const std::map<std::string, std::string>& words);

// What of it is going on. Part of the person's state: the window shows its words.
struct LectureState {
  Lecture playing;
  std::size_t step = 0;            // the next one; all are done at the end
  std::int64_t since_ns = 0;       // when the step before began, by the clock that update_lecture() is given
  std::size_t events_before = 0;   // of the run, when a wait began: what is older does not count
  std::map<std::string, std::string> caption;
  bool on = false;
  std::string failure;             // one sentence, if it could not go on
  // What the person does, to be kept as a lecture of his own.
  bool recording = false;
  std::int64_t last_act_ns = 0;
  Lecture recorded;
  // What the mouse does to the view and the selection: no command, and told as one.
  std::size_t seen_steps = 0;
  timeline::View seen_view;
  Selection seen_selection;
  std::string zoom;  // the view that it has been brought to, not yet told
  std::int64_t zoomed_ns = 0;
};

// Begins one; what was playing ends.
void begin_lecture(Context& context, Lecture lecture, std::int64_t now_ns);
void end_lecture(Context& context);
// Once a frame: goes on as far as time and the run allow. Commands are pushed, and the next step waits until they are carried out.
void update_lecture(Context& context, std::int64_t now_ns);

// Once a frame, while a person's doings are recorded: what the mouse looks at and selects becomes a step, once it rests there.
void note_sight(Context& context, std::int64_t now_ns);
// A command that the person gave, while his doings are recorded.
void note_act(LectureState& state, std::string_view command, std::string_view argument, std::int64_t now_ns);

}  // namespace forklight::app::session
