// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/network/frame.hpp>
#include <midscale/network/ledger.hpp>
#include <midscale/network/links.hpp>
#include <midscale/network/message_log.hpp>
#include <midscale/network/overlay.hpp>
#include <midscale/network/passage.hpp>
#include <midscale/network/relay_options.hpp>
#include <midscale/topology/graph.hpp>

namespace midscale {

/// What the parts of the relay network share.
class relay_state {
 public:
  relay_state(const graph& start, const std::vector<relay_node>& set_up, relay_options given, ledger& into,
              std::uint64_t seed)
      : options(std::move(given)),
        random(seed),
        lines(options.link, lines_of(set_up), random.next()),
        nodes(set_up, scored(set_up)),
        log(std::any_of(options.gossip.begin(), options.gossip.end(),
                        [](const gossip_options& each) { return each.validation > wr::duration::zero(); })),
        book(into),
        frames(lines, into, node_of_members(), set_up.size(), options.every_frame_an_event),
        regions_(start.regions),
        heartbeats(set_up.size()),
        online_since(set_up.size()) {
    assert(start.nodes == set_up.size());
    regions_.resize(set_up.size());
    for (const relay_node& each : set_up) gossip_.push_back(&options.gossip[each.profile]);
    for (std::uint16_t shard = 0; shard < nodes.shards(); ++shard)
      topic_bytes.push_back(frame::pubsub_topic(options.cluster, shard));
    for (const edge& each : start.edges) nodes.connect(each.dialler, each.listener, draw_latency(each));
  }
  relay_state(const relay_state&) = delete;
  relay_state& operator=(const relay_state&) = delete;

  [[nodiscard]] const gossip_options& gossip(std::uint32_t node) const noexcept { return *gossip_[node]; }
  [[nodiscard]] member& at(std::uint32_t number) noexcept { return nodes.members()[number]; }
  [[nodiscard]] wr::duration now() const noexcept { return frames.now(); }
  std::uint32_t draw_latency(const edge& of) {
    return static_cast<std::uint32_t>(
        lines.draw_latency(regions_[of.dialler], regions_[of.listener]).count());
  }

  /// Sends a frame that holds no message, with an RPC of so many bytes.
  void send_control(const neighbour& to, relay_event event, std::size_t rpc, bool idle = false) {
    event.bytes = static_cast<std::uint32_t>(frame::on_the_wire(rpc));
    frames.send(to, event, idle);
  }
  /// A frame that holds a message, which is to be entered as sent and carried.
  [[nodiscard]] relay_event copy_of(std::uint32_t message, std::uint32_t from,
                                    std::uint8_t hops) const noexcept {
    return {.what = relay_event::kind::copy,
            .hops = hops,
            .from = from,
            .message = message,
            .bytes = log[message].wire_bytes};
  }
  void carry_copy(const neighbour& to, const relay_event& copy) {
    frames.carry(to, copy, log.seen(copy.message, to.member));
  }

  relay_options options;
  wr::random_source random;
  links lines;
  overlay nodes;
  message_log log;
  ledger& book;
  passage frames;

 private:
  static std::vector<bandwidth> lines_of(const std::vector<relay_node>& set_up) {
    std::vector<bandwidth> result;
    for (const relay_node& each : set_up) result.push_back(each.line);
    return result;
  }
  [[nodiscard]] std::vector<bool> scored(const std::vector<relay_node>& set_up) const {
    std::vector<bool> result;
    for (const relay_node& each : set_up) {
      assert(each.profile < options.gossip.size());
      result.push_back(options.gossip[each.profile].scores_peers);
    }
    return result;
  }
  [[nodiscard]] std::vector<std::uint32_t> node_of_members() const {
    std::vector<std::uint32_t> result;
    for (const member& each : nodes.members()) result.push_back(each.node);
    return result;
  }

  std::vector<std::uint16_t> regions_;         // of each node
  std::vector<const gossip_options*> gossip_;  // of each node

 public:
  std::vector<std::uint64_t> heartbeats;   ///< of each node
  std::vector<wr::duration> online_since;  ///< each node
  std::vector<std::size_t> topic_bytes;    ///< of the name of each shard
  id_lists lists;
};

}  // namespace midscale
