// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/relay_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
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

// What became of the publications of an RPC, in their order.
struct reading {
  std::optional<ww::rejection> refused;  // the RPC as a whole
  std::vector<delivery> delivered;
  std::vector<std::string> told;  // "delivered", or why not
};

reading read(const ww::byte_buffer& body, const ww::limits& most = {}) {
  reading made;
  made.refused = ww::relay_codec(most).decode<wr::message>(
      body,
      [&](std::string_view topic, const wr::message& m, std::span<const std::byte> data) {
        made.delivered.push_back({std::string(topic), m, wr::to_hex(data)});
        made.told.emplace_back("delivered");
      },
      [&](const ww::rejection& why, std::span<const std::byte> data) {
        made.told.push_back(ww::describe(why) + " (" + wr::to_hex(data) + ")");
      });
  return made;
}

// One publication of a message.
ww::byte_buffer published(const wr::message& m) {
  ww::byte_buffer sent;
  ww::relay_codec().encode("/waku/2/rs/1/3", m, sent);
  return body_of(sent);
}
ww::byte_buffer joined(const std::vector<ww::byte_buffer>& parts) {
  ww::byte_buffer all;
  for (const ww::byte_buffer& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

TEST_CASE("a publication has data and topic, and nothing else") {
  const ww::byte_buffer sent = published(sample_message());
  CHECK(wr::to_hex(sent) ==
        "12441232" + std::string(sample_message_hex) + "220e2f77616b752f322f72732f312f33");
  const reading seen = read(sent);
  REQUIRE_FALSE(seen.refused);
  REQUIRE(seen.delivered.size() == 1);
  CHECK(seen.delivered[0].pubsub_topic == "/waku/2/rs/1/3");
  CHECK(seen.delivered[0].message == sample_message());
  CHECK(seen.delivered[0].data == sample_message_hex);
}

TEST_CASE("subscriptions and what gossipsub itself sends are no publications") {
  for (const std::string_view hex : {"0a120801120e2f77616b752f322f72732f312f33", "1a021200"}) {
    const reading seen = read(bytes_from_hex(hex));
    CHECK_FALSE(seen.refused);
    CHECK(seen.told.empty());
  }
}

TEST_CASE("what is signed, numbered, without topic or no message is told, and the rest is delivered") {
  const ww::byte_buffer first = published(sample_message());
  const ww::byte_buffer last = published(full_message());
  struct bad {
    std::string_view publication;
    std::string why;
  };
  const bad cases[] = {
      {"12030a0101", "relay: from must not be there ()"},
      {"12021a00", "relay: seqno must not be there ()"},
      {"12022a00", "relay: signature must not be there ()"},
      {"12023200", "relay: key must not be there ()"},
      {"12021200", "relay: topic is missing ()"},
      {"120512010122 00", "relay: topic is missing (01)"},
      {"1206120180 22012f", "message: unknown ends too early (80)"},
      {"1208120310011822012f", "message: version ends too early (100118)"},
      {"1208 12030a0101 22012f", "message: content_topic is missing (0a0101)"},
  };
  for (const bad& each : cases) {
    CAPTURE(each.why);
    const reading seen = read(joined({first, bytes_from_hex(each.publication), last}));
    CHECK_FALSE(seen.refused);
    CHECK(seen.told == std::vector<std::string>{"delivered", each.why, "delivered"});
    REQUIRE(seen.delivered.size() == 2);
    CHECK(seen.delivered[0].message == sample_message());
    CHECK(seen.delivered[1].message == full_message());
  }
}

TEST_CASE("data of more bytes than a message may have is told, and the rest is delivered") {
  ww::limits most;
  wr::message large = sample_message();
  large.payload.resize(100);
  ww::byte_buffer bare;
  ww::message_codec().encode(large, bare);
  most.message_bytes = bare.size();
  CHECK(read(published(large), most).told == std::vector<std::string>{"delivered"});
  --most.message_bytes;
  const reading seen = read(joined({published(large), published(sample_message())}), most);
  CHECK_FALSE(seen.refused);
  CHECK(seen.told ==
        std::vector<std::string>{"relay: data is too long (" + wr::to_hex(bare) + ")", "delivered"});
}

TEST_CASE("an RPC that is malformed or over its limits is refused as a whole, and nothing of it is told") {
  const ww::byte_buffer good = published(sample_message());
  const reading cut = read(joined({good, bytes_from_hex("1205")}));
  CHECK(said(cut.refused) == "relay: publish ends too early");
  CHECK(cut.told.empty());
  const reading no_text = read(joined({good, bytes_from_hex("12042202c328")}));
  CHECK(said(no_text.refused) == "relay: topic is not UTF-8");
  CHECK(no_text.told.empty());
  ww::limits most;
  most.relayed = 2;
  CHECK(read(joined({good, good}), most).delivered.size() == 2);
  const reading many = read(joined({good, good, good}), most);
  CHECK(said(many.refused) == "relay: publish has too many elements");
  CHECK(many.told.empty());
}

TEST_CASE("who does not ask why gets the good publications") {
  std::size_t delivered = 0;
  const ww::byte_buffer both = joined({bytes_from_hex("12021a00"), published(sample_message())});
  REQUIRE_FALSE(ww::relay_codec().decode<wr::message>(both, [&](auto&&...) { ++delivered; }));
  CHECK(delivered == 1);
}

}  // namespace relay_codec_tests
