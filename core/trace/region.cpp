#include "core/trace/region.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "core/base/error.h"
#include "core/base/every_child.h"

namespace forklight::trace {
namespace {

constexpr std::size_t kPage = 4096;

constexpr std::size_t round_up(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

bool plausible(const RegionHeader& header, std::size_t bytes) {
  const std::uint64_t capacity = header.ring_events;
  return header.slots > 0 && header.slots <= 1 << 20 && capacity > 2 * kReserve && (capacity & (capacity - 1)) == 0 && capacity <= 1 << 24 &&
         header.slots_offset >= sizeof(RegionHeader) && header.slots_offset % 64 == 0 &&
         header.cells_offset >= header.slots_offset + header.slots * sizeof(Slot) && header.cells_offset % 64 == 0 &&
         header.cells_offset + header.slots * capacity * sizeof(Event) <= header.heap_offset && header.heap_offset % 64 == 0 &&
         header.heap_bytes <= bytes && header.heap_offset <= bytes - header.heap_bytes;
}

}  // namespace

Region Region::create(RegionSize size) {
  const std::size_t slots_offset = round_up(sizeof(RegionHeader));
  const std::size_t cells_offset = slots_offset + round_up(size.slots * sizeof(Slot));
  const std::size_t heap_offset = cells_offset + round_up(std::size_t{size.slots} * size.ring_events * sizeof(Event));
  const std::size_t bytes = heap_offset + round_up(size.heap_bytes);

  Region region;
  region.memory_ = base::SharedMemory::create("forklight-trace", bytes);
  RegionHeader& header = region.header();
  header.slots = size.slots;
  header.ring_events = size.ring_events;
  header.max_processes = size.max_processes;
  header.slots_offset = slots_offset;
  header.cells_offset = cells_offset;
  header.heap_offset = heap_offset;
  header.heap_bytes = size.heap_bytes;
  header.next_object.store(kFirstObject, std::memory_order_relaxed);
  header.next_message.store(1, std::memory_order_relaxed);
  header.slots_used.store(1, std::memory_order_relaxed);
  header.next_task.store(1, std::memory_order_relaxed);
  header.version = kRegionVersion;
  header.magic = kMagic;
  region.slots_ = reinterpret_cast<Slot*>(region.memory_.data() + slots_offset);
  region.cells_ = reinterpret_cast<Event*>(region.memory_.data() + cells_offset);
  region.ring_events_ = size.ring_events;
  header.heap_used.store(kMaxSharedObjects * sizeof(SharedObject), std::memory_order_relaxed);
  region.slot(0).state.store(SlotState::live, std::memory_order_release);
  return region;
}

Region Region::attach(base::Fd fd) {
  Region region;
  region.memory_ = base::SharedMemory::map(std::move(fd));
  if (region.memory_.size() < sizeof(RegionHeader) || region.header().magic != kMagic) {
    throw base::Failure("The memory handed over is no trace region: start forklight-engine through forklight.");
  }
  if (region.header().version != kRegionVersion || !plausible(region.header(), region.memory_.size())) {
    throw base::Failure("forklight and forklight-engine are of different versions: build both anew.");
  }
  region.slots_ = reinterpret_cast<Slot*>(region.memory_.data() + region.header().slots_offset);
  region.cells_ = reinterpret_cast<Event*>(region.memory_.data() + region.header().cells_offset);
  region.ring_events_ = region.header().ring_events;
  return region;
}

std::uint32_t Region::slots_used() const noexcept {
  return std::min(header().slots_used.load(std::memory_order_acquire), header().slots);
}

FORKLIGHT_EVERY_CHILD Slot& Region::slot(std::uint32_t index) const noexcept { return slots_[index]; }

FORKLIGHT_EVERY_CHILD RingWriter Region::writer(std::uint32_t index) const noexcept {
  return {&slots_[index].ring, cells_ + std::size_t{index} * ring_events_, ring_events_};
}

RingReader Region::reader(std::uint32_t index) const noexcept {
  return {&slots_[index].ring, cells_ + std::size_t{index} * ring_events_, ring_events_};
}

std::optional<std::uint32_t> Region::claim(TaskId parent, std::string_view name, TaskKind kind) const noexcept {
  RegionHeader& head = header();
  const bool counted = kind == TaskKind::process;
  if (counted && head.processes.fetch_add(1, std::memory_order_relaxed) >= head.max_processes) {
    head.processes.fetch_sub(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  for (std::uint32_t index = 1; index < head.slots; ++index) {
    Slot& slot = slots_[index];
    auto expected = SlotState::free;
    if (slot.state.load(std::memory_order_relaxed) != SlotState::free ||
        !slot.state.compare_exchange_strong(expected, SlotState::claimed, std::memory_order_acq_rel)) {
      continue;
    }
    slot.pid.store(0, std::memory_order_relaxed);
    slot.died_ns.store(0, std::memory_order_relaxed);
    slot.reaped_ns.store(0, std::memory_order_relaxed);
    slot.status.store(-1, std::memory_order_relaxed);
    slot.gate.store(head.gate.load(), std::memory_order_relaxed);
    slot.stand.turn.store(Turn::nobody, std::memory_order_relaxed);
    slot.stand.free_before.store(0, std::memory_order_relaxed);
    slot.reaped_by = 0;
    slot.errand_fd.store(-1, std::memory_order_relaxed);
    slot.kind = kind;
    slot.parent = parent;
    slot.forked_by = parent;
    const std::size_t length = std::min<std::size_t>(name.size(), kMaxName - 1);
    std::memcpy(slot.name, name.data(), length);
    slot.name[length] = '\0';
    slot.task = head.next_task.fetch_add(1, std::memory_order_relaxed);
    std::uint32_t used = head.slots_used.load(std::memory_order_relaxed);
    while (used < index + 1 && !head.slots_used.compare_exchange_weak(used, index + 1, std::memory_order_acq_rel)) {
    }
    return index;
  }
  if (counted) head.processes.fetch_sub(1, std::memory_order_relaxed);
  return std::nullopt;
}

FORKLIGHT_EVERY_CHILD void Region::publish_birth(std::uint32_t index, std::int32_t pid) const noexcept {
  Slot& slot = slots_[index];
  slot.pid.store(pid, std::memory_order_relaxed);
  auto expected = SlotState::claimed;
  slot.state.compare_exchange_strong(expected, SlotState::live, std::memory_order_acq_rel);
}

void Region::abandon(std::uint32_t index) const noexcept {
  Slot& slot = slots_[index];
  if (slot.kind == TaskKind::process) header().processes.fetch_sub(1, std::memory_order_relaxed);
  slot.reaped_ns.store(1, std::memory_order_relaxed);
  slot.died_ns.store(1, std::memory_order_relaxed);
  slot.state.store(SlotState::dead, std::memory_order_release);
}

void Region::end_thread(std::uint32_t index, std::int64_t time_ns) const noexcept {
  Slot& slot = slots_[index];
  slot.died_ns.store(time_ns, std::memory_order_relaxed);
  slot.reaped_ns.store(time_ns, std::memory_order_relaxed);
  auto expected = SlotState::live;
  slot.state.compare_exchange_strong(expected, SlotState::dead, std::memory_order_acq_rel);
}

void Region::publish_status(std::uint32_t index, std::int32_t status) const noexcept {
  slots_[index].status.store(status, std::memory_order_release);
}

void Region::publish_reaping(std::uint32_t index, TaskId by, std::int32_t status, std::int64_t time_ns) const noexcept {
  Slot& slot = slots_[index];
  slot.reaped_by = by;
  slot.status.store(status, std::memory_order_relaxed);
  slot.reaped_ns.store(time_ns, std::memory_order_release);
}

std::byte* Region::allocate(std::size_t bytes) const noexcept {
  RegionHeader& head = header();
  const std::uint64_t rounded = (bytes + 63) / 64 * 64;
  std::uint64_t used = head.heap_used.load(std::memory_order_relaxed);
  do {
    if (rounded > head.heap_bytes || used > head.heap_bytes - rounded) return nullptr;
  } while (!head.heap_used.compare_exchange_weak(used, used + rounded, std::memory_order_relaxed));
  return memory_.data() + head.heap_offset + used;
}

Region::ObjectNumber Region::number_object(ObjectKind kind) const noexcept {
  RegionHeader& head = header();
  auto& of_kind = head.objects_of_kind[static_cast<std::size_t>(kind) % std::size(head.objects_of_kind)];
  return {head.next_object.fetch_add(1, std::memory_order_relaxed), of_kind.fetch_add(1, std::memory_order_relaxed) + 1};
}

SharedObject* Region::shared_object(std::uint32_t id) const noexcept {
  const std::uint32_t index = id - kFirstObject;
  if (id < kFirstObject || index >= kMaxSharedObjects) return nullptr;
  return reinterpret_cast<SharedObject*>(memory_.data() + header().heap_offset) + index;
}

std::uint64_t Region::offset_of(const void* part) const noexcept {
  return static_cast<std::uint64_t>(static_cast<const std::byte*>(part) - memory_.data());
}

}  // namespace forklight::trace
