// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/shard.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace shard_tests {

namespace wr = waku::reliability;
namespace ww = wr::wire;

namespace {

// A hash whose last 8 bytes are a number of the test's choice.
struct chosen_hasher {
  std::uint64_t number = 0;
  std::string asked{};

  wr::message_hash hash_of_text(std::string_view first, std::string_view second) {
    asked = std::string(first) + '|' + std::string(second);
    wr::message_hash hash;
    hash.bytes.fill(std::byte{0xff});
    for (std::size_t byte = 0; byte < 8; ++byte)
      hash.bytes[31 - byte] = static_cast<std::byte>(number >> (8 * byte));
    return hash;
  }
};

}  // namespace

TEST_CASE("a shard has one name, which is read back") {
  for (const ww::shard each :
       {ww::shard{0, 0}, ww::shard{1, 7}, ww::shard{16, 1'023}, ww::shard{65'535, 65'535}}) {
    CHECK(ww::parse_shard(each.to_string()) == each);
  }
  CHECK(ww::shard{1, 3}.to_string() == "/waku/2/rs/1/3");
}

TEST_CASE("what is not exactly the name of a shard is none") {
  for (const std::string_view topic :
       {"", "/", "/waku/2/rs", "/waku/2/rs/", "/waku/2/rs/1", "/waku/2/rs/1/", "/waku/2/rs//1",
        "/waku/2/rs/1/2/", "/waku/2/rs/1/2 ", "/waku/2/rs/ 1/2", "/waku/2/rs/+1/2", "/waku/2/rs/-1/2",
        "/waku/2/rs/01/2", "/waku/2/rs/1/02", "/waku/2/rs/1/00", "/waku/2/rs/65536/1", "/waku/2/rs/1/65536",
        "/waku/2/rs/0x1/1", "/waku/2/default-waku/proto"}) {
    CAPTURE(topic);
    CHECK_FALSE(ww::parse_shard(topic));
  }
}

TEST_CASE("the shard is the last 8 bytes of the hash of application and version, modulo the count") {
  chosen_hasher hasher{1'000'003};
  const ww::content_topic topic{"toychat", "2", "huilong", "proto"};
  CHECK(ww::shard_index(topic, 8, hasher) == 3);
  CHECK(hasher.asked == "toychat|2");
  CHECK(ww::shard_index(topic, 10, hasher) == 3);
  CHECK(ww::shard_index(topic, 1, hasher) == 0);
  CHECK(ww::shard_index(topic, 65'536, hasher) == 1'000'003 % 65'536);
}

TEST_CASE("autosharding names the pubsub topic, and none for a malformed content topic") {
  chosen_hasher hasher{13};
  const ww::autosharding shard_of(hasher, 1, 8);
  CHECK(shard_of("/toychat/2/huilong/proto") == "/waku/2/rs/1/5");
  CHECK(shard_of("/0/toychat/2/huilong/proto") == "/waku/2/rs/1/5");
  CHECK_FALSE(shard_of("toychat"));
}

}  // namespace shard_tests
