// The find bar above the timeline; what it found is lit where it stands.
#include <algorithm>
#include <chrono>
#include <utility>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/session/navigate.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::Find;
using session::FindState;

constexpr float kHeight = 30, kMargin = 12, kField = 260;  // points
constexpr auto kSlice = std::chrono::milliseconds(4);      // of a frame, for looking

// As the console and the list of events have it, and the whole of a text that they cut.
void words_of(const timeline::Model& model, const timeline::EventRef& event, std::string& text) {
  text += event_words(model, event);
  if (event.text == 0) return;
  text += '\n';
  text += model.text(event.text);
}

std::string count_words(const FindState& find) {
  const std::string count = i18n::format_count(find.found.count()), place = i18n::format_count(find.found.place());
  if (find.entry.empty()) return {};
  if (find.found.count() == 0) return find.found.done() ? tr("find.nothing") : tr("find.looking", fmt::arg("percent", static_cast<int>(find.found.share() * 100)));
  const std::string key = std::string(find.found.place() == 0 ? "find.count" : "find.place") + (find.found.done() ? "" : ".looking");
  return tr(key, fmt::arg("place", place), fmt::arg("count", count), fmt::arg("percent", static_cast<int>(find.found.share() * 100)));
}

const char* where_words(Find::Where where) {
  switch (where) {
    case Find::Where::name:
      return tr("find.where.name");
    case Find::Where::note:
      return tr("find.where.note");
    case Find::Where::console:
      return tr("find.where.console");
    case Find::Where::event:
      break;
  }
  return tr("find.where.event");
}

}  // namespace

void update_find(Context& context) {
  FindState& find = context.ui.find;
  if (!find.open) {
    find.has_keyboard = find.first_wanted = false;
    return;
  }
  const session::Session& session = context.session;
  find.found.update(session.model(), session.notes(), session.notes_revision(), words_of, kSlice);
  if (!find.first_wanted) return;
  const auto hit = find.found.go_from(find.from_ns.value_or(session.model().begin_ns()));
  if (hit) session::show_moment_of(context, {hit->subject, hit->time_ns});
  if (hit || find.found.done()) find.first_wanted = false;
}

void light_found(const UiState& ui, ImDrawList* list, Font font, float x, float y0, float y1, float x1, std::string_view text) {
  const std::string& folded = ui.find.found.folded();
  if (!ui.find.open || folded.empty()) return;
  const Color ground = platform::with_alpha(palette().warning, 0.38f);
  for (std::size_t at = session::find_folded(text, folded); at != std::string_view::npos; at = session::find_folded(text, folded, at + folded.size())) {
    const float from = x + text_width(font, text.substr(0, at)), to = from + text_width(font, text.substr(at, folded.size()));
    if (from >= x1) return;
    list->AddRectFilled({from - px(1), y0 + px(1)}, {std::min(to + px(1), x1), y1 - px(1)}, ground, px(3));
  }
}

void draw_find_bar(Context& context) {
  UiState& ui = context.ui;
  FindState& find = ui.find;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetWindowPos();
  const float width = ImGui::GetWindowWidth(), height = ImGui::GetWindowHeight(), top = (height - px(kHeight)) / 2;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(4), 0));

  // Close at the right end, then the two ways to go; the field and the count have what is left.
  constexpr ButtonLook kPrevious{Icon::chevron_up, false, false, ButtonStyle::quiet}, kNext{Icon::chevron_down, false, false, ButtonStyle::quiet}, kClose{Icon::close, false, false, ButtonStyle::quiet};
  const float close_at = width - px(kMargin) - command_button_width("find.close", kClose);
  const float next_at = close_at - px(8) - command_button_width("find.next", kNext);
  const float previous_at = next_at - px(4) - command_button_width("find.previous", kPrevious);
  const float field = std::clamp(previous_at - px(kMargin + 28 + 8), px(40), px(kField));

  draw_icon(list, Icon::find, {corner.x + px(kMargin + 8), corner.y + height / 2}, px(14), palette().text_dim);
  ImGui::SetCursorPos({px(kMargin + 24), top});
  ImGui::SetNextItemWidth(field);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(10), std::max(0.0f, (px(kHeight) - line_height(Font::body)) / 2)));
  const bool fresh = std::exchange(find.fresh, false);
  if (fresh) ImGui::SetKeyboardFocusHere();
  if (ImGui::InputTextWithHint("##find", tr("find.hint"), &find.entry, ImGuiInputTextFlags_AutoSelectAll)) {
    find.found.look_for(find.entry);
    find.first_wanted = !find.entry.empty();
  }
  find.has_keyboard = ImGui::IsItemActive() || fresh;  // which it gets in the next frame
  ImGui::PopStyleVar();

  const float words_at = px(kMargin + 24) + field + px(12);
  const std::string count = count_words(find);
  if (words_at + text_width(Font::body, count) < previous_at) {
    const bool nothing = !find.entry.empty() && find.found.done() && find.found.count() == 0;
    const Color ink = nothing ? platform::readable(palette().warning, palette().panel) : palette().text;
    draw_text_in(list, Font::body, corner.x + words_at, corner.y, corner.x + previous_at, corner.y + height, ink, count);
    const auto hit = find.found.place() > 0 ? find.found.current() : std::nullopt;
    const float where_at = words_at + text_width(Font::body, count) + px(16);
    if (hit && where_at + text_width(Font::small, where_words(hit->where)) < previous_at)
      draw_text_in(list, Font::small, corner.x + where_at, corner.y, corner.x + previous_at, corner.y + height, palette().text_dim, where_words(hit->where));
  }
  ImGui::SetCursorPos({previous_at, top});
  command_button(context, "find.previous", kPrevious);
  ImGui::SetCursorPos({next_at, top});
  command_button(context, "find.next", kNext);
  ImGui::SetCursorPos({close_at, top});
  command_button(context, "find.close", kClose);
  ImGui::PopStyleVar();

  list->AddLine({corner.x, corner.y + height - 1}, {corner.x + width, corner.y + height - 1}, palette().line);
  if (!find.found.done())
    list->AddRectFilled({corner.x, corner.y + height - px(2)}, {corner.x + width * static_cast<float>(find.found.share()), corner.y + height}, palette().accent_text);
}

}  // namespace forklight::app::panels
