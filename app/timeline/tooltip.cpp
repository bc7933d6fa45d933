// The tooltip: what is under the mouse, in words, with its times. Terms of the glossary in it have dots below them; who stays with it is told
// what they mean, at its foot.
#include <algorithm>

#include "app/i18n/facts.h"
#include "app/i18n/glossary.h"
#include "app/i18n/i18n.h"
#include "app/platform/imgui_compat.h"
#include "app/session/command.h"
#include "app/timeline/canvas.h"
#include "app/timeline/rest.h"
#include "app/timeline/shapes.h"
#include "app/timeline/story.h"
#include "app/timeline/text.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::Term;
using i18n::tr;
using platform::Font;
using platform::px;

constexpr double kStays = 0.5;         // seconds over one thing, after which its terms are told
constexpr std::size_t kMostTerms = 3;  // more of them are a page, and the glossary has that

// Text with its terms marked, line by line as write() breaks it.
class Writer {
 public:
  explicit Writer(ImDrawList* list) : list_(list) {}
  // Returns its height.
  float write_marked(Font font, ImVec2 at, Color color, std::string_view text, float width = 0) {
    constexpr float kAnyWidth = 1e6f;
    const std::vector<i18n::FoundTerm> terms = i18n::terms_in(text);
    for (const i18n::FoundTerm& found : terms)
      if (std::find(terms_.begin(), terms_.end(), found.term) == terms_.end()) terms_.push_back(found.term);
    const std::vector<std::string_view> lines = platform::wrap(font, text, width > 0 ? width : kAnyWidth);
    for (const std::string_view line : lines) {
      write(list_, font, at, color, line);
      mark(font, at, line, terms);
      at.y += line_height(font);
    }
    return line_height(font) * static_cast<float>(std::max<std::size_t>(lines.size(), 1));
  }
  [[nodiscard]] const std::vector<const Term*>& terms() const { return terms_; }  // of all that was written, each once

 private:
  void mark(Font font, ImVec2 at, std::string_view line, const std::vector<i18n::FoundTerm>& terms) const {
    const Color ink = platform::with_alpha(platform::palette().text_dim, 0.75f);
    for (const i18n::FoundTerm& found : terms) {
      const char *const from = std::max(line.data(), found.words.data()), *const to = std::min(line.data() + line.size(), found.words.data() + found.words.size());
      if (from >= to) continue;
      const float x = at.x + measure(font, {line.data(), from}).x;
      dots(list_, x, x + measure(font, {from, to}).x, at.y + line_height(font) + px(1), ink);
    }
  }

  ImDrawList* list_;
  std::vector<const Term*> terms_;
};

std::string key_of(std::string_view command) {
  const session::Command* found = session::find_command(command);
  return found == nullptr ? std::string() : session::to_string(found->shortcut);
}

// The first fact that the story cites; "" if it cites none.
std::string cited_fact(const Story& story) {
  for (const Row& row : story.rows)
    for (const std::string_view one : i18n::cited(row.what))
      if (i18n::find_fact(one) != nullptr) return std::string(one);
  return {};
}

// "zombie  A process that has ended …", below a rule. Returns where it ends.
float write_meanings(ImDrawList* list, ImVec2 at, float width, const std::vector<const Term*>& terms) {
  const platform::Palette& colors = platform::palette();
  float y = at.y + px(3);
  line(list, at.x, y, at.x + width, y, colors.line, 1);
  y += px(6);
  for (std::size_t i = 0; i < std::min(terms.size(), kMostTerms); ++i) {
    const std::string name = i18n::term_name(*terms[i]), text = i18n::term_text(*terms[i]);
    write(list, Font::small, {at.x, y}, colors.accent_text, name);
    y += line_height(Font::small) + px(1);
    write(list, Font::small, {at.x, y}, colors.text, text, width);
    y += measure(Font::small, text, width).y + px(5);
  }
  write(list, Font::small, {at.x, y}, colors.text_dim, tr("glossary.by_key", fmt::arg("key", key_of("glossary"))));
  return y + line_height(Font::small) + px(3);
}

