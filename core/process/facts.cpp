#include "core/process/facts.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>

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

PythonError cannot_pickle_lambda(int python_minor) {
  return {"_pickle.PicklingError", fmt::format("Can't pickle <function <lambda> at 0x7f0000000000>: {}",
                                               python_minor >= 14 ? "it's not found as __main__.<lambda>" : "attribute lookup <lambda> on __main__ failed")};
}

PythonError cannot_pickle_local(std::string_view qualified_name, int python_minor) {
  if (python_minor < 14) return {"AttributeError", fmt::format("Can't pickle local object '{}'", qualified_name)};
  return {"_pickle.PicklingError", fmt::format("Can't pickle local object <function {} at 0x7f0000000000>", qualified_name)};
}

PythonError target_not_found(std::string_view name, std::string_view file, int python_minor) {
  if (file.empty()) {
    return {"AttributeError", python_minor >= 14 ? fmt::format("module '__main__' has no attribute '{}'", name)
                                                 : fmt::format("Can't get attribute '{}' on <module '__main__' (built-in)>", name)};
  }
  if (python_minor >= 14) return {"AttributeError", fmt::format("module '__mp_main__' has no attribute '{}'", name)};
  return {"AttributeError", fmt::format("Can't get attribute '{}' on <module '__mp_main__' from '{}'>", name, file)};
}

PythonError no_program_file() {
  std::error_code ignored;
  const std::string file = (std::filesystem::current_path(ignored) / "<stdin>").string();
  return {"FileNotFoundError", fmt::format("[Errno {}] {}: '{}'", ENOENT, base::error_text(ENOENT), file)};
}

PythonError still_importing() {
  return {"RuntimeError", R"py(
        An attempt has been made to start a new process before the
        current process has finished its bootstrapping phase.

        This probably means that you are not using fork to start your
        child processes and you have forgotten to use the proper idiom
        in the main module:

            if __name__ == '__main__':
                freeze_support()
                ...

        The "freeze_support()" line can be omitted if the program
        is not going to be frozen to produce an executable.

        To fix this issue, refer to the "Safe importing of main module"
        section in https://docs.python.org/3/library/multiprocessing.html
        )py"};
}

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
