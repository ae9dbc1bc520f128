// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace midscale {

/// A node's sessions: the number of the key that it has with another node. Keeps so many, those used last. All calls
/// take a few steps.
class session_cache {
 public:
  static constexpr std::uint32_t none = 0;

  explicit session_cache(std::uint32_t most) : most_(most), entries_(1) {
    assert(most > 0 && most < 0xffffU);
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  /// The key with a node, which counts as used now, or none.
  std::uint32_t use(std::uint32_t node) noexcept {
    if (size_ == 0) return none;
    const place found = slots_[find(node)];
    if (found == ring) return none;
    unlink(found);
    link_first(found);
    return entries_[found].key;
  }
  void put(std::uint32_t node, std::uint32_t key) {
    assert(key != none);
    if (use(node) == none) {
      const place taken = size_ < most_ ? fresh() : leave_last();
      entries_[taken].node = node;
      slots_[find(node)] = taken;
      link_first(taken);
    }
    entries_[entries_[ring].next].key = key;
  }
  void erase(std::uint32_t node) noexcept {
    if (size_ == 0) return;
    const std::size_t slot = find(node);
    const place gone = slots_[slot];
    if (gone == ring) return;
    unlink(gone);
    clear_slot(slot);
    entries_[gone].next = free_;
    free_ = gone;
    --size_;
  }
  void clear() noexcept {
    slots_.clear();
    entries_.assign(1, {});
    free_ = ring;
    size_ = 0;
  }

 private:
  using place = std::uint16_t;  // among the entries; the first one begins and ends the ring of those in use
  static constexpr place ring = 0;

  struct entry {
    std::uint32_t node = 0;
    std::uint32_t key = none;
    place before = ring;
    place next = ring;
  };

  [[nodiscard]] std::size_t home(std::uint32_t node) const noexcept {
    return (node * 0x9e3779b1U >> 8U) & (slots_.size() - 1);  // 2^32 over the golden ratio: Knuth, 6.4
  }
  // Where a node's place stands, or the free slot where it would.
  [[nodiscard]] std::size_t find(std::uint32_t node) const noexcept {
    std::size_t slot = home(node);
    while (slots_[slot] != ring && entries_[slots_[slot]].node != node)
      slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }
  void unlink(place each) noexcept {
    entries_[entries_[each].before].next = entries_[each].next;
    entries_[entries_[each].next].before = entries_[each].before;
  }
  void link_first(place each) noexcept {
    entries_[each].before = ring;
    entries_[each].next = entries_[ring].next;
    entries_[entries_[ring].next].before = each;
    entries_[ring].next = each;
  }
  place fresh() {
    if (2 * (size_ + 1) > slots_.size()) grow();
    ++size_;
    if (free_ != ring) {
      const place taken = free_;
      free_ = entries_[taken].next;
      return taken;
    }
    entries_.emplace_back();
    return static_cast<place>(entries_.size() - 1);
  }
  // The one used longest ago leaves its place.
  place leave_last() noexcept {
    const place last = entries_[ring].before;
    unlink(last);
    clear_slot(find(entries_[last].node));
    return last;
  }
  // What could stand in the hole moves into it, so that no look-up ends too early.
  void clear_slot(std::size_t hole) noexcept {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = (hole + 1) & mask; slots_[slot] != ring; slot = (slot + 1) & mask) {
      if (((slot - home(entries_[slots_[slot]].node)) & mask) < ((slot - hole) & mask)) continue;
      slots_[hole] = slots_[slot];
      hole = slot;
    }
    slots_[hole] = ring;
  }
  void grow() {
    std::vector<place> before(slots_.empty() ? 16 : 2 * slots_.size(), ring);
    before.swap(slots_);
    for (const place each : before)
      if (each != ring) slots_[find(entries_[each].node)] = each;
  }

  std::uint32_t most_;
  std::uint32_t size_ = 0;
  place free_ = ring;         // the first of the entries that are not in use
  std::vector<place> slots_;  // a power of two, at most half of them taken
  std::vector<entry> entries_;
};

}  // namespace midscale
