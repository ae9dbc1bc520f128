// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/core/result.hpp>
#include <waku/reliability/engine/host.hpp>
#include <waku/reliability/engine/outcome.hpp>
#include <waku/reliability/engine/snapshot.hpp>
#include <waku/reliability/policy/sentences.hpp>
#include <waku/reliability/policy/validate.hpp>

/// What must hold for a node, and one sentence for each way in which it does not.
namespace waku::reliability {

/// True for a transport that reaches real nodes and says so: `static constexpr bool live_network = true`.
template <class Transport>
inline constexpr bool is_live = [] {
  if constexpr (requires { Transport::live_network; }) {
    return static_cast<bool>(Transport::live_network);
  } else {
    return false;
  }
}();

/// True when host.hasher() gives a reference to a message_hasher.
template <class Host>
inline constexpr bool lends_hasher = [] {
  if constexpr (requires(Host& host) { host.hasher(); }) {
    using given = decltype(std::declval<Host&>().hasher());
    return std::is_lvalue_reference_v<given> && message_hasher<std::remove_cvref_t<given>>;
  } else {
    return false;
  }
}();

/// True when the host's hasher computes what the network computes, or the network is not real.
template <class Transport, class Host>
inline constexpr bool hashes_fit = [] {
  if constexpr (lends_hasher<Host>) {
    using hasher = std::remove_cvref_t<decltype(std::declval<Host&>().hasher())>;
    return hasher::deterministic_message_hash || !is_live<Transport>;
  } else {
    return true;
  }
}();

/// Which of a node's types does not fit the others; `policies` leaves the rest to policy_flaw.
enum class node_flaw : std::uint8_t { none, message, transport, hasher, stand_in_hasher, host, policies };

/// The first flaw of a node of these types, or none.
template <class Policies, class Transport, class Message, class Host>
inline constexpr node_flaw node_flaw_of = [] {
  if constexpr (!waku_message<Message>) {
    return node_flaw::message;
  } else if constexpr (!transport<Transport, Message>) {
    return node_flaw::transport;
  } else if constexpr (!lends_hasher<Host>) {
    return node_flaw::hasher;
  } else if constexpr (!hashes_fit<Transport, Host>) {
    return node_flaw::stand_in_hasher;
  } else if constexpr (!node_host<Host, Message>) {
    return node_flaw::host;
  } else if constexpr (policy_flaw_of<Policies, capabilities_of<Transport, Message>> != policy_flaw::none) {
    return node_flaw::policies;
  } else {
    return node_flaw::none;
  }
}();

/// Types of which a node can be made.
template <class Policies, class Transport, class Message, class Host>
concept fit_together = node_flaw_of<Policies, Transport, Message, Host> == node_flaw::none;

/// What a node is when its types do not fit together: one sentence that says why, and every public member of
/// a node, though nobody defines them, so that it stays the only error. The assertions stand in the class
/// that the program names, for compilers put a line before the sentence for every class on the way to it; and
/// at its end, for clang 14 leaves out what follows an assertion that failed.
template <class Policies, class Transport, class Message, class Host>
class node {
  struct nothing {};
  static constexpr auto lent_hasher = [] {
    if constexpr (requires(Host& host) { host.hasher(); }) {
      return std::type_identity<std::remove_cvref_t<decltype(std::declval<Host&>().hasher())>>();
    } else {
      return std::type_identity<nothing>();
    }
  }();
  static constexpr auto listed_observer = [] {
    if constexpr (policy_set<Policies>) {
      using listed = resolution::listed<typename Policies::policy_list>;
      return std::type_identity<typename listed::template or_else<slot::observer, silent>>();
    } else {
      return std::type_identity<silent>();
    }
  }();

 public:
  using hasher_type = typename decltype(lent_hasher)::type;
  using engine_type = node;
  using observer_type = typename decltype(listed_observer)::type;
  using snapshot_type = reliability::snapshot<Message>;

