#include "tests/support/lessons.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "core/base/clock.h"
#include "core/process/lifeline.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/start_method.h"

namespace forklight::tests {

extern const TestLesson kPaceLessons[];  // lessons_pace.cpp
extern const std::size_t kPaceLessonCount;

namespace {

using namespace process;
using process::sleep;

// attempt(action) of the prelude: prints the result, or the error as "Type: message".
template <typename Action>
void attempt(Action&& action) {
  try {
    print(action());
  } catch (const PythonError& error) {
    print(error.what());
  }
}

std::string text(bool value) { return value ? "True" : "False"; }
std::string text(std::optional<int> value) { return value ? std::to_string(*value) : "None"; }
std::string none(auto&& call) {
  call();
  return "None";
}

void nothing(const Args&) {}
void naps(const Args& args) { sleep(args.at(0)); }
void sleeps_long(const Args&) { sleep(30); }
void raises(const Args&) { raise("ValueError", "no"); }
constexpr Target kNothing{"nothing", nothing}, kNaps{"naps", naps}, kSleepsLong{"sleeps_long", sleeps_long}, kRaises{"raises", raises};

std::optional<int> code_of(Process process) {
  process.start();
  process.join();
  return process.exitcode();
}
std::optional<int> code_of_lambda(std::function<void()> body) { return code_of(Process(std::move(body))); }

// R, S, Z … of /proc/PID/stat, or "gone".
std::string state(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return "gone";
  return line.substr(line.rfind(')') + 2, 1);
}

// Until the child is dead, and nobody has asked: waitid with WNOWAIT leaves the zombie.
void wait_dead(pid_t pid) {
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
}

// Processor time of this process and of all its children that have been waited for.
double cpu_ns_of_family() {
  double all = 0;
  for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(whose, &used);
    for (const timeval& part : {used.ru_utime, used.ru_stime}) all += static_cast<double>(part.tv_sec) * 1e9 + static_cast<double>(part.tv_usec) * 1e3;
  }
  return all;
}

const TestLesson kLessons[] = {
    {"P-01 names count objects, started or not",
     R"(
p = Process(); q = Process(name="mine"); r = Process(target=print, args=("hi",), kwargs={"flush": True})
print(p.name, q.name, r.name)
r.start(); r.join()
)",
     [] {
       Process p(kNothing), q(kNothing, {}, {.name = "mine"}), r([] { print_now("hi"); });
       print(p.name() + " " + q.name() + " " + r.name());
       r.start();
       r.join();
     }},
    {"P-04 a child's child has a path for a name",
     R"(
def grandchild(): print(mp.current_process().name, flush=True)
def child():
    for _ in range(2):
        p = Process(target=grandchild); p.start(); p.join()
p = Process(target=child); p.start(); p.join()
print(mp.current_process().name)
)",
     [] {
       Process p([] {
         for (int i = 0; i < 2; ++i) {
           Process grandchild([] { print_now(current_process_name()); });
           grandchild.start();
           grandchild.join();
         }
       });
       p.start();
       p.join();
       print(current_process_name());
     }},
    {"P-12 P-13 before start there is no pid, no exit code, no life",
     "p = Process(); print(p.pid, p.exitcode, p.is_alive())\n",
     [] {
       Process p(kNothing);
       print(fmt::format("{} {} {}", text(p.pid()), text(p.exitcode()), text(p.is_alive())));
     }},
    {"P-14 no sentinel before start", "attempt(lambda: Process().sentinel)\n",
     [] { attempt([] { return std::to_string(Process(kNothing).sentinel()); }); }},
    {"P-15 join before start", "attempt(lambda: Process().join())\n",
     [] { attempt([] { return none([] { Process(kNothing).join(); }); }); }},
    {"P-16 terminate and kill before start", "attempt(lambda: Process().terminate()); attempt(lambda: Process().kill())\n",
     [] {
       attempt([] { return none([] { Process(kNothing).terminate(); }); });
       attempt([] { return none([] { Process(kNothing).kill(); }); });
     }},
    {"P-17 start twice",
     "p = Process(); p.start(); attempt(p.start); p.join(); attempt(p.start)\n",
     [] {
       Process p(kNothing);
       p.start();
       attempt([&] { return none([&] { p.start(); }); });
       p.join();
       attempt([&] { return none([&] { p.start(); }); });
     }},
    {"P-18 P-25 P-26 P-27 a stranger may not start, join or test, and sees no exit code",
     R"(
import time
unstarted = Process()
sibling = Process(target=time.sleep, args=(30,)); sibling.start()
def stranger():
    attempt(unstarted.start); attempt(sibling.join); attempt(sibling.is_alive); print(sibling.exitcode, flush=True)
p = Process(target=stranger); p.start(); p.join()
sibling.kill(); sibling.join()
)",
     [] {
       Process unstarted(kNothing), sibling(kSleepsLong);
       sibling.start();
       Process p([&] {
         attempt([&] { return none([&] { unstarted.start(); }); });
         attempt([&] { return none([&] { sibling.join(); }); });
         attempt([&] { return text(sibling.is_alive()); });
         print_now(text(sibling.exitcode()));
       });
       p.start();
       p.join();
       sibling.kill();
       sibling.join();
     }},
    {"P-19 daemon is settled at start",
     "p = Process()\np.daemon = True; print(p.daemon)\np.start()\nattempt(lambda: setattr(p, 'daemon', False))\np.join()\n",
     [] {
       Process p(kNothing);
       p.set_daemon(true);
       print(text(p.daemon()));
       p.start();
       attempt([&] { return none([&] { p.set_daemon(false); }); });
       p.join();
     }},
    {"P-22 P-23 join with a timeout returns without an end",
     "p = Process(target=time.sleep, args=(30,)); p.start()\n"
     "print(p.join(0.05), p.exitcode); print(p.join(0), p.join(-1), p.is_alive())\np.kill(); p.join(); print(p.exitcode)\n",
     [] {
       Process p(kSleepsLong);
       p.start();
       p.join(0.05);
       print("None " + text(p.exitcode()));
       p.join(0);
       p.join(-1);
       print("None None " + text(p.is_alive()));
       p.kill();
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-24 P-29 P-43 after the end join and terminate do nothing, and the code stays",
     "p = Process(); p.start(); p.join(); p.join(); p.terminate(); p.kill(); print(p.exitcode, p.is_alive())\n",
     [] {
       Process p(kNothing);
       p.start();
       p.join();
       p.join();
       p.terminate();
       p.kill();
       print(text(p.exitcode()) + " " + text(p.is_alive()));
     }},
    {"P-28 a sibling may terminate",
     R"(
victim = Process(target=time.sleep, args=(30,)); victim.start()
p = Process(target=victim.terminate); p.start(); p.join(); victim.join(); print(victim.exitcode)
)",
     [] {
       Process victim(kSleepsLong);
       victim.start();
       Process p([&] { victim.terminate(); });
       p.start();
       p.join();
       victim.join();
       print(text(victim.exitcode()));
     }},
    {"P-30 P-31 P-32 exit codes of returning and of sys.exit",
     R"(
def code(n): sys.exit(n)
for n in (0, 3, 255, 256, 257, -1, True):
    p = Process(target=code, args=(n,)); p.start(); p.join(); print(p.exitcode)
p = Process(target=sys.exit); p.start(); p.join(); print(p.exitcode)
p = Process(target=len, args=("abc",)); p.start(); p.join(); print(p.exitcode)
)",
     [] {
       for (const int n : {0, 3, 255, 256, 257, -1, 1}) print(text(code_of_lambda([n] { sys_exit(n); })));
       print(text(code_of_lambda([] { sys_exit(); })));
       print(text(code_of_lambda([] {})));
     }},
    {"P-33 sys.exit with a text",
     "p = Process(target=sys.exit, args=('out of paper',)); p.start(); p.join(); print(p.exitcode)\n",
     [] { print(text(code_of_lambda([] { sys_exit(std::string("out of paper")); }))); }},
    {"P-34 os._exit loses what is not flushed",
     "def f(): print('kept', flush=True); print('lost'); os._exit(7)\n"
     "p = Process(target=f); p.start(); p.join(); print(p.exitcode)\n"
     "p = Process(target=os._exit, args=(256,)); p.start(); p.join(); print(p.exitcode)\n",
     [] {
       print(text(code_of_lambda([] {
         print_now("kept");
         print("lost");
         os_exit(7);
       })));
       print(text(code_of_lambda([] { os_exit(256); })));
     }},
    {"P-35 an uncaught exception",
     "def raises(): raise ValueError('no')\np = Process(target=raises); p.start(); p.join(); print(p.exitcode)\n",
     [] { print(text(code_of(Process(kRaises)))); }},
    {"P-36 deaths by signals",
     "def die(s): os.kill(os.getpid(), s)\n"
     "for s in (signal.SIGTERM, signal.SIGKILL, signal.SIGABRT, signal.SIGUSR1, signal.SIGHUP):\n"
     "    p = Process(target=die, args=(s,)); p.start(); p.join(); print(p.exitcode)\n",
     [] {
       for (const int signal : {SIGTERM, SIGKILL, SIGABRT, SIGUSR1, SIGHUP}) {
         print(text(code_of_lambda([signal] { ::kill(::getpid(), signal); })));
       }
     }},
    {"P-37 P-41 terminate and kill a sleeper",
     R"(
for end in (Process.terminate, Process.kill):
    p = Process(target=time.sleep, args=(30,)); p.start(); end(p); p.join(); print(p.exitcode)
)",
     [] {
       for (const bool term : {true, false}) {
         Process p(kSleepsLong);
         p.start();
         term ? p.terminate() : p.kill();
         p.join();
         print(text(p.exitcode()));
       }
     }},
    {"P-44 close while running",
     "p = Process(target=time.sleep, args=(30,)); p.start(); attempt(p.close); p.kill(); p.join(); p.close(); p.close(); print(p.name)\n",
     [] {
       Process p(kSleepsLong);
       p.start();
       attempt([&] { return none([&] { p.close(); }); });
       p.kill();
       p.join();
       p.close();
       p.close();
       print(p.name());
     }},
    {"P-46 P-47 a closed object",
     R"(
p = Process(daemon=True); p.close()
for action in (p.join, p.is_alive, p.start, p.terminate, p.kill, lambda: p.pid, lambda: p.exitcode, lambda: p.sentinel): attempt(action)
print(p.name, p.daemon, p)
)",
     [] {
       Process p(kNothing, {}, {.daemon = true});
       p.close();
       attempt([&] { return none([&] { p.join(); }); });
       attempt([&] { return text(p.is_alive()); });
       attempt([&] { return none([&] { p.start(); }); });
       attempt([&] { return none([&] { p.terminate(); }); });
       attempt([&] { return none([&] { p.kill(); }); });
       attempt([&] { return text(p.pid()); });
       attempt([&] { return text(p.exitcode()); });
       attempt([&] { return std::to_string(p.sentinel()); });
       print(p.name() + " " + text(p.daemon()) + " " + p.repr());
     }},
    {"P.0 repr says the stage",
     R"(
p = Process(target=time.sleep, args=(30,)); print(p); p.start(); print(p); p.terminate(); p.join(); print(p)
q = Process(daemon=True); q.start(); q.join(); print(q)
)",
     [] {
       Process p(kSleepsLong);
       print(p.repr());
       p.start();
       print(p.repr());
       p.terminate();
       p.join();
       print(p.repr());
       Process q(kNothing, {}, {.daemon = true});
       q.start();
       q.join();
       print(q.repr());
     }},
    {"P-48 the sentinel turns readable at the end",
     R"(
from multiprocessing.connection import wait
p = Process(target=time.sleep, args=(0.2,)); p.start(); print(wait([p.sentinel], 0) == []); print(wait([p.sentinel], 20) == [p.sentinel])
print(wait([p.sentinel], 0) == [p.sentinel]); p.join()
)",
     [] {
       Process p(kNaps, {0.2});
       p.start();
       const auto ready = [&](int timeout_ms) {
         pollfd fd{p.sentinel(), POLLIN, 0};
         return ::poll(&fd, 1, timeout_ms) == 1;
       };
       print(text(!ready(0)));
       print(text(ready(20000)));
       print(text(ready(0)));
       p.join();
     }},
    {"P-49 a grandchild keeps the sentinel: join with a timeout runs out on a dead child",
     R"(
def child():
    if os.fork() == 0: time.sleep(1.0); os._exit(0)
    os._exit(4)
p = Process(target=child); p.start()
begin = time.monotonic(); p.join(0.3); print(time.monotonic() - begin >= 0.29, p.is_alive(), p.exitcode)
)",
     [] {
       Process p([] {
         if (::fork() == 0) {
           sleep(1.0);
           ::_exit(0);
         }
         os_exit(4);
       });
       p.start();
       const auto begin = base::now_ns();
       p.join(0.3);
       print(fmt::format("{} {} {}", text(base::now_ns() - begin >= 290 * base::kMillisecond), text(p.is_alive()), text(p.exitcode())));
     }},
    {"P-50 P-52 a finished child is a zombie until another is started",
     R"(
def state(pid):
    try: return open(f"/proc/{pid}/stat").read().rsplit(')', 1)[1].split()[0]
    except OSError: return "gone"
p = Process(); p.start(); os.waitid(os.P_PID, p.pid, os.WEXITED | os.WNOWAIT); print(state(p.pid))
q = Process(); q.start(); print(state(p.pid), p.exitcode); q.join()
)",
     [] {
       Process p(kNothing);
       p.start();
       wait_dead(*p.pid());
       print(state(*p.pid()));
       Process q(kNothing);
       q.start();
       print(state(*p.pid()) + " " + text(p.exitcode()));
       q.join();
     }},
    {"P-51 P-53 active_children reaps, and holds what nobody else does",
     R"(
def begin(): p = Process(target=time.sleep, args=(30,)); p.start()
begin(); done = Process(); done.start(); os.waitid(os.P_PID, done.pid, os.WEXITED | os.WNOWAIT)
alive = mp.active_children(); print(len(alive), alive[0].name, done.exitcode); alive[0].kill(); alive[0].join(); print(mp.active_children())
)",
     [] {
       {
         Process p(kSleepsLong);
         p.start();
       }
       Process done(kNothing);
       done.start();
       wait_dead(*done.pid());
       auto alive = active_children();
       print(fmt::format("{} {} {}", alive.size(), alive.at(0).name(), text(done.exitcode())));
       alive.at(0).kill();
       alive.at(0).join();
       print(active_children().empty() ? "[]" : "some");
     }},
    {"P-54 a child that somebody else waited for has no exit code",
     R"(
p = Process(); p.start(); os.waitpid(p.pid, 0); print(p.join(), p.exitcode, p.is_alive(), len(mp.active_children())); sys.stdout.flush(); os._exit(0)
)",
     [] {
       Process p(kNothing);
       p.start();
       ::waitpid(*p.pid(), nullptr, 0);
       p.join();
       print_now(fmt::format("None {} {} {}", text(p.exitcode()), text(p.is_alive()), active_children().size()));
       os_exit(0);
     }},
    {"P-55 P-57 a daemon may not have children, and passes its flag on",
     R"(
def child(): p = Process(); print(p.daemon); attempt(p.start); sys.stdout.flush()
p = Process(target=child, daemon=True); p.start(); p.join(); print(p.exitcode)
def plain(): print(Process().daemon, flush=True)
p = Process(target=plain); p.start(); p.join()
)",
     [] {
       Process p(
           [] {
             Process inner(kNothing);
             print(text(inner.daemon()));
             attempt([&] { return none([&] { inner.start(); }); });
             Runtime::current().out().flush();
           },
           {.daemon = true});
       p.start();
       p.join();
       print(text(p.exitcode()));
       Process plain([] { print_now(text(Process(kNothing).daemon())); });
       plain.start();
       plain.join();
     }},
    {"P-58 P-59 at the end daemons are terminated and the others waited for",
     R"(
def work(seconds): time.sleep(seconds); print("finished", mp.current_process().name, flush=True)
Process(target=work, args=(0.4,), name="normal").start()
Process(target=work, args=(0.4,), name="daemon", daemon=True).start()
print("main ends", flush=True)
)",
     [] {
       static constexpr Target work{"work", [](const Args& args) {
                                      sleep(args.at(0));
                                      print_now("finished " + current_process_name());
                                    }};
       Process(work, {0.4}, {.name = "normal"}).start();
       Process(work, {0.4}, {.name = "daemon", .daemon = true}).start();
       print_now("main ends");
     }},
    {"P-60 main ends by an exception: traceback first and then the wait",
     R"(
def work(): time.sleep(0.3); sys.stderr.write("child done\n")
Process(target=work).start()
raise KeyError("gone")
)",
     [] {
       Process([] {
         sleep(0.3);
         write_stderr("child done\n");
       }).start();
       raise("KeyError", "'gone'");
     }},
    {"P-61 main leaves by os._exit: nobody is waited for",
     R"(
def work(): time.sleep(0.3); os.write(1, b"orphan done\n")
Process(target=work).start()
os.write(1, b"main leaves\n")
os._exit(5)
)",
     [] {
       Process([] {
         sleep(0.3);
         print_now("orphan done");
       }).start();
       print_now("main leaves");
       os_exit(5);
     }},
    {"P-67 stdin of a child is empty",
     "p = Process(target=lambda: print(repr(sys.stdin.read()), flush=True)); p.start(); p.join()\n",
     [] {
       Process p([] {
         char byte;
         print_now(::read(0, &byte, 1) == 0 ? "''" : "something");
       });
       p.start();
       p.join();
     }},
    {"P-68 start flushes so that nothing is printed twice",
     "print('once'); p = Process(); p.start(); p.join()\n",
     [] {
       print("once");
       Process p(kNothing);
       p.start();
       p.join();
     }},
    {"P-72 a child leaves them by setsid, and can do so once",
     R"(
def leaves():
    os.setsid(); print(os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid(), flush=True)
    try: os.setsid()
    except PermissionError as error: print(error, flush=True)
p = Process(target=leaves); p.start(); p.join(); print(p.exitcode)
)",
     [] {
       Process p([] {
         process::setsid();
         print_now(text(::getsid(0) == ::getpid()) + " " + text(::getpgid(0) == ::getpid()));
         try {
           process::setsid();
         } catch (const PythonError& error) {
           if (error.type() != "PermissionError") throw;
           print_now(error.message());
         }
       });
       p.start();
       p.join();
       print(text(p.exitcode()));
     }},
    {"P-72 process group and session are the parent's",
     "p = Process(target=lambda g, s: print(g == os.getpgid(0), s == os.getsid(0), flush=True), args=(os.getpgid(0), os.getsid(0)))\n"
     "p.start(); p.join()\n",
     [] {
       const pid_t group = ::getpgid(0), session = ::getsid(0);
       Process p([=] { print_now(text(group == ::getpgid(0)) + " " + text(session == ::getsid(0))); });
       p.start();
       p.join();
     }},
    {"P-74 a fresh child has no children",
     "q = Process(target=time.sleep, args=(30,)); q.start()\n"
     "p = Process(target=lambda: print(mp.active_children(), flush=True)); p.start(); p.join(); q.kill(); q.join()\n",
     [] {
       Process q(kSleepsLong);
       q.start();
       Process p([] { print_now(active_children().empty() ? "[]" : "some"); });
       p.start();
       p.join();
       q.kill();
       q.join();
     }},
    {"P-75 traceback of a child that has children",
     R"(
def grandchild(): time.sleep(0.3); sys.stderr.write("grandchild done\n")
def child(): Process(target=grandchild).start(); raise ValueError("no")
p = Process(target=child); p.start(); p.join(); print(p.exitcode)
)",
     [] {
       print(text(code_of_lambda([] {
         Process([] {
           sleep(0.3);
           write_stderr("grandchild done\n");
         }).start();
         raise("ValueError", "no");
       })));
     }},
    // Without a Python side: what the supervisor and the trace are asked about.
    {"busy tree", "",
     [] {
       for (;;) {
         std::vector<Process> many;
         for (int i = 0; i < 3; ++i) {
           many.emplace_back([] {
             Process grandchild(kNaps, {0.02});
             grandchild.start();
             sleep(0.005);
             grandchild.join();
           });
         }
         for (Process& one : many) one.start();
         for (Process& one : many) one.join();
       }
     }},
    {"orphan dies", "",
     [] {
       Process([] { sleep(0.2); }).start();
       os_exit(3);
     }},
    {"leaves the group", "",
     [] {
       Process p([] {
         Process grandchild([] { sleep(60); });
         ::setsid();  // out of the lesson's process group, with all that it starts
         grandchild.start();
         print_now("away");
         grandchild.join();
       });
       p.start();
       p.join();
     }},
    {"a session of its own", "",
     [] {
       Process p([] {
         process::setsid();
         Process grandchild([] { sleep(60); });
         grandchild.start();
         print_now("away");
         grandchild.join();
       });
       p.start();
       p.join();
     }},
    {"a session of its own, spawned", "",
     [] {
       Process p([] {
         process::setsid();
         Process grandchild = Context::get("spawn").make<Process>(kNaps, Args{60.0});
         grandchild.start();
         print_now("away");
         os_exit(0);  // its child is the only one of the session that is left
       });
       p.start();
       p.join();
       sleep(60);
     },
     false, {&kNaps}},
    {"ignores SIGTERM", "",
     [] {
       Process p([] {
         ::signal(SIGTERM, SIG_IGN);
         print_now("ready");
         sleep(60);
       });
       p.start();
       p.join();
     }},
    {"hundred children", "",
     [] {
       std::vector<Process> many;
       for (int i = 0; i < 100; ++i) many.emplace_back([i] { sys_exit(i); });
       for (Process& one : many) one.start();
       int right = 0;
       for (int i = 0; i < 100; ++i) {
         many[static_cast<std::size_t>(i)].join();
         right += many[static_cast<std::size_t>(i)].exitcode() == i ? 1 : 0;
       }
       print(std::to_string(right));
     }},
    {"five hundred children", "",
     [] {
       rlimit files{};
       ::getrlimit(RLIMIT_NOFILE, &files);  // two for each that has not been closed
       files.rlim_cur = files.rlim_max;
       ::setrlimit(RLIMIT_NOFILE, &files);
       std::vector<Process> many;
       for (int i = 1; i <= 500; ++i) many.emplace_back([i] { sys_exit(i % 7); });
       for (Process& one : many) one.start();
       int right = 0;
       for (int i = 1; i <= 500; ++i) {
         Process& one = many[static_cast<std::size_t>(i - 1)];
         one.join();
         right += one.exitcode() == i % 7 ? 1 : 0;
       }
       print(std::to_string(right));
     }},
    {"zombie", "",
     [] {
       Process p([] { sys_exit(7); });
       p.start();
       wait_dead(*p.pid());
       sleep(0.3);
       p.join();
     }},
    {"too many", "",
     [] {
       std::vector<Process> many;
       for (int i = 0; i < 20; ++i) {
         many.emplace_back(kSleepsLong);
         attempt([&] { return none([&] { many.back().start(); }); });
       }
       for (Process& one : active_children()) one.kill();
     }},
    {"bench start join", "",
     [] {
       // By turns, so that what else the machine does falls on both; ten of each at a time, because the supervisor is not done with one of
       // ours when the next one starts: that is ours to pay.
       std::string times;
       for (int turn = 0; turn < 40; ++turn) {
         const double cpu0 = cpu_ns_of_family();
         for (int i = 0; i < 10; ++i) {
           const std::int64_t begin = base::now_ns();
           const pid_t pid = ::fork();
           if (pid == 0) ::_exit(0);
           ::waitpid(pid, nullptr, 0);
           times += fmt::format("bare {}\n", base::now_ns() - begin);
         }
         const double cpu1 = cpu_ns_of_family();
         for (int i = 0; i < 10; ++i) {
           const std::int64_t begin = base::now_ns();
           Process p(kNothing);
           p.start();
           p.join();
           times += fmt::format("ours {}\n", base::now_ns() - begin);
         }
         times += fmt::format("bare-cpu {}\nours-cpu {}\n", (cpu1 - cpu0) / 10, (cpu_ns_of_family() - cpu1) / 10);
       }
       print(times);
     }},
    {"no descriptors", "",
     [] {
       const rlimit few{64, 64};
       ::setrlimit(RLIMIT_NOFILE, &few);
       std::vector<Process> many;
       for (int i = 0; i < 100; ++i) {
         many.emplace_back(kSleepsLong);
         try {
           many.back().start();
         } catch (const PythonError& error) {
           print(error.what());
           break;
         }
       }
       for (Process& one : active_children()) one.kill();
     }},
};

}  // namespace

std::span<const TestLesson> lessons() { return kLessons; }

const TestLesson* find_lesson(std::string_view name) {
  const std::span<const TestLesson> parts[] = {lessons(), {kPaceLessons, kPaceLessonCount}, queue_lessons(), pipe_lessons(), sync_lessons(),
                                             killed_lessons(), recorded_lessons(), learner_lessons(), start_lessons(), life_lessons(), kernel_lessons(),
                                             object_lessons(), inherit_lessons(), memory_lessons(), gil_lessons(), pool_lessons(), executor_lessons(),
                                             busy_pool_lessons()};
  for (const auto part : parts) {
    const auto found = std::find_if(part.begin(), part.end(), [&](const TestLesson& lesson) { return lesson.name == name; });
    if (found != part.end()) return &*found;
  }
  return nullptr;
}

}  // namespace forklight::tests
