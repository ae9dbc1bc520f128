// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability::services {

/// What a node says of itself by metadata (66/WAKU2-METADATA), as request and as answer alike.
struct metadata {
  std::optional<std::uint32_t> cluster{};  ///< every node of today says it; absent: an old or broken one
  std::vector<std::uint32_t> shards{};     ///< which it is part of; may be empty for those that do not relay

  friend bool operator==(const metadata&, const metadata&) = default;
};

/// What a host should do with a peer after it has told its metadata.
enum class metadata_verdict : std::uint8_t {
  keep,           ///< it is of this cluster
  no_cluster,     ///< it says no cluster: disconnect
  other_cluster,  ///< it is of another cluster: disconnect
};

/// The limits of a metadata service.
struct metadata_options {
  duration lifetime = std::chrono::hours(6);  ///< of what a peer told; duration::max(): for ever
  std::size_t peers_max = 4'096;  ///< peers remembered; beyond it the one that told longest ago is forgotten
  std::size_t shards_max = 128;   ///< of a peer; further ones are ignored. A frame of 1,024 bytes holds more
};

/// Both sides of metadata: tells of which cluster and shards this node is, judges what a peer tells, and remembers
/// it for its lifetime. A host asks on each new connection, and also disconnects from a peer whose metadata
/// cannot be had.
class metadata_service {
 public:
  explicit metadata_service(metadata own, const metadata_options& options = {})
      : own_(std::move(own)), options_(options) {}
  metadata_service(metadata_service&&) noexcept = default;
  metadata_service& operator=(metadata_service&&) noexcept = default;

  /// What this node tells, in requests and answers.
  [[nodiscard]] const metadata& own() const noexcept { return own_; }
  /// The shards of this node have changed.
  void set_shards(std::vector<std::uint32_t> shards) { own_.shards = std::move(shards); }

  /// A peer asked, and told its own metadata: what to answer. `told` may be what of() gave, here and below.
  const metadata& answer(peer_id peer, const metadata& told, steady_time now) {
    take_in(peer, told, now);
    return own_;
  }
  /// A peer told its metadata: whether it may stay. Shards are no reason to disconnect.
  metadata_verdict take_in(peer_id peer, const metadata& told, steady_time now) {
    if (!told.cluster) {
      forget(peer);
      return metadata_verdict::no_cluster;
    }
    const bool same_cluster = told.cluster == own_.cluster;
    remember(peer, told, now);
    return same_cluster ? metadata_verdict::keep : metadata_verdict::other_cluster;
  }
  /// What a peer told within the lifetime, or nullptr. Valid until the service changes. O(1).
  [[nodiscard]] const metadata* of(peer_id peer, steady_time now) const {
    const auto known = by_peer_.find(peer);
    if (known == by_peer_.end() || is_over(*known->second, now)) return nullptr;
    return &known->second->told;
  }
  /// The peer is gone for good.
  void forget(peer_id peer) {
    const auto known = by_peer_.find(peer);
    if (known == by_peer_.end()) return;
    facts_.erase(known->second);
    by_peer_.erase(known);
  }
  /// Forgets what is over its lifetime. How many peers that were.
  std::size_t expire(steady_time now) {
    std::size_t count = 0;
    while (!facts_.empty() && is_over(facts_.front(), now)) {
      forget_oldest();
      ++count;
    }
    return count;
  }
  /// The peers remembered.
  [[nodiscard]] std::size_t size() const noexcept { return facts_.size(); }

 private:
  struct fact {
    peer_id peer{};
    metadata told;
    steady_time told_at{};
  };

  [[nodiscard]] bool is_over(const fact& known, steady_time now) const {
    return now - known.told_at >= options_.lifetime;
  }
  void remember(peer_id peer, const metadata& told, steady_time now) {
    const std::size_t shards =
        told.shards.size() < options_.shards_max ? told.shards.size() : options_.shards_max;
    const auto last = told.shards.begin() + static_cast<std::ptrdiff_t>(shards);
    // A copy first, since forgetting may free what was told.
    fact fresh{peer, {told.cluster, {told.shards.begin(), last}}, now};
    expire(now);
    forget(peer);
    if (options_.peers_max == 0) return;
    if (facts_.size() >= options_.peers_max) forget_oldest();
    facts_.push_back(std::move(fresh));
    by_peer_.emplace(peer, --facts_.end());
  }
  void forget_oldest() {
    by_peer_.erase(facts_.front().peer);
    facts_.pop_front();
  }

  metadata own_;
  metadata_options options_;
  std::list<fact> facts_;  // the one told longest ago first
  std::unordered_map<peer_id, std::list<fact>::iterator> by_peer_;
};

}  // namespace waku::reliability::services
