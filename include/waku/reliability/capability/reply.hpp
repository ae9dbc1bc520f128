// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <waku/reliability/capability/request.hpp>

namespace waku::reliability {

/// How an operation can end without a reply that can be read.
enum class transport_error : std::uint8_t {
  timeout,               ///< no reply in time; it may have been processed
  connection_lost,       ///< the stream or connection broke; it may have been processed
  dial_failed,           ///< no stream could be opened: the request never left
  empty_reply,           ///< the stream ended without a byte
  undecodable_reply,     ///< bytes came that are no reply
  unsupported_protocol,  ///< the peer does not speak the protocol: the request never left
  transport_threw,       ///< the transport's function threw; the request is taken as never sent
};

/// What became of a relay publication: how many peers it was written to.
struct relay_reply {
  std::uint32_t peer_count = 0;
};

/// Status codes with a meaning of their own, of lightpush v3, and as far as they go of filter and store v3.
/// Others are read by their hundreds (R20).
namespace status_code {
inline constexpr std::uint32_t ok = 200;  ///< done
inline constexpr std::uint32_t bad_request = 400;  ///< the request is wrong
inline constexpr std::uint32_t not_found = 404;  ///< filter: the node knows no subscription of ours
inline constexpr std::uint32_t invalid_message = 420;  ///< the message is invalid
inline constexpr std::uint32_t unsupported_pubsub_topic = 421;  ///< the node serves other shards
inline constexpr std::uint32_t too_many_requests = 429;  ///< the rate limit was met
inline constexpr std::uint32_t internal_server_error = 500;  ///< the node failed
inline constexpr std::uint32_t service_not_available = 503;  ///< the spec's number for no peers to relay
inline constexpr std::uint32_t no_peers_to_relay = 505;  ///< the node has no peers to relay to
}  // namespace status_code

/// A lightpush node's answer. A legacy v2 node knows only success or not, and no count: the transport sets
/// `legacy`, and `status` to 200, 429 where the text says so, or 500.
struct lightpush_reply {
  std::uint32_t status = 0;
  std::optional<std::uint32_t> relay_peer_count{};
  bool legacy = false;
  std::string description{};            ///< the node's text, which alone tells an RLN refusal (R20)
  std::optional<duration> retry_after{};  ///< a hint that came with a refusal, such as HTTP's Retry-After
};

/// A filter node's answer to SUBSCRIBE, UNSUBSCRIBE or SUBSCRIBER_PING.
struct filter_reply {
  std::uint32_t status = 0;
  std::optional<duration> retry_after{};
};

/// One entry of a store page. A legacy node sends no hash: the engine then computes it from the body.
template <class Message>
struct store_entry {
  message_hash hash{};
  std::optional<Message> body{};
};

/// One page of a store's answer. A cursor means that more pages follow.
template <class Message>
struct store_reply {
  std::uint32_t status = 0;
  std::vector<store_entry<Message>> entries{};
  store_cursor cursor{};
  std::optional<duration> retry_after{};
};

/// How an operation ended: with a reply, or without one.
template <class Reply>
using reply_or_error = std::variant<Reply, transport_error>;

/// A look at a reply_or_error, which it does not own: one of both is there, the other is nullptr.
template <class Reply>
struct reply_view {
  const Reply* reply;
  const transport_error* error;

  reply_view(const reply_or_error<Reply>& result)  // NOLINT(google-explicit-constructor): looks at any result
      : reply(std::get_if<Reply>(&result)), error(std::get_if<transport_error>(&result)) {}
};

/// True for the codes that mean success in store and filter replies.
[[nodiscard]] constexpr bool is_success(std::uint32_t status) noexcept {
  return status >= 200 && status < 300;
}

}  // namespace waku::reliability
