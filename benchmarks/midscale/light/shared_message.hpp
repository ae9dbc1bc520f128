// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/frame_size.hpp>

#include <midscale/results/measurements.hpp>

namespace midscale {

/// A message of the lab as engines and services see it. It knows which publication it is of, and its payload lies in
/// memory that all share, so that a thousand copies cost no more than their handles.
struct shared_message {
  std::uint32_t publication = 0;
  std::uint32_t payload_bytes = 0;
  std::int64_t timestamp = 0;  ///< the engine sets it when the message first leaves

  /// Its length is that which relay_options::content_topic counts with.
  static constexpr std::string_view content_topic = "/waku-lab/1/messages/proto";
};

/// Random bytes, of which each publication has a stretch that begins elsewhere, so that messages of one size and
/// moment have different hashes.
[[nodiscard]] inline std::span<const std::byte> shared_payload(const shared_message& message) {
  constexpr std::size_t beginnings = std::size_t{1} << 16U;
  static const std::vector<std::byte> bytes = [] {
    std::vector<std::byte> drawn(beginnings + payload_bytes_max);
    wr::random_source random(1);
    for (std::byte& each : drawn) each = static_cast<std::byte>(random.next() >> 56U);
    return drawn;
  }();
  assert(message.payload_bytes <= payload_bytes_max);
  return std::span(bytes).subspan(message.publication % beginnings, message.payload_bytes);
}

}  // namespace midscale

/// How the library looks into it.
template <>
struct waku::reliability::message_traits<midscale::shared_message> {
  using message = midscale::shared_message;

  static std::span<const std::byte> payload(const message& m) { return midscale::shared_payload(m); }
  static std::string_view content_topic(const message&) { return message::content_topic; }
  static std::span<const std::byte> meta(const message&) { return {}; }
  static std::int64_t timestamp(const message& m) { return m.timestamp; }
  static void set_timestamp(message& m, std::int64_t unix_ns) { m.timestamp = unix_ns; }
  static bool ephemeral(const message&) { return false; }
  /// Exact once there is a timestamp; until then nine bytes are reserved for it.
  static std::size_t encoded_size(const message& m) {
    namespace size = testing::frame_size;
    return size::text(1, m.payload_bytes) + size::text(2, message::content_topic.size()) + 1 + 9;
  }
};
