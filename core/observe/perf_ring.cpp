#include "core/observe/perf_ring.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "core/base/error.h"

namespace forklight::observe {
namespace {

// A switch takes 64 bytes: 8 MiB keep a hundred thousand while the viewer gets no turn at all. 512 KiB a CPU may be locked by anybody
// (kernel.perf_event_mlock_kb); more is asked for first, and less if it must be.
constexpr std::size_t kMostInAll = 16 << 20, kMostOfOne = 8 << 20, kLeastOfOne = 32 << 10;

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

// What follows every record: PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU.
struct SampleId {
  std::uint32_t pid, tid;
  std::uint64_t time;
  std::uint32_t cpu, unused;
};
static_assert(sizeof(SampleId) == 24);
struct Task {  // of PERF_RECORD_FORK and _EXIT
  std::uint32_t pid, parent_pid, tid, parent_tid;
  std::uint64_t time;
};

template <typename T>
T take(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

perf_event_attr attributes() {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_DUMMY;  // counts nothing: it is there for the records beside
  attr.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU;
  attr.sample_id_all = 1;
  attr.inherit = 1;
  attr.context_switch = 1;
  attr.task = 1;
  attr.comm = 1;
  attr.comm_exec = 1;
  attr.exclude_kernel = 1;  // or it would take a privilege
  attr.exclude_hv = 1;
  attr.use_clockid = 1;
  attr.clockid = CLOCK_MONOTONIC;
  return attr;
}

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

// Turns a record into ours; false for kinds that we did not ask for.
bool understand(const std::byte* bytes, const perf_event_header& header, int cpu, std::int64_t last_ns, KernelRecord& out) {
  using What = KernelRecord::What;
  if (header.size < sizeof header + sizeof(SampleId)) return false;
  const std::byte* body = bytes + sizeof header;
  const std::size_t size = header.size - sizeof header - sizeof(SampleId);
  const auto id = take<SampleId>(bytes + header.size - sizeof(SampleId));
  out.cpu = cpu;
  out.pid = static_cast<pid_t>(id.pid);
  out.tid = static_cast<pid_t>(id.tid);
  out.time_ns = static_cast<std::int64_t>(id.time);
  switch (header.type) {
    case PERF_RECORD_SWITCH:
      out.what = (header.misc & PERF_RECORD_MISC_SWITCH_OUT) != 0 ? What::out : What::in;
      out.preempted = out.what == What::out && (header.misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0;
      return out.tid > 0;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT: {
      if (size < sizeof(Task)) return false;
      const auto task = take<Task>(body);
      out.what = header.type == PERF_RECORD_FORK ? What::birth : What::death;
      out.pid = static_cast<pid_t>(task.pid);
      out.tid = static_cast<pid_t>(task.tid);
      out.parent_pid = static_cast<pid_t>(task.parent_pid);
      out.parent_tid = static_cast<pid_t>(task.parent_tid);
      out.time_ns = static_cast<std::int64_t>(task.time);
      return out.tid > 0;
    }
    case PERF_RECORD_COMM: {
      if (size < 8) return false;
      out.what = What::name;
      out.exec = (header.misc & PERF_RECORD_MISC_COMM_EXEC) != 0;
      out.pid = static_cast<pid_t>(take<std::uint32_t>(body));
      out.tid = static_cast<pid_t>(take<std::uint32_t>(body + 4));
      std::memcpy(out.name, body + 8, std::min(size - 8, sizeof out.name - 1));
      return out.tid > 0;
    }
    case PERF_RECORD_LOST:
      if (size < 16) return false;
      out.what = What::lost;
      out.lost = take<std::uint64_t>(body + 8);
      out.since_ns = std::min(last_ns, out.time_ns);
      return true;
    default:
      return false;
  }
}

}  // namespace

PerfRing::PerfRing(base::Fd fd, int cpu, std::size_t bytes) : fd_(std::move(fd)), cpu_(cpu), bytes_(bytes) {
  void* memory = ::mmap(nullptr, page_size() + bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (memory == MAP_FAILED) base::throw_errno("mmap of a perf ring");
  memory_ = static_cast<std::byte*>(memory);
}

PerfRing::PerfRing(PerfRing&& other) noexcept
    : fd_(std::move(other.fd_)),
      cpu_(other.cpu_),
      bytes_(other.bytes_),
      memory_(std::exchange(other.memory_, nullptr)),
      last_ns_(other.last_ns_) {}

PerfRing& PerfRing::operator=(PerfRing&& other) noexcept {
  if (this != &other) {
    if (memory_ != nullptr) ::munmap(memory_, page_size() + bytes_);
    fd_ = std::move(other.fd_);
    cpu_ = other.cpu_;
    bytes_ = other.bytes_;
    memory_ = std::exchange(other.memory_, nullptr);
    last_ns_ = other.last_ns_;
  }
  return *this;
}

PerfRing::~PerfRing() {
  if (memory_ != nullptr) ::munmap(memory_, page_size() + bytes_);
}

void PerfRing::forget() noexcept {
  memory_ = nullptr;
  fd_.reset();
}

void PerfRing::read(std::vector<KernelRecord>& records) {
  if (memory_ == nullptr) return;
  auto& page = *reinterpret_cast<perf_event_mmap_page*>(memory_);
  const std::byte* data = memory_ + page_size();
  const std::uint64_t head = std::atomic_ref(page.data_head).load(std::memory_order_acquire);
  std::uint64_t tail = page.data_tail;
  alignas(8) std::byte copy[256];
  while (tail < head) {
    const std::size_t at = tail % bytes_;
    const auto header = take<perf_event_header>(data + at);  // records are of 8 bytes each: a header never wraps
    if (header.size < sizeof header || tail + header.size > head) {
      tail = head;
      break;
    }
    if (header.size <= sizeof copy) {
      const std::size_t first = std::min<std::size_t>(header.size, bytes_ - at);
      std::memcpy(copy, data + at, first);
      std::memcpy(copy + first, data, header.size - first);
      KernelRecord record{};
      if (understand(copy, header, cpu_, last_ns_, record)) {
        last_ns_ = std::max(last_ns_, record.time_ns);
        records.push_back(record);
      }
    }
    tail += header.size;
  }
  std::atomic_ref(page.data_tail).store(tail, std::memory_order_release);
}

int open_event(perf_event_attr& attr, pid_t pid, int cpu) {
  return static_cast<int>(::syscall(SYS_perf_event_open, &attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

Opened open_rings(const Opener& open) {
  const std::vector<int> cpus = usable_cpus();
  Opened opened;
  std::size_t bytes = std::clamp(std::bit_floor(kMostInAll / std::max<std::size_t>(cpus.size(), 1)), kLeastOfOne, kMostOfOne);
  for (const int cpu : cpus) {
    perf_event_attr attr = attributes();
    base::Fd fd(open(attr, 0, cpu));
    if (!fd && errno == ENODEV) continue;  // went offline
    if (!fd) return {{}, errno};
    for (;;) {
      try {
        opened.rings.emplace_back(base::Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0)), cpu, bytes);
        break;
      } catch (const std::system_error& error) {
        // Others of this user have locked memory as well: a smaller ring loses sooner, and says so.
        if (bytes <= kLeastOfOne) return {{}, error.code().value()};
        bytes /= 2;
      }
    }
  }
  if (opened.rings.empty()) opened.error = ENODEV;
  return opened;
}

}  // namespace forklight::observe
