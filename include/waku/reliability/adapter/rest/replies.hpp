// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/rest/dialect.hpp>
#include <waku/reliability/adapter/rest/http_exchange.hpp>
#include <waku/reliability/adapter/rest/message_codec.hpp>
#include <waku/reliability/capability/reply.hpp>

/// What a node's HTTP answers mean. A status that is no success is told as it is, whatever the body.
namespace waku::reliability::rest {

/// True for an answer that says that the node has no such route. A service that misses something else says so
/// in JSON.
[[nodiscard]] inline bool is_missing_route(const http_answer& answer) {
  return (answer.status == 404 || answer.status == 405) && read_json(answer.body).is_discarded();
}

/// The node's own words about what it did, of at most 256 bytes.
[[nodiscard]] inline std::string description_of(const http_answer& answer) {
  constexpr std::size_t longest = 256;
  const json read = read_json(answer.body);
  const std::string* told = text_of(read, "statusDesc");
  if (told == nullptr) told = read.get_ptr<const json::string_t*>();
  return (told == nullptr ? answer.body : *told).substr(0, longest);
}

/// The answer of /lightpush/v3/message, or of v1 where `legacy`, which tells success by the status alone.
[[nodiscard]] inline reply_or_error<lightpush_reply> read_lightpush(const http_answer& answer, bool legacy) {
  if (is_missing_route(answer)) return transport_error::unsupported_protocol;
  lightpush_reply reply;
  reply.status = answer.status;
  reply.legacy = legacy;
  reply.retry_after = answer.retry_after;
  if (!is_success(answer.status)) {
    reply.description = description_of(answer);
    return reply;
  }
  if (legacy) return reply;
  const json read = read_json(answer.body);
  if (!read.is_object()) return transport_error::undecodable_reply;
  if (const json* count = member_of(read, "relayPeerCount")) {
    const auto number = whole_number(*count);
    if (!number || *number < 0) return transport_error::undecodable_reply;
    reply.relay_peer_count =
        static_cast<std::uint32_t>(std::min(*number, static_cast<std::int64_t>(UINT32_MAX)));
  }
  return reply;
}

/// The answer of a filter's subscription routes.
[[nodiscard]] inline reply_or_error<filter_reply> read_filter(const http_answer& answer) {
  if (is_missing_route(answer)) return transport_error::unsupported_protocol;
  filter_reply reply{answer.status, answer.retry_after};
  const json read = read_json(answer.body);
  const std::string* told = text_of(read, "statusDesc");
  // go-waku calls the request bad also where it has nobody to pass it to.
  if (answer.status == status_code::bad_request && told != nullptr && *told == "subscription failed")
    reply.status = status_code::service_not_available;
  if (!is_success(answer.status)) return reply;
  if (!read.is_object()) return transport_error::undecodable_reply;
  // nwaku answers 200 also for a failure that it has no number for.
  if (told != nullptr && *told == "UNKNOWN") reply.status = status_code::internal_server_error;
  return reply;
}

/// A page of /store/v3/messages.
template <dialect Dialect, buildable_message Message>
[[nodiscard]] reply_or_error<store_reply<Message>> read_page(const http_answer& answer) {
  if (is_missing_route(answer)) return transport_error::unsupported_protocol;
  store_reply<Message> page;
  page.status = answer.status;
  page.retry_after = answer.retry_after;
  if (!is_success(answer.status)) return page;
  const json read = read_json(answer.body);
  if (!read.is_object()) return transport_error::undecodable_reply;
  if (const json* status = member_of(read, Dialect::status_code_key)) {
    const auto number = whole_number(*status);
    if (!number || *number < 0 || *number > 999) return transport_error::undecodable_reply;
    page.status = static_cast<std::uint32_t>(*number);
    if (!is_success(page.status)) return page;
  }
  if (member_of(read, Dialect::cursor_key) != nullptr) {
    const std::string* text = text_of(read, Dialect::cursor_key);
    auto cursor = text == nullptr ? std::nullopt : Dialect::told_hash(*text);
    if (!cursor) return transport_error::undecodable_reply;
    page.cursor = std::move(*cursor);
  }
  const json* messages = member_of(read, "messages");
  if (messages == nullptr) return page;
  if (!messages->is_array()) return transport_error::undecodable_reply;
  for (const json& each : *messages) {
    const std::string* text = text_of(each, Dialect::message_hash_key);
    const auto hash = text == nullptr ? std::nullopt : Dialect::told_hash(*text);
    if (!hash || hash->size() != message_hash::size) return transport_error::undecodable_reply;
    store_entry<Message>& entry = page.entries.emplace_back();
    std::copy(hash->begin(), hash->end(), entry.hash.bytes.begin());
    const json* body = member_of(each, "message");
    if (body == nullptr) continue;
    entry.body = message_of<Message>(*body);
    if (!entry.body) return transport_error::undecodable_reply;
  }
  return page;
}

/// The messages that a node gave out, in its order; nothing where it did not answer with a list. One that cannot
/// be read is left out: the node has forgotten them all, so the others count.
template <buildable_message Message>
[[nodiscard]] std::optional<std::vector<Message>> read_messages(const http_answer& answer) {
  if (!is_success(answer.status)) return std::nullopt;
  const json read = read_json(answer.body);
  std::vector<Message> messages;
  if (read.is_null()) return messages;
  if (!read.is_array()) return std::nullopt;
  for (const json& each : read) {
    auto message = message_of<Message>(each);
    if (message) messages.push_back(std::move(*message));
  }
  return messages;
}

}  // namespace waku::reliability::rest
