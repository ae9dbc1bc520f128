// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/adapter/rest/dialect.hpp>
#include <waku/reliability/adapter/rest/http_client.hpp>
#include <waku/reliability/adapter/rest/node_pool.hpp>
#include <waku/reliability/adapter/rest/options.hpp>
#include <waku/reliability/adapter/rest/replies.hpp>
#include <waku/reliability/adapter/rest/requests.hpp>
#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/wire/utf8.hpp>

/// \file
/// A transport whose peers are nodes with a REST interface, of a dialect: rest::nwaku or rest::go_waku.
///
///     rest_transport             hands the requests of lightpush, filter, store and relay to the nodes
///       rest/requests            requests as HTTP
///       rest/replies             answers as replies; rest/message_codec: messages as JSON
///       rest/dialect, rest/text  in what the nodes' software differs; bytes as text
///       rest/node_pool           looks whether the nodes are there, and reads what they keep
///         rest/pooled_node       a node, and its mailboxes
///         rest/options           the numbers
///       rest/http_client         exchanges over libcurl's multi interface, which Asio's sockets and timer drive
///         rest/http_exchange     one of them; rest/node_address: a URL without its credentials
///
/// Which routes are used is for the node's policies to say: light_client publishes by lightpush and receives by
/// filter, relay_with_store does both by relay, and the store confirms and recovers for either.
namespace waku::reliability {

/// A transport over the REST interfaces of a pool of nodes, each of which is a service peer, and a neighbour for
/// relay. On an Asio strand, without a thread of its own; nothing blocks and nothing throws but std::bad_alloc.
/// Must outlive the node, and live on its strand.
///
/// **Peers.** A node appears when it answers its health route with success, and leaves when it does not, or when a
/// connection to it fails; trouble_of() says why. To which other nodes it passes a request it decides itself; only a
/// store's address can be given.
///
/// **Receiving** is reading, for each topic, what the node has kept since the last time. A node gives each message
/// out once, so the batch of an answer that is lost is lost with it, and it keeps few: what it drops is for the
/// store to recover. A node names neither pubsub topic nor hash: the engine computes the hash. One that reads by
/// content topic alone (rest::nwaku) has a content topic on one pubsub topic at a time; SUBSCRIBE for a second one
/// is refused with status 400.
///
/// **Relay.** The count that is told for a topic, and in a reply, is of nodes of the pool that took it. A node
/// that was joined keeps messages until they are read, some without bound: relay_leave() before the end.
///
/// **Sizes and times** of answers are bounded by rest_options.http, and the values in them by a million: a body with
/// more is as none. Redirects are not followed, certificates are verified, proxies are not used. Credentials leave by
/// basic authentication alone: use https for them.
template <rest::dialect Dialect = rest::nwaku, buildable_message Message = message>
class rest_transport {
 public:
  static constexpr bool live_network = true;

  explicit rest_transport(const asio::any_io_executor& strand, const rest_options& numbers = {})
      : pool_(strand, numbers) {}
  rest_transport(const rest_transport&) = delete;
  rest_transport& operator=(const rest_transport&) = delete;
  ~rest_transport() = default;

  /// Takes a node into the pool and begins to look for it. Nothing for a URL that is not of http or https, or that
  /// has a query or fragment.
  std::optional<peer_id> add_node(const rest_node& given) { return pool_.add(given); }
  /// Why a node that was added was not there when it was last looked at; nothing where it was, or was not looked at
  /// yet.
  [[nodiscard]] const std::optional<rest::node_trouble>& trouble_of(peer_id node) const {
    return pool_[node].trouble;
  }

  void attach(event_sink<Message> sink) { pool_.attach(std::move(sink)); }
  void cancel(operation_id operation) {
    const running ended = take(operation);
    for (const rest::exchange_id each : ended.exchanges) pool_.client().cancel(each);
    close_added(ended);
  }

