// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>

namespace waku::reliability::testing {

/// Names a callback that waits on a virtual clock. A default one names nothing. Ids are not reused.
class timer_id {
 public:
  constexpr timer_id() = default;
  constexpr timer_id(std::uint32_t slot, std::uint64_t sequence) noexcept
      : slot_(slot), sequence_(sequence) {}

  [[nodiscard]] constexpr std::uint32_t slot() const noexcept { return slot_; }
  [[nodiscard]] constexpr std::uint64_t sequence() const noexcept { return sequence_; }
  friend constexpr bool operator==(timer_id, timer_id) = default;

 private:
  std::uint32_t slot_ = 0;
  std::uint64_t sequence_ = 0;
};

/// Time that stands still until it is told to run, and the callbacks that wait for it. Callbacks of one
/// moment run in the order in which they were scheduled, so a run depends on nothing but its input.
///
/// The steady time starts at an arbitrary 1,000 s, the wall time where the constructor says. The two keep
/// pace unless step_wall() sets the wall clock, as an operator or NTP would. A host that is off by some
/// seconds adds its own skew to now().
class virtual_clock {
 public:
  using callback = std::function<void()>;

  /// So many callbacks at one moment are taken as an endless loop and stop the program.
  static constexpr std::size_t callbacks_at_once_max = 50'000'000;

  /// 2024-06-01 00:00:00 UTC: a wall time with which a run starts where none is given.
  static constexpr wall_time usual_start{std::chrono::seconds(1'717'200'000)};

  explicit virtual_clock(wall_time start = usual_start)
      : wall_offset_(start.time_since_epoch() - first_steady) {}
  virtual_clock(const virtual_clock&) = delete;
  virtual_clock& operator=(const virtual_clock&) = delete;

  [[nodiscard]] instant now() const noexcept { return {steady_, wall()}; }
  [[nodiscard]] steady_time steady() const noexcept { return steady_; }
  [[nodiscard]] wall_time wall() const noexcept {
    return wall_time(steady_.time_since_epoch() + wall_offset_);
  }
  /// The steady time at which the clock was made.
  [[nodiscard]] static constexpr steady_time start() noexcept { return steady_time(first_steady); }
  /// Steady time since then.
  [[nodiscard]] duration elapsed() const noexcept { return steady_.time_since_epoch() - first_steady; }

  /// Sets the wall clock forward, or back by a negative value. Waiting callbacks are not touched.
  void step_wall(duration by) noexcept { wall_offset_ += by; }

  /// Runs `work` at `at`; a time that has passed means now, after what is already due now. O(log n).
  timer_id schedule_at(steady_time at, callback work) {
    std::uint32_t place;
    if (free_.empty()) {
      place = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      place = free_.back();
      free_.pop_back();
    }
    const std::uint64_t sequence = ++sequence_;
    slots_[place] = {sequence, std::move(work)};
    heap_.push_back({std::max(at, steady_), sequence, place});
    std::push_heap(heap_.begin(), heap_.end(), later);
    ++waiting_;
    return {place, sequence};
  }
  timer_id schedule_after(duration wait, callback work) {
    return schedule_at(steady_ + wait, std::move(work));
  }

  /// Forgets a callback. False when it has run, was cancelled, or never was.
  bool cancel(timer_id id) {
    if (id.sequence() == 0 || id.slot() >= slots_.size() || slots_[id.slot()].sequence != id.sequence()) {
      return false;
    }
    release(id.slot());
    return true;
  }

  /// Callbacks that wait.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

  /// When the next callback is due; nothing if none waits.
  [[nodiscard]] std::optional<steady_time> next() {
    drop_cancelled();
    if (heap_.empty()) return std::nullopt;
    return heap_.front().at;
  }

  /// Moves the time to the next callback and runs it. False if none waits.
  bool step() {
    const auto due = next();
    if (!due) return false;
    run_front();
    return true;
  }

  /// Runs every callback due at or before `end`, also those that come up on the way, then stands at `end`.
  void run_until(steady_time end) {
    for (auto due = next(); due && *due <= end; due = next()) run_front();
    if (end > steady_) steady_ = end;
  }
  /// Runs every callback due before `end`, also those that come up on the way, then stands at `end`.
  void run_before(steady_time end) {
    for (auto due = next(); due && *due < end; due = next()) run_front();
    if (end > steady_) steady_ = end;
  }
  void run_for(duration length) { run_until(steady_ + length); }

 private:
  struct slot {
    std::uint64_t sequence = 0;
    callback work;
  };
  struct entry {
    steady_time at;
    std::uint64_t sequence;
    std::uint32_t slot;
  };

  static constexpr duration first_steady = std::chrono::seconds(1'000);

  static bool later(const entry& a, const entry& b) noexcept {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }

  void release(std::uint32_t which) {
    slots_[which].sequence = 0;
    slots_[which].work = nullptr;
    free_.push_back(which);
    --waiting_;
  }
  entry pop_front() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const entry front = heap_.back();
    heap_.pop_back();
    return front;
  }
  void drop_cancelled() {
    while (!heap_.empty() && slots_[heap_.front().slot].sequence != heap_.front().sequence) pop_front();
  }
  // The front is known to be alive.
  void run_front() {
    const entry due = pop_front();
    if (due.at == steady_) {
      ++run_at_once_;
      assert(run_at_once_ < callbacks_at_once_max && "callbacks call each other without letting time pass");
    } else {
      run_at_once_ = 0;
      steady_ = due.at;
    }
    const callback work = std::move(slots_[due.slot].work);
    release(due.slot);
    work();
  }

  steady_time steady_{first_steady};
  duration wall_offset_;
  std::vector<entry> heap_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t sequence_ = 0;
  std::size_t waiting_ = 0;
  std::size_t run_at_once_ = 0;
};

}  // namespace waku::reliability::testing
