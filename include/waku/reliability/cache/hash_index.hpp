// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include <waku/reliability/core/prefetch.hpp>

namespace waku::reliability {

/// Finds slots of a table by the mixed hash of what the slot holds; the slots themselves live elsewhere.
///
/// Buckets of 64 bytes, one cache line, with 15 cells of 32 bits; one bucket for every seven slots. A slot has two
/// buckets, its home and another one. It goes into its home while that has fewer than 12, else into the emptier of
/// both. The sixteenth word of a bucket counts the slots that have their home there and live elsewhere; while it is
/// zero, which is so for nine buckets in ten of a full index, a look-up reads one line. A cell holds the slot number
/// and, in the b bits left over, some of the mixed hash, and all cells of a line are compared at once: a look-up that
/// finds nothing looks at a slot once in 2^b / 7 times, which is 4,681 for 100,000 slots, 585 for a million.
///
/// No call reads more than the 30 cells of two buckets or moves more than one: there are no runs, tombstones or
/// rehashes. Of the buckets of a full index 3 % hold 12 slots, 0.06 % 13, and each slot more about squares that, so
/// both buckets of a slot are full once in some 10^27 insertions, unless the mix is poor or its secret is known. The
/// slot is then kept in a list, which each look-up walks that found nothing in two such buckets: slower, never wrong.
/// (Two choices: Azar, Broder, Karlin and Upfal, Balanced Allocations, 1999.)
///
/// Memory: 64 bytes for seven slots, taken by the constructor, at least 128. A template so that nothing of it is
/// compiled until a table needs it.
template <class Cell>
class basic_hash_index {
  static_assert(sizeof(Cell) == 4, "cells are unsigned and have 32 bits");

 public:
  using slot_number = std::uint32_t;
  static constexpr slot_number none = 0xffffffffU;
  static constexpr std::size_t slots_max = (std::size_t{1} << 27) - 1;

  /// For slots 0 to `slots` - 1, at most slots_max.
  explicit basic_hash_index(std::size_t slots) : basic_hash_index(slots, slots) {}

  /// Likewise, where at most `held` of the slots are in the index at any time: memory is taken for those.
  basic_hash_index(std::size_t slots, std::size_t held)
      : buckets_(held <= 7 ? 2 : (held + 6) / 7), held_max_(held) {
    assert(slots <= slots_max && "cells have no room for larger slot numbers");
    while ((std::size_t{1} << slot_bits_) <= slots) ++slot_bits_;
  }

  basic_hash_index(basic_hash_index&&) noexcept = default;
  basic_hash_index& operator=(basic_hash_index&&) noexcept = default;

  /// The slot inserted under `mixed` for which `same(slot)` holds, or none. `same` is asked for few others.
  template <class Same>
  [[nodiscard]] slot_number find(std::uint64_t mixed, Same&& same) const {
    const std::size_t home = home_of(mixed);
    slot_number found = find_in(buckets_[home], mixed, same);
    if (found != none || buckets_[home].away == 0) [[likely]]
      return found;
    found = find_in(buckets_[other_of(mixed, home)], mixed, same);
    if (found != none || crowded_out_.empty()) [[likely]]
      return found;
    for (const slot_number slot : crowded_out_) {
      if (same(slot)) return slot;
    }
    return none;
  }

  /// Begins to load what a look-up of `mixed` reads first.
  void prefetch(std::uint64_t mixed) const noexcept {
    reliability::prefetch(&buckets_[home_of(mixed)]);
  }

  /// Adds a slot that is not in the index.
  void insert(std::uint64_t mixed, slot_number slot) {
    assert(size_ < held_max_ && "more slots than the index was made for");
    const std::size_t home = home_of(mixed);
    bucket* into = &buckets_[home];
    unsigned filled = filled_of(*into);
    if (filled >= crowded) [[unlikely]] {
      bucket& other = buckets_[other_of(mixed, home)];
      const unsigned other_filled = filled_of(other);
      if (other_filled < filled || filled == cells_per_bucket) {
        if (other_filled == cells_per_bucket) crowded_out_.push_back(slot);
        ++into->away;
        into = &other;
        filled = other_filled;
      }
    }
    if (filled < cells_per_bucket) into->cells[filled] = cell_of(mixed, slot);
    ++size_;
  }

  /// Removes a slot that was inserted under `mixed`; false if it is not in the index.
  bool erase(std::uint64_t mixed, slot_number slot) {
    const std::size_t home = home_of(mixed);
    bucket& first = buckets_[home];
    if (!erase_from(first, cell_of(mixed, slot))) {
      if (first.away == 0) return false;
      if (!erase_from(buckets_[other_of(mixed, home)], cell_of(mixed, slot)) && !erase_crowded_out(slot))
        return false;
      --first.away;
    }
    --size_;
    return true;
  }

  /// Forgets every slot. O(cells).
  void clear() noexcept {
    for (bucket& each : buckets_) each = bucket{};
    crowded_out_.clear();
    size_ = 0;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Bytes taken on the heap.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return buckets_.capacity() * sizeof(bucket) + crowded_out_.capacity() * sizeof(slot_number);
  }

