// The log of a recording: what is written comes back, what did not change is not written, what is damaged is refused.
#include <doctest/doctest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "app/i18n/i18n.h"
#include "app/platform/frame_log.h"
#include "app/platform/sum.h"
#include "core/base/error.h"
#include "core/base/fd.h"

using namespace forklight;
using namespace forklight::app::platform;

namespace {

std::mt19937 dice(7);
unsigned below(unsigned most) { return std::uniform_int_distribution<unsigned>(0, most - 1)(dice); }

struct Shapes {
  std::vector<ImDrawVert> vertices;
  std::vector<ImDrawIdx> indices;
};

// Boxes as letters are, and now and then a triangle.
void add_shape(Shapes& to) {
  const auto x = static_cast<float>(below(1900)), y = static_cast<float>(below(1000)), u = static_cast<float>(below(1000)) / 1000;
  const auto base = static_cast<ImDrawIdx>(to.vertices.size());
  const ImU32 color = below(2) == 0 ? 0xffffffffU : below(1U << 31);
  if (below(5) == 0) {
    for (const float more : {0.0f, 3.0f, 7.0f}) to.vertices.push_back({{x + more, y + more * more}, {u, u}, color});
    for (unsigned i = 0; i < 3; ++i) to.indices.push_back(static_cast<ImDrawIdx>(base + i));
    return;
  }
  for (const ImVec2 corner : {ImVec2(0, 0), ImVec2(8, 0), ImVec2(8, 12), ImVec2(0, 12)}) to.vertices.push_back({{x + corner.x, y + corner.y}, {u + corner.x / 512, corner.y / 512}, color});
  for (const unsigned i : {0U, 1U, 2U, 0U, 2U, 3U}) to.indices.push_back(static_cast<ImDrawIdx>(base + i));
}

// One that takes away or puts in something in its midst: all that is behind it moves.
void change(Shapes& shapes) {
  Shapes other;
  const std::vector<ImDrawVert>& v = shapes.vertices;
  const auto cut = static_cast<std::ptrdiff_t>(v.empty() ? 0 : below(static_cast<unsigned>(v.size())) / 4 * 4);
  switch (below(4)) {
    case 0:
      for (auto& vertex : shapes.vertices) vertex.pos.x += 1;
      return;
    case 1:
      if (!v.empty()) shapes.vertices[static_cast<std::size_t>(cut)].col ^= 0xff;
      return;
    case 2:
      add_shape(shapes);
      return;
    default:
      add_shape(other);
      shapes.vertices.insert(shapes.vertices.begin() + cut, other.vertices.begin(), other.vertices.end());
      shapes.indices.insert(shapes.indices.end(), other.indices.begin(), other.indices.end());
  }
}

KeptFrame frame_of(const std::vector<Shapes>& lists, std::int64_t time_ns) {
  KeptFrame frame;
  frame.time_ns = time_ns;
  frame.width = 1920;
  frame.height = 1080;
  for (const Shapes& list : lists) {
    frame.lists.push_back({static_cast<std::uint32_t>(list.vertices.size()), static_cast<std::uint32_t>(list.indices.size()), 1});
    frame.vertices.insert(frame.vertices.end(), list.vertices.begin(), list.vertices.end());
    frame.indices.insert(frame.indices.end(), list.indices.begin(), list.indices.end());
    frame.commands.push_back({0, 0, 1920, 1080, 0, 0, static_cast<std::uint32_t>(list.indices.size())});
  }
  return frame;
}

bool same(const KeptFrame& a, const KeptFrame& b) {
  const auto bytes = [](const auto& x, const auto& y) { return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof x[0]) == 0); };
  return a.time_ns == b.time_ns && a.width == b.width && a.vision == b.vision && a.lens == b.lens && a.pointer == b.pointer && bytes(a.lists, b.lists) && bytes(a.vertices, b.vertices) && bytes(a.indices, b.indices) &&
         bytes(a.commands, b.commands);
}

base::Fd file_of(const Bytes& records, std::uint64_t count) {
  base::Fd file(::memfd_create("log", MFD_CLOEXEC));
  LogHeader header;
  header.width = 1920;
  header.height = 1080;
  header.records = count;
  header.bytes = records.size();
  REQUIRE(::write(file.get(), &header, sizeof header) == static_cast<ssize_t>(sizeof header));
  REQUIRE(::write(file.get(), records.data(), records.size()) == static_cast<ssize_t>(records.size()));
  return file;
}

// Whether all of it can be read; what is refused is refused with the one sentence.
bool readable(const Bytes& records, std::uint64_t count) {
  try {
    const base::Fd file = file_of(records, count);
    LogReader reader(file.get());
    while (reader.next() != LogReader::Next::end) {
    }
    return true;
  } catch (const base::Failure& failure) {
    CHECK(std::string(failure.what()).find("damaged or cut off") != std::string::npos);
    return false;
  }
}

struct Written {
  std::vector<KeptFrame> frames;
  Bytes bytes;
  std::uint64_t records = 0;
};

