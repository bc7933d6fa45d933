// The parts of the window. Each draws into the current ImGui window from a session and what the person chose to see,
// and answers by pushing commands; what a panel has worked out from the model and would not want to work out in every
// frame is kept in PanelState.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/panels/chart.h"
#include "app/panels/console_rows.h"
#include "app/panels/highlight.h"
#include "app/panels/waits.h"
#include "app/panels/widgets.h"
#include "app/session/acts.h"
#include "app/session/captions.h"
#include "app/timeline/timeline_view.h"

namespace forklight::app::session {
struct LessonPicture;
}

namespace forklight::app::panels {

struct CodeRows {
  const void* text = nullptr;  // of which text: programs live as long as their run
  std::size_t size = 0;
  CodeLanguage language = CodeLanguage::python;
  std::vector<CodeLine> lines;
  int scrolled_to = 0;  // the line that was last brought into sight
};

struct EventRows {
  std::string filter;
  i18n::Language language = i18n::Language::english;  // of the words that the filter looks at
  session::EventScan scan;
  base::Chunked<std::uint32_t> rows;  // indices of events that match, when there is a filter, as far as they have been looked through
  session::Selection shown;         // the selection that was last scrolled to
  std::size_t seen = 0;             // how many rows there were in the last frame
};

struct DirectoryListing {
  std::string directory;  // of which directory
  double read_at = -1;
  std::vector<std::string> folders, files;
};

struct GilState {
  std::uint64_t revision = UINT64_MAX;
  double at = 0;                      // when it was counted
  std::vector<std::int64_t> medians;  // of forced turns, by lock
};

// What the program said it measured for one of the lesson's claims.
struct Evidence {
  std::string_view claim;
  std::string text;
  timeline::TaskId task;
  std::int64_t time_ns;
};

struct MeasuredState {
  struct Waits {
    std::string name;
    std::size_t order;
    Histogram histogram;
    std::int64_t interval_ns;
  };
  std::uint64_t revision = UINT64_MAX;
  std::int64_t run_begin_ns = -1;
  double at = 0;
  std::vector<timeline::Round> rounds;
  std::vector<timeline::RoundCost> costs;
  std::vector<timeline::SpeedUpLine> lines;
  std::vector<Waits> waits, waits_before;  // of this run; of the earlier ones that it is compared with
  std::vector<std::string> compared;       // their names and its own, as they stand
  std::string run_name;                    // its own among them
  std::vector<Evidence> evidence;
};

struct PanelState {
  CodeRows code;
  ConsoleRows console;
  EventRows events;
  DirectoryListing listing;
  WaitsState waits;
  GilState gil;
  MeasuredState measured;
  session::CaptionTrack captions;
  session::Dialog shown_dialog = session::Dialog::none;
  float inspector_height = 0, frame_rate = 0;
};

// The moment that the panels tell about: the selected one, else now (the end of a finished run).
[[nodiscard]] std::int64_t moment(const Context& context);
// Position in order of birth: what a task's colour goes by.
[[nodiscard]] std::size_t order_of(const timeline::Model& model, timeline::TaskId id);
// A moment as measured from the run's begin.
[[nodiscard]] std::string moment_text(const timeline::Model& model, std::int64_t time_ns);

// Shared objects that the learner can act on, while a run goes on; nothing if there is none.
void draw_objects(Context& context);
// What can be done to one, as buttons in a row.
void draw_acts(Context& context, const session::Acts& acts);
// The field for the value that is to be put; true when Enter was pressed in it.
[[nodiscard]] bool value_entry(UiState& ui, float width);
// The menu of a task or an object, while it is open.
void draw_menu(Context& context, const timeline_view::TimelineView& timeline);
// Of the item before it.
void menu_on_right_click(UiState& ui, std::uint32_t subject);
// "Terminate (SIGTERM)", "Close the reading end in Process-2".
[[nodiscard]] std::string act_words(const timeline::Model& model, const session::Act& act);

void draw_toolbar(Context& context);
void draw_presentation_bar(Context& context);
void draw_notice(Context& context);
// In pixels, in a window of a width: as many lines as its sentence takes.
[[nodiscard]] float notice_height(const Context& context, float width);
// Looks on for what is typed in the find bar, as long as a frame may take; once before anything is drawn.
void update_find(Context& context);
void draw_find_bar(Context& context);
// The ground under what was found in a text that is about to be drawn from x on, cut at x1.
void light_found(const UiState& ui, ImDrawList* list, Font font, float x, float y0, float y1, float x1, std::string_view text);
void draw_scenarios(Context& context);
void draw_code(Context& context, CodeRows& rows);
void draw_inspector(Context& context);
// The chain of causes behind the selected moment; a click on a link leads to it.
void draw_causes(Context& context);
[[nodiscard]] std::string cause_words(const timeline::Model& model, const timeline::Flow& flow);
// To the line of the program (0: none), to the lesson's page, to the glossary.
void draw_ways(Context& context, int line);
// Of a queue, a pipe, an event that is selected: what it is, what is in it, what can be done to it.
void draw_object_inspector(Context& context, const timeline::Object& object);
// Of a task that works for a pool, and of a pool itself: rows for the inspector. Nothing of a task that is no worker.
using InspectorRows = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] InspectorRows worker_rows(const timeline::Model& model, const timeline::Task& task, std::int64_t when);
[[nodiscard]] InspectorRows pool_rows(const timeline::Model& model, const timeline::Pool& pool, std::int64_t when);
void draw_console(Context& context, ConsoleRows& rows);
void draw_events(Context& context, EventRows& rows);
void draw_processes(Context& context);
void draw_gil(Context& context, GilState& state);
void draw_compare_bar(Context& context);
void draw_measured(Context& context, MeasuredState& state);
[[nodiscard]] std::vector<Evidence> evidence_of(const timeline::Model& model, std::span<const scenario::Claim> claims);
void draw_evidence(Context& context, std::span<const Evidence> evidence);
// Of all claims as they flow into a width; of one line that counts those that hold and names the others.
[[nodiscard]] float claims_height(const Context& context, float width);
[[nodiscard]] float claims_height_brief(const Context& context);
void draw_claims(Context& context, bool brief);
// The question that is open, within the first area; else what came of those before, within the second.
void draw_predictions(Context& context, ImVec2 min, ImVec2 max, ImVec2 results_min, ImVec2 results_max);
void draw_status_bar(Context& context, const PanelState& state);
void draw_dialogs(Context& context, PanelState& state);
// The palette: a field, and what fits the letters typed in it.
void draw_palette(Context& context, bool fresh);
// What the lesson at hand promises and shows: the content of its dialog.
void draw_lesson(Context& context);
// Every term, found by a few letters of it.
void draw_glossary(Context& context, bool fresh);
// Every key and gesture, and a field to look for one.
void draw_keys(Context& context, bool fresh);
// What a fact says, for which Pythons, how it is known: the content of its dialog.
void draw_fact(Context& context);
// The dialog of one note; the list of all.
void draw_note(Context& context, bool fresh);
void draw_notes(Context& context);
void draw_gallery(Context& context, bool fresh);
void draw_lesson_picture(ImDrawList* list, ImVec2 min, ImVec2 max, const session::LessonPicture& picture);
// That the window is recorded, how far its film is, where the last one is: a window of its own by this name, which the film is without. So
// much room (pixels, 0: none) is left for it at the right of the line at the foot, or of the bar while presenting.
inline constexpr const char* kRecordingWindow = "recording";
[[nodiscard]] float recording_width(const Context& context);
void draw_recording(Context& context);
// In front of the panels, while there is a tour: after everything that it points at.
void draw_tour(Context& context);
// How high a dialog's content can be, below the cursor and above its buttons: at large text the window is small.
[[nodiscard]] float room_above_buttons(float wanted);
// What do I think I know?: a question of the quiz, or what a real run has answered.
void draw_quiz(Context& context);
// A dialog's button; true when it was pressed.
[[nodiscard]] bool dialog_button(UiState& ui, const char* id, const char* text, ButtonStyle style);

// The caption of the moment that the person looks at, in a band of its own.
[[nodiscard]] bool captions_shown(const UiState& ui);
[[nodiscard]] float captions_height();  // pixels
void draw_captions(Context& context, session::CaptionTrack& track);
// Over everything: the ring round the pointer, the key that was pressed.
void draw_audience(UiState& ui);
void note_press(Context& context, session::Shortcut shortcut, std::string_view command);
// One of these will look otherwise in a moment, though nobody does anything.
[[nodiscard]] bool audience_moves(const UiState& ui, const session::CaptionTrack& track);

// What an event says in words: "starts Process-1", "exit code 0". Without its task, which has a column of its own.
[[nodiscard]] std::string event_words(const timeline::Model& model, const timeline::EventRef& event);

}  // namespace forklight::app::panels
