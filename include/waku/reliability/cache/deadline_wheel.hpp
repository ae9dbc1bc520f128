// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include <waku/reliability/core/algorithm.hpp>
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
/// A heap with four children a node, in one array. A cancelled deadline stays in it as something that has ended: only
/// its slot is given back, at once, with a new generation, and the heap's item no longer fits it. So cancel() touches
/// one number, where to unlink a deadline is to wait for the memory of all its neighbours. When half of the array has
/// ended, or a quarter and the first is among it, all of that is taken out at once, in one pass over the array: for a
/// million deadlines some 20 ms, for a thousand some 10 us, so rarely that it is O(1) for each that has ended.
///
/// Times may be any, before zero, in the past or centuries ahead. Memory: 48 bytes plus the key for each deadline at
/// the highest count so far; nothing is allocated below that count. One that was moved from may be destroyed or
/// assigned to.
///
/// Deterministic: deadlines fire in the order of time, and those at the same time in the order of arming.
template <class Key>
class deadline_wheel {
  static_assert(std::is_trivially_copyable_v<Key> && std::is_default_constructible_v<Key>,
                "a Key is small, trivially copyable and default constructible: an id, not an object");

 public:
  static constexpr std::uint32_t none = deadline_ticket::none;

  using ticket = deadline_ticket;

  /// Arms a deadline; `key` is handed back when it fires. One that lies in the past fires in the next
  /// advance(). Amortised O(1), or O(log n) if it is sooner than most.
  ticket arm(steady_time at, const Key& key) {
    if (free_.empty()) add_slot();
    if (items_.size() >= items_per_slot * slots_.size()) remove_all_ended();
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot] = {at, key};
    const item armed{at, next_order_++, slot};
    generations_[slot] = armed.order;
    items_.push_back(armed);
    if (!firing_ || at > firing_until_) {
      if (firing_) items_.back() = items_[heap_size_];  // the first of those aside goes behind the others
      rise(heap_size_++, armed);
    }
    return {slot, armed.order};
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
  /// ticket that is empty, fired or cancelled is a no-op. O(1), but amortised O(log n) for the next to fire.
  bool cancel(ticket& given) noexcept {
    const ticket named = given;
    given = ticket{};
    if (!armed(named)) return false;
    give_back(named.slot);
    remove_ended_first();
    return true;
  }

  [[nodiscard]] bool armed(const ticket& given) const noexcept {
    return given.slot < generations_.size() && generations_[given.slot] == given.generation;
  }

  /// When an armed deadline will fire; nullopt if it is not armed.
  [[nodiscard]] std::optional<steady_time> deadline(const ticket& given) const {
    if (!armed(given)) return std::nullopt;
    return slots_[given.slot].at;
  }

  /// The earliest deadline armed, exactly. O(1), but in advance() it also looks at what was armed there.
  [[nodiscard]] std::optional<steady_time> next() const {
    std::optional<steady_time> first;
    if (heap_size_ > 0) first = items_[0].at;
    for (std::size_t place = heap_size_; place < items_.size(); ++place) {
      if (!ended(items_[place]) && (!first || items_[place].at < *first)) first = items_[place].at;
    }
    return first;
  }

  /// Fires every deadline that is not after `now`: calls fired(key) for each, in order, and returns how many.
  /// `fired` may arm and cancel, also what is about to fire; what it arms fires in the next advance() at the
  /// earliest. If it throws, the rest stays armed. A `now` before an earlier one is fine. Not to be called
  /// from `fired`. O(log n) for each.
  template <class F>
  std::size_t advance(steady_time now, F&& fired) {
    assert(!firing_ && "advance() is not called from a deadline that fires");
    const firing_scope scope{*this, now};
    std::size_t count = 0;
    while (heap_size_ > 0 && items_[0].at <= now) {
      const std::uint32_t slot = items_[0].slot;
      const Key key = slots_[slot].key;
      give_back(slot);
      remove_ended_first();
      ++count;
      fired(key);
    }
    return count;
  }

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size() - free_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Takes every deadline back. Keeps the memory. O(highest count so far).
  void clear() noexcept {
    items_.clear();
    heap_size_ = 0;
    free_.clear();
    for (std::size_t slot = slots_.size(); slot-- > 0;) give_back(static_cast<std::uint32_t>(slot));
  }

 private:
  static constexpr std::size_t children = 4;
  static constexpr std::size_t items_per_slot = 2;
  static constexpr std::size_t few_items = 64;

  struct slot_content {
    steady_time at{};
    Key key{};
  };

  /// A deadline in the heap; it has ended when its slot is at another generation. The order in which they were armed
  /// comes round after four billion: it is compared by the shorter way.
  struct item {
    steady_time at;
    std::uint32_t order;
    std::uint32_t slot;

