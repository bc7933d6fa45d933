// The words that the prelude gives a Python lesson, for its twin in C++.
#pragma once

#include <fmt/format.h>

#include <sys/types.h>
#include <unistd.h>

#include <concepts>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/gil/interpreter.h"
#include "core/ipc/message.h"
#include "core/process/python.h"
#include "core/process/thread.h"

namespace forklight::tests {

[[nodiscard]] std::string text(std::same_as<bool> auto value) { return value ? "True" : "False"; }
[[nodiscard]] inline std::string text(int value) { return std::to_string(value); }
[[nodiscard]] inline std::string text(std::optional<int> value) { return value ? std::to_string(*value) : "None"; }
[[nodiscard]] inline std::string text(const ipc::Value& value) { return ipc::repr(value); }

// attempt(action): prints the result ("None" where there is none), or the error as the last line of its traceback.
template <typename Action>
void attempt(Action&& action) {
  try {
    if constexpr (std::is_void_v<decltype(action())>) {
      action();
      process::print("None");
    } else if constexpr (std::same_as<decltype(action()), std::string>) {
      process::print(action());
    } else {
      process::print(text(action()));
    }
  } catch (const process::PythonError& error) {
    process::print(error.what());
  }
}

// print(a, b, c): the words are made in this order.
inline void say(std::initializer_list<std::string> words) { process::print(fmt::format("{}", fmt::join(words, " "))); }

// Until the condition holds; false after `seconds`.
inline bool eventually(const std::function<bool()>& condition, double seconds = 10) {
  const std::int64_t until = base::now_ns() + static_cast<std::int64_t>(seconds * 1e9);
  while (!condition()) {
    if (base::now_ns() >= until) return false;
    process::sleep(0.002);
  }
  return true;
}

// A moment in which other threads may run; not on record.
inline void nap() {
  const gil::Released released;
  ::usleep(2000);
}

// Whether all threads of this process but the calling one sleep.
inline bool others_sleep() {
  const std::string own = std::to_string(::gettid());
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    if (thread.path().filename() == own) continue;
    std::ifstream file(thread.path() / "stat");
    std::string stat;
    if (!std::getline(file, stat)) continue;  // it has just ended
    if (stat[stat.rfind(')') + 2] != 'S') return false;
  }
  return true;
}

// others_asleep(): until they do, and go on sleeping.
inline bool others_asleep() {
  return eventually([] {
    for (int look = 0; look < 3; ++look) {
      process::sleep(0.005);
      if (!others_sleep()) return false;
    }
    return true;
  });
}

// asleep(pid): until a process's main thread sleeps, and goes on sleeping.
inline bool asleep(pid_t pid) {
  return eventually([pid] {
    for (int look = 0; look < 3; ++look) {
      process::sleep(0.005);
      std::ifstream file(fmt::format("/proc/{}/stat", pid));
      std::string stat;
      if (!std::getline(file, stat) || stat[stat.rfind(')') + 2] != 'S') return false;
    }
    return true;
  });
}

// hangs(action, seconds): whether a thread that does it is still at it after that time.
inline bool hangs(std::function<void()> action, double seconds = 0.3) {
  process::Thread thread(std::move(action), {.name = {}, .daemon = true});
  thread.start();
  if (eventually([&] { return !thread.is_alive(); }, seconds)) return false;
  others_asleep();  // on a busy machine it may have got nowhere yet
  return thread.is_alive();
}

// Leaves at once, and nobody is waited for, after what was printed is out.
[[noreturn]] inline void leave(int code = 0) {
  process::print_now("left");
  process::os_exit(code);
}

}  // namespace forklight::tests
