// The memory that every process of a run maps: a header, one slot a task, one ring a slot.
//
// Slot states:   free ──claim()──▶ claimed ──publish_birth()──▶ live ──supervisor──▶ dead ──collector──▶ free
//                                     └── abandon() (fork refused) ──────────────────▶ dead
// The parent claims the child's slot before it forks, so a child finds its ring ready and no birth can be missed. Parent and child both
// publish the birth (whoever is first): a parent killed right after fork loses nothing. The supervisor writes the death, the parent that
// waits writes the reaping; both stand in the slot too, so neither is lost when a ring is full. The collector frees a slot once
// its task is dead and reaped and its ring is empty.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/shared_memory.h"
#include "core/trace/event.h"
#include "core/trace/gate.h"
#include "core/trace/ring.h"

namespace forklight::trace {

inline constexpr std::uint64_t kMagic = 0x4c4b5246'54524331;  // "FRKLTRC1"
inline constexpr std::uint32_t kRegionVersion = 5;
inline constexpr std::uint32_t kMaxName = 64;

enum class SlotState : std::uint32_t { free, claimed, live, dead };
enum class TaskKind : std::uint32_t { process, thread };

struct Slot {
  std::atomic<SlotState> state;
  TaskId task;    // valid from `claimed` on
  TaskId parent;  // task that claimed it
  std::atomic<std::int32_t> pid;
  std::atomic<Gate> gate;  // looked at before each operation that a learner cares about
  TaskKind kind;
  std::atomic<std::int64_t> died_ns;    // 0 until the supervisor says so
  std::atomic<std::int64_t> reaped_ns;  // 0 until somebody waited for it
  std::atomic<std::int32_t> status;     // as waitpid gives it; -1 = not known (yet)
  TaskId forked_by;  // whose child it is to the kernel: the parent, or a forkserver
  TaskId reaped_by;
  char name[kMaxName];
  // The learner's errand to the process: the descriptor to close, and which end it is; taken by a signal handler. -1 = none.
  std::atomic<std::int32_t> errand_fd, errand_end;
  Stand stand;  // at the gate, when it is shut
  RingIndices ring;
};
static_assert(sizeof(Slot) % 64 == 0);

// Where the parts of an object lie that the learner may act on: the supervisor finds it here. What `parts` are, the object's kind says.
struct SharedObject {
  std::atomic<std::uint32_t> ready;  // 1 once the rest is written
  std::int32_t fds[2];               // its pipe's ends, as numbered in the processes that inherited it; -1 = none
  std::uint32_t kind;                // ObjectKind
  std::uint64_t inodes[2];           // of those ends: a number may have come to mean another file
  std::uint64_t parts[6];            // offsets in the region
};
inline constexpr std::uint32_t kMaxSharedObjects = 4096;

struct RegionHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t slots;        // number of slots and rings
  std::uint32_t ring_events;  // cells of each ring, a power of two
  std::uint32_t max_processes;
  std::uint64_t slots_offset, cells_offset;  // bytes from the region's begin
  std::uint64_t heap_offset, heap_bytes;     // what tasks share besides events: first the SharedObjects, then semaphores, flags, values
  alignas(64) std::atomic<std::uint32_t> slots_used;  // slots ever claimed: no one above needs a look
  std::atomic<TaskId> next_task;
  std::atomic<std::uint32_t> processes;  // alive or being started now, against max_processes
  std::atomic<std::uint32_t> next_object;
  std::atomic<std::uint64_t> next_message;
  std::atomic<std::uint64_t> heap_used;
  std::atomic<Gate> gate;  // of every slot to be claimed
  std::atomic<std::uint32_t> objects_of_kind[16];  // for their names: Queue-1, Queue-2
};

struct RegionSize {
  std::uint32_t slots = 1024;
  std::uint32_t ring_events = 1 << 16;  // 2 MiB a ring, but only what is touched is real memory
  std::uint32_t max_processes = 256;
  std::uint64_t heap_bytes = 64 << 20;  // sparse
};

class Region {
 public:
  Region() noexcept = default;
  // A new region; slot 0 is the supervisor's, live at once. Throws std::system_error.
  static Region create(RegionSize size);
  // Maps a region handed over by descriptor. Throws base::Failure if it is not one of ours, or of another version.
  static Region attach(base::Fd fd);

  [[nodiscard]] int fd() const noexcept { return memory_.fd(); }
  [[nodiscard]] RegionHeader& header() const noexcept { return *reinterpret_cast<RegionHeader*>(memory_.data()); }
  [[nodiscard]] std::uint32_t slots_used() const noexcept;
  [[nodiscard]] Slot& slot(std::uint32_t index) const noexcept;
  [[nodiscard]] RingWriter writer(std::uint32_t index) const noexcept;
  [[nodiscard]] RingReader reader(std::uint32_t index) const noexcept;

  // Takes a slot for a task about to be born; nothing when the process cap is reached or no slot is free. Async-signal-safe.
  [[nodiscard]] std::optional<std::uint32_t> claim(TaskId parent, std::string_view name, TaskKind kind = TaskKind::process) const noexcept;
  // The task has this pid now. Idempotent: parent and child both say so.
  void publish_birth(std::uint32_t index, std::int32_t pid) const noexcept;
  // The task was never born.
  void abandon(std::uint32_t index) const noexcept;
  // A thread has ended: said by itself, or by the supervisor when its process died.
  void end_thread(std::uint32_t index, std::int64_t time_ns) const noexcept;
  // Written by whoever is about to reap the task: how it ended.
  void publish_status(std::uint32_t index, std::int32_t status) const noexcept;
  // Written by whoever waited for the task; the last touch of the slot by the waiter.
  void publish_reaping(std::uint32_t index, TaskId by, std::int32_t status, std::int64_t time_ns) const noexcept;

  // Zeroed memory that every process of the run sees at the same offset, aligned to 64 bytes; never given back before the run ends.
  // nullptr when the heap is full.
  [[nodiscard]] std::byte* allocate(std::size_t bytes) const noexcept;
  // An id for a new object that tasks share, and which of its kind it is (1, 2 …).
  struct ObjectNumber {
    std::uint32_t id, ordinal;
  };
  [[nodiscard]] ObjectNumber number_object(ObjectKind kind) const noexcept;
  // The entry of an object; nullptr for one that was made after too many others.
  [[nodiscard]] SharedObject* shared_object(std::uint32_t id) const noexcept;
  [[nodiscard]] std::uint64_t offset_of(const void* part) const noexcept;
  // The part at an offset; nullptr if that is not within the heap.
  template <typename T>
  [[nodiscard]] T* part(std::uint64_t offset) const noexcept {
    return offset >= header().heap_offset && offset < header().heap_offset + header().heap_bytes
               ? reinterpret_cast<T*>(memory_.data() + offset)
               : nullptr;
  }

 private:
  base::SharedMemory memory_;
  Slot* slots_ = nullptr;
  Event* cells_ = nullptr;
  std::uint32_t ring_events_ = 0;  // of the header: a copy, so that a forked child need not touch that page
};

}  // namespace forklight::trace
