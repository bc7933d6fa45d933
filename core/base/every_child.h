// Marks the functions that every forked child runs, from fork to exit.
#pragma once

// Code is not copied by fork: a child faults it in again, sixteen pages at a time, and each time costs as much as several system calls.
// The linker puts functions with this mark side by side.
#define FORKLIGHT_EVERY_CHILD [[gnu::hot]]
