// Questions that the claims of the pools' scenarios put to a run.
#pragma once

#include <string_view>

#include "core/scenario/claims.h"

namespace forklight::scenario {

// The pool or executor of that name, as its events tell of it; nullptr as long as it is not there.
[[nodiscard]] const timeline::Pool* pool_named(const timeline::Model& model, std::string_view name);
// Its only job; nullptr if it has none or several.
[[nodiscard]] const timeline::PoolJob* only_job(const timeline::Model& model, std::string_view pool);

// Each of its items was called once, and no other; by workers of the pool. Broken as soon as one is called again.
[[nodiscard]] Verdict each_item_once(const timeline::Model& model, std::string_view pool, std::size_t items, bool finished);

}  // namespace forklight::scenario
