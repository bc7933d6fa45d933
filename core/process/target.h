// What a process runs: a function registered by its Python name, with arguments that could be sent; or, under fork alone, a lambda.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

namespace forklight::process {

// Positional arguments: a list of values.
using Args = nlohmann::json;

struct Target {
  std::string_view name;  // as in the twin: "raises"
  void (*function)(const Args& args);
};

}  // namespace forklight::process
