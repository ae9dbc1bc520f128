// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/relay_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec_families.hpp"

namespace relay_codec_tests {

using namespace codec_families;

namespace {

struct delivery {
  std::string pubsub_topic;
  wr::message message;
  std::string data;
};

std::optional<ww::rejection> read(const ww::byte_buffer& body, std::vector<delivery>& target) {
  return ww::relay_codec().decode<wr::message>(
      body, [&](std::string_view topic, const wr::message& m, std::span<const std::byte> data) {
        target.push_back({std::string(topic), m, hex_of(data)});
      });
}

}  // namespace

TEST_CASE("a publication has data and topic, and nothing else") {
  ww::byte_buffer sent;
  ww::relay_codec().encode("/waku/2/rs/1/3", sample_message(), sent);
  CHECK(hex_of(body_of(sent)) ==
        "12441232" + std::string(sample_message_hex) + "220e2f77616b752f322f72732f312f33");
  std::vector<delivery> delivered;
  REQUIRE_FALSE(read(body_of(sent), delivered));
  REQUIRE(delivered.size() == 1);
  CHECK(delivered[0].pubsub_topic == "/waku/2/rs/1/3");
  CHECK(delivered[0].message == sample_message());
  CHECK(delivered[0].data == sample_message_hex);
}

TEST_CASE("subscriptions and what gossipsub itself sends are no publications") {
  std::vector<delivery> delivered;
  CHECK_FALSE(read(bytes_from_hex("0a120801120e2f77616b752f322f72732f312f33"), delivered));
  CHECK_FALSE(read(bytes_from_hex("1a021200"), delivered));
  CHECK(delivered.empty());
}

TEST_CASE("what is signed, numbered, without topic or no message is refused, with all that came with it") {
  ww::byte_buffer sent;
  ww::relay_codec().encode("/waku/2/rs/1/3", sample_message(), sent);
  const auto with = [&](std::string_view publication) {
    ww::byte_buffer body = body_of(sent);
    const auto more = bytes_from_hex(publication);
    body.insert(body.end(), more.begin(), more.end());
    return body;
  };
  std::vector<delivery> delivered;
  CHECK(said(read(with("12030a0101"), delivered)) == "relay: from must not be there");
  CHECK(said(read(with("12021a00"), delivered)) == "relay: seqno must not be there");
  CHECK(said(read(with("12022a00"), delivered)) == "relay: signature must not be there");
  CHECK(said(read(with("12023200"), delivered)) == "relay: key must not be there");
  CHECK(said(read(with("12021200"), delivered)) == "relay: topic is missing");
  CHECK(said(read(with("1206120180 22012f"), delivered)) == "message: unknown ends too early");
  CHECK(delivered.empty());
}

}  // namespace relay_codec_tests
