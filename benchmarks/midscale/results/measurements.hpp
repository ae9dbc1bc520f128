// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/instant.hpp>

#include <midscale/topology/graph.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// What bytes are counted under.
enum class protocol : std::uint8_t {
  relay,
  relay_control,
  discv5,
  peer_exchange,
  filter,
  lightpush,
  store,
  count
};
constexpr std::size_t protocols = static_cast<std::size_t>(protocol::count);
constexpr std::array<std::string_view, protocols> protocol_names{
    "relay", "relay_control", "discv5", "peer_exchange", "filter", "lightpush", "store"};

/// Bytes in and out.
struct byte_pair {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

/// The largest payload of a publication: encoded it stays below the 150 KiB that nwaku takes by default.
constexpr std::uint32_t payload_bytes_max = 150'000;

/// One publication. Times are since the start of the run.
struct publication {
  wr::duration at{};
  std::uint32_t node =
      0;  ///< the relay node that it was published at, or the light node's number after the relays
  std::uint32_t shard = 0;
  std::uint32_t bytes = 0;  ///< of the payload
};

/// A time as it stands in tables: in whole microseconds, at most what 32 bits hold, 71 minutes and 35 seconds.
[[nodiscard]] constexpr std::uint32_t microseconds_of(wr::duration time) noexcept {
  constexpr wr::duration::rep most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(time.count() / 1'000, most));
}

/// How a message came to a node.
enum class way : std::uint8_t { mesh, gossip, filter, store };

/// The first time that a node had a message.
struct receipt {
  std::uint32_t message;  ///< its place among the publications
  std::uint32_t node;
  std::uint32_t latency_us;
  std::uint8_t hops;  ///< 1: from the publisher itself
  way by;
};

/// How many receipts something is to bring, and how many of them came by the end of the run.
struct delivery {
  std::uint64_t expected = 0;
  std::uint64_t delivered = 0;
};

/// What became of the network in one second.
struct second_of_run {
  std::array<byte_pair, protocols> bytes{};  ///< of all nodes
  std::uint32_t nodes_online = 0;
  std::uint64_t expected = 0;   ///< receipts that the publications of this second are to bring
  std::uint64_t delivered = 0;  ///< those of them that came, by the end of the run
};

/// What a strategy brought light nodes and cost them, summed over its nodes.
struct light_row {
  std::string strategy;
  std::uint32_t nodes = 0;
  std::uint64_t expected = 0;   ///< messages that its nodes were to receive
  std::uint64_t missed = 0;     ///< never shown
  std::uint64_t recovered = 0;  ///< shown, from a store
  std::uint64_t published = 0;
  std::uint64_t wrong_verdicts = 0;         ///< confirmed and nowhere, or failed and stored
  std::uint64_t bytes = 0;                  ///< on its nodes' links, both ways
  std::vector<std::uint32_t> latencies_us;  ///< of what was shown, sorted
};

/// One figure that a run tells beside what every run does, such as the longest query of a store.
struct told_figure {
  std::string name;  ///< as names of parameters are
  double value = 0;
  std::string unit;     ///< such as "ms"; empty where there is none
  std::string meaning;  ///< for people, in a few words
};

/// All that a run measured, after its warm-up.
struct measurements {
  graph start;                            ///< of the relay nodes
  std::vector<std::uint32_t> degrees;     ///< mean neighbours of each relay node, at the end
  std::vector<byte_pair> relay_by_node;   ///< relay and its control, of each relay node
  std::vector<byte_pair> discv5_by_node;  ///< likewise
  std::vector<second_of_run> seconds;     ///< the first one begins where the warm-up ends
  std::vector<publication> sent;
  std::vector<delivery> reached;                     ///< of each publication
  std::vector<receipt> received;                     ///< by message, then in the order in which they came
  std::uint64_t copies = 0;                          ///< whole messages that came to relay nodes
  std::uint64_t duplicates = 0;                      ///< of them to nodes that had them
  std::vector<std::uint32_t> duplicates_by_message;  ///< of each publication
  std::uint64_t lost_bytes = 0;                      ///< sent to nodes that were gone when they came
  double mean_mesh_degree = 0;                       ///< over the run's mesh log
  double mesh_changes = 0;                           ///< neighbours in or out, of a mesh at a heartbeat
  double both_ways_share = 0;                        ///< of mesh links that carried a message both ways
  std::vector<light_row> light;                      ///< empty where there are no light nodes
  std::vector<told_figure> told;                     ///< each name once
};

}  // namespace midscale
