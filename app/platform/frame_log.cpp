#include "app/platform/frame_log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "app/i18n/i18n.h"
#include "app/platform/sum.h"
#include "core/base/error.h"
#include "core/base/posix_call.h"

namespace forklight::app::platform {
namespace {

using i18n::tr;
using Words = std::array<std::uint32_t, 5>;  // of a vertex: x, y, u, v, colour
static_assert(sizeof(ImDrawVert) == sizeof(Words) && sizeof(ImDrawIdx) == 2);

// How a word of a vertex is found again: it is new; as in the frame before; as in the vertex before; as three vertices before, in the corner
// of a letter's box that has this side in common with it.
enum : unsigned { kNew = 0, kAsBefore = 1, kAsLast = 2, kAsThird = 3 };
constexpr unsigned kAllAsBefore = 0b01'01'01'01'01, kShift = 1U << 15;
// How a stretch of indices is: new; as in the frame before, counted from the front or from the end; a box as the box before it.
enum : std::uint8_t { kNewIndices = 0, kIndicesFromFront = 1, kIndicesFromEnd = 2, kNextBox = 3 };
constexpr std::size_t kLeastStretch = 4;
constexpr std::size_t kMostOfOne = std::size_t{1} << 24;  // vertices, indices, commands of one list

Words words_of(const ImDrawVert& vertex) { return std::bit_cast<Words>(vertex); }

// --- writing --------------------------------------------------------------------------------------

template <typename Value>
void put(Bytes& out, const Value& value) {
  static_assert(std::is_trivially_copyable_v<Value>);
  const std::size_t at = out.size();
  out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);
}
void put_number(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}
template <typename Value>
void put_all(Bytes& out, std::span<const Value> values) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  out.insert(out.end(), bytes, bytes + values.size_bytes());
}

// The record's head is filled in when its content is there.
struct RecordHead {
  std::uint32_t kind, length;
  std::uint64_t sum;
};
class Record {
 public:
  Record(Bytes& out, char kind) : out_(out), begin_(out.size()) { put(out, RecordHead{static_cast<std::uint32_t>(kind), 0, 0}); }
  void close() {
    RecordHead head{};
    std::memcpy(&head, out_.data() + begin_, sizeof head);
    const std::size_t content = begin_ + sizeof head;
    head.length = static_cast<std::uint32_t>(out_.size() - content);
    head.sum = kSumBegin;
    add_to_sum(head.sum, out_.data() + content, head.length);
    std::memcpy(out_.data() + begin_, &head, sizeof head);
  }
  void undo() { out_.resize(begin_); }

 private:
  Bytes& out_;
  std::size_t begin_;
};

// A list and where its content begins in its frame.
struct ListView {
  std::span<const ImDrawVert> vertices;
  std::span<const ImDrawIdx> indices;
  std::span<const KeptCommand> commands;
};
std::vector<ListView> views_of(const KeptFrame& frame) {
  std::vector<ListView> all;
  std::size_t vertex = 0, index = 0, command = 0;
  for (const KeptList& list : frame.lists) {
    all.push_back({std::span(frame.vertices).subspan(vertex, list.vertices), std::span(frame.indices).subspan(index, list.indices), std::span(frame.commands).subspan(command, list.commands)});
    vertex += list.vertices, index += list.indices, command += list.commands;
  }
  return all;
}

template <typename Value>
bool same_bytes(std::span<const Value> a, std::span<const Value> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}
bool same(const ListView& a, const ListView& b) { return same_bytes(a.vertices, b.vertices) && same_bytes(a.indices, b.indices) && same_bytes(a.commands, b.commands); }

