// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/xxhash.hpp>

#include <xxhash.h>

#include <cstdint>

#include <doctest/doctest.h>

#include <cache/message_hash_mix_suite.hpp>
#include <cache/samples.hpp>
#include <waku/reliability/cache/seen_set.hpp>

namespace xxhash_tests {

namespace wr = waku::reliability;
using samples::hash_number;
using samples::hash_of_words;

TEST_CASE("XXH3 does what a table needs of a mix") { message_hash_mix_suite::suite<wr::xxh3_mix>{}.run(); }

TEST_CASE("the mix is XXH3 with a secret that is drawn as everywhere") {
  // Worked out from the text of the specification, apart from the library. Words of eight equal bytes, so that the
  // byte order does not matter.
  const wr::message_hash hash =
      hash_of_words(0x1111111111111111U, 0x7777777777777777U, 0xababababababababU, 0xffffffffffffffffU);
  CHECK(wr::xxh3_mix(42)(hash) == 0x85a9fd2fc0b8239aU);
  CHECK(wr::xxh3_mix(42)(wr::message_hash{}) == 0x3ff44e242b1b5759U);
}

TEST_CASE("a seen set takes it") {
  wr::seen_set<wr::xxh3_mix> seen(100, 7);
  for (std::uint64_t number = 0; number < 100; ++number)
    CHECK(seen.insert(hash_number(number), wr::steady_time{}) == wr::seen_insertion::added);
  for (std::uint64_t number = 0; number < 100; ++number) CHECK(seen.contains(hash_number(number)));
  CHECK_FALSE(seen.contains(hash_number(100)));
}

TEST_CASE("a program's own use of xxHash, included after, goes on as it is") {
  XXH3_state_t* const state = XXH3_createState();
  REQUIRE(XXH3_64bits_reset(state) == XXH_OK);
  REQUIRE(XXH3_64bits_update(state, "waku", 4) == XXH_OK);
  CHECK(XXH3_64bits_digest(state) == XXH3_64bits("waku", 4));
  XXH3_freeState(state);
}

}  // namespace xxhash_tests
