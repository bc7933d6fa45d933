// CBOR (RFC 8949) of the values that messages hold: into a buffer that is used again and again, and out of bytes that may be garbage.
// For core/ipc alone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/json.h"

namespace forklight::ipc {

// Appends the value.
void append_cbor(std::vector<std::uint8_t>& out, const nlohmann::json& value);

// The value that these bytes begin with, which are left without it. Nothing if they begin with none, or with what append_cbor never writes.
[[nodiscard]] std::optional<nlohmann::json> read_cbor(std::span<const std::uint8_t>& bytes);

}  // namespace forklight::ipc
