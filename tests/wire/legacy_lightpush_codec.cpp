// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/legacy_lightpush_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "codec_families.hpp"

namespace legacy_lightpush_codec_tests {

using namespace codec_families;

TEST_CASE_TEMPLATE("a request is sent as other clients send it, and read", Family, own, users) {
  typename Family::legacy_lightpush codec;
  const auto sent = push_request(codec, "/waku/2/rs/1/3", sample_message());
  CHECK(wr::to_hex(sent) ==
        "0a02723112440a0e2f77616b752f322f72732f312f331232" + std::string(sample_message_hex));
  ww::decoded_lightpush_request<wr::message> read;
  REQUIRE_FALSE(codec.decode_request(sent, read));
  CHECK(read.request_id == "r1");
  CHECK(read.pubsub_topic == "/waku/2/rs/1/3");
  CHECK(read.message == sample_message());
  CHECK(read.message_bytes == sample_message_hex.size() / 2);
  const auto without_topic = push_request(codec, "", sample_message());
  CHECK(wr::to_hex(without_topic).find("0a00") != std::string::npos);
}

TEST_CASE_TEMPLATE("a failure is written as such, not left out", Family, own, users) {
  typename Family::legacy_lightpush codec;
  wr::lightpush_reply given;
  given.status = 500;
  ww::byte_buffer sent;
  codec.encode_reply(given, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a0272311a020800");
  given.status = 200;
  given.description = "OK";
  sent.clear();
  codec.encode_reply(given, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a0272311a06080112024f4b");
  wr::lightpush_reply read;
  read.relay_peer_count = 4;
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
  CHECK(read.status == 200);
  CHECK(read.legacy);
  CHECK(read.description == "OK");
  CHECK_FALSE(read.relay_peer_count);
}

TEST_CASE("a failure is 429 where its text says so, else 500") {
  ww::legacy_lightpush_codec codec;
  const auto status_of = [&](std::string_view text, std::string_view id = "r1") {
    wr::lightpush_reply given;
    given.status = 500;
    given.description = text;
    ww::byte_buffer sent;
    codec.encode_reply(given, id, sent);
    wr::lightpush_reply read;
    REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
    CHECK(read.description == text);
    return read.status;
  };
  CHECK(status_of("TOO_MANY_REQUESTS", "N/A") == 429);
  CHECK(status_of("Request rejected due to too many requests") == 429);
  CHECK(status_of("lightpush request rejected due rate limit exceeded") == 429);
  CHECK(status_of("not_published_to_any_peer") == 500);
  CHECK(status_of("") == 500);
}

TEST_CASE("the id of a request is told where the scan refuses the request") {
  using request = ww::decoded_lightpush_request<wr::message>;
  check_refused_with_id<ww::legacy_lightpush_codec, request>("0a0269641205",
                                                             "legacy lightpush: request ends too early");
}

TEST_CASE("what lacks its part, or answers another request, is refused") {
  ww::legacy_lightpush_codec codec;
  ww::decoded_lightpush_request<wr::message> request;
  wr::lightpush_reply reply;
  CHECK(said(codec.decode_request(bytes_from_hex("0a027231"), request)) ==
        "legacy lightpush: request is missing");
  CHECK(request.request_id == "r1");
  CHECK(said(codec.decode_request(bytes_from_hex("1200"), request)) ==
        "legacy lightpush: request_id is missing");
  CHECK(said(codec.decode_request(bytes_from_hex("0a0272311200"), request)) ==
        "legacy lightpush: message is missing");
  CHECK(said(codec.decode_request(bytes_from_hex("0a02723112021200"), request)) ==
        "legacy lightpush: content_topic is missing");
  CHECK(said(codec.decode_reply(bytes_from_hex("0a027231"), "r1", reply)) ==
        "legacy lightpush: response is missing");
  CHECK(said(codec.decode_reply(bytes_from_hex("0a0272321a020801"), "r1", reply)) ==
        "legacy lightpush: request_id belongs to another request");
}

}  // namespace legacy_lightpush_codec_tests
