// imap gives results in the order of the input, imap_unordered as they come.
#include <algorithm>

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

constexpr std::string_view kPython = assets::assets_scenarios_pool_imap_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

double seconds = 0;  // read by the program's top-level code, before there is any worker
std::int64_t items = 0;

const pool::Function kSquare{"square", [](const pool::Arguments& arguments) -> pool::Message {
                               const Frame frame("square");
                               const std::int64_t item = arguments[0];
                               at(py("time.sleep(SECONDS * (ITEMS - item)"));
                               process::sleep(seconds * static_cast<double>(items - item) / static_cast<double>(items));
                               at(py("return item * item"));
                               return item * item;
                             }};

void run(const Settings& settings) {
  seconds = settings.real("seconds");
  items = settings.integer("items");
  const Frame frame("<module>");
  at(py("with multiprocessing.Pool"));
  Pool pool(static_cast<int>(settings.integer("workers")), {.label = "pool"});
  const pool::With with(pool);
  const bool ordered = settings.text("order") == "ordered";
  at(ordered ? py("results = pool.imap(") : py("results = pool.imap_unordered("));
  pool::ResultIterator results =
      ordered ? pool.imap(kSquare, pool::range(0, items)) : pool.imap_unordered(kSquare, pool::range(0, items));
  for (;;) {
    at(py("for result in results"));
    const auto result = results.next();
    if (!result) break;
    at(py("print(\"got\""));
    process::print_now(fmt::format("got {}", result->get<std::int64_t>()));
  }
}

// L-01, L-02: in the order of the input; or in the order in which they arrived.
Verdict order(const timeline::Model& model, const Settings& settings, bool finished) {
  const timeline::PoolJob* const job = only_job(model, "pool");
  if (job == nullptr) return eventually(false, finished);
  std::vector<const timeline::PoolChunk*> chunks;
  for (const timeline::PoolChunk& chunk : job->chunks) chunks.push_back(&chunk);
  if (settings.text("order") == "unordered") {
    std::stable_sort(chunks.begin(), chunks.end(),
                     [](const auto* left, const auto* right) { return left->arrived_ns < right->arrived_ns; });
  }
  std::string expected;
  for (const timeline::PoolChunk* chunk : chunks) {
    expected += fmt::format("got {}\n", std::int64_t{chunk->first} * chunk->first);
  }
  const bool all = job->chunks.size() == static_cast<std::size_t>(settings.integer("items"));
  return eventually(all && main_printed(model, expected), finished);
}

Verdict each_once(const timeline::Model& model, const Settings& settings, bool finished) {
  return each_item_once(model, "pool", static_cast<std::size_t>(settings.integer("items")), finished);
}

}  // namespace

const Scenario& pool_imap() {
  static const Scenario scenario{
      .id = "pool-imap",
      .group = "pools",
      .python_file = "pool-imap.py",
      .python = kPython,
      .cpp_file = "pool_imap.cpp",
      .cpp = assets::core_scenario_pool_imap_cpp,
      .parameters =
          {{.id = "order",
            .type = ParameterType::choice,
            .fallback = "ordered",
            .choices = {"ordered", "unordered"}},
           {.id = "workers", .type = ParameterType::integer, .fallback = "3", .minimum = 1, .maximum = 16},
           {.id = "items", .type = ParameterType::integer, .fallback = "9", .minimum = 1, .maximum = 200},
           {.id = "seconds",
            .type = ParameterType::real,
            .fallback = "0.6",
            .minimum = 0,
            .maximum = 10,
            .unit = "s"}},
      .claims = {{"order", order}, {"each-once", each_once}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
