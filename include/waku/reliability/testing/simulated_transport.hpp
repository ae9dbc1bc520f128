// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/testing/kept_store_request.hpp>
#include <waku/reliability/testing/simulated_network.hpp>

namespace waku::reliability::testing {

/// What a phone's or browser's transport has.
inline constexpr capability_set light_capabilities{
    .relay = false, .lightpush = true, .filter = true, .store = true};

/// One client's way into a simulated network. It models the given capabilities; with relay among them it is a
/// relay node too. Peer n is service node n. The network must outlive it.
template <waku_message Message = message, capability_set Capabilities = light_capabilities,
          message_hasher Hasher = fast_hasher>
class simulated_transport {
 public:
  using network_type = simulated_network<Message, Hasher>;

  explicit simulated_transport(network_type& network)
      : state_(std::make_shared<state>(network, network.add_client(Capabilities.relay))) {}
  simulated_transport(const simulated_transport&) = delete;
  simulated_transport& operator=(const simulated_transport&) = delete;
  ~simulated_transport() {
    state_->network->disconnect(state_->client);
    state_->open.clear();
    state_->sink = {};
  }

  /// The client's number in the network.
  [[nodiscard]] std::uint32_t client() const noexcept { return state_->client; }
  [[nodiscard]] network_type& network() noexcept { return *state_->network; }
  /// Operations that have not ended and were not cancelled.
  [[nodiscard]] std::size_t open_operations() const noexcept { return state_->open.size(); }

  void attach(event_sink<Message> sink) {
    state_->sink = std::move(sink);
    state_->network->connect(state_->client, state_->events());
  }
  void cancel(operation_id operation) { state_->close(operation); }

  void relay_publish(const relay_request<Message>& made,
                     reply_handle<Message, relay_reply> reply) requires(Capabilities.relay) {
    network_type& network = *state_->network;
    const auto relay_node = network.relay_node_of(state_->client);
    const message_index message = network.intern(made.pubsub_topic, made.message);
    const bool joined =
        std::find(state_->joined.begin(), state_->joined.end(), made.pubsub_topic) != state_->joined.end();
    const std::uint32_t peers =
        relay_node && joined ? network.fleet().publish(*relay_node, message, made.fresh_proof) : 0;
    reply(relay_reply{peers});
  }
  void relay_join(std::string_view pubsub_topic) requires(Capabilities.relay) {
    state_->joined.emplace_back(pubsub_topic);
    if (const auto node = state_->network->relay_node_of(state_->client)) {
      state_->sink.relay_peers(pubsub_topic, state_->network->fleet().relay().reachable(*node));
    }
  }
  void relay_leave(std::string_view pubsub_topic) requires(Capabilities.relay) {
    std::erase(state_->joined, pubsub_topic);
  }

  void lightpush(const lightpush_request<Message>& made,
                 reply_handle<Message, lightpush_reply> reply) requires(Capabilities.lightpush) {
    network_type& network = *state_->network;
    const std::uint32_t node = number(made.peer);
    const message_index message = network.intern(made.pubsub_topic, made.message);
    const bool legacy = network.fleet().profile(node).legacy_lightpush;
    const std::size_t bytes = frame_size::lightpush_request(
        made.pubsub_topic.size(), network.ledger().facts(message).encoded_size, legacy);
    network.ledger().note_push(message, node);
    exchange(operation_kind::lightpush, node, network.fleet().profile(node).lightpush, bytes,
             std::move(reply), [&network, node, client = state_->client, message, fresh = made.fresh_proof] {
               const message_index stamped = network.stamped(message, node);
               if (stamped != message) network.ledger().note_push(stamped, node);
               lightpush_reply answer = network.fleet().push(node, client, stamped, fresh);
               const std::size_t size = frame_size::lightpush_answer(answer);
               return std::pair(std::move(answer), size);
             });
  }

