// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/topology/shuffle.hpp>

namespace midscale {

/// What the Status application sends.
enum class status_message : std::uint8_t { chat, status_update, community_description };

struct status_message_kind {
  std::string_view name;
  std::uint32_t bytes;   ///< mean size of the envelope, as published; here the payload of a message
  std::uint32_t in_mix;  ///< how many of status_mix_size messages; our choice, nothing is published
};

/// By status_message.
constexpr std::array<status_message_kind, 3> status_messages{{
    {"chat", 4'671, 225},
    {"status_update", 338, 70},
    {"community_description", 48'435, 5},
}};
constexpr std::uint32_t status_mix_size = 300;

[[nodiscard]] constexpr const status_message_kind& kind_of(status_message message) {
  return status_messages[static_cast<std::size_t>(message)];
}

/// The sizes of the mix in a random order, for a constant rate.
[[nodiscard]] inline std::vector<std::uint32_t> status_mix(wr::random_source& random) {
  std::vector<std::uint32_t> sizes;
  for (const status_message_kind& each : status_messages) sizes.insert(sizes.end(), each.in_mix, each.bytes);
  shuffle(sizes, random);
  return sizes;
}

}  // namespace midscale
