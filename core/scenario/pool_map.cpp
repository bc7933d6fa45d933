// A list goes through a function in a pool of workers: how it is cut into chunks decides how long the last worker keeps everybody waiting.
#include <algorithm>
#include <numeric>

#include "assets/embedded.h"
#include "core/pool/pool.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/pool_claims.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using pool::Pool;
using process::at;
using process::Frame;

constexpr std::string_view kPython = assets::assets_scenarios_pool_map_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

// What the program's top-level code has read from its arguments, before there is any worker.
struct Options {
  std::string cost;
  double seconds;
  double items;
};
Options options;

double cost(std::int64_t item) {
  const Frame frame("cost");
  at(py("if COST == \"even\""));
  if (options.cost == "even") {
    at(py("return SECONDS\n"));
    return options.seconds;
  }
  at(py("if COST == \"skewed\""));
  if (options.cost == "skewed") {
    at(py("return SECONDS * 2 * (item + 0.5)"));
    return options.seconds * 2 * (static_cast<double>(item) + 0.5) / options.items;
  }
  at(py("return SECONDS * 2 * (item * 7919"));
  return options.seconds * 2 * static_cast<double>(item * 7919 % 101) / 100;
}

const pool::Function kSquare{"square", [](const pool::Arguments& arguments) -> pool::Message {
                               const Frame frame("square");
                               const std::int64_t item = arguments[0];
                               at(py("time.sleep(cost(item))"));
                               process::sleep(cost(item));
                               at(py("return item * item"));
                               return item * item;
                             }};

void run(const Settings& settings) {
  options = {settings.text("cost"), settings.real("seconds"), settings.real("items")};
  const Frame frame("<module>");
  std::vector<std::int64_t> squares;
  {
    at(py("with multiprocessing.Pool"));
    Pool pool(static_cast<int>(settings.integer("workers")), {.label = "pool"});
    const pool::With with(pool);
    at(py("squares = pool.map"));
    const long chunksize = settings.integer("chunksize");
    squares = pool.map(kSquare, pool::range(0, settings.integer("items")),
                       chunksize == 0 ? std::nullopt : std::optional<std::int64_t>(chunksize))
                  .get<std::vector<std::int64_t>>();
    at(py("with multiprocessing.Pool"));  // and out of it: terminated
  }
  at(py("print(len(squares)"));
  process::print(fmt::format("{} squares, their sum is {}", squares.size(),
                             std::accumulate(squares.begin(), squares.end(), std::int64_t{0})));
  at(py("print(\"in order\""));
  process::print(std::is_sorted(squares.begin(), squares.end()) ? "in order" : "not in order");
}

// L-01: whoever did them, the results come in the order of the input.
Verdict ordered(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::int64_t n = settings.integer("items") - 1;
  const std::string text =
      fmt::format("{} squares, their sum is {}\nin order\n", n + 1, n * (n + 1) * (2 * n + 1) / 6);
  return eventually(main_printed(model, text), finished);
}

// L-04: divmod(items, 4 · workers), rounded up; all chunks but the last are that long.
Verdict chunks(const timeline::Model& model, const Settings& settings, bool finished) {
  const timeline::PoolJob* const job = only_job(model, "pool");
  if (job == nullptr) return eventually(false, finished);
  const auto items = static_cast<std::size_t>(settings.integer("items"));
  std::size_t size = static_cast<std::size_t>(settings.integer("chunksize"));
  if (size == 0) size = pool::default_chunksize(items, static_cast<std::size_t>(settings.integer("workers")));
  for (const timeline::PoolChunk& chunk : job->chunks) {
    const std::size_t expected = std::min(size, items - std::min<std::size_t>(items, chunk.first));
    if (chunk.first != chunk.index * size || chunk.count != expected) return Verdict::broken;
  }
  return eventually(job->chunksize == size && job->chunks.size() == (items + size - 1) / size, finished);
}

Verdict each_once(const timeline::Model& model, const Settings& settings, bool finished) {
  return each_item_once(model, "pool", static_cast<std::size_t>(settings.integer("items")), finished);
}

}  // namespace

const Scenario& pool_map() {
  static const Scenario scenario{
      .id = "pool-map",
      .group = "pools",
      .python_file = "pool-map.py",
      .python = kPython,
      .cpp_file = "pool_map.cpp",
      .cpp = assets::core_scenario_pool_map_cpp,
      .parameters =
          {{.id = "workers", .type = ParameterType::integer, .fallback = "3", .minimum = 1, .maximum = 16},
           {.id = "items", .type = ParameterType::integer, .fallback = "24", .minimum = 1, .maximum = 1000},
           {.id = "chunksize", .type = ParameterType::integer, .fallback = "0", .minimum = 0, .maximum = 1000},
           {.id = "cost",
            .type = ParameterType::choice,
            .fallback = "skewed",
            .choices = {"even", "skewed", "random"}},
           {.id = "seconds",
            .type = ParameterType::real,
            .fallback = "0.1",
            .minimum = 0,
            .maximum = 5,
            .unit = "s"}},
      .claims = {{"ordered", ordered}, {"chunks", chunks}, {"each-once", each_once}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
