#include "core/scenario/pool_claims.h"

#include <algorithm>
#include <set>
#include <utility>

namespace forklight::scenario {

const timeline::Pool* pool_named(const timeline::Model& model, std::string_view name) {
  const timeline::Object* const object = object_named(model, name);
  return object == nullptr ? nullptr : model.pools().find(object->id);
}

const timeline::PoolJob* only_job(const timeline::Model& model, std::string_view name) {
  const timeline::Pool* const pool = pool_named(model, name);
  return pool == nullptr || pool->jobs.size() != 1 ? nullptr : &pool->jobs.front();
}

Verdict each_item_once(const timeline::Model& model, std::string_view name, std::size_t items, bool finished) {
  const timeline::Pool* const pool = pool_named(model, name);
  if (pool == nullptr) return eventually(false, finished);
  std::set<std::pair<std::uint32_t, std::uint32_t>> begun;
  std::size_t ended = 0;
  for (const timeline::EventRef& ref : model.events()) {
    if (ref.event.object != pool->object) continue;
    if (ref.event.kind == trace::Kind::item_end) ++ended;
    if (ref.event.kind != trace::Kind::item_begin) continue;
    const auto job = static_cast<std::uint32_t>(ref.event.a >> 32), item = static_cast<std::uint32_t>(ref.event.a);
    if (!begun.insert({job, item}).second || pool->find_worker(ref.task) == nullptr) return Verdict::broken;
  }
  if (begun.size() > items) return Verdict::broken;
  const bool stopped = finished && (model.stopped().has_value() || hand_of_learner(model));
  return eventually(stopped || (begun.size() == items && ended == items), finished);
}

}  // namespace forklight::scenario
