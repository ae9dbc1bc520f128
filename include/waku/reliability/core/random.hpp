// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <bit>
#include <cstdint>

namespace waku::reliability {

/// The one source of randomness of an engine: xoshiro256** (Blackman and Vigna, 2018), seeded through
/// SplitMix64. Same seed, same draws, on every platform. Not for cryptography.
class random_source {
 public:
  explicit constexpr random_source(std::uint64_t seed = 0) noexcept {
    for (std::uint64_t& word : state_) word = split_mix(seed);
  }

  /// The next 64 random bits.
  constexpr std::uint64_t next() noexcept {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// A number in [0, bound), each equally likely; 0 when bound is 0.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    if (bound < 2) return 0;
    const std::uint64_t unfair = (0 - bound) % bound;
    std::uint64_t draw = next();
    while (draw < unfair) draw = next();
    return draw % bound;
  }

  /// A number in [0, 1), with 53 random bits.
  constexpr double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  /// True with the given probability, 0 to 1.
  constexpr bool chance(double probability) noexcept { return unit() < probability; }

 private:
  static constexpr std::uint64_t split_mix(std::uint64_t& state) noexcept {
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

  std::uint64_t state_[4]{};
};

}  // namespace waku::reliability
