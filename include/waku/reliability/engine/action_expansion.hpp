// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <waku/reliability/engine/subscriptions.hpp>

namespace waku::reliability {

/// Turns the compact records of waiting actions into typed actions, one at a time, and leaves out those that
/// became moot.
template <class State>
class action_expansion {
 public:
  explicit action_expansion(State& state) : state_(state) {}

  /// Gives the next action that still makes sense to `visit`; false if there is none.
  template <class Visitor>
  bool next(Visitor& visit) {
    while (!state_.actions.empty()) {
      if (expand(state_.actions.pop(), visit)) return true;
    }
    return false;
  }

 private:
  using message_type = typename State::message_type;

  struct slot_release {
    State& state;
    std::uint32_t slot;
    ~slot_release() {
      if (slot != action_record::no_place) completion<State>(state).let_go(slot);
    }
  };

  template <class Visitor>
  bool expand(const action_record& record, Visitor& visit) {
    switch (record.kind) {
      case action_kind::start: return start(operation_id::from_value(record.detail), visit);
      case action_kind::cancel: {
        const slot_release afterwards{state_, record.place};
        visit(cancel_operation{operation_id::from_value(record.detail)});
        return true;
      }
      case action_kind::disconnect: visit(disconnect_peer{static_cast<peer_id>(record.detail)}); return true;
      case action_kind::join: visit(join_relay{state_.topics[record.place].name}); return true;
      case action_kind::leave: visit(leave_relay{state_.topics[record.place].name}); return true;
      case action_kind::deliver: {
        queued_delivery<message_type> waiting = state_.actions.pop_delivery();
        auto& interests = state_.topics[waiting.topic].interests;
        if (!interests.subscribed(State::traits::content_topic(waiting.message))) return false;
        visit(deliver<message_type>{state_.topics[waiting.topic].name, waiting.hash, waiting.by,
                                    std::move(waiting.message)});
        return true;
      }
      case action_kind::propagated: visit(state_.actions.pop_propagated()); return true;
      case action_kind::finished: visit(state_.actions.pop_finished()); return true;
      case action_kind::persist: visit(persist{}); return true;
    }
    return false;
  }

  // A request whose operation ended before it was polled never leaves.
  template <class Visitor>
  bool start(operation_id id, Visitor& visit) {
    operation_record* record = state_.operations.find(id);
    if (record == nullptr) return false;
    record->told = true;
    const operation_record asked = *record;
    const auto& topic = state_.topics[asked.topic];
    switch (id.kind()) {
      case operation_kind::relay_publish: {
        auto& entry = state_.outgoing[asked.place];
        entry.handed_over = true;
        visit(relay_request<message_type>{id, topic.name, entry.message, state_.outgoing.hash(asked.place),
                                          entry.fresh_proof});
        return true;
      }
      case operation_kind::lightpush: {
        auto& entry = state_.outgoing[asked.place];
        entry.handed_over = true;
        visit(lightpush_request<message_type>{id, asked.peer, topic.name, entry.message,
                                              state_.outgoing.hash(asked.place), entry.fresh_proof});
        return true;
      }
      case operation_kind::filter_subscribe:
        visit(filter_subscribe_request{id, asked.peer, topic.name, asking(topic, asked.peer)});
        return true;
      case operation_kind::filter_unsubscribe:
        visit(filter_unsubscribe_request{id, asked.peer, topic.name, asking(topic, asked.peer)});
        return true;
      case operation_kind::filter_ping: visit(filter_ping_request{id, asked.peer, topic.name}); return true;
      case operation_kind::store_query: visit(store_queries<State>(state_).request(asked)); return true;
      case operation_kind::none: break;
    }
    return false;
  }
  std::span<const std::string_view> asking(const typename State::topic_type& topic, peer_id peer) {
    for (const auto& member : topic.members) {
      if (member.peer == peer) state_.asking.assign(member.asking.begin(), member.asking.end());
    }
    assert(!state_.asking.empty());
    return {state_.asking.data(), state_.asking.size()};
  }

  State& state_;
};

}  // namespace waku::reliability
