// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/wire/generated.hpp>

/// WakuMessage (14/WAKU2-MESSAGE).
namespace waku::reliability::wire {

/// Writes a message into a generated one, which is cleared first. Payload and content topic are always written;
/// of the others what is not empty, zero or false.
template <waku_message Message, generated_message Generated>
void write_message(const Message& m, Generated& target) {
  using traits = message_traits<Message>;
  target.Clear();
  const std::span<const std::byte> payload = traits::payload(m);
  target.mutable_payload()->assign(text_of(payload));
  if constexpr (!requires { target.has_payload(); }) {
    if (payload.empty()) add_raw_bytes(target, 1, {});
  }
  const std::string_view content_topic = traits::content_topic(m);
  target.mutable_content_topic()->assign(content_topic);
  if constexpr (!requires { target.has_content_topic(); }) {
    if (content_topic.empty()) add_raw_bytes(target, 2, {});
  }
  if constexpr (requires { traits::version(m); }) {
    if (traits::version(m) != 0) target.set_version(traits::version(m));
  }
  if (traits::timestamp(m) != 0) target.set_timestamp(traits::timestamp(m));
  if (!traits::meta(m).empty()) target.mutable_meta()->assign(text_of(traits::meta(m)));
  if constexpr (requires { traits::rate_limit_proof(m); }) {
    const std::string_view proof = text_of(traits::rate_limit_proof(m));
    if constexpr (requires { target.mutable_rate_limit_proof()->assign(proof); }) {
      if (!proof.empty()) target.mutable_rate_limit_proof()->assign(proof);
    } else {  // some schemas have a message there
      if (!proof.empty()) add_raw_bytes(target, 21, proof);
    }
  }
  if (traits::ephemeral(m)) target.set_ephemeral(true);
}

/// What is wrong with a parsed message, beyond what the scan saw; nothing where it is fine. An empty payload is
/// no fault: stores hold such messages.
template <generated_message Generated>
[[nodiscard]] std::optional<rejection> check_message(const Generated& m, protocol spoken) {
  if (m.content_topic().empty()) return rejection{spoken, field::content_topic, reason::missing};
  return std::nullopt;
}

/// The bytes of a parsed message, encoded. A timestamp of 0 that was written out is removed before: write_message()
/// leaves it out.
template <generated_message Generated>
[[nodiscard]] std::size_t encoded_bytes(Generated& m) {
  if (m.timestamp() == 0) m.clear_timestamp();
  return m.ByteSizeLong();
}

/// The message that a generated one describes.
template <buildable_message Message, generated_message Generated>
[[nodiscard]] Message read_message(const Generated& m) {
  message_parts parts{bytes_of(m.payload()),
                      m.content_topic(),
                      bytes_of(m.meta()),
                      m.timestamp(),
                      m.ephemeral(),
                      m.version(),
                      {}};
  if constexpr (requires { parts.rate_limit_proof = bytes_of(m.rate_limit_proof()); })
    parts.rate_limit_proof = bytes_of(m.rate_limit_proof());
  return message_traits<Message>::make(parts);
}

/// Encodes and decodes messages by themselves, as relayed data holds them. Keeps a generated message between
/// calls, so that few of them take memory; see checked_parser. `Generated` is a WakuMessage,
/// ours or one of yours. Movable; one thread at a time, as all codecs.
template <generated_message Generated>
class basic_message_codec {
 public:
  explicit basic_message_codec(const limits& most = {}) : parser_(most) {}

  /// Appends the message's bytes.
  template <waku_message Message>
  void encode(const Message& m, byte_buffer& target) {
    write_message(m, scratch_);
    append_bare(scratch_, target);
  }

  /// Reads a message.
  template <buildable_message Message>
  [[nodiscard]] std::optional<rejection> decode(std::span<const std::byte> bytes, Message& target) {
    if (auto refused = parser_.parse(bytes, frames::message, scratch_)) return refused;
    if (auto refused = check_message(scratch_, protocol::message)) return refused;
    target = read_message<Message>(scratch_);
    return std::nullopt;
  }

 private:
  checked_parser parser_;
  Generated scratch_;
};

}  // namespace waku::reliability::wire
