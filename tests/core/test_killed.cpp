// Whatever is killed, whenever: nothing stays behind.
#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <set>
#include <string>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "tests/support/processes.h"
#include "tests/support/rounds.h"

extern char** environ;

using namespace forklight;

namespace {

struct Viewer {
  pid_t pid = -1, supervisor = -1;
};

// Of the busy tree, or of a lesson, from its first printed line on.
Viewer start_viewer(std::string lesson = {}) {
  base::Pipe pipe = base::make_pipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe.write.get(), 1);
  Viewer viewer;
  std::string path = TEST_VIEWER;
  char* const arguments[] = {path.data(), lesson.empty() ? nullptr : lesson.data(), nullptr};
  REQUIRE(::posix_spawn(&viewer.pid, path.c_str(), &actions, nullptr, arguments, environ) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  pipe.write.reset();
  char text[32] = {};
  REQUIRE(base::retry_eintr([&] { return ::read(pipe.read.get(), text, sizeof text - 1); }) > 0);
  viewer.supervisor = std::atoi(text);
  return viewer;
}

// Ours: other programs on the machine have theirs.
std::set<std::string> shared_memory_names() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
    if (entry.path().filename().string().find("forklight") != std::string::npos) names.insert(entry.path());
  }
  return names;
}

// Every process of the run that is left, wherever it hangs in the tree: they all carry the engine's name.
std::size_t engines_left() {
  std::size_t count = 0;
  for (const pid_t pid : tests::children_of(::getpid())) count += tests::state_of(pid) != '\0' ? 1 : 0;
  return count;
}

// `rounds` times: start a run, wait a random moment, kill whom `victims` names, and see everything go.
void kill_at_random(int rounds, const std::function<std::vector<pid_t>(const Viewer&)>& victims) {
  std::mt19937 random(4711);
  std::uniform_int_distribution<int> moment_us(0, 40'000);
  const auto names = shared_memory_names();
  const std::size_t descriptors = tests::open_descriptors();
  for (int round = 0; round < rounds; ++round) {
    const Viewer viewer = start_viewer();
    const timespec wait = base::to_timespec(moment_us(random) * 1000L);
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, nullptr);
    for (const pid_t pid : victims(viewer)) ::kill(pid, SIGKILL);
    // We are the subreaper of them all: when we have no child left, nothing of the run is left.
    REQUIRE(tests::none_left(std::chrono::seconds(8)));
    REQUIRE(engines_left() == 0);
  }
  CHECK(shared_memory_names() == names);
  CHECK(tests::open_descriptors() == descriptors);
}

}  // namespace

TEST_CASE("killed: the viewer, a hundred times at random moments, leaves nothing") {
  kill_at_random(tests::rounds(100), [](const Viewer& viewer) { return std::vector{viewer.pid}; });
}

TEST_CASE("killed: the supervisor, a hundred times at random moments, leaves nothing") {
  kill_at_random(tests::rounds(100), [](const Viewer& viewer) { return std::vector{viewer.supervisor}; });
}

TEST_CASE("killed: viewer and supervisor at once, a hundred times, leave nothing") {
  kill_at_random(tests::rounds(100), [](const Viewer& viewer) { return std::vector{viewer.supervisor, viewer.pid}; });
}

// Nobody is left to look for who has left the group: neither does anything between the two signals. The kernel alone ends it.
TEST_CASE("killed: viewer and supervisor at once, a process with a session of its own is ended, too") {
  for (const char* lesson : {"a session of its own", "a session of its own, spawned"}) {
    CAPTURE(lesson);
    const Viewer viewer = start_viewer(lesson);
    for (const int signal : {SIGSTOP, SIGKILL})
      for (const pid_t pid : {viewer.pid, viewer.supervisor}) ::kill(pid, signal);
    CHECK(tests::none_left(std::chrono::seconds(8)));
  }
}
