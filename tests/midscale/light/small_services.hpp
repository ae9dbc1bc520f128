// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <midscale/light/light_network.hpp>
#include <midscale/network/relay.hpp>
#include <midscale/scenario/parameters.hpp>

/// Small networks with services and whoever uses them, and runs of them.
namespace small_services {

using namespace midscale;
using namespace std::chrono_literals;

/// Three services and six relays in a full mesh with links of 50 ms; a minute is measured after ten seconds, and two
/// minutes follow.
inline parameters few_nodes() {
  parameters of;
  of.services = 3;
  of.relays = 6;
  of.duration = 60;
  of.warm_up = 10;
  of.settle = 120;
  of.latency = "fixed";
  of.strategy = "all";
  return of;
}

struct run {
  explicit run(const parameters& of, std::uint64_t seed = 1)
      : made(of),
        book(of.services + of.relays, duration_of_s(of.warm_up), duration_of_s(of.warm_up + of.duration)),
        relay(full_mesh(of), nodes_of(of), options(), book, seed),
        light(of, relay, book, seed) {}

  /// As the simulation does: what happens at one moment is the relay network's first.
  void run_until(wr::duration end) {
    for (;;) {
      const wr::duration next = std::min(relay.next_event(), light.next_event());
      if (next >= end) break;
      relay.run_until(next + 1ns);
      light.run_until(next + 1ns);
    }
    relay.run_until(end);
    light.run_until(end);
  }
  /// A message of a node each second of the measured time, half a second after it began.
  void publish_each_second(std::uint32_t node) {
    for (wr::duration at = book.begin() + 500ms; at < book.end(); at += 1s) {
      run_until(at);
      published += light.publish({at, node, shard_of(made, std::max(node, made.services)), 1'000}) ? 1 : 0;
    }
  }
  /// A node is away for a time.
  void take_away(std::uint32_t node, wr::duration from, wr::duration until) {
    for (const auto& [online, at] : {std::pair{false, from}, std::pair{true, until}}) {
      if (node < relay.nodes().size()) relay.set_online(node, online, at);
      light.set_online(node, online, at);
    }
  }
  measurements finish() {
    run_until(book.end() + duration_of_s(made.settle));
    measurements result;
    book.report(result);
    light.report(result);
    return result;
  }
  [[nodiscard]] std::uint32_t first_light() const { return made.services + made.relays; }

  static graph full_mesh(const parameters& of) {
    graph result{of.services + of.relays, {}, {}};
    for (std::uint32_t node = 1; node < result.nodes; ++node)
      for (std::uint32_t other = 0; other < node; ++other) result.edges.push_back({node, other});
    return result;
  }
  static std::vector<relay_node> nodes_of(const parameters& of) {
    std::vector<relay_node> nodes(of.services + of.relays);
    for (std::uint32_t node = 0; node < nodes.size(); ++node) {
      nodes[node].shards.clear();
      for (std::uint16_t shard = 0; shard < of.shards; ++shard)
        if (node < of.services || shard == shard_of(of, node)) nodes[node].shards.push_back(shard);
    }
    return nodes;
  }
  static relay_options options() {
    relay_options made;
    made.link.latency = {{50ms, {}, 4s}};
    return made;
  }

  parameters made;
  ledger book;
  relay_network relay;
  light_network light;
  std::uint64_t published = 0;
};

inline const light_row& row_of(const measurements& of, std::string_view strategy) {
  return *std::find_if(of.light.begin(), of.light.end(),
                       [&](const light_row& each) { return each.strategy == strategy; });
}
/// The value of a figure, or -1.
inline double told_of(const measurements& of, std::string_view name) {
  for (const told_figure& each : of.told)
    if (each.name == name) return each.value;
  return -1;
}

}  // namespace small_services
