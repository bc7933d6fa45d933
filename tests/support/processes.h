// Processes in tests: bounded in time, and none left.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace forklight::tests {

// Ends this program, and says so, if it runs longer than any test may. Makes it a subreaper, so that none_left() sees every orphan.
void start_watchdog();

// Kills and reaps whatever children this process has (orphans that came to it included); false, with a word on stderr, if there were any.
// Waits `patience` for them to end by themselves first.
bool none_left(std::chrono::milliseconds patience = std::chrono::seconds(5));

// Waits until the condition holds, looking every millisecond; false after `patience`.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience = std::chrono::seconds(20));

// What a program wrote and how it ended.
struct Finished {
  int status;  // exit code, or −signal
  std::string out, err;
};
// Runs a program to its end, and that of every orphan it leaves (they come to us), killed after `patience`; stdin is /dev/null.
[[nodiscard]] Finished run_program(const std::vector<std::string>& arguments, std::chrono::milliseconds patience = std::chrono::seconds(60),
                                   const std::vector<std::string>& environment = {});

// An anonymous file to capture output in, and what is in it.
[[nodiscard]] int capture_file();
[[nodiscard]] std::string captured(int fd);

// Open descriptors of this process.
[[nodiscard]] std::size_t open_descriptors();
// Pids of a process's children, by /proc.
[[nodiscard]] std::vector<pid_t> children_of(pid_t pid);
// The state letter in /proc/PID/stat, 0 if there is no such process.
[[nodiscard]] char state_of(pid_t pid);

}  // namespace forklight::tests
