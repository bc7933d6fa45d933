// Part E of SEMANTICS.md: locks, conditions, events, barriers, values, in C++ and in Python.
#include <algorithm>
#include <csignal>
#include <limits>
#include <vector>

#include "core/process/runtime.h"
#include "core/sync/sync.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;
using sync::With;

Process started(std::function<void()> body) {
  Process process(std::move(body));
  process.start();
  return process;
}

std::string code_of(std::function<void()> body) {
  Process process = started(std::move(body));
  process.join();
  return text(process.exitcode());
}

// A thread that is waited for.
void in_thread(std::function<void()> body) {
  Thread thread(std::move(body), {.name = "other"});
  thread.start();
  thread.join();
}

void flush() { Runtime::current().out().flush(); }

// E-12, E-14: each way to go while holding it.
template <typename L>
void dies_holding() {
  const std::function<void()> ways[] = {[] {}, [] { process::raise("ValueError", "no"); }, [] { os_exit(3); }, [] { ::raise(SIGTERM); }, [] { ::raise(SIGKILL); }};
  for (const auto& way : ways) {
    L lock;
    print(code_of([&] {
      lock.acquire();
      way();
    }));
    attempt([&] { return lock.acquire(true, 0.1); });
    print(lock.repr());
  }
}

#define FORKLIGHT_DIES_HOLDING                                                                                                  \
  "def fail(): raise ValueError('no')\n"                                                                                        \
  "for way in (lambda: 0, fail, lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGTERM), lambda: os.kill(os.getpid(), signal.SIGKILL)):\n" \
  "    lock = KIND()\n"                                                                                                         \
  "    def child(): lock.acquire(); way()\n"                                                                                     \
  "    p = Process(target=child); p.start(); p.join(); print(p.exitcode)\n"                                                      \
  "    attempt(lambda: lock.acquire(timeout=0.1)); print(lock)\n"

