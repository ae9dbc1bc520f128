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
#include <variant>
#include <vector>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/testing/direct_passage.hpp>
#include <waku/reliability/testing/simulated_network.hpp>

namespace waku::reliability::testing {

/// What a phone's or browser's transport has.
inline constexpr capability_set light_capabilities{
    .relay = false, .lightpush = true, .filter = true, .store = true};

/// One client's way into a simulated network. It models the given capabilities; with relay among them it is a
/// relay node too. Peer n is service node n. The network must outlive it. `Passage` is how requests, replies and
/// pushes cross over: as they are, or as bytes, see over_bytes.hpp.
template <waku_message Message = message, capability_set Capabilities = light_capabilities,
          message_hasher Hasher = fast_hasher, class Passage = direct_passage,
          relay_layer Relay = relay_network>
class simulated_transport {
 public:
  using network_type = simulated_network<Message, Hasher, Relay>;

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
    network.ledger().note_push(message, node);
    exchange(operation_kind::lightpush, node, network.fleet().profile(node).lightpush, std::move(reply),
             state_->passage.lightpush(state_->way_to(node), made, message));
  }

  void filter_subscribe(const filter_subscribe_request& made,
                        reply_handle<Message, filter_reply> reply) requires(Capabilities.filter) {
    ask_filter(operation_kind::filter_subscribe, made, std::move(reply));
  }
  void filter_unsubscribe(const filter_unsubscribe_request& made,
                          reply_handle<Message, filter_reply> reply) requires(Capabilities.filter) {
    ask_filter(operation_kind::filter_unsubscribe, made, std::move(reply));
  }
  void filter_ping(const filter_ping_request& made,
                   reply_handle<Message, filter_reply> reply) requires(Capabilities.filter) {
    ask_filter(operation_kind::filter_ping, made, std::move(reply));
  }

  void store_query(const store_request& made,
                   reply_handle<Message, store_reply<Message>> reply) requires(Capabilities.store) {
    const std::uint32_t node = number(made.peer);
    const service_profile& profile = state_->network->fleet().profile(node);
    exchange(operation_kind::store_query, node, made.legacy ? profile.legacy_store : profile.store,
             std::move(reply), state_->passage.store_query(state_->way_to(node), made));
  }

 private:
  // What outlives the transport in callbacks that are under way.
  struct state {
    state(network_type& in, std::uint32_t number)
        : network(&in), client(number), passage(in.make().seed, number) {}

    network_type* network;
    std::uint32_t client;
    Passage passage;
    event_sink<Message> sink;
    std::vector<operation_id> open;
    std::vector<std::string> joined;

    bool close(operation_id operation) { return std::erase(open, operation) != 0; }
    [[nodiscard]] passage_way<network_type> way_to(std::uint32_t node) { return {network, client, node}; }
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
        passage.push(way_to(node), message, [&](std::string_view pubsub_topic, Message body) {
          sink.filter_push(static_cast<peer_id>(node), pubsub_topic, std::move(body));
        });
      };
      told.push_bytes = [this](std::uint32_t node, message_index message) {
        return passage.push_bytes(way_to(node), message);
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

  template <class Request>
  void ask_filter(operation_kind kind, const Request& made, reply_handle<Message, filter_reply> reply) {
    const std::uint32_t node = number(made.peer);
    exchange(kind, node, state_->network->fleet().profile(node).filter, std::move(reply),
             state_->passage.filter(state_->way_to(node), made));
  }

  // Sends a request, of which the passage made bytes and what is done at the node when it arrives.
  template <class Reply, class Work>
  void exchange(operation_kind kind, std::uint32_t node, bool served, reply_handle<Message, Reply> reply,
                passing<Work> request) {
    network_type& network = *state_->network;
    const std::uint32_t client = state_->client;
    network.count(client, node, kind, {.requests = 1});
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
    network.count(client, node, kind, {.bytes_up = request.bytes});
    if (trip.ends != frame_trip::end::arrives)
      network.count(client, node, kind, {.bytes_lost = request.bytes});
    if (trip.ends == frame_trip::end::lost) return;
    if (trip.ends == frame_trip::end::reset) {
      return fail_after(trip.takes, std::move(reply), transport_error::connection_lost);
    }
    network.clock().schedule_after(trip.takes, [own = state_, kind, node, reply = std::move(reply),
                                                bytes = request.bytes, work = std::move(request.work)] {
      network_type& net = *own->network;
      if (!net.linked(own->client, node)) {
        net.count(own->client, node, kind, {.bytes_lost = bytes});
        return fail(*own, reply, transport_error::connection_lost);
      }
      crossed<Reply> answer = work();
      net.clock().schedule_after(
          net.fleet().work(node, kind),
          [own, node, reply, answer = std::move(answer)] { send_back(own, node, reply, answer); });
    });
  }
  template <class Reply>
  static void send_back(const std::shared_ptr<state>& own, std::uint32_t node,
                        const reply_handle<Message, Reply>& reply, const crossed<Reply>& answer) {
    network_type& network = *own->network;
    if (std::find(own->open.begin(), own->open.end(), reply.operation()) == own->open.end()) return;
    if (!network.linked(own->client, node)) return fail(*own, reply, transport_error::connection_lost);
    const operation_kind kind = reply.operation().kind();
    network.count(own->client, node, kind, {.bytes_down = answer.bytes});
    const frame_trip trip = network.travel(own->client, node);
    if (trip.ends != frame_trip::end::arrives) {
      network.count(own->client, node, kind, {.bytes_lost = answer.bytes});
    }
    if (trip.ends == frame_trip::end::lost) return;
    network.clock().schedule_after(trip.takes, [own, node, reply, answer, ends = trip.ends] {
      if (!own->network->client_online(own->client)) {
        const operation_kind unheard = reply.operation().kind();
        return own->network->count(own->client, node, unheard, {.bytes_lost = answer.bytes});
      }
      const auto& result = answer.result;
      if (ends == frame_trip::end::reset) return fail(*own, reply, transport_error::connection_lost);
      if (const auto* error = std::get_if<transport_error>(&result)) return fail(*own, reply, *error);
      if (own->close(reply.operation())) reply(std::get<Reply>(result));
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

  std::shared_ptr<state> state_;
};

static_assert(capabilities_of<simulated_transport<>, message> == light_capabilities);

}  // namespace waku::reliability::testing
