#include "app/panels/waits.h"

#include <algorithm>
#include <string>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/panels.h"
#include "app/panels/rows.h"
#include "app/timeline/shapes.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::Model;
using timeline::Task;
using timeline::Wait;
using trace::BlockReason;

constexpr std::size_t kMostRows = 12;  // in the graph and in the list; beyond that the number is told
constexpr float kNodeHeight = 28, kRow = 52, kBack = 30, kSide = 12, kGap = 46;

struct Node {
  std::uint32_t id;
  std::string name;
  std::size_t column, row;
  bool stuck;
  float x = 0, y = 0, width = 0;  // y: its middle
};

struct Edge {
  std::size_t from, to;
  std::string label;
  bool stuck, broken;  // broken: leads to somebody who is dead
};

}  // namespace

// A result that its worker took along is held by nobody: it is gone (L-21).
const char* edge_key(const Wait& wait) {
  if (wait.reason == BlockReason::result && wait.whom_dead) return "waits.edge.lost_with";
  return wait.reason == BlockReason::lock || wait.whom_dead ? "waits.edge.held_by" : "waits.edge.could";
}

namespace {

// Nodes in columns and rows: those who wait at the left, what they wait for to their right. A chain of those who can
// never go on is the first row.
class Graph {
 public:
  // Made smaller where it would be wider than `room`.
  Graph(const Model& model, const std::vector<Wait>& waits, const timeline::Deadlock& deadlock, float room) : model_(model) {
    for (const Wait& wait : deadlock.chain) add(wait, 0, true);
    if (!nodes_.empty()) rows_ = 1;
    for (const Wait& wait : waits) {
      const bool told = std::any_of(deadlock.chain.begin(), deadlock.chain.end(),
                                    [&](const Wait& other) { return other.task == wait.task; });
      if (told || wait.reason == BlockReason::output) continue;
      if (rows_ == kMostRows) {
        ++left_out_;
        continue;
      }
      add(wait, rows_, false);
      ++rows_;
    }
    place();
    if (width_ <= room) return;
    compact_ = true;
    for (Node& n : nodes_)
      if (const Task* task = model.find(n.id); task != nullptr && task->is_thread()) n.name = timeline_view::name_words(model, n.id);
    place();
  }

  [[nodiscard]] float width() const noexcept { return width_; }
  [[nodiscard]] float height() const noexcept { return height_; }
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }
  void draw(ImDrawList* list, ImVec2 origin) const;

 private:
  std::size_t node(std::uint32_t id, std::size_t row, std::size_t column, bool stuck);
  void add(const Wait& wait, std::size_t row, bool stuck);
  void place();
  void draw_edge(ImDrawList* list, ImVec2 origin, const Edge& edge) const;
  void draw_node(ImDrawList* list, ImVec2 origin, const Node& node) const;

  const Model& model_;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::size_t rows_ = 0, left_out_ = 0;
  [[nodiscard]] Font font() const { return compact_ ? Font::small : Font::strong; }
  [[nodiscard]] float side() const { return px(compact_ ? 8 : kSide); }

  bool compact_ = false;
  bool back_ = false;  // a circle closes under the first row
  float width_ = 0, height_ = 0;
};

std::size_t Graph::node(std::uint32_t id, std::size_t row, std::size_t column, bool stuck) {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [id](const Node& n) { return n.id == id; });
  if (found != nodes_.end()) return static_cast<std::size_t>(found - nodes_.begin());
  std::string name = timeline_view::name_words(model_, id);
  if (const Task* task = model_.find(id); task != nullptr && task->is_thread())
    name = timeline_view::name_words(model_, task->process) + " · " + name;
  nodes_.push_back({id, std::move(name), column, row, stuck});
  return nodes_.size() - 1;
}

