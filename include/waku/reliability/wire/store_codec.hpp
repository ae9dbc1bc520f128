// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_hasher.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/decoded_store_request.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/message_codec.hpp>
#include <waku/reliability/wire/request_id.hpp>

/// Store v3 (13/WAKU2-STORE).
namespace waku::reliability::wire {

/// Takes every hash as it is said to be.
struct unverified {};

/// Encodes and decodes store requests and replies, for clients and servers. Encoding appends one frame;
/// decoding takes what was in a frame. Keeps its generated messages between calls, and takes memory of its own only
/// where a page has more at some place than all before, or where a message is replaced; see checked_parser. `Request`
/// and `Reply` are a StoreQueryRequest and a StoreQueryResponse, ours or yours.
template <generated_message Request, generated_message Reply>
class basic_store_codec {
 public:
  explicit basic_store_codec(const limits& most = {}) : requests_(most), replies_(most) {}

  // The client's side.

  /// A query by hash names no topics and times: nodes would take them for further criteria.
  void encode_request(const store_request& asked, std::string_view request_id, byte_buffer& target) {
    request_.Clear();
    write_request_id(request_, request_id);
    request_.set_include_data(asked.include_data);
    if (asked.hashes.empty()) {
      if (!asked.pubsub_topic.empty()) request_.mutable_pubsub_topic()->assign(asked.pubsub_topic);
      for (const std::string_view topic : asked.content_topics) request_.add_content_topics()->assign(topic);
      if (asked.time_start) request_.set_time_start(asked.time_start->time_since_epoch().count());
      if (asked.time_end) request_.set_time_end(asked.time_end->time_since_epoch().count());
    }
    for (const message_hash& hash : asked.hashes) request_.add_message_hashes()->assign(text_of(hash.bytes));
    if (!asked.cursor.empty()) request_.mutable_pagination_cursor()->assign(text_of(asked.cursor));
    request_.set_pagination_forward(asked.forward);
    request_.set_pagination_limit(asked.limit);
    append_framed(request_, target);
  }

  /// Reads a page into `target`, whose memory is used again. A reply without a status has the status 0, which
  /// is no success. A body that comes without its pubsub topic, or is no valid message, is dropped, its hash
  /// is kept. With a hasher, entries whose hash is not that of their body are dropped.
  template <buildable_message Message, class Hasher = unverified>
  [[nodiscard]] std::optional<rejection> decode_reply(std::span<const std::byte> bytes,
                                                      std::string_view request_id,
                                                      store_reply<Message>& target, Hasher&& hasher = {}) {
    if (auto refused = replies_.parse(bytes, frames::store_reply, reply_)) return refused;
    const std::uint32_t status = reply_.status_code();
    if (!answers(request_id, reply_.request_id(), is_success(status)))
      return rejection{protocol::store, field::request_id, reason::other_request};
    for (const auto& entry : reply_.messages()) {
      if (entry.message_hash().size() != message_hash::size)
        return rejection{protocol::store, field::message_hash, reason::missing};
    }
    target.status = status;
    target.retry_after.reset();
    const std::span<const std::byte> cursor = bytes_of(reply_.pagination_cursor());
    target.cursor.assign(cursor.begin(), cursor.end());
    target.entries.clear();
    target.entries.reserve(static_cast<std::size_t>(reply_.messages_size()));
    for (const auto& entry : reply_.messages()) {
      target.entries.push_back({hash_of(entry.message_hash())});
      store_entry<Message>& read = target.entries.back();
      read_body(entry, read.body);
      if (!is_true(read, entry, hasher)) target.entries.pop_back();
    }
    return std::nullopt;
  }

  // The server's side.

  /// Reads a request. On a rejection the id is still told where it could be read, for the reply. What its
  /// criteria mean together is the store service's to judge.
  [[nodiscard]] std::optional<rejection> decode_request(std::span<const std::byte> bytes,
                                                        decoded_store_request& target) {
    const auto refused = requests_.parse(bytes, frames::store_request, request_);
    target.request_id = requests_.request_id();
    if (refused) return refused;
    if (!requests_.has(field::request_id))
      return rejection{protocol::store, field::request_id, reason::missing};
    target.include_data = request_.include_data();
    target.pubsub_topic = request_.pubsub_topic();
    target.content_topics.clear();  // strings would keep their memory, each at its place
    target.content_topics.assign(request_.content_topics().begin(), request_.content_topics().end());
    target.time_start =
        requests_.has(field::time_start) ? std::optional(time_of(request_.time_start())) : std::nullopt;
    target.time_end =
        requests_.has(field::time_end) ? std::optional(time_of(request_.time_end())) : std::nullopt;
    target.hashes.resize(static_cast<std::size_t>(request_.message_hashes_size()));
    std::transform(request_.message_hashes().begin(), request_.message_hashes().end(), target.hashes.begin(),
                   [](std::string_view hash) { return hash_of(hash); });
    const std::span<const std::byte> cursor = bytes_of(request_.pagination_cursor());
    target.cursor.assign(cursor.begin(), cursor.end());
    target.forward = request_.pagination_forward();
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    target.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(request_.pagination_limit(), most));
    target.legacy = false;
    return std::nullopt;
  }

  /// `message_of(body)` gives the message that the archive's body stands for; a body is sent with its topic.
  template <class Body, class MessageOf = std::identity>
  void encode_reply(const services::store_answer<Body>& answer, std::string_view request_id,
                    byte_buffer& target, MessageOf&& message_of = {}) {
    reply_.Clear();
    write_request_id(reply_, request_id);
    write_status(reply_, answer.status);
    write_description(reply_, answer.description);
    for (const services::archive_entry<Body>& from : answer.entries) {
      auto& entry = *reply_.add_messages();
      entry.mutable_message_hash()->assign(text_of(from.hash.bytes));
      if (!from.body) continue;
      write_message(message_of(*from.body), *entry.mutable_message());
      entry.mutable_pubsub_topic()->assign(from.pubsub_topic);
    }
    if (!answer.cursor.empty()) reply_.mutable_pagination_cursor()->assign(text_of(answer.cursor));
    append_framed(reply_, target);
  }

 private:
  static message_hash hash_of(std::string_view bytes) {
    message_hash hash;
    const std::span<const std::byte> from = bytes_of(bytes);
    assert(from.size() == hash.bytes.size() && "the scan has seen to it");
    std::copy_n(from.begin(), message_hash::size, hash.bytes.begin());
    return hash;
  }
  static wall_time time_of(std::int64_t unix_ns) { return wall_time{duration(unix_ns)}; }

  template <class Entry, class Message>
  static void read_body(const Entry& from, std::optional<Message>& target) {
    if (!from.has_message() || from.pubsub_topic().empty()) return;
    if (check_message(from.message(), protocol::store)) return;
    target = read_message<Message>(from.message());
  }
  template <class Message, class Entry, class Hasher>
  static bool is_true(const store_entry<Message>& read, const Entry& from, Hasher& hasher) {
    if constexpr (std::is_same_v<Hasher, unverified>) {
      return true;
    } else {
      static_assert(message_hasher<Hasher>, "entries are checked with a message_hasher that is not const");
      return !read.body || hasher(hashed_parts(from.pubsub_topic(), *read.body)) == read.hash;
    }
  }

  checked_parser requests_;
  checked_parser replies_;
  Request request_;
  Reply reply_;
};

}  // namespace waku::reliability::wire
