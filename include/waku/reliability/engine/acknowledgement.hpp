// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>

#include <waku/reliability/engine/transmission.hpp>

namespace waku::reliability {

/// Weighs the evidence about published messages: stores that hold them or do not, filter nodes that push them
/// back (S1.5, S1.6, S3.7–S3.9, L4).
template <class State>
class acknowledgement {
 public:
  explicit acknowledgement(State& state) : state_(state) {}

  /// A store node listed the message. One that was handed the message itself proves little: it counts only
  /// when a second store lists it too, or when there is no other store to ask (L4.2). One that has to pause for
  /// its rate limit is still there to ask.
  void present(buffer_slot slot, peer_id store) {
    auto& entry = state_.outgoing[slot];
    if (entry.finished) return completion<State>(state_).late_news(state_.outgoing.hash(slot));
    transmission<State>(state_).may_be_out(slot);
    auto& topic = state_.topics[entry.topic];
    entry.listed_by.add(store);
    if (entry.pushed_to.contains(store) && entry.listed_by.size() < 2) {
      const auto independent = topic.store.choose(
          state_.now.steady + State::store_pause, state_.numbers.pool, state_.random, [&](peer_id peer) {
            return !entry.pushed_to.contains(peer) && state_.peers.answers_by_hash(peer);
          });
      if (independent) return;
      state_.notify(notice::degraded{topic.name, service::store, 0, 1});
    }
    entry.seen.stores = static_cast<std::uint32_t>(entry.listed_by.size());
    judge(slot);
  }

  /// A complete reply of a store lacked the message (R1). It means nothing once another store had it (R6).
  void absent(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (entry.finished || entry.seen.stores > 0) return;
    ++entry.absent_replies;
    const std::uint32_t limit = state_.numbers.confirmation.negative_replies_max;
    if (limit != 0 && entry.absent_replies >= limit) {
      completion<State>(state_).finish(slot, unconfirmed{unconfirmed_why::not_stored, entry.accepted_by});
      return;
    }
    if (entry.accepted || entry.in_flight == 0) transmission<State>(state_).arm_after_transmission(slot);
  }

  /// A filter node pushed one of our own messages back (R24). It is out there, then, whatever the replies to
  /// come may say.
  void echo(buffer_slot slot, peer_id from) {
    auto& entry = state_.outgoing[slot];
    if (entry.finished) return;
    transmission<State>(state_).may_be_out(slot);
    if (!State::policies::confirmation::asks.echo) return;
    auto& topic = state_.topics[entry.topic];
    if (entry.pushed_to.contains(from)) {
      const auto independent =
          topic.filter.choose(state_.now.steady, state_.numbers.pool, state_.random,
                              [&](peer_id peer) { return !entry.pushed_to.contains(peer); });
      if (independent) return;
      state_.notify(notice::degraded{topic.name, service::filter, 0, 1});
    }
    if (!entry.echoed_by.add(from)) return;
    ++entry.seen.echoes;
    judge(slot);
  }

 private:
  void judge(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (!state_.confirmation.enough(entry.seen, state_.numbers.confirmation)) return;
    const bool store = entry.seen.stores > 0;
    const confirmed_by by = store && entry.seen.echoes > 0 ? confirmed_by::store_and_echo
                            : store                        ? confirmed_by::store
                                                           : confirmed_by::echo;
    completion<State>(state_).finish(
        slot, confirmed{by, entry.transmissions, state_.now.steady - entry.published_at});
  }

  State& state_;
};

}  // namespace waku::reliability