Told show(Story story, double rested) {
  const platform::Palette& colors = platform::palette();
  Told told{cited_fact(story), {}};
  if (!told.fact.empty()) story.rows.push_back({tr("fact.by_key", fmt::arg("key", key_of("fact")), fmt::arg("number", told.fact)), {}});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(px(12), px(9)));
  platform::compat::place_tooltip(px(8));
  ImGui::BeginTooltip();
  Writer writer(ImGui::GetWindowDrawList());
  const float widest = std::min(px(400), ImGui::GetIO().DisplaySize.x - px(48));  // of a sentence, before it is wrapped
  float what_width = 0, value_width = 0, width = measure(Font::strong, story.title).x;
  width = std::max(width, measure(Font::body, story.second).x);
  for (const Row& row : story.rows) {
    const float what = measure(Font::small, row.what).x;
    if (row.value.empty()) {
      width = std::max(width, std::min(what, widest));
    } else {
      what_width = std::max(what_width, what);
      value_width = std::max(value_width, measure(Font::small, row.value).x);
    }
  }
  width = std::max(width, what_width + px(20) + value_width);
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  float y = origin.y;
  y += writer.write_marked(Font::strong, ImVec2(origin.x, y), colors.text, story.title) + px(3);
  if (!story.second.empty()) y += writer.write_marked(Font::body, ImVec2(origin.x, y), colors.text, story.second) + px(3);
  y += px(2);
  for (const Row& row : story.rows) {
    if (!row.value.empty()) write(ImGui::GetWindowDrawList(), Font::small, ImVec2(origin.x + width - measure(Font::small, row.value).x, y), colors.text, row.value);
    y += writer.write_marked(Font::small, ImVec2(origin.x, y), colors.text_dim, row.what, row.value.empty() ? width : 0) + px(3);
  }
  if (!writer.terms().empty()) told.term = writer.terms().front()->id;
  if (!writer.terms().empty() && rested >= kStays) {
    // As wide as a sentence likes, though what is above it may be short.
    width = std::max(width, std::min(widest, px(300)));
    y = write_meanings(ImGui::GetWindowDrawList(), {origin.x, y}, width, writer.terms());
  }
  ImGui::Dummy(ImVec2(width, y - origin.y));
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
  return told;
}

std::optional<Story> story_of(const Canvas& canvas, const Item& item) {
  if (std::optional<Story> story = pool_story(canvas, item)) return story->title.empty() ? std::nullopt : story;
  switch (item.drawn.what) {
    case Drawn::What::arrow:
      return about_arrow(canvas, item);
    case Drawn::What::value:
      return about_message(canvas, item);
    case Drawn::What::channel:
      return about_channel(canvas, item);
    case Drawn::What::core:
      return about_core(canvas, item);
    case Drawn::What::fold:
      return Story{tr("timeline.tip.stages"), {}, {}};
    case Drawn::What::answer:
      return Story{item.drawn.label, {}, {}};
    default:
      break;
  }
  if (const timeline::Gil* gil = canvas.model.find_gil(item.drawn.task)) {
    if (item.drawn.what == Drawn::What::hand_over) return about_hand_over(canvas, *gil, item);
    if (item.drawn.what == Drawn::What::request) return about_request(canvas, *gil, item);
    return about_gil(canvas, *gil, item.drawn.what == Drawn::What::header ? canvas.moment() : moment_under_mouse(canvas));
  }
  const timeline::Task* task = canvas.model.find(item.drawn.task);
  if (task == nullptr) return std::nullopt;
  switch (item.drawn.what) {
    case Drawn::What::span:
      return about_span(canvas, item, *task);
    case Drawn::What::badge:
      return about_badge(canvas, *task);
    case Drawn::What::mark:
      return about_mark(canvas, item, *task);
    case Drawn::What::strip:
      return about_strip(canvas, *task);
    case Drawn::What::memory:
      return about_memory(canvas, *task);
    default:
      return std::nullopt;
  }
}

}  // namespace

double Rest::over(const Item& item) {
  const bool same = seen_ && what_ == item.drawn.what && task_ == item.drawn.task && index_ == item.index;
  if (!same) since_ = ImGui::GetTime();
  seen_ = true;
  what_ = item.drawn.what;
  task_ = item.drawn.task;
  index_ = item.index;
  return ImGui::GetTime() - since_;
}

Told draw_tooltip(const Canvas& canvas, const Item& item, double rested) {
  std::optional<Story> story = story_of(canvas, item);
  return story ? show(std::move(*story), rested) : Told{};
}

}  // namespace forklight::app::timeline_view
