// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/fast_hasher.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace fast_hasher_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

namespace {

struct parts {
  std::string pubsub_topic = "/waku/2/rs/1/0";
  std::vector<std::byte> payload = std::vector<std::byte>(100, std::byte{7});
  std::string content_topic = "/test/1/chat/proto";
  std::vector<std::byte> meta = std::vector<std::byte>(3, std::byte{1});
  std::int64_t timestamp = 1'700'000'000'000'000'000;

  [[nodiscard]] wr::message_hash hash() const {
    wt::fast_hasher hasher;
    return hasher({pubsub_topic, payload, content_topic, meta, timestamp});
  }
};

int different_bits(const wr::message_hash& a, const wr::message_hash& b) {
  int count = 0;
  for (std::size_t word = 0; word < 4; ++word) count += std::popcount(a.word(word) ^ b.word(word));
  return count;
}

}  // namespace

TEST_CASE("the stand-in hash says that it is not the network's") {
  CHECK_FALSE(wt::fast_hasher::deterministic_message_hash);
  CHECK(parts{}.hash() == parts{}.hash());
}

TEST_CASE("every part of the message changes the stand-in hash") {
  std::set<wr::message_hash> hashes{parts{}.hash()};
  parts changed;
  changed.pubsub_topic += '1';
  hashes.insert(changed.hash());
  changed = {};
  changed.payload.push_back(std::byte{0});
  hashes.insert(changed.hash());
  changed = {};
  changed.content_topic = "/test/1/chat/prot";
  hashes.insert(changed.hash());
  changed = {};
  changed.meta.clear();
  hashes.insert(changed.hash());
  changed = {};
  ++changed.timestamp;
  hashes.insert(changed.hash());
  changed = {};
  changed.payload.back() = std::byte{1};
  changed.content_topic = "x/test/1/chat/proto";
  hashes.insert(changed.hash());
  CHECK(hashes.size() == 7);
}

TEST_CASE("each flipped bit of a payload flips about half of the stand-in hash, in every word") {
  const wr::message_hash before = parts{}.hash();
  for (std::size_t bit = 0; bit < 800; ++bit) {
    parts changed;
    changed.payload[bit / 8] ^= std::byte{1} << (bit % 8);
    const wr::message_hash after = changed.hash();
    CAPTURE(bit);
    REQUIRE(different_bits(before, after) > 80);
    REQUIRE(different_bits(before, after) < 176);
    for (std::size_t word = 0; word < 4; ++word)
      REQUIRE(std::popcount(before.word(word) ^ after.word(word)) > 8);
  }
}

TEST_CASE("hashes of counting timestamps fall evenly into buckets") {
  std::vector<int> buckets(256);
  parts counted;
  for (int count = 0; count < 25'600; ++count) {
    ++counted.timestamp;
    ++buckets[static_cast<std::size_t>(counted.hash().word(0) % 256)];
  }
  for (const int filled : buckets) CHECK((filled > 50 && filled < 160));
}

}  // namespace fast_hasher_tests
