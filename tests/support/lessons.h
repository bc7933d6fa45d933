// Purpose-made lessons: small programs, each in C++ on the engine and in Python, that show one fact of SEMANTICS.md.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "core/process/target.h"

namespace forklight::tests {

struct TestLesson {
  std::string_view name;    // "P-15 join before start"; also the request's scenario
  std::string_view python;  // what follows the imports; empty where Python has no such thing
  void (*body)();
  // Whole programs, without the prelude: what their children may run, and what they do when they are imported.
  bool whole = false;
  std::vector<const process::Target*> targets = {};
  void (*imported)() = nullptr;
  process::Source source = process::Source::file;  // how Python gets it
};

[[nodiscard]] std::span<const TestLesson> lessons();
[[nodiscard]] const TestLesson* find_lesson(std::string_view name);

// Its parts, by their files.
[[nodiscard]] std::span<const TestLesson> queue_lessons();
[[nodiscard]] std::span<const TestLesson> pipe_lessons();
[[nodiscard]] std::span<const TestLesson> start_lessons();
[[nodiscard]] std::span<const TestLesson> sync_lessons();
[[nodiscard]] std::span<const TestLesson> learner_lessons();
[[nodiscard]] std::span<const TestLesson> killed_lessons();
[[nodiscard]] std::span<const TestLesson> life_lessons();
[[nodiscard]] std::span<const TestLesson> object_lessons();
[[nodiscard]] std::span<const TestLesson> inherit_lessons();
[[nodiscard]] std::span<const TestLesson> memory_lessons();
[[nodiscard]] std::span<const TestLesson> recorded_lessons();
[[nodiscard]] std::span<const TestLesson> kernel_lessons();
[[nodiscard]] std::span<const TestLesson> gil_lessons();
[[nodiscard]] std::span<const TestLesson> pool_lessons();
[[nodiscard]] std::span<const TestLesson> executor_lessons();
[[nodiscard]] std::span<const TestLesson> busy_pool_lessons();

// From now on the kernel refuses this process its records; for the supervisor of "kernel refused".
void refuse_perf_events();

// What every Python program here begins with.
inline constexpr std::string_view kPrelude =
    "import multiprocessing as mp, os, signal, sys, threading, time, traceback\n"
    "from multiprocessing import Process\n"
    "mp.set_start_method('fork')\n"
    "def attempt(action):\n"
    "    try: print(action())\n"
    "    except BaseException as error: print(traceback.format_exception_only(type(error), error)[-1].strip())\n"
    "def eventually(condition, seconds=10):\n"
    "    until = time.monotonic() + seconds\n"
    "    while not condition():\n"
    "        if time.monotonic() >= until: return False\n"
    "        time.sleep(0.002)\n"
    "    return True\n"
    "def hangs(action, seconds=0.3):\n"
    "    thread = threading.Thread(target=action, daemon=True); thread.start(); thread.join(seconds); return thread.is_alive()\n"
    "def asleep(pid):\n"
    "    def state(): return open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()[0]\n"
    "    return eventually(lambda: all(time.sleep(0.005) or state() == 'S' for _ in range(3)))\n"
    "def others_asleep():\n"
    "    def states(): return [open(f'/proc/self/task/{t}/stat').read().rsplit(')', 1)[1].split()[0] for t in os.listdir('/proc/self/task') if int(t) != threading.get_native_id()]\n"
    "    return eventually(lambda: all(time.sleep(0.005) or set(states()) <= {'S'} for _ in range(3)))\n"
    "def leave(code=0): print('left', flush=True); os._exit(code)\n";

}  // namespace forklight::tests
