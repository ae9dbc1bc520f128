// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/service/filter_service.hpp>
#include <waku/reliability/service/lightpush_service.hpp>
#include <waku/reliability/service/metadata_service.hpp>
#include <waku/reliability/service/peer_exchange_service.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/decoded_store_request.hpp>
#include <waku/reliability/wire/error.hpp>
#include <waku/reliability/wire/filter_codec.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/lightpush_codec.hpp>
#include <waku/reliability/wire/limits.hpp>
#include <waku/reliability/wire/protocol_id.hpp>
#include <waku/reliability/wire/request_id.hpp>
#include <waku/reliability/wire/served_node.hpp>
#include <waku/reliability/wire/varint.hpp>

/// Services over bytes: a request's frame in, the reply's frame out.
namespace waku::reliability::wire {

/// What a node does after it has read a request. Either way the stream ends then.
enum class served : std::uint8_t {
  answered,  ///< sends the frame that was written
  closed,    ///< closes or resets the stream without a word
};

/// Binds services to bytes, with the answers to what cannot be read and the ids of replies as the profile's nodes
/// have them. `Codecs` names the codecs, as own_codecs in codecs.hpp does. Each function takes what was in a
/// request's frame and appends one frame to `target`, or nothing where the stream is closed without an answer.
/// Before anything is decoded a service is asked whether the client is over its rate, and it is told of a request that
/// could not be decoded (`metered`); but for metadata, which has no rate.
///
/// serve() looks for a service among the public members of a node, a class of yours: store, filter, lightpush,
/// metadata and peer_exchange; those that it lacks are not served. It may also have functions:
///
///     relay(pubsub_topic, message)   publishes what lightpush admitted, and gives a relay_reply; needed with lightpush
///     message_of(body)               the message that the archive's body stands for; none: the body itself
///     look_at(facts, message)        completes the lightpush_facts: what the relay has seen, and proofs
///     shard_of(content_topic)        autosharding, an optional pubsub topic
///
/// What is pushed to filter clients is not asked for, so it is not here: encode next_push() with the codec. A relay
/// that does not answer at once needs read_push() and write_push_reply(). One thread at a time.
template <class Codecs, buildable_message Message>
class basic_server {
 public:
  using byte_span = std::span<const std::byte>;

  /// Pushes may have oversize_bytes more than the profile and `most` allow: to refuse them is the service's.
  explicit basic_server(services::profile own, const limits& most = {})
      : profile_(std::move(own)),
        most_(most),
        push_most_(with_oversize(most, profile_.message_bytes_max)),
        store_(most),
        legacy_store_(most),
        filter_(most),
        lightpush_(push_most_),
        legacy_lightpush_(push_most_),
        metadata_(most),
        peer_exchange_(most) {}

  /// The most that a request's frame may have.
  [[nodiscard]] std::size_t request_limit(protocol spoken) const {
    const bool push = spoken == protocol::lightpush || spoken == protocol::legacy_lightpush;
    return frame_limit(request_frame(spoken), push ? push_most_ : most_);
  }
  /// Why the last request could not be read; nothing if it could, or was not looked at, being over the rate.
  [[nodiscard]] const std::optional<rejection>& rejected() const noexcept { return rejected_; }

  /// Whether serve() would answer the protocol at all, by the node's members and the profile.
  template <class Node>
  [[nodiscard]] bool serves(protocol spoken) const {
    switch (spoken) {
      case protocol::store: return has_store<Node> && profile_.store;
      case protocol::legacy_store: return has_store<Node> && profile_.legacy_store;
      case protocol::filter: return has_filter<Node> && profile_.filter;
      case protocol::lightpush:
        return has_lightpush<Node> && profile_.lightpush && !profile_.legacy_lightpush;
      case protocol::legacy_lightpush: return has_lightpush<Node> && profile_.lightpush;
      case protocol::metadata: return has_metadata<Node>;
      case protocol::peer_exchange: return has_peer_exchange<Node>;
      case protocol::message:
      case protocol::relay:
      case protocol::filter_push: break;
    }
    return false;
  }

