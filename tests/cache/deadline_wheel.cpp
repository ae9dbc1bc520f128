// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/deadline_wheel.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace deadline_wheel_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using samples::at;
using wheel = wr::deadline_wheel<int>;

namespace {

std::vector<int> advanced(wheel& deadlines, wr::steady_time now) {
  std::vector<int> keys;
  const std::size_t count = deadlines.advance(now, [&](int key) { keys.push_back(key); });
  CHECK(count == keys.size());
  return keys;
}

constexpr wr::duration year = std::chrono::hours(365 * 24);

/// A wheel beside the plainest model of one, a list that is searched from end to end; both are told the same.
class wheel_and_list {
 public:
  explicit wheel_and_list(std::uint64_t seed, wr::steady_time start) : draw_(seed), now_(start) {}

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      CAPTURE(step);
      const std::uint64_t choice = draw_.below(100);
      if (choice < (growing_ ? 60U : 25U)) {
        arm();
      } else if (choice < 75) {
        cancel_any();
      } else if (choice == 75 && draw_.chance(0.1)) {
        clear();
      } else if (choice < 90) {
        advance(target());
      }
      if (draw_.chance(0.01)) growing_ = !growing_;
      if (growing_ || draw_.chance(0.05)) check();  // to look settles what was cancelled
    }
    while (!list_.empty()) {
      advance(*tried_.next());
      check();
    }
  }

 private:
  struct armed_deadline {
    wr::steady_time at;
    std::uint64_t order;
    std::uint64_t key;
  };

  /// Near and far, alike and apart, on and beside the bounds of ticks and buckets, or at an end of time.
  wr::steady_time some_time() {
    switch (draw_.below(12)) {
      case 0: return now_;
      case 1: return now_ - wr::duration(draw_.below(1U << 22));
      case 2: return now_ + wr::duration(draw_.below(4));
      case 3: return now_ + wr::duration(draw_.below(1U << 20));
      case 4: return now_ + wr::duration(draw_.below(16) << 20);
      case 5: return now_ + wr::duration(draw_.below(std::uint64_t{1} << (26 + draw_.below(30))));
      case 6:
        return wr::steady_time(wr::duration(now_.time_since_epoch().count() / 67108864 * 67108864)) +
               wr::duration(draw_.below(4) << 26) - wr::duration(draw_.below(2));
      case 7: return list_.empty() ? now_ : list_[static_cast<std::size_t>(draw_.below(list_.size()))].at;
      case 8: return draw_.chance(0.1) ? wr::steady_time::max() : now_ + 1s;
      case 9: return draw_.chance(0.1) ? wr::steady_time::min() : now_ + 5s;
      default: return now_ + 1s + wr::duration(draw_.below(250000000));
    }
  }

  wr::steady_time target() {
    const std::optional<wr::steady_time> next = tried_.next();
    switch (draw_.below(8)) {
      case 0: return next && *next != wr::steady_time::min() && *next < now_ + year ? *next - 1ns : now_;
      case 1: return next && *next < now_ + year ? *next : now_;
      case 2: return now_ + wr::duration(draw_.below(1U << 21));
      case 3: return now_ + wr::duration(draw_.below(std::uint64_t{1} << (20 + draw_.below(30))));
      case 4: return now_ - wr::duration(draw_.below(1U << 24));
      default: return now_ + wr::duration(draw_.below(50000000));
    }
  }

  void arm() {
    const wr::steady_time when = some_time();
    const std::uint64_t key = next_order_++;
    tickets_.push_back(tried_.arm(when, key));
    list_.push_back({when, key, key});
    REQUIRE(tickets_.back());
    REQUIRE(tried_.armed(tickets_.back()));
  }

  /// Cancels by a ticket that may have fired or been cancelled long ago; a copy of it stays.
  void cancel_any() {
    if (tickets_.empty()) return;
    const std::uint64_t key = draw_.chance(0.5) && !list_.empty()
                                  ? list_[static_cast<std::size_t>(draw_.below(list_.size()))].key
                                  : draw_.below(tickets_.size());
    wr::deadline_wheel<std::uint64_t>::ticket ticket = tickets_[static_cast<std::size_t>(key)];
    const auto place = find(key);
    REQUIRE(tried_.armed(ticket) == (place != list_.end()));
    tried_.cancel(ticket);
    REQUIRE_FALSE(ticket);
    if (place != list_.end()) list_.erase(place);
  }

  void clear() {
    tried_.clear();
    list_.clear();
  }

  void advance(wr::steady_time to) {
    const std::uint64_t armed_before = next_order_;
    std::size_t fired = 0;
    const std::size_t count = tried_.advance(to, [&](std::uint64_t key) {
      ++fired;
      const auto expected = earliest(armed_before);
      REQUIRE(expected != list_.end());
      REQUIRE(expected->at <= to);
      REQUIRE(expected->key == key);
      list_.erase(expected);
      check();
      while (draw_.chance(0.3)) arm();
      while (draw_.chance(0.2)) cancel_any();
      if (draw_.chance(0.002)) clear();
      check();
    });
    REQUIRE(count == fired);
    const auto left = earliest(armed_before);
    REQUIRE((left == list_.end() || left->at > to));
    if (to > now_) now_ = to < at(100 * year) ? to : at(0s);
  }

  void check() {
    REQUIRE(tried_.size() == list_.size());
    REQUIRE(tried_.empty() == list_.empty());
    const auto first = earliest(next_order_);
    REQUIRE(tried_.next() == (first != list_.end() ? std::optional(first->at) : std::nullopt));
  }

  std::vector<armed_deadline>::iterator find(std::uint64_t key) {
    auto place = list_.begin();
    while (place != list_.end() && place->key != key) ++place;
    return place;
  }
  std::vector<armed_deadline>::iterator earliest(std::uint64_t armed_before) {
    auto first = list_.end();
    for (auto place = list_.begin(); place != list_.end(); ++place) {
      if (place->order >= armed_before) continue;
      if (first == list_.end() || place->at < first->at ||
          (place->at == first->at && place->order < first->order)) {
        first = place;
      }
    }
    return first;
  }

  wr::random_source draw_;
  wr::deadline_wheel<std::uint64_t> tried_;
  std::vector<armed_deadline> list_;
  std::vector<wr::deadline_wheel<std::uint64_t>::ticket> tickets_;  ///< of every deadline ever, by its key
  std::uint64_t next_order_ = 0;
  wr::steady_time now_;
  bool growing_ = true;
};

}  // namespace

