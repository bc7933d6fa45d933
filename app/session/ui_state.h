// What the person has chosen to see. Plain data: no GUI header, no process API.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/session/audience.h"
#include "app/session/causes.h"
#include "app/session/export_state.h"
#include "app/session/find.h"
#include "app/session/gallery_state.h"
#include "app/session/glossary_state.h"
#include "app/session/notes_state.h"
#include "app/session/lecture.h"
#include "app/session/person.h"
#include "app/session/predict.h"
#include "app/session/quiz.h"
#include "app/session/recording_state.h"
#include "app/session/tour.h"
#include "app/session/ui_selection.h"
#include "core/timeline/axis.h"
#include "core/timeline/model.h"

namespace forklight::app::session {

// A command asked for by a panel, the keyboard, a tour or a test; carried out between two frames.
struct Action {
  std::string command;
  std::string argument;
};

enum class ThemeName : std::uint8_t { stage, paper };
enum class CodeTab : std::uint8_t { python, cpp };
enum class BottomTab : std::uint8_t { console, events, processes, waits, gil, measured };
// What the timeline's place shows instead of one run: runs above one another, or the rounds of one run, each from its own begin.
enum class Compare : std::uint8_t { nothing, runs, rounds };
enum class Dialog : std::uint8_t { none, open, save, keys, fact, palette, glossary, lesson, note, notes, gallery, quiz, figure, export_run };

// The control that the keyboard is on (Tab walks through them), and what keys asked of it. Ids are the widgets' own.
struct Focus {
  std::uint32_t id = 0;  // 0 = none
  int move = 0;          // Tab: +1, Shift+Tab: −1, taken up by the frame that follows
  int adjust = 0;        // left, right on a value
  bool activate = false;  // Enter
  bool list_open = false, close_list = false;  // a list or menu is in front, and Esc was pressed
  bool in_menu = false;                        // up and down walk through a menu
  bool upright = false;                        // up and down are the control's: it has a height
  bool in_list = false;                        // so are they, and page and end keys: it has rows
  int rows = 0;                                // how many rows on those keys go
  std::uint32_t row_of = 0;                    // the list that the row belongs to
  int row = 0;                                 // its row that Enter presses
  std::vector<std::uint32_t> order, last_order;  // controls of this frame and of the one before, as drawn
};

// The menu of a task or a shared object, while it is open.
struct Menu {
  std::uint32_t subject = 0;  // 0: closed
  std::uint32_t object = 0;   // what the subject waited for when it was opened: the menu stays as it is under the mouse
  bool fresh = false;         // to be opened by the next frame
  bool at_mouse = false;      // else at the subject's lane
};

// The number of a fact that stands in the window; the nearest to the person is the one that a key opens.
struct FactAtHand {
  enum class Where : std::uint8_t { nowhere, tab, inspector, mouse } where = Where::nowhere;
  std::string number;
};

struct UiState {
  ThemeName theme = ThemeName::stage;
  float text_scale = 1.0f;  // 1.0 … 2.5
  // panels: sizes in points at scale 1, folded or not
  float left_width = 250, right_width = 380, bottom_height = 270, inspector_height = 330;
  bool left_open = true, right_open = true, bottom_open = true;
  bool bottom_crowded = false;   // the window has no room for it beside the timeline: it is shown instead, when it is asked for
  bool bottom_in_front = false;
  CodeTab code_tab = CodeTab::python;
  BottomTab bottom_tab = BottomTab::console;
  bool presenting = false;
  LectureState lecture;  // a tour that plays by itself, and one that is being recorded
  bool filmed = false;  // nobody is there to press a key: nothing is said of keys
  Audience audience;
  Past past;
  // timeline
  timeline::AxisKind axis = timeline::AxisKind::time;
  timeline::View view;
  bool follow = true;    // the newest stays in sight while a run goes on
  bool fit_wanted = true;  // the next frame fits the whole run into the view
  bool view_wanted = false;  // the next frame takes the view as it is, on the axis as it is
  double vertical_scroll = 0;  // points
  Selection selection, hover;
  std::vector<timeline::ObjectId> unfolded;  // queues and pipes whose stages are shown
  bool cores = true;    // a lane for each core, and a strip under each task: what the kernel says of who ran
  bool memory = false;  // a lane for each process' memory
  std::vector<timeline::TaskId> memory_other;  // processes for which it is the other way round
  [[nodiscard]] bool shows_memory(timeline::TaskId process) const {
    return memory != (std::find(memory_other.begin(), memory_other.end(), process) != memory_other.end());
  }
  bool gil = true;  // a lane for each GIL that threads share
  std::vector<timeline::ObjectId> gil_other;  // those for which it is the other way round: shown though one thread alone has it, or hidden
  [[nodiscard]] bool shows_gil(timeline::ObjectId object, bool shared) const {
    return (gil && shared) != (std::find(gil_other.begin(), gil_other.end(), object) != gil_other.end());
  }
  Compare compare = Compare::nothing;
  std::vector<int> compared;  // numbers of the earlier runs that stand above the one at hand; empty: the last one
  // dialogs
  Dialog dialog = Dialog::none;
  std::string path_entry;  // what is typed in the open and save dialogs
  FactAtHand fact_at_hand;  // of the last frame
  std::string fact;         // the one that the dialog tells
  void note_fact(FactAtHand::Where where, std::string_view number) {
    if (where > fact_at_hand.where) fact_at_hand = {where, std::string(number)};
  }
  std::string palette_entry;  // what is typed in the palette
  int palette_at = 0;         // its row that Enter carries out
  bool palette_go = false;    // Enter was pressed
  PredictState predict;
  GlossaryState glossary;
  CausesState causes;
  QuizState quiz;
  ExportState exporting;
  RecordingState recording;
  std::string event_filter;
  bool filtering = false;  // in the last frame it was not through all events yet
  FindState find;
  [[nodiscard]] bool looking() const noexcept { return filtering || find.busy(); }  // through events: frames go on
  NotesState notes;
  GalleryState gallery;
  TourState tour;
  bool tour_seen = false;  // taken or skipped: it does not come by itself again
  std::string clipboard;  // to be copied by the next frame
  Menu menu;
  std::string value_entry = "7";  // what is to be put
  Focus focus;
  bool quit_wanted = false;
  bool screenshot_wanted = false;
  std::string screenshot_path;
  std::string folder_wanted;  // to be shown by the desktop

  std::vector<Action> pushed;
  void push(std::string command, std::string argument = {}) { pushed.push_back({std::move(command), std::move(argument)}); }
};

}  // namespace forklight::app::session
