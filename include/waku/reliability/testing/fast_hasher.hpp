// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <waku/reliability/core/message_hasher.hpp>

namespace waku::reliability::testing {

/// A stand-in for the deterministic message hash, about twenty times as fast: 32 well mixed bytes over the
/// same parts, each with its length. For simulations only: it is not the network's hash and withstands no
/// adversary, so a live transport refuses it. Same input, same hash, on machines of one byte order.
class fast_hasher {
 public:
  static constexpr bool deterministic_message_hash = false;

  message_hash operator()(const hash_input& input) const noexcept {
    state lanes = start;
    absorb(lanes, bytes_of(input.pubsub_topic));
    absorb(lanes, input.payload);
    absorb(lanes, bytes_of(input.content_topic));
    absorb(lanes, input.meta);
    lanes[0] ^= static_cast<std::uint64_t>(input.timestamp_ns);
    for (int round = 0; round < 4; ++round) stir(lanes);
    message_hash hash;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      const std::uint64_t word = avalanche(lanes[lane] + start[lane]);
      std::memcpy(hash.bytes.data() + lane * sizeof word, &word, sizeof word);
    }
    return hash;
  }

 private:
  using state = std::array<std::uint64_t, 4>;

  // Odd multipliers with well spread bits: the constants of xxHash and SplitMix64.
  static constexpr state factors{0x9e3779b185ebca87U, 0xc2b2ae3d27d4eb4fU, 0xbf58476d1ce4e5b9U,
                                 0x94d049bb133111ebU};
  static constexpr state start{0x243f6a8885a308d3U, 0x13198a2e03707344U, 0xa4093822299f31d0U,
                               0x082efa98ec4e6c89U};

  static std::span<const std::byte> bytes_of(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
  }
  static std::uint64_t avalanche(std::uint64_t word) noexcept {
    word = (word ^ (word >> 30)) * factors[2];
    word = (word ^ (word >> 27)) * factors[3];
    return word ^ (word >> 31);
  }
  // Every lane reaches every other within three rounds.
  static void stir(state& lanes) noexcept {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      const std::uint64_t mixed = avalanche(lanes[lane]);
      lanes[lane] = mixed;
      lanes[(lane + 1) % lanes.size()] ^= std::rotl(mixed, 23);
    }
  }
  static void absorb_block(state& lanes, const std::byte* block) noexcept {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      std::uint64_t word;
      std::memcpy(&word, block + lane * sizeof word, sizeof word);
      lanes[lane] = std::rotl((lanes[lane] ^ word) * factors[lane], 29);
    }
  }
  static void absorb(state& lanes, std::span<const std::byte> bytes) noexcept {
    constexpr std::size_t block_bytes = sizeof(state);
    const std::size_t length = bytes.size();
    for (; bytes.size() >= block_bytes; bytes = bytes.subspan(block_bytes)) absorb_block(lanes, bytes.data());
    std::array<std::byte, block_bytes> rest{};
    if (!bytes.empty()) std::memcpy(rest.data(), bytes.data(), bytes.size());
    absorb_block(lanes, rest.data());
    lanes[3] += length;
    stir(lanes);
  }
};

static_assert(message_hasher<fast_hasher>);

}  // namespace waku::reliability::testing
