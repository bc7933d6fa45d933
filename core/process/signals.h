// signal.signal(): the program's own handlers of signals. They run in the main thread, between two lines or inside a call that blocks,
// which goes on after them (PEP 475); what a handler raises goes up from where the program was. Inherited by fork (P-38).
#pragma once

#include <functional>

namespace forklight::process {

using SignalHandler = std::function<void(int signal)>;

// signal.signal(signal, handler). ValueError in any thread but the main one; OSError for a signal that cannot be caught.
void set_signal_handler(int signal, SignalHandler handler);
void ignore_signal(int signal);     // signal.SIG_IGN
void default_signal(int signal);    // signal.SIG_DFL

// What Python installs as it begins: SIGPIPE is ignored (I-06), SIGINT raises KeyboardInterrupt, unless it is ignored already.
void install_signal_handlers();
// In a forked child: a signal that came to the parent is the parent's.
void forget_pending_signals() noexcept;

}  // namespace forklight::process