TEST_CASE("a deadline fires at its nanosecond: not one before, and once") {
  const std::vector<wr::duration> distances = {1ns, 999us, 1ms, 67ms,      1s,
                                               5s,  1min,  26h, 10 * year, 100 * year};
  const std::vector<wr::duration> starts = {0s, -3s, 1048575ns, 7 * year};
  for (const wr::duration ahead : distances) {
    for (const wr::duration start : starts) {
      CAPTURE(ahead.count());
      CAPTURE(start.count());
      wheel deadlines;
      CHECK(advanced(deadlines, at(start)).empty());
      const wheel::ticket ticket = deadlines.arm(at(start + ahead), 1);
      CHECK(deadlines.next() == at(start + ahead));
      CHECK(advanced(deadlines, at(start + ahead - 1ns)).empty());
      CHECK(deadlines.armed(ticket));
      CHECK(deadlines.next() == at(start + ahead));
      CHECK(advanced(deadlines, at(start + ahead)) == std::vector{1});
      CHECK_FALSE(deadlines.armed(ticket));
      CHECK_FALSE(deadlines.next().has_value());
      CHECK(advanced(deadlines, at(start + ahead + 1h)).empty());
    }
  }
}

TEST_CASE("deadlines fire in the order of time, whatever the order of arming") {
  wheel deadlines;
  const std::vector<wr::duration> times = {5s,   1ns,       2h,   1ms,      1ms - 1ns, 0ns,
                                           -1ns, 1ms + 1ns, 70ms, 30 * 24h, -2h};
  for (std::size_t key = 0; key < times.size(); ++key) deadlines.arm(at(times[key]), static_cast<int>(key));
  CHECK(deadlines.size() == times.size());
  CHECK(advanced(deadlines, at(1s)) == std::vector{10, 6, 5, 1, 4, 3, 7, 8});
  CHECK(advanced(deadlines, at(31 * 24h)) == std::vector{0, 2, 9});
}

TEST_CASE("deadlines at the same time fire in the order of arming, however far off they were when armed") {
  wheel deadlines;
  deadlines.arm(at(1h), 1);
  advanced(deadlines, at(59min));
  deadlines.arm(at(1h), 2);
  advanced(deadlines, at(1h - 2s));
  deadlines.arm(at(1h), 3);
  advanced(deadlines, at(1h - 10us));
  deadlines.arm(at(1h), 4);
  for (int key = 5; key < 40; ++key) deadlines.arm(at(1h), key);
  const std::vector<int> fired = advanced(deadlines, at(1h));
  REQUIRE(fired.size() == 39);
  for (int key = 1; key < 40; ++key) CHECK(fired[static_cast<std::size_t>(key - 1)] == key);
}

