#include "core/supervisor/protocol.h"

#include <sys/socket.h>

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
          {"max_run_time_s", request.caps.run_time_s}};
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
  return request;
}

bool send_message(int socket, const nlohmann::json& message) {
  const std::string text = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return base::retry_eintr([&] { return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL); }) == static_cast<ssize_t>(text.size());
}

std::optional<nlohmann::json> receive_message(int socket) {
  std::string text(kMaxMessage, '\0');
  const ssize_t size = base::retry_eintr([&] { return ::recv(socket, text.data(), text.size(), 0); });
  if (size <= 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(size));
  auto message = nlohmann::json::parse(text, nullptr, false);
  if (!message.is_object()) return std::nullopt;
  return message;
}

}  // namespace forklight::supervisor
