// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/retransmit/constant_interval.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

namespace constant_interval_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("the wait is the same after every transmission: 2 s by default") {
  CHECK(wr::retransmit_policy<wr::constant_interval>);
  wr::random_source draw(1);
  wr::random_source untouched(1);
  for (const std::uint32_t transmissions : {1U, 2U, 3U, 100U}) {
    CHECK(wr::constant_interval{}.delay(transmissions, {}, draw) == wr::duration(2s));
  }
  CHECK(draw.next() == untouched.next());
}

TEST_CASE("the interval is an option") {
  wr::random_source draw(1);
  CHECK(wr::constant_interval{}.delay(4, {.interval = 700ms}, draw) == wr::duration(700ms));
}

}  // namespace constant_interval_tests
