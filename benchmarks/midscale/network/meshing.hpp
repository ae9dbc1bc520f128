// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include <midscale/network/mesh_upkeep.hpp>
#include <midscale/network/relay_state.hpp>

namespace midscale {

/// GRAFT and PRUNE: what a member tells its neighbours about its mesh, and what it does when they tell.
class meshing {
 public:
  explicit meshing(relay_state& state) : state_(state) {}

  void upkeep(member& own, std::uint32_t number, std::uint64_t heartbeat) {
    const gossip_options& options = state_.gossip(own.node);
    if (options.scores_peers && heartbeat % options.score.decay_heartbeats == 0)
      for (peer_record& each : own.records) each.decay(options.score);
    mesh_upkeep(
        own, options, state_.random, state_.now(), scratch_,
        [&](std::uint32_t place) {
          state_.book.mesh_changed(state_.now());
          state_.send_control(own.near[place], {.what = relay_event::kind::graft, .from = number},
                              frame::graft(state_.topic_bytes[own.shard]));
        },
        [&](std::uint32_t place) {
          state_.book.mesh_changed(state_.now());
          refuse(own, number, place);
        })
        .run(heartbeat);
    state_.book.mesh(state_.now(), own.mesh);
  }
  void graft(const relay_event& event) {
    member& own = state_.at(event.to);
    const std::uint32_t place = own.find(event.from);
    if (place == member::nowhere || place < own.mesh) return;
    const gossip_options& options = state_.gossip(own.node);
    const bool early = own.near[place].no_graft_until > milliseconds();
    if (early && options.scores_peers) own.records[place].penalty += 1;
    const bool bad = options.scores_peers && own.records[place].score(options.score, state_.now()) < 0;
    if (early || bad || (own.mesh >= options.degree_high && !own.near[place].dialled))
      return refuse(own, event.to, place);
    own.graft(place, state_.now());
    state_.book.mesh_changed(state_.now());
  }
  void prune(const relay_event& event) {
    member& own = state_.at(event.to);
    std::uint32_t place = own.find(event.from);
    if (place == member::nowhere) return;
    if (place < own.mesh) {
      place = own.prune(place);
      state_.book.mesh_changed(state_.now());
    }
    back_off(own, place);
  }

 private:
  // Tells a neighbour that it is not in the mesh, and to leave it so for a while.
  void refuse(member& own, std::uint32_t number, std::uint32_t place) {
    back_off(own, place);
    const auto seconds =
        static_cast<std::uint64_t>(state_.gossip(own.node).prune_backoff / std::chrono::seconds(1));
    state_.send_control(own.near[place], {.what = relay_event::kind::prune, .from = number},
                        frame::prune(state_.topic_bytes[own.shard], seconds));
  }
  void back_off(member& own, std::uint32_t place) const {
    own.near[place].no_graft_until =
        milliseconds() +
        static_cast<std::uint32_t>(state_.gossip(own.node).prune_backoff / std::chrono::milliseconds(1));
  }
  [[nodiscard]] std::uint32_t milliseconds() const noexcept {
    return static_cast<std::uint32_t>(state_.now() / std::chrono::milliseconds(1));
  }

  relay_state& state_;
  std::vector<std::uint32_t> scratch_;
};

}  // namespace midscale
