// Part S of SEMANTICS.md: start methods, in C++ and in Python. Whole programs: a child of spawn or forkserver imports them anew.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "core/ipc/queue.h"
#include "core/pool/pool.h"
#include "core/process/runtime.h"
#include "core/process/start_method.h"
#include "core/process/thread.h"
#include "core/sync/sync.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;

constexpr const char* kMethods[] = {"fork", "spawn", "forkserver"};

void nothing(const Args&) {}
constexpr Target kNothing{"nothing", nothing};
void says(const Args& args) { print_now(args.at(0).get<std::string>() + " in " + current_process_name()); }
constexpr Target kSays{"says", says};
void exits(const Args& args) { sys_exit(args.at(0).get<int>()); }
constexpr Target kExits{"exits", exits};
void raises(const Args&) { raise("ValueError", "no"); }
constexpr Target kRaises{"raises", raises};
void naps(const Args&) { sleep(0.3); }
constexpr Target kNaps{"naps", naps};
constexpr Target kGuarded{"guarded", nothing, Scope::guarded};
constexpr Target kInner{"outer.<locals>.inner", nothing, Scope::function};

Process started(Context context, const Target& target, Args args = {}) {
  Process process = context.make<Process>(target, std::move(args));
  process.start();
  return process;
}

std::string global = "initial";
void shows_global(const Args& args) { print_now(args.at(0).get<std::string>() + " sees " + global); }
constexpr Target kShowsGlobal{"shows_global", shows_global};

void counts(const Args& args) {
  sync::Value value = args.get<sync::Value>(0);
  sync::Lock lock = args.get<sync::Lock>(1);
  for (int i = 0; i < 500; ++i) {
    const sync::With held(lock);
    value.set(value.get() + 1);
  }
}
constexpr Target kCounts{"counts", counts};

void relays(const Args& args) {
  ipc::Queue in = args.get<ipc::Queue>(0);
  ipc::Connection out = args.get<ipc::Connection>(1);
  sync::Event done = args.get<sync::Event>(2);
  for (int i = 0; i < 20; ++i) out.send(in.get());
  done.set();
}
constexpr Target kRelays{"relays", relays};

void grandchild(const Args&) { print_now(current_process_name()); }
constexpr Target kGrandchild{"grandchild", grandchild};
void child(const Args&) {
  Process p(kGrandchild);
  p.start();
  p.join();
  print_now(fmt::format("{} {}", current_process_name(), text(p.exitcode())));
}
constexpr Target kChild{"child", child};

void meets(const Args& args) {
  sync::Barrier barrier = args.get<sync::Barrier>(0);
  sync::Condition condition = args.get<sync::Condition>(1);
  sync::Semaphore semaphore = args.get<sync::Semaphore>(2);
  sync::RLock rlock = args.get<sync::RLock>(3);
  ipc::SimpleQueue simple = args.get<ipc::SimpleQueue>(4);
  ipc::JoinableQueue joinable = args.get<ipc::JoinableQueue>(5);
  sync::Array array = args.get<sync::Array>(6);
  barrier.wait();
  semaphore.acquire();
  {
    const sync::With held(rlock);
    const sync::With again(rlock);
    array.set(0, array.get(0) + 1);
  }
  simple.put(joinable.get());
  joinable.task_done();
  condition.acquire();
  array.set(1, 1);
  condition.notify();
  condition.release();
}
constexpr Target kMeets{"meets", meets};

void reads_until_end(const Args& args) {
  ipc::Connection end = args.get<ipc::Connection>(0);
  try {
    for (;;) print_now("got " + ipc::repr(end.recv()));
  } catch (const PythonError& error) {
    print_now(error.what());
  }
}
constexpr Target kReadsUntilEnd{"reads_until_end", reads_until_end};

