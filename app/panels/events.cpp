// Every event of the run, in order; a filter over what is shown; a click selects the moment.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/panels/console_rows.h"
#include "app/panels/panels.h"
#include "app/panels/rows.h"
#include "app/timeline/words.h"

namespace forklight::app::panels {
namespace {

using i18n::tr;
using platform::palette;
using timeline::EventRef;
using timeline::Model;
using trace::Kind;

std::string name_of(const Model& model, std::uint32_t id) {
  if (id >= trace::kFirstObject) return timeline_view::name_words(model, id);
  const timeline::Task* task = model.find(id);
  if (task == nullptr || task->name.empty()) return id == 0 ? tr("inspector.forklight") : fmt::format("#{}", id);
  return task->name;
}

// WIFEXITED and its kin, spelt out: a viewer of saved runs has no <sys/wait.h> to ask.
int exit_code_of(std::uint64_t status) {
  const int signal = static_cast<int>(status & 0x7f);
  return signal == 0 ? static_cast<int>(status >> 8 & 0xff) : -signal;
}

// Events that the supervisor recorded are about a task: they are shown in that task's lane.
timeline::TaskId subject(const EventRef& event) {
  return event.task != 0 ? event.task : event.event.object;
}

// Whose doing it was. What the supervisor does to a shared object it does for the learner.
std::string actor(const Model& model, const EventRef& event) {
  const bool by_hand = event.task == 0 && (event.event.kind == Kind::learner || event.event.object >= trace::kFirstObject);
  if (event.task == 0 && event.event.kind == Kind::reap) return name_of(model, 0);  // what nobody of the lesson asked for any more
  return by_hand ? tr("inspector.you") : name_of(model, subject(event));
}

bool contains(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) { return static_cast<char>(std::tolower(static_cast<unsigned char>(a))) == b; };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
}

bool matches(const Model& model, const EventRef& event, std::string_view lower) {
  return contains(trace::name(event.event.kind), lower) || contains(actor(model, event), lower) ||
         contains(event_words(model, event), lower);
}

// Goes on through the events for a part of a frame: there may be millions.
void update_filter(Context& context, EventRows& rows) {
  constexpr auto kSlice = std::chrono::milliseconds(4);
  const Model& model = context.session.model();
  if (rows.filter != context.ui.event_filter || rows.language != i18n::language() || rows.scan.has_to_restart(model)) {
    rows.filter = context.ui.event_filter;
    rows.language = i18n::language();
    rows.scan.restart();
    rows.rows.clear();
  }
  if (rows.filter.empty()) return;
  std::string lower = rows.filter;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  rows.scan.go_on(model, kSlice, [&](std::size_t index, const EventRef& event) {
    if (matches(model, event, lower)) rows.rows.push_back(static_cast<std::uint32_t>(index));
  });
  context.ui.filtering = !rows.scan.done();
}

struct Columns {
  float time, name, line;
};

void draw_row(Context& context, const EventRef& event, const Columns& columns, float height, bool entered) {
  const Model& model = context.session.model();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float bottom = at.y + height;
  const float right = at.x + ImGui::GetContentRegionAvail().x;
  ImGui::InvisibleButton("row", {std::max(1.0f, right - at.x), height});
  if (ImGui::IsItemClicked() || entered) context.ui.selection = {subject(event), event.time_ns};
  ImDrawList* list = ImGui::GetWindowDrawList();
  const session::Selection& selection = context.ui.selection;
  const bool selected = selection.task == subject(event) && selection.time_ns == event.time_ns;
  if (selected || ImGui::IsItemHovered())
    list->AddRectFilled({at.x - px(4), at.y}, {right, bottom}, selected ? palette().selected : palette().hover, px(4));
  const std::string time = moment_text(model, event.time_ns);
  float x = at.x + columns.time;
  draw_text_in(list, Font::code, x - text_width(Font::code, time), at.y, right, bottom, palette().text_dim, time);
  x += px(16);
  draw_text_in(list, Font::strong, x, at.y, x + columns.name + 1, bottom,
               selected || model.find(subject(event)) == nullptr ? palette().text
                                                                 : platform::task_ink(order_of(model, subject(event))),
               actor(model, event));
  x += columns.name + px(16);
  const float line_at = right - columns.line - px(8);
  const std::string words = event_words(model, event);
  light_found(context.ui, list, Font::body, x, at.y, bottom, line_at - px(8), words);
  draw_text_in(list, Font::body, x, at.y, line_at - px(8), bottom, palette().text, words);
  const bool has_line =
      event.event.line > 0 && event.event.kind != Kind::death;  // there, it says how the death is known
  if (has_line) {
    const std::string line = tr("events.line", fmt::arg("line", event.event.line));
    draw_text_in(list, Font::small, right - px(8) - text_width(Font::small, line), at.y, right, bottom,
                 palette().text_dim, line);
  }
}

std::size_t first_at(const Model& model, std::int64_t time_ns) {
  const auto& events = model.events();
  const auto at = std::lower_bound(events.begin(), events.end(), time_ns, [](const EventRef& event, std::int64_t time) { return event.time_ns < time; });
  return static_cast<std::size_t>(at - events.begin());
}

// Where the keyboard begins: at what is selected, where that is one of the rows.
std::size_t row_of_selection(const Context& context, const EventRows& rows) {
  const session::Selection& selection = context.ui.selection;
  if (!selection.time_ns) return kNoRow;
  const auto& events = context.session.model().events();
  for (std::size_t at = first_at(context.session.model(), *selection.time_ns); at < events.size() && events[at].time_ns == *selection.time_ns; ++at) {
    if (subject(events[at]) != selection.task) continue;
    if (rows.filter.empty()) return at;
    const auto row = std::lower_bound(rows.rows.begin(), rows.rows.end(), at);
    if (row != rows.rows.end() && *row == at) return static_cast<std::size_t>(row - rows.rows.begin());
  }
  return kNoRow;
}

// Whoever selects something elsewhere finds it here too.
void show_selection(const Context& context, EventRows& rows, float row_height, bool chosen_here) {
  if (rows.shown == context.ui.selection) return;
  rows.shown = context.ui.selection;
  if (!rows.shown.time_ns || !rows.filter.empty() || chosen_here || ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows)) return;
  const std::size_t at = first_at(context.session.model(), *rows.shown.time_ns);
  ImGui::SetScrollY(std::max(0.0f, static_cast<float>(at) * row_height - ImGui::GetWindowHeight() / 2));
}