Written some_frames(int count) {
  Written all;
  KeptAtlas atlas{4, 2, {0, 1, 2, 3, 4, 5, 6, 255}, {{{0, 1, 2, 3, 4, 5, 6, 7}, {8, 9, 10, 11, 12, 13, 14, 15}}}};
  write_atlas(atlas, all.bytes);
  ++all.records;
  std::vector<Shapes> lists(3);
  for (int i = 0; i < 40; ++i) add_shape(lists[below(3)]);
  for (int i = 0; i < count; ++i) {
    for (unsigned n = below(3); n > 0 && !lists.empty(); --n) change(lists[below(static_cast<unsigned>(lists.size()))]);
    if (below(10) == 0) std::swap(lists.front(), lists.back());
    if (below(10) == 0) lists.emplace_back();
    if (below(12) == 0 && lists.size() > 1) lists.erase(lists.begin());
    KeptFrame frame = frame_of(lists, i);
    if (below(6) == 0) frame.vision = app::session::Vision::tritanopia;
    if (below(6) == 0) frame.lens = Lens{10, 20, 30, 2, 5, 6};
    if (below(6) == 0) frame.pointer = true;
    const bool fresh = write_frame(frame, all.frames.empty() ? nullptr : &all.frames.back(), all.bytes);
    if (!fresh) {
      frame.time_ns = all.frames.back().time_ns;
      CHECK(same(frame, all.frames.back()));
      continue;
    }
    all.frames.push_back(std::move(frame));
    ++all.records;
  }
  return all;
}

}  // namespace

TEST_CASE("frame log: what was written comes back, frame by frame") {
  const Written written = some_frames(600);
  CHECK(written.frames.size() > 300);
  const base::Fd file = file_of(written.bytes, written.records);
  LogReader reader(file.get());
  CHECK(reader.header().width == 1920);
  REQUIRE(reader.next() == LogReader::Next::atlas);
  CHECK(reader.atlas().width == 4);
  CHECK(reader.atlas().alpha.back() == 255);
  CHECK(reader.atlas().large.at(0).large.v1 == 15);
  for (const KeptFrame& frame : written.frames) {
    REQUIRE(reader.next() == LogReader::Next::frame);
    REQUIRE(same(reader.frame(), frame));
  }
  CHECK(reader.next() == LogReader::Next::end);
}

TEST_CASE("frame log: what did not change takes no room, and what changed a little takes little") {
  std::vector<Shapes> lists(2);
  for (int i = 0; i < 2000; ++i) add_shape(lists[0]), add_shape(lists[1]);
  const KeptFrame first = frame_of(lists, 0);
  Bytes bytes;
  CHECK(write_frame(first, nullptr, bytes));
  const std::size_t whole = bytes.size();
  CHECK(whole < first.vertices.size() * sizeof(ImDrawVert));
  bytes.clear();
  CHECK_FALSE(write_frame(first, &first, bytes));
  CHECK(bytes.empty());
  Shapes more;
  add_shape(more);
  lists[1].vertices.insert(lists[1].vertices.begin() + 40, more.vertices.begin(), more.vertices.end());
  CHECK(write_frame(frame_of(lists, 1), &first, bytes));
  CHECK(bytes.size() < 400);
}

TEST_CASE("frame log: cut off anywhere, or with any byte changed, it is refused in one sentence") {
  app::i18n::set_language(app::i18n::Language::english);
  const Written written = some_frames(12);
  REQUIRE(readable(written.bytes, written.records));
  for (std::size_t length = 0; length < written.bytes.size(); length += 1 + below(9)) CHECK_FALSE(readable(Bytes(written.bytes.begin(), written.bytes.begin() + static_cast<std::ptrdiff_t>(length)), written.records));
  for (int n = 0; n < 300; ++n) {
    Bytes other = written.bytes;
    other[below(static_cast<unsigned>(other.size()))] ^= static_cast<std::uint8_t>(1 + below(255));
    CHECK_FALSE(readable(other, written.records));
  }
  const base::Fd nothing(::memfd_create("log", MFD_CLOEXEC));
  CHECK_THROWS_AS(LogReader(nothing.get()), base::Failure);
}

TEST_CASE("frame log: with a sum that fits, nonsense is still refused or harmless") {
  app::i18n::set_language(app::i18n::Language::english);
  struct Head {
    std::uint32_t kind, length;
    std::uint64_t sum;
  };
  const Written written = some_frames(12);
  int refused = 0;
  for (int n = 0; n < 3000; ++n) {
    Bytes other = written.bytes;
    std::size_t record = 0;
    Head head{};
    for (unsigned skip = below(static_cast<unsigned>(written.records));; --skip) {
      std::memcpy(&head, other.data() + record, sizeof head);
      if (skip == 0) break;
      record += sizeof head + head.length;
    }
    std::uint8_t* const content = other.data() + record + sizeof head;
    for (unsigned times = 1 + below(3); times > 0; --times) content[below(head.length)] = static_cast<std::uint8_t>(below(256));
    head.sum = kSumBegin;
    add_to_sum(head.sum, content, head.length);
    std::memcpy(other.data() + record, &head, sizeof head);
    refused += readable(other, written.records) ? 0 : 1;
  }
  CHECK(refused > 300);
}
