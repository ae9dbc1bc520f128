// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include <waku/reliability/cache/hash_index.hpp>
#include <waku/reliability/cache/keyed_mix.hpp>
#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/core/message_hash.hpp>

namespace waku::reliability {

/// Names an entry of an outgoing buffer while it is live. Slot numbers are small, dense and used again.
using buffer_slot = std::uint32_t;

/// Keeps what was handed over for sending until its outcome: a bounded table whose entries never move, are
/// found by slot or by hash, and are walked from the oldest to the newest.
///
/// A slot exists before its hash is known (a message is stamped when it first leaves), so finding by hash is
/// a second step: index(). Every operation is O(1). Memory: some 9 bytes of index for each slot that may be
/// findable at a time, at once; entries in chunks of 32 as they are first needed, kept from then on. So nothing
/// is allocated once the buffer has been as full as it gets. Move-only, which keeps the addresses of entries; a
/// moved-from buffer may be destroyed or assigned to.
template <class Entry, class KeyHash = keyed_mix>
class outgoing_buffer {
  static_assert(std::is_default_constructible_v<Entry> && std::is_move_assignable_v<Entry>,
                "an Entry is default constructible and movable: release() assigns Entry{}");
  static_assert(message_hash_mix<KeyHash>,
                "KeyHash is made from a 64-bit secret and maps a message_hash to std::uint64_t, noexcept");

 public:
  static constexpr std::size_t capacity_max = hash_index::slots_max;

  /// Holds at most `capacity_entries` entries; more than capacity_max (134,217,727) counts as capacity_max.
  /// The secret should be random for each instance.
  outgoing_buffer(std::size_t capacity_entries, std::uint64_t secret)
      : outgoing_buffer(capacity_entries, capacity_entries, secret) {}

  /// Likewise, where at most `indexed_entries` of them can be found by hash at any time.
  outgoing_buffer(std::size_t capacity_entries, std::size_t indexed_entries, std::uint64_t secret)
      : capacity_(min_of(capacity_entries, capacity_max)),
        indexed_max_(min_of(indexed_entries, capacity_)),
        key_hash_(secret),
        index_(capacity_, indexed_max_) {}

  outgoing_buffer(outgoing_buffer&&) noexcept = default;
  outgoing_buffer& operator=(outgoing_buffer&&) noexcept = default;

  /// Takes a slot whose entry equals Entry{}, as the newest in age; nullopt when the buffer is full.
  [[nodiscard]] std::optional<buffer_slot> acquire() {
    if (full()) return std::nullopt;
    const buffer_slot slot = free_ != none ? free_ : add_record();
    record& taken = at(slot);
    free_ = free_ != none ? taken.newer : none;
    taken.state = slot_state::fresh;
    taken.older = newest_;
    taken.newer = none;
    (newest_ != none ? at(newest_).newer : oldest_) = slot;
    newest_ = slot;
    ++size_;
    return slot;
  }

  /// Makes a live slot findable by `hash`. The slot has no hash yet, and no other slot has this one.
  void index(buffer_slot slot, const message_hash& hash) {
    assert(live(slot) && "only a live slot has a hash");
    assert(at(slot).state != slot_state::indexed && "the slot has a hash already: unindex() it first");
    assert(!find(hash) && "another slot has this hash");
    assert(index_.size() < indexed_max_ && "more entries are to be found than the buffer was made for");
    at(slot).hash = hash;
    at(slot).state = slot_state::indexed;
    index_.insert(key_hash_(hash), slot);
  }

  /// Makes a slot findable no more; no-op if it is not.
  void unindex(buffer_slot slot) {
    assert(live(slot) && "only a live slot has a hash");
    if (at(slot).state != slot_state::indexed) return;
    index_.erase(key_hash_(at(slot).hash), slot);
    at(slot).state = slot_state::unindexed;
  }

