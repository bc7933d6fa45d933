#include "core/pool/future.h"

#include <fmt/format.h>

#include <utility>

#include "core/pool/future_state.h"
#include "core/pool/getting.h"
#include "core/process/output.h"
#include "core/process/runtime.h"
#include "core/process/traceback.h"
#include "core/trace/recorder.h"

namespace forklight::pool {

using process::Fact;
using process::Runtime;
using trace::JobEnd;
using trace::Kind;
using trace::Recorder;
using Stage = Future::State::Stage;

namespace {

PythonError timeout_error() {
  return {Runtime::current().context().python_minor >= 11 ? "TimeoutError" : "concurrent.futures._base.TimeoutError", {}};
}

std::string_view python_type(const Value& value) noexcept {
  if (value.is_null()) return "NoneType";
  if (value.is_boolean()) return "bool";
  if (value.is_number_float()) return "float";
  if (value.is_number()) return "int";
  if (value.is_string()) return "str";
  if (value.is_binary()) return "bytes";
  return value.is_array() ? "list" : "dict";
}

}  // namespace

// --- the state ------------------------------------------------------------------------------------------------------

bool Future::State::set_running() {
  const std::lock_guard lock(mutex_);
  if (stage_ != Stage::pending) return false;
  stage_ = Stage::running;
  return true;
}

void Future::State::settle(Outcome outcome, JobEnd how) {
  {
    const std::lock_guard lock(mutex_);
    if (stage_ == Stage::cancelled || stage_ == Stage::finished) return;
    outcome_ = std::move(outcome);
    stage_ = Stage::finished;
  }
  end(how);
}

bool Future::State::cancel() {
  {
    const std::lock_guard lock(mutex_);
    if (stage_ == Stage::running || stage_ == Stage::finished) return false;
    if (stage_ == Stage::cancelled) return true;
    stage_ = Stage::cancelled;
  }
  end(JobEnd::cancelled);
  return true;
}

void Future::State::end(JobEnd how) {
  Recorder::current().record(Kind::job_done, object, part(job, 0), static_cast<std::uint64_t>(how));
  end_.post();
  std::vector<std::function<void(const Future&)>> callbacks;
  {
    const std::lock_guard lock(mutex_);
    callbacks.swap(callbacks_);
  }
  for (const auto& callback : callbacks) call(callback);
}

void Future::State::add_callback(std::function<void(const Future&)> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (stage_ == Stage::pending || stage_ == Stage::running) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  call(callback);
}

void Future::State::call(const std::function<void(const Future&)>& callback) {
  Recorder& recorder = Recorder::current();
  const Future future(shared_from_this());
  recorder.gate(Kind::callback_begin, object);
  recorder.record(Kind::callback_begin, object, part(job, 0));
  bool returned = false;
  try {
    callback(future);
    returned = true;
  } catch (const PythonError& error) {
    if (!is_exception(error)) throw;
    process::write_stderr(fmt::format("exception calling callback for {}\n{}", future.repr(),
                                      process::traceback(error, Runtime::current().context().program, std::string_view{})));
  }
  recorder.record(Kind::callback_end, object, part(job, 0), returned ? 1 : 0);
}

Stage Future::State::wait(Timeout timeout) {
  const Stage now = stage();
  if (now == Stage::cancelled || now == Stage::finished) return now;
  if (end_.take({trace::BlockReason::result, object}, timeout)) end_.post();
  return stage();
}

Stage Future::State::stage() const {
  const std::lock_guard lock(mutex_);
  return stage_;
}

// --- the handle -----------------------------------------------------------------------------------------------------

Value Future::result(Timeout timeout) const {
  Getting getting(state_->object, part(state_->job, kAll), timeout);
  const Stage stage = state_->wait(timeout);
  if (stage == Stage::cancelled) throw PythonError(Fact::L_cancelled);
  if (stage != Stage::finished) throw timeout_error();
  const Outcome& outcome = state_->outcome();
  getting.end(outcome.good());
  if (outcome.failure) outcome.failure->raise();
  return outcome.value;
}

std::optional<PythonError> Future::exception(Timeout timeout) const {
  Getting getting(state_->object, part(state_->job, kAll), timeout);
  const Stage stage = state_->wait(timeout);
  if (stage == Stage::cancelled) throw PythonError(Fact::L_cancelled);
  if (stage != Stage::finished) throw timeout_error();
  getting.end(true);
  if (const Outcome& outcome = state_->outcome(); outcome.failure) return outcome.failure->error();
  return std::nullopt;
}

bool Future::cancel() const { return state_->cancel(); }

bool Future::cancelled() const { return state_->stage() == Stage::cancelled; }

bool Future::running() const { return state_->stage() == Stage::running; }

bool Future::done() const {
  const Stage stage = state_->stage();
  return stage == Stage::cancelled || stage == Stage::finished;
}

void Future::add_done_callback(std::function<void(const Future&)> callback) const { state_->add_callback(std::move(callback)); }

std::uint32_t Future::job() const noexcept { return state_->job; }

std::string Future::repr() const {
  static constexpr std::string_view kStages[] = {"pending", "running", "cancelled", "finished"};
  const Stage stage = state_->stage();
  std::string text = fmt::format("<Future at {} state={}", fmt::ptr(state_.get()), kStages[static_cast<std::size_t>(stage)]);
  if (stage == Stage::finished) {
    const Outcome& outcome = state_->outcome();
    const std::string error = outcome.failure ? repr_of(outcome.failure->error()) : std::string();
    text += outcome.failure ? fmt::format(" raised {}", error.substr(0, error.find('('))) : fmt::format(" returned {}", python_type(outcome.value));
  }
  return text + ">";
}

}  // namespace forklight::pool
