// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>
#include <waku/reliability/cache/keyed_mix.hpp>

/// What a table needs of every mix, checked on any of them.
namespace message_hash_mix_suite {

namespace wr = waku::reliability;
using samples::hash_number;
using samples::hash_of_words;

template <wr::message_hash_mix Mix>
struct suite {
  void run() {
    SUBCASE("the same secret gives the same mix, another secret another one") { follows_its_secret(); }
    SUBCASE("every bit of the hash takes part, and changes about half of the mix") { avalanches(); }
    SUBCASE("hashes that differ in one word only, by a counter, still spread like random ones") { spreads(); }
    SUBCASE("hashes ground to meet under one secret do not meet under another") { scatters_ground_hashes(); }
  }

 private:
  /// How many of `hashes` fall into the fullest of as many groups, by the upper half of the mix.
  static std::size_t fullest_group(const Mix& mix, const std::vector<wr::message_hash>& hashes) {
    std::vector<std::size_t> groups(hashes.size());
    std::size_t fullest = 0;
    for (const wr::message_hash& hash : hashes) {
      const std::size_t group = static_cast<std::size_t>((mix(hash) >> 32) * groups.size() >> 32);
      if (++groups[group] > fullest) fullest = groups[group];
    }
    return fullest;
  }

  void follows_its_secret() {
    const wr::message_hash hash = hash_number(1);
    CHECK(Mix(7)(hash) == Mix(7)(hash));
    CHECK(Mix(7)(hash) != Mix(8)(hash));
    CHECK(Mix(0)(hash) != Mix(1)(hash));
  }

  void avalanches() {
    for (std::uint64_t secret = 0; secret < 4; ++secret) {
      const Mix mix(secret);
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

  void spreads() {
    for (std::uint64_t secret = 100; secret < 108; ++secret) {
      const Mix mix(secret);
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

  void scatters_ground_hashes() {
    const Mix known(1);
    std::vector<wr::message_hash> ground;
    for (std::uint64_t number = 0; ground.size() < 256; ++number) {
      const wr::message_hash hash = hash_number(number);
      if (known(hash) >> 56 == 0) ground.push_back(hash);
    }
    CHECK(fullest_group(known, ground) == ground.size());
    for (std::uint64_t secret = 2; secret < 66; ++secret) {
      CAPTURE(secret);
      CHECK(fullest_group(Mix(secret), ground) <= 12);
    }
  }
};

}  // namespace message_hash_mix_suite
