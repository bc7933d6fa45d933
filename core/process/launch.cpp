#include "core/process/launch.h"

#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "core/base/every_child.h"
#include "core/base/posix_call.h"
#include "core/gil/interpreter.h"
#include "core/process/facts.h"
#include "core/process/resource_tracker.h"
#include "core/process/runtime.h"
#include "core/trace/recorder.h"

namespace forklight::process {

namespace {
constexpr std::uint64_t kLargestLuggage = 1ULL << 30;

FORKLIGHT_EVERY_CHILD void run_object(const void* object) { static_cast<const Process::Object*>(object)->run(); }
}  // namespace

FORKLIGHT_EVERY_CHILD Launched launch_fork(Process::Object& object, std::uint32_t slot) {
  Runtime& runtime = Runtime::current();
  base::Pipe sentinel = base::make_pipe(), death = base::make_pipe();
  const bool no_input = Runtime::no_input();
  const auto held = runtime.hold();
  const pid_t pid = ::fork();
  if (pid < 0) base::throw_errno("fork");
  if (pid == 0) {
    sentinel.read.reset();
    death.write.reset();
    // The other ends are held open until the very end; what we fork holds the sentinel's too (P-49).
    runtime.become_child(object, slot, {death.read.get(), no_input});
    const int code = runtime.run_to_end({run_object, &object});
    ::_exit(code);
  }
  return {pid, std::move(sentinel.read), std::move(death.write)};
}

Luggage pack(const Process::Object& object) {
  const Runtime& runtime = Runtime::current();
  const RunContext& context = runtime.context();
  if (runtime.importing()) throw still_importing();                                      // S-27
  if (object.target == nullptr) throw cannot_pickle_lambda(context.python_minor);        // S-20
  if (object.target->scope == Scope::function) throw cannot_pickle_local(object.target->name, context.python_minor);  // S-21
  Departure out(*context.region, object.method);
  auto args = object.args.depart(out);
  // S.3: the preparation data, and the process object.
  Luggage luggage{{{"request", context.request},
                   {"fds", {context.region->fd(), context.birth_fd, context.lifeline_fd}},
                   {"method", static_cast<int>(object.method)},
                   {"default_method", static_cast<int>(runtime.start_method().value_or(object.method))},  // S-09
                   {"parent", trace::Recorder::current().task()},
                   {"parent_name", runtime.name()},
                   {"parent_pid", runtime.pid()},
                   {"class", object.python_class},
                   {"name", object.name},
                   {"identity", object.identity},
                   {"daemon", object.daemon},
                   {"target", object.target->name},
                   {"args", std::move(args)}},
                  out.descriptors()};
  return luggage;
}

Launched launch_spawn(Luggage luggage, std::uint32_t slot) {
  base::Pipe sentinel = base::make_pipe(), data = base::make_pipe();
  const RunContext& context = Runtime::current().context();
  std::vector<int> kept = luggage.descriptors;
  const int tracker = resource_tracker_fd();
  kept.insert(kept.end(), {context.region->fd(), context.birth_fd, context.lifeline_fd, sentinel.write.get(), tracker});
  luggage.contents["slot"] = slot;
  luggage.contents["sentinel"] = sentinel.write.get();
  luggage.contents["tracker"] = tracker;
  luggage.contents["descriptors"] = luggage.descriptors;
  const pid_t pid = exec_engine("--multiprocessing-fork", data, kept);
  data.read.reset();
  sentinel.write.reset();
  write_luggage(data.write.get(), luggage.contents);
  return {pid, std::move(sentinel.read), std::move(data.write)};
}

pid_t exec_engine(const char* role, const base::Pipe& data, const std::vector<int>& descriptors, std::span<const int> blocked) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  // Onto itself: the number stays, and exec does not close it.
  ::posix_spawn_file_actions_adddup2(&actions, data.read.get(), data.read.get());
  for (const int fd : descriptors) ::posix_spawn_file_actions_adddup2(&actions, fd, fd);
  // Handlers do not outlive exec, and until there is a new one the learner's errand must not kill.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t mask;
  ::sigemptyset(&mask);
  ::sigaddset(&mask, kErrandSignal);
  for (const int signal : blocked) ::sigaddset(&mask, signal);
  ::posix_spawnattr_setsigmask(&attributes, &mask);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string name = "forklight-engine", role_word = role, fd_word = std::to_string(data.read.get());
  const std::array<char*, 4> arguments{name.data(), role_word.data(), fd_word.data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) base::throw_errno("posix_spawn", error);
  return pid;
}

void write_luggage(int fd, const nlohmann::json& contents) {
  const std::vector<std::uint8_t> bytes = nlohmann::json::to_cbor(contents);
  const std::uint64_t size = bytes.size();
  const gil::Released released;
  if (!base::write_all(fd, &size, sizeof size) || !base::write_all(fd, bytes.data(), bytes.size())) throw os_error(errno);
}

nlohmann::json read_luggage(int fd) {
  const auto read_all = [&](void* into, std::size_t count) {
    auto* place = static_cast<std::uint8_t*>(into);
    while (count > 0) {
      const ssize_t got = base::retry_eintr([&] { return ::read(fd, place, count); });
      if (got <= 0) throw base::Failure("The one who started this process has gone before it said what to run.");
      place += got;
      count -= static_cast<std::size_t>(got);
    }
  };
  std::uint64_t size = 0;
  read_all(&size, sizeof size);
  if (size > kLargestLuggage) throw base::Failure("What this process is to run is no luggage of ours.");
  std::vector<std::uint8_t> bytes(size);
  read_all(bytes.data(), bytes.size());
  return nlohmann::json::from_cbor(bytes);
}

}  // namespace forklight::process
