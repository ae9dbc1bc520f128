// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/service_load.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include <midscale/light/small_services.hpp>

namespace service_load_tests {

using namespace small_services;

TEST_CASE("requests and pushes of services are those of their clients, over the measured time") {
  parameters of = few_nodes();
  of.services = 1;
  of.lights = 2;
  of.strategy = "none";
  run it(of);
  it.publish_each_second(3);
  const measurements made = it.finish();
  // Two light nodes and a message a second; the last one was published half a second before the end.
  CHECK(told_of(made, "filter_pushes_mean") == 2);
  CHECK(told_of(made, "filter_pushes_max") == 2);
  // They subscribed before, and ask for nothing else.
  CHECK(told_of(made, "filter_requests_mean") == -1);
  CHECK(told_of(made, "store_load_mean") == -1);
  REQUIRE(made.seconds.size() == 60);
  const byte_pair& first = made.seconds.front().bytes[static_cast<std::size_t>(protocol::filter)];
  CHECK(first.in == first.out);
  CHECK(first.out > 2'000);
  for (const second_of_run& each : made.seconds)
    CHECK(each.bytes[static_cast<std::size_t>(protocol::filter)].out == first.out);
  CHECK(made.light[0].bytes == 60 * first.out);
}

TEST_CASE("a store's answers take as long as its archive has them take, and its load is their sum") {
  parameters of = few_nodes();
  of.services = 1;
  of.relay_engines = 1;
  run it(of);
  it.publish_each_second(3);
  const measurements made = it.finish();
  // Three nodes ask once a minute for what they have all seen.
  CHECK(told_of(made, "store_requests_mean") > 0);
  CHECK(told_of(made, "store_answer_p99") > 0.005);
  CHECK(told_of(made, "store_answer_p99") < 1);
  CHECK(told_of(made, "store_load_mean") == told_of(made, "store_load_max"));
  CHECK(told_of(made, "store_load_mean") > 0);
  CHECK(told_of(made, "store_load_mean") < 0.001);
}

}  // namespace service_load_tests
