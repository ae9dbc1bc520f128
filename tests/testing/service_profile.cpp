// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/service_profile.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>

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
  CHECK((wt::go_waku_store_profile().legacy_store && wt::go_waku_store_profile().legacy_store_resets));
}

TEST_CASE("simulated nodes take their time, a store the most") {
  const wt::service_profile profile = wt::nwaku_profile();
  CHECK(profile.filter_work.floor < profile.lightpush_work.floor);
  CHECK(profile.lightpush_work.floor < profile.store_work.floor);
  CHECK(profile.archive_delay.floor > 0s);
}

TEST_CASE(
    "nodes of one software all answer alike, and of mixed ones every fifth is go-waku without a store") {
  for (const wt::service_profile& each : wt::services_of(wt::node_software::nwaku)) {
    CHECK((each.store && !each.legacy_store && !each.legacy_lightpush));
    CHECK(each.filter_rate == ws::nwaku_profile().filter_rate);
  }
  for (const wt::service_profile& each : wt::services_of(wt::node_software::go_waku)) {
    CHECK((!each.store && each.legacy_store && each.legacy_lightpush && each.subscribers_max == 20));
    CHECK(each.filter_rate == ws::go_waku_profile().filter_rate);
  }
  const auto mixed = wt::services_of(wt::node_software::mixed);
  REQUIRE(mixed.size() == 10);
  for (std::size_t node = 0; node < mixed.size(); ++node) {
    const bool go = node % 5 == 4;
    CHECK(mixed[node].store == !go);
    CHECK(mixed[node].legacy_lightpush == go);
    CHECK_FALSE(mixed[node].legacy_store);
  }
  CHECK(wt::services_of(wt::node_software::nwaku, 3).size() == 3);
}

TEST_CASE("the software of nodes is found by its name, and by no other") {
  for (const wt::node_software each :
       {wt::node_software::mixed, wt::node_software::nwaku, wt::node_software::go_waku}) {
    CHECK(wt::node_software_named(wt::name_of(each)) == each);
  }
  CHECK(wt::name_of(wt::node_software::go_waku) == "go-waku");
  CHECK_FALSE(wt::node_software_named("go_waku"));
  CHECK_FALSE(wt::node_software_named(""));
}

}  // namespace service_profile_tests
