// The line at the foot: how many events, what was lost, how the run stands, who is left.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using i18n::format_count;
using i18n::tr;
using session::RunState;
using timeline::kOpen;

std::string run_words(const session::Session& session) {
  const timeline::Model& model = session.model();
  // fmt::arg refers to what it is given: values that are used twice need names of their own.
  const int runs = session.run_number();  // as the runs that are compared are called
  const std::string taken = i18n::format_duration(model.tasks().empty() ? 0 : session.now_ns() - model.begin_ns());
  const auto number = fmt::arg("number", runs);
  const auto time = fmt::arg("time", taken);
  switch (session.state()) {
    case RunState::ready:
      return tr("status.ready");
    case RunState::running:
      return tr("status.running", number, time);
    case RunState::stopping:
      return tr("status.stopping", number);
    case RunState::finished:
      return tr(model.stopped() ? "status.stopped" : "status.finished", number, time);
    case RunState::opened:
      return tr("status.opened", fmt::arg("file", session.file().filename().string()), time);
  }
  return "";
}

// Processes alone: a thread is nobody's to reap.
std::string process_words(const timeline::Model& model) {
  std::uint64_t count = 0, left = 0;
  for (const timeline::Task& task : model.tasks()) {
    if (task.is_thread()) continue;
    ++count;
    left += task.reaped_ns == kOpen ? 1 : 0;
  }
  const std::string counted = format_count(count);
  const auto total = fmt::arg("count", counted);
  return left == 0 ? tr("status.none_left", total)
                   : tr("status.left", total, fmt::arg("left", format_count(left)));
}

}  // namespace

void draw_status_bar(Context& context, const PanelState& state) {
  const platform::Palette& colors = platform::palette();
  const timeline::Model& model = context.session.model();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetWindowPos();
  const ImVec2 size = ImGui::GetWindowSize();
  const float end = start.x + size.x - px(16) - recording_width(context);
  float x = start.x + px(16);
  // Whole or not at all: the first comes before the last.
  bool full = false;
  const auto add = [&](const std::string& text, Color ink) {
    full = full || (x > start.x + px(16) && x + text_width(Font::small, text) > end);
    if (full) return;
    draw_text_in(list, Font::small, x, start.y, end, start.y + size.y, ink, text);
    x += text_width(Font::small, text) + px(24);
  };
  if (!model.tasks().empty()) {
    add(tr("status.events", fmt::arg("count", format_count(model.event_count())),
           fmt::arg("lost", format_count(model.lost_count()))),
        model.lost_count() > 0 ? platform::readable(colors.warning, colors.status_bar) : colors.text_dim);
  }
  // Whoever wonders about the colours finds the reason first.
  static constexpr std::array<const char*, 4> kVisions = {"", "status.vision.protanopia", "status.vision.deuteranopia", "status.vision.tritanopia"};
  if (const auto vision = static_cast<std::size_t>(context.ui.audience.vision); vision != 0) add(tr(kVisions[vision]), colors.text);
  const float run_from = x;
  add(run_words(context.session), colors.text_dim);
  if (const std::string origin = context.session.origin_words(); !origin.empty()) {
    ImGui::SetCursorScreenPos({run_from - px(6), start.y});
    if (hit(context.ui, "origin", {x - run_from - px(12), size.y}).clicked) context.ui.push("origin");
    tooltip(origin);
  }
  if (!model.tasks().empty()) add(process_words(model), colors.text_dim);
  if (model.kernel().mode() != trace::Observing::nothing) {
    const bool perf = model.kernel().mode() == trace::Observing::perf;
    const float from = x;
    const std::uint64_t lost = model.kernel().lost();
    const std::string counted = format_count(lost);
    const bool refused = model.kernel().refusal() != 0;
    add(!perf ? tr(refused ? "status.kernel.refused" : "status.kernel.sampling") : lost == 0 ? tr("status.kernel.perf") : tr("status.kernel.lost", fmt::arg("lost", counted)),
        perf && lost == 0 ? colors.text_dim : platform::readable(colors.warning, colors.status_bar));
    ImGui::SetCursorScreenPos({from - px(6), start.y});
    if (full) return;
    if (hit(context.ui, "kernel", {x - from - px(12), size.y}).clicked) context.ui.push("kernel");
    tooltip(context.session.kernel_words());
  }

  std::string right;
  if (context.session.live()) {
    right = tr(context.ui.follow ? "status.following" : "status.not_following");
    if (state.frame_rate > 0) right += " · " + tr("status.fps", fmt::arg("fps", std::lround(state.frame_rate)));
  } else {
    right = tr("status.keys");
  }
  const float right_at = end - text_width(Font::small, right);
  if (right_at > x)
    draw_text_in(list, Font::small, right_at, start.y, end + 1, start.y + size.y, colors.text_dim, right);
}

}  // namespace forklight::app::panels
