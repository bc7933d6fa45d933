// A row of things that grows by millions without ever copying them: in chunks that stay where they are. Reads like a std::vector; what it
// holds lies together only within a chunk, so there is no data().
//
// The first chunk grows as a vector does, so that ten thousand short rows take no more room than they need.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace forklight::base {

template <typename T>
class Chunked {
  static constexpr std::size_t kChunkBytes = 96 * 1024;  // below what malloc asks of the kernel one by one

 public:
  static constexpr std::size_t kChunk = std::bit_floor(std::max<std::size_t>(kChunkBytes / sizeof(T), 16));  // elements

  template <bool is_const>
  class Iterator;
  using value_type = T;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = T&;
  using const_reference = const T&;
  using iterator = Iterator<false>;
  using const_iterator = Iterator<true>;
  using reverse_iterator = std::reverse_iterator<iterator>;
  using const_reverse_iterator = std::reverse_iterator<const_iterator>;

  Chunked() = default;
  Chunked(std::initializer_list<T> all) {
    for (const T& one : all) push_back(one);
  }

  [[nodiscard]] std::size_t size() const noexcept { return chunks_.empty() ? 0 : (chunks_.size() - 1) * kChunk + chunks_.back().size(); }
  [[nodiscard]] bool empty() const noexcept { return chunks_.empty(); }

  [[nodiscard]] T& operator[](std::size_t i) noexcept { return chunks_[i / kChunk][i % kChunk]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return chunks_[i / kChunk][i % kChunk]; }
  [[nodiscard]] T& front() noexcept { return chunks_.front().front(); }
  [[nodiscard]] const T& front() const noexcept { return chunks_.front().front(); }
  [[nodiscard]] T& back() noexcept { return chunks_.back().back(); }
  [[nodiscard]] const T& back() const noexcept { return chunks_.back().back(); }

  // What is in full chunks stays where it is; an element of the first chunk may move while that grows.
  void push_back(T one);
  void pop_back() noexcept;
  void clear() noexcept { chunks_.clear(); }
  void shrink(std::size_t size) noexcept;               // drops what comes after the first `size`
  iterator insert(const_iterator before, T one);        // moves all that follow: meant for places near the end
  iterator erase(const_iterator first, const_iterator last);  // likewise

  [[nodiscard]] iterator begin() noexcept { return {this, 0}; }
  [[nodiscard]] iterator end() noexcept { return {this, size()}; }
  [[nodiscard]] const_iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] const_iterator end() const noexcept { return {this, size()}; }
  [[nodiscard]] const_iterator cbegin() const noexcept { return begin(); }
  [[nodiscard]] const_iterator cend() const noexcept { return end(); }
  [[nodiscard]] reverse_iterator rbegin() noexcept { return reverse_iterator(end()); }
  [[nodiscard]] reverse_iterator rend() noexcept { return reverse_iterator(begin()); }
  [[nodiscard]] const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator(end()); }
  [[nodiscard]] const_reverse_iterator rend() const noexcept { return const_reverse_iterator(begin()); }

 private:
  std::vector<std::vector<T>> chunks_;  // none is empty; all but the last are full
};

// By number: it stays at its place while the row grows.
template <typename T>
template <bool is_const>
class Chunked<T>::Iterator {
  using Row = std::conditional_t<is_const, const Chunked, Chunked>;

 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using reference = std::conditional_t<is_const, const T&, T&>;
  using pointer = std::conditional_t<is_const, const T*, T*>;

  Iterator() = default;
  Iterator(Row* row, std::size_t at) noexcept : row_(row), at_(at) {}
  operator Iterator<true>() const noexcept { return {row_, at_}; }

  [[nodiscard]] reference operator*() const noexcept { return (*row_)[at_]; }
  [[nodiscard]] pointer operator->() const noexcept { return &(*row_)[at_]; }
  [[nodiscard]] reference operator[](difference_type by) const noexcept { return *(*this + by); }
  Iterator& operator+=(difference_type by) noexcept {
    at_ += static_cast<std::size_t>(by);
    return *this;
  }
  Iterator& operator-=(difference_type by) noexcept { return *this += -by; }
  Iterator& operator++() noexcept { return *this += 1; }
  Iterator& operator--() noexcept { return *this += -1; }
  Iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
  Iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }
  [[nodiscard]] friend Iterator operator+(Iterator it, difference_type by) noexcept { return it += by; }
  [[nodiscard]] friend Iterator operator+(difference_type by, Iterator it) noexcept { return it += by; }
  [[nodiscard]] friend Iterator operator-(Iterator it, difference_type by) noexcept { return it -= by; }
  [[nodiscard]] friend difference_type operator-(const Iterator& x, const Iterator& y) noexcept { return static_cast<difference_type>(x.at_ - y.at_); }
  [[nodiscard]] friend bool operator==(const Iterator& x, const Iterator& y) noexcept { return x.at_ == y.at_; }
  [[nodiscard]] friend auto operator<=>(const Iterator& x, const Iterator& y) noexcept { return x.at_ <=> y.at_; }

 private:
  Row* row_ = nullptr;
  std::size_t at_ = 0;
};

template <typename T>
void Chunked<T>::push_back(T one) {
  if (chunks_.empty() || chunks_.back().size() == kChunk) {
    const bool first = chunks_.empty();
    chunks_.emplace_back();
    if (!first) chunks_.back().reserve(kChunk);
  }
  chunks_.back().push_back(std::move(one));
}

template <typename T>
void Chunked<T>::pop_back() noexcept {
  chunks_.back().pop_back();
  if (chunks_.back().empty()) chunks_.pop_back();
}

template <typename T>
void Chunked<T>::shrink(std::size_t size) noexcept {
  while (this->size() > size) {
    std::vector<T>& last = chunks_.back();
    const std::size_t before = (chunks_.size() - 1) * kChunk;
    if (before >= size)
      chunks_.pop_back();
    else
      last.erase(last.begin() + static_cast<std::ptrdiff_t>(size - before), last.end());
  }
}

template <typename T>
typename Chunked<T>::iterator Chunked<T>::insert(const_iterator before, T one) {
  const auto place = begin() + (before - cbegin());
  push_back(std::move(one));
  std::rotate(place, end() - 1, end());
  return place;
}

template <typename T>
typename Chunked<T>::iterator Chunked<T>::erase(const_iterator first, const_iterator last) {
  const auto from = begin() + (first - cbegin());
  const auto kept = std::move(begin() + (last - cbegin()), end(), from);
  shrink(static_cast<std::size_t>(kept - begin()));
  return from;
}

}  // namespace forklight::base
