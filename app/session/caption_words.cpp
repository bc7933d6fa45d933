// What a caption says, in the language of the moment.
#include <algorithm>
#include <array>
#include <string_view>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/session/captions.h"

namespace forklight::app::session {
namespace {

using i18n::tr;
using timeline::Model;

// In the order of Happening.
constexpr std::array<std::string_view, 49> kKeys = {
    "begins", "started", "start_failed", "sleeps", "waits_for", "joined", "join_timeout", "printed", "raised", "ended", "failed", "killed", "thread_ended", "all_ended",
    "signalled", "interrupted", "orphaned", "put", "full", "got", "waits_for_value", "sent", "received", "dropped", "send_failed",
    "waits_for_lock", "took", "waits_for_event", "set", "cleared", "notified", "barrier_full",
    "workers", "job", "calls", "returned", "job_done", "job_failed", "pool_closed", "pool_terminated", "pool_broken",
    "gil_turns", "update_lost", "computes", "computed", "run_stopped", "limit", "deadlock", "stuck"};
static_assert(static_cast<std::size_t>(Happening::stuck) + 1 == kKeys.size());

constexpr std::array<std::string_view, 16> kObjects = {"pipe", "queue", "simple_queue", "joinable_queue", "lock", "rlock", "semaphore", "bounded_semaphore",
                                                       "condition", "event", "barrier", "value", "array", "gil", "pool", "executor"};
constexpr std::size_t kLongest = 48;  // characters of a value or a line

std::string name_of(const Model& model, std::uint32_t id) {
  if (id == 0) return tr("caption.you");
  if (const timeline::Task* task = model.find(id)) return task->name.empty() ? tr("timeline.task.unnamed") : task->name;
  const timeline::Object* object = model.find_object(id);
  if (object == nullptr) return tr("timeline.object.unknown");
  if (!object->name.empty()) return object->name;
  const auto kind = static_cast<std::size_t>(object->kind);
  return tr(kind < kObjects.size() ? "timeline.object." + std::string(kObjects[kind]) : std::string("timeline.object.unknown"));
}

// "Process-1, Process-2 and Process-3"; "Process-1, Process-2 and 40 more".
std::string list_of(const Model& model, const Caption& caption) {
  std::vector<std::string> names;
  for (const std::uint32_t id : caption.whom) names.push_back(name_of(model, id));
  if (names.empty()) return {};
  if (caption.count > names.size()) {
    if (names.size() > 2) names.pop_back();
    const std::string more = i18n::format_count(caption.count - names.size());
    std::string all = names[0];
    for (std::size_t i = 1; i < names.size(); ++i) all = tr("caption.list.comma", fmt::arg("first", all), fmt::arg("second", names[i]));
    return tr("caption.list.more", fmt::arg("first", all), fmt::arg("count", more));
  }
  std::string all = names[0];
  for (std::size_t i = 1; i < names.size(); ++i)
    all = tr(i + 1 == names.size() ? "caption.list.and" : "caption.list.comma", fmt::arg("first", all), fmt::arg("second", names[i]));
  return all;
}

// The first line, as far as it can be read in passing.
std::string line_of(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  std::size_t at = 0;
  for (std::size_t characters = 0; at < text.size() && characters < kLongest; ++characters) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  }
  std::string line(text.substr(0, at));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return at < text.size() ? line + "…" : line;
}

// Of a length that was asked for: "2 s", not "2.00 s".
std::string length_words(std::uint64_t ns) {
  if (ns >= 1'000'000'000 && ns % 1'000'000'000 == 0 && ns < 60'000'000'000) return fmt::format("{} s", ns / 1'000'000'000);
  if (ns >= 1'000'000 && ns % 1'000'000 == 0 && ns < 1'000'000'000) return fmt::format("{} ms", ns / 1'000'000);
  return i18n::format_duration(static_cast<std::int64_t>(ns));
}

}  // namespace

std::string caption_words(const Model& model, const Caption& caption) {
  std::string key = "caption." + std::string(kKeys[static_cast<std::size_t>(caption.what)]);
  const std::string& carried = model.text(caption.text);
  std::string text = line_of(carried);
  // More than one, or nothing is known of the one: other words, where there are any.
  if (caption.who == 0 && i18n::has(key + ".you")) key += ".you";
  const std::string several = key + ".several", unknown = key + ".unknown";
  if (caption.several && i18n::has(several))
    key = several;
  else if (caption.count == 1 && i18n::has(key + ".one"))
    key += ".one";
  else if (text.empty() && i18n::has(unknown))
    key = unknown;
  const std::string who = name_of(model, caption.who), whom = list_of(model, caption), object = name_of(model, caption.object);
  std::string words = tr(key, fmt::arg("who", who), fmt::arg("whom", whom), fmt::arg("object", object), fmt::arg("count", i18n::format_count(caption.count)),
            fmt::arg("number", i18n::format_count(caption.number)), fmt::arg("signal", i18n::signal_name(static_cast<int>(caption.number))),
            fmt::arg("time", length_words(caption.number)), fmt::arg("text", text));
  if (words.starts_with("the ")) words[0] = 'T';  // a thing without a name
  return words;
}

}  // namespace forklight::app::session