  node(Transport& transport, Host& host, const options& chosen = {}, observer_type observer = {});
  node(Transport& transport, Host& host, const options& chosen, auto&& observer);
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  result<request_id> publish(std::string_view pubsub_topic, Message message);
  result<void> subscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics);
  result<void> subscribe(std::string_view pubsub_topic,
                         std::initializer_list<std::string_view> content_topics);
  result<void> subscribe(std::string_view pubsub_topic, std::span<const std::string> content_topics);
  result<void> unsubscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics);
  result<void> unsubscribe(std::string_view pubsub_topic,
                           std::initializer_list<std::string_view> content_topics);
  result<void> unsubscribe(std::string_view pubsub_topic, std::span<const std::string> content_topics);
  result<void> cancel(request_id request);
  void pause();
  void resume();
  void stop();
  std::vector<option_error> reconfigure(const options& chosen);
  std::optional<request_status> status(request_id request) const;
  snapshot_type snapshot() const;
  result<void> restore(snapshot_type given);
  const options& numbers() const noexcept;
  observer_type& observer() noexcept;
  std::size_t pending() const noexcept;
  std::size_t operations() const noexcept;
  void wake();

 private:
  static constexpr node_flaw flaw = node_flaw_of<Policies, Transport, Message, Host>;
  static constexpr policy_flaw wrong = [] {
    if constexpr (flaw == node_flaw::policies) {
      return policy_flaw_of<Policies, capabilities_of<Transport, Message>>;
    } else {
      return policy_flaw::none;
    }
  }();

  static_assert(flaw != node_flaw::message,
                "the message type is no waku_message: give it the members of wr::message, or specialise "
                "message_traits, and make it movable and default-constructible");
  static_assert(flaw != node_flaw::transport,
                "the transport lacks attach(event_sink<Message>) or cancel(operation_id) for this message "
                "type");
  static_assert(flaw != node_flaw::hasher,
                "the host's hasher() must give a reference to a message_hasher: message_hash "
                "operator()(const hash_input&), and a static constexpr bool deterministic_message_hash");
  static_assert(flaw != node_flaw::stand_in_hasher,
                "a live transport needs the deterministic message hash, and this hasher is a stand-in for "
                "simulations: take adapter/openssl.hpp");
  static_assert(flaw != node_flaw::host,
                "the host lacks now(), wake_at(steady_time), received(deliver), "
                "finished(const finished&) or propagated(const propagated&)");

  static_assert(wrong != policy_flaw::not_a_set,
                "a policy set is policies<...>, or a struct derived from it");
  static_assert(wrong != policy_flaw::not_a_policy,
                "the policy set lists a type that is no policy: give it a `static constexpr slot fills`");
  static_assert(wrong != policy_flaw::set_in_a_set,
                "the policy set lists a preset or another set, which is whole: to change a policy of it, "
                "write changed<light_client, filter_echo>");
  static_assert(wrong != policy_flaw::slot_named_twice,
                "the policy set names two policies for one slot: keep one of each slot");

  static_assert(wrong != policy_flaw::publish_route,
                "the publish route lacks what publish_route_policy asks for: needs, "
                "publish_via choose(situation) const");
  static_assert(wrong != policy_flaw::receive_route,
                "the receive route lacks what receive_route_policy asks for: needs, "
                "bool filter_wanted(situation) const");
  static_assert(wrong != policy_flaw::pool,
                "the pool lacks what pool_policy asks for: charges, add, remove, fail, succeed, hold, "
                "forgive, choose, usable, usable_count, size, next_change");
  static_assert(wrong != policy_flaw::redundancy,
                "the redundancy lacks what redundancy_policy asks for: publish_targets, subscribe_targets, "
                "hedge_delay");
  static_assert(wrong != policy_flaw::retransmit,
                "the retransmit policy lacks what retransmit_policy asks for: "
                "optional<duration> delay(transmissions, numbers, random) const");
  static_assert(wrong != policy_flaw::confirmation,
                "the confirmation lacks what confirmation_policy asks for: needs, asks, "
                "bool enough(seen, numbers) const");
  static_assert(wrong != policy_flaw::recovery,
                "the recovery lacks what recovery_policy asks for: needs, periodic, after_outage, "
                "wall_time range_start(situation, numbers) const");
  static_assert(wrong != policy_flaw::cadence,
                "the cadence lacks what cadence_policy asks for: "
                "duration next(previous, loss_found, numbers) const");
  static_assert(wrong != policy_flaw::subscription,
                "the subscription lacks what subscription_policy asks for: ping_interval, refresh_interval, "
                "after_failed_ping, after_failed_subscribe");
  static_assert(wrong != policy_flaw::budget,
                "the budget lacks what budget_policy asks for: bool take(bytes, now, numbers)");
  static_assert(wrong != policy_flaw::observer,
                "the observer hears nothing: give it on(const notice::...&) for at least one kind, "
                "and keep it movable");

  static_assert(wrong != policy_flaw::unnamed_need,
                "a policy has stores or filter nodes asked and does not say so: a confirmation that asks for "
                "presence or audit and a recovery need {.store = true}, one that asks for echo {.filter = true}");

  static_assert(wrong != policy_flaw::publish_route_without_relay,
                "the publish route needs relay, and the transport has no relay_publish(request, reply), "
                "relay_join and relay_leave: add them or name another publish route");
  static_assert(wrong != policy_flaw::publish_route_without_lightpush,
                "the publish route needs lightpush, and the transport has no lightpush(request, reply): "
                "add it or name another publish route");
  static_assert(wrong != policy_flaw::receive_route_without_relay,
                "the receive route needs relay, and the transport has no relay_publish(request, reply), "
                "relay_join and relay_leave: add them or name another receive route");
  static_assert(wrong != policy_flaw::receive_route_without_filter,
                "the receive route needs filter, and the transport has no filter_subscribe(request, reply), "
                "filter_unsubscribe and filter_ping: add them or name another receive route");
  static_assert(wrong != policy_flaw::confirmation_without_filter,
                "the confirmation needs filter, and the transport has no filter_subscribe(request, reply), "
                "filter_unsubscribe and filter_ping: add them or name another confirmation");
  static_assert(wrong != policy_flaw::confirmation_without_store,
                "the confirmation needs store, and the transport has no store_query(request, reply): "
                "add it or name another confirmation");
  static_assert(wrong != policy_flaw::recovery_without_store,
                "the recovery needs store, and the transport has no store_query(request, reply): "
                "add it or name another recovery");
  static_assert(wrong != policy_flaw::unmet_need,
                "a policy needs a protocol that the transport does not have: compare its needs with "
                "capability/transport.hpp");
  static_assert(wrong != policy_flaw::audit_without_rounds,
                "store_audit reads what periodic_audit lists: name periodic_audit too, "
                "or take store_presence");
  static_assert(wrong != policy_flaw::no_protocol,
                "the transport has no protocol for this message type: see the concepts of "
                "capability/transport.hpp");
};

}  // namespace waku::reliability
