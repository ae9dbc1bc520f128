// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/filter_requests.hpp>
#include <waku/reliability/engine/outage.hpp>
#include <waku/reliability/policy/retransmit/exponential_backoff.hpp>

namespace waku::reliability {

/// Keeps every interest of a pubsub topic subscribed at the wanted number of healthy filter nodes (F1–F3).
template <class State>
class subscriptions {
 public:
  explicit subscriptions(State& state) : state_(state), requests_(state) {}

  /// Has reconcile() called at `at`, or earlier if that is planned already.
  void plan(std::uint32_t number, steady_time at) { state_.plan_subscriptions(number, at); }

  /// Brings nodes and criteria in line with the interests and the relay's state.
  void reconcile(std::uint32_t number) {
    auto& topic = state_.topics[number];
    topic.interests.tidy(state_.now.steady);
    reconcile_relay(number);
    if (!policies::receive_route::needs.filter && !policies::confirmation::asks.echo) return;
    if (!state_.may_send()) return;
    const std::vector<std::string> wanted = requests_.criteria(topic);
    if (wanted.empty()) {
      for (filter_member& member : topic.members) member.leaving = true;
    } else {
      add_members(number);
    }
    advance_all(number, wanted);
    plan_linger_end(number);
  }

  /// The pause between two requests to one node is over.
  void request_due(std::uint32_t number, peer_id peer) {
    if (filter_member* member = requests_.find(number, peer))
      requests_.advance(number, *member, requests_.criteria(state_.topics[number]));
    erase_gone(number);
  }
  void ping_due(std::uint32_t number, peer_id peer) {
    filter_member* member = requests_.find(number, peer);
    if (member == nullptr || member->leaving) return;
    requests_.arm_ping(number, *member);
    requests_.ping(number, *member);
  }
  void refresh_due(std::uint32_t number, peer_id peer) {
    filter_member* member = requests_.find(number, peer);
    if (member == nullptr || member->leaving) return;
    requests_.arm_refresh(number, *member);
    requests_.subscribe_anew(number, *member);
  }

  void handle(const operation_record& ended, const reply_view<filter_reply>& result) {
    const std::uint32_t number = ended.topic;
    filter_member* member = requests_.find(number, ended.peer);
    if (member == nullptr) return;
    if (member->ping == ended.id) {
      member->ping = operation_id{};
      ping_ended(number, *member, ended, result);
    } else if (member->request == ended.id) {
      member->request = operation_id{};
      request_ended(number, *member, ended, result);
    }
    erase_gone(number);
    outage<State>(state_).check(number);
  }

  /// A peer cannot be reached any more, or no longer serves the topic.
  void drop(std::uint32_t number, peer_id peer) {
    filter_member* member = requests_.find(number, peer);
    if (member == nullptr) return;
    unhealthy(number, *member);
    forget(number, *member);
    outage<State>(state_).check(number);
    plan(number, state_.now.steady);
  }

  /// Subscriptions cannot be relied on after an absence: they are installed again at the same nodes.
  void resume(std::uint32_t number) {
    for (filter_member& member : state_.topics[number].members) {
      requests_.end_operations(member);
      member.installed.clear();
      member.failures = {};
      member.next_request = state_.now.steady;
      member.given_up = false;
    }
    plan(number, state_.now.steady);
  }
  /// No request makes sense now; nothing is healthy.
  void suspend(std::uint32_t number) {
    for (filter_member& member : state_.topics[number].members) {
      requests_.end_operations(member);
      member.healthy = false;
      state_.wheel.cancel(member.request_timer);
    }
    outage<State>(state_).check(number);
  }

 private:
  using policies = typename State::policies;
  using topic_type = typename State::topic_type;

  void reconcile_relay(std::uint32_t number) {
    constexpr bool receive = policies::receive_route::needs.relay;
    if (!receive && !policies::publish_route::needs.relay) return;
    auto& topic = state_.topics[number];
    const bool wanted = any_of(topic.interests, [](const interest& each) {
      return (receive && each.subscribed) || (policies::publish_route::needs.relay && each.publications > 0);
    });
    const bool leave = topic.interests.subscribed_count() == 0 && !wanted && receive;
    if (wanted && !topic.relay_joined) {
      topic.relay_joined = true;
      state_.actions.push({action_kind::join, number, 0});
    } else if (leave && topic.relay_joined) {
      topic.relay_joined = false;
      state_.actions.push({action_kind::leave, number, 0});
    }
  }
  void plan_linger_end(std::uint32_t number) {
    std::optional<steady_time> earliest;
    for (const interest& each : state_.topics[number].interests) {
      if (each.subscribed || each.publications > 0 || each.echo_until <= state_.now.steady) continue;
      if (!earliest || each.echo_until < *earliest) earliest = each.echo_until;
    }
    if (earliest) plan(number, *earliest);
  }

  // -- members

