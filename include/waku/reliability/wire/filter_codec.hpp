// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/message_codec.hpp>
#include <waku/reliability/wire/request_id.hpp>

/// Filter v2 (12/WAKU2-FILTER): filter-subscribe, and filter-push.
namespace waku::reliability::wire {

/// What a filter request asks for, by the numbers of the protocol.
enum class filter_request_kind : std::uint8_t { ping, subscribe, unsubscribe, unsubscribe_all };

/// A filter request that a server read. It owns what it names.
struct decoded_filter_request {
  std::string request_id;
  filter_request_kind kind = filter_request_kind::ping;
  std::string pubsub_topic;  ///< empty where there is none
  std::vector<std::string> content_topics;

  /// The content topics as requests take them. Valid until this changes, moves or goes.
  [[nodiscard]] std::span<const std::string_view> topic_views() {
    views_.assign(content_topics.begin(), content_topics.end());
    return views_;
  }

 private:
  std::vector<std::string_view> views_;
};

/// What nodes write beside a status.
[[nodiscard]] constexpr std::string_view filter_description(std::uint32_t status) noexcept {
  switch (status) {
    case status_code::ok: return "OK";
    case status_code::bad_request: return "BAD_REQUEST";
    case status_code::not_found: return "NOT_FOUND";
    case status_code::too_many_requests: return "TOO_MANY_REQUESTS";
    case status_code::service_not_available: return "SERVICE_UNAVAILABLE";
    default: return "UNKNOWN";
  }
}

/// Encodes and decodes filter requests and replies, for clients and servers. Encoding appends one frame;
/// decoding takes what was in a frame. `Request` and `Reply` are a FilterSubscribeRequest and a
/// FilterSubscribeResponse, ours or yours.
template <generated_message Request, generated_message Reply>
class basic_filter_codec {
 public:
  explicit basic_filter_codec(const limits& most = {}) : requests_(most), replies_(most) {}

  // The client's side.

  void encode_request(const filter_subscribe_request& asked, std::string_view request_id,
                      byte_buffer& target) {
    encode(filter_request_kind::subscribe, asked.pubsub_topic, asked.content_topics, request_id, target);
  }
  void encode_request(const filter_unsubscribe_request& asked, std::string_view request_id,
                      byte_buffer& target) {
    encode(filter_request_kind::unsubscribe, asked.pubsub_topic, asked.content_topics, request_id, target);
  }
  void encode_request(const filter_ping_request& /*asked*/, std::string_view request_id,
                      byte_buffer& target) {
    encode(filter_request_kind::ping, {}, {}, request_id, target);
  }
  /// Takes back every criterion of the client.
  void encode_unsubscribe_all(std::string_view request_id, byte_buffer& target) {
    encode(filter_request_kind::unsubscribe_all, {}, {}, request_id, target);
  }

  /// Reads a reply. Without a status it has the status 0, which is no success.
  [[nodiscard]] std::optional<rejection> decode_reply(std::span<const std::byte> bytes,
                                                      std::string_view request_id, filter_reply& target) {
    if (auto refused = replies_.parse(bytes, frames::filter_reply, reply_)) return refused;
    if (!answers(request_id, reply_.request_id(), is_success(reply_.status_code())))
      return rejection{protocol::filter, field::request_id, reason::other_request};
    target.status = reply_.status_code();
    target.retry_after.reset();
    return std::nullopt;
  }

  // The server's side.

  /// Reads a request. On a rejection the id is still told where it could be read, for the reply. Whether there
  /// are criteria where they are needed is the filter service's to judge.
  [[nodiscard]] std::optional<rejection> decode_request(std::span<const std::byte> bytes,
                                                        decoded_filter_request& target) {
    const auto refused = requests_.parse(bytes, frames::filter_request, request_);
    target.request_id = requests_.request_id();
    if (refused) return refused;
    if (!requests_.has(field::request_id))
      return rejection{protocol::filter, field::request_id, reason::missing};
    const auto kind = static_cast<std::int64_t>(request_.filter_subscribe_type());
    if (kind < 0 || kind > static_cast<std::int64_t>(filter_request_kind::unsubscribe_all))
      return rejection{protocol::filter, field::filter_subscribe_type, reason::invalid_value};
    target.kind = static_cast<filter_request_kind>(kind);
    target.pubsub_topic = request_.pubsub_topic();
    target.content_topics.clear();  // strings would keep their memory, each at its place
    target.content_topics.assign(request_.content_topics().begin(), request_.content_topics().end());
    return std::nullopt;
  }

  void encode_reply(std::uint32_t status, std::string_view description, std::string_view request_id,
                    byte_buffer& target) {
    reply_.Clear();
    write_request_id(reply_, request_id);
    write_status(reply_, status);
    if (!description.empty()) write_description(reply_, description);
    append_framed(reply_, target);
  }

 private:
  void encode(filter_request_kind kind, std::string_view pubsub_topic,
              std::span<const std::string_view> content_topics, std::string_view request_id,
              byte_buffer& target) {
    request_.Clear();
    write_request_id(request_, request_id);
    request_.set_filter_subscribe_type(static_cast<decltype(request_.filter_subscribe_type())>(kind));
    if (!pubsub_topic.empty()) request_.mutable_pubsub_topic()->assign(pubsub_topic);
    for (const std::string_view topic : content_topics) request_.add_content_topics()->assign(topic);
    append_framed(request_, target);
  }

  checked_parser requests_;
  checked_parser replies_;
  Request request_;
  Reply reply_;
};

/// A message that a filter node pushed.
template <class Message>
struct decoded_filter_push {
  std::optional<std::string>
      pubsub_topic;  ///< some nodes leave it out: it follows from the content topic then
  Message message{};
};

/// Encodes and decodes what filter nodes push. `Push` is a MessagePush, ours or yours.
template <generated_message Push>
class basic_filter_push_codec {
 public:
  explicit basic_filter_push_codec(const limits& most = {}) : parser_(most) {}

  /// The server's side.
  template <waku_message Message>
  void encode(std::string_view pubsub_topic, const Message& m, byte_buffer& target) {
    push_.Clear();
    write_message(m, *push_.mutable_waku_message());
    push_.mutable_pubsub_topic()->assign(pubsub_topic);
    if constexpr (!requires { push_.has_pubsub_topic(); }) {
      if (pubsub_topic.empty()) add_raw_bytes(push_, 2, {});
    }
    append_framed(push_, target);
  }

  /// The client's side.
  template <buildable_message Message>
  [[nodiscard]] std::optional<rejection> decode(std::span<const std::byte> bytes,
                                                decoded_filter_push<Message>& target) {
    if (auto refused = parser_.parse(bytes, frames::filter_push, push_)) return refused;
    if (!push_.has_waku_message())
      return rejection{protocol::filter_push, field::waku_message, reason::missing};
    if (auto refused = check_message(push_.waku_message(), protocol::filter_push)) return refused;
    target.pubsub_topic.reset();
    if (parser_.has(field::pubsub_topic)) target.pubsub_topic = push_.pubsub_topic();
    target.message = read_message<Message>(push_.waku_message());
    return std::nullopt;
  }

 private:
  checked_parser parser_;
  Push push_;
};

}  // namespace waku::reliability::wire