TEST_CASE("a deadline in the past fires in the next advance, also when that stands still or goes back") {
  wheel deadlines;
  advanced(deadlines, at(10s));
  deadlines.arm(at(3s), 1);
  deadlines.arm(at(2s), 2);
  deadlines.arm(wr::steady_time::min(), 3);
  CHECK(deadlines.next() == wr::steady_time::min());
  CHECK(advanced(deadlines, at(2s)) == std::vector{3, 2});
  CHECK(deadlines.next() == at(3s));
  CHECK(advanced(deadlines, at(10s)) == std::vector{1});
}

TEST_CASE("time before zero, across zero and at both ends of time is like any other") {
  wheel deadlines;
  deadlines.arm(wr::steady_time::max(), 1);
  deadlines.arm(at(0ns), 2);
  deadlines.arm(at(-1ns), 3);
  deadlines.arm(wr::steady_time::min(), 4);
  deadlines.arm(wr::steady_time::max() - 1ns, 5);
  deadlines.arm(wr::steady_time::min() + 1ns, 6);
  CHECK(advanced(deadlines, wr::steady_time::min()) == std::vector{4});
  CHECK(advanced(deadlines, at(-1ns)) == std::vector{6, 3});
  CHECK(advanced(deadlines, at(0ns)) == std::vector{2});
  CHECK(advanced(deadlines, wr::steady_time::max() - 1ns) == std::vector{5});
  CHECK(deadlines.next() == wr::steady_time::max());
  CHECK(advanced(deadlines, wr::steady_time::max()) == std::vector{1});
  deadlines.arm(wr::steady_time::max(), 7);
  CHECK(advanced(deadlines, wr::steady_time::max()) == std::vector{7});
}

TEST_CASE("a jump over centuries fires everything that lies between, in order, and nothing else") {
  wheel deadlines;
  for (int count = 1; count <= 200; ++count) deadlines.arm(at(count * year), count);
  for (int count = 1; count <= 200; ++count) deadlines.arm(at(count * 1h), 1000 + count);
  const std::vector<int> fired = advanced(deadlines, at(150 * year));
  REQUIRE(fired.size() == 350);
  for (int place = 0; place < 350; ++place) {
    CHECK(fired[static_cast<std::size_t>(place)] == (place < 200 ? 1001 + place : place - 199));
  }
  CHECK(deadlines.next() == at(151 * year));
  CHECK(deadlines.size() == 50);
}

TEST_CASE("a deadline by a time keeps an earlier one, and takes the place of a later one") {
  wheel held;
  wr::planned_deadline planned;
  held.arm_by(planned, at(10s), 1);
  CHECK(held.next() == at(10s));
  held.arm_by(planned, at(20s), 2);
  CHECK(held.next() == at(10s));
  held.arm_by(planned, at(5s), 3);
  CHECK(held.next() == at(5s));
  CHECK(planned.at == at(5s));
  CHECK(held.size() == 1);
  CHECK(advanced(held, at(5s)) == std::vector{3});
  held.arm_by(planned, at(30s), 4);
  CHECK(held.next() == at(30s));
  CHECK(advanced(held, at(30s)) == std::vector{4});
}

TEST_CASE("a cancelled deadline never fires, and its ticket is empty") {
  wheel deadlines;
  wheel::ticket kept = deadlines.arm(at(1s), 1);
  wheel::ticket given = deadlines.arm(at(1s), 2);
  deadlines.cancel(given);
  CHECK_FALSE(given);
  CHECK(given == wheel::ticket{});
  CHECK(deadlines.size() == 1);
  CHECK(advanced(deadlines, at(2s)) == std::vector{1});
  deadlines.cancel(kept);
  CHECK(deadlines.empty());
}

