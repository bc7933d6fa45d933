// Producers put random digits into a queue, consumers take them out, for ever: the learner stops it.
#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "assets/embedded.h"
#include "core/ipc/queue.h"
#include "core/process/python.h"
#include "core/scenario/claims.h"
#include "core/scenario/random_digit.h"
#include "core/scenario/registry.h"

namespace forklight::scenario {
namespace {

using ipc::Queue;
using process::at;
using process::Frame;
using process::Process;
using trace::Kind;

// Not queue.py: beside a script of that name Python would import it in place of its own module queue.
constexpr std::string_view kPython = assets::assets_scenarios_queue_digits_py;
consteval std::uint16_t py(std::string_view code) {
  return process::line_of(kPython, code);
}

void produce(Queue& queue, double pause) {
  const Frame frame("produce");
  while (true) {
    at(py("digit = random.randint"));
    const int digit = random_digit();
    at(py("queue.put(digit)"));
    queue.put(digit);
    at(py("print(\"put\""));
    process::print_now(fmt::format("put {}", digit));
    at(py("time.sleep(pause)\n\n\ndef consume"));
    process::sleep(pause);
  }
}

void consume(Queue& queue, double pause) {
  const Frame frame("consume");
  while (true) {
    at(py("digit = queue.get()"));
    const ipc::Value digit = queue.get();  // or what else the learner has put in
    at(py("print(\"got\""));
    process::print_now(fmt::format("got {}", digit.is_string() ? digit.get<std::string>() : ipc::repr(digit)));
    at(py("time.sleep(pause)\n\n\nif"));
    process::sleep(pause);
  }
}

void run(const Settings& settings) {
  const Frame frame("<module>");
  at(py("queue = multiprocessing.Queue"));
  Queue queue(static_cast<int>(settings.integer("maxsize")), "queue");
  std::vector<Process> processes;
  for (long i = 0; i < settings.integer("producers"); ++i) {
    at(py("processes.append(multiprocessing.Process(target=produce"));
    processes.emplace_back([queue, pause = 1 / settings.real("puts")]() mutable { produce(queue, pause); });
  }
  for (long i = 0; i < settings.integer("consumers"); ++i) {
    at(py("processes.append(multiprocessing.Process(target=consume"));
    processes.emplace_back([queue, pause = 1 / settings.real("gets")]() mutable { consume(queue, pause); });
  }
  for (Process& process : processes) {
    at(py("process.start()"));
    process.start();
  }
  for (Process& process : processes) {
    at(py("process.join()"));
    process.join();
  }
}

// what was got had been put, nothing comes twice, the items of one producer come in their order, whoever gets them,
// and none of them is left out.
Verdict order(const timeline::Model& model, const Settings& settings, bool finished) {
  struct Put {
    timeline::TaskId producer;
    std::size_t ordinal;  // among the puts of its producer
    bool received = false;
  };
  struct Producer {
    std::size_t puts = 0, received = 0;
    std::optional<std::size_t> last;  // that was received
  };
  std::unordered_map<std::uint64_t, Put> puts;
  std::map<timeline::TaskId, Producer> producers;
  const auto window = recent_events(model, finished);
  bool seen = false;
  for (const timeline::EventRef& ref : window.events) {
    if (ref.event.kind == Kind::put_begin) puts.emplace(ref.event.a, Put{ref.task, producers[ref.task].puts++});
    if (ref.event.kind != Kind::received) continue;
    seen = true;
    const auto found = puts.find(ref.event.a);
    if (found == puts.end()) {
      if (window.whole && !hand_of_learner(model)) return Verdict::broken;  // came from nowhere
      continue;
    }
    Put& put = found->second;
    Producer& producer = producers[put.producer];
    if (put.received || (producer.last && put.ordinal < *producer.last)) return Verdict::broken;
    put.received = true;
    producer.last = put.ordinal;
    ++producer.received;
  }
  if (finished && model.lost_count() == 0) {
    // When the end came, each of the other consumers may have had one in its hands that it had no time to note.
    std::size_t left_out = 0;
    for (const auto& [task, producer] : producers) left_out += producer.last ? *producer.last + 1 - producer.received : 0;
    if (left_out >= static_cast<std::size_t>(settings.integer("consumers"))) return Verdict::broken;
  }
  return so_far(seen, model, finished);
}

// Q.1: the semaphore lets no more in than maxsize.
Verdict never_more(const timeline::Model& model, const Settings& settings, bool finished) {
  const std::size_t maxsize = static_cast<std::size_t>(settings.integer("maxsize"));
  const auto consumers = static_cast<std::size_t>(settings.integer("consumers"));
  std::unordered_set<std::uint64_t> met;  // messages that were put, or received before their producer noted the put
  std::unordered_set<timeline::TaskId>
      not_in_get;  // a consumer inside get() may have an item that it has not noted yet
  std::size_t inside = 0;
  bool seen = false;
  for (const timeline::EventRef& ref : recent_events(model, finished).events) {
    const trace::Event& event = ref.event;
    if (event.kind == Kind::get_begin) not_in_get.erase(ref.task);
    if (event.kind == Kind::put_end && event.b == 1) {
      seen = true;
      if (met.insert(event.a).second) ++inside;
    }
    if (event.kind == Kind::received) {
      not_in_get.insert(ref.task);
      if (!met.insert(event.a).second && inside > 0) --inside;
    }
    if (maxsize > 0 && inside > maxsize + consumers - std::min(consumers, not_in_get.size())) return Verdict::broken;
  }
  return so_far(seen, model, finished);
}

}  // namespace

const Scenario& queue() {
  static const Scenario scenario{
      .id = "queue",
      .group = "talking",
      .python_file = "queue-digits.py",
      .python = kPython,
      .cpp_file = "queue.cpp",
      .cpp = assets::core_scenario_queue_cpp,
      .parameters =
          {{.id = "puts", .type = ParameterType::real, .fallback = "4", .minimum = 0.2, .maximum = 100, .unit = "/s"},
           {.id = "gets", .type = ParameterType::real, .fallback = "2", .minimum = 0.2, .maximum = 100, .unit = "/s"},
           {.id = "producers", .type = ParameterType::integer, .fallback = "1", .minimum = 1, .maximum = 8},
           {.id = "consumers", .type = ParameterType::integer, .fallback = "1", .minimum = 1, .maximum = 8},
           {.id = "maxsize", .type = ParameterType::integer, .fallback = "5", .minimum = 0, .maximum = 100}},
      .claims = {{"order", order}, {"never-more", never_more}, {"endless", endless}, {"nothing-left", nothing_left}},
      .main = run,
  };
  return scenario;
}

}  // namespace forklight::scenario
