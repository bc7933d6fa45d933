// Tours that play by themselves, and making one of what one does.
#include <array>
#include <filesystem>

#include "app/i18n/i18n.h"
#include "app/session/commands/parts.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/store/output_file.h"

namespace forklight::app::session {
namespace {

using i18n::tr;

bool playing(const Context& c) {
  return c.ui.lecture.on;
}
bool recording(const Context& c) {
  return c.ui.lecture.recording;
}

// A file, or one of those that are built in; without either the one of the lesson at hand, else the first. Its own key ends it.
void play(Context& c, std::string_view argument) {
  if (argument.empty() && c.ui.lecture.on) return end_lecture(c);
  std::string name(argument);
  if (name.empty()) {
    const auto& names = lecture_names();
    const std::string_view id = c.session.scenario().id;
    for (const std::string_view one : names)
      if (id.starts_with(one)) name = one;
    if (name.empty()) name = names.front();
  }
  begin_lecture(c, find_lecture(name), base::now_ns());
}
void end(Context& c, std::string_view) {
  end_lecture(c);
}

// What is done from now on; a second time it is written, into the file that is named or one beside the other files of the moment.
void record(Context& c, std::string_view argument) {
  LectureState& state = c.ui.lecture;
  if (!state.recording) {
    state.recording = true;
    state.last_act_ns = 0;
    state.seen_steps = 0;
    state.zoom.clear();
    state.recorded = {};
    state.recorded.title["en"] = tr("scenario." + std::string(c.session.scenario().id) + ".title");
    state.recorded.steps.push_back({.command = "scenario", .argument = std::string(c.session.scenario().id)});
    for (const auto& [name, value] : c.session.settings().values()) state.recorded.steps.push_back({.command = "set", .argument = name + "=" + value});
    c.session.notify(tr("lecture.recording"));
    return;
  }
  state.recording = false;
  std::filesystem::path path(argument);
  for (int number = 1; path.empty() || (argument.empty() && std::filesystem::exists(path)); ++number) path = std::filesystem::current_path() / fmt::format("tour-{}.json", number);
  try {
    store::OutputFile out(path);
    out.write(to_json(state.recorded));
    out.commit();
  } catch (const base::Failure& failure) {
    throw base::Failure(tr("lecture.not_written", fmt::arg("path", path.string()), fmt::arg("reason", failure.what())));
  }
  c.session.notify(tr("lecture.recorded", fmt::arg("path", path.string()), fmt::arg("steps", state.recorded.steps.size())));
}

constexpr std::array kLecture = {
    Command{"lecture", shift(Key::y), always, play, playing},
    Command{"lecture.end", kNone, playing, end},
    Command{"lecture.record", shift(Key::r), always, record, recording},
};

}  // namespace

std::span<const Command> lecture_commands() noexcept {
  return kLecture;
}

}  // namespace forklight::app::session
