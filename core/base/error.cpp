#include "core/base/error.h"

#include <cerrno>

namespace forklight::base {

void throw_errno(const std::string& operation) { throw_errno(operation, errno); }

void throw_errno(const std::string& operation, int error) {
  throw std::system_error(error, std::generic_category(), operation);
}

std::string error_text(int error) { return std::generic_category().message(error); }

}  // namespace forklight::base
