// A stretch of a run in words, as a person writes it and as a tour keeps it.
#pragma once

#include <string>

#include "core/timeline/model.h"

namespace forklight::app::session {

// "1.2s..1.5s", "300ms..": from and to, since the run's begin; either may be missing. Throws base::UsageError for what is none, or lies beside
// the run.
[[nodiscard]] timeline::TimeRange parse_range(const timeline::Model& model, const std::string& text);

// The same, back: to a hundredth of its length.
[[nodiscard]] std::string range_text(const timeline::Model& model, const timeline::TimeRange& range);
// A moment in that way, for select_by_name(): "12.3ms".
[[nodiscard]] std::string moment_text(const timeline::Model& model, std::int64_t time_ns);

}  // namespace forklight::app::session
