// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace waku::reliability {

/// A queue that keeps its memory: no allocation once it has been as long as it gets.
template <class Value>
class fifo {
 public:
  void push(Value value) { values_.push_back(std::move(value)); }
  [[nodiscard]] Value pop() {
    assert(!empty());
    Value front = std::move(values_[head_]);
    ++head_;
    if (head_ == values_.size()) {
      values_.clear();
      head_ = 0;
    } else if (head_ >= compact_at && head_ * 2 >= values_.size()) {
      values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return front;
  }
  [[nodiscard]] bool empty() const noexcept { return head_ == values_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size() - head_; }
  [[nodiscard]] auto begin() const noexcept { return values_.begin() + static_cast<std::ptrdiff_t>(head_); }
  [[nodiscard]] auto end() const noexcept { return values_.end(); }
  void clear() noexcept {
    values_.clear();
    head_ = 0;
  }

 private:
  static constexpr std::size_t compact_at = 64;

  std::vector<Value> values_;
  std::size_t head_ = 0;
};

}  // namespace waku::reliability
