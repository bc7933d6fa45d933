// The surprises (SEMANTICS, part T): short programs whose result surprises people who know multiprocessing well. One function a scenario, all
// of the group "surprises", surprise-NN in the order of part T; each half of them is a list of its own.
#pragma once

#include <span>

#include "core/scenario/scenario.h"

namespace forklight::scenario {

[[nodiscard]] std::span<const Scenario* const> surprises_1();
[[nodiscard]] std::span<const Scenario* const> surprises_2();

// --- processes and queues (part_1.cpp) ---
[[nodiscard]] const Scenario& surprise_numbers();            // 01 F01
[[nodiscard]] const Scenario& surprise_globals();            // 02 F02
[[nodiscard]] const Scenario& surprise_own_copy();           // 03 F03
[[nodiscard]] const Scenario& surprise_no_finally();         // 04 F05
[[nodiscard]] const Scenario& surprise_inherited_handler();  // 05 F06
[[nodiscard]] const Scenario& surprise_who_asks();           // 06 F07
[[nodiscard]] const Scenario& surprise_end_of_parent();      // 07 F09
[[nodiscard]] const Scenario& surprise_left_daemon();        // 08 F10
[[nodiscard]] const Scenario& surprise_empty_queue();        // 09 F11
[[nodiscard]] const Scenario& surprise_vanished_item();      // 10 F13
[[nodiscard]] const Scenario& surprise_early_join();         // 11 F14
[[nodiscard]] const Scenario& surprise_lost_item();          // 12 F15
[[nodiscard]] const Scenario& surprise_dead_reader();        // 13 F16
[[nodiscard]] const Scenario& surprise_half_item();          // 14 F17

// --- sharing, pools, the GIL and the rest (part_2.cpp) ---
[[nodiscard]] const Scenario& surprise_dead_holder();          // 15 F19
[[nodiscard]] const Scenario& surprise_value_race();           // 16 F20
[[nodiscard]] const Scenario& surprise_pipe_sizes();           // 17 F23
[[nodiscard]] const Scenario& surprise_lost_task();            // 18 F24
[[nodiscard]] const Scenario& surprise_idle_worker();          // 19 F25
[[nodiscard]] const Scenario& surprise_with_pool();            // 20 F26
[[nodiscard]] const Scenario& surprise_imap_ahead();           // 21 F28
[[nodiscard]] const Scenario& surprise_threads_or_processes();  // 22 F29
[[nodiscard]] const Scenario& surprise_late_reader();          // 23 F30
[[nodiscard]] const Scenario& surprise_plus_equals();          // 24 F31
[[nodiscard]] const Scenario& surprise_c_call();               // 25 F32
[[nodiscard]] const Scenario& surprise_reading_copies();       // 26 F33
[[nodiscard]] const Scenario& surprise_lambda_target();        // 27 F34
[[nodiscard]] const Scenario& surprise_manager_list();       // 28 F36

}  // namespace forklight::scenario
