// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <waku/reliability/service/archive.hpp>

namespace waku::reliability::services {

/// Slot numbers in the order of what the slots hold, for archives. The slots live elsewhere: `place_of(slot)`
/// gives a slot's archive_place, no two slots the same.
///
/// Runs of up to 256 numbers, and a list of the runs with the timestamp at which each begins. Finding a place
/// costs O(log n), of which all but the last eight steps stay in the list; adding at the end and removing at the
/// front cost O(1), elsewhere O(run + number of runs) moves of a few bytes. Takes 4 bytes a slot when slots
/// come in order, twice as much at worst.
class slot_sequence {
 public:
  using slot_number = std::uint32_t;

  /// A place between or on numbers; end() is beyond the last. Valid until the sequence changes.
  struct position {
    std::size_t run = 0;
    std::size_t at = 0;

    friend constexpr auto operator<=>(const position&, const position&) = default;
  };

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] position begin() const noexcept { return {0, 0}; }
  [[nodiscard]] position end() const noexcept { return {runs_.size(), 0}; }
  [[nodiscard]] slot_number front() const { return runs_.front().slots.front(); }
  [[nodiscard]] slot_number operator[](position where) const { return runs_[where.run].slots[where.at]; }

  [[nodiscard]] position next(position where) const noexcept {
    return where.at + 1 < runs_[where.run].slots.size() ? position{where.run, where.at + 1}
                                                        : position{where.run + 1, 0};
  }
  /// Only where something stands before.
  [[nodiscard]] position previous(position where) const noexcept {
    if (where.at != 0) return {where.run, where.at - 1};
    assert(where.run != 0 && "nothing stands before the first");
    return {where.run - 1, runs_[where.run - 1].slots.size() - 1};
  }

  /// The first number whose slot does not stand before `place`.
  template <class PlaceOf>
  [[nodiscard]] position lower_bound(const archive_place& place, const PlaceOf& place_of) const {
    // The last run that begins before the place holds what is sought, or ends right before it.
    std::size_t low = 0;
    std::size_t high = runs_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (begins_before(runs_[middle], place, place_of)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) return begin();
    const std::vector<slot_number>& slots = runs_[low - 1].slots;
    std::size_t first = 0;
    std::size_t last = slots.size();
    while (first < last) {
      const std::size_t middle = first + (last - first) / 2;
      if (place_of(slots[middle]) < place) {
        first = middle + 1;
      } else {
        last = middle;
      }
    }
    return first == slots.size() ? position{low, 0} : position{low - 1, first};
  }

  /// Adds a slot whose place no other slot has.
  template <class PlaceOf>
  void insert(slot_number slot, const PlaceOf& place_of) {
    const archive_place place = place_of(slot);
    ++size_;
    if (runs_.empty() ||
        (place_of(runs_.back().slots.back()) < place && runs_.back().slots.size() == run_max)) {
      runs_.push_back({place.timestamp, {slot}});
      return;
    }
    position where = lower_bound(place, place_of);
    // Between two runs it goes to the end of the first, which keeps runs full when slots come in order.
    if (where.at == 0 && where.run != 0) where = {where.run - 1, runs_[where.run - 1].slots.size()};
    if (runs_[where.run].slots.size() == run_max) where = split(where, place_of);
    run& into = runs_[where.run];
    into.slots.insert(into.slots.begin() + static_cast<std::ptrdiff_t>(where.at), slot);
    if (where.at == 0) into.begins = place.timestamp;
  }

  /// Removes a slot that is there.
  template <class PlaceOf>
  void erase(slot_number slot, const PlaceOf& place_of) {
    const position where = !empty() && front() == slot ? begin() : lower_bound(place_of(slot), place_of);
    assert(where != end() && (*this)[where] == slot && "the slot is not in the sequence");
    run& from = runs_[where.run];
    from.slots.erase(from.slots.begin() + static_cast<std::ptrdiff_t>(where.at));
    --size_;
    if (from.slots.empty()) {
      runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(where.run));
    } else if (where.at == 0) {
      from.begins = place_of(from.slots.front()).timestamp;
    }
  }

  /// Bytes taken on the heap.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = runs_.capacity() * sizeof(run);
    for (const run& each : runs_) bytes += each.slots.capacity() * sizeof(slot_number);
    return bytes;
  }

 private:
  static constexpr std::size_t run_max = 256;

  struct run {
    std::int64_t begins;  // the timestamp of its first slot
    std::vector<slot_number> slots;
  };

  template <class PlaceOf>
  static bool begins_before(const run& each, const archive_place& place, const PlaceOf& place_of) {
    if (each.begins != place.timestamp) return each.begins < place.timestamp;
    return place_of(each.slots.front()).hash < place.hash;
  }

  // Makes two halves of a full run; answers where the position is then.
  template <class PlaceOf>
  position split(position where, const PlaceOf& place_of) {
    constexpr std::size_t half = run_max / 2;
    std::vector<slot_number>& full = runs_[where.run].slots;
    run second{place_of(full[half]).timestamp, {}};
    second.slots.reserve(run_max);
    second.slots.assign(full.begin() + half, full.end());
    full.resize(half);
    runs_.insert(runs_.begin() + static_cast<std::ptrdiff_t>(where.run) + 1, std::move(second));
    return where.at <= half ? where : position{where.run + 1, where.at - half};
  }

  std::vector<run> runs_;
  std::size_t size_ = 0;
};

}  // namespace waku::reliability::services
