// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/light_network.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include <midscale/light/small_services.hpp>

namespace light_network_tests {

using namespace small_services;

constexpr std::size_t strategies = 13;

TEST_CASE("without loss every light node is shown every message once, whatever its strategy") {
  parameters of = few_nodes();
  of.lights = 2 * strategies;
  run it(of);
  it.publish_each_second(5);
  const measurements made = it.finish();
  CHECK(it.published == 60);
  CHECK(made.sent.size() == 60);
  REQUIRE(made.light.size() == strategies);
  std::set<std::pair<std::uint32_t, std::uint32_t>> shown;
  for (const receipt& each : made.received)
    if (each.node >= it.first_light()) CHECK(shown.emplace(each.message, each.node).second);
  CHECK(shown.size() == 60 * of.lights);
  for (const light_row& each : made.light) {
    CAPTURE(each.strategy);
    CHECK(each.nodes == 2);
    CHECK(each.expected == 120);
    CHECK(each.missed == 0);
    CHECK(each.recovered == 0);
    CHECK(each.published == 0);
    CHECK(each.wrong_verdicts == 0);
    CHECK(each.latencies_us.size() == 120);
    // One hop over the full mesh and one link to the light node, unless the relay that publishes stands there.
    CHECK(each.latencies_us.front() == 100'000);
    CHECK(each.latencies_us.back() == 100'000);
  }
  CHECK(row_of(made, "light_client").bytes > row_of(made, "none").bytes);
}

TEST_CASE(
    "bytes in and what is lost are bytes out, by protocol, and those of the light nodes are their rows'") {
  parameters of = few_nodes();
  of.lights = strategies;
  of.link_loss = 0.1;
  run it(of);
  it.publish_each_second(it.first_light() + 12);
  const measurements made = it.finish();
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  for (const protocol each : {protocol::filter, protocol::lightpush, protocol::store}) {
    std::uint64_t own = 0;
    for (const second_of_run& second : made.seconds) {
      own += second.bytes[static_cast<std::size_t>(each)].out;
      in += second.bytes[static_cast<std::size_t>(each)].in;
    }
    CHECK(own > 0);
    out += own;
  }
  CHECK(made.lost_bytes > 0);
  CHECK(in + made.lost_bytes == out);
  std::uint64_t rows = 0;
  for (const light_row& each : made.light) rows += each.bytes;
  CHECK(rows >= out);  // theirs are until the end
}

TEST_CASE(
    "a light node that was away, or slept, holds all in the end where it asks a store, and else does not") {
  parameters of = few_nodes();
  of.lights = strategies;
  for (const double asleep : {0.0, 1.0}) {
    CAPTURE(asleep);
    of.asleep_share = asleep;
    run it(of);
    for (std::uint32_t light = 0; light < strategies; ++light)
      it.take_away(it.first_light() + light, 20s, 50s);
    it.publish_each_second(5);
    const measurements made = it.finish();
    for (const std::string_view each : {"S2", "S3", "light_client"}) {
      CAPTURE(std::string(each));
      CHECK(row_of(made, each).missed == 0);
      CHECK(row_of(made, each).recovered >= 30);
    }
    for (const std::string_view each : {"none", "L1", "L2", "L3", "L4", "S1", "F1", "F2", "F3"}) {
      CAPTURE(std::string(each));
      CHECK(row_of(made, each).recovered == 0);
      CHECK(row_of(made, each).missed >= 30);
    }
    // A device that slept does not know that it was offline.
    CHECK((row_of(made, "F4").missed == 0) == (asleep == 0));
    CHECK(told_of(made, "bytes_per_recovered_S2") > 1'000);
  }
}

TEST_CASE("light nodes publish through their engines, are named as publishers, and are told the truth") {
  parameters of = few_nodes();
  of.lights = strategies;
  run it(of);
  for (std::uint32_t light = 0; light < strategies; ++light) {
    const wr::duration at = 12s + light * 3s;
    it.run_until(at);
    CHECK(it.light.publish({at, it.first_light() + light, 0, 500}));
  }
  const measurements made = it.finish();
  REQUIRE(made.sent.size() == strategies);
  for (std::uint32_t light = 0; light < strategies; ++light) {
    CHECK(made.sent[light].node == it.first_light() + light);
    CHECK(made.sent[light].bytes == 500);
    // Two services for those that push to two: one of the eight others less is to receive it.
    CHECK(made.reached[light].delivered == made.reached[light].expected);
  }
  for (const light_row& each : made.light) {
    CAPTURE(each.strategy);
    CHECK(each.published == 1);
    CHECK(each.wrong_verdicts == 0);
    CHECK(each.expected == strategies - 1);
    CHECK(each.missed == 0);
    CHECK(told_of(made, "lost_publications_" + each.strategy) == 0);
  }
  CHECK(told_of(made, "push_p50") >= 100);
  CHECK(told_of(made, "lightpush_requests_mean") > 0);
  CHECK(told_of(made, "filter_pushes_max") >= told_of(made, "filter_pushes_mean"));
}

TEST_CASE("without a strategy, links that come and go lose messages; with all of them none is lost") {
  parameters of = few_nodes();
  of.lights = 26;
  of.link_churn = 0.3;
  of.online_s = 10;
  run it(of);
  it.publish_each_second(5);
  const measurements made = it.finish();
  CHECK(row_of(made, "none").missed > 10);
  CHECK(row_of(made, "light_client").missed == 0);
}

TEST_CASE(
    "a relay that was away fetches from stores what it missed, and lacks it where it carries no strategy") {
  parameters of = few_nodes();
  of.relay_engines = 1;
  run it(of);
  for (std::uint32_t relay = 4; relay < 9; ++relay) it.take_away(relay, 20s + relay * 1s, 40s + relay * 1s);
  it.publish_each_second(3);
  const measurements made = it.finish();
  const light_row& none = row_of(made, "none");
  const light_row& stored = row_of(made, "relay_with_store");
  CHECK(none.nodes == 3);
  // Of the twenty messages of its absence a relay is told the last four when it is back, by gossip.
  CHECK(none.missed == 2 * 16);
  CHECK(none.recovered == 0);
  CHECK(none.bytes == 0);
  CHECK(stored.nodes == 3);
  CHECK(stored.missed == 0);
  CHECK(stored.recovered == 3 * 16);
  CHECK(stored.wrong_verdicts == 0);
  std::size_t from_store = 0;
  for (const receipt& each : made.received) from_store += each.by == way::store ? 1 : 0;
  CHECK(from_store == stored.recovered);
  CHECK(told_of(made, "bytes_per_recovered_relay_with_store") > 1'000);
}

TEST_CASE("shards are kept apart") {
  parameters of = few_nodes();
  of.shards = 2;
  of.lights = 4;
  of.strategy = "light_client";
  run it(of);
  it.publish_each_second(3);  // on the first shard
  const measurements made = it.finish();
  REQUIRE(made.light.size() == 1);
  CHECK(made.light[0].expected == 120);
  CHECK(made.light[0].missed == 0);
}

TEST_CASE("light nodes that find services by peer exchange know those that they found") {
  parameters of = few_nodes();
  of.lights = 2;
  of.strategy = "none";
  of.peer_exchange_share = 1;
  run it(of);
  it.light.introduce(it.first_light(), 1);
  it.publish_each_second(5);
  const measurements made = it.finish();
  CHECK(made.light[0].expected == 120);
  CHECK(made.light[0].missed == 60);
}

TEST_CASE("one seed gives one run") {
  parameters of = few_nodes();
  of.lights = strategies;
  of.link_loss = 0.05;
  of.link_churn = 0.1;
  const auto rows = [&](std::uint64_t seed) {
    run it(of, seed);
    it.publish_each_second(it.first_light() + 12);
    measurements made = it.finish();
    std::vector<std::uint64_t> found;
    for (const light_row& each : made.light) {
      found.insert(found.end(),
                   {each.expected, each.missed, each.recovered, each.wrong_verdicts, each.bytes});
      found.insert(found.end(), each.latencies_us.begin(), each.latencies_us.end());
    }
    return found;
  };
  CHECK(rows(3) == rows(3));
  CHECK(rows(3) != rows(4));
}

TEST_CASE("what cannot be is refused with a sentence") {
  const auto refusal = [](const parameters& of) -> std::string {
    try {
      run it(of);
    } catch (const std::invalid_argument& why) {
      return why.what();
    }
    return {};
  };
  parameters of = few_nodes();
  of.services = 0;
  CHECK(refusal(of).find("services") == 0);
  of.services = 1;
  of.lights = 1;
  of.relay_engines = 0.5;
  CHECK(refusal(of).find("relay_engines") == 0);
}

}  // namespace light_network_tests
