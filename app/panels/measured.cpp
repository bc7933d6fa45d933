// What this run measured, here and now: speed-up and cost of each way of doing the same, and how long threads wait for the GIL after
// their blocking calls. All of it is counted from the run's own events and the kernel's.
#include <algorithm>
#include <array>
#include <cfloat>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/chart.h"
#include "app/panels/panels.h"
#include "app/timeline/compare_view.h"
#include "app/timeline/words.h"
#include "core/timeline/shared_gil.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::kOpen;
using timeline::Model;
using timeline::Round;

constexpr float kChartWidth = 430, kChartHeight = 210, kChartLeast = 130, kRow = 26, kGap = 28;
constexpr std::size_t kFewest = 3;  // waits that a histogram is made of

std::string round_name(const std::string& name) {
  const std::string key = "round." + name;
  return i18n::has(key) ? tr(key) : name;
}

std::string round_words(const Round& round) { return tr("compare.round", fmt::arg("name", round_name(round.name)), fmt::arg("workers", round.workers)); }

// Green for processes and vermillion for threads, as everywhere; the others in the tasks' colours.
Color color_of(std::size_t place) {
  constexpr std::array<std::size_t, 6> kOrder = {6, 3, 0, 2, 1, 4};
  return platform::task_color(kOrder[place % kOrder.size()]);
}

bool shares_gil(const Model& model, const timeline::Task& task) {
  const timeline::Gil* gil = model.gil_of(task.id);
  return gil != nullptr && gil->is_lock() && timeline::is_shared(model, *gil);
}

void add_waits(const Model& model, const timeline::Task& task, const std::string& name, std::int64_t from_ns, std::int64_t until_ns, std::vector<MeasuredState::Waits>& all) {
  std::vector<std::int64_t> waits = timeline::latencies(task, from_ns, until_ns);
  if (waits.size() < kFewest) return;
  const timeline::Gil* gil = model.gil_of(task.id);
  const bool has_interval = gil != nullptr && gil->mode() == trace::GilMode::gil;
  all.push_back({name, order_of(model, task.id), Histogram(std::move(waits)), has_interval ? gil->interval_ns(std::min(task.death_ns, std::min(until_ns, model.end_ns()))) : 0});
}

std::vector<MeasuredState::Waits> waits_of(const Model& model, const std::vector<Round>& rounds) {
  std::vector<MeasuredState::Waits> all;
  for (const timeline::Task& task : model.tasks()) {
    if (!shares_gil(model, task)) continue;
    if (rounds.empty()) {
      add_waits(model, task, timeline_view::name_words(model, task.id), INT64_MIN, kOpen, all);
      continue;
    }
    for (const Round& round : rounds) {
      if (task.born_ns < round.end_ns && task.death_ns > round.begin_ns)
        add_waits(model, task, round_name(round.name) + ", " + timeline_view::name_words(model, task.id), round.begin_ns, round.end_ns, all);
    }
  }
  return all;
}

void measure(const Model& model, MeasuredState& state) {
  state.rounds = timeline::rounds_of(model);
  state.costs.clear();
  for (const Round& round : state.rounds) state.costs.push_back(timeline::cost_of(model, round, model.end_ns()));
  state.lines = timeline::speed_ups(model, state.rounds);
  state.waits = waits_of(model, state.rounds);
}

// Of the earlier runs that stand above this one, in their order; and what this one is called beside them.
void measure_compared(const Context& context, MeasuredState& state) {
  if (context.ui.compare != session::Compare::runs) {
    state.compared.clear();
    state.waits_before.clear();
    state.run_name.clear();
    return;
  }
  const auto strips = timeline_view::strips_of(context.session, context.ui, {});
  const auto name_of = [](const timeline_view::Strip& strip) { return strip.title + (strip.detail.empty() ? "" : " (" + strip.detail + ")"); };
  std::vector<std::string> names;
  for (const timeline_view::Strip& strip : strips) names.push_back(name_of(strip));
  if (names == state.compared) return;
  state.compared = names;
  state.waits_before.clear();
  for (std::size_t i = 0; i < strips.size(); ++i) {
    if (strips[i].model == &context.session.model()) {
      state.run_name = names[i];
      continue;
    }
    for (MeasuredState::Waits& waits : waits_of(*strips[i].model, timeline::rounds_of(*strips[i].model))) {
      waits.name = names[i] + ", " + waits.name;
      state.waits_before.push_back(std::move(waits));
    }
  }
}

