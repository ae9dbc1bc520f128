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
#include <waku/reliability/core/prefetch.hpp>

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
/// newest_evicted() tells from when on the set is still complete. Every operation takes O(1): insert() is a look-up, an
/// insertion and at most one removal in the index, expire() at most 32 removals, so none pauses the program; for_each()
/// and clear() alone touch each entry. All memory is taken by the
/// constructor: 49.2 bytes an entry (32 of hash, 8 of time, 9.2 of index) and up to 128 more; pages that were never
/// needed stay untouched. Move-only; a set that was moved from may be destroyed or assigned to.
template <class KeyHash = keyed_mix>
class seen_set {
  static_assert(message_hash_mix<KeyHash>,
                "KeyHash is made from a 64-bit secret and maps a message_hash to std::uint64_t, noexcept");

 public:
  static constexpr std::size_t capacity_max = hash_index::slots_max;
  /// How many hashes one expire() drops at most.
  static constexpr std::size_t expired_per_call = 32;

  /// Holds exactly `capacity_entries` hashes, the places of erased ones counted; 0 counts as 1, and more than
  /// capacity_max (134,217,727) as capacity_max. The secret should be random for each instance.
  seen_set(std::size_t capacity_entries, std::uint64_t secret)
      : capacity_(bounded(capacity_entries)), key_hash_(secret), index_(capacity_) {
    hashes_.reserve(capacity_);
    received_.reserve(capacity_);
  }

  seen_set(seen_set&&) noexcept = default;
  seen_set& operator=(seen_set&&) noexcept = default;

  /// A look-up that is half done, see start_look_up().
  struct started_look_up {
    std::uint64_t mixed;
    hash_index::slot_number likely;  ///< the first slot that may have the hash, which is rarely another's
  };

  /// The first half of a look-up, for who does something else before the second: begins to load what that reads.
  [[nodiscard]] started_look_up start_look_up(const message_hash& hash) const noexcept {
    const std::uint64_t mixed = key_hash_(hash);
    return {mixed, likely_slot(mixed)};
  }

  /// Remembers a hash received at `received`, which is not before the `received` of any earlier call.
  seen_insertion insert(const message_hash& hash, steady_time received) {
    return insert(hash, received, start_look_up(hash));
  }

  /// Likewise, where a look-up of this hash was started, and the set has not changed since.
  seen_insertion insert(const message_hash& hash, steady_time received, const started_look_up& started) {
    assert(received >= latest_ && "hashes are inserted in the order of their receipt");
    assert(started.mixed == key_hash_(hash) && "the look-up is another hash's");
    assert(started.likely == likely_slot(started.mixed) && "the set has changed since the look-up was started");
    latest_ = received;
    if (started.likely != hash_index::none) {
      if (hashes_[started.likely].hash == hash) return seen_insertion::already_present;
      if (slot_of(started.mixed, hash) != hash_index::none) return seen_insertion::already_present;
    }
    return add(started.mixed, hash, received);
  }

  /// True until the hash has left, which may be some calls after it was due.
  [[nodiscard]] bool contains(const message_hash& hash) const noexcept {
    return slot_of(key_hash_(hash), hash) != hash_index::none;
  }

  /// The time of a hash's first receipt; nullopt if it is not held.
  [[nodiscard]] std::optional<steady_time> received(const message_hash& hash) const noexcept {
    const slot_number slot = slot_of(key_hash_(hash), hash);
    if (slot == hash_index::none) return std::nullopt;
    return received_[slot];
  }

  /// contains() for a page of hashes in one pass: calls answer(number, held) for each number below `count`, in order;
  /// hash_at(number) is its hash. What later ones read is loaded meanwhile, so on a large set that takes less time than
  /// as many contains(). `answer` may change the set: each look-up sees it as it is then.
  template <class HashAt, class Answer>
  void look_up(std::size_t count, HashAt&& hash_at, Answer&& answer) const {
    constexpr std::size_t ahead_max = 16;
    constexpr std::size_t latest = 4 * ahead_max;
    const std::size_t ahead = count < ahead_max ? count : ahead_max;
    std::uint64_t mixed[latest];
    slot_number likely[latest];
    const std::uint64_t changes = changes_;
    for (std::size_t step = 0; step < count + 2 * ahead; ++step) {
      if (step < count) {
        mixed[step % latest] = key_hash_(hash_at(step));
        index_.prefetch(mixed[step % latest]);
      }
      if (step >= ahead && step - ahead < count) {
        likely[(step - ahead) % latest] = likely_slot(mixed[(step - ahead) % latest]);
      }
      if (step < 2 * ahead) continue;
      const std::size_t number = step - 2 * ahead;
      const message_hash& hash = hash_at(number);
      const slot_number slot = likely[number % latest];
      const bool settled = changes_ == changes && (slot == hash_index::none || hashes_[slot].hash == hash);
      answer(number, (settled ? slot : slot_of(mixed[number % latest], hash)) != hash_index::none);
    }
  }

  /// Begins to load what contains(hash) reads first, for who does something else before that.
  void prefetch(const message_hash& hash) const noexcept { index_.prefetch(key_hash_(hash)); }

  /// Forgets one hash; no-op if it is not held. Its room comes back when its turn to leave has come, or at once if it
  /// is the newest.
  void erase(const message_hash& hash) noexcept {
    const std::uint64_t mixed = key_hash_(hash);
    const slot_number slot = slot_of(mixed, hash);
    if (slot == hash_index::none) return;
    index_.erase(mixed, slot);
    if (slot == ring_slot(span_ - 1)) --span_;
    ++changes_;
  }

