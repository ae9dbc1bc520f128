// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace waku::reliability {

/// Values by number that keep their places in memory while more are added; none is removed. Takes memory for
/// eight values at once. What std::deque would do, for a small part of its compile time. A list that was moved from
/// may be destroyed or assigned to.
template <class Value>
class stable_list {
 public:
  template <class List, class Element>
  class walk {
   public:
    walk(List& list, std::size_t at) : list_(&list), at_(at) {}
    Element& operator*() const { return (*list_)[at_]; }
    walk& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const walk& other) const { return at_ == other.at_; }

   private:
    List* list_;
    std::size_t at_;
  };

  /// A new value at the end.
  Value& emplace_back() {
    if (size_ == chunks_.size() * chunk_size) chunks_.emplace_back(chunk_size);
    ++size_;
    return back();
  }

  [[nodiscard]] Value& operator[](std::size_t at) {
    assert(at < size_);
    return chunks_[at / chunk_size][at % chunk_size];
  }
  [[nodiscard]] const Value& operator[](std::size_t at) const {
    assert(at < size_);
    return chunks_[at / chunk_size][at % chunk_size];
  }
  [[nodiscard]] Value& back() { return (*this)[size_ - 1]; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] auto begin() noexcept { return walk<stable_list, Value>(*this, 0); }
  [[nodiscard]] auto end() noexcept { return walk<stable_list, Value>(*this, size_); }
  [[nodiscard]] auto begin() const noexcept { return walk<const stable_list, const Value>(*this, 0); }
  [[nodiscard]] auto end() const noexcept { return walk<const stable_list, const Value>(*this, size_); }

 private:
  static constexpr std::size_t chunk_size = 8;

  std::vector<std::vector<Value>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace waku::reliability
