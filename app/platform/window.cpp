#include "app/platform/window.h"

#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/platform/imgui_compat.h"
#include "app/platform/input.h"
#include "app/platform/large_glyphs.h"
#include "app/platform/png.h"
#include "core/base/error.h"

namespace forklight::app::platform {
namespace {

using i18n::tr;

std::string glfw_error() {
  const char* description = nullptr;
  glfwGetError(&description);
  return description != nullptr ? description : "";
}

Window& owner(GLFWwindow* window) {
  return *static_cast<Window*>(glfwGetWindowUserPointer(window));
}

// What this machine does offer, to say it beside what is missing: a plain window of any version tells.
std::string offered_opengl() {
  glfwDefaultWindowHints();
  glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
  GLFWwindow* plain = glfwCreateWindow(64, 64, "", nullptr, nullptr);
  if (plain == nullptr) return tr("error.no_opengl_at_all");
  const std::string version = std::to_string(glfwGetWindowAttrib(plain, GLFW_CONTEXT_VERSION_MAJOR)) + "." +
                              std::to_string(glfwGetWindowAttrib(plain, GLFW_CONTEXT_VERSION_MINOR));
  glfwDestroyWindow(plain);
  return "OpenGL " + version;
}

// What the screen has room for, in points; the first screen, as a new window is put there. Nothing is known of one without a size.
void fit_to_screen(int& width, int& height) {
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  if (monitor == nullptr) return;
  int x = 0, y = 0, columns = 0, rows = 0;
  float scale_x = 1, scale_y = 1;
  glfwGetMonitorWorkarea(monitor, &x, &y, &columns, &rows);
  glfwGetMonitorContentScale(monitor, &scale_x, &scale_y);
  if (columns <= 0 || rows <= 0 || scale_x <= 0 || scale_y <= 0) return;
  width = std::min(width, static_cast<int>(static_cast<float>(columns) / scale_x));
  height = std::min(height, static_cast<int>(static_cast<float>(rows) / scale_y));
}

}  // namespace

Window::Window(const WindowOptions& options) {
  if (glfwInit() != GLFW_TRUE) throw base::Failure(tr("error.no_display", fmt::arg("reason", glfw_error())));
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, options.visible ? GLFW_TRUE : GLFW_FALSE);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  glfwWindowHint(GLFW_AUTO_ICONIFY, GLFW_FALSE);  // presenting goes on while notes are read on another screen
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "forklight");
  glfwWindowHint(GLFW_MAXIMIZED, options.maximized ? GLFW_TRUE : GLFW_FALSE);
  int columns = options.width, rows = options.height;
  if (options.fit) fit_to_screen(columns, rows);
  window_ = glfwCreateWindow(columns, rows, options.title.c_str(), nullptr, nullptr);
  if (window_ == nullptr) {
    const std::string reason = glfw_error();
    const std::string offered = offered_opengl();
    glfwTerminate();
    throw base::Failure(tr("error.no_opengl", fmt::arg("found", offered), fmt::arg("reason", reason)));
  }
  glfwMakeContextCurrent(window_);
  if (gladLoadGL(glfwGetProcAddress) == 0) {
    glfwDestroyWindow(window_);
    glfwTerminate();
    throw base::Failure(tr("error.no_opengl", fmt::arg("found", "OpenGL"), fmt::arg("reason", "glad")));
  }
  glfwSwapInterval(1);
  if (const auto* text = reinterpret_cast<const char*>(glGetString(GL_RENDERER)); text != nullptr) renderer_ = text;
  for (const char* program : {"llvmpipe", "softpipe", "swrast", "SwiftShader"}) by_program_ = by_program_ || renderer_.find(program) != std::string::npos;
  glfwSetWindowSizeLimits(window_, 480, 320, GLFW_DONT_CARE, GLFW_DONT_CARE);

  // Ours first: ImGui's back end keeps the callbacks it finds and calls them too.
  glfwSetWindowUserPointer(window_, this);
  glfwSetKeyCallback(window_, on_key);
  glfwSetWindowRefreshCallback(window_, on_anything);
  glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* window, int, int) { on_anything(window); });
  glfwSetCursorPosCallback(window_, [](GLFWwindow* window, double, double) { on_anything(window); });
  glfwSetCursorEnterCallback(window_, [](GLFWwindow* window, int) { on_anything(window); });
  glfwSetMouseButtonCallback(window_, [](GLFWwindow* window, int, int, int) { on_anything(window); });
  glfwSetScrollCallback(window_, [](GLFWwindow* window, double, double) { on_anything(window); });
  glfwSetCharCallback(window_, [](GLFWwindow* window, unsigned) { on_anything(window); });
  glfwSetWindowFocusCallback(window_, [](GLFWwindow* window, int) { on_anything(window); });
  glfwSetDropCallback(window_, on_drop);
  glfwSetWindowContentScaleCallback(window_, [](GLFWwindow* window, float, float) { on_anything(window); });

  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;  // what is remembered is ours to write, where settings belong
  ImGui::GetIO().ConfigInputTextCursorBlink = false;  // nothing on this screen blinks
  ImGui_ImplGlfw_InitForOpenGL(window_, true);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  overlay_.emplace();
}