  /// A node without lightpush v3 is asked by v1 from then on, whose replies are marked legacy.
  void lightpush(const lightpush_request<Message>& asked, reply_handle<Message, lightpush_reply> reply) {
    if (!is_text(asked.pubsub_topic) || !is_text(message_traits<Message>::content_topic(asked.message))) {
      lightpush_reply refusal;
      refusal.status = status_code::bad_request;
      refusal.description = "a topic is not UTF-8";
      return reply(std::move(refusal));
    }
    push(asked, !Dialect::has_lightpush_v3 || pool_[asked.peer].legacy, reply);
  }

  void filter_subscribe(const filter_subscribe_request& asked, reply_handle<Message, filter_reply> reply) {
    rest::pooled_node& node = pool_[asked.peer];
    for (const std::string_view each : asked.content_topics) {
      const bool taken = !Dialect::reads_by_pubsub_topic && node.has_elsewhere(asked.pubsub_topic, each);
      if (taken || !is_text(each)) return reply({status_code::bad_request, std::nullopt});
    }
    start(asked.peer, write_filter(rest::http_method::post, asked), reply, &rest::read_filter);
    // Messages may come before the reply does, so they are read from now on.
    operations_[asked.operation.value()].added =
        pool_.open_filter(node, asked.pubsub_topic, asked.content_topics);
  }
  void filter_unsubscribe(const filter_unsubscribe_request& asked,
                          reply_handle<Message, filter_reply> reply) {
    for (const std::string_view each : asked.content_topics) {
      pool_.close(pool_[asked.peer], {std::string(asked.pubsub_topic), std::string(each)});
    }
    start(asked.peer, write_filter(rest::http_method::remove, asked), reply, &rest::read_filter);
  }
  void filter_ping(const filter_ping_request& asked, reply_handle<Message, filter_reply> reply) {
    start(asked.peer, rest::write_filter_ping(next_id()), reply, &rest::read_filter);
  }

  /// Only queries of store v3. No node can be asked for a content topic with a comma in it, which is refused with
  /// status 400.
  void store_query(const store_request& asked, reply_handle<Message, store_reply<Message>> reply) {
    const bool unaskable = std::any_of(asked.content_topics.begin(), asked.content_topics.end(),
                                       [](std::string_view each) { return each.find(',') != each.npos; });
    if (unaskable || asked.legacy) {
      store_reply<Message> refusal;
      refusal.status = status_code::bad_request;
      return reply(std::move(refusal));
    }
    start(asked.peer, rest::write_query<Dialect>(asked, pool_[asked.peer].store_address), reply,
          &rest::read_page<Dialect, Message>);
  }

  /// Publishes at every node that is there. The reply counts those that took it; nwaku takes a message also when
  /// it has no neighbours to relay it to.
  void relay_publish(const relay_request<Message>& asked, reply_handle<Message, relay_reply> reply) {
    auto sums = std::make_shared<relay_sums>();
    running under_way;
    const bool text = is_text(message_traits<Message>::content_topic(asked.message));
    for (std::size_t each = 0; text && each < pool_.size(); ++each) {
      const auto peer = static_cast<peer_id>(each);
      if (!pool_[peer].here) continue;
      ++sums->waiting;
      under_way.exchanges.push_back(pool_.client().start(
          pool_[peer].address, rest::write_relay(asked.pubsub_topic, asked.message),
          [this, peer, sums, reply](const rest::http_result& result) { count(peer, *sums, result, reply); }));
    }
    if (sums->waiting == 0) return reply(relay_reply{});
    operations_.emplace(asked.operation.value(), std::move(under_way));
  }
  void relay_join(std::string_view pubsub_topic) {
    if (is_text(pubsub_topic)) pool_.join(std::string(pubsub_topic));
  }
  void relay_leave(std::string_view pubsub_topic) { pool_.leave(std::string(pubsub_topic)); }

 private:
  struct running {
    std::vector<rest::exchange_id> exchanges;
    peer_id peer{};
    std::vector<rest::mailbox_topics> added;  // by a SUBSCRIBE, not to be read if it comes to nothing
  };
  struct relay_sums {
    std::size_t waiting = 0;
    std::uint32_t taken = 0;
    bool answered = false;
    transport_error error = transport_error::unsupported_protocol;
  };