// What the learner did.
std::string act_of_learner(const EventRef& ref, const std::string& name) {
  const trace::Event& event = ref.event;
  switch (trace::LearnerAct{event.a}) {
    case trace::LearnerAct::signal:
      return tr("event.signal_sent", fmt::arg("name", name), fmt::arg("signal", i18n::signal_name(static_cast<int>(event.b))));
    case trace::LearnerAct::put:
      return tr("event.learner.put", fmt::arg("name", name));
    case trace::LearnerAct::set:
      return tr("event.set", fmt::arg("name", name));
    case trace::LearnerAct::clear:
      return tr("event.clear", fmt::arg("name", name));
    case trace::LearnerAct::close:
      return tr("event.learner.close", fmt::arg("name", name));
    case trace::LearnerAct::interrupt:
      return tr("event.learner.interrupt");
    case trace::LearnerAct::interval:
      return tr("event.learner.interval", fmt::arg("name", name));
  }
  return std::string(trace::name(event.kind));
}

// Those of queues, pipes, locks and the gate. Some have other words for how it came out.
std::string traffic_words(const Model& model, const EventRef& ref, const std::string& name) {
  const trace::Event& event = ref.event;
  std::string key = fmt::format("event.{}", trace::name(event.kind));
  const bool failed = (event.kind == Kind::put_end && event.b == 0) || (event.kind == Kind::get_end && event.b == 0) ||
                      ((event.kind == Kind::acquire_end || event.kind == Kind::wait_end || event.kind == Kind::import_end) && event.a == 0);
  const bool failed_in_pool = ((event.kind == Kind::item_end || event.kind == Kind::chunk_result || event.kind == Kind::callback_end ||
                                event.kind == Kind::result_got) && event.b == 0) ||
                              (event.kind == Kind::job_done && event.b != 0);
  if (failed || failed_in_pool) key += ".failed";
  if (event.kind == Kind::result_got && event.b == 2) key += ".raised";
  if (event.kind == Kind::pool_state) key += fmt::format(".{}", event.a);
  if (event.kind == Kind::wait_end && event.a == 2) key += ".broken";
  if (!i18n::has(key)) return std::string(trace::name(event.kind));
  const std::string text = printable(timeline_view::first_line(model.text(ref.text), 40)),
                    operation = timeline_view::operation_words(model, static_cast<Kind>(event.a), event.object);
  return tr(key, fmt::arg("name", name), fmt::arg("value", text), fmt::arg("operation", operation),
            fmt::arg("number", i18n::format_count(event.a)), fmt::arg("job", event.a >> 32),
            fmt::arg("part", event.a & 0xffffffffU), fmt::arg("worker", name_of(model, static_cast<std::uint32_t>(event.a))), fmt::arg("bytes", timeline_view::bytes_words(static_cast<std::int64_t>(event.a))));
}

}  // namespace

