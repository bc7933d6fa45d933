// The program: Python with the line that each process is on, and the same lesson in C++.
#include <algorithm>
#include <cmath>
#include <map>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"

namespace forklight::app::panels {
namespace {

using platform::palette;
using timeline::Model;
using timeline::Task;

// A process on a line at the moment; `ended`: it is dead, and this is where it was last.
struct Place {
  std::size_t order;
  const Task* task;
  bool ended;
};
using Places = std::map<int, std::vector<Place>>;

Places places_at(const Context& context) {
  Places places;
  const Model& model = context.session.model();
  const std::int64_t when = moment(context);
  for (std::size_t order = 0; order < model.tasks().size(); ++order) {
    const Task& task = model.tasks()[order];
    if (task.born_ns > when) continue;
    const bool alive = task.alive_at(when);
    const int line = model.line_at(task, alive ? when : std::min(when, task.death_ns));
    if (line > 0) places[line].push_back({order, &task, !alive});
  }
  return places;
}

Color ink_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::keyword:
      return palette().code_keyword;
    case TokenKind::string:
      return palette().code_string;
    case TokenKind::number:
      return palette().code_number;
    case TokenKind::comment:
      return palette().code_comment;
    case TokenKind::text:
      break;
  }
  return palette().code_text;
}

float draw_line(ImDrawList* list, const CodeLine& line, float x, float y0, float y1, bool lit) {
  const float y = y0 + (y1 - y0 - line_height(Font::code)) / 2;
  for (const Token& token : line.tokens) {
    const std::string_view text = line.text.substr(token.begin, token.end - token.begin);
    draw_text(list, Font::code, {x, y}, lit && token.kind == TokenKind::text ? palette().text : ink_of(token.kind),
              text);
    x += text_width(Font::code, text);
  }
  return x;
}

// "P-1" for "Process-1", as one says it: for the room that a long line leaves.
std::string short_name(const std::string& name) {
  constexpr std::string_view kNumbered = "Process-", kMain = "MainProcess";
  if (name.starts_with(kNumbered)) return fmt::format("P-{}", name.substr(kNumbered.size()));
  return name == kMain ? "Main" : name;
}

// The pills at a line's right end: filled for a process that is there, outlined for one that ended there.
void draw_pills(ImDrawList* list, const std::vector<Place>& places, float text_end, float right, float y0, float y1,
                Color backdrop) {
  float x = right;
  for (std::size_t i = places.size(); i-- > 0;) {
    const Place& place = places[i];
    std::string name = place.task->name.empty() ? std::to_string(place.task->pid) : place.task->name;
    if (x - pill_width(name) < text_end + px(8)) name = short_name(name);
    float width = pill_width(name);
    // Where names would cover the program, the rest is a number.
    if (i > 0 && x - width - px(40) < text_end) {
      name = fmt::format("+{}", i + 1);
      width = pill_width(name);
    }
    x -= width;
    if (x < text_end + px(4)) list->AddRectFilled({x - px(8), y0}, {right + px(8), y1}, backdrop);
    if (place.ended)
      pill(list, x, y0 + px(1), y1 - px(1), platform::task_color(place.order),
           platform::readable(platform::task_color(place.order), backdrop), name, true);
    else
      pill(list, x, y0 + px(1), y1 - px(1), platform::task_color(place.order), platform::task_text_color(place.order),
           name);
    if (name.front() == '+') return;
    x -= px(4);
  }
}

// The line to keep in sight: the selected process' own, else the one reached last.
int line_of_interest(const Context& context, const Places& places) {
  int latest = 0;
  std::int64_t since = 0;
  for (const auto& [line, here] : places) {
    for (const Place& place : here) {
      if (place.task->id == context.ui.selection.task) return line;
      const timeline::Span* span = context.session.model().span_at(*place.task, moment(context));
      if (!place.ended && span != nullptr && span->begin_ns >= since) {
        since = span->begin_ns;
        latest = line;
      }
    }
  }
  return latest;
}

