// The left column: the lessons by group, the settings of the one at hand, and what to watch for.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/session/interval.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using scenario::Parameter;
using scenario::ParameterType;
using scenario::Scenario;

std::string key_of(const Scenario& scenario, std::string_view rest) {
  return "scenario." + std::string(scenario.id) + "." + std::string(rest);
}

// Its own texts, or those that all scenarios share.
std::string key_of(const Scenario& scenario, const Parameter& parameter) {
  const std::string shared = "parameter." + std::string(parameter.id);
  std::string own = key_of(scenario, shared);
  return i18n::has(own) ? own : shared;
}

// Once for each lesson that becomes the one at hand, by a file, the palette or a tour: after that the list is the hand's.
void bring_into_sight(const Scenario& scenario, const Hit& area) {
  void** shown = ImGui::GetStateStorage()->GetVoidPtrRef(ImGui::GetID("shown"));
  if (std::exchange(*shown, const_cast<Scenario*>(&scenario)) == &scenario) return;
  const float top = ImGui::GetWindowPos().y, height = ImGui::GetWindowHeight();
  if (area.min.y < top || area.max.y > top + height) ImGui::SetScrollFromPosY((area.min.y + area.max.y) / 2 - top, 0.5f);
}

void draw_item(Context& context, const Scenario& scenario) {
  const bool chosen = &scenario == &context.session.scenario();
  const float width = ImGui::GetContentRegionAvail().x;
  const float inner = width - px(20);
  const std::vector<std::string_view> promise = wrap(Font::small, tr(key_of(scenario, "promise")), inner);
  const float promise_at = px(8) + line_height(Font::body);
  const float height = promise_at + leading(Font::small) * static_cast<float>(promise.size()) + px(6);
  const Hit area = hit(context.ui, std::string(scenario.id).c_str(), {width, height});
  if (area.clicked && !chosen) context.ui.push("scenario", std::string(scenario.id));
  if (chosen) bring_into_sight(scenario, area);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (chosen || area.hovered)
    list->AddRectFilled(area.min, area.max, chosen ? palette().selected : palette().hover, px(6));
  if (chosen) list->AddRectFilled(area.min, {area.min.x + px(3), area.max.y}, palette().accent_text, px(1));
  const float x = area.min.x + px(12);
  draw_text_in(list, chosen ? Font::strong : Font::body, x, area.min.y + px(4), x + inner, area.min.y + promise_at,
               palette().text, tr(key_of(scenario, "title")));
  draw_lines(list, Font::small, {x, area.min.y + promise_at}, palette().text_dim, promise);
  draw_focus(area, px(6));
  // Dots below every term of every lesson would be a page of dots: those of the one that is looked at.
  if (area.hovered) mark_terms(context.ui, Font::small, {x, area.min.y + promise_at}, promise, /*click_opens=*/false);
}

void draw_choice(Context& context, const Scenario& scenario, const Parameter& parameter, float width) {
  const std::string base = key_of(scenario, parameter);
  const std::string& value = context.session.settings().text(parameter.id);
  const auto choose = [&](std::string_view choice) {
    context.ui.push("set", std::string(parameter.id) + "=" + std::string(choice));
  };
  int adjust = 0;
  const bool open = begin_combo(context.ui, std::string(parameter.id).c_str(), tr(base + "." + value), width, adjust);
  if (adjust != 0 && !parameter.choices.empty()) {
    const auto here = std::find(parameter.choices.begin(), parameter.choices.end(), value) - parameter.choices.begin();
    const auto size = static_cast<std::ptrdiff_t>(parameter.choices.size());
    choose(parameter.choices[static_cast<std::size_t>((here + adjust + size) % size)]);
  }
  if (!open) return;
  for (const std::string_view choice : parameter.choices)
    if (combo_row(context.ui, tr(base + "." + std::string(choice)), "", choice == value)) choose(choice);
  end_combo();
}

// Steps that a hand can hit and a person can name: 1, 0.1, 0.01 …, about fifty or more over the range.
double step_of(const Parameter& parameter) {
  const double fine =
      std::pow(10.0, std::floor(std::log10(std::max(parameter.maximum - parameter.minimum, 1e-9) / 20)));
  return parameter.type == ParameterType::integer ? std::max(1.0, fine) : fine;
}

