// Lessons of a process's life: signals and their handlers, what runs at the end, parents that go.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/ipc/connection.h"
#include "core/process/atexit.h"
#include "core/process/parent.h"
#include "core/process/process.h"
#include "core/process/runtime.h"
#include "core/process/signals.h"
#include "core/process/start_method.h"
#include "core/sync/sync.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;

constexpr Target kNothing{"nothing", [](const Args&) {}};

// Targets that every start method can reach.
void waits(const Args& args) {
  args.get<sync::Event>(0).set();
  sleep(30);
}
constexpr Target kWaits{"waits", waits};
void knows_parent(const Args& args) {
  const ParentProcess parent = *parent_process();
  print_now(parent.name() + " " + text(parent.pid() == args.at(0).get<int>()) + " " + text(parent.is_alive()));
}
constexpr Target kKnowsParent{"knows_parent", knows_parent};
void registers(const Args&) {
  atexit_register("print", [] { print_now("at exit"); });
  print_now("child");
}
constexpr Target kRegisters{"registers", registers};

// The handler that says so and returns.
void says(int signal) { print_now(signal == SIGTERM ? "SIGTERM handled" : "signal handled"); }

const TestLesson kLessons[] = {
    {"P-38 a handler is inherited by fork, runs in the child, and what it interrupts goes on",
     R"(
signal.signal(signal.SIGTERM, lambda number, frame: print("SIGTERM handled", flush=True))
ready = mp.Event()
def child():
    ready.set(); begin = time.monotonic(); time.sleep(0.5); print("slept", time.monotonic() - begin >= 0.5, flush=True)
p = Process(target=child); p.start(); ready.wait(); time.sleep(0.1); p.terminate(); p.join(); print(p.exitcode)
)",
     [] {
       set_signal_handler(SIGTERM, says);
       sync::Event ready;
       Process p([ready]() mutable {
         ready.set();
         const auto begin = base::now_ns();
         sleep(0.5);
         print_now("slept " + text(base::now_ns() - begin >= 500 * base::kMillisecond));
       });
       p.start();
       ready.wait();
       sleep(0.1);
       p.terminate();
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-38 a handler interrupts join, acquire, wait, recv and Thread.join, and each goes on",
     R"(
signal.signal(signal.SIGTERM, lambda number, frame: print("SIGTERM handled", flush=True))
def interrupted(action, release):
    def poke(): time.sleep(0.1); os.kill(os.getppid(), signal.SIGTERM); time.sleep(0.1); release()
    p = Process(target=poke); p.start(); action(p); print("done", flush=True); p.join()
lock = mp.Lock(); lock.acquire(); event = mp.Event(); reader, writer = mp.Pipe(False); naps = threading.Thread(target=time.sleep, args=(0.4,))
interrupted(lambda p: p.join(), lambda: None)
interrupted(lambda p: p.join(20), lambda: None)
interrupted(lambda p: lock.acquire(), lock.release)
interrupted(lambda p: event.wait(), event.set)
interrupted(lambda p: print(reader.recv()), lambda: writer.send(7))
naps.start(); interrupted(lambda p: naps.join(), lambda: None)
)",
     [] {
       set_signal_handler(SIGTERM, says);
       const auto interrupted = [](const std::function<void(Process&)>& action, const std::function<void()>& release) {
         Process p([&] {
           sleep(0.1);
           ::kill(::getppid(), SIGTERM);
           sleep(0.1);
           release();
         });
         p.start();
         action(p);
         print_now("done");
         p.join();
       };
       sync::Lock lock;
       lock.acquire();
       sync::Event event;
       auto [reader, writer] = ipc::Pipe(false);
       ipc::Connection in = reader, out = writer;
       Thread naps([] { sleep(0.4); });
       interrupted([](Process& p) { p.join(); }, [] {});
       interrupted([](Process& p) { p.join(20); }, [] {});
       interrupted([&](Process&) { lock.acquire(); }, [&] { lock.release(); });
       interrupted([&](Process&) { event.wait(); }, [&] { event.set(); });
       interrupted([&](Process&) { print(text(in.recv())); }, [&] { out.send(7); });
       naps.start();
       interrupted([&](Process&) { naps.join(); }, [] {});
     }},
    {"P-40 a handler that raises SystemExit(143): finally runs",
     R"(
def leaves(number, frame): raise SystemExit(143)
ready = mp.Event()
def child():
    signal.signal(signal.SIGTERM, leaves)
    try: ready.set(); time.sleep(30)
    finally: print("finally", flush=True)
p = Process(target=child); p.start(); ready.wait(); p.terminate(); p.join(); print(p.exitcode)
)",
     [] {
       sync::Event ready;
       Process p([ready]() mutable {
         set_signal_handler(SIGTERM, [](int) { sys_exit(143); });
         try_finally(
             [&] {
               ready.set();
               sleep(30);
             },
             [] { print_now("finally"); });
       });
       p.start();
       ready.wait();
       p.terminate();
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-37 a child that ignores SIGTERM outlives terminate, and not kill",
     R"(
ready = mp.Event()
def child(): signal.signal(signal.SIGTERM, signal.SIG_IGN); ready.set(); time.sleep(30)
p = Process(target=child); p.start(); ready.wait(); p.terminate(); p.join(0.2); print(p.is_alive()); p.kill(); p.join(); print(p.exitcode)
)",
     [] {
       sync::Event ready;
       Process p([ready]() mutable {
         ignore_signal(SIGTERM);
         ready.set();
         sleep(30);
       });
       p.start();
       ready.wait();
       p.terminate();
       p.join(0.2);
       print(text(p.is_alive()));
       p.kill();
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-37 terminate runs no finally, no atexit, and loses what is buffered",
     R"(
import atexit
ready = mp.Event()
def child():
    atexit.register(print, "atexit", flush=True); sys.stdout.write("buffered")
    try: ready.set(); time.sleep(30)
    finally: print("finally", flush=True)
p = Process(target=child); p.start(); ready.wait(); p.terminate(); p.join(); print(p.exitcode)
)",
     [] {
       sync::Event ready;
       Process p([ready]() mutable {
         atexit_register("print", [] { print_now("atexit"); });
         Runtime::current().out().write("buffered");
         try_finally(
             [&] {
               ready.set();
               sleep(30);
             },
             [] { print_now("finally"); });
       });
       p.start();
       ready.wait();
       p.terminate();
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-42 interrupt, as far as this version has it",
     R"(
attempt(lambda: Process().interrupt())
ready = mp.Event()
def child(): ready.set(); time.sleep(30)
p = Process(target=child); p.start(); ready.wait()
if sys.version_info >= (3, 14): p.interrupt()
else: os.kill(p.pid, signal.SIGINT)
p.join(); print(p.exitcode)
)",
     [] {
       attempt([] { Process(kNothing).interrupt(); });
       sync::Event ready;
       Process p([ready]() mutable {
         ready.set();
         sleep(30);
       });
       p.start();
       ready.wait();
       Runtime::current().context().python_minor >= 14 ? p.interrupt() : void(::kill(*p.pid(), SIGINT));
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-64 SIGINT to the group: the child raises KeyboardInterrupt, and the parent in join",
     R"(
os.setpgid(0, 0)
ready = mp.Event()
def child(): ready.set(); time.sleep(30)
def terminal(): ready.wait(); time.sleep(0.3); signal.signal(signal.SIGINT, signal.SIG_IGN); os.kill(0, signal.SIGINT); time.sleep(0.3)
p = Process(target=child); t = Process(target=terminal); p.start(); t.start()
try: t.join(); p.join(); time.sleep(30)
except KeyboardInterrupt: print("interrupted")
p.join(); t.join(); print(p.exitcode, t.exitcode)
)",
     [] {
       ::setpgid(0, 0);
       sync::Event ready;
       Process p([ready]() mutable {
         ready.set();
         sleep(30);
       });
       Process t([ready]() mutable {
         ready.wait();
         sleep(0.3);
         ignore_signal(SIGINT);
         ::kill(0, SIGINT);
         sleep(0.3);  // ended while the parent reaps it, it could cost Python the exit code
       });
       p.start();
       t.start();
       try {
         t.join();
         p.join();
         sleep(30);
       } catch (const PythonError& error) {
         if (error.type() == "KeyboardInterrupt") print("interrupted");
       }
       p.join();
       t.join();
       print(text(p.exitcode()) + " " + text(t.exitcode()));
     }},
    {"P-64 a KeyboardInterrupt that nobody catches ends MainProcess by SIGINT",
     "os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(30)\n",
     [] {
       ::kill(::getpid(), SIGINT);
       sleep(30);
     }},
    {"P-65 SIGINT to the parent alone: traceback first, and then it waits",
     R"(
def child(): time.sleep(0.5); sys.stderr.write("child done\n")
Process(target=child).start()
os.kill(os.getpid(), signal.SIGINT)
time.sleep(30)
)",
     [] {
       Process([] {
         sleep(0.5);
         write_stderr("child done\n");
       }).start();
       ::kill(::getpid(), SIGINT);
       sleep(30);
     }},
    {"P-66 SIGINT while the parent waits at its end: it says so, exits with 0, and the child is an orphan",
     R"(
import atexit
ready = mp.Event(); parent = os.getpid()
def child():
    signal.signal(signal.SIGINT, signal.SIG_IGN); ready.wait(); time.sleep(0.3); os.kill(parent, signal.SIGINT)
    while os.getppid() == parent: time.sleep(0.01)
    print("orphan", flush=True)
Process(target=child).start()
atexit.register(ready.set)
print("main ends", flush=True)
)",
     [] {
       sync::Event ready;
       const pid_t parent = ::getpid();
       Process([ready, parent]() mutable {
         ignore_signal(SIGINT);
         ready.wait();
         sleep(0.3);
         ::kill(parent, SIGINT);
         while (::getppid() == parent) sleep(0.01);
         print_now("orphan");
       }).start();
       atexit_register("set", [ready]() mutable { ready.set(); });
       print_now("main ends");
     }},
    {"P.3 functions of atexit: last registered first, the children's end where multiprocessing has its place",
     R"(
import atexit
atexit.register(print, "registered first", flush=True)
def child(): time.sleep(0.3); print("child done", flush=True)
Process(target=child).start()
atexit.register(print, "registered after the start", flush=True)
atexit.register(print, "registered last", flush=True)
print("main ends", flush=True)
)",
     [] {
       atexit_register("print", [] { print_now("registered first"); });
       Process([] {
         sleep(0.3);
         print_now("child done");
       }).start();
       atexit_register("print", [] { print_now("registered after the start"); });
       atexit_register("print", [] { print_now("registered last"); });
       print_now("main ends");
     }},
    {"P.2 functions of atexit in a forked child: the parent's never, its own from 3.13 on",
     R"(
import atexit
atexit.register(print, "the parent's", flush=True)
def child(): atexit.register(print, "its own", flush=True); atexit.register(print, "its last", flush=True); print("child ends", flush=True)
p = Process(target=child); p.start(); p.join(); print(p.exitcode, flush=True)
)",
     [] {
       atexit_register("print", [] { print_now("the parent's"); });
       Process p([] {
         atexit_register("print", [] { print_now("its own"); });
         atexit_register("print", [] { print_now("its last"); });
         print_now("child ends");
       });
       p.start();
       p.join();
       print_now(text(p.exitcode()));
     }},
    {"P.3 a function of atexit that raises is told of, and the next one runs",
     R"(
import atexit
def bad(): raise ValueError("at the end")
atexit.register(print, "still runs"); atexit.register(bad)
)",
     [] {
       atexit_register("print", [] { print("still runs"); });
       atexit_register("bad", [] { raise("ValueError", "at the end"); });
     }},
    {"P-05 P-63 parent_process: none in main; name, pid and life in a child",
     R"(
print(mp.parent_process(), mp.current_process().name)
def child():
    parent = mp.parent_process(); parent.join(0.05); print(parent.name, parent.pid == os.getppid(), parent.is_alive(), flush=True)
p = Process(target=child); p.start(); p.join()
)",
     [] {
       print(fmt::format("{} {}", parent_process() ? "somebody" : "None", current_process_name()));
       Process p([] {
         const ParentProcess parent = *parent_process();
         parent.join(0.05);
         print_now(parent.name() + " " + text(parent.pid() == ::getppid()) + " " + text(parent.is_alive()));
       });
       p.start();
       p.join();
     }},
    {"P-62 P-63 main is killed: daemon or not, the child goes on, and its parent_process() tells",
     R"(
go = mp.Event()
def child():
    parent = mp.parent_process(); print(parent.is_alive(), flush=True); go.set(); parent.join(); print(parent.is_alive(), flush=True)
    while os.getppid() == parent.pid: time.sleep(0.01)
    print("goes on", flush=True)
Process(target=child, daemon=True).start(); go.wait(); os.kill(os.getpid(), signal.SIGKILL)
)",
     [] {
       sync::Event go;
       Process(
           [go]() mutable {
             const ParentProcess parent = *parent_process();
             print_now(text(parent.is_alive()));
             go.set();
             parent.join();
             print_now(text(parent.is_alive()));
             while (::getppid() == parent.pid()) sleep(0.01);
             print_now("goes on");
           },
           {.daemon = true})
           .start();
       go.wait();
       ::kill(::getpid(), SIGKILL);
     }},
    {"P-63 under fork a younger sibling holds the parent's pipe open, too",
     R"(
def elder():
    parent = mp.parent_process()
    while os.getppid() == parent.pid: time.sleep(0.01)
    print("the parent is gone, is_alive() says", parent.is_alive(), flush=True); parent.join(); print("and now", parent.is_alive(), flush=True)
def younger(): time.sleep(1)
Process(target=elder).start(); Process(target=younger).start(); sys.stdout.flush(); os._exit(0)
)",
     [] {
       Process([] {
         const ParentProcess parent = *parent_process();
         while (::getppid() == parent.pid()) sleep(0.01);
         print_now("the parent is gone, is_alive() says " + text(parent.is_alive()));
         parent.join();
         print_now("and now " + text(parent.is_alive()));
       }).start();
       Process([] { sleep(1); }).start();
       os_exit(0);
     }},
    {"P-45 close gives the descriptors back, twice is fine",
     R"(
def descriptors(): return len(os.listdir("/proc/self/fd"))
p = Process(); before = descriptors(); p.start(); p.join(); print(descriptors() - before); p.close(); print(descriptors() - before); p.close()
q = Process(); q.close(); q.close(); print("fine")
)",
     [] {
       const auto descriptors = [] {
         int count = 0;
         for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
         return count;
       };
       Process p(kNothing);
       const int before = descriptors();
       p.start();
       p.join();
       print(text(descriptors() - before));
       p.close();
       print(text(descriptors() - before));
       p.close();
       Process q(kNothing);
       q.close();
       q.close();
       print("fine");
     }},
    {"P-48 wait on many: the sentinel of the one that has ended",
     R"(
from multiprocessing.connection import wait
ps = [Process(target=time.sleep, args=(s,)) for s in (0.3, 30)]
for p in reversed(ps): p.start()
print(wait([p.sentinel for p in ps], 20) == [ps[0].sentinel]); ps[1].kill(); ps[1].join()
print(wait([p.sentinel for p in ps], 20) == [p.sentinel for p in ps])
)",
     [] {
       Process naps([] { sleep(0.3); }), sleeps([] { sleep(30); });
       sleeps.start();
       naps.start();
       const std::vector<int> sentinels{naps.sentinel(), sleeps.sentinel()};
       print(text(ipc::wait(sentinels, 20) == std::vector<std::size_t>{0}));
       sleeps.kill();
       sleeps.join();
       print(text(ipc::wait(sentinels, 20) == std::vector<std::size_t>{0, 1}));
     }},
    {"P-54 with SIGCHLD ignored the kernel reaps, and nobody ever knows the exit code",
     R"(
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
p = Process(); p.start(); p.join(); print(p.exitcode, p.is_alive(), len(mp.active_children())); sys.stdout.flush(); os._exit(0)
)",
     [] {
       ignore_signal(SIGCHLD);
       Process p(kNothing);
       p.start();
       p.join();
       print_now(fmt::format("{} {} {}", text(p.exitcode()), text(p.is_alive()), active_children().size()));
       os_exit(0);
     }},
    {"P-56 a daemon may fork by itself",
     R"(
def child():
    pid = os.fork()
    if pid == 0: os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
p = Process(target=child, daemon=True); p.start(); p.join(); print(p.exitcode)
)",
     [] {
       Process p(
           [] {
             const pid_t pid = ::fork();
             if (pid == 0) ::_exit(3);
             int status = 0;
             ::waitpid(pid, &status, 0);
             print_now(std::to_string(WEXITSTATUS(status)));
           },
           {.daemon = true});
       p.start();
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-69 a child waits for its thread, and cuts a daemon thread off",
     R"(
def work(): time.sleep(0.3); print("thread done", flush=True)
def child(daemon): threading.Thread(target=work, daemon=daemon).start(); print("target returns", flush=True)
for daemon in (False, True):
    p = Process(target=child, args=(daemon,)); p.start(); p.join(); print(p.exitcode, flush=True)
)",
     [] {
       for (const bool daemon : {false, true}) {
         Process p([daemon] {
           Thread(
               [] {
                 sleep(0.3);
                 print_now("thread done");
               },
               {.name = {}, .daemon = daemon})
               .start();
           print_now("target returns");
         });
         p.start();
         p.join();
         print_now(text(p.exitcode()));
       }
     }},
    {"signal works in the main thread alone",
     R"(
def install(): attempt(lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN))
t = threading.Thread(target=install); t.start(); t.join()
attempt(lambda: signal.signal(signal.SIGKILL, print))
)",
     [] {
       Thread t([] { attempt([] { ignore_signal(SIGTERM); }); });
       t.start();
       t.join();
       attempt([] { set_signal_handler(SIGKILL, says); });
     }},
    {"P-39 under spawn and forkserver a handler is not inherited",
     R"(
import multiprocessing as mp, signal, time
def waits(ready): ready.set(); time.sleep(30)
if __name__ == '__main__':
    signal.signal(signal.SIGTERM, lambda number, frame: print('handled', flush=True))
    for m in ('spawn', 'forkserver'):
        ctx = mp.get_context(m); ready = ctx.Event()
        p = ctx.Process(target=waits, args=(ready,)); p.start(); ready.wait(); p.terminate(); p.join(); print(p.exitcode, flush=True)
)",
     [] {
       set_signal_handler(SIGTERM, says);
       for (const char* m : {"spawn", "forkserver"}) {
         const Context ctx = Context::get(m);
         sync::Event ready = ctx.make<sync::Event>();
         Process p = ctx.make<Process>(kWaits, Args{ready});
         p.start();
         ready.wait();
         p.terminate();
         p.join();
         print_now(text(p.exitcode()));
       }
     },
     true, {&kWaits}},
    {"P-64 SIGINT under spawn and forkserver raises KeyboardInterrupt in the child",
     R"(
import multiprocessing as mp, os, signal, time
def waits(ready): ready.set(); time.sleep(30)
if __name__ == '__main__':
    for m in ('spawn', 'forkserver'):
        ctx = mp.get_context(m); ready = ctx.Event()
        p = ctx.Process(target=waits, args=(ready,)); p.start(); ready.wait(); os.kill(p.pid, signal.SIGINT); p.join(); print(p.exitcode, flush=True)
)",
     [] {
       for (const char* m : {"spawn", "forkserver"}) {
         const Context ctx = Context::get(m);
         sync::Event ready = ctx.make<sync::Event>();
         Process p = ctx.make<Process>(kWaits, Args{ready});
         p.start();
         ready.wait();
         ::kill(*p.pid(), SIGINT);
         p.join();
         print_now(text(p.exitcode()));
       }
     },
     true, {&kWaits}},
    {"P-63 parent_process under every start method: the logical parent",
     R"(
import multiprocessing as mp, os
def knows_parent(pid): parent = mp.parent_process(); print(parent.name, parent.pid == pid, parent.is_alive(), flush=True)
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=knows_parent, args=(os.getpid(),)); p.start(); p.join()
)",
     [] {
       for (const char* m : {"fork", "spawn", "forkserver"}) {
         Process p = Context::get(m).make<Process>(kKnowsParent, Args{::getpid()});
         p.start();
         p.join();
       }
     },
     true, {&kKnowsParent}},
    {"P.2 functions of atexit under every start method",
     R"(
import atexit, multiprocessing as mp
def registers(): atexit.register(print, 'at exit', flush=True); print('child', flush=True)
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=registers); p.start(); p.join(); print(m, p.exitcode, flush=True)
)",
     [] {
       for (const char* m : {"fork", "spawn", "forkserver"}) {
         Process p = Context::get(m).make<Process>(kRegisters);
         p.start();
         p.join();
         print_now(std::string(m) + " " + text(p.exitcode()));
       }
     },
     true, {&kRegisters}},
};

}  // namespace

std::span<const TestLesson> life_lessons() { return kLessons; }

}  // namespace forklight::tests
