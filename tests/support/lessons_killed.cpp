// Somebody is killed, again and again at random moments: what the others see, and that they never hang where Python's would not.
#include <csignal>
#include <string>
#include <vector>

#include "core/ipc/queue.h"
#include "core/sync/sync.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"
#include "tests/support/rounds.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;
using ipc::Connection;
using ipc::Pipe;
using ipc::Queue;
using ipc::Value;
using sync::With;

constexpr int kRounds = rounds(200);

Process started(std::function<void()> body) {
  Process process(std::move(body));
  process.start();
  return process;
}

// Moments between nothing and 3 ms, the same in every run.
class Moments {
 public:
  void wait() { sleep(static_cast<double>((state_ = state_ * 1664525 + 1013904223) >> 12) / (1 << 20) * 0.003); }

 private:
  std::uint32_t state_ = 4711;
};

// Each finding counted; anything that is not foreseen is named.
struct Findings {
  int right = 0;
  std::string wrong;
  void check(bool holds, const std::string& otherwise) {
    if (holds) {
      ++right;
    } else if (wrong.size() < 300) {
      wrong += otherwise + "; ";
    }
  }
  void print_them() const { print(fmt::format("{} {}", right, wrong)); }
};

bool killed(Process& process) {
  process.kill();
  process.join();
  return process.exitcode() == -SIGKILL;
}

