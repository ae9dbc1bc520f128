// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <compare>
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
    const auto [at, found] = position(key);
    if (!found) {
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
    auto [hole, found] = position(key);
    if (!found) return;
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
    const auto [at, found] = position(key);
    return found ? &values_[at] : nullptr;
  }
  template <class Wanted>
  [[nodiscard]] const Value* find(const Wanted& key) const {
    const auto [at, found] = position(key);
    return found ? &values_[at] : nullptr;
  }

  [[nodiscard]] const Value& operator[](std::size_t at) const { return values_[at]; }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] Value* begin() noexcept { return values_.data(); }
  [[nodiscard]] Value* end() noexcept { return values_.data() + values_.size(); }
  [[nodiscard]] const Value* begin() const noexcept { return values_.data(); }
  [[nodiscard]] const Value* end() const noexcept { return values_.data() + values_.size(); }

 private:
  struct place {
    std::size_t at;
    bool found;
  };

  // Where the key is, or would be. Each value is compared once, for the texts among the keys.
  template <class Wanted>
  [[nodiscard]] place position(const Wanted& key) const {
    std::size_t low = 0;
    std::size_t high = values_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      const auto order = values_[middle].*Key <=> key;
      if (order == 0) return {middle, true};
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return {low, false};
  }

  std::vector<Value> values_;
};

}  // namespace waku::reliability
