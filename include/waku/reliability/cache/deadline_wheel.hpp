// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include <waku/reliability/cache/deadline_heap.hpp>
#include <waku/reliability/cache/deadline_ticket.hpp>
#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/prefetch.hpp>

namespace waku::reliability {

/// Deadlines, exact to the nanosecond, each with a key that says what it is for.
///
/// A hierarchical timing wheel with ticks of 2^20 ns (1.05 ms) and 64 buckets a level, whose buckets are unsorted
/// chunks; what is at most as late as the position of the wheel stands in a heap. The position moves just so far that
/// the earliest deadline is in the heap, and the bucket that it enters is spread over the levels below; so the order
/// is exact, and most deadlines never have to be sorted. A cancelled deadline stays where it is as something that has
/// ended: only its slot is given back with a new generation, which the item no longer fits. So cancel() touches one
/// place in memory, where to unlink a deadline is to wait for its neighbours too. Nor does it wait for that place: it
/// is asked for, and the ticket put aside with up to 15 others until somebody looks. What has ended goes when its
/// bucket is spread, or in one pass over the memory when it is half of the whole, which for a million deadlines takes
/// some 20 ms.
///
/// Times may be any, before zero, in the past or centuries ahead. Memory: 2 KB in place, and for each deadline at the
/// highest count so far 100 bytes plus the key, and 256 more for the first 226; nothing is allocated
/// below that count. A wheel that was moved from may be destroyed or assigned to.
///
/// Deterministic: deadlines fire in the order of time, and those at the same time in the order of arming. (Timing
/// wheels: Varghese and Lauck, Hashed and Hierarchical Timing Wheels, 1987.)
template <class Key>
class deadline_wheel {
  static_assert(std::is_trivially_copyable_v<Key> && std::is_default_constructible_v<Key>,
                "a Key is small, trivially copyable and default constructible: an id, not an object");

 public:
  static constexpr std::uint32_t none = deadline_ticket::none;

  using ticket = deadline_ticket;

  deadline_wheel() { buckets_.fill(none); }

  /// Arms a deadline; `key` is handed back when it fires. One that lies in the past fires in the next
  /// advance(). Amortised O(1), or O(log n) where it is sooner than others, n of which are as near.
  ticket arm(steady_time at, const Key& key) {
    // What was cancelled and has its slot yet is no reason to take memory.
    if (free_.empty() && slots_.size() == slots_.capacity()) settle();
    if (free_.empty()) add_slot();
    if (held_ >= items_per_slot * slots_.size()) remove_all_ended();
    if (held_ == 0) position_ = tick_of(at);
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    const item armed{at, next_order_++, slot};
    slots_[slot] = {armed.order, key};
    ++held_;
    if (firing_ && at <= firing_until_) {
      if (aside_.size() == aside_.capacity()) remove_ended_aside();
      aside_.push_back(armed);
    } else {
      put(armed);
      if (near_.empty()) find_earliest();
    }
    return {slot, armed.order};
  }

  /// Has a deadline fire at `at` or earlier: keeps `given` if it is armed and not later, else arms it anew. As
  /// cancel() and arm().
  void arm_by(planned_deadline& given, steady_time at, const Key& key) {
    if (armed(given.ticket) && given.at <= at) return;
    cancel(given.ticket);
    given = {arm(at, key), at};
  }

  /// Takes a deadline back, so that it never fires, and empties the ticket. A ticket that is empty, fired or cancelled
  /// is a no-op. O(1), but as advance() for the next to fire.
  void cancel(ticket& given) noexcept {
    const ticket named = given;
    given = ticket{};
    if (named.slot >= slots_.size()) return;
    prefetch(&slots_[named.slot]);
    cancelled_[cancelled_count_++] = named;
    if (cancelled_count_ == cancelled_.size()) settle();
  }

  [[nodiscard]] bool armed(const ticket& given) const noexcept {
    if (!fits(given)) return false;
    for (std::size_t each = 0; each < cancelled_count_; ++each) {
      if (cancelled_[each] == given) return false;
    }
    return true;
  }

