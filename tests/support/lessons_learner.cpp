// Lessons that wait for the learner's hand.
#include <vector>

#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/process/start_method.h"
#include "core/process/thread.h"
#include "core/sync/sync.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;

void waits(const Args& args) {
  args.get<sync::Semaphore>(0).release();
  process::sleep(30);
}
constexpr Target kWaits{"waits", waits};

const TestLesson kLessons[] = {
    {"learner: all wait", "",
     [] {
       auto there = Context::get("spawn").make<sync::Semaphore>(0);
       std::vector<Process> children;
       for (const char* method : {"fork", "spawn", "forkserver"}) {
         children.push_back(Context::get(method).make<Process>(kWaits, Args{there}));
         children.back().start();
         there.acquire();
       }
       print_now("ready");
       for (Process& child : children) child.join();
     },
     true, {&kWaits}},
    {"learner: gets", "",
     [] {
       ipc::Queue queue(2);
       Process reader([&] {
         print_now("ready");
         print_now("got " + ipc::repr(queue.get()));
       });
       reader.start();
       reader.join();
     }},
    {"learner: waits", "",
     [] {
       sync::Event event;
       Process waiter([&] {
         print_now("ready");
         event.wait();
         print_now(event.is_set() ? "set" : "clear");
         while (event.is_set()) sleep(0.005);
         print_now("cleared");
       });
       waiter.start();
       waiter.join();
     }},
    {"learner: turns", "",
     [] {
       Thread watcher([] {
         print_now("ready");
         while (switch_interval() == 0.005) sleep(0.005);
         print_now(ipc::repr(switch_interval()));
       });
       watcher.start();
       watcher.join();
     }},
    {"learner: receives", "",
     [] {
       auto [here, there] = ipc::Pipe(false);
       Process receiver([&] {
         there.close();
         print_now("ready");
         try {
           (void)here.recv();
         } catch (const PythonError& error) {
           print_now(error.what());
         }
       });
       receiver.start();
       receiver.join();
     }},
};

}  // namespace

std::span<const TestLesson> learner_lessons() { return kLessons; }

}  // namespace forklight::tests
