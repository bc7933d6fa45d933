// The one window: GLFW, OpenGL 3.3, Dear ImGui's back ends. Created, it can draw; gone, nothing of it stays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/platform/canvas.h"
#include "app/platform/overlay.h"
#include "app/session/key.h"

struct GLFWwindow;

namespace forklight::app::platform {

struct WindowOptions {
  int width = 1440, height = 900;  // points
  bool maximized = false;
  bool fit = false;  // made smaller where the screen is
  std::string title = "Forklight";
  bool visible = true;  // false: draws for screenshots and figures, nothing on screen
};

class Window {
 public:
  // Throws base::Failure, one sentence with what to do: no display, no OpenGL 3.3.
  explicit Window(const WindowOptions& options);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Takes what input there is; with `seconds` > 0, waits that long for some. True if anything arrived.
  bool take_input(double seconds);
  // Wakes take_input() from any thread.
  static void wake() noexcept;

  void begin_frame();
  // Draws what ImGui::Render() made, and over it the lens, and all of it as somebody sees it; not yet on screen. Unless it has to be `whole`, only
  // what was drawn again may be left of ImGui's frame.
  void end_frame(const std::optional<Lens>& lens, session::Vision vision, bool whole);
  void show();          // swaps
  void upload_fonts();  // after the atlas was rebuilt

  // Writes what end_frame() drew as a PNG. Throws base::Failure.
  void write_png(const std::string& path) const;

  [[nodiscard]] bool close_wanted() const noexcept;
  void stay() noexcept;  // it was not wanted after all
  [[nodiscard]] float content_scale() const noexcept;  // the display's own: 2 on a HiDPI screen
  [[nodiscard]] int width() const noexcept;            // framebuffer pixels
  [[nodiscard]] int height() const noexcept;
  [[nodiscard]] bool minimized() const noexcept;
  [[nodiscard]] bool maximized() const noexcept;
  [[nodiscard]] bool fullscreen() const noexcept;
  void set_title(const std::string& title);
  void set_fullscreen(bool on);

  // Keys pressed (and repeated) since the last call, in order.
  [[nodiscard]] std::vector<session::Shortcut> take_keys();
  // Files dragged onto the window since the last call, as they were dropped last.
  [[nodiscard]] std::vector<std::string> take_dropped();
  [[nodiscard]] const std::string& renderer() const noexcept { return renderer_; }  // OpenGL's own words
  [[nodiscard]] GLFWwindow* handle() const noexcept { return window_; }

 private:
  static void on_key(GLFWwindow* window, int key, int scancode, int action, int mods);
  static void on_anything(GLFWwindow* window);
  static void on_drop(GLFWwindow* window, int count, const char** paths);

  GLFWwindow* window_ = nullptr;
  std::optional<Overlay> overlay_;  // goes before the window does
  std::optional<Canvas> canvas_;    // likewise; where OpenGL is a program's
  bool by_program_ = false;
  std::string renderer_;
  std::vector<session::Shortcut> keys_;
  std::vector<std::string> dropped_;
  bool touched_ = true;   // input or a damage since take_input()
  int windowed_[4] = {};  // place and size before full screen
};

}  // namespace forklight::app::platform
