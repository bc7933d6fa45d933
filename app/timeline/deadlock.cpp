#include "app/timeline/deadlock.h"

#include <algorithm>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/shapes.h"
#include "app/timeline/text.h"
#include "app/timeline/timeline_view.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using platform::Font;
using platform::px;
using timeline::Model;

constexpr double kBetween = 0.25;  // seconds
constexpr float kLeastBelow = 120;  // points that stay for the timeline

// A command's button, with its key.
struct Button {
  std::string title, key;
  ImVec2 size{0, 0};

  Button() = default;
  explicit Button(std::string_view command) {
    const session::Command* found = session::find_command(command);
    if (found == nullptr) return;
    title = tr(fmt::format("command.{}", command));
    key = session::to_string(found->shortcut);
    size = {measure(Font::strong, title).x + px(10) + measure(Font::small, key).x + px(28), measure(Font::strong, title).y + px(10)};
  }
  explicit operator bool() const { return size.x > 0; }
  void draw(ImDrawList* list, const Rect& rect, bool hovered) const {
    const platform::Palette& colors = platform::palette();
    fill(list, rect, hovered ? platform::mix(colors.run_button, colors.text, 0.1f) : colors.run_button, px(6));
    write(list, Font::strong, ImVec2(rect.x0 + px(14), rect.y0 + px(5)), colors.run_button_text, title);
    const ImVec2 hint = measure(Font::small, key);
    write(list, Font::small, ImVec2(rect.x1 - px(14) - hint.x, (rect.y0 + rect.y1 - hint.y) * 0.5f), colors.run_button_text, key);
  }
};

}  // namespace

void DeadlockWatch::update(const Model& model, std::int64_t moment_ns, double seconds) {
  const bool other_run = model.begin_ns() != run_begin_ns_;
  if (other_run) found_ = {};
  const bool same = model.revision() == revision_ && moment_ns == moment_ns_ && !other_run;
  if (same || (asked_at_ >= 0 && seconds - asked_at_ < kBetween && !other_run)) return;
  asked_at_ = seconds;
  revision_ = model.revision();
  moment_ns_ = moment_ns;
  run_begin_ns_ = model.begin_ns();
  found_ = timeline::find_deadlock(model, moment_ns);
}

std::int64_t DeadlockWatch::since_ns() const noexcept {
  std::int64_t since = 0;
  for (const timeline::Wait& wait : found_.chain) since = std::max(since, wait.since_ns);
  return since;
}

std::string DeadlockWatch::text(const Model& model) const {
  std::string all;
  for (const std::string& clause : deadlock_words(model, found_))
    all += (all.empty() ? "" : tr("timeline.deadlock.arrow")) + clause;
  return all;
}

std::int64_t deadlock_moment(const Model& model, const session::UiState& ui, std::int64_t now_ns, bool live) {
  if (live) return now_ns;
  if (ui.selection.time_ns) return *ui.selection.time_ns;
  return timeline::last_before_stop(model).value_or(now_ns);
}

CallOut draw_deadlock(ImDrawList* list, const Rect& window, const Model& model, const DeadlockWatch& watch,
                      const Source& source, ImVec2 mouse) {
  const Rect nothing{window.x0, window.y0, window.x1, window.y0};
  if (!watch.found()) return {nothing};
  const platform::Palette& colors = platform::palette();
  const platform::Color ground = platform::mix(colors.panel, colors.error, 0.16f);
  const std::string title = tr("timeline.deadlock.title");
  const std::string since =
      tr("timeline.deadlock.since",
         fmt::arg("duration", i18n::format_duration(std::max<std::int64_t>(watch.moment_ns() - watch.since_ns(), 0))));
  const std::string text = watch.text(model);
  const std::string cure_key = fmt::format("scenario.{}.cure", source.scenario);
  const std::string cure =
      !source.scenario.empty() && i18n::has(cure_key) ? tr("timeline.deadlock.cure", fmt::arg("text", tr(cure_key))) : "";
  const Button button = source.curable ? Button("cure") : Button();

  const float pad = px(14), gap = px(4), wrap = std::max(window.width() - 2 * pad - px(10), px(40));
  // Words and button share a line where both fit; else the button stands at the end of the title's, or has its own.
  const float beside = wrap - button.size.x - px(16);
  const bool apart = button && measure(Font::body, cure).x > beside;
  const ImVec2 title_size = measure(Font::strong, title), text_size = measure(Font::body, text, wrap),
               words_size = cure.empty() ? ImVec2(0, 0) : measure(Font::body, cure, wrap);
  const bool by_title = apart && measure(Font::strong, title).x + px(26) + measure(Font::small, since).x <= beside, own_line = apart && !by_title;
  const float cure_height = by_title ? words_size.y : own_line ? words_size.y + gap + button.size.y : std::max(words_size.y, button.size.y);
  float height = px(8) + title_size.y + gap + text_size.y + px(9);
  const float room = window.height() - px(kLeastBelow), lower = by_title ? std::max(button.size.y - title_size.y, 0.0f) : 0;
  const bool with_cure = !cure.empty() && height + lower + gap + cure_height <= room;
  if (with_cure) height += lower + gap + cure_height;
  height = std::min(height, std::max(room, 0.0f));
  if (height < title_size.y + px(8)) return {nothing};

  const Rect strip{window.x0, window.y0, window.x1, window.y0 + height};
  CallOut result{strip};
  fill(list, strip, ground);
  fill(list, {strip.x0, strip.y0, strip.x0 + px(5), strip.y1}, colors.error);
  line(list, strip.x0, strip.y1, strip.x1, strip.y1, colors.error, px(1.5f));
  list->PushClipRect(ImVec2(strip.x0, strip.y0), ImVec2(strip.x1, strip.y1), true);
  const float x = strip.x0 + pad + px(4);
  float y = strip.y0 + px(8) + (with_cure ? lower * 0.5f : 0);
  write(list, Font::strong, ImVec2(x, y), platform::readable(colors.error, ground), title);
  write(list, Font::small, ImVec2(x + title_size.x + px(10), y + title_size.y - measure(Font::small, since).y),
        platform::readable(colors.text_dim, ground), since);
  y += title_size.y + gap + (with_cure ? lower * 0.5f : 0);
  write(list, Font::body, ImVec2(x, y), colors.text, text, wrap);
  y += text_size.y + gap;
  if (with_cure) {
    const float down = apart || !button ? 0 : (cure_height - words_size.y) * 0.5f;
    write(list, Font::body, ImVec2(x, y + down), platform::readable(colors.ok, ground), cure, wrap);
    if (button) {
      const ImVec2 at = by_title ? ImVec2(strip.x1 - pad - button.size.x, strip.y0 + px(6)) : own_line ? ImVec2(x, y + words_size.y + gap) : ImVec2(x + words_size.x + px(16), y);
      result.button = {at.x, at.y, at.x + button.size.x, at.y + button.size.y};
      button.draw(list, result.button, result.button.contains(mouse.x, mouse.y));
    }
  }
  list->PopClipRect();
  return result;
}

}  // namespace forklight::app::timeline_view
