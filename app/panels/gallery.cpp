// The gallery: every lesson as a card, with a picture of a real run of it, what it promises, and how long it took.
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/session/gallery.h"
#include "app/timeline/text.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using session::GalleryState;
using session::LessonPicture;

constexpr float kCard = 268, kGap = 14, kPicture = 112;  // points
constexpr std::size_t kPromiseLines = 2;

struct Place {
  int row, column;
};

std::string text_of(std::string_view id, const char* what) { return tr("scenario." + std::string(id) + "." + what); }

std::string time_words(const LessonPicture& picture) {
  const std::string time = i18n::format_duration(picture.took_ns);
  if (picture.end == LessonPicture::End::goes_on) return tr("gallery.goes_on");
  return tr(picture.end == LessonPicture::End::stands_still ? "gallery.stands_still" : "gallery.took", fmt::arg("time", time));
}

float card_height() { return px(kPicture) + px(12) + line_height(Font::strong) + px(6) + leading(Font::small) * static_cast<float>(kPromiseLines) + px(8) + line_height(Font::small) + px(10); }

// One card at the cursor; true if it was clicked.
bool draw_card(Context& context, std::string_view id, float width, bool chosen) {
  const Hit card = hit(context.ui, std::string(id).c_str(), {width, card_height()});
  ImDrawList* list = ImGui::GetWindowDrawList();
  const platform::Palette& colors = palette();
  const bool at_hand = context.session.scenario().id == id;
  list->AddRectFilled(card.min, card.max, card.hovered ? colors.hover : chosen ? colors.selected : colors.panel_raised, px(8));
  const ImVec2 picture_end(card.max.x, card.min.y + px(kPicture));
  list->AddRectFilled({card.min.x + px(4), card.min.y + px(4)}, {picture_end.x - px(4), picture_end.y}, colors.lane, px(6));
  const LessonPicture* picture = session::lesson_picture(id);
  if (picture != nullptr) draw_lesson_picture(list, {card.min.x + px(4), card.min.y + px(4)}, {picture_end.x - px(4), picture_end.y}, *picture);

  const float left = card.min.x + px(14), right = card.max.x - px(14);
  float y = picture_end.y + px(12);
  const std::string title = text_of(id, "title");
  draw_text(list, Font::strong, {left, y}, colors.text, timeline_view::shortened(Font::strong, title, right - left));
  y += line_height(Font::strong) + px(6);
  const std::string promise = text_of(id, "promise");
  std::vector<std::string_view> lines = wrap(Font::small, promise, right - left);
  std::string last;
  std::size_t shown = 0;  // where the last line that has room begins
  if (lines.size() > kPromiseLines) {
    lines.resize(kPromiseLines);
    shown = static_cast<std::size_t>(lines.back().data() - promise.data());
    last = timeline_view::shortened(Font::small, promise.substr(shown), right - left);
    lines.back() = last;
  }
  draw_lines(list, Font::small, {left, y}, colors.text_dim, lines);
  if (!last.empty()) lines.back() = std::string_view(promise).substr(shown, last.size() - std::string_view("…").size());
  const ImVec2 words(left, y);
  y += leading(Font::small) * static_cast<float>(kPromiseLines) + px(8);
  if (picture != nullptr) {
    const Color ink = platform::readable(picture->end == LessonPicture::End::stands_still ? colors.warning : colors.text_dim, card.hovered ? colors.hover : colors.panel_raised);
    draw_text(list, Font::small, {left, y}, ink, time_words(*picture));
  }
  if (at_hand) {
    const std::string open = tr("gallery.at_hand");
    const float x = right - text_width(Font::small, open);
    draw_text(list, Font::small, {x, y}, platform::readable(colors.accent_text, colors.panel_raised), open);
    draw_icon(list, Icon::check, {x - px(10), y + line_height(Font::small) / 2}, px(9), platform::readable(colors.accent_text, colors.panel_raised));
  }
  if (chosen) platform::compat::rect(list, card.min, card.max, colors.focus, px(8), px(2));
  draw_focus(card, px(8));
  if (card.hovered) mark_terms(context.ui, Font::small, words, lines, /*click_opens=*/false);
  return card.clicked;
}

// By the arrow keys: along a row, or to the nearest card of the row above or below.
void move_choice(GalleryState& gallery, const std::vector<Place>& places) {
  const int count = static_cast<int>(places.size());
  gallery.at = std::clamp(gallery.at, 0, std::max(0, count - 1));
  if (count == 0 || (gallery.move_x == 0 && gallery.move_y == 0)) return;
  gallery.moved = true;
  gallery.at = std::clamp(gallery.at + std::exchange(gallery.move_x, 0), 0, count - 1);
  const Place here = places[static_cast<std::size_t>(gallery.at)];
  const int row = here.row + std::exchange(gallery.move_y, 0);
  int best = gallery.at, away = 1 << 20;
  for (int i = 0; i < count; ++i) {
    const Place& place = places[static_cast<std::size_t>(i)];
    if (place.row != row || std::abs(place.column - here.column) >= away) continue;
    away = std::abs(place.column - here.column);
    best = i;
  }
  gallery.at = best;
}

}  // namespace

