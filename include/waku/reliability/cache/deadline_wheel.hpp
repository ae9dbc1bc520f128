// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// Names one deadline of a deadline_wheel. It stays safe to use after the deadline fired or was cancelled: then
/// it names nothing.
struct deadline_ticket {
  static constexpr std::uint32_t none = 0xffffffffU;

  std::uint32_t slot = none;
  std::uint32_t generation = 0;

  /// True for a ticket that arm() gave and cancel() did not take back. armed() tells whether it still counts.
  explicit operator bool() const noexcept { return slot != none; }
  friend bool operator==(const deadline_ticket&, const deadline_ticket&) = default;
};

/// Deadlines, exact to the nanosecond, each with a key that says what it is for.
///
/// A hierarchical timing wheel with ticks of 2^20 ns (1.05 ms) and 64 buckets a level, whose buckets are
/// pairing heaps: the wheel makes arm() and most cancels O(1), the heap of the one bucket that is due gives
/// the exact order. Bitmaps skip what is empty, so a jump over years costs no more than one over a tick.
/// Times may be any, before zero, in the past or centuries ahead. Memory: 2 KB in place, and 32 bytes plus
/// the key for each deadline at the highest count so far; nothing is allocated below that count. A wheel that
/// was moved from may be destroyed or assigned to.
///
/// Deterministic: deadlines fire in the order of time, and those at the same time in the order of arming.
template <class Key>
class deadline_wheel {
  static_assert(std::is_trivially_copyable_v<Key> && std::is_default_constructible_v<Key>,
                "a Key is small, trivially copyable and default constructible: an id, not an object");

 public:
  static constexpr std::uint32_t none = deadline_ticket::none;

  using ticket = deadline_ticket;

  deadline_wheel() {
    for (std::uint32_t& bucket : buckets_) bucket = none;
  }

  /// Arms a deadline; `key` is handed back when it fires. One that lies in the past fires in the next
  /// advance(). O(1).
  ticket arm(steady_time at, const Key& key) {
    const std::uint32_t slot = take_node();
    node& taken = nodes_[slot];
    taken.at = at;
    taken.order = next_order_++;
    taken.key = key;
    if (firing_ && at <= firing_until_) {
      deferred_ = joined(deferred_, slot);
    } else {
      put_in_bucket(slot);
    }
    ++size_;
    return {slot, taken.generation};
  }

  /// Has a deadline fire at `at` or earlier: keeps that of `given` if it is armed and not later, else arms it
  /// anew. As cancel() and arm().
  void arm_by(ticket& given, steady_time at, const Key& key) {
    const auto armed_at = deadline(given);
    if (armed_at && *armed_at <= at) return;
    cancel(given);
    given = arm(at, key);
  }

  /// Takes a deadline back, so that it never fires, and empties the ticket. True if it was still armed; a
  /// ticket that is empty, fired or cancelled is a no-op. O(1) for most deadlines, amortised O(log n) for the
  /// next of many.
  bool cancel(ticket& given) noexcept {
    const ticket named = given;
    given = ticket{};
    if (!armed(named)) return false;
    remove(named.slot);
    return true;
  }

  [[nodiscard]] bool armed(const ticket& given) const noexcept {
    return given.slot < nodes_.size() && nodes_[given.slot].generation == given.generation;
  }

  /// When an armed deadline will fire; nullopt if it is not armed.
  [[nodiscard]] std::optional<steady_time> deadline(const ticket& given) const {
    if (!armed(given)) return std::nullopt;
    return nodes_[given.slot].at;
  }

  /// The earliest deadline armed, exactly. O(1).
  [[nodiscard]] std::optional<steady_time> next() const {
    std::uint32_t first = earliest();
    if (first == none || (deferred_ != none && sooner(deferred_, first))) first = deferred_;
    if (first == none) return std::nullopt;
    return nodes_[first].at;
  }

