// What the kernel says of real processes, against what they say of themselves.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "core/base/clock.h"
#include "core/base/posix_call.h"
#include "core/observe/kernel_log.h"
#include "core/observe/perf_ring.h"
#include "tests/core/timeline_events.h"
#include "tests/support/processes.h"
#include "tests/support/run_lesson.h"

using namespace forklight;
using namespace forklight::tests;
using observe::KernelLog;
using observe::KernelRecord;
using timeline::Left;
using timeline::OnCpu;

namespace {

// Whether this machine lets us have the kernel's records at all; if not, that is what the refusal's tests are for.
bool has_perf() {
  static const bool has = observe::open_rings().error == 0;
  if (!has) MESSAGE("the kernel refuses its records here: nothing is tested");
  return has;
}

std::int64_t on_cpu_ns(const Model& model, TaskId task) {
  const auto* kernel = model.kernel().find(task);
  return kernel == nullptr ? 0 : kernel->on_cpu.busy_ns(0, kOpen, kOpen - 1);
}

void check_nobody_is_in_two_places(const Model& model) {
  const auto check = [](const std::vector<OnCpu>& spans) {
    for (std::size_t i = 0; i < spans.size(); ++i) {
      CHECK(spans[i].begin_ns <= spans[i].end_ns);
      if (i > 0) CHECK(spans[i - 1].end_ns <= spans[i].begin_ns);
    }
  };
  for (const auto& core : model.kernel().cores()) check(core.track.spans());
  for (const Task& task : model.tasks()) {
    if (const auto* kernel = model.kernel().find(task.id)) check(kernel->on_cpu.spans());
  }
}

// The letters that were sampled of a task, in their order.
std::string letters(const Model& model, TaskId task) {
  std::string seen;
  if (const auto* kernel = model.kernel().find(task)) {
    for (const auto& state : kernel->states) seen += state.letter;
  }
  return seen;
}

KernelRecord of(KernelRecord::What what, std::int64_t time_ns, pid_t tid) {
  KernelRecord record{};
  record.what = what;
  record.time_ns = time_ns;
  record.pid = record.tid = tid;
  return record;
}

}  // namespace

TEST_CASE("observe: time on a core agrees with the scheduler's own count, for those that compute and those that sleep") {
  if (!has_perf()) return;
  const LessonRun run = run_test_lesson("kernel busy");
  REQUIRE(run.error == "");
  CHECK(run.model.kernel().mode() == trace::Observing::perf);
  CHECK(run.model.kernel().lost() == 0);
  std::istringstream lines(run.out);
  std::string name;
  int seen = 0;
  for (std::int64_t own_ns = 0, by_itself = 0, preempted = 0; lines >> name >> own_ns >> by_itself >> preempted; ++seen) {
    CAPTURE(name);
    const TaskId id = name == "sleeper" ? 6 : static_cast<TaskId>(name.back() - '0' + 1);
    const auto* kernel = run.model.kernel().find(id);
    REQUIRE(kernel != nullptr);
    const auto ours = static_cast<double>(on_cpu_ns(run.model, id)), theirs = static_cast<double>(own_ns);
    // It goes on a little after it has told; and what it did before that is counted to the tick by some kernels.
    CHECK(ours > theirs * 0.9 - 2e6);
    CHECK(ours < theirs * 1.25 + 20e6);
    CHECK(kernel->left_by_itself >= static_cast<std::uint64_t>(by_itself));
    CHECK(kernel->preempted >= static_cast<std::uint64_t>(preempted));
    CHECK(kernel->preempted <= static_cast<std::uint64_t>(preempted) + 10);
    if (name == "sleeper") {
      CHECK(kernel->left_by_itself >= 30);  // once a nap
      CHECK(kernel->left_by_itself > kernel->preempted);
    } else if (run.model.kernel().cores().size() <= 3) {
      CHECK(kernel->preempted > kernel->left_by_itself);  // four who want two cores
      CHECK(kernel->waited_ns > 0);
    }
    CHECK(kernel->birth_ns < kernel->death_ns);
    CHECK(kernel->birth_ns <= kernel->on_cpu.spans().front().begin_ns);
  }
  CHECK(seen == 5);
  check_nobody_is_in_two_places(run.model);
}

