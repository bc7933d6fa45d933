// imap() takes from its generator as fast as the pipe to the workers has room, however slow they are.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "assets/embedded.h"
#include "core/pool/pool.h"
#include "core/process/python.h"
#include "core/scenario/pool_claims.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_21_imap_ahead_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

constexpr int kResults = 5;
double seconds = 0;  // read by the program's top-level code, before there is any worker
std::atomic<std::int64_t> pulled = 0;

const pool::Function kSlow{"slow", [](const pool::Arguments& arguments) -> pool::Message {
                             const Frame frame("slow");
                             at(py("time.sleep(SECONDS)"));
                             process::sleep(seconds);
                             at(py("return number"));
                             return arguments[0];
                           }};

// Asked by the thread that hands out the tasks (L-36).
std::optional<pool::Message> numbers() {
  const Frame frame("numbers");
  at(py("yield number"));
  return pool::Message(pulled++);
}

void run(const Settings& settings) {
  seconds = settings.real("seconds");
  const Frame frame("<module>");
  at(py("pool = multiprocessing.Pool(1)"));
  pool::Pool pool(1, {.label = "pool"});
  at(py("results = pool.imap"));
  pool::ResultIterator results = pool.imap(kSlow, pool::Iterable(numbers));
  for (int i = 0; i < kResults; ++i) {
    at(py("print(\"result\""));
    process::print_now(fmt::format("result {}", results.next().value().get<std::int64_t>()));
  }
  at(py("print(\"taken from"));
  process::print_now(fmt::format("taken from the generator: {}", pulled.load()));
  at(py("pool.terminate()"));
  pool.terminate();
  at(py("pool.join()"));
  pool.join();
}

Verdict in_order(const timeline::Model& model, const Settings&, bool finished) {
  if (hand_of_learner(model)) return so_far(true, model, finished);
  return so_far(main_printed(model, "result 0\nresult 1\nresult 2\nresult 3\nresult 4\n"), model, finished);
}

// L-36: it goes on until the pipe is full; five were asked for, and hundreds taken.
Verdict far_ahead(const timeline::Model& model, const Settings&, bool finished) {
  const auto taken = number_after(told_by_main(model, "taken from the generator: "), "");
  if (!taken || held_at_gate(model) || hand_of_learner(model)) return so_far(taken.has_value() || hand_of_learner(model), model, finished);
  return *taken > 100 ? Verdict::held : Verdict::broken;
}

// As many went into the pipe as were taken, but for the one that waits for room.
Verdict in_the_pipe(const timeline::Model& model, const Settings&, bool finished) {
  const timeline::PoolJob* const job = only_job(model, "pool");
  const auto taken = number_after(told_by_main(model, "taken from the generator: "), "");
  if (job == nullptr || !taken) return so_far(hand_of_learner(model), model, finished);
  return static_cast<double>(job->chunks.size()) + 1 >= *taken || model.lost_count() > 0 ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_imap_ahead() {
  static const Scenario scenario{
      .id = "surprise-21",
      .group = "surprises",
      .python_file = "surprise-21-imap-ahead.py",
      .python = kPython,
      .cpp_file = "imap_ahead.cpp",
      .cpp = assets::core_scenario_surprises_imap_ahead_cpp,
      .parameters = {{.id = "seconds", .type = ParameterType::real, .fallback = "0.1", .minimum = 0.02, .maximum = 10, .unit = "s"}},
      .claims = {{"in-order", in_order}, {"far-ahead", far_ahead}, {"in-the-pipe", in_the_pipe}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
