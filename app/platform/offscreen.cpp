#include "app/platform/offscreen.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

#include <cstring>
#include <optional>
#include <string>

#include "app/i18n/i18n.h"
#include "app/platform/imgui_compat.h"
#include "app/platform/large_glyphs.h"
#include "app/platform/overlay.h"
#include "app/platform/sum.h"
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

std::uint64_t sum_of(const ImDrawData& data, session::Vision vision) {
  std::uint64_t sum = kSumBegin + static_cast<std::uint64_t>(vision);
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    add_to_sum(sum, list.VtxBuffer.Data, static_cast<std::size_t>(list.VtxBuffer.size_in_bytes()));
    add_to_sum(sum, list.IdxBuffer.Data, static_cast<std::size_t>(list.IdxBuffer.size_in_bytes()));
    for (const ImDrawCmd& command : list.CmdBuffer) add_to_sum(sum, &command.ClipRect, sizeof command.ClipRect);
  }
  return sum;
}

}  // namespace

struct Offscreen::Gl {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  unsigned frame = 0, picture = 0;
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
  glGenTextures(1, &gl_->picture);
  glBindTexture(GL_TEXTURE_2D, gl_->picture);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_BGRA, GL_UNSIGNED_BYTE, nullptr);
  glGenFramebuffers(1, &gl_->frame);
  glBindFramebuffer(GL_FRAMEBUFFER, gl_->frame);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, gl_->picture, 0);

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
  glDeleteFramebuffers(1, &gl_->frame);
  glDeleteTextures(1, &gl_->picture);
  eglMakeCurrent(gl_->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(gl_->display, gl_->context);
  eglTerminate(gl_->display);
}

void Offscreen::upload_fonts() {
  compat::replace_font_texture();
  drawn_ = 0;
}

void Offscreen::begin_frame(double seconds) {
  ImGui::GetIO().DeltaTime = static_cast<float>(seconds);
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
}

bool Offscreen::end_frame(session::Vision vision) {
  ImGui::Render();
  const std::uint64_t sum = sum_of(*ImGui::GetDrawData(), vision);
  if (sum == drawn_) return false;
  draw({.lists = ImGui::GetDrawData(), .vision = vision});
  drawn_ = sum;
  return true;
}

void Offscreen::draw(const Scene& scene) {
  drawn_ = 0;
  read_ = false;
  glBindFramebuffer(GL_FRAMEBUFFER, gl_->frame);
  glViewport(0, 0, width_, height_);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(scene.lists);
  if (scene.lens && scene.glyphs != nullptr) gl_->overlay->draw_lens(*scene.lens, *scene.lists, *scene.glyphs, width_, height_);
  gl_->overlay->draw_vision(scene.vision, width_, height_);
  if (scene.over != nullptr) ImGui_ImplOpenGL3_RenderDrawData(scene.over);
}

std::span<const std::uint8_t> Offscreen::pixels() {
  if (!read_) {
    pixels_.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 4);
    glBindFramebuffer(GL_FRAMEBUFFER, gl_->frame);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width_, height_, GL_BGRA, GL_UNSIGNED_BYTE, pixels_.data());
    read_ = true;
  }
  return pixels_;
}

}  // namespace forklight::app::platform
