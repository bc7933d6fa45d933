// Part Q of SEMANTICS.md: queues, in C++ and in Python.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <csignal>
#include <filesystem>
#include <set>
#include <span>

#include "core/base/posix_call.h"
#include "core/ipc/queue.h"
#include "core/sync/sync.h"
#include "core/trace/recorder.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;
using ipc::JoinableQueue;
using ipc::Message;
using ipc::Queue;
using ipc::SimpleQueue;
using ipc::Value;

Process started(std::function<void()> body, ProcessOptions options = {}) {
  Process process(std::move(body), std::move(options));
  process.start();
  return process;
}

std::string code(Process& process) { return text(process.exitcode()); }

// --- for the benchmarks: the same messages through a queue and through a bare pipe, by turns --------------------------------------------

constexpr int kMessages = 60000, kTurns = 7;

// This process's threads go on unrecorded: told by a signal, because each has a recorder of its own.
void detach_all_threads() {
  ::signal(SIGUSR1, [](int) { trace::Recorder::current().detach(); });
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    ::syscall(SYS_tgkill, ::getpid(), std::stoi(task.path().filename()), SIGUSR1);
  }
}

double cpu_ns(clockid_t clock) {
  timespec used{};
  ::clock_gettime(clock, &used);
  return static_cast<double>(used.tv_sec) * 1e9 + static_cast<double>(used.tv_nsec);
}

// How often this thread has given up its processor to wait.
double sleeps() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  return static_cast<double>(used.ru_nvcsw);
}

// Nanoseconds a message: a producer and a consumer, each a process; timed by the consumer from its first message to its last.
void time_queue(const char* name, bool traced) {
  Queue q;
  Process producer = started([&] {
    q.put(-1);
    sleep(0.02);
    if (!traced) detach_all_threads();
    const double all0 = cpu_ns(CLOCK_PROCESS_CPUTIME_ID), own0 = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < kMessages; ++i) q.put(i % 100);
    const double own1 = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    q.close();
    q.join_thread();
    const double all1 = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    print_now(fmt::format("{}-put-cpu {}", name, (own1 - own0) / kMessages));
    print_now(fmt::format("{}-feed-cpu {}", name, (all1 - all0 - (own1 - own0)) / kMessages));
  });
  Process consumer = started([&] {
    (void)q.get();
    if (!traced) detach_all_threads();
    (void)q.get();
    const std::int64_t begin = base::now_ns();
    const double own0 = cpu_ns(CLOCK_THREAD_CPUTIME_ID), sleeps0 = sleeps();
    for (int i = 1; i < kMessages; ++i) (void)q.get();
    print_now(fmt::format("{}-get-sleeps {}", name, (sleeps() - sleeps0) / kMessages));
    print_now(fmt::format("{}-get-cpu {}", name, (cpu_ns(CLOCK_THREAD_CPUTIME_ID) - own0) / kMessages));
    print_now(fmt::format("{} {}", name, static_cast<double>(base::now_ns() - begin) / (kMessages - 1)));
  });
  producer.join();
  consumer.join();
}

void write_bare(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0) os_exit(1);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

bool read_bare(int fd, std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// The frame of a small int: header, begin and id, CBOR, padding.
constexpr std::array<std::uint8_t, 20> kFrame{0, 0, 0, 16, 0x80, 1, 2, 3, 0, 0, 0, 0, 23, 255, 255, 255, 255, 255, 255, 255};

void read_frame_bare(int fd) {
  std::array<std::uint8_t, 20> frame{};
  if (!read_bare(fd, std::span(frame).first(4)) || !read_bare(fd, std::span(frame).subspan(4, frame[3]))) os_exit(1);
}

void time_bare_pipe(const char* name) {
  base::Pipe pipe = base::make_pipe();
  Process producer = started([&] {
    sleep(0.02);
    const double own0 = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < kMessages; ++i) write_bare(pipe.write.get(), kFrame);
    print_now(fmt::format("{}-write-cpu {}", name, (cpu_ns(CLOCK_THREAD_CPUTIME_ID) - own0) / kMessages));
  });
  Process consumer = started([&] {
    read_frame_bare(pipe.read.get());
    const std::int64_t begin = base::now_ns();
    const double own0 = cpu_ns(CLOCK_THREAD_CPUTIME_ID), sleeps0 = sleeps();
    for (int i = 1; i < kMessages; ++i) read_frame_bare(pipe.read.get());
    print_now(fmt::format("{}-read-sleeps {}", name, (sleeps() - sleeps0) / kMessages));
    print_now(fmt::format("{}-read-cpu {}", name, (cpu_ns(CLOCK_THREAD_CPUTIME_ID) - own0) / kMessages));
    print_now(fmt::format("{} {}", name, static_cast<double>(base::now_ns() - begin) / (kMessages - 1)));
  });
  producer.join();
  consumer.join();
}