const TestLesson kLessons[] = {
    {"killed producers", "",
     [] {
       // What arrives is what was put, in order and without a gap, up to some moment; the consumer finds the queue empty then.
       Moments moments;
       Findings found;
       for (int round = 0; round < kRounds; ++round) {
         Queue q(20);
         Process producer = started([&] {
           for (int i = 0;; ++i) q.put(i);
         });
         Process consumer = started([&] {
           int next = 0;
           try {
             while (q.get(true, 0.02) == next) ++next;
           } catch (const PythonError& error) {
             os_exit(error.type() == "_queue.Empty" ? 7 : 8);
           }
           os_exit(9);
         });
         moments.wait();
         const bool dead = killed(producer);
         consumer.join();
         found.check(dead && consumer.exitcode() == 7, fmt::format("round {}: {} {}", round, dead, text(consumer.exitcode())));
       }
       found.print_them();
     }},
    {"killed consumers", "",
     [] {
       // It may take the reader's lock along: then there is nothing to be got any more. Else what is left comes in order.
       Moments moments;
       Findings found;
       for (int round = 0; round < kRounds; ++round) {
         Queue q;
         Process consumer = started([&] {
           for (;;) (void)q.get();
         });
         for (int i = 0; i < 300; ++i) q.put(i);
         moments.wait();
         const bool dead = killed(consumer);
         q.put(300);
         bool in_order = true;
         int last = -1;
         try {
           while (last != 300) {
             const int item = q.get(true, last == -1 ? 0.01 : 10.0);  // once there is one, the lock is free and the rest must come
             in_order = in_order && (last == -1 || item == last + 1);
             last = item;
           }
         } catch (const PythonError& error) {
           in_order = in_order && error.type() == "_queue.Empty" && last == -1;
         }
         found.check(dead && in_order, fmt::format("round {}: {} {}", round, dead, last));
         q.close();
         q.join_thread();
       }
       found.print_them();
     }},
    {"killed in the middle of big items", "",
     [] {
       // Cut off in the middle, the rest never comes: the consumer stays blocked, and so do other producers. All can be ended.
       Moments moments;
       Findings found;
       int blocked = 0;
       for (int round = 0; round < kRounds; ++round) {
         Queue q;
         const auto produce = [&] {
           for (const std::string big(100000, 'x');; sleep(0.0002)) q.put(big);
         };
         Process victim = started(produce), other = started(produce);
         Process consumer = started([&] {
           try {
             for (;;) {
               if (q.get(true, 0.5).get_ref<const std::string&>().size() != 100000) os_exit(9);
             }
           } catch (const PythonError& error) {
             os_exit(8);
           }
         });
         moments.wait();
         const bool dead = killed(victim);
         found.check(dead && consumer.is_alive() && other.is_alive(), fmt::format("round {}: {} {}", round, dead, text(consumer.exitcode())));
         const bool others_dead = killed(other);
         consumer.join(0.001);
         blocked += consumer.is_alive() ? 1 : 0;
         const bool last_dead = killed(consumer);
         found.check(others_dead && last_dead, fmt::format("round {}: not killed", round));
       }
       found.check(blocked > 0, "the consumer was never blocked");
       found.print_them();
     }},
    {"killed peers", "",
     [] {
       // EOF, a broken pipe or a reset connection: one of them at once, and never a hang.
       Moments moments;
       Findings found;
       for (int round = 0; round < kRounds; ++round) {
         const bool duplex = round % 2 == 0, big = round % 4 < 2;
         auto [r, w] = Pipe(duplex);
         Process peer = duplex ? started([end = w, other = r]() mutable {
           other.close();
           for (;;) end.send(end.recv());
         })
                               : started([end = w, other = r, big]() mutable {
           other.close();
           for (const std::string item(big ? 50000 : 10, 'x');;) end.send(item);
         });
         w.close();
         Process killer = started([&] {
           moments.wait();
           ::kill(*peer.pid(), SIGKILL);
         });
         std::string last;
         try {
           for (const std::string item(big ? 50000 : 10, 'x');;) {
             if (duplex) r.send(item);
             if (r.recv() != item) process::raise("ValueError", "another item");
           }
         } catch (const PythonError& error) {
           last = error.what();
         }
         killer.join();
         peer.join();
         moments.wait();  // the killer's moments are its own
         const bool foreseen = last == "EOFError" || last == "OSError: got end of file during message" ||
                               last == "BrokenPipeError: [Errno 32] Broken pipe" || last == "ConnectionResetError: [Errno 104] Connection reset by peer";
         found.check(foreseen && peer.exitcode() == -SIGKILL, fmt::format("round {}: {} {}", round, last, text(peer.exitcode())));
       }
       found.print_them();
     }},
    {"killed sleepers", "",
     [] {
       // Killed asleep it freezes who sets the event, and that one whoever asks for it (E-31); killed awake it harms nobody.
       Moments moments;
       Findings found;
       int frozen = 0;
       for (int round = 0; round < kRounds / 2; ++round) {
         sync::Event event;
         sync::Value sets;
         Process victim = started([&] {
           for (;;) event.wait(round % 3 == 0 ? 0.0002 : 1.0);
         });
         Process setter = started([&] {
           for (int count = 0;; sleep(0.0002)) {
             event.set();
             event.clear();
             sets.set(++count);
           }
         });
         eventually([&] { return sets.get() > 0; });
         moments.wait();
         const bool dead = killed(victim);
         // It goes on, or does not: it sleeps in set() then, and counts no more.
         const int before = sets.get();
         bool moves = false;
         for (bool known = false; !known;) {
           const int now = sets.get();
           moves = now > before + 2;
           known = moves || (asleep(*setter.pid()) && sets.get() == now);
         }
         Process probe = started([&] { (void)event.is_set(); });
         if (moves) {
           probe.join(10);
         } else {
           asleep(*probe.pid());
         }
         frozen += moves ? 0 : 1;
         found.check(dead && setter.is_alive() && probe.is_alive() != moves, fmt::format("round {}: {} {}", round, text(moves), text(probe.exitcode())));
         const bool all_dead = killed(setter) && (moves ? probe.exitcode() == 0 : killed(probe));
         found.check(all_dead, fmt::format("round {}: not ended", round));
       }
       found.check(frozen > 0, "nobody was ever killed asleep");
       found.print_them();
     }},
    {"killed holders", "",
     [] {
       // What the dead held stays held (E-12), and nothing else.
       Moments moments;
       Findings found;
       int held = 0, free = 0;
       for (int round = 0; round < kRounds; ++round) {
         sync::Lock lock;
         sync::Value counter;
         const auto work = [&] {
           for (;;) {
             const With taken(lock);
             const With also(counter.get_lock());
             counter.set(counter.get() + 1);
           }
         };
         Process victim = started(work), other = started(work);
         moments.wait();
         const bool dead = killed(victim);
         const bool got = lock.acquire(true, 0.02);
         (got ? free : held) += 1;
         if (got) {  // nobody else counts now
           const int before = counter.get();
           found.check(before == counter.get() && before >= 0, "the counter moved");
           lock.release();
         } else {
           found.check(lock.repr() == "<Lock(owner=SomeOtherProcess)>", lock.repr());
         }
         const bool other_dead = killed(other);
         found.check(dead && other_dead, fmt::format("round {}: not killed", round));
       }
       found.check(held > 0 && held + free == kRounds, fmt::format("held {} free {}", held, free));
       found.print_them();
     }},
    {"traffic of all kinds", "",
     [] {
       // For ever: whoever is killed from outside, and whenever, the run can be stopped.
       Queue q(50), big;
       sync::Lock lock;
       sync::Event event;
       auto [one, two] = Pipe();
       std::vector<Process> many;
       for (int n = 0; n < 2; ++n) {
         many.push_back(started([&] {
           for (int i = 0;; ++i) {
             q.put(i);
             if (i % 10 == 0) sleep(0.0005);
           }
         }));
         many.push_back(started([&] {
           for (;;) {
             (void)q.get();
             const With held(lock);
             event.set();
           }
         }));
       }
       many.push_back(started([end = two]() mutable {
         for (;; sleep(0.0001)) end.send(end.recv());
       }));
       many.push_back(started([&] {
         for (const std::string item(30000, 'x');; sleep(0.0005)) {
           big.put(item);
           (void)big.get();
         }
       }));
       for (;;) {
         one.send(1);
         (void)one.recv();
         event.clear();
         event.wait(0.001);
       }
     }},
};

}  // namespace

std::span<const TestLesson> killed_lessons() { return kLessons; }

}  // namespace forklight::tests
