// Threads that wait for something outside of Python: they leave the GIL while they wait, so that it does not matter how many there are.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assets/embedded.h"
#include "core/base/clock.h"
#include "core/base/fd.h"
#include "core/gil/work.h"
#include "core/ipc/connection.h"
#include "core/process/python.h"
#include "core/process/runtime.h"
#include "core/process/thread.h"
#include "core/scenario/claims.h"
#include "core/scenario/proc.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using ipc::Connection;
using process::at;
using process::Frame;
using process::Process;
using process::Thread;

constexpr std::size_t kBlock = 64 * 1024;
constexpr std::uint64_t kRounds = 20'000;
constexpr std::string_view kPython = assets::assets_scenarios_gil_io_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

struct Amount {
  std::uint64_t times;
  double pause_s;
};

void sleeps(Amount amount) {
  const Frame frame("sleeps");
  gil::Working working(trace::WorkKind::io, amount.times);
  for (std::uint64_t i = 0; i < amount.times; ++i) {
    at(py("time.sleep(PAUSE)\n\n\ndef reads"));
    process::sleep(amount.pause_s);
  }
  working.done(0);
}

void reads(Connection reader, Amount amount) {
  const Frame frame("reads");
  gil::Working working(trace::WorkKind::io, amount.times);
  for (std::uint64_t i = 0; i < amount.times; ++i) {
    at(py("reader.recv()"));
    (void)reader.recv();
  }
  working.done(0);
}

