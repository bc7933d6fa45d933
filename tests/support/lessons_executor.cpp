// Part L.3 of SEMANTICS.md: ProcessPoolExecutor, in C++ and in Python.
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "core/pool/executor.h"
#include "core/process/runtime.h"
#include "core/process/start_method.h"
#include "core/sync/sync.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;
using pool::Arguments;
using pool::Executor;
using pool::Function;
using pool::Future;
using pool::Message;
using pool::Value;
using sync::Event;

std::optional<Event> gate, begun;

const Function kSquare{"square", [](const Arguments& a) -> Message { return a[0].get<int>() * a[0].get<int>(); }};
const Function kAdd{"add", [](const Arguments& a) -> Message { return a[0].get<int>() + a[1].get<int>(); }};
const Function kSame{"same", [](const Arguments& a) -> Message { return a[0]; }};
const Function kWait{"wait", [](const Arguments& a) -> Message {
                       begun->set();
                       gate->wait();
                       return a[0];
                     }};
const Function kFails{"fails", [](const Arguments& a) -> Message { raise("ValueError", fmt::format("no {}", a[0].get<int>())); }};
const Function kLambda{pool::kLambda, [](const Arguments& a) -> Message { return a[0]; }};
const Function kGivesLambda{"gives_lambda", [](const Arguments&) { return Message::lambda(); }};
const Function kPid{"pid", [](const Arguments&) -> Message { return static_cast<int>(::getpid()); }};
const Function kDie{"die", [](const Arguments& a) -> Message {
                      gate->wait();
                      if (a[0] == 0) os_exit(1);
                      ::kill(::getpid(), a[0].get<int>());
                      sleep(60);
                      return nullptr;
                    }};
const Function kLeaves{"leaves", [](const Arguments&) -> Message { sys_exit(3); }};
const Function kStarts{"starts", [](const Arguments&) -> Message {
                         Process child([] {});
                         child.start();
                         child.join();
                         return *child.exitcode();
                       }};

std::string none(const std::function<void()>& action) {
  action();
  return "None";
}

std::string all(pool::Results results) {
  Value list = Value::array();
  while (auto item = results.next()) list.push_back(*std::move(item));
  return text(list);
}

