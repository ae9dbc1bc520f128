// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/recovery/periodic_audit.hpp>

#include <chrono>
#include <optional>

#include <doctest/doctest.h>

namespace periodic_audit_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

constexpr wr::wall_time now{1'700'000'000s};

wr::wall_time start_after(std::optional<wr::wall_time> audited_until,
                          const wr::recovery_options& numbers = {}) {
  return wr::periodic_audit{}.range_start({now, audited_until, {}, now - 24h}, numbers);
}

}  // namespace

TEST_CASE("an audit comes round after round, and asks stores") {
  CHECK(wr::recovery_policy<wr::periodic_audit>);
  CHECK(wr::periodic_audit::needs == wr::capability_set{.store = true});
  CHECK(wr::periodic_audit::periodic);
  CHECK_FALSE(wr::periodic_audit::after_outage);
}

TEST_CASE("[S2.2] a range begins a window and an overlap ago: 5 min 20 s") {
  CHECK(start_after(now + 20s) == now - 5min - 20s);
  CHECK(start_after(now - 60s) == now - 5min - 20s);
  CHECK(start_after(now - 4min - 40s) == now - 5min - 20s);
}

TEST_CASE("before the first success it begins where an audit at the subscription would have begun") {
  const auto start = [](wr::wall_time subscribed_at) {
    return wr::periodic_audit{}.range_start({now, {}, {}, subscribed_at}, {});
  };
  CHECK(start(now) == now - 5min - 20s);
  CHECK(start(now - 2h) == now - 2h - 5min - 20s);
  CHECK(start(now + 1h) == now - 5min - 20s);
}

TEST_CASE("[S2.4, R29] when the last success is longer ago than the window, the range begins there") {
  // The range that succeeded ended an overlap after its present; a slow clock may stamp one more before it.
  CHECK(start_after(now - 4min - 40s - 1ns) == now - 5min - 20s - 1ns);
  CHECK(start_after(now - 2h) == now - 2h - 40s);
  CHECK(start_after(now - 48h) == now - 48h - 40s);
}

TEST_CASE("[S2.4] an end in the future does not shorten the window") {
  CHECK(start_after(now + 1h) == now - 5min - 20s);
}

TEST_CASE("window and overlap are options") {
  const wr::recovery_options numbers{.window = 2min, .overlap = 7s};
  CHECK(start_after(now, numbers) == now - 2min - 7s);
  CHECK(start_after(now - 1h, numbers) == now - 1h - 14s);
}

TEST_CASE("[R4] the last contact plays no part: an audit goes by what was audited") {
  CHECK(wr::periodic_audit{}.range_start({now, now - 1h, now - 1s, now - 2h}, {}) == now - 1h - 40s);
}

}  // namespace periodic_audit_tests
