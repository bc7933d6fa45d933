// The GIL tab: the interval as a slider that acts on the running threads, and what each thread got of the lock.
#include <algorithm>
#include <array>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/session/interval.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::Gil;
using timeline::GilThread;
using timeline::Model;

constexpr float kSlider = 190, kRow = 23, kShare = 110;

// The lock whose interval can be set: the latest that has one.
const Gil* with_interval(const Model& model) {
  const auto found = std::find_if(model.gils().rbegin(), model.gils().rend(), [](const Gil& gil) { return gil.mode() == trace::GilMode::gil; });
  return found == model.gils().rend() ? nullptr : &*found;
}

// The switch interval: drag, or ← → when it has the keyboard; steps of 1, 2, 5.
void draw_slider(Context& context, const Gil& gil) {
  const session::Command* command = session::find_command("gil.interval");
  const bool enabled = command != nullptr && command->enabled(context);
  const std::int64_t interval = gil.interval_ns(context.session.now_ns());
  const std::string text = tr("gil.slider", fmt::arg("duration", timeline_view::short_duration(interval)));
  const float words = text_width(Font::strong, tr("gil.slider", fmt::arg("duration", std::string("500 µs")))) + px(16);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  draw_text_in(ImGui::GetWindowDrawList(), Font::strong, at.x, at.y, at.x + words, at.y + px(30), palette().text, text);
  ImGui::SetCursorScreenPos({at.x + words, at.y});
  const Hit area = hit(context.ui, "gil.interval", {px(kSlider), px(30)}, enabled);
  tooltip(tr("command.gil.interval.help"));
  const float from = area.min.x + px(8), to = area.max.x - px(8);
  const double share = session::interval_share(interval);
  if (area.held) {
    const double wanted = session::interval_at(static_cast<double>((ImGui::GetIO().MousePos.x - from) / (to - from)));
    if (std::abs(wanted * 1e9 - static_cast<double>(interval)) > 1000) context.ui.push("gil.interval", fmt::format("{}", wanted));
  }
  if (area.adjust != 0) context.ui.push(area.adjust < 0 ? "gil.shorter" : "gil.longer");
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float knob = from + (to - from) * static_cast<float>(share), alpha = enabled ? 1.0f : 0.45f;
  const float default_at = from + (to - from) * static_cast<float>(session::interval_share(5'000'000));
  list->AddLine({from, area.center_y()}, {to, area.center_y()}, palette().line, px(3));
  list->AddLine({from, area.center_y()}, {knob, area.center_y()}, platform::with_alpha(palette().accent_text, alpha), px(3));
  list->AddLine({default_at, area.center_y() - px(9)}, {default_at, area.center_y() - px(4)}, palette().text_dim, px(1.5f));  // Python's own
  list->AddCircleFilled({knob, area.center_y()}, px(area.hovered || area.held ? 8 : 7), platform::with_alpha(palette().accent_text, alpha));
  draw_focus(area, px(6));
}

// Runs above one another, rounds beside: where there is anything to compare.
void draw_compare(Context& context) {
  for (const char* id : {"compare.rounds", "compare.runs"}) {
    const session::Command* command = session::find_command(id);
    if (command == nullptr || !command->enabled(context)) continue;
    const ButtonLook look{Icon::none, true, true, ButtonStyle::plain};
    ImGui::SameLine();
    if (ImGui::GetContentRegionAvail().x < command_button_width(id, look)) ImGui::NewLine();
    command_button(context, id, look);
  }
}

struct Cell {
  std::string text;
  float width;
};
constexpr std::array kColumns = {"gil.column.held", "gil.column.waited", "gil.column.ran", "gil.column.takes", "gil.column.asked", "gil.column.dropped"};