  /// Drops hashes received before `received_before`, the oldest first, at most expired_per_call of them; returns how
  /// many, erased ones included. When it returns as many, more may be due: call again, be it after other work. What is
  /// due makes room without counting as evicted.
  std::size_t expire(steady_time received_before) {
    due_before_ = received_before;
    std::size_t dropped = 0;
    while (dropped < expired_per_call && span_ != 0 && received_[oldest_] < received_before) {
      drop_oldest();
      ++dropped;
    }
    return dropped;
  }

  /// The receive time of the newest hash that left because the set was full; nullopt if none ever did. Hashes
  /// received after it are all held, unless they expired or were erased.
  [[nodiscard]] std::optional<steady_time> newest_evicted() const { return newest_evicted_; }

  /// Calls f(hash, received) for each hash held, oldest first. `f` must not change the set.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t offset = 0; offset < span_; ++offset) {
      const std::size_t slot = ring_slot(offset);
      if (holds(slot)) f(std::as_const(hashes_[slot].hash), received_[slot]);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Makes the set as it was when it was constructed; keeps its memory.
  void clear() noexcept {
    index_.clear();
    ++changes_;
    oldest_ = 0;
    span_ = 0;
    latest_ = steady_time::min();
    due_before_ = steady_time::min();
    newest_evicted_.reset();
  }

  /// Bytes taken on the heap.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return hashes_.capacity() * sizeof(held_hash) + received_.capacity() * sizeof(steady_time) +
        index_.memory_bytes();
  }

  /// The index cells that one look-up, insertion or removal may read at present, at most. For tests and diagnosis.
  [[nodiscard]] std::size_t longest_scan() const noexcept { return index_.longest_scan(); }

 private:
  using slot_number = hash_index::slot_number;

  /// Aligned, so that a hash never lies across two cache lines.
  struct alignas(message_hash::size) held_hash {
    message_hash hash;
  };

  static constexpr std::size_t bounded(std::size_t asked) noexcept {
    if (asked == 0) return 1;
    return asked < capacity_max ? asked : capacity_max;
  }

  [[nodiscard]] slot_number slot_of(std::uint64_t mixed, const message_hash& hash) const noexcept {
    return index_.find(mixed, [&](slot_number slot) { return hashes_[slot].hash == hash; });
  }
  /// The first slot that may have a hash, or none; begins to load the hash there.
  [[nodiscard]] slot_number likely_slot(std::uint64_t mixed) const noexcept {
    const slot_number slot = index_.find(mixed, [](slot_number) { return true; });
    if (slot != hash_index::none) reliability::prefetch(&hashes_[slot]);
    return slot;
  }
  /// False for a slot of the ring whose hash was erased.
  [[nodiscard]] bool holds(std::size_t slot) const noexcept {
    const auto same = [slot](slot_number other) { return other == slot; };
    return index_.find(key_hash_(hashes_[slot].hash), same) != hash_index::none;
  }
  [[nodiscard]] std::size_t ring_slot(std::size_t offset) const noexcept {
    const std::size_t slot = oldest_ + offset;
    return slot < capacity_ ? slot : slot - capacity_;
  }

  /// Adds a hash that is not held.
  seen_insertion add(std::uint64_t mixed, const message_hash& hash, steady_time received) {
    seen_insertion done = seen_insertion::added;
    if (span_ == capacity_) {
      const steady_time leaving = received_[oldest_];
      if (drop_oldest() && leaving >= due_before_) {
        newest_evicted_ = leaving;
        done = seen_insertion::added_and_evicted_oldest;
      }
    }
    const std::size_t slot = ring_slot(span_);
    if (slot == hashes_.size()) {
      hashes_.push_back({hash});
      received_.push_back(received);
    } else {
      hashes_[slot].hash = hash;
      received_[slot] = received;
    }
    index_.insert(mixed, static_cast<slot_number>(slot));
    ++span_;
    ++changes_;
    return done;
  }

  /// False if the hash was erased before. An empty ring starts over, to stay in few pages.
  bool drop_oldest() noexcept {
    // The next ones to leave are known, so what their leaving reads is loaded meanwhile.
    constexpr std::size_t ahead = 4;
    if (span_ > ahead) prefetch(hashes_[ring_slot(ahead)].hash);
    const bool held = index_.erase(key_hash_(hashes_[oldest_].hash), static_cast<slot_number>(oldest_));
    --span_;
    ++changes_;
    oldest_ = span_ == 0 ? 0 : ring_slot(1);
    return held;
  }

  std::size_t capacity_;
  KeyHash key_hash_;
  hash_index index_;
  compiled_with<KeyHash, std::vector<held_hash>> hashes_;      ///< a ring, in the order of receipt
  compiled_with<KeyHash, std::vector<steady_time>> received_;  ///< for each of hashes_
  std::size_t oldest_ = 0;                                     ///< the ring slot of the oldest hash
  std::size_t span_ = 0;  ///< ring slots in use, those of erased hashes included
  std::uint64_t changes_ = 0;  ///< of what is held, so far
  steady_time latest_ = steady_time::min();
  steady_time due_before_ = steady_time::min();  ///< what was received before it is due to leave
  std::optional<steady_time> newest_evicted_;
};

}  // namespace waku::reliability
