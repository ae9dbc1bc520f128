// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/timer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <type_traits>
#include <vector>

namespace timer_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("a timer's key comes back from the wheel with all that it carries") {
  wr::timer_wheel wheel;
  const wr::steady_time start{};
  wheel.arm(start + 2s, {wr::timer_kind::operation_timeout, 0, 0xfedcba9876543210U});
  wr::timer_ticket cancelled = wheel.arm(start + 1s, {wr::timer_kind::message_deadline, 5, 0});
  wheel.arm(start + 1s, {wr::timer_kind::member_ping, 0xffffffffU, 7});
  wheel.cancel(cancelled);
  CHECK_FALSE(cancelled);
  std::vector<wr::timer> fired;
  wheel.advance(start + 2s, [&](const wr::timer& due) { fired.push_back(due); });
  REQUIRE(fired.size() == 2);
  CHECK(fired[0].kind == wr::timer_kind::member_ping);
  CHECK(fired[0].place == 0xffffffffU);
  CHECK(fired[0].detail == 7);
  CHECK(fired[1].kind == wr::timer_kind::operation_timeout);
  CHECK(fired[1].detail == 0xfedcba9876543210U);
}

TEST_CASE("a timer's key costs 16 bytes of each deadline") {
  CHECK(sizeof(wr::timer) == 16);
  CHECK(std::is_trivially_copyable_v<wr::timer>);
}

}  // namespace timer_tests
