// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/metadata_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec_families.hpp"

namespace metadata_codec_tests {

using namespace codec_families;
using metadata = wr::services::metadata;

TEST_CASE("the cluster is written also where it is 0, the shards in both fields") {
  ww::metadata_codec codec;
  const auto written = [&](const metadata& told) {
    ww::byte_buffer sent;
    codec.encode(told, sent);
    return wr::to_hex(body_of(sent));
  };
  CHECK(written({1, {0, 1, 7}}) == "08011000100110071a03000107");
  CHECK(written({0, {}}) == "0800");
  CHECK(written({}) == "");
}

TEST_CASE("shards are read from either field, packed or not") {
  ww::metadata_codec codec;
  metadata told;
  for (const char* hex : {"08011000100110071a03000107", "0801100010011007", "08011a03000107",
                          "08011203000107", "0801180018011807", "08011a0010001001 1007"}) {
    CAPTURE(hex);
    REQUIRE_FALSE(codec.decode(bytes_from_hex(hex), told));
    CHECK(told == metadata{1, {0, 1, 7}});
  }
  REQUIRE_FALSE(codec.decode(bytes_from_hex("08011a00"), told));
  CHECK(told == metadata{1, {}});
  REQUIRE_FALSE(codec.decode({}, told));
  CHECK(told == metadata{});
}

TEST_CASE("what has more than 16 bits is no cluster and no shard") {
  ww::metadata_codec codec;
  metadata told;
  CHECK(said(codec.decode(bytes_from_hex("08808004"), told)) ==
        "metadata: cluster_id has a value that means nothing");
  CHECK(said(codec.decode(bytes_from_hex("0801 10808004"), told)) ==
        "metadata: shards has a value that means nothing");
  CHECK(said(codec.decode(bytes_from_hex("0801 1a03808004"), told)) ==
        "metadata: shards_packed has a value that means nothing");
  REQUIRE_FALSE(codec.decode(bytes_from_hex("08ffff03 10ffff03"), told));
  CHECK(told == metadata{65'535, {65'535}});
}

TEST_CASE("no frame has more than 1,024 bytes: shards beyond that are left out") {
  ww::metadata_codec codec;
  metadata told{65'535, {}};
  for (std::uint32_t shard = 0; shard < 1'024; ++shard) told.shards.push_back(shard);
  ww::byte_buffer sent;
  codec.encode(told, sent);
  const auto body = body_of(sent);
  CHECK(body.size() <= 1'024);
  CHECK(body.size() > 1'000);
  metadata read;
  REQUIRE_FALSE(codec.decode(body, read));
  CHECK(read.cluster == 65'535U);
  CHECK(read.shards.size() > 200);
  for (std::size_t place = 0; place < read.shards.size(); ++place) CHECK(read.shards[place] == place);
}

}  // namespace metadata_codec_tests
