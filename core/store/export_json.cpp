#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>

#include "core/store/export.h"
#include "core/store/export_text.h"
#include "core/store/format.h"
#include "core/store/output_file.h"

namespace forklight::store {
namespace {

using timeline::kOpen;
using timeline::Model;
using timeline::Span;
using timeline::State;
using timeline::Task;

// Numbers that no process of Linux has (PID_MAX_LIMIT is 2^22): for what is none, and where a number came a second time.
constexpr std::int64_t kMade = 10'000'000;
constexpr std::int64_t kCores = kMade - 1;

// Of trace::BlockReason, in its order.
constexpr std::array<std::string_view, 19> kReasons{
    "join", "wait", "output", "put", "get", "send", "recv", "poll", "lock", "semaphore", "event", "condition", "barrier", "queue join", "feed",
    "thread join", "requests", "result", "tasks"};
static_assert(kReasons.size() == static_cast<std::size_t>(trace::BlockReason::tasks) + 1);
constexpr std::array<std::string_view, 3> kStartMethods{"fork", "spawn", "forkserver"};
constexpr std::array<std::string_view, 5> kFlows{"start", "join", "signal", "message", "wake"};

// Where an event stands: the numbers of its process and thread, as the format wants them.
struct Place {
  std::int64_t pid, tid;
};

class Writer {
 public:
  Writer(const Model& model, const std::filesystem::path& file) : model_(model), out_(file), begin_ns_(model.begin_ns()), end_ns_(model.end_ns()) {
    find_places();
    // The kernel's word begins before the run's own.
    for (const timeline::Kernel::Core& core : model.kernel().cores()) {
      if (!core.track.spans().empty()) begin_ns_ = std::min(begin_ns_, core.track.spans().front().begin_ns);
      if (!core.samples.empty()) begin_ns_ = std::min(begin_ns_, core.samples.front().time_ns);
    }
  }

  void write(const Meta& meta, std::span<const Note> notes) {
    put("{\"displayTimeUnit\":\"ns\",\"otherData\":");
    put(about(meta));
    put(",\"traceEvents\":[\n");
    for (const Task& task : model_.tasks()) write_names(task);
    for (const Task& task : model_.tasks()) write_task(task);
    write_flows();
    for (const timeline::Channel& channel : model_.channels()) write_channel(channel);
    write_holds();
    write_pools();
    write_kernel();
    for (const Note& note : notes) write_note(note);
    put("\n]}\n");
    out_.write({buffer_.data(), buffer_.size()});
    out_.commit();
  }

 private:
  // --- names and numbers ---------------------------------------------------------------------------------------------

  void find_places() {
    std::set<std::int64_t> taken;
    const auto number = [&taken](std::int64_t wanted, trace::TaskId id) {
      return wanted > 0 && taken.insert(wanted).second ? wanted : kMade + id;
    };
    for (const Task& task : model_.tasks())
      if (!task.is_thread()) {
        const std::int64_t pid = number(task.pid, task.id);
        places_[task.id] = {pid, pid};
      }
    for (const Task& task : model_.tasks())
      if (task.is_thread()) {
        const auto process = places_.find(task.process);
        places_[task.id] = {process != places_.end() ? process->second.pid : kMade + task.process, number(task.tid, task.id)};
      }
  }

  [[nodiscard]] const Place* place(trace::TaskId id) const {
    const auto found = places_.find(id);
    return found != places_.end() ? &found->second : nullptr;
  }
  // Of what a task made; the first process' if that is not known.
  [[nodiscard]] std::int64_t pid_of(trace::TaskId id) const {
    if (const Place* found = place(id)) return found->pid;
    return model_.tasks().empty() ? 0 : places_.at(model_.tasks().front().id).pid;
  }

  static std::string task_name(const Task& task) { return task.name.empty() ? fmt::format("task {}", task.id) : task.name; }

  // The name of a task or an object as JSON; "null" for 0. Two objects of one name can be told apart by their number.
  const std::string& name(std::uint32_t id) {
    const auto [at, fresh] = names_.try_emplace(id);
    if (!fresh) return at->second;
    if (id == 0) return at->second = "null";
    if (const Task* task = model_.find(id)) return at->second = json_string(task_name(*task));
    if (const timeline::Object* object = model_.find_object(id)) {
      std::string words = object->name.empty() ? std::string(class_name(object->kind)) : object->name;
      if (!object_names_.insert(words).second) words += fmt::format(" #{}", id - trace::kFirstObject + 1);
      return at->second = json_string(words);
    }
    return at->second = json_string(fmt::format("#{}", id));
  }
  // The same within a longer text.
  [[nodiscard]] std::string_view inner_name(std::uint32_t id) {
    const std::string& whole = name(id);
    return whole.front() == '"' ? std::string_view(whole).substr(1, whole.size() - 2) : "?";
  }