// What came or went in the middle moves what is behind it: the old one is then counted from the end.
void write_vertices(std::span<const ImDrawVert> now, std::span<const ImDrawVert> old, Bytes& out) {
  const auto moved = static_cast<std::ptrdiff_t>(old.size()) - static_cast<std::ptrdiff_t>(now.size());
  std::ptrdiff_t shift = 0;
  const auto at = [&](std::size_t i, std::ptrdiff_t by) -> const ImDrawVert* {
    const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(i) + by;
    return place >= 0 && place < static_cast<std::ptrdiff_t>(old.size()) ? &old[static_cast<std::size_t>(place)] : nullptr;
  };
  const auto equal = [&](std::size_t i, std::ptrdiff_t by) {
    const ImDrawVert* const other = at(i, by);
    return other != nullptr && std::memcmp(other, &now[i], sizeof now[i]) == 0;
  };
  for (std::size_t i = 0; i < now.size();) {
    unsigned turn = 0;
    if (moved != 0 && !equal(i, shift) && equal(i, moved - shift)) {
      shift = moved - shift;
      turn = kShift;
    }
    std::size_t run = 0;
    while (i + run < now.size() && equal(i + run, shift)) ++run;
    if (run > 0) {
      put(out, static_cast<std::uint16_t>(kAllAsBefore | turn));
      put_number(out, run);
      i += run;
      continue;
    }
    const Words here = words_of(now[i]);
    const ImDrawVert* const old_one = at(i, shift);
    const Words before = old_one != nullptr ? words_of(*old_one) : Words{};
    const Words last = i >= 1 ? words_of(now[i - 1]) : Words{}, third = i >= 3 ? words_of(now[i - 3]) : Words{};
    unsigned how = turn;
    std::array<std::uint32_t, 5> fresh{};
    std::size_t count = 0;
    for (std::size_t w = 0; w < here.size(); ++w) {
      const unsigned found = old_one != nullptr && here[w] == before[w] ? kAsBefore : i >= 1 && here[w] == last[w] ? kAsLast : i >= 3 && here[w] == third[w] ? kAsThird : kNew;
      how |= found << (2 * w);
      if (found == kNew) fresh[count++] = here[w];
    }
    put(out, static_cast<std::uint16_t>(how));
    put_all(out, std::span<const std::uint32_t>(fresh).first(count));
    ++i;
  }
}

void write_indices(std::span<const ImDrawIdx> now, std::span<const ImDrawIdx> old, Bytes& out) {
  const auto moved = static_cast<std::ptrdiff_t>(old.size()) - static_cast<std::ptrdiff_t>(now.size());
  const auto run_as_before = [&](std::size_t from, std::ptrdiff_t by) {
    std::size_t i = from;
    for (std::ptrdiff_t place = static_cast<std::ptrdiff_t>(from) + by; i < now.size() && place >= 0 && place < static_cast<std::ptrdiff_t>(old.size()) && now[i] == old[static_cast<std::size_t>(place)]; ++i, ++place) {
    }
    return i - from;
  };
  const auto run_of_boxes = [&](std::size_t from) {
    std::size_t i = from;
    while (i >= 6 && i < now.size() && now[i] == static_cast<ImDrawIdx>(now[i - 6] + 4)) ++i;
    return i - from;
  };
  std::size_t fresh_from = 0;
  const auto put_fresh = [&](std::size_t end) {
    if (end == fresh_from) return;
    put_number(out, (end - fresh_from) << 2 | kNewIndices);
    put_all(out, now.subspan(fresh_from, end - fresh_from));
  };
  for (std::size_t i = 0; i < now.size();) {
    const std::size_t front = run_as_before(i, 0), end = moved != 0 ? run_as_before(i, moved) : 0, boxes = run_of_boxes(i);
    const std::size_t run = std::max({front, end, boxes});
    if (run < kLeastStretch) {
      ++i;
      continue;
    }
    put_fresh(i);
    put_number(out, run << 2 | (run == front ? kIndicesFromFront : run == end ? kIndicesFromEnd : kNextBox));
    i += run;
    fresh_from = i;
  }
  put_fresh(now.size());
}

// --- reading --------------------------------------------------------------------------------------

