// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/random.hpp>

#if XXH_VERSION_NUMBER < 800
#error "waku/reliability/adapter/xxhash.hpp needs xxHash 0.8 or newer"
#endif

namespace waku::reliability {

/// XXH3 as the mix of a table, for those who have it anyway: seen_set<xxh3_mix>. All 32 bytes take part; about
/// 4 ns. Not for cryptography.
///
/// This is XXH3_64bits_withSecret: each word of a hash meets a random word of its own. XXH3's seed is only added to
/// published constants and taken from others, so anybody can work out pairs of hashes that meet under one seed in
/// 2^42, where chance gives one in 2^64. That harms no table yet, but 128 bytes avoid it. The mix keeps those
/// from filling one place who know neither the secret nor what the mix gives; whoever learns either can.
///
/// <xxhash.h> is included as it stands, so that it may be included before or after this, and the library is linked.
/// A program that defines XXH_INLINE_ALL in all of its files calls no library, which takes 2 ns off; to define it in
/// some of them only would make two different xxh3_mix.
class xxh3_mix {
 public:
  explicit constexpr xxh3_mix(std::uint64_t secret) noexcept {
    random_source draw(secret);
    for (std::uint64_t& word : secret_) word = draw.next();
  }

  [[nodiscard]] std::uint64_t operator()(const message_hash& hash) const noexcept {
    return XXH3_64bits_withSecret(hash.bytes.data(), hash.bytes.size(), secret_, sizeof secret_);
  }

 private:
  static constexpr std::size_t words = (XXH3_SECRET_SIZE_MIN + 7) / 8;

  std::uint64_t secret_[words]{};
};

}  // namespace waku::reliability
