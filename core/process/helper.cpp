#include "core/process/helper.h"

#include <signal.h>
#include <sys/wait.h>

#include <system_error>
#include <utility>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/process/launch.h"
#include "core/process/runtime.h"
#include "core/trace/recorder.h"

namespace forklight::process {

using trace::Kind;
using trace::Recorder;

Helper launch_helper(std::string_view name, const char* role, std::vector<int> descriptors, nlohmann::json contents,
                     std::span<const int> ignored) {
  const Runtime& runtime = Runtime::current();
  const RunContext& context = runtime.context();
  Recorder& recorder = Recorder::current();
  base::Pipe data = base::make_pipe();
  const auto slot = context.region->claim(recorder.task(), name);
  if (!slot) base::throw_errno("fork", EAGAIN);
  const trace::TaskId task = context.region->slot(*slot).task;
  recorder.record(Kind::start_begin, task, static_cast<std::uint64_t>(trace::StartMethod::spawn));
  descriptors.insert(descriptors.end(), {context.region->fd(), context.birth_fd, context.lifeline_fd});
  pid_t pid = -1;
  try {
    pid = exec_engine(role, data, descriptors, ignored);
  } catch (const std::system_error& error) {
    context.region->abandon(*slot);
    recorder.record(Kind::start_failed, task, static_cast<std::uint64_t>(error.code().value()));
    throw;
  }
  runtime.announce_birth(*slot, pid);
  recorder.record(Kind::start_end, task, static_cast<std::uint64_t>(pid));
  contents["request"] = context.request;
  contents["fds"] = {context.region->fd(), context.birth_fd, context.lifeline_fd};
  contents["parent"] = recorder.task();
  contents["slot"] = *slot;
  write_luggage(data.write.get(), contents);
  return {pid, runtime.pid(), *slot, task};
}

bool reap_helper(const Helper& helper) {
  if (helper.pid == 0 || helper.starter != Runtime::current().pid()) return false;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(helper.pid), &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0) return false;
  const int status = info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
  const trace::Region& region = *Runtime::current().context().region;
  region.publish_status(helper.slot, status);
  base::retry_eintr([&] { return ::waitpid(helper.pid, nullptr, 0); });
  const std::int64_t now = base::now_ns();
  Recorder& recorder = Recorder::current();
  recorder.record_at(now, Kind::reap, recorder.line(), helper.task, static_cast<std::uint64_t>(status), static_cast<std::uint64_t>(helper.pid));
  region.publish_reaping(helper.slot, recorder.task(), status, now);
  return true;
}

}  // namespace forklight::process