  /// One request of a client, to whichever of the node's services.
  template <class Node>
  served serve(protocol spoken, Node& node, peer_id client, byte_span body, const instant& now,
               byte_buffer& target) {
    static_assert(
        has_some_service<Node>,
        "waku: the node has none of the public members store, filter, lightpush, metadata and peer_exchange");
    static_assert(
        !has_lightpush<Node> || relays<Node, Message>,
        "waku: a node with lightpush needs relay(pubsub_topic, message), which gives a relay_reply");
    if constexpr (has_store<Node>) {
      static_assert(stores_messages<Node>,
                    "waku: the bodies of the node's archive are no messages: give it message_of(body)");
    }
    rejected_.reset();
    if (!serves<Node>(spoken)) return served::closed;
    if constexpr (has_store<Node>) {
      if (spoken == protocol::store || spoken == protocol::legacy_store)
        return serve_store(spoken, node, client, body, now, target);
    }
    if constexpr (has_filter<Node>) {
      if (spoken == protocol::filter) return filter(node.filter, client, body, now.steady, target);
    }
    if constexpr (has_lightpush<Node>) {
      if (spoken == protocol::lightpush || spoken == protocol::legacy_lightpush)
        return serve_lightpush(spoken, node, client, body, now, target);
    }
    if constexpr (has_metadata<Node>) {
      if (spoken == protocol::metadata) return metadata(node.metadata, client, body, now.steady, target);
    }
    if constexpr (has_peer_exchange<Node>) {
      if (spoken == protocol::peer_exchange)
        return peer_exchange(node.peer_exchange, client, body, now.steady, target);
    }
    return served::closed;
  }

  // Protocol by protocol.

  /// What cannot be read is 400. Errors have no id with nwaku, that of the request in the text, and N/A over the
  /// rate.
  template <metered Service, class MessageOf = std::identity>
  served store(Service& service, peer_id client, byte_span body, const instant& now, byte_buffer& target,
               MessageOf&& message_of = {}) {
    const reading how =
        read_request(service, client, now.steady, [&] { return store_.decode_request(body, query_); });
    if (how != reading::done) {
      const auto refused = refusal_of(how).of_store();
      store_.encode_reply(refused, store_reply_id(refused.status), target);
      return served::answered;
    }
    const auto answer = service.answer(query_.view(client), now);
    store_.encode_reply(answer, store_reply_id(answer.status), target, message_of);
    return served::answered;
  }
  /// What cannot be read is not answered.
  template <metered Service, class MessageOf = std::identity>
  served legacy_store(Service& service, peer_id client, byte_span body, const instant& now,
                      byte_buffer& target, MessageOf&& message_of = {}) {
    const reading how =
        read_request(service, client, now.steady, [&] { return legacy_store_.decode_request(body, query_); });
    if (how == reading::unreadable) return served::closed;
    if (how == reading::over_rate) {
      query_.request_id = unread_request_id;
      legacy_store_.encode_reply(refusal_of(how).of_store(), query_, target);
      return served::answered;
    }
    const auto answer = service.answer(query_.view(client), now);
    const bool busy = answer.status == status_code::too_many_requests ||
                      answer.status == status_code::service_not_available;
    if (!is_success(answer.status) && !busy && profile_.legacy_store_resets) return served::closed;
    if (answer.status == status_code::too_many_requests) query_.request_id = unread_request_id;
    legacy_store_.encode_reply(answer, query_, target, message_of);
    return served::answered;
  }

  /// What cannot be read is not answered. 400: a kind of request that there is not, and, where the profile needs
  /// names, an empty id.
  template <metered Service>
  served filter(Service& service, peer_id client, byte_span body, steady_time now, byte_buffer& target) {
    const rejection no_kind{protocol::filter, field::filter_subscribe_type, reason::invalid_value};
    const rejection unnamed{protocol::filter, field::request_id, reason::missing};
    const bool needs_id = profile_.filter_needs_names;
    const reading how = read_request(service, client, now, [&] {
      const auto refused = filter_.decode_request(body, criteria_);
      return !refused && needs_id && criteria_.request_id.empty() ? std::optional(unnamed) : refused;
    });
    const bool told =
        how != reading::unreadable || rejected_ == no_kind || (needs_id && rejected_ == unnamed);
    if (!told) return served::closed;
    const std::uint32_t status =
        how == reading::done ? filter_answer(service, client, now).status : refusal_of(how).status;
    const bool unread = status == status_code::too_many_requests;
    filter_.encode_reply(status, filter_description(status),
                         unread ? unread_request_id : criteria_.request_id, target);
    return served::answered;
  }