void Graph::add(const Wait& wait, std::size_t row, bool stuck) {
  const auto end_of_row = [&] {
    std::size_t column = 0;
    for (const Node& n : nodes_)
      if (n.row == row) column = std::max(column, n.column + 1);
    return column;
  };
  const std::size_t task = node(wait.task, row, end_of_row(), stuck);
  std::size_t from = task;
  const std::string words = timeline_view::short_wait_words(wait.reason);
  const timeline::Object* object = model_.find_object(wait.on);
  const std::uint32_t on = object != nullptr && object->internal() ? object->owner : wait.on;
  if (on >= trace::kFirstObject && object != nullptr) {
    from = node(on, row, end_of_row(), stuck);
    edges_.push_back({task, from, words, stuck, false});
    if (wait.whom == 0) return;
    const std::size_t to = node(wait.whom, row, end_of_row(), stuck);
    edges_.push_back({from, to, tr(edge_key(wait)), stuck, wait.whom_dead});
  } else if (wait.whom != 0) {
    const std::size_t to = node(wait.whom, row, end_of_row(), stuck);
    edges_.push_back({from, to, words, stuck, wait.whom_dead});
  }
}

void Graph::place() {
  std::size_t columns = 0;
  for (Node& n : nodes_) {
    n.width = text_width(font(), n.name) + 2 * side();
    columns = std::max(columns, n.column + 1);
  }
  std::vector<float> widths(columns, 0), gaps(columns, px(compact_ ? kGap / 2 : kGap));
  for (const Node& n : nodes_) widths[n.column] = std::max(widths[n.column], n.width);
  for (const Edge& edge : edges_) {
    const Node &from = nodes_[edge.from], &to = nodes_[edge.to];
    if (to.column > from.column)
      gaps[from.column] = std::max(gaps[from.column], text_width(Font::small, edge.label) + px(compact_ ? 18 : 28));
    back_ = back_ || to.column <= from.column;
  }
  std::vector<float> xs(columns, 0);
  for (std::size_t i = 1; i < columns; ++i) xs[i] = xs[i - 1] + widths[i - 1] + gaps[i - 1];
  for (Node& n : nodes_) {
    n.x = xs[n.column];
    n.y = px(kRow) * (static_cast<float>(n.row) + 0.5f) + (n.row > 0 && back_ ? px(kBack) : 0);
  }
  width_ = columns == 0 ? 0 : xs.back() + widths.back();
  height_ = px(kRow) * static_cast<float>(rows_) + (back_ ? px(kBack) : 0);
}

void Graph::draw_edge(ImDrawList* list, ImVec2 origin, const Edge& edge) const {
  const Node &from = nodes_[edge.from], &to = nodes_[edge.to];
  const Color ink = edge.stuck || edge.broken ? palette().error : palette().text_dim;
  const float thick = px(edge.stuck ? 2.4f : 1.5f), half = px(kNodeHeight / 2);
  std::vector<ImVec2> path;
  ImVec2 words;
  const float label = text_width(Font::small, edge.label), height = line_height(Font::small);
  if (to.column > from.column) {
    const ImVec2 a(origin.x + from.x + from.width, origin.y + from.y), b(origin.x + to.x, origin.y + to.y);
    path = {a};
    if (from.row == to.row) {
      path.push_back(b);
    } else {
      const float reach = (b.x - a.x) * 0.5f;
      timeline_view::curve_to(path, {a.x + reach, a.y}, {b.x - reach, b.y}, b);
    }
    // Above the line, beside the node that it leaves.
    words = {from.row == to.row ? (a.x + b.x - label) * 0.5f : a.x + px(10), a.y - height - px(2)};
  } else {
    // Back under the row.
    const float x0 = origin.x + from.x + from.width * 0.5f, x1 = origin.x + to.x + to.width * 0.5f;
    const float bottom = origin.y + std::max(from.y, to.y) + half + px(kBack * 0.62f), round = px(8);
    path = {{x0, origin.y + from.y + half}, {x0, bottom - round}};
    timeline_view::curve_to(path, {x0, bottom}, {x0, bottom}, {x0 - round, bottom}, 6);
    path.emplace_back(x1 + round, bottom);
    timeline_view::curve_to(path, {x1, bottom}, {x1, bottom}, {x1, bottom - round}, 6);
    path.emplace_back(x1, origin.y + to.y + half);
    words = {(x0 + x1 - label) * 0.5f, bottom - height - px(2)};
  }
  const ImVec2 tip = path.back(), before = path[path.size() - 2];
  timeline_view::stroke(list, path, {ink, 0, thick, edge.broken});
  timeline_view::arrow_head(list, tip, before, px(edge.stuck ? 11.0f : 9.0f), ink);
  draw_text(list, Font::small, words, platform::readable(ink, palette().panel), edge.label);
}