void draw_gallery(Context& context, bool fresh) {
  UiState& ui = context.ui;
  GalleryState& gallery = ui.gallery;
  const float whole = ImGui::GetContentRegionAvail().x, field = std::min(px(280), whole * 0.45f);
  const ImVec2 corner = ImGui::GetCursorPos();
  label(Font::title, palette().text, tr("gallery.title"));
  const float below = ImGui::GetCursorPosY();
  ImGui::SetCursorPos({corner.x + whole - field, corner.y - px(4)});
  ImGui::SetNextItemWidth(field);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(px(12), px(6)));
  if (fresh) ImGui::SetKeyboardFocusHere();
  before_field(ui, "##gallery");
  if (ImGui::InputTextWithHint("##gallery", tr("gallery.hint"), &gallery.entry)) gallery.at = 0;
  after_field(ui, "##gallery");
  ImGui::PopStyleVar();
  ImGui::SetCursorPos({corner.x, std::max(below, ImGui::GetCursorPosY()) + px(2)});

  const std::vector<std::string_view> lessons = session::lessons_that_fit(gallery.entry);
  const float height = room_above_buttons(std::max(px(160), ImGui::GetIO().DisplaySize.y - px(190)));
  std::string_view opened;
  if (ImGui::BeginChild("cards", {0, height})) {
    const float room = ImGui::GetContentRegionAvail().x - px(4);
    const int columns = std::max(1, static_cast<int>((room + px(kGap)) / (px(kCard) + px(kGap))));
    const float width = (room - px(kGap) * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    // Where each one stands: a group begins a row.
    std::vector<Place> places;
    std::vector<std::string_view> groups;
    for (const std::string_view id : lessons) {
      const std::string_view group = scenario::find(id).group;
      const bool first = groups.empty() || groups.back() != group;
      if (places.empty())
        places.push_back({0, 0});
      else if (first || places.back().column + 1 == columns)
        places.push_back({places.back().row + 1, 0});
      else
        places.push_back({places.back().row, places.back().column + 1});
      groups.push_back(group);
    }
    move_choice(gallery, places);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    float y = 0;
    for (std::size_t i = 0; i < lessons.size(); ++i) {
      if (i == 0 || groups[i] != groups[i - 1]) {
        y += i == 0 ? 0 : px(8);
        ImGui::SetCursorPos({px(2), y});
        label(Font::small, palette().text_dim, tr("group." + std::string(groups[i])));
        y += line_height(Font::small) + px(8);
      }
      ImGui::SetCursorPos({px(2) + static_cast<float>(places[i].column) * (width + px(kGap)), y});
      const bool chosen = gallery.at == static_cast<int>(i);
      if (draw_card(context, lessons[i], width, chosen) || (chosen && gallery.go)) opened = lessons[i];
      if (chosen && gallery.moved) ImGui::SetScrollHereY(0.5f);
      if (i + 1 == lessons.size() || places[i + 1].row != places[i].row) y += card_height() + px(kGap);
    }
    ImGui::Dummy({1, px(4)});
    gallery.moved = false;
    if (lessons.empty()) label(Font::body, palette().text_dim, tr("gallery.nothing"));
    ImGui::PopStyleVar();
  }
  ImGui::EndChild();
  gallery.go = false;
  const float close = text_width(Font::strong, tr("dialog.close")) + px(32), end = ImGui::GetWindowWidth() - px(16) - close;
  const ImVec2 foot = ImGui::GetCursorScreenPos();
  // In two lines where one has not the room.
  std::vector<std::string_view> made = wrap(Font::small, tr("gallery.made"), std::max(px(20), end - px(32)));
  made.resize(std::min<std::size_t>(made.size(), 2));
  draw_lines(ImGui::GetWindowDrawList(), Font::small, {foot.x, foot.y + (px(32) - leading(Font::small) * static_cast<float>(made.size())) / 2}, palette().text_dim, made);
  ImGui::SetCursorPosX(std::max(px(16), end));
  if (dialog_button(ui, "close", tr("dialog.close"), ButtonStyle::plain)) ui.dialog = session::Dialog::none;
  if (opened.empty()) return;
  ui.dialog = session::Dialog::none;
  if (opened != context.session.scenario().id) ui.push("scenario", std::string(opened));
}

}  // namespace forklight::app::panels
