// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/random.hpp>

namespace contest {

/// The same for the same seed. `shared` are the bits of each word of eight bytes that are zero in all hashes.
inline std::vector<waku::reliability::message_hash> random_hashes(std::uint64_t seed, std::size_t count,
                                                                  std::uint64_t shared = 0) {
  std::vector<waku::reliability::message_hash> hashes(count);
  waku::reliability::random_source draw(seed);
  for (waku::reliability::message_hash& hash : hashes) {
    for (std::size_t word = 0; word < 4; ++word) {
      const std::uint64_t drawn = draw.next() & ~shared;
      std::memcpy(hash.bytes.data() + 8 * word, &drawn, sizeof drawn);
    }
  }
  return hashes;
}

/// Hashes without end; what repeats is further away than anything is remembered.
class hash_stream {
 public:
  explicit hash_stream(std::uint64_t seed, std::uint64_t shared = 0)
      : hashes_(random_hashes(seed, std::size_t{1} << 22, shared)) {}

  const waku::reliability::message_hash& operator[](std::uint64_t number) const {
    return hashes_[number % hashes_.size()];
  }
  /// `count` of them from number `first` on, in random order: one after the other in memory, so that reading them is
  /// not what is timed.
  [[nodiscard]] std::vector<waku::reliability::message_hash> shuffled(std::uint64_t first,
                                                                      std::size_t count) const {
    std::vector<waku::reliability::message_hash> hashes;
    hashes.reserve(count);
    for (std::size_t number = 0; number < count; ++number) hashes.push_back((*this)[first + number]);
    waku::reliability::random_source draw(4);
    for (std::size_t left = count; left > 1; --left) std::swap(hashes[left - 1], hashes[draw.below(left)]);
    return hashes;
  }

 private:
  std::vector<waku::reliability::message_hash> hashes_;
};

}  // namespace contest
