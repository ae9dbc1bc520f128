// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <midscale/network/peer_score.hpp>

namespace midscale {

/// A connection to another member of the same shard, as one end sees it.
struct neighbour {
  std::uint32_t member;
  std::uint32_t latency_ns;          ///< of what goes there
  std::uint32_t no_graft_until = 0;  ///< in milliseconds of the run
  bool dialled;                      ///< by this end
};

/// The messages that a member can give to those that ask, by the heartbeat in which they came.
class message_cache {
 public:
  struct entry {
    std::uint32_t message;
    std::uint8_t hops;  ///< that it took to come here
  };
  static constexpr std::size_t most_windows = 8;

  void note(std::uint32_t message, std::uint8_t hops) {
    messages_.push_back({message, hops});
    ++windows_[0];
  }
  /// How many came in the latest so many heartbeats. They are the last ones of messages().
  [[nodiscard]] std::uint32_t latest(std::uint32_t heartbeats) const noexcept {
    std::uint32_t count = 0;
    for (std::uint32_t window = 0; window < heartbeats; ++window) count += windows_[window];
    return count;
  }
  [[nodiscard]] const std::vector<entry>& messages() const noexcept { return messages_; }
  /// Null where it is not held.
  [[nodiscard]] const entry* find(std::uint32_t message) const noexcept {
    for (const entry& each : messages_)
      if (each.message == message) return &each;
    return nullptr;
  }
  /// A heartbeat ends; what came `length` heartbeats ago goes.
  void shift(std::uint32_t length) {
    if (messages_.empty()) return;
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(windows_[length - 1]));
    for (std::size_t window = length - 1; window > 0; --window) windows_[window] = windows_[window - 1];
    windows_[0] = 0;
  }
  void clear() noexcept {
    messages_.clear();
    windows_ = {};
  }

 private:
  std::vector<entry> messages_;  // in the order in which they came
  std::array<std::uint32_t, most_windows> windows_{};
};

/// A neighbour told by IDONTWANT that it has a message.
struct unwanted_copy {
  std::uint32_t message;
  std::uint32_t member;
  std::uint64_t heartbeat;  ///< of the own node, in which it was told
};

/// A node in one of its shards. Its neighbours there stand in one array, those of its mesh first.
struct member {
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

  std::uint32_t node = 0;
  std::uint16_t shard = 0;
  std::uint32_t mesh = 0;  ///< so many of `near`
  std::vector<neighbour> near;
  std::vector<peer_record> records;  ///< of each of `near`; empty where peers are not scored
  message_cache cache;
  std::vector<unwanted_copy> unwanted;

  /// The place of a neighbour, or `nowhere`.
  [[nodiscard]] std::uint32_t find(std::uint32_t other) const noexcept {
    for (std::size_t place = 0; place < near.size(); ++place)
      if (near[place].member == other) return static_cast<std::uint32_t>(place);
    return nowhere;
  }
  void exchange(std::uint32_t one, std::uint32_t other) noexcept {
    std::swap(near[one], near[other]);
    if (!records.empty()) std::swap(records[one], records[other]);
  }
  /// Takes a neighbour that is not in it into the mesh; returns its place there.
  std::uint32_t graft(std::uint32_t place, wr::duration now) noexcept {
    exchange(place, mesh);
    if (!records.empty()) records[mesh].grafted_at = now;
    return mesh++;
  }
  /// Takes a neighbour out of the mesh; returns its place thereafter.
  std::uint32_t prune(std::uint32_t place) noexcept {
    exchange(place, --mesh);
    if (!records.empty()) records[mesh].grafted_at = wr::duration(-1);
    return mesh;
  }
  void add(const neighbour& other, bool scored) {
    near.push_back(other);
    if (scored) records.emplace_back();
  }
  void remove(std::uint32_t place) {
    if (place < mesh) place = prune(place);
    exchange(place, static_cast<std::uint32_t>(near.size() - 1));
    near.pop_back();
    if (!records.empty()) records.pop_back();
  }
};

}  // namespace midscale
