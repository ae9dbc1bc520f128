// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/generated.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include "codec_families.hpp"

namespace generated_tests {

using namespace codec_families;

TEST_CASE("bytes go to Protobuf only after the scan, and a rejection names the protocol") {
  ww::checked_parser parser{ww::limits{}};
  ww::proto::LightPushResponse reply;
  CHECK_FALSE(parser.parse(bytes_from_hex("0a02723150c801"), ww::frames::lightpush_reply, reply));
  CHECK(reply.status_code() == 200);
  CHECK(parser.has(ww::field::request_id));
  CHECK_FALSE(parser.has(ww::field::relay_peer_count));
  CHECK(said(parser.parse(bytes_from_hex("0a05"), ww::frames::lightpush_reply, reply)) ==
        "lightpush: request_id ends too early");
}

TEST_CASE("what is written goes behind what is there, with a length or without") {
  ww::proto::LightPushResponse reply;
  reply.set_request_id("r1");
  ww::byte_buffer bytes = bytes_from_hex("ff");
  ww::append_bare(reply, bytes);
  ww::append_framed(reply, bytes);
  CHECK(hex_of(bytes) == "ff0a027231040a027231");
  reply.set_request_id(std::string(200, 'a'));
  bytes.clear();
  ww::append_framed(reply, bytes);
  CHECK(bytes.size() == 2 + 3 + 200);
  CHECK(body_of(bytes).size() == 203);
}

TEST_CASE_TEMPLATE("fields that peers demand are written also where they are empty or zero", Reply,
                   ww::proto::FilterSubscribeResponse, ::waku::users::v1::FilterSubscribeResponse) {
  Reply reply;
  ww::write_request_id(reply, "");
  ww::write_status(reply, 0);
  ww::write_description(reply, "");
  ww::byte_buffer bytes;
  ww::append_bare(reply, bytes);
  CHECK(bytes.size() == 6);
  ww::proto::FilterSubscribeResponse read;
  REQUIRE(read.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  CHECK(read.has_request_id());
  CHECK(read.has_status_code());
  CHECK(read.has_status_desc());
  ww::write_request_id(reply, "r1");
  ww::write_status(reply, 200);
  CHECK(reply.request_id() == "r1");
  CHECK(reply.status_code() == 200);
}

}  // namespace generated_tests
