#include "app/timeline/words.h"

#include <algorithm>
#include <array>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/pool_words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using timeline::Model;
using timeline::Span;
using timeline::State;
using timeline::Task;

constexpr double kMicro = 1e3, kMilli = 1e6, kSecond = 1e9;
constexpr int kSigKill = 9, kSigTerm = 15;  // as Linux counts them: that is what traces hold, wherever they are read

std::string trimmed(std::string number) {
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

bool raised(const Task& task) {
  return std::any_of(task.marks.rbegin(),
                     task.marks.rbegin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(task.marks.size(), 8)),
                     [](const timeline::Mark& mark) { return mark.kind == trace::Kind::raise; });
}

}  // namespace

std::string short_duration(std::int64_t ns) {
  const auto value = static_cast<double>(std::max<std::int64_t>(ns, 0));
  if (value >= 59.95 * kSecond) return i18n::format_duration(ns);
  struct Unit {
    double size;
    const char* name;
  };
  constexpr std::array kUnits = {Unit{kSecond, "s"}, Unit{kMilli, "ms"}, Unit{kMicro, "µs"}};
  for (const Unit& unit : kUnits) {
    // 0.9995 and not 1: what would round to "1000 ms" reads better as "1 s".
    if (value < 0.9995 * unit.size) continue;
    const double number = value / unit.size;
    const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
    return trimmed(fmt::format("{:.{}f}", number, decimals)) + " " + unit.name;
  }
  return fmt::format("{:.0f} ns", value);
}

std::string signal_word(int number) {
  if (number == kSigTerm) return tr("timeline.signal.terminate");
  if (number == kSigKill) return tr("timeline.signal.kill");
  return i18n::signal_name(number);
}

std::string exit_words(int exit_code) {
  if (exit_code >= 0) return i18n::format_exit_code(exit_code);
  return i18n::format_exit_code(exit_code) + " " + i18n::signal_name(-exit_code);
}

std::string ended_words(const Task& task) {
  const std::optional<int> code = task.exit_code();
  if (!code) return tr("timeline.state.ended");
  if (*code < 0) return tr("timeline.state.killed", fmt::arg("signal", i18n::signal_name(-*code)));
  if (raised(task)) return tr("timeline.state.raised", fmt::arg("code", *code));
  return tr("timeline.state.exited", fmt::arg("code", *code));
}

std::string span_words(const Model& model, const Span& span, std::int64_t now_ns) {
  const std::int64_t length = std::min(span.end_ns, now_ns) - span.begin_ns;
  switch (span.state) {
    case State::running:
      return tr("timeline.span.running");
    case State::blocked:
      return wait_words(model, span);
    case State::sleeping:
      if (span.detail == 0) return tr("timeline.span.sleeping");
      return tr("timeline.span.sleeping.for",
                fmt::arg("duration", short_duration(static_cast<std::int64_t>(span.detail))));
    case State::zombie:
      return tr("timeline.span.zombie.for", fmt::arg("duration", short_duration(length)));
    case State::lost:
      return tr("timeline.span.lost", fmt::arg("count", i18n::format_count(span.detail)));
    case State::held:
      return tr("timeline.held",
                fmt::arg("what", operation_words(model, static_cast<trace::Kind>(span.detail), span.partner)));
    case State::stopped:
      return tr("timeline.state.stopped", fmt::arg("signal", i18n::signal_name(static_cast<int>(span.detail))));
    case State::gil_wait:
      return span.detail == 0 ? tr("timeline.gil.waits") : tr("timeline.gil.waits_for", fmt::arg("name", name_words(model, static_cast<std::uint32_t>(span.detail))));
    case State::gil_switch:
      return tr("timeline.gil.forced");
  }
  return tr("timeline.wait.unknown");
}

