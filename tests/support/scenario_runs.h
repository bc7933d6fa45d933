// Scenarios run by the engine, and their Python twins by real python3: settings, both runs, what is the same everywhere.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/scenario/scenario.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

namespace forklight::tests {

using Changes = std::vector<std::pair<std::string, std::string>>;

struct Both {
  LessonRun ours;
  PythonRun theirs;
};

inline scenario::Settings settings_of(const std::string& id, const Changes& changes) {
  scenario::Settings settings(scenario::find(id).parameters);
  for (const auto& [name, value] : changes) settings.set(name, value);
  return settings;
}

inline supervisor::RunRequest request_for(const std::string& id, const Changes& changes) {
  supervisor::RunRequest request{.scenario = id};
  request.python_minor = python_minor();
  for (const auto& [name, value] : changes) request.settings[name] = value;
  return request;
}

// The twin with those settings, as a command.
inline std::vector<std::string> python_words(const std::string& id, const Changes& changes) {
  std::vector<std::string> words = {"python3",
                                    SOURCE_DIR "/assets/scenarios/" + std::string(scenario::find(id).python_file)};
  for (const auto& [name, value] : changes) words.push_back(name + "=" + value);
  return words;
}

inline PythonRun run_python_words(const std::vector<std::string>& words) {
  const Finished finished =
      run_program(words, std::chrono::seconds(60), {"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED="});
  return {finished.out, finished.err, finished.status};
}

// All hold, and nothing was lost or left.
inline void check_claims(const std::string& id, const LessonRun& run, const scenario::Settings& settings) {
  for (const scenario::Claim& claim : scenario::find(id).claims) {
    CAPTURE(claim.id);
    CHECK(claim.check(run.model, settings, true) == scenario::Verdict::held);
  }
  CHECK(run.model.lost_count() == 0);
  CHECK(run.model.complete());
}

// Both to their own ends: the same exit code, and claims that hold. What they wrote is the caller's to compare.
inline Both run_both(const std::string& id, const Changes& changes) {
  Both both{run_lesson(FORKLIGHT_ENGINE, request_for(id, changes)), {}};
  both.theirs = unless_sanitized(both.ours, [&] { return run_python_words(python_words(id, changes)); });
  CHECK(both.ours.error == "");
  CHECK(both.ours.main_status == both.theirs.status);
  check_claims(id, both.ours, settings_of(id, changes));
  return both;
}

// The engine until the condition holds, and then stopped as the learner does it.
using Condition = std::function<bool(const timeline::Model&, supervisor::Engine&)>;
inline LessonRun run_until(const supervisor::RunRequest& request, const Condition& condition,
                           supervisor::PaceSetting pace = {},
                           std::chrono::milliseconds patience = std::chrono::seconds(20)) {
  const base::Fd out(capture_file()), err(capture_file());
  LessonRun run;
  {
    supervisor::Engine live({.engine = FORKLIGHT_ENGINE, .stdout_fd = out.get(), .stderr_fd = err.get(), .pace = pace},
                            request);
    const auto take = [&] {
      for (const auto& records : live.take()) run.model.append(records);
    };
    CHECK(wait_until([&] { return take(), condition(run.model, live) || live.finished(); }, patience));
    live.stop();
    CHECK(wait_until([&] { return take(), live.finished(); }));
    run.error = live.error();
  }
  if (const auto* main = run.model.find(1); main != nullptr) run.main_status = main->exit_code().value_or(-1000);
  run.out = captured(out.get());
  run.err = captured(err.get());
  CHECK(run.error == "");
  return run;
}

// The first and the last line of each traceback, and everything else (SEMANTICS 0.2).
inline std::vector<std::string> outline(const std::string& err) {
  std::vector<std::string> lines = sorted_lines(normalised(err));
  std::erase_if(lines, [](const std::string& line) { return line.empty() || line.starts_with("  "); });
  return lines;
}

inline scenario::Verdict verdict(const std::string& id, const LessonRun& run, const Changes& changes, std::string_view claim) {
  for (const scenario::Claim& one : scenario::find(id).claims) {
    if (one.id == claim) return one.check(run.model, settings_of(id, changes), true);
  }
  FAIL("no such claim");
  return scenario::Verdict::pending;
}

}  // namespace forklight::tests