  void filter_subscribe(const filter_subscribe_request& made,
                        reply_handle<Message, filter_reply> reply) requires(Capabilities.filter) {
    change_criteria(operation_kind::filter_subscribe, made, std::move(reply));
  }
  void filter_unsubscribe(const filter_unsubscribe_request& made,
                          reply_handle<Message, filter_reply> reply) requires(Capabilities.filter) {
    change_criteria(operation_kind::filter_unsubscribe, made, std::move(reply));
  }
  void filter_ping(const filter_ping_request& made,
                   reply_handle<Message, filter_reply> reply) requires(Capabilities.filter) {
    network_type& network = *state_->network;
    const std::uint32_t node = number(made.peer);
    exchange(operation_kind::filter_ping, node, network.fleet().profile(node).filter, frame_size::filter_ping,
             std::move(reply), [&network, node, client = state_->client] {
               const filter_reply answer = network.fleet().ping(node, client);
               return std::pair(answer, frame_size::filter_answer(answer));
             });
  }

  void store_query(const store_request& made,
                   reply_handle<Message, store_reply<Message>> reply) requires(Capabilities.store) {
    network_type& network = *state_->network;
    const std::uint32_t node = number(made.peer);
    const service_profile& profile = network.fleet().profile(node);
    exchange(operation_kind::store_query, node, made.legacy ? profile.legacy_store : profile.store,
             frame_size::store_request(made), std::move(reply),
             [&network, node, client = state_->client, kept = kept_store_request(made)] {
               const store_request& asked = kept.request();
               return page_of(network, node, asked, network.fleet().query(node, client, asked));
             });
  }

 private:
  // What outlives the transport in callbacks that are under way.
  struct state {
    state(network_type& in, std::uint32_t number) : network(&in), client(number) {}

    network_type* network;
    std::uint32_t client;
    event_sink<Message> sink;
    std::vector<operation_id> open;
    std::vector<std::string> joined;

    bool close(operation_id operation) { return std::erase(open, operation) != 0; }
    // The transport takes the functions back before the state can go.
    client_events events() {
      client_events told;
      told.connectivity = [this](bool online) { sink.connectivity(online); };
      told.appeared = [this](std::uint32_t node) {
        const auto& served = network->fleet().profile(node).pubsub_topics;
        const std::vector<std::string_view> topics(served.begin(), served.end());
        sink.peer_appeared(static_cast<peer_id>(node), network->protocols(node), topics);
      };
      told.left = [this](std::uint32_t node) { sink.peer_left(static_cast<peer_id>(node)); };
      told.pushed = [this](std::uint32_t node, message_index message) {
        sink.filter_push(static_cast<peer_id>(node), network->pubsub_topic(message), network->body(message));
      };
      told.relayed = [this](message_index message) {
        const std::string_view topic = network->pubsub_topic(message);
        if (std::find(joined.begin(), joined.end(), topic) == joined.end()) return;
        sink.relay_message(topic, network->body(message));
      };
      told.relay_peers = [this](std::uint32_t peers) {
        for (const std::string& topic : joined) sink.relay_peers(topic, peers);
      };
      return told;
    }
  };

  // The node that a peer is.
  [[nodiscard]] std::uint32_t number(peer_id peer) const {
    const auto node = static_cast<std::uint32_t>(peer);
    assert(node < state_->network->fleet().size() && "there is no such peer");
    return node;
  }

