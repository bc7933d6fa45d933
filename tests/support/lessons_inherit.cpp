// Lessons of what a child gets and what it does not (SEMANTICS S.1), and of arguments that cannot travel (S.2).
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "core/ipc/connection.h"
#include "core/process/runtime.h"
#include "core/process/signals.h"
#include "core/process/start_method.h"
#include "core/process/unpicklable.h"
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
void says(const Args& args) { print_now(args.at(0).get<std::string>() + " " + current_process_name()); }
constexpr Target kSays{"says", says};
void shows_module(const Args& args) { print_now(args.at(0).get<std::string>() + " " + std::string(main_module_name())); }
constexpr Target kShowsModule{"shows_module", shows_module};

// Whether that number is, in this process, that file.
bool is_open(int fd, std::uint64_t inode) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && info.st_ino == inode;
}
void looks_for(const Args& args) {
  print_now(args.at(0).get<std::string>() + " " + text(is_open(args.at(1).get<int>(), args.at(2).get<std::uint64_t>())));
}
constexpr Target kLooksFor{"looks_for", looks_for};

void shows_environ(const Args& args) {
  const char* const word = std::getenv("FORKLIGHT_TEST_WORD");
  print_now(args.at(0).get<std::string>() + " " + (word != nullptr ? word : "None"));
}
constexpr Target kShowsEnviron{"shows_environ", shows_environ};

void sends_hash(const Args& args) { args.get<ipc::Connection>(0).send(fmt::format("{:x}", process::hash("x"))); }
constexpr Target kSendsHash{"sends_hash", sends_hash};

void shows_ignored(const Args& args) {
  struct sigaction now {};
  ::sigaction(SIGUSR1, nullptr, &now);
  print_now(args.at(0).get<std::string>() + " " + text(now.sa_handler == SIG_IGN));
}
constexpr Target kShowsIgnored{"shows_ignored", shows_ignored};

void raises(const Args&) { raise("ValueError", "not reached"); }
constexpr Target kRaises{"raises", raises};

void tries_again(const Args& args) {
  Process strange = args.get<Process>(0);
  print_now(strange.name() + " " + text(strange.daemon()));
  attempt([&] { strange.start(); });
  attempt([&] { strange.join(); });
  Runtime::current().out().flush();
}
constexpr Target kTriesAgain{"tries_again", tries_again};

Process run_through(Context context, const Target& target, Args args = {}) {
  Process process = context.make<Process>(target, std::move(args));
  process.start();
  process.join();
  return process;
}

// How a start ends: its exit code, or what it raises.
void tries(const char* method, const Target& target, Args args) {
  try {
    print_now(std::string(method) + " " + text(run_through(Context::get(method), target, std::move(args)).exitcode()));
  } catch (const PythonError& error) {
    print_now(fmt::format("{} {}", method, error.what()));
  }
}

