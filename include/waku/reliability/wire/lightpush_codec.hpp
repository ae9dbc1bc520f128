// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/message_codec.hpp>
#include <waku/reliability/wire/request_id.hpp>

/// Lightpush v3.
namespace waku::reliability::wire {

/// A lightpush request that a server read, of either version. It owns what it names.
template <class Message>
struct decoded_lightpush_request {
  std::string request_id;
  std::optional<std::string> pubsub_topic;  ///< absent: it follows from the content topic
  Message message{};
  std::size_t message_bytes = 0;  ///< of the message, encoded without a timestamp of 0
};

/// Encodes and decodes lightpush requests and replies, for clients and servers. Encoding appends one frame;
/// decoding takes what was in a frame. `Request` and `Reply` are a LightPushRequest and a LightPushResponse, ours
/// or yours.
template <generated_message Request, generated_message Reply>
class basic_lightpush_codec {
 public:
  explicit basic_lightpush_codec(const limits& most = {}) : requests_(most), replies_(most) {}

  // The client's side.

  /// With an empty pubsub topic the field is left out: the node shards by content topic.
  template <waku_message Message>
  void encode_request(const lightpush_request<Message>& asked, std::string_view request_id,
                      byte_buffer& target) {
    request_.Clear();
    write_request_id(request_, request_id);
    if (!asked.pubsub_topic.empty()) request_.mutable_pubsub_topic()->assign(asked.pubsub_topic);
    write_message(asked.message, *request_.mutable_message());
    append_framed(request_, target);
  }

  /// Reads a reply. Without a status it has the status 0, which is no success.
  [[nodiscard]] std::optional<rejection> decode_reply(std::span<const std::byte> bytes,
                                                      std::string_view request_id, lightpush_reply& target) {
    if (auto refused = replies_.parse(bytes, frames::lightpush_reply, reply_)) return refused;
    if (!answers(request_id, reply_.request_id(), is_success(reply_.status_code())))
      return rejection{protocol::lightpush, field::request_id, reason::other_request};
    target.status = reply_.status_code();
    target.relay_peer_count.reset();
    if (replies_.has(field::relay_peer_count)) target.relay_peer_count = reply_.relay_peer_count();
    target.legacy = false;
    target.description = reply_.status_desc();
    target.retry_after.reset();
    return std::nullopt;
  }

  // The server's side.

  /// Reads a request. On a rejection the id is still told where it could be read, for the reply.
  template <buildable_message Message>
  [[nodiscard]] std::optional<rejection> decode_request(std::span<const std::byte> bytes,
                                                        decoded_lightpush_request<Message>& target) {
    auto refused = requests_.parse(bytes, frames::lightpush_request, request_);
    target.request_id = requests_.request_id();
    if (refused) return refused;
    if (!requests_.has(field::request_id))
      return rejection{protocol::lightpush, field::request_id, reason::missing};
    if (!request_.has_message()) return rejection{protocol::lightpush, field::message, reason::missing};
    refused = check_message(request_.message(), protocol::lightpush);
    if (refused) return refused;
    target.pubsub_topic.reset();
    if (requests_.has(field::pubsub_topic)) target.pubsub_topic = request_.pubsub_topic();
    target.message = read_message<Message>(request_.message());
    target.message_bytes = encoded_bytes(*request_.mutable_message());
    return std::nullopt;
  }

  void encode_reply(const lightpush_reply& answer, std::string_view request_id, byte_buffer& target) {
    reply_.Clear();
    write_request_id(reply_, request_id);
    write_status(reply_, answer.status);
    if (!answer.description.empty()) write_description(reply_, answer.description);
    if (answer.relay_peer_count) reply_.set_relay_peer_count(*answer.relay_peer_count);
    append_framed(reply_, target);
  }

 private:
  checked_parser requests_;
  checked_parser replies_;
  Request request_;
  Reply reply_;
};

}  // namespace waku::reliability::wire
