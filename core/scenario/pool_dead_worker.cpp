// A worker is killed in the middle of its task: a Pool replaces it and never tells who waits; a ProcessPoolExecutor breaks, and tells everybody.
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "assets/embedded.h"
#include "core/pool/executor.h"
#include "core/pool/pool.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/pool_claims.h"
#include "core/scenario/registry.h"
#include "core/trace/recorder.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::PythonError;

constexpr int kTasks = 4, kDies = 1;
constexpr std::string_view kPython = assets::assets_scenarios_pool_dead_worker_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

double seconds = 0;  // read by the program's top-level code, before there is any worker

const pool::Function kNap{"nap", [](const pool::Arguments& arguments) -> pool::Message {
                            const Frame frame("nap");
                            at(py("time.sleep(SECONDS)"));
                            process::sleep(seconds);
                            at(py("return number"));
                            return arguments[0];
                          }};

const pool::Function kDie{"die", [](const pool::Arguments&) -> pool::Message {
                            const Frame frame("die");
                            at(py("os.kill(os.getpid(), signal.SIGKILL)"));
                            auto& recorder = trace::Recorder::current();
                            recorder.gate(trace::Kind::signal_sent, recorder.task());
                            recorder.record(trace::Kind::signal_sent, recorder.task(), SIGKILL,
                                            static_cast<std::uint64_t>(::getpid()));
                            ::kill(::getpid(), SIGKILL);
                            return nullptr;
                          }};

const pool::Function& task(int number) {
  return number == kDies ? kDie : kNap;
}

void run_pool(sync::Timeout patience) {
  at(py("with multiprocessing.Pool"));
  pool::Pool pool(2, {.label = "pool"});
  const pool::With with(pool);
  std::vector<pool::AsyncResult> results;
  at(py("results = [pool.apply_async"));
  for (int number = 0; number < kTasks; ++number) results.push_back(pool.apply_async(task(number), {number}));
  for (int number = 0; number < kTasks; ++number) {
    at(py("result.get(PATIENCE)"));
    try {
      const pool::Value value = results[static_cast<std::size_t>(number)].get(patience);
      process::print_now(fmt::format("{} gives {}", number, value.get<int>()));
    } catch (const PythonError& error) {
      if (error.type() != "multiprocessing.context.TimeoutError") throw;
      at(py("print(number, \"has not come\""));
      process::print_now(fmt::format("{} has not come", number));
    }
  }
}

void run_executor(sync::Timeout patience) {
  at(py("with concurrent.futures.ProcessPoolExecutor"));
  pool::Executor executor(2, {.label = "executor"});
  const pool::WithExecutor with(executor);
  std::vector<pool::Future> futures;
  at(py("futures = [executor.submit"));
  for (int number = 0; number < kTasks; ++number) futures.push_back(executor.submit(task(number), {number}));
  for (int number = 0; number < kTasks; ++number) {
    at(py("future.result(PATIENCE)"));
    try {
      const pool::Value value = futures[static_cast<std::size_t>(number)].result(patience);
      process::print_now(fmt::format("{} gives {}", number, value.get<int>()));
    } catch (const PythonError& error) {
      at(py("print(number, \"fails:\""));
      process::print_now(fmt::format("{} fails: {}", number, error.type().substr(error.type().rfind('.') + 1)));
    }
  }
}

void run(const Settings& settings) {
  seconds = settings.real("seconds");
  const Frame frame("<module>");
  const double patience = settings.real("patience");
  const sync::Timeout limit = patience > 0 ? sync::Timeout(patience) : std::nullopt;
  if (settings.text("who") == "pool") {
    run_pool(limit);
  } else {
    run_executor(limit);
  }
}

bool is_pool(const Settings& settings) {
  return settings.text("who") == "pool";
}

const timeline::Pool* the_pool(const timeline::Model& model, const Settings& settings) {
  return pool_named(model, is_pool(settings) ? "pool" : "executor");
}

// L-21: another worker comes in its place. L-50: none comes, and the other one goes too.
Verdict replaced(const timeline::Model& model, const Settings& settings, bool finished) {
  const timeline::Pool* const pool = the_pool(model, settings);
  if (pool == nullptr) return eventually(false, finished);
  const bool killed =
      std::any_of(pool->workers.begin(), pool->workers.end(), [](const auto& worker) { return worker.exit_code == -SIGKILL; });
  const std::size_t count = pool->workers.size();
  if (!is_pool(settings) && count > 2) return Verdict::broken;
  return eventually(killed && count == (is_pool(settings) ? 3U : 2U), finished);
}

// L-21: the task is lost, so its job is never done; the others are. L-50: everything that was not done fails at once.
Verdict told(const timeline::Model& model, const Settings& settings, bool finished) {
  const timeline::Pool* const pool = the_pool(model, settings);
  if (pool == nullptr || pool->jobs.size() < kTasks) return eventually(false, finished);
  std::size_t good = 0, broken = 0;
  for (const timeline::PoolJob& job : pool->jobs) {
    good += job.how == trace::JobEnd::value ? 1 : 0;
    broken += job.how == trace::JobEnd::broken ? 1 : 0;
  }
  const bool dead_is_silent = !pool->jobs[kDies].how.has_value();
  if (is_pool(settings)) {
    if (!dead_is_silent) return Verdict::broken;
    return eventually(good == kTasks - 1, finished);
  }
  return eventually(good + broken == kTasks && pool->jobs[kDies].how == trace::JobEnd::broken, finished);
}

// A pool without patience waits until the learner stops the run; everybody else comes to an end.
Verdict waits(const timeline::Model& model, const Settings& settings, bool finished) {
  if (!finished) return Verdict::pending;
  const bool forever = is_pool(settings) && settings.real("patience") == 0;
  return eventually(hand_of_learner(model) || model.stopped().has_value() == forever, true);
}

}  // namespace

const Scenario& pool_dead_worker() {
  static const Scenario scenario{
      .id = "pool-dead-worker",
      .group = "pools",
      .python_file = "pool-dead-worker.py",
      .python = kPython,
      .cpp_file = "pool_dead_worker.cpp",
      .cpp = assets::core_scenario_pool_dead_worker_cpp,
      .parameters =
          {{.id = "who", .type = ParameterType::choice, .fallback = "pool", .choices = {"pool", "executor"}},
           {.id = "seconds",
            .type = ParameterType::real,
            .fallback = "0.5",
            .minimum = 0.01,
            .maximum = 10,
            .unit = "s"},
           {.id = "patience",
            .type = ParameterType::real,
            .fallback = "0",
            .minimum = 0,
            .maximum = 60,
            .unit = "s"}},
      .claims = {{"replaced", replaced}, {"told", told}, {"waits", waits}, {"nothing-left", nothing_left}},
      .cure = Cure{"who", "executor"},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
