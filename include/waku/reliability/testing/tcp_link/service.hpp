// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <waku/reliability/adapter/asio/wake_up.hpp>
#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/push_queues.hpp>
#include <waku/reliability/testing/tcp_link/stream.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/serve.hpp>
#include <waku/reliability/wire/served_node.hpp>

namespace waku::reliability::testing {

/// Frames to one port, on one stream that is opened when there is something to send, and again after it broke. Of
/// what is to wait for a slow reader beyond a bound, the newest is dropped.
class tcp_outlet {
 public:
  using done_function = std::function<void(bool written)>;

  /// The bound on what waits, in bytes: 50 messages of the greatest usual size.
  static constexpr std::size_t usual_bytes_max = 8'388'608;

  tcp_outlet(asio::any_io_executor executor, std::uint16_t to, wire::protocol spoken, std::uint16_t own_port,
             std::size_t bytes_max = usual_bytes_max)
      : executor_(std::move(executor)),
        to_(to),
        own_port_(own_port),
        bytes_max_(bytes_max),
        spoken_(spoken) {}
  tcp_outlet(const tcp_outlet&) = delete;
  tcp_outlet& operator=(const tcp_outlet&) = delete;
  ~tcp_outlet() {
    if (stream_) stream_->abandon();
  }

  /// Sends a frame after those before. `done` is called later: whether it was written, not whether it was read. It
  /// may end the outlet. False: too much waits already, so the frame is dropped and `done` is not called; a frame
  /// that need not wait is always taken.
  bool send(wire::byte_buffer frame, done_function done = {}) {
    if (!waiting_.empty() && waiting_bytes_ + frame.size() > bytes_max_) return false;
    waiting_bytes_ += frame.size();
    waiting_.push_back({std::move(frame), std::move(done)});
    if (waiting_.size() == 1) send_first();
    return true;
  }
  /// Bytes of the frames that are not written yet.
  [[nodiscard]] std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }

 private:
  struct parcel {
    wire::byte_buffer frame;
    done_function done;
  };

  void send_first() {
    if (!stream_) {
      stream_ = std::make_shared<tcp_stream>(tcp_stream::socket_type(executor_));
      stream_->on_end = [this](tcp_end) {
        stream_.reset();
        end_first(false);
      };
      stream_->on_written = [this] { end_first(true); };
      stream_->open(to_, spoken_, own_port_, 0);
    }
    stream_->write(waiting_.front().frame);
  }
  void end_first(bool written) {
    if (waiting_.empty()) return;
    const done_function done = std::move(waiting_.front().done);
    waiting_bytes_ -= waiting_.front().frame.size();
    waiting_.pop_front();
    if (!waiting_.empty()) send_first();
    if (done) done(written);
  }

  asio::any_io_executor executor_;
  std::uint16_t to_;
  std::uint16_t own_port_;
  std::size_t bytes_max_;
  std::size_t waiting_bytes_ = 0;
  wire::protocol spoken_;
  std::deque<parcel> waiting_;
  std::shared_ptr<tcp_stream> stream_;
};

/// A service node at a port of this machine: what clients send goes to the services of `Node` by
/// wire::basic_server, which says what a Node is, and what its filter has to push is pushed. Its clients are known
/// by the ports at which they listen.
///
/// It also relays, in the simplest way: forward() sends a message to the neighbours, and what they send is told to
/// the node by relayed(pubsub_topic, message), if it has that. To forward what is new is the node's business. A
/// neighbour that does not read misses what is beyond a tcp_outlet's bound.
///
/// Clients that read too slowly are dropped by the filter, for which a timer wakes it. The streams to them are
/// closed at once, those to clients that are subscribed no more now and then.
template <class Node, buildable_message Message = message, class Codecs = wire::own_codecs>
class tcp_service {
 public:
  /// How often it looks for clients that are subscribed no more.
  static constexpr duration usual_look = std::chrono::minutes(1);