void keep_in_sight(int line, float row_height, CodeRows& rows) {
  if (line == 0 || line == rows.scrolled_to) return;
  rows.scrolled_to = line;
  const float top = static_cast<float>(line - 1) * row_height;
  const float seen = ImGui::GetWindowHeight();
  const bool visible = top >= ImGui::GetScrollY() + row_height && top + 2 * row_height <= ImGui::GetScrollY() + seen;
  // A reader with the pointer in the program is reading: the program stays where it is.
  if (!visible && !ImGui::IsWindowHovered()) ImGui::SetScrollY(std::max(0.0f, top - seen / 3));
}

void take_up(const Context& context, CodeRows& rows, std::string_view text) {
  const CodeLanguage language =
      context.ui.code_tab == session::CodeTab::python ? CodeLanguage::python : CodeLanguage::cpp;
  if (rows.text == text.data() && rows.size == text.size() && rows.language == language) return;
  rows = {text.data(), text.size(), language, highlight(text, language), 0};
}

}  // namespace

void draw_code(Context& context, CodeRows& rows) {
  const bool python = context.ui.code_tab == session::CodeTab::python;
  const scenario::Scenario& scenario = context.session.scenario();
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetWindowPos();
  const float width = ImGui::GetWindowWidth();
  list->AddRectFilled(corner, {corner.x + width, corner.y + px(32)}, palette().tab_strip);
  ImGui::SetCursorPos({px(4), 0});
  tab_row(context, {{"code.python", ""}, {"code.cpp", ""}});
  const float tabs_end = ImGui::GetItemRectMax().x;
  const std::string file(python ? scenario.python_file : scenario.cpp_file);
  const float file_at = corner.x + width - px(12) - text_width(Font::small, file);
  if (file_at > tabs_end + px(8))
    draw_text_in(list, Font::small, file_at, corner.y, corner.x + width, corner.y + px(32), palette().text_dim, file);

  take_up(context, rows, python ? context.session.python() : context.session.cpp());
  const Places places = python ? places_at(context) : Places{};
  ImGui::SetCursorPos({0, px(32)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  if (ImGui::BeginChild("program", {0, 0}, false, ImGuiWindowFlags_NoNav | ImGuiWindowFlags_HorizontalScrollbar)) {
    const float row_height = std::round(line_height(Font::code) + px(4));
    const float digits = text_width(Font::code, std::to_string(std::max<std::size_t>(10, rows.lines.size())));
    const int line_wanted = line_of_interest(context, places);
    if (std::exchange(context.ui.causes.line_wanted, false) && line_wanted > 0) {
      rows.scrolled_to = line_wanted;
      ImGui::SetScrollY(std::max(0.0f, static_cast<float>(line_wanted - 1) * row_height - ImGui::GetWindowHeight() / 3));
    }
    keep_in_sight(line_wanted, row_height, rows);
    ImGui::Dummy({1, px(4)});
    ImDrawList* program = ImGui::GetWindowDrawList();
    const float left = ImGui::GetWindowPos().x;
    const float right =
        left + ImGui::GetWindowWidth() - (ImGui::GetScrollMaxY() > 0 ? ImGui::GetStyle().ScrollbarSize : 0);
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(rows.lines.size()), row_height);
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float bottom = at.y + row_height;
        const auto here = places.find(i + 1);
        const bool lit = here != places.end();
        Color backdrop = palette().panel;
        if (lit) {
          const Place& first = here->second.front();
          backdrop = platform::mix(palette().panel, platform::task_color(first.order), first.ended ? 0.10f : 0.22f);
          program->AddRectFilled({left, at.y}, {right, bottom}, backdrop);
        }
        const std::string number = std::to_string(i + 1);
        draw_text_in(program, Font::code, at.x + px(12) + digits - text_width(Font::code, number), at.y, at.x + px(200),
                     bottom, lit ? platform::readable(palette().text_dim, backdrop) : palette().text_faint, number);
        const CodeLine& line = rows.lines[static_cast<std::size_t>(i)];
        const float text_end = draw_line(program, line, at.x + px(28) + digits, at.y, bottom, lit);
        if (lit) draw_pills(program, here->second, text_end, right - px(12), at.y, bottom, backdrop);
        ImGui::Dummy({text_end - at.x + px(12), row_height});
      }
    }
    clipper.End();
    ImGui::Dummy({1, px(4)});
  }
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

}  // namespace forklight::app::panels
