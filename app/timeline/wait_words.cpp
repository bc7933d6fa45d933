// What the timeline says of waits, of what tasks share, and of those who wait for ever.
#include <algorithm>
#include <array>

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"
#include "app/timeline/pool_words.h"
#include "app/timeline/words.h"

namespace forklight::app::timeline_view {
namespace {

using i18n::tr;
using timeline::Model;
using timeline::Span;
using timeline::Task;
using trace::BlockReason;
using trace::Kind;
using trace::ObjectKind;

constexpr std::array<std::string_view, 19> kReasons = {
    "join", "wait", "output", "put", "get", "send", "recv", "poll",
    "lock", "semaphore", "event", "condition", "barrier", "queue_join", "feed", "thread_join",
    "requests", "result", "tasks"};

constexpr std::array<std::string_view, 16> kObjects = {
    "pipe", "queue", "simple_queue", "joinable_queue", "lock", "rlock", "semaphore",
    "bounded_semaphore", "condition", "event", "barrier", "value", "array", "gil",
    "pool", "executor"};

std::string_view reason_key(BlockReason reason) noexcept {
  const auto index = static_cast<std::size_t>(reason);
  return index < kReasons.size() ? kReasons[index] : std::string_view("unknown");  // a newer trace's reason
}

bool is_feeder(const Model& model, timeline::TaskId id, std::uint32_t object) {
  const timeline::Channel* channel = model.find_channel(object);
  return channel != nullptr &&
         std::find(channel->feeders.begin(), channel->feeders.end(), id) != channel->feeders.end();
}

// The queue that a thread feeds, nullptr if it feeds none.
const timeline::Channel* fed_by(const Model& model, timeline::TaskId id) {
  const Task* task = model.find(id);
  if (task == nullptr || !task->is_thread()) return nullptr;
  for (const timeline::Channel& channel : model.channels()) {
    if (is_feeder(model, id, channel.object)) return &channel;
  }
  return nullptr;
}

std::string task_words(const Model& model, timeline::TaskId id) {
  const Task* task = model.find(id);
  if (task != nullptr && fed_by(model, id) != nullptr) {
    return tr("timeline.deadlock.feeder_of", fmt::arg("name", name_words(model, task->process)));
  }
  return name_words(model, id);
}

std::string lock_words(const Model& model, const Span& span, std::int64_t when) {
  const std::string name = name_words(model, span.partner);
  const std::vector<timeline::Holder> found = timeline::holders(model, span.partner, when);
  if (found.empty()) return tr("timeline.wait.lock.object", fmt::arg("name", name));
  const std::string holder = name_words(model, found.front().task);
  return tr(found.front().dead ? "timeline.wait.lock.dead" : "timeline.wait.lock.held", fmt::arg("name", name),
            fmt::arg("holder", holder));
}

// "put", "acquire": operations are called what they are called in the program.
std::string_view method(Kind kind) noexcept {
  switch (kind) {
    case Kind::start_begin:
      return "start";
    case Kind::join_begin:
      return "join";
    case Kind::signal_sent:
      return "terminate";
    case Kind::close:
    case Kind::object_closed:
      return "close";
    case Kind::sleep_begin:
      return "sleep";
    case Kind::output:
      return "print";
    case Kind::put_begin:
      return "put";
    case Kind::sent:
      return "send";
    case Kind::get_begin:
      return "get";
    case Kind::task_done:
      return "task_done";
    case Kind::acquire_begin:
      return "acquire";
    case Kind::release:
      return "release";
    case Kind::set:
      return "set";
    case Kind::clear:
      return "clear";
    case Kind::notify:
      return "notify";
    case Kind::wait_begin:
    case Kind::block_begin:
      return "wait";
    case Kind::store:
      return "value =";
    default:
      return {};
  }
}

}  // namespace

std::string name_words(const Model& model, std::uint32_t id) {
  if (id < trace::kFirstObject) {
    const Task* task = model.find(id);
    return task == nullptr || task->name.empty() ? tr("timeline.task.unnamed") : task->name;
  }
  const timeline::Object* object = model.find_object(id);
  if (object == nullptr) return tr("timeline.object.unknown");
  if (object->internal()) {
    const std::string name = object->name == "reader lock"   ? tr("timeline.object.inner.reader_lock")
                             : object->name == "writer lock" ? tr("timeline.object.inner.writer_lock")
                             : object->name == "inqueue"     ? tr("timeline.object.inner.inqueue")
                             : object->name == "outqueue" || object->name == "result queue" ? tr("timeline.object.inner.outqueue")
                             : object->name == "call queue" ? tr("timeline.object.inner.call_queue")
                             : object->name.empty()          ? kind_words(object->kind)
                                                             : object->name;
    return tr("timeline.object.inner", fmt::arg("owner", name_words(model, object->owner)), fmt::arg("name", name));
  }
  return object->name.empty() ? kind_words(object->kind) : object->name;
}

std::string kind_words(ObjectKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  if (index >= kObjects.size()) return tr("timeline.object.unknown");
  return tr(fmt::format("timeline.object.{}", kObjects[index]));
}

std::string wait_words(const Model& model, const Span& span) {
  return wait_words(model, span, span.end_ns == timeline::kOpen ? model.end_ns() : span.begin_ns);
}

std::string wait_words(const Model& model, const Span& span, std::int64_t when) {
  const std::string key = fmt::format("timeline.wait.{}", reason_key(span.reason));
  if (span.partner == 0) return tr(key);
  const std::string name = name_words(model, span.partner);
  switch (span.reason) {
    case BlockReason::join:
    case BlockReason::wait:
    case BlockReason::thread_join:
      return model.find(span.partner) == nullptr ? tr(key) : tr(key + ".task", fmt::arg("name", name));
    case BlockReason::lock:
      return lock_words(model, span, when);
    case BlockReason::result:
      if (std::string words = awaited_words(model, span, when); !words.empty()) return words;
      break;
    case BlockReason::send: {
      const timeline::Object* object = model.find_object(span.partner);
      if (object == nullptr || object->kind == ObjectKind::pipe) break;
      return tr("timeline.wait.send.feeder", fmt::arg("name", name));
    }
    default:
      break;
  }
  const bool known = model.find_object(span.partner) != nullptr && i18n::has(key + ".object");
  return known ? tr(key + ".object", fmt::arg("name", name)) : tr(key);
}

std::string short_wait_words(BlockReason reason) {
  const std::string key = fmt::format("timeline.wait.short.{}", reason_key(reason));
  return i18n::has(key) ? tr(key) : tr(fmt::format("timeline.wait.{}", reason_key(reason)));
}

std::string operation_words(const Model& model, Kind kind, std::uint32_t object) {
  std::string operation(method(kind));
  if (kind == Kind::task_begin) return tr("timeline.operation.begin");
  if (kind == Kind::exit) return tr("timeline.operation.exit");
  if (kind == Kind::feed) operation = tr("timeline.operation.feed");
  // A pipe is received from, a queue is got from.
  const timeline::Object* shared = model.find_object(object);
  if (kind == Kind::get_begin && shared != nullptr && shared->kind == ObjectKind::pipe) operation = "recv";
  if (operation.empty()) operation = std::string(trace::name(kind));
  if (object == 0 || (object < trace::kFirstObject && model.find(object) == nullptr)) return operation;
  const std::string name = name_words(model, object);
  const bool takes = kind == Kind::get_begin;
  return tr(takes ? "timeline.operation.from" : "timeline.operation.on", fmt::arg("operation", operation),
            fmt::arg("name", name));
}

std::string bytes_words(std::int64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", std::max<std::int64_t>(bytes, 0));
  const double kilo = static_cast<double>(bytes) / 1000;
  if (kilo < 999.95) return fmt::format("{:.1f} kB", kilo);
  return fmt::format("{:.1f} MB", kilo / 1000);
}

std::string stage_words(timeline::Stage stage, bool brief) {
  constexpr std::array<std::string_view, timeline::kStages> kNames = {"deque", "feeder", "pipe", "reader"};
  const std::string_view name = kNames[static_cast<std::size_t>(stage)];
  return tr(fmt::format("timeline.stage.{}{}", brief ? "short." : "", name));
}

std::string value_words(const Model& model, const timeline::Message& message, std::size_t limit) {
  const std::string& text = message.text == 0 ? std::string() : model.text(message.text);
  return text.empty() ? "?" : first_line(text, limit);
}

std::string holder_words(const Model& model, std::uint32_t object, std::int64_t when) {
  const std::vector<timeline::Holder> found = timeline::holders(model, object, when);
  if (found.empty()) return {};
  const std::string name = name_words(model, object), holder = name_words(model, found.front().task);
  if (!found.front().dead)
    return tr("timeline.object.held", fmt::arg("name", name), fmt::arg("holder", holder));
  const Task* task = model.find(found.front().task);
  if (task != nullptr && task->is_thread()) task = model.find(task->process);
  const std::optional<int> code = task == nullptr ? std::nullopt : task->exit_code();
  if (!code) return tr("timeline.object.held_dead", fmt::arg("name", name), fmt::arg("holder", holder));
  return tr(*code < 0 ? "timeline.object.held_killed" : "timeline.object.held_ended", fmt::arg("name", name),
            fmt::arg("holder", holder), fmt::arg("code", i18n::format_exit_code(*code)));
}

WaitClause wait_clause(const Model& model, const timeline::Wait& wait) {
  const std::string who = task_words(model, wait.task), whom = task_words(model, wait.whom);
  const timeline::Object* shared = model.find_object(wait.on);
  const bool inner_channel = shared != nullptr && shared->internal();
  const std::string object = name_words(model, inner_channel && wait.reason != BlockReason::lock ? shared->owner : wait.on);
  const auto say = [&](const char* key) {
    return tr(std::string("timeline.deadlock.wait.") + key, fmt::arg("task", who), fmt::arg("whom", whom),
              fmt::arg("object", object));
  };
  const auto only = [&](const char* key) {
    return wait.whom == 0 ? tr("timeline.deadlock.nobody")
                          : tr(std::string("timeline.deadlock.only.") + key, fmt::arg("whom", whom));
  };
  switch (wait.reason) {
    case BlockReason::join:
    case BlockReason::wait:
      return {say("join"), {}};
    case BlockReason::thread_join: {
      const Task* waiter = model.find(wait.task);
      const Task* thread = model.find(wait.whom);
      const bool own = waiter != nullptr && thread != nullptr && waiter->process == thread->process;
      return {say(own && fed_by(model, wait.whom) != nullptr ? "feeder" : "join"), {}};
    }
    case BlockReason::put:
      return {say("room"), only("read")};
    case BlockReason::send:
      return {say(shared != nullptr && shared->kind != ObjectKind::pipe ? "pipe_room" : "room"), only("read")};
    case BlockReason::get:
    case BlockReason::recv:
    case BlockReason::poll:
      if (wait.whom_dead) {
        const std::vector<timeline::Holder> found = timeline::holders(model, wait.on, model.end_ns());
        const bool inner = !found.empty() && found.front().dead;
        return {say("data"), inner ? holder_words(model, wait.on, model.end_ns()) : only("write")};
      }
      return {say("data"), only("write")};
    case BlockReason::lock:
    case BlockReason::semaphore:
      if (wait.whom == 0) return {say("other"), only("do")};
      return {say(wait.whom_dead ? "lock_dead" : "lock"), {}};
    case BlockReason::event:
      return {say("event"), only("do")};
    case BlockReason::condition:
      return {say("notify"), only("do")};
    case BlockReason::barrier:
      return {say("barrier"), {}};
    case BlockReason::queue_join:
      return {say("done"), only("do")};
    case BlockReason::result: {
      const Task* waiter = model.find(wait.task);
      const Span* span = waiter == nullptr ? nullptr : model.span_at(*waiter, wait.since_ns);
      const Awaited found = span == nullptr ? Awaited{} : awaited(model, *span, model.end_ns());
      if (found.job == nullptr) break;
      const auto what = fmt::arg("what", found.what);
      if (!wait.whom_dead) return {tr("timeline.deadlock.wait.result", fmt::arg("task", who), what), {}};
      return {tr("timeline.deadlock.wait.result", fmt::arg("task", who), what), tr("timeline.deadlock.only.result", fmt::arg("whom", whom), what)};
    }
    case BlockReason::output:
    case BlockReason::feed:
    case BlockReason::requests:
    case BlockReason::tasks:
      break;
  }
  return {say("other"), {}};
}

std::vector<std::string> deadlock_words(const Model& model, const timeline::Deadlock& deadlock) {
  std::vector<std::string> clauses;
  for (const timeline::Wait& wait : deadlock.chain) {
    WaitClause clause = wait_clause(model, wait);
    clauses.push_back(std::move(clause.waits));
    if (!clause.only.empty()) clauses.push_back(std::move(clause.only));
  }
  return clauses;
}

}  // namespace forklight::app::timeline_view
