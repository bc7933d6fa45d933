// From events to what is drawn: tasks, spans, marks, flows, shared objects, console lines. No GUI type, no process API.
//
// Feed it records roughly in time order (per task exactly); it tolerates a late one. One thread uses it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/chunked.h"
#include "core/timeline/gil.h"
#include "core/timeline/kernel.h"
#include "core/timeline/objects.h"
#include "core/timeline/pools.h"
#include "core/timeline/traffic.h"
#include "core/trace/event.h"

namespace forklight::timeline {

// held: at the gate; stopped: by SIGSTOP, until SIGCONT; gil_wait: wants the GIL and another has it; gil_switch: has let it go on
// request, and waits until another has taken it (G.3)
enum class State : std::uint8_t { running, blocked, sleeping, zombie, lost, held, stopped, gil_wait, gil_switch };

// A stretch of one task in one state. Spans of a task are sorted, and do not overlap.
// Members go from wide to narrow: there may be millions, and nothing is lost to padding.
struct Span {
  std::int64_t begin_ns, end_ns;  // end kOpen while it lasts
  std::uint64_t detail;           // sleeping: the duration asked for, ns; blocked: its timeout, ns, or -1;
                                  // lost: how many events; held: the trace::Kind that it is about to do;
                                  // stopped: the signal; gil_wait: the task that had it as the wait began, 0 none
  std::uint32_t partner;          // blocked, held: the task or object (from trace::kFirstObject on) it is about; 0 none;
                                  // stopped: the task that sent the signal, 0 the learner; gil_wait, gil_switch: the GIL
  std::uint16_t line;             // program line at its begin
  State state;
  trace::BlockReason reason : 8;  // where state is blocked
};
static_assert(sizeof(Span) == 32);

// Something that happened at a point.
struct Mark {
  std::int64_t time_ns;
  trace::Kind kind;
  std::uint16_t line;
  std::uint32_t object;
  std::uint64_t a, b;
  std::uint32_t text;  // index for Model::text(), 0 = none
};

// message: from put or send to get or recv. wake: from set, notify, release, task_done, or the last one's arrival at a
// barrier, to the end of a wait that it ended.
enum class FlowKind : std::uint8_t { start, join, signal, message, wake };

// A cause in one task and its effect in another. The effect's end is missing (kOpen) until it is known. A message that
// has not arrived has to == 0; one whose sender has not told of it yet has from == 0.
struct Flow {
  FlowKind kind;
  TaskId from, to;
  std::int64_t from_ns, to_ns;
  std::uint64_t detail;      // signal: its number; message: its id; wake: its generation, where it has one
  std::uint32_t object = 0;  // message, wake: what it went through; may be an internal object
  std::uint32_t text = 0;    // message: its repr, index for Model::text()
};

struct ConsoleLine {  // one write: may hold several lines, or a part of one
  std::int64_t time_ns;
  TaskId task;
  int stream;  // 1 stdout, 2 stderr
  std::string text;
};

struct Task {
  TaskId id = 0;
  TaskId parent = 0;  // who started it, 0 = the supervisor
  // The task that is the main thread of the same process; its own id if it is that itself. A thread has no exit code,
  // is no zombie and is never reaped; it ends with its own exit or with its process.
  TaskId process = 0;
  std::int32_t pid = 0, tid = 0;
  std::string name;  // "Process-1"
  trace::StartMethod start_method = trace::StartMethod::fork;
  std::int64_t born_ns = 0;        // first known moment
  std::int64_t death_ns = kOpen;   // moment of death
  std::int64_t reaped_ns = kOpen;  // moment somebody waited for it
  TaskId reaped_by = 0;
  std::int64_t adopted_ns = kOpen;  // moment its parent was gone before it: an orphan from then on
  trace::DeathSource death_source = trace::DeathSource::pidfd;
  std::optional<int> wait_status;  // known at death, before anybody joined; or never (P-54)
  base::Chunked<Span> spans;
  base::Chunked<Mark> marks;
  std::uint64_t lost_events = 0;

  [[nodiscard]] bool is_thread() const noexcept { return process != id; }
  // The exit code as Python gives it: 0…255, or −signal; nothing while it lives.
  [[nodiscard]] std::optional<int> exit_code() const noexcept;
  [[nodiscard]] bool alive_at(std::int64_t time_ns) const noexcept;
};

// An event in run order, for the event list, `[` and `]`, and the order axis.
struct EventRef {
  std::int64_t time_ns;
  trace::Event event;
  TaskId task;
  std::uint32_t text;  // index for Model::text(), 0 = none
};

class Model {
 public:
  Model();

  // Adds records; later ones may close spans that earlier ones opened.
  void append(std::span<const trace::Record> records);
  void clear();
  [[nodiscard]] Model take_out();  // what is in it; it is empty then, as after clear()

