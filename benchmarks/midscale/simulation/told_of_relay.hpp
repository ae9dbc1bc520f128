// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <midscale/network/frame.hpp>
#include <midscale/results/measurements.hpp>
#include <midscale/scenario/parameters.hpp>
#include <midscale/simulation/relay_setting.hpp>
#include <midscale/theory/flood_routing.hpp>
#include <midscale/theory/head_start.hpp>
#include <midscale/theory/relay_bandwidth.hpp>

namespace midscale {

/// By how much announcements come before messages, in seconds: the mean over the run's messages, of which at most 50,
/// at even distances, are looked at.
[[nodiscard]] inline double head_start_of(const measurements& of, double link_latency_s) {
  constexpr std::size_t looked_at = 50;
  const std::size_t step = std::max<std::size_t>(1, of.sent.size() / looked_at);
  double sum = 0;
  std::size_t messages = 0;
  std::vector<double> had_at;
  const auto count = [&] {
    if (had_at.size() < 2) return;
    sum += mean_head_start(had_at, link_latency_s);
    ++messages;
  };
  for (std::size_t place = 0; place < of.received.size(); ++place) {
    const receipt& each = of.received[place];
    if (each.message % step != 0) continue;
    if (place == 0 || of.received[place - 1].message != each.message) {
      count();
      had_at.assign(1, 0.0);
    }
    had_at.push_back(each.latency_us / 1e6);
  }
  count();
  return messages == 0 ? 0 : sum / static_cast<double>(messages);
}

/// What theory/relay_bandwidth.hpp asks for, of a run with one shard and links of one kind: mesh and head start from
/// its mesh log and receipts.
[[nodiscard]] inline relay_traffic traffic_of(const parameters& of, const relay_options& options,
                                              const measurements& run) {
  const gossip_options& gossip = options.gossip[of.go_waku_share > 0.5 ? go_waku_place : nwaku_place];
  const std::size_t topic = frame::pubsub_topic(options.cluster, 0);
  // Where connections are found, those at the end.
  const double ends = run.start.edges.empty() ? std::accumulate(run.degrees.begin(), run.degrees.end(), 0.0)
                                              : 2.0 * static_cast<double>(run.start.edges.size());
  const double peers = ends / run.start.nodes;
  double bytes = 0;
  for (const publication& each : run.sent)
    bytes += static_cast<double>(
        frame::on_the_wire(frame::publish(topic, frame::waku_message(each.bytes, options.content_topic))));
  const auto messages = static_cast<double>(run.sent.size());
  const double latency_s = (of.latency_ms + (of.latency == "fixed" ? 0 : of.latency_above_ms)) / 1e3;
  relay_traffic made;
  made.rate = messages / static_cast<double>(run.seconds.size());
  made.copy_bytes = messages == 0 ? 0 : bytes / messages;
  made.nodes = run.start.nodes;
  made.mesh_degree = run.mean_mesh_degree;
  made.both_ways_share = run.both_ways_share;
  made.topic_peers = peers;
  made.publisher_peers = gossip.flood_publish ? peers : 0;
  made.heartbeat_s = wr::seconds_of(gossip.heartbeat);
  made.lazy_degree = gossip.degree_lazy;
  made.gossip_factor = gossip.gossip_factor;
  made.announced_heartbeats = gossip.history_gossip;
  made.announcement_bytes = static_cast<double>(frame::on_the_wire(frame::have(topic, 0)));
  made.request_bytes = static_cast<double>(frame::on_the_wire(frame::want(0)));
  made.id_bytes = frame::message_id + 2;  // with its tag and length
  made.head_start_s = std::min(head_start_of(run, latency_s), made.heartbeat_s);
  return made;
}

/// Mean relay bytes received by the nodes of one profile, in kB a second.
[[nodiscard]] inline double profile_rate(const std::vector<relay_node>& nodes, std::uint16_t profile,
                                         const measurements& of) {
  std::uint64_t bytes = 0;
  std::uint64_t counted = 0;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    if (nodes[node].profile != profile) continue;
    bytes += of.relay_by_node[node].in;
    ++counted;
  }
  return static_cast<double>(bytes) / static_cast<double>(counted * of.seconds.size()) / 1e3;
}

/// The least share of its receipts that any shard got.
[[nodiscard]] inline double worst_shard(const parameters& of, const measurements& run) {
  std::vector<delivery> shards(of.shards);
  for (std::size_t message = 0; message < run.sent.size(); ++message) {
    shards[run.sent[message].shard].expected += run.reached[message].expected;
    shards[run.sent[message].shard].delivered += run.reached[message].delivered;
  }
  double worst = 1;
  for (const delivery& each : shards)
    if (each.expected != 0)
      worst = std::min(worst, static_cast<double>(each.delivered) / static_cast<double>(each.expected));
  return worst;
}

/// What a run tells of relay beside its summary.
inline void tell_of_relay(const parameters& of, const relay_setting& setting, measurements& into) {
  const auto tell = [&](std::string name, double value, std::string unit, std::string meaning) {
    into.told.push_back({std::move(name), value, std::move(unit), std::move(meaning)});
  };
  tell("mesh_degree", into.mean_mesh_degree, "neighbours", "of a mesh, mean over nodes and heartbeats");
  tell("both_ways", into.both_ways_share, "share", "of mesh links that carried a message both ways");
  tell("mesh_changes", into.mesh_changes, "neighbours", "taken into a mesh or out of it at a heartbeat");
  if (of.shards > 1) {
    tell("shard_nodes", static_cast<double>(of.relays) / of.shards + of.services, "nodes",
         "in a shard, mean");
    tell("worst_shard", worst_shard(of, into), "share", "delivered in the shard that got least");
  }
  if (of.go_waku_share > 0 && of.go_waku_share < 1) {
    tell("nwaku_in_kBps", profile_rate(setting.nodes, nwaku_place, into), "kB/s",
         "relay, of nodes that are nwaku");
    tell("go_waku_in_kBps", profile_rate(setting.nodes, go_waku_place, into), "kB/s",
         "relay, of nodes that are go-waku");
    return;
  }
  // The closed form is of one topic, links of one kind, and nodes that stay.
  if (of.shards > 1 || of.latency == "regions" || of.topology == "discovered") return;
  if (of.churn > 0 || of.service_churn > 0) return;
  if (into.start.nodes < 2 || into.mean_mesh_degree == 0) return;
  // More ways back than links: meshes that still form, or that only one end has. The closed form is of a steady state.
  if (into.both_ways_share > 1) return;
  const relay_traffic traffic = traffic_of(of, setting.options, into);
  tell("closed_form_kBps", relay_bandwidth_of(traffic).total() / 1e3, "kB/s",
       "relay in by the closed form, with mesh degree and links used both ways from the mesh log");
  tell("flood_routing_kBps",
       flood_routing_bandwidth(traffic.rate, traffic.copy_bytes, traffic.topic_peers,
                               traffic.both_ways_share) /
           1e3,
       "kB/s", "what flood routing over the same connections would take (Waku v1)");
}

}  // namespace midscale
