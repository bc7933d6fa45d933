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

#include "app/session/predict.h"
#include "app/session/run_folder.h"
#include "core/base/json.h"
#include "core/observe/observer.h"
#include "core/scenario/scenario.h"
#include "core/store/store.h"
#include "core/supervisor/pace.h"
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

// A run that was at hand before, kept as it was.
struct EarlierRun {
  int number;                       // counted from 1, as all that came to hand in this session
  const scenario::Scenario* scenario;
  scenario::Settings settings;
  std::string file;                 // where it was opened from, "" = a run of this session
  timeline::Model model;
  std::vector<Prediction> predictions = {};
  std::vector<store::Note> notes = {};
};
// As many are kept, as long as they have not more events than that in all.
inline constexpr std::size_t kMostEarlier = 4, kMostEarlierEvents = 4'000'000;

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
  // Starts anew; a run going on is stopped first. Throws base::Failure with one sentence. What was predicted of it stays with it; where a
  // question is to be asked in its midst, the run is held there.
  void run(std::vector<Prediction> predictions = {});
  void stop();    // as the learner stops: everything of the run ends
  void update();  // takes what has happened since; call once a frame. Never blocks.
  // The same scenario and settings again, on fresh processes that are let go in the order of the run at hand. Throws base::UsageError if
  // nothing was held in it. What cannot be followed becomes a notice, and the run stands then.
  void replay();
  [[nodiscard]] bool can_replay() const noexcept { return has_choices_; }
  // What would let the run at hand through, if its scenario has such a setting and the run was made without it.
  [[nodiscard]] std::optional<scenario::Cure> cure() const;
  // The directory that the run at hand writes its files into; nullptr if it writes none. A temporary one lasts as long as the run is the
  // one at hand.
  [[nodiscard]] const RunFolder* folder() const noexcept { return folder_ ? &*folder_ : nullptr; }
  void keep_files_in(std::filesystem::path directory) { files_in_ = std::move(directory); }  // of all runs from now on
  void observe(observe::Want want) noexcept { observe_ = want; }  // what the kernel is asked in all runs from now on
  [[nodiscard]] RunState state() const noexcept { return state_; }
  [[nodiscard]] bool live() const noexcept { return state_ == RunState::running || state_ == RunState::stopping; }
  [[nodiscard]] const timeline::Model& model() const noexcept { return model_; }
  [[nodiscard]] std::int64_t now_ns() const noexcept;  // the clock while live, else the run's last event
  [[nodiscard]] const std::vector<ClaimState>& claims() const noexcept { return claims_; }
  // Of the run at hand, with the answers as far as it has shown them.
  [[nodiscard]] const std::vector<Prediction>& predictions() const noexcept { return predictions_; }
  // The one for whose answer the run stands still now. It goes on with the answer; without votes nobody wanted to say.
  [[nodiscard]] std::optional<std::size_t> question_due() const noexcept { return due_; }
  void answer_due(const Votes& votes);
  [[nodiscard]] int run_count() const noexcept { return run_count_; }
  // What was at hand before, the latest last: a few, for comparing.
  [[nodiscard]] const std::vector<EarlierRun>& earlier() const noexcept { return earlier_; }
  [[nodiscard]] int run_number() const noexcept { return came_ + 1; }  // of the run at hand, as EarlierRun counts
  [[nodiscard]] const scenario::Settings& run_settings() const noexcept { return run_settings_; }  // of the run at hand

  // --- its pace -----------------------------------------------------------------------------------------------------
  // Of the run going on, else of the next one.
  [[nodiscard]] supervisor::Pace pace() const;
  [[nodiscard]] supervisor::Pace chosen_pace() const noexcept { return pace_; }  // that runs begin with
  [[nodiscard]] int rate() const;  // operations a second at pace slow
  void set_pace(supervisor::Pace pace);  // real, slow or step
  void set_rate(int per_second);
  void hold();   // whatever the pace: all stand before their next operation
  void go_on();  // at the pace before
  [[nodiscard]] bool standing() const;  // the learner chooses who goes next: held, or pace step
  // Lets one go: who came first to the gate, or that task. False if there is none.
  bool step(trace::TaskId task = 0);
  [[nodiscard]] std::vector<trace::AtGate> at_gate() const;  // who came first is first; empty at pace real
  // SIGTERM, SIGKILL, SIGSTOP or SIGCONT to a task's process, as the learner.
  void signal(trace::TaskId task, int signal);
  void interrupt();  // Ctrl+C: SIGINT to every process of the run, as the learner
  // The learner's act on a shared object: put (a value), set, clear, or close of an end (of the process of a task). What the run refuses
  // comes as a notice.
  void put(timeline::ObjectId object, nlohmann::json value);
  void set_event(timeline::ObjectId object, bool on);
  void close_end(timeline::ObjectId object, trace::PipeEnd end, trace::TaskId task);
  // The switch interval of one GIL, or of all of the run (0), seconds; the threads that wait now wait by it from their next turn on.
  void set_interval(timeline::ObjectId gil, double seconds);

  // --- files --------------------------------------------------------------------------------------------------------
  void save(const std::filesystem::path& file);        // throws base::Failure
  [[nodiscard]] store::Run recording() const;           // what it saves: the run at hand as it is now
  [[nodiscard]] store::Meta meta() const;               // of that
  // What is in sight of it: kept in the next file that is saved (see in_sight.h).
  void note_view(std::string view) { meta_.view = std::move(view); }
  // When, with which versions and where the run at hand was recorded, in a sentence; "" without a run.
  [[nodiscard]] std::string origin_words() const;
  void open(const std::filesystem::path& file);        // throws base::Failure; what was there stays then
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  // The same run as it went on: at hand is what was known of it at a moment, first at its begin. Throws base::Failure as open() does.
  struct Stretch {
    std::int64_t begin_ns, end_ns;
  };
  Stretch play(const std::filesystem::path& file);
  void play_to(std::int64_t time_ns);  // never back; at the run's end it is as if opened
  [[nodiscard]] bool going_on() const noexcept { return live() || played_to_ < played_.size(); }  // more is to come

  // --- notes on the run at hand: they are saved with it --------------------------------------------------------------
  [[nodiscard]] const std::vector<store::Note>& notes() const noexcept { return notes_; }  // by time
  [[nodiscard]] std::uint64_t notes_revision() const noexcept { return notes_revision_; }  // changes with them
  [[nodiscard]] bool notes_unsaved() const noexcept { return notes_revision_ != notes_saved_; }
  std::size_t add_note(store::Note note);  // returns its place
  void set_note_text(std::size_t place, std::string text);
  void remove_note(std::size_t place);

  // The program as it was when the run was made (a saved run brings its own).
  [[nodiscard]] std::string_view python() const noexcept;
  [[nodiscard]] std::string_view cpp() const noexcept;

  // What the kernel tells of the run, in two or three sentences: on or refused, why, and how to allow more.
  [[nodiscard]] std::string kernel_words() const;

  // --- one sentence to the person, until dismissed --------------------------------------------------------------------
  [[nodiscard]] const std::string& notice() const noexcept { return notice_; }
  void notify(std::string sentence) { notice_ = std::move(sentence); }

 private:
  // Somebody was let go by choice in these.
  [[nodiscard]] static bool chosen_in(const std::vector<trace::Record>& records);
  void start(supervisor::PaceSetting pace, std::vector<Prediction> predictions = {});
  std::vector<trace::Record> take_in(const std::filesystem::path& file);
  void complete_opened();
  void follow_predictions();
  void keep_run();
  void finish_run();
  void tell_departure();
  void check_claims(bool finished);
  [[nodiscard]] std::string what_went_wrong() const;

  std::filesystem::path engine_path_;
  Output output_;
  std::function<void()> on_news_;
  const scenario::Scenario* scenario_;
  scenario::Settings settings_;      // for the next run
  scenario::Settings run_settings_;  // of the run that the model shows
  std::filesystem::path files_in_;   // chosen by the person, "" = temporary
  observe::Want observe_ = observe::Want::best;
  std::optional<RunFolder> folder_;  // goes after the engine, whose processes may write into it
  std::unique_ptr<supervisor::Engine> engine_;
  std::vector<std::vector<trace::Record>> taken_;  // last, kept for its memory
  RunState state_ = RunState::ready;
  supervisor::Pace pace_ = supervisor::Pace::real;  // that runs begin with
  int rate_ = supervisor::PaceSetting{}.rate;
  bool has_choices_ = false;     // in the model
  bool departure_told_ = false;  // of this run
  store::Meta meta_;  // of the run that the model shows
  timeline::Model model_;
  std::vector<store::Note> notes_;
  std::uint64_t notes_revision_ = 0, notes_saved_ = 0;
  std::vector<ClaimState> claims_;
  std::vector<Prediction> predictions_;
  std::optional<std::size_t> due_;
  bool moment_told_ = false;                         // of this run
  std::chrono::steady_clock::time_point looked_{};   // for answers
  int run_count_ = 0;
  std::vector<EarlierRun> earlier_;
  int came_ = 0;  // runs and files that have been at hand
  std::filesystem::path file_;
  std::vector<trace::Record> played_;  // all of the run that is played, and how far it is
  std::size_t played_to_ = 0;
  std::int64_t played_ns_ = 0;
  std::string notice_;
};

}  // namespace forklight::app::session
