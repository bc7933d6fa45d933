// Pools under every start method, at work and under fire; and for the benchmark.
#include <unistd.h>

#include <atomic>
#include <random>
#include <set>

#include "core/pool/executor.h"
#include "core/pool/pool.h"
#include "core/process/start_method.h"
#include "core/sync/raw.h"
#include "core/sync/sync.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using pool::Arguments;
using pool::Executor;
using pool::Function;
using pool::Future;
using pool::Message;
using pool::Pool;
using pool::Value;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kMany = 40'000, kCalls = 8'000;
#elif !defined(__OPTIMIZE__)  // a million would take minutes
constexpr int kMany = 100'000, kCalls = 100'000;
#else
constexpr int kMany = 1'000'000, kCalls = 100'000;
#endif
constexpr int kWorkers = 4, kKilled = 16;

// In memory that all processes share: how often each item was called.
std::atomic<std::uint8_t>* calls = nullptr;

const Function kCount{"count", [](const Arguments& a) -> Message {
                        const int i = a[0];
                        ++calls[i];
                        return Value::array({i, static_cast<int>(::getpid())});
                      }};
const Function kNothing{"nothing", [](const Arguments& a) -> Message { return a[0]; }};
const Function kSquare{"square", [](const Arguments& a) -> Message { return a[0].get<int>() * a[0].get<int>(); }};
const Function kGuarded{"guarded", [](const Arguments& a) -> Message { return a[0]; }, Scope::guarded};
std::optional<sync::Event> inherited;
const Function kName{"name", [](const Arguments&) -> Message { return current_process_name().substr(0, current_process_name().find('-')); }};
const Function kSets{"sets", [](const Arguments& a) -> Message {
                       inherited->set();
                       return a[0];
                     }};
const Target kInherit{"inherit", [](const Args& args) { inherited = args.get<sync::Event>(0); }};

void all_over_workers() {
  calls = reinterpret_cast<std::atomic<std::uint8_t>*>(sync::shared_memory(kMany));
  Pool p(kWorkers);
  const Value results = p.map(kCount, pool::range(0, kMany), 1);
  bool in_order = results.size() == kMany;
  std::set<int> pids;
  int wrong = 0;
  for (int i = 0; i < kMany; ++i) {
    const Value& one = results[static_cast<std::size_t>(i)];
    in_order = in_order && one.at(0) == i;
    pids.insert(one.at(1).get<int>());
    wrong += calls[i] == 1 ? 0 : 1;
  }
  print(fmt::format("{} {} {}", text(in_order), pids.size(), wrong));
  p.close();
  p.join();
}

// As many executors, one after the other, as workers are killed: each at another moment of its calls.
void killed_at_random() {
  std::mt19937 random(20);
  int settled = 0, broken = 0, good = 0;
  for (int round = 0; round < kKilled; ++round) {
    Executor ex(kWorkers);
    std::vector<Future> futures;
    const int count = kCalls / kKilled;
    const int moment = static_cast<int>(random() % static_cast<unsigned>(count));
    for (int i = 0; i < count; ++i) {
      if (i == moment) {
        auto workers = ex.workers();
        if (!workers.empty()) workers[random() % workers.size()].kill();
      }
      try {
        futures.push_back(ex.submit(kNothing, {i}));
      } catch (const PythonError&) {  // it is broken already
        ++settled;
        ++broken;
      }
    }
    if (moment == 0) ex.workers().front().kill();
    for (const Future& future : futures) {
      const auto error = future.exception();
      ++settled;
      (error ? broken : good) += 1;
    }
    ex.shutdown();
  }
  print(fmt::format("{} {}", settled == kCalls / kKilled * kKilled ? "all settled" : "not all settled", broken + good == settled ? "well" : "lost"));
}

// The same under spawn and forkserver: functions are found again in a process that has nothing of ours.
void under_method() {
  for (const char* method : {"fork", "spawn", "forkserver"}) {
    const Context context = Context::get(method);
    auto event = context.make<sync::Event>();
    Pool p = context.make<Pool>(2, pool::PoolOptions{.initializer = {.target = &kInherit, .args = {event}}});
    print(fmt::format("{} {} {}", method, text(p.map(kSquare, pool::range(0, 6))), p.apply(kName).get<std::string>()));
    say({text(event.is_set()), text(p.apply(kSets, {1})), text(event.is_set())});
    attempt([&] { return p.apply(kSquare, {sync::Lock()}); });
    p.close();
    p.join();
    auto ex = context.make<Executor>(2);
    say({text(ex.submit(kSquare, {3}).result()), ex.submit(kName).result().get<std::string>()});
    ex.shutdown();
  }
}

void run_bench() {
  constexpr int kTasks = 20'000, kTurns = 3;
  Pool p(2);
  (void)p.map(kNothing, pool::range(0, 100));
  for (int turn = 0; turn < kTurns; ++turn) {
    const std::int64_t begin = base::now_ns();
    (void)p.map(kNothing, pool::range(0, kTasks), 1);
    print_now(fmt::format("map {}", static_cast<double>(base::now_ns() - begin) / kTasks));
  }
  p.close();
  p.join();
}

const TestLesson kLessons[] = {
    {"a million tasks", "", all_over_workers},
    {"workers killed at random under the executor", "", killed_at_random},
    {"bench pool", "", run_bench},
    {"pools under every start method", R"py(
import multiprocessing as mp, traceback
from concurrent.futures import ProcessPoolExecutor
def attempt(action):
    try: print(action())
    except BaseException as error: print(traceback.format_exception_only(type(error), error)[-1].strip())
def inherit(event):
    global inherited
    inherited = event
def square(x): return x * x
def name(): return mp.current_process().name.partition('-')[0]
def sets(x):
    inherited.set()
    return x
if __name__ == '__main__':
    for method in ('fork', 'spawn', 'forkserver'):
        context = mp.get_context(method)
        event = context.Event()
        pool = context.Pool(2, inherit, (event,))
        print(method, pool.map(square, range(6)), pool.apply(name))
        print(event.is_set(), pool.apply(sets, (1,)), event.is_set())
        attempt(lambda: pool.apply(square, (mp.Lock(),)))
        pool.close()
        pool.join()
        ex = ProcessPoolExecutor(2, mp_context=context)
        print(ex.submit(square, 3).result(), ex.submit(name).result())
        ex.shutdown()
)py",
     under_method, true, {}, nullptr},
};

}  // namespace

std::span<const TestLesson> busy_pool_lessons() { return kLessons; }

}  // namespace forklight::tests
