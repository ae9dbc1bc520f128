// SPDX-License-Identifier: Apache-2.0 OR MIT
// Against js-waku's @waku/proto, @waku/message-hash and @waku/utils.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "json_writer.hpp"
#include "peer.hpp"

namespace js_waku_interop_tests {

using namespace interop;
namespace ww = wr::wire;

namespace {

wr::message sample() {
  wr::message m;
  m.payload = {std::byte{1}, std::byte{2}};
  m.content_topic = "/a/1/b/proto";
  m.meta = {std::byte{3}};
  return m;
}

record record_of(const wr::message& m) {
  ww::message_codec codec;
  ww::byte_buffer body;
  codec.encode(m, body);
  ww::byte_buffer frame;
  ww::append_frame(body, frame);
  record made;
  append_hex(frame, made.frame_hex);
  made.fields = R"({"payload":{"hex":"0102"},"content_topic":"/a/1/b/proto","meta":{"hex":"03"}})";
  made.send = made.fields;
  return made;
}

// The message that js-waku encodes with this timestamp, as the library reads it.
std::int64_t timestamp_there_and_back(std::int64_t timestamp) {
  const std::string fields = R"({"payload":{"hex":"01"},"content_topic":"/a","timestamp":{"int":")" +
                             std::to_string(timestamp) + R"("}})";
  wr::message read;
  ww::message_codec codec;
  CHECK_FALSE(codec.decode(body_of(ask(dialect::js_waku, encode_line("message", fields)).frame_hex), read));
  return read.timestamp;
}

}  // namespace

TEST_CASE("js-waku reads and hashes what the library encodes, and the library reads what js-waku encodes") {
  check_both_ways(dialect::js_waku);
}

TEST_CASE("js-waku's side names every field that is not as expected") {
  check_that_it_sees_wrong_fields(dialect::js_waku);
}

TEST_CASE("js-waku finds the same shard for a content topic, or none") { check_shards(dialect::js_waku); }

TEST_CASE("what js-waku leaves out is missed where it is needed") {
  check_what_peers_leave_out(dialect::js_waku);
}

// js-waku reads the digits with which a text begins as a number, whatever follows them.
TEST_CASE("[differs] js-waku takes content topics and shards that are none by the text") {
  check_what_peers_tolerate(dialect::js_waku);
  wr::openssl_hasher hasher;
  const ww::autosharding autosharding(hasher, 1, 8);
  CHECK(result_of(dialect::js_waku, "content_topic", "/0abc/a/1/n/proto") == autosharding("/a/1/n/proto"));
  CHECK_FALSE(autosharding("/0abc/a/1/n/proto"));
  CHECK(result_of(dialect::js_waku, "shard_topic", "/waku/2/rs/65536/7x") == "65536 7");
  CHECK_FALSE(ww::parse_shard("/waku/2/rs/65536/7"));
  CHECK_FALSE(ww::parse_shard("/waku/2/rs/65535/7x"));
}

// Where the library, go-waku and nwaku hash eight zero bytes, js-waku hashes none.
TEST_CASE(
    "[differs] js-waku hashes a message without a timestamp, or with 0, as if the field was not there") {
  const wr::message m = sample();
  record sent = record_of(m);
  sent.hash_topic = "/waku/2/rs/1/5";
  wr::openssl_hasher hasher;
  const wr::message_hash without = hasher.hash_of_text("/waku/2/rs/1/5\x01\x02/a/1/b/proto\x03", "");
  const wr::message_hash ours = hasher(hashed_parts(sent.hash_topic, m));
  CHECK(without != ours);
  const answer absent = ask(dialect::js_waku, line_of("message", sent));
  CHECK(absent.differences == "");
  CHECK(absent.result == to_hex(without));

  sent.send = R"({"payload":{"hex":"0102"},"content_topic":"/a/1/b/proto","timestamp":{"int":"0"},)"
              R"("meta":{"hex":"03"}})";
  sent.frame_hex = ask(dialect::js_waku, line_of("message", sent)).frame_hex;
  CHECK(sent.frame_hex.find("5000") != std::string::npos);  // field 10 is there and 0
  CHECK(ask(dialect::js_waku, line_of("message", sent)).result == to_hex(without));
}

// Others take any bytes for a proof and leave it to RLN to judge them. What js-waku decodes it encodes anew.
TEST_CASE("[differs] js-waku refuses a message whose proof is not encoded as it knows proofs") {
  wr::message m = sample();
  m.rate_limit_proof = {std::byte{0x0a}, std::byte{0x7f}};  // a part of 127 bytes that are not there
  CHECK(ask(dialect::js_waku, line_of("message", record_of(m))).differences.starts_with("refused: "));
}

// A slip in the runtime of js-waku's classes: it carries too little where the lower half is zero. Only times
// before 1970 that are multiples of 2^32 ns are met by it.
TEST_CASE("[differs] js-waku writes some times before 1970 wrongly") {
  constexpr std::int64_t multiple = std::int64_t{1} << 54U;
  CHECK(timestamp_there_and_back(multiple) == multiple);
  CHECK(timestamp_there_and_back(-multiple + 1) == -multiple + 1);
  CHECK(timestamp_there_and_back(-multiple) == -multiple - (std::int64_t{1} << 32U));
}

// Another: bit 31 of a number that has no higher bits is taken for a sign. No node gives such pages.
TEST_CASE("[differs] js-waku writes page sizes from 2^31 to below 2^32 so that nobody can read them") {
  const auto refusal = [](std::uint64_t limit) {
    const std::string fields =
        R"({"request_id":"r","include_data":false,"content_topics":[],"message_hashes":[],)"
        R"("pagination_forward":false,"pagination_limit":{"int":")" +
        std::to_string(limit) + R"("}})";
    const answer encoded = ask(dialect::js_waku, encode_line("store_request", fields));
    ww::store_codec codec;
    ww::decoded_store_request read;
    const auto refused = codec.decode_request(body_of(encoded.frame_hex), read);
    if (!refused)
      CHECK(read.limit == std::min<std::uint64_t>(limit, std::numeric_limits<std::uint32_t>::max()));
    return refused.has_value();
  };
  constexpr std::uint64_t wrong = std::uint64_t{1} << 31U;
  CHECK_FALSE(refusal(wrong - 1));
  CHECK(refusal(wrong));
  CHECK(refusal(2 * wrong - 1));
  CHECK_FALSE(refusal(2 * wrong));
}

}  // namespace js_waku_interop_tests