const TestLesson kLessons[] = {
    {"L-54 L-56 submit, map and what a Future knows", R"py(
from concurrent.futures import ProcessPoolExecutor
def square(x): return x * x
def add(x, y): return x + y
with ProcessPoolExecutor(2) as ex:
    f = ex.submit(square, 7)
    print(f.result(), f.done(), f.running(), f.cancelled(), f.exception(), f.cancel())
    print(list(ex.map(square, range(5))), list(ex.map(add, [1, 2, 3], [4, 5], chunksize=2)))
    print(sorted(p.name for p in ex._processes.values()), [p.daemon for p in ex._processes.values()])
    left = ex.submit(square, 9)
print(left.result())
attempt(lambda: ProcessPoolExecutor(0))
attempt(lambda: ProcessPoolExecutor(1).map(square, [1], chunksize=0))
attempt(lambda: ProcessPoolExecutor(1, max_tasks_per_child=1, mp_context=mp.get_context('fork')))
)py",
     [] {
       std::optional<Future> left;
       {
         Executor ex(2);
         const pool::WithExecutor with(ex);
         const Future f = ex.submit(kSquare, {7});
         say({text(f.result()), text(f.done()), text(f.running()), text(f.cancelled()), (f.exception() ? "error" : "None"), text(f.cancel())});
         say({all(ex.map(kSquare, {pool::range(0, 5)})), all(ex.map(kAdd, {{1, 2, 3}, {4, 5}}, {}, 2))});
         std::vector<std::string> names;
         std::string daemons;
         for (const Process& worker : ex.workers()) {
           names.push_back(worker.name());
           daemons += (daemons.empty() ? "" : ", ") + text(worker.daemon());
         }
         std::sort(names.begin(), names.end());
         print(text(Value(names)) + " [" + daemons + "]");
         left = ex.submit(kSquare, {9});
       }
       print(text(left->result()));
       attempt([] { return none([] { Executor ex(0); }); });
       attempt([] { return none([] { (void)Executor(1).map(kSquare, {{1}}, {}, 0); }); });
       attempt([] { return none([] { (void)Context(StartMethod::fork).make<Executor>(1, pool::ExecutorOptions{.max_tasks_per_child = 1}); }); });
     }},
    {"L-10 L-53 errors of calls", R"py(
from concurrent.futures import ProcessPoolExecutor
thing = lambda x: x
def fails(x): raise ValueError(f'no {x}')
def leaves(): sys.exit(3)
def gives_lambda(): return thing
def same(x): return x
ex = ProcessPoolExecutor(1)
attempt(lambda: ex.submit(fails, 3).result())
try: ex.submit(leaves).result()
except SystemExit as e: print('SystemExit', e)
attempt(lambda: ex.submit(gives_lambda).result())
attempt(lambda: ex.submit(thing, 1).result())
attempt(lambda: ex.submit(same, mp.Lock()).result())
it = ex.map(fails, [1, 2])
attempt(lambda: next(it))
print(next(it, 'over'))
print(ex.submit(same, 'well').result(), len(ex._processes))
ex.submit(fails, 4).result()
)py",
     [] {
       Executor ex(1);
       attempt([&] { return ex.submit(kFails, {3}).result(); });
       try {
         (void)ex.submit(kLeaves).result();
       } catch (const SystemExit& exit) {
         print(fmt::format("SystemExit {}", exit.code));
       }
       attempt([&] { return ex.submit(kGivesLambda).result(); });
       attempt([&] { return ex.submit(kLambda, {1}).result(); });
       attempt([&] { return ex.submit(kSame, {sync::Lock()}).result(); });
       pool::Results it = ex.map(kFails, {{1, 2}});
       attempt([&] { return *it.next(); });
       print(it.next() ? "more" : "over");
       print(ex.submit(kSame, {"well"}).result().get<std::string>() + fmt::format(" {}", ex.workers().size()));
       (void)ex.submit(kFails, {4}).result();
     }},
    {"L-50 L-51 a worker that dies breaks the executor", R"py(
from concurrent.futures import ProcessPoolExecutor
gate = mp.Event()
def die(number):
    gate.wait()
    if number == 0: os._exit(1)
    os.kill(os.getpid(), number)
    time.sleep(60)
def square(x): return x * x
for number in (0, int(signal.SIGKILL), int(signal.SIGTERM)):
    ex = ProcessPoolExecutor(2)
    print(ex.submit(square, 3).result())
    futures = [ex.submit(die, number)] + [ex.submit(time.sleep, 60) for _ in range(5)]
    gate.set()
    for f in futures: attempt(f.result)
    gate.clear()
    attempt(lambda: ex.submit(square, 3))
    ex.shutdown()
)py",
     [] {
       gate.emplace();
       static const Function kSleep{"sleep", [](const Arguments& a) -> Message {
                                      sleep(a[0].get<double>());
                                      return nullptr;
                                    }};
       for (const int number : {0, SIGKILL, SIGTERM}) {
         Executor ex(2);
         print(text(ex.submit(kSquare, {3}).result()));
         std::vector<Future> futures{ex.submit(kDie, {number})};
         for (int i = 0; i < 5; ++i) futures.push_back(ex.submit(kSleep, {60}));
         gate->set();
         for (const Future& f : futures) attempt([&] { return f.result(); });
         gate->clear();
         attempt([&] { return none([&] { (void)ex.submit(kSquare, {3}); }); });
         ex.shutdown();
       }
     }},
    {"L-52 an idle worker is killed", R"py(
from concurrent.futures import ProcessPoolExecutor
def square(x): return x * x
ex = ProcessPoolExecutor(2)
print(ex.submit(square, 3).result())
list(ex._processes.values())[0].kill()
print(eventually(lambda: ex._broken))
attempt(lambda: ex.submit(square, 3))
)py",
     [] {
       Executor ex(2);
       print(text(ex.submit(kSquare, {3}).result()));
       ex.workers().front().kill();
       const bool broken = eventually([&] {
         try {
           (void)ex.submit(kSquare, {3}).exception();
           return false;
         } catch (const PythonError&) {
           return true;
         }
       });
       print(text(broken));
       attempt([&] { return none([&] { (void)ex.submit(kSquare, {3}); }); });
     }},
    {"L-54 a worker may start a process", R"py(
from concurrent.futures import ProcessPoolExecutor
def starts():
    p = Process(target=int)
    p.start()
    p.join()
    return p.exitcode
with ProcessPoolExecutor(1) as ex: print(ex.submit(starts).result())
)py",
     [] {
       Executor ex(1);
       const pool::WithExecutor with(ex);
       print(text(ex.submit(kStarts).result()));
     }},
    {"L-57 L-58 cancel and shutdown", R"py(
from concurrent.futures import ProcessPoolExecutor
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
    return x
ex = ProcessPoolExecutor(1)
futures = [ex.submit(wait, i) for i in range(6)]
begun.wait()
eventually(lambda: futures[1].running() and futures[2].running())
print(futures[0].cancel(), futures[5].cancel(), futures[5].cancel(), futures[5].cancelled(), futures[5].done())
attempt(lambda: futures[5].result())
attempt(lambda: futures[0].result(0.05))
attempt(lambda: futures[0].exception(0.05))
print(repr(futures[5]).split()[2:], repr(futures[0]).split()[2:])
ex.shutdown(wait=False, cancel_futures=True)
print(eventually(futures[4].cancelled))
gate.set()
print(futures[0].result(), repr(futures[0]).split()[2:])
attempt(lambda: ex.submit(wait, 1))
)py",
     [] {
       gate.emplace();
       begun.emplace();
       Executor ex(1);
       std::vector<Future> futures;
       for (int i = 0; i < 6; ++i) futures.push_back(ex.submit(kWait, {i}));
       begun->wait();
       eventually([&] { return futures[1].running() && futures[2].running(); });
       say({text(futures[0].cancel()), text(futures[5].cancel()), text(futures[5].cancel()), text(futures[5].cancelled()), text(futures[5].done())});
       attempt([&] { return futures[5].result(); });
       attempt([&] { return futures[0].result(0.05); });
       attempt([&] { return none([&] { (void)futures[0].exception(0.05); }); });
       const auto state = [](const Future& f) {
         const std::string repr = f.repr();
         Value words = Value::array();
         std::string rest = repr.substr(repr.find("0x"));
         for (std::size_t at; (at = rest.find(' ')) != std::string::npos; rest.erase(0, at + 1)) words.push_back(rest.substr(0, at));
         words.push_back(rest);
         return text(words);
       };
       say({state(futures[5]), state(futures[0])});
       ex.shutdown(false, true);
       print(text(eventually([&] { return futures[4].cancelled(); })));
       gate->set();
       say({text(futures[0].result()), state(futures[0])});
       attempt([&] { return none([&] { (void)ex.submit(kWait, {1}); }); });
     }},
    {"L-59 an initializer that fails breaks the executor", R"py(
from concurrent.futures import ProcessPoolExecutor
def square(x): return x * x
def raises(): os._exit(1)
ex = ProcessPoolExecutor(1, initializer=raises)
attempt(lambda: ex.submit(square, 3).result())
def good(value): globals().update(value=value)
def value_of(): return value
with ProcessPoolExecutor(1, initializer=good, initargs=(5,)) as ex: print(ex.submit(value_of).result())
)py",
     [] {
       static int value = 0;
       static const Function kValue{"value_of", [](const Arguments&) -> Message { return value; }};
       static const Target kGood{"good", [](const Args& args) { value = args.at(0); }};
       {
         Executor ex(1, {.initializer = {.lambda = [] { os_exit(1); }}});
         attempt([&] { return ex.submit(kSquare, {3}).result(); });
       }
       Executor ex(1, {.initializer = {.target = &kGood, .args = {5}}});
       const pool::WithExecutor with(ex);
       print(text(ex.submit(kValue).result()));
     }},
    {"L-60 terminate_workers and kill_workers", R"py(
from concurrent.futures import ProcessPoolExecutor
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
for name in ('terminate_workers', 'kill_workers'):
    ex = ProcessPoolExecutor(1)
    begun.clear()
    f = ex.submit(wait, 1)
    begun.wait()
    attempt(lambda: getattr(ex, name)())
    gate.set()
    try: print(f.result())
    except Exception as e: print(type(e).__name__)
    gate.clear()
)py",
     [] {
       gate.emplace();
       begun.emplace();
       for (const bool kill : {false, true}) {
         Executor ex(1);
         begun->clear();
         const Future f = ex.submit(kWait, {nullptr});
         begun->wait();
         attempt([&] { return none([&] { kill ? ex.kill_workers() : ex.terminate_workers(); }); });
         gate->set();
         try {
           print(text(f.result()));
         } catch (const PythonError& error) {
           print(error.type().substr(error.type().rfind('.') + 1));
         }
         gate->clear();
       }
     }},
    {"callbacks of futures", R"py(
from concurrent.futures import ProcessPoolExecutor
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
    return x
def fails(x): raise ValueError(f'no {x}')
said = []
ex = ProcessPoolExecutor(1)
f = ex.submit(wait, 1)
f.add_done_callback(lambda f: said.append(f.result()))
g = ex.submit(fails, 2)
g.add_done_callback(lambda f: said.append(str(f.exception())))
gate.set()
g.exception()
ex.shutdown()
print(said)
f.add_done_callback(lambda f: said.append('at once'))
print(said[-1])
)py",
     [] {
       gate.emplace();
       begun.emplace();
       Value said = Value::array();
       Executor ex(1);
       const Future f = ex.submit(kWait, {1});
       f.add_done_callback([&](const Future& future) { said.push_back(future.result()); });
       const Future g = ex.submit(kFails, {2});
       g.add_done_callback([&](const Future& future) { said.push_back(future.exception()->message()); });
       gate->set();
       (void)g.exception();
       ex.shutdown();
       print(text(said));
       f.add_done_callback([&](const Future&) { said.push_back("at once"); });
       print(said.back().get<std::string>());
     }},
    // The twin waits for the first one's thread: going away while the program ends, about one time in fifty, it closes the pipe by which the
    // end would wake it, and CPython's end then waits for the other's workers for ever.
    {"L-54 an executor that is dropped, and the program's end", R"py(
import threading
from concurrent.futures import ProcessPoolExecutor
def square(x): return x * x
f = ProcessPoolExecutor(1).submit(square, 3)
print(f.result())
while threading.active_count() > 1: time.sleep(0.001)
ex = ProcessPoolExecutor(2)
f = ex.submit(time.sleep, 0.1)
f.add_done_callback(lambda f: print('done', f.done()))
print('end')
)py",
     [] {
       static const Function kSleep{"sleep", [](const Arguments& a) -> Message {
                                      sleep(a[0].get<double>());
                                      return nullptr;
                                    }};
       {
         const Future f = Executor(1).submit(kSquare, {3});
         print(text(f.result()));
       }
       static std::optional<Executor> ex;
       ex.emplace(2);
       const Future f = ex->submit(kSleep, {0.1});
       f.add_done_callback([](const Future& future) { print("done " + text(future.done())); });
       print("end");
     }},
};

}  // namespace

std::span<const TestLesson> executor_lessons() { return kLessons; }

}  // namespace forklight::tests
