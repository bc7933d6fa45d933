#include "core/pool/runner.h"

#include <fmt/format.h>

#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/traceback.h"

namespace forklight::pool {

using process::Runtime;
using trace::Kind;
using trace::Recorder;

const Function* Runner::begin(const Received& task) const {
  const Function* const function = task.how == How::reraise ? nullptr : &unpickled(task.function, method_);
  const std::size_t count = task.how == How::map || task.how == How::starmap ? task.items.size() : 1;
  Recorder::current().record(Kind::chunk_begin, pool_, part(task.job, task.chunk), part(task.first, static_cast<std::uint32_t>(count)));
  return function;
}

Message Runner::run(const Received& task, const Function* function) const {
  const auto& items = task.items.get_ref<const Value::array_t&>();
  if (task.how == How::reraise) Failure(items.at(0)).raise();
  if (task.how == How::call) return call(*function, part(task.job, task.first), items, task.named);
  Value::array_t list;
  list.reserve(items.size());
  std::optional<Message> unsendable;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    const auto one = task.how == How::starmap ? std::span<const Value>(items[i].get_ref<const Value::array_t&>()) : std::span<const Value>(&items[i], 1);
    Message result = call(*function, part(task.job, task.first + i), one, nullptr);
    if (!result.sendable() && !unsendable) unsendable = result;
    list.push_back(result.value());
  }
  if (unsendable) return Message::containing(*unsendable, std::move(list));
  return Value(std::move(list));
}

Message Runner::call(const Function& function, std::uint64_t item, std::span<const Value> arguments, const Value& named) const {
  Recorder& recorder = Recorder::current();
  recorder.gate(Kind::item_begin, pool_);
  recorder.record_text(Kind::item_begin, pool_, item, 0, joined(arguments));
  const auto raised = [&](const char* what) { recorder.record_text(Kind::item_end, pool_, item, 0, what); };
  try {
    Message result = function.call({arguments, named});
    recorder.gate(Kind::item_end, pool_);
    recorder.record_text(Kind::item_end, pool_, item, 1, repr_of(result));
    return result;
  } catch (const PythonError& error) {
    raised(error.what());
    throw;
  } catch (const process::SystemExit& exit) {
    raised(fmt::format("SystemExit: {}", exit.code).c_str());
    throw;
  } catch (const std::exception& error) {  // a value that is not of the type that the function takes it for
    const PythonError as_python("TypeError", error.what());
    raised(as_python.what());
    throw as_python;
  }
}

void Runner::end(const Received& task, bool good) const noexcept {
  Recorder::current().record(Kind::chunk_end, pool_, part(task.job, task.chunk), good ? 1 : 0);
}

std::string remote_traceback(std::string_view type, const PythonError& error, std::string_view frames) {
  return fmt::format("{}: \n\"\"\"\n{}\"\"\"\n", type, process::worker_traceback(error, Runtime::current().context().program, frames));
}

void initialize(const std::function<void()>& by_fork, const Value& place, trace::StartMethod method, const Args& initargs) {
  if (by_fork) return by_fork();
  if (!place.is_null()) unpickled_target(place, method).function(initargs);
}

First first_of(const Initializer& initializer, trace::StartMethod method) {
  if (method != trace::StartMethod::fork) {
    if (initializer.lambda) throw process::cannot_pickle_lambda(Runtime::current().context().python_minor);
    return {nullptr, initializer.target != nullptr ? Value(pickled(*initializer.target)) : Value(nullptr)};
  }
  if (initializer.target == nullptr) return {initializer.lambda, nullptr};
  return {[initializer] { initializer.target->function(initializer.args); }, nullptr};
}

}  // namespace forklight::pool
