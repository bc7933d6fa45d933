// The facts of SEMANTICS.md, part S: the same program on the engine and by the python3 of this machine, under each start method. The programs
// are in tests/support/lessons_start.cpp.
#include "tests/support/conforms.h"

CONFORMS("S-01 S-02 P-02 three methods and their names and exit codes")
CONFORMS("S-03 S-05 globals as changed or as first imported")
CONFORMS("S-06 S-20 a lambda runs under fork alone")
CONFORMS("S-21 a nested function cannot be pickled")
CONFORMS("S-22 a target under the main guard is not found")
CONFORMS("S-27 spawn without a main guard")
CONFORMS("S-27 forkserver without a main guard")
CONFORMS("S-27 fork needs no main guard")
CONFORMS("S-32 S-33 a lock of the fork context goes to fork alone")
CONFORMS("S-34 S-35 S-36 setting the start method")
CONFORMS("E.3 a value and its lock travel to every method")
CONFORMS("E.3 S-24 queue and connection and event travel to every method")
CONFORMS("E.3 every other primitive travels to every method")
CONFORMS("P-04 S-09 grandchildren by every method")
CONFORMS("P-35 an uncaught exception under every method")
CONFORMS("I-15 under spawn and forkserver the end of file comes by itself")
CONFORMS("P-73 the forkserver is killed")
