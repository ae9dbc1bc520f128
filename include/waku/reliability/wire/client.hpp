// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/wire/error.hpp>
#include <waku/reliability/wire/filter_codec.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/limits.hpp>
#include <waku/reliability/wire/protocol_id.hpp>
#include <waku/reliability/wire/schema.hpp>

/// The client's side of the bytes: what the engine asks becomes a protocol and a frame, and the frame that comes
/// back becomes what the engine is told.
namespace waku::reliability::wire {

/// Requests to bytes and bytes to replies, for transports. `Codecs` names the codecs, as own_codecs in codecs.hpp
/// does; `Message` is the library's message or one of yours.
///
///     byte_buffer frame;
///     const protocol spoken = client.write(request, id, frame);   // open a stream by id_of(spoken), send it
///     reader = frame_reader(spoken, client.reply_limit(spoken));  // read one frame, then
///     reply(client.template read<store_reply<Message>>(spoken, *reader.next(), id));
///
/// What a stream that ends without a frame means is the transport's to say: empty_reply or connection_lost. Keeps
/// its codecs' memory between calls. One thread at a time.
template <class Codecs, buildable_message Message>
class basic_client {
 public:
  explicit basic_client(const limits& most = {})
      : most_(most),
        store_(most),
        legacy_store_(most),
        filter_(most),
        push_(most),
        lightpush_(most),
        legacy_lightpush_(most) {}

  // Requests. The frame is appended to `target`. The id should be new for each request.

  /// `legacy` where the peer speaks only v2.
  protocol write(const lightpush_request<Message>& asked, bool legacy, std::string_view request_id,
                 byte_buffer& target) {
    if (legacy) {
      legacy_lightpush_.encode_request(asked, request_id, target);
      return protocol::legacy_lightpush;
    }
    lightpush_.encode_request(asked, request_id, target);
    return protocol::lightpush;
  }
  protocol write(const store_request& asked, std::string_view request_id, byte_buffer& target) {
    if (asked.legacy) {
      legacy_store_.encode_request(asked, request_id, target);
      return protocol::legacy_store;
    }
    store_.encode_request(asked, request_id, target);
    return protocol::store;
  }
  protocol write(const filter_subscribe_request& asked, std::string_view request_id, byte_buffer& target) {
    return write_filter(asked, request_id, target);
  }
  protocol write(const filter_unsubscribe_request& asked, std::string_view request_id, byte_buffer& target) {
    return write_filter(asked, request_id, target);
  }
  protocol write(const filter_ping_request& asked, std::string_view request_id, byte_buffer& target) {
    return write_filter(asked, request_id, target);
  }

  // Replies.

  /// The most that a reply's frame may have.
  [[nodiscard]] std::size_t reply_limit(protocol spoken) const {
    return frame_limit(reply_frame(spoken), most_);
  }
  /// The most that the frame of a filter push may have.
  [[nodiscard]] std::size_t push_limit() const { return frame_limit(frames::filter_push, most_); }
  /// What was in a reply's frame. Bytes that are no reply to the request of this id are an error,
  /// undecodable_reply; rejected() then says why. `Reply` is lightpush_reply, filter_reply or store_reply<Message>.
  template <class Reply>
  [[nodiscard]] reply_or_error<Reply> read(protocol spoken, std::span<const std::byte> body,
                                           std::string_view request_id) {
    Reply reply;
    rejected_ = decode(spoken, body, request_id, reply);
    if (rejected_) return transport_error::undecodable_reply;
    return reply;
  }
  /// What was in the frame of a filter push; nothing where it is none, and rejected() says why.
  [[nodiscard]] std::optional<decoded_filter_push<Message>> read_push(std::span<const std::byte> body) {
    decoded_filter_push<Message> pushed;
    rejected_ = push_.decode(body, pushed);
    if (rejected_) return std::nullopt;
    return pushed;
  }
  /// Why the last bytes were refused; nothing if they were not.
  [[nodiscard]] const std::optional<rejection>& rejected() const noexcept { return rejected_; }

 private:
  template <class Request>
  protocol write_filter(const Request& asked, std::string_view request_id, byte_buffer& target) {
    filter_.encode_request(asked, request_id, target);
    return protocol::filter;
  }
  std::optional<rejection> decode(protocol spoken, std::span<const std::byte> body,
                                  std::string_view request_id, lightpush_reply& target) {
    if (spoken == protocol::legacy_lightpush) return legacy_lightpush_.decode_reply(body, request_id, target);
    return lightpush_.decode_reply(body, request_id, target);
  }
  std::optional<rejection> decode(protocol /*spoken*/, std::span<const std::byte> body,
                                  std::string_view request_id, filter_reply& target) {
    return filter_.decode_reply(body, request_id, target);
  }
  std::optional<rejection> decode(protocol spoken, std::span<const std::byte> body,
                                  std::string_view request_id, store_reply<Message>& target) {
    if (spoken == protocol::legacy_store) return legacy_store_.decode_reply(body, request_id, target);
    return store_.decode_reply(body, request_id, target);
  }

  limits most_;
  typename Codecs::store store_;
  typename Codecs::legacy_store legacy_store_;
  typename Codecs::filter filter_;
  typename Codecs::filter_push push_;
  typename Codecs::lightpush lightpush_;
  typename Codecs::legacy_lightpush legacy_lightpush_;
  std::optional<rejection> rejected_;
};

}  // namespace waku::reliability::wire
