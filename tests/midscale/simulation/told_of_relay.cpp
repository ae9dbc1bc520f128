// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/simulation/told_of_relay.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace told_of_relay_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("the head start of announcements is a mean over messages") {
  measurements run;
  run.sent.resize(2);
  // Word of each message leaves its publisher at 0 and takes 0.1 s: 0.2 s before a node at 0.3 s has it.
  for (const std::uint32_t message : {0U, 1U}) run.received.push_back({message, 1, 300'000, 1, way::mesh});
  CHECK(head_start_of(run, 0.1) == doctest::Approx(0.1));
  CHECK(head_start_of(measurements{}, 0.1) == 0);
}

TEST_CASE("the closed form is asked about the run as it was") {
  parameters of;
  of.latency = "fixed";
  of.gossip_factor = 0.25;
  relay_options options;
  options.gossip = {nwaku_gossip(), go_waku_gossip()};
  measurements run;
  run.start = {.nodes = 4, .edges = {{0, 1}, {1, 2}, {2, 3}, {3, 0}}, .regions = {}};
  run.seconds.resize(10);
  run.sent.resize(5);
  for (publication& each : run.sent) each.bytes = 1'000;
  run.mean_mesh_degree = 1.5;
  run.both_ways_share = 0.5;
  const relay_traffic asked = traffic_of(of, options, run);
  CHECK(asked.rate == 0.5);
  CHECK(asked.nodes == 4);
  CHECK(asked.topic_peers == 2);
  CHECK(asked.mesh_degree == 1.5);
  CHECK(asked.lazy_degree == 6);
  // 1,000 of payload, with content topic, time and tags, topic, yamux and Noise.
  CHECK(asked.copy_bytes > 1'060);
  CHECK(asked.copy_bytes < 1'110);
  of.go_waku_share = 1;
  CHECK(traffic_of(of, options, run).lazy_degree == 4);
}

TEST_CASE("the worst shard is the one that got the least share") {
  parameters of;
  of.shards = 3;
  measurements run;
  run.sent = {{0s, 0, 0, 1}, {0s, 0, 1, 1}, {0s, 0, 1, 1}};
  run.reached = {{10, 9}, {10, 10}, {10, 6}};
  CHECK(worst_shard(of, run) == 0.8);
}

TEST_CASE("rates by profile are of its nodes alone") {
  measurements run;
  run.seconds.resize(2);
  run.relay_by_node = {{4'000, 0}, {1'000, 0}, {8'000, 0}};
  const std::vector<relay_node> nodes{
      {nwaku_place, {0}, {}}, {go_waku_place, {0}, {}}, {nwaku_place, {0}, {}}};
  CHECK(profile_rate(nodes, nwaku_place, run) == 3);
  CHECK(profile_rate(nodes, go_waku_place, run) == 0.5);
}

}  // namespace told_of_relay_tests
