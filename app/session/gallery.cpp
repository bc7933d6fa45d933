#include "app/session/gallery.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "app/i18n/i18n.h"
#include "app/session/find.h"
#include "assets/texts.h"
#include "core/base/json.h"
#include "core/scenario/scenario.h"

namespace forklight::app::session {
namespace {

using timeline::FlowKind;
using timeline::kOpen;
using Lane = LessonPicture::Lane;

constexpr std::size_t kMostLanes = 14, kMostArrows = 36;
constexpr std::array kWidths = {240, 180, 140, 100, 70};
// Where more than this part of what begins would fall upon something else in a picture to scale, one step for each event says more.
constexpr double kMostHidden = 0.65;

char letter_of(timeline::State state) {
  using timeline::State;
  switch (state) {
    case State::running:
      return kRuns;
    case State::blocked:
      return kBlocked;
    case State::sleeping:
      return kSleeps;
    case State::zombie:
      return kZombie;
    case State::lost:
      return kLost;
    case State::held:
      return kHeld;
    case State::stopped:
      return kStopped;
    case State::gil_wait:
    case State::gil_switch:
      return kWantsGil;
  }
  return kRuns;
}

// Where moments stand among the columns.
struct Scale {
  timeline::Axis axis;
  double end;
  int width;
  std::int64_t end_ns;

  [[nodiscard]] double place(std::int64_t time_ns) const { return std::clamp(axis.coordinate(std::min(time_ns, end_ns)) / end, 0.0, 1.0) * width; }
  [[nodiscard]] int column(std::int64_t time_ns) const { return std::clamp(static_cast<int>(place(time_ns)), 0, width - 1); }
};

// Each column has the state that takes most of it.
std::string columns_of(const timeline::Task& task, const Scale& scale) {
  std::string columns(static_cast<std::size_t>(scale.width), kNotThere);
  std::vector<double> most(columns.size(), 0);
  const auto put = [&](std::int64_t begin_ns, std::int64_t end_ns, char letter) {
    const double from = scale.place(begin_ns), to = scale.place(end_ns);
    for (int i = static_cast<int>(from); i < std::min(scale.width, static_cast<int>(std::ceil(to))); ++i) {
      const double share = std::min(to, i + 1.0) - std::max(from, static_cast<double>(i));
      if (share <= most[static_cast<std::size_t>(i)]) continue;
      most[static_cast<std::size_t>(i)] = share;
      columns[static_cast<std::size_t>(i)] = letter;
    }
  };
  for (const timeline::Span& span : task.spans) put(span.begin_ns, span.end_ns, letter_of(span.state));
  // However short it lived, it is there.
  char& first = columns[static_cast<std::size_t>(scale.column(task.born_ns))];
  if (first == kNotThere) first = kRuns;
  return columns;
}

std::string columns_of(const timeline::Channel& channel, const Scale& scale) {
  std::string columns(static_cast<std::size_t>(scale.width), 'A');
  const int full = std::max(1, channel.counts.whole().most.depth);
  for (int i = 0; i < scale.width; ++i) {
    const auto time = [&](int column) { return scale.axis.time_ns(scale.end * column / scale.width); };
    const int depth = channel.counts.range(time(i), std::max(time(i) + 1, time(i + 1))).most.depth;
    columns[static_cast<std::size_t>(i)] = static_cast<char>('A' + std::clamp(depth <= 0 ? 0 : std::max(1, depth * 9 / full), 0, 9));
  }
  return columns;
}

// How large a part of the spans begins in a column in which another one has begun; of as many as there are columns, where there are more.
double hidden(const timeline::Model& model, const Scale& scale) {
  std::vector<bool> seen(static_cast<std::size_t>(scale.width), false);
  std::size_t spans = 0;
  for (const timeline::Task& task : model.tasks()) {
    spans += task.spans.size();
    for (const timeline::Span& span : task.spans) seen[static_cast<std::size_t>(scale.column(span.begin_ns))] = true;
  }
  const auto most = static_cast<double>(std::min(std::max<std::size_t>(spans, 1), seen.size()));
  return 1 - static_cast<double>(std::count(seen.begin(), seen.end(), true)) / most;
}

// "r12b3z": a letter, and how often it stands there if more than once.
std::string packed(const std::string& columns) {
  std::string text;
  for (std::size_t i = 0; i < columns.size();) {
    std::size_t end = i;
    while (end < columns.size() && columns[end] == columns[i]) ++end;
    text += columns[i];
    if (end - i > 1) text += std::to_string(end - i);
    i = end;
  }
  return text;
}

std::string unpacked(const std::string& text, std::size_t most) {
  std::string columns;
  for (std::size_t i = 0; i < text.size() && columns.size() < most;) {
    const char letter = text[i++];
    std::size_t count = 1;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), count);
    if (error == std::errc{}) i = static_cast<std::size_t>(end - text.data());
    columns.append(std::min(count, most - columns.size()), letter);
  }
  columns.resize(most, kNotThere);
  return columns;
}

