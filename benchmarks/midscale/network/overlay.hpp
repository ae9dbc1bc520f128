// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <midscale/network/member.hpp>
#include <midscale/network/relay_options.hpp>

namespace midscale {

/// Who is connected to whom, now and when all are there, and what neighbours that makes in each shard.
class overlay {
 public:
  struct connection {
    std::uint32_t node;
    std::uint32_t latency_ns;
    bool dialled;
  };
  struct node {
    bool online = true;
    std::uint32_t returns = 0;           ///< how often it came back
    std::vector<std::uint32_t> members;  ///< it in each of its shards
    std::vector<connection> connections;
  };

  /// `scored` says of each node whether it keeps records of its neighbours.
  overlay(const std::vector<relay_node>& nodes, std::vector<bool> scored) : scored_(std::move(scored)) {
    nodes_.resize(nodes.size());
    std::uint16_t shards = 0;
    for (const relay_node& each : nodes)
      for (const std::uint16_t shard : each.shards) shards = std::max<std::uint16_t>(shards, shard + 1);
    // The members of a shard have numbers in a row.
    for (std::uint16_t shard = 0; shard < shards; ++shard) {
      first_of_shard_.push_back(static_cast<std::uint32_t>(members_.size()));
      for (std::uint32_t number = 0; number < nodes.size(); ++number) {
        const auto& joined = nodes[number].shards;
        if (std::find(joined.begin(), joined.end(), shard) == joined.end()) continue;
        nodes_[number].members.push_back(static_cast<std::uint32_t>(members_.size()));
        member& own = members_.emplace_back();
        own.node = number;
        own.shard = shard;
      }
    }
    first_of_shard_.push_back(static_cast<std::uint32_t>(members_.size()));
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(nodes_.size()); }
  [[nodiscard]] std::uint16_t shards() const noexcept {
    return static_cast<std::uint16_t>(first_of_shard_.size() - 1);
  }
  [[nodiscard]] const node& at(std::uint32_t number) const noexcept { return nodes_[number]; }
  [[nodiscard]] std::vector<member>& members() noexcept { return members_; }
  [[nodiscard]] const std::vector<member>& members() const noexcept { return members_; }
  [[nodiscard]] std::uint32_t first_of(std::uint16_t shard) const noexcept { return first_of_shard_[shard]; }
  [[nodiscard]] std::uint32_t members_of(std::uint16_t shard) const noexcept {
    return first_of_shard_[shard + 1U] - first_of_shard_[shard];
  }
  /// The node in a shard, or member::nowhere.
  [[nodiscard]] std::uint32_t member_of(std::uint32_t number, std::uint16_t shard) const noexcept {
    for (const std::uint32_t each : nodes_[number].members)
      if (members_[each].shard == shard) return each;
    return member::nowhere;
  }
  [[nodiscard]] bool connected(std::uint32_t one, std::uint32_t other) const noexcept {
    const auto& all = nodes_[one].connections;
    return std::any_of(all.begin(), all.end(), [&](const connection& each) { return each.node == other; });
  }

  /// Makes a connection, which comes up when both are online. False where there is one.
  bool connect(std::uint32_t dialler, std::uint32_t listener, std::uint32_t latency_ns) {
    assert(dialler != listener);
    if (connected(dialler, listener)) return false;
    nodes_[dialler].connections.push_back({listener, latency_ns, true});
    nodes_[listener].connections.push_back({dialler, latency_ns, false});
    if (nodes_[dialler].online && nodes_[listener].online) {
      meet(dialler, nodes_[dialler].connections.back());
      meet(listener, nodes_[listener].connections.back());
    }
    return true;
  }
  /// Ends a connection for good. False where there is none.
  bool disconnect(std::uint32_t one, std::uint32_t other) {
    if (!connected(one, other)) return false;
    for (const auto& [own, far] : {std::pair{one, other}, std::pair{other, one}}) {
      forget(own, far);
      std::erase_if(nodes_[own].connections,
                    [far = far](const connection& each) { return each.node == far; });
    }
    return true;
  }
  /// A node is gone. Its neighbours know nothing of it until they forget() it.
  void leave(std::uint32_t number) {
    nodes_[number].online = false;
    for (const std::uint32_t each : nodes_[number].members) {
      member& own = members_[each];
      own.near.clear();
      own.records.clear();
      own.cache.clear();
      own.unwanted.clear();
      own.mesh = 0;
    }
  }
  /// A node is back: it is connected again to those of its connections that are online.
  void come_back(std::uint32_t number) {
    nodes_[number].online = true;
    ++nodes_[number].returns;
    for (const connection& each : nodes_[number].connections) {
      if (!nodes_[each.node].online) continue;
      forget(each.node, number);
      meet(number, each);
      meet(each.node, {number, each.latency_ns, !each.dialled});
    }
  }
  /// A node drops what it knows of another as a neighbour.
  void forget(std::uint32_t number, std::uint32_t gone) {
    for (const std::uint32_t each : nodes_[number].members) {
      const std::uint32_t other = member_of(gone, members_[each].shard);
      if (other == member::nowhere) continue;
      const std::uint32_t place = members_[each].find(other);
      if (place != member::nowhere) members_[each].remove(place);
    }
  }

 private:
  void meet(std::uint32_t number, const connection& to) {
    for (const std::uint32_t each : nodes_[number].members) {
      const std::uint32_t other = member_of(to.node, members_[each].shard);
      if (other != member::nowhere)
        members_[each].add({other, to.latency_ns, 0, to.dialled}, scored_[number]);
    }
  }

  std::vector<bool> scored_;
  std::vector<node> nodes_;
  std::vector<member> members_;
  std::vector<std::uint32_t> first_of_shard_;  // and one past the last member
};

}  // namespace midscale
