// A forked child only reads: a list of objects becomes its own all the same, for reading counts references; an array of plain numbers does not.
#include <fmt/format.h>

#include <memory>
#include <numeric>
#include <vector>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/proc.h"
#include "core/scenario/surprises/surprises.h"
#include "core/scenario/surprises/told.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr std::string_view kPython = assets::assets_scenarios_surprise_26_reading_copies_py;
consteval std::uint16_t py(std::string_view code) { return process::line_of(kPython, code); }

// A float of CPython: 24 bytes, and 8 more in the list for the pointer to it.
struct FloatObject {
  long reference_count = 1;
  const void* type = nullptr;
  double value = 0;
};
static_assert(sizeof(FloatObject) + sizeof(FloatObject*) == 32);

struct List {
  std::vector<FloatObject> objects;
  std::vector<FloatObject*> pointers;
};

long own_megabytes() { return own_memory().private_kb / 1024; }

template <typename Sum>
void read(std::string_view type, Sum sum) {
  const Frame frame("read");
  at(py("before = own_megabytes()"));
  const long before = own_megabytes();
  at(py("sum(numbers)"));
  volatile double kept = sum();
  (void)kept;
  at(py("print(f\"{type(numbers)"));
  process::print_now(fmt::format("{}: own memory {} MB, after sum() {} MB", type, before, own_megabytes()));
}

// Each access is a volatile one: it must really happen.
double sum_of_objects(const List& list) {
  double sum = 0;
  for (FloatObject* const object : list.pointers) {
    volatile long& count = object->reference_count;
    count = count + 1;
    sum += object->value;
    count = count - 1;
  }
  return sum;
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const auto megabytes = static_cast<std::size_t>(settings.integer("megabytes"));
  {
    at(py("objects = [float"));
    const auto list = std::make_shared<List>();
    list->objects.resize(megabytes * 32768);
    for (FloatObject& object : list->objects) {
      object.value = static_cast<double>(&object - list->objects.data());
      list->pointers.push_back(&object);
    }
    at(py("child = multiprocessing.Process(target=read, args=(objects,))"));
    Process child([list] { read("list", [&] { return sum_of_objects(*list); }); });
    at(py("child.start()\n    child.join()\n    del"));
    child.start();
    at(py("child.join()\n    del"));
    child.join();
  }
  at(py("plain = array.array"));
  const auto plain = std::make_shared<std::vector<double>>(megabytes << 17);
  at(py("child = multiprocessing.Process(target=read, args=(plain,))"));
  Process child([plain] { read("array", [&] { return std::accumulate(plain->begin(), plain->end(), 0.0); }); });
  at(py("child.start()  # the second"));
  child.start();
  at(py("child.join()  # likewise"));
  child.join();
}

// By how much a child's own memory grew.
std::optional<double> grown(const timeline::Model& model, std::string_view child, std::string_view type) {
  const auto text = told(model, task_named(model, child), type);
  const auto before = number_after(text, "own memory "), after = number_after(text, "after sum() ");
  if (!before || !after) return std::nullopt;
  return *after - *before;
}

// M-07: to read an object is to write its reference count. The list of pointers itself, a quarter of it all, is only read.
Verdict list_is_copied(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto more = grown(model, "Process-1", "list: ");
  if (!more) return so_far(hand_of_learner(model), model, finished);
  return *more >= static_cast<double>(settings.integer("megabytes")) * 0.7 ? Verdict::held : Verdict::broken;
}

// M-11: plain numbers have no count.
Verdict array_is_not(const timeline::Model& model, const Settings&, bool finished) {
  const auto more = grown(model, "Process-2", "array: ");
  if (!more) return so_far(hand_of_learner(model), model, finished);
  return *more <= 2 ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& surprise_reading_copies() {
  static const Scenario scenario{
      .id = "surprise-26",
      .group = "surprises",
      .python_file = "surprise-26-reading-copies.py",
      .python = kPython,
      .cpp_file = "reading_copies.cpp",
      .cpp = assets::core_scenario_surprises_reading_copies_cpp,
      .parameters = {{.id = "megabytes", .type = ParameterType::integer, .fallback = "48", .minimum = 16, .maximum = 256, .unit = "MB"}},
      .claims = {{"list", list_is_copied}, {"array", array_is_not}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
