// The table of scenarios: one function a file. To add one, see README.md.
#pragma once

#include "core/scenario/scenario.h"

namespace forklight::scenario {

[[nodiscard]] const Scenario& hello();
[[nodiscard]] const Scenario& exit_codes();
[[nodiscard]] const Scenario& start_methods();
[[nodiscard]] const Scenario& main_guard();
[[nodiscard]] const Scenario& zombie();
[[nodiscard]] const Scenario& orphan();
[[nodiscard]] const Scenario& daemon();
[[nodiscard]] const Scenario& terminate_vs_kill();
[[nodiscard]] const Scenario& crash();
[[nodiscard]] const Scenario& copy_on_write();
[[nodiscard]] const Scenario& queue();
[[nodiscard]] const Scenario& pipe();
[[nodiscard]] const Scenario& deadlock_join();
[[nodiscard]] const Scenario& event();
[[nodiscard]] const Scenario& shared_memory();
[[nodiscard]] const Scenario& killed_with_lock();
[[nodiscard]] const Scenario& barrier();
[[nodiscard]] const Scenario& condition();
[[nodiscard]] const Scenario& gil_vs_processes();
[[nodiscard]] const Scenario& gil_io();
[[nodiscard]] const Scenario& convoy();
[[nodiscard]] const Scenario& switch_interval();
[[nodiscard]] const Scenario& race();
[[nodiscard]] const Scenario& trade_offs();
[[nodiscard]] const Scenario& pool_apply();
[[nodiscard]] const Scenario& pool_map();
[[nodiscard]] const Scenario& pool_imap();
[[nodiscard]] const Scenario& pool_event();
[[nodiscard]] const Scenario& pool_dead_worker();
[[nodiscard]] const Scenario& pool_recycle();

}  // namespace forklight::scenario
