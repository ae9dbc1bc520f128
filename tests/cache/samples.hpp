// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/random.hpp>

namespace samples {

/// The seed of a random test: WAKU_SEED where it is set, else a fixed one.
inline std::uint64_t seed() {
  const char* given = std::getenv("WAKU_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 0) : 20240601U;
}

inline waku::reliability::message_hash hash_of_words(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                                     std::uint64_t d) {
  const std::uint64_t words[4] = {a, b, c, d};
  waku::reliability::message_hash hash;
  std::memcpy(hash.bytes.data(), words, sizeof words);
  return hash;
}

/// A hash as random as SHA-256 makes it, the same for the same number.
inline waku::reliability::message_hash hash_number(std::uint64_t number) {
  waku::reliability::random_source draw(number);
  const std::uint64_t a = draw.next();
  const std::uint64_t b = draw.next();
  const std::uint64_t c = draw.next();
  return hash_of_words(a, b, c, draw.next());
}

constexpr waku::reliability::steady_time at(waku::reliability::duration since_zero) {
  return waku::reliability::steady_time(since_zero);
}

/// A mix under which all hashes have one home, so that every look-up walks the same run.
struct constant_mix {
  explicit constant_mix(std::uint64_t secret) : value(secret) {}
  std::uint64_t operator()(const waku::reliability::message_hash&) const noexcept { return value; }
  std::uint64_t value;
};

/// A mix with eight values, half of which lead to the end of the table, so that long runs meet and wrap
/// around.
struct coarse_mix {
  explicit coarse_mix(std::uint64_t secret) : rotation(secret) {}
  std::uint64_t operator()(const waku::reliability::message_hash& hash) const noexcept {
    const std::uint64_t eighth = (hash.word(0) + rotation) % 8;
    return eighth < 4 ? 0xffffffff00000000U + eighth : eighth << 61;
  }
  std::uint64_t rotation;
};

}  // namespace samples
