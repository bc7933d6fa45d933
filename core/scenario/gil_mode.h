// The parameter "lock": how the GIL of the lesson's MainProcess works. The installed Python has but one of these; its twin says so.
#pragma once

#include "core/gil/interpreter.h"
#include "core/process/facts.h"
#include "core/scenario/scenario.h"

namespace forklight::scenario {

inline Parameter gil_mode() {
  return {.id = "lock", .type = ParameterType::choice, .fallback = "gil", .choices = {"gil", "before-3.2", "none"}};
}

// Before any other thread has begun.
inline void use_gil_mode(const Settings& settings) {
  const std::string& lock = settings.text("lock");
  if (lock == "gil") return;
  const auto mode = lock == "none" ? trace::GilMode::free_threaded : trace::GilMode::before_3_2;
  if (!gil::Interpreter::main().set_mode(mode)) throw process::PythonError("RuntimeError", "another thread runs already");
}

}  // namespace forklight::scenario
