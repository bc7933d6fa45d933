#include "app/platform/canvas.h"

#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>

namespace forklight::app::platform {

Canvas::Canvas(int width, int height) : width_(width), height_(height), changes_(width, height) {
  glGenTextures(1, &picture_);
  glBindTexture(GL_TEXTURE_2D, picture_);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_BGRA, GL_UNSIGNED_BYTE, nullptr);
  glGenFramebuffers(1, &frame_);
  bind();
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, picture_, 0);
}

Canvas::~Canvas() {
  glDeleteFramebuffers(1, &frame_);
  glDeleteTextures(1, &picture_);
}

const std::vector<PixelRect>& Canvas::draw(ImDrawData& frame, bool whole) {
  parts_ = changes_.find(frame);
  if (parts_.empty()) return parts_;
  if (whole)
    parts_ = {{0, 0, width_, height_}};
  else
    changes_.keep(frame);
  bind();
  glViewport(0, 0, width_, height_);
  glClearColor(0, 0, 0, 1);
  glEnable(GL_SCISSOR_TEST);
  for (const PixelRect& part : parts_) {
    glScissor(part.x, part.y, part.width, part.height);
    glClear(GL_COLOR_BUFFER_BIT);
  }
  glDisable(GL_SCISSOR_TEST);
  ImGui_ImplOpenGL3_RenderDrawData(&frame);
  return parts_;
}

void Canvas::bind() const { glBindFramebuffer(GL_FRAMEBUFFER, frame_); }

void Canvas::copy_to_window() const {
  glBindFramebuffer(GL_READ_FRAMEBUFFER, frame_);
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
  glBlitFramebuffer(0, 0, width_, height_, 0, 0, width_, height_, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
}

}  // namespace forklight::app::platform
