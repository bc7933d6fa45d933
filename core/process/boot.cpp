#include "core/process/boot.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "core/base/posix_call.h"
#include "core/process/forkserver.h"
#include "core/process/launch.h"
#include "core/process/python.h"
#include "core/process/resource_tracker.h"
#include "core/process/signals.h"
#include "core/process/start_method.h"
#include "core/process/traceback.h"
#include "core/trace/recorder.h"

namespace forklight::process {

using trace::Kind;
using trace::Recorder;

namespace {

std::vector<const Target*>& library_targets() {
  static std::vector<const Target*> targets;
  return targets;
}

const Target* find_target(const Lesson& lesson, std::string_view name) {
  const auto found = std::find_if(lesson.targets.begin(), lesson.targets.end(),
                                  [&](const Target* target) { return target->name == name && target->scope == Scope::module; });
  return found != lesson.targets.end() ? *found : LibraryTarget::find(name);
}

struct Boot {
  Booked booked;
  RunContext context;
};

// The region and the descriptors that every process of a run has, under the numbers that they had in the creator.
Boot settle(const nlohmann::json& luggage, const FindBooked& find) {
  static trace::Region region;
  const auto& fds = luggage.at("fds");
  Boot boot{find(luggage.at("request")), {}};
  for (const int fd : fds) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  region = trace::Region::attach(base::Fd(fds.at(0)));
  boot.context.region = &region;
  boot.context.birth_fd = fds.at(1);
  boot.context.lifeline_fd = fds.at(2);
  boot.context.program = boot.booked.lesson.program;
  boot.context.buffering = boot.booked.buffering;
  boot.context.python_minor = boot.booked.python_minor;
  boot.context.request = luggage.at("request");
  return boot;
}

// S-05: top-level code runs again. False if it failed; its traceback has been printed.
bool import_program(const Lesson& lesson, Importer importer) {
  if (lesson.program.source == Source::command) return true;  // S-30: there is nothing to import
  Runtime& runtime = Runtime::current();
  Recorder& recorder = Recorder::current();
  recorder.record(Kind::import_begin);
  runtime.set_importing(true);
  bool done = true;
  try {
    if (lesson.program.source == Source::standard_input) throw no_program_file();  // S-31
    if (lesson.imported) lesson.imported();
  } catch (const PythonError& error) {
    recorder.record_text(Kind::raise, 0, 0, 0, error.what());
    write_stderr(traceback(error, lesson.program, importer));
    done = false;
  } catch (const SystemExit& exit) {
    if (!exit.text.empty()) write_stderr(exit.text + "\n");
    done = false;
  }
  runtime.set_importing(false);
  recorder.record(Kind::import_end, 0, done ? 1 : 0);
  return done;
}

void leave(int code, trace::ExitHow how) {
  Runtime::current().out().flush();
  Recorder::current().record(Kind::exit, 0, static_cast<std::uint64_t>(code), static_cast<std::uint64_t>(how));
}

// Unpickles what it is to run, and runs it. What fails on the way there is not yet the process's own (S-22, S-26).
int run_target(const nlohmann::json& luggage, const Lesson& lesson, std::vector<int> descriptors, Importer importer) {
  Runtime& runtime = Runtime::current();
  const std::string name = luggage.at("target");
  const bool imported = lesson.program.source == Source::file;
  const Target* const found = imported ? find_target(lesson, name) : LibraryTarget::find(name);
  Args args;
  try {
    if (found == nullptr) throw target_not_found(name, imported ? lesson.program.file : std::string_view(), runtime.context().python_minor);
    args = Args::arrive(*runtime.context().region, luggage.at("args"), std::move(descriptors));
  } catch (const PythonError& error) {
    Recorder::current().record_text(Kind::raise, 0, 0, 0, error.what());
    write_stderr(traceback(error, lesson.program, importer));
    if (importer == Importer::spawn) runtime.run_exit_functions();
    leave(1, trace::ExitHow::exception);
    return 1;
  }
  return runtime.run_to_end([&] { found->function(args); });
}

void describe(const nlohmann::json& luggage, base::Fd parent_death, Process::Object& object) {
  object.creator = luggage.at("parent_pid");
  object.parent_name = luggage.at("parent_name");
  object.parent_death = std::move(parent_death);
  object.python_class = luggage.at("class");
  object.name = luggage.at("name");
  object.identity = luggage.at("identity").get<std::vector<int>>();
  object.daemon = luggage.at("daemon");
}

void settle_start_method(const nlohmann::json& luggage) {
  Runtime::current().set_start_method(static_cast<trace::StartMethod>(luggage.at("default_method").get<int>()));  // S-09
}

int run_spawned(base::Fd data, const FindBooked& find) {
  const auto luggage = read_luggage(data.get());
  const Boot boot = settle(luggage, find);
  const auto descriptors = luggage.at("descriptors").get<std::vector<int>>();
  for (const int fd : descriptors) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  // Held open until the very end: the creator's sentinel, and the pipe whose end tells us of the creator's.
  const base::Fd sentinel(luggage.at("sentinel").get<int>());
  Process::Object object;
  describe(luggage, std::move(data), object);
  ::fcntl(sentinel.get(), F_SETFD, FD_CLOEXEC);
  base::Fd tracker(luggage.at("tracker").get<int>());
  ::fcntl(tracker.get(), F_SETFD, FD_CLOEXEC);
  know_resource_tracker(std::move(tracker));
  Runtime::current().become_spawned(boot.context, object, luggage.at("slot"), luggage.at("parent"));
  settle_start_method(luggage);
  if (!import_program(boot.booked.lesson, Importer::spawn)) {
    Runtime::current().run_exit_functions();  // it ends as any program does that raises
    leave(1, trace::ExitHow::exception);
    ::_exit(1);
  }
  const int code = run_target(luggage, boot.booked.lesson, descriptors, Importer::spawn);
  ::_exit(code);
}

[[noreturn]] void run_forkserver(base::Fd data, const FindBooked& find) {
  const auto first = read_luggage(data.get());
  data.reset();
  const Boot boot = settle(first, find);
  for (const char* fd : {"listener", "alive"}) ::fcntl(first.at(fd).get<int>(), F_SETFD, FD_CLOEXEC);
  Runtime::current().become_helper(boot.context, first.at("slot"), first.at("parent"), std::string(trace::kForkserver));
  // Since 3.14 the program is imported once, in the server; before that in each child (0.1).
  const bool once = boot.context.python_minor >= 14;
  if (once && !import_program(boot.booked.lesson, Importer::forkserver)) {
    leave(1, trace::ExitHow::exception);
    ::_exit(1);  // S-28
  }
  serve_forks(first, [&](const nlohmann::json& luggage, std::vector<int> descriptors) {
    Process::Object object;
    describe(luggage, base::Fd(descriptors.front()), object);
    descriptors.erase(descriptors.begin());
    Runtime::current().become_child(object, luggage.at("slot"), {object.parent_death.get(), Runtime::no_input()});
    default_signal(SIGINT);  // the server ignores it, its children do not (P-64)
    install_signal_handlers();
    settle_start_method(luggage);
    int code = 1;
    if (once || import_program(boot.booked.lesson, Importer::forkserver)) {
      code = run_target(luggage, boot.booked.lesson, std::move(descriptors), Importer::forkserver);
    } else {
      leave(code, trace::ExitHow::exception);
    }
    ::_exit(code);
  });
}

[[noreturn]] void run_resource_tracker(base::Fd data, const FindBooked& find) {
  const auto first = read_luggage(data.get());
  data.reset();
  const Boot boot = settle(first, find);
  base::Fd lines(first.at("lines").get<int>());
  ::fcntl(lines.get(), F_SETFD, FD_CLOEXEC);
  Runtime::current().become_helper(boot.context, first.at("slot"), first.at("parent"), std::string(trace::kResourceTracker));
  serve_resource_tracker(std::move(lines));
}

}  // namespace

LibraryTarget::LibraryTarget(std::string_view target_name, void (*target_function)(const Args& args)) : Target{target_name, target_function} {
  library_targets().push_back(this);
}

const Target* LibraryTarget::find(std::string_view name) noexcept {
  for (const Target* target : library_targets()) {
    if (target->name == name) return target;
  }
  return nullptr;
}

std::optional<int> boot(int argc, char** argv, const FindBooked& find) {
  if (argc != 3) return std::nullopt;
  const std::string_view role = argv[1], number = argv[2];
  int fd = -1;
  if (std::from_chars(number.data(), number.data() + number.size(), fd).ec != std::errc() || fd < 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return std::nullopt;
  try {
    if (role == "--multiprocessing-fork") return run_spawned(base::Fd(fd), find);
    if (role == "--forkserver") run_forkserver(base::Fd(fd), find);
    if (role == "--resource-tracker") run_resource_tracker(base::Fd(fd), find);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "forklight-engine: %s\n", error.what());
    return 1;
  }
  return std::nullopt;
}

}  // namespace forklight::process