  void add_members(std::uint32_t number) {
    auto& topic = state_.topics[number];
    const std::uint32_t targets = state_.redundancy.subscribe_targets(state_.numbers.redundancy);
    std::uint32_t have = staying(topic);
    while (have < targets) {
      const auto peer = candidate(number);
      if (!peer) break;
      topic.members.emplace_back();
      topic.members.back().peer = *peer;
      ++have;
    }
    for (; have > targets; --have) leave_one(topic);
    if (have >= targets) {
      topic.degraded_told = 0;
      return;
    }
    if (topic.degraded_told != have + 1) {
      topic.degraded_told = have + 1;
      state_.notify(notice::degraded{topic.name, service::filter, have, targets});
    }
    if (const auto change = topic.filter.next_change(state_.now.steady)) plan(number, *change);
  }
  // More than wanted, since the options changed: one that is not healthy goes first, else the youngest.
  static void leave_one(topic_type& topic) {
    filter_member* least = nullptr;
    for (filter_member& each : topic.members) {
      if (!each.leaving && (least == nullptr || least->healthy || !each.healthy)) least = &each;
    }
    least->leaving = true;
  }
  [[nodiscard]] static std::uint32_t staying(const topic_type& topic) {
    const auto stays = [](const filter_member& each) { return !each.leaving; };
    return static_cast<std::uint32_t>(count_of(topic.members, stays));
  }
  // A node to subscribe at. Where filter nodes are to echo what was published, those that were handed none
  // of it come first (L4.2).
  [[nodiscard]] std::optional<peer_id> candidate(std::uint32_t number) {
    auto& topic = state_.topics[number];
    const auto unused = [&](peer_id peer) {
      return !any_of(topic.members, [peer](const filter_member& member) { return member.peer == peer; });
    };
    const auto pick = [&](auto&& eligible) {
      return topic.filter.choose(state_.now.steady, state_.numbers.pool, state_.random, eligible);
    };
    if constexpr (policies::confirmation::asks.echo) {
      const auto peer = pick([&](peer_id each) { return unused(each) && !state_.handed_to(number, each); });
      if (peer) return peer;
    }
    return pick(unused);
  }
  void replace(std::uint32_t number, filter_member& member) {
    auto& topic = state_.topics[number];
    member.healthy = false;
    const duration wait = topic.replacements_failed == 0
                              ? duration::zero()
                              : backoff_delay(topic.replacements_failed,
                                              state_.numbers.subscription.replace_backoff, state_.random);
    ++topic.replacements_failed;
    const auto next = candidate(number);
    if (!next) {  // nobody else: the same node is asked again, ever more slowly
      member.failures = {};
      member.installed.clear();
      requests_.pause(number, member,
                      wait > duration::zero() ? wait : state_.numbers.subscription.replace_backoff.first);
      return;
    }
    state_.notify(notice::peer_replaced{topic.name, member.peer, *next});
    member.leaving = true;
    member.next_request = state_.now.steady;
    state_.wheel.cancel(member.request_timer);
    plan(number, state_.now.steady + wait);
  }
  void forget(std::uint32_t number, filter_member& member) {
    auto& members = state_.topics[number].members;
    requests_.end_operations(member);
    requests_.cancel_timers(member);
    members.erase(members.begin() + (&member - members.data()));
  }
  // Nodes that were left and have nothing more to be told. They may be wanted again by now.
  void erase_gone(std::uint32_t number) {
    auto& topic = state_.topics[number];
    const std::size_t before = topic.members.size();
    for (std::size_t at = before; at-- > 0;) {
      filter_member& member = topic.members[at];
      if (member.leaving && member.request.value() == 0 && member.installed.empty()) forget(number, member);
    }
    const bool planned = state_.wheel.armed(topic.subscriptions.ticket);
    if (topic.members.size() < before && !planned) plan(number, state_.now.steady);
  }

  void advance_all(std::uint32_t number, const std::vector<std::string>& wanted) {
    for (filter_member& member : state_.topics[number].members) requests_.advance(number, member, wanted);
    erase_gone(number);
  }
  // -- replies

