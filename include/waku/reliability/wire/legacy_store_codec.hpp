// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/decoded_store_request.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/message_codec.hpp>
#include <waku/reliability/wire/request_id.hpp>

/// The legacy store, 2.0.0-beta4.
namespace waku::reliability::wire {

/// Encodes and decodes the legacy store's requests and replies, as basic_store_codec does those of store v3.
/// `Rpc` is a HistoryRPC, ours or yours.
///
/// A client's cursor is the encoded Index that the node gave, to which it is given back as it was. A server's
/// cursor is whatever its service says, sent as the digest of an Index.
template <generated_message Rpc>
class basic_legacy_store_codec {
 public:
  explicit basic_legacy_store_codec(const limits& most = {}) : parser_(most) {}

  // The client's side.

  /// The direction is always said, since nodes differ in what they do without.
  void encode_request(const store_request& asked, std::string_view request_id, byte_buffer& target) {
    rpc_.Clear();
    write_request_id(rpc_, request_id);
    auto& query = *rpc_.mutable_query();
    query.mutable_pubsub_topic()->assign(asked.pubsub_topic);
    for (const std::string_view topic : asked.content_topics)
      query.add_content_filters()->mutable_content_topic()->assign(topic);
    if (asked.time_start) query.set_start_time(asked.time_start->time_since_epoch().count());
    if (asked.time_end) query.set_end_time(asked.time_end->time_since_epoch().count());
    auto& paging = *query.mutable_paging_info();
    paging.set_page_size(asked.limit);
    write_direction(paging, asked.forward);
    if (!asked.cursor.empty()) write_given_cursor(paging, asked.cursor);
    append_framed(rpc_, target);
  }

  /// Reads a page into `target`, whose memory is used again. Entries have no hash, and those that are no valid
  /// message are dropped. An error becomes a status: 300 for a cursor that the node does not know, its number
  /// where that is a status, else 500. A cursor that is there but says nothing is none.
  template <buildable_message Message>
  [[nodiscard]] std::optional<rejection> decode_reply(std::span<const std::byte> bytes,
                                                      std::string_view request_id,
                                                      store_reply<Message>& target) {
    if (auto refused = parser_.parse(bytes, frames::legacy_store_reply, rpc_)) return refused;
    if (!rpc_.has_response()) return rejection{protocol::legacy_store, field::response, reason::missing};
    const auto& response = rpc_.response();
    const std::uint32_t status = status_of(static_cast<std::int64_t>(response.error()));
    if (!answers(request_id, rpc_.request_id(), is_success(status)))
      return rejection{protocol::legacy_store, field::request_id, reason::other_request};
    target.status = status;
    target.retry_after.reset();
    target.cursor.clear();
    if (response.has_paging_info() && response.paging_info().has_cursor())
      append_bare(response.paging_info().cursor(), target.cursor);
    target.entries.clear();
    target.entries.reserve(static_cast<std::size_t>(response.messages_size()));
    for (const auto& message : response.messages()) {
      if (check_message(message, protocol::legacy_store)) continue;
      target.entries.push_back({message_hash{}, read_message<Message>(message)});
    }
    return std::nullopt;
  }

  // The server's side.

  /// Reads a request. On a rejection the id is still told where it could be read. Without paging information
  /// the pages go forward, as go-waku's do. A cursor without a digest is refused: it would be the first page again.
  [[nodiscard]] std::optional<rejection> decode_request(std::span<const std::byte> bytes,
                                                        decoded_store_request& target) {
    const auto refused = parser_.parse(bytes, frames::legacy_store_request, rpc_);
    target.request_id = parser_.request_id();
    if (refused) return refused;
    if (!parser_.has(field::request_id))
      return rejection{protocol::legacy_store, field::request_id, reason::missing};
    if (!rpc_.has_query()) return rejection{protocol::legacy_store, field::query, reason::missing};
    const auto& query = rpc_.query();
    const auto& paging = query.paging_info();
    if (paging.has_cursor() && paging.cursor().digest().empty())
      return rejection{protocol::legacy_store, field::digest, reason::missing};
    target.pubsub_topic = query.pubsub_topic();
    target.content_topics.clear();  // strings would keep their memory, each at its place
    target.content_topics.resize(static_cast<std::size_t>(query.content_filters_size()));
    std::transform(query.content_filters().begin(), query.content_filters().end(),
                   target.content_topics.begin(), [](const auto& filter) { return filter.content_topic(); });
    target.time_start = query.has_start_time() ? time_of(query.start_time()) : std::nullopt;
    target.time_end = query.has_end_time() ? time_of(query.end_time()) : std::nullopt;
    target.hashes.clear();
    target.include_data = true;
    const std::span<const std::byte> cursor = bytes_of(paging.cursor().digest());
    target.cursor.assign(cursor.begin(), cursor.end());
    target.forward = !query.has_paging_info() || static_cast<int>(paging.direction()) != backward;
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    target.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(paging.page_size(), most));
    target.legacy = true;
    return std::nullopt;
  }

