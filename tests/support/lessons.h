// Purpose-made lessons: small programs, each in C++ on the engine and in Python, that show one fact of SEMANTICS.md.
#pragma once

#include <functional>
#include <span>
#include <string_view>

namespace forklight::tests {

struct TestLesson {
  std::string_view name;    // "P-15 join before start"; also the request's scenario
  std::string_view python;  // what follows the imports; empty where Python has no such thing
  void (*body)();
};

[[nodiscard]] std::span<const TestLesson> lessons();
[[nodiscard]] const TestLesson* find_lesson(std::string_view name);

// What every Python program here begins with.
inline constexpr std::string_view kPrelude =
    "import multiprocessing as mp, os, signal, sys, time\n"
    "from multiprocessing import Process\n"
    "mp.set_start_method('fork')\n"
    "def attempt(action):\n"
    "    try: print(action())\n"
    "    except BaseException as error: print(type(error).__name__, str(error), sep=': ')\n";

}  // namespace forklight::tests
