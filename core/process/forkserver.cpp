#include "core/process/forkserver.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/gil/blocking.h"
#include "core/gil/interpreter.h"
#include "core/process/facts.h"
#include "core/process/helper.h"
#include "core/process/resource_tracker.h"
#include "core/process/runtime.h"
#include "core/trace/recorder.h"

namespace forklight::process {

using trace::Kind;
using trace::Recorder;

namespace {

constexpr std::size_t kMostDescriptors = 253;  // what one SCM_RIGHTS takes; Python's limit is the same one
constexpr std::size_t kOwnDescriptors = 4;     // of them: data, status, alive, the resource tracker's pipe

using trace::u64;

// --- the creator's side ---------------------------------------------------------------------------------------------

struct Client {
  std::string address;  // as bind(2) took it, the leading zero byte included; empty: no server is known
  base::Fd alive;
  Helper helper;  // where we started it ourselves
};

Client& client() {
  static Client one;
  return one;
}

std::pair<sockaddr_un, socklen_t> socket_address(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), std::min(name.size(), sizeof address.sun_path));
  return {address, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())};
}

void start_server() {
  (void)resource_tracker_fd();  // first of all, and so in every process of the tree (S.3)
  const base::Fd listener(base::posix_call("socket", [] { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }));
  // Without a name the kernel gives an address of its own, that no file stands for: nothing can stay behind.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  base::posix_call("bind", [&] { return ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address.sun_family); });
  base::posix_call("listen", [&] { return ::listen(listener.get(), 64); });
  socklen_t length = sizeof address;
  base::posix_call("getsockname", [&] { return ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length); });
  base::Pipe alive = base::make_pipe();
  Client& server = client();
  server.helper = launch_helper(trace::kForkserver, "--forkserver", {listener.get(), alive.read.get()},
                                {{"listener", listener.get()}, {"alive", alive.read.get()}});
  server.address.assign(address.sun_path, length - offsetof(sockaddr_un, sun_path));
  server.alive = std::move(alive.write);
}

void send_request(int socket, std::uint32_t slot, const std::vector<int>& descriptors) {
  iovec bytes{&slot, sizeof slot};
  std::array<std::byte, CMSG_SPACE(sizeof(int) * kMostDescriptors)> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
  cmsghdr* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
  std::memcpy(CMSG_DATA(rights), descriptors.data(), sizeof(int) * descriptors.size());
  base::posix_call("sendmsg", [&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); });
}

// 8 bytes that the server wrote; nothing when it is gone.
std::optional<std::int64_t> read_number(int fd) {
  const gil::Released released;
  std::int64_t number = 0;
  const ssize_t got = base::retry_eintr([&] { return ::read(fd, &number, sizeof number); });
  return got == sizeof number ? std::optional(number) : std::nullopt;
}

}  // namespace

int read_exit_code(int sentinel) { return static_cast<int>(read_number(sentinel).value_or(255)); }

bool knows_forkserver() noexcept { return !client().address.empty(); }

void know_forkserver(const std::string& address, base::Fd alive) {
  client() = {};
  client().address = address;
  client().alive = std::move(alive);
}

Launched launch_forkserver(Luggage luggage, std::uint32_t slot) {
  {
    const auto held = Runtime::current().hold();  // or two threads would each start one
    if (reap_helper(client().helper)) client() = {};  // P-73: only who started it can tell, as in Python
    if (!knows_forkserver()) start_server();
  }
  if (luggage.descriptors.size() + kOwnDescriptors > kMostDescriptors) throw PythonError("ValueError", "too many fds");
  base::Pipe status = base::make_pipe(), data = base::make_pipe();
  const base::Fd socket(base::posix_call("socket", [] { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }));
  const auto [address, length] = socket_address(client().address);
  base::posix_call("connect", [&] { return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), length); });
  std::vector<int> descriptors = {data.read.get(), status.write.get(), client().alive.get(), resource_tracker_fd()};
  descriptors.insert(descriptors.end(), luggage.descriptors.begin(), luggage.descriptors.end());
  send_request(socket.get(), slot, descriptors);
  data.read.reset();
  status.write.reset();
  luggage.contents["slot"] = slot;
  luggage.contents["forkserver"] = nlohmann::json::binary({client().address.begin(), client().address.end()});
  try {
    write_luggage(data.write.get(), luggage.contents);
  } catch (const PythonError&) {
    // Nobody reads it any more: the missing pid says why.
  }
  const auto pid = read_number(status.read.get());
  if (!pid) throw std::system_error(ECONNRESET, std::generic_category(), "forkserver");  // S-28
  return {static_cast<pid_t>(*pid), std::move(status.read), std::move(data.write)};
}

// --- the server's side ----------------------------------------------------------------------------------------------

