// Part G of SEMANTICS.md: the GIL, threads, what holds it and what does not; and what the benchmark compares with python3's.
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <vector>

#include "core/gil/interrupt.h"
#include "core/gil/work.h"
#include "core/ipc/connection.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/signals.h"
#include "core/process/thread.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;

int python() { return Runtime::current().context().python_minor; }

void spin() {
  for (;;) {
    (void)gil::compute_unrecorded(1000, 1, python());
    gil::check_point(trace::CheckPlace::loop_end);
  }
}

void set_alarm(double seconds) {
  const itimerval timer{{0, 0}, {0, static_cast<suseconds_t>(seconds * 1e6)}};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

// --- the benchmark's ------------------------------------------------------------------------------------------------

// Gaps in which a thread did not run, as it sees them itself: a turn of the other one lasts an interval at the least, what is much shorter is the
// kernel's doing.
constexpr std::int64_t kTurn_ns = 3'000'000;

void print_gaps(double interval_s) {
  set_switch_interval(interval_s);
  const std::int64_t until = base::now_ns() + 1'500'000'000;
  std::vector<std::int64_t> gaps[2];
  std::vector<Thread> threads;
  for (auto& mine : gaps) {
    threads.emplace_back([&mine, until] {
      for (std::int64_t last = base::now_ns(); last < until;) {
        (void)gil::compute_unrecorded(20, 1, python());
        gil::check_point(trace::CheckPlace::loop_end);
        const std::int64_t now = base::now_ns();
        if (now - last > kTurn_ns) mine.push_back(now - last);
        last = now;
      }
    });
  }
  for (Thread& thread : threads) thread.start();
  for (Thread& thread : threads) thread.join();
  for (const auto& mine : gaps) {
    for (const std::int64_t gap : mine) print(std::to_string(gap));
  }
}

void print_latencies(double interval_s) {
  set_switch_interval(interval_s);
  auto [reader, writer] = ipc::Pipe(false);
  constexpr int kMessages = 100;
  Process feeder([writer = writer]() mutable {
    for (int i = 0; i < kMessages; ++i) {
      sleep(0.01);
      const std::int64_t now = base::now_ns();
      writer.send_bytes({reinterpret_cast<const std::uint8_t*>(&now), sizeof now});
    }
  });
  std::atomic<bool> stop{false};
  Thread rival([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      (void)gil::compute_unrecorded(100, 1, python());
      gil::check_point(trace::CheckPlace::loop_end);
    }
  });
  feeder.start();
  rival.start();
  std::vector<std::int64_t> latencies;
  for (int i = 0; i < kMessages; ++i) {
    const auto bytes = reader.recv_bytes();
    std::int64_t sent = 0;
    std::memcpy(&sent, bytes.data(), sizeof sent);
    latencies.push_back(base::now_ns() - sent);
  }
  stop = true;
  rival.join();
  feeder.join();
  for (const std::int64_t latency : latencies) print(std::to_string(latency));
}

template <typename Worker>
std::int64_t wall_of(int count, std::uint64_t rounds) {
  std::vector<Worker> workers;
  const std::int64_t begin = base::now_ns();
  for (int i = 0; i < count; ++i) {
    workers.emplace_back([rounds, count] { (void)gil::compute_unrecorded(rounds / static_cast<std::uint64_t>(count), 1, python()); });
  }
  for (Worker& worker : workers) worker.start();
  for (Worker& worker : workers) worker.join();
  return base::now_ns() - begin;
}

// Bare forked loops: what the machine can do at this moment.
std::int64_t wall_of_forks(int count, std::uint64_t rounds) {
  std::vector<pid_t> pids;
  const std::int64_t begin = base::now_ns();
  for (int i = 0; i < count; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      (void)gil::compute_unrecorded(rounds / static_cast<std::uint64_t>(count), 1, python());
      ::_exit(0);
    }
    pids.push_back(pid);
  }
  for (const pid_t pid : pids) {
    int status = 0;
    ::waitpid(pid, &status, 0);
  }
  return base::now_ns() - begin;
}

void print_walls() {
  constexpr std::uint64_t kRounds = 12'000'000;
  for (int turn = 0; turn < 3; ++turn) {
    for (const int count : {1, 2, 4}) {
      print(fmt::format("threads {} {}", count, wall_of<Thread>(count, kRounds)));
      print(fmt::format("processes {} {}", count, wall_of<Process>(count, kRounds)));
      print(fmt::format("forks {} {}", count, wall_of_forks(count, kRounds)));
    }
  }
}

