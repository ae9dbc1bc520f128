// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <waku/reliability/wire/error.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/limits.hpp>
#include <waku/reliability/wire/scan.hpp>
#include <waku/reliability/wire/schema.hpp>
#include <waku/reliability/wire/varint.hpp>

/// What the codecs do with classes that Protobuf generated, ours or the user's own. No header of Protobuf is
/// needed: the classes bring what is used of it.
namespace waku::reliability::wire {

/// A class that Protobuf generated.
template <class Generated>
concept generated_message = requires(Generated& m, const Generated& seen, const void* data, int size) {
  { m.ParseFromArray(data, size) } -> std::convertible_to<bool>;
  { seen.ByteSizeLong() } -> std::convertible_to<std::size_t>;
  m.Clear();
};

/// The bytes of a field's string.
[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) noexcept {
  return std::as_bytes(std::span(text));
}
/// Bytes as Protobuf takes them.
[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: both are bytes
}

/// Scans the bytes of frames and lets Protobuf parse them, always into the same message: one parser goes with one.
///
/// Protobuf's messages keep the memory of what was in them, at every place of every list, so what frames leave there
/// adds up. A message whose frames would be more than one may have is therefore replaced by a new one: what it keeps
/// is within 4 times the limit of a frame, whatever comes.
class checked_parser {
 public:
  explicit checked_parser(const limits& most) noexcept : scanner_(most) {}

  /// Parses into `target`, whose memory is used again. On a rejection its content is of no use. Only a message that
  /// is seen as its own class, and not as a base class, can be replaced.
  template <generated_message Generated>
  [[nodiscard]] std::optional<rejection> parse(std::span<const std::byte> bytes, const frame_rule& frame,
                                               Generated& target) {
    if (auto refused = scanner_.scan(bytes, frame)) return refused;
    constexpr auto size_max = static_cast<std::size_t>(std::numeric_limits<int>::max());
    if (bytes.size() > size_max) return rejection{frame.protocol, field::frame, reason::too_long};
    // What is not known costs a place in a list whose memory may double, however few its bytes.
    constexpr std::size_t unknown_field_bytes = 32;
    const std::size_t cost = bytes.size() + scanner_.unknown_fields() * unknown_field_bytes;
    if constexpr (requires { target = Generated(); }) {
      if (parsed_ != 0 && parsed_ + cost > frame_limit(frame, most())) {
        target = Generated();
        parsed_ = 0;
      }
    }
    parsed_ += cost;
    if (!target.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return rejection{frame.protocol, field::frame, reason::refused};
    return std::nullopt;
  }

  /// True where the message that was parsed last has this field at its top, be it with a default value.
  [[nodiscard]] bool has(field asked) const noexcept { return scanner_.present().has(asked); }
  /// The request's id in the bytes that came last, also where they were refused: what came of it and was fine. A view
  /// of them.
  [[nodiscard]] std::string_view request_id() const noexcept { return text_of(scanner_.request_id()); }
  /// What is allowed.
  [[nodiscard]] const limits& most() const noexcept { return scanner_.most(); }

 private:
  scanner scanner_;
  std::size_t parsed_ = 0;  ///< what frames have brought into the message since it was new, in bytes
};

/// Appends the encoded message, without a length.
template <generated_message Generated>
void append_bare(const Generated& message, byte_buffer& target) {
  const std::size_t begin = target.size();
  target.resize(begin + message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(
      reinterpret_cast<std::uint8_t*>(target.data() + begin));  // NOLINT: both are bytes
}

/// Appends one frame with the encoded message.
template <generated_message Generated>
void append_framed(const Generated& message, byte_buffer& target) {
  const std::size_t size = message.ByteSizeLong();
  const encoded_varint length = encode_varint(size);
  const std::size_t begin = target.size();
  target.resize(begin + length.size + size);
  std::byte* place = std::copy_n(length.bytes.begin(), length.size, target.data() + begin);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(place));  // NOLINT: both are bytes
}

// nwaku demands some fields even where they are empty, zero or false. A class whose field has presence writes
// what was set. One whose field is implicit leaves a default out: it is added to the unknown fields then, which
// are written as they are. Classes of Protobuf's lite runtime have no access to these, so all their demanded
// fields must have presence.

/// Adds a field of bytes or text that the class itself does not write.
template <generated_message Generated>
void add_raw_bytes(Generated& message, std::uint32_t number, std::string_view value) {
  auto& raw = *message.GetReflection()->MutableUnknownFields(&message);
  raw.AddLengthDelimited(static_cast<int>(number), std::string(value));
}
/// Adds a number that the class itself does not write.
template <generated_message Generated>
void add_raw_number(Generated& message, std::uint32_t number, std::uint64_t value) {
  auto& raw = *message.GetReflection()->MutableUnknownFields(&message);
  raw.AddVarint(static_cast<int>(number), value);
}

// Fields that several schemas have.

template <generated_message Generated>
void write_request_id(Generated& message, std::string_view id) {
  message.mutable_request_id()->assign(id);
  if constexpr (!requires { message.has_request_id(); }) {
    if (id.empty()) add_raw_bytes(message, 1, {});
  }
}
template <generated_message Generated>
void write_status(Generated& message, std::uint32_t status) {
  message.set_status_code(status);
  if constexpr (!requires { message.has_status_code(); }) {
    if (status == 0) add_raw_number(message, 10, 0);
  }
}
template <generated_message Generated>
void write_description(Generated& message, std::string_view text) {
  message.mutable_status_desc()->assign(text);
  if constexpr (!requires { message.has_status_desc(); }) {
    if (text.empty()) add_raw_bytes(message, 11, {});
  }
}

}  // namespace waku::reliability::wire