int cores_of(const Model& model) { return static_cast<int>(model.kernel().cores().size()); }

void draw_chart(const Model& model, const MeasuredState& state, const ChartArea& area) {
  std::vector<SpeedUpCurve> curves;
  for (const timeline::SpeedUpLine& line : state.lines)
    if (line.points.size() > 1)  // what all are measured against is no line
      curves.push_back({round_name(line.name), color_of(curves.size()), line.points, timeline::amdahl(line.points, cores_of(model))});
  draw_speed_up(area, curves, cores_of(model));
}

constexpr std::array kColumns = {"measured.wall", "measured.speed_up", "measured.cpu", "measured.waited", "measured.hand_overs", "measured.memory"};
using Cells = std::array<std::string, kColumns.size()>;

Cells cells_of(const MeasuredState& state, std::size_t index) {
  const timeline::RoundCost& cost = state.costs[index];
  const Round& round = state.rounds[index];
  std::string times = "–";
  for (const timeline::SpeedUpLine& line : state.lines) {
    if (line.name != round.name || round.end_ns == kOpen) continue;
    for (const timeline::SpeedUp& point : line.points)
      if (point.workers == round.workers) times = fmt::format("{:.2f}×", point.times);
  }
  return {i18n::format_duration(cost.wall_ns), times, cost.cpu_ns > 0 ? i18n::format_duration(cost.cpu_ns) : "–", i18n::format_duration(cost.waited_ns),
          i18n::format_count(cost.hand_overs), cost.pss_kib > 0 ? timeline_view::bytes_words(std::int64_t{cost.pss_kib} * 1024) : "–"};
}

// Columns a thumb apart, closer where the room would not take that.
float table_width(const MeasuredState& state, float& names, std::array<float, kColumns.size()>& columns, float room = FLT_MAX) {
  names = 0;
  for (std::size_t i = 0; i < kColumns.size(); ++i) columns[i] = text_width(Font::small, tr(kColumns[i]));
  for (std::size_t row = 0; row < state.rounds.size(); ++row) {
    names = std::max(names, text_width(Font::strong, round_words(state.rounds[row])));
    const Cells cells = cells_of(state, row);
    for (std::size_t i = 0; i < cells.size(); ++i) columns[i] = std::max(columns[i], text_width(Font::body, cells[i]));
  }
  float width = names;
  for (const float column : columns) width += column;
  const float gap = std::clamp((room - width) / static_cast<float>(kColumns.size()), px(9), px(18));
  for (float& column : columns) {
    column += gap;
    width += gap;
  }
  return width;
}

void draw_rounds(Context& context, const MeasuredState& state, float width) {
  float names = 0;
  std::array<float, kColumns.size()> columns{};
  const float all = table_width(state, names, columns, width);
  ImDrawList* list = ImGui::GetWindowDrawList();
  ImVec2 at = ImGui::GetCursorScreenPos();
  draw_text(list, Font::strong, at, palette().text, tr("measured.title"));
  at.y += line_height(Font::strong) + px(4);
  float x = at.x + names;
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    x += columns[i];
    draw_text_in(list, Font::small, x - text_width(Font::small, tr(kColumns[i])), at.y, x + 1, at.y + px(20), palette().text_dim, tr(kColumns[i]));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + px(20)});
  for (std::size_t row = 0; row < state.rounds.size(); ++row) {
    const ImVec2 from = ImGui::GetCursorScreenPos();
    ImGui::PushID(static_cast<int>(row));
    const Hit area = hit(context.ui, "round", {std::max(width, all), px(kRow)});
    ImGui::PopID();
    if (area.hovered) list->AddRectFilled({area.min.x - px(4), area.min.y}, area.max, palette().hover, px(4));
    // The round it came from, on the timeline.
    if (area.clicked) context.ui.push("measured.round", std::to_string(row + 1));
    draw_text_in(list, Font::strong, from.x, from.y, from.x + names + 1, from.y + px(kRow), palette().text, round_words(state.rounds[row]));
    const Cells cells = cells_of(state, row);
    x = from.x + names;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      x += columns[i];
      draw_text_in(list, Font::body, x - text_width(Font::body, cells[i]), from.y, x + 1, from.y + px(kRow), palette().text, cells[i]);
    }
    draw_focus(area, px(4));
    ImGui::SetCursorScreenPos({from.x, from.y + px(kRow)});
  }
}

}  // namespace

