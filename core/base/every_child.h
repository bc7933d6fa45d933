// Marks the functions that every forked child runs, from fork to exit, and the variables that it writes.
#pragma once

// Code is not copied by fork: a child faults it in again, sixteen pages at a time, and each time costs as much as several system calls.
// The linker puts functions with this mark side by side.
#define FORKLIGHT_EVERY_CHILD [[gnu::hot]]

// Data is copied at the first write, a page at a time, in the child and in the parent after each fork: these share their pages.
#define FORKLIGHT_EVERY_CHILDS [[gnu::section("forklight_child")]]
