// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/direct_passage.hpp>
#include <waku/reliability/wire/client.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/limits.hpp>
#include <waku/reliability/wire/serve.hpp>

namespace waku::reliability::testing {

/// Has every request, reply and push of a simulated network pass through real bytes: encoded, framed, cut at random
/// places, read again and decoded, on the node's side by wire/serve.hpp. The bytes that are counted are those.
///
///     using transport = simulated_transport<message, light_capabilities, fast_hasher, over_bytes<message>>;
///
/// Where frames are cut, and the ids of requests, come of a random stream of its own, so that all else in the
/// simulation stays as it is without bytes.
template <buildable_message Message, class Codecs = wire::own_codecs>
class over_bytes {
 public:
  /// `most` holds for both sides. A network of larger messages needs a passage of its own, which hands it on.
  over_bytes(std::uint64_t seed, std::uint32_t client, const wire::limits& most = {})
      : random_(seed * 0x9e37'79b9'7f4a'7c15U + client + 0x0b17e5U),
        most_(most),
        client_(most),
        push_codec_(most) {}

  template <class Network>
  auto lightpush(const passage_way<Network>& way, const lightpush_request<Message>& made,
                 message_index /*message*/) {
    return send<lightpush_reply>(way, made.fresh_proof, [&](std::string_view id, wire::byte_buffer& frame) {
      return client_.write(made, way.network->fleet().profile(way.node).legacy_lightpush, id, frame);
    });
  }
  template <class Network, class Request>
  auto filter(const passage_way<Network>& way, const Request& made) {
    return send<filter_reply>(way, false, [&](std::string_view id, wire::byte_buffer& frame) {
      return client_.write(made, id, frame);
    });
  }
  template <class Network>
  auto store_query(const passage_way<Network>& way, const store_request& made) {
    return send<store_reply<Message>>(way, false, [&](std::string_view id, wire::byte_buffer& frame) {
      return client_.write(made, id, frame);
    });
  }

  template <class Network>
  std::size_t push_bytes(const passage_way<Network>& way, message_index message) {
    return push_frame(way, message).size();
  }
  template <class Network, class Sink>
  void push(const passage_way<Network>& way, message_index message, Sink&& sink) {
    const auto body = carry(wire::protocol::filter_push, push_frame(way, message), client_.push_limit());
    if (!body) return;
    if (auto pushed = client_.read_push(*body))
      sink(std::string_view(pushed->pubsub_topic.value_or("")), std::move(pushed->message));
  }

 private:
  using server_type = wire::basic_server<Codecs, Message>;

  // The fleet's services look at their rates when they answer, as without bytes; all that is sent here can be read.
  struct unmetered {
    bool over_rate(peer_id /*client*/, steady_time /*now*/) const { return false; }
    void count_unread(peer_id /*client*/, steady_time /*now*/) const {}
  };
  // A node of the fleet, as one client's request finds it.
  template <class Network>
  struct fleet_store : unmetered {
    explicit fleet_store(const passage_way<Network>& own) : way(own) {}
    services::store_answer<message_index> answer(const store_request& asked, const instant&) {
      auto page = way.network->fleet().query(way.node, way.client, asked);
      if (!asked.include_data && !asked.legacy) {
        for (auto& entry : page.entries) entry.body.reset();
      }
      return page;
    }
    passage_way<Network> way;
  };
  template <class Network>
  struct fleet_filter : unmetered {
    explicit fleet_filter(const passage_way<Network>& own) : way(own) {}
    filter_reply subscribe(const filter_subscribe_request& asked, steady_time) {
      return way.network->fleet().subscribe(way.node, way.client, asked);
    }
    filter_reply unsubscribe(const filter_unsubscribe_request& asked, steady_time) {
      return way.network->fleet().unsubscribe(way.node, way.client, asked);
    }
    filter_reply unsubscribe_all(const services::filter_unsubscribe_all_request&, steady_time) {
      return way.network->fleet().unsubscribe_all(way.node, way.client);
    }
    filter_reply ping(const filter_ping_request&, steady_time) {
      return way.network->fleet().ping(way.node, way.client);
    }
    passage_way<Network> way;
  };

  template <class Reply, class Network, class Write>
  auto send(const passage_way<Network>& way, bool fresh_proof, Write&& write) {
    std::string id = make_id();
    wire::byte_buffer frame;
    const wire::protocol spoken = write(std::string_view(id), frame);
    const std::size_t bytes = frame.size();
    return passing{bytes, [this, way, spoken, fresh_proof, id = std::move(id), frame = std::move(frame)] {
                     return arrive<Reply>(way, spoken, fresh_proof, id, frame);
                   }};
  }
  template <class Reply, class Network>
  crossed<Reply> arrive(const passage_way<Network>& way, wire::protocol spoken, bool fresh_proof,
                        std::string_view id, const wire::byte_buffer& request) {
    server_type& server = server_of(way);
    const auto asked = carry(spoken, request, server.request_limit(spoken));
    if (!asked) return {transport_error::connection_lost, 0};
    wire::byte_buffer reply;
    if (serve(server, way, spoken, fresh_proof, *asked, reply) == wire::served::closed)
      return {transport_error::empty_reply, 0};
    const auto answered = carry(spoken, reply, client_.reply_limit(spoken));
    if (!answered) return {transport_error::undecodable_reply, reply.size()};
    return {client_.template read<Reply>(spoken, *answered, id), reply.size()};
  }
  template <class Network>
  static wire::served serve(server_type& server, const passage_way<Network>& way, wire::protocol spoken,
                            bool fresh_proof, std::span<const std::byte> body, wire::byte_buffer& reply) {
    Network& network = *way.network;
    const auto client = static_cast<peer_id>(way.client);
    const instant now{network.clock().steady(), network.clock().wall()};
    const auto message_of = [&way](message_index kept) { return way.network->body_from(way.node, kept); };
    if (spoken == wire::protocol::store) {
      fleet_store<Network> store(way);
      return server.store(store, client, body, now, reply, message_of);
    }
    if (spoken == wire::protocol::legacy_store) {
      fleet_store<Network> store(way);
      return server.legacy_store(store, client, body, now, reply, message_of);
    }
    if (spoken == wire::protocol::filter) {
      fleet_filter<Network> filter(way);
      return server.filter(filter, client, body, now.steady, reply);
    }
    const unmetered lightpush{};
    auto* pushed = server.read_push(spoken, lightpush, client, body, now.steady, reply);
    if (pushed == nullptr) return wire::served::answered;
    const message_index message = network.intern(pushed->pubsub_topic.value_or(""), pushed->message);
    server.write_push_reply(spoken, pushed->request_id,
                            direct_passage::push_at_node(way, message, fresh_proof), reply);
    return wire::served::answered;
  }

  // What was in a frame that came in chunks of any size; nothing where it is over the limit.
  std::optional<wire::byte_buffer> carry(wire::protocol spoken, std::span<const std::byte> frame,
                                         std::size_t limit) {
    wire::frame_reader reader(spoken, limit);
    std::optional<wire::byte_buffer> body;
    while (!frame.empty()) {
      const std::size_t most = random_.chance(0.5) ? 16 : frame.size();
      const auto size = static_cast<std::size_t>(1 + random_.below(most));
      const auto chunk = frame.first(std::min(size, frame.size()));
      frame = frame.subspan(chunk.size());
      reader.feed(chunk);
      while (const auto whole = reader.next()) body.emplace(whole->begin(), whole->end());
    }
    if (reader.finish()) return std::nullopt;
    return body;
  }
  template <class Network>
  wire::byte_buffer push_frame(const passage_way<Network>& way, message_index message) {
    wire::byte_buffer frame;
    push_codec_.encode(way.network->pubsub_topic(message), way.network->body(message), frame);
    return frame;
  }
  // As nwaku makes them.
  std::string make_id() {
    std::string id(20, '0');
    for (char& letter : id) letter = "0123456789abcdef"[random_.below(16)];
    return id;
  }
  template <class Network>
  server_type& server_of(const passage_way<Network>& way) {
    while (servers_.size() <= way.node) servers_.emplace_back();
    auto& own = servers_[way.node];
    if (!own) own.emplace(way.network->fleet().profile(way.node), most_);
    return *own;
  }

  random_source random_;
  wire::limits most_;
  wire::basic_client<Codecs, Message> client_;
  typename Codecs::filter_push push_codec_;
  std::deque<std::optional<server_type>> servers_;  // one for each node that was asked
};

}  // namespace waku::reliability::testing