TEST_CASE("what was cancelled is not armed from then on, however many are cancelled before somebody looks") {
  for (const std::size_t count : {1U, 15U, 16U, 17U, 40U}) {
    CAPTURE(count);
    wheel deadlines;
    std::vector<wheel::ticket> tickets;
    for (std::size_t key = 0; key < 50; ++key)
      tickets.push_back(deadlines.arm(at(key * 1s), static_cast<int>(key)));
    const std::vector<wheel::ticket> copies = tickets;
    for (std::size_t key = 0; key < count; ++key) {
      deadlines.cancel(tickets[key]);
      wheel::ticket again = copies[key];
      deadlines.cancel(again);
    }
    for (std::size_t key = 0; key < 50; ++key) CHECK(deadlines.armed(copies[key]) == (key >= count));
    CHECK(deadlines.next() == at(count * 1s));
    CHECK(deadlines.size() == 50 - count);
    CHECK(advanced(deadlines, at(1h)).size() == 50 - count);
  }
}

TEST_CASE("a ticket that fired, was cancelled, cleared or never armed is a no-op, whoever has its slot now") {
  wheel deadlines;
  wheel::ticket never;
  CHECK_FALSE(never);
  CHECK_FALSE(deadlines.armed(never));
  deadlines.cancel(never);

  wheel::ticket fired = deadlines.arm(at(1s), 1);
  advanced(deadlines, at(1s));
  wheel::ticket cancelled = deadlines.arm(at(2s), 2);
  wheel::ticket copy = cancelled;
  deadlines.cancel(cancelled);
  wheel::ticket cleared = deadlines.arm(at(2s), 3);
  deadlines.clear();
  const wheel::ticket last = deadlines.arm(at(2s), 4);
  CHECK(last.slot == fired.slot);
  for (wheel::ticket* old : {&fired, &copy, &cleared}) {
    CHECK_FALSE(deadlines.armed(*old));
    deadlines.cancel(*old);
    CHECK_FALSE(*old);
  }
  CHECK(deadlines.size() == 1);
  CHECK(deadlines.armed(last));
  CHECK(advanced(deadlines, at(2s)) == std::vector{4});
}

TEST_CASE("the next deadline stays exact when the first is cancelled, over and over") {
  wheel deadlines;
  std::vector<wheel::ticket> tickets;
  tickets.reserve(500);
  for (int key = 0; key < 500; ++key) tickets.push_back(deadlines.arm(at(1h + key * 37us), key));
  for (std::size_t key = 0; key < 499; ++key) {
    CHECK(deadlines.next() == at(1h + key * 37us));
    deadlines.cancel(tickets[key]);
  }
  CHECK(deadlines.next() == at(1h + 499 * 37us));
}

TEST_CASE("what a firing deadline arms in the past waits for the next advance, so that advance always ends") {
  wheel deadlines;
  int count = 0;
  const auto again = [&](int key) {
    ++count;
    deadlines.arm(at(5s), key + 1);
    deadlines.arm(at(1s), key + 100);
    CHECK(deadlines.next() == at(1s));
  };
  deadlines.arm(at(2s), 0);
  CHECK(deadlines.advance(at(5s), again) == 1);
  CHECK(count == 1);
  CHECK(deadlines.size() == 2);
  CHECK(deadlines.next() == at(1s));
  CHECK(advanced(deadlines, at(5s)) == std::vector{100, 1});
}

TEST_CASE("a deadline armed while firing, later than now, keeps its time") {
  wheel deadlines;
  deadlines.arm(at(1s), 1);
  deadlines.advance(at(10s), [&](int) {
    deadlines.arm(at(10s + 1ns), 2);
    deadlines.arm(at(11s), 3);
  });
  CHECK(deadlines.next() == at(10s + 1ns));
  CHECK(advanced(deadlines, at(10s)).empty());
  CHECK(advanced(deadlines, at(11s)) == std::vector{2, 3});
}

TEST_CASE("a firing deadline may cancel one that is due in the same advance") {
  wheel deadlines;
  deadlines.arm(at(1s), 1);
  wheel::ticket second = deadlines.arm(at(2s), 2);
  deadlines.arm(at(3s), 3);
  std::vector<int> fired;
  deadlines.advance(at(5s), [&](int key) {
    fired.push_back(key);
    if (key != 1) return;
    deadlines.cancel(second);
    wheel::ticket waiting = deadlines.arm(at(4s), 4);
    deadlines.cancel(waiting);
  });
  CHECK(fired == std::vector{1, 3});
  CHECK(deadlines.empty());
}

TEST_CASE("a firing deadline does not hold its own slot: it is disarmed before it is told") {
  wheel deadlines;
  wheel::ticket own = deadlines.arm(at(1s), 1);
  deadlines.advance(at(1s), [&](int) {
    CHECK_FALSE(deadlines.armed(own));
    deadlines.cancel(own);
    CHECK(deadlines.empty());
  });
}