  /// The earliest deadline armed, exactly. O(1), but after cancel() as advance() for the next to fire, and in advance()
  /// it also looks at what was armed there.
  [[nodiscard]] std::optional<steady_time> next() {
    settle();
    std::optional<steady_time> first;
    if (!near_.empty()) first = near_.first().at;
    for (const item& each : aside_) {
      if (!ended(each) && (!first || each.at < *first)) first = each.at;
    }
    return first;
  }

  /// Fires every deadline that is not after `now`: calls fired(key) for each, in order, and returns how many.
  /// `fired` may arm and cancel, also what is about to fire; what it arms fires in the next advance() at the
  /// earliest. If it throws, the rest stays armed. A `now` before an earlier one is fine. Not to be called
  /// from `fired`. Amortised O(1) for each, and O(log n) for n in the same tick.
  template <class F>
  std::size_t advance(steady_time now, F&& fired) {
    assert(!firing_ && "advance() is not called from a deadline that fires");
    settle();
    const firing_scope scope{*this, now};
    std::size_t count = 0;
    while (!near_.empty() && near_.first().at <= now) {
      const std::uint32_t slot = near_.first().slot;
      const Key key = slots_[slot].key;
      give_back(slot);
      find_earliest();
      ++count;
      fired(key);
      settle();
    }
    return count;
  }

  /// How many are armed.
  [[nodiscard]] std::size_t size() noexcept { return settle(), slots_.size() - free_.size(); }
  [[nodiscard]] bool empty() noexcept { return size() == 0; }

  /// Takes every deadline back. Keeps the memory. O(highest count so far).
  void clear() noexcept {
    forget_all();
    cancelled_count_ = 0;
    free_.clear();
    for (std::size_t slot = slots_.size(); slot-- > 0;) give_back(static_cast<std::uint32_t>(slot));
  }

 private:
  // A tick has 44 bits, read as eight digits to the base 64, of which the highest is below 4. The wheel
  // stands at position_. A deadline of a later tick is kept on the level of the highest digit in which its
  // tick differs from the position, in the bucket of that digit. So all of a level comes before all of the
  // next one, and in a level the lower digit comes first. What is not after the position is in near_.
  static constexpr unsigned tick_shift = 20;
  static constexpr unsigned digit_bits = 6;
  static constexpr unsigned levels = 8;
  static constexpr std::size_t bucket_count = ((levels - 1) << digit_bits) + 4;
  static constexpr std::size_t items_per_slot = 2;
  static constexpr std::size_t chunks_ahead = 4;  ///< whose slots are fetched

  /// What cancel() and the next arm() touch, together.
  struct slot_content {
    std::uint32_t generation = 0;  ///< the order of what is armed there, or another number
    Key key{};
  };

  using item = deadline_item;

  /// Some items of a bucket: two cache lines of them. Only the chunk that is filled now has room.
  struct alignas(64) chunk {
    static constexpr std::uint32_t room = 7;

    std::array<item, room> items;
    std::uint32_t filled;  ///< of a free one: 0
    std::uint32_t next;  ///< the chunk of the bucket that was filled before; of a free one: the next free one
  };

  /// While it lives, deadlines armed at or before `now` wait aside; at the end they join the others.
  struct firing_scope {
    firing_scope(deadline_wheel& of, steady_time now) noexcept : wheel(of) {
      wheel.firing_ = true;
      wheel.firing_until_ = now;
    }
    ~firing_scope() {
      wheel.firing_ = false;
      wheel.settle();
      wheel.remove_ended_aside();
      for (const item& waiting : wheel.aside_) wheel.put(waiting);
      wheel.aside_.clear();
      wheel.find_earliest();
    }
    firing_scope(const firing_scope&) = delete;
    firing_scope& operator=(const firing_scope&) = delete;

    deadline_wheel& wheel;
  };

  /// Ticks since the earliest steady time there is, so that the order holds across zero.
  static std::uint64_t tick_of(steady_time at) noexcept {
    const auto nanoseconds = static_cast<std::uint64_t>(at.time_since_epoch().count());
    return (nanoseconds ^ (std::uint64_t{1} << 63)) >> tick_shift;
  }