bool is_shown(const timeline::Model& model, const timeline::Channel& channel) {
  const timeline::Object* object = model.find_object(channel.object);
  return object != nullptr && !object->internal() && object->kind != trace::ObjectKind::pipe && !channel.messages.empty();
}

// Every lesson's picture that is built in, read once.
const std::map<std::string, LessonPicture, std::less<>>& pictures() {
  static const auto all = [] {
    std::map<std::string, LessonPicture, std::less<>> found;
    for (const assets::File& file : assets::kFiles) {
      if (!file.path.starts_with("assets/gallery/")) continue;
      if (auto picture = picture_from(file.text)) found.emplace(picture->scenario, std::move(*picture));
    }
    return found;
  }();
  return all;
}

}  // namespace

LessonPicture picture_of(std::string_view scenario, const timeline::Model& model, std::int64_t end_ns, int width) {
  LessonPicture picture;
  picture.scenario = scenario;
  picture.took_ns = end_ns - model.begin_ns();
  picture.width = width;
  const auto scale_of = [&](timeline::AxisKind kind) {
    const timeline::Axis axis(kind, model);
    return Scale{axis, std::max(axis.coordinate(end_ns), 1.0), width, end_ns};
  };
  Scale scale = scale_of(timeline::AxisKind::time);
  if (hidden(model, scale) > kMostHidden) {
    picture.axis = timeline::AxisKind::order;
    scale = scale_of(timeline::AxisKind::order);
  }

  // Processes with their threads, in order of birth; a queue under its maker's.
  std::map<timeline::TaskId, std::size_t> lane_of;
  std::vector<const timeline::Channel*> channels;
  for (const timeline::Channel& channel : model.channels())
    if (is_shown(model, channel)) channels.push_back(&channel);
  const auto add = [&](Lane lane) {
    if (picture.lanes.size() < kMostLanes)
      picture.lanes.push_back(std::move(lane));
    else
      ++picture.left_out;
    return picture.lanes.size() - 1;
  };
  const auto& tasks = model.tasks();
  const auto add_task = [&](std::size_t order) {
    const timeline::Task& task = tasks[order];
    const bool room = picture.lanes.size() < kMostLanes;
    const std::size_t lane = add({task.is_thread() ? Lane::Kind::thread : Lane::Kind::process, task.name, order, room ? columns_of(task, scale) : std::string(), task.death_ns <= end_ns ? task.exit_code() : std::nullopt});
    if (room) lane_of[task.id] = lane;
  };
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].is_thread()) continue;
    add_task(i);
    for (std::size_t j = 0; j < tasks.size(); ++j)
      if (tasks[j].is_thread() && tasks[j].process == tasks[i].id) add_task(j);
    for (const timeline::Channel* channel : channels) {
      const timeline::Object* object = model.find_object(channel->object);
      const timeline::Task* maker = model.find(object->creator);
      if (maker != nullptr && maker->process == tasks[i].id) add({Lane::Kind::queue, object->name, 0, columns_of(*channel, scale), std::nullopt});
    }
  }

  // Births and ends first, then as many of the others as there is room for, spread over all.
  std::vector<LessonPicture::Arrow> lives, others;
  for (const timeline::Flow& flow : model.flows()) {
    const auto from = lane_of.find(flow.from), to = lane_of.find(flow.to);
    if (from == lane_of.end() || to == lane_of.end() || from == to || flow.from_ns == kOpen || flow.to_ns == kOpen) continue;
    const bool of_life = flow.kind == FlowKind::start || flow.kind == FlowKind::join || flow.kind == FlowKind::signal;
    (of_life ? lives : others).push_back({flow.kind, from->second, to->second, scale.column(flow.from_ns), scale.column(flow.to_ns)});
  }
  if (lives.size() > kMostArrows) lives.resize(kMostArrows);
  picture.arrows = std::move(lives);
  const std::size_t room = std::min(others.size(), kMostArrows - picture.arrows.size());
  for (std::size_t i = 0; i < room; ++i) picture.arrows.push_back(others[i * others.size() / room]);
  return picture;
}

std::string to_text(const LessonPicture& picture) {
  nlohmann::ordered_json json{{"scenario", picture.scenario}, {"program", picture.program}, {"took_ns", picture.took_ns}};
  if (picture.end != LessonPicture::End::by_itself) json["end"] = picture.end == LessonPicture::End::goes_on ? "goes on" : "stands still";
  json["axis"] = picture.axis == timeline::AxisKind::time ? "time" : "order";
  json["width"] = picture.width;
  if (picture.left_out > 0) json["left_out"] = picture.left_out;
  for (const Lane& lane : picture.lanes) {
    nlohmann::ordered_json one{{"name", lane.name}};
    if (lane.kind == Lane::Kind::thread) one["thread"] = true;
    if (lane.kind == Lane::Kind::queue) one["queue"] = true;
    if (lane.kind != Lane::Kind::queue) one["order"] = lane.order;
    if (lane.exit) one["exit"] = *lane.exit;
    one["columns"] = packed(lane.columns);
    json["lanes"].push_back(std::move(one));
  }
  json["arrows"] = nlohmann::ordered_json::array();
  for (const LessonPicture::Arrow& arrow : picture.arrows)
    json["arrows"].push_back(fmt::format("{} {} {} {} {}", "sjkmw"[static_cast<std::size_t>(arrow.kind)], arrow.from, arrow.from_x, arrow.to, arrow.to_x));
  return json.dump() + "\n";
}

