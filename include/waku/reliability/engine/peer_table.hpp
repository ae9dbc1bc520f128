// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/capability/peer.hpp>

namespace waku::reliability {

/// What is known of one peer: its protocols, and the shards it serves (none listed: unknown, so any).
struct peer_record {
  peer_id peer{};
  peer_protocols protocols;
  std::vector<std::string> pubsub_topics;

  [[nodiscard]] bool serves(std::string_view pubsub_topic) const {
    if (pubsub_topics.empty()) return true;
    for (const std::string& topic : pubsub_topics) {
      if (topic == pubsub_topic) return true;
    }
    return false;
  }
};

/// All peers that were reported and have not left, by number.
class peer_table {
 public:
  peer_record& put(peer_id peer, peer_protocols protocols, std::span<const std::string_view> pubsub_topics) {
    const std::size_t at = position(peer);
    if (at == records_.size() || records_[at].peer != peer) {
      records_.insert(records_.begin() + static_cast<std::ptrdiff_t>(at), peer_record{});
    }
    peer_record& record = records_[at];
    record.peer = peer;
    record.protocols = protocols;
    record.pubsub_topics.assign(pubsub_topics.begin(), pubsub_topics.end());
    return record;
  }
  void remove(peer_id peer) {
    const std::size_t at = position(peer);
    if (at < records_.size() && records_[at].peer == peer) {
      records_.erase(records_.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  [[nodiscard]] const peer_record* find(peer_id peer) const {
    const std::size_t at = position(peer);
    return at < records_.size() && records_[at].peer == peer ? &records_[at] : nullptr;
  }
  [[nodiscard]] auto begin() const noexcept { return records_.begin(); }
  [[nodiscard]] auto end() const noexcept { return records_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

 private:
  [[nodiscard]] std::size_t position(peer_id peer) const {
    std::size_t low = 0;
    std::size_t high = records_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (records_[middle].peer < peer) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  std::vector<peer_record> records_;
};

}  // namespace waku::reliability
