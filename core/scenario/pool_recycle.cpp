// maxtasksperchild: a worker that has done its share ends, and a new one comes in its place.
#include <unistd.h>

#include <algorithm>
#include <map>

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

constexpr std::string_view kPython = assets::assets_scenarios_pool_recycle_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

double seconds = 0;  // read by the program's top-level code, before there is any worker

const pool::Function kWho{"who", [](const pool::Arguments&) -> pool::Message {
                            const Frame frame("who");
                            at(py("time.sleep(SECONDS)"));
                            process::sleep(seconds);
                            at(py("return os.getpid()"));
                            return static_cast<int>(::getpid());
                          }};

void run(const Settings& settings) {
  seconds = settings.real("seconds");
  const long workers = settings.integer("workers"), limit = settings.integer("limit"), count = settings.integer("tasks");
  const Frame frame("<module>");
  at(py("pool = multiprocessing.Pool"));
  Pool pool(static_cast<int>(workers),
            {.maxtasksperchild = limit == 0 ? std::nullopt : std::optional<int>(static_cast<int>(limit)), .label = "pool"});
  at(py("pids = pool.map"));
  const auto pids = pool.map(kWho, pool::range(0, count), 1).get<std::vector<int>>();
  at(py("pool.close()"));
  pool.close();
  at(py("pool.join()"));
  pool.join();
  at(py("tasks = collections.Counter"));
  std::map<int, long> tasks;
  for (const int pid : pids) ++tasks[pid];
  at(py("print(len(pids)"));
  process::print(fmt::format("{} tasks done", pids.size()));
  at(py("print(\"recycled\""));
  const bool none_more = std::all_of(tasks.begin(), tasks.end(),
                                     [&](const auto& one) { return one.second <= (limit == 0 ? count : limit); });
  process::print(fmt::format("{} and none did more than its share: {}",
                             static_cast<long>(tasks.size()) > workers ? "recycled" : "not recycled", none_more ? "True" : "False"));
}

// L-25: after so many tasks a worker ends with exit code 0, and not before.
Verdict share(const timeline::Model& model, const Settings& settings, bool finished) {
  const timeline::Pool* const pool = pool_named(model, "pool");
  if (pool == nullptr) return eventually(false, finished);
  const auto limit = static_cast<std::size_t>(settings.integer("limit"));
  std::size_t turns = 0;
  for (const timeline::PoolWorker& worker : pool->workers) {
    turns += worker.turns.size();
    if (limit != 0 && worker.turns.size() > limit) return Verdict::broken;
    const bool early = worker.exit_code && (worker.exit_code != 0 || (limit != 0 && worker.turns.size() < limit));
    // The last ones end with the pool, whatever they have done.
    if (early && pool->state_at(worker.joined_ns) == trace::PoolState::run && !hand_of_learner(model)) return Verdict::broken;
  }
  return eventually(turns == static_cast<std::size_t>(settings.integer("tasks")), finished);
}

// Never more of them at a time than the pool's size.
Verdict size(const timeline::Model& model, const Settings& settings, bool finished) {
  const timeline::Pool* const pool = pool_named(model, "pool");
  if (pool == nullptr) return eventually(false, finished);
  std::map<std::int64_t, int> changes;
  for (const timeline::PoolWorker& worker : pool->workers) {
    ++changes[worker.started_ns];
    if (worker.joined_ns != timeline::kOpen) --changes[worker.joined_ns];
  }
  long now = 0;
  for (const auto& [time, change] : changes) {
    now += change;
    if (now > settings.integer("workers")) return Verdict::broken;
  }
  return eventually(!pool->workers.empty(), finished);
}

Verdict each_once(const timeline::Model& model, const Settings& settings, bool finished) {
  return each_item_once(model, "pool", static_cast<std::size_t>(settings.integer("tasks")), finished);
}

}  // namespace

const Scenario& pool_recycle() {
  static const Scenario scenario{
      .id = "pool-recycle",
      .group = "pools",
      .python_file = "pool-recycle.py",
      .python = kPython,
      .cpp_file = "pool_recycle.cpp",
      .cpp = assets::core_scenario_pool_recycle_cpp,
      .parameters =
          {{.id = "workers", .type = ParameterType::integer, .fallback = "2", .minimum = 1, .maximum = 16},
           {.id = "tasks", .type = ParameterType::integer, .fallback = "10", .minimum = 1, .maximum = 200},
           {.id = "limit", .type = ParameterType::integer, .fallback = "2", .minimum = 0, .maximum = 100},
           {.id = "seconds",
            .type = ParameterType::real,
            .fallback = "0.1",
            .minimum = 0,
            .maximum = 5,
            .unit = "s"}},
      .claims = {{"share", share}, {"size", size}, {"each-once", each_once}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