  /// The cells and crowded-out slots that one call may read at present, at most: 30, unless the mix is poor. For tests
  /// and diagnosis.
  [[nodiscard]] std::size_t longest_scan() const noexcept { return 2 * cells_per_bucket + crowded_out_.size(); }

 private:
  static constexpr unsigned cells_per_bucket = 15;
  static constexpr unsigned crowded = 12;  ///< from so many slots on a bucket shares with others

  /// The filled cells come first; an empty one is zero.
  struct alignas(64) bucket {
    Cell cells[cells_per_bucket]{};
    std::uint32_t away = 0;  ///< slots with their home here that live elsewhere
  };
  static_assert(sizeof(bucket) == 64);

  [[nodiscard]] static std::size_t scaled(std::uint64_t bits_32, std::size_t range) noexcept {
    return static_cast<std::size_t>(bits_32 * range >> 32);
  }
  [[nodiscard]] std::size_t home_of(std::uint64_t mixed) const noexcept {
    return scaled(mixed >> 32, buckets_.size());
  }
  /// Any bucket but the home.
  [[nodiscard]] std::size_t other_of(std::uint64_t mixed, std::size_t home) const noexcept {
    const std::size_t other = home + 1 + scaled(mixed & 0xffffffffU, buckets_.size() - 1);
    return other < buckets_.size() ? other : other - buckets_.size();
  }
  /// The low bits of the mixed hash, which neither bucket says anything about.
  [[nodiscard]] std::uint32_t mark_of(std::uint64_t mixed) const noexcept {
    return static_cast<std::uint32_t>(mixed) << slot_bits_;
  }
  /// Zero stands for an empty cell, so slot numbers are kept one higher.
  [[nodiscard]] std::uint32_t cell_of(std::uint64_t mixed, slot_number slot) const noexcept {
    return mark_of(mixed) | (slot + 1);
  }
  [[nodiscard]] std::uint32_t slot_mask() const noexcept { return (1U << slot_bits_) - 1; }

  /// A bit for each cell that equals `value` where `mask` has ones; the lowest for the first cell.
  [[nodiscard]] static std::uint32_t matches(const bucket& in, std::uint32_t mask,
                                             std::uint32_t value) noexcept {
#if defined(__GNUC__)
    if constexpr (std::is_same_v<Cell, std::uint32_t>) return matches_of_words(in, mask, value);
#endif
    std::uint32_t found = 0;
    for (unsigned place = 0; place < cells_per_bucket; ++place) {
      if ((in.cells[place] & mask) == value) found |= 1U << place;
    }
    return found;
  }
#if defined(__GNUC__)
  [[nodiscard]] static std::uint32_t matches_of_words(const bucket& in, std::uint32_t mask,
                                                      std::uint32_t value) noexcept {
    using four = std::uint32_t __attribute__((vector_size(16)));
    const auto part = [&](std::size_t first, four bits) {
      four cells;
      std::memcpy(&cells, in.cells + first, sizeof cells);
      return reinterpret_cast<four>((cells & mask) == value) & bits;
    };
    const four found = part(0, four{1U << 0, 1U << 1, 1U << 2, 1U << 3}) |
                       part(4, four{1U << 4, 1U << 5, 1U << 6, 1U << 7}) |
                       part(8, four{1U << 8, 1U << 9, 1U << 10, 1U << 11}) |
                       part(12, four{1U << 12, 1U << 13, 1U << 14, 0});  // the last word is no cell
    std::uint64_t halves[2];
    std::memcpy(halves, &found, sizeof halves);
    const std::uint64_t both = halves[0] | halves[1];
    return static_cast<std::uint32_t>(both | both >> 32);
  }
#endif

  [[nodiscard]] static unsigned filled_of(const bucket& in) noexcept {
    return static_cast<unsigned>(std::countr_zero(matches(in, ~0U, 0) | 1U << cells_per_bucket));
  }

  template <class Same>
  [[nodiscard]] slot_number find_in(const bucket& in, std::uint64_t mixed, Same&& same) const {
    std::uint32_t candidates = matches(in, ~slot_mask(), mark_of(mixed));
    for (; candidates != 0; candidates &= candidates - 1) {
      const std::uint32_t kept = in.cells[std::countr_zero(candidates)] & slot_mask();
      if (kept != 0 && same(kept - 1)) return kept - 1;
    }
    return none;
  }

  bool erase_from(bucket& from, std::uint32_t cell) noexcept {
    const std::uint32_t found = matches(from, ~0U, cell);
    if (found == 0) return false;
    const unsigned last = filled_of(from) - 1;
    from.cells[std::countr_zero(found)] = from.cells[last];
    from.cells[last] = 0;
    return true;
  }
  bool erase_crowded_out(slot_number slot) noexcept {
    for (slot_number& each : crowded_out_) {
      if (each != slot) continue;
      each = crowded_out_.back();
      crowded_out_.pop_back();
      return true;
    }
    return false;
  }

  std::vector<bucket> buckets_;
  std::vector<slot_number> crowded_out_;
  std::size_t size_ = 0;
  std::size_t held_max_;
  unsigned slot_bits_ = 1;
};
using hash_index = basic_hash_index<std::uint32_t>;

}  // namespace waku::reliability
