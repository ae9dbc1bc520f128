// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>

#include <waku/reliability/engine/lightpush_verdict.hpp>
#include <waku/reliability/engine/transmission.hpp>
#include <waku/reliability/policy/retransmit/exponential_backoff.hpp>

namespace waku::reliability {

/// Reads what nodes answer to a transmission, for the message and for the nodes, and decides when all have
/// answered (L1, L3, R19–R23).
template <class State>
class push_replies {
 public:
  explicit push_replies(State& state) : state_(state), sending_(state) {}

  void handle(const operation_record& ended, const reply_view<relay_reply>& result) {
    const buffer_slot slot = ended.place;
    auto& entry = state_.outgoing[slot];
    take_back(entry);
    if (result.reply != nullptr && result.reply->peer_count > 0) {
      if (!entry.finished) accepted(slot, {});
    } else if (result.error != nullptr && judge(*result.error).end == push_end::unknown) {
      sending_.may_be_out(slot);
    } else {
      entry.relay_failed = true;
    }
    after_reply(slot);
  }

  void handle(const operation_record& ended, const reply_view<lightpush_reply>& result) {
    const buffer_slot slot = ended.place;
    auto& entry = state_.outgoing[slot];
    auto& topic = state_.topics[entry.topic];
    take_back(entry);
    entry.sending_to.remove(ended.peer);
    const lightpush_reply* reply = result.reply;
    const push_verdict verdict = reply != nullptr ? judge(*reply) : judge(*result.error);
    if (verdict.end == push_end::accepted) {
      state_.credit(topic.lightpush, ended.peer, ended.started);
      if (!entry.finished) accepted(slot, ended.peer);
    } else if (verdict.end == push_end::busy) {
      const duration step =
          backoff_delay(entry.transmissions, state_.numbers.retransmit.backoff, state_.random);
      const duration pause = state_.hinted(reply->retry_after, step);
      state_.hold(topic, topic.lightpush, service::lightpush, ended.peer, pause);
    } else {
      if (reply != nullptr) state_.last_reply = state_.now.steady;
      refused(slot, ended, verdict, reply != nullptr ? reply->status : 0);
    }
    after_reply(slot);
  }

  /// The first node is slow: the next one is tried as well.
  void hedge_due(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (entry.finished || entry.accepted || entry.hedges_left == 0) return;
    sending_.hedge(slot);
    if (entry.in_flight == 0) round_ended(slot);
  }

 private:
  using policies = typename State::policies;
  using entry_type = typename State::entry_type;

  void take_back(entry_type& entry) {
    assert(entry.in_flight > 0 && entry.holds > 0);
    --entry.in_flight;  // held until after_reply
    ++entry.round_replies;
  }

  void accepted(buffer_slot slot, std::optional<peer_id> by) {
    auto& entry = state_.outgoing[slot];
    entry.accepted = true;
    if (!entry.accepted_by) entry.accepted_by = by;
    forgive_no_peers(entry);
    sending_.may_be_out(slot);
    state_.wheel.cancel(entry.hedge);
    entry.hedges_left = 0;
    if (!entry.propagation_told) state_.actions.push(propagated{entry.request, state_.outgoing.hash(slot)});
    entry.propagation_told = true;
    constexpr evidence_kinds asks = policies::confirmation::asks;
    if (!asks.any()) return finish(slot, unconfirmed{unconfirmed_why::not_asked, entry.accepted_by});
    if (entry.ephemeral && !asks.echo) {
      return finish(slot, unconfirmed{unconfirmed_why::ephemeral, entry.accepted_by});
    }
    sending_.arm_for_loss(slot);
  }

  void refused(buffer_slot slot, const operation_record& ended, push_verdict verdict, std::uint32_t status) {
    auto& entry = state_.outgoing[slot];
    auto& topic = state_.topics[entry.topic];
    const bool known_bytes = verdict.end == push_end::no_peers || verdict.end == push_end::proof_refused ||
                             status == status_code::invalid_message;
    if (known_bytes && entry.may_be_out()) {
      ++entry.round_neutral;
      state_.notify(notice::neutral_answer{entry.request, ended.peer, status});
      return;
    }
    switch (verdict.end) {
      case push_end::unknown: sending_.may_be_out(slot); break;
      case push_end::final_refusal:
        ++entry.round_refusals;
        entry.declined_by.add(ended.peer);
        break;
      case push_end::proof_refused:
        entry.proof_refused = true;
        entry.fresh_proof = true;  // for what still leaves in this transmission
        break;
      default: break;
    }
    if (status == status_code::unsupported_pubsub_topic) entry.declined_by.add(ended.peer);
    if (verdict.end == push_end::no_peers && !entry.finished) {
      entry.no_peers_said.add(ended.peer);  // judged when the round ends: another node may have passed it on
    } else if (verdict.charge) {
      state_.charge(topic, topic.lightpush, service::lightpush, ended.peer, ended.started);
    }
  }
  void forgive_no_peers(entry_type& entry) {
    for (const peer_id peer : entry.no_peers_said) {
      ++entry.round_neutral;
      state_.notify(notice::neutral_answer{entry.request, peer, status_code::no_peers_to_relay});
    }
    entry.no_peers_said.clear();
  }
  void charge_no_peers(entry_type& entry) {
    auto& topic = state_.topics[entry.topic];
    for (const peer_id peer : entry.no_peers_said) {
      state_.charge(topic, topic.lightpush, service::lightpush, peer, entry.left_at);
    }
    entry.no_peers_said.clear();
  }

  void after_reply(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (!entry.finished && entry.in_flight == 0) {
      if (!entry.accepted && entry.hedges_left > 0) {
        sending_.hedge_soon(slot);
      } else {
        round_ended(slot);
      }
    }
    if (!entry.finished) sending_.node_is_free(slot);
    completion<State>(state_).let_go(slot);
  }

  // Every node of this transmission has answered.
  void round_ended(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (entry.finished) return;
    if (entry.may_be_out()) {
      forgive_no_peers(entry);
    } else {
      charge_no_peers(entry);
    }
    if (entry.accepted) return;
    const bool all_refused = entry.round_replies > 0 && entry.round_refusals == entry.round_replies;
    if (all_refused && !entry.end_unknown) return finish(slot, failed{failed_why::refused});
    if (all_refused) return sending_.send_no_more(slot, unconfirmed_why::attempts_used_up);
    if (entry.round_neutral < entry.round_replies) ++entry.failed_rounds;
    const std::uint32_t limit = state_.numbers.retransmit.attempts_max;
    if (limit != 0 && entry.failed_rounds >= limit) return give_up(slot);
    sending_.again_after_failure(slot);
  }
  void give_up(buffer_slot slot) {
    const auto& entry = state_.outgoing[slot];
    if (entry.may_be_out())
      return finish(slot, unconfirmed{unconfirmed_why::attempts_used_up, entry.accepted_by});
    finish(slot, failed{failed_why::attempts_used_up});
  }
  void finish(buffer_slot slot, const outcome& what) { completion<State>(state_).finish(slot, what); }

  State& state_;
  transmission<State> sending_;
};

}  // namespace waku::reliability
