// Pipes and socket pairs are filled with writes of several sizes: how much fits depends on the size of the writes.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "assets/embedded.h"
#include "core/ipc/connection.h"
#include "core/process/python.h"
#include "core/scenario/proc.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"
#include "core/trace/recorder.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using ipc::Connection;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_17_pipe_sizes_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

constexpr std::size_t kSizes[] = {1, 1024, 1028, 2049, 4096, 4097};

// Until the kernel takes no more: so many writes. A byte each is no event each; how full it is in the end goes on record.
std::size_t fill(const Connection& end, const Connection& other, std::size_t size) {
  const Frame frame("fill");
  at(py("os.set_blocking"));
  const int fd = end.fileno();
  if (::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) throw process::os_error(errno);
  const std::vector<char> bytes(size, 'x');
  std::size_t writes = 0;
  at(py("while os.write"));
  for (;;) {
    const auto written = without_gil([&] { return ::write(fd, bytes.data(), size); });
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EAGAIN) throw process::os_error(errno);
    if (written != static_cast<ssize_t>(size)) break;
    ++writes;
  }
  trace::Recorder::current().record(trace::Kind::fill, end.object(), other.pending(), 0);
  at(py("return writes"));
  return writes;
}

void run(const Settings&) {
  const Frame frame("<module>");
  for (const std::size_t size : kSizes) {
    at(py("reader, writer = multiprocessing"));
    const auto [reader, writer] = ipc::Pipe(false, fmt::format("pipe {}", size));
    at(py("writes = fill(writer"));
    const std::size_t in_pipe = fill(writer, reader, size);
    at(py("print(f\"writes of {size} bytes: a pipe"));
    process::print_now(fmt::format("writes of {} bytes: a pipe takes {}, that is {} bytes", size, in_pipe, in_pipe * size));
    at(py("one, other = multiprocessing"));
    const auto [one, other] = ipc::Pipe(true, fmt::format("socket pair {}", size));
    at(py("writes = fill(one"));
    const std::size_t in_pair = fill(one, other, size);
    at(py("print(f\"writes of {size} bytes: a socket"));
    process::print_now(fmt::format("writes of {} bytes: a socket pair takes {}, that is {} bytes", size, in_pair, in_pair * size));
  }
}

std::optional<double> bytes_in(const timeline::Model& model, std::size_t size, std::string_view what) {
  return number_after(told_by_main(model, fmt::format("writes of {} bytes: a {} takes ", size, what)), "that is ");
}

// I-20: pages of 4 KiB, and a write goes on in the last one only where it fits as a whole.
Verdict pages(const timeline::Model& model, const Settings&, bool finished) {
  const auto by_one = bytes_in(model, 1, "pipe"), by_1024 = bytes_in(model, 1024, "pipe"), by_2049 = bytes_in(model, 2049, "pipe"), by_4097 = bytes_in(model, 4097, "pipe");
  if (!by_one || !by_1024 || !by_2049 || !by_4097) return so_far(hand_of_learner(model), model, finished);
  return *by_one == *by_1024 && *by_2049 < *by_one * 0.6 && *by_4097 < *by_one * 0.7 ? Verdict::held : Verdict::broken;
}

// I-21: of a socket pair each write costs the sender a buffer with a head of its own, however few its bytes.
Verdict heads(const timeline::Model& model, const Settings&, bool finished) {
  const auto by_one = bytes_in(model, 1, "socket pair"), by_4096 = bytes_in(model, 4096, "socket pair");
  if (!by_one || !by_4096) return so_far(hand_of_learner(model), model, finished);
  return *by_one * 100 < *by_4096 ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_pipe_sizes() {
  static const Scenario scenario{
      .id = "surprise-17",
      .group = "surprises",
      .python_file = "surprise-17-pipe-sizes.py",
      .python = kPython,
      .cpp_file = "pipe_sizes.cpp",
      .cpp = assets::core_scenario_surprises_pipe_sizes_cpp,
      .parameters = {},
      .claims = {{"pages", pages}, {"heads", heads}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
