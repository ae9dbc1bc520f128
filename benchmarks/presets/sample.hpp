// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <waku/reliability.hpp>

/// The messages that the presets are measured with.
namespace presets {

namespace wr = waku::reliability;

inline constexpr std::string_view pubsub_topic = "/waku/2/rs/1/0";
inline constexpr std::string_view content_topic = "/cost/1/presets/proto";
inline constexpr std::size_t payload_bytes = 200;

/// A message whose payload is its number and then zeros.
inline wr::message message_of(std::uint64_t number) {
  wr::message made;
  made.payload.resize(payload_bytes);
  std::memcpy(made.payload.data(), &number, sizeof number);
  made.content_topic = content_topic;
  return made;
}
inline std::uint64_t number_of(const wr::message& message) {
  std::uint64_t number;
  std::memcpy(&number, message.payload.data(), sizeof number);
  return number;
}

}  // namespace presets
