// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/wire/client.hpp>
#include <waku/reliability/wire/codecs.hpp>

#include "host.hpp"
#include "network.hpp"
#include "stream.hpp"

namespace waku_live {

/// What a transport is to do beyond its network.
struct transport_options {
  /// How long a request may take from its stream's opening to the reply. The node's own timeouts are shorter.
  wr::duration request_patience = std::chrono::minutes(1);
};

/// A transport over libp2p with relay, lightpush, filter and store: what `waku::reliability` needs of a network.
///
///     asio::io_context context;
///     waku_live::host host(context.get_executor(), {.relay = false});
///     waku_live::network network(host, {.cluster = 1, .shards = {0}, .peers = {multiaddr}});
///     waku_live::libp2p_transport<> transport(network);
///     wr::asio_node<wr::light_client, waku_live::libp2p_transport<>, wr::message, wr::openssl_hasher> node(
///         host.executor(), transport);
///     network.start();
///
/// Its making offers filter-push. Peers appear as soon as they are known to be of the cluster, with what they serve
/// and their shards; nobody else is asked. Lightpush goes by v3, or by v2 to peers that speak no v3. Whether this
/// machine has a network at all is for the program to tell, see connectivity().
///
/// Relay works where the host relays; elsewhere there is nobody to publish to. What was published here by this
/// transport is not told as a message.
///
/// Must end before the network and outlive the node; lives on the host's executor. None of its functions throws.
template <wr::buildable_message Message = wr::message, class Codecs = ww::own_codecs>
class libp2p_transport final : private peer_watcher {
 public:
  static constexpr bool live_network = true;

  using message_type = Message;

  explicit libp2p_transport(network& over, const transport_options& options = {})
      : network_(&over), host_(&over.by()), options_(options) {
    host_->serve(ww::id_of(ww::protocol::filter_push),
                 [this](std::uint64_t stream, std::string_view peer) { accept_pushes(stream, peer); });
    network_->watch(*this);
  }
  libp2p_transport(const libp2p_transport&) = delete;
  libp2p_transport& operator=(const libp2p_transport&) = delete;
  ~libp2p_transport() {
    network_->unwatch(*this);
    host_->serve(ww::id_of(ww::protocol::filter_push), nullptr);
    for (const auto& [topic, peers] : joined_) host_->leave(this, topic);
    for (const auto& [operation, stream] : streams_) stream->abandon();
    for (const auto& [id, stream] : pushes_) stream->abandon();
  }

  /// This machine's network is gone, or back.
  void connectivity(bool online) { sink_.connectivity(online); }
  /// How many peers the relay has on a topic that was joined.
  [[nodiscard]] std::uint32_t relay_peers(std::string_view pubsub_topic) const {
    const auto found = joined_.find(pubsub_topic);
    return found == joined_.end() ? 0 : found->second;
  }

  // What the node calls.

  void attach(wr::event_sink<Message> sink) {
    sink_ = std::move(sink);
    network_->for_each_present([this](const network_peer& peer) { tell(peer); });
    for (const auto& [topic, peers] : joined_) {
      if (peers != 0) sink_.relay_peers(topic, peers);
    }
  }
  void cancel(wr::operation_id operation) {
    publishing_.erase(operation.value());
    const auto found = streams_.find(operation.value());
    if (found == streams_.end()) return;
    const auto stream = std::move(found->second);
    streams_.erase(found);
    stream->abandon();
  }
  void disconnect(wr::peer_id peer) { network_->disconnect(peer); }

  void lightpush(const wr::lightpush_request<Message>& asked,
                 wr::reply_handle<Message, wr::lightpush_reply> reply) {
    // The request's message is lent until the operation ends, so it is written in the words of the protocol that the
    // peer chose.
    const auto write = [this, asked](ww::protocol spoken, std::string_view id, ww::byte_buffer& frame) {
      client_.write(asked, spoken == ww::protocol::legacy_lightpush, id, frame);
    };
    const ww::protocol protocols[] = {ww::protocol::lightpush, ww::protocol::legacy_lightpush};
    exchange(asked.peer, protocols, next_id(), write, std::move(reply));
  }
  void filter_subscribe(const wr::filter_subscribe_request& asked,
                        wr::reply_handle<Message, wr::filter_reply> reply) {
    ask(asked, std::move(reply));
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& asked,
                          wr::reply_handle<Message, wr::filter_reply> reply) {
    ask(asked, std::move(reply));
  }
  void filter_ping(const wr::filter_ping_request& asked, wr::reply_handle<Message, wr::filter_reply> reply) {
    ask(asked, std::move(reply));
  }
  void store_query(const wr::store_request& asked,
                   wr::reply_handle<Message, wr::store_reply<Message>> reply) {
    ask(asked, std::move(reply));
  }

  void relay_publish(const wr::relay_request<Message>& asked,
                     wr::reply_handle<Message, wr::relay_reply> reply) {
    // With nobody there gossipsub would note the message as seen, and refuse it later.
    if (relay_peers(asked.pubsub_topic) == 0) return reply(wr::relay_reply{});
    ww::byte_buffer data;
    messages_.encode(asked.message, data);
    publishing_.emplace(asked.operation.value(), reply);
    host_->publish(this, asked.pubsub_topic, data,
                   [this, alive = std::weak_ptr(life_), operation = asked.operation.value()](
                       host_error error, std::uint32_t peers) {
                     if (alive.expired()) return;
                     auto found = publishing_.extract(operation);
                     // What the relay refuses went to nobody, as without neighbours.
                     if (found) found.mapped()(wr::relay_reply{error == host_error::none ? peers : 0});
                   });
  }
  void relay_join(std::string_view pubsub_topic) {
    if (!host_->relays() || joined_.contains(pubsub_topic)) return;
    const std::string topic(pubsub_topic);
    joined_.emplace(topic, 0);
    host_->join(
        this, topic,
        [this, topic](std::span<const std::byte> data, std::string_view) {
          Message m;
          if (messages_.decode(data, m)) return;
          sink_.relay_message(topic, std::move(m));
        },
        [this, topic](std::uint32_t peers) {
          joined_[topic] = peers;
          sink_.relay_peers(topic, peers);
        });
  }
  void relay_leave(std::string_view pubsub_topic) {
    const auto found = joined_.find(pubsub_topic);
    if (found == joined_.end()) return;
    host_->leave(this, found->first);
    joined_.erase(found);
  }

