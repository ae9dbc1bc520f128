// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/keyed_mix.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace keyed_mix_tests {

namespace wr = waku::reliability;
using samples::hash_number;
using samples::hash_of_words;

namespace {

/// How many of `hashes` fall into the fullest of as many groups, by the upper half of the mix.
std::size_t fullest_group(const wr::keyed_mix& mix, const std::vector<wr::message_hash>& hashes) {
  std::vector<std::size_t> groups(hashes.size());
  std::size_t fullest = 0;
  for (const wr::message_hash& hash : hashes) {
    const std::size_t group = static_cast<std::size_t>((mix(hash) >> 32) * groups.size() >> 32);
    if (++groups[group] > fullest) fullest = groups[group];
  }
  return fullest;
}

}  // namespace

TEST_CASE("the same secret gives the same mix, another secret another one") {
  const wr::message_hash hash = hash_number(1);
  CHECK(wr::keyed_mix(7)(hash) == wr::keyed_mix(7)(hash));
  CHECK(wr::keyed_mix(7)(hash) != wr::keyed_mix(8)(hash));
  CHECK(wr::keyed_mix(0)(hash) != wr::keyed_mix(1)(hash));
}

TEST_CASE("the mix is the same on every platform") {
  // Words of eight equal bytes, so that the byte order does not matter. A new value here means that the mix
  // was changed: tables are not stored, so that is a decision, not a break.
  const wr::message_hash hash =
      hash_of_words(0x1111111111111111U, 0x7777777777777777U, 0xababababababababU, 0xffffffffffffffffU);
  CHECK(wr::keyed_mix(42)(hash) == 0x3ba3ade813895333U);
  CHECK(wr::keyed_mix(42)(wr::message_hash{}) == 0x425b106caf8142d6U);
}

TEST_CASE("every bit of the hash takes part, and changes about half of the mix") {
  for (std::uint64_t secret = 0; secret < 4; ++secret) {
    const wr::keyed_mix mix(secret);
    for (std::size_t bit = 0; bit < 8 * wr::message_hash::size; ++bit) {
      int changed = 0;
      for (std::uint64_t number = 0; number < 32; ++number) {
        wr::message_hash hash = hash_number(number);
        const std::uint64_t before = mix(hash);
        hash.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        changed += std::popcount(before ^ mix(hash));
      }
      CAPTURE(secret);
      CAPTURE(bit);
      CHECK(changed > 32 * 26);
      CHECK(changed < 32 * 38);
    }
  }
}

TEST_CASE("hashes that differ in one word only, by a counter, still spread like random ones") {
  for (std::uint64_t secret = 100; secret < 108; ++secret) {
    const wr::keyed_mix mix(secret);
    for (std::size_t word = 0; word < 4; ++word) {
      for (const unsigned shift : {0U, 16U, 44U}) {
        std::vector<wr::message_hash> hashes;
        for (std::uint64_t count = 0; count < 4096; ++count) {
          std::array<std::uint64_t, 4> words{};
          words[word] = count << shift;
          hashes.push_back(hash_of_words(words[0], words[1], words[2], words[3]));
        }
        CAPTURE(secret);
        CAPTURE(word);
        CAPTURE(shift);
        CHECK(fullest_group(mix, hashes) <= 12);  // random ones: more than 12 once in 300,000 tables
      }
    }
  }
}

TEST_CASE("it is a mix of hashes") {
  CHECK(wr::message_hash_mix<wr::keyed_mix>);
  CHECK_FALSE(wr::message_hash_mix<std::uint64_t>);
}

TEST_CASE("hashes ground to meet under one secret do not meet under another") {
  const wr::keyed_mix known(1);
  std::vector<wr::message_hash> ground;
  for (std::uint64_t number = 0; ground.size() < 256; ++number) {
    const wr::message_hash hash = hash_number(number);
    if (known(hash) >> 56 == 0) ground.push_back(hash);
  }
  CHECK(fullest_group(known, ground) == ground.size());
  for (std::uint64_t secret = 2; secret < 66; ++secret) {
    CAPTURE(secret);
    CHECK(fullest_group(wr::keyed_mix(secret), ground) <= 12);
  }
}

}  // namespace keyed_mix_tests
