#include "app/platform/offscreen.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/platform/canvas.h"
#include "app/platform/imgui_compat.h"
#include "app/platform/large_glyphs.h"
#include "app/platform/overlay.h"
#include "core/base/error.h"

namespace forklight::app::platform {
namespace {

using i18n::tr;

[[noreturn]] void refuse(const std::string& reason) { throw base::Failure(tr("film.no_opengl", fmt::arg("reason", reason))); }

// Mesa's way of drawing to nobody; else whatever display there is.
EGLDisplay any_display() {
  const char* const extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  const auto get = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
  if (extensions != nullptr && get != nullptr && std::strstr(extensions, "EGL_MESA_platform_surfaceless") != nullptr) {
    const EGLDisplay display = get(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (display != EGL_NO_DISPLAY && eglInitialize(display, nullptr, nullptr) == EGL_TRUE) return display;
  }
  const EGLDisplay display = eglGetDisplay(EGL_DEFAULT_DISPLAY);
  if (display == EGL_NO_DISPLAY || eglInitialize(display, nullptr, nullptr) != EGL_TRUE) refuse("eglInitialize");
  return display;
}

}  // namespace

struct Offscreen::Gl {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  std::optional<Canvas> canvas;
  std::optional<Overlay> overlay;
};

Offscreen::Offscreen(int width, int height) : gl_(std::make_unique<Gl>()), width_(width), height_(height) {
  gl_->display = any_display();
  const EGLint wanted[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3, EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
  if (eglBindAPI(EGL_OPENGL_API) == EGL_TRUE) gl_->context = eglCreateContext(gl_->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, wanted);
  if (gl_->context == EGL_NO_CONTEXT || eglMakeCurrent(gl_->display, EGL_NO_SURFACE, EGL_NO_SURFACE, gl_->context) != EGL_TRUE) {
    eglTerminate(gl_->display);
    refuse("eglCreateContext");
  }
  GLint largest = 0;
  if (gladLoadGL(reinterpret_cast<GLADloadfunc>(eglGetProcAddress)) != 0) glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest);
  if (width > largest || height > largest) {
    eglTerminate(gl_->display);
    refuse("GL_MAX_TEXTURE_SIZE " + std::to_string(largest));
  }
  gl_->canvas.emplace(width, height);

  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigInputTextCursorBlink = false;
  io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
  io.MousePos = ImVec2(-FLT_MAX, -FLT_MAX);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  gl_->overlay.emplace();
}

Offscreen::~Offscreen() {
  gl_->overlay.reset();
  ImGui_ImplOpenGL3_Shutdown();
  ImGui::DestroyContext();
  gl_->canvas.reset();
  eglMakeCurrent(gl_->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(gl_->display, gl_->context);
  eglTerminate(gl_->display);
}

void Offscreen::upload_fonts() {
  compat::replace_font_texture();
  gl_->canvas->forget();
}

void Offscreen::begin_frame(double seconds) {
  ImGui::GetIO().DeltaTime = static_cast<float>(seconds);
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
}

bool Offscreen::end_frame(session::Vision vision) {
  ImGui::Render();
  ImDrawData& frame = *ImGui::GetDrawData();
  if (vision != std::exchange(vision_, vision)) gl_->canvas->forget();
  // Other eyes see the finished picture: it cannot be finished in parts.
  const std::vector<PixelRect>& parts = gl_->canvas->draw(frame, vision != session::Vision::normal);
  if (parts.empty()) return false;
  gl_->overlay->draw_vision(vision, width_, height_);
  drawn_.insert(drawn_.end(), parts.begin(), parts.end());
  return true;
}

void Offscreen::draw(const Scene& scene) {
  gl_->canvas->forget();  // they came from elsewhere, and may go anywhere: all of it anew
  gl_->canvas->bind();
  glViewport(0, 0, width_, height_);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(scene.lists);
  if (scene.lens && scene.glyphs != nullptr) gl_->overlay->draw_lens(*scene.lens, *scene.lists, *scene.glyphs, width_, height_);
  gl_->overlay->draw_vision(scene.vision, width_, height_);
  if (scene.over != nullptr) ImGui_ImplOpenGL3_RenderDrawData(scene.over);
  drawn_ = {{0, 0, width_, height_}};
}

Picture Offscreen::picture() {
  taken_ = std::exchange(drawn_, {});
  pixels_.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 4);
  gl_->canvas->bind();
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  glPixelStorei(GL_PACK_ROW_LENGTH, width_);
  for (const PixelRect& part : taken_) {
    const std::size_t first = (static_cast<std::size_t>(part.y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(part.x)) * 4;
    glReadPixels(part.x, part.y, part.width, part.height, GL_BGRA, GL_UNSIGNED_BYTE, pixels_.data() + first);
  }
  glPixelStorei(GL_PACK_ROW_LENGTH, 0);
  return {pixels_, taken_};
}

}  // namespace forklight::app::platform