 private:
  void appeared(const network_peer& peer) override { tell(peer); }
  void left(const network_peer& peer) override { sink_.peer_left(peer.number); }
  void tell(const network_peer& peer) {
    wr::peer_protocols protocols;
    protocols.lightpush = peer.speaks(ww::protocol::lightpush) || peer.speaks(ww::protocol::legacy_lightpush);
    protocols.filter = peer.speaks(ww::protocol::filter);
    protocols.store = peer.speaks(ww::protocol::store);
    protocols.legacy_store = peer.speaks(ww::protocol::legacy_store);
    const std::vector<std::string> names = peer.pubsub_topics();
    const std::vector<std::string_view> topics(names.begin(), names.end());
    sink_.peer_appeared(peer.number, protocols, topics);
  }

  // A request whose views live for the call only.
  template <class Request, class Reply>
  void ask(const Request& asked, wr::reply_handle<Message, Reply> reply) {
    const std::string id = next_id();
    ww::byte_buffer frame;
    const ww::protocol protocols[] = {client_.write(asked, id, frame)};
    exchange(
        asked.peer, protocols, id,
        [frame = std::move(frame)](ww::protocol, std::string_view, ww::byte_buffer& target) {
          target = frame;
        },
        std::move(reply));
  }
  // One stream, one request, one reply.
  template <class Write, class Reply>
  void exchange(wr::peer_id to, std::span<const ww::protocol> protocols, std::string id, Write write,
                wr::reply_handle<Message, Reply> reply) {
    const network_peer* const there = network_->find(to);
    const auto stream = frame_stream::open(*host_, there == nullptr ? std::string_view() : there->id,
                                           protocols, options_.request_patience);
    const wr::operation_id operation = reply.operation();
    streams_[operation.value()] = stream;
    stream->on_open = [this, raw = stream.get(), id, write, reply, operation](ww::protocol chosen) {
      ww::byte_buffer frame;
      write(chosen, id, frame);
      raw->on_frame = [this, chosen, id, reply, operation](frame_stream::byte_span body) {
        const wr::reply_or_error<Reply> result = client_.template read<Reply>(chosen, body, id);
        end(operation);
        if (const auto* error = std::get_if<wr::transport_error>(&result)) return reply.fail(*error);
        reply(std::get<Reply>(result));
      };
      raw->expect(client_.reply_limit(chosen));
      raw->write(frame);
      raw->close();
    };
    stream->on_end = [this, operation, reply](stream_end how) {
      end(operation);
      reply.fail(meaning_of(how));
    };
  }
  static wr::transport_error meaning_of(stream_end how) noexcept {
    switch (how) {
      case stream_end::closed: return wr::transport_error::empty_reply;
      case stream_end::cut: return wr::transport_error::undecodable_reply;
      case stream_end::broken: return wr::transport_error::connection_lost;
      case stream_end::timed_out: return wr::transport_error::timeout;
      case stream_end::unreachable: return wr::transport_error::dial_failed;
      case stream_end::unsupported: return wr::transport_error::unsupported_protocol;
    }
    return wr::transport_error::connection_lost;
  }
  void end(wr::operation_id operation) {
    const auto found = streams_.find(operation.value());
    if (found == streams_.end()) return;
    const auto stream = std::move(found->second);
    streams_.erase(found);
    stream->release();
  }
  std::string next_id() { return "live-" + std::to_string(++requests_); }

  // A node may push many messages on one stream, or one on each.
  void accept_pushes(std::uint64_t id, std::string_view from) {
    const auto stream = frame_stream::accept(*host_, id, ww::protocol::filter_push, client_.push_limit(),
                                             wr::duration::max());
    pushes_[id] = stream;
    stream->on_frame = [this, number = network_->number_of(from)](frame_stream::byte_span body) {
      if (auto pushed = client_.read_push(body))
        sink_.filter_push(number, pushed->pubsub_topic.value_or(""), std::move(pushed->message));
    };
    stream->on_end = [this, id](stream_end) {
      if (auto ended = pushes_.extract(id)) ended.mapped()->release();
    };
  }

  network* network_;
  host* host_;
  transport_options options_;
  ww::basic_client<Codecs, Message> client_;
  ww::message_codec messages_;
  wr::event_sink<Message> sink_;
  std::unordered_map<std::uint64_t, std::shared_ptr<frame_stream>> streams_;  // by operation
  std::unordered_map<std::uint64_t, std::shared_ptr<frame_stream>> pushes_;   // by the host's number
  std::unordered_map<std::uint64_t, wr::reply_handle<Message, wr::relay_reply>> publishing_;  // by operation
  std::map<std::string, std::uint32_t, std::less<>> joined_;  // with the peers there
  std::uint64_t requests_ = 0;
  std::shared_ptr<char> life_ = std::make_shared<char>();
};

}  // namespace waku_live