std::array<std::string, kColumns.size()> cells_of(const Model& model, const Gil& gil, const GilThread& thread, std::int64_t now_ns) {
  const timeline::Task* task = model.find(thread.task);
  const std::int64_t until = task == nullptr ? now_ns : std::min(now_ns, task->death_ns);
  const auto* kernel = model.kernel().find(thread.task);
  const auto time = [](std::int64_t ns) { return i18n::format_duration(ns); };
  return {gil.is_lock() ? time(thread.held_until(until)) : "–",
          gil.is_lock() ? time(thread.waited_until(until)) : "–",
          kernel == nullptr || kernel->on_cpu.spans().empty() ? "–" : time(kernel->on_cpu.busy_until(until)),
          i18n::format_count(thread.takes),
          i18n::format_count(thread.asked),
          i18n::format_count(thread.dropped)};
}

// Of its life: had the lock, waited for it, neither.
void draw_share(ImDrawList* list, ImVec2 at, float width, float height, const GilThread& thread, const timeline::Task& task, std::size_t order, std::int64_t now_ns) {
  const std::int64_t until = std::min(now_ns, task.death_ns);
  const double life = static_cast<double>(std::max<std::int64_t>(until - task.born_ns, 1));
  const float held = width * static_cast<float>(std::clamp(static_cast<double>(thread.held_until(until)) / life, 0.0, 1.0));
  const float waited = std::min(width - held, width * static_cast<float>(std::clamp(static_cast<double>(thread.waited_until(until)) / life, 0.0, 1.0)));
  list->AddRectFilled(at, {at.x + width, at.y + height}, palette().panel_raised, px(2));
  list->AddRectFilled(at, {at.x + held, at.y + height}, platform::task_color(order), px(2));
  list->AddRectFilled({at.x + held, at.y}, {at.x + held + waited, at.y + height}, platform::mix(palette().panel, palette().error, 0.5f));
}

struct Widths {
  float name = 0;
  std::array<float, kColumns.size()> columns{};
};

// Threads of a process with the lock's own sums; those of free threads have none.
std::vector<GilThread> threads_of(const Model& model, const Gil& gil) {
  std::vector<GilThread> threads = gil.threads();
  for (const timeline::Task& task : model.tasks()) {
    const bool missing = model.gil_of(task.id) == &gil && std::none_of(threads.begin(), threads.end(), [&](const GilThread& one) { return one.task == task.id; });
    if (missing) threads.emplace_back().task = task.id;
  }
  return threads;
}

void draw_row(Context& context, const Gil& gil, const GilThread& thread, const Widths& widths) {
  const Model& model = context.session.model();
  const timeline::Task* task = model.find(thread.task);
  if (task == nullptr) return;
  const std::int64_t now_ns = context.session.now_ns();
  const std::size_t order = order_of(model, task->id);
  ImGui::PushID(static_cast<int>(task->id));
  const Hit row = hit(context.ui, "row", {std::max(ImGui::GetContentRegionAvail().x, px(60)), px(kRow)});
  ImGui::PopID();
  if (row.clicked) context.ui.push("select", std::to_string(task->id));
  menu_on_right_click(context.ui, task->id);
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (row.hovered || context.ui.selection.task == task->id)
    list->AddRectFilled({row.min.x - px(4), row.min.y}, row.max, row.hovered ? palette().hover : palette().selected, px(4));
  draw_text_in(list, Font::strong, row.min.x, row.min.y, row.min.x + widths.name, row.max.y, platform::task_ink(order), timeline_view::name_words(model, task->id));
  float x = row.min.x + widths.name;
  const auto cells = cells_of(model, gil, thread, now_ns);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    x += widths.columns[i];
    draw_text_in(list, Font::body, x - text_width(Font::body, cells[i]), row.min.y, row.max.x, row.max.y, palette().text, cells[i]);
  }
  x += px(20);
  if (gil.is_lock() && x + px(kShare) < row.max.x) draw_share(list, {x, row.center_y() - px(5)}, px(kShare), px(10), thread, *task, order, now_ns);
  draw_focus(row, px(4));
}