  /// The live slot that index() gave this hash.
  [[nodiscard]] std::optional<buffer_slot> find(const message_hash& hash) const {
    const auto same = [&](buffer_slot slot) { return at(slot).hash == hash; };
    const buffer_slot slot = index_.find(key_hash_(hash), same);
    if (slot == hash_index::none) return std::nullopt;
    return slot;
  }

  /// Begins to load what find(hash), index() and unindex() read first.
  void prefetch(const message_hash& hash) const noexcept { index_.prefetch(key_hash_(hash)); }

  /// The hash that index() gave this live slot last, whether it can be found by it still or not.
  [[nodiscard]] const message_hash& hash(buffer_slot slot) const {
    assert(live(slot) && at(slot).state != slot_state::fresh && "the slot was given no hash");
    return at(slot).hash;
  }

  /// Ends a live slot: takes its hash away and resets its entry to Entry{}. The slot number may be used
  /// again.
  void release(buffer_slot slot) {
    unindex(slot);
    record& ended = at(slot);
    (ended.older != none ? at(ended.older).newer : oldest_) = ended.newer;
    (ended.newer != none ? at(ended.newer).older : newest_) = ended.older;
    ended.state = slot_state::free;
    ended.newer = free_;
    free_ = slot;
    --size_;
    ended.entry = Entry{};
  }

  /// The entry of a live slot. Its address stays until release().
  [[nodiscard]] Entry& operator[](buffer_slot slot) {
    assert(live(slot) && "the slot is not live");
    return at(slot).entry;
  }
  [[nodiscard]] const Entry& operator[](buffer_slot slot) const {
    assert(live(slot) && "the slot is not live");
    return at(slot).entry;
  }

  /// True between acquire() and release(). Any number may be asked about.
  [[nodiscard]] bool live(buffer_slot slot) const noexcept {
    return slot < records_ && at(slot).state != slot_state::free;
  }

  /// The live slot that was acquired first.
  [[nodiscard]] std::optional<buffer_slot> oldest() const noexcept { return some(oldest_); }

  /// The live slot that was acquired next after this live one. Ask before releasing this one.
  [[nodiscard]] std::optional<buffer_slot> next(buffer_slot slot) const {
    assert(live(slot) && "only a live slot has an age");
    return some(at(slot).newer);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == capacity_; }

  /// Bytes taken on the heap, without what the entries themselves own.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return chunks_.capacity() * sizeof(chunks_[0]) + chunks_.size() * chunk_size * sizeof(record) +
           index_.memory_bytes();
  }

 private:
  static constexpr buffer_slot none = hash_index::none;
  static constexpr std::size_t chunk_size = 32;

  enum class slot_state : std::uint8_t { free, fresh, indexed, unindexed };

  // What is looked at when a slot comes, is found or goes stands together.
  struct record {
    message_hash hash;
    buffer_slot older = none;
    buffer_slot newer = none;  ///< of a free record: the next free one
    slot_state state = slot_state::free;
    Entry entry{};
  };

  static std::optional<buffer_slot> some(buffer_slot slot) noexcept {
    if (slot == none) return std::nullopt;
    return slot;
  }

  [[nodiscard]] record& at(buffer_slot slot) noexcept {
    return chunks_[slot / chunk_size][slot % chunk_size];
  }
  [[nodiscard]] const record& at(buffer_slot slot) const noexcept {
    return chunks_[slot / chunk_size][slot % chunk_size];
  }

  buffer_slot add_record() {
    if (records_ == chunks_.size() * chunk_size) chunks_.emplace_back(chunk_size);
    return static_cast<buffer_slot>(records_++);
  }

  std::size_t capacity_;
  std::size_t indexed_max_;
  KeyHash key_hash_;
  hash_index index_;
  std::vector<std::vector<record>> chunks_;  ///< each made at its full size, so that records never move
  std::size_t records_ = 0;                  ///< records used so far, live or free
  std::size_t size_ = 0;
  buffer_slot free_ = none;
  buffer_slot oldest_ = none;
  buffer_slot newest_ = none;
};

}  // namespace waku::reliability