const TestLesson kLessons[] = {
    {"E-01 release of a lock that is free", R"(
lock = mp.Lock(); attempt(lock.release); lock.acquire(); lock.release(); attempt(lock.release); print(lock.acquire(False))
)",
     [] {
       sync::Lock lock;
       attempt([&] { lock.release(); });
       lock.acquire();
       lock.release();
       attempt([&] { lock.release(); });
       print(text(lock.acquire(false)));
     }},
    {"E-01 released by somebody else inside with", R"(
lock = mp.Lock()
def twice():
    with lock: lock.release()
attempt(twice)
def fails():
    with lock: lock.release(); raise KeyError("first")
try: fails()
except BaseException as error: print(type(error).__name__)
print(lock)
)",
     [] {
       sync::Lock lock;
       attempt([&] {
         const With held(lock);
         lock.release();
       });
       try {
         const With held(lock);
         lock.release();
         process::raise("KeyError", "first");
       } catch (const PythonError&) {
         print("ValueError");  // C++ cannot let one exception replace another: the first goes on, and Python's name stands here
       }
       print(lock.repr());
     }},
    {"E-02 anybody may release a lock", R"(
lock = mp.Lock(); lock.acquire()
p = Process(target=lock.release); p.start(); p.join(); print(p.exitcode, lock.acquire(False))
t = threading.Thread(target=lock.release); t.start(); t.join(); print(lock.acquire(False), lock.acquire(False))
)",
     [] {
       sync::Lock lock;
       lock.acquire();
       const std::string code = code_of([&] { lock.release(); });
       print(code + " " + text(lock.acquire(false)));
       in_thread([&] { lock.release(); });
       const std::string first = text(lock.acquire(false));
       print(first + " " + text(lock.acquire(false)));
     }},
    {"E-03 acquire of a lock that is taken", R"(
lock = mp.Lock(); print(lock.acquire())
begin = time.monotonic(); print(lock.acquire(False), lock.acquire(True, -1), lock.acquire(True, 0), lock.acquire(False, 5), time.monotonic() - begin < 1)
begin = time.monotonic(); print(lock.acquire(timeout=0.1), 0.1 <= time.monotonic() - begin < 1); print(hangs(lock.acquire)); leave()
)",
     [] {
       sync::Lock lock;
       print(text(lock.acquire()));
       std::int64_t begin = base::now_ns();
       std::string line = text(lock.acquire(false)) + " " + text(lock.acquire(true, -1.0));
       line += " " + text(lock.acquire(true, 0.0));
       line += " " + text(lock.acquire(false, 5.0));
       print(line + " " + text(base::now_ns() - begin < base::kSecond));
       begin = base::now_ns();
       const bool taken = lock.acquire(true, 0.1);
       print(text(taken) + " " + text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < base::kSecond));
       print(text(hangs([lock]() mutable { lock.acquire(); })));
       leave();
     }},
    {"E-05 repr of a lock", R"(
lock = mp.Lock(); print(lock); lock.acquire(); print(lock)
def other(): print(lock); sys.stdout.flush()
p = Process(target=other); p.start(); p.join()
t = threading.Thread(target=other); t.start(); t.join()
lock.release()
def mine(): lock.acquire(); print(lock); sys.stdout.flush(); lock.release()
p = Process(target=mine, name="mine"); p.start(); p.join()
t = threading.Thread(target=mine, name="other"); t.start(); t.join()
)",
     [] {
       sync::Lock lock;
       print(lock.repr());
       lock.acquire();
       print_now(lock.repr());
       const auto other = [&] {
         print(lock.repr());
         flush();
       };
       (void)code_of(other);
       in_thread(other);
       lock.release();
       const auto mine = [&] {
         lock.acquire();
         print(lock.repr());
         flush();
         lock.release();
       };
       Process p(mine, {.name = "mine"});
       p.start();
       p.join();
       in_thread(mine);
     }},
    {"E-06 E-07 an RLock", R"(
lock = mp.RLock(); print(lock); attempt(lock.release); lock.acquire(); lock.acquire(); print(lock)
def other(): print(lock, lock.acquire(False)); attempt(lock.release); sys.stdout.flush()
p = Process(target=other); p.start(); p.join(); t = threading.Thread(target=other); t.start(); t.join()
lock.release(); p = Process(target=other); p.start(); p.join(); lock.release(); print(lock)
def mine(): print(lock.acquire(False), lock.acquire(), lock); sys.stdout.flush()
t = threading.Thread(target=mine, name="other"); t.start(); t.join(); print(lock)
)",
     [] {
       sync::RLock lock;
       print(lock.repr());
       attempt([&] { lock.release(); });
       lock.acquire();
       lock.acquire();
       print(lock.repr());
       const auto other = [&] {
         const std::string repr = lock.repr();
         print(repr + " " + text(lock.acquire(false)));
         attempt([&] { lock.release(); });
         flush();
       };
       (void)code_of(other);
       in_thread(other);
       lock.release();
       (void)code_of(other);
       lock.release();
       print(lock.repr());
       in_thread([&] {
         const std::string first = text(lock.acquire(false)), second = text(lock.acquire());
         print(first + " " + second + " " + lock.repr());
       });
       print(lock.repr());
     }},
    {"E-08 E-09 a semaphore released too often", R"(
s = mp.Semaphore(1); s.release(); s.release(); print(s.get_value(), [s.acquire(False) for _ in range(4)])
b = mp.BoundedSemaphore(2); attempt(b.release); b.acquire(); b.release(); attempt(b.release); print(b.get_value())
)",
     [] {
       sync::Semaphore s(1);
       s.release();
       s.release();
       std::string line = fmt::format("{} [", s.value());
       for (int i = 0; i < 4; ++i) line += (i > 0 ? ", " : "") + text(s.acquire(false));
       print(line + "]");
       sync::BoundedSemaphore b(2);
       attempt([&] { b.release(); });
       b.acquire();
       b.release();
       attempt([&] { b.release(); });
       print(text(b.value()));
     }},
    {"E-10 a semaphore of less than nothing", "attempt(lambda: mp.Semaphore(-1)); attempt(lambda: mp.BoundedSemaphore(-1)); print(mp.Semaphore(0).acquire(False))\n",
     [] {
       attempt([] { (void)sync::Semaphore(-1); });
       attempt([] { (void)sync::BoundedSemaphore(-1); });
       print(text(sync::Semaphore(0).acquire(false)));
     }},
    {"E-12 a child that ends while it holds a lock", "KIND = mp.Lock\n" FORKLIGHT_DIES_HOLDING, [] { dies_holding<sync::Lock>(); }},
    {"E-14 a child that ends while it holds an RLock", "KIND = mp.RLock\n" FORKLIGHT_DIES_HOLDING, [] { dies_holding<sync::RLock>(); }},
    {"E-13 an exception inside with releases", R"(
for lock in (mp.Lock(), mp.RLock(), mp.Semaphore(1), mp.Condition()):
    def child():
        with lock: raise ValueError("no")
    p = Process(target=child); p.start(); p.join(); print(p.exitcode, lock.acquire(False) if not hasattr(lock, "notify") else lock.acquire())
)",
     [] {
       const auto check = [](auto lock, auto acquire) {
         const std::string code = code_of([&] {
           const With held(lock);
           process::raise("ValueError", "no");
         });
         print(code + " " + text(acquire(lock)));
       };
       const auto at_once = [](auto& lock) { return lock.acquire(false); };
       check(sync::Lock(), at_once);
       check(sync::RLock(), at_once);
       check(sync::Semaphore(1), at_once);
       check(sync::Condition(), [](auto& condition) { return condition.acquire(); });
     }},
    {"E-15 a condition whose lock is not held", R"(
for c in (mp.Condition(), mp.Condition(mp.Lock())):
    attempt(c.wait); attempt(lambda: c.wait(0.1)); attempt(c.notify); attempt(c.notify_all); attempt(lambda: c.wait_for(lambda: True)); attempt(lambda: c.wait_for(lambda: False))
)",
     [] {
       for (sync::Condition c : {sync::Condition(), sync::Condition(sync::Lock(), "", 0)}) {
         attempt([&] { return c.wait(); });
         attempt([&] { return c.wait(0.1); });
         attempt([&] { c.notify(); });
         attempt([&] { c.notify_all(); });
         attempt([&] { return c.wait_for([] { return true; }); });
         attempt([&] { return c.wait_for([] { return false; }); });
       }
     }},
    {"E-16 wait and wait_for run out of time", R"(
c = mp.Condition(); count = 0
def predicate():
    global count
    count += 1; return False
with c:
    with c: begin = time.monotonic(); print(c.wait(0.1), 0.1 <= time.monotonic() - begin < 1)
    print(c.wait(0), c.wait(-1))
    begin = time.monotonic(); print(c.wait_for(predicate, 0.1), 0.1 <= time.monotonic() - begin < 1); print(count); print(c.wait_for(lambda: True, 0.1))
    c.notify(); c.notify_all(); print(c.wait(0.05))
)",
     [] {
       sync::Condition c;
       const With held(c);
       {
         const With again(c);
         const std::int64_t begin = base::now_ns();
         const bool woken = c.wait(0.1);
         print(text(woken) + " " + text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < base::kSecond));
       }
       const std::string none = text(c.wait(0.0));
       print(none + " " + text(c.wait(-1.0)));
       int count = 0;
       const std::int64_t begin = base::now_ns();
       const bool held_true = c.wait_for([&] { return ++count < 0; }, 0.1);
       print(text(held_true) + " " + text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < base::kSecond));
       print(text(count));
       print(text(c.wait_for([] { return true; }, 0.1)));
       c.notify();
       c.notify_all();
       print(text(c.wait(0.05)));
     }},
    {"E-17 notify(2) with three waiters", R"(
c = mp.Condition(); ready = mp.Semaphore(0)
def waiter():
    with c: ready.release(); print(c.wait(1)); sys.stdout.flush()
many = [Process(target=waiter) for _ in range(3)]
for p in many: p.start()
for p in many: ready.acquire()
with c: c.notify(2)
for p in many: p.join(); print(p.exitcode)
)",
     [] {
       sync::Condition c;
       sync::Semaphore ready(0);
       std::vector<Process> many;
       for (int i = 0; i < 3; ++i) {
         many.push_back(started([&] {
           const With held(c);
           ready.release();
           print(text(c.wait(1.0)));
           flush();
         }));
       }
       for (int i = 0; i < 3; ++i) ready.acquire();
       {
         const With held(c);
         c.notify(2);
       }
       for (Process& p : many) {
         p.join();
         print(text(p.exitcode()));
       }
     }},
    {"E-17 notify_all wakes threads and processes, a hundred times", R"(
c = mp.Condition(); ready = mp.Semaphore(0); woken = mp.Semaphore(0)
def waiter():
    for _ in range(100):
        with c:
            ready.release()
            if c.wait(20): woken.release()
many = [Process(target=waiter), Process(target=waiter), threading.Thread(target=waiter)]
for p in many: p.start()
for _ in range(100):
    for p in many: ready.acquire()
    with c: c.notify_all()
    for p in many: woken.acquire()
for p in many: p.join()
print(woken.get_value(), ready.get_value())
)",
     [] {
       sync::Condition c;
       sync::Semaphore ready(0), woken(0);
       const auto waiter = [&] {
         for (int i = 0; i < 100; ++i) {
           const With held(c);
           ready.release();
           if (c.wait(20.0)) woken.release();
         }
       };
       Process p = started(waiter), q = started(waiter);
       Thread t(waiter);
       t.start();
       for (int i = 0; i < 100; ++i) {
         for (int n = 0; n < 3; ++n) ready.acquire();
         {
           const With held(c);
           c.notify_all();
         }
         for (int n = 0; n < 3; ++n) woken.acquire();
       }
       p.join();
       q.join();
       t.join();
       print(fmt::format("{} {}", woken.value(), ready.value()));
     }},
    {"E-18 an event", R"(
e = mp.Event(); print(e); begin = time.monotonic(); print(e.is_set(), e.wait(0.1), 0.1 <= time.monotonic() - begin < 1, e.wait(0), e.wait(-1))
def waiter(): print(e.wait()); sys.stdout.flush()
p = Process(target=waiter); p.start(); p.join(0.2); print(p.is_alive(), flush=True); e.set(); p.join()
e.set(); print(e, e.is_set(), e.wait(), e.wait(5)); e.clear(); e.clear(); print(e.is_set())
)",
     [] {
       sync::Event e;
       print(e.repr());
       const std::int64_t begin = base::now_ns();
       std::string line = text(e.is_set());
       line += " " + text(e.wait(0.1));
       line += " " + text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < base::kSecond);
       line += " " + text(e.wait(0.0));
       print(line + " " + text(e.wait(-1.0)));
       Process p = started([&] {
         print(text(e.wait()));
         flush();
       });
       p.join(0.2);
       print_now(text(p.is_alive()));
       e.set();
       p.join();
       e.set();
       line = e.repr();
       line += " " + text(e.is_set());
       line += " " + text(e.wait());
       print(line + " " + text(e.wait(5.0)));
       e.clear();
       e.clear();
       print(text(e.is_set()));
     }},
    {"E-19 each gets another number at a barrier", R"(
b = mp.Barrier(3); print(b.n_waiting, b.broken)
sums = mp.Array("i", 50)
def add():
    for i in range(50):
        n = b.wait()
        with sums.get_lock(): sums[i] += 1 << n
many = [Process(target=add) for _ in range(3)]
for p in many: p.start()
for p in many: p.join(); print(p.exitcode)
print(all(one == 7 for one in sums), b.n_waiting)
)",
     [] {
       sync::Barrier b(3);
       const std::string waiting = text(b.n_waiting());
       print(waiting + " " + text(b.broken()));
       sync::Array sums(50);
       std::vector<Process> many;
       for (int n = 0; n < 3; ++n) {
         many.push_back(started([&] {
           for (int i = 0; i < 50; ++i) {
             const int index = b.wait();
             const With held(sums.get_lock());
             sums.set(i, sums.get(i) + (1 << index));
           }
         }));
       }
       for (Process& p : many) {
         p.join();
         print(text(p.exitcode()));
       }
       bool all = true;
       for (int i = 0; i < 50; ++i) all = all && sums.get(i) == 7;
       print(text(all) + " " + text(b.n_waiting()));
     }},
    {"E-20 a broken barrier", R"(
b = mp.Barrier(2); begin = time.monotonic(); attempt(lambda: b.wait(0.1)); print(0.1 <= time.monotonic() - begin < 8, b.broken); attempt(b.wait); attempt(lambda: b.wait(5))
b.reset(); print(b.broken)
def child(): attempt(b.wait); sys.stdout.flush()
p = Process(target=child); p.start(); eventually(lambda: b.n_waiting == 1); b.abort(); p.join(); print(b.broken, b.n_waiting); attempt(b.wait)
b.reset(); p = Process(target=child); p.start(); eventually(lambda: b.n_waiting == 1); b.reset(); p.join(); print(b.broken, b.n_waiting)
p = Process(target=b.wait); p.start(); print(b.wait() in (0, 1)); p.join(); print(p.exitcode)
)",
     [] {
       sync::Barrier b(2);
       const std::int64_t begin = base::now_ns();
       attempt([&] { return text(b.wait(0.1)); });
       print(text(base::now_ns() - begin >= base::kSecond / 10 && base::now_ns() - begin < 8 * base::kSecond) + " " + text(b.broken()));
       attempt([&] { return text(b.wait()); });
       attempt([&] { return text(b.wait(5.0)); });
       b.reset();
       print(text(b.broken()));
       const auto child = [&] {
         attempt([&] { return text(b.wait()); });
         flush();
       };
       flush();
       Process p = started(child);
       eventually([&] { return b.n_waiting() == 1; });
       b.abort();
       p.join();
       std::string broken = text(b.broken());
       print(broken + " " + text(b.n_waiting()));
       attempt([&] { return text(b.wait()); });
       b.reset();
       Process q = started(child);
       eventually([&] { return b.n_waiting() == 1; });
       b.reset();
       q.join();
       broken = text(b.broken());
       print(broken + " " + text(b.n_waiting()));
       Process r = started([&] { (void)b.wait(); });
       const int index = b.wait();
       print(text(index == 0 || index == 1));
       r.join();
       print(text(r.exitcode()));
     }},
    {"E-21 a barrier for nobody", "b = mp.Barrier(0); print(b.n_waiting, b.broken); print(hangs(lambda: attempt(lambda: b.wait(0.1)))); leave()\n",
     [] {
       auto* b = new sync::Barrier(0);
       const std::string waiting = text(b->n_waiting());
       print(waiting + " " + text(b->broken()));
       print(text(hangs([b] { attempt([b] { return text(b->wait(0.1)); }); })));
       leave();
     }},
    {"E-30 a waiter is killed in Condition.wait", R"(
c = mp.Condition(); ready = mp.Semaphore(0)
def child():
    with c: ready.release(); c.wait()
p = Process(target=child); p.start(); ready.acquire(); c.acquire(); c.release(); asleep(p.pid); p.kill(); p.join(); print(p.exitcode)
def notify():
    with c: c.notify()
print(hangs(notify, 0.5)); print(c._lock.acquire(timeout=0.1)); leave()
)",
     [] {
       auto* c = new sync::Condition;
       sync::Semaphore ready(0);
       Process p = started([&] {
         const With held(*c);
         ready.release();
         c->wait();
       });
       ready.acquire();
       c->acquire();
       c->release();
       asleep(*p.pid());
       p.kill();
       p.join();
       print(text(p.exitcode()));
       print(text(hangs([c] {
         const With held(*c);
         c->notify();
       }, 0.5)));
       print(text(!hangs([c] { c->acquire(); }, 0.3)));
       leave();
     }},
    {"E-31 a waiter is killed in Event.wait", R"(
e = mp.Event(); p = Process(target=e.wait); p.start(); asleep(p.pid); p.kill(); p.join(); print(p.exitcode)
print(hangs(e.set, 0.5), hangs(e.is_set)); leave()
)",
     [] {
       auto* e = new sync::Event;
       Process p = started([e] { e->wait(); });
       asleep(*p.pid());
       p.kill();
       p.join();
       print(text(p.exitcode()));
       const std::string set = text(hangs([e] { e->set(); }, 0.5));
       print(set + " " + text(hangs([e] { (void)e->is_set(); })));
       leave();
     }},
    {"E-32 a waiter is killed in Barrier.wait", R"(
b = mp.Barrier(2); p = Process(target=b.wait); p.start(); eventually(lambda: b.n_waiting == 1); asleep(p.pid); p.kill(); p.join(); print(p.exitcode, b.n_waiting)
print(hangs(lambda: b.wait(0.2), 0.8)); leave()
)",
     [] {
       auto* b = new sync::Barrier(2);
       Process p = started([b] { (void)b->wait(); });
       eventually([&] { return b->n_waiting() == 1; });
       asleep(*p.pid());
       p.kill();
       p.join();
       print(text(p.exitcode()) + " " + text(b->n_waiting()));
       print(text(hangs([b] { (void)b->wait(0.2); }, 0.8)));
       leave();
     }},
    {"E-40 += on a Value is a race", R"(
least = 40000
for _ in range(20):
    v = mp.Value("i"); together = mp.Barrier(2)
    def add():
        together.wait()
        for _ in range(20000): v.value += 1
    many = [Process(target=add) for _ in range(2)]
    for p in many: p.start()
    for p in many: p.join()
    least = min(least, v.value)
    if least < 40000: break
print(least)
)",
     [] {
       int least = 40000;
       for (int round = 0; round < 20 && least == 40000; ++round) {
         sync::Value v;
         sync::Barrier together(2);
         const auto add = [&] {
           (void)together.wait();
           for (int i = 0; i < 20000; ++i) v.set(v.get() + 1);
         };
         Process p = started(add), q = started(add);
         p.join();
         q.join();
         least = std::min(least, v.get());
       }
       print(text(least));
     }},
    {"E-41 += on a Value with its lock", R"(
v = mp.Value("i")
def add():
    for _ in range(20000):
        with v.get_lock(): v.value += 1
many = [Process(target=add) for _ in range(2)]
for p in many: p.start()
for p in many: p.join()
print(v.value)
)",
     [] {
       sync::Value v;
       const auto add = [&] {
         for (int i = 0; i < 20000; ++i) {
           const With held(v.get_lock());
           v.set(v.get() + 1);
         }
       };
       Process p = started(add), q = started(add);
       p.join();
       q.join();
       print(text(v.get()));
     }},
    {"E-42 a Value wraps", R"(
v = mp.Value("i", 2**31 - 1); print(v.value); v.value += 1; print(v.value); v.value = -2**31 - 1; print(v.value); v.value = 2**32 + 5; print(v.value)
)",
     [] {
       sync::Value v(std::numeric_limits<std::int32_t>::max());
       print(text(v.get()));
       v.set(std::int64_t{v.get()} + 1);
       print(text(v.get()));
       v.set(-(std::int64_t{1} << 31) - 1);
       print(text(v.get()));
       v.set((std::int64_t{1} << 32) + 5);
       print(text(v.get()));
     }},
    {"E-44 an array", R"(
a = mp.Array("i", 3); print(a[:], len(a)); a[0] = 7; a[-1] = 2**31; print(a[:]); attempt(lambda: a[3]); attempt(lambda: a[-4]); print(a[-3])
def child(): a[1] = 5
p = Process(target=child); p.start(); p.join(); print(a[1])
def bad(): a[3] = 1
attempt(bad); print(len(mp.Array("i", 0)))
)",
     [] {
       sync::Array a(3);
       const auto all = [&] { return fmt::format("[{}, {}, {}]", a.get(0), a.get(1), a.get(2)); };
       print(fmt::format("{} {}", all(), a.size()));
       a.set(0, 7);
       a.set(-1, std::int64_t{1} << 31);
       print(all());
       attempt([&] { return text(a.get(3)); });
       attempt([&] { return text(a.get(-4)); });
       print(text(a.get(-3)));
       (void)code_of([&] { a.set(1, 5); });
       print(text(a.get(1)));
       attempt([&] { a.set(3, 1); });
       print(text(static_cast<int>(sync::Array(0).size())));
     }},
};

}  // namespace

std::span<const TestLesson> sync_lessons() { return kLessons; }

}  // namespace forklight::tests
