// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/service_profile.hpp>

#include <doctest/doctest.h>

#include <chrono>

#include <cache/samples.hpp>

namespace service_profile_tests {

namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

TEST_CASE("a rate lets so many through at once and fills up evenly, for each peer by itself") {
  wt::request_meter meter;
  const wt::request_rate rate{3, 30s};
  for (int request = 0; request < 3; ++request) CHECK(meter.allow(1, rate, samples::at(0s)));
  CHECK_FALSE(meter.allow(1, rate, samples::at(0s)));
  CHECK(meter.allow(2, rate, samples::at(0s)));
  CHECK_FALSE(meter.allow(1, rate, samples::at(9s)));
  CHECK(meter.allow(1, rate, samples::at(10s)));
  CHECK_FALSE(meter.allow(1, rate, samples::at(11s)));
  for (int request = 0; request < 3; ++request) CHECK(meter.allow(1, rate, samples::at(1h)));
  CHECK_FALSE(meter.allow(1, rate, samples::at(1h)));
}

TEST_CASE("no rate lets everything through") {
  wt::request_meter meter;
  for (int request = 0; request < 100; ++request) CHECK(meter.allow(1, {}, samples::at(0s)));
}

TEST_CASE("the profiles differ as the implementations do") {
  const wt::service_profile nwaku = wt::nwaku_profile();
  const wt::service_profile go = wt::go_waku_profile();
  CHECK((nwaku.store && !nwaku.legacy_lightpush && !nwaku.repeat_is_success && nwaku.end_inclusive));
  CHECK((!go.store && go.legacy_lightpush && go.repeat_is_success && !go.end_inclusive));
  CHECK(nwaku.filter_rate.requests == 30);
  CHECK(go.filter_rate.requests == 1);
  CHECK(wt::legacy_store_profile().legacy_store);
}

}  // namespace service_profile_tests
