// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <variant>

#include <waku/reliability/engine/engine_state.hpp>

namespace waku::reliability {

/// Gives each message its one outcome, and lets its entry go when nothing refers to it any more.
template <class State>
class completion {
 public:
  explicit completion(State& state) : state_(state) {}

  /// The message's outcome; asserts that it is the first. In-flight operations may still end later.
  void finish(buffer_slot slot, const outcome& what) {
    auto& entry = state_.outgoing[slot];
    assert(!entry.finished && "one message, one outcome");
    auto& topic = state_.topics[entry.topic];
    entry.finished = true;
    state_.wheel.cancel(entry.deadline);
    state_.wheel.cancel(entry.transmit);
    state_.wheel.cancel(entry.hedge);
    entry.hedges_left = 0;
    if (entry.waiting) --topic.waiting;
    if (entry.reached_at) topic.unconfirmed.remove(state_.outgoing, slot);
    --state_.unfinished;
    state_.unfinished_bytes -= entry.bytes;
    if (entry.stamped) state_.outgoing.unindex(slot);
    let_interest_go(entry);
    std::optional<message_hash> hash;
    if (entry.stamped) hash = state_.outgoing.hash(slot);
    if (std::holds_alternative<unconfirmed>(what) && hash) remember_for_late_news(*hash);
    state_.actions.push(finished{entry.request, hash, what});
    state_.actions.persist();
    release_if_idle(slot);
  }

  /// Ends the message's operations early; the transport is told, and the body stays until it has been.
  void cancel_operations(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (entry.in_flight == 0) return;
    state_.operations.for_each([&](const operation_record& record) {
      if (!is_push(record.id.kind()) || record.place != slot) return;
      const operation_record ended = *state_.end(record.id);
      state_.tell_cancelled(ended, slot);
      --entry.in_flight;
      --entry.holds;
    });
    entry.sending_to.clear();
    assert(entry.in_flight == 0);
    release_if_idle(slot);
  }

  /// Something that referred to the entry is done with it.
  void let_go(buffer_slot slot) {
    assert(state_.outgoing[slot].holds > 0);
    --state_.outgoing[slot].holds;
    release_if_idle(slot);
  }
  void release_if_idle(buffer_slot slot) {
    const auto& entry = state_.outgoing[slot];
    if (entry.finished && entry.holds == 0) state_.outgoing.release(slot);
  }

  /// A confirmation came for a hash that is not pending: told once, if it had been left unconfirmed (R31).
  void late_news(const message_hash& hash) {
    for (message_hash& left : state_.left_unconfirmed) {
      if (left != hash) continue;
      left = message_hash{};
      state_.notify(notice::late_confirmation{hash});
    }
  }

 private:
  void remember_for_late_news(const message_hash& hash) {
    const std::size_t limit = state_.numbers.confirmation.late_news_max;
    auto& left = state_.left_unconfirmed;
    left.push_back(hash);
    if (left.size() <= limit) return;
    left.erase(left.begin(), left.end() - static_cast<std::ptrdiff_t>(limit));
  }
  template <class Entry>
  void let_interest_go(const Entry& entry) {
    interest* used = state_.topics[entry.topic].interests.find(State::traits::content_topic(entry.message));
    assert(used != nullptr && used->publications > 0);
    --used->publications;
    if constexpr (State::policies::confirmation::asks.echo) {
      used->echo_until = state_.now.steady + state_.numbers.confirmation.echo_topic_linger;
      state_.plan_subscriptions(entry.topic, used->echo_until);
    } else if (used->publications == 0 && !used->subscribed) {
      state_.topics[entry.topic].interests.retire(*used);
    }
  }

  State& state_;
};

}  // namespace waku::reliability
