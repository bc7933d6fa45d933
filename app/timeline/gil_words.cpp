// What is said of the GIL: its steps in the list of events, how it works, where its holder looks.
#include <array>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using timeline::Model;
using trace::Event;
using trace::Kind;

std::string task_or(const Model& model, std::uint64_t task, const char* nobody) {
  return task == 0 ? tr(nobody) : name_words(model, static_cast<std::uint32_t>(task));
}

std::string drop_words(const Event& event) {
  constexpr std::array<std::string_view, 4> kDropReasons = {"request", "blocking", "thread_end", "tick"};
  return event.a < kDropReasons.size() ? tr(fmt::format("event.gil_drop.{}", kDropReasons[event.a])) : std::string(trace::name(event.kind));
}

// What it follows, by number.
std::string_view fact_of(trace::GilMode mode) noexcept {
  switch (mode) {
    case trace::GilMode::gil:
      return "G.2, G.3";
    case trace::GilMode::before_3_2:
      return "G-01";
    case trace::GilMode::free_threaded:
      return "G-07";
  }
  return "G.2, G.3";
}

}  // namespace

std::string gil_mode_words(trace::GilMode mode) {
  switch (mode) {
    case trace::GilMode::gil:
      return tr("gil.mode.gil");
    case trace::GilMode::before_3_2:
      return tr("gil.mode.before_3_2");
    case trace::GilMode::free_threaded:
      return tr("gil.mode.free_threaded");
  }
  return tr("gil.mode.gil");
}

std::string check_place_words(trace::CheckPlace place) {
  constexpr std::array<std::string_view, 5> kPlaces = {"loop_end", "call", "function_start", "instruction", "tick"};
  const auto index = static_cast<std::size_t>(place);
  return index < kPlaces.size() ? tr(fmt::format("gil.place.{}", kPlaces[index])) : tr("timeline.object.unknown");
}

std::string gil_model_words(trace::GilMode mode) { return tr("gil.model", fmt::arg("fact", fact_of(mode))); }

std::string gil_model_short(trace::GilMode mode) { return tr("gil.model.short", fmt::arg("fact", fact_of(mode))); }

std::string gil_event_words(const Model& model, const Event& event) {
  const std::string name = name_words(model, event.object), other = task_or(model, event.a, "timeline.gil.nobody");
  const auto lock = fmt::arg("name", name);
  const auto who = fmt::arg("holder", other);
  const auto time = [](std::uint64_t ns) { return short_duration(static_cast<std::int64_t>(ns)); };
  switch (event.kind) {
    case Kind::gil_want:
      return tr(event.a == 0 ? "event.gil_want.free" : "event.gil_want", lock, who);
    case Kind::gil_wait:
      return event.a == 0 ? tr("event.gil_wait.ever", lock) : tr("event.gil_wait", lock, fmt::arg("duration", time(event.a)));
    case Kind::gil_wake:
      return tr(event.a == 0 ? "event.gil_wake" : "event.gil_wake.taken", lock, who);
    case Kind::gil_timeout:
      return tr(event.b == 0 ? "event.gil_timeout" : "event.gil_timeout.switched", lock, who);
    case Kind::gil_request:
      return tr("event.gil_request", lock, who);
    case Kind::eval_check:
      return tr("event.eval_check", lock, fmt::arg("place", check_place_words(trace::CheckPlace{event.a})), fmt::arg("duration", time(event.b)));
    case Kind::gil_drop:
      return drop_words(event);
    case Kind::gil_take:
      return tr(event.a == 0 ? "event.gil_take" : "event.gil_take.from", lock, who);
    case Kind::switch_wait:
      return tr("event.switch_wait", lock);
    case Kind::switch_done:
      return tr("event.switch_done", lock, who, fmt::arg("duration", time(event.b)));
    case Kind::gil_interval:
      return tr(event.b == 1 ? "event.gil_interval.you" : "event.gil_interval", lock, fmt::arg("duration", time(event.a)));
    case Kind::work_begin:
      return tr("event.work_begin", fmt::arg("number", i18n::format_count(event.a)));
    case Kind::work_end:
      return tr("event.work_end", fmt::arg("number", i18n::format_count(event.a)));
    default:
      return std::string(trace::name(event.kind));
  }
}

}  // namespace forklight::app::timeline_view
