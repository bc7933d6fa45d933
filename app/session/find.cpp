#include "app/session/find.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace forklight::app::session {
namespace {

using Hit = Find::Hit;
using Where = Find::Where;

bool comes_before(const Hit& x, const Hit& y) noexcept { return std::tie(x.time_ns, x.where, x.index) < std::tie(y.time_ns, y.where, y.index); }

std::ptrdiff_t places_before(const base::Chunked<Hit>& hits, const Hit& hit) noexcept { return std::lower_bound(hits.begin(), hits.end(), hit, comes_before) - hits.begin(); }

// What lies before any hit of a moment.
Hit begin_of(std::int64_t time_ns) noexcept { return {time_ns, 0, Where::name, 0}; }

// What the supervisor recorded is about a task, and is shown in that task's lane.
std::uint32_t subject_of(const timeline::EventRef& ref) noexcept { return ref.task != 0 ? ref.task : ref.event.object; }

}  // namespace

void fold_case(std::string& text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      if (byte >= 'A' && byte <= 'Z') text[i] = static_cast<char>(byte - 'A' + 'a');
      continue;
    }
    if (byte < 0xc3 || byte > 0xd0 || i + 1 >= text.size()) continue;
    const auto next = static_cast<unsigned char>(text[i + 1]);
    if ((next & 0xc0) != 0x80) continue;
    unsigned letter = (byte & 0x1fU) << 6 | (next & 0x3fU);
    if ((letter >= 0xc0 && letter <= 0xde && letter != 0xd7) || (letter >= 0x391 && letter <= 0x3a9) || (letter >= 0x410 && letter <= 0x42f))
      letter += 32;
    else if (letter >= 0x400 && letter <= 0x40f)
      letter += 80;
    text[i] = static_cast<char>(0xc0 | letter >> 6);
    text[i + 1] = static_cast<char>(0x80 | (letter & 0x3f));
    ++i;
  }
}

std::size_t find_folded(std::string_view text, std::string_view folded, std::size_t from) {
  if (folded.empty() || from >= text.size()) return std::string_view::npos;
  std::string same(text.substr(from));
  fold_case(same);
  const std::size_t at = same.find(folded);
  return at == std::string::npos ? at : at + from;
}

void Find::look_for(std::string_view text) {
  std::string folded(text);
  fold_case(folded);
  if (folded == folded_) return;
  folded_ = std::move(folded);
  current_.reset();
  restart();
}

void Find::restart() noexcept {
  named_.clear();
  said_.clear();
  scan_.restart();
  revision_ = notes_revision_ = UINT64_MAX;
}

void Find::look_at_names(const timeline::Model& model, std::span<const store::Note> notes) {
  named_.clear();
  const auto has = [this](const std::string& text) {
    buffer_ = text;
    fold_case(buffer_);
    return buffer_.find(folded_) != std::string::npos;
  };
  std::uint32_t count = 0;
  for (const timeline::Task& task : model.tasks())
    if (has(task.name)) named_.push_back({task.born_ns, task.id, Where::name, count++});
  for (const timeline::Object& object : model.objects())
    if (!object.internal() && has(object.name)) named_.push_back({object.born_ns, object.id, Where::name, count++});
  for (std::size_t i = 0; i < notes.size(); ++i)
    if (has(notes[i].text)) named_.push_back({notes[i].time_ns, notes[i].task, Where::note, static_cast<std::uint32_t>(i)});
  std::sort(named_.begin(), named_.end(), comes_before);
}

bool Find::update(const timeline::Model& model, std::span<const store::Note> notes, std::uint64_t notes_revision, Words words,
                  std::chrono::nanoseconds budget) {
  if (folded_.empty()) return false;
  if (scan_.has_to_restart(model) || language_ != i18n::language()) {
    current_.reset();
    restart();
  }
  language_ = i18n::language();
  if (revision_ != model.revision() || notes_revision_ != notes_revision) look_at_names(model, notes);
  revision_ = model.revision();
  notes_revision_ = notes_revision;

  scan_.go_on(model, budget, [&](std::size_t index, const timeline::EventRef& ref) {
    buffer_.clear();
    words(model, ref, buffer_);
    fold_case(buffer_);
    if (buffer_.find(folded_) == std::string::npos) return;
    const Where where = ref.event.kind == trace::Kind::output ? Where::console : Where::event;
    const Hit hit{ref.time_ns, subject_of(ref), where, static_cast<std::uint32_t>(index)};
    // Of one moment what was printed comes after the events: seldom, and then a few places.
    said_.insert(std::upper_bound(said_.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(said_.size(), 256)), said_.end(), hit, comes_before), hit);
  });
  return !scan_.done();
}

std::size_t Find::place() const noexcept {
  if (!current_) return 0;
  const auto in = [this](const base::Chunked<Hit>& hits) { return std::binary_search(hits.begin(), hits.end(), *current_, comes_before); };
  if (!in(named_) && !in(said_)) return 0;
  return static_cast<std::size_t>(places_before(named_, *current_) + places_before(said_, *current_)) + 1;
}

std::optional<Hit> Find::go(int by, const Selection& selected) {
  if (count() == 0) return std::nullopt;
  const bool still_there = current_ && selected.time_ns == current_->time_ns && selected.task == current_->subject;
  // From a moment on, its own hits are the next ones, too.
  const auto from = still_there ? current_ : selected.time_ns ? std::optional(begin_of(*selected.time_ns)) : std::nullopt;
  std::optional<Hit> next;
  for (const auto* hits : {&named_, &said_}) {
    if (hits->empty()) continue;
    std::optional<Hit> candidate;
    if (by > 0) {
      const auto after = !from ? hits->begin() : still_there ? std::upper_bound(hits->begin(), hits->end(), *from, comes_before) : std::lower_bound(hits->begin(), hits->end(), *from, comes_before);
      if (after != hits->end()) candidate = *after;
    } else {
      const auto at = !from ? hits->end() : std::lower_bound(hits->begin(), hits->end(), *from, comes_before);
      if (at != hits->begin()) candidate = *std::prev(at);
    }
    if (candidate && (!next || comes_before(*candidate, *next) == (by > 0))) next = candidate;
  }
  if (!next) {  // past an end
    for (const auto* hits : {&named_, &said_}) {
      if (hits->empty()) continue;
      const Hit& end = by > 0 ? hits->front() : hits->back();
      if (!next || comes_before(end, *next) == (by > 0)) next = end;
    }
  }
  return current_ = next;
}

std::optional<Hit> Find::go_from(std::int64_t time_ns) {
  const auto known = [&](const base::Chunked<Hit>& hits) { return !hits.empty() && hits.back().time_ns >= time_ns; };
  // An event at that time may still be found while those before it have not all been looked through.
  if (!done() && !known(said_)) return std::nullopt;
  return go(1, {0, time_ns});
}

Find::Parts Find::between(std::int64_t from_ns, std::int64_t to_ns) const noexcept {
  const auto part = [&](const base::Chunked<Hit>& hits) {
    const auto first = std::lower_bound(hits.begin(), hits.end(), begin_of(from_ns), comes_before), last = std::lower_bound(first, hits.end(), begin_of(to_ns), comes_before);
    return Part(first, last);
  };
  if (to_ns <= from_ns) return {Part(named_.begin(), named_.begin()), Part(said_.begin(), said_.begin())};
  return {part(named_), part(said_)};
}

}  // namespace forklight::app::session