const TestLesson kLessons[] = {
    {"S-01 S-02 P-02 three methods and their names and exit codes",
     R"(
import multiprocessing as mp, sys, os
def says(text): print(text, 'in', mp.current_process().name, flush=True)
def exits(code): sys.exit(code)
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        ctx = mp.get_context(m)
        p = ctx.Process(target=says, args=(m,)); p.start(); p.join()
        q = ctx.Process(target=exits, args=(7,)); q.start(); q.join()
        print(p.exitcode, q.exitcode, q.name, repr(q), flush=True)
    print(mp.Process(target=exits).name)
)",
     [] {
       for (const char* m : kMethods) {
         const Context ctx = Context::get(m);
         Process p = started(ctx, kSays, {m});
         p.join();
         Process q = started(ctx, kExits, {7});
         q.join();
         print_now(fmt::format("{} {} {} {}", text(p.exitcode()), text(q.exitcode()), q.name(), q.repr()));
       }
       print(Process(kExits).name());
     },
     true, {&kSays, &kExits}},
    {"S-03 S-05 globals as changed or as first imported",
     R"(
import multiprocessing as mp
G = 'initial'
def shows_global(m): print(m, 'sees', G, flush=True)
print('top', flush=True)
if __name__ == '__main__':
    G = 'changed'
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=shows_global, args=(m,)); p.start(); p.join()
)",
     [] {
       print_now("top");
       global = "changed";
       for (const char* m : kMethods) started(Context::get(m), kShowsGlobal, {m}).join();
     },
     true, {&kShowsGlobal}, [] { print_now("top"); }},
    {"S-06 S-20 a lambda runs under fork alone",
     R"(
import multiprocessing as mp
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=lambda: print('lambda', flush=True))
        for _ in range(2):
            try: p.start(); p.join(); print(m, p.exitcode, flush=True); break
            except Exception as e: print(m, type(e).__name__, e, p.pid, p.is_alive(), flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         auto p = Context::get(m).make<Process>([] { print_now("lambda"); });
         for (int i = 0; i < 2; ++i) {
           try {
             p.start();
             p.join();
             print_now(fmt::format("{} {}", m, text(p.exitcode())));
             break;
           } catch (const PythonError& e) {
             const std::string type = e.type().substr(e.type().rfind('.') + 1);
             print_now(fmt::format("{} {} {} {} {}", m, type, e.message(), p.pid() ? "?" : "None", text(p.is_alive())));
           }
         }
       }
     },
     true},
    {"S-21 a nested function cannot be pickled",
     R"(
import multiprocessing as mp
def outer():
    def inner(): pass
    return inner
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=outer())
        try: p.start(); p.join(); print(m, p.exitcode, flush=True)
        except Exception as e: print(m, type(e).__name__, e, flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         auto p = Context::get(m).make<Process>(kInner);
         try {
           p.start();
           p.join();
           print_now(fmt::format("{} {}", m, text(p.exitcode())));
         } catch (const PythonError& e) {
           print_now(fmt::format("{} {} {}", m, e.type(), e.message()));
         }
       }
     },
     true, {&kInner}},
    {"S-22 a target under the main guard is not found",
     R"(
import multiprocessing as mp
if __name__ == '__main__':
    def guarded(): pass
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=guarded); p.start(); p.join(); print(m, p.exitcode, flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         Process p = started(Context::get(m), kGuarded);
         p.join();
         print_now(fmt::format("{} {}", m, text(p.exitcode())));
       }
     },
     true, {&kGuarded}},
    {"S-27 spawn without a main guard",
     R"(
import multiprocessing as mp
def nothing(): pass
p = mp.get_context('spawn').Process(target=nothing); p.start(); p.join(); print('exit code', p.exitcode, flush=True)
)",
     [] {
       Process p = started(Context::get("spawn"), kNothing);
       p.join();
       print_now("exit code " + text(p.exitcode()));
     },
     true, {&kNothing}, [] { started(Context::get("spawn"), kNothing).join(); }},
    {"S-27 forkserver without a main guard",
     R"(
import multiprocessing as mp
def nothing(): pass
p = mp.get_context('forkserver').Process(target=nothing); p.start(); p.join(); print('exit code', p.exitcode, flush=True)
)",
     [] {
       Process p = started(Context::get("forkserver"), kNothing);
       p.join();
       print_now("exit code " + text(p.exitcode()));
     },
     true, {&kNothing}, [] { started(Context::get("forkserver"), kNothing).join(); }},
    {"S-27 fork needs no main guard",
     R"(
import multiprocessing as mp
def nothing(): pass
p = mp.get_context('fork').Process(target=nothing); p.start(); p.join(); print('exit code', p.exitcode, flush=True)
)",
     [] {
       Process p = started(Context::get("fork"), kNothing);
       p.join();
       print_now("exit code " + text(p.exitcode()));
     },
     true, {&kNothing}, [] { started(Context::get("fork"), kNothing).join(); }},
    {"S-27 S-15 what a failed import had registered is taken back",
     R"(
import multiprocessing as mp
def nothing(): pass
context = mp.get_context('spawn')
lock = context.Lock()
p = context.Process(target=nothing); p.start(); p.join(); print('exit code', p.exitcode, flush=True)
)",
     [] {
       const Context context = Context::get("spawn");
       const auto lock = context.make<sync::Lock>();
       Process p = started(context, kNothing);
       p.join();
       print_now("exit code " + text(p.exitcode()));
     },
     true, {&kNothing}, [] {
       const Context context = Context::get("spawn");
       const auto lock = context.make<sync::Lock>();
       started(context, kNothing).join();
     }},
    {"S-29 a pool without a main guard",
     R"(
import multiprocessing as mp, time
pool = mp.get_context('spawn').Pool(2)
while max([int(worker.name.rsplit('-')[-1]) for worker in list(pool._pool)], default=0) < 5: time.sleep(0.01)
pool.terminate()
print('no end', flush=True)
)",
     [] {
       auto pool = Context::get("spawn").make<pool::Pool>(2);
       const auto last = [&] {
         int most = 0;
         for (const Process& worker : pool.workers()) most = std::max(most, std::stoi(worker.name().substr(worker.name().rfind('-') + 1)));
         return most;
       };
       while (last() < 5) sleep(0.01);
       pool.terminate();
       print_now("no end");
     },
     true, {}, [] { (void)Context::get("spawn").make<pool::Pool>(2); }},
    {"S-02 S-15 threads that start the first processes at once", "",
     [] {
       std::vector<Thread> threads;
       for (int i = 0; i < 4; ++i) {
         threads.emplace_back([] {
           for (const char* m : {"forkserver", "spawn"}) started(Context::get(m), kNothing).join();
         });
       }
       for (Thread& thread : threads) thread.start();
       for (Thread& thread : threads) thread.join();
       print_now(fmt::format("{} children left", active_children().size()));
     },
     true, {&kNothing}},
    {"G-07 threads without a GIL that start and join processes at once", "",
     [] {
       if (!gil::Interpreter::main().set_mode(trace::GilMode::free_threaded)) raise("RuntimeError", "another thread runs");
       constexpr int kThreads = 4, kEach = 25, kOnlyMade = 5000;
       std::vector<Thread> threads;
       std::atomic<int> zeros{0};
       for (int i = 0; i < kThreads; ++i) {
         threads.emplace_back([&zeros] {
           for (int n = 0; n < kOnlyMade; ++n) Process([] {});
           for (int n = 0; n < kEach; ++n) {
             Process p([] {});
             p.start();
             p.join();
             zeros += p.exitcode() == 0 ? 1 : 0;
           }
         });
       }
       for (Thread& thread : threads) thread.start();
       for (Thread& thread : threads) thread.join();
       print_now(fmt::format("{} ended with 0, {} children left, next is {}", zeros.load(), active_children().size(), Process([] {}).name()));
     },
     true},
    {"S-32 S-33 a lock of the fork context goes to fork alone",
     R"(
import multiprocessing as mp
def nothing(*args): pass
if __name__ == '__main__':
    for made in ('fork', 'spawn'):
        lock = mp.get_context(made).Lock()
        for m in ('fork', 'spawn', 'forkserver'):
            p = mp.get_context(m).Process(target=nothing, args=(lock,))
            try: p.start(); p.join(); print(made, m, p.exitcode, flush=True)
            except Exception as e: print(made, m, type(e).__name__, e, flush=True)
)",
     [] {
       for (const char* made : {"fork", "spawn"}) {
         const auto lock = Context::get(made).make<sync::Lock>();
         for (const char* m : kMethods) {
           auto p = Context::get(m).make<Process>(kNothing, Args{lock});
           try {
             p.start();
             p.join();
             print_now(fmt::format("{} {} {}", made, m, text(p.exitcode())));
           } catch (const PythonError& e) {
             print_now(fmt::format("{} {} {} {}", made, m, e.type(), e.message()));
           }
         }
       }
     },
     true, {&kNothing}},
    {"S-34 S-35 S-36 setting the start method",
     R"(
import multiprocessing as mp
def attempt(f):
    try: print(f())
    except Exception as e: print(type(e).__name__ + ':', e)
if __name__ == '__main__':
    attempt(lambda: mp.set_start_method('bogus'))
    attempt(lambda: mp.get_context('bogus'))
    attempt(lambda: mp.set_start_method('spawn'))
    attempt(lambda: mp.set_start_method('fork'))
    attempt(lambda: mp.get_start_method())
    attempt(lambda: mp.set_start_method('fork', force=True))
    attempt(lambda: mp.get_start_method())
    attempt(lambda: mp.get_context('spawn').set_start_method('fork'))
    print(mp.get_all_start_methods())
)",
     [] {
       const auto attempt = [](auto&& action) {
         try {
           print(action());
         } catch (const PythonError& error) {
           print(error.what());
         }
       };
       const auto none = [](auto&& action) { return [action] { return action(), std::string("None"); }; };
       attempt(none([] { set_start_method("bogus"); }));
       attempt(none([] { (void)Context::get("bogus"); }));
       attempt(none([] { set_start_method("spawn"); }));
       attempt(none([] { set_start_method("fork"); }));
       attempt([] { return name_of(get_start_method()); });
       attempt(none([] { set_start_method("fork", true); }));
       attempt([] { return name_of(get_start_method()); });
       attempt(none([] { Context::set_start_method("fork"); }));
       std::string all;
       for (const StartMethod method : all_start_methods(Runtime::current().context().python_minor)) all += fmt::format("{}'{}'", all.empty() ? "" : ", ", name_of(method));
       print("[" + all + "]");
     },
     true},
    {"E.3 a value and its lock travel to every method",
     R"(
import multiprocessing as mp
def counts(value, lock):
    for _ in range(500):
        with lock: value.value += 1
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        ctx = mp.get_context(m)
        value, lock = ctx.Value('i', 0), ctx.Lock()
        ps = [ctx.Process(target=counts, args=(value, lock)) for _ in range(2)]
        for p in ps: p.start()
        for p in ps: p.join()
        print(m, value.value, [p.exitcode for p in ps], flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         const Context ctx = Context::get(m);
         auto value = ctx.make<sync::Value>(0);
         const auto lock = ctx.make<sync::Lock>();
         Process a = started(ctx, kCounts, {value, lock}), b = started(ctx, kCounts, {value, lock});
         a.join();
         b.join();
         print_now(fmt::format("{} {} [{}, {}]", m, value.get(), text(a.exitcode()), text(b.exitcode())));
       }
     },
     true, {&kCounts}},
    {"E.3 S-24 queue and connection and event travel to every method",
     R"(
import multiprocessing as mp
def relays(q, out, done):
    for _ in range(20): out.send(q.get())
    done.set()
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        ctx = mp.get_context(m)
        q, done = ctx.Queue(), ctx.Event()
        r, w = ctx.Pipe(False)
        p = ctx.Process(target=relays, args=(q, w, done)); p.start()
        for i in range(20): q.put(i)
        done.wait(); print(m, [r.recv() for _ in range(20)], flush=True)
        p.join(); print(p.exitcode, flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         const Context ctx = Context::get(m);
         auto q = ctx.make<ipc::Queue>();
         auto done = ctx.make<sync::Event>();
         auto [r, w] = ipc::Pipe(false);
         Process p = started(ctx, kRelays, {q, w, done});
         for (int i = 0; i < 20; ++i) q.put(i);
         done.wait();
         ipc::Value all = ipc::Value::array();
         for (int i = 0; i < 20; ++i) all.push_back(r.recv());
         print_now(fmt::format("{} {}", m, ipc::repr(all, 400)));
         p.join();
         print_now(text(p.exitcode()));
       }
     },
     true, {&kRelays}},
    {"E.3 every other primitive travels to every method",
     R"(
import multiprocessing as mp
def meets(barrier, condition, semaphore, rlock, simple, joinable, array):
    barrier.wait(); semaphore.acquire()
    with rlock:
        with rlock: array[0] = array[0] + 1
    simple.put(joinable.get()); joinable.task_done()
    with condition: array[1] = 1; condition.notify()
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        ctx = mp.get_context(m)
        barrier, condition, semaphore, rlock = ctx.Barrier(2), ctx.Condition(), ctx.Semaphore(0), ctx.RLock()
        simple, joinable, array = ctx.SimpleQueue(), ctx.JoinableQueue(), ctx.Array('i', 2)
        p = ctx.Process(target=meets, args=(barrier, condition, semaphore, rlock, simple, joinable, array)); p.start()
        joinable.put('x'); barrier.wait(); semaphore.release(); print(m, simple.get(), flush=True)
        with condition: condition.wait_for(lambda: array[1] == 1)
        joinable.join(); p.join(); print(p.exitcode, array[0], flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         const Context ctx = Context::get(m);
         auto barrier = ctx.make<sync::Barrier>(2);
         auto condition = ctx.make<sync::Condition>();
         auto semaphore = ctx.make<sync::Semaphore>(0);
         auto rlock = ctx.make<sync::RLock>();
         auto simple = ctx.make<ipc::SimpleQueue>();
         auto joinable = ctx.make<ipc::JoinableQueue>();
         auto array = ctx.make<sync::Array>(std::size_t{2});
         Process p = started(ctx, kMeets, {barrier, condition, semaphore, rlock, simple, joinable, array});
         joinable.put("x");
         barrier.wait();
         semaphore.release();
         print_now(fmt::format("{} {}", m, simple.get().get<std::string>()));
         condition.acquire();
         condition.wait_for([&] { return array.get(1) == 1; });
         condition.release();
         joinable.join();
         p.join();
         print_now(fmt::format("{} {}", text(p.exitcode()), array.get(0)));
       }
     },
     true, {&kMeets}},
    {"P-04 S-09 grandchildren by every method",
     R"(
import multiprocessing as mp
def grandchild(): print(mp.current_process().name, flush=True)
def child():
    p = mp.Process(target=grandchild); p.start(); p.join(); print(mp.current_process().name, p.exitcode, flush=True)
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        mp.set_start_method(m, force=True)
        p = mp.Process(target=child); p.start(); p.join(); print(m, p.exitcode, flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         set_start_method(m, true);
         Process p(kChild);
         p.start();
         p.join();
         print_now(fmt::format("{} {}", m, text(p.exitcode())));
       }
     },
     true, {&kChild, &kGrandchild}},
    {"P-35 an uncaught exception under every method",
     R"(
import multiprocessing as mp
def raises(): raise ValueError('no')
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=raises); p.start(); p.join(); print(m, p.exitcode, flush=True)
)",
     [] {
       for (const char* m : kMethods) {
         Process p = started(Context::get(m), kRaises);
         p.join();
         print_now(fmt::format("{} {}", m, text(p.exitcode())));
       }
     },
     true, {&kRaises}},
    {"I-15 under spawn and forkserver the end of file comes by itself",
     R"(
import multiprocessing as mp
def reads_until_end(end):
    try:
        while True: print('got', end.recv(), flush=True)
    except EOFError as e: print('EOFError', flush=True)
if __name__ == '__main__':
    for m in ('spawn', 'forkserver'):
        r, w = mp.Pipe(False)
        p = mp.get_context(m).Process(target=reads_until_end, args=(r,)); p.start(); r.close()
        w.send(1); w.close(); p.join(); print(m, p.exitcode, flush=True)
)",
     [] {
       for (const char* m : {"spawn", "forkserver"}) {
         auto [r, w] = ipc::Pipe(false);
         Process p = started(Context::get(m), kReadsUntilEnd, {r});
         r.close();
         w.send(1);
         w.close();
         p.join();
         print_now(fmt::format("{} {}", m, text(p.exitcode())));
       }
     },
     true, {&kReadsUntilEnd}},
    {"P-73 the forkserver is killed",
     R"(
import multiprocessing as mp, os, signal, time
from multiprocessing import forkserver
def naps(): time.sleep(0.3)
if __name__ == '__main__':
    ctx = mp.get_context('forkserver')
    p = ctx.Process(target=naps); p.start()
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    p.join(); print(p.exitcode, flush=True)
    time.sleep(0.3)  # until the dead server can be waited for
    q = ctx.Process(target=naps); q.start(); q.join(); print(q.exitcode, flush=True)
)",
     [] {
       const Context ctx = Context::get("forkserver");
       Process p = started(ctx, kNaps);
       const trace::Region& region = *Runtime::current().context().region;
       for (std::uint32_t i = 1; i < region.slots_used(); ++i) {
         if (std::string_view(region.slot(i).name) == "forkserver") ::kill(region.slot(i).pid, SIGKILL);
       }
       p.join();
       print_now(text(p.exitcode()));
       sleep(0.3);  // until the dead server can be waited for
       Process q = started(ctx, kNaps);
       q.join();
       print_now(text(q.exitcode()));
     },
     true, {&kNaps}},
    {"bench start methods", "",
     [] {
       for (const char* m : kMethods) {
         const Context ctx = Context::get(m);
         for (int i = 0; i < 40; ++i) {
           const std::int64_t begin = base::now_ns();
           started(ctx, kNothing).join();
           if (i > 0) print(fmt::format("{} {}", m, base::now_ns() - begin));  // the first one pays for the server
         }
       }
     },
     true, {&kNothing}},
};

}  // namespace

std::span<const TestLesson> start_lessons() { return kLessons; }

}  // namespace forklight::tests
