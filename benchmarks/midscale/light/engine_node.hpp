// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <waku/reliability/engine/action.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/testing/simulated_network.hpp>

#include <midscale/light/gossip_layer.hpp>
#include <midscale/light/shared_message.hpp>

namespace midscale {

/// The service nodes of a run and their clients, over its relay network.
using service_network = wt::simulated_network<shared_message, wt::fast_hasher, gossip_layer>;

/// Is told what engines tell their applications. Nodes have the numbers that they were made with.
class engine_listener {
 public:
  virtual ~engine_listener() = default;
  virtual void received(std::uint32_t node, const wr::deliver<shared_message>& delivery) = 0;
  virtual void propagated(std::uint32_t node, const wr::propagated& first) = 0;
  virtual void finished(std::uint32_t node, const wr::finished& end) = 0;
};

/// A node of the lab that carries an engine, whatever its policies.
class engine_node {
 public:
  virtual ~engine_node() = default;

  /// Its number among the network's clients.
  [[nodiscard]] virtual std::uint32_t client() const = 0;
  virtual void subscribe(std::string_view pubsub_topic) = 0;
  /// Nothing where the engine refuses the message.
  virtual std::optional<wr::request_id> publish(std::string_view pubsub_topic,
                                                const shared_message& message) = 0;
  /// A device that sleeps runs nothing; what was due meanwhile is done when it wakes.
  virtual void sleep(bool asleep) = 0;
};

/// A way of using the library: its name in tables, and what makes a node that does so. The seed is the engine's.
struct strategy {
  std::string_view name;
  std::unique_ptr<engine_node> (*make)(service_network& network, std::uint32_t number, std::uint64_t seed,
                                       engine_listener& listener);
};

// In several parts, which compile side by side.

/// Of light nodes: no strategy, and those for publishing (none, L1 to L4, S1, F2, which is L2 for receiving).
[[nodiscard]] std::span<const strategy> publishing_strategies();
/// Of light nodes: those for receiving, for both ways, and all (S2, S3, F1, F3, F4, light_client).
[[nodiscard]] std::span<const strategy> receiving_strategies();
/// Of relay nodes: none, and the preset relay_with_store.
[[nodiscard]] std::span<const strategy> relay_strategies();

}  // namespace midscale
