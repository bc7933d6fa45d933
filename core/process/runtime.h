// What the interpreter of one lesson process holds: who it is, its streams, its children. One a process; set up anew after every fork.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/fd.h"
#include "core/gil/interpreter.h"
#include "core/process/atexit.h"
#include "core/process/output.h"
#include "core/process/parent.h"
#include "core/process/process.h"
#include "core/trace/region.h"

namespace forklight::process {

// Tells a lesson process that the learner has an errand for it, in its slot.
inline const int kErrandSignal = SIGRTMIN + 5;

// What every process of a run has in common; inherited by fork.
struct RunContext {
  const trace::Region* region = nullptr;
  int birth_fd = -1;     // eventfd: tells the supervisor that a slot has come alive
  int lifeline_fd = -1;  // read end of a pipe whose write end only the supervisor holds
  Program program;
  Buffering buffering = Buffering::line;
  int python_minor = 14;  // 3.x: what differs between versions follows it
  std::string request = {};  // what a process started by exec finds the lesson by
};

// What a process runs: a function that is there for as long as it runs. Not a std::function, whose code the linker would put anywhere.
class Body {
 public:
  Body(void (*function)(const void*), const void* context) noexcept : function_(function), context_(context) {}
  template <typename Function>
    requires std::is_invocable_v<const Function&>
  Body(const Function& function) : Body([](const void* it) { (*static_cast<const Function*>(it))(); }, &function) {}
  void operator()() const { function_(context_); }

 private:
  void (*function_)(const void*);
  const void* context_;
};

class Runtime {
 public:
  [[nodiscard]] static Runtime& current();

  // Becomes MainProcess in this (freshly forked, single-threaded) process: slot, lifeline, signals.
  void become_main(const RunContext& context, std::uint32_t slot);
  // What a child has from the moment of the fork: it pays for each page that it writes to, so it is not put into the object.
  struct Inheritance {
    int parent_death;  // turns readable once the creator is gone
    bool no_input;     // what no_input() said before the fork
  };
  // Becomes the child of an object just forked: P.1 step 4.
  void become_child(const Process::Object& object, std::uint32_t slot, Inheritance inherited);
  // Whether stdin is /dev/null, as for every process but MainProcess (P-67), and nearly always for that one.
  [[nodiscard]] static bool no_input() noexcept;
  // The same in a process that was started by exec, for the task `parent`: nothing is inherited.
  void become_spawned(const RunContext& context, const Process::Object& object, std::uint32_t slot, trace::TaskId parent);
  // The forkserver or the resource tracker: a task of the run that runs nothing of the lesson. It ignores SIGINT (P-64).
  void become_helper(const RunContext& context, std::uint32_t slot, trace::TaskId parent, std::string name);

  // Runs a body the way Python runs a process to its end, and returns the exit code: P.2 for a child, P.3 for MainProcess.
  // What the body throws becomes the traceback on stderr and the code.
  [[nodiscard]] int run_to_end(const Body& body);

  // Tells the supervisor of a process that has this slot.
  void announce_birth(std::uint32_t slot, pid_t pid) const noexcept;

  [[nodiscard]] const RunContext& context() const noexcept { return context_; }
  // multiprocessing's default start method, once it is settled (S-34).
  [[nodiscard]] std::optional<trace::StartMethod> start_method() const noexcept { return start_method_; }
  void set_start_method(trace::StartMethod method) noexcept { start_method_ = method; }
  // The program is being imported by a child that has not been set up yet: no process may be started (S-27).
  [[nodiscard]] bool importing() const noexcept { return importing_; }
  void set_importing(bool importing) noexcept {
    importing_ = importing;
    counter_ = 0;
  }
  // __name__ of the program's module: "__main__", or "__mp_main__" where it was imported, and in what is forked from there (S-04).
  [[nodiscard]] std::string_view main_module() const noexcept { return main_module_; }
  // Of this interpreter, chosen as it begins; a forked child has its parent's (S-10).
  [[nodiscard]] std::uint64_t hash_seed() const noexcept { return hash_seed_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  // While the program is imported nobody has told it yet (S-29).
  [[nodiscard]] bool daemon() const noexcept { return daemon_ && !importing_; }
  [[nodiscard]] bool is_main() const noexcept { return identity_.empty(); }
  [[nodiscard]] const std::optional<ParentProcess>& parent() const noexcept { return parent_; }
  [[nodiscard]] Output& out() noexcept { return out_; }

  // What several threads may change at once where there is no GIL, or where one lets it go in between: the children, the list of what is done
  // at the end, the helpers. Held meanwhile, by one thread as often as it likes; and while this process is forked, so that the child finds all
  // of it whole.
  [[nodiscard]] std::unique_lock<gil::Yielding<std::recursive_mutex>> hold();

  // "1" for the first process built here, "2:1" for the first one built in Process-2 (P-01, P-04).
  [[nodiscard]] std::vector<int> next_identity();
  // Called when this process ends in order, highest priority first: from 0 up before its children are ended, below 0 after that (P.2).
  // A forked child begins without any. Returns a number to take it back with.
  int add_finalizer(int priority, std::function<void()> action);
  void remove_finalizer(int number);
  // atexit.register().
  void add_exit_function(std::string name, std::function<void()> function);
  // Multiprocessing's own exit function gets its place among them, if it has none yet (P.3): finish_children().
  void import_util();
  // What atexit has, last registered first.
  void run_exit_functions();
  void finish_children();  // runs the finalizers, ends daemons, waits for all children
  // Called in every forked child before anything else of it runs: sets right what the parent's other threads may have left half done.
  void at_fork(std::weak_ptr<void> alive, std::function<void()> action);
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  // Started and not yet reaped.
  [[nodiscard]] std::vector<std::shared_ptr<Process::Object>> children();
  [[nodiscard]] bool has_children();
  void add_child(std::shared_ptr<Process::Object> child);
  void forget_child(const Process::Object* child);

 private:
  struct Finalizer {
    int number, priority;
    std::function<void()> action;
  };
  struct ForkHook {
    std::weak_ptr<void> alive;
    std::function<void()> action;
  };
  void settle_in(const RunContext& context, std::uint32_t slot);
  void take_identity(const Process::Object& object, trace::TaskId parent, int parent_death);
  void finalize(int lowest_priority);
  static void finish(const void*);
  struct Ending {
    int code;
    trace::ExitHow how;
    std::string last_words;  // for stderr: a traceback, or the text of SystemExit
    bool interrupted = false;  // by a KeyboardInterrupt that nobody caught
  };
  [[nodiscard]] Ending run_body(const Body& body) const;
  void wait_for_threads();

  gil::Yielding<std::recursive_mutex> books_;  // see hold()
  RunContext context_;
  std::string name_ = "MainProcess";
  std::string_view main_module_ = "__main__";
  std::uint64_t hash_seed_ = 0;
  std::vector<int> identity_;
  int counter_ = 0;
  bool daemon_ = false;
  bool importing_ = false;
  bool spawned_ = false;  // by exec: it ends as any program does
  std::optional<trace::StartMethod> start_method_;
  pid_t pid_ = 0;
  int finalizer_counter_ = 0;
  std::vector<Finalizer> finalizers_;
  std::vector<ForkHook> fork_hooks_;
  ExitFunctions exit_functions_;
  Output out_;
  std::optional<ParentProcess> parent_;
  std::vector<std::shared_ptr<Process::Object>> children_;
};

}  // namespace forklight::process