TEST_CASE("a firing deadline may clear the wheel") {
  wheel deadlines;
  for (int key = 0; key < 10; ++key) deadlines.arm(at(1s), key);
  CHECK(deadlines.advance(at(1s), [&](int) { deadlines.clear(); }) == 1);
  CHECK(deadlines.empty());
  CHECK_FALSE(deadlines.next().has_value());
}

TEST_CASE("when a firing deadline throws, the others stay armed and fire next time") {
  wheel deadlines;
  for (int key = 1; key <= 4; ++key) deadlines.arm(at(key * 1s), key);
  deadlines.arm(at(1h), 5);
  const auto failing = [&](int key) {
    deadlines.arm(at(2s), key + 10);
    deadlines.arm(at(5s), key + 20);
    if (key == 2) throw std::runtime_error("stop here");
  };
  CHECK_THROWS_AS(deadlines.advance(at(10s), failing), std::runtime_error);
  CHECK(deadlines.size() == 7);
  CHECK(deadlines.next() == at(2s));
  CHECK(advanced(deadlines, at(3s)) == std::vector{11, 12, 3});
  CHECK(advanced(deadlines, at(2h)) == std::vector{4, 21, 22, 5});
}

TEST_CASE("a cleared wheel holds nothing and can be used on") {
  wheel deadlines;
  for (int key = 0; key < 50; ++key) deadlines.arm(at(key * 1s), key);
  advanced(deadlines, at(10s));
  deadlines.clear();
  CHECK(deadlines.empty());
  CHECK_FALSE(deadlines.next().has_value());
  CHECK(advanced(deadlines, at(1h)).empty());
  deadlines.arm(at(2h), 1);
  CHECK(advanced(deadlines, at(2h)) == std::vector{1});
}

TEST_CASE("a moved wheel goes on where the other was, and old tickets fit it") {
  wheel deadlines;
  deadlines.arm(at(1s), 1);
  wheel::ticket second = deadlines.arm(at(2s), 2);
  wheel moved = std::move(deadlines);
  CHECK(moved.next() == at(1s));
  moved.cancel(second);
  CHECK(advanced(moved, at(3s)) == std::vector{1});
}

TEST_CASE("deadlines that are cancelled and armed anew, over and over, leave the others as they are") {
  wheel deadlines;
  std::vector<wheel::ticket> tickets;
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  for (int key = 0; key < 1000; ++key) tickets.push_back(deadlines.arm(at(1min + key * 1ms), key));
  // Every tenth is left alone; the others end in any order, and more often than there is room for what ended.
  for (int round = 0; round < 100'000; ++round) {
    const auto key = static_cast<std::size_t>(draw.below(tickets.size()));
    if (key % 10 == 0) continue;
    deadlines.cancel(tickets[key]);
    tickets[key] = deadlines.arm(at(1min + static_cast<int>(key) * 1ms), static_cast<int>(key));
  }
  CHECK(deadlines.size() == tickets.size());
  const std::vector<int> fired = advanced(deadlines, at(1h));
  REQUIRE(fired.size() == tickets.size());
  for (int key = 0; key < 1000; ++key) CHECK(fired[static_cast<std::size_t>(key)] == key);
}

TEST_CASE("a firing deadline may arm in the past and cancel as often as it likes") {
  wheel deadlines;
  for (int key = 0; key < 20; ++key) deadlines.arm(at(key * 1s), key);
  deadlines.advance(at(1s), [&](int key) {
    for (int round = 0; round < 1000; ++round) {
      wheel::ticket past = deadlines.arm(at(-3s), 100);
      CHECK(deadlines.next() == at(-3s));
      deadlines.cancel(past);
    }
    deadlines.arm(at(-2s), 200 + key);
    CHECK(deadlines.next() == at(-2s));
  });
  CHECK(deadlines.size() == 20);
  CHECK(advanced(deadlines, at(3s)) == std::vector{200, 201, 2, 3});
}

TEST_CASE("a wheel does what a plain list would do, over random lists of operations") {
  const std::vector<wr::duration> starts = {0s, -1ns, -5s, 1048576ns, 54 * year, -140 * year};
  for (std::uint64_t run = 0; run < 24; ++run) {
    const std::uint64_t seed = samples::seed() + run;
    CAPTURE(seed);
    wheel_and_list(seed, at(starts[run % starts.size()])).run(1500);
  }
}

}  // namespace deadline_wheel_tests