  [[nodiscard]] const std::vector<Task>& tasks() const noexcept;  // in order of birth
  [[nodiscard]] const Task* find(TaskId id) const noexcept;
  [[nodiscard]] const base::Chunked<Flow>& flows() const noexcept;      // in order of their begin
  [[nodiscard]] const std::vector<Object>& objects() const noexcept;  // in order of birth, internal ones too
  [[nodiscard]] const Object* find_object(ObjectId id) const noexcept;
  [[nodiscard]] const std::vector<Channel>& channels() const noexcept;  // in order of birth
  [[nodiscard]] const Channel* find_channel(ObjectId id) const noexcept;
  [[nodiscard]] const std::vector<Gil>& gils() const noexcept { return gils_; }  // in order of birth, one for each interpreter
  [[nodiscard]] const Gil* find_gil(ObjectId id) const noexcept;
  [[nodiscard]] const Gil* gil_of(TaskId task) const noexcept;  // that it runs under, nullptr if nothing is known of one
  [[nodiscard]] const std::vector<Work>& works() const noexcept { return works_; }  // computations, by begin
  [[nodiscard]] const base::Chunked<ConsoleLine>& console() const noexcept;
  [[nodiscard]] const base::Chunked<EventRef>& events() const noexcept;  // sorted by time
  [[nodiscard]] const std::string& text(std::uint32_t index) const noexcept;
  // Jobs, workers and waiters of the pools and executors, in order of birth.
  [[nodiscard]] const Pools& pools() const noexcept { return pools_; }
  // What the kernel says of it; not among the events.
  [[nodiscard]] const Kernel& kernel() const noexcept { return kernel_; }
  // Everything as records again, by time: for saving, and for doing the same once more.
  [[nodiscard]] std::vector<trace::Record> records() const;

  // Events a learner counts: without continuations and with what was lost said apart.
  [[nodiscard]] std::uint64_t event_count() const noexcept;
  [[nodiscard]] std::uint64_t lost_count() const noexcept;

  [[nodiscard]] std::int64_t begin_ns() const noexcept;  // first event, 0 if none
  [[nodiscard]] std::int64_t end_ns() const noexcept;    // last event, 0 if none
  [[nodiscard]] bool complete() const noexcept;          // every task that was born has died, every process been reaped

  // The span of a task at a time, nothing outside its life.
  [[nodiscard]] const Span* span_at(const Task& task, std::int64_t time_ns) const noexcept;
  // The program line a task was on at a time, 0 if not known.
  [[nodiscard]] int line_at(const Task& task, std::int64_t time_ns) const noexcept;
  // Who had what a task began to wait for, as it said itself at the wait's begin; 0 = not told.
  [[nodiscard]] TaskId holder_told(const Task& task, const Span& span) const noexcept;
  // SIGSTOP has reached its process, and no SIGCONT since.
  [[nodiscard]] bool is_stopped(TaskId task) const noexcept;
  // SIGKILL has been sent to it: it dies, at latest when the kernel has taken its memory down, and that may take a while.
  [[nodiscard]] bool is_doomed(TaskId process, std::int64_t time_ns) const noexcept;
  // Why the run was stopped or cut short, if it was.
  [[nodiscard]] std::optional<trace::StopReason> stopped() const noexcept;
  [[nodiscard]] std::optional<trace::Cap> cap_hit() const noexcept;

  // Changes whenever something was appended: a viewer redraws when it differs.
  [[nodiscard]] std::uint64_t revision() const noexcept;

 private:
  struct LineChange {
    std::int64_t time_ns;
    std::uint16_t line;
  };
  // What is known of a task besides what is shown of it.
  struct Slot {
    std::size_t position = 0;            // in tasks_
    std::int64_t begin_ns = kOpen;       // its task_begin
    std::int64_t last_own_ns = 0;        // the last event that it wrote itself
    std::int64_t death_said_ns = kOpen;  // the time in the record of its death
    std::int64_t kill_sent_ns = kOpen;   // of a process: the first SIGKILL
    base::Chunked<LineChange> lines;
    std::vector<TaskId> threads;  // of a main thread: the others
    bool exited = false;          // a thread that said so itself
    std::vector<Span> interrupted;  // what handlers of signals have interrupted, and goes on after them
    struct Told {
      std::int64_t time_ns;
      TaskId holder;
    };
    base::Chunked<Told> holders;    // who had what it had to wait for, as it said when the wait began
    std::int64_t blocked_ns = 0;   // its last block_begin
    std::uint32_t crowds = kNone;  // index of the channel that it waits for room in
    bool crowds_pipe = false;
    struct Operation {
      ObjectId object;
      std::int64_t begin_ns;
    };
    std::vector<Operation> operations;  // acquires and waits that have begun
    struct Stop {
      std::int64_t since_ns;
      TaskId by;   // 0: the learner
      Span under;  // what it was doing, and goes on with
      std::uint32_t crowds;  // the channel that it waited for room in
    };
    std::optional<Stop> stop;  // it is stopped
    std::uint32_t gil = kNone;          // index in gils_
    std::int64_t without_gil_ns = kOpen;  // if it wants the GIL next, it has been without it since then
    bool takes_gil = false;               // if it does not, it has had it since then
  };
  static constexpr std::uint64_t kAnyGeneration = UINT64_MAX;  // a release or a task_done wakes whoever waits
  // What is known of an object besides what is shown of it: who may have woken whom.
  struct Wakes {
    struct Cause {
      std::uint64_t generation;
      std::int64_t time_ns;
      TaskId task;
    };
    struct Effect {
      std::uint64_t generation;
      std::int64_t since_ns, time_ns;
      TaskId task;
    };
    std::vector<Cause> causes;    // the last few
    std::vector<Effect> effects;  // those whose cause has not been told yet
  };

