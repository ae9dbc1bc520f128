// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// A deadline in a deadline_wheel: when, the how-manieth it was to be armed, and the slot that has its key.
struct deadline_item {
  steady_time at;
  std::uint32_t order;
  std::uint32_t slot;

  /// By time, and by order at the same time. The order comes round after four billion: it is compared by the shorter
  /// way.
  [[nodiscard]] bool sooner_than(const deadline_item& other) const noexcept {
    return at != other.at ? at < other.at : other.order - order - 1 < 0x7fffffffU;
  }
};

/// The near ones of a deadline_wheel, with the soonest at hand: a heap with four children a node. Allocates nothing
/// within what was reserved.
class deadline_heap {
 public:
  void reserve(std::size_t count) { items_.reserve(count); }

  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
  /// The soonest. The heap is not empty.
  [[nodiscard]] const deadline_item& first() const noexcept {
    assert(!empty());
    return items_.front();
  }

  /// O(log n), and O(1) for what is later than most.
  void put(deadline_item added) noexcept {
    std::size_t place = items_.size();
    items_.emplace_back();
    while (place > 0) {
      const std::size_t parent = (place - 1) / children;
      if (!added.sooner_than(items_[parent])) break;
      items_[place] = items_[parent];
      place = parent;
    }
    items_[place] = added;
  }

  /// O(log n). The heap is not empty.
  void remove_first() noexcept {
    assert(!empty());
    const deadline_item last = items_.back();
    items_.pop_back();
    if (!empty()) items_[room_for(last, 0)] = last;
  }

  /// Removes those that pass the test; returns how many. O(n).
  template <class Test>
  std::size_t remove_if(const Test& test) noexcept {
    const std::size_t removed = std::erase_if(items_, test);
    for (std::size_t parents = (items_.size() + children - 2) / children; parents-- > 0;) {
      const deadline_item moved = items_[parents];
      items_[room_for(moved, parents)] = moved;
    }
    return removed;
  }

  void clear() noexcept { items_.clear(); }

 private:
  static constexpr std::size_t children = 4;

  /// Where at or under the empty `place` there is room for `moved`; what is sooner goes up.
  std::size_t room_for(const deadline_item& moved, std::size_t place) noexcept {
    for (;;) {
      const std::size_t begin = children * place + 1;
      if (begin >= items_.size()) return place;
      const std::size_t end = min_of(begin + children, items_.size());
      std::size_t soonest = begin;
      for (std::size_t each = begin + 1; each < end; ++each) {
        if (items_[each].sooner_than(items_[soonest])) soonest = each;
      }
      if (!items_[soonest].sooner_than(moved)) return place;
      items_[place] = items_[soonest];
      place = soonest;
    }
  }

  std::vector<deadline_item> items_;
};

}  // namespace waku::reliability
