#include "core/process/facts.h"

#include <fmt/format.h>

#include <cerrno>

#include "core/base/error.h"
#include "core/process/frame.h"

namespace forklight::process {
namespace {

struct Text {
  std::string_view type, message;
};

Text text_of(Fact fact) {
  switch (fact) {
#define X(name, type, message) \
  case Fact::name:             \
    return {type, message};
    FORKLIGHT_PYTHON_ERRORS(X)
#undef X
  }
  return {"RuntimeError", "unknown error"};
}

}  // namespace

PythonError::PythonError(std::string type, std::string message)
    : type_(std::move(type)), message_(std::move(message)), frames_(Frame::stack()) {
  // As Python prints it: no colon after the type when the message is empty.
  text_ = message_.empty() ? type_ : type_ + ": " + message_;
}

PythonError::PythonError(Fact fact) : PythonError(std::string(text_of(fact).type), std::string(text_of(fact).message)) {}

PythonError os_error(int error) {
  std::string type = "OSError";
  switch (error) {
    case EAGAIN:
      type = "BlockingIOError";
      break;
    case EPIPE:
      type = "BrokenPipeError";
      break;
    case ECONNRESET:
      type = "ConnectionResetError";
      break;
    case ENOENT:
      type = "FileNotFoundError";
      break;
    case EACCES:
    case EPERM:
      type = "PermissionError";
      break;
    default:
      break;
  }
  return {type, fmt::format("[Errno {}] {}", error, base::error_text(error))};
}

}  // namespace forklight::process