  /// Fires every deadline that is not after `now`: calls fired(key) for each, in order, and returns how many.
  /// `fired` may arm and cancel, also what is about to fire; what it arms fires in the next advance() at the
  /// earliest. If it throws, the rest stays armed. A `now` before an earlier one is fine. Not to be called
  /// from `fired`.
  template <class F>
  std::size_t advance(steady_time now, F&& fired) {
    assert(!firing_ && "advance() is not called from a deadline that fires");
    const firing_scope scope{*this, now};
    std::size_t count = 0;
    for (std::uint32_t first = earliest(); first != none && nodes_[first].at <= now; first = earliest()) {
      const Key key = nodes_[first].key;
      remove(first);
      ++count;
      fired(key);
    }
    move_position(tick_of(now));
    return count;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Takes every deadline back. Keeps the memory. O(highest count so far).
  void clear() noexcept {
    for (std::uint32_t& bucket : buckets_) bucket = none;
    for (std::uint64_t& digits : filled_) digits = 0;
    filled_levels_ = 0;
    current_ = none;
    deferred_ = none;
    free_ = none;
    for (std::size_t slot = nodes_.size(); slot-- > 0;) give_back(static_cast<std::uint32_t>(slot));
    size_ = 0;
  }

 private:
  // A tick has 44 bits, read as eight digits to the base 64, of which the highest is below 4. The wheel
  // stands at position_. A deadline of a later tick is kept on the level of the highest digit in which its
  // tick differs from the position, in the bucket of that digit. So all of a level comes before all of the
  // next one, and in a level the lower digit comes first. What is not after the position is in current_.
  static constexpr unsigned tick_shift = 20;
  static constexpr unsigned digit_bits = 6;
  static constexpr unsigned levels = 8;
  static constexpr std::size_t bucket_count = ((levels - 1) << digit_bits) + 4;

  /// An armed deadline is a node of a pairing heap; `before` is the left sibling, or the parent of a first
  /// child.
  struct node {
    steady_time at{};
    std::uint64_t order = 0;
    std::uint32_t child = none;
    std::uint32_t sibling = none;  ///< of a free node: the next free one
    std::uint32_t before = none;
    std::uint32_t generation = 0;  ///< goes up whenever the node ends, so that old tickets do not fit
    Key key{};
  };

  /// While it lives, deadlines armed at or before `now` wait aside; at the end they join the others.
  struct firing_scope {
    firing_scope(deadline_wheel& of, steady_time now) noexcept : wheel(of) {
      wheel.firing_ = true;
      wheel.firing_until_ = now;
    }
    ~firing_scope() {
      wheel.firing_ = false;
      const std::uint32_t waiting = wheel.deferred_;
      wheel.deferred_ = none;
      wheel.scatter(waiting);
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

  std::uint32_t take_node() {
    if (free_ == none) {
      assert(nodes_.size() < none && "a slot number has 32 bits");
      nodes_.emplace_back();
      return static_cast<std::uint32_t>(nodes_.size() - 1);
    }
    const std::uint32_t slot = free_;
    free_ = nodes_[slot].sibling;
    nodes_[slot].sibling = none;
    return slot;
  }

  void give_back(std::uint32_t slot) noexcept {
    node& ended = nodes_[slot];
    ++ended.generation;
    ended.child = none;
    ended.before = none;
    ended.sibling = free_;
    free_ = slot;
  }

  /// The first to fire, what waits aside not counted.
  [[nodiscard]] std::uint32_t earliest() const noexcept {
    if (current_ != none) return current_;
    if (filled_levels_ == 0) return none;
    const auto level = static_cast<unsigned>(std::countr_zero(filled_levels_));
    return buckets_[(level << digit_bits) + static_cast<unsigned>(std::countr_zero(filled_[level]))];
  }

  [[nodiscard]] bool sooner(std::uint32_t a, std::uint32_t b) const noexcept {
    const node& left = nodes_[a];
    const node& right = nodes_[b];
    return left.at != right.at ? left.at < right.at : left.order < right.order;
  }

  static unsigned level_of(std::uint64_t tick, std::uint64_t position) noexcept {
    return (static_cast<unsigned>(std::bit_width(tick ^ position)) - 1) / digit_bits;
  }
  static unsigned digit_of(std::uint64_t tick, unsigned level) noexcept {
    return static_cast<unsigned>(tick >> (level * digit_bits)) & ((1U << digit_bits) - 1);
  }

  void put_in_bucket(std::uint32_t slot) noexcept {
    const std::uint64_t tick = tick_of(nodes_[slot].at);
    if (tick <= position_) {
      current_ = joined(current_, slot);
      return;
    }
    const unsigned level = level_of(tick, position_);
    const unsigned digit = digit_of(tick, level);
    std::uint32_t& bucket = buckets_[(level << digit_bits) + digit];
    bucket = joined(bucket, slot);
    filled_[level] |= std::uint64_t{1} << digit;
    filled_levels_ |= 1U << level;
  }

  /// Makes `heap` the content of the bucket whose first node was `slot`.
  void replace_bucket_of(std::uint32_t slot, std::uint32_t heap) noexcept {
    const std::uint64_t tick = tick_of(nodes_[slot].at);
    if (slot == deferred_) {
      deferred_ = heap;
    } else if (tick <= position_) {
      current_ = heap;
    } else {
      const unsigned level = level_of(tick, position_);
      set_bucket(level, digit_of(tick, level), heap);
    }
  }

  void set_bucket(unsigned level, unsigned digit, std::uint32_t heap) noexcept {
    buckets_[(level << digit_bits) + digit] = heap;
    if (heap != none) return;
    filled_[level] &= ~(std::uint64_t{1} << digit);
    if (filled_[level] == 0) filled_levels_ &= ~(1U << level);
  }

  void remove(std::uint32_t slot) noexcept {
    const node ended = nodes_[slot];
    const std::uint32_t rest = joined_siblings(ended.child);
    if (ended.before == none) {
      replace_bucket_of(slot, rest);
    } else {
      // What is under a node may stand in its place: it is later than all that is above.
      const std::uint32_t successor = rest != none ? rest : ended.sibling;
      if (rest != none) {
        nodes_[rest].sibling = ended.sibling;
        if (ended.sibling != none) nodes_[ended.sibling].before = rest;
      }
      node& previous = nodes_[ended.before];
      (previous.child == slot ? previous.child : previous.sibling) = successor;
      if (successor != none) nodes_[successor].before = ended.before;
    }
    give_back(slot);
    --size_;
  }

  /// Joins two heaps, either of which may be empty; returns the first node of both.
  std::uint32_t joined(std::uint32_t a, std::uint32_t b) noexcept {
    if (a == none) return b;
    if (b == none) return a;
    const std::uint32_t parent = sooner(a, b) ? a : b;
    const std::uint32_t under = parent == a ? b : a;
    const std::uint32_t child = nodes_[parent].child;
    nodes_[under].sibling = child;
    if (child != none) nodes_[child].before = under;
    nodes_[under].before = parent;
    nodes_[parent].child = under;
    return parent;
  }

  /// Makes one heap of a list of siblings: joins them in pairs, then the pairs from the last to the first.
  std::uint32_t joined_siblings(std::uint32_t sibling) noexcept {
    std::uint32_t pairs = none;
    while (sibling != none) {
      const std::uint32_t a = detached(sibling);
      const std::uint32_t b = sibling != none ? detached(sibling) : none;
      const std::uint32_t pair = joined(a, b);
      nodes_[pair].sibling = pairs;
      pairs = pair;
    }
    std::uint32_t heap = none;
    while (pairs != none) {
      const std::uint32_t pair = detached(pairs);
      heap = joined(heap, pair);
    }
    return heap;
  }

  /// Takes the first heap off a list of siblings.
  std::uint32_t detached(std::uint32_t& list) noexcept {
    const std::uint32_t first = list;
    list = nodes_[first].sibling;
    nodes_[first].sibling = none;
    nodes_[first].before = none;
    return first;
  }

  /// Puts every node of a heap into the bucket where it belongs now.
  void scatter(std::uint32_t heap) noexcept {
    std::uint32_t remaining = heap;
    while (remaining != none) {
      const std::uint32_t slot = detached(remaining);
      std::uint32_t children = nodes_[slot].child;
      nodes_[slot].child = none;
      while (children != none) {
        const std::uint32_t child = detached(children);
        nodes_[child].sibling = remaining;
        remaining = child;
      }
      put_in_bucket(slot);
    }
  }

  /// Moves the wheel on. All that remains is after the new position or in its tick, so only the bucket into
  /// which the position moves has to be spread over the levels below.
  void move_position(std::uint64_t tick) noexcept {
    if (tick <= position_) return;
    const unsigned level = level_of(tick, position_);
    const unsigned digit = digit_of(tick, level);
    position_ = tick;
    const std::uint32_t heap = buckets_[(level << digit_bits) + digit];
    set_bucket(level, digit, none);
    scatter(heap);
  }

  std::vector<node> nodes_;
  std::uint32_t buckets_[bucket_count];
  std::uint64_t filled_[levels]{};   ///< for each level a bit for each bucket that is not empty
  std::uint32_t filled_levels_ = 0;  ///< a bit for each level that is not empty
  std::uint32_t current_ = none;     ///< what is not after the position's tick
  std::uint32_t deferred_ = none;    ///< armed while firing, for the next advance()
  std::uint32_t free_ = none;
  std::uint64_t position_ = 0;
  std::uint64_t next_order_ = 0;
  std::size_t size_ = 0;
  bool firing_ = false;
  steady_time firing_until_{};
};

}  // namespace waku::reliability