  // --- lines -----------------------------------------------------------------------------------------------------------

  template <typename Format, typename... Arguments>
  void put(const Format& format, const Arguments&... arguments) {
    if constexpr (sizeof...(arguments) == 0) {
      buffer_.append(std::string_view(format));
    } else {
      fmt::format_to(std::back_inserter(buffer_), format, arguments...);
    }
    if (buffer_.size() < kOutputChunk) return;
    out_.write({buffer_.data(), buffer_.size()});
    buffer_.clear();
  }

  // "1234.567": microseconds, exact.
  void put_us(std::int64_t ns) {
    if (ns < 0) {
      put("-");
      ns = -ns;
    }
    put(FMT_COMPILE("{}.{:03}"), ns / 1000, ns % 1000);
  }

  // The head of an event up to its time; the caller goes on with "," and closes with "}".
  void begin(char phase, std::int64_t pid, std::int64_t tid, std::int64_t time_ns) {
    put(FMT_COMPILE("{}{{\"ph\":\"{}\",\"pid\":{},\"tid\":{},\"ts\":"), first_ ? "" : ",\n", phase, pid, tid);
    first_ = false;
    put_us(time_ns - begin_ns_);
  }
  // A stretch of a thread: its begin and its end, both with the name, and closed by the caller. Not one event with a duration: most readers take numbers
  // with a point as floating ones, and there begin + duration may lie behind the begin of the next one, which they then take for a part of it.
  void begin_span(const Place& at, std::int64_t begin_ns) { begin('B', at.pid, at.tid, begin_ns); }
  void end_span(const Place& at, std::int64_t end_ns) { begin('E', at.pid, at.tid, end_ns); }
  void metadata(std::string_view what, std::int64_t pid, std::int64_t tid, std::string_view key, std::string_view value) {
    put(FMT_COMPILE("{}{{\"ph\":\"M\",\"pid\":{},\"tid\":{},\"name\":\"{}\",\"args\":{{\"{}\":{}}}}}"), first_ ? "" : ",\n", pid, tid, what, key, value);
    first_ = false;
  }
  void counter(std::int64_t pid, std::string_view what, std::string_view unit, std::int64_t time_ns, std::int64_t value) {
    begin('C', pid, pid, time_ns);
    put(FMT_COMPILE(",\"cat\":\"counter\",\"name\":\"{}\",\"args\":{{\"{}\":{}}}}}"), what, unit, value);
  }
  // A stretch beside what a thread does, and across its states.
  void beside(std::int64_t pid, std::string_view category, std::string_view title, std::int64_t begin_ns, std::int64_t end_ns, std::string_view args) {
    ++asynchronous_;
    begin('b', pid, pid, begin_ns);
    put(FMT_COMPILE(",\"cat\":\"{}\",\"id\":{},\"name\":\"{}\",\"args\":{{{}}}}}"), category, asynchronous_, title, args);
    begin('e', pid, pid, std::max(begin_ns, std::min(end_ns, end_ns_)));
    put(FMT_COMPILE(",\"cat\":\"{}\",\"id\":{},\"name\":\"{}\"}}"), category, asynchronous_, title);
  }

  // --- what there is -----------------------------------------------------------------------------------------------------

