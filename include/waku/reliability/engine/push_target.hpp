// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/engine_state.hpp>

namespace waku::reliability {

/// Adds the next lightpush node for a message to `targets`; false if there is none. No node is handed the
/// message while its reply to an earlier copy is awaited (L3.1), nor again after it refused it for good or does
/// not serve the pubsub topic (R20). Nodes that have not had it come first; those that are out of the pool too,
/// when it was accepted and got lost. Where filter nodes are to echo it, those are spared, and the last one that
/// has not had it is kept for the confirmation as long as another node can be used (L4.2). Where `pushed_to` has
/// no room for another node, only those in it are taken: a node that was forgotten would pass for a witness.
template <class State>
bool add_push_target(State& state, const typename State::entry_type& entry, typename State::topic_type& topic,
                     peer_list<8>& targets) {
  if (entry.sending_to.size() + targets.size() >= targets.limit) return false;
  const bool noted_only = entry.pushed_to.size() + targets.size() >= entry.pushed_to.limit;
  const auto free = [&](peer_id peer) {
    if (noted_only && !entry.pushed_to.contains(peer)) return false;
    return !entry.sending_to.contains(peer) && !targets.contains(peer) && !entry.declined_by.contains(peer);
  };
  const auto fresh = [&](peer_id peer) { return free(peer) && !entry.pushed_to.contains(peer); };
  const auto pick = [&](auto&& eligible) {
    const auto peer = topic.lightpush.choose(state.now.steady, state.numbers.pool, state.random, eligible);
    return peer && targets.add(*peer);
  };
  // What was accepted and got lost: the same nodes again are no more use than one that is out.
  const auto pick_out = [&](auto&& eligible) {
    if (!entry.accepted || entry.in_flight > 0) return false;
    const auto peer = topic.lightpush.choose(state.now.steady, state.everyone(), state.random, eligible);
    return peer && targets.add(*peer);
  };
  if constexpr (State::policies::confirmation::asks.echo) {
    const auto echoes = [&](peer_id peer) { return topic.is_member(peer); };
    const auto independent =
        static_cast<std::size_t>(count_of(topic.members, [&](const filter_member& member) {
          return !member.leaving && !entry.pushed_to.contains(member.peer) && !targets.contains(member.peer);
        }));
    const auto fresh_and_silent = [&](peer_id peer) { return fresh(peer) && !echoes(peer); };
    if (pick(fresh_and_silent)) return true;
    if (independent > 1 && pick(fresh)) return true;
    if (pick_out(fresh_and_silent)) return true;
    if (pick([&](peer_id peer) { return free(peer) && (entry.pushed_to.contains(peer) || !echoes(peer)); })) {
      return true;
    }
  }
  return pick(fresh) || pick_out(fresh) || pick(free);
}

}  // namespace waku::reliability