  // Sends a request; `work` runs at the node when it arrives and gives the answer with its size in bytes.
  template <class Reply, class Work>
  void exchange(operation_kind kind, std::uint32_t node, bool served, std::size_t bytes,
                reply_handle<Message, Reply> reply, Work work) {
    network_type& network = *state_->network;
    const std::uint32_t client = state_->client;
    ++network.traffic_of(client).requests[static_cast<std::size_t>(kind)];
    state_->open.push_back(reply.operation());
    if (!network.linked(client, node)) {
      const bool offline = !network.client_online(client);
      network.faults().strike(offline ? fault_kind::client_offline : fault_kind::node_offline);
      // A system that has not noticed the loss of its network waits for an answer.
      if (offline && !network.client_noticed(client)) return;
      return fail_after(network.dial_failure(), std::move(reply), transport_error::dial_failed);
    }
    const frame_trip trip = network.travel(client, node);
    if (!served) return fail_after(2 * trip.takes, std::move(reply), transport_error::unsupported_protocol);
    network.traffic_of(client).bytes_up += bytes;
    if (trip.ends == frame_trip::end::lost) return;
    if (trip.ends == frame_trip::end::reset) {
      return fail_after(trip.takes, std::move(reply), transport_error::connection_lost);
    }
    network.clock().schedule_after(
        trip.takes, [own = state_, kind, node, reply = std::move(reply), work = std::move(work)] {
          network_type& net = *own->network;
          if (!net.linked(own->client, node)) return fail(*own, reply, transport_error::connection_lost);
          auto [answer, size] = work();
          net.clock().schedule_after(net.fleet().work(node, kind),
                                     [own, node, reply, answer = std::move(answer), answer_bytes = size] {
                                       send_back(own, node, reply, answer, answer_bytes);
                                     });
        });
  }
  template <class Reply>
  static void send_back(const std::shared_ptr<state>& own, std::uint32_t node,
                        const reply_handle<Message, Reply>& reply, const Reply& answer, std::size_t bytes) {
    network_type& network = *own->network;
    if (std::find(own->open.begin(), own->open.end(), reply.operation()) == own->open.end()) return;
    if (!network.linked(own->client, node)) return fail(*own, reply, transport_error::connection_lost);
    network.traffic_of(own->client).bytes_down += bytes;
    const frame_trip trip = network.travel(own->client, node);
    if (trip.ends == frame_trip::end::lost) return;
    network.clock().schedule_after(trip.takes, [own, reply, answer, ends = trip.ends] {
      if (!own->network->client_online(own->client)) return;
      if (ends == frame_trip::end::reset) return fail(*own, reply, transport_error::connection_lost);
      if (own->close(reply.operation())) reply(answer);
    });
  }
  template <class Reply>
  void fail_after(duration delay, reply_handle<Message, Reply> reply, transport_error error) {
    state_->network->clock().schedule_after(
        delay, [own = state_, reply = std::move(reply), error] { fail(*own, reply, error); });
  }
  template <class Reply>
  static void fail(state& own, const reply_handle<Message, Reply>& reply, transport_error error) {
    if (own.close(reply.operation())) reply.fail(error);
  }

  template <class Request>
  void change_criteria(operation_kind kind, const Request& made, reply_handle<Message, filter_reply> reply) {
    network_type& network = *state_->network;
    const std::uint32_t node = number(made.peer);
    // The names that the network keeps stay; those of the request may be gone when it arrives.
    const auto kept = [&network](std::string_view topic) {
      return network.topics().name(network.topics().number(topic));
    };
    std::vector<std::string_view> topics;
    for (const std::string_view topic : made.content_topics) topics.push_back(kept(topic));
    exchange(kind, node, network.fleet().profile(node).filter,
             frame_size::filter_request(made.pubsub_topic, made.content_topics), std::move(reply),
             [&network, kind, node, client = state_->client, topics = std::move(topics),
              pubsub_topic = kept(made.pubsub_topic)] {
               const filter_reply answer =
                   kind == operation_kind::filter_subscribe
                       ? network.fleet().subscribe(node, client, {{}, {}, pubsub_topic, topics})
                       : network.fleet().unsubscribe(node, client, {{}, {}, pubsub_topic, topics});
               return std::pair(answer, frame_size::filter_answer(answer));
             });
  }
  static std::pair<store_reply<Message>, std::size_t> page_of(
      network_type& network, std::uint32_t node, const store_request& asked,
      const services::store_answer<message_index>& page) {
    store_reply<Message> answer;
    answer.status = page.status;
    answer.cursor = page.cursor;
    const bool with_data = asked.include_data || asked.legacy;
    std::size_t entry_bytes = 0;
    for (const services::archive_entry<message_index>& each : page.entries) {
      const message_index message = *each.body;
      store_entry<Message>& entry = answer.entries.emplace_back();
      if (!asked.legacy) entry.hash = each.hash;
      if (with_data) entry.body = network.body_from(node, message);
      entry_bytes +=
          frame_size::store_entry(each.pubsub_topic.size(),
                                  with_data ? network.ledger().facts(message).encoded_size : 0, asked.legacy);
    }
    const std::size_t size =
        frame_size::store_answer(answer.status, entry_bytes, answer.cursor.size(), asked.legacy);
    return {std::move(answer), size};
  }

  std::shared_ptr<state> state_;
};

static_assert(capabilities_of<simulated_transport<>, message> == light_capabilities);

}  // namespace waku::reliability::testing
