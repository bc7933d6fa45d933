// Every operation of core/ipc and core/sync by MainProcess, each on an object of its own name: where it has to wait, it does.
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/process/thread.h"
#include "core/sync/sync.h"
#include "core/trace/recorder.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;
using ipc::Pipe;
using ipc::Queue;
using ipc::Value;

// A thread that gets ready, and acts once all others have fallen asleep in what they do next; waited for at the end.
class Then {
 public:
  explicit Then(std::function<void()> action, std::function<void()> preparation = [] {})
      : thread_(
            [this, action = std::move(action), preparation = std::move(preparation)] {
              preparation();
              ready_ = true;
              for (int looks = 0; looks < 3; looks = others_sleep() ? looks + 1 : 0) nap();
              action();
            },
            {.name = "other"}) {
    thread_.start();
    while (!ready_) nap();
  }
  ~Then() { thread_.join(); }
  Then(const Then&) = delete;
  Then& operator=(const Then&) = delete;

 private:
  std::atomic<bool> ready_{false};
  Thread thread_;
};

// What only has to happen, whatever it returns or throws.
template <typename Action>
void just(Action action) {
  try {
    if constexpr (std::is_void_v<decltype(action())>) {
      action();
    } else {
      (void)action();
    }
  } catch (const PythonError&) {
  }
}

const std::string kBig(300'000, 'x');  // more than a pipe or a socket holds

void queues() {
  {
    Queue q(1, "Queue.put");
    q.put(1);
    just([&] { q.put_nowait(2); });
    const Then then([&] { (void)q.get(); });
    q.put(3);
  }
  {
    Queue q(0, "Queue.get");
    just([&] { return q.get_nowait(); });
    const Then then([&] { q.put("late"); });
    (void)q.get();
  }
  {
    Queue q(0, "Queue feeder");
    q.put(kBig);
    {
      const Then then([&] { (void)q.get(); });
      sleep(0.001);
    }
    q.close();
    q.join_thread();
  }
  {
    Queue q(0, "Queue dropped");
    q.put(ipc::Message::lambda());
    eventually([&] { return q.qsize() == 0; });
  }
  {
    ipc::SimpleQueue q("SimpleQueue.put");
    const Then then([&] { (void)q.get(); });
    q.put(kBig);
  }
  {
    ipc::SimpleQueue q("SimpleQueue.get");
    const Then then([&] { q.put(1); });
    (void)q.get();
  }
  {
    ipc::JoinableQueue q(0, "JoinableQueue.join");
    q.put(1);
    eventually([&] { return !q.empty(); });
    (void)q.get();
    const Then then([&] { q.task_done(); });
    q.join();
  }
}

void pipes() {
  {
    auto [r, w] = Pipe(false, "send");
    {
      const Then then([r = r]() mutable { (void)r.recv(); });
      w.send(kBig);
    }
    r.close();
    just([w = w]() mutable { w.send(1); });
  }
  {
    auto [r, w] = Pipe(true, "recv");
    {
      const Then then([w = w]() mutable { w.send(1); });
      (void)r.recv();
    }
    w.close();
    just([r = r]() mutable { return r.recv(); });
  }
  {
    auto [r, w] = Pipe(false, "bytes");
    const std::uint8_t bytes[] = {1, 2};
    w.send_bytes(bytes);
    (void)r.recv_bytes();
  }
  {
    auto [r, w] = Pipe(true, "poll");
    (void)r.poll();
    {
      const Then then([w = w]() mutable { w.send(1); });
      (void)r.poll(std::nullopt);
    }
    const Then then([w = w]() mutable { w.send(2); });
    (void)r.recv();
    (void)ipc::wait({r.fileno()});
  }
}

void locks() {
  {
    sync::Lock lock("Lock");
    lock.acquire();
    lock.acquire(true, 0.001);
    const Then then([&] { lock.release(); });
    lock.acquire();
  }
  {
    sync::RLock lock("RLock");
    const Then then([&] { lock.release(); }, [&] { lock.acquire(); });
    lock.acquire();
    lock.release();
  }
  {
    sync::Semaphore semaphore(0, "Semaphore");
    const Then then([&] { semaphore.release(); });
    semaphore.acquire();
  }
  {
    sync::BoundedSemaphore semaphore(1, "BoundedSemaphore");
    semaphore.acquire();
    const Then then([&] { semaphore.release(); });
    semaphore.acquire();
  }
  {
    sync::Value value(0, "Value");
    const Then then([&] { value.get_lock().release(); }, [&] { value.get_lock().acquire(); });
    value.set(7);
  }
  {
    sync::Array array(3, "Array");
    array.set(2, 7);
  }
}

void meetings() {
  {
    sync::Condition condition("Condition");
    const Then then([&] {
      const sync::With held(condition);
      condition.notify();
    });
    const sync::With held(condition);
    condition.wait();
  }
  {
    sync::Condition condition("Condition timeout");
    const sync::With held(condition);
    condition.wait(0.001);
    condition.notify_all();
  }
  {
    sync::Event event("Event");
    {
      const Then then([&] { event.set(); });
      event.wait();
    }
    (void)event.is_set();
    event.clear();
  }
  {
    sync::Barrier barrier(2, "Barrier");
    const Then then([&] { (void)barrier.wait(); });
    (void)barrier.wait();
  }
  {
    sync::Barrier barrier(2, "Barrier.abort");
    const Then then([&] { barrier.abort(); });
    just([&] { return barrier.wait(); });
  }
}

// Four processes that record two million events a second together, in thousandths of a second, for three seconds. A duty of a real lesson:
// what a machine is to take without loss.
constexpr int kRecorders = 4, kEventsPerSecond = 2'000'000, kIntakeSeconds = 3;
void record_evenly() {
  trace::Recorder& recorder = trace::Recorder::current();
  const std::int64_t begin = base::now_ns();
  constexpr std::int64_t kEach = kEventsPerSecond / kRecorders;
  for (std::int64_t done = 0; done < kEach * kIntakeSeconds;) {
    const std::int64_t due = std::min(kEach * kIntakeSeconds, (base::now_ns() - begin) / 1000 * kEach / 1'000'000);
    for (; done < due; ++done) recorder.record(done % 2 == 0 ? trace::Kind::sleep_begin : trace::Kind::sleep_end, 0, 1000);
    nap();
  }
}

const TestLesson kLessons[] = {
    {"bench intake", "",
     [] {
       std::vector<Process> all;
       for (int i = 0; i < kRecorders; ++i) all.emplace_back([] { record_evenly(); }).start();
       for (Process& one : all) one.join();
     }},
    {"every operation", "",
     [] {
       queues();
       pipes();
       locks();
       meetings();
     }},
};

}  // namespace

std::span<const TestLesson> recorded_lessons() { return kLessons; }

}  // namespace forklight::tests