namespace {

struct Request {
  std::uint32_t slot = 0;
  std::vector<int> descriptors;  // kOwnDescriptors, then those of the arguments
};

std::optional<Request> receive_request(int listener) {
  const base::Fd socket(base::retry_eintr([&] { return ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); }));
  if (!socket) return std::nullopt;
  Request request;
  iovec bytes{&request.slot, sizeof request.slot};
  std::array<std::byte, CMSG_SPACE(sizeof(int) * kMostDescriptors)> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (base::retry_eintr([&] { return ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC); }) != sizeof request.slot) return std::nullopt;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    request.descriptors.resize(count);
    std::memcpy(request.descriptors.data(), CMSG_DATA(part), count * sizeof(int));
  }
  if (request.descriptors.size() >= kOwnDescriptors) return request;
  for (const int fd : request.descriptors) ::close(fd);
  return std::nullopt;
}

struct Child {
  base::Fd status;
  std::uint32_t slot;
};

void write_number(int fd, std::int64_t number) { (void)base::write_all(fd, &number, sizeof number); }  // a client that is gone is nobody's error

void reap_children(std::unordered_map<pid_t, Child>& children) {
  const trace::Region& region = *Runtime::current().context().region;
  Recorder& recorder = Recorder::current();
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0) return;
    const int status = info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
    const auto child = children.find(info.si_pid);
    if (child != children.end()) region.publish_status(child->second.slot, status);
    base::retry_eintr([&] { return ::waitpid(info.si_pid, nullptr, 0); });
    if (child == children.end()) continue;
    const std::int64_t now = base::now_ns();
    const trace::TaskId task = region.slot(child->second.slot).task;
    recorder.record_at(now, Kind::reap, 0, task, u64(status), u64(info.si_pid));
    region.publish_reaping(child->second.slot, recorder.task(), status, now);
    write_number(child->second.status.get(), status & 0x7f ? -(status & 0x7f) : status >> 8);
    children.erase(child);
  }
}

}  // namespace

void serve_forks(const nlohmann::json& first, const std::function<void(nlohmann::json, std::vector<int>)>& child) {
  const base::Fd listener(first.at("listener").get<int>()), alive(first.at("alive").get<int>());
  const RunContext& context = Runtime::current().context();
  ::signal(SIGINT, SIG_IGN);  // P-64: Ctrl+C is for the lesson
  sigset_t child_signal, before;
  ::sigemptyset(&child_signal);
  ::sigaddset(&child_signal, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child_signal, &before);
  const base::Fd deaths(base::posix_call("signalfd", [&] { return ::signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK); }));
  std::unordered_map<pid_t, Child> children;
  for (;;) {
    pollfd ready[] = {{listener.get(), POLLIN, 0}, {alive.get(), POLLIN, 0}, {deaths.get(), POLLIN, 0}};
    const int count = [&] {
      const gil::Blocking blocking(trace::BlockReason::requests, 0, gil::kNoTimeout);
      return base::retry_eintr([&] { return ::poll(ready, 3, -1); });
    }();
    if (count < 0) ::_exit(1);
    if (ready[2].revents != 0) {
      signalfd_siginfo info;
      while (::read(deaths.get(), &info, sizeof info) == sizeof info) {
      }
      reap_children(children);
    }
    if (ready[0].revents != 0) {
      auto request = receive_request(listener.get());
      if (!request) continue;
      base::Fd data(request->descriptors[0]), status(request->descriptors[1]), alive_end(request->descriptors[2]), tracker(request->descriptors[3]);
      trace::Slot& slot = context.region->slot(request->slot);
      slot.forked_by = Recorder::current().task();
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::signal(SIGINT, SIG_DFL);
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        // Of the server's own things nothing is left to the child, but for the way to ask it again.
        for (const int own : {listener.get(), alive.get(), deaths.get(), status.get()}) ::close(own);
        for (const auto& [other, its] : children) ::close(its.status.get());
        int code = 1;
        try {
          auto luggage = read_luggage(data.get());
          const auto& address = luggage.at("forkserver").get_binary();
          know_forkserver({address.begin(), address.end()}, std::move(alive_end));
          know_resource_tracker(std::move(tracker));
          std::vector<int> descriptors(request->descriptors.begin() + kOwnDescriptors, request->descriptors.end());
          descriptors.insert(descriptors.begin(), data.release());
          child(std::move(luggage), std::move(descriptors));
        } catch (const std::exception&) {
          code = 1;  // who asked for it has gone
        }
        ::_exit(code);
      }
      for (std::size_t i = kOwnDescriptors; i < request->descriptors.size(); ++i) ::close(request->descriptors[i]);
      if (pid < 0) continue;  // the status pipe closes, and that is the answer
      Runtime::current().announce_birth(request->slot, pid);
      write_number(status.get(), pid);
      children.emplace(pid, Child{std::move(status), request->slot});
      continue;  // requests before the end: a client that has just gone may have asked
    }
    if (ready[1].revents != 0) {
      Recorder::current().record(Kind::exit, 0, 0, u64(trace::ExitHow::sys_exit));
      ::_exit(0);
    }
  }
}

}  // namespace forklight::process
