// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

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
#include <vector>

#include <waku/reliability/adapter/asio/wake_up.hpp>
#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/service/push_queues.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/serve.hpp>
#include <waku/reliability/wire/served_node.hpp>

#include "host.hpp"
#include "network.hpp"
#include "stream.hpp"

namespace waku_live {

/// A service node over libp2p: what clients send goes to the services of `Node` by wire::basic_server, which says what
/// a Node is, and what its filter has to push is pushed, each message on a stream of its own, since go-waku reads one
/// frame of a stream.
///
///     waku_live::host host(context.get_executor(), {.listen = {...}, .key_file = "node.key", .relay = true});
///     waku_live::network network(host, {.cluster = 1, .shards = {0, 1}});
///     waku_live::libp2p_service<my_node> service(network, node, profile);
///     network.start();
///     // in my_node::relay(), for what lightpush admitted: keep it and queue it for the filter, then
///     return {service.forward(pubsub_topic, message)};
///
/// Metadata is served by the network, whatever the node has. Where the host relays, the network's shards are joined,
/// and what comes by relay is told to the node by relayed(pubsub_topic, message), if it has that: to be stored and
/// queued for the filter, not to be forwarded, which gossipsub has done. A push that begins by the node's own doing
/// begins with push(). The `client` by which a service knows somebody is the network's number of the peer.
///
/// Must end before the network and before the node; lives on the host's executor.
template <class Node, wr::buildable_message Message = wr::message, class Codecs = ww::own_codecs>
class libp2p_service {
 public:
  /// How long a client may take for its request.
  static constexpr wr::duration request_patience = std::chrono::seconds(20);
  /// While a client, or all together, leave so many bytes of replies unread, further requests are turned away: a page
  /// of a store may have 15 MB, and a client hundreds of streams.
  static constexpr std::size_t unread_bytes_per_client = std::size_t{64} << 20U;
  static constexpr std::size_t unread_bytes_max = std::size_t{256} << 20U;

  libp2p_service(network& over, Node& node, const ws::profile& own)
      : network_(&over), host_(&over.by()), node_(&node), server_(own), waker_(host_->executor(), [this] {
          push();
        }) {
    for (const ww::protocol each :
         {ww::protocol::store, ww::protocol::legacy_store, ww::protocol::filter, ww::protocol::lightpush,
          ww::protocol::legacy_lightpush, ww::protocol::peer_exchange}) {
      if (!server_.template serves<Node>(each)) continue;
      served_.push_back(each);
      host_->serve(ww::id_of(each),
                   [this, each](std::uint64_t stream, std::string_view peer) { accept(stream, each, peer); });
    }
    for (const std::uint32_t shard : over.options().shards)
      join(ww::shard{over.options().cluster, static_cast<std::uint16_t>(shard)}.to_string());
  }
  libp2p_service(const libp2p_service&) = delete;
  libp2p_service& operator=(const libp2p_service&) = delete;
  ~libp2p_service() {
    for (const ww::protocol each : served_) host_->serve(ww::id_of(each), nullptr);
    for (const auto& [topic, peers] : joined_) host_->leave(this, topic);
    for (const auto& [id, stream] : requests_) stream->abandon();
    for (const auto& [client, stream] : pushes_) stream->abandon();
  }

  /// Takes part in a topic, beyond the network's shards. Nothing where the host does not relay.
  void join(std::string_view pubsub_topic) {
    if (!host_->relays() || joined_.contains(pubsub_topic)) return;
    const std::string topic(pubsub_topic);
    joined_.emplace(topic, 0);
    host_->join(
        this, topic,
        [this, topic](std::span<const std::byte> data, std::string_view) { take_relayed(topic, data); },
        [this, topic](std::uint32_t peers) { joined_[topic] = peers; });
  }
  /// Publishes a message by relay; to how many peers, as far as is known. What goes to nobody is not published, so that
  /// the relay takes the same bytes later.
  std::uint32_t forward(std::string_view pubsub_topic, const Message& m) {
    const std::uint32_t peers = relay_peers(pubsub_topic);
    if (peers == 0) return 0;
    ww::byte_buffer data;
    messages_.encode(m, data);
    host_->publish(this, pubsub_topic, data, {});
    return peers;
  }
  /// How many peers the relay has on a topic.
  [[nodiscard]] std::uint32_t relay_peers(std::string_view pubsub_topic) const {
    const auto found = joined_.find(pubsub_topic);
    return found == joined_.end() ? 0 : found->second;
  }
  /// The bytes of replies that clients have not read yet.
  [[nodiscard]] std::size_t unread_bytes() const {
    return unread_bytes_if([](wr::peer_id) { return true; });
  }
  /// How many requests were reset without a look, since replies are not read.
  [[nodiscard]] std::uint64_t turned_away() const noexcept { return turned_away_; }
  /// Begins the pushes that the filter service has ready, and ends those that took too long. Requests and relayed
  /// messages do so by themselves, and so does time.
  void push() {
    if constexpr (ww::has_filter<Node>) {
      close_dropped();
      while (const auto begun = node_->filter.next_push(wr::read_clocks().steady)) {
        ww::byte_buffer frame;
        push_.encode(begun->pubsub_topic, *begun->body, frame);
        begin(begun->ticket, begun->client, std::move(frame));
      }
      close_dropped();
      waker_.at(node_->filter.next_deadline());
    }
  }

