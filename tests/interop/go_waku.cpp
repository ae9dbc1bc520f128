// SPDX-License-Identifier: Apache-2.0 OR MIT
// Against go-waku's packages.
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "peer.hpp"

namespace go_waku_interop_tests {

using namespace interop;
namespace ww = wr::wire;

TEST_CASE("go-waku reads and hashes what the library encodes, and the library reads what go-waku encodes") {
  check_both_ways(dialect::go_waku);
}

TEST_CASE("go-waku's side names every field that is not as expected") {
  check_that_it_sees_wrong_fields(dialect::go_waku);
}

TEST_CASE("go-waku finds the same shard for a content topic, or none") { check_shards(dialect::go_waku); }

TEST_CASE("what go-waku leaves out is missed where it is needed") {
  check_what_peers_leave_out(dialect::go_waku);
}

TEST_CASE("[differs] go-waku takes content topics and shards that are none by the text") {
  check_what_peers_tolerate(dialect::go_waku);
  wr::openssl_hasher hasher;
  const ww::autosharding autosharding(hasher, 1, 8);
  CHECK(result_of(dialect::go_waku, "content_topic", "/+0/a/1/n/proto") == autosharding("/a/1/n/proto"));
  CHECK_FALSE(autosharding("/+0/a/1/n/proto"));
  CHECK(result_of(dialect::go_waku, "content_topic", "/0x/a/1/n/proto") == "refused");
  CHECK(result_of(dialect::go_waku, "shard_topic", "/waku/2/rs/65536/7") == "refused");
  CHECK(result_of(dialect::go_waku, "shard_topic", "/waku/2/rs/1/7x") == "refused");
}

TEST_CASE("go-waku and the library agree on the earliest time that can be said") {
  constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
  const std::string fields = R"({"payload":{"hex":"01"},"content_topic":"/a","timestamp":{"int":")" +
                             std::to_string(earliest) + R"("}})";
  wr::message read;
  ww::message_codec codec;
  CHECK_FALSE(codec.decode(body_of(ask(dialect::go_waku, encode_line("message", fields)).frame_hex), read));
  CHECK(read.timestamp == earliest);
}

}  // namespace go_waku_interop_tests