void draw_measured(Context& context, MeasuredState& state) {
  const Model& model = context.session.model();
  const double now = ImGui::GetTime();
  const bool other_run = state.run_begin_ns != model.begin_ns();
  if (state.revision != model.revision() && (other_run || now - state.at > 0.5 || !context.session.live())) {
    state.revision = model.revision();
    state.run_begin_ns = model.begin_ns();
    state.at = now;
    measure(model, state);
    state.evidence = evidence_of(model, context.session.scenario().claims);
  }
  measure_compared(context, state);
  if (state.rounds.empty() && state.waits.empty() && state.waits_before.empty() && state.evidence.empty()) return paragraph(Font::body, palette().text_dim, tr(model.tasks().empty() ? "measured.empty" : "measured.none"));
  if (!state.evidence.empty()) {
    draw_evidence(context, state.evidence);
    ImGui::Dummy({1, px(10)});
  }
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  float bottom = start.y;
  if (!state.rounds.empty()) {
    float names = 0;
    std::array<float, kColumns.size()> columns{};
    const bool beside = room.x >= px(kChartWidth) + px(kGap) + table_width(state, names, columns);
    const bool chart = std::any_of(state.lines.begin(), state.lines.end(), [](const auto& line) { return !line.points.empty(); });
    const float width = std::min(px(kChartWidth), room.x), height = std::clamp(room.y - px(6), px(kChartLeast), px(beside ? kChartHeight * 1.6f : kChartHeight));
    if (chart) {
      draw_chart(model, state, {start.x, start.y, start.x + width, start.y + height});
      ImGui::SetCursorScreenPos(beside ? ImVec2(start.x + width + px(kGap), start.y) : ImVec2(start.x, start.y + height + px(12)));
      bottom = start.y + height;
    }
    draw_rounds(context, state, beside && chart ? room.x - width - px(kGap) : room.x);
    bottom = std::max(bottom, ImGui::GetCursorScreenPos().y) + px(14);
  }
  if (!state.waits.empty() || !state.waits_before.empty()) {
    std::vector<HistogramRow> rows;
    for (const MeasuredState::Waits& waits : state.waits_before) rows.push_back({waits.name, platform::task_color(waits.order), &waits.histogram, waits.interval_ns});
    for (const MeasuredState::Waits& waits : state.waits) rows.push_back({state.run_name.empty() ? waits.name : state.run_name + ", " + waits.name, platform::task_color(waits.order), &waits.histogram, waits.interval_ns});
    const float height = histograms_height(rows.size());
    draw_histograms({start.x, bottom, start.x + std::min(room.x, px(720)), bottom + height}, rows);
    bottom += height;
  }
  ImGui::SetCursorScreenPos(start);
  ImGui::Dummy({px(60), bottom - start.y});
  if (!model.gils().empty())
    paragraph_with_facts(context.ui, Font::small, palette().text_dim, timeline_view::gil_model_words(model.gils().front().mode()) + tr("inspector.joint") + tr("measured.fact"),
                         session::FactAtHand::Where::tab);
}

}  // namespace forklight::app::panels
