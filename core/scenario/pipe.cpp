// One process sends digits through a pipe, another writes them to a file: for ever, or until one of them closes its
// end.
#include <fcntl.h>
#include <stdlib.h>

#include <filesystem>
#include <unordered_map>

#include "assets/embedded.h"
#include "core/base/posix_call.h"
#include "core/ipc/connection.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/random_digit.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using ipc::Connection;
using process::at;
using process::Frame;
using process::Process;
using process::PythonError;
using trace::Kind;

constexpr std::string_view kPython = assets::assets_scenarios_pipe_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

// A text file that is written line by line, each at once on the disk's side of the program.
class LineFile {
 public:
  explicit LineFile(const std::string& path)
      : fd_(base::retry_eintr([&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); })) {
    if (fd_) return;
    const PythonError error = process::os_error(errno);
    process::raise(error.type(), fmt::format("{}: '{}'", error.message(), path));
  }
  void print(int digit) {
    const std::string line = fmt::format("{}\n", digit);
    if (!base::write_all(fd_.get(), line.data(), line.size())) throw process::os_error(errno);  // a full disk
  }

 private:
  base::Fd fd_;
};

std::string run_directory() {
  const char* given = ::getenv("FORKLIGHT_RUN_DIR");
  if (given != nullptr && *given != '\0') return given;
  std::string made = (std::filesystem::temp_directory_path() / "forklight-XXXXXX").string();
  if (::mkdtemp(made.data()) == nullptr) throw process::os_error(errno);
  return made;
}

void send_digits(Connection& reader, Connection& writer, const Settings& settings) {
  const Frame frame("send_digits");
  at(py("reader.close()  # the copy"));
  reader.close();  // I-15
  const bool endless = settings.text("ending") != "writer-closes";
  for (long sent = 0; endless || sent < settings.integer("digits"); ++sent) {
    at(py("digit = random.randint"));
    const int digit = random_digit();
    at(py("writer.send(digit)"));
    writer.send(digit);
    at(py("print(\"sent\""));
    process::print_now(fmt::format("sent {}", digit));
    at(py("time.sleep(pause)"));
    process::sleep(1 / settings.real("rate"));
  }
  at(py("writer.close()\n\n\ndef"));
  writer.close();
}

void write_digits(Connection& reader, Connection& writer, const std::string& path, const Settings& settings) {
  const Frame frame("write_digits");
  at(py("writer.close()  # or there"));
  writer.close();
  {
    at(py("with open(path"));
    LineFile file(path);
    const bool endless = settings.text("ending") != "reader-closes";
    for (long received = 0; endless || received < settings.integer("digits"); ++received) {
      at(py("digit = reader.recv()"));
      const auto digit = reader.recv().get<int>();
      at(py("print(digit, file=file"));
      file.print(digit);
      at(py("print(\"received\""));
      process::print_now(fmt::format("received {}", digit));
    }
  }
  at(py("reader.close()\n\n\nif"));
  reader.close();
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("directory = os.environ"));
  const std::string directory = run_directory();
  const std::string path = (std::filesystem::path(directory) / "digits.txt").string();
  at(py("print(\"writing to\""));
  process::print("writing to " + path);
  at(py("reader, writer = multiprocessing.Pipe"));
  auto [reader, writer] = ipc::Pipe(false, "pipe");
  at(py("sender = multiprocessing.Process"));
  Process sender([reader = reader, writer = writer, settings]() mutable { send_digits(reader, writer, settings); });
  at(py("receiver = multiprocessing.Process"));
  Process receiver(
      [reader = reader, writer = writer, path, settings]() mutable { write_digits(reader, writer, path, settings); });
  at(py("sender.start()"));
  sender.start();
  at(py("receiver.start()"));
  receiver.start();
  at(py("reader.close()\n    writer"));
  reader.close();
  at(py("writer.close()\n    sender"));
  writer.close();
  at(py("sender.join()"));
  sender.join();
  at(py("receiver.join()"));
  receiver.join();
  at(py("print(\"exit codes\""));
  process::print(fmt::format("exit codes {} {}", sender.exitcode().value(), receiver.exitcode().value()));
}

// What is received is what was sent: nothing missing, nothing twice, in that order; all of it, if the writer came to its
// end (I-05).
Verdict order(const timeline::Model& model, const Settings& settings, bool finished) {
  std::unordered_map<std::uint64_t, std::size_t> sent;  // by message: which one
  std::vector<std::uint64_t> received;
  const auto window = recent_events(model, finished);
  for (const timeline::EventRef& ref : window.events) {
    if (ref.event.kind == Kind::send_begin) sent.emplace(ref.event.a, sent.size());
    if (ref.event.kind == Kind::received) received.push_back(ref.event.a);
  }
  std::size_t expected = 0;
  bool any = false;
  for (const std::uint64_t message : received) {
    const auto found = sent.find(message);
    if (found == sent.end()) {
      if (finished && model.lost_count() == 0) return Verdict::broken;  // came from nowhere
      continue;  // sent before the window began
    }
    if (found->second != expected && (any || window.whole)) return Verdict::broken;
    expected = found->second + 1;
    any = true;
  }
  const bool to_its_end = settings.text("ending") == "writer-closes" && can_be_counted(model, finished);
  if (to_its_end && received.size() != static_cast<std::size_t>(settings.integer("digits"))) return Verdict::broken;
  return so_far(any || to_its_end, model, finished);
}

// I-04, I-06: who is left at an open end gets the error.
Verdict ending(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::string& how = settings.text("ending");
  if (how == "endless") return endless(model, settings, finished);
  const bool writer = how == "writer-closes";
  const std::string_view error = writer ? "EOFError" : "BrokenPipeError: [Errno 32] Broken pipe";
  return all_of({exit_code_is(model, "Process-1", writer ? 0 : 1, finished),
                 exit_code_is(model, "Process-2", writer ? 1 : 0, finished),
                 eventually(lines_that_say(model, error) == 1, finished)});
}

}  // namespace

const Scenario& pipe() {
  static const Scenario scenario{
      .id = "pipe",
      .group = "talking",
      .python_file = "pipe.py",
      .python = kPython,
      .cpp_file = "pipe.cpp",
      .cpp = assets::core_scenario_pipe_cpp,
      .parameters =
          {{.id = "ending",
            .type = ParameterType::choice,
            .fallback = "endless",
            .choices = {"endless", "writer-closes", "reader-closes"}},
           {.id = "rate", .type = ParameterType::real, .fallback = "4", .minimum = 0.2, .maximum = 100, .unit = "/s"},
           {.id = "digits", .type = ParameterType::integer, .fallback = "5", .minimum = 0, .maximum = 1000}},
      .claims = {{"order", order}, {"ending", ending}, {"nothing-left", nothing_left}},
      .writes_files = true,
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