TEST_CASE("observe: a hundred thousand switches: none lost, or the loss counted") {
  if (!has_perf()) return;
  const LessonRun run = run_test_lesson("kernel ping-pong");
  REQUIRE(run.error == "");
  const auto& kernel = run.model.kernel();
  MESSAGE(kernel.switches() << " switches, " << kernel.lost() << " records lost");
  // Both leave once a round: to wait, or, on one core, for the one that they have woken. Now and then the ball is back before one waits.
  std::uint64_t left = 0;
  for (const TaskId id : {1U, 2U}) left += kernel.find(id)->left_by_itself + kernel.find(id)->preempted;
  CHECK(left + kernel.lost() >= 100'000 - 5'000);
  if (kernel.lost() == 0) check_nobody_is_in_two_places(run.model);
  bool holes = false;
  for (const auto& core : kernel.cores()) {
    for (const OnCpu& span : core.track.spans()) holes |= span.is_hole();
  }
  CHECK(holes == (kernel.lost() > 0));
}

TEST_CASE("observe: a stopped child is seen as T, a dead one that nobody joined as Z") {
  const LessonRun run = run_test_lesson("kernel stopped");
  REQUIRE(run.error == "");
  const std::string seen = letters(run.model, 2);
  CAPTURE(seen);
  const auto stopped = seen.find('T'), zombie = seen.find('Z');
  REQUIRE(stopped != std::string::npos);
  REQUIRE(zombie != std::string::npos);
  // Asleep before and in between; on a busy machine it is now and then on its way to a core.
  CHECK(seen.find_first_of("SR") < stopped);
  CHECK(stopped < zombie);
  CHECK(seen.find_first_of("SR", stopped) < zombie);
  const auto& memory = run.model.kernel().find(2)->memory.points();
  REQUIRE(memory.size() >= 2);
  CHECK(memory.front().value.rss > 0);
  CHECK(memory.back().value.rss == 0);  // a zombie has none
}

TEST_CASE("observe: the memory of a child that touches 20 MB grows by as much") {
  const LessonRun run = run_test_lesson("kernel memory");
  REQUIRE(run.error == "");
  const auto* kernel = run.model.kernel().find(2);
  REQUIRE(kernel != nullptr);
  REQUIRE(kernel->memory.points().size() >= 2);
  const auto first = kernel->memory.points().front().value;
  const auto most = kernel->memory.whole().most;
  CHECK(first.rss > 0);
  CHECK(first.pss <= first.rss);
  CHECK(first.private_pages + first.shared_pages == first.rss);
  CHECK(most.private_pages >= first.private_pages + 20 * 1024);
  CHECK(most.rss >= first.rss + 19 * 1024);
}

TEST_CASE("observe: a process that is no task of the lesson is shown as a stranger, with its name") {
  if (!has_perf()) return;
  const LessonRun run = run_test_lesson("kernel untold");
  REQUIRE(run.error == "");
  bool found = false;
  for (const auto& core : run.model.kernel().cores()) {
    for (const OnCpu& span : core.track.spans()) {
      found |= (span.who & OnCpu::kStranger) != 0 && run.model.kernel().name_of_stranger(span.who) == "helper";
    }
  }
  CHECK(found);
}

TEST_CASE("observe: refused by the kernel, a run goes on with samples, and says why") {
  const LessonRun run = run_test_lesson("kernel refused");
  REQUIRE(run.error == "");
  CHECK(run.main_status == 0);
  CHECK(run.model.kernel().mode() == trace::Observing::sampling);
  CHECK(run.model.kernel().refusal() == EACCES);
  for (const auto& core : run.model.kernel().cores()) CHECK(core.track.spans().empty());
  CHECK(letters(run.model, 2).find('T') != std::string::npos);
}

TEST_CASE("observe: asked for samples only, or for nothing, that is what there is") {
  supervisor::RunRequest request;
  request.scenario = "kernel stopped";
  request.python_minor = python_minor();
  request.observe = observe::Want::samples;
  const LessonRun samples = run_lesson(TEST_ENGINE, request);
  CHECK(samples.model.kernel().mode() == trace::Observing::sampling);
  CHECK(samples.model.kernel().refusal() == 0);
  CHECK(letters(samples.model, 2).find('T') != std::string::npos);
  request.observe = observe::Want::nothing;
  const LessonRun nothing = run_lesson(TEST_ENGINE, request);
  CHECK(nothing.model.kernel().mode() == trace::Observing::nothing);
  CHECK(nothing.model.kernel().find(2) == nullptr);
}

TEST_CASE("observe: where samples are all, who runs is seen again and again, and on which core") {
  supervisor::RunRequest request;
  request.scenario = "kernel busy";
  request.python_minor = python_minor();
  request.observe = observe::Want::samples;
  const LessonRun run = run_lesson(TEST_ENGINE, request);
  REQUIRE(run.error == "");
  std::size_t samples = 0;
  const long cores = ::sysconf(_SC_NPROCESSORS_CONF);
  for (const auto& core : run.model.kernel().cores()) {
    CHECK(core.cpu >= 0);
    CHECK(core.cpu < cores);
    CHECK(core.track.spans().empty());
    samples += core.samples.size();
  }
  CHECK(samples >= 4);  // four compute, and the first look at each counts: more where a look is cheap
}