  /// Lightpush, v3 or v2 as `spoken` says. A message without a timestamp gets the node's. `relay`, `look_at` and
  /// `shard_of` are functions as the node's above.
  template <metered Service, class Relay, class LookAt, class ShardOf>
  served lightpush(protocol spoken, Service& service, peer_id client, byte_span body, const instant& now,
                   byte_buffer& target, Relay&& relay, LookAt&& look_at, const ShardOf& shard_of) {
    decoded_lightpush_request<Message>* asked = read_push(spoken, service, client, body, now.steady, target);
    if (asked == nullptr) return served::answered;
    using traits = message_traits<Message>;
    Message& message = asked->message;
    std::size_t stamp_bytes = 0;
    if (traits::timestamp(message) == 0) {
      const std::int64_t stamp = now.wall.time_since_epoch().count();
      traits::set_timestamp(message, stamp);
      stamp_bytes = 1 + varint_size(2 * static_cast<std::uint64_t>(stamp));
    }
    const message_hash unused{};
    services::lightpush_facts facts =
        services::facts_of(lightpush_request<Message>{{}, client, {}, message, unused});
    facts.pubsub_topic.reset();
    if (asked->pubsub_topic) facts.pubsub_topic = *asked->pubsub_topic;
    facts.encoded_bytes = asked->message_bytes + stamp_bytes;
    facts.legacy = spoken == protocol::legacy_lightpush;
    look_at(facts, std::as_const(message));
    services::lightpush_admission admission = service.admit(facts, now, shard_of);
    const lightpush_reply answer =
        admission ? service.answer(admission, relay(std::string_view(admission.pubsub_topic), message))
                  : std::move(*admission.refusal);
    write_push_reply(spoken, asked->request_id, answer, target);
    return served::answered;
  }
  /// Reads a push by itself. What cannot be read, or is over the rate, is answered, with 400 and 429 or in v2's
  /// words, and gives nullptr. The request is the server's, until the next is read.
  template <metered Service>
  decoded_lightpush_request<Message>* read_push(protocol spoken, Service& service, peer_id client,
                                                byte_span body, steady_time now, byte_buffer& target) {
    assert(spoken == protocol::lightpush || spoken == protocol::legacy_lightpush);
    const bool legacy = spoken == protocol::legacy_lightpush;
    const reading how = read_request(service, client, now, [&] {
      return legacy ? legacy_lightpush_.decode_request(body, push_) : lightpush_.decode_request(body, push_);
    });
    if (how == reading::done) return &push_;
    const refusal refused = refusal_of(how);
    write_push_reply(spoken, legacy ? std::string_view(push_.request_id) : unread_request_id,
                     services::lightpush_service::reply(legacy, refused.status, refused.description), target);
    return nullptr;
  }
  /// Answers a push that read_push() gave.
  void write_push_reply(protocol spoken, std::string_view request_id, const lightpush_reply& answer,
                        byte_buffer& target) {
    const bool over_rate = answer.status == status_code::too_many_requests;
    const std::string_view id = over_rate ? unread_request_id : request_id;
    if (spoken == protocol::lightpush) return lightpush_.encode_reply(answer, id, target);
    if (!is_success(answer.status) || !answer.description.empty())
      return legacy_lightpush_.encode_reply(answer, id, target);
    lightpush_reply in_words = answer;
    in_words.description = "OK";
    legacy_lightpush_.encode_reply(in_words, id, target);
  }

  /// What cannot be read is not answered.
  template <class Service>
  served metadata(Service& service, peer_id client, byte_span body, steady_time now, byte_buffer& target) {
    services::metadata told;
    rejected_ = metadata_.decode(body, told);
    if (rejected_) return served::closed;
    metadata_.encode(service.answer(client, told, now), target);
    return served::answered;
  }
  /// What cannot be read is 400 where the profile knows statuses, else it is not answered.
  template <metered Service>
  served peer_exchange(Service& service, peer_id client, byte_span body, steady_time now,
                       byte_buffer& target) {
    services::peer_exchange_request asked{client};
    const reading how =
        read_request(service, client, now, [&] { return peer_exchange_.decode_request(body, asked); });
    std::optional<services::peer_exchange_reply> answer;
    if (how == reading::done) {
      answer = service.answer(asked, now);
    } else if (profile_.exchange_status) {
      answer = services::peer_exchange_reply{refusal_of(how).status, {}};
    }
    if (!answer) return served::closed;
    peer_exchange_.encode_reply(*answer, target);
    return served::answered;
  }

