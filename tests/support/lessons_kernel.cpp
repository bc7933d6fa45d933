// Lessons for core/observe: tasks of which it is known what the kernel must say of them.
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/process/python.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;
using process::sleep;

// Its own time on a core, ns, as the scheduler counts it; printed as the last thing that it does.
void tell_own_time(const char* name) {
  std::ifstream file("/proc/self/schedstat");
  long long on_cpu = 0;
  file >> on_cpu;
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);  // a sanitizer has a thread of its own
  print_now(fmt::format("{} {} {} {}", name, on_cpu, used.ru_nvcsw, used.ru_nivcsw));
}

void spin(std::int64_t ns) {
  const std::int64_t until = base::now_ns() + ns;
  while (base::now_ns() < until) {
  }
}

// Four that compute, on two cores or more, and one that sleeps.
void busy() {
  std::vector<Process> children;
  for (const char* name : {"spin-1", "spin-2", "spin-3", "spin-4"}) {
    children.emplace_back([name] { spin(400 * base::kMillisecond), tell_own_time(name); });
  }
  children.emplace_back([] {
    for (int i = 0; i < 30; ++i) sleep(0.01);
    tell_own_time("sleeper");
  });
  for (Process& child : children) child.start();
  for (Process& child : children) child.join();
}

// Many to look at, and some memory in each.
void many() {
  std::vector<Process> children;
  for (int i = 0; i < 24; ++i) {
    children.emplace_back([] {
      std::vector<char> pages(4 << 20, 1);
      for (int nap = 0; nap < 200; ++nap) sleep(0.01);
      print_now(fmt::format("{}", pages[1]));
    });
  }
  for (Process& child : children) child.start();
  for (Process& child : children) child.join();
}

void stopped_and_zombie() {
  Process child([] { sleep(3.6); });
  child.start();
  sleep(0.4);  // each state long enough to be sampled on a busy machine, too
  ::kill(child.pid().value_or(-1), SIGSTOP);
  sleep(2.5);
  ::kill(child.pid().value_or(-1), SIGCONT);
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(child.pid().value_or(-1)), &info, WEXITED | WNOWAIT);
  sleep(1.2);  // dead, and not joined
  child.join();
}

void touches_memory() {
  Process child([] {
    sleep(0.3);
    std::vector<char> pages(20 << 20);
    for (std::size_t at = 0; at < pages.size(); at += 4096) pages[at] = 1;
    sleep(0.6);
    print_now(fmt::format("{}", pages[4096]));
  });
  child.start();
  child.join();
}

// 50,000 rounds: each of the two leaves its core once a round, 100,000 switches in all.
void ping_pong() {
  base::Pipe there = base::make_pipe(), back = base::make_pipe();
  constexpr int kRounds = 50'000;
  Process child([&] {
    char ball = 0;
    for (int i = 0; i < kRounds; ++i) {
      if (::read(there.read.get(), &ball, 1) != 1 || ::write(back.write.get(), &ball, 1) != 1) return;
    }
  });
  child.start();
  char ball = 1;
  for (int i = 0; i < kRounds; ++i) {
    if (::write(there.write.get(), &ball, 1) != 1 || ::read(back.read.get(), &ball, 1) != 1) break;
  }
  child.join();
}

// Killed before it can tell who it is, and a helper that is no task.
void untold() {
  const pid_t helper = ::fork();
  if (helper == 0) {
    ::prctl(PR_SET_NAME, "helper");
    spin(20 * base::kMillisecond);
    ::_exit(0);
  }
  ::waitpid(helper, nullptr, 0);
}

}  // namespace

// In the supervisor, before it asks for the kernel's records: then the kernel says EACCES.
void refuse_perf_events() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

std::span<const TestLesson> kernel_lessons() {
  static const TestLesson kLessons[] = {
      {"kernel busy", "", busy},           {"kernel busy many", "", many},             {"kernel stopped", "", stopped_and_zombie}, {"kernel memory", "", touches_memory},
      {"kernel ping-pong", "", ping_pong}, {"kernel untold", "", untold},              {"kernel refused", "", stopped_and_zombie},
  };
  return kLessons;
}

}  // namespace forklight::tests
