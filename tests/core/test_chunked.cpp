// A row that grows in chunks: it reads like a vector, and what is in it is not copied while it grows.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "core/base/chunked.h"

using forklight::base::Chunked;

namespace {

constexpr auto kChunk = static_cast<int>(Chunked<int>::kChunk);

Chunked<int> count_to(int end) {
  Chunked<int> row;
  for (int i = 0; i < end; ++i) row.push_back(i);
  return row;
}

bool same(const Chunked<int>& row, const std::vector<int>& other) {
  return row.size() == other.size() && row.empty() == other.empty() && std::equal(row.begin(), row.end(), other.begin()) && std::equal(row.rbegin(), row.rend(), other.rbegin());
}

}  // namespace

TEST_CASE("chunked: reads like a vector, at the borders of its chunks as well") {
  for (const int size : {0, 1, kChunk - 1, kChunk, kChunk + 1, 3 * kChunk + 7}) {
    std::vector<int> all(static_cast<std::size_t>(size));
    std::iota(all.begin(), all.end(), 0);
    const Chunked<int> row = count_to(size);
    CAPTURE(size);
    CHECK(same(row, all));
    if (size == 0) continue;
    CHECK(row.front() == 0);
    CHECK(row.back() == size - 1);
    CHECK(row[static_cast<std::size_t>(size / 2)] == size / 2);
    for (const int wanted : {-1, 0, kChunk - 1, kChunk, size - 1, size}) CHECK(std::lower_bound(row.begin(), row.end(), wanted) - row.begin() == std::clamp(wanted, 0, size));
  }
  CHECK(same(Chunked<int>{3, 1, 2}, {3, 1, 2}));
}

TEST_CASE("chunked: what is in a full chunk stays where it is") {
  Chunked<int> row = count_to(kChunk + 1);
  const int *const first = &row[0], *const last = &row.back();
  for (int i = 0; i < 4 * kChunk; ++i) row.push_back(i);
  CHECK(first == &row[0]);
  CHECK(last == &row[Chunked<int>::kChunk]);
  struct Counted {
    std::shared_ptr<int> alive;
  };
  Chunked<Counted> held;
  const auto alive = std::make_shared<int>(0);
  for (int i = 0; i < 3; ++i) held.push_back({alive});
  CHECK(alive.use_count() == 4);
  Chunked<Counted> other = std::move(held);
  CHECK(held.empty());  // NOLINT: what a move leaves is empty, as a vector is
  CHECK(held.size() == 0);
  CHECK(other.size() == 3);
  other.pop_back();
  CHECK(alive.use_count() == 3);
  other.clear();
  CHECK(alive.use_count() == 1);
}

TEST_CASE("chunked: insert, erase, shrink and the algorithms do what they do to a vector") {
  const int size = 2 * kChunk + 5;
  Chunked<int> row = count_to(size);
  std::vector<int> all(row.begin(), row.end());
  for (const int place : {0, kChunk - 1, kChunk, size - 1, size + 4}) {
    CHECK(*row.insert(row.begin() + place, -place) == -place);
    all.insert(all.begin() + place, -place);
  }
  CHECK(same(row, all));
  const auto odd = [](int value) { return value % 2 != 0; };
  row.erase(std::remove_if(row.begin(), row.end(), odd), row.end());
  std::erase_if(all, odd);
  CHECK(same(row, all));
  CHECK(*row.erase(row.begin() + 3, row.begin() + 10) == all[10]);
  all.erase(all.begin() + 3, all.begin() + 10);
  CHECK(same(row, all));
  std::sort(row.begin(), row.end(), std::greater<>());
  std::sort(all.begin(), all.end(), std::greater<>());
  CHECK(same(row, all));
  std::inplace_merge(row.begin(), row.begin() + kChunk / 2, row.end(), std::greater<>());
  CHECK(same(row, all));
  for (const int left : {kChunk + 1, kChunk, kChunk - 1, 1, 0}) {
    if (static_cast<std::size_t>(left) > row.size()) continue;
    row.shrink(static_cast<std::size_t>(left));
    all.resize(static_cast<std::size_t>(left));
    CHECK(same(row, all));
  }
  row.push_back(4);
  CHECK(same(row, {4}));
  row.pop_back();
  CHECK(row.empty());
}
