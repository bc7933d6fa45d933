// What ends a lesson whose supervisor has died: the read end of a pipe whose write end only the supervisor holds. When that closes, the kernel
// itself sends SIGKILL to the process group that owns the open file. No process needs a thread, a handler or luck for that.
#pragma once

namespace forklight::process {

// Makes the group of this process the owner; ends the process if that fails, or if the supervisor is dead already. Once a group.
void arm_lifeline(int fd) noexcept;

// os.setsid(): a session and a process group of its own, for this process and all that it starts from then on. Ctrl+C to the lesson does not
// reach them, the end of the supervisor does. Throws PermissionError where the process leads a group already (MainProcess does), or os_error.
void setsid();

}  // namespace forklight::process