  void add_slot() {
    assert(slots_.size() < none && "a slot number has 32 bits");
    if (slots_.size() == slots_.capacity()) {
      const std::size_t more = slots_.empty() ? 8 : 2 * slots_.size();
      // In each bucket one chunk may be filled in part, and one more is being spread.
      const std::size_t items = items_per_slot * more;
      chunks_.reserve(items / chunk::room + min_of(items, bucket_count) + 1);
      near_.reserve(items);
      aside_.reserve(more);
      free_.reserve(more);
      slots_.reserve(more);
    }
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }

  void give_back(std::uint32_t slot) noexcept {
    ++slots_[slot].generation;
    free_.push_back(slot);
  }

  [[nodiscard]] bool fits(const ticket& given) const noexcept {
    return given.slot < slots_.size() && slots_[given.slot].generation == given.generation;
  }
  /// Gives back the slots of what was cancelled.
  void settle() noexcept {
    if (cancelled_count_ == 0) return;
    for (std::size_t each = 0; each < cancelled_count_; ++each) {
      if (fits(cancelled_[each])) give_back(cancelled_[each].slot);
    }
    cancelled_count_ = 0;
    find_earliest();
  }

  [[nodiscard]] bool ended(const item& each) const noexcept {
    return slots_[each.slot].generation != each.order;
  }

  /// Sees to it that the first of the heap is armed and the earliest of all, if any is armed.
  void find_earliest() noexcept {
    if (free_.size() == slots_.size()) return forget_all();
    for (;;) {
      for (; !near_.empty() && ended(near_.first()); --held_) near_.remove_first();
      if (!near_.empty() || filled_levels_ == 0) return;
      move_to_next_bucket();
    }
  }

  void forget_all() noexcept {
    empty_buckets();
    chunks_.clear();
    near_.clear();
    aside_.clear();
    held_ = 0;
  }
  void empty_buckets() noexcept {
    for (; filled_levels_ != 0; filled_levels_ &= filled_levels_ - 1) {
      const auto level = static_cast<unsigned>(std::countr_zero(filled_levels_));
      for (; filled_[level] != 0; filled_[level] &= filled_[level] - 1)
        buckets_[(level << digit_bits) + static_cast<unsigned>(std::countr_zero(filled_[level]))] = none;
    }
    free_chunk_ = none;
  }

  // Items are handed on by value: one that was just written to memory in parts and is read as a whole waits until all
  // that was written before, be it to cold memory, has arrived there.
  void put(item armed) noexcept {
    const std::uint64_t tick = tick_of(armed.at);
    if (tick <= position_) return near_.put(armed);
    const unsigned level = (static_cast<unsigned>(std::bit_width(tick ^ position_)) - 1) / digit_bits;
    const unsigned digit = static_cast<unsigned>(tick >> (level * digit_bits)) & ((1U << digit_bits) - 1);
    std::uint32_t& bucket = buckets_[(level << digit_bits) + digit];
    if (bucket == none || chunks_[bucket].filled == chunk::room) bucket = take_chunk(bucket);
    chunk& into = chunks_[bucket];
    into.items[into.filled++] = armed;
    filled_[level] |= std::uint64_t{1} << digit;
    filled_levels_ |= 1U << level;
  }

  std::uint32_t take_chunk(std::uint32_t next) noexcept {
    std::uint32_t taken = free_chunk_;
    if (taken != none) {
      free_chunk_ = chunks_[taken].next;
    } else {
      assert(chunks_.size() < chunks_.capacity() && "there are chunks for all items that there can be");
      taken = static_cast<std::uint32_t>(chunks_.size());
      chunks_.emplace_back();
    }
    chunks_[taken].filled = 0;
    chunks_[taken].next = next;
    return taken;
  }

