// The film of the window: what the person asks of it, the recorder that is handed each frame, and the films that are being made.
#pragma once

#include <filesystem>
#include <imgui.h>
#include <optional>

#include "app/film/darkroom.h"
#include "app/film/recorder.h"
#include "app/platform/overlay.h"
#include "app/session/command.h"

namespace forklight::app {

class FilmOfWindow {
 public:
  // `forklight`: the program that makes the films.
  explicit FilmOfWindow(const std::filesystem::path& forklight) : darkroom_(forklight) {}

  // Once a frame, before it is drawn: carries out what is wanted, and says how it stands. True if that is to be drawn.
  [[nodiscard]] bool update(session::Context& context);
  // After a frame was collected and drawn.
  void take_frame(const std::optional<platform::Lens>& lens, session::Vision vision);
  void atlas_changed() noexcept;

  [[nodiscard]] bool on() const noexcept { return recorder_.has_value(); }
  // The window is to close: what is recorded becomes a film first. True while the window is still needed for that; asked a second time it is
  // not, and the film is given up.
  [[nodiscard]] bool stays_for_it(session::Context& context);
  // The last of it: the film that the window stayed for is there.
  [[nodiscard]] bool may_close() const noexcept { return closing_ && !recorder_ && !darkroom_.busy(); }

 private:
  void begin(session::Context& context);
  void end(session::Context& context);
  void tell(session::Context& context, film::Darkroom::News news);
  void draw_pointer();

  film::Darkroom darkroom_;
  std::optional<film::Recorder> recorder_;
  std::filesystem::path target_;
  bool closing_ = false;
  std::int64_t shown_ = -1;  // what of it was drawn last: seconds, or a part of the film
  std::optional<ImDrawList> pointer_;
};

}  // namespace forklight::app
