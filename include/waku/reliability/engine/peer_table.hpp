// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/sorted_list.hpp>

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

/// All peers that were reported and have not left, by number. A template, as are the other tables of the engine:
/// nothing of it is compiled where there is no engine.
template <class Record>
class basic_peer_table {
 public:
  Record& put(peer_id peer, peer_protocols protocols, std::span<const std::string_view> pubsub_topics) {
    Record& record = records_.put(peer);
    record.protocols = protocols;
    record.pubsub_topics.assign(pubsub_topics.begin(), pubsub_topics.end());
    return record;
  }
  void remove(peer_id peer) { records_.remove(peer); }
  [[nodiscard]] const Record* find(peer_id peer) const { return records_.find(peer); }
  /// True for a store that knows hashes: presence queries and look-ups are for these (R37).
  [[nodiscard]] bool answers_by_hash(peer_id peer) const {
    const Record* record = find(peer);
    return record != nullptr && record->protocols.store;
  }
  [[nodiscard]] const Record* begin() const noexcept { return records_.begin(); }
  [[nodiscard]] const Record* end() const noexcept { return records_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

 private:
  sorted_list<Record, &Record::peer> records_;
};
using peer_table = basic_peer_table<peer_record>;

}  // namespace waku::reliability