  static std::uint32_t status_of(const reply_view<filter_reply>& result) {
    return result.reply != nullptr ? result.reply->status : 0;
  }
  // What both kinds of requests share. True if that was all there is to do.
  bool no_failure(std::uint32_t number, filter_member& member, const reply_view<filter_reply>& result) {
    auto& topic = state_.topics[number];
    const std::uint32_t status = status_of(result);
    if (status != 0) state_.last_reply = state_.now.steady;
    if (status == status_code::too_many_requests) {
      const duration step =
          backoff_delay(++member.pauses, state_.numbers.subscription.replace_backoff, state_.random);
      const duration hint = state_.hinted(result.reply->retry_after, step);
      const duration wait = max_of(hint, state_.numbers.subscription.replace_backoff.first);
      state_.hold(topic, topic.filter, service::filter, member.peer, wait);
      requests_.pause(number, member, wait);
      return true;
    }
    if (status == status_code::bad_request) {
      state_.notify(notice::filter_refused{topic.name, member.peer, status});
      requests_.pause(number, member, state_.numbers.subscription.replace_backoff.cap);
      return true;
    }
    const bool ours = result.error != nullptr && *result.error == transport_error::transport_threw;
    if (ours) requests_.pause(number, member, state_.numbers.subscription.replace_backoff.first);
    return ours || !state_.online;
  }
  void ping_ended(std::uint32_t number, filter_member& member, const operation_record& ended,
                  const reply_view<filter_reply>& result) {
    auto& topic = state_.topics[number];
    if (is_success(status_of(result))) {
      member.failures.pings = 0;
      good(number, member, ended);
      topic.last_contact = state_.now.steady;
      return;
    }
    if (status_of(result) == status_code::too_many_requests) {
      const bool handled = no_failure(number, member, result);
      assert(handled);
      (void)handled;
      requests_.arm_ping(number, member, member.next_request - state_.now.steady);
      return;
    }
    if (no_failure(number, member, result) || member.leaving) return;
    unhealthy(number, member);
    ++member.failures.pings;
    outage<State>(state_).check(number);
    react(number, member, ended,
          state_.subscription.after_failed_ping(member.failures, state_.numbers.subscription));
  }
  void request_ended(std::uint32_t number, filter_member& member, const operation_record& ended,
                     const reply_view<filter_reply>& result) {
    if (ended.id.kind() == operation_kind::filter_unsubscribe)
      return unsubscribe_ended(number, member, result);
    if (is_success(status_of(result))) return subscribe_succeeded(number, member, ended);
    member.asking.clear();
    if (no_failure(number, member, result)) return;
    unhealthy(number, member);
    if (member.leaving) return member.installed.clear();
    ++member.failures.subscribes;
    auto reaction = state_.subscription.after_failed_subscribe(member.failures, state_.numbers.subscription);
    if (reaction == subscription_reaction::keep) {
      // Without upkeep the pool alone mends a failed SUBSCRIBE (F1.5).
      constexpr bool mended = std::remove_cvref_t<decltype(state_.topics[number].filter)>::charges;
      if (!mended) member.given_up = true;
      if (mended) reaction = subscription_reaction::replace;
    }
    react(number, member, ended, reaction);
  }
  void react(std::uint32_t number, filter_member& member, const operation_record& ended,
             subscription_reaction reaction) {
    auto& topic = state_.topics[number];
    switch (reaction) {
      case subscription_reaction::keep: return;
      case subscription_reaction::subscribe:
        if (ended.id.kind() == operation_kind::filter_ping) return requests_.subscribe_anew(number, member);
        member.installed.clear();
        return requests_.pause(number, member,
                               backoff_delay(member.failures.subscribes,
                                             state_.numbers.subscription.replace_backoff, state_.random));
      case subscription_reaction::replace:
        state_.charge(topic, topic.filter, service::filter, member.peer, ended.started);
        return replace(number, member);
    }
  }
  void subscribe_succeeded(std::uint32_t number, filter_member& member, const operation_record& ended) {
    member.installed = sorted_union(member.installed, member.asking);
    member.asking.clear();
    member.failures.subscribes = 0;
    const std::vector<std::string> wanted = requests_.criteria(state_.topics[number]);
    const bool full = sorted_difference(wanted, member.installed).empty();
    if (full) {  // a set is installed when all its chunks are (R26)
      good(number, member, ended);
      if (!member.subscribed_once) {
        member.subscribed_once = true;
        requests_.arm_ping(number, member);
        requests_.arm_refresh(number, member);
      }
    }
    requests_.advance(number, member, wanted);
  }
  void unsubscribe_ended(std::uint32_t number, filter_member& member,
                         const reply_view<filter_reply>& result) {
    // Best effort: a node that will not hear it forgets us by itself (R33).
    const bool gone = is_success(status_of(result)) || status_of(result) == status_code::not_found;
    if (member.leaving && !gone) return member.installed.clear();
    member.installed = sorted_difference(member.installed, member.asking);
    member.asking.clear();
    requests_.advance(number, member, requests_.criteria(state_.topics[number]));
  }
  void unhealthy(std::uint32_t number, filter_member& member) {
    if (std::exchange(member.healthy, false)) outage<State>(state_).node_lost(number, member.last_good);
  }
  void good(std::uint32_t number, filter_member& member, const operation_record& ended) {
    auto& topic = state_.topics[number];
    const bool gained = !member.healthy && !member.leaving;
    member.pauses = 0;
    member.last_good = state_.now.steady;
    topic.replacements_failed = 0;
    member.healthy = !member.leaving;
    outage<State>(state_).check(number);  // before the credit: it asks who answered since
    if (gained) outage<State>(state_).node_gained(number);
    state_.credit(topic.filter, member.peer, ended.started);
  }

  State& state_;
  filter_requests<State> requests_;
};

}  // namespace waku::reliability
