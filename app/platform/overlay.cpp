#include "app/platform/overlay.h"

#include <glad/gl.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/platform/imgui_compat.h"
#include "app/platform/large_glyphs.h"
#include "app/platform/vision.h"

namespace forklight::app::platform {
namespace {

// One triangle that covers everything.
constexpr const char* kWhole = R"(#version 330 core
void main() { gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0); }
)";

constexpr const char* kLens = R"(#version 330 core
uniform sampler2D picture;
uniform vec2 middle;
uniform float radius;
uniform float rim;
uniform vec3 ring;
out vec4 color;
void main() {
  vec2 from_middle = gl_FragCoord.xy - middle;
  float away = length(from_middle);
  vec3 seen = texture(picture, (from_middle + radius) / (2.0 * radius)).rgb;
  float on_ring = clamp(away - (radius - rim) + 0.5, 0.0, 1.0);
  float inside = clamp(radius - away + 0.5, 0.0, 1.0);
  float shade = clamp(1.0 - (away - radius) / (2.0 * rim), 0.0, 1.0) * 0.35;
  color = vec4(mix(vec3(0.0), mix(seen, ring, on_ring), inside), max(inside, shade));
}
)";

constexpr const char* kVision = R"(#version 330 core
uniform sampler2D picture;
uniform mat3 cones;
out vec4 color;
void main() {
  vec3 c = texelFetch(picture, ivec2(gl_FragCoord.xy), 0).rgb;
  vec3 linear = mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
  vec3 seen = clamp(cones * linear, 0.0, 1.0);
  color = vec4(mix(seen * 12.92, 1.055 * pow(seen, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, seen)), 1.0);
}
)";

unsigned compile(unsigned kind, const char* text) {
  const unsigned shader = glCreateShader(kind);
  glShaderSource(shader, 1, &text, nullptr);
  glCompileShader(shader);
  return shader;
}

unsigned program(const char* fragment) {
  const unsigned made = glCreateProgram();
  for (const unsigned shader : {compile(GL_VERTEX_SHADER, kWhole), compile(GL_FRAGMENT_SHADER, fragment)}) {
    glAttachShader(made, shader);
    glDeleteShader(shader);  // goes with the program
  }
  glLinkProgram(made);
  return made;
}

unsigned texture() {
  unsigned made = 0;
  glGenTextures(1, &made);
  glBindTexture(GL_TEXTURE_2D, made);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  return made;
}

struct Channels {
  float r, g, b;
};
Channels channels(Color color) {
  return {static_cast<float>(color & 0xff) / 255, static_cast<float>(color >> 8 & 0xff) / 255, static_cast<float>(color >> 16 & 0xff) / 255};
}

// Over what is there, all of it or a part.
void draw_whole(unsigned with, unsigned array) {
  glDisable(GL_CULL_FACE);
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_STENCIL_TEST);
  glUseProgram(with);
  glBindVertexArray(array);
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glBindVertexArray(0);
  glUseProgram(0);
}

}  // namespace

Overlay::~Overlay() {
  if (array_ == 0) return;
  for (const unsigned made : {lens_program_, vision_program_}) glDeleteProgram(made);
  for (const unsigned made : {lens_texture_, copy_}) glDeleteTextures(1, &made);
  glDeleteFramebuffers(1, &lens_frame_);
  glDeleteVertexArrays(1, &array_);
}

void Overlay::prepare() {
  if (array_ != 0) return;
  glGenVertexArrays(1, &array_);
  lens_program_ = program(kLens);
  vision_program_ = program(kVision);
  lens_texture_ = texture();
  copy_ = texture();
  glGenFramebuffers(1, &lens_frame_);
}

void Overlay::resize(unsigned texture, int& width, int& height, int to_width, int to_height) {
  glBindTexture(GL_TEXTURE_2D, texture);
  if (width == to_width && height == to_height) return;
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, to_width, to_height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  width = to_width;
  height = to_height;
}

