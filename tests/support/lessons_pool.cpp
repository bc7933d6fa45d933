// Part L of SEMANTICS.md: Pool, in C++ and in Python.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "core/ipc/queue.h"
#include "core/pool/pool.h"
#include "core/process/runtime.h"
#include "core/process/signals.h"
#include "core/sync/sync.h"
#include "core/trace/recorder.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;
using pool::Arguments;
using pool::AsyncResult;
using pool::Function;
using pool::Message;
using pool::Pool;
using pool::ResultIterator;
using pool::Value;
using sync::Event;

// What a worker inherits.
std::optional<Event> gate, begun;
std::vector<Event> gates;
std::optional<sync::Array> marks;

const Function kSquare{"square", [](const Arguments& a) -> Message { return a[0].get<int>() * a[0].get<int>(); }};
const Function kAdd{"add", [](const Arguments& a) -> Message { return a[0].get<int>() + a[1].get<int>(); }};
const Function kNamed{"named", [](const Arguments& a) -> Message { return Value::array({a[0], a.named("b")}); }};
const Function kSame{"same", [](const Arguments& a) -> Message { return a[0]; }};
const Function kGated{"gated", [](const Arguments& a) -> Message {
                        gates.at(a[0].get<std::size_t>()).wait();
                        return a[0];
                      }};
const Function kWait{"wait", [](const Arguments& a) -> Message {
                       begun->set();
                       gate->wait();
                       return a[0];
                     }};
const Function kFails{"fails", [](const Arguments& a) -> Message { raise("ValueError", fmt::format("no {}", a[0].get<int>())); }};
const Function kMark{"mark", [](const Arguments& a) -> Message {
                       const int i = a[0];
                       marks->set(i, 1);
                       if (i == 1) raise("ValueError", "one");
                       return i;
                     }};
const Function kTwo{"two", [](const Arguments& a) -> Message {
                      if (a[0] == 2) raise("ValueError", "two");
                      return a[0];
                    }};
const Function kLambda{pool::kLambda, [](const Arguments& a) -> Message { return a[0]; }};
const Function kGivesLambda{"gives_lambda", [](const Arguments&) { return Message::lambda(); }};
const Function kFragile{"fragile", [](const Arguments&) -> Message {
                          throw pool::FragileError("__main__.Fragile", "a", "Fragile.__init__() missing 1 required positional argument: 'b'");
                        }};
const Function kDie{"die", [](const Arguments& a) -> Message {
                      const std::string how = a[0];
                      if (how == "os._exit") os_exit(3);
                      if (how == "sys.exit") sys_exit(3);
                      if (a[1] == SIGSEGV) ::signal(SIGSEGV, SIG_DFL);  // a sanitizer would take it for its own
                      ::kill(::getpid(), a[1].get<int>());
                      sleep(60);
                      return nullptr;
                    }};
const Function kDieAtTwo{"die_at_two", [](const Arguments& a) -> Message {
                           if (a[0] == 2) os_exit(1);
                           return a[0];
                         }};
const Function kPid{"pid", [](const Arguments&) -> Message { return static_cast<int>(::getpid()); }};
const Function kStarts{"starts", [](const Arguments&) -> Message {
                         Process child([] {});
                         child.start();
                         return nullptr;
                       }};
const Function kSleep{"sleep", [](const Arguments& a) -> Message {
                        sleep(a[0].get<double>());
                        return nullptr;
                      }};

Value all(ResultIterator iterator) {
  Value list = Value::array();
  while (auto item = iterator.next()) list.push_back(*std::move(item));
  return list;
}

std::string thread_name() {
  trace::Recorder& recorder = trace::Recorder::current();
  return recorder.region().slot(recorder.slot()).name;
}

std::string names(const Pool& pool) {
  Value list = Value::array();
  for (const Process& worker : pool.workers()) list.push_back(worker.name());
  return text(list);
}

bool replaced(const Pool& pool, const std::string& first) {
  return eventually([&] {
    const auto workers = pool.workers();
    return !workers.empty() && std::none_of(workers.begin(), workers.end(), [&](const Process& worker) { return worker.name() == first; });
  });
}