namespace {

// "waits for die(1): lost", short enough for a lane's header.
std::string result_state_words(const Model& model, const Span& span, std::int64_t now_ns) {
  const Awaited found = awaited(model, span, now_ns);
  if (found.job == nullptr) return tr("timeline.state.waiting", fmt::arg("what", wait_words(model, span, now_ns)));
  const std::string waits = tr("timeline.wait.result.of", fmt::arg("what", found.what));
  return found.lost ? tr("timeline.pool.lost.call", fmt::arg("call", waits)) : waits;
}

std::string plain_state_words(const Model& model, const Task& task, std::int64_t now_ns) {
  if (now_ns >= task.death_ns) {
    // Dead is told from reaped: the first is the kernel's doing, the second needs somebody who waits.
    if (now_ns < task.reaped_ns) return tr("timeline.state.zombie");
    return ended_words(task);
  }
  const Span* span = model.span_at(task, now_ns);
  // A run that was cut short ends exactly where its last spans do.
  if (span == nullptr && !task.spans.empty() && task.spans.back().begin_ns <= now_ns) span = &task.spans.back();
  if (span == nullptr) return tr("timeline.state.starting");
  switch (span->state) {
    case State::running:
      return tr("timeline.state.running");
    case State::blocked:
      if (span->reason == trace::BlockReason::result) return result_state_words(model, *span, now_ns);
      return tr("timeline.state.waiting", fmt::arg("what", wait_words(model, *span, now_ns)));
    case State::sleeping:
      return tr("timeline.state.asleep");
    case State::zombie:
      return tr("timeline.state.zombie");
    case State::lost:
      return tr("timeline.state.lost");
    case State::held:
      return tr("timeline.state.held",
                fmt::arg("what", operation_words(model, static_cast<trace::Kind>(span->detail), span->partner)));
    case State::stopped:
    case State::gil_wait:
    case State::gil_switch:
      return span_words(model, *span, now_ns);
  }
  return tr("timeline.state.running");
}

}  // namespace

std::string state_words(const Model& model, const Task& task, std::int64_t now_ns) {
  const std::string state = plain_state_words(model, task, now_ns);
  const bool orphan = now_ns >= task.adopted_ns && now_ns < task.death_ns;
  return orphan ? tr("timeline.state.orphan", fmt::arg("state", state)) : state;
}

std::string first_line(std::string_view text, std::size_t limit) {
  const bool more_lines = text.find('\n') != std::string_view::npos && text.find('\n') + 1 < text.size();
  text = text.substr(0, text.find('\n'));
  std::size_t at = 0, characters = 0;
  while (at < text.size() && characters < limit) {
    do ++at;  // continuation bytes belong to their character
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    ++characters;
  }
  std::string line(text.substr(0, at));
  if (at < text.size() || more_lines) line += "…";
  return line;
}

std::string mark_words(const Model& model, const timeline::Mark& mark) {
  const std::string& text = model.text(mark.text);
  if (mark.kind == trace::Kind::raise) return text.empty() ? tr("timeline.mark.raise") : first_line(text, 48);
  if (mark.kind == trace::Kind::handler_begin)
    return tr("timeline.mark.handler", fmt::arg("signal", i18n::signal_name(static_cast<int>(mark.a))));
  if (mark.kind == trace::Kind::in_hand) return tr("timeline.mark.in_hand", fmt::arg("name", name_words(model, mark.object)), fmt::arg("value", i18n::format_count(mark.a)));
  if (mark.kind == trace::Kind::update_lost)
    return tr("timeline.mark.update_lost", fmt::arg("name", name_words(model, mark.object)), fmt::arg("read", i18n::format_count(mark.a)), fmt::arg("found", i18n::format_count(mark.b)));
  if (mark.kind == trace::Kind::adopted) return tr("timeline.mark.adopted");
  if (mark.kind == trace::Kind::learner) {
    if (trace::LearnerAct{mark.a} == trace::LearnerAct::interrupt) return tr("timeline.mark.interrupt");
    if (trace::LearnerAct{mark.a} != trace::LearnerAct::signal) return {};
    return tr("timeline.mark.learner", fmt::arg("signal", i18n::signal_name(static_cast<int>(mark.b))));
  }
  if (mark.kind != trace::Kind::output) return {};
  if (mark.a != 2) return tr("timeline.mark.print");
  return text.find("Traceback") != std::string::npos ? tr("timeline.mark.traceback") : tr("timeline.mark.stderr");
}

}  // namespace forklight::app::timeline_view