  /// The chunk's items, which are handed on; it is free.
  chunk take_items(std::uint32_t from) noexcept {
    const chunk taken = chunks_[from];
    chunks_[from].filled = 0;
    chunks_[from].next = free_chunk_;
    free_chunk_ = from;
    return taken;
  }
  /// Whether an item has ended cannot be foretold, so that is no branch.
  void put_armed(const chunk& taken) noexcept {
    std::array<item, chunk::room> armed;
    std::uint32_t count = 0;
    for (std::uint32_t place = 0; place < taken.filled; ++place) {
      armed[count] = taken.items[place];
      count += ended(taken.items[place]) ? 0 : 1;
    }
    held_ -= taken.filled - count;
    for (std::uint32_t place = 0; place < count; ++place) put(armed[place]);
  }
  void empty_bucket(unsigned level, unsigned digit) noexcept {
    buckets_[(level << digit_bits) + digit] = none;
    filled_[level] &= ~(std::uint64_t{1} << digit);
    if (filled_[level] == 0) filled_levels_ &= ~(1U << level);
  }

  /// Takes the earliest bucket's items, moves the position to its first tick, and puts them where they belong now.
  /// All other buckets are of a higher digit there, or of a higher level, and so stay where they are.
  void move_to_next_bucket() noexcept {
    const auto level = static_cast<unsigned>(std::countr_zero(filled_levels_));
    const auto digit = static_cast<unsigned>(std::countr_zero(filled_[level]));
    const std::uint64_t below = (std::uint64_t{1} << (level * digit_bits)) - 1;
    const std::uint64_t digits = std::uint64_t{(1U << digit_bits) - 1} << (level * digit_bits);
    position_ = (position_ & ~(digits | below)) | std::uint64_t{digit} << (level * digit_bits);
    spread(level, digit);
  }

  /// Empties a bucket, and puts what is armed where it belongs now.
  void spread(unsigned level, unsigned digit) noexcept {
    std::uint32_t each = buckets_[(level << digit_bits) + digit];
    empty_bucket(level, digit);
    while (each != none) {
      const chunk taken = take_items(each);
      each = taken.next;
      if (each != none) {
        prefetch_slots(chunks_[each]);
        if (chunks_[each].next != none) prefetch(&chunks_[chunks_[each].next].next);
      }
      put_armed(taken);
    }
  }

  /// Takes out what has ended, everywhere. The buckets are filled anew chunk by chunk in the order of memory: what
  /// comes from one chunk goes to the bucket where it was, so there is always a chunk that is free already.
  void remove_all_ended() noexcept {
    settle();
    held_ -= near_.remove_if([this](const item& each) { return ended(each); });
    remove_ended_aside();
    empty_buckets();
    for (std::size_t each = 0; each < chunks_.size(); ++each) {
      if (each + chunks_ahead < chunks_.size()) prefetch_slots(chunks_[each + chunks_ahead]);
      put_armed(take_items(static_cast<std::uint32_t>(each)));
    }
  }
  void prefetch_slots(const chunk& of) const noexcept {
    for (std::uint32_t place = 0; place < of.filled; ++place) prefetch(&slots_[of.items[place].slot]);
  }
  void remove_ended_aside() noexcept {
    held_ -= std::erase_if(aside_, [this](const item& each) { return ended(each); });
  }

  std::vector<slot_content> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<chunk> chunks_;
  std::array<std::uint32_t, bucket_count> buckets_;  ///< of each the chunk that is filled now
  std::uint64_t filled_[levels]{};   ///< for each level a bit for each bucket that is not empty
  std::uint32_t filled_levels_ = 0;  ///< a bit for each level that is not empty
  std::uint32_t free_chunk_ = none;
  deadline_heap near_;
  std::array<ticket, 16> cancelled_;  ///< those whose slots were not given back yet
  std::size_t cancelled_count_ = 0;
  std::vector<item> aside_;  ///< armed while firing, for the next advance()
  std::size_t held_ = 0;     ///< items, armed or ended
  std::uint64_t position_ = 0;
  std::uint32_t next_order_ = 0;
  bool firing_ = false;
  steady_time firing_until_{};
};

}  // namespace waku::reliability
