// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace waku::reliability {

/// A type with the members of `message`, under the same names.
template <class Message>
concept has_message_members = requires(const Message& m, Message& target, std::int64_t unix_ns) {
  { std::as_bytes(std::span(m.payload)) } -> std::convertible_to<std::span<const std::byte>>;
  { std::as_bytes(std::span(m.meta)) } -> std::convertible_to<std::span<const std::byte>>;
  { m.content_topic } -> std::convertible_to<std::string_view>;
  { m.timestamp } -> std::convertible_to<std::int64_t>;
  { m.ephemeral } -> std::convertible_to<bool>;
  target.timestamp = unix_ns;
};

/// How the library looks into a message of the user's own type. It fits every type with members payload,
/// content_topic, timestamp (Unix ns, 0 = unset), meta and ephemeral, such as `message`; specialise it for
/// others.
template <class Message>
struct message_traits {};
template <has_message_members Message>
struct message_traits<Message> {
  static std::span<const std::byte> payload(const Message& m) { return std::as_bytes(std::span(m.payload)); }
  static std::string_view content_topic(const Message& m) { return m.content_topic; }
  static std::span<const std::byte> meta(const Message& m) { return std::as_bytes(std::span(m.meta)); }
  static std::int64_t timestamp(const Message& m) { return m.timestamp; }
  static void set_timestamp(Message& m, std::int64_t unix_ns) { m.timestamp = unix_ns; }
  static bool ephemeral(const Message& m) { return m.ephemeral; }

  /// Bytes of the encoded WakuMessage: an upper bound that counts each field's tag and length.
  static std::size_t encoded_size(const Message& m) {
    return payload(m).size() + content_topic(m).size() + meta(m).size() + 32;
  }
};

/// A message type that the library can carry: movable, default-constructible, and fully described by
/// message_traits.
template <class Message>
concept waku_message = std::movable<Message> && std::default_initializable<Message> &&
    requires(const Message& m, Message& target, std::int64_t unix_ns) {
      { message_traits<Message>::payload(m) } -> std::convertible_to<std::span<const std::byte>>;
      { message_traits<Message>::content_topic(m) } -> std::convertible_to<std::string_view>;
      { message_traits<Message>::meta(m) } -> std::convertible_to<std::span<const std::byte>>;
      { message_traits<Message>::timestamp(m) } -> std::convertible_to<std::int64_t>;
      { message_traits<Message>::ephemeral(m) } -> std::convertible_to<bool>;
      { message_traits<Message>::encoded_size(m) } -> std::convertible_to<std::size_t>;
      message_traits<Message>::set_timestamp(target, unix_ns);
    };

}  // namespace waku::reliability
