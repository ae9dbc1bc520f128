// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace waku::reliability {

/// Values in the order of one of their members, each key once: `sorted_list<peer_record, &peer_record::peer>`.
/// Looking up costs O(log n), adding and removing O(n), both of which move values.
template <class Value, auto Key>
class sorted_list {
 public:
  /// The value with this key; a fresh one if there was none.
  template <class Wanted>
  Value& put(const Wanted& key) {
    const std::size_t at = position(key);
    if (!holds(at, key)) {
      Value fresh{};
      fresh.*Key = key;
      values_.emplace_back();
      for (std::size_t hole = values_.size() - 1; hole != at; --hole) {
        values_[hole] = std::move(values_[hole - 1]);
      }
      values_[at] = std::move(fresh);
    }
    return values_[at];
  }
  /// Nothing if no value has this key.
  template <class Wanted>
  void remove(const Wanted& key) {
    std::size_t hole = position(key);
    if (!holds(hole, key)) return;
    for (; hole + 1 < values_.size(); ++hole) values_[hole] = std::move(values_[hole + 1]);
    values_.pop_back();
  }
  /// Removes the values that pass the test.
  template <class Test>
  void remove_if(const Test& test) {
    std::erase_if(values_, test);
  }

  /// The value with this key, or nullptr.
  template <class Wanted>
  [[nodiscard]] Value* find(const Wanted& key) {
    const std::size_t at = position(key);
    return holds(at, key) ? &values_[at] : nullptr;
  }
  template <class Wanted>
  [[nodiscard]] const Value* find(const Wanted& key) const {
    const std::size_t at = position(key);
    return holds(at, key) ? &values_[at] : nullptr;
  }

  [[nodiscard]] const Value& operator[](std::size_t at) const { return values_[at]; }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] Value* begin() noexcept { return values_.data(); }
  [[nodiscard]] Value* end() noexcept { return values_.data() + values_.size(); }
  [[nodiscard]] const Value* begin() const noexcept { return values_.data(); }
  [[nodiscard]] const Value* end() const noexcept { return values_.data() + values_.size(); }

 private:
  template <class Wanted>
  [[nodiscard]] bool holds(std::size_t at, const Wanted& key) const {
    return at < values_.size() && values_[at].*Key == key;
  }
  template <class Wanted>
  [[nodiscard]] std::size_t position(const Wanted& key) const {
    std::size_t low = 0;
    std::size_t high = values_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (values_[middle].*Key < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  std::vector<Value> values_;
};

}  // namespace waku::reliability
