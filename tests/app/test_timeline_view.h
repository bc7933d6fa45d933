// Runs written by hand, and a headless Dear ImGui that shows them: for the tests of the timeline.
#pragma once

#include <doctest/doctest.h>
#include <imgui.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "app/platform/imgui_compat.h"
#include "app/platform/theme.h"
#include "app/timeline/timeline_view.h"

namespace forklight::timeline_test {

using app::timeline_view::Drawn;
using app::timeline_view::Source;
using app::timeline_view::TimelineView;
using timeline::AxisKind;
using timeline::Model;
using timeline::TaskId;
using trace::Kind;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kBegin = 5'000'000'000;  // of CLOCK_MONOTONIC: runs do not begin at zero

// Writes a run as the recorders would.
class Run {
 public:
  Run& at(double ms) {
    now_ = kBegin + static_cast<std::int64_t>(ms * static_cast<double>(kMs));
    return *this;
  }
  Run& at_ns(std::int64_t ns) {
    now_ = kBegin + ns;
    return *this;
  }
  Run& write(TaskId task, Kind kind, std::uint32_t object = 0, std::uint64_t a = 0, std::uint64_t b = 0,
             std::string text = {}) {
    records_.push_back({{now_, kind, 7, object, a, b}, task, std::move(text)});
    return *this;
  }
  Run& begin(TaskId task, const std::string& name, TaskId parent = 0) {
    return write(task, Kind::task_begin, 0, (4200ULL + task) << 32 | (4200ULL + task), parent, name);
  }
  Run& thread(TaskId task, TaskId process, const std::string& name) {
    return write(task, Kind::task_begin, 0, (4200ULL + process) << 32 | (4200ULL + task), process, name);
  }
  Run& object(TaskId maker, std::uint32_t id, trace::ObjectKind kind, std::uint32_t size, const std::string& name) {
    return write(maker, Kind::object_new, id, static_cast<std::uint64_t>(kind), size, name);
  }
  Run& block(TaskId task, trace::BlockReason reason, std::uint32_t on) {
    return write(task, Kind::block_begin, on, static_cast<std::uint64_t>(reason), UINT64_MAX);
  }
  Run& unblock(TaskId task, trace::BlockReason reason, std::uint32_t on) {
    return write(task, Kind::block_end, on, static_cast<std::uint64_t>(reason));
  }
  Run& die(TaskId task, int status) {
    return write(0, Kind::death, task, static_cast<std::uint64_t>(status), 4200 + task);
  }
  Run& reap(TaskId task, TaskId by, int status) {
    return write(by, Kind::reap, task, static_cast<std::uint64_t>(status), 4200 + task);
  }
  [[nodiscard]] Model model() const {
    Model model;
    model.append(records_);
    return model;
  }

 private:
  std::int64_t now_ = kBegin;
  std::vector<trace::Record> records_;
};

class Screen {
 public:
  explicit Screen(float width = 960, float height = 600)
      : width_(width), height_(height), context_(ImGui::CreateContext()) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(width, height);
    io.DeltaTime = 1.0f / 60;
    // As the OpenGL back end says: more vertices than an index of 16 bits reaches.
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    app::platform::compat::headless_atlas(io);
    app::platform::set_scale(1);
    app::platform::set_theme(app::session::ThemeName::stage);
    io.MousePos = ImVec2(-1, -1);
  }
  ~Screen() { ImGui::DestroyContext(context_); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void frame(const Model& model, bool live = false, std::int64_t now_ns = 0) {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(width_, height_));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
    ImGui::Begin("screen", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    ImGui::PopStyleVar(2);
    view.draw(Source{model, now_ns == 0 ? model.end_ns() : now_ns, live}, ui);
    ImGui::End();
    ImGui::Render();
    ImGui::GetIO().MouseWheel = 0;
  }
  void move(float x, float y) { ImGui::GetIO().MousePos = ImVec2(x, y); }
  void button(bool down) { ImGui::GetIO().MouseDown[0] = down; }
  void click(const Model& model, float x, float y) {
    move(x, y);
    frame(model);
    button(true);
    frame(model);
    button(false);
    frame(model);
  }
  [[nodiscard]] int vertices() const { return ImGui::GetDrawData()->TotalVtxCount; }
  [[nodiscard]] const Drawn* find(Drawn::What what, TaskId task) const {
    const auto& drawn = view.drawn();
    const auto found =
        std::find_if(drawn.begin(), drawn.end(), [&](const Drawn& d) { return d.what == what && d.task == task; });
    return found == drawn.end() ? nullptr : &*found;
  }
  [[nodiscard]] std::vector<Drawn> spans(TaskId task) const {
    std::vector<Drawn> result;
    for (const Drawn& d : view.drawn()) {
      if (d.what == Drawn::What::span && d.task == task) result.push_back(d);
    }
    return result;
  }

  TimelineView view;
  app::session::UiState ui;

 private:
  float width_, height_;
  ImGuiContext* context_;
};

// What every frame must keep to, whatever it shows.
inline void check_inside(const Screen& screen, float width, float height) {
  for (const Drawn& d : screen.view.drawn()) {
    CHECK(d.x0 >= -0.5f);
    CHECK(d.x1 <= width + 0.5f);
    CHECK(d.x1 >= d.x0);
    CHECK(d.y1 >= d.y0);
  }
  const ImDrawData* data = ImGui::GetDrawData();
  for (int i = 0; i < data->CmdListsCount; ++i) {
    for ([[maybe_unused]] const ImDrawCmd& command : data->CmdLists[i]->CmdBuffer) {
      CHECK(command.ClipRect.x >= 0);
      CHECK(command.ClipRect.y >= 0);
      CHECK(command.ClipRect.z <= width);
      CHECK(command.ClipRect.w <= height);
    }
  }
}

}  // namespace forklight::timeline_test
