// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <waku/reliability/cache/hash_index.hpp>
#include <waku/reliability/cache/keyed_mix.hpp>
#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>

namespace waku::reliability {

/// What seen_set::insert did.
enum class seen_insertion {
  added,                     ///< the hash is new
  already_present,           ///< the hash was held before; its first receive time stays
  added_and_evicted_oldest,  ///< the hash is new, and the oldest one left to make room
};

/// The hashes of the messages received so far, each with the time of its first receipt, in the order of
/// receipt.
///
/// Exact: no false answers. Bounded: when it is full, the oldest hash leaves, the caller is told, and
/// newest_evicted() tells from when on the set is still complete. Every operation takes O(1), apart from
/// those that touch each entry by their nature. All memory is taken by the constructor: 48 bytes an entry (32
/// of hash, 8 of time, 8 of index) and up to 128 more; pages that were never needed stay untouched.
/// Move-only; a set that was moved from may be destroyed or assigned to.
template <class KeyHash = keyed_mix>
class seen_set {
  static_assert(message_hash_mix<KeyHash>,
                "KeyHash is made from a 64-bit secret and maps a message_hash to std::uint64_t, noexcept");

 public:
  static constexpr std::size_t capacity_max = hash_index::slots_max;

  /// Holds exactly `capacity_entries` hashes; 0 counts as 1, and more than capacity_max (134,217,727) as
  /// capacity_max. The secret should be random for each instance.
  seen_set(std::size_t capacity_entries, std::uint64_t secret)
      : capacity_(bounded(capacity_entries)), key_hash_(secret), index_(capacity_) {
    hashes_.reserve(capacity_);
    received_.reserve(capacity_);
  }

  seen_set(seen_set&&) noexcept = default;
  seen_set& operator=(seen_set&&) noexcept = default;

  /// Remembers a hash received at `received`, which is not before the `received` of any earlier call.
  seen_insertion insert(const message_hash& hash, steady_time received) {
    assert(received >= latest_ && "hashes are inserted in the order of their receipt");
    latest_ = received;
    const std::uint64_t mixed = key_hash_(hash);
    if (slot_of(mixed, hash) != hash_index::none) return seen_insertion::already_present;

    seen_insertion done = seen_insertion::added;
    if (span_ == capacity_) {
      newest_evicted_ = received_[oldest_];
      drop_oldest();
      done = seen_insertion::added_and_evicted_oldest;
    }
    const std::size_t slot = ring_slot(span_);
    if (slot == hashes_.size()) {
      hashes_.push_back(hash);
      received_.push_back(received);
    } else {
      hashes_[slot] = hash;
      received_[slot] = received;
    }
    index_.insert(mixed, static_cast<slot_number>(slot), mixed_of());
    ++span_;
    return done;
  }

  [[nodiscard]] bool contains(const message_hash& hash) const noexcept {
    return slot_of(key_hash_(hash), hash) != hash_index::none;
  }

  /// Forgets one hash; no-op if it is not held. The order of the others stays. Its room comes back only when
  /// all the older hashes have left, or at once if it is the oldest or the newest: O(1) for that price.
  void erase(const message_hash& hash) {
    const std::uint64_t mixed = key_hash_(hash);
    const slot_number slot = slot_of(mixed, hash);
    if (slot == hash_index::none) return;
    index_.erase(mixed, slot, mixed_of());
    trim();
  }

  /// Drops the hashes received before `received_before` and returns how many. O(1) for each that is dropped.
  std::size_t expire(steady_time received_before) {
    const std::size_t before = size();
    while (span_ != 0 && received_[oldest_] < received_before) drop_oldest();
    return before - size();
  }

  /// The receive time of the oldest hash held.
  [[nodiscard]] std::optional<steady_time> oldest() const {
    if (empty()) return std::nullopt;
    return received_[oldest_];
  }

  /// The receive time of the newest hash that left because the set was full; nullopt if none ever did. Hashes
  /// received after it are all held, unless they expired or were erased.
  [[nodiscard]] std::optional<steady_time> newest_evicted() const { return newest_evicted_; }

  /// Calls f(hash, received) for each hash held, oldest first. `f` must not change the set.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t offset = 0; offset < span_; ++offset) {
      const std::size_t slot = ring_slot(offset);
      if (span_ == size() || holds(slot)) f(std::as_const(hashes_[slot]), received_[slot]);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Makes the set as it was when it was constructed; keeps its memory.
  void clear() noexcept {
    index_.clear();
    oldest_ = 0;
    span_ = 0;
    latest_ = steady_time::min();
    newest_evicted_.reset();
  }

  /// Bytes taken on the heap.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return hashes_.capacity() * sizeof(message_hash) + received_.capacity() * sizeof(steady_time) +
        index_.memory_bytes();
  }

  /// The number of index cells that the longest look-up reads at present. O(capacity): for tests and
  /// diagnosis.
  [[nodiscard]] std::size_t longest_probe() const { return index_.longest_probe(mixed_of()); }

 private:
  using slot_number = hash_index::slot_number;

  static constexpr std::size_t bounded(std::size_t asked) noexcept {
    if (asked == 0) return 1;
    return asked < capacity_max ? asked : capacity_max;
  }

  [[nodiscard]] auto mixed_of() const noexcept {
    return [this](slot_number slot) { return key_hash_(hashes_[slot]); };
  }
  [[nodiscard]] slot_number slot_of(std::uint64_t mixed, const message_hash& hash) const noexcept {
    return index_.find(mixed, [&](slot_number slot) { return hashes_[slot] == hash; }, mixed_of());
  }
  /// False for a slot of the ring whose hash was erased.
  [[nodiscard]] bool holds(std::size_t slot) const noexcept {
    const auto same = [slot](slot_number other) { return other == slot; };
    return index_.find(key_hash_(hashes_[slot]), same, mixed_of()) != hash_index::none;
  }
  [[nodiscard]] std::size_t ring_slot(std::size_t offset) const noexcept {
    const std::size_t slot = oldest_ + offset;
    return slot < capacity_ ? slot : slot - capacity_;
  }

  void drop_oldest() {
    index_.erase(key_hash_(hashes_[oldest_]), static_cast<slot_number>(oldest_), mixed_of());
    trim();
  }

  /// Keeps both ends of the ring on hashes that are held. An empty ring starts over, to stay in few pages.
  void trim() noexcept {
    if (empty()) {
      oldest_ = 0;
      span_ = 0;
      return;
    }
    while (span_ != size() && !holds(oldest_)) {
      oldest_ = ring_slot(1);
      --span_;
    }
    while (span_ != size() && !holds(ring_slot(span_ - 1))) --span_;
  }

  std::size_t capacity_;
  KeyHash key_hash_;
  hash_index index_;
  std::vector<message_hash> hashes_;  ///< a ring, in the order of receipt
  compiled_with<KeyHash, std::vector<steady_time>> received_;  ///< for each of hashes_
  std::size_t oldest_ = 0;             ///< the ring slot of the oldest hash
  std::size_t span_ = 0;               ///< ring slots in use, those of erased hashes included
  steady_time latest_ = steady_time::min();
  std::optional<steady_time> newest_evicted_;
};

}  // namespace waku::reliability