  std::string next_id() { return "rest-" + std::to_string(++requests_); }
  static bool is_text(std::string_view bytes) {
    return wire::is_utf8(std::as_bytes(std::span(bytes.data(), bytes.size())));
  }
  template <class Request>
  rest::http_request write_filter(rest::http_method method, const Request& asked) {
    return rest::write_filter(method, asked.pubsub_topic, asked.content_topics, next_id());
  }

  // What is known of an operation; nothing for one that has ended.
  running take(operation_id operation) {
    const auto found = operations_.extract(operation.value());
    return found.empty() ? running{} : std::move(found.mapped());
  }
  void close_added(const running& ended) {
    for (const rest::mailbox_topics& each : ended.added) pool_.close(pool_[ended.peer], each);
  }
  template <class Reply>
  void start(peer_id to, rest::http_request request, const reply_handle<Message, Reply>& reply,
             reply_or_error<Reply> (*read)(const rest::http_answer&)) {
    const auto done = [this, to, reply, read](const rest::http_result& result) {
      const running ended = take(reply.operation());
      reply_or_error<Reply> end = meaning_of<Reply>(to, result, read);
      Reply* good = std::get_if<Reply>(&end);
      if (good == nullptr || !is_success(good->status)) close_added(ended);
      if (good == nullptr) return reply.fail(std::get<transport_error>(end));
      reply(std::move(*good));
    };
    const rest::exchange_id exchange = pool_.client().start(pool_[to].address, std::move(request), done);
    operations_.emplace(reply.operation().value(), running{{exchange}, to, {}});
  }
  template <class Reply, class Read>
  reply_or_error<Reply> meaning_of(peer_id to, const rest::http_result& result, const Read& read) {
    if (const auto* answer = std::get_if<rest::http_answer>(&result)) return read(*answer);
    const transport_error error = std::get<rest::http_failure>(result).error;
    pool_.suspect(pool_[to], error);
    return error;
  }
  // The request and its message are lent until the operation ends.
  void push(const lightpush_request<Message>& asked, bool legacy,
            const reply_handle<Message, lightpush_reply>& reply) {
    const auto done = [this, asked, legacy, reply](const rest::http_result& result) {
      take(asked.operation);
      auto end = meaning_of<lightpush_reply>(asked.peer, result, [legacy](const rest::http_answer& answer) {
        return rest::read_lightpush(answer, legacy);
      });
      if (auto* good = std::get_if<lightpush_reply>(&end)) {
        pool_[asked.peer].legacy = legacy;
        return reply(std::move(*good));
      }
      const auto error = std::get<transport_error>(end);
      if (legacy || error != transport_error::unsupported_protocol) return reply.fail(error);
      push(asked, true, reply);
    };
    const rest::exchange_id exchange =
        pool_.client().start(pool_[asked.peer].address, rest::write_lightpush(asked, legacy), done);
    operations_.emplace(asked.operation.value(), running{{exchange}, asked.peer, {}});
  }
  // One node's answer to a relay publication; the last one ends it.
  void count(peer_id peer, relay_sums& sums, const rest::http_result& result,
             const reply_handle<Message, relay_reply>& reply) {
    if (const auto* answer = std::get_if<rest::http_answer>(&result)) {
      if (is_success(answer->status)) ++sums.taken;
      if (!rest::is_missing_route(*answer)) sums.answered = true;
    } else {
      sums.error = std::get<rest::http_failure>(result).error;
      pool_.suspect(pool_[peer], sums.error);
    }
    if (--sums.waiting != 0) return;
    take(reply.operation());
    if (sums.answered) return reply(relay_reply{sums.taken});
    reply.fail(sums.error);
  }

  rest::node_pool<Dialect, Message> pool_;
  std::map<std::uint64_t, running> operations_;  // by operation
  std::uint64_t requests_ = 0;
};

}  // namespace waku::reliability
