// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/fault_kind.hpp>
#include <waku/reliability/testing/latency.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/relay_layer.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// The shape of a relay network. The defaults are those of the public network's nodes.
struct relay_options {
  std::uint32_t nodes = 200;      ///< at least 3
  std::uint32_t mesh_degree = 6;  ///< mean number of neighbours; none has fewer than 2
  latency hop{std::chrono::milliseconds(15), std::chrono::milliseconds(45), std::chrono::seconds(2)};
  double hop_loss = 0;                               ///< share of hops that lose a message, 0 to 1
  duration seen_lifetime = std::chrono::minutes(2);  ///< how long a node knows a message that it has seen
};

/// Relay nodes in a random mesh that flood messages to each other, each forwarding what it sees for the first
/// time to all neighbours but the one it came from. Messages are numbers ("floods"); two publications of one
/// message are one flood, unless a fresh proof makes its bytes differ. Gossip about messages (IHAVE) is left
/// out: what a flood does not reach stays without it.
class relay_network {
 public:
  using options_type = relay_options;

  /// There are fewer nodes than this.
  static constexpr std::uint32_t node_limit = 1U << 16U;

  /// `arrived` is called when a node sees a flood for the first time, also at the publisher itself.
  relay_network(virtual_clock& clock, const relay_options& shape, fault_tally& tally, std::uint64_t seed,
                relay_arrival arrived)
      : clock_(&clock), options_(shape), tally_(&tally), random_(seed), arrived_(std::move(arrived)) {
    assert(shape.nodes >= 3 && shape.nodes < node_limit && shape.mesh_degree >= 2);
    nodes_.resize(shape.nodes);
    // A ring in random order keeps the whole together; random chords bring the mean degree to the wish.
    std::vector<std::uint32_t> ring(shape.nodes);
    for (std::uint32_t node = 0; node < shape.nodes; ++node) ring[node] = node;
    for (std::size_t left = ring.size(); left > 1; --left)
      std::swap(ring[left - 1], ring[random_.below(left)]);
    for (std::size_t place = 0; place < ring.size(); ++place) {
      connect(ring[place], ring[(place + 1) % ring.size()]);
    }
    const std::uint64_t chords = std::uint64_t{shape.nodes} * (shape.mesh_degree - 2) / 2;
    for (std::uint64_t chord = 0; chord < chords; ++chord) {
      const auto one = static_cast<std::uint32_t>(random_.below(shape.nodes));
      connect(one, static_cast<std::uint32_t>(random_.below(shape.nodes)));
    }
  }
  relay_network(const relay_network&) = delete;
  relay_network& operator=(const relay_network&) = delete;