void Graph::draw_node(ImDrawList* list, ImVec2 origin, const Node& n) const {
  const float half = px(kNodeHeight / 2);
  const timeline_view::Rect box{origin.x + n.x, origin.y + n.y - half, origin.x + n.x + n.width, origin.y + n.y + half};
  const Task* task = model_.find(n.id);
  if (task != nullptr) {
    const std::size_t order = order_of(model_, n.id);
    timeline_view::fill(list, box, platform::task_color(order), px(6));
    draw_text(list, font(), {box.x0 + side(), origin.y + n.y - line_height(font()) * 0.5f},
              platform::task_text_color(order), n.name);
  } else {
    timeline_view::fill(list, box, palette().panel_raised, half);
    timeline_view::outline(list, box, palette().text_dim, half, px(1.2f));
    draw_text(list, font(), {box.x0 + side(), origin.y + n.y - line_height(font()) * 0.5f},
              palette().text, n.name);
  }
  if (!n.stuck) return;
  const float out = px(3);
  timeline_view::outline(list, {box.x0 - out, box.y0 - out, box.x1 + out, box.y1 + out}, palette().error,
                         task != nullptr ? px(8) : half + out, px(2));
}

void Graph::draw(ImDrawList* list, ImVec2 origin) const {
  for (const Edge& edge : edges_) draw_edge(list, origin, edge);
  for (const Node& n : nodes_) draw_node(list, origin, n);
}

// "MainProcess   waits for Process-1 to end   for 4.85 s": a click selects it.
void draw_row(Context& context, const Wait& wait, std::int64_t when, bool stuck, const RowKeys& keys, std::size_t index) {
  const Model& model = context.session.model();
  const Task* task = model.find(wait.task);
  if (task == nullptr) return;
  ImGui::PushID(static_cast<int>(wait.task));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = px(44);
  if (ImGui::Selectable("##wait", context.ui.selection.task == wait.task, ImGuiSelectableFlags_None, {0, height}) || keys.enters(index))
    context.ui.push("select", std::to_string(wait.task));
  draw_row_focus(keys, index);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled({at.x, at.y + px(6)}, {at.x + px(4), at.y + height - px(6)},
                      platform::task_color(order_of(model, wait.task)), px(1));
  const std::string since = tr("waits.since", fmt::arg("duration", i18n::format_duration(when - wait.since_ns)));
  const float since_width = text_width(Font::small, since), left = at.x + px(12), right = at.x + width - px(8);
  draw_text_in(list, Font::strong, left, at.y + px(3), right - since_width - px(10), at.y + height * 0.5f + px(2), palette().text,
               timeline_view::name_words(model, wait.task));
  draw_text(list, Font::small, {right - since_width, at.y + px(6)}, palette().text_dim, since);
  const timeline::Span* span = model.span_at(*task, when);
  const std::string words = span == nullptr ? std::string() : timeline_view::wait_words(model, *span, when);
  const Color ink = stuck ? platform::readable(palette().error, palette().panel) : palette().text_dim;
  draw_text_in(list, Font::small, left, at.y + height * 0.5f - px(1), right, at.y + height - px(2), ink, words);
  ImGui::PopID();
}

