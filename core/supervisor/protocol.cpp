#include "core/supervisor/protocol.h"

#include <sys/socket.h>

#include <cstring>

#include "core/base/posix_call.h"

namespace forklight::supervisor {

nlohmann::json to_json(const RunRequest& request) {
  return {{"do", "run"},
          {"scenario", request.scenario},
          {"settings", request.settings},
          {"directory", request.directory},
          {"block_buffered", request.buffering == process::Buffering::block},
          {"python_minor", request.python_minor},
          {"max_processes", request.caps.processes},
          {"max_bytes", request.caps.bytes},
          {"max_run_time_s", request.caps.run_time_s},
          {"observe", static_cast<int>(request.observe)}};
}

RunRequest run_request(const nlohmann::json& message) {
  RunRequest request;
  message.at("scenario").get_to(request.scenario);
  message.at("settings").get_to(request.settings);
  message.at("directory").get_to(request.directory);
  request.buffering = message.at("block_buffered").get<bool>() ? process::Buffering::block : process::Buffering::line;
  message.at("python_minor").get_to(request.python_minor);
  message.at("max_processes").get_to(request.caps.processes);
  message.at("max_bytes").get_to(request.caps.bytes);
  message.at("max_run_time_s").get_to(request.caps.run_time_s);
  request.observe = static_cast<observe::Want>(message.at("observe").get<int>());
  return request;
}

namespace {

// Room for the descriptors beside a message, aligned as the kernel wants it.
union Beside {
  cmsghdr header;
  char bytes[CMSG_SPACE(kMaxDescriptors * sizeof(int))];
};

}  // namespace

bool send_message(int socket, const nlohmann::json& message, std::span<const int> descriptors) {
  std::string text = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  iovec content{text.data(), text.size()};
  msghdr header{};
  header.msg_iov = &content;
  header.msg_iovlen = 1;
  Beside beside{};
  if (!descriptors.empty()) {
    header.msg_control = beside.bytes;
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  }
  return base::retry_eintr([&] { return ::sendmsg(socket, &header, MSG_NOSIGNAL); }) == static_cast<ssize_t>(text.size());
}

std::optional<nlohmann::json> receive_message(int socket, std::vector<base::Fd>* descriptors) {
  std::string text(kMaxMessage, '\0');
  iovec content{text.data(), text.size()};
  msghdr header{};
  header.msg_iov = &content;
  header.msg_iovlen = 1;
  Beside beside{};
  if (descriptors != nullptr) {  // without room for them the kernel closes what comes
    header.msg_control = beside.bytes;
    header.msg_controllen = sizeof beside.bytes;
  }
  const ssize_t size = base::retry_eintr([&] { return ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC); });
  if (size <= 0) return std::nullopt;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; at + sizeof(int) <= part->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
      descriptors->emplace_back(fd);
    }
  }
  text.resize(static_cast<std::size_t>(size));
  auto message = nlohmann::json::parse(text, nullptr, false);
  if (!message.is_object()) return std::nullopt;
  return message;
}

}  // namespace forklight::supervisor