const TestLesson kLessons[] = {
    {"S-04 the name of the program's module",
     R"(
import multiprocessing as mp
def shows_module(m): print(m, __name__, flush=True)
print('top', __name__, flush=True)
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=shows_module, args=(m,)); p.start(); p.join()
)",
     [] {
       print_now("top " + std::string(main_module_name()));
       for (const char* m : kMethods) run_through(Context::get(m), kShowsModule, {m});
     },
     true, {&kShowsModule}, [] { print_now("top " + std::string(main_module_name())); }},
    {"S-07 open descriptors are inherited by fork alone",
     R"(
import multiprocessing as mp, os
def looks_for(m, fd, inode):
    try: found = os.fstat(fd).st_ino == inode
    except OSError: found = False
    print(m, found, flush=True)
if __name__ == '__main__':
    fd = os.open('/proc/self/exe', os.O_RDONLY)
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=looks_for, args=(m, fd, os.fstat(fd).st_ino)); p.start(); p.join()
)",
     [] {
       const base::Fd fd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));  // as Python opens: no exec hands it on
       struct stat info {};
       ::fstat(fd.get(), &info);
       for (const char* m : kMethods) run_through(Context::get(m), kLooksFor, {m, fd.get(), info.st_ino});
     },
     true, {&kLooksFor}},
    {"S-08 the environment of the forkserver's children is the one that it was started with",
     R"(
import multiprocessing as mp, os
def shows_environ(m): print(m, os.environ.get('FORKLIGHT_TEST_WORD'), flush=True)
if __name__ == '__main__':
    p = mp.get_context('forkserver').Process(target=shows_environ, args=('first',)); p.start(); p.join()
    os.environ['FORKLIGHT_TEST_WORD'] = 'new'
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=shows_environ, args=(m,)); p.start(); p.join()
)",
     [] {
       run_through(Context::get("forkserver"), kShowsEnviron, {"first"});
       ::setenv("FORKLIGHT_TEST_WORD", "new", 1);
       for (const char* m : kMethods) run_through(Context::get(m), kShowsEnviron, {m});
     },
     true, {&kShowsEnviron}},
    {"S-10 the seed of hash: the parent's by fork, another by spawn, one for all of a forkserver",
     R"(
import multiprocessing as mp
def sends_hash(out): out.send(hash('x'))
def ask(m):
    r, w = mp.Pipe(False); p = mp.get_context(m).Process(target=sends_hash, args=(w,)); p.start(); p.join(); return r.recv()
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver'):
        first, second = ask(m), ask(m); print(m, first == hash('x'), first == second, flush=True)
)",
     [] {
       const auto ask = [](const char* m) {
         auto [r, w] = ipc::Pipe(false);
         run_through(Context::get(m), kSendsHash, {w});
         return r.recv().get<std::string>();
       };
       for (const char* m : kMethods) {
         const std::string first = ask(m), second = ask(m);
         print_now(fmt::format("{} {} {}", m, text(first == fmt::format("{:x}", process::hash("x"))), text(first == second)));
       }
     },
     true, {&kSendsHash}},
    {"S-11 an ignored signal stays ignored over fork and exec, and a forkserver of before knows nothing of it",
     R"(
import multiprocessing as mp, signal
def nothing(): pass
def shows_ignored(m): print(m, signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN, flush=True)
if __name__ == '__main__':
    p = mp.get_context('forkserver').Process(target=nothing); p.start(); p.join()
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    for m in ('fork', 'spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=shows_ignored, args=(m,)); p.start(); p.join()
)",
     [] {
       run_through(Context::get("forkserver"), kNothing);
       ignore_signal(SIGUSR1);
       for (const char* m : kMethods) run_through(Context::get(m), kShowsIgnored, {m});
     },
     true, {&kShowsIgnored, &kNothing}},
    {"S-12 S-37 of the parent's threads the calling one alone is in a forked child, and what another held stays locked",
     R"(
lock = threading.Lock(); held = threading.Event()
def holds():
    lock.acquire(); held.set(); time.sleep(30)
def child(): print(len(os.listdir('/proc/self/task')), lock.acquire(blocking=False), flush=True)
t = threading.Thread(target=holds, daemon=True); t.start(); held.wait()
p = Process(target=child); p.start(); p.join(); print(p.exitcode)
)",
     [] {
       ThreadLock lock;
       Thread t([&] { lock.acquire(), sleep(30); }, {.name = {}, .daemon = true});
       t.start();
       eventually([&] {
         if (!lock.try_acquire()) return true;
         lock.release();
         return false;
       });
       Process p([lock]() mutable {
         const auto tasks = std::filesystem::directory_iterator("/proc/self/task");
         print_now(fmt::format("{} {}", std::distance(begin(tasks), end(tasks)), text(lock.try_acquire())));
       });
       p.start();
       p.join();
       print(text(p.exitcode()));
     }},
    {"S-23 S-06 a lock of threads and an open file go to a forked child alone",
     R"(
import multiprocessing as mp, threading
def nothing(*args): pass
if __name__ == '__main__':
    for thing in (threading.Lock(), open('/proc/self/stat')):
        for m in ('fork', 'spawn', 'forkserver'):
            p = mp.get_context(m).Process(target=nothing, args=(thing,))
            try: p.start(); p.join(); print(m, p.exitcode, flush=True)
            except Exception as e: print(m, type(e).__name__ + ':', e, flush=True)
)",
     [] {
       for (const char* m : kMethods) tries(m, kNothing, {ThreadLock()});
       for (const char* m : kMethods) tries(m, kNothing, {TextFile("/proc/self/stat")});
     },
     true, {&kNothing}},
    {"S-25 a started process cannot be an argument, one that was not started can",
     R"(
import multiprocessing as mp, sys
def nothing(): pass
def attempt(f):
    try: print(f(), flush=True)
    except Exception as e: print(type(e).__name__ + ':', e, flush=True)
def tries_again(p): print(p.name, p.daemon, flush=True); attempt(p.start); attempt(p.join)
if __name__ == '__main__':
    ctx = mp.get_context('spawn')
    p = ctx.Process(target=nothing); q = ctx.Process(target=tries_again, args=(p,)); q.start(); q.join(); print(q.exitcode, flush=True)
    p.start(); p.join(); attempt(ctx.Process(target=tries_again, args=(p,)).start)
)",
     [] {
       const Context ctx = Context::get("spawn");
       Process p = ctx.make<Process>(kNothing);
       print_now(text(run_through(ctx, kTriesAgain, {p}).exitcode()));
       p.start();
       p.join();
       attempt([&] { ctx.make<Process>(kTriesAgain, Args{p}).start(); });
     },
     true, {&kNothing, &kTriesAgain}},
    {"S-26 an argument that raises while it is unpickled ends the child, and start() does not know",
     R"(
import multiprocessing as mp
def fail(): raise ValueError('not to be had')
class Unloadable:
    def __reduce__(self): return fail, ()
def raises(arg): raise ValueError('not reached')
def nothing(arg): pass
if __name__ == '__main__':
    for m in ('spawn', 'forkserver'):
        p = mp.get_context(m).Process(target=raises, args=(Unloadable(),)); p.start(); p.join(); print(m, p.exitcode, flush=True)
    p = mp.get_context('fork').Process(target=nothing, args=(Unloadable(),)); p.start(); p.join(); print('fork', p.exitcode, flush=True)
)",
     [] {
       for (const char* m : {"spawn", "forkserver"}) tries(m, kRaises, {Unloadable{"ValueError", "not to be had"}});
       tries("fork", kNothing, {Unloadable{"ValueError", "not to be had"}});
     },
     true, {&kRaises, &kNothing}},
    {"S-30 a program that was given with -c",
     R"(
import multiprocessing as mp
def says(m): print(m, mp.current_process().name, flush=True)
for m in ('fork', 'spawn'):
    p = mp.get_context(m).Process(target=says, args=(m,)); p.start(); p.join(); print(p.exitcode, flush=True)
)",
     [] {
       for (const char* m : {"fork", "spawn"}) print_now(text(run_through(Context::get(m), kSays, {m}).exitcode()));
     },
     true, {&kSays}, nullptr, Source::command},
    {"S-31 a program that was read from stdin",
     R"(
import multiprocessing as mp
def says(m): print(m, mp.current_process().name, flush=True)
for m in ('fork', 'spawn'):
    p = mp.get_context(m).Process(target=says, args=(m,)); p.start(); p.join(); print(p.exitcode, flush=True)
)",
     [] {
       for (const char* m : {"fork", "spawn"}) print_now(text(run_through(Context::get(m), kSays, {m}).exitcode()));
     },
     true, {&kSays}, nullptr, Source::standard_input},
    {"S-15 one resource tracker for the tree, from the first start under spawn on",
     R"(
import multiprocessing as mp, os
from multiprocessing import resource_tracker
def nothing(): pass
if __name__ == '__main__':
    for m in ('fork', 'spawn', 'forkserver', 'spawn'):
        p = mp.get_context(m).Process(target=nothing); p.start(); p.join()
        print(m, resource_tracker._resource_tracker._pid is not None, flush=True)
)",
     [] {
       const auto has_tracker = [] {
         const trace::Region& region = *Runtime::current().context().region;
         for (std::uint32_t i = 1; i < region.slots_used(); ++i) {
           if (std::string_view(region.slot(i).name) == trace::kResourceTracker) return true;
         }
         return false;
       };
       for (const char* m : {"fork", "spawn", "forkserver", "spawn"}) {
         run_through(Context::get(m), kNothing);
         print_now(std::string(m) + " " + text(has_tracker()));
       }
     },
     true, {&kNothing}},
    {"S-15 a lock of the spawn context starts the tracker, one of the fork context does not",
     R"(
import multiprocessing as mp
from multiprocessing import resource_tracker
if __name__ == '__main__':
    for m in ('fork', 'spawn'):
        lock = mp.get_context(m).Lock(); print(m, resource_tracker._resource_tracker._pid is not None, flush=True)
)",
     [] {
       const trace::Region& region = *Runtime::current().context().region;
       for (const char* m : {"fork", "spawn"}) {
         const auto lock = Context::get(m).make<sync::Lock>();
         print_now(std::string(m) + " " + text(region.slots_used() > 2));
       }
     },
     true},
    {"S-15 what a killed process had registered is told of by the tracker", "",
     [] {
       const Context ctx = Context::get("spawn");
       const auto lock = ctx.make<sync::Lock>();
       const auto event = ctx.make<sync::Event>();
       leave(3);
     },
     true},
    {"S-15 SIGINT and SIGTERM do not meet the tracker", "",
     [] {
       run_through(Context::get("spawn"), kNothing);
       const trace::Region& region = *Runtime::current().context().region;
       for (std::uint32_t i = 1; i < region.slots_used(); ++i) {
         if (std::string_view(region.slot(i).name) != trace::kResourceTracker) continue;
         ::kill(region.slot(i).pid, SIGINT);
         ::kill(region.slot(i).pid, SIGTERM);
       }
       run_through(Context::get("spawn"), kNothing);
       print_now("done");
     },
     true, {&kNothing}},
    {"S-15 a tracker that was killed is replaced", "",
     [] {
       run_through(Context::get("spawn"), kNothing);
       const trace::Region& region = *Runtime::current().context().region;
       const auto kill_it = [&] {
         for (std::uint32_t i = 1; i < region.slots_used(); ++i) {
           if (std::string_view(region.slot(i).name) != trace::kResourceTracker) continue;
           const pid_t tracker = region.slot(i).pid;
           ::kill(tracker, SIGKILL);
           siginfo_t info{};
           ::waitid(P_PID, static_cast<id_t>(tracker), &info, WEXITED | WNOWAIT);  // until its end of the pipe is gone
         }
       };
       kill_it();
       print_now(text(run_through(Context::get("spawn"), kNothing).exitcode()));
     },
     true, {&kNothing}},
};

}  // namespace

std::span<const TestLesson> inherit_lessons() { return kLessons; }

}  // namespace forklight::tests
