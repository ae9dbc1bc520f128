// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace waku::reliability {

/// All of a message, for making one. The views live as long as what they were taken from.
struct message_parts {
  std::span<const std::byte> payload{};
  std::string_view content_topic{};
  std::span<const std::byte> meta{};
  std::int64_t timestamp = 0;
  bool ephemeral = false;
  std::uint32_t version = 0;
  std::span<const std::byte> rate_limit_proof{};
};

/// A container that takes bytes: its elements are of one byte each.
template <class Bytes>
concept takes_bytes = sizeof(typename Bytes::value_type) == 1 &&
                      requires(Bytes& target, const typename Bytes::value_type* bytes) {
                        target.assign(bytes, bytes);
                      };

/// A type with the members of `message`, under the same names; version and rate_limit_proof it may lack.
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
/// others. Messages that are read from bytes also need make(); version() and rate_limit_proof() are for types
/// that have them.
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
  static std::uint32_t version(const Message& m)
    requires requires { m.version; }
  {
    return m.version;
  }
  static std::span<const std::byte> rate_limit_proof(const Message& m)
    requires requires { m.rate_limit_proof; }
  {
    return std::as_bytes(std::span(m.rate_limit_proof));
  }

  /// Bytes of the encoded WakuMessage: an upper bound that counts each field's tag and length.
  static std::size_t encoded_size(const Message& m) {
    const std::size_t size = payload(m).size() + content_topic(m).size() + meta(m).size() + 32;
    if constexpr (requires { rate_limit_proof(m); }) {
      const std::size_t proof = rate_limit_proof(m).size();
      if (proof != 0) return size + proof + 5;
    }
    return size;
  }

  /// A message of these parts; those that the type has no place for are left out.
  static Message make(const message_parts& parts)
    requires takes_bytes<decltype(Message::payload)> && takes_bytes<decltype(Message::meta)> &&
             requires(Message& m) { m.content_topic.assign(parts.content_topic); }
  {
    Message made{};
    assign(made.payload, parts.payload);
    made.content_topic.assign(parts.content_topic);
    assign(made.meta, parts.meta);
    made.timestamp = parts.timestamp;
    made.ephemeral = parts.ephemeral;
    if constexpr (requires { made.version = parts.version; }) made.version = parts.version;
    if constexpr (requires { assign(made.rate_limit_proof, parts.rate_limit_proof); })
      assign(made.rate_limit_proof, parts.rate_limit_proof);
    return made;
  }

 private:
  template <takes_bytes Bytes>
  static void assign(Bytes& target, std::span<const std::byte> from) {
    const auto* first = reinterpret_cast<const typename Bytes::value_type*>(from.data());  // NOLINT: bytes
    target.assign(first, first + from.size());
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

/// A message type of which the library can also make one, from parts that it read.
template <class Message>
concept buildable_message = waku_message<Message> && requires(const message_parts& parts) {
  { message_traits<Message>::make(parts) } -> std::convertible_to<Message>;
};

}  // namespace waku::reliability
