// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/network/relay.hpp>

/// Networks that are small enough to be computed by hand, and runs of them.
namespace small_networks {

using namespace midscale;
using namespace std::chrono_literals;

inline graph line_of(std::uint32_t nodes) {
  graph result{nodes, {}, {}};
  for (std::uint32_t node = 1; node < nodes; ++node) result.edges.push_back({node - 1, node});
  return result;
}
inline graph star_of(std::uint32_t nodes) {
  graph result{nodes, {}, {}};
  for (std::uint32_t node = 1; node < nodes; ++node) result.edges.push_back({node, 0});
  return result;
}
inline graph full_mesh_of(std::uint32_t nodes) {
  graph result{nodes, {}, {}};
  for (std::uint32_t node = 1; node < nodes; ++node)
    for (std::uint32_t other = 0; other < node; ++other) result.edges.push_back({node, other});
  return result;
}
// Every node dials so many others at random.
inline graph random_graph(std::uint32_t nodes, std::uint32_t dials, std::uint64_t seed) {
  graph result{nodes, {}, {}};
  wr::random_source random(seed);
  for (std::uint32_t node = 0; node < nodes; ++node)
    for (std::uint32_t dial = 0; dial < dials; ++dial)
      if (const auto other = static_cast<std::uint32_t>(random.below(nodes)); other != node)
        result.edges.push_back({node, other});
  return result;
}

// A network with a ledger that is open from 10 s, when every mesh stands, to the end.
struct run {
  ledger book;
  relay_network network;

  run(const graph& start, relay_options options, std::uint64_t seed = 1, wr::duration end = 60s,
      std::vector<relay_node> nodes = {})
      : book(start.nodes, 10s, end),
        network(start, nodes.empty() ? std::vector<relay_node>(start.nodes) : nodes, std::move(options), book,
                seed) {
    network.run_until(10s);
  }
  measurements finish() {
    network.run_until(book.end());
    measurements result;
    book.report(result);
    return result;
  }
};

inline relay_options fixed_latency(wr::duration latency) {
  relay_options options;
  options.link.latency = {{latency, {}, 4s}};
  return options;
}

inline std::uint64_t bytes_in(const measurements& of) {
  return std::accumulate(of.relay_by_node.begin(), of.relay_by_node.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const byte_pair& each) { return sum + each.in; });
}
inline std::uint64_t bytes_out(const measurements& of) {
  return std::accumulate(of.relay_by_node.begin(), of.relay_by_node.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const byte_pair& each) { return sum + each.out; });
}
inline const receipt* receipt_of(const measurements& of, std::uint32_t message, std::uint32_t node) {
  const auto found = std::find_if(of.received.begin(), of.received.end(), [&](const receipt& each) {
    return each.message == message && each.node == node;
  });
  return found == of.received.end() ? nullptr : &*found;
}
// All that a run measured, so that two can be compared.
inline void check_same(const measurements& one, const measurements& other) {
  REQUIRE(one.received.size() == other.received.size());
  for (std::size_t place = 0; place < one.received.size(); ++place) {
    const receipt &a = one.received[place], &b = other.received[place];
    REQUIRE((a.message == b.message && a.node == b.node && a.latency_us == b.latency_us && a.hops == b.hops &&
             a.by == b.by));
  }
  REQUIRE(one.relay_by_node.size() == other.relay_by_node.size());
  for (std::size_t node = 0; node < one.relay_by_node.size(); ++node) {
    REQUIRE(one.relay_by_node[node].in == other.relay_by_node[node].in);
    REQUIRE(one.relay_by_node[node].out == other.relay_by_node[node].out);
  }
  REQUIRE(one.seconds.size() == other.seconds.size());
  for (std::size_t second = 0; second < one.seconds.size(); ++second) {
    for (std::size_t what = 0; what < protocols; ++what) {
      REQUIRE(one.seconds[second].bytes[what].in == other.seconds[second].bytes[what].in);
      REQUIRE(one.seconds[second].bytes[what].out == other.seconds[second].bytes[what].out);
    }
    REQUIRE(one.seconds[second].delivered == other.seconds[second].delivered);
    REQUIRE(one.seconds[second].nodes_online == other.seconds[second].nodes_online);
  }
  CHECK(one.copies == other.copies);
  CHECK(one.duplicates == other.duplicates);
  CHECK(one.lost_bytes == other.lost_bytes);
  CHECK(one.mean_mesh_degree == other.mean_mesh_degree);
  CHECK(one.both_ways_share == other.both_ways_share);
}

}  // namespace small_networks