  void take(const trace::Record& record);
  void settle(std::size_t first_new_event);
  Slot& slot_for(TaskId id, std::int64_t time_ns);

  void apply_to_writer(const trace::Record& record);
  void apply_to_object(const trace::Record& record);
  void apply_death(const trace::Record& record);
  void add_mark(const trace::Record& record, std::uint32_t text);
  void add_console(const trace::Record& record);

  void apply_signal(TaskId target, int signal, std::int64_t time_ns, TaskId by);
  void stop_process(TaskId process, std::int64_t time_ns, TaskId by);
  void continue_process(TaskId process, std::int64_t time_ns);
  void stop_task(Slot& slot, std::int64_t time_ns, TaskId by);
  void continue_task(Slot& slot, std::int64_t time_ns);
  void unstop(Slot& slot);
  void bury(Slot& slot);
  void unbury(Slot& slot);
  void end_queue_join(const Slot& slot, const trace::Record& record);
  void find_process(Slot& slot);
  void adopt_thread(TaskId process, TaskId thread);
  void end_thread(TaskId thread, std::int64_t time_ns);

  std::uint32_t apply_to_shared(const trace::Record& record, std::uint32_t text);
  std::uint32_t apply_to_channel(const trace::Record& record, std::uint32_t text, std::uint32_t channel);
  void apply_to_lock(const trace::Record& record, std::uint32_t object);
  void make_gil(Object& object, TaskId creator, trace::GilMode mode, std::int64_t time_ns);
  void apply_to_gil(Slot& slot, const trace::Event& event, std::uint16_t line);
  void follow_gil(Slot& slot, const trace::Event& event);
  void contend(Gil& gil);
  void apply_interval(const trace::Record& record);
  void apply_work(const trace::Record& record);
  std::uint32_t object_for(const trace::Event& event);
  void describe_object(const trace::Record& record, Object& object);
  void find_parts(Object& object);
  void make_channel(Object& object);
  void bury_message(std::uint32_t channel, std::uint64_t id, std::int64_t time_ns);
  void crowd(Slot& slot, const trace::Event& event);
  void end_crowding(Slot& slot, std::int64_t time_ns);
  void crowd_again(Slot& slot, std::uint32_t channel, std::int64_t time_ns);
  void update_message_flow(std::uint32_t channel, std::uint64_t id);
  void lose_messages(TaskId process, std::int64_t time_ns);
  [[nodiscard]] std::int64_t death_of_process(TaskId task) const noexcept;
  void begin_operation(TaskId task, const trace::Event& event);
  std::int64_t end_operation(TaskId task, const trace::Event& event);
  void wake_from(std::uint32_t object, std::uint64_t generation, std::int64_t time_ns, TaskId task);
  void wake_to(std::uint32_t object, std::uint64_t generation, std::int64_t since_ns, std::int64_t time_ns,
               TaskId task);
  std::uint32_t intern(const std::string& text);

  std::size_t add_flow(Flow flow);
  void disorder_flows(std::size_t index);
  void settle_flows();
  void resolve(Flow& flow) const;
  void resolve_flows_about(TaskId id);
  void drop_start(TaskId parent, TaskId child);

  std::vector<Task> tasks_;
  std::unordered_map<TaskId, Slot> slots_;
  std::unordered_map<TaskId, trace::StartMethod> start_methods_;  // of children that have not been seen yet
  base::Chunked<Flow> flows_;
  std::unordered_map<TaskId, std::vector<std::size_t>> flows_about_;  // by the child or target: indices into flows_
  std::vector<Object> objects_;
  std::unordered_map<ObjectId, std::uint32_t> object_index_;
  std::vector<Wakes> wakes_;  // by index of the object
  std::vector<Channel> channels_;
  std::vector<Traffic> traffic_;  // by index of the channel
  std::vector<Gil> gils_;
  std::vector<Work> works_;
  Pools pools_;
  Kernel kernel_;
  base::Chunked<ConsoleLine> console_;
  base::Chunked<EventRef> events_;
  base::Chunked<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t> short_texts_;  // most messages are a digit
  std::uint64_t count_ = 0, lost_ = 0, revision_ = 0;
  std::optional<trace::StopReason> stopped_;
  std::optional<trace::Cap> cap_;
  bool tasks_disordered_ = false;
  std::size_t flows_in_order_ = SIZE_MAX;  // those before this one are sorted; all, if it is past the end
};

}  // namespace forklight::timeline