TEST_CASE("observe: what refuses to open says its errno, and leaves nothing open") {
  const std::size_t before = open_descriptors();
  for (const int error : {EACCES, EPERM, ENOSYS}) {
    int asked = 0;
    const auto opened = observe::open_rings([&](perf_event_attr&, pid_t, int) { return ++asked, errno = error, -1; });
    CHECK(opened.rings.empty());
    CHECK(opened.error == error);
    CHECK(asked == 1);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("observe: a forked child forgets the rings, and keeps what lies where they were") {
  auto opened = observe::open_rings();
  if (opened.rings.empty()) return;  // refused: see has_perf()
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // As large as a ring and its page: the kernel takes the hole that the ring has left.
    const std::size_t bytes = opened.rings.back().bytes() + static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (auto& ring : opened.rings) ring.forget();
    opened.rings.clear();
    std::memset(memory, 1, bytes);  // a signal if it has gone
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(base::retry_eintr([&] { return ::waitpid(child, &status, 0); }) == child);
  CHECK(status == 0);
}

TEST_CASE("observe: a run leaves no descriptor open") {
  (void)run_test_lesson("kernel untold");
  const std::size_t before = open_descriptors();
  (void)run_test_lesson("kernel untold");
  CHECK(open_descriptors() == before);
}

TEST_CASE("observe: what the kernel says of a task before it has told who it is comes as soon as it has") {
  using What = KernelRecord::What;
  KernelLog log(1);
  std::vector<Record> out;
  log.take({of(What::birth, 100, 50), of(What::in, 110, 50), of(What::in, 115, 1)}, out);
  CHECK(out.empty());  // the last is the supervisor's
  log.learn(event(120, 7, Kind::task_begin, 0, 50ULL << 32 | 50, 1), out);
  REQUIRE(out.size() == 2);
  CHECK(out[0].task == 7);
  CHECK(out[0].event.kind == Kind::kernel_birth);
  CHECK(out[1].event.kind == Kind::cpu_in);
  // It dies, and its number is given to another.
  out.clear();
  log.take({of(What::death, 200, 50), of(What::birth, 300, 50), of(What::in, 310, 50)}, out);
  REQUIRE(out.size() == 1);
  CHECK(out[0].task == 7);
  log.learn(event(290, 0, Kind::born, 7, 50, 1), out);  // a late word of the first
  CHECK(out.size() == 1);
  log.learn(event(320, 8, Kind::task_begin, 0, 50ULL << 32 | 50, 1), out);
  REQUIRE(out.size() == 3);
  CHECK(out[2].task == 8);
  log.finish(out);
  CHECK(out.size() == 3);  // nothing of the supervisor's was kept
}

TEST_CASE("observe: told before the kernel's record of the birth was read, a task is known at once") {
  using What = KernelRecord::What;
  KernelLog log(1);
  std::vector<Record> out;
  log.learn(event(120, 7, Kind::task_begin, 0, 50ULL << 32 | 50, 1), out);
  log.take({of(What::birth, 100, 50), of(What::in, 110, 50), of(What::out, 130, 50)}, out);
  REQUIRE(out.size() == 3);
  CHECK(out[2].task == 7);
}

TEST_CASE("observe: who never tells is a stranger in the end; nothing is kept for ever") {
  using What = KernelRecord::What;
  KernelLog log(1);
  std::vector<Record> out;
  log.take({of(What::birth, 100, 50), of(What::in, 110, 50), of(What::birth, 100, 51)}, out);
  log.give_up_waiting(100 + base::kSecond / 2, out);
  CHECK(out.empty());
  log.give_up_waiting(200 + base::kSecond, out);
  REQUIRE(out.size() == 3);
  CHECK(out[0].task == 0);
}

TEST_CASE("observe: sampling costs less than a hundredth of a core") {
  supervisor::RunRequest request;
  request.scenario = "kernel stopped";
  request.python_minor = python_minor();
  supervisor::Engine engine({.engine = TEST_ENGINE}, request);
  std::int64_t begin = base::now_ns(), cost = 0, end = begin;
  CHECK(wait_until([&] {
    (void)engine.take();
    cost = engine.sampling_cost_ns();
    end = base::now_ns();
    return engine.finished();
  }));
  const double percent = static_cast<double>(cost) * 100 / static_cast<double>(end - begin);
  MESSAGE(percent << " % of a core");
  CHECK(cost > 0);
  CHECK(percent < 2);  // twice what is aimed at: the machine may be busy
}
