// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/peer_exchange_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "codec_families.hpp"

namespace peer_exchange_codec_tests {

using namespace codec_families;
using request = wr::services::peer_exchange_request;
using reply = wr::services::peer_exchange_reply;

TEST_CASE_TEMPLATE("a request is sent and read, also for no peers and for all that there are", Family, own,
                   users) {
  typename Family::peer_exchange codec;
  ww::byte_buffer sent;
  codec.encode_request({{}, 5}, sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a020805");
  for (const std::uint64_t wanted :
       {std::uint64_t{0}, std::uint64_t{60}, std::numeric_limits<std::uint64_t>::max()}) {
    sent.clear();
    codec.encode_request({{}, wanted}, sent);
    request read{wr::peer_id{7}, 1};
    REQUIRE_FALSE(codec.decode_request(body_of(sent), read));
    CHECK(read.num_peers == wanted);
    CHECK(read.peer == wr::peer_id{7});
  }
}

TEST_CASE_TEMPLATE("a reply has a query, as nwaku demands, and is read", Family, own, users) {
  typename Family::peer_exchange codec;
  const reply given{{}, {bytes_from_hex("f88401"), bytes_from_hex("f88402")}};
  ww::byte_buffer sent;
  codec.encode_reply(given, sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a00120e0a050a03f884010a050a03f88402");
  reply read;
  read.status = 1;
  read.enrs.resize(7);
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), read));
  CHECK_FALSE(read.status);
  CHECK(read.enrs == given.enrs);
}

TEST_CASE("the status is nwaku's addition: sent by classes that have it, and read") {
  ww::peer_exchange_codec codec;
  ww::byte_buffer sent;
  codec.encode_reply({429, {}}, sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a00120350ad03");
  reply read;
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), read));
  CHECK(read.status == 429U);
  sent.clear();
  users::peer_exchange().encode_reply({429, {}}, sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a001200");
}

TEST_CASE(
    "go-waku's replies have no query, nwaku's requests a response; what lacks its own part is refused") {
  ww::peer_exchange_codec codec;
  reply answered;
  request asked;
  REQUIRE_FALSE(codec.decode_reply(bytes_from_hex("120e0a050a03f884010a050a03f88402"), answered));
  CHECK(answered.enrs.size() == 2);
  REQUIRE_FALSE(codec.decode_request(bytes_from_hex("0a02080512025000"), asked));
  CHECK(asked.num_peers == 5);
  CHECK(said(codec.decode_request(bytes_from_hex("1200"), asked)) == "peer exchange: query is missing");
  CHECK(said(codec.decode_reply(bytes_from_hex("0a00"), answered)) == "peer exchange: response is missing");
}

}  // namespace peer_exchange_codec_tests