// "GIL-1 of MainProcess: the GIL since 3.2 · 19 hand-overs, 12 of them forced, one every 5.21 ms".
std::string headline(const Model& model, const Gil& gil, std::int64_t median_ns) {
  std::string text = tr("gil.of", fmt::arg("name", timeline_view::name_words(model, gil.object())), fmt::arg("process", timeline_view::name_words(model, gil.process())),
                        fmt::arg("mode", timeline_view::gil_mode_words(gil.mode())));
  if (!gil.is_lock()) return text;
  text += " · " + tr("gil.hand_overs", fmt::arg("count", i18n::format_count(gil.hand_overs())), fmt::arg("forced", i18n::format_count(gil.forced())));
  if (median_ns > 0) text += " · " + tr("gil.median_turn", fmt::arg("duration", timeline_view::short_duration(median_ns)));
  return text;
}

void draw_table(Context& context, const Gil& gil, std::int64_t median_ns) {
  const Model& model = context.session.model();
  const std::vector<GilThread> threads = threads_of(model, gil);
  Widths widths;
  widths.name = px(100);
  for (std::size_t i = 0; i < kColumns.size(); ++i) widths.columns[i] = text_width(Font::small, tr(kColumns[i])) + px(16);
  for (const GilThread& thread : threads) {
    widths.name = std::max(widths.name, text_width(Font::strong, timeline_view::name_words(model, thread.task)) + px(8));
    const auto cells = cells_of(model, gil, thread, context.session.now_ns());
    for (std::size_t i = 0; i < cells.size(); ++i) widths.columns[i] = std::max(widths.columns[i], text_width(Font::body, cells[i]) + px(16));
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::string lock = timeline_view::name_words(model, gil.object());
  draw_text_in(ImGui::GetWindowDrawList(), Font::small, at.x, at.y, at.x + widths.name, at.y + px(20), palette().text_dim, lock);
  float x = at.x + widths.name;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    x += widths.columns[i];
    draw_text_in(ImGui::GetWindowDrawList(), Font::small, x - text_width(Font::small, tr(kColumns[i])), at.y, x + 1, at.y + px(20), palette().text_dim, tr(kColumns[i]));
  }
  ImGui::Dummy({x + px(20) + px(kShare) - at.x, px(20)});
  for (const GilThread& thread : threads) draw_row(context, gil, thread, widths);
  paragraph(Font::small, palette().text, headline(model, gil, median_ns));
  ImGui::Dummy({1, px(8)});
}

}  // namespace

void draw_gil(Context& context, GilState& state) {
  const Model& model = context.session.model();
  if (model.gils().empty()) return paragraph(Font::body, palette().text_dim, tr(model.tasks().empty() ? "gil.empty" : "gil.none"));
  // A million turns are not sorted in every frame.
  const double now = ImGui::GetTime();
  if (state.revision != model.revision() && (now - state.at > 0.5 || !context.session.live() || state.medians.size() != model.gils().size())) {
    state = {model.revision(), now, {}};
    for (const Gil& gil : model.gils()) {
      const auto turns = gil.forced_turns();
      state.medians.push_back(turns.empty() ? 0 : turns[turns.size() / 2]);
    }
  }
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(px(8), px(2)));
  const Gil* slider = with_interval(model);
  if (slider != nullptr) draw_slider(context, *slider);
  draw_compare(context);
  for (std::size_t i = 0; i < model.gils().size(); ++i) {
    const Gil& gil = model.gils()[i];
    const bool lonely = gil.is_lock() && gil.threads().size() < 2;
    if (!lonely || model.gils().size() == 1 || context.ui.selection.task == gil.object()) draw_table(context, gil, i < state.medians.size() ? state.medians[i] : 0);
  }
  paragraph_with_facts(context.ui, Font::small, palette().text_dim, timeline_view::gil_model_words(slider != nullptr ? slider->mode() : model.gils().back().mode()),
                       session::FactAtHand::Where::tab);
  ImGui::PopStyleVar();
}

}  // namespace forklight::app::panels