  tcp_service(asio::any_io_executor executor, Node& node, const services::profile& own,
              std::uint16_t port = 0, duration look = usual_look)
      : executor_(std::move(executor)),
        node_(&node),
        server_(own),
        look_(look),
        waker_(executor_, [this] { push(); }),
        listener_(executor_, port, [this](const auto& stream) { accept(stream); }) {}
  tcp_service(const tcp_service&) = delete;
  tcp_service& operator=(const tcp_service&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  void add_neighbour(std::uint16_t port) {
    neighbours_.try_emplace(port, executor_, port, wire::protocol::relay, this->port());
  }
  /// Sends a message, which is encoded once, to all neighbours; how many of them have room for it.
  std::uint32_t forward(std::string_view pubsub_topic, const Message& m) {
    if (neighbours_.empty()) return 0;
    wire::byte_buffer frame;
    forwarding_.encode(pubsub_topic, m, frame);
    std::uint32_t sent = 0;
    for (auto& [port, outlet] : neighbours_) sent += outlet.send(frame) ? 1 : 0;
    return sent;
  }
  /// Begins the pushes that the filter service has ready, and ends those that took too long. Requests and relayed
  /// messages do so by themselves, and so does time.
  void push() {
    if constexpr (wire::has_filter<Node>) {
      // A client may have been dropped and have subscribed again: what begins now goes over a new stream. One of
      // these outlets may be whose push is just being told as ended, which is the last thing that it does.
      close_dropped();
      close_unsubscribed();
      while (const auto begun = node_->filter.next_push(read_clocks().steady)) {
        wire::byte_buffer frame;
        push_.encode(begun->pubsub_topic, *begun->body, frame);
        const services::push_ticket ticket = begun->ticket;
        const bool sent = outlet_to(begun->client).send(std::move(frame), [this, ticket](bool written) {
          node_->filter.push_ended(ticket, written, read_clocks().steady);
          push();
        });
        if (!sent) node_->filter.push_ended(ticket, false, read_clocks().steady);
      }
      close_dropped();
      wake_in_time();
    }
  }

 private:
  using byte_span = tcp_stream::byte_span;

  void accept(const std::shared_ptr<tcp_stream>& accepted) {
    accepted->accept(
        [this](tcp_stream& stream, std::string_view id, std::uint16_t from) -> std::optional<std::size_t> {
          const auto spoken = wire::protocol_of(id);
          if (!spoken) return std::nullopt;
          if (*spoken == wire::protocol::relay) {
            stream.on_frame = [this](byte_span body) { take_relayed(body); };
          } else if (server_.template serves<Node>(*spoken)) {
            stream.on_frame = [this, &stream, from, asked = *spoken](byte_span body) {
              answer(stream, asked, static_cast<peer_id>(from), body);
            };
          } else {
            return std::nullopt;
          }
          return server_.request_limit(*spoken);
        });
  }
  void answer(tcp_stream& stream, wire::protocol spoken, peer_id client, byte_span body) {
    if (stream.ended()) return;  // one request, one answer
    wire::byte_buffer reply;
    static_cast<void>(server_.serve(spoken, *node_, client, body, read_clocks(), reply));
    stream.write(reply);
    stream.close();
    push();
  }
  void take_relayed(byte_span body) {
    if constexpr (requires(Node & n, std::string_view topic, const Message& m) { n.relayed(topic, m); }) {
      const auto refused = relay_.template decode<Message>(
          body, [this](std::string_view topic, const Message& m, byte_span) { node_->relayed(topic, m); });
      if (!refused) push();
    }
  }
  void close_dropped() {
    while (const auto dropped = node_->filter.next_dropped())
      clients_.erase(static_cast<std::uint16_t>(*dropped));
  }
  void close_unsubscribed() {
    const steady_time now = read_clocks().steady;
    if (now < next_look_) return;
    next_look_ = now + look_;
    std::erase_if(clients_, [this](const auto& each) {
      return !node_->filter.subscribed(static_cast<peer_id>(each.first));
    });
  }
  void wake_in_time() {
    auto time = node_->filter.next_deadline();
    if (!clients_.empty() && (!time || next_look_ < *time)) time = next_look_;
    waker_.at(time);
  }
  // One push is under way for each client: what waits here still is of a subscription that has ended.
  tcp_outlet& outlet_to(peer_id client) {
    const auto port = static_cast<std::uint16_t>(client);
    const auto known = clients_.find(port);
    if (known != clients_.end() && known->second.waiting_bytes() != 0) clients_.erase(known);
    return clients_.try_emplace(port, executor_, port, wire::protocol::filter_push, this->port())
        .first->second;
  }

  asio::any_io_executor executor_;
  Node* node_;
  wire::basic_server<Codecs, Message> server_;
  wire::relay_codec relay_;
  wire::relay_codec forwarding_;  // what comes may be forwarded while it is looked at
  typename Codecs::filter_push push_;
  std::map<std::uint16_t, tcp_outlet> neighbours_;
  std::map<std::uint16_t, tcp_outlet> clients_;  // those that were pushed to
  duration look_;
  steady_time next_look_{};
  asio_wake_up waker_;
  tcp_listener listener_;
};

}  // namespace waku::reliability::testing