  /// A further node, with links to so many random nodes.
  std::uint32_t add_node(std::uint32_t links) {
    const auto node = static_cast<std::uint32_t>(nodes_.size());
    assert(node + 1 < node_limit);
    nodes_.emplace_back();
    for (std::uint32_t link = 0; link < links; ++link) {
      connect(node, static_cast<std::uint32_t>(random_.below(node)));
    }
    return node;
  }
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(nodes_.size()); }
  [[nodiscard]] const std::vector<std::uint32_t>& neighbours(std::uint32_t node) const {
    return nodes_[node].neighbours;
  }

  /// A number for a flood, whatever its message.
  std::uint32_t new_flood(const message_facts& /*facts*/ = {}) {
    seen_.emplace_back();
    return static_cast<std::uint32_t>(seen_.size() - 1);
  }

  void set_online(std::uint32_t node, bool online) { nodes_[node].online = online; }
  [[nodiscard]] bool online(std::uint32_t node) const { return nodes_[node].online; }
  /// Nodes on different sides of a partition do not hear each other. All begin on side 0.
  void set_side(std::uint32_t node, std::uint8_t side) { nodes_[node].side = side; }
  [[nodiscard]] std::uint8_t side(std::uint32_t node) const { return nodes_[node].side; }
  void set_hop_loss(double share) noexcept { options_.hop_loss = share; }
  [[nodiscard]] double hop_loss() const noexcept { return options_.hop_loss; }

  /// How many neighbours a node can reach now.
  [[nodiscard]] std::uint32_t reachable(std::uint32_t node) const {
    std::uint32_t count = 0;
    for (const std::uint32_t other : nodes_[node].neighbours) {
      count += nodes_[other].online && nodes_[other].side == nodes_[node].side ? 1 : 0;
    }
    return count;
  }
  /// True while a node remembers that it saw the flood.
  [[nodiscard]] bool seen(std::uint32_t node, std::uint32_t flood) const {
    const auto& times = seen_[flood];
    return node < times.size() && times[node] != never &&
           clock_->steady() < times[node] + options_.seen_lifetime;
  }
  /// Restarts forget what a node has seen.
  void forget_seen(std::uint32_t node) {
    for (auto& times : seen_) {
      if (node < times.size()) times[node] = never;
    }
  }
  /// A node sends a flood to all neighbours that it can reach, and counts them. Nothing happens and it is 0
  /// when the node is away, alone, or has seen the flood.
  std::uint32_t publish(std::uint32_t node, std::uint32_t flood) {
    if (!nodes_[node].online || seen(node, flood)) return 0;
    const std::uint32_t peers = reachable(node);
    if (peers == 0) return 0;
    see(node, flood);
    forward(node, node, flood);
    return peers;
  }

 private:
  struct relay_node {
    std::vector<std::uint32_t> neighbours;
    bool online = true;
    std::uint8_t side = 0;
  };

  static constexpr steady_time never = steady_time::min();

  void connect(std::uint32_t a, std::uint32_t b) {
    auto& of_a = nodes_[a].neighbours;
    if (a == b || std::find(of_a.begin(), of_a.end(), b) != of_a.end()) return;
    of_a.push_back(b);
    nodes_[b].neighbours.push_back(a);
  }
  void see(std::uint32_t node, std::uint32_t flood) {
    auto& times = seen_[flood];
    if (times.size() < nodes_.size()) times.resize(nodes_.size(), never);
    times[node] = clock_->steady();
    arrived_(node, flood);
  }
  void forward(std::uint32_t node, std::uint32_t came_from, std::uint32_t flood) {
    for (const std::uint32_t other : nodes_[node].neighbours) {
      if (other == came_from) continue;
      if (nodes_[other].side != nodes_[node].side) {
        tally_->strike(fault_kind::partition);
        continue;
      }
      // A hop to a node that knows the flood already changes nothing, so it costs no event.
      if (!nodes_[other].online || seen(other, flood)) continue;
      if (options_.hop_loss > 0 && random_.chance(options_.hop_loss)) {
        tally_->strike(fault_kind::hop_loss);
        continue;
      }
      // Packed into two words, the callback needs no allocation.
      const hop next{this, flood, static_cast<std::uint16_t>(other), static_cast<std::uint16_t>(node)};
      clock_->schedule_after(options_.hop.draw(random_), next);
    }
  }
  void arrive(std::uint32_t node, std::uint32_t came_from, std::uint32_t flood) {
    if (!nodes_[node].online || seen(node, flood)) return;
    see(node, flood);
    forward(node, came_from, flood);
  }
  struct hop {
    relay_network* network;
    std::uint32_t flood;
    std::uint16_t to;
    std::uint16_t from;
    void operator()() const { network->arrive(to, from, flood); }
  };

  virtual_clock* clock_;
  relay_options options_;
  fault_tally* tally_;
  random_source random_;
  relay_arrival arrived_;
  std::vector<relay_node> nodes_;
  std::vector<std::vector<steady_time>> seen_;  // by flood, then by node
};

static_assert(relay_layer<relay_network>);

}  // namespace waku::reliability::testing
