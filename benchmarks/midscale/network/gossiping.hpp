// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <midscale/network/draw.hpp>
#include <midscale/network/relay_state.hpp>

namespace midscale {

/// How messages go besides the mesh: IHAVE at heartbeats, IWANT in answer, and the message in answer to that, each in a
/// frame of its own. That a message is asked for three times at most needs no counting: nobody tells of it more often.
class gossiping {
 public:
  explicit gossiping(relay_state& state) : state_(state) {}

  /// IHAVE, of all messages of the latest heartbeats in one frame, to neighbours that are not in the mesh.
  void tell(member& own, std::uint32_t number) {
    const gossip_options& options = state_.gossip(own.node);
    const std::uint32_t told = own.cache.latest(options.history_gossip);
    const auto others = static_cast<std::uint32_t>(own.near.size()) - own.mesh;
    if (told == 0 || others == 0) return;
    const auto share = static_cast<std::uint32_t>(options.gossip_factor * static_cast<double>(others));
    const std::uint32_t count = std::min(std::max(options.degree_lazy, share), others);
    choose_open(own, told);
    relay_event event{.what = relay_event::kind::have, .from = number};
    event.bytes =
        static_cast<std::uint32_t>(frame::on_the_wire(frame::have(state_.topic_bytes[own.shard], told)));
    std::uint32_t sent = 0;
    for (std::uint32_t chosen = 0; chosen < count; ++chosen) {
      const std::uint32_t place = own.mesh + chosen;
      own.exchange(place, place + draw_below(state_.random, others - chosen));
      if (options.scores_peers &&
          own.records[place].score(options.score, state_.now()) < options.score.gossip_threshold)
        continue;
      carry(own.near[place], event);
      ++sent;
    }
    state_.frames.enter(event, sent);
  }
  void have(const relay_event& event) {
    if (event.message == id_lists::none) return;
    auto& ids = state_.lists[event.message];
    std::erase_if(ids, [&](std::uint32_t message) { return state_.log.seen(message, event.to); });
    const member& own = state_.at(event.to);
    const std::uint32_t place = own.find(event.from);
    if (ids.empty() || place == member::nowhere) return state_.lists.release(event.message);
    state_.send_control(own.near[place],
                        {.what = relay_event::kind::want, .from = event.to, .message = event.message},
                        frame::want(ids.size()));
  }
  void want(const relay_event& event) {
    const member& own = state_.at(event.to);
    const std::uint32_t place = own.find(event.from);
    if (place != member::nowhere)
      for (const std::uint32_t message : state_.lists[event.message])
        if (const auto* held = own.cache.find(message)) {
          relay_event copy = state_.copy_of(message, event.to, one_more(held->hops));
          copy.by_gossip = true;
          state_.frames.enter(copy, 1);
          state_.carry_copy(own.near[place], copy);
        }
    state_.lists.release(event.message);
  }

 private:
  // Of what is told, only messages that somebody lacks can matter.
  void choose_open(const member& own, std::uint32_t told) {
    open_.clear();
    const auto& all = own.cache.messages();
    for (std::size_t place = all.size() - told; place < all.size(); ++place)
      if (state_.log[all[place].message].lacking != 0) open_.push_back(all[place].message);
  }
  void carry(const neighbour& to, relay_event event) {
    lacks_.clear();
    for (const std::uint32_t message : open_)
      if (!state_.log.seen(message, to.member)) lacks_.push_back(message);
    // What is idle has no list, also where it becomes an event.
    event.message = lacks_.empty() ? id_lists::none : state_.lists.add(lacks_);
    state_.frames.carry(to, event, lacks_.empty());
  }

  relay_state& state_;
  std::vector<std::uint32_t> open_, lacks_;
};

}  // namespace midscale
