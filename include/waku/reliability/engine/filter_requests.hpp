// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/engine_state.hpp>

namespace waku::reliability {

/// Sends filter requests to the nodes of a pubsub topic, one at a time to each and paced, and knows which
/// criteria they should hold.
template <class State>
class filter_requests {
 public:
  using policies = typename State::policies;
  using topic_type = typename State::topic_type;

  explicit filter_requests(State& state) : state_(state) {}

  /// The member of this peer, or nullptr.
  [[nodiscard]] filter_member* find(std::uint32_t number, peer_id peer) {
    for (filter_member& member : state_.topics[number].members) {
      if (member.peer == peer) return &member;
    }
    return nullptr;
  }

  /// The content topics that every member should hold now, sorted.
  [[nodiscard]] std::vector<std::string> criteria(const topic_type& topic) const {
    std::vector<std::string> wanted;
    const bool receive =
        policies::receive_route::needs.filter && state_.receive_route.filter_wanted({topic.relay_peers});
    for (const interest& each : topic.interests) {
      const bool echo =
          policies::confirmation::asks.echo && (each.publications > 0 || each.echo_until > state_.now.steady);
      if ((receive && each.subscribed) || echo) wanted.push_back(each.content_topic);
    }
    return wanted;
  }
  /// Sends the next request that brings the node closer to what is wanted, if its turn has come.
  void advance(std::uint32_t number, filter_member& member, const std::vector<std::string>& wanted) {
    if (member.request.value() != 0 || member.given_up || !state_.may_send()) return;
    static const std::vector<std::string> nothing;
    const std::vector<std::string>& target = member.leaving ? nothing : wanted;
    if (target == member.installed) return;
    if (member.next_request > state_.now.steady) return arm_request(number, member);
    if (ask(number, member, target, member.installed, operation_kind::filter_subscribe)) return;
    ask(number, member, member.installed, target, operation_kind::filter_unsubscribe);
  }
  /// SUBSCRIBEs with the full criteria, at once unless a request is under way.
  void subscribe_anew(std::uint32_t number, filter_member& member) {
    member.installed.clear();
    if (member.request.value() == 0) member.next_request = state_.now.steady;
    advance(number, member, criteria(state_.topics[number]));
  }
  /// Sends nothing to the node for a while.
  void pause(std::uint32_t number, filter_member& member, duration wait) {
    member.next_request = state_.now.steady + wait;
    arm_request(number, member);
  }
  void ping(std::uint32_t number, filter_member& member) {
    if (!state_.may_send() || member.ping.value() != 0) return;
    member.ping =
        state_.start(operation_kind::filter_ping, member.peer, number, 0, state_.numbers.timeout.ping);
  }
  /// Has the node pinged after `wait`; never, if there is none.
  void arm_ping(std::uint32_t number, filter_member& member, std::optional<duration> wait) {
    arm(member.ping_timer, timer_kind::member_ping, number, member, wait);
  }
  /// Has the node pinged at the policy's next beat.
  void arm_ping(std::uint32_t number, filter_member& member) {
    arm_ping(number, member, state_.subscription.ping_interval(state_.numbers.subscription));
  }
  void arm_refresh(std::uint32_t number, filter_member& member) {
    arm(member.refresh_timer, timer_kind::member_refresh, number, member,
        state_.subscription.refresh_interval(state_.numbers.subscription));
  }
  /// Ends what is under way at the node without waiting for it.
  void end_operations(filter_member& member) {
    for (operation_id* running : {&member.request, &member.ping}) {
      if (const auto record = state_.end(*running)) state_.tell_cancelled(*record);
      *running = operation_id{};
    }
    member.asking.clear();
  }
  void cancel_timers(filter_member& member) {
    for (timer_ticket* each : {&member.request_timer, &member.ping_timer, &member.refresh_timer}) {
      state_.wheel.cancel(*each);
    }
  }

 private:
  // A request for what is in `left` and not in `right`; false if that is nothing.
  bool ask(std::uint32_t number, filter_member& member, const std::vector<std::string>& left,
           const std::vector<std::string>& right, operation_kind kind) {
    member.asking = sorted_difference(left, right);
    const std::size_t limit = state_.numbers.subscription.topics_per_request;
    if (member.asking.size() > limit) member.asking.resize(limit);
    if (member.asking.empty()) return false;
    member.request = state_.start(kind, member.peer, number, 0, state_.numbers.timeout.subscribe);
    member.next_request = state_.now.steady + state_.numbers.subscription.request_spacing;
    return true;
  }
  void arm_request(std::uint32_t number, filter_member& member) {
    arm(member.request_timer, timer_kind::member_request, number, member,
        member.next_request - state_.now.steady);
  }
  void arm(timer_ticket& ticket, timer_kind kind, std::uint32_t number, const filter_member& member,
           std::optional<duration> wait) {
    state_.wheel.cancel(ticket);
    if (!wait) return;
    ticket =
        state_.wheel.arm(state_.now.steady + *wait, {kind, number, static_cast<std::uint64_t>(member.peer)});
  }

  State& state_;
};

}  // namespace waku::reliability
