#include "core/trace/kinds.h"

namespace forklight::trace {

std::string_view name(Kind kind) noexcept {
  switch (kind) {
#define X(value, name_, object, a, b) \
  case Kind::name_:                   \
    return #name_;
    FORKLIGHT_EVENT_KINDS(X)
#undef X
  }
  return "unknown";
}

std::optional<Kind> kind_named(std::string_view name) noexcept {
#define X(value, name_, object, a, b) \
  if (name == #name_) return Kind::name_;
  FORKLIGHT_EVENT_KINDS(X)
#undef X
  return std::nullopt;
}

ArgumentNames argument_names(Kind kind) noexcept {
  switch (kind) {
#define X(value, name_, object, a, b) \
  case Kind::name_:                   \
    return {object, a, b};
    FORKLIGHT_EVENT_KINDS(X)
#undef X
  }
  return {};
}

}  // namespace forklight::trace