std::string event_words(const Model& model, const EventRef& ref) {
  const trace::Event& event = ref.event;
  if (event.kind >= Kind::gil_want && event.kind <= Kind::work_end) return timeline_view::gil_event_words(model, event);
  const std::string name = name_of(model, event.object);
  const auto object = fmt::arg("name", name);
  switch (event.kind) {
    case Kind::task_begin:
      return tr("event.task_begin");
    case Kind::exit:
      return tr("event.exit", fmt::arg("code", static_cast<std::int64_t>(event.a)));
    case Kind::line:
      return tr("event.line", fmt::arg("line", event.line));
    case Kind::start_begin:
      return tr("event.start_begin", object);
    case Kind::start_end:
      return tr("event.start_end", object, fmt::arg("pid", event.a));
    case Kind::start_failed:
      return tr("event.start_failed", object);
    case Kind::join_begin:
      return tr("event.join_begin", object);
    case Kind::join_end:
      return tr(event.a != 0 ? "event.join_end" : "event.join_timeout", object);
    case Kind::reap:
      return tr("event.reap", object, fmt::arg("code", timeline_view::exit_words(exit_code_of(event.a))));
    case Kind::signal_sent:
      return tr("event.signal_sent", object, fmt::arg("signal", i18n::signal_name(static_cast<int>(event.a))));
    case Kind::handler_begin:
      return tr("event.handler_begin", fmt::arg("signal", i18n::signal_name(static_cast<int>(event.a))));
    case Kind::handler_end:
      return tr(event.b != 0 ? "event.handler_raised" : "event.handler_end",
                fmt::arg("signal", i18n::signal_name(static_cast<int>(event.a))));
    case Kind::close:
      return tr("event.close", object);
    case Kind::block_begin:
      return tr("event.block_begin");
    case Kind::block_end:
      return tr("event.block_end");
    case Kind::sleep_begin:
      return tr("event.sleep_begin",
                fmt::arg("duration", timeline_view::short_duration(static_cast<std::int64_t>(event.a))));
    case Kind::sleep_end:
      return tr("event.sleep_end");
    case Kind::output:
      return tr(event.a == 2 ? "event.output_error" : "event.output",
                fmt::arg("text", printable(timeline_view::first_line(model.text(ref.text), 80))));
    case Kind::raise:
      return tr("event.raise", fmt::arg("text", printable(timeline_view::first_line(model.text(ref.text), 80))));
    case Kind::born:
      return tr("event.born", fmt::arg("pid", event.a));
    case Kind::death:
      return tr("event.death", fmt::arg("code", timeline_view::exit_words(exit_code_of(event.a))));
    case Kind::adopted:
      return tr("event.adopted");
    case Kind::cap:
      return tr("event.cap", fmt::arg("limit", event.b));
    case Kind::stop:
      return tr("event.stop");
    case Kind::lost:
      return tr("event.lost", fmt::arg("count", i18n::format_count(event.a)));
    case Kind::learner:
      return act_of_learner(ref, name);
    case Kind::in_hand:
      return tr("event.in_hand", object, fmt::arg("read", i18n::format_count(event.a)));
    case Kind::update_lost:
      return tr("event.update_lost", object, fmt::arg("read", i18n::format_count(event.a)), fmt::arg("found", i18n::format_count(event.b)));
    default:
      return traffic_words(model, ref, name);
  }
}

void draw_events(Context& context, EventRows& rows) {
  const Model& model = context.session.model();
  if (model.events().empty()) return paragraph(Font::body, palette().text_dim, tr("events.empty"));
  update_filter(context, rows);
  const std::size_t count = rows.filter.empty() ? model.events().size() : rows.rows.size();
  if (count == 0 && !rows.scan.done())
    return paragraph(Font::body, palette().text_dim, tr("find.looking", fmt::arg("percent", static_cast<int>(rows.scan.share() * 100))));
  if (count == 0)
    return paragraph(Font::body, palette().text_dim, tr("events.no_match", fmt::arg("filter", rows.filter)));

  const float row_height = std::round(line_height(Font::body) + px(5));
  Columns columns{std::max(text_width(Font::code, "000.0 ms"), text_width(Font::code, moment_text(context.session.model(), context.session.model().end_ns()))), px(72),
                  text_width(Font::small, tr("events.line", fmt::arg("line", 9999)))};
  for (const timeline::Task& task : model.tasks())
    columns.name = std::max(columns.name, text_width(Font::strong, task.name));
  columns.name = std::min(columns.name, ImGui::GetContentRegionAvail().x * 0.3f);
  const bool at_end = ImGui::GetScrollY() >= ImGui::GetScrollMaxY() - row_height * 2;
  const RowKeys keys = row_keys(context.ui, "events", count, row_height, [&] { return row_of_selection(context, rows); });
  show_selection(context, rows, row_height, keys.focused);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(count), row_height);
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const auto row = static_cast<std::size_t>(i);
      ImGui::PushID(i);
      draw_row(context, model.events()[rows.filter.empty() ? row : rows.rows[row]], columns, row_height, keys.enters(row));
      draw_row_focus(keys, row);
      ImGui::PopID();
    }
  }
  clipper.End();
  ImGui::PopStyleVar();
  if (count > rows.seen && at_end && rows.seen > 0 && !keys.focused) ImGui::SetScrollHereY(1);
  rows.seen = count;
}

}  // namespace forklight::app::panels