Window::~Window() {
  canvas_.reset();
  overlay_.reset();
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void Window::on_anything(GLFWwindow* window) {
  owner(window).touched_ = true;
}

void Window::on_drop(GLFWwindow* window, int count, const char** paths) {
  on_anything(window);
  owner(window).dropped_.assign(paths, paths + count);
}

void Window::on_key(GLFWwindow* window, int key, int scancode, int action, int mods) {
  Window& self = owner(window);
  self.touched_ = true;
  if (action == GLFW_RELEASE) return;
  if (const session::Shortcut shortcut = shortcut_for(key, scancode, mods); shortcut.key != session::Key::none)
    self.keys_.push_back(shortcut);
}

bool Window::take_input(double seconds) {
  if (seconds > 0 && !touched_)
    glfwWaitEventsTimeout(seconds);
  else
    glfwPollEvents();
  return std::exchange(touched_, false);
}

void Window::wake() noexcept {
  glfwPostEmptyEvent();
}

void Window::begin_frame() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
}

void Window::end_frame(const std::optional<Lens>& lens, session::Vision vision, bool whole) {
  ImDrawData& frame = *ImGui::GetDrawData();
  // What is laid over the frame is no part of it.
  if (by_program_ && !lens && vision == session::Vision::normal) {
    if (!canvas_ || canvas_->width() != width() || canvas_->height() != height()) canvas_.emplace(width(), height());
    if (whole) canvas_->forget();
    canvas_->draw(frame, whole);
    canvas_->copy_to_window();
    return;
  }
  if (canvas_) canvas_->forget();
  glViewport(0, 0, width(), height());
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(&frame);
  if (lens) overlay_->draw_lens(*lens, frame, LargeGlyphs(), width(), height());
  overlay_->draw_vision(vision, width(), height());
}

void Window::show() {
  glfwSwapBuffers(window_);
}

void Window::upload_fonts() {
  compat::replace_font_texture();
  if (canvas_) canvas_->forget();
}

void Window::write_png(const std::string& path) const {
  const int columns = width();
  const int rows = height();
  const auto pitch = static_cast<std::size_t>(columns) * 4;
  std::vector<std::uint8_t> pixels(pitch * static_cast<std::size_t>(rows));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadBuffer(GL_BACK);
  glReadPixels(0, 0, columns, rows, GL_BGRA, GL_UNSIGNED_BYTE, pixels.data());

  if (const std::string reason = platform::write_png(pixels, columns, rows, path); !reason.empty())
    throw base::Failure(tr("error.screenshot", fmt::arg("path", path), fmt::arg("reason", reason)));
}

bool Window::close_wanted() const noexcept {
  return glfwWindowShouldClose(window_) != 0;
}

void Window::stay() noexcept {
  glfwSetWindowShouldClose(window_, GLFW_FALSE);
}

float Window::content_scale() const noexcept {
  float x = 1;
  float y = 1;
  glfwGetWindowContentScale(window_, &x, &y);
  return std::max(x, y) > 0 ? std::max(x, y) : 1.0f;
}

int Window::width() const noexcept {
  int width = 0;
  glfwGetFramebufferSize(window_, &width, nullptr);
  return width;
}

int Window::height() const noexcept {
  int height = 0;
  glfwGetFramebufferSize(window_, nullptr, &height);
  return height;
}

bool Window::minimized() const noexcept {
  return glfwGetWindowAttrib(window_, GLFW_ICONIFIED) != 0 || width() == 0 || height() == 0;
}

bool Window::maximized() const noexcept {
  return glfwGetWindowAttrib(window_, GLFW_MAXIMIZED) != 0;
}

bool Window::fullscreen() const noexcept {
  return glfwGetWindowMonitor(window_) != nullptr;
}

void Window::set_title(const std::string& title) {
  glfwSetWindowTitle(window_, title.c_str());
}

void Window::set_fullscreen(bool on) {
  if (on == (glfwGetWindowMonitor(window_) != nullptr)) return;
  if (!on) {
    glfwSetWindowMonitor(window_, nullptr, windowed_[0], windowed_[1], windowed_[2], windowed_[3], 0);
    return;
  }
  glfwGetWindowPos(window_, &windowed_[0], &windowed_[1]);
  glfwGetWindowSize(window_, &windowed_[2], &windowed_[3]);
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  const GLFWvidmode* mode = monitor != nullptr ? glfwGetVideoMode(monitor) : nullptr;
  if (mode != nullptr) glfwSetWindowMonitor(window_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
}

std::vector<session::Shortcut> Window::take_keys() {
  return std::exchange(keys_, {});
}

std::vector<std::string> Window::take_dropped() {
  return std::exchange(dropped_, {});
}

}  // namespace forklight::app::platform
