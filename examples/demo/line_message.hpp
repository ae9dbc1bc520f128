// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/testing/frame_size.hpp>

namespace demo {

namespace wr = waku::reliability;

inline constexpr std::string_view pubsub_topic = "/waku/2/rs/1/0";
inline constexpr std::string_view lines_topic = "/demo/1/lines/proto";
inline constexpr std::string_view noise_topic = "/demo/1/noise/proto";

/// A line of text on its way. The payload is the line's number in eight bytes, most significant first, and
/// then the line, so that equal lines stay two and any order can be put right. Copies share the payload,
/// which lets a simulation hold many of them.
struct line_message {
  std::shared_ptr<const std::vector<std::byte>> payload;
  std::string_view content_topic = lines_topic;
  std::int64_t timestamp = 0;  ///< the engine sets it when the message first leaves
};

inline constexpr std::size_t number_bytes = 8;

[[nodiscard]] inline line_message make_line_message(std::uint64_t number, std::string_view line) {
  std::vector<std::byte> bytes;
  bytes.reserve(number_bytes + line.size());
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::byte>(number >> shift));
  for (const char letter : line) bytes.push_back(static_cast<std::byte>(letter));
  line_message made;
  made.payload = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return made;
}

/// The number of the line in a payload that make_line_message() made.
[[nodiscard]] inline std::uint64_t line_number(std::span<const std::byte> payload) {
  std::uint64_t number = 0;
  for (const std::byte byte : payload.first(number_bytes))
    number = number << 8U | std::to_integer<unsigned>(byte);
  return number;
}

}  // namespace demo

/// How the library looks into a line_message.
template <>
struct waku::reliability::message_traits<demo::line_message> {
  static std::span<const std::byte> payload(const demo::line_message& m) { return *m.payload; }
  static std::string_view content_topic(const demo::line_message& m) { return m.content_topic; }
  static std::span<const std::byte> meta(const demo::line_message&) { return {}; }
  static std::int64_t timestamp(const demo::line_message& m) { return m.timestamp; }
  static void set_timestamp(demo::line_message& m, std::int64_t unix_ns) { m.timestamp = unix_ns; }
  static bool ephemeral(const demo::line_message&) { return false; }

  /// Exact once there is a timestamp; until then nine bytes are reserved for it.
  static std::size_t encoded_size(const demo::line_message& m) {
    namespace size = testing::frame_size;
    return size::text(1, m.payload->size()) + size::text(2, m.content_topic.size()) + 1 + 9;
  }

  /// A message that came as bytes. The demo has no other content topics than its two.
  static demo::line_message make(const message_parts& parts) {
    demo::line_message made;
    made.payload = std::make_shared<const std::vector<std::byte>>(parts.payload.begin(), parts.payload.end());
    made.content_topic = parts.content_topic == demo::lines_topic ? demo::lines_topic : demo::noise_topic;
    made.timestamp = parts.timestamp;
    return made;
  }
};
