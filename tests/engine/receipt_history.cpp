// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/receipt_history.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "cache/samples.hpp"

namespace receipt_history_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

constexpr wr::steady_time begin{1'000s};
constexpr wr::wall_time noon{1'700'000'000s};
constexpr wr::wall_time never = wr::wall_time::max();  // our clock allows every timestamp

}  // namespace

TEST_CASE("an empty history needs nothing and has forgotten nothing") {
  wr::receipt_history history;
  CHECK(history.size() == 0);
  CHECK_FALSE(history.forgotten());
  CHECK_FALSE(history.needed_since(noon));
  history.forget(begin, never);
  CHECK_FALSE(history.forgotten());
}

TEST_CASE("what arrives within a second is one step, with the newest timestamp of them") {
  wr::receipt_history history;
  history.note(begin, noon + 5s);
  history.note(begin + 999ms, noon + 7s);
  history.note(begin + 999ms, noon - 1h);
  history.note(begin + 1s, noon + 6s);
  REQUIRE(history.size() == 2);
  CHECK(history.begin()->received == begin);
  CHECK(history.begin()->newest == noon + 7s);
}

TEST_CASE("hashes are needed from the first receipt of a message that a range may list") {
  wr::receipt_history history;
  history.note(begin, noon);
  history.note(begin + 10s, noon - 1h);  // an old message that came late
  history.note(begin + 20s, noon + 20s);
  CHECK(history.needed_since(noon - 2h) == begin);
  CHECK(history.needed_since(noon) == begin);
  CHECK(history.needed_since(noon + 1ns) == begin + 20s);
  CHECK_FALSE(history.needed_since(noon + 21s));
  CHECK(history.needed_since(noon - 2h, noon - 1h) == begin + 10s);  // others are from too far ahead
  CHECK_FALSE(history.needed_since(noon + 1ns, noon + 19s));
}

TEST_CASE("the newest timestamp of all that is forgotten stays known") {
  wr::receipt_history history;
  history.note(begin, noon + 9s);
  history.note(begin + 10s, noon);
  history.note(begin + 20s, noon + 20s);
  history.forget(begin, never);
  CHECK_FALSE(history.forgotten());
  history.forget(begin + 1ns, never);
  CHECK(history.forgotten() == noon + 9s);
  history.forget(begin + 20s, never);
  CHECK(history.forgotten() == noon + 9s);
  CHECK(history.size() == 1);
  history.forget(begin + 1h, never);
  CHECK(history.forgotten() == noon + 20s);
  CHECK(history.size() == 0);
}

TEST_CASE(
    "a timestamp beyond what our clock allows is needed as long, and makes nothing else look forgotten") {
  wr::receipt_history history;
  history.note(begin, noon + 2h);
  CHECK(history.begin()->newest == noon + 2h);
  CHECK(history.needed_since(noon + 1h) == begin);
  history.forget(begin + 1s, noon + 20s);
  CHECK(history.forgotten() == noon + 20s);
}

TEST_CASE("a restored history goes on from what was forgotten") {
  wr::receipt_history history;
  history.restore(noon);
  history.restore(wr::receipt_history::step{begin - 10s, noon - 5s});
  history.note(begin, noon - 1s);
  REQUIRE(history.size() == 2);
  CHECK(history.needed_since(noon - 5s) == begin - 10s);
  history.forget(begin + 1s, never);
  CHECK(history.forgotten() == noon);
}

TEST_CASE("against a plain list of receipts, no answer promises more than the truth") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  wr::random_source random(seed);
  wr::receipt_history history;
  struct receipt {
    wr::steady_time received;
    wr::wall_time stamp;
  };
  std::vector<receipt> held;
  std::optional<wr::wall_time> forgotten;
  wr::steady_time now = begin;
  for (int round = 0; round < 3'000; ++round) {
    now += std::chrono::milliseconds(random.below(2'500));
    const wr::wall_time stamp = noon + (now - begin) + std::chrono::seconds(random.below(120)) - 1min;
    history.note(now, stamp);
    held.push_back({now, stamp});
    if (random.below(50) == 0) {
      const wr::steady_time before = now - std::chrono::seconds(random.below(200));
      history.forget(before, never);
      std::erase_if(held, [&](const receipt& each) {
        if (each.received >= before) return false;
        forgotten = forgotten ? std::max(*forgotten, each.stamp) : each.stamp;
        return true;
      });
    }
    if (forgotten) REQUIRE(history.forgotten() >= forgotten);
    const wr::wall_time start = noon + (now - begin) - std::chrono::seconds(random.below(300));
    const auto needed =
        std::find_if(held.begin(), held.end(), [&](const receipt& each) { return each.stamp >= start; });
    // A step that is partly forgotten counts as forgotten: its hashes are told by forgotten(), not by need.
    if (needed == held.end() || (forgotten && history.forgotten() >= needed->stamp)) continue;
    const auto since = history.needed_since(start);
    REQUIRE(since.has_value());
    CHECK(*since <= needed->received);
  }
}

}  // namespace receipt_history_tests