constexpr int kRounds = 10000;

void time_duplex(const char* name) {
  auto [ours, theirs] = ipc::Pipe(true);
  Process echo = started([end = theirs]() mutable {
    for (int i = 0; i < kRounds; ++i) end.send(end.recv());
  });
  const std::int64_t begin = base::now_ns();
  for (int i = 0; i < kRounds; ++i) {
    ours.send(42);
    (void)ours.recv();
  }
  print(fmt::format("{} {}", name, static_cast<double>(base::now_ns() - begin) / kRounds));
  echo.join();
}

void time_bare_socketpair(const char* name) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw os_error(errno);
  const base::Fd ours(ends[0]), theirs(ends[1]);
  Process echo = started([&] {
    for (int i = 0; i < kRounds; ++i) {
      read_frame_bare(theirs.get());
      write_bare(theirs.get(), kFrame);
    }
  });
  const std::int64_t begin = base::now_ns();
  for (int i = 0; i < kRounds; ++i) {
    write_bare(ours.get(), kFrame);
    read_frame_bare(ours.get());
  }
  print(fmt::format("{} {}", name, static_cast<double>(base::now_ns() - begin) / kRounds));
  echo.join();
}

const TestLesson kLessons[] = {
    {"Q-01 put into a full queue", R"(
q = mp.Queue(1); q.put(1); print(q.full(), q.qsize())
begin = time.monotonic()
attempt(lambda: q.put_nowait(2)); attempt(lambda: q.put(2, False)); attempt(lambda: q.put(2, False, 5)); attempt(lambda: q.put(2, True, -1))
print(time.monotonic() - begin < 1)
begin = time.monotonic(); attempt(lambda: q.put(2, timeout=0.1)); print(0.1 <= time.monotonic() - begin < 1)
print(hangs(lambda: q.put("late"))); print(q.get(), q.get())
)",
     [] {
       Queue q(1);
       q.put(1);
       print(text(q.full()) + " " + text(q.qsize()));
       std::int64_t begin = base::now_ns();
       attempt([&] { q.put_nowait(2); });
       attempt([&] { q.put(2, false); });
       attempt([&] { q.put(2, false, 5.0); });
       attempt([&] { q.put(2, true, -1.0); });
       print(text(base::now_ns() - begin < base::kSecond));
       begin = base::now_ns();
       attempt([&] { q.put(2, true, 0.1); });
       print(text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < base::kSecond));
       print(text(hangs([&] { q.put("late"); })));
       const auto first = q.get(), second = q.get();
       print(text(first) + " " + second.get<std::string>());
     }},
    {"Q-02 get from an empty queue", R"(
q = mp.Queue()
begin = time.monotonic()
attempt(q.get_nowait); attempt(lambda: q.get(False)); attempt(lambda: q.get(True, 0)); attempt(lambda: q.get(True, -1))
print(time.monotonic() - begin < 1)
begin = time.monotonic(); attempt(lambda: q.get(timeout=0.1)); print(0.1 <= time.monotonic() - begin < 1)
print(hangs(q.get)); leave()
)",
     [] {
       Queue q;
       std::int64_t begin = base::now_ns();
       attempt([&] { return q.get_nowait(); });
       attempt([&] { return q.get(false); });
       attempt([&] { return q.get(true, 0.0); });
       attempt([&] { return q.get(true, -1.0); });
       print(text(base::now_ns() - begin < base::kSecond));
       begin = base::now_ns();
       attempt([&] { return q.get(true, 0.1); });
       print(text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < base::kSecond));
       print(text(hangs([&] { (void)q.get(); })));
       leave();
     }},
    {"Q-03 Q-04 empty just after put", R"(
empty = sizes = 0
for i in range(50):
    q = mp.Queue(); q.put(i); empty += q.empty(); sizes += q.qsize(); time.sleep(0.01); q.get()
q.put(1); time.sleep(0.2)
print(empty); print(sizes, q.empty(), q.qsize()); q.get()
)",
     [] {
       int empty = 0, sizes = 0;
       for (int i = 0; i < 50; ++i) {
         Queue one;
         one.put(i);
         empty += one.empty() ? 1 : 0;
         sizes += one.qsize();
         sleep(0.01);
         (void)one.get();
       }
       Queue q;
       q.put(1);
       sleep(0.2);
       print(text(empty));
       print(fmt::format("{} {} {}", sizes, text(q.empty()), q.qsize()));
       (void)q.get();
     }},
    {"Q-05 what is changed after put arrives changed", R"(
q = mp.Queue(); q.put("x" * 100000); eventually(lambda: not q.empty()); item = [1]; q.put(item); item.append(2)
print(len(q.get()), q.get())
s = mp.SimpleQueue(); s.put(item); item.append(3); print(s.get(), item)
r, w = mp.Pipe(); w.send(item); item.append(4); print(r.recv())
)",
     [] {
       Queue q;
       q.put(std::string(100000, 'x'));  // the feeder stands before the full pipe
       eventually([&] { return !q.empty(); });
       ipc::Object item(Value::array({1}));
       const auto append = [&](int number) { item.change([&](Value& value) { value.push_back(number); }); };
       q.put(item);
       append(2);
       const std::size_t size = q.get().get<std::string>().size();
       print(fmt::format("{} {}", size, text(q.get())));
       SimpleQueue s;
       s.put(item);
       append(3);
       const std::string got = text(s.get());
       print(got + " " + text(item.value()));
       auto [r, w] = ipc::Pipe();
       w.send(item);
       append(4);
       print(text(r.recv()));
     }},
    {"Q-06 what cannot be pickled vanishes from a Queue", R"(
q = mp.Queue(1)
bad = lambda: 0
attempt(lambda: q.put(bad)); print(eventually(lambda: q.qsize() == 0)); time.sleep(0.1)
q.put("next"); print(q.get()); attempt(q.get_nowait)
def child(): q.put(bad); print(eventually(lambda: q.qsize() == 0), flush=True); time.sleep(0.1)
p = Process(target=child); p.start(); p.join(); print(p.exitcode)
)",
     [] {
       Queue q(1);
       attempt([&] { q.put(Message::lambda()); });
       print(text(eventually([&] { return q.qsize() == 0; })));
       sleep(0.1);
       q.put("next");
       print(q.get().get<std::string>());
       attempt([&] { return q.get_nowait(); });
       Process p = started([&] {
         q.put(Message::lambda());
         print_now(text(eventually([&] { return q.qsize() == 0; })));
         sleep(0.1);
       });
       p.join();
       print(code(p));
     }},
    {"Q-07 what cannot be pickled is refused by a SimpleQueue", R"(
bad = lambda: 0; q = mp.SimpleQueue(); attempt(lambda: q.put(bad)); print(q.empty()); q.put(1); print(q.empty(), q.get())
)",
     [] {
       SimpleQueue q;
       attempt([&] { q.put(Message::lambda()); });
       print(text(q.empty()));
       q.put(1);
       const std::string empty = text(q.empty());
       print(empty + " " + text(q.get()));
     }},
    {"Q-08 what cannot be pickled stays unfinished in a JoinableQueue", R"(
bad = lambda: 0; q = mp.JoinableQueue(); attempt(lambda: q.put(bad)); print(eventually(lambda: q.qsize() == 0)); time.sleep(0.1)
print(hangs(q.join)); leave()
)",
     [] {
       JoinableQueue q;
       attempt([&] { q.put(Message::lambda()); });
       print(text(eventually([&] { return q.qsize() == 0; })));
       sleep(0.1);
       print(text(hangs([&] { q.join(); })));
       leave();
     }},
    {"Q-09 Q-10 Q-11 a closed queue", R"(
q = mp.Queue(); attempt(q.join_thread); q.put(1); print(q.get()); q.close()
attempt(lambda: q.put(1)); attempt(q.get); attempt(q.get_nowait); q.join_thread(); attempt(q.empty)
j = mp.JoinableQueue(); attempt(j.join_thread); j.close(); attempt(lambda: j.put(1))
)",
     [] {
       Queue q;
       attempt([&] { q.join_thread(); });
       q.put(1);
       print(text(q.get()));
       q.close();
       attempt([&] { q.put(1); });
       attempt([&] { return q.get(); });
       attempt([&] { return q.get_nowait(); });
       q.join_thread();
       attempt([&] { return q.empty(); });
       JoinableQueue j;
       attempt([&] { j.join_thread(); });
       j.close();
       attempt([&] { j.put(1); });
     }},
    {"Q-12 close twice, and of a queue never used", R"(
q = mp.Queue(); q.close(); q.close(); print(q.empty()); q.join_thread()
r = mp.Queue(); r.put(1); r.get(); r.close(); r.close(); r.join_thread(); r.join_thread(); print("fine")
)",
     [] {
       Queue q;
       q.close();
       q.close();
       print(text(q.empty()));
       q.join_thread();
       Queue r;
       r.put(1);
       (void)r.get();
       r.close();
       r.close();
       r.join_thread();
       r.join_thread();
       print("fine");
     }},
    {"Q-13 a closed SimpleQueue", R"(
q = mp.SimpleQueue(); q.put(1); q.close(); q.close(); attempt(lambda: q.put(1)); attempt(q.get); attempt(q.empty)
)",
     [] {
       SimpleQueue q;
       q.put(1);
       q.close();
       q.close();
       attempt([&] { q.put(1); });
       attempt([&] { return q.get(); });
       attempt([&] { return q.empty(); });
     }},
    {"Q-15 the order of each producer", R"(
q = mp.Queue()
def produce(name):
    for i in range(1000): q.put([name, i])
many = [Process(target=produce, args=(name,)) for name in range(3)]
for p in many: p.start()
last = [-1, -1, -1]; right = 0; changes = 0; before = 0
for _ in range(3000):
    name, i = q.get(); right += i == last[name] + 1; last[name] = i; changes += name != before; before = name
print(right, last); print(changes)
for p in many: p.join()
)",
     [] {
       Queue q;
       std::vector<Process> many;
       for (int name = 0; name < 3; ++name) {
         many.push_back(started([&q, name] {
           for (int i = 0; i < 1000; ++i) q.put(Value::array({name, i}));
         }));
       }
       int last[] = {-1, -1, -1}, right = 0, changes = 0, before = 0;
       for (int n = 0; n < 3000; ++n) {
         const Value item = q.get();
         const int name = item.at(0), i = item.at(1);
         right += i == last[name] + 1 ? 1 : 0;
         last[name] = i;
         changes += name != before ? 1 : 0;
         before = name;
       }
       print(fmt::format("{} [{}, {}, {}]", right, last[0], last[1], last[2]));
       print(text(changes));
       for (Process& p : many) p.join();
     }},
    {"Q-16 Q-17 a producer lives until the pipe has taken everything", R"(
for items, size, fits in ((1, 65000, True), (1, 70000, False), (60, 1024, False), (48, 1024, True)):
    q = mp.Queue()
    def produce():
        for _ in range(items): q.put("x" * size)
    p = Process(target=produce); p.start(); p.join(20 if fits else 0.4); print(items, size, p.is_alive())
    for _ in range(items): q.get()
    p.join(); print(p.exitcode)
)",
     [] {
       struct Case {
         int items, size;
         bool fits;
       };
       for (const auto& [items, size, fits] : {Case{1, 65000, true}, {1, 70000, false}, {60, 1024, false}, {48, 1024, true}}) {
         Queue q;
         Process p = started([&q, items = items, size = size] {
           for (int i = 0; i < items; ++i) q.put(std::string(static_cast<std::size_t>(size), 'x'));
         });
         p.join(fits ? 20 : 0.4);
         print(fmt::format("{} {} {}", items, size, text(p.is_alive())));
         for (int i = 0; i < items; ++i) (void)q.get();
         p.join();
         print(code(p));
       }
     }},
    {"Q-18 cancel_join_thread", R"(
q = mp.Queue()
def produce():
    for i in range(1000): q.put([i, "x" * 1024])
    q.cancel_join_thread()
p = Process(target=produce); p.start(); p.join(5); print(p.exitcode)
right = True; count = 0
try:
    while True: right = right and q.get(timeout=0.2)[0] == count; count += 1
except BaseException as error: print(type(error).__name__)
print(right, count < 1000)
)",
     [] {
       Queue q;
       Process p = started([&] {
         for (int i = 0; i < 1000; ++i) q.put(Value::array({i, std::string(1024, 'x')}));
         q.cancel_join_thread();
       });
       p.join(5);
       print(code(p));
       bool right = true;
       int count = 0;
       try {
         for (;; ++count) right = right && q.get(true, 0.2).at(0) == count;
       } catch (const PythonError&) {
         print("Empty");
       }
       print(text(right) + " " + text(count < 1000));
     }},
    {"Q-19 who made the queue waits for its feeder too", R"(
def maker(size): q = mp.Queue(); q.put("x" * size)
for size in (10, 100000):
    p = Process(target=maker, args=(size,)); p.start(); p.join(20 if size == 10 else 0.5); print(size, p.is_alive()); p.kill(); p.join()
)",
     [] {
       for (const int size : {10, 100000}) {
         Process p = started([size] {
           Queue q;
           q.put(std::string(static_cast<std::size_t>(size), 'x'));
         });
         p.join(size == 10 ? 20 : 0.5);
         print(fmt::format("{} {}", size, text(p.is_alive())));
         p.kill();
         p.join();
       }
     }},
    {"Q-20 os._exit while items wait in the deque", R"(
q = mp.Queue()
def child():
    for i in range(100): q.put("x" * 1024)
    others_asleep(); os._exit(0)
p = Process(target=child); p.start(); p.join(); print(p.exitcode, q.qsize()); count = 0
while not q.empty(): count += len(q.get()) == 1024
print(count); attempt(lambda: q.get(timeout=0.05))
)",
     [] {
       Queue q;
       Process p = started([&] {
         for (int i = 0; i < 100; ++i) q.put(std::string(1024, 'x'));
         others_asleep();
         os_exit(0);
       });
       p.join();
       print(code(p) + " " + text(q.qsize()));
       int count = 0;
       while (!q.empty()) count += q.get().get_ref<const std::string&>().size() == 1024 ? 1 : 0;
       print(text(count));
       attempt([&] { return q.get(true, 0.05); });
     }},
    {"Q-20 SIGKILL while items wait behind a full pipe", R"(
q = mp.Queue()
def child():
    for i in range(3): q.put(i)
    while q.empty(): pass
    os.kill(os.getpid(), signal.SIGSTOP)
p = Process(target=child); p.start(); os.waitid(os.P_PID, p.pid, os.WSTOPPED | os.WNOWAIT)
p.kill(); p.join(); print(p.exitcode); print(q.get(timeout=1))
)",
     [] {
       Queue q;
       Process p = started([&] {
         for (int i = 0; i < 3; ++i) q.put(i);
         while (q.empty()) {
         }
         ::raise(SIGSTOP);
       });
       siginfo_t info;
       ::waitid(P_PID, static_cast<id_t>(*p.pid()), &info, WSTOPPED | WNOWAIT);
       p.kill();
       p.join();
       print(code(p));
       print(text(q.get(true, 1.0)));
     }},
    {"Q-21 a reader that is killed in get() takes the lock with it", R"(
for sig in (signal.SIGKILL, signal.SIGTERM):
    q = mp.Queue(); p = Process(target=q.get); p.start(); asleep(p.pid)
    os.kill(p.pid, sig); p.join(); print(p.exitcode)
    q.put(1); print(eventually(lambda: not q.empty()), q.qsize()); attempt(lambda: q.get(timeout=0.1)); attempt(q.get_nowait); print(hangs(q.get))
leave()
)",
     [] {
       for (const int signal : {SIGKILL, SIGTERM}) {
         auto* q = new Queue;  // as in Python, where the thread that hangs keeps it
         Process p = started([q] { (void)q->get(); });
         asleep(*p.pid());
         ::kill(*p.pid(), signal);
         p.join();
         print(code(p));
         q->put(1);
         const bool there = eventually([&] { return !q->empty(); });
         print(text(there) + " " + text(q->qsize()));
         attempt([&] { return q->get(true, 0.1); });
         attempt([&] { return q->get_nowait(); });
         print(text(hangs([q] { (void)q->get(); })));
       }
       leave();
     }},
    {"Q-21 L-24 a reader that is killed in SimpleQueue.get()", R"(
q = mp.SimpleQueue(); p = Process(target=q.get); p.start(); asleep(p.pid); p.kill(); p.join(); print(p.exitcode)
q.put(1); print(q.empty(), hangs(q.get)); leave()
)",
     [] {
       auto* q = new SimpleQueue;
       Process p = started([q] { (void)q->get(); });
       asleep(*p.pid());
       p.kill();
       p.join();
       print(code(p));
       q->put(1);
       const std::string empty = text(q->empty());
       print(empty + " " + text(hangs([q] { (void)q->get(); })));
       leave();
     }},
    {"E-30 Q-25 a process is killed in JoinableQueue.join()", R"(
q = mp.JoinableQueue(); q.put(1); q.get(); p = Process(target=q.join); p.start(); asleep(p.pid); p.kill(); p.join(); print(p.exitcode)
print(hangs(q.task_done, 0.5), hangs(q.join)); leave()
)",
     [] {
       auto* q = new JoinableQueue;
       q->put(1);
       (void)q->get();
       Process p = started([q] { q->join(); });
       asleep(*p.pid());
       p.kill();
       p.join();
       print(code(p));
       const std::string done = text(hangs([q] { q->task_done(); }, 0.5));
       print(done + " " + text(hangs([q] { q->join(); })));
       leave();
     }},
    {"Q-22 a writer that is killed in the middle of a big item", R"(
q = mp.Queue(); p = Process(target=q.put, args=("x" * 1000000,)); p.start(); eventually(lambda: not q.empty()); p.kill(); p.join(); print(p.exitcode)
print(q.empty(), hangs(lambda: q.get(timeout=0.1)), hangs(q.get))
def other(): q.put(1); print("put", flush=True)
o = Process(target=other); o.start(); o.join(0.4); print(o.is_alive()); o.kill(); o.join(); leave()
)",
     [] {
       auto* q = new Queue;
       Process p = started([q] { q->put(std::string(1000000, 'x')); });
       eventually([q] { return !q->empty(); });
       p.kill();
       p.join();
       print(code(p));
       const std::string empty = text(q->empty());
       const std::string timed = text(hangs([q] { (void)q->get(true, 0.1); }));
       print(empty + " " + timed + " " + text(hangs([q] { (void)q->get(); })));
       Process o = started([q] {
         q->put(1);
         print_now("put");
       });
       o.join(0.4);
       print(text(o.is_alive()));
       o.kill();
       o.join();
       leave();
     }},
    {"Q-24 Q-25 task_done and join", R"(
q = mp.JoinableQueue(); q.join(); attempt(q.task_done)
for i in range(3): q.put(i)
print(hangs(q.join))
def work():
    for _ in range(3): q.get(); q.task_done()
p = Process(target=work); p.start(); q.join(); print("joined"); p.join(); print(p.exitcode); attempt(q.task_done)
)",
     [] {
       JoinableQueue q;
       q.join();
       attempt([&] { q.task_done(); });
       for (int i = 0; i < 3; ++i) q.put(i);
       print(text(hangs([&] { q.join(); })));
       Process p = started([&] {
         for (int i = 0; i < 3; ++i) {
           (void)q.get();
           q.task_done();
         }
       });
       q.join();
       print("joined");
       p.join();
       print(code(p));
       attempt([&] { q.task_done(); });
     }},
    {"Q-26 what is inherited cannot be put", R"(
q = mp.Queue()
things = [mp.Queue(), mp.SimpleQueue(), mp.JoinableQueue(), mp.Lock(), mp.RLock(), mp.Semaphore(), mp.BoundedSemaphore(), mp.Condition(),
          mp.Event(), mp.Barrier(2), mp.Value("i"), mp.Array("i", 1), Process(), threading.Thread()]
for thing in things:
    q.put(thing); eventually(lambda: q.qsize() == 0); time.sleep(0.05)
print(q.qsize(), q.empty())
s = mp.SimpleQueue(); r, w = mp.Pipe()
for thing in things: attempt(lambda: s.put(thing)); attempt(lambda: w.send(thing))
print(s.empty(), r.poll())
)",
     [] {
       Queue q;
       const Message things[] = {Queue(),          SimpleQueue(),          JoinableQueue(), sync::Lock(),  sync::RLock(),    sync::Semaphore(),
                                 sync::BoundedSemaphore(), sync::Condition(), sync::Event(),   sync::Barrier(2), sync::Value(), sync::Array(1),
                                 Process([] {}),   Thread([] {})};
       for (const Message& thing : things) {
         q.put(thing);
         eventually([&] { return q.qsize() == 0; });
         sleep(0.05);
       }
       const std::string size = text(q.qsize());
       print(size + " " + text(q.empty()));
       SimpleQueue s;
       auto [r, w] = ipc::Pipe();
       for (const Message& thing : things) {
         attempt([&] { s.put(thing); });
         attempt([&, w = &w] { w->send(thing); });
       }
       const std::string nothing = text(s.empty());
       print(nothing + " " + text(r.poll()));
     }},
    {"Q-27 a SimpleQueue blocks who puts", R"(
q = mp.SimpleQueue(); count = mp.Value("i")
def put():
    while True: q.put(1); count.value += 1
p = Process(target=put); p.start(); before = -1
while count.value != before: before = count.value; time.sleep(0.2)
print(before > 1000, before < 16384, p.is_alive()); q.get(); p.kill(); p.join()
)",
     [] {
       SimpleQueue q;
       sync::Value count;
       Process p = started([&] {
         for (;;) {
           q.put(1);
           count.set(count.get() + 1);
         }
       });
       int before = -1;
       while (count.get() != before) {
         before = count.get();
         sleep(0.2);
       }
       print(fmt::format("{} {} {}", text(before > 1000), text(before < 16384), text(p.is_alive())));
       (void)q.get();
       p.kill();
       p.join();
     }},
    {"Q-28 a forked child does not resend what waits in its parent", R"(
q = mp.Queue()
for i in range(3): q.put(i)
p = Process(target=q.put, args=("from child",)); p.start(); p.join(); print(p.exitcode)
print(sorted(str(q.get(timeout=5)) for _ in range(4))); attempt(lambda: q.get(timeout=0.1))
)",
     [] {
       Queue q;
       for (int i = 0; i < 3; ++i) q.put(i);
       Process p = started([&] { q.put("from child"); });
       p.join();
       print(code(p));
       std::multiset<std::string> all;
       for (int i = 0; i < 4; ++i) {
         const Value item = q.get(true, 5.0);
         all.insert(item.is_string() ? item.get<std::string>() : ipc::repr(item));
       }
       print(fmt::format("['{}']", fmt::join(all, "', '")));
       attempt([&] { return q.get(true, 0.1); });
     }},
    {"Q-28 a closed queue is open again in a forked child", R"(
q = mp.Queue(); q.close()
def child(): q.put("again")
p = Process(target=child); p.start(); p.join(); print(p.exitcode, q.empty()); attempt(q.get)
)",
     [] {
       Queue q;
       q.close();
       Process p = started([&] { q.put("again"); });
       p.join();
       print(code(p) + " " + text(q.empty()));
       attempt([&] { return q.get(); });
     }},
    // After fork, and at the end.
    {"Q-06 no word of what fails while the process ends", R"(
q = mp.Queue(); bad = lambda: 0
def child():
    q.put("x" * 200000); q.put(bad); q.put(1)
p = Process(target=child); p.start(); time.sleep(0.4); print(len(q.get())); p.join(); print(p.exitcode); attempt(lambda: q.get(timeout=0.2))
)",
     [] {
       Queue q;
       Process p = started([&] {
         q.put(std::string(200000, 'x'));
         q.put(Message::lambda());
         q.put(1);
       });
       sleep(0.4);
       print(text(static_cast<int>(q.get().get<std::string>().size())));
       p.join();
       print(code(p));
       attempt([&] { return q.get(true, 0.2); });
     }},
    {"fork while the feeder is busy", "",
     [] {
       Queue q;
       int right = 0, next = 0;
       for (int round = 0; round < 60; ++round) {
         for (int i = 0; i < 200; ++i) q.put(round * 200 + i);
         Process p = started([&] { q.put("child"); });
         for (int i = 0; i < 201; ++i) {
           const Value item = q.get();
           right += item.is_string() || item == next ? 1 : 0;
           next += item.is_string() ? 0 : 1;
         }
         p.join();
         right += p.exitcode() == 0 ? 1 : 0;
       }
       print(fmt::format("{} {} {}", right, next, text(q.empty())));
     }},
    {"fork while the feeder is busy with a full pipe", "",
     [] {
       // The parent's feeder stands in write() with the writer's lock; the child has neither items nor lock.
       Queue q;
       int right = 0;
       for (int round = 0; round < 30; ++round) {
         for (int i = 0; i < 100; ++i) q.put(std::string(2000, 'x'));
         std::vector<Process> children;
         for (int i = 0; i < 3; ++i) children.push_back(started([&] { q.put(1); }));
         int numbers = 0, texts = 0;
         for (int i = 0; i < 103; ++i) (q.get().is_string() ? texts : numbers) += 1;
         for (Process& p : children) {
           p.join();
           right += p.exitcode() == 0 ? 1 : 0;
         }
         right += numbers == 3 && texts == 100 ? 1 : 0;
       }
       print(text(right) + " " + text(q.empty()));
     }},
    {"parent and several children on one queue", "",
     [] {
       Queue in, out;
       std::vector<Process> children;
       for (int n = 0; n < 3; ++n) {
         children.push_back(started([&] {
           for (Value item = in.get(); !item.is_null(); item = in.get()) out.put(item.get<int>() * 2);
         }));
       }
       for (int i = 0; i < 900; ++i) in.put(i);
       for (int n = 0; n < 3; ++n) in.put({});
       std::int64_t sum = 0;
       for (int i = 0; i < 900; ++i) sum += out.get().get<int>();
       for (Process& p : children) p.join();
       print(fmt::format("{} {} {}", sum, text(in.empty()), text(out.empty())));
     }},
    {"exit while the feeder writes", "",
     [] {
       int right = 0;
       for (int round = 0; round < 20; ++round) {
         Queue q;
         Process p = started([&] {
           for (int i = 0; i < 300; ++i) q.put(std::string(1000, 'x'));
         });
         for (int i = 0; i < 300; ++i) right += q.get().get<std::string>().size() == 1000 ? 1 : 0;
         p.join();
         right += p.exitcode() == 0 && q.empty() ? 1 : 0;
       }
       print(text(right));
     }},
    {"a million messages", "",
     [] {
#ifdef NDEBUG
       constexpr int kEach = 500000;
#else
       constexpr int kEach = 50000;
#endif
       // Each consumer keeps a note of what it got, one bit a message, and watches each producer's order.
       Queue q, notes;
       std::vector<Process> producers, consumers;
       for (int name = 0; name < 2; ++name) {
         producers.push_back(started([&q, name] {
           for (int i = 0; i < kEach; ++i) q.put(2 * i + name);
         }));
       }
       for (int n = 0; n < 2; ++n) {
         consumers.push_back(started([&] {
           std::vector<std::uint8_t> note(kEach / 4);
           int last[2] = {-1, -1};
           bool in_order = true;
           for (int item = q.get(); item >= 0; item = q.get()) {
             in_order = in_order && item > last[item % 2];
             last[item % 2] = item;
             note[static_cast<std::size_t>(item / 8)] |= static_cast<std::uint8_t>(1 << item % 8);
           }
           notes.put(Value::array({in_order, Value::binary(note)}));
         }));
       }
       for (Process& p : producers) p.join();
       for (int n = 0; n < 2; ++n) q.put(-1);
       const Value first = notes.get(), second = notes.get();
       for (Process& p : consumers) p.join();
       int got = 0, twice = 0;
       for (std::size_t i = 0; i < kEach / 4; ++i) {
         const std::uint8_t a = first.at(1).get_binary()[i], b = second.at(1).get_binary()[i];
         got += std::popcount(static_cast<std::uint8_t>(a | b));
         twice += std::popcount(static_cast<std::uint8_t>(a & b));
       }
       print(fmt::format("{} {} {} {} {}", got == 2 * kEach, twice, text(first.at(0).get<bool>()), text(second.at(0).get<bool>()), text(q.empty())));
     }},
    {"bench queue", "",
     [] {
       for (int turn = 0; turn < kTurns; ++turn) {
         time_bare_pipe("bare");
         time_queue("traced", true);
         time_queue("untraced", false);
       }
     }},
    {"bench duplex", "",
     [] {
       for (int turn = 0; turn < kTurns; ++turn) {
         time_bare_socketpair("bare");
         time_duplex("traced");
       }
     }},
};

}  // namespace

std::span<const TestLesson> queue_lessons() { return kLessons; }

}  // namespace forklight::tests
