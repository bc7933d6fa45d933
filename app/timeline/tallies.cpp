#include "app/timeline/tallies.h"

#include <algorithm>

namespace forklight::app::timeline_view {

void Tallies::update(const timeline::Model& model) {
  const auto& flows = model.flows();
  const bool other_run = model.begin_ns() != run_begin_ns_ || flows.size() < scanned_;
  if (other_run) {
    *this = {};
    run_begin_ns_ = model.begin_ns();
  }
  const bool quiet = model.revision() == revision_;
  revision_ = model.revision();
  if (quiet && whole_) return;
  // Late events sort themselves in, nearly always among the last few: those are looked at again, and all of them once
  // nothing new comes.
  constexpr std::size_t kAgain = 4096;
  const std::size_t from = quiet ? 0 : scanned_ - std::min(scanned_, kAgain);
  for (std::vector<std::size_t>* list : {&lives_, &wakes_}) {
    while (!list->empty() && list->back() >= from) list->pop_back();
  }
  for (std::size_t i = from; i < flows.size(); ++i) {
    if (flows[i].kind == timeline::FlowKind::message) continue;
    (flows[i].kind == timeline::FlowKind::wake ? wakes_ : lives_).push_back(i);
  }
  scanned_ = flows.size();
  whole_ = quiet;
}

std::int64_t Tallies::full_ns(const timeline::Model& model, std::size_t channel, std::int64_t until_ns) {
  if (full_.size() <= channel) full_.resize(channel + 1);
  Full& full = full_[channel];
  const auto& ranges = full_ranges(model, model.channels()[channel]);
  if (ranges.size() < full.counted) full = {};
  while (full.counted < ranges.size() && ranges[full.counted].end_ns <= until_ns) {
    const timeline::TimeRange& range = ranges[full.counted++];
    full.length_ns += range.end_ns - range.begin_ns;
  }
  if (full.counted >= ranges.size()) return full.length_ns;
  return full.length_ns + std::max<std::int64_t>(0, until_ns - ranges[full.counted].begin_ns);
}

const std::vector<std::uint32_t>& Tallies::contents(const timeline::Model& model, std::size_t channel,
                                                    std::int64_t time_ns) {
  constexpr std::size_t kMost = 256;
  if (contents_.size() <= channel) contents_.resize(channel + 1);
  Contents& known = contents_[channel];
  if (known.time_ns != time_ns || known.revision != model.revision()) {
    known = {time_ns, model.revision(), model.channels()[channel].contents(time_ns, kMost)};
  }
  return known.messages;
}

const std::vector<timeline::TimeRange>& full_ranges(const timeline::Model& model, const timeline::Channel& channel) {
  const timeline::Object* object = model.find_object(channel.object);
  const bool limited = object != nullptr && object->kind != trace::ObjectKind::pipe &&
                       object->kind != trace::ObjectKind::simple_queue && object->size > 0;
  return limited ? channel.full : channel.pipe_full;
}

}  // namespace forklight::app::timeline_view
