#include "core/process/signals.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>

#include "core/base/every_child.h"
#include "core/gil/interrupt.h"
#include "core/process/facts.h"
#include "core/trace/recorder.h"

namespace forklight::process {
namespace {

using trace::Kind;
using trace::Recorder;

constexpr std::size_t kSignals = 65;  // 1 … 64 on Linux

struct Table {
  std::array<SignalHandler, kSignals> handlers;
  std::array<std::atomic<bool>, kSignals> tripped{};
};
FORKLIGHT_EVERY_CHILD Table& table() {
  static Table* const table = new Table;  // never destroyed: a signal may come at any time
  return *table;
}

std::atomic<bool>* tripped = nullptr;  // the table's, for the C handler

bool is_main_thread() noexcept { return ::syscall(SYS_gettid) == ::getpid(); }

void ask_for_a_turn() noexcept { gil::signal_word().fetch_or(gil::kSignals); }
void take_back() noexcept { gil::signal_word().fetch_and(~gil::kSignals); }

// Async-signal-safe: two atomic writes.
void note_signal(int signal) {
  tripped[signal].store(true, std::memory_order_relaxed);
  ask_for_a_turn();
}

// Around a handler's run: on record, and what it interrupted goes on after it, unless it raises.
class Handling {
 public:
  explicit Handling(int signal) noexcept : signal_(static_cast<std::uint64_t>(signal)) {
    Recorder::current().record(Kind::handler_begin, 0, signal_);
  }
  ~Handling() { Recorder::current().record(Kind::handler_end, 0, signal_, raised_ ? 1 : 0); }
  Handling(const Handling&) = delete;
  Handling& operator=(const Handling&) = delete;
  void returned() noexcept { raised_ = false; }

 private:
  std::uint64_t signal_;
  bool raised_ = true;
};

void run_pending() {
  if (!is_main_thread()) return;
  // First taken back, then looked through: what comes meanwhile sets it again.
  take_back();
  for (std::size_t signal = 1; signal < kSignals; ++signal) {
    if (!tripped[signal].exchange(false)) continue;
    const SignalHandler handler = table().handlers[signal];  // a copy: it may install another
    if (!handler) continue;
    // A handler that raises leaves the others for the next check point.
    ask_for_a_turn();
    const std::uint16_t line = Recorder::current().line();
    Handling handling(static_cast<int>(signal));
    handler(static_cast<int>(signal));
    handling.returned();
    Recorder::current().set_line(line);
  }
  take_back();
  for (std::size_t signal = 1; signal < kSignals; ++signal) {
    if (tripped[signal].load()) ask_for_a_turn();
  }
}

void set_action(int signal, void (*action)(int)) {
  if (!is_main_thread()) throw PythonError("ValueError", "signal only works in main thread of the main interpreter");
  struct sigaction wanted {};
  wanted.sa_handler = action;
  ::sigemptyset(&wanted.sa_mask);
  // No SA_RESTART: a call that blocks must come back, so that the handler can run.
  if (::sigaction(signal, &wanted, nullptr) != 0) throw os_error(errno);
}

}  // namespace

void set_signal_handler(int signal, SignalHandler handler) {
  tripped = table().tripped.data();
  gil::run_handlers.store(run_pending, std::memory_order_release);
  if (signal > 0 && static_cast<std::size_t>(signal) < kSignals) table().handlers[static_cast<std::size_t>(signal)] = std::move(handler);
  set_action(signal, note_signal);
}

void ignore_signal(int signal) { set_action(signal, SIG_IGN); }

void default_signal(int signal) { set_action(signal, SIG_DFL); }

void install_signal_handlers() {
  ignore_signal(SIGPIPE);
  struct sigaction now {};
  ::sigaction(SIGINT, nullptr, &now);
  if (now.sa_handler == SIG_DFL) set_signal_handler(SIGINT, [](int) { throw PythonError("KeyboardInterrupt", {}); });
}

FORKLIGHT_EVERY_CHILD void forget_pending_signals() noexcept {
  // Written only where there is something to forget: a page that is only read stays the parent's.
  for (std::atomic<bool>& one : table().tripped) {
    if (one.load(std::memory_order_relaxed)) one.store(false, std::memory_order_relaxed);
  }
  if ((gil::signal_word().load(std::memory_order_relaxed) & gil::kSignals) != 0) take_back();
}

}  // namespace forklight::process
