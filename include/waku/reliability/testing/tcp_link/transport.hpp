// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/testing/tcp_link/stream.hpp>
#include <waku/reliability/wire/client.hpp>
#include <waku/reliability/wire/codecs.hpp>

namespace waku::reliability::testing {

/// A transport over tcp_streams: lightpush, filter and store at peers that are ports of this machine. It listens at
/// a port of its own for what filter nodes push. Peers are told by hand, since there is no discovery. One that
/// does not speak lightpush v3 is asked by v2. Must outlive the node, and live on its strand.
template <buildable_message Message = message, class Codecs = wire::own_codecs>
class tcp_transport {
 public:
  explicit tcp_transport(asio::any_io_executor strand)
      : executor_(std::move(strand)),
        listener_(executor_, 0, [this](const auto& stream) { accept_pushes(stream); }) {}
  tcp_transport(const tcp_transport&) = delete;
  tcp_transport& operator=(const tcp_transport&) = delete;
  ~tcp_transport() {
    for (const auto& [operation, stream] : streams_) stream->abandon();
  }

  /// A peer at a port; one that is known already may have changed.
  peer_id add_peer(std::uint16_t port, const peer_protocols& protocols) {
    const peer_id number = number_of(port);
    peer& own = peers_[static_cast<std::size_t>(number)];
    own.protocols = protocols;
    own.here = true;
    sink_.peer_appeared(number, protocols);
    return number;
  }
  /// A peer is not there any more: what is asked of it from now on fails as not dialled, and never inside the
  /// call. What was asked before goes on to its end.
  void remove_peer(peer_id number) {
    peers_[static_cast<std::size_t>(number)].here = false;
    sink_.peer_left(number);
  }
  /// Where filter nodes push to.
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  void attach(event_sink<Message> sink) {
    sink_ = std::move(sink);
    for (std::size_t each = 0; each < peers_.size(); ++each) {
      if (peers_[each].here) sink_.peer_appeared(static_cast<peer_id>(each), peers_[each].protocols);
    }
  }
  void cancel(operation_id operation) { end(operation); }

  void lightpush(const lightpush_request<Message>& asked, reply_handle<Message, lightpush_reply> reply) {
    push(asked, peers_[static_cast<std::size_t>(asked.peer)].legacy, std::move(reply));
  }
  void filter_subscribe(const filter_subscribe_request& asked, reply_handle<Message, filter_reply> reply) {
    ask(asked, std::move(reply));
  }
  void filter_unsubscribe(const filter_unsubscribe_request& asked,
                          reply_handle<Message, filter_reply> reply) {
    ask(asked, std::move(reply));
  }
  void filter_ping(const filter_ping_request& asked, reply_handle<Message, filter_reply> reply) {
    ask(asked, std::move(reply));
  }
  void store_query(const store_request& asked, reply_handle<Message, store_reply<Message>> reply) {
    ask(asked, std::move(reply));
  }

 private:
  struct peer {
    std::uint16_t port = 0;
    peer_protocols protocols{};
    bool here = false;
    bool legacy = false;  // it does not speak lightpush v3
  };

  peer_id number_of(std::uint16_t port) {
    std::size_t place = 0;
    while (place < peers_.size() && peers_[place].port != port) ++place;
    if (place == peers_.size()) peers_.push_back({port, {}, false, false});
    return static_cast<peer_id>(place);
  }
  std::string next_id() { return "tcp-" + std::to_string(++requests_); }

  template <class Request, class Reply>
  void ask(const Request& asked, reply_handle<Message, Reply> reply) {
    wire::byte_buffer frame;
    const std::string id = next_id();
    const wire::protocol spoken = client_.write(asked, id, frame);
    send(asked.peer, spoken, id, frame, reply, [reply](transport_error error) { reply.fail(error); });
  }
  // The request and its message are lent until the operation ends.
  void push(const lightpush_request<Message>& asked, bool legacy,
            reply_handle<Message, lightpush_reply> reply) {
    wire::byte_buffer frame;
    const std::string id = next_id();
    const wire::protocol spoken = client_.write(asked, legacy, id, frame);
    send(asked.peer, spoken, id, frame, reply, [this, asked, legacy, reply](transport_error error) {
      if (legacy || error != transport_error::unsupported_protocol) return reply.fail(error);
      push(asked, true, reply);
    });
  }

  template <class Reply, class Fail>
  void send(peer_id to, wire::protocol spoken, const std::string& id, const wire::byte_buffer& frame,
            const reply_handle<Message, Reply>& reply, Fail fail) {
    const operation_id operation = reply.operation();
    const peer& there = peers_[static_cast<std::size_t>(to)];
    const auto stream = std::make_shared<tcp_stream>(tcp_stream::socket_type(executor_));
    streams_[operation.value()] = stream;
    stream->on_frame = [this, operation, to, spoken, id, reply](tcp_stream::byte_span body) {
      if (spoken == wire::protocol::legacy_lightpush) peers_[static_cast<std::size_t>(to)].legacy = true;
      const reply_or_error<Reply> result = client_.template read<Reply>(spoken, body, id);
      end(operation);
      if (const auto* error = std::get_if<transport_error>(&result)) return reply.fail(*error);
      reply(std::get<Reply>(result));
    };
    stream->on_end = [this, operation, fail](tcp_end how) {
      end(operation);
      fail(meaning_of(how));
    };
    if (!there.here) return stream->open_nowhere();
    stream->open(there.port, spoken, port(), client_.reply_limit(spoken));
    stream->write(frame);
  }
  static transport_error meaning_of(tcp_end how) noexcept {
    switch (how) {
      case tcp_end::closed: return transport_error::empty_reply;
      case tcp_end::cut: return transport_error::undecodable_reply;
      case tcp_end::broken: return transport_error::connection_lost;
      case tcp_end::unreachable: return transport_error::dial_failed;
      case tcp_end::unsupported: return transport_error::unsupported_protocol;
    }
    return transport_error::connection_lost;
  }
  void end(operation_id operation) {
    const auto found = streams_.find(operation.value());
    if (found == streams_.end()) return;
    const auto stream = std::move(found->second);
    streams_.erase(found);
    stream->abandon();
  }

  void accept_pushes(const std::shared_ptr<tcp_stream>& accepted) {
    accepted->accept(
        [this](tcp_stream& stream, std::string_view id, std::uint16_t from) -> std::optional<std::size_t> {
          if (id != wire::id_of(wire::protocol::filter_push)) return std::nullopt;
          stream.on_frame = [this, number = number_of(from)](tcp_stream::byte_span body) {
            if (auto pushed = client_.read_push(body))
              sink_.filter_push(number, pushed->pubsub_topic.value_or(""), std::move(pushed->message));
          };
          return client_.push_limit();
        });
  }

  asio::any_io_executor executor_;
  wire::basic_client<Codecs, Message> client_;
  event_sink<Message> sink_;
  std::vector<peer> peers_;                                       // by peer_id
  std::map<std::uint64_t, std::shared_ptr<tcp_stream>> streams_;  // by operation
  std::uint64_t requests_ = 0;
  tcp_listener listener_;
};

}  // namespace waku::reliability::testing
