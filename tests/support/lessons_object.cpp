// Lessons of the Process object: what its constructor takes, what it refuses, and run() without a process.
#include "core/process/process.h"
#include "tests/support/lesson_words.h"
#include "tests/support/lessons.h"

namespace forklight::tests {
namespace {

using namespace process;

void shows_all(const Args& args) {
  std::string line;
  for (std::size_t i = 0; i < args.size(); ++i) line += (i == 0 ? "" : " ") + args.at(i).get<std::string>();
  print_now(line);
}
constexpr Target kShowsAll{"shows_all", shows_all};

void run_through(Process process) {
  process.start();
  process.join();
  print(text(process.exitcode()));
}

const TestLesson kLessons[] = {
    {"P-03 a subclass gives its name, and the counter is the same",
     R"(
class MyProc(Process): pass
print(Process().name, MyProc().name, Process().name)
)",
     [] {
       const auto name = [](std::string python_class) { return Process([] {}, {.python_class = std::move(python_class)}).name(); };
       const std::string first = name({}), second = name("MyProc"), third = name({});
       print(first + " " + second + " " + third);
     }},
    {"P-06 P-20 a name is a str, and of daemon the truth counts",
     R"(
p = Process()
def set_name(value): p.name = value
def set_daemon(value): p.daemon = value; return bool(p.daemon)
for value in (5, None, 'mine'): attempt(lambda: set_name(value))
print(p.name)
for value in ('yes', '', 3, 0, None, [1], []): attempt(lambda: set_daemon(value))
)",
     [] {
       Process p([] {});
       for (const nlohmann::json& value : {nlohmann::json(5), nlohmann::json(nullptr), nlohmann::json("mine")}) {
         attempt([&] { p.set_name(value); });
       }
       print(p.name());
       const nlohmann::json values[] = {"yes", "", 3, 0, nullptr, nlohmann::json::array({1}), nlohmann::json::array()};
       for (const nlohmann::json& value : values) {
         attempt([&] {
           p.set_daemon(value);
           return p.daemon();
         });
       }
     }},
    {"P-07 P-08 a group and arguments that are none are refused at once",
     R"(
attempt(lambda: Process(1))
attempt(lambda: Process(target=print, args=(1)))
attempt(lambda: Process(target=print, args=None))
attempt(lambda: Process(target=print, args=2.5))
)",
     [] {
       attempt([] { Process([] {}, {.group = 1}); });
       attempt([] { Process(kShowsAll, Args::of(1)); });
       attempt([] { Process(kShowsAll, Args::of(nullptr)); });
       attempt([] { Process(kShowsAll, Args::of(2.5)); });
     }},
    {"P-09 a str for arguments is its characters",
     R"(
def shows_all(*args): print(*args, flush=True)
for args in ('abc', 'né', ['x', 'y'], {'k': 1}):
    p = Process(target=shows_all, args=args); p.start(); p.join()
)",
     [] {
       const nlohmann::json all[] = {"abc", "n\u00e9", nlohmann::json::array({"x", "y"}), nlohmann::json{{"k", 1}}};
       for (const nlohmann::json& args : all) {
         Process p(kShowsAll, Args::of(args));
         p.start();
         p.join();
       }
     }},
    {"P-10 P-11 a target that cannot be called fails in the child, none does nothing",
     R"(
def run_through(p): p.start(); p.join(); print(p.exitcode)
run_through(Process(target=5)); run_through(Process(target='f')); run_through(Process()); run_through(Process(target=0))
)",
     [] {
       run_through(Process::of_value(5));
       run_through(Process::of_value("f"));
       run_through(Process::of_value(nullptr));
       run_through(Process::of_value(0));
     }},
    {"P-70 run called directly runs here, and not once it was started",
     R"(
def says(): print('runs in', mp.current_process().name, flush=True)
p = Process(target=says); p.run(); print(p.pid, p.is_alive()); p.run()
p.start(); p.join(); attempt(p.run)
)",
     [] {
       Process p([] { print_now("runs in " + current_process_name()); });
       p.run();
       print(text(p.pid()) + " " + text(p.is_alive()));
       p.run();
       p.start();
       p.join();
       attempt([&] { p.run(); });
     }},
    {"P-71 what the target returns is no exit code",
     R"(
def returns(): return 7
p = Process(target=returns); p.start(); p.join(); print(p.exitcode)
)",
     [] { run_through(Process([] { return 7; })); }},
    {"P-16 interrupt before start, as far as this version has it", "attempt(lambda: Process().interrupt())\n",
     [] { attempt([] { Process([] {}).interrupt(); }); }},
};

}  // namespace

std::span<const TestLesson> object_lessons() { return kLessons; }

}  // namespace forklight::tests
