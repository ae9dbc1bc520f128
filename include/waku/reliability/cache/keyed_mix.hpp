// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/random.hpp>

namespace waku::reliability {

/// What turns a message hash into 64 table bits: made from a secret, and a pure function from then on.
template <class KeyHash>
concept message_hash_mix = std::constructible_from<KeyHash, std::uint64_t> &&
    requires(const KeyHash& mix, const message_hash& hash) {
      { mix(hash) } noexcept -> std::same_as<std::uint64_t>;
    };

/// The default mix. It is keyed by a per-instance secret, so that hashes which somebody ground out, or simply
/// made up, to share a place in one table do not share it in another. All 32 bytes take part. Three wide
/// multiplications, about 3 ns. Not for cryptography.
struct keyed_mix {
  explicit constexpr keyed_mix(std::uint64_t secret) noexcept {
    random_source draw(secret);
    for (std::uint64_t& key : keys_) key = draw.next();
    keys_[5] |= 1U;  // a multiplier must not be zero
  }

  [[nodiscard]] std::uint64_t operator()(const message_hash& hash) const noexcept {
    const std::uint64_t front = folded_product(hash.word(0) ^ keys_[0], hash.word(1) ^ keys_[1]);
    const std::uint64_t back = folded_product(hash.word(2) ^ keys_[2], hash.word(3) ^ keys_[3]);
    return folded_product((front + keys_[4]) ^ (back << 32 | back >> 32), keys_[5]);
  }

 private:
  /// The upper and the lower half of the 128-bit product, one laid over the other.
  static constexpr std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) noexcept {
#if defined(__SIZEOF_INT128__)
    __extension__ using wide = unsigned __int128;
    const wide product = static_cast<wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
#else
    constexpr std::uint64_t half = 0xffffffffU;
    const std::uint64_t low = (a & half) * (b & half);
    const std::uint64_t cross = (a >> 32) * (b & half) + (low >> 32);
    const std::uint64_t middle = (a & half) * (b >> 32) + (cross & half);
    const std::uint64_t high = (a >> 32) * (b >> 32) + (cross >> 32) + (middle >> 32);
    return (middle << 32 | (low & half)) ^ high;
#endif
  }

  std::uint64_t keys_[6]{};
};

}  // namespace waku::reliability
