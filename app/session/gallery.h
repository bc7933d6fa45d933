// Small pictures of the lessons' timelines, made from real runs (forklight gallery DIR), and how long those took. Kept as a few hundred
// numbers each in assets/gallery, so that they can be drawn at any size in the colours of the theme.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/timeline/axis.h"
#include "core/timeline/model.h"

namespace forklight::scenario {
struct Scenario;
}

namespace forklight::app::session {

struct LessonPicture {
  struct Lane {
    enum class Kind : std::uint8_t { process, thread, queue } kind = Kind::process;
    std::string name;
    std::size_t order = 0;    // of birth: what its colour goes by
    std::string columns;      // one letter each, as below; of a queue 'A' (empty) to 'J' (as full as it ever was)
    std::optional<int> exit;  // of a process
  };
  struct Arrow {
    timeline::FlowKind kind;
    std::size_t from, to;    // lanes
    int from_x = 0, to_x = 0;  // columns
  };
  std::string scenario;
  std::string program;  // program_mark() of the program that ran: a picture of an older one is told from it
  std::int64_t took_ns = 0;
  // How it ended: by itself; never, for nobody could ever go on; never, it goes on until it is stopped, and the picture is of its begin.
  enum class End : std::uint8_t { by_itself, stands_still, goes_on } end = End::by_itself;
  timeline::AxisKind axis = timeline::AxisKind::time;
  int width = 0;              // columns
  std::size_t left_out = 0;   // tasks and queues that there is no lane for
  std::vector<Lane> lanes;
  std::vector<Arrow> arrows;
};

// The letters of a task's columns: not there, and its states.
inline constexpr char kNotThere = '.', kRuns = 'r', kBlocked = 'b', kSleeps = 's', kZombie = 'z', kHeld = 'h', kStopped = 't', kWantsGil = 'g', kLost = 'x';

// Of a run that has ended, or stands still at `end_ns`; in so many columns.
[[nodiscard]] LessonPicture picture_of(std::string_view scenario, const timeline::Model& model, std::int64_t end_ns, int width);

// Differs where a lesson's program or the default of a setting does.
[[nodiscard]] std::string program_mark(const scenario::Scenario& lesson);

// As a file has it; the file's limit, which picture_text() keeps to by taking fewer columns.
inline constexpr std::size_t kMostPictureBytes = 3000;
[[nodiscard]] std::string picture_text(const scenario::Scenario& lesson, const timeline::Model& model, std::int64_t end_ns, LessonPicture::End end);
[[nodiscard]] std::string to_text(const LessonPicture& picture);
// Nothing if the text is no picture.
[[nodiscard]] std::optional<LessonPicture> picture_from(std::string_view text);

// The picture that the program has of a lesson; nullptr if it has none.
[[nodiscard]] const LessonPicture* lesson_picture(std::string_view scenario);

// The lessons that fit what is typed: in title, promise, group or id, in the order of the list.
[[nodiscard]] std::vector<std::string_view> lessons_that_fit(std::string_view typed);

}  // namespace forklight::app::session
