// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/node_record.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace node_record_tests {

using namespace midscale;

TEST_CASE("a relay node's record has the size that its fields make") {
  // signature 2 + 64, sequence 1, id 3 + 3, ip 3 + 5, multiaddrs 11 + 1, rs 3 + 6, secp256k1 10 + 34, tcp 4 + 3,
  // udp 4 + 3, waku2 6 + 1: 167, and 2 for the list.
  const rlp::bytes made = encoded({}, 7);
  CHECK(made.size() == 169);
  CHECK(made[0] == std::byte{0xf8});
  CHECK(made[1] == std::byte{167});
}

TEST_CASE("each field more or less changes the size by what it takes") {
  node_record record;
  record.has_multiaddrs = false;
  CHECK(encoded(record, 0).size() == 169 - 12);
  record.sequence = 1'700'000'000'000;  // six bytes and their header
  CHECK(encoded(record, 0).size() == 169 - 12 + 6);
  record.shards = {0, 1, 2, 3, 4, 5, 6, 7};
  CHECK(encoded(record, 0).size() == 169 - 12 + 6 + 7 * 2);
}

TEST_CASE("so many shards that they are a bit vector take the same however many they are") {
  node_record record;
  for (std::uint16_t shard = 0; shard < 64; ++shard) record.shards.push_back(shard + 1);
  // rsv: 4 + 2 + 130 instead of rs: 3 + 6; the list's header keeps two bytes until 255.
  CHECK(encoded(record, 0).size() == 169 + 136 - 9 + 1);
  record.shards.push_back(1'023);
  CHECK(encoded(record, 0).size() == 169 + 136 - 9 + 1);
}

TEST_CASE("no two nodes have the same record") {
  CHECK(encoded({}, 1) != encoded({}, 2));
  CHECK(encoded({}, 1) == encoded({}, 1));
  CHECK(encoded({}, 0x010000).size() == encoded({}, 1).size());
}

TEST_CASE("a record tells whose it is") {
  node_record bits = {};
  for (std::uint16_t shard = 0; shard < 70; ++shard) bits.shards.push_back(shard);
  for (const std::uint32_t node : {0U, 7U, 4'999U, 70'000U}) {
    CHECK(node_of_record(encoded({}, node)) == node);
    CHECK(node_of_record(encoded(bits, node)) == node);
  }
}

}  // namespace node_record_tests