  /// `message_of(body)` gives the message that the archive's body stands for. Of errors the protocol knows only
  /// few: 429 and 503 are sent as nwaku does, all others as a cursor that is not known.
  template <class Body, class MessageOf = std::identity>
  void encode_reply(const services::store_answer<Body>& answer, const decoded_store_request& asked,
                    byte_buffer& target, MessageOf&& message_of = {}) {
    rpc_.Clear();
    write_request_id(rpc_, asked.request_id);
    auto& response = *rpc_.mutable_response();
    for (const services::archive_entry<Body>& from : answer.entries) {
      if (from.body) write_message(message_of(*from.body), *response.add_messages());
    }
    if (is_success(answer.status)) {
      auto& paging = *response.mutable_paging_info();
      paging.set_page_size(answer.entries.size());
      write_direction(paging, asked.forward);
      if (!answer.cursor.empty())
        write_own_cursor(*paging.mutable_cursor(), answer.cursor, asked.pubsub_topic);
    }
    write_error(response, error_of(answer.status));
    append_framed(rpc_, target);
  }

 private:
  static constexpr int backward = 0;
  static constexpr int forward = 1;
  static constexpr std::uint32_t invalid_cursor = 1;

  template <class Paging>
  static void write_direction(Paging& paging, bool goes_forward) {
    paging.set_direction(static_cast<decltype(paging.direction())>(goes_forward ? forward : backward));
  }
  template <class Response>
  static void write_error(Response& response, std::uint32_t error) {
    response.set_error(static_cast<decltype(response.error())>(error));
    if constexpr (!requires { response.has_error(); }) {
      if (error == 0) add_raw_number(response, 4, 0);
    }
  }
  // What is no Index goes out as it is: to judge it is the node's business.
  template <class Paging>
  static void write_given_cursor(Paging& paging, std::span<const std::byte> cursor) {
    auto& index = *paging.mutable_cursor();
    if (index.ParseFromArray(cursor.data(), static_cast<int>(cursor.size()))) {
      add_demanded_fields(index);
    } else {
      paging.clear_cursor();
      add_raw_bytes(paging, 2, text_of(cursor));
    }
  }
  template <class Index>
  static void write_own_cursor(Index& index, std::span<const std::byte> cursor,
                               std::string_view pubsub_topic) {
    index.mutable_digest()->assign(text_of(cursor));
    index.set_receiver_time(0);
    index.set_sender_time(0);
    index.mutable_pubsub_topic()->assign(pubsub_topic);
    add_demanded_fields(index);
  }
  // nwaku demands every field of an Index.
  template <class Index>
  static void add_demanded_fields(Index& index) {
    if constexpr (!requires { index.has_digest(); }) {
      if (index.digest().empty()) add_raw_bytes(index, 1, {});
    }
    if constexpr (!requires { index.has_receiver_time(); }) {
      if (index.receiver_time() == 0) add_raw_number(index, 2, 0);
    }
    if constexpr (!requires { index.has_sender_time(); }) {
      if (index.sender_time() == 0) add_raw_number(index, 3, 0);
    }
    if constexpr (!requires { index.has_pubsub_topic(); }) {
      if (index.pubsub_topic().empty()) add_raw_bytes(index, 4, {});
    }
  }
  static std::optional<wall_time> time_of(std::int64_t unix_ns) { return wall_time{duration(unix_ns)}; }
  static std::uint32_t status_of(std::int64_t error) noexcept {
    if (error == 0) return status_code::ok;
    if (error == invalid_cursor) return 300;
    return error >= 400 && error < 600 ? static_cast<std::uint32_t>(error)
                                       : status_code::internal_server_error;
  }
  static std::uint32_t error_of(std::uint32_t status) noexcept {
    if (is_success(status)) return 0;
    const bool known =
        status == status_code::too_many_requests || status == status_code::service_not_available;
    return known ? status : invalid_cursor;
  }

  checked_parser parser_;
  Rpc rpc_;
};

}  // namespace waku::reliability::wire