std::string none(const std::function<void()>& action) {
  action();
  return "None";
}

// Kills the workers that are left, and leaves.
void leave_pool(const Pool& pool) {
  for (Process worker : pool.workers()) worker.kill();
  leave();
}

const TestLesson kLessons[] = {
    {"L-01 apply, map, starmap, imap", R"py(
def square(x): return x * x
def add(x, y): return x + y
def named(a, b): return [a, b]
pool = mp.Pool(2)
print(pool.apply(square, (7,)))
print(pool.map(square, range(10)))
print(pool.starmap(add, [(1, 2), (3, 4), (5, 6)]))
print(list(pool.imap(square, range(5))))
print(list(pool.imap(square, range(5), 2)))
print(sorted(pool.imap_unordered(square, range(5), 2)))
print(pool.apply_async(named, (1,), {'b': 'two'}).get())
print(pool.starmap_async(add, [(1, 2)]).get(), pool.map_async(square, [3]).get())
pool.close()
pool.join()
)py",
     [] {
       Pool p(2);
       print(text(p.apply(kSquare, {7})));
       print(text(p.map(kSquare, pool::range(0, 10))));
       print(text(p.starmap(kAdd, {Value{1, 2}, Value{3, 4}, Value{5, 6}})));
       print(text(all(p.imap(kSquare, pool::range(0, 5)))));
       print(text(all(p.imap(kSquare, pool::range(0, 5), 2))));
       auto unordered = all(p.imap_unordered(kSquare, pool::range(0, 5), 2)).get<std::vector<int>>();
       std::sort(unordered.begin(), unordered.end());
       print(text(Value(unordered)));
       print(text(p.apply_async(kNamed, {1}, {{"b", "two"}}).get()));
       say({text(p.starmap_async(kAdd, {Value{1, 2}}).get()), text(p.map_async(kSquare, {3}).get())});
       p.close();
       p.join();
     }},
    {"L-02 imap_unordered gives what is done first", R"py(
gates = [mp.Event() for _ in range(3)]
def gated(i):
    gates[i].wait()
    return i
pool = mp.Pool(2)
it = pool.imap_unordered(gated, range(3))
for i in (1, 2, 0):
    gates[i].set()
    print(next(it))
try: print(next(it))
except StopIteration: print('over')
pool.terminate()
)py",
     [] {
       for (int i = 0; i < 3; ++i) gates.emplace_back();
       Pool p(2);
       ResultIterator it = p.imap_unordered(kGated, pool::range(0, 3));
       for (const std::size_t i : {1, 2, 0}) {
         gates[i].set();
         print(text(*it.next()));
       }
       print(it.next() ? "more" : "over");
       p.terminate();
     }},
    {"L-03 L-05 L-06 no items, no chunks", R"py(
def square(x): return x * x
pool = mp.Pool(2)
print(pool.map(square, []), pool.map(square, [1, 2], 0), pool.map(square, [1, 2], -1))
for size in (0, -1): attempt(lambda: pool.imap(square, [1, 2], size))
print(list(pool.imap(square, [])), pool.starmap(square, []))
pool.close()
pool.join()
)py",
     [] {
       Pool p(2);
       say({text(p.map(kSquare, {})), text(p.map(kSquare, {1, 2}, 0)), text(p.map(kSquare, {1, 2}, -1))});
       for (const int size : {0, -1}) attempt([&] { return none([&] { (void)p.imap(kSquare, {1, 2}, size); }); });
       say({text(all(p.imap(kSquare, {}))), text(p.starmap(kSquare, {}))});
       p.close();
       p.join();
     }},
    {"L-04 chunk sizes", R"py(
def same(x): return x
pool = mp.Pool(4)
for n in (1, 16, 17, 32, 33, 100, 1000):
    r = pool.map_async(same, range(n))
    print(n, r._chunksize, r.get() == list(range(n)))
pool.close()
pool.join()
)py",
     [] {
       Pool p(4);
       for (const int n : {1, 16, 17, 32, 33, 100, 1000}) {
         const auto result = p.map_async(kSame, pool::range(0, n)).get().get<std::vector<int>>();
         bool same = result.size() == static_cast<std::size_t>(n);
         for (int i = 0; same && i < n; ++i) same = result[static_cast<std::size_t>(i)] == i;
         print(fmt::format("{} {} {}", n, pool::default_chunksize(static_cast<std::size_t>(n), 4), text(same)));
       }
       p.close();
       p.join();
     }},
    {"L-07 L-08 L-09 a result that is not ready", R"py(
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
    return x
pool = mp.Pool(1)
r = pool.apply_async(wait, (5,))
begun.wait()
print(r.ready())
attempt(lambda: r.get(0.05))
attempt(lambda: r.get(0))
attempt(lambda: r.get(-1))
attempt(lambda: r.wait(0.05))
attempt(lambda: r.successful())
m = pool.map_async(wait, [1])
attempt(lambda: m.successful())
gate.set()
print(r.get(), r.get(0), r.ready(), r.successful(), m.get())
pool.close()
pool.join()
)py",
     [] {
       gate.emplace();
       begun.emplace();
       Pool p(1);
       AsyncResult r = p.apply_async(kWait, {5});
       begun->wait();
       print(text(r.ready()));
       attempt([&] { return r.get(0.05); });
       attempt([&] { return r.get(0.0); });
       attempt([&] { return r.get(-1.0); });
       attempt([&] { return none([&] { r.wait(0.05); }); });
       attempt([&] { return r.successful(); });
       AsyncResult m = p.map_async(kWait, {1});
       attempt([&] { return m.successful(); });
       gate->set();
       say({text(r.get()), text(r.get(0.0)), text(r.ready()), text(r.successful()), text(m.get())});
       p.close();
       p.join();
     }},
    {"L-10 an error comes back with the worker's traceback", R"py(
def fails(x): raise ValueError(f'no {x}')
pool = mp.Pool(1)
r = pool.apply_async(fails, (3,))
r.wait()
print(r.ready(), r.successful())
attempt(lambda: r.get())
pool.map(fails, [4])
)py",
     [] {
       Pool p(1);
       AsyncResult r = p.apply_async(kFails, {3});
       r.wait();
       say({text(r.ready()), text(r.successful())});
       attempt([&] { return r.get(); });
       p.map(kFails, {4});
     }},
    {"L-11 L-12 a failing item ends its chunk, and map when all chunks are done", R"py(
marks = mp.Array('i', 6)
def mark(i):
    marks[i] = 1
    if i == 1: raise ValueError('one')
    return i
pool = mp.Pool(2)
attempt(lambda: pool.map(mark, range(6), 3))
print(marks[:])
pool.close()
pool.join()
)py",
     [] {
       marks.emplace(6);
       Pool p(2);
       attempt([&] { return p.map(kMark, pool::range(0, 6), 3); });
       Value list = Value::array();
       for (int i = 0; i < 6; ++i) list.push_back(marks->get(i));
       print(text(list));
       p.close();
       p.join();
     }},
    {"L-13 imap goes on after an item that failed", R"py(
def two(x):
    if x == 2: raise ValueError('two')
    return x
pool = mp.Pool(2)
it = pool.imap(two, range(4))
for _ in range(4): attempt(lambda: next(it))
print(next(it, 'over'))
it = pool.imap(two, range(6), 2)
for _ in range(4): attempt(lambda: next(it, 'over'))
pool.close()
pool.join()
)py",
     [] {
       Pool p(2);
       const auto next = [](ResultIterator& it) { return it.next().value_or("over"); };
       ResultIterator it = p.imap(kTwo, pool::range(0, 4));
       for (int i = 0; i < 4; ++i) attempt([&] { return next(it); });
       print(it.next() ? "more" : "over");
       it = p.imap(kTwo, pool::range(0, 6), 2);
       for (int i = 0; i < 4; ++i) attempt([&] { 
         const Value value = next(it);
         return value.is_string() ? std::string("over") : text(value);
       });
       p.close();
       p.join();
     }},
    {"L-14 callbacks", R"py(
def square(x): return x * x
def fails(x): raise ValueError(f'no {x}')
said = []
def good(value): said.append((threading.current_thread().name, 'good', value))
def bad(error): said.append((threading.current_thread().name, 'bad', str(error)))
pool = mp.Pool(2)
def tell():
    while said: print(*said.pop(0))
pool.apply_async(square, (3,), callback=good, error_callback=bad).get(); tell()
attempt(lambda: pool.apply_async(fails, (3,), callback=good, error_callback=bad).get()); tell()
pool.map_async(square, [1, 2], callback=good, error_callback=bad).get(); tell()
attempt(lambda: pool.map_async(fails, [4], callback=good, error_callback=bad).get()); tell()
pool.close()
pool.join()
)py",
     [] {
       std::vector<std::string> said;
       const pool::Callbacks callbacks{[&](const Value& value) { said.push_back(thread_name() + " good " + text(value)); },
                                       [&](const PythonError& error) { said.push_back(thread_name() + " bad " + error.message()); }};
       const auto tell = [&] {
         for (const std::string& one : said) print(one);
         said.clear();
       };
       Pool p(2);
       p.apply_async(kSquare, {3}, nullptr, callbacks).get();
       tell();
       attempt([&] { return p.apply_async(kFails, {3}, nullptr, callbacks).get(); });
       tell();
       p.map_async(kSquare, {1, 2}, {}, callbacks).get();
       tell();
       attempt([&] { return p.map_async(kFails, {4}, {}, callbacks).get(); });
       tell();
       p.close();
       p.join();
     }},
    {"L-15 a callback that raises ends the thread that brings results", R"py(
def square(x): return x * x
def raises(value): raise ValueError(f'no {value}')
pool = mp.Pool(1)
r = pool.apply_async(square, (3,), callback=raises)
print(eventually(lambda: not pool._result_handler.is_alive()))
attempt(lambda: r.get(0.1))
attempt(lambda: pool.apply_async(square, (4,)).get(0.3))
attempt(pool.terminate)
)py",
     [] {
       static std::atomic<bool> called{false};
       Pool p(1);
       AsyncResult r = p.apply_async(kSquare, {3}, nullptr, {[](const Value& value) {
                                                                called = true;
                                                                raise("ValueError", "no " + text(value));
                                                              },
                                                              nullptr});
       print(text(eventually([] { return called.load(); }) && others_asleep()));
       attempt([&] { return r.get(0.1); });
       attempt([&] { return p.apply_async(kSquare, {4}).get(0.3); });
       attempt([&] { return none([&] { p.terminate(); }); });
     }},
    {"L-15 a KeyError of a callback is taken for something else", R"py(
def square(x): return x * x
said = []
def raises(value):
    said.append(value)
    raise KeyError(value)
pool = mp.Pool(1)
r = pool.apply_async(square, (3,), callback=raises)
print(eventually(lambda: said))
attempt(lambda: r.get(0.1))
print(pool.apply(square, (4,)))
pool.terminate()
)py",
     [] {
       static std::atomic<bool> called{false};
       Pool p(1);
       AsyncResult r = p.apply_async(kSquare, {3}, nullptr, {[](const Value& value) {
                                                                called = true;
                                                                raise("KeyError", text(value));
                                                              },
                                                              nullptr});
       print(text(eventually([] { return called.load(); })));
       attempt([&] { return r.get(0.1); });
       print(text(p.apply(kSquare, {4})));
       p.terminate();
     }},
    {"L-16 a callback that waits for another task of its pool", R"py(
def square(x): return x * x
pool = mp.Pool(1)
def again(value): pool.apply(square, (4,))
r = pool.apply_async(square, (3,), callback=again)
print(hangs(lambda: r.get()))
[w.kill() for w in pool._pool]
leave()
)py",
     [] {
       Pool p(1);
       AsyncResult r = p.apply_async(kSquare, {3}, nullptr, {[p](const Value&) mutable { p.apply(kSquare, {4}); }, nullptr});
       print(text(hangs([r] { (void)r.get(); })));
       leave_pool(p);
     }},
    {"L-17 an exception that cannot be unpickled", R"py(
class Fragile(Exception):
    def __init__(self, a, b): super().__init__(a)
def fragile(): raise Fragile('a', 'b')
def square(x): return x * x
pool = mp.Pool(1)
attempt(lambda: pool.apply_async(fragile).get(0.3))
attempt(lambda: pool.apply_async(square, (4,)).get(0.3))
attempt(pool.terminate)
)py",
     [] {
       Pool p(1);
       attempt([&] { return p.apply_async(kFragile).get(0.3); });
       attempt([&] { return p.apply_async(kSquare, {4}).get(0.3); });
       attempt([&] { return none([&] { p.terminate(); }); });
     }},
    {"L-18 a result that cannot be pickled", R"py(
thing = lambda: 0
def gives_lambda(): return thing
def square(x): return x * x
pool = mp.Pool(1)
first = pool._pool[0].pid
attempt(lambda: pool.apply(gives_lambda))
print(pool.apply(square, (4,)), pool._pool[0].pid == first)
pool.close()
pool.join()
)py",
     [] {
       Pool p(1);
       const auto first = p.workers().front().pid();
       attempt([&] { return p.apply(kGivesLambda); });
       say({text(p.apply(kSquare, {4})), text(p.workers().front().pid() == first)});
       p.close();
       p.join();
     }},
    {"L-19 what cannot be pickled fails in get", R"py(
def same(x): return x
thing = lambda x: x
pool = mp.Pool(1)
r = pool.apply_async(thing, (1,))
attempt(lambda: r.get())
attempt(lambda: pool.map(thing, [1, 2]))
attempt(lambda: pool.apply(same, (mp.Lock(),)))
attempt(lambda: pool.apply(same, (mp.Event(),)))
attempt(lambda: pool.map(same, [mp.Queue()]))
attempt(lambda: pool.apply(same, (pool,)))
print(pool.apply(same, ('well',)))
pool.close()
pool.join()
)py",
     [] {
       Pool p(1);
       AsyncResult r = p.apply_async(kLambda, {1});
       attempt([&] { return r.get(); });
       attempt([&] { return p.map(kLambda, {1, 2}); });
       attempt([&] { return p.apply(kSame, {sync::Lock()}); });
       attempt([&] { return p.apply(kSame, {Event()}); });
       attempt([&] { return p.map(kSame, {ipc::Queue()}); });
       attempt([&] { return p.apply(kSame, {p}); });
       print(p.apply(kSame, {"well"}).get<std::string>());
       p.close();
       p.join();
     }},
    {"L-20 an iterator that raises", R"py(
def same(x): return x
def source():
    yield 0
    yield 1
    raise KeyError('source')
pool = mp.Pool(2)
attempt(lambda: pool.map(same, source()))
it = pool.imap(same, source())
for _ in range(3): attempt(lambda: next(it))
print(next(it, 'over'))
pool.close()
pool.join()
)py",
     [] {
       const auto source = [] {
         return pool::Iterable([i = 0]() mutable -> std::optional<Message> {
           if (i == 2) raise("KeyError", "'source'");
           return i++;
         });
       };
       Pool p(2);
       attempt([&] { return p.map(kSame, source()); });
       ResultIterator it = p.imap(kSame, source());
       for (int i = 0; i < 3; ++i) attempt([&] { return it.next().value_or("over"); });
       print(it.next() ? "more" : "over");
       p.close();
       p.join();
     }},
    {"L-21 a worker that dies is replaced, and its task is lost", R"py(
def square(x): return x * x
def die(how, number=0):
    if how == 'os._exit': os._exit(3)
    if how == 'sys.exit': sys.exit(3)
    os.kill(os.getpid(), number)
    time.sleep(60)
pool = mp.Pool(1)
for how, number in (('os._exit', 0), ('sys.exit', 0), ('kill', signal.SIGKILL), ('kill', signal.SIGTERM), ('kill', signal.SIGSEGV)):
    before = pool._pool[0].name
    r = pool.apply_async(die, (how, int(number)))
    print(eventually(lambda: pool._pool and pool._pool[0].name != before), [w.name for w in pool._pool])
    attempt(lambda: r.get(0.05))
    print(pool.apply(square, (3,)), r.ready())
pool.terminate()
)py",
     [] {
       Pool p(1);
       const std::pair<const char*, int> ways[] = {{"os._exit", 0}, {"sys.exit", 0}, {"kill", SIGKILL}, {"kill", SIGTERM}, {"kill", SIGSEGV}};
       for (const auto& [how, number] : ways) {
         const std::string before = p.workers().front().name();
         AsyncResult r = p.apply_async(kDie, {how, number});
         const bool other = replaced(p, before);
         say({text(other), names(p)});
         attempt([&] { return r.get(0.05); });
         say({text(p.apply(kSquare, {3})), text(r.ready())});
       }
       p.terminate();
     }},
    {"L-22 L-23 map never ends without the task that died", R"py(
def die_at_two(x):
    if x == 2: os._exit(1)
    return x
pool = mp.Pool(2)
r = pool.map_async(die_at_two, range(6), 1)
print(eventually(lambda: r._number_left == 1))
attempt(lambda: r.get(0.1))
pool.close()
print(hangs(pool.join))
pool.terminate()
print(r.ready())
)py",
     [] {
       Pool p(2);
       AsyncResult r = p.map_async(kDieAtTwo, pool::range(0, 6), 1);
       // All the others are done when one more is.
       print(text(eventually([&] { return p.apply_async(kSame, {1}).get() == 1; })));
       attempt([&] { return r.get(0.1); });
       p.close();
       print(text(hangs([p]() mutable { p.join(); })));
       p.terminate();
       print(text(r.ready()));
     }},
    {"L-24 an idle worker is killed with the lock of the task pipe", R"py(
def square(x): return x * x
pool = mp.Pool(1)
asleep(pool._pool[0].pid)
pool._pool[0].kill()
print(eventually(lambda: pool._pool and pool._pool[0].name != 'ForkPoolWorker-1'), [w.name for w in pool._pool])
attempt(lambda: pool.apply_async(square, (2,)).get(0.3))
print(hangs(pool.terminate))
[w.kill() for w in pool._pool]
leave()
)py",
     [] {
       Pool p(1);
       Process first = p.workers().front();
       asleep(*first.pid());
       first.kill();
       const bool other = replaced(p, "ForkPoolWorker-1");
       say({text(other), names(p)});
       attempt([&] { return p.apply_async(kSquare, {2}).get(0.3); });
       print(text(hangs([p]() mutable { p.terminate(); })));
       leave_pool(p);
     }},
    {"L-25 maxtasksperchild", R"py(
def pid(x): return os.getpid()
pool = mp.Pool(2, maxtasksperchild=2)
print(len(set(pool.map(pid, range(10), 1))) >= 5, flush=True)
pool.close()
pool.join()
pool = mp.Pool(1, maxtasksperchild=2)
print([len(set(pool.map(pid, range(8), 4))) for _ in range(2)], len(set(pool.map(pid, range(4), 1))), flush=True)  # a worker born meanwhile would inherit it
pool.close()
pool.join()
print([w.exitcode for w in pool._pool])
)py",
     [] {
       const auto different = [](const Value& list) { return list.get<std::set<int>>().size(); };
       Pool p(2, {.maxtasksperchild = 2});
       print(text(different(p.map(kPid, pool::range(0, 10), 1)) >= 5));
       p.close();
       p.join();
       p = Pool(1, {.maxtasksperchild = 2});
       const auto first = different(p.map(kPid, pool::range(0, 8), 4)), second = different(p.map(kPid, pool::range(0, 8), 4));
       print(fmt::format("[{}, {}] {}", first, second, different(p.map(kPid, pool::range(0, 4), 1))));
       p.close();
       p.join();
       Value codes = Value::array();
       for (Process& worker : p.workers()) codes.push_back(*worker.exitcode());
       print(text(codes));
     }},
    {"L-26 leaving the scope terminates", R"py(
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
    return x
with mp.Pool(2) as pool:
    r = pool.map_async(wait, [1, 2], 1)
    begun.wait()
print(pool)
attempt(lambda: r.get(0.1))
print(sorted(w.exitcode for w in pool._pool)[0])
pool.join()
attempt(lambda: pool.__enter__())
)py",
     [] {
       gate.emplace();
       begun.emplace();
       Pool p(2);
       AsyncResult r = [&] {
         const pool::With with(p);
         AsyncResult result = p.map_async(kWait, {1, 2}, 1);
         begun->wait();
         return result;
       }();
       print(p.repr());
       attempt([&] { return r.get(0.1); });
       std::vector<int> codes;
       for (Process& worker : p.workers()) codes.push_back(*worker.exitcode());
       print(text(*std::min_element(codes.begin(), codes.end())));
       p.join();
       attempt([&] { return none([&] { const pool::With with(p); }); });
     }},
    {"L-27 L-28 L-29 close and join wait for everything", R"py(
def square(x): return x * x
def nap(x): time.sleep(x)
pool = mp.Pool(2)
attempt(pool.join)
r = pool.map_async(nap, [0.05] * 6, 1)
print(pool)
pool.close()
print(pool)
attempt(lambda: pool.apply(square, (1,)))
attempt(lambda: pool.map(square, [1]))
attempt(lambda: pool.imap(square, [1]))
pool.join()
print(r.ready(), [w.exitcode for w in pool._pool])
attempt(lambda: pool.apply_async(square, (1,)))
pool.close()
pool.terminate()
print(pool)
attempt(lambda: pool.apply_async(square, (1,)))
)py",
     [] {
       Pool p(2);
       attempt([&] { return none([&] { p.join(); }); });
       AsyncResult r = p.map_async(kSleep, std::vector<Message>(6, Message(0.05)), 1);
       print(p.repr());
       p.close();
       print(p.repr());
       attempt([&] { return p.apply(kSquare, {1}); });
       attempt([&] { return p.map(kSquare, {1}); });
       attempt([&] { return none([&] { (void)p.imap(kSquare, {1}); }); });
       p.join();
       Value codes = Value::array();
       for (Process& worker : p.workers()) codes.push_back(*worker.exitcode());
       say({text(r.ready()), text(codes)});
       attempt([&] { return none([&] { (void)p.apply_async(kSquare, {1}); }); });
       p.close();
       p.terminate();
       print(p.repr());
       attempt([&] { return none([&] { (void)p.apply_async(kSquare, {1}); }); });
     }},
    {"L-30 L-31 how many workers", R"py(
for n in (0, -1): attempt(lambda: mp.Pool(n))
for n in (0, -2): attempt(lambda: mp.Pool(1, maxtasksperchild=n))
pool = mp.Pool()
print(len(pool._pool) == os.cpu_count())
pool.terminate()
)py",
     [] {
       for (const int n : {0, -1}) attempt([&] { return none([&] { Pool p(n); }); });
       for (const int n : {0, -2}) attempt([&] { return none([&] { Pool p(1, {.maxtasksperchild = n}); }); });
       Pool p;
       print(text(static_cast<long>(p.workers().size()) == ::sysconf(_SC_NPROCESSORS_ONLN)));
       p.terminate();
     }},
    {"L-32 an initializer that fails is called again and again", R"py(
def square(x): return x * x
def leaves(): sys.exit(1)
pool = mp.Pool(1, leaves)
r = pool.apply_async(square, (2,))
print(eventually(lambda: pool._pool and int(pool._pool[0].name.rsplit('-')[-1]) > 8), r.ready())
pool.terminate()
)py",
     [] {
       Pool p(1, {.initializer = {.lambda = [] { sys_exit(1); }}});
       AsyncResult r = p.apply_async(kSquare, {2});
       const bool many = eventually([&] {
         const auto workers = p.workers();
         return !workers.empty() && std::stoi(workers.front().name().substr(workers.front().name().rfind('-') + 1)) > 8;
       });
       say({text(many), text(r.ready())});
       p.terminate();
     }},
    {"L-33 a worker may not start a process", R"py(
def starts():
    p = Process(target=print)
    p.start()
pool = mp.Pool(1)
print(pool._pool[0].daemon)
attempt(lambda: pool.apply(starts))
pool.terminate()
)py",
     [] {
       Pool p(1);
       print(text(p.workers().front().daemon()));
       attempt([&] { return p.apply(kStarts); });
       p.terminate();
     }},
    {"L-34 the program ends while a task runs", R"py(
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
pool = mp.Pool(2)
pool.apply_async(wait, (1,))
begun.wait()
print('end')
)py",
     [] {
       gate.emplace();
       begun.emplace();
       static std::optional<Pool> p;  // a variable of the module: it is there until the end
       p.emplace(2);
       p->apply_async(kWait, {1});
       begun->wait();
       print("end");
     }},
    {"L-35 a pool that is dropped", R"py(
def square(x): return x * x
pool = mp.Pool(2)
print(pool.apply(square, (5,)))
workers = pool._pool
del pool
print(eventually(lambda: not mp.active_children()), all(w.exitcode is not None for w in workers))
)py",
     [] {
       std::vector<Process> workers;
       {
         Pool p(2);
         print(text(p.apply(kSquare, {5})));
         workers = p.workers();
       }
       const bool gone = eventually([] { return active_children().empty(); });
       bool ended = true;
       for (Process& worker : workers) ended = ended && worker.exitcode().has_value();
       say({text(gone), text(ended)});
     }},
    {"L-36 imap runs ahead of its workers", R"py(
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
    return x
pulled = [0]
def source():
    while True:
        pulled[0] += 1
        yield pulled[0]
pool = mp.Pool(1)
it = pool.imap(wait, source())
begun.wait()
print(eventually(lambda: pulled[0] > 500))
def still():
    before = pulled[0]
    time.sleep(0.1)
    return pulled[0] == before
print(eventually(still), pulled[0] < 20000)
pool.terminate()
)py",
     [] {
       gate.emplace();
       begun.emplace();
       static std::atomic<int> pulled{0};
       Pool p(1);
       ResultIterator it = p.imap(kWait, pool::Iterable([]() -> std::optional<Message> { return ++pulled; }));
       begun->wait();
       print(text(eventually([] { return pulled > 500; })));
       const bool stands = eventually([] {
         const int before = pulled;
         sleep(0.1);
         return pulled == before;
       });
       say({text(stands), text(pulled < 20000)});
       p.terminate();
     }},
    {"L-37 SIGINT to a worker and to who waits for it", R"py(
begun = mp.Event()
def wait(x):
    begun.set()
    time.sleep(60)
pool = mp.Pool(1)
r = pool.apply_async(wait, (1,))
begun.wait()
os.kill(pool._pool[0].pid, signal.SIGINT)
print(eventually(lambda: pool._pool and pool._pool[0].name != 'ForkPoolWorker-1'), flush=True)
main = threading.get_native_id()
def interrupt():
    asleep(main)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
r.get()
)py",
     [] {
       begun.emplace();
       static const Function kWaits{"wait", [](const Arguments&) -> Message {
                                      begun->set();
                                      sleep(60);
                                      return nullptr;
                                    }};
       Pool p(1);
       AsyncResult r = p.apply_async(kWaits, {1});
       begun->wait();
       ::kill(*p.workers().front().pid(), SIGINT);
       print_now(text(replaced(p, "ForkPoolWorker-1")));
       Thread interrupt(
           [main = ::getpid()] {
             asleep(main);
             ::kill(main, SIGINT);
           },
           {.name = {}, .daemon = true});
       interrupt.start();
       (void)r.get();
     }},
    {"L-38 next with a timeout", R"py(
gate, begun = mp.Event(), mp.Event()
def wait(x):
    begun.set()
    gate.wait()
    return x
pool = mp.Pool(1)
it = pool.imap(wait, [1, 2])
attempt(lambda: it.next(0.05))
attempt(lambda: pool.imap(wait, [1, 2], 2).next(0.05))
gate.set()
print(it.next(10), it.next(timeout=10))
try: it.next(0)
except StopIteration: print('over')
pool.terminate()
)py",
     [] {
       gate.emplace();
       begun.emplace();
       Pool p(1);
       ResultIterator it = p.imap(kWait, {1, 2});
       attempt([&] { return *it.next(0.05); });
       attempt([&] { return *p.imap(kWait, {1, 2}, 2).next(0.05); });
       gate->set();
       say({text(*it.next(10.0)), text(*it.next(10.0))});
       print(it.next(0.0) ? "more" : "over");
       p.terminate();
     }},
};

}  // namespace

std::span<const TestLesson> pool_lessons() { return kLessons; }

}  // namespace forklight::tests
