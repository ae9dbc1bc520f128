// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/filter_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "codec_families.hpp"

namespace filter_codec_tests {

using namespace codec_families;

namespace {

constexpr std::string_view topics[] = {"/toychat/2/huilong/proto"};
constexpr std::string_view criteria_hex =
    "520e2f77616b752f322f72732f312f335a182f746f79636861742f322f6875696c6f6e672f70726f746f";

}  // namespace

TEST_CASE_TEMPLATE("every request is sent as other clients send it, and read", Family, own, users) {
  typename Family::filter client;
  ww::filter_codec server;
  ww::decoded_filter_request read;
  ww::byte_buffer sent;

  client.encode_request(wr::filter_subscribe_request{{}, {}, "/waku/2/rs/1/3", topics}, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a0272311001" + std::string(criteria_hex));
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  CHECK(read.request_id == "r1");
  CHECK(read.kind == ww::filter_request_kind::subscribe);
  CHECK(read.pubsub_topic == "/waku/2/rs/1/3");
  REQUIRE(read.topic_views().size() == 1);
  CHECK(read.topic_views()[0] == topics[0]);

  sent.clear();
  client.encode_request(wr::filter_unsubscribe_request{{}, {}, "/waku/2/rs/1/3", topics}, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a0272311002" + std::string(criteria_hex));
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  CHECK(read.kind == ww::filter_request_kind::unsubscribe);

  sent.clear();
  client.encode_request(wr::filter_ping_request{{}, {}, "/waku/2/rs/1/3"}, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a027231");
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  CHECK(read.kind == ww::filter_request_kind::ping);
  CHECK(read.pubsub_topic.empty());
  CHECK(read.topic_views().empty());

  sent.clear();
  client.encode_unsubscribe_all("r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a0272311003");
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  CHECK(read.kind == ww::filter_request_kind::unsubscribe_all);
}

TEST_CASE(
    "js-waku's ping with an empty topic is read; an unknown kind and a request without id are refused") {
  ww::filter_codec server;
  ww::decoded_filter_request read;
  REQUIRE_FALSE(server.decode_request(bytes_from_hex("0a0272315200"), read));
  CHECK(read.kind == ww::filter_request_kind::ping);
  CHECK(said(server.decode_request(bytes_from_hex("0a0272311009"), read)) ==
        "filter: filter_subscribe_type has a value that means nothing");
  CHECK(read.request_id == "r1");
  CHECK(said(server.decode_request(bytes_from_hex("0a02723110ffffffffffffffffff01"), read)) ==
        "filter: filter_subscribe_type has a value that means nothing");
  CHECK(said(server.decode_request({}, read)) == "filter: request_id is missing");
  CHECK(read.request_id.empty());
}

TEST_CASE("a request keeps no memory for the topics of those before") {
  ww::filter_codec codec;
  ww::decoded_filter_request read;
  for (const std::size_t size : {4'096U, 1U}) {
    ww::proto::FilterSubscribeRequest made;
    made.set_request_id("r1");
    for (int place = 0; place < 10; ++place) made.add_content_topics(std::string(size, 'x'));
    ww::byte_buffer bytes;
    ww::append_bare(made, bytes);
    REQUIRE_FALSE(codec.decode_request(bytes, read));
    REQUIRE(read.content_topics.size() == 10);
    for (const std::string& topic : read.content_topics) CHECK(topic.capacity() < 2 * size + 32);
  }
}

TEST_CASE("the id of a request is told where the scan refuses the request") {
  check_refused_with_id<ww::filter_codec, ww::decoded_filter_request>(
      "0a02696410", "filter: filter_subscribe_type ends too early");
}

TEST_CASE("a status has the words that nodes write beside it") {
  CHECK(ww::filter_description(200) == "OK");
  CHECK(ww::filter_description(400) == "BAD_REQUEST");
  CHECK(ww::filter_description(404) == "NOT_FOUND");
  CHECK(ww::filter_description(429) == "TOO_MANY_REQUESTS");
  CHECK(ww::filter_description(503) == "SERVICE_UNAVAILABLE");
  CHECK(ww::filter_description(300) == "UNKNOWN");
}

TEST_CASE_TEMPLATE("replies are sent and read, with demanded fields where they are empty", Family, own,
                   users) {
  typename Family::filter codec;
  ww::byte_buffer sent;
  codec.encode_reply(200, "OK", "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a02723150c8015a024f4b");
  wr::filter_reply read;
  read.retry_after = wr::duration(1);
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
  CHECK(read.status == 200);
  CHECK_FALSE(read.retry_after);
  sent.clear();
  codec.encode_reply(0, "", "", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a005000");
  CHECK(said(codec.decode_reply(bytes_from_hex("0a02723250c801"), "r1", read)) ==
        "filter: request_id belongs to another request");
  REQUIRE_FALSE(codec.decode_reply(bytes_from_hex("0a034e2f4150ad03"), "r1", read));
  CHECK(read.status == 429);
}

TEST_CASE_TEMPLATE("a push has its message and its topic", Family, own, users) {
  typename Family::filter_push codec;
  ww::byte_buffer sent;
  codec.encode("/waku/2/rs/1/3", sample_message(), sent);
  CHECK(wr::to_hex(body_of(sent)) ==
        "0a32" + std::string(sample_message_hex) + "120e2f77616b752f322f72732f312f33");
  ww::decoded_filter_push<wr::message> read;
  REQUIRE_FALSE(codec.decode(body_of(sent), read));
  CHECK(read.pubsub_topic == "/waku/2/rs/1/3");
  CHECK(read.message == sample_message());
  sent.clear();
  codec.encode("", sample_message(), sent);
  CHECK(wr::to_hex(body_of(sent)).ends_with("1200"));
}

TEST_CASE("a push without topic is read as such; one without a message is refused") {
  ww::filter_push_codec codec;
  ww::decoded_filter_push<wr::message> read;
  read.pubsub_topic = "left over";
  REQUIRE_FALSE(codec.decode(bytes_from_hex("0a32" + std::string(sample_message_hex)), read));
  CHECK_FALSE(read.pubsub_topic);
  CHECK(read.message == sample_message());
  CHECK(said(codec.decode(bytes_from_hex("12012f"), read)) == "filter push: waku_message is missing");
  CHECK(said(codec.decode(bytes_from_hex("0a030a0101"), read)) == "filter push: content_topic is missing");
}

}  // namespace filter_codec_tests