    [[nodiscard]] bool sooner_than(const item& other) const noexcept {
      return at != other.at ? at < other.at : other.order - order - 1 < 0x7fffffffU;
    }
  };

  /// While it lives, deadlines armed at or before `now` wait aside; at the end they join the others.
  struct firing_scope {
    firing_scope(deadline_wheel& of, steady_time now) noexcept : wheel(of) {
      wheel.firing_ = true;
      wheel.firing_until_ = now;
    }
    ~firing_scope() {
      wheel.firing_ = false;
      while (wheel.heap_size_ < wheel.items_.size()) {
        if (wheel.ended(wheel.items_[wheel.heap_size_])) {
          wheel.remove(wheel.heap_size_);
        } else {
          wheel.rise(wheel.heap_size_, wheel.items_[wheel.heap_size_]);
          ++wheel.heap_size_;
        }
      }
    }
    firing_scope(const firing_scope&) = delete;
    firing_scope& operator=(const firing_scope&) = delete;

    deadline_wheel& wheel;
  };

  void add_slot() {
    assert(slots_.size() < none && "a slot number has 32 bits");
    if (slots_.size() == slots_.capacity()) {
      const std::size_t more = slots_.empty() ? 8 : 2 * slots_.size();
      items_.reserve(items_per_slot * more);
      free_.reserve(more);
      generations_.reserve(more);
      slots_.reserve(more);
    }
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    generations_.push_back(0);
    slots_.emplace_back();
  }

  void give_back(std::uint32_t slot) noexcept {
    ++generations_[slot];
    free_.push_back(slot);
  }

  [[nodiscard]] bool ended(const item& each) const noexcept {
    return generations_[each.slot] != each.order;
  }

  /// Keeps the first of the heap one that is armed.
  void remove_ended_first() noexcept {
    if (empty()) {
      items_.clear();
      heap_size_ = 0;
    }
    while (heap_size_ > 0 && ended(items_[0])) {
      if (4 * (items_.size() - size()) > items_.size() + few_items) {
        remove_all_ended();
      } else {
        remove(0);
      }
    }
  }

  /// Takes out what has ended and makes a heap of the rest, from its last parent to the first.
  void remove_all_ended() noexcept {
    std::size_t kept = 0;
    std::size_t heap_kept = 0;
    for (std::size_t place = 0; place < items_.size(); ++place) {
      if (place == heap_size_) heap_kept = kept;
      items_[kept] = items_[place];
      kept += ended(items_[place]) ? 0U : 1U;
    }
    heap_size_ = heap_size_ == items_.size() ? kept : heap_kept;
    items_.resize(kept);
    for (std::size_t parents = (heap_size_ + children - 2) / children; parents-- > 0;) {
      const item moved = items_[parents];
      items_[sunk(parents, moved)] = moved;
    }
  }

  /// Takes out what is at `place`, in the heap or aside.
  void remove(std::size_t place) noexcept {
    std::size_t hole = place;
    if (place < heap_size_) {
      hole = --heap_size_;
      const item last = items_[hole];
      if (place < heap_size_) rise(sunk(place, last), last);
    }
    items_[hole] = items_.back();
    items_.pop_back();
  }

  /// Puts `moved` into the empty `place`, or as far above as it has to be.
  void rise(std::size_t place, item moved) noexcept {
    while (place > 0) {
      const std::size_t parent = (place - 1) / children;
      if (!moved.sooner_than(items_[parent])) break;
      items_[place] = items_[parent];
      place = parent;
    }
    items_[place] = moved;
  }

  /// Where under the empty `place` there is room for `moved`; what is sooner goes up.
  std::size_t sunk(std::size_t place, const item& moved) noexcept {
    for (;;) {
      const std::size_t first = children * place + 1;
      if (first >= heap_size_) return place;
      const std::size_t end = min_of(first + children, heap_size_);
      std::size_t soonest = first;
      for (std::size_t each = first + 1; each < end; ++each) {
        if (items_[each].sooner_than(items_[soonest])) soonest = each;
      }
      if (!items_[soonest].sooner_than(moved)) return place;
      items_[place] = items_[soonest];
      place = soonest;
    }
  }

  std::vector<slot_content> slots_;
  std::vector<std::uint32_t> generations_;  ///< of each slot: the order of what is armed there, or another number
  std::vector<std::uint32_t> free_;
  std::vector<item> items_;  ///< the heap; after it, what was armed while firing, for the next advance()
  std::size_t heap_size_ = 0;
  std::uint32_t next_order_ = 0;
  bool firing_ = false;
  steady_time firing_until_{};
};

}  // namespace waku::reliability
