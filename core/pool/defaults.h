// How many workers there are if nobody says. For core/pool alone.
#pragma once

namespace forklight::pool {

// os.cpu_count(); since 3.13 os.process_cpu_count() (L-31).
[[nodiscard]] int default_processes();

}  // namespace forklight::pool