[[noreturn]] void damaged() { throw base::Failure(tr("recording.damaged")); }

class Source {
 public:
  explicit Source(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  template <typename Value>
  Value take() {
    Value value;
    copy(&value, sizeof value);
    return value;
  }
  std::size_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      const auto byte = take<std::uint8_t>();
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return static_cast<std::size_t>(value);
    }
    damaged();
  }
  std::size_t number(std::size_t most) {
    const std::size_t value = number();
    if (value > most) damaged();
    return value;
  }
  void copy(void* to, std::size_t size) {
    if (size > bytes_.size()) damaged();
    if (size > 0) std::memcpy(to, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
  }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

void read_vertices(Source& source, std::span<ImDrawVert> now, std::span<const ImDrawVert> old) {
  const auto moved = static_cast<std::ptrdiff_t>(old.size()) - static_cast<std::ptrdiff_t>(now.size());
  std::ptrdiff_t shift = 0;
  const auto before = [&](std::size_t i) -> const ImDrawVert& {
    const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(i) + shift;
    if (place < 0 || place >= static_cast<std::ptrdiff_t>(old.size())) damaged();
    return old[static_cast<std::size_t>(place)];
  };
  for (std::size_t i = 0; i < now.size();) {
    const unsigned how = source.take<std::uint16_t>();
    if ((how & kShift) != 0) shift = moved - shift;
    if ((how & ~kShift) == kAllAsBefore) {
      for (std::size_t run = source.number(now.size() - i); run > 0; --run, ++i) now[i] = before(i);
      continue;
    }
    Words words{};
    for (std::size_t w = 0; w < words.size(); ++w) {
      const unsigned found = how >> (2 * w) & 3;
      if ((found == kAsLast && i < 1) || (found == kAsThird && i < 3)) damaged();
      words[w] = found == kNew ? source.take<std::uint32_t>() : words_of(found == kAsBefore ? before(i) : now[i - (found == kAsLast ? 1 : 3)])[w];
    }
    now[i++] = std::bit_cast<ImDrawVert>(words);
  }
}

void read_indices(Source& source, std::span<ImDrawIdx> now, std::span<const ImDrawIdx> old) {
  const auto moved = static_cast<std::ptrdiff_t>(old.size()) - static_cast<std::ptrdiff_t>(now.size());
  for (std::size_t i = 0; i < now.size();) {
    const std::size_t head = source.number();
    const std::size_t run = head >> 2;
    if (run == 0 || run > now.size() - i) damaged();
    switch (head & 3) {
      case kNewIndices:
        source.copy(&now[i], run * sizeof now[i]);
        break;
      case kNextBox:
        if (i < 6) damaged();
        for (std::size_t n = i; n < i + run; ++n) now[n] = static_cast<ImDrawIdx>(now[n - 6] + 4);
        break;
      default: {
        const std::ptrdiff_t place = static_cast<std::ptrdiff_t>(i) + ((head & 3) == kIndicesFromEnd ? moved : 0);
        if (place < 0 || static_cast<std::size_t>(place) > old.size() || run > old.size() - static_cast<std::size_t>(place)) damaged();
        std::memcpy(&now[i], &old[static_cast<std::size_t>(place)], run * sizeof now[i]);
      }
    }
    i += run;
  }
}

// What is drawn from it stays within it.
void check(const ListView& list) {
  for (const KeptCommand& command : list.commands) {
    if (command.index_offset > list.indices.size() || command.count > list.indices.size() - command.index_offset || command.count % 3 != 0) damaged();
    for (std::size_t i = 0; i < command.count; ++i)
      if (std::size_t{command.vertex_offset} + list.indices[command.index_offset + i] >= list.vertices.size()) damaged();
    for (const float edge : {command.x0, command.y0, command.x1, command.y1})
      if (!(std::abs(edge) < 1e7f)) damaged();
  }
}

void read_frame(Source source, const KeptFrame& before, KeptFrame& now) {
  now.clear();
  now.time_ns = source.take<std::int64_t>();
  for (float* const one : {&now.x, &now.y, &now.width, &now.height, &now.scale_x, &now.scale_y}) {
    *one = source.take<float>();
    if (!(std::abs(*one) < 1e5f)) damaged();
  }
  if (now.width <= 0 || now.height <= 0 || now.scale_x <= 0 || now.scale_y <= 0) damaged();
  const auto vision = source.take<std::uint8_t>();
  if (vision > static_cast<std::uint8_t>(session::Vision::tritanopia)) damaged();
  now.vision = static_cast<session::Vision>(vision);
  now.pointer = source.take<std::uint8_t>() != 0;
  if (source.take<std::uint8_t>() != 0) {
    now.lens = source.take<Lens>();
    if (!(now.lens->radius >= 1 && now.lens->radius < 1e4f && now.lens->zoom >= 1 && now.lens->zoom < 100 && std::abs(now.lens->x) < 1e5f && std::abs(now.lens->y) < 1e5f)) damaged();
  }
  const std::vector<ListView> old = views_of(before);
  for (std::size_t left = source.number(100'000); left > 0; --left) {
    const std::size_t from = source.number(old.size() * 2);  // 0: all new; else twice the number of an old one, and 1 where it is not the same
    const ListView base = from == 0 ? ListView{} : old.at((from - 1) / 2);
    const bool as_it_was = from != 0 && from % 2 == 1;
    KeptList list{static_cast<std::uint32_t>(base.vertices.size()), static_cast<std::uint32_t>(base.indices.size()), static_cast<std::uint32_t>(base.commands.size())};
    if (!as_it_was)
      for (std::uint32_t* const count : {&list.vertices, &list.indices, &list.commands}) *count = static_cast<std::uint32_t>(source.number(kMostOfOne));
    const std::size_t vertex = now.vertices.size(), index = now.indices.size(), command = now.commands.size();
    if (as_it_was) {
      now.vertices.insert(now.vertices.end(), base.vertices.begin(), base.vertices.end());
      now.indices.insert(now.indices.end(), base.indices.begin(), base.indices.end());
      now.commands.insert(now.commands.end(), base.commands.begin(), base.commands.end());
    } else {
      now.vertices.resize(vertex + list.vertices);
      now.indices.resize(index + list.indices);
      now.commands.resize(command + list.commands);
      read_vertices(source, std::span(now.vertices).subspan(vertex), base.vertices);
      read_indices(source, std::span(now.indices).subspan(index), base.indices);
      source.copy(now.commands.data() + command, list.commands * sizeof(KeptCommand));
      check({std::span<const ImDrawVert>(now.vertices).subspan(vertex), std::span<const ImDrawIdx>(now.indices).subspan(index), std::span<const KeptCommand>(now.commands).subspan(command)});
    }
    now.lists.push_back(list);
  }
  if (source.left() > 0 || (now.pointer && now.lists.empty())) damaged();
}

KeptAtlas read_atlas(Source source) {
  KeptAtlas atlas;
  atlas.width = static_cast<int>(source.number(1 << 15));
  atlas.height = static_cast<int>(source.number(1 << 15));
  const std::size_t pairs = source.number(1 << 20);
  const std::size_t pixels = static_cast<std::size_t>(atlas.width) * static_cast<std::size_t>(atlas.height);
  if (pixels == 0 || pixels > source.left() || pairs > source.left() / sizeof(LargeGlyphs::Pair)) damaged();
  atlas.large.resize(pairs);
  source.copy(atlas.large.data(), pairs * sizeof(LargeGlyphs::Pair));
  atlas.alpha.resize(pixels);
  source.copy(atlas.alpha.data(), pixels);
  return atlas;
}

}  // namespace

void write_atlas(const KeptAtlas& atlas, Bytes& out) {
  Record record(out, 'A');
  put_number(out, static_cast<std::uint64_t>(atlas.width));
  put_number(out, static_cast<std::uint64_t>(atlas.height));
  put_number(out, atlas.large.size());
  put_all(out, std::span(atlas.large));
  put_all(out, std::span(atlas.alpha));
  record.close();
}

bool write_frame(const KeptFrame& frame, const KeptFrame* before, Bytes& out) {
  Record record(out, 'F');
  put(out, frame.time_ns);
  for (const float one : {frame.x, frame.y, frame.width, frame.height, frame.scale_x, frame.scale_y}) put(out, one);
  put(out, static_cast<std::uint8_t>(frame.vision));
  put(out, static_cast<std::uint8_t>(frame.pointer));
  put(out, static_cast<std::uint8_t>(frame.lens.has_value()));
  if (frame.lens) put(out, *frame.lens);
  const std::vector<ListView> now = views_of(frame), old = before != nullptr ? views_of(*before) : std::vector<ListView>();
  put_number(out, now.size());
  bool fresh = before == nullptr || now.size() != old.size() || frame.x != before->x || frame.y != before->y || frame.width != before->width || frame.height != before->height ||
               frame.scale_x != before->scale_x || frame.scale_y != before->scale_y || frame.vision != before->vision || frame.pointer != before->pointer || frame.lens != before->lens;
  for (std::size_t i = 0; i < now.size(); ++i) {
    // Where a window has come to the front, the lists behind it have other numbers.
    std::size_t as = i;
    if (i >= old.size() || !same(now[i], old[i])) as = static_cast<std::size_t>(std::find_if(old.begin(), old.end(), [&](const ListView& one) { return same(now[i], one); }) - old.begin());
    if (as < old.size()) {
      put_number(out, 2 * as + 1);
      fresh = fresh || as != i;
      continue;
    }
    fresh = true;
    const ListView base = i < old.size() ? old[i] : ListView{};
    put_number(out, i < old.size() ? 2 * i + 2 : 0);
    for (const std::size_t count : {now[i].vertices.size(), now[i].indices.size(), now[i].commands.size()}) put_number(out, count);
    write_vertices(now[i].vertices, base.vertices, out);
    write_indices(now[i].indices, base.indices, out);
    put_all(out, now[i].commands);
  }
  if (fresh)
    record.close();
  else
    record.undo();
  return fresh;
}

LogReader::LogReader(int fd) : fd_(fd) {
  const LogHeader wanted;
  read(&header_, sizeof header_);
  if (std::memcmp(header_.magic, wanted.magic, sizeof wanted.magic) != 0 || header_.width == 0 || header_.height == 0 || header_.width > 16384 || header_.height > 16384 || header_.length_ns < 0) damaged();
}

void LogReader::read(void* to, std::size_t size) {
  auto* at = static_cast<std::uint8_t*>(to);
  while (size > 0) {
    const ssize_t got = base::retry_eintr([&] { return ::pread(fd_, at, size, static_cast<off_t>(at_)); });
    if (got <= 0) damaged();
    at += got, at_ += static_cast<std::uint64_t>(got), size -= static_cast<std::size_t>(got);
  }
}

LogReader::Next LogReader::next() {
  if (records_ == header_.records) return Next::end;
  ++records_;
  RecordHead head{};
  read(&head, sizeof head);
  if (at_ - sizeof header_ + head.length > header_.bytes) damaged();
  bytes_.resize(head.length);
  read(bytes_.data(), bytes_.size());
  std::uint64_t sum = kSumBegin;
  add_to_sum(sum, bytes_.data(), bytes_.size());
  if (sum != head.sum) damaged();
  if (head.kind == 'A') {
    atlas_ = read_atlas(Source(bytes_));
    return Next::atlas;
  }
  if (head.kind != 'F') damaged();
  std::swap(frame_, before_);
  read_frame(Source(bytes_), before_, frame_);
  return Next::frame;
}

}  // namespace forklight::app::platform
