// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program that has a type of xxHash in its own before it includes ours.
#include <xxhash.h>

namespace xxhash_before_tests {

struct checksum {
  XXH64_state_t* state = XXH64_createState();
};

}  // namespace xxhash_before_tests

#include <waku/reliability/adapter/xxhash.hpp>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace xxhash_before_tests {

TEST_CASE("a program's own use of xxHash, included before, goes on as it is") {
  const checksum own;
  REQUIRE(XXH64_reset(own.state, 7) == XXH_OK);
  REQUIRE(XXH64_update(own.state, "waku", 4) == XXH_OK);
  CHECK(XXH64_digest(own.state) == XXH64("waku", 4, 7));
  XXH64_freeState(own.state);

  const waku::reliability::xxh3_mix mix(1);
  CHECK(mix(samples::hash_number(1)) != mix(samples::hash_number(2)));
}

}  // namespace xxhash_before_tests