void Overlay::draw_lens(const Lens& lens, const ImDrawData& frame, const LargeGlyphs& glyphs, int width, int height) {
  if (!frame.Valid) return;
  prepare();
  const int side = static_cast<int>(std::ceil(lens.radius * 2));
  resize(lens_texture_, lens_width_, lens_height_, side, side);

  GLint into = 0;
  glGetIntegerv(GL_FRAMEBUFFER_BINDING, &into);
  glBindFramebuffer(GL_FRAMEBUFFER, lens_frame_);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, lens_texture_, 0);
  const Channels beside = channels(lens.beside);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(beside.r, beside.g, beside.b, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImDrawData larger = frame;
  std::vector<ImDrawList*> lists;
  for (int i = 0; i < frame.CmdListsCount; ++i) {
    lists.push_back(frame.CmdLists[i]->CloneOutput());
    glyphs.replace_in(*lists.back(), lens.zoom);
  }
  compat::set_lists(larger, lists);
  larger.FramebufferScale = {frame.FramebufferScale.x * lens.zoom, frame.FramebufferScale.y * lens.zoom};
  larger.DisplaySize = {(static_cast<float>(side) + 0.5f) / larger.FramebufferScale.x, (static_cast<float>(side) + 0.5f) / larger.FramebufferScale.y};
  larger.DisplayPos = {lens.x - larger.DisplaySize.x / 2, lens.y - larger.DisplaySize.y / 2};
  ImGui_ImplOpenGL3_RenderDrawData(&larger);
  for (ImDrawList* list : lists) IM_DELETE(list);
  glBindFramebuffer(GL_FRAMEBUFFER, static_cast<unsigned>(into));

  const float x = (lens.x - frame.DisplayPos.x) * frame.FramebufferScale.x, y = static_cast<float>(height) - (lens.y - frame.DisplayPos.y) * frame.FramebufferScale.y;
  const float radius = static_cast<float>(side) / 2, rim = std::max(2.0f, radius / 60);
  const int reach = static_cast<int>(radius + 3 * rim);
  glViewport(0, 0, width, height);
  glEnable(GL_SCISSOR_TEST);
  glScissor(static_cast<int>(x) - reach, static_cast<int>(y) - reach, 2 * reach, 2 * reach);
  glEnable(GL_BLEND);
  glBlendEquation(GL_FUNC_ADD);
  glBlendFunc(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA);
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, lens_texture_);
  glUseProgram(lens_program_);
  glUniform1i(glGetUniformLocation(lens_program_, "picture"), 0);
  glUniform2f(glGetUniformLocation(lens_program_, "middle"), x, y);
  glUniform1f(glGetUniformLocation(lens_program_, "radius"), radius);
  glUniform1f(glGetUniformLocation(lens_program_, "rim"), rim);
  const Channels ring = channels(lens.ring);
  glUniform3f(glGetUniformLocation(lens_program_, "ring"), ring.r, ring.g, ring.b);
  draw_whole(lens_program_, array_);
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_BLEND);
}

void Overlay::draw_vision(session::Vision vision, int width, int height) {
  if (vision == session::Vision::normal || width <= 0 || height <= 0) return;
  prepare();
  glActiveTexture(GL_TEXTURE0);
  resize(copy_, copy_width_, copy_height_, width, height);
  GLint into = 0;
  glGetIntegerv(GL_FRAMEBUFFER_BINDING, &into);
  glReadBuffer(into == 0 ? GL_BACK : GL_COLOR_ATTACHMENT0);
  glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 0, 0, width, height);
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_BLEND);
  glUseProgram(vision_program_);
  glUniform1i(glGetUniformLocation(vision_program_, "picture"), 0);
  glUniformMatrix3fv(glGetUniformLocation(vision_program_, "cones"), 1, GL_TRUE, vision_matrix(vision).data());
  draw_whole(vision_program_, array_);
}

}  // namespace forklight::app::platform
