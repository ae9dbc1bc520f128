// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>

#include <midscale/network/absences.hpp>
#include <midscale/results/measurements.hpp>
#include <midscale/results/text_file.hpp>
#include <midscale/scenario/parameters.hpp>
#include <midscale/simulation/relay_setting.hpp>
#include <midscale/topology/shuffle.hpp>
#include <midscale/workload/constant_rate.hpp>
#include <midscale/workload/status_agents.hpp>
#include <midscale/workload/trace.hpp>

namespace midscale {

/// The publications of a run, by time.
struct planned_publications {
  std::vector<publication> made;
  std::uint64_t left_out = 0;  ///< whose node is away then, or that come after the end
};

/// Of relays, one in so many is a control node of a community; the others are desktop users and members of communities
/// in turn. Our choice: the study names the agents and no numbers.
constexpr std::uint32_t relays_per_control_node = 100;

/// The agents of the Status application in a run: services are store operators, relays as above, lights mobile users.
[[nodiscard]] inline std::vector<status_agent> agents_of(const parameters& of) {
  std::vector<status_agent> made;
  for (std::uint32_t node = 0; node < of.services; ++node)
    made.push_back({agent_kind::store_operator, node, 0});
  for (std::uint32_t node = of.services; node < of.nodes(); ++node) {
    const std::uint32_t relay = node - of.services;
    agent_kind kind = relay % 2 == 0 ? agent_kind::desktop_user : agent_kind::community_member;
    if (relay % relays_per_control_node == relays_per_control_node - 1) kind = agent_kind::control_node;
    if (relay >= of.relays) kind = agent_kind::mobile_user;
    assert(trait_of(kind).light == (relay >= of.relays));
    made.push_back({kind, node, shard_of(of, node)});
  }
  return made;
}

/// Who publishes of so many nodes from a first one on: all, or as many of them as are to publish, drawn.
[[nodiscard]] inline std::vector<publisher> publishers_of(const parameters& of, std::uint32_t first,
                                                          std::uint32_t nodes, wr::random_source& random) {
  std::vector<publisher> made;
  for (std::uint32_t node = first; node < first + nodes; ++node) made.push_back({node, shard_of(of, node)});
  shuffle(made, random);
  if (of.publishers != 0 && of.publishers < made.size()) made.resize(of.publishers);
  return made;
}

/// Messages at even distances, of which lights make their share, each kind of node in turn. Where it is the turn of a
/// node that is away, it is that of the next one that is there.
[[nodiscard]] inline planned_publications evenly_planned(const parameters& of,
                                                         const std::vector<std::vector<absence>>& away,
                                                         wr::duration begin, wr::duration length,
                                                         wr::random_source& random) {
  const std::vector<publisher> relays = publishers_of(of, of.services, of.relays, random);
  const std::vector<publisher> lights = publishers_of(of, of.services + of.relays, of.lights, random);
  const double share = relays.empty() ? 1 : lights.empty() ? 0 : of.light_share;
  if (relays.empty() && lights.empty()) return {};
  constant_rate workload{.rate = of.rate, .length = length, .publishers = {{}}, .sizes = {of.size}};
  if (of.workload == "status_mix") workload.sizes = status_mix(random);
  planned_publications planned;
  std::size_t turn_of_relays = 0;
  std::size_t turn_of_lights = 0;
  double due = 0;  // publications of lights
  for (publication each : publications_of(workload)) {
    due += share;
    const bool light = due >= 1;
    if (light) due -= 1;
    const std::vector<publisher>& all = light ? lights : relays;
    std::size_t& turn = light ? turn_of_lights : turn_of_relays;
    each.at += begin;
    std::size_t tried = 0;
    while (tried < all.size() && is_away(away[all[turn % all.size()].node], each.at)) ++turn, ++tried;
    if (tried == all.size()) {
      ++planned.left_out;
      continue;
    }
    each.node = all[turn % all.size()].node;
    each.shard = all[turn % all.size()].shard;
    ++turn;
    planned.made.push_back(each);
  }
  return planned;
}

/// What a trace tells of a run's nodes. Throws file_trouble, and std::invalid_argument with a sentence, also where a
/// relay publishes to a shard that it does not follow.
[[nodiscard]] inline std::vector<publication> traced(const parameters& of) {
  std::vector<publication> made =
      trace_from_csv(read_text(of.trace), static_cast<std::uint32_t>(of.nodes()), of.shards);
  for (const publication& each : made) {
    const bool relays = each.node >= of.services && each.node < of.services + of.relays;
    if (relays && each.shard != shard_of(of, each.node))
      throw std::invalid_argument("the trace: node " + std::to_string(each.node) + " publishes to shard " +
                                  std::to_string(each.shard) + ", and follows " +
                                  std::to_string(shard_of(of, each.node)));
  }
  return made;
}

/// The publications of a run from a time on, for a length of time. `away` has the absences of each node. Throws
/// file_trouble and std::invalid_argument for a trace.
[[nodiscard]] inline planned_publications planned_publications_of(
    const parameters& of, const std::vector<std::vector<absence>>& away, wr::duration begin,
    wr::duration length, wr::random_source& random) {
  if (of.workload == "constant" || of.workload == "status_mix")
    return evenly_planned(of, away, begin, length, random);
  std::vector<publication> all;
  if (of.workload == "trace") {
    all = traced(of);
  } else {
    all = publications_of(status_workload{.agents = agents_of(of), .length = length}, random);
  }
  planned_publications planned;
  for (publication each : all) {
    // A trace counts from the start of the run, as sent.csv does.
    if (of.workload != "trace") each.at += begin;
    if (each.at >= begin + length || is_away(away[each.node], each.at)) {
      ++planned.left_out;
    } else {
      planned.made.push_back(each);
    }
  }
  return planned;
}

}  // namespace midscale
