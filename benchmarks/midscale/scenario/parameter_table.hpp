// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <midscale/results/measurements.hpp>
#include <midscale/scenario/parameters.hpp>

namespace midscale {

/// One parameter: how it is named, what it may be, and what it means. The one place that knows.
struct parameter {
  using place = std::variant<std::uint32_t parameters::*, double parameters::*, bool parameters::*,
                             std::string parameters::*>;

  std::string_view name;
  place where;
  double least = 0;  ///< of a number
  double most = 0;
  std::string_view unit;
  std::string_view choices;  ///< of a word: its values, with a blank between; none: a text of any kind
  std::string_view meaning;
};

/// All parameters but the scenario and the seed, in the order in which they are told.
[[nodiscard]] inline std::span<const parameter> parameter_table() {
  using p = parameters;
  constexpr double million = 1e6;
  static constexpr std::array table{
      parameter{"relays", &p::relays, 0, million, "nodes", "", "nodes that relay and serve nobody"},
      parameter{"services", &p::services, 0, 10'000, "nodes", "",
                "relay nodes with store, filter and lightpush"},
      parameter{"lights", &p::lights, 0, million, "nodes", "", "clients of the services, each an engine"},
      parameter{"rate", &p::rate, 0, 100'000, "messages/s", "", "publications in the whole network"},
      parameter{"size", &p::size, 1, payload_bytes_max, "bytes", "", "payload of a message"},
      parameter{"duration", &p::duration, 1, million, "s", "", "how long is measured"},
      parameter{"warm_up", &p::warm_up, 0, 100'000, "s", "", "time before, in which meshes form"},
      parameter{"settle", &p::settle, 0, 100'000, "s", "", "time after, in which nothing is published"},
      parameter{"publishers", &p::publishers, 0, million, "nodes", "", "how many publish in turn; 0: all"},
      parameter{"light_share", &p::light_share, 0, 1, "share", "", "of publications that are made by lights"},
      parameter{"workload", &p::workload, 0, 0, "", "constant status_mix status_agents trace",
                "who publishes what, and when"},
      parameter{"trace", &p::trace, 0, 0, "file", "", "publications, as sent.csv has them"},
      parameter{"topology", &p::topology, 0, 0, "", "random_regular small_world scale_free file discovered",
                "how connections are chosen"},
      parameter{"degree", &p::degree, 1, 1'000, "connections", "", "of a node, on average"},
      parameter{"graph", &p::graph, 0, 0, "file", "", "a topology, as midscale topology writes it"},
      parameter{"shards", &p::shards, 1, 1'024, "shards", "", "pubsub topics over which nodes are spread"},
      parameter{"shard_peers", &p::shard_peers, 0, 0, "", "",
                "nodes connect to those of their own shard, not to any"},
      parameter{"latency", &p::latency, 0, 0, "", "fixed distribution regions", "how long a frame travels"},
      parameter{"latency_ms", &p::latency_ms, 0, 4'000, "ms", "", "the least latency of a link"},
      parameter{"latency_above_ms", &p::latency_above_ms, 0, 4'000, "ms", "", "mean of what comes on top"},
      parameter{"up_mbps", &p::up_mbps, 0, 100'000, "Mbit/s", "", "bandwidth of a node upwards; 0: no limit"},
      parameter{"down_mbps", &p::down_mbps, 0, 100'000, "Mbit/s", "", "and downwards; 0: no limit"},
      parameter{"go_waku_share", &p::go_waku_share, 0, 1, "share", "",
                "of relay nodes that are go-waku, not nwaku"},
      parameter{"mesh_degree", &p::mesh_degree, 0, 100, "neighbours", "",
                "D of GossipSub; 0: as the software has it"},
      parameter{"gossip_factor", &p::gossip_factor, 0, 1, "share", "",
                "of other neighbours that gossip goes to"},
      parameter{"flood_publish", &p::flood_publish, 0, 0, "", "", "a publisher sends to all its neighbours"},
      parameter{"idontwant", &p::idontwant, 0, 0, "", "",
                "nodes tell what they have before it is sent to them"},
      parameter{"scoring", &p::scoring, 0, 0, "", "", "neighbours are scored"},
      parameter{"validation_ms", &p::validation_ms, 0, 10'000, "ms", "",
                "what a node takes before it forwards"},
      parameter{"churn", &p::churn, 0, 0.95, "share", "", "of relays and lights that are away at any time"},
      parameter{"service_churn", &p::service_churn, 0, 0.95, "share", "", "of services, likewise"},
      parameter{"online_s", &p::online_s, 1, million, "s", "",
                "mean time that a node or link stays, under churn"},
      parameter{"link_churn", &p::link_churn, 0, 0.95, "share", "",
                "of links of lights that are down at any time"},
      parameter{"discv5", &p::discv5, 0, 0, "", "", "relay nodes take part in discv5"},
      parameter{"peer_exchange_share", &p::peer_exchange_share, 0, 1, "share", "",
                "of nodes that find others by peer exchange instead"},
      parameter{"strategy", &p::strategy, 0, 0, "", "all none L1 L2 L3 L4 S1 S2 S3 F1 F2 F3 F4 light_client",
                "of the lights' engines, by the specification's names; all: each of them in turn"},
      parameter{"asleep_share", &p::asleep_share, 0, 1, "share", "",
                "of lights that sleep while they are away: their engine stands still"},
      parameter{"link_loss", &p::link_loss, 0, 1, "share", "", "of frames between lights and services lost"},
      parameter{"relay_engines", &p::relay_engines, 0, 1, "share", "",
                "of relays that carry an engine, without a strategy and with relay_with_store in turn"},
      parameter{"archive", &p::archive, 0, 100 * million, "messages", "", "what stores hold at the start"},
      parameter{"query_rate", &p::query_rate, 0, 100'000, "queries/s", "", "to all stores, by their clients"},
      parameter{"query_span", &p::query_span, 1, million, "s", "", "mean time range that a query asks for"},
  };
  return table;
}

}  // namespace midscale
