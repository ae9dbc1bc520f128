// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/lightpush_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "codec_families.hpp"

namespace lightpush_codec_tests {

using namespace codec_families;

TEST_CASE_TEMPLATE("a request is sent as other clients send it, and read", Family, own, users) {
  typename Family::lightpush client;
  const auto sent = push_request(client, "/waku/2/rs/1/3", sample_message());
  CHECK(wr::to_hex(sent) ==
        "0a027231a2010e2f77616b752f322f72732f312f33aa0132" + std::string(sample_message_hex));
  ww::decoded_lightpush_request<wr::message> read;
  REQUIRE_FALSE(ww::lightpush_codec().decode_request(sent, read));
  CHECK(read.request_id == "r1");
  CHECK(read.pubsub_topic == "/waku/2/rs/1/3");
  CHECK(read.message == sample_message());
  CHECK(read.message_bytes == sample_message_hex.size() / 2);
}

TEST_CASE("a request without a topic asks the node to shard, one with an empty topic is another thing") {
  ww::lightpush_codec codec;
  const auto sent = push_request(codec, "", sample_message());
  CHECK(wr::to_hex(sent) == "0a027231aa0132" + std::string(sample_message_hex));
  ww::decoded_lightpush_request<wr::message> read;
  read.pubsub_topic = "left over";
  REQUIRE_FALSE(codec.decode_request(sent, read));
  CHECK_FALSE(read.pubsub_topic);
  REQUIRE_FALSE(
      codec.decode_request(bytes_from_hex("0a027231a20100aa0132" + std::string(sample_message_hex)), read));
  CHECK(read.pubsub_topic == "");
}

TEST_CASE("a request without id, without message or with a message that is none is refused") {
  ww::lightpush_codec codec;
  ww::decoded_lightpush_request<wr::message> read;
  CHECK(said(codec.decode_request(bytes_from_hex("0a027231"), read)) == "lightpush: message is missing");
  CHECK(read.request_id == "r1");
  CHECK(said(codec.decode_request(bytes_from_hex("aa0100"), read)) == "lightpush: request_id is missing");
  CHECK(said(codec.decode_request(bytes_from_hex("0a027231aa01030a0101"), read)) ==
        "lightpush: content_topic is missing");
  wr::message large = sample_message();
  large.payload.resize(153'600);
  CHECK(said(codec.decode_request(push_request(codec, "/t", large), read)) ==
        "lightpush: message is too long");
}

TEST_CASE("the id of a request is told where the scan refuses the request") {
  using request = ww::decoded_lightpush_request<wr::message>;
  check_refused_with_id<ww::lightpush_codec, request>("0a026964aa0105", "lightpush: message ends too early");
}

TEST_CASE_TEMPLATE("replies are sent and read, with the count where there is one", Family, own, users) {
  typename Family::lightpush codec;
  wr::lightpush_reply given;
  given.status = 200;
  given.relay_peer_count = 0;
  ww::byte_buffer sent;
  codec.encode_reply(given, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a02723150c8016000");
  wr::lightpush_reply read;
  read.legacy = true;
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
  CHECK(read.status == 200);
  CHECK(read.relay_peer_count == 0U);
  CHECK_FALSE(read.legacy);

  given = {};
  given.status = 413;
  given.description = "too large";
  sent.clear();
  codec.encode_reply(given, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a027231509d035a09746f6f206c61726765");
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
  CHECK(read.status == 413);
  CHECK(read.description == "too large");
  CHECK_FALSE(read.relay_peer_count);

  sent.clear();
  codec.encode_reply({}, "", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a005000");
}

TEST_CASE("a refusal may come with the id N/A, a success may not") {
  ww::lightpush_codec codec;
  wr::lightpush_reply read;
  REQUIRE_FALSE(codec.decode_reply(bytes_from_hex("0a034e2f415090035a03626164"), "r1", read));
  CHECK(read.status == 400);
  CHECK(said(codec.decode_reply(bytes_from_hex("0a034e2f4150c801"), "r1", read)) ==
        "lightpush: request_id belongs to another request");
}

}  // namespace lightpush_codec_tests