std::string number_text(double value) {
  std::string text = fmt::format("{:.6f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// Where no even step fits both ends, from a thousandth to a whole or from one to a thousand, the field goes by decades.
bool by_decades(const Parameter& parameter) {
  if (parameter.type == ParameterType::integer) return step_of(parameter) > 1;
  return parameter.minimum > 0 && parameter.maximum / parameter.minimum >= 1000;
}

// By decades, zero has a place of its own, before one.
constexpr double kPlaceOfZero = 0.06;
double place_of_least(const Parameter& parameter) { return parameter.minimum > 0 ? 0 : kPlaceOfZero; }
double least_of(const Parameter& parameter) { return parameter.minimum > 0 ? parameter.minimum : 1; }

double share_by_decades(const Parameter& parameter, double value) {
  if (value < least_of(parameter)) return 0;
  const double left = place_of_least(parameter);
  return left + (1 - left) * session::share_of(value, least_of(parameter), parameter.maximum);
}

double value_by_decades(const Parameter& parameter, double share) {
  const double left = place_of_least(parameter), least = least_of(parameter);
  if (share < left / 2) return parameter.minimum;
  const double of_rest = std::clamp((share - left) / (1 - left), 0.0, 1.0);
  if (parameter.type != ParameterType::integer) return session::step_at(of_rest, least, parameter.maximum);
  return session::two_digits(least * std::pow(parameter.maximum / least, of_rest));
}

double value_beside(const Parameter& parameter, double value, int by) {
  return parameter.type == ParameterType::integer ? session::number_beside(value, by) : session::step_beside(value, by);
}

std::string value_text(const Parameter& parameter, double value) {
  if (parameter.type == ParameterType::real && by_decades(parameter) && parameter.unit == "s") return timeline_view::short_duration(std::llround(value * 1e9));
  return number_text(value) + (parameter.unit.empty() ? "" : fmt::format(" {}", parameter.unit));
}

// A value in its range: drag along the field, or focus it and press ← →.
void draw_number(Context& context, const Parameter& parameter, float width) {
  const double value = parameter.type == ParameterType::integer
                           ? static_cast<double>(context.session.settings().integer(parameter.id))
                           : context.session.settings().real(parameter.id);
  const double range = std::max(parameter.maximum - parameter.minimum, 1e-9);
  const double step = step_of(parameter);
  const Hit area = hit(context.ui, std::string(parameter.id).c_str(), {width, px(30)});
  const bool decades = by_decades(parameter);
  double wanted = decades && area.adjust != 0 ? value_beside(parameter, value, area.adjust) : value + area.adjust * step;
  if (area.held && area.max.x > area.min.x) {
    const double share = static_cast<double>((ImGui::GetIO().MousePos.x - area.min.x) / (area.max.x - area.min.x));
    wanted = decades ? value_by_decades(parameter, share)
                     : parameter.minimum + std::round(std::clamp(share, 0.0, 1.0) * range / step) * step;
  }
  wanted = std::clamp(wanted, parameter.minimum, parameter.maximum);
  if (std::abs(wanted - value) > (decades ? value / 200 : step / 4))
    context.ui.push("set", std::string(parameter.id) + "=" + number_text(wanted));

  ImDrawList* list = ImGui::GetWindowDrawList();
  const float share = static_cast<float>(decades ? share_by_decades(parameter, value)
                                                 : std::clamp((value - parameter.minimum) / range, 0.0, 1.0));
  list->AddRectFilled(area.min, area.max, area.hovered ? palette().hover : palette().panel_raised, px(6));
  const float knob = area.min.x + px(8) + share * (area.max.x - area.min.x - px(16));
  list->AddRectFilled({area.min.x + px(8), area.max.y - px(6)}, {area.max.x - px(8), area.max.y - px(4)},
                      palette().line, px(1));
  list->AddRectFilled({area.min.x + px(8), area.max.y - px(6)}, {knob, area.max.y - px(4)}, palette().accent_text,
                      px(1));
  list->AddCircleFilled({knob, area.max.y - px(5)}, px(4), palette().accent_text);
  draw_text_in(list, Font::body, area.min.x + px(12), area.min.y, area.max.x, area.max.y - px(5), palette().text, value_text(parameter, value));
  tooltip(tr("settings.range", fmt::arg("from", number_text(parameter.minimum)),
             fmt::arg("to", number_text(parameter.maximum)), fmt::arg("unit", parameter.unit)));
  draw_focus(area, px(6));
}

// `labels`: the width of the widest name, so that all fields begin at one edge.
void draw_parameter(Context& context, const Scenario& scenario, const Parameter& parameter, float labels) {
  const std::string base = key_of(scenario, parameter), name = tr(base);
  const float all = ImGui::GetContentRegionAvail().x;
  const float taken = labels + px(12);
  float needed = px(96);
  for (const std::string_view choice : parameter.choices)
    needed = std::max(needed, px(48) + text_width(Font::body, tr(base + "." + std::string(choice))));
  const bool beside = all - taken >= needed;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_text_in(ImGui::GetWindowDrawList(), Font::body, at.x, at.y, at.x + all, at.y + px(beside ? 30 : 22),
               palette().text, name);
  if (beside) {
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + taken);
  } else {
    ImGui::Dummy({1, px(22)});
  }
  const float width = beside ? all - taken : all;
  if (parameter.type == ParameterType::choice)
    draw_choice(context, scenario, parameter, width);
  else
    draw_number(context, parameter, width);
  if (const std::string help = base + ".help"; i18n::has(help))
    paragraph_with_terms(context.ui, Font::small, palette().text_dim, tr(help));
}

void draw_settings(Context& context) {
  const Scenario& scenario = context.session.scenario();
  if (scenario.parameters.empty()) return;
  ImGui::Indent(px(8));
  section_title(tr("settings.title"));
  float labels = 0;
  for (const Parameter& parameter : scenario.parameters)
    labels = std::max(labels, text_width(Font::body, tr(key_of(scenario, parameter))));
  for (const Parameter& parameter : scenario.parameters) draw_parameter(context, scenario, parameter, labels);
  if (context.session.live()) paragraph(Font::small, palette().text_dim, tr("settings.next_run"));
  ImGui::Unindent(px(8));
}

// Where the run's files are, while there are any.
void draw_folder(Context& context) {
  const session::RunFolder* folder = context.session.folder();
  if (folder == nullptr) return;
  ImGui::Indent(px(8));
  section_title(tr("folder.title"));
  paragraph(Font::small, palette().text, folder->path().string());
  command_button(context, "folder", {.icon = Icon::folder, .show_label = true, .show_hint = false});
  if (folder->is_temporary()) paragraph(Font::small, palette().text_dim, tr("folder.temporary"));
  ImGui::Unindent(px(8));
}

// A card with the question that the run answers.
void draw_watch(UiState& ui, const Scenario& scenario) {
  const std::string key = key_of(scenario, "watch");
  if (!i18n::has(key)) return;
  const float width = ImGui::GetContentRegionAvail().x;
  const float inner = width - px(32);
  if (inner < px(40)) return;
  const std::vector<std::string_view> lines = wrap(Font::body, tr(key), inner);
  ImGui::Dummy({width, leading(Font::body) * static_cast<float>(lines.size()) + px(52)});
  const ImVec2 min = ImGui::GetItemRectMin();
  const ImVec2 max = ImGui::GetItemRectMax();
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled(min, max, platform::mix(palette().panel, palette().accent, 0.28f), px(8));
  platform::compat::rect(list, min, max, palette().accent, px(8), 1);
  draw_text(list, Font::strong, {min.x + px(16), min.y + px(12)}, palette().accent_text, tr("scenarios.watch"));
  draw_lines(list, Font::body, {min.x + px(16), min.y + px(38)}, palette().text, lines);
  mark_terms(ui, Font::body, {min.x + px(16), min.y + px(38)}, lines);
}

// Why it was so, with the facts behind it: once a run of it has come to its end, never before the answer is on screen.
void draw_why(Context& context) {
  const std::string key = key_of(context.session.scenario(), "why");
  if (context.session.live() || context.session.model().tasks().empty() || !i18n::has(key)) return;
  ImGui::Dummy({1, px(8)});
  ImGui::Indent(px(8));
  ImGui::PushID("why");
  section_title(tr("scenarios.why"));
  paragraph_with_facts(context.ui, Font::body, palette().text, tr(key), session::FactAtHand::Where::nowhere);
  ImGui::PopID();
  ImGui::Unindent(px(8));
}

}  // namespace