std::string program_mark(const scenario::Scenario& lesson) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  const auto add = [&hash](std::string_view text) {
    for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211U;
    hash = (hash ^ 0xff) * 1099511628211U;
  };
  add(lesson.python);
  for (const scenario::Parameter& parameter : lesson.parameters) {
    add(parameter.id);
    add(parameter.fallback);
  }
  return fmt::format("{:016x}", hash);
}

std::string picture_text(const scenario::Scenario& lesson, const timeline::Model& model, std::int64_t end_ns, LessonPicture::End end) {
  std::string text;
  for (const int width : kWidths) {
    LessonPicture picture = picture_of(lesson.id, model, end_ns, width);
    picture.program = program_mark(lesson);
    picture.end = end;
    text = to_text(picture);
    // Where fewer columns do not help, it is the messages that take the room.
    while (text.size() > kMostPictureBytes && width == kWidths.back() && !picture.arrows.empty()) {
      picture.arrows.pop_back();
      text = to_text(picture);
    }
    if (text.size() <= kMostPictureBytes) break;
  }
  return text;
}

std::optional<LessonPicture> picture_from(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  try {
    LessonPicture picture;
    picture.scenario = json.at("scenario").get<std::string>();
    picture.program = json.at("program").get<std::string>();
    picture.took_ns = json.at("took_ns").get<std::int64_t>();
    const std::string end = json.value("end", std::string());
    picture.end = end == "goes on" ? LessonPicture::End::goes_on : end == "stands still" ? LessonPicture::End::stands_still : LessonPicture::End::by_itself;
    picture.axis = json.at("axis") == "order" ? timeline::AxisKind::order : timeline::AxisKind::time;
    picture.width = json.at("width").get<int>();
    picture.left_out = json.value("left_out", std::size_t{0});
    if (picture.width < 1 || picture.width > 4096) return std::nullopt;
    for (const auto& one : json.at("lanes")) {
      Lane lane;
      lane.name = one.at("name").get<std::string>();
      lane.kind = one.value("queue", false) ? Lane::Kind::queue : one.value("thread", false) ? Lane::Kind::thread : Lane::Kind::process;
      lane.order = one.value("order", std::size_t{0});
      if (one.contains("exit")) lane.exit = one.at("exit").get<int>();
      lane.columns = unpacked(one.at("columns").get<std::string>(), static_cast<std::size_t>(picture.width));
      picture.lanes.push_back(std::move(lane));
    }
    for (const auto& one : json.at("arrows")) {
      const std::string arrow = one.get<std::string>();
      const std::size_t kind = std::string_view("sjkmw").find(arrow.empty() ? ' ' : arrow.front());
      std::array<int, 4> numbers{};
      const char* at = arrow.data() + 1;
      for (int& number : numbers) {
        if (at >= arrow.data() + arrow.size()) return std::nullopt;
        at = std::from_chars(at + 1, arrow.data() + arrow.size(), number).ptr;
      }
      const auto lanes = static_cast<int>(picture.lanes.size());
      if (kind == std::string_view::npos || numbers[0] < 0 || numbers[0] >= lanes || numbers[2] < 0 || numbers[2] >= lanes) return std::nullopt;
      picture.arrows.push_back({static_cast<FlowKind>(kind), static_cast<std::size_t>(numbers[0]), static_cast<std::size_t>(numbers[2]), numbers[1], numbers[3]});
    }
    return picture;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

const LessonPicture* lesson_picture(std::string_view scenario) {
  const auto found = pictures().find(scenario);
  return found == pictures().end() ? nullptr : &found->second;
}

std::vector<std::string_view> lessons_that_fit(std::string_view typed) {
  std::string folded(typed);
  fold_case(folded);
  std::vector<std::string_view> found;
  for (const scenario::Scenario* lesson : scenario::all()) {
    const std::string id(lesson->id);
    const std::string text = id + "\n" + i18n::tr("scenario." + id + ".title") + "\n" + i18n::tr("scenario." + id + ".promise") + "\n" + i18n::tr("group." + std::string(lesson->group));
    // Each word has to come up.
    bool fits = true;
    for (std::string_view rest = folded; fits && !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      fits = end == 0 || find_folded(text, rest.substr(0, end)) != std::string_view::npos;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (fits) found.push_back(lesson->id);
  }
  return found;
}

}  // namespace forklight::app::session
