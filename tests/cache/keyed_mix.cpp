// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/keyed_mix.hpp>

#include <cstdint>

#include <doctest/doctest.h>

#include <cache/message_hash_mix_suite.hpp>
#include <cache/samples.hpp>

namespace keyed_mix_tests {

namespace wr = waku::reliability;
using samples::hash_of_words;

TEST_CASE("the built-in mix does what a table needs") {
  message_hash_mix_suite::suite<wr::keyed_mix>{}.run();
}

TEST_CASE("the mix is the same on every platform") {
  // Words of eight equal bytes, so that the byte order does not matter. A new value here means that the mix
  // was changed: tables are not stored, so that is a decision, not a break.
  const wr::message_hash hash =
      hash_of_words(0x1111111111111111U, 0x7777777777777777U, 0xababababababababU, 0xffffffffffffffffU);
  CHECK(wr::keyed_mix(42)(hash) == 0x3ba3ade813895333U);
  CHECK(wr::keyed_mix(42)(wr::message_hash{}) == 0x425b106caf8142d6U);
}

TEST_CASE("it is a mix of hashes") {
  CHECK(wr::message_hash_mix<wr::keyed_mix>);
  CHECK_FALSE(wr::message_hash_mix<std::uint64_t>);
}

}  // namespace keyed_mix_tests