// A file without a name, among the system's temporary ones: gone when it is closed.
void writes_a_file(Amount amount) {
  const Frame frame("writes_a_file");
  gil::Working working(trace::WorkKind::io, amount.times);
  const std::vector<char> block(kBlock);
  at(py("with tempfile.TemporaryFile"));
  const char* const directory = std::getenv("TMPDIR");
  const base::Fd file(::open(directory != nullptr ? directory : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) throw process::os_error(errno);
  for (std::uint64_t i = 0; i < amount.times; ++i) {
    at(py("file.write(BLOCK)"));
    if (without_gil([&] { return ::write(file.get(), block.data(), block.size()); }) < 0) throw process::os_error(errno);
    at(py("os.fsync"));
    if (without_gil([&] { return ::fsync(file.get()); }) != 0) throw process::os_error(errno);
  }
  working.done(0);
}

void computes_and_sleeps(Amount amount) {
  const Frame frame("computes_and_sleeps");
  gil::Working working(trace::WorkKind::mixed, amount.times);
  std::uint64_t x = 0;
  for (std::uint64_t i = 0; i < amount.times; ++i) {
    at(py("x = (x * 1103515245"));
    x = gil::compute_unrecorded(kRounds, x, process::Runtime::current().context().python_minor);
    at(py("time.sleep(PAUSE)\n\n\ndef feed"));
    process::sleep(amount.pause_s);
  }
  working.done(x);
}

void feed(std::vector<Connection>& writers, Amount amount) {
  const Frame frame("feed");
  for (std::uint64_t i = 0; i < amount.times; ++i) {
    at(py("time.sleep(PAUSE)\n        for writer"));
    process::sleep(amount.pause_s);
    for (Connection& writer : writers) {
      at(py("writer.send(0)"));
      writer.send(0);
    }
  }
}

double stage(const std::string& io, std::size_t count, Amount amount, int& threads_made) {
  const Frame frame("stage");
  at(py("print(\"stage\", IO"));
  process::print_now(fmt::format("stage {} {}", io, count));
  std::optional<Process> feeder;
  std::vector<Thread> workers;
  const auto add = [&](std::string_view target, std::function<void()> body) {
    workers.emplace_back(std::move(body), process::ThreadOptions{.name = fmt::format("Thread-{} ({})", ++threads_made, target)});
  };
  if (io == "pipe") {
    at(py("pipes = [multiprocessing.Pipe"));
    std::vector<Connection> writers;
    for (std::size_t i = 0; i < count; ++i) {
      auto [reader, writer] = ipc::Pipe(false);
      writers.push_back(writer);
      add("reads", [reader = reader, amount] { reads(reader, amount); });
    }
    at(py("feeder = multiprocessing.Process"));
    feeder.emplace([writers, amount]() mutable { feed(writers, amount); });
  } else {
    at(py("workers = [threading.Thread(target=target)"));
    for (std::size_t i = 0; i < count; ++i) {
      if (io == "sleep") add("sleeps", [amount] { sleeps(amount); });
      if (io == "file") add("writes_a_file", [amount] { writes_a_file(amount); });
      if (io == "mixed") add("computes_and_sleeps", [amount] { computes_and_sleeps(amount); });
    }
  }
  const std::int64_t begin = base::now_ns();
  if (feeder) {
    at(py("feeder.start()"));
    feeder->start();
  }
  for (Thread& worker : workers) {
    at(py("worker.start()"));
    worker.start();
  }
  for (Thread& worker : workers) {
    at(py("worker.join()"));
    worker.join();
  }
  const double wall_s = static_cast<double>(base::now_ns() - begin) * 1e-9;
  if (feeder) {
    at(py("feeder.join()"));
    feeder->join();
  }
  return wall_s;
}

constexpr std::size_t kCounts[] = {1, 2, 4, 8};

void run(const Settings& settings) {
  const Frame frame("<module>");
  const Amount amount{static_cast<std::uint64_t>(settings.integer("times")), settings.real("pause")};
  double one = 0;
  int threads_made = 0;
  for (const std::size_t count : kCounts) {
    if (count > static_cast<std::size_t>(settings.integer("most"))) break;
    at(py("wall = stage(count)"));
    const double wall = stage(settings.text("io"), count, amount, threads_made);
    if (one == 0) one = wall;
    at(py("print(f\"took"));
    process::print_now(fmt::format("took {:.3f} s for {}, speed-up {:.2f}", wall, count * amount.times, static_cast<double>(count) * one / wall));
  }
}

// Whether two threads that did such work slept or were blocked at the same moment.
bool waited_together(const timeline::Model& model) {
  std::set<timeline::TaskId> working, waiting;
  for (const timeline::EventRef& ref : model.events()) {
    switch (ref.event.kind) {
      case trace::Kind::work_begin:
        working.insert(ref.task);
        break;
      case trace::Kind::work_end:
        working.erase(ref.task);
        break;
      case trace::Kind::sleep_begin:
      case trace::Kind::block_begin:
        if (working.contains(ref.task)) waiting.insert(ref.task);
        if (waiting.size() > 1) return true;
        break;
      case trace::Kind::sleep_end:
      case trace::Kind::block_end:
        waiting.erase(ref.task);
        break;
      default:
        break;
    }
  }
  return false;
}

// Each does all it has to do; and while one waits the others are not kept from waiting too, as they are kept from computing. How much faster
// that makes them is printed: a busy machine has a say in it.
Verdict scales(const timeline::Model& model, const Settings& settings, bool finished) {
  const timeline::Task* main = model.find(1);
  const std::string text = main != nullptr ? stdout_of(model, *main) : std::string();
  const auto most = static_cast<std::size_t>(settings.integer("most"));
  bool all = true;
  for (const std::size_t count : kCounts) {
    const std::string done = fmt::format(" s for {}, speed-up ", count * static_cast<std::size_t>(settings.integer("times")));
    if (count <= most) all = all && text.find(done) != std::string::npos;
  }
  const std::string& io = settings.text("io");
  const bool long_waits = io != "file" && most > 1 && settings.real("pause") * static_cast<double>(settings.integer("times")) >= 0.1;
  return eventually(all && (!long_waits || waited_together(model)), finished);
}

}  // namespace

const Scenario& gil_io() {
  static const Scenario scenario{
      .id = "gil-io",
      .group = "gil",
      .python_file = "gil-io.py",
      .python = kPython,
      .cpp_file = "gil_io.cpp",
      .cpp = assets::core_scenario_gil_io_cpp,
      .parameters =
          {{.id = "io", .type = ParameterType::choice, .fallback = "sleep", .choices = {"sleep", "pipe", "file", "mixed"}},
           {.id = "times", .type = ParameterType::integer, .fallback = "20", .minimum = 1, .maximum = 1000},
           {.id = "pause", .type = ParameterType::real, .fallback = "0.02", .minimum = 0, .maximum = 1, .unit = "s"},
           {.id = "most", .type = ParameterType::integer, .fallback = "8", .minimum = 1, .maximum = 8}},
      .claims = {{"scales", scales}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