const TestLesson kLessons[] = {
    {"G-03 the switch interval: errors, and whole microseconds",
     R"(
attempt(lambda: sys.setswitchinterval(0)); attempt(lambda: sys.setswitchinterval(-1))
print(sys.getswitchinterval())
for seconds in (1e-7, 0.25, 5000.0): sys.setswitchinterval(seconds); print(sys.getswitchinterval())
)",
     [] {
       attempt([] { set_switch_interval(0); });
       attempt([] { set_switch_interval(-1); });
       print(ipc::repr(switch_interval()));
       for (const double seconds : {1e-7, 0.25, 5000.0}) {
         set_switch_interval(seconds);
         print(ipc::repr(switch_interval()));
       }
     }},
    {"G-08 a handler has its turn when a C call is over, not within it",
     R"(
came = []
signal.signal(signal.SIGALRM, lambda *_: came.append(time.monotonic()))
begin = time.monotonic(); signal.setitimer(signal.ITIMER_REAL, 0.02)
while time.monotonic() < begin + 0.06: sum(range(10_000_000))
time.sleep(0); end = time.monotonic()
print(len(came), came[0] - begin >= 0.02, came[0] <= end)
)",
     [] {
       std::vector<std::int64_t> came;
       set_signal_handler(SIGALRM, [&](int) { came.push_back(base::now_ns()); });
       const std::int64_t begin = base::now_ns();
       set_alarm(0.02);
       while (base::now_ns() < begin + 60'000'000) {
         (void)gil::sum_range(10'000'000);
         gil::check_point();
       }
       sleep(0);
       print(fmt::format("{} {} {}", came.size(), text(came.at(0) - begin >= 20'000'000), text(came.at(0) <= base::now_ns())));
     }},
    {"G-08 a handler runs in the main thread, which waits for the GIL for that",
     R"(
who = []
signal.signal(signal.SIGALRM, lambda *_: who.append(threading.current_thread() is threading.main_thread()))
def work():
    while not who: pass
threads = [threading.Thread(target=work) for _ in range(3)]
[t.start() for t in threads]; signal.setitimer(signal.ITIMER_REAL, 0.02); [t.join() for t in threads]
print(who)
)",
     [] {
       std::atomic<bool> came{false};
       bool in_main = false;
       set_signal_handler(SIGALRM, [&](int) {
         in_main = ::gettid() == ::getpid();
         came = true;
       });
       std::vector<Thread> threads;
       for (int i = 0; i < 3; ++i) {
         threads.emplace_back([&] {
           while (!came) {
             (void)gil::compute_unrecorded(100, 1, python());
             gil::check_point(trace::CheckPlace::loop_end);
           }
         });
       }
       for (Thread& thread : threads) thread.start();
       set_alarm(0.02);
       for (Thread& thread : threads) thread.join();
       print(in_main ? "[True]" : "[False]");
     }},
    {"G-09 a fork beside threads: the child has its forking thread alone, and the GIL",
     R"(
def spin():
    while True: pass
def child():
    print(threading.active_count()); t = threading.Thread(target=print, args=("a thread of its own",)); t.start(); t.join()
def forks(): p = Process(target=child); p.start(); p.join(); print(p.exitcode, flush=True)
for _ in range(3): threading.Thread(target=spin, daemon=True).start()
forks(); t = threading.Thread(target=forks); t.start(); t.join(); print("done", flush=True)
)",
     [] {
       const auto child = [] {
         print(std::to_string(gil::Interpreter::main().threads()));
         Thread t([] { print("a thread of its own"); });
         t.start();
         t.join();
       };
       const auto forks = [&] {
         Process p(child);
         p.start();
         p.join();
         print_now(text(p.exitcode()));
       };
       for (int i = 0; i < 3; ++i) Thread(spin, {.name = {}, .daemon = true}).start();
       forks();
       Thread t(forks);
       t.start();
       t.join();
       print_now("done");
     }},
    {"G-10 daemon threads neither delay the end nor speak after it",
     R"(
def spin():
    while True: pass
def naps():
    while True: time.sleep(0.0001)
for target in (spin, naps, spin): threading.Thread(target=target, daemon=True).start()
print("the end")
)",
     [] {
       Thread(spin, {.name = {}, .daemon = true}).start();
       Thread([] { for (;;) sleep(0.0001); }, {.name = {}, .daemon = true}).start();
       Thread(spin, {.name = {}, .daemon = true}).start();
       print("the end");
     }},
    {"Thread: an exception ends that thread alone, and leaves the GIL",
     R"(
def fails(): raise RuntimeError("in the middle of it")
t = threading.Thread(target=fails, name="failing"); t.start(); t.join(); print(t.is_alive(), t.name, t.daemon, t.native_id != os.getpid())
u = threading.Thread(target=print, args=("another",)); u.start(); u.join(); attempt(u.start)
)",
     [] {
       Thread t([] { raise("RuntimeError", "in the middle of it"); }, {.name = "failing"});
       t.start();
       t.join();
       print(fmt::format("{} {} {} {}", text(t.is_alive()), t.name(), text(t.daemon()), text(t.native_id() != ::getpid())));
       Thread u([] { print("another"); });
       u.start();
       u.join();
       attempt([&] { u.start(); });
     }},
    {"os._exit ends it at once while others hold and want the GIL",
     R"(
def spin():
    while True: pass
for _ in range(4): threading.Thread(target=spin).start()
time.sleep(0.02); os._exit(7)
)",
     [] {
       for (int i = 0; i < 4; ++i) Thread(spin).start();
       sleep(0.02);
       os_exit(7);
     }},
    {"G-04 interpreters: a GIL each, no daemon threads, no fork", "",
     [] {
       const auto other = make_interpreter();
       attempt([&] { Thread([] {}, {.name = {}, .daemon = true, .interpreter = other}).start(); });
       Thread t(
           [] {
             attempt([] {
               Process p([] {});
               p.start();
             });
           },
           {.name = "elsewhere", .daemon = false, .interpreter = other});
       t.start();
       t.join();
     }},
    {"bench gil turns 5",
     R"(
def work(mine, until):
    last = time.perf_counter_ns()
    while last < until:
        for _ in range(20): pass
        now = time.perf_counter_ns()
        if now - last > 3_000_000: mine.append(now - last)
        last = now
sys.setswitchinterval(0.005)
gaps = [], []; until = time.perf_counter_ns() + 1_500_000_000
threads = [threading.Thread(target=work, args=(mine, until)) for mine in gaps]
[t.start() for t in threads]; [t.join() for t in threads]
for mine in gaps: [print(gap) for gap in mine]
)",
     [] { print_gaps(0.005); }},
    {"bench gil latency 5",
     R"(
import struct
sys.setswitchinterval(0.005)
def feed(writer):
    for _ in range(100): time.sleep(0.01); writer.send_bytes(struct.pack("q", time.monotonic_ns()))
stop = False
def work():
    while not stop: pass
reader, writer = mp.Pipe(False); feeder = Process(target=feed, args=(writer,)); rival = threading.Thread(target=work)
feeder.start(); rival.start(); latencies = []
for _ in range(100): sent = struct.unpack("q", reader.recv_bytes())[0]; latencies.append(time.monotonic_ns() - sent)
stop = True; rival.join(); feeder.join(); [print(latency) for latency in latencies]
)",
     [] { print_latencies(0.005); }},
    {"bench gil latency 0.5",
     R"(
import struct
sys.setswitchinterval(0.0005)
def feed(writer):
    for _ in range(100): time.sleep(0.01); writer.send_bytes(struct.pack("q", time.monotonic_ns()))
stop = False
def work():
    while not stop: pass
reader, writer = mp.Pipe(False); feeder = Process(target=feed, args=(writer,)); rival = threading.Thread(target=work)
feeder.start(); rival.start(); latencies = []
for _ in range(100): sent = struct.unpack("q", reader.recv_bytes())[0]; latencies.append(time.monotonic_ns() - sent)
stop = True; rival.join(); feeder.join(); [print(latency) for latency in latencies]
)",
     [] { print_latencies(0.0005); }},
    {"bench gil walls",
     R"(
def work(n):
    x = 1
    for _ in range(n): x = (x * 1103515245 + 12345) & 0x7FFFFFFF
def wall(kind, count):
    workers = [kind(target=work, args=(3_000_000 // count,)) for _ in range(count)]; begin = time.perf_counter_ns()
    [w.start() for w in workers]; [w.join() for w in workers]; return time.perf_counter_ns() - begin
for turn in range(3):
    for count in (1, 2, 4):
        print("threads", count, wall(threading.Thread, count)); print("processes", count, wall(Process, count))
)",
     print_walls},
};

}  // namespace

std::span<const TestLesson> gil_lessons() { return kLessons; }

}  // namespace forklight::tests
