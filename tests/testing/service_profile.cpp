// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/service_profile.hpp>

#include <doctest/doctest.h>

#include <chrono>

#include <waku/reliability/service/profile.hpp>

namespace service_profile_tests {

namespace wt = waku::reliability::testing;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;

TEST_CASE("simulated nodes answer as the services' profiles say") {
  CHECK(wt::nwaku_profile().filter_rate == ws::nwaku_profile().filter_rate);
  CHECK(wt::go_waku_profile().filter_rate == ws::go_waku_profile().filter_rate);
  CHECK(wt::go_waku_profile().repeat_is_success);
  CHECK_FALSE(wt::go_waku_profile().store);
  CHECK(wt::legacy_store_profile().legacy_store);
}

TEST_CASE("simulated nodes take their time, a store the most") {
  const wt::service_profile profile = wt::nwaku_profile();
  CHECK(profile.filter_work.floor < profile.lightpush_work.floor);
  CHECK(profile.lightpush_work.floor < profile.store_work.floor);
  CHECK(profile.archive_delay.floor > 0s);
}

}  // namespace service_profile_tests
