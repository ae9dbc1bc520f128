// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <midscale/network/relay_state.hpp>

namespace midscale {

/// How a message goes through the mesh: what a member does with one of its own, and with one that comes.
class forwarding {
 public:
  explicit forwarding(relay_state& state) : state_(state) {}

  /// A member's own message goes to its mesh, and with flood publishing to all neighbours that are not too bad.
  void publish(std::uint32_t from, std::uint32_t message) {
    member& own = state_.at(from);
    const gossip_options& options = state_.gossip(own.node);
    own.cache.note(message, 0);
    state_.log.pass(message, from);
    state_.book.mesh_links(state_.now(), own.mesh, 0);
    const std::uint32_t most =
        options.flood_publish ? flood_limit(options, state_.log[message].data_bytes) : 0;
    const relay_event copy = state_.copy_of(message, from, 1);
    std::uint32_t sent = 0;
    for (std::uint32_t place = 0; place < own.near.size() && (place < own.mesh || place < most); ++place) {
      if (place >= own.mesh && options.scores_peers &&
          own.records[place].score(options.score, state_.now()) < options.score.publish_threshold)
        continue;
      state_.carry_copy(own.near[place], copy);
      ++sent;
    }
    state_.frames.enter(copy, sent);
  }
  /// A copy came. True where it is the first, and to be accepted now.
  [[nodiscard]] bool copy(const relay_event& event) {
    if (!state_.log.see(event.message, event.to)) return false;
    member& own = state_.at(event.to);
    const gossip_options& options = state_.gossip(own.node);
    if (options.scores_peers)
      if (const std::uint32_t place = own.find(event.from); place != member::nowhere)
        own.records[place].delivered_first(options.score);
    if (options.dont_want_from != 0 && state_.log[event.message].data_bytes >= options.dont_want_from)
      tell_others(own, event);
    if (options.validation <= wr::duration::zero()) return true;
    relay_event later = event;
    later.what = relay_event::kind::validated;
    state_.frames.put(state_.now() + options.validation, later);
    return false;
  }
  /// A message is valid: it is kept for those that ask, and passed on to the mesh.
  void accept(const relay_event& event) {
    member& own = state_.at(event.to);
    own.cache.note(event.message, event.hops);
    state_.log.pass(event.message, event.to);
    const relay_event copy = state_.copy_of(event.message, event.to, one_more(event.hops));
    std::uint32_t first = 0, back = 0;
    for (std::uint32_t place = 0; place < own.mesh; ++place) {
      const neighbour& to = own.near[place];
      if (to.member == event.from || (!own.unwanted.empty() && unwanted(own, event.message, to.member)))
        continue;
      ++(state_.log.passed(event.message, to.member) ? back : first);
      state_.carry_copy(to, copy);
    }
    state_.frames.enter(copy, first + back);
    state_.book.mesh_links(state_.now(), first, back);
    std::erase_if(own.unwanted, [&](const unwanted_copy& each) { return each.message == event.message; });
  }
  /// A neighbour has a message and wants no copy.
  void dont_want(const relay_event& event) {
    member& own = state_.at(event.to);
    if (!state_.log.passed(event.message, event.to))
      own.unwanted.push_back({event.message, event.from, state_.heartbeats[own.node]});
  }
  /// A heartbeat ends: what was told by IDONTWANT is forgotten after three (go-libp2p-pubsub,
  /// GossipSubIDontWantMessageTTL).
  void forget(member& own) const {
    std::erase_if(own.unwanted, [&](const unwanted_copy& each) {
      return each.heartbeat + 3 < state_.heartbeats[own.node];
    });
  }

 private:
  // IDONTWANT, to the mesh but for the one that the message came from.
  void tell_others(const member& own, const relay_event& event) {
    for (std::uint32_t place = 0; place < own.mesh; ++place) {
      const neighbour& to = own.near[place];
      if (to.member == event.from) continue;
      state_.send_control(to,
                          {.what = relay_event::kind::dont_want, .from = event.to, .message = event.message},
                          frame::dont_want(), state_.log.passed(event.message, to.member));
    }
  }
  static bool unwanted(const member& own, std::uint32_t message, std::uint32_t by) noexcept {
    return std::any_of(own.unwanted.begin(), own.unwanted.end(), [&](const unwanted_copy& each) {
      return each.message == message && each.member == by;
    });
  }
  // nim-libp2p, gossipsub.nim, publish: as many as the line takes in a heartbeat, and D_low at least.
  static std::uint32_t flood_limit(const gossip_options& options, std::uint32_t bytes) noexcept {
    if (options.flood_bits == 0) return ~std::uint32_t{0};
    const std::uint64_t takes_ms = std::max<std::uint64_t>(bytes / (options.flood_bits / 8'000), 1);
    const auto heartbeat_ms = static_cast<std::uint64_t>(options.heartbeat / std::chrono::milliseconds(1));
    return std::max(static_cast<std::uint32_t>(heartbeat_ms / takes_ms), options.degree_low);
  }

  relay_state& state_;
};

}  // namespace midscale