namespace {

void draw_list(Context& context) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(8), px(2)));
  std::string_view group;
  for (const Scenario* scenario : scenario::all()) {
    if (scenario->group != group) {
      group = scenario->group;
      ImGui::Dummy({1, px(4)});
      ImGui::Indent(px(8));
      label(Font::small, palette().text_dim, tr("group." + std::string(group)));
      ImGui::Unindent(px(8));
      ImGui::Dummy({1, px(2)});
    }
    draw_item(context, *scenario);
  }
  ImGui::PopStyleVar();
}

}  // namespace

// The list scrolls; the settings of the chosen one stay in sight below it, as far as they leave the list a part of the panel.
void draw_scenarios(Context& context) {
  constexpr float kListAtLeast = 0.4f;
  const float room = ImGui::GetContentRegionAvail().y, begin = ImGui::GetCursorPosY();
  float* below = ImGui::GetStateStorage()->GetFloatRef(ImGui::GetID("below"), room / 2);  // its height in the last frame
  const float list = std::max(room - *below, room * kListAtLeast);
  // All of them, in pictures.
  command_button(context, "gallery", {.icon = Icon::grid, .show_label = true, .show_hint = true, .style = ButtonStyle::quiet});
  const float above = ImGui::GetCursorPosY() - begin;
  ImGui::BeginChild("list", {0, std::max(1.0f, list - above)}, false, ImGuiWindowFlags_NoBackground);
  draw_list(context);
  ImGui::EndChild();
  ImGui::BeginChild("chosen", {0, 0}, false, ImGuiWindowFlags_NoBackground);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddLine({at.x + px(8), at.y}, {at.x + ImGui::GetContentRegionAvail().x - px(8), at.y},
                                      palette().line);
  // What is there only now comes before what counts from the next run: in a low window not all of it is in sight.
  draw_folder(context);
  draw_settings(context);
  ImGui::Dummy({1, px(8)});
  draw_watch(context.ui, context.session.scenario());
  draw_why(context);
  *below = ImGui::GetCursorPosY() + px(8);
  ImGui::EndChild();
}

}  // namespace forklight::app::panels
