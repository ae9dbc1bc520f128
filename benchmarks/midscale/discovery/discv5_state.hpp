// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/discovery/discv5_event.hpp>
#include <midscale/discovery/discv5_options.hpp>
#include <midscale/discovery/discv5_packet.hpp>
#include <midscale/discovery/node_record.hpp>
#include <midscale/discovery/routing_table.hpp>
#include <midscale/discovery/session_cache.hpp>
#include <midscale/network/event_queue.hpp>
#include <midscale/network/ledger.hpp>

namespace midscale {

/// What the parts of the discv5 network share.
class discv5_state {
 public:
  /// A WHOAREYOU that a node sent, and until when it stands.
  struct challenge {
    std::uint32_t to;
    wr::duration until;
  };
  /// A request of a node that waits for another to the same node, or one that is under way.
  struct call {
    std::uint32_t to;
    std::uint16_t distance;
    std::uint8_t look_up;
  };
  struct participant {
    routing_table table;
    session_cache sessions;
    std::vector<challenge> challenges;
    std::vector<call> calls;    ///< under way, of software that makes one at a time
    std::vector<call> waiting;  ///< for those, the oldest first
    bool online = false;
    std::uint32_t life = 0;  ///< goes up when the node leaves
  };
  /// What happened while the ledger was open.
  struct counts {
    std::uint64_t requests = 0;
    std::uint64_t handshakes = 0;
    std::uint64_t unanswered = 0;
    std::uint64_t packets = 0;
  };

  discv5_state(std::vector<discv5_node> set_up, discv5_options given, ledger& into, std::uint64_t seed)
      : options(std::move(given)),
        nodes(std::move(set_up)),
        book(into),
        random(seed),
        is_bootstrap(nodes.size()),
        latency_seed_(random.next()) {
    for (std::uint32_t node = 0; node < nodes.size(); ++node) {
      assert(nodes[node].software < options.software.size());
      ids.push_back(random.next());
      record_bytes.push_back(static_cast<std::uint32_t>(encoded(software(node).record, node).size()));
    }
    refuse_equal_ids();
    for (const std::uint32_t node : options.bootstrap) is_bootstrap[node] = true;
    for (std::uint32_t node = 0; node < nodes.size(); ++node)
      participants.push_back({fresh_table(node), session_cache(software(node).sessions), {}, {}, {}});
    for (std::uint16_t distance = 1; distance <= 256; ++distance)
      find_bytes[distance] = discv5_packet::find_node(discv5_packet::asked_distances(distance));
  }
  discv5_state(const discv5_state&) = delete;
  discv5_state& operator=(const discv5_state&) = delete;

  [[nodiscard]] wr::duration now() const noexcept { return now_; }
  void move_to(wr::duration time) noexcept { now_ = time; }
  [[nodiscard]] const discv5_software& software(std::uint32_t node) const noexcept {
    return options.software[nodes[node].software];
  }
  [[nodiscard]] routing_table fresh_table(std::uint32_t node) const {
    return {ids[node], software(node), ids};
  }
  /// Whether a node is still in that life.
  [[nodiscard]] bool lives(std::uint32_t node, std::uint32_t life) const noexcept {
    return participants[node].online && participants[node].life == life;
  }
  /// One way, the same both ways and at any time.
  [[nodiscard]] wr::duration latency(std::uint32_t one, std::uint32_t other) const {
    const auto [low, high] = std::minmax(one, other);
    wr::random_source drawn(latency_seed_ ^ (std::uint64_t{low} << 32U | high));
    const auto& between = options.link.between(nodes[low].region, nodes[high].region);
    return std::min(between.draw(drawn), link_options::longest);
  }
  void count(std::uint64_t counts::*what, std::uint64_t many = 1) noexcept {
    if (book.open(now_)) counted.*what += many;
  }

  discv5_options options;
  std::vector<discv5_node> nodes;
  ledger& book;
  wr::random_source random;
  std::vector<bool> is_bootstrap;
  std::vector<node_id> ids;                   ///< of each node
  std::vector<std::uint32_t> record_bytes;    ///< likewise
  std::vector<participant> participants;      ///< likewise
  std::array<std::size_t, 257> find_bytes{};  ///< of FINDNODE by the distance of the target
  event_queue<discv5_event> events;
  counts counted;

 private:
  void refuse_equal_ids() const {
    std::vector<node_id> sorted = ids;
    std::sort(sorted.begin(), sorted.end());
    assert(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end() &&
           "ids of 64 bits are not enough");
  }

  std::uint64_t latency_seed_;
  wr::duration now_{};
};

}  // namespace midscale
