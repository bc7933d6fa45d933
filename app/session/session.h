// One lesson at hand: the scenario and its settings, the run going on or the one that was opened, and what is known of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/scenario.h"
#include "core/store/store.h"
#include "core/timeline/model.h"

namespace forklight::supervisor {
class Engine;
}

namespace forklight::app::session {

enum class RunState : std::uint8_t { ready, running, stopping, finished, opened };  // opened: a file, not a run of ours

struct ClaimState {
  std::string_view id;
  scenario::Verdict verdict;
};

// What a lesson prints goes to these descriptors as well as into the trace.
struct Output {
  int stdout_fd = 1, stderr_fd = 2;
  bool block_buffered = false;  // as Python into a pipe or a file; else as on a terminal
};

class Session {
 public:
  // `engine` is the forklight-engine binary that runs are made with; `on_news` is called, from another thread, when update() has
  // something to take.
  explicit Session(std::filesystem::path engine, Output output = {}, std::function<void()> on_news = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- the scenario -------------------------------------------------------------------------------------------------
  [[nodiscard]] const scenario::Scenario& scenario() const noexcept { return *scenario_; }
  [[nodiscard]] const scenario::Settings& settings() const noexcept { return settings_; }
  void choose(std::string_view id);                        // stops a run; throws base::UsageError for an unknown id
  void set(std::string_view name, std::string_view value);  // throws base::UsageError

  // --- the run ------------------------------------------------------------------------------------------------------
  void run();     // starts anew; a run going on is stopped first. Throws base::Failure with one sentence.
  void stop();    // as the learner stops: everything of the run ends
  void update();  // takes what has happened since; call once a frame. Never blocks.
  [[nodiscard]] RunState state() const noexcept { return state_; }
  [[nodiscard]] bool live() const noexcept { return state_ == RunState::running || state_ == RunState::stopping; }
  [[nodiscard]] const timeline::Model& model() const noexcept { return model_; }
  [[nodiscard]] std::int64_t now_ns() const noexcept;  // the clock while live, else the run's last event
  [[nodiscard]] const std::vector<ClaimState>& claims() const noexcept { return claims_; }
  [[nodiscard]] int run_count() const noexcept { return run_count_; }

  // --- files --------------------------------------------------------------------------------------------------------
  void save(const std::filesystem::path& file) const;  // throws base::Failure
  void open(const std::filesystem::path& file);        // throws base::Failure; what was there stays then
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

  // The program as it was when the run was made (a saved run brings its own).
  [[nodiscard]] std::string_view python() const noexcept;
  [[nodiscard]] std::string_view cpp() const noexcept;

  // --- one sentence to the person, until dismissed --------------------------------------------------------------------
  [[nodiscard]] const std::string& notice() const noexcept { return notice_; }
  void notify(std::string sentence) { notice_ = std::move(sentence); }

 private:
  void finish_run();
  void check_claims(bool finished);
  [[nodiscard]] std::string what_went_wrong() const;

  std::filesystem::path engine_path_;
  Output output_;
  std::function<void()> on_news_;
  const scenario::Scenario* scenario_;
  scenario::Settings settings_;      // for the next run
  scenario::Settings run_settings_;  // of the run that the model shows
  std::unique_ptr<supervisor::Engine> engine_;
  RunState state_ = RunState::ready;
  store::Meta meta_;  // of the run that the model shows
  timeline::Model model_;
  std::vector<ClaimState> claims_;
  int run_count_ = 0;
  std::filesystem::path file_;
  std::string notice_;
};

}  // namespace forklight::app::session
