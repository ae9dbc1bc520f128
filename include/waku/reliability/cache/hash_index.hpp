// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace waku::reliability {

/// Finds slots of a table by the mixed hash of what the slot holds; the slots themselves live elsewhere.
///
/// Open addressing with two cells of 32 bits for each slot, so at most half of the cells are taken, and each
/// run is kept in the order of home cells (Robin Hood linear probing). A cell holds the slot number, the low
/// five bits of its home cell and, in the bits left over, some of the mixed hash: a look-up that finds
/// nothing nearly always ends within one cache line and without a look at any slot. The five bits also tell
/// how far a cell is from home, so removal shifts the rest of a run back without hashing again; there are no
/// tombstones and no rehash. A distance of 32 cells is expected once in some 10^17 insertions; from then on
/// the index asks `mixed_of` for each home until it is empty again: slower, never wrong.
///
/// `mixed_of(slot)` must give the mixed hash under which a slot was inserted. Memory: 8 bytes a slot, taken
/// by the constructor and rounded up to 128 bytes. A template so that nothing of it is compiled until a table
/// needs it.
template <class Cell>
class basic_hash_index {
  static_assert(sizeof(Cell) == 4, "cells are unsigned and have 32 bits");

 public:
  using slot_number = std::uint32_t;
  static constexpr slot_number none = 0xffffffffU;
  static constexpr std::size_t slots_max = (std::size_t{1} << 27) - 1;

  /// For slots 0 to `slots` - 1, at most slots_max.
  explicit basic_hash_index(std::size_t slots)
      : cells_((2 * slots + home_span - 1) / home_span * home_span + (slots == 0 ? home_span : 0)) {
    assert(slots <= slots_max && "cells have no room for larger slot numbers");
    while ((std::size_t{1} << slot_bits_) <= slots) ++slot_bits_;
  }

  basic_hash_index(basic_hash_index&&) noexcept = default;
  basic_hash_index& operator=(basic_hash_index&&) noexcept = default;

  /// The slot inserted under `mixed` for which `same(slot)` holds, or none. `same` is asked for few others.
  template <class Same, class MixedOf>
  [[nodiscard]] slot_number find(std::uint64_t mixed, Same&& same, MixedOf&& mixed_of) const {
    const std::size_t position = position_of(mixed, same, mixed_of);
    return position == absent ? none : slot_in(cells_[position]);
  }

  /// Adds a slot that is not in the index.
  template <class MixedOf>
  void insert(std::uint64_t mixed, slot_number slot, MixedOf&& mixed_of) {
    assert(2 * (size_ + 1) <= cells_.size() && "more slots than the index was made for");
    std::uint32_t carried = cell_of(mixed, slot);
    std::size_t position = home_of(mixed);
    std::size_t distance = 0;
    for (; cells_[position] != 0; position = after(position), ++distance) {
      const std::size_t other = distance_from_home(position, mixed_of);
      if (other >= distance) continue;
      const std::uint32_t displaced = cells_[position];
      place(position, carried, distance);
      carried = displaced;
      distance = other;
    }
    place(position, carried, distance);
    ++size_;
  }

  /// Removes a slot that was inserted under `mixed`; false if it is not in the index.
  template <class MixedOf>
  bool erase(std::uint64_t mixed, slot_number slot, MixedOf&& mixed_of) {
    std::size_t hole = position_of(mixed, [slot](slot_number other) { return other == slot; }, mixed_of);
    if (hole == absent) return false;
    for (std::size_t next = after(hole); cells_[next] != 0; next = after(next)) {
      if (distance_from_home(next, mixed_of) == 0) break;
      cells_[hole] = cells_[next];
      hole = next;
    }
    cells_[hole] = 0;
    if (--size_ == 0) far_from_home_ = false;
    return true;
  }

  /// Forgets every slot. O(cells).
  void clear() noexcept {
    for (Cell& cell : cells_) cell = 0;
    size_ = 0;
    far_from_home_ = false;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Bytes taken on the heap.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return cells_.capacity() * sizeof(Cell);
  }

  /// The number of cells that the longest look-up reads at present. O(cells): for tests and diagnosis.
  template <class MixedOf>
  [[nodiscard]] std::size_t longest_probe(MixedOf&& mixed_of) const {
    std::size_t longest = 0;
    for (std::size_t position = 0; position < cells_.size(); ++position) {
      if (cells_[position] == 0) continue;
      const std::size_t read = distance_from_home(position, mixed_of) + 1;
      if (read > longest) longest = read;
    }
    return longest;
  }

 private:
  static constexpr std::size_t home_bits = 5;
  static constexpr std::size_t home_span = std::size_t{1} << home_bits;
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  [[nodiscard]] std::size_t home_of(std::uint64_t mixed) const noexcept {
    return static_cast<std::size_t>((mixed >> 32) * cells_.size() >> 32);
  }
  [[nodiscard]] std::size_t after(std::size_t position) const noexcept {
    return position + 1 == cells_.size() ? 0 : position + 1;
  }
  [[nodiscard]] slot_number slot_in(std::uint32_t cell) const noexcept {
    return (cell & ((1U << slot_bits_) - 1)) - 1;
  }
  /// Zero stands for an empty cell, so slot numbers are kept one higher.
  [[nodiscard]] std::uint32_t cell_of(std::uint64_t mixed, slot_number slot) const noexcept {
    const std::uint64_t mark = (mixed << home_bits) | (home_of(mixed) % home_span);
    return static_cast<std::uint32_t>(mark << slot_bits_) | (slot + 1);
  }

  template <class MixedOf>
  [[nodiscard]] std::size_t distance_from_home(std::size_t position, MixedOf& mixed_of) const {
    const std::uint32_t cell = cells_[position];
    if (!far_from_home_) [[likely]] return (position - (cell >> slot_bits_)) % home_span;
    const std::size_t home = home_of(mixed_of(slot_in(cell)));
    return position >= home ? position - home : position + cells_.size() - home;
  }

  void place(std::size_t position, std::uint32_t cell, std::size_t distance) noexcept {
    cells_[position] = cell;
    if (distance >= home_span) far_from_home_ = true;
  }

  template <class Same, class MixedOf>
  [[nodiscard]] std::size_t position_of(std::uint64_t mixed, Same&& same, MixedOf& mixed_of) const {
    const std::uint32_t wanted = cell_of(mixed, none);  // none + 1 is 0: the mark alone
    const std::uint32_t mark_bits = ~((1U << slot_bits_) - 1);
    std::size_t position = home_of(mixed);
    for (std::size_t distance = 0; cells_[position] != 0; position = after(position), ++distance) {
      if ((cells_[position] & mark_bits) == wanted && same(slot_in(cells_[position]))) return position;
      if (distance_from_home(position, mixed_of) < distance) break;
    }
    return absent;
  }

  std::vector<Cell> cells_;
  std::size_t size_ = 0;
  unsigned slot_bits_ = 1;
  bool far_from_home_ = false;
};
using hash_index = basic_hash_index<std::uint32_t>;

}  // namespace waku::reliability
