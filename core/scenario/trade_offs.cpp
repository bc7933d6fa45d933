// The evidence board: each claim of the usual list "processes against threads", with a number that is measured here and now. Each measure is a
// stage of its own on the timeline.
#include <fmt/format.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/gil/interrupt.h"
#include "core/gil/work.h"
#include "core/ipc/connection.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/proc.h"
#include "core/scenario/registry.h"
#include "core/sync/sync.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;
using process::Thread;

constexpr std::string_view kPython = assets::assets_scenarios_trade_offs_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

constexpr std::size_t kHeader = 4;  // of a frame on the wire

int threads_made = 0;  // threading counts them for their names
process::ThreadOptions named(std::string_view target) { return {.name = fmt::format("Thread-{} ({})", ++threads_made, target)}; }

double seconds_since(std::int64_t begin_ns) { return static_cast<double>(base::now_ns() - begin_ns) * 1e-9; }

template <typename Worker>
void both(std::vector<Worker>& workers) {
  const Frame frame("both");
  for (Worker& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  for (Worker& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
}

double thread_cpu_s() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// What a worker says at its end.
struct Told {
  long private_kb = 0;
  double waited_percent = 0;  // of its time, for its GIL
};

Told compute(std::uint64_t rounds, std::uint64_t x) {
  const Frame frame("compute");
  at(py("line = in_line()"));
  const double line = in_line_s();
  const std::int64_t begin = base::now_ns();
  double used = thread_cpu_s();
  at(py("x = (x * 1103515245"));
  (void)gil::compute(rounds, x, process::Runtime::current().context().python_minor);
  const double took = seconds_since(begin);
  used = thread_cpu_s() - used;
  at(py("waited = took - used"));
  const double waited = took - used - (in_line_s() - line);  // not on a core, nor in line for one: for its GIL
  at(py("tell((private_kb()"));
  return {own_memory().dirty_kb, std::max(0.0, waited / took * 100)};
}

void cores_and_memory(std::uint64_t rounds) {
  const Frame frame("cores_and_memory");
  at(py("print(\"stage cores-threads"));
  process::print_now("stage cores-threads 2");
  Told one, told[2];
  at(py("both([threading.Thread(target=compute, args=(ROUNDS // 100"));
  {
    std::vector<Thread> first;
    first.emplace_back([&one, rounds] { one = compute(rounds / 100, 0); }, named("compute"));
    both(first);
  }
  double used = cpu_s();
  std::int64_t begin = base::now_ns();
  at(py("both([threading.Thread(target=compute, args=(ROUNDS, x"));
  {
    std::vector<Thread> workers;
    for (std::uint64_t x = 0; x < 2; ++x) workers.emplace_back([&told, rounds, x] { told[x] = compute(rounds, x); }, named("compute"));
    both(workers);
  }
  const double threads = (cpu_s() - used) / seconds_since(begin);
  // Two threads instead of one: what the first brought along for all, the code of a thread's start and end, is none of the second's.
  const long more = std::max(0L, std::max(told[0].private_kb, told[1].private_kb) - one.private_kb);
  at(py("print(\"stage cores-processes"));
  process::print_now("stage cores-processes 2");
  ipc::SimpleQueue queue;
  used = cpu_s();
  begin = base::now_ns();
  at(py("both([multiprocessing.Process(target=compute"));
  {
    std::vector<Process> workers;
    for (std::uint64_t x = 0; x < 2; ++x) workers.emplace_back([queue, rounds, x]() mutable {
      const Told all = compute(rounds, x);
      queue.put(ipc::Value{all.private_kb, all.waited_percent});
    });
    both(workers);
  }
  const double processes = (cpu_s() - used) / seconds_since(begin);
  at(py("first, second = queue.get()"));
  const ipc::Value first = queue.get(), second = queue.get();
  at(py("print(f\"cores used"));
  process::print_now(fmt::format("cores used: threads {:.2f}, processes {:.2f}", threads, processes));
  at(py("print(f\"waited for a GIL"));
  process::print_now(fmt::format("waited for a GIL: threads {:.1f} % of their time, processes {:.1f} %", (told[0].waited_percent + told[1].waited_percent) / 2,
                                 (first.at(1).get<double>() + second.at(1).get<double>()) / 2));
  at(py("print(f\"memory of each"));
  process::print_now(fmt::format("memory of each: thread {} kB, process {} kB", more, (first.at(0).get<long>() + second.at(0).get<long>()) / 2));
}

long counter = 0;  // a variable of the module; raised by one at a time

void raises() {
  const Frame frame("raises");
  at(py("counter += 1"));
  ++counter;
}

void own_memory_of_each() {
  const Frame frame("own_memory");
  at(py("print(\"stage own-memory"));
  process::print_now("stage own-memory 1");
  at(py("both([threading.Thread(target=raises)])"));
  std::vector<Thread> threads;
  threads.emplace_back(raises, named("raises"));
  both(threads);
  const long seen = counter;
  at(py("both([multiprocessing.Process(target=raises)])"));
  std::vector<Process> processes;
  processes.emplace_back([] { raises(); });
  both(processes);
  at(py("print(f\"the parent sees"));
  process::print_now(fmt::format("the parent sees what is written: by a thread {}, by a process {}", seen, counter - seen));
}

void messages(long count, std::size_t size) {
  const Frame frame("messages");
  const std::string value(size, 'x');
  at(py("print(\"stage pointer"));
  process::print_now("stage pointer 1");
  std::vector<const std::string*> box;
  sync::Semaphore full(0, "full"), empty(1, "empty");
  Thread taker(
      [&] {
        const Frame inner("takes");
        for (long i = 0; i < count; ++i) {
          at(py("full.acquire()"));
          (void)full.acquire();
          at(py("box.pop()"));
          box.pop_back();
          at(py("empty.release()"));
          empty.release();
        }
      },
      named("takes"));
  at(py("taker.start()"));
  taker.start();
  std::int64_t begin = base::now_ns();
  for (long i = 0; i < count; ++i) {
    at(py("empty.acquire()"));
    (void)empty.acquire();
    at(py("box.append(value)"));
    box.push_back(&value);  // a reference: the value stays where it is
    at(py("full.release()"));
    full.release();
  }
  at(py("taker.join()"));
  taker.join();
  const double pointer_us = seconds_since(begin) / static_cast<double>(count) * 1e6;

  at(py("print(\"stage pipe"));
  process::print_now("stage pipe 1");
  auto [reader, writer] = ipc::Pipe(false);
  Process receiver([reader = reader, count]() mutable {
    const Frame inner("receives");
    for (long i = 0; i < count; ++i) {
      at(py("reader.recv_bytes()\n\n\ndef messages"));
      (void)reader.recv_bytes();
    }
  });
  at(py("receiver.start()"));
  receiver.start();
  begin = base::now_ns();
  std::size_t bytes = 0;
  std::vector<std::uint8_t> data;
  for (long i = 0; i < count; ++i) {
    at(py("data = pickle.dumps(value)\n        size"));
    data.clear();
    ipc::encode(0, ipc::Value(value), data);
    bytes += data.size() + kHeader;
    at(py("writer.send_bytes(data)\n    receiver"));
    writer.send_bytes(data);
  }
  at(py("receiver.join()"));
  receiver.join();
  const double pipe_us = seconds_since(begin) / static_cast<double>(count) * 1e6;
  at(py("print(f\"a message takes"));
  process::print_now(fmt::format("a message takes: pointer {:.2f} us and {} bytes, pipe {:.2f} us and {} bytes", pointer_us, sizeof box.front(), pipe_us,
                                 bytes / static_cast<std::size_t>(count)));
}

void operations(std::size_t size) {
  const Frame frame("operations");
  at(py("print(\"stage operations"));
  process::print_now("stage operations 1");
  const std::string value(size, 'x');
  std::vector<std::string> done;
  std::vector<const std::string*> box;
  at(py("done.append(\"append\")"));
  box.push_back(&value);
  done.emplace_back("append");
  const std::size_t by_pointer = done.size();
  const bool same = box.front() == &value;
  int copies = 0;
  auto [reader, writer] = ipc::Pipe(false);
  std::vector<std::uint8_t> data;
  at(py("done.append(\"dumps\")"));
  ipc::encode(0, ipc::Value(value), data);
  done.emplace_back("dumps");
  ++copies;
  at(py("done.append(\"send\")"));
  writer.send_bytes(data);
  done.emplace_back("send");
  ++copies;  // into the kernel's memory
  at(py("done.append(\"recv\")"));
  const std::vector<std::uint8_t> got = reader.recv_bytes();
  done.emplace_back("recv");
  ++copies;
  at(py("done.append(\"loads\")"));
  const ipc::Value back = ipc::decode(got).value;
  done.emplace_back("loads");
  const auto* const text = back.get_ptr<const std::string*>();
  if (text != nullptr && *text == value && text->data() != value.data()) ++copies;
  at(py("print(f\"a value takes"));
  process::print_now(fmt::format("a value takes: pointer {} operation, {} copies, pipe {} operations, {} copies", by_pointer, same ? 0 : 1,
                                 done.size() - by_pointer, copies));
}

template <typename Worker>
concept Terminable = requires(Worker worker) { worker.terminate(); };

void interrupts() {
  const Frame frame("interrupts");
  at(py("print(\"stage terminate"));
  process::print_now("stage terminate 1");
  Process child([] {
    const Frame inner("spins");
    at(py("while True"));
    for (;;) (void)gil::compute_unrecorded(1000, 1, process::Runtime::current().context().python_minor);
  });
  at(static_cast<std::uint16_t>(py("child = multiprocessing.Process(target=spins)") + 1));
  child.start();
  at(py("time.sleep(0.05)"));
  process::sleep(0.05);
  const std::int64_t begin = base::now_ns();
  at(py("child.terminate()"));
  child.terminate();
  at(py("child.join()"));
  child.join();
  const double took_ms = seconds_since(begin) * 1000;
  at(py("print(f\"interrupted from outside"));
  process::print_now(fmt::format("interrupted from outside: a thread {}, a process in {:.2f} ms with {}", Terminable<Thread> ? "terminate" : "no way",
                                 took_ms, child.exitcode().value_or(0)));
}

void crashes() {
  const Frame frame("crashes");
  at(py("os.kill(os.getpid()"));
  ::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler, if there is one, is taken away
  ::kill(::getpid(), SIGSEGV);
}

void crash() {
  const Frame frame("crash");
  at(py("print(\"stage crash"));
  process::print_now("stage crash 1");
  std::vector<Process> children;
  children.emplace_back([] { crashes(); });
  children.emplace_back([] {
    const Frame inner("crashes_in_thread");
    at(py("both([threading.Thread(target=crashes)])"));
    std::vector<Thread> threads;
    threads.emplace_back(crashes, named("crashes"));
    both(threads);
    at(py("print(\"never said\""));
    process::print_now("never said");
  });
  at(py("both([child, other])"));
  both(children);
  at(py("print(f\"a crash ends"));
  process::print_now(fmt::format("a crash ends: a process {}, of a thread all of its process {}", children[0].exitcode().value_or(0),
                                 children[1].exitcode().value_or(0)));
  at(py("print(\"MainProcess goes on\""));
  process::print_now("MainProcess goes on");
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const auto size = static_cast<std::size_t>(settings.integer("size"));
  at(py("    cores_and_memory()"));
  cores_and_memory(static_cast<std::uint64_t>(settings.integer("rounds")) * 1'000'000);
  at(py("    own_memory()"));
  own_memory_of_each();
  at(py("    messages()"));
  messages(settings.integer("messages"), size);
  at(py("    operations()"));
  operations(size);
  at(py("    interrupts()"));
  interrupts();
  at(py("    crash()"));
  crash();
}

// --- claims: each looks at the line that its measure has printed -------------------------------------------------------------------

template <typename... Numbers>
Verdict judge(const timeline::Model& model, bool finished, const char* line, bool (*right)(Numbers...)) {
  const timeline::Task* main = model.find(1);
  const std::string text = main != nullptr ? stdout_of(model, *main) : std::string();
  const std::string_view format = line;
  const auto place = text.find(format.substr(0, format.find('%')));
  std::tuple<Numbers...> numbers{};
  const auto read = [&](Numbers&... each) { return std::sscanf(text.c_str() + place, line, &each...); };
  if (place == std::string::npos || std::apply(read, numbers) != static_cast<int>(sizeof...(Numbers))) return eventually(false, finished);
  return std::apply(right, numbers) ? Verdict::held : Verdict::broken;
}

// Threads that queue for one lock always keep a core busy, and so do processes: if they did not get that, others took it, and nothing can be said.
Verdict cores(const timeline::Model& model, const Settings&, bool finished) {
  if (::sysconf(_SC_NPROCESSORS_ONLN) < 2) return eventually(main_printed(model, "cores used"), finished);
  constexpr const char* kLine = "cores used: threads %lf, processes %lf";
  if (others_took_cores(model, {"Process-1", "Process-2"})) return judge(model, finished, kLine, +[](double threads, double) { return threads <= 1.15; });
  return judge(model, finished, kLine, +[](double threads, double processes) { return threads <= 1.15 && (processes > threads || threads < kAlmostOne || processes < kAlmostOne); });
}

// Who has been held at the gate stood still for that too.
Verdict no_gil_limit(const timeline::Model& model, const Settings&, bool finished) {
  if (held_at_gate(model)) return eventually(main_printed(model, "waited for a GIL"), finished);
  return judge(model, finished, "waited for a GIL: threads %lf %% of their time, processes %lf %%", +[](double threads, double processes) { return threads > processes; });
}

Verdict memory(const timeline::Model& model, const Settings&, bool finished) {
  return judge(model, finished, "memory of each: thread %ld kB, process %ld kB", +[](long thread, long process) { return process > thread; });
}

Verdict own(const timeline::Model& model, const Settings&, bool finished) {
  return judge(model, finished, "the parent sees what is written: by a thread %ld, by a process %ld", +[](long thread, long process) { return thread == 1 && process == 0; });
}

Verdict dearer(const timeline::Model& model, const Settings&, bool finished) {
  return judge(
      model, finished, "a message takes: pointer %lf us and %lf bytes, pipe %lf us and %lf bytes",
      +[](double, double pointer_bytes, double, double pipe_bytes) { return pipe_bytes > pointer_bytes; });
}

Verdict more_steps(const timeline::Model& model, const Settings&, bool finished) {
  return judge(
      model, finished, "a value takes: pointer %ld operation, %ld copies, pipe %ld operations, %ld copies",
      +[](long steps, long copies, long pipe_steps, long pipe_copies) { return pipe_steps > steps && pipe_copies > copies; });
}

Verdict interruptible(const timeline::Model& model, const Settings&, bool finished) {
  return judge(model, finished, "interrupted from outside: a thread no way, a process in %lf ms with %d", +[](double, int code) { return code == -SIGTERM; });
}

Verdict crash_inside(const timeline::Model& model, const Settings&, bool finished) {
  const Verdict codes = judge(model, finished, "a crash ends: a process %d, of a thread all of its process %d", +[](int process, int thread) { return process == -SIGSEGV && thread == -SIGSEGV; });
  return all_of({codes, exit_code_is(model, "MainProcess", 0, finished)});
}

}  // namespace

const Scenario& trade_offs() {
  static const Scenario scenario{
      .id = "trade-offs",
      .group = "gil",
      .python_file = "trade-offs.py",
      .python = kPython,
      .cpp_file = "trade_offs.cpp",
      .cpp = assets::core_scenario_trade_offs_cpp,
      .parameters =
          {{.id = "rounds", .type = ParameterType::integer, .fallback = "5", .minimum = 1, .maximum = 100},
           {.id = "messages", .type = ParameterType::integer, .fallback = "2000", .minimum = 1, .maximum = 50000},
           {.id = "size", .type = ParameterType::integer, .fallback = "1000", .minimum = 1, .maximum = 60000, .unit = "bytes"}},
      .claims = {{"cores", cores, "cores used: "},
                 {"no-gil-limit", no_gil_limit, "waited for a GIL: "},
                 {"memory", memory, "memory of each: "},
                 {"own-memory", own, "the parent sees what is written: "},
                 {"dearer", dearer, "a message takes: "},
                 {"more-steps", more_steps, "a value takes: "},
                 {"interruptible", interruptible, "interrupted from outside: "},
                 {"crash-inside", crash_inside, "a crash ends: "},
                 {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