 private:
  static limits with_oversize(limits most, std::size_t admitted) {
    constexpr std::size_t readable = std::size_t{1} << 30U;  // Protobuf reads less than twice as much
    most.message_bytes = std::min(std::max(most.message_bytes, admitted), readable);
    most.message_bytes += std::min(most.oversize_bytes, readable - most.message_bytes);
    return most;
  }

  // What became of the bytes of a request.
  enum class reading : std::uint8_t { done, unreadable, over_rate };

  // Nothing is decoded for a client over its rate, and what cannot be decoded counts.
  template <metered Service, class Decode>
  reading read_request(Service& service, peer_id client, steady_time now, const Decode& decode) {
    rejected_.reset();
    if (service.over_rate(client, now)) return reading::over_rate;
    rejected_ = decode();
    if (!rejected_) return reading::done;
    service.count_unread(client, now);
    return reading::unreadable;
  }
  // What is said to a client whose request was not read.
  struct refusal {
    std::uint32_t status;
    std::string_view description;

    [[nodiscard]] services::store_answer<Message> of_store() const { return {status, description, {}, {}}; }
  };
  static refusal refusal_of(reading how) {
    if (how == reading::over_rate) return {status_code::too_many_requests, "TOO_MANY_REQUESTS"};
    return {status_code::bad_request, "BAD_REQUEST"};
  }

  template <class Node>
  served serve_store(protocol spoken, Node& node, peer_id client, byte_span body, const instant& now,
                     byte_buffer& target) {
    const auto message_of = [&](const auto& kept) -> decltype(auto) {
      if constexpr (requires { node.message_of(kept); }) {
        return node.message_of(kept);
      } else {
        return (kept);
      }
    };
    if (spoken == protocol::store) return store(node.store, client, body, now, target, message_of);
    return legacy_store(node.store, client, body, now, target, message_of);
  }
  template <class Node>
  served serve_lightpush(protocol spoken, Node& node, peer_id client, byte_span body, const instant& now,
                         byte_buffer& target) {
    const auto relay = [&node](std::string_view topic, const Message& m) { return node.relay(topic, m); };
    const auto look_at = [&](services::lightpush_facts& facts, const Message& m) {
      if constexpr (requires { node.look_at(facts, m); }) node.look_at(facts, m);
    };
    const auto shard_of = [&](std::string_view content_topic) -> std::optional<std::string> {
      if constexpr (requires { node.shard_of(content_topic); }) {
        return node.shard_of(content_topic);
      } else {
        return std::nullopt;
      }
    };
    return lightpush(spoken, node.lightpush, client, body, now, target, relay, look_at, shard_of);
  }

  [[nodiscard]] std::string_view store_reply_id(std::uint32_t status) const {
    if (status == status_code::too_many_requests) return unread_request_id;
    return is_success(status) || profile_.store_errors_named ? std::string_view(query_.request_id)
                                                             : std::string_view();
  }
  template <class Service>
  filter_reply filter_answer(Service& service, peer_id client, steady_time now) {
    const std::string_view topic = criteria_.pubsub_topic;
    switch (criteria_.kind) {
      case filter_request_kind::ping: return service.ping({{}, client, topic}, now);
      case filter_request_kind::subscribe:
        return service.subscribe({{}, client, topic, criteria_.topic_views()}, now);
      case filter_request_kind::unsubscribe:
        return service.unsubscribe({{}, client, topic, criteria_.topic_views()}, now);
      case filter_request_kind::unsubscribe_all: break;
    }
    return service.unsubscribe_all({client}, now);
  }

  services::profile profile_;
  limits most_;
  limits push_most_;
  typename Codecs::store store_;
  typename Codecs::legacy_store legacy_store_;
  typename Codecs::filter filter_;
  typename Codecs::lightpush lightpush_;
  typename Codecs::legacy_lightpush legacy_lightpush_;
  typename Codecs::metadata metadata_;
  typename Codecs::peer_exchange peer_exchange_;
  decoded_store_request query_;
  decoded_filter_request criteria_;
  decoded_lightpush_request<Message> push_;
  std::optional<rejection> rejected_;
};

}  // namespace waku::reliability::wire
