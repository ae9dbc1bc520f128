// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <waku/reliability/policy/pool/pool_policy.hpp>

#include <cache/samples.hpp>

/// What every pool promises, tried with random operations.
namespace pool_promises {

namespace wr = waku::reliability;

constexpr auto everyone = [](wr::peer_id) { return true; };

/// What a test knows of one member without asking the pool.
struct known_member {
  wr::steady_time held_until = wr::steady_time::min();
  bool charged = false;  // since it was added, reported again, forgiven or good
};

/// Tries a pool with random operations and compares it, after each, with what was done to it.
template <class Pool>
class trial {
 public:
  trial(std::uint64_t seed, std::uint32_t floor) : draw_(seed) { numbers_.floor = floor; }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      const std::string done = act();
      CAPTURE(step);
      CAPTURE(done);
      check_members();
      check_choice();
      check_next_change();
    }
  }

 private:
  std::string act() {
    const wr::peer_id peer{static_cast<std::uint32_t>(draw_.below(peers))};
    const auto known = known_.find(peer);
    switch (draw_.below(9)) {
      case 0:
      case 1:
        pool_.add(peer, now_);
        known_[peer].charged = false;
        return "add";
      case 2:
        if (draw_.below(4) == 0) {
          pool_.remove(peer);
          known_.erase(peer);
          return "remove";
        }
        [[fallthrough]];
      case 3: {
        const bool usable_before = pool_.usable(peer, now_, numbers_);
        const bool left = pool_.fail(peer, now_, numbers_);
        CHECK_FALSE((left && known == known_.end()));
        CHECK_FALSE((left && !Pool::charges));
        if (left && !known->second.charged) CHECK((usable_before || known->second.held_until > now_));
        if (known != known_.end() && Pool::charges) known->second.charged = true;
        return "fail";
      }
      case 4:
        pool_.succeed(peer, wr::duration(static_cast<std::int64_t>(draw_.below(1'000'000'000))), now_);
        if (known != known_.end()) known->second.charged = false;
        return "succeed";
      case 5: {
        const wr::steady_time until = now_ + std::chrono::seconds(draw_.below(100));
        pool_.hold(peer, until);
        if (known != known_.end() && known->second.held_until < until) known->second.held_until = until;
        return "hold";
      }
      case 6:
        if (draw_.below(8) == 0) {
          pool_.forgive(wr::steady_time::min());
          for (auto& each : known_) each.second.charged = false;
          return "forgive";
        }
        [[fallthrough]];
      default: now_ += std::chrono::seconds(draw_.below(60)); return "wait";
    }
  }

  void check_members() {
    CHECK(pool_.size() == known_.size());
    std::size_t usable = 0;
    std::size_t free = 0;
    for (std::uint32_t number = 0; number < peers; ++number) {
      const wr::peer_id peer{number};
      const bool is_usable = pool_.usable(peer, now_, numbers_);
      usable += is_usable ? 1 : 0;
      const auto known = known_.find(peer);
      if (known == known_.end() || known->second.held_until > now_) {
        CHECK_FALSE(is_usable);
        continue;
      }
      ++free;
      if (!known->second.charged) CHECK(is_usable);
    }
    CHECK(pool_.usable_count(now_, numbers_) == usable);
    CHECK(usable >= std::min<std::size_t>(free, numbers_.floor));
  }

  void check_choice() {
    const auto chosen = pool_.choose(now_, numbers_, draw_, everyone);
    CHECK(chosen.has_value() == (pool_.usable_count(now_, numbers_) > 0));
    if (chosen) CHECK(pool_.usable(*chosen, now_, numbers_));
    const auto even = [](wr::peer_id peer) { return static_cast<std::uint32_t>(peer) % 2 == 0; };
    bool any_even = false;
    for (std::uint32_t number = 0; number < peers; number += 2) {
      any_even = any_even || pool_.usable(wr::peer_id{number}, now_, numbers_);
    }
    const auto chosen_even = pool_.choose(now_, numbers_, draw_, even);
    CHECK(chosen_even.has_value() == any_even);
    if (chosen_even) CHECK(even(*chosen_even));
  }

  // Until the next change nobody becomes usable; and if nobody is, there is a next change.
  void check_next_change() {
    const auto change = pool_.next_change(now_);
    const std::size_t usable = pool_.usable_count(now_, numbers_);
    if (usable < known_.size()) REQUIRE(change.has_value());
    if (!change) {
      CHECK(pool_.usable_count(now_ + std::chrono::hours(24 * 366), numbers_) == usable);
      return;
    }
    CHECK(*change > now_);
    const wr::duration wait = *change - now_;
    for (const wr::steady_time before : {now_ + wait / 2, *change - wr::duration(1)}) {
      for (std::uint32_t number = 0; number < peers; ++number) {
        const wr::peer_id peer{number};
        if (pool_.usable(peer, before, numbers_)) CHECK(pool_.usable(peer, now_, numbers_));
      }
    }
  }

  static constexpr std::uint32_t peers = 12;

  Pool pool_;
  wr::pool_options numbers_;
  wr::random_source draw_;
  wr::steady_time now_{std::chrono::hours(1)};
  std::map<wr::peer_id, known_member> known_;
};

template <class Pool>
void hold_under_random_operations() {
  const std::uint64_t seed = samples::seed();
  for (std::uint64_t round = 0; round < 60; ++round) {
    const std::uint32_t floor = 1 + static_cast<std::uint32_t>(round % 4);
    CAPTURE(seed);
    CAPTURE(round);
    CAPTURE(floor);
    trial<Pool>(seed + round, floor).run(150);
  }
}

/// A pool with the peers 0 to count − 1.
template <class Pool>
Pool with_peers(std::uint32_t count) {
  Pool pool;
  for (std::uint32_t number = 0; number < count; ++number) pool.add(wr::peer_id{number}, wr::steady_time{});
  return pool;
}

/// How often each of the peers 0 to count − 1 is chosen in so many draws.
template <class Pool, class Eligible>
std::vector<int> choices(const Pool& pool, std::uint32_t count, int draws, wr::steady_time now,
                         const wr::pool_options& numbers, wr::random_source& random, Eligible&& eligible) {
  std::vector<int> seen(count);
  for (int draw = 0; draw < draws; ++draw) {
    const auto chosen = pool.choose(now, numbers, random, eligible);
    REQUIRE(chosen.has_value());
    ++seen.at(static_cast<std::size_t>(*chosen));
  }
  return seen;
}

}  // namespace pool_promises
