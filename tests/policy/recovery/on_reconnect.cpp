// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/recovery/on_reconnect.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace on_reconnect_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

constexpr wr::wall_time now{1'700'000'000s};

}  // namespace

TEST_CASE("a query comes after an outage and at no other time, and asks stores") {
  CHECK(wr::recovery_policy<wr::on_reconnect>);
  CHECK(wr::on_reconnect::needs == wr::capability_set{.store = true});
  CHECK_FALSE(wr::on_reconnect::periodic);
  CHECK(wr::on_reconnect::after_outage);
}

TEST_CASE("[R4, F4.5] the range begins 20 s before the last contact") {
  const wr::recovery_situation situation{now, {}, now - 10min, now - 2h};
  CHECK(wr::on_reconnect{}.range_start(situation, {}) == now - 10min - 20s);
  CHECK(wr::on_reconnect{}.range_start(situation, {.overlap = 45s}) == now - 10min - 45s);
}

TEST_CASE("[R4] where there was no contact yet, it begins 20 s before the subscription") {
  CHECK(wr::on_reconnect{}.range_start({now, {}, {}, now - 2h}, {}) == now - 2h - 20s);
}

TEST_CASE("what was audited before plays no part") {
  CHECK(wr::on_reconnect{}.range_start({now, now - 1h, now - 10min, now - 2h}, {}) == now - 10min - 20s);
}

}  // namespace on_reconnect_tests
