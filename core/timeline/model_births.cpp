// Which objects there are, of what kind, and which are parts of which.
#include <algorithm>

#include "core/timeline/model.h"
#include "core/timeline/names.h"

namespace forklight::timeline {

using trace::Kind;
using trace::ObjectKind;

namespace {

bool is_channel(ObjectKind kind) noexcept {
  return kind <= ObjectKind::joinable_queue;
}

// What an object must be that has such an event, when the word of its making was lost.
ObjectKind kind_for(Kind kind) noexcept {
  switch (kind) {
    case Kind::put_begin:
    case Kind::put_end:
    case Kind::feed:
    case Kind::dropped:
      return ObjectKind::queue;
    case Kind::task_done:
      return ObjectKind::joinable_queue;
    case Kind::sent:
    case Kind::send_begin:
    case Kind::send_failed:
    case Kind::get_begin:
    case Kind::received:
    case Kind::get_end:
    case Kind::fill:
    case Kind::object_closed:
      return ObjectKind::pipe;
    case Kind::set:
    case Kind::clear:
      return ObjectKind::event;
    case Kind::notify:
    case Kind::notify_begin:
    case Kind::notify_end:
    case Kind::wait_begin:
    case Kind::wait_end:
      return ObjectKind::condition;
    case Kind::barrier_full:
      return ObjectKind::barrier;
    case Kind::store:
      return ObjectKind::value;
    default:
      return kind >= Kind::gil_want && kind <= Kind::gil_interval ? ObjectKind::gil : ObjectKind::lock;
  }
}

}  // namespace

// The index of the object that an event is about, made if this is the first evidence of it.
std::uint32_t Model::object_for(const trace::Event& event) {
  const auto [found, is_new] = object_index_.try_emplace(event.object, static_cast<std::uint32_t>(objects_.size()));
  if (is_new) {
    Object& object = objects_.emplace_back();
    wakes_.emplace_back();
    object.id = event.object;
    object.kind = kind_for(event.kind);
    object.born_ns = event.time_ns;
    if (event.kind != Kind::object_new && is_channel(object.kind)) make_channel(object);
  }
  return found->second;
}

void Model::make_channel(Object& object) {
  object.channel = static_cast<std::uint32_t>(channels_.size());
  channels_.emplace_back().object = object.id;
  traffic_.emplace_back();
}

void Model::describe_object(const trace::Record& record, Object& object) {
  const trace::Event& event = record.event;
  object.kind = ObjectKind{event.a};
  object.owner = static_cast<ObjectId>(event.b >> 32);
  object.size = static_cast<std::uint32_t>(event.b & 0xffffffffU);
  object.creator = record.task;
  object.name = one_line(record.text);
  object.born_ns = std::min(object.born_ns, event.time_ns);
  find_parts(object);
  if (object.kind == ObjectKind::gil) make_gil(object, record.task, trace::GilMode{object.size}, event.time_ns);
  if (is_channel(object.kind) && object.channel == kNone) make_channel(object);
  if (object.kind == ObjectKind::queue || object.kind == ObjectKind::joinable_queue) {
    traffic_[object.channel].set_size(channels_[object.channel], object.size, event.time_ns);
  } else if (object.kind == ObjectKind::value || object.kind == ObjectKind::event) {
    object.value.set(event.time_ns, 0);
  } else if (object.kind >= ObjectKind::lock && object.kind <= ObjectKind::bounded_semaphore) {
    const bool is_lock = object.kind == ObjectKind::lock || object.kind == ObjectKind::rlock;
    object.value.set(event.time_ns, is_lock ? 1 : object.size);
  }
}

// Whole and parts, whichever is told first.
void Model::find_parts(Object& object) {
  const auto index = static_cast<std::uint32_t>(&object - objects_.data());
  if (object.internal()) {
    const auto owner = object_index_.find(object.owner);
    if (owner == object_index_.end() || owner->second == index) return;
    std::vector<std::uint32_t>& parts = objects_[owner->second].parts;
    if (std::find(parts.begin(), parts.end(), index) == parts.end()) parts.push_back(index);
    return;
  }
  for (std::uint32_t i = 0; i < objects_.size(); ++i) {
    const Object& part = objects_[i];
    if (part.owner == object.id && std::find(object.parts.begin(), object.parts.end(), i) == object.parts.end()) {
      object.parts.push_back(i);
    }
  }
}

}  // namespace forklight::timeline