 private:
  void accept(std::uint64_t id, ww::protocol spoken, std::string_view from) {
    const auto stream =
        frame_stream::accept(*host_, id, spoken, server_.request_limit(spoken), request_patience);
    requests_[id] = stream;
    const wr::peer_id client = network_->number_of(from);
    stream->on_frame = [this, id, spoken, client](frame_stream::byte_span body) {
      auto asked = requests_.extract(id);
      if (!asked) return;
      const std::shared_ptr<frame_stream> answered = std::move(asked.mapped());
      if (leaves_unread(client)) {
        ++turned_away_;
        return answered->abandon();
      }
      ww::byte_buffer reply;
      static_cast<void>(server_.serve(spoken, *node_, client, body, wr::read_clocks(), reply));
      answered->write(reply);
      answered->release();
      if (answered->kept_bytes() != 0) unread_.emplace_back(client, answered);
      push();
    };
    stream->on_end = [this, id](stream_end) {
      if (auto ended = requests_.extract(id)) ended.mapped()->release();
    };
  }
  // Replies that are not read.
  template <class Counts>
  [[nodiscard]] std::size_t unread_bytes_if(const Counts& counts) const {
    std::size_t sum = 0;
    for (const auto& [client, reply] : unread_) {
      const auto stream = counts(client) ? reply.lock() : nullptr;
      if (stream) sum += stream->kept_bytes();
    }
    return sum;
  }
  [[nodiscard]] bool leaves_unread(wr::peer_id client) {
    std::erase_if(unread_, [](const auto& each) { return each.second.expired(); });
    return unread_bytes() >= unread_bytes_max || unread_bytes_if([client](wr::peer_id other) {
                                                   return other == client;
                                                 }) >= unread_bytes_per_client;
  }
  void take_relayed(std::string_view topic, std::span<const std::byte> data) {
    if constexpr (requires(Node & n, const Message& m) { n.relayed(topic, m); }) {
      Message m;
      if (messages_.decode(data, m)) return;
      node_->relayed(topic, std::as_const(m));
      push();
    }
  }

  // Pushes. One is under way for each client.

  void begin(ws::push_ticket ticket, wr::peer_id client, ww::byte_buffer frame) {
    const network_peer* const there = network_->find(client);
    const ww::protocol protocols[] = {ww::protocol::filter_push};
    const auto stream = frame_stream::open(*host_, there == nullptr ? std::string_view() : there->id,
                                           protocols, wr::duration::max());
    pushes_[client] = stream;
    stream->on_open = [raw = stream.get(), frame = std::move(frame)](ww::protocol) {
      raw->expect(0);
      raw->write(frame);
      raw->close();
    };
    stream->on_written = [this, ticket, client] { end(ticket, client, true); };
    stream->on_end = [this, ticket, client](stream_end how) {
      // Who closes a side on which nothing is to be said still reads.
      if (how != stream_end::closed) end(ticket, client, false);
    };
  }
  void end(ws::push_ticket ticket, wr::peer_id client, bool written) {
    auto ended = pushes_.extract(client);
    if (!ended) return;
    ended.mapped()->release();
    node_->filter.push_ended(ticket, written, wr::read_clocks().steady);
    push();
  }
  void close_dropped() {
    while (const auto dropped = node_->filter.next_dropped()) {
      if (auto under_way = pushes_.extract(*dropped)) under_way.mapped()->abandon();
    }
  }

  network* network_;
  host* host_;
  Node* node_;
  ww::basic_server<Codecs, Message> server_;
  ww::message_codec messages_;
  typename Codecs::filter_push push_;
  std::vector<ww::protocol> served_;
  std::map<std::string, std::uint32_t, std::less<>> joined_;                   // with the peers there
  std::unordered_map<std::uint64_t, std::shared_ptr<frame_stream>> requests_;  // by the host's number
  std::unordered_map<wr::peer_id, std::shared_ptr<frame_stream>> pushes_;      // by client
  std::vector<std::pair<wr::peer_id, std::weak_ptr<frame_stream>>> unread_;    // replies, by client
  std::uint64_t turned_away_ = 0;
  wr::asio_wake_up waker_;
};

}  // namespace waku_live