void draw_list(Context& context, const WaitsState& state) {
  const Model& model = context.session.model();
  const auto& stuck = state.watch.found().stuck;
  std::vector<const Wait*> told;
  for (const Wait& wait : state.waits)
    if (wait.reason != BlockReason::output && model.find(wait.task) != nullptr) told.push_back(&wait);
  const std::size_t shown = std::min(told.size(), kMostRows);
  const auto selected = [&] {
    const auto row = std::find_if(told.begin(), told.end(), [&](const Wait* wait) { return wait->task == context.ui.selection.task; });
    return row == told.end() ? kNoRow : static_cast<std::size_t>(row - told.begin());
  };
  const RowKeys keys = row_keys(context.ui, "waits", shown, px(44) + ImGui::GetStyle().ItemSpacing.y, selected);
  for (std::size_t i = 0; i < shown; ++i)
    draw_row(context, *told[i], state.moment_ns, std::any_of(stuck.begin(), stuck.end(), [&](const Wait& other) { return other.task == told[i]->task; }), keys, i);
  if (told.size() > kMostRows)
    label(Font::small, palette().text_dim, tr("waits.more", fmt::arg("count", i18n::format_count(told.size() - kMostRows))));
}

// "Lock-1 is held by Process-2, which was killed (−9)": also where nobody waits for it yet.
std::string dead_holders(const Model& model, std::int64_t when) {
  std::string all;
  for (const timeline::Object& object : model.objects()) {
    if (object.holds.empty() || object.internal()) continue;
    const std::vector<timeline::Holder> found = timeline::holders(model, object.id, when);
    if (found.empty() || !found.front().dead) continue;
    if (!all.empty()) all += '\n';
    all += timeline_view::holder_words(model, object.id, when);
  }
  return all;
}

}  // namespace

void draw_waits(Context& context, WaitsState& state) {
  const Model& model = context.session.model();
  const session::Session& session = context.session;
  const std::int64_t when =
      context.ui.selection.time_ns
          ? *context.ui.selection.time_ns
          : timeline_view::deadlock_moment(model, context.ui, session.now_ns(), session.live());
  state.watch.update(model, when, ImGui::GetTime());
  if (state.moment_ns != state.watch.moment_ns() || state.revision != model.revision()) {
    state.moment_ns = state.watch.moment_ns();
    state.revision = model.revision();
    state.waits = timeline::waits(model, state.moment_ns);
  }
  const std::string dead = dead_holders(model, state.moment_ns);
  if (!dead.empty()) paragraph_with_terms(context.ui, Font::body, platform::readable(palette().error, palette().panel), dead);
  const Graph graph(model, state.waits, state.watch.found(), ImGui::GetContentRegionAvail().x - px(8));
  if (graph.height() <= 0) {
    if (dead.empty()) paragraph(Font::body, palette().text_dim, tr("waits.empty"));
    return;
  }
  if (state.watch.found())
    label(Font::strong, platform::readable(palette().error, palette().panel), tr("waits.deadlock"));

  // The graph beside the list where there is room for both, else above it.
  const float room = ImGui::GetContentRegionAvail().x, least_list = px(250);
  const bool beside = graph.width() + px(24) + least_list <= room;
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  if (beside) {
    const float list_width = std::min(room - graph.width() - px(32), px(360));
    ImGui::BeginGroup();
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, px(2)));
    ImGui::BeginChild("rows", {list_width, std::max(px(44) * static_cast<float>(std::min(state.waits.size(), kMostRows + 1)) + px(8), graph.height())},
                      false, ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    draw_list(context, state);
    ImGui::EndChild();
    ImGui::PopStyleVar();
    ImGui::EndGroup();
    graph.draw(ImGui::GetWindowDrawList(), {origin.x + list_width + px(24), origin.y + px(4)});
    return;
  }
  graph.draw(ImGui::GetWindowDrawList(), {origin.x + px(4), origin.y + px(4)});
  ImGui::Dummy({graph.width() + px(8), graph.height() + px(8)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, px(2)));
  draw_list(context, state);
  ImGui::PopStyleVar();
}

}  // namespace forklight::app::panels
