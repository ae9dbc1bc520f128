// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <waku/reliability/testing/relay_layer.hpp>

#include <midscale/network/relay.hpp>

namespace midscale {

namespace wt = waku::reliability::testing;

/// The relay network of the lab under a simulated fleet of service nodes: service node n is relay node n, a client that
/// relays is the next relay node after these, and pubsub topics have the numbers of their shards. Relay nodes
/// tell what they receive at the moment when they do, on the fleet's clock: the network may not be ahead of what
/// waits there. What a relay node has seen is not forgotten.
class gossip_layer {
 public:
  struct options_type {
    relay_network* network = nullptr;  ///< outlives the layer, which takes its on_first_receipt
    std::uint32_t nodes = 0;           ///< service nodes
  };

  gossip_layer(wt::virtual_clock& clock, const options_type& options, wt::fault_tally& /*tally*/,
               std::uint64_t /*seed*/, wt::relay_arrival arrived)
      : clock_(&clock), network_(options.network), next_client_(options.nodes), arrived_(std::move(arrived)) {
    assert(network_ != nullptr && !network_->on_first_receipt && options.nodes <= size());
    network_->on_first_receipt = [this](const receipt& what, wr::duration at) { heard(what, at); };
  }
  gossip_layer(const gossip_layer&) = delete;
  gossip_layer& operator=(const gossip_layer&) = delete;
  ~gossip_layer() { network_->on_first_receipt = nullptr; }

  /// A message comes into the relay network, where it has a number: says which node published it. To be set before.
  std::function<std::uint32_t(const wt::message_facts& facts, std::uint32_t message)> on_publication;

  std::uint32_t new_flood(const wt::message_facts& facts) {
    assert(facts.pubsub_topic < network_->nodes().shards());
    floods_.push_back({facts, none});
    return static_cast<std::uint32_t>(floods_.size() - 1);
  }
  std::uint32_t publish(std::uint32_t node, std::uint32_t number) {
    flood& own = floods_[number];
    const auto shard = static_cast<std::uint16_t>(own.facts.pubsub_topic);
    const std::uint32_t peers = reachable(node);
    if (peers == 0 || network_->nodes().member_of(node, shard) == member::nowhere) return 0;
    if (own.message == none) {
      own.message = static_cast<std::uint32_t>(network_->messages().size());
      flood_of_.resize(own.message + 1, none);
      flood_of_[own.message] = number;
      network_->publish(node, shard, static_cast<std::uint32_t>(own.facts.payload_size),
                        on_publication(own.facts, own.message));
    } else if (!network_->publish_again(node, own.message)) {
      return 0;
    }
    arrived_(node, number);
    return peers;
  }
  /// With the connections that it has in the network.
  std::uint32_t add_node(std::uint32_t /*links*/) {
    assert(next_client_ < size() && "as many clients relay as there are relay nodes");
    return next_client_++;
  }
  /// Nothing where the network was told of it ahead of time.
  void set_online(std::uint32_t node, bool online) {
    if (network_->online(node) != online) network_->set_online(node, online, network_->now());
  }
  void forget_seen(std::uint32_t /*node*/) {}

  [[nodiscard]] std::uint32_t reachable(std::uint32_t node) const {
    if (!network_->online(node)) return 0;
    std::uint32_t count = 0;
    for (const overlay::connection& each : network_->nodes().at(node).connections)
      count += network_->online(each.node) ? 1 : 0;
    return count;
  }
  [[nodiscard]] bool seen(std::uint32_t node, std::uint32_t number) const {
    const flood& own = floods_[number];
    if (own.message == none) return false;
    const std::uint32_t place =
        network_->nodes().member_of(node, static_cast<std::uint16_t>(own.facts.pubsub_topic));
    return place != member::nowhere && network_->messages().seen(own.message, place);
  }
  [[nodiscard]] std::uint32_t size() const noexcept { return network_->nodes().size(); }

 private:
  struct flood {
    wt::message_facts facts;
    std::uint32_t message;  // in the network, or none
  };
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  void heard(const receipt& what, wr::duration at) {
    assert(what.message < flood_of_.size() && "all messages come from the fleet");
    const std::uint32_t number = flood_of_[what.message];
    clock_->schedule_at(clock_->start() + at, [this, node = what.node, number] { arrived_(node, number); });
  }

  wt::virtual_clock* clock_;
  relay_network* network_;
  std::uint32_t next_client_;
  wt::relay_arrival arrived_;
  std::vector<flood> floods_;
  std::vector<std::uint32_t> flood_of_;  // of each message of the network
};

static_assert(wt::relay_layer<gossip_layer>);

}  // namespace midscale
