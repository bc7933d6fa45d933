// Find: a text in everything that a run says: names, notes, events and the values in them, what was printed. Looked for in slices
// between two frames, so that millions of events keep no window waiting; hits can be walked through from the first one on.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/session/event_scan.h"
#include "app/session/ui_selection.h"
#include "core/base/chunked.h"
#include "core/store/store.h"
#include "core/timeline/model.h"

namespace forklight::app::session {

// Letters of one case: of ASCII, of Latin-1, Greek and Cyrillic. The length in bytes stays.
void fold_case(std::string& text) noexcept;
// Where the folded letters come up in a text, whatever its case; from a byte on; npos if nowhere.
[[nodiscard]] std::size_t find_folded(std::string_view text, std::string_view folded, std::size_t from = 0);

class Find {
 public:
  // In the order in which hits of one moment are counted.
  enum class Where : std::uint8_t { name, note, event, console };
  struct Hit {
    std::int64_t time_ns = 0;
    std::uint32_t subject = 0;  // the task or object that is selected, 0 = the run
    Where where = Where::event;
    std::uint32_t index = 0;    // event, console: into model.events(); note: into the notes; name: a count
    bool operator==(const Hit&) const = default;
  };
  // Everything that an event says in the window's language, written behind one another into `text`.
  using Words = void (*)(const timeline::Model& model, const timeline::EventRef& event, std::string& text);

  void look_for(std::string_view text);  // begins anew; "" finds nothing
  [[nodiscard]] const std::string& folded() const noexcept { return folded_; }

  // Goes on for about as long as `budget`, with what the run has gained since, or anew where it is another run, other words or another
  // language. True if there is more to look through.
  bool update(const timeline::Model& model, std::span<const store::Note> notes, std::uint64_t notes_revision, Words words,
              std::chrono::nanoseconds budget);
  [[nodiscard]] bool done() const noexcept { return folded_.empty() || scan_.done(); }
  [[nodiscard]] double share() const noexcept { return scan_.share(); }  // looked through so far, 0 … 1

  [[nodiscard]] std::size_t count() const noexcept { return named_.size() + said_.size(); }
  // The hit that was gone to last, and its place, counted from 1; 0 where it is none any more.
  [[nodiscard]] std::optional<Hit> current() const noexcept { return current_; }
  [[nodiscard]] std::size_t place() const noexcept;

  // The next hit (by = 1) or the one before (−1), from the last one where that is still what is selected, else from the selected moment,
  // else from the begin; past an end it goes on at the other. Nothing if there is no hit.
  std::optional<Hit> go(int by, const Selection& selected);
  // The first at a time or after it, once it is known; nothing while it may still be found.
  std::optional<Hit> go_from(std::int64_t time_ns);

  // The hits from a moment on up to another one, that excluded: names and notes; events and output. By time.
  using Part = std::ranges::subrange<base::Chunked<Hit>::const_iterator>;
  struct Parts {
    Part named, said;
  };
  [[nodiscard]] Parts between(std::int64_t from_ns, std::int64_t to_ns) const noexcept;

 private:
  void restart() noexcept;
  void look_at_names(const timeline::Model& model, std::span<const store::Note> notes);

  std::string folded_;
  base::Chunked<Hit> named_, said_;  // names and notes; events and output: each sorted
  std::optional<Hit> current_;
  EventScan scan_;
  std::uint64_t revision_ = UINT64_MAX, notes_revision_ = UINT64_MAX;
  i18n::Language language_ = i18n::Language::english;
  std::string buffer_;
};

// What the find bar has: open or not, what is typed, what was found.
struct FindState {
  bool open = false;
  bool fresh = false;         // to be given the keyboard by the next frame
  bool has_keyboard = false;  // of the last frame: Enter is for it
  std::string entry;
  std::optional<std::int64_t> from_ns;  // as it opened: hits are shown from there on while letters are typed
  bool first_wanted = false;            // the first hit is to be shown as soon as it is known
  Find found;
  [[nodiscard]] bool busy() const noexcept { return open && (!found.done() || first_wanted); }
};

}  // namespace forklight::app::session
