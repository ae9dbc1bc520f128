// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/lightpush_codec.hpp>
#include <waku/reliability/wire/message_codec.hpp>
#include <waku/reliability/wire/request_id.hpp>

/// Lightpush 2.0.0-beta1, which knows success and failure and a text, but no codes.
namespace waku::reliability::wire {

/// Encodes and decodes requests and replies of lightpush v2, as basic_lightpush_codec does those of v3. `Rpc` is
/// a PushRpc, ours or yours.
template <generated_message Rpc>
class basic_legacy_lightpush_codec {
 public:
  explicit basic_legacy_lightpush_codec(const limits& most = {}) : parser_(most) {}

  // The client's side.

  template <waku_message Message>
  void encode_request(const lightpush_request<Message>& asked, std::string_view request_id,
                      byte_buffer& target) {
    rpc_.Clear();
    write_request_id(rpc_, request_id);
    auto& request = *rpc_.mutable_request();
    request.mutable_pubsub_topic()->assign(asked.pubsub_topic);
    if constexpr (!requires { request.has_pubsub_topic(); }) {
      if (asked.pubsub_topic.empty()) add_raw_bytes(request, 1, {});
    }
    write_message(asked.message, *request.mutable_message());
    append_framed(rpc_, target);
  }

  /// Reads a reply. Its status is 200 for success, 429 where the node says that there were too many requests,
  /// else 500.
  [[nodiscard]] std::optional<rejection> decode_reply(std::span<const std::byte> bytes,
                                                      std::string_view request_id, lightpush_reply& target) {
    if (auto refused = parser_.parse(bytes, frames::legacy_lightpush_reply, rpc_)) return refused;
    if (!rpc_.has_response()) return rejection{protocol::legacy_lightpush, field::response, reason::missing};
    const auto& response = rpc_.response();
    if (!answers(request_id, rpc_.request_id(), response.is_success()))
      return rejection{protocol::legacy_lightpush, field::request_id, reason::other_request};
    target = {};
    target.legacy = true;
    target.description = response.info();
    if (response.is_success()) {
      target.status = status_code::ok;
    } else {
      target.status = says_too_many(response.info()) ? status_code::too_many_requests
                                                     : status_code::internal_server_error;
    }
    return std::nullopt;
  }

  // The server's side.

  /// Reads a request. On a rejection the id is still told where it could be read, for the reply.
  template <buildable_message Message>
  [[nodiscard]] std::optional<rejection> decode_request(std::span<const std::byte> bytes,
                                                        decoded_lightpush_request<Message>& target) {
    auto refused = parser_.parse(bytes, frames::legacy_lightpush_request, rpc_);
    target.request_id = parser_.request_id();
    if (refused) return refused;
    if (!parser_.has(field::request_id))
      return rejection{protocol::legacy_lightpush, field::request_id, reason::missing};
    if (!rpc_.has_request()) return rejection{protocol::legacy_lightpush, field::request, reason::missing};
    const auto& request = rpc_.request();
    if (!request.has_message()) return rejection{protocol::legacy_lightpush, field::message, reason::missing};
    refused = check_message(request.message(), protocol::legacy_lightpush);
    if (refused) return refused;
    target.pubsub_topic = request.pubsub_topic();
    target.message = read_message<Message>(request.message());
    target.message_bytes = encoded_bytes(*rpc_.mutable_request()->mutable_message());
    return std::nullopt;
  }

  /// Sends whether the status means success, and the text.
  void encode_reply(const lightpush_reply& answer, std::string_view request_id, byte_buffer& target) {
    rpc_.Clear();
    write_request_id(rpc_, request_id);
    auto& response = *rpc_.mutable_response();
    const bool success = is_success(answer.status);
    response.set_is_success(success);
    if constexpr (!requires { response.has_is_success(); }) {
      if (!success) add_raw_number(response, 1, 0);
    }
    if (!answer.description.empty()) response.mutable_info()->assign(answer.description);
    append_framed(rpc_, target);
  }

 private:
  // nwaku's word, its sentence, and go-waku's sentence.
  static bool says_too_many(std::string_view text) noexcept {
    for (const std::string_view words : {"TOO_MANY_REQUESTS", "too many requests", "rate limit"}) {
      if (text.find(words) != std::string_view::npos) return true;
    }
    return false;
  }

  checked_parser parser_;
  Rpc rpc_;
};

}  // namespace waku::reliability::wire
