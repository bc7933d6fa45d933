// A big block of memory, shared with the child after a fork, and touched by it page by page: what is written becomes the child's own, what
// is read does not. A Python object is written even when it is read, for its reference count goes up and down.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "assets/embedded.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/proc.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using process::at;
using process::Frame;
using process::Process;

constexpr int kSteps = 8;
constexpr std::size_t kPage = 4096;
constexpr std::string_view kPython = assets::assets_scenarios_copy_on_write_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

// A float of CPython: 24 bytes, and 8 more in the list for the pointer to it.
struct FloatObject {
  long reference_count = 1;
  const void* type = nullptr;
  double value = 0;
};
static_assert(sizeof(FloatObject) + sizeof(FloatObject*) == 32);

struct Block {
  std::vector<char> bytes;
  std::vector<FloatObject> objects;
  std::vector<FloatObject*> list;

  Block(bool of_objects, std::size_t size) {
    if (of_objects) {
      objects.resize(size / 32);
      for (FloatObject& object : objects) list.push_back(&object);
    } else {
      bytes.assign(size, 'x');
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return list.empty() ? bytes.size() : list.size(); }
};

void memory(std::string_view moment) {
  const Memory now = own_memory();
  process::print_now(fmt::format("{} private {} MB, shared {} MB, PSS {} MB", moment, now.private_kb / 1024, now.shared_kb / 1024,
                                 now.pss_kb / 1024));
}

// Each access is a volatile one: it must really happen.
void write_bytes(Block& block, std::size_t begin, std::size_t end) {
  const Frame frame("write_bytes");
  at(py("block[place] = 1"));
  for (std::size_t place = begin; place < end; place += kPage) *static_cast<volatile char*>(&block.bytes[place]) = 1;
}

void read_bytes(Block& block, std::size_t begin, std::size_t end) {
  const Frame frame("read_bytes");
  at(py("block[place]\n\n\ndef read_objects"));
  for (std::size_t place = begin; place < end; place += kPage) (void)*static_cast<const volatile char*>(&block.bytes[place]);
}

void read_objects(Block& block, std::size_t begin, std::size_t end) {
  const Frame frame("read_objects");
  at(py("block[place]  # the object's"));
  for (std::size_t place = begin; place < end; ++place) {
    volatile long& count = block.list[place]->reference_count;
    count = count + 1;
    count = count - 1;
  }
}

void work(Block& block, const std::string& what, double seconds) {
  const Frame frame("work");
  at(py("memory(\"child, just forked:\")"));
  memory("child, just forked:");
  for (std::size_t step = 0; step < kSteps; ++step) {
    at(py("touch(block"));
    const std::size_t begin = block.size() * step / kSteps, end = block.size() * (step + 1) / kSteps;
    if (what == "writes") write_bytes(block, begin, end);
    if (what == "reads") read_bytes(block, begin, end);
    if (what == "reads-objects") read_objects(block, begin, end);
    at(py("memory(f\"child, {step + 1}/{STEPS} touched:\")"));
    memory(fmt::format("child, {}/{} touched:", step + 1, kSteps));
    at(py("time.sleep(SECONDS / STEPS)"));
    process::sleep(seconds / kSteps);
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  const std::string& what = settings.text("child");
  const bool of_objects = what == "reads-objects";
  if (of_objects) {
    at(py("block = [float"));
  } else {
    at(py("block = bytearray"));
  }
  const auto block = std::make_shared<Block>(of_objects, static_cast<std::size_t>(settings.integer("megabytes")) << 20);
  at(py("memory(\"MainProcess, alone:\")"));
  memory("MainProcess, alone:");
  at(py("child = multiprocessing.Process"));
  Process child([block, what, seconds = settings.real("seconds")] { work(*block, what, seconds); });
  at(py("child.start()"));
  child.start();
  at(py("child.join()"));
  child.join();
  at(py("memory(\"MainProcess, alone again:\")"));
  memory("MainProcess, alone again:");
}

// What the child printed at a moment.
std::optional<Memory> told(const timeline::Model& model, std::string_view moment) {
  const timeline::Task* child = task_named(model, "Process-1");
  if (child == nullptr) return std::nullopt;
  const std::string text = stdout_of(model, *child);
  const auto place = text.find(moment);
  Memory memory;
  const bool whole = place != std::string::npos && std::sscanf(text.c_str() + place + moment.size(), " private %ld MB, shared %ld MB, PSS %ld MB",
                                                               &memory.private_kb, &memory.shared_kb, &memory.pss_kb) == 3;
  if (!whole) return std::nullopt;
  return memory;
}

// M-06: nothing is copied by the fork itself, and PSS counts each of the two for a half.
Verdict shared_first(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto first = told(model, "child, just forked:");
  if (!first) return so_far(hand_of_learner(model), model, finished);
  const long size = settings.integer("megabytes");
  const bool halved = first->pss_kb < first->private_kb + first->shared_kb * 3 / 4;
  return first->shared_kb >= size - 2 && first->private_kb < size / 2 + 8 && halved ? Verdict::held : Verdict::broken;
}

// M-07, M-10, M-11: written pages become the child's own, read ones stay shared; reading Python objects writes. (Their list alone, a quarter
// of the block, is only read.)
Verdict copied(const timeline::Model& model, const Settings& settings, bool finished) {
  const auto first = told(model, "child, just forked:"), last = told(model, "child, 8/8 touched:");
  if (!first || !last) return so_far(hand_of_learner(model), model, finished);
  const long size = settings.integer("megabytes"), grown = last->private_kb - first->private_kb;
  const std::string& what = settings.text("child");
  if (what == "reads") return grown <= 2 ? Verdict::held : Verdict::broken;
  const long expected = what == "writes" ? size : size * 3 / 4;
  return grown >= expected - 2 && grown <= size + 2 ? Verdict::held : Verdict::broken;
}

}  // namespace

const Scenario& copy_on_write() {
  static const Scenario scenario{
      .id = "copy-on-write",
      .group = "life",
      .python_file = "copy-on-write.py",
      .python = kPython,
      .cpp_file = "copy_on_write.cpp",
      .cpp = assets::core_scenario_copy_on_write_cpp,
      .parameters =
          {{.id = "child", .type = ParameterType::choice, .fallback = "writes", .choices = {"writes", "reads", "reads-objects"}},
           {.id = "megabytes", .type = ParameterType::integer, .fallback = "64", .minimum = 16, .maximum = 256, .unit = "MB"},
           {.id = "seconds", .type = ParameterType::real, .fallback = "3", .minimum = 0.2, .maximum = 60, .unit = "s"}},
      .claims = {{"shared-first", shared_first}, {"copied", copied}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