  std::string about(const Meta& meta) const {
    nlohmann::json settings = nlohmann::json::object();
    for (const auto& [key, value] : meta.settings) settings[key] = value;
    const nlohmann::json all{{"program", "Forklight"},
                             {"program_version", meta.program_version},
                             {"scenario", meta.scenario},
                             {"settings", settings},
                             {"recorded_at", meta.recorded_at},
                             {"machine", meta.machine},
                             {"python_version", meta.python_version},
                             {"events", model_.event_count()},
                             {"lost_events", model_.lost_count()}};
    return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  void write_names(const Task& task) {
    const Place at = places_.at(task.id);
    if (!task.is_thread()) {
      metadata("process_name", at.pid, at.tid, "name", name(task.id));
      metadata("process_sort_index", at.pid, at.tid, "sort_index", std::to_string(task.id));
      if (const std::optional<int> code = task.exit_code()) metadata("process_labels", at.pid, at.tid, "labels", fmt::format("\"exit code {}\"", *code));
    }
    metadata("thread_name", at.pid, at.tid, "name", task.is_thread() ? name(task.id) : "\"MainThread\"");
    metadata("thread_sort_index", at.pid, at.tid, "sort_index", std::to_string(task.id));
  }

  // Up to where it is drawn: a zombie until somebody has reaped it.
  [[nodiscard]] std::int64_t last_of(const Task& task) const {
    std::int64_t last = task.born_ns;
    if (!task.spans.empty()) last = std::max(last, std::min(task.spans.back().end_ns, end_ns_));
    if (task.death_ns == kOpen) return std::max(last, end_ns_);
    return std::max(last, task.death_ns);
  }

  void write_task(const Task& task) {
    const Place at = places_.at(task.id);
    const std::int64_t last = last_of(task);
    const std::int64_t first = task.spans.empty() ? task.born_ns : std::min(task.born_ns, task.spans.front().begin_ns);
    begin_span(at, first);
    put(FMT_COMPILE(",\"cat\":\"task\",\"name\":{},\"args\":{{\"task\":{},\"pid\":{},\"tid\":{},\"parent\":{}"), name(task.id), task.id, task.pid, task.tid,
        name(task.parent));
    if (!task.is_thread()) {
      const auto method = static_cast<std::size_t>(task.start_method);
      if (task.parent != 0 && method < kStartMethods.size()) put(FMT_COMPILE(",\"start_method\":\"{}\""), kStartMethods[method]);
      if (const std::optional<int> code = task.exit_code()) put(FMT_COMPILE(",\"exit_code\":{}"), *code);
      if (task.reaped_ns != kOpen) put(FMT_COMPILE(",\"reaped_by\":{}"), name(task.reaped_by));
      if (task.adopted_ns != kOpen) put(",\"orphan\":true");
    }
    if (task.lost_events != 0) put(FMT_COMPILE(",\"lost_events\":{}"), task.lost_events);
    put("}}");
    for (const Span& span : task.spans) write_state(at, span, last);
    end_span(at, std::max(first, last));
    put(FMT_COMPILE(",\"name\":{}}}"), name(task.id));
    for (const timeline::Mark& mark : task.marks) write_mark(at, mark);
    if (task.is_thread() || task.death_ns == kOpen) return;
    const std::optional<int> code = task.exit_code();
    begin('i', at.pid, at.tid, task.death_ns);
    put(FMT_COMPILE(",\"s\":\"p\",\"cat\":\"exit\",\"name\":\"exit\",\"args\":{{\"exit_code\":{}}}}}"), code ? std::to_string(*code) : "null");
  }

  void put_state(const Span& span) {
    switch (span.state) {
      case State::running:
        put("running");
        break;
      case State::blocked: {
        const auto reason = static_cast<std::size_t>(span.reason);
        put(FMT_COMPILE("waiting: {}"), reason < kReasons.size() ? kReasons[reason] : "?");
        break;
      }
      case State::sleeping:
        put("sleeping");
        break;
      case State::zombie:
        put("zombie");
        break;
      case State::lost:
        put("events lost");
        break;
      case State::held:
        put("held at the gate");
        break;
      case State::stopped:
        put("stopped");
        break;
      case State::gil_wait:
        put("waiting for the GIL");
        break;
      case State::gil_switch:
        put("giving the GIL away");
        break;
    }
  }

  void write_state(const Place& at, const Span& span, std::int64_t last) {
    begin_span(at, span.begin_ns);
    put(",\"cat\":\"state\",\"name\":\"");
    put_state(span);
    put(FMT_COMPILE("\",\"args\":{{\"line\":{}"), span.line);
    if (span.partner != 0) put(FMT_COMPILE(",\"partner\":{}"), name(span.partner));
    const auto detail = static_cast<std::int64_t>(span.detail);
    if (span.state == State::blocked && detail >= 0) put(FMT_COMPILE(",\"timeout_ns\":{}"), detail);
    if (span.state == State::sleeping) put(FMT_COMPILE(",\"asked_ns\":{}"), detail);
    if (span.state == State::lost) put(FMT_COMPILE(",\"events\":{}"), detail);
    if (span.state == State::stopped) put(FMT_COMPILE(",\"signal\":{}"), detail);
    if (span.state == State::held) put(FMT_COMPILE(",\"before\":\"{}\""), trace::name(static_cast<trace::Kind>(span.detail)));
    if (span.state == State::gil_wait && detail != 0) put(FMT_COMPILE(",\"holder\":{}"), name(static_cast<std::uint32_t>(span.detail)));
    put(span.end_ns == kOpen ? ",\"unfinished\":true}}" : "}}");
    end_span(at, std::max(span.begin_ns, std::min(span.end_ns, last)));
    put(",\"name\":\"");
    put_state(span);
    put("\"}");
  }

  void write_mark(const Place& at, const timeline::Mark& mark) {
    begin('i', at.pid, at.tid, mark.time_ns);
    put(FMT_COMPILE(",\"s\":\"t\",\"cat\":\"mark\",\"name\":\"{}\",\"args\":{{\"line\":{}"), mark.kind == trace::Kind::output ? "print" : trace::name(mark.kind),
        mark.line);
    if (mark.object != 0) put(FMT_COMPILE(",\"object\":{}"), name(mark.object));
    const trace::ArgumentNames words = trace::argument_names(mark.kind);
    if (!words.a.empty()) put(FMT_COMPILE(",{}:{}"), json_string(words.a), static_cast<std::int64_t>(mark.a));
    if (!words.b.empty()) put(FMT_COMPILE(",{}:{}"), json_string(words.b), static_cast<std::int64_t>(mark.b));
    if (mark.text != 0) put(FMT_COMPILE(",\"text\":{}"), json_string(model_.text(mark.text)));
    put("}}");
  }

  // Only what has both ends: an arrow to nowhere is no arrow.
  void write_flows() {
    std::uint64_t id = 0;
    for (const timeline::Flow& flow : model_.flows()) {
      const Place *from = place(flow.from), *to = place(flow.to);
      if (from == nullptr || to == nullptr || flow.to_ns == kOpen) continue;
      const std::string_view kind = kFlows[static_cast<std::size_t>(flow.kind)];
      ++id;
      begin('s', from->pid, from->tid, flow.from_ns);
      put(FMT_COMPILE(",\"id\":{},\"cat\":\"flow\",\"name\":\"{}\",\"args\":{{"), id, kind);
      const char* comma = "";
      if (flow.object != 0) {
        put(FMT_COMPILE("\"through\":{}"), name(flow.object));
        comma = ",";
      }
      if (flow.text != 0) put(FMT_COMPILE("{}\"value\":{}"), comma, json_string(model_.text(flow.text)));
      if (flow.kind == timeline::FlowKind::signal) put(FMT_COMPILE("{}\"signal\":{}"), comma, flow.detail);
      put("}}");
      begin('f', to->pid, to->tid, std::max(flow.from_ns, flow.to_ns));
      put(FMT_COMPILE(",\"bp\":\"e\",\"id\":{},\"cat\":\"flow\",\"name\":\"{}\"}}"), id, kind);
    }
  }

  void write_channel(const timeline::Channel& channel) {
    const timeline::Object* object = model_.find_object(channel.object);
    if (object == nullptr) return;
    const std::int64_t pid = pid_of(object->creator);
    const std::string messages = fmt::format("{}: messages", inner_name(object->id)), unfinished = fmt::format("{}: unfinished tasks", inner_name(object->id));
    for (const auto& point : channel.counts.points()) counter(pid, messages, "messages", point.time_ns, point.value.depth);
    for (const auto& point : channel.unfinished.points()) counter(pid, unfinished, "tasks", point.time_ns, point.value);
    for (std::size_t end = 0; end < channel.bytes.size(); ++end) {
      const std::string bytes = fmt::format("{}: bytes in the pipe{}", inner_name(object->id), end == 0 ? "" : " (other way)");
      for (const auto& point : channel.bytes[end].points()) counter(pid, bytes, "bytes", point.time_ns, point.value);
    }
  }

  // Locks of a queue are its own affair.
  void write_holds() {
    for (const timeline::Object& object : model_.objects()) {
      if (object.internal()) continue;
      for (const timeline::Hold& hold : object.holds) write_hold(object.id, object.creator, "lock", hold.task, hold.begin_ns, hold.end_ns);
    }
    for (const timeline::Gil& gil : model_.gils())
      for (const timeline::GilHold& hold : gil.holds()) write_hold(gil.object(), gil.process(), "gil", hold.task, hold.begin_ns, hold.end_ns);
  }
  void write_hold(std::uint32_t object, trace::TaskId owner, std::string_view category, trace::TaskId by, std::int64_t begin_ns, std::int64_t end_ns) {
    beside(pid_of(owner), category, fmt::format("{} held by {}", inner_name(object), inner_name(by)), begin_ns, end_ns, fmt::format("\"holder\":{}", name(by)));
  }

  void write_pools() {
    for (const timeline::Pool& pool : model_.pools().all())
      for (const timeline::PoolJob& job : pool.jobs)
        for (const timeline::PoolItem& item : job.calls) {
          if (item.begin_ns == kOpen) continue;
          const std::string function = json_string(model_.text(job.function));
          std::string args = fmt::format("\"pool\":{},\"job\":{},\"item\":{}", name(pool.object), job.number, item.index);
          if (item.arguments != 0) args += ",\"arguments\":" + json_string(model_.text(item.arguments));
          if (item.result != 0) args += (item.raised ? ",\"raised\":" : ",\"result\":") + json_string(model_.text(item.result));
          beside(pid_of(item.worker), "pool", std::string_view(function).substr(1, function.size() - 2), item.begin_ns, item.end_ns, args);
        }
  }

  void write_note(const Note& note) {
    const Place* found = place(note.task);
    const std::int64_t pid = pid_of(note.task);
    const Place at = found != nullptr ? *found : Place{pid, pid};
    begin('i', at.pid, at.tid, note.time_ns);
    put(FMT_COMPILE(",\"s\":\"{}\",\"cat\":\"note\",\"name\":\"note\",\"args\":{{\"text\":{}"), found != nullptr ? "t" : "g", json_string(note.text));
    if (note.task != 0) put(FMT_COMPILE(",\"about\":{}"), name(note.task));
    if (note.is_stretch()) put(FMT_COMPILE(",\"length_ns\":{}"), note.end_ns - note.time_ns);
    put("}}");
  }

  void write_kernel() {
    const timeline::Kernel& kernel = model_.kernel();
    for (const Task& task : model_.tasks()) {
      const timeline::Kernel::OfTask* known = kernel.find(task.id);
      if (known == nullptr) continue;
      const std::int64_t pid = places_.at(task.id).pid;
      for (const auto& point : known->memory.points()) {
        const auto kib = [&](std::string_view what, std::uint32_t value) { counter(pid, what, "bytes", point.time_ns, std::int64_t{value} * 1024); };
        kib("memory: RSS", point.value.rss);
        kib("memory: PSS", point.value.pss);
        kib("memory: private", point.value.private_pages);
        kib("memory: shared", point.value.shared_pages);
      }
    }
    if (kernel.cores().empty()) return;
    metadata("process_name", kCores, kCores, "name", "\"CPU cores\"");
    metadata("process_sort_index", kCores, kCores, "sort_index", std::to_string(kMade));
    for (const timeline::Kernel::Core& core : kernel.cores()) {
      const Place at{kCores, 2 * kMade + core.cpu};
      metadata("thread_name", at.pid, at.tid, "name", fmt::format("\"CPU {}\"", core.cpu));
      for (const timeline::OnCpu& span : core.track.spans()) {
        begin_span(at, span.begin_ns);
        put(FMT_COMPILE(",\"cat\":\"cpu\",\"name\":{},\"args\":{{\"left\":\"{}\"}}}}"), who(span.who), left(span.left));
        end_span(at, std::min(span.end_ns, std::max(end_ns_, span.begin_ns)));
        put(FMT_COMPILE(",\"name\":{}}}"), who(span.who));
      }
      for (const timeline::Kernel::Sample& sample : core.samples) {
        begin('i', at.pid, at.tid, sample.time_ns);
        put(FMT_COMPILE(",\"s\":\"t\",\"cat\":\"cpu\",\"name\":{},\"args\":{{\"sampled\":true}}}}"), who(sample.who));
      }
    }
  }
  std::string who(std::uint32_t id) {
    if (id == 0) return "\"records lost\"";
    if ((id & timeline::OnCpu::kStranger) == 0) return name(id);
    const std::string& stranger = model_.kernel().name_of_stranger(id);
    return json_string(stranger.empty() ? "another program" : stranger);
  }
  static std::string_view left(timeline::Left how) {
    constexpr std::array<std::string_view, 5> kHow{"still on", "of its own will", "preempted", "died", "lost"};
    return kHow[static_cast<std::size_t>(how)];
  }

  const Model& model_;
  OutputFile out_;
  std::int64_t begin_ns_, end_ns_;
  fmt::memory_buffer buffer_;
  bool first_ = true;
  std::uint64_t asynchronous_ = 0;
  std::unordered_map<trace::TaskId, Place> places_;
  std::unordered_map<std::uint32_t, std::string> names_;
  std::set<std::string> object_names_;
};

}  // namespace

void export_json(const Meta& meta, const Model& model, std::span<const Note> notes, const std::filesystem::path& file) {
  Writer(model, file).write(meta, notes);
}

}  // namespace forklight::store
