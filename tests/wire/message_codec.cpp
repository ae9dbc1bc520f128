// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/message_codec.hpp>

#include <doctest/doctest.h>
#include <lite.pb.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>

#include <waku/reliability/core/random.hpp>

#include "codec_families.hpp"

namespace message_codec_tests {

using namespace codec_families;

namespace {

// A message of a user's type that has no version and no proof.
struct plain_message {
  std::string payload;
  std::string content_topic;
  std::string meta;
  std::int64_t timestamp = 0;
  bool ephemeral = false;
};

wr::message random_message(wr::random_source& random) {
  const auto some_bytes = [&](std::uint64_t most) {
    std::vector<std::byte> made(static_cast<std::size_t>(random.below(most + 1)));
    for (std::byte& each : made) each = static_cast<std::byte>(random.below(256));
    return made;
  };
  wr::message m;
  m.payload = some_bytes(random.chance(0.1) ? 20'000 : 200);
  m.content_topic = "/random/1/" + std::to_string(random.below(1'000)) + "/proto";
  if (random.chance(0.5)) m.meta = some_bytes(64);
  if (random.chance(0.9)) m.timestamp = static_cast<std::int64_t>(random.next());
  m.ephemeral = random.chance(0.5);
  if (random.chance(0.5)) m.version = static_cast<std::uint32_t>(random.next());
  if (random.chance(0.5)) m.rate_limit_proof = some_bytes(400);
  return m;
}

}  // namespace

TEST_CASE_TEMPLATE("a message is written as the network writes it", Family, own, users) {
  typename Family::message codec;
  ww::byte_buffer written;
  codec.encode(sample_message(), written);
  CHECK(wr::to_hex(written) == sample_message_hex);
  written.clear();
  codec.encode(full_message(), written);
  CHECK(wr::to_hex(written) ==
        "0a0c01020304544553540506070812182f746f79636861742f322f6875696c6f6e672f70726f746f1801508090fca3f4efc4"
        "d72e"
        "5a0c73757065722d736563726574aa01040a02aabbf80101");
}

TEST_CASE_TEMPLATE("payload and content topic are written also where they are empty", Family, own, users) {
  typename Family::message codec;
  ww::byte_buffer written;
  codec.encode(wr::message{}, written);
  CHECK(wr::to_hex(written) == "0a001200");
  written.clear();
  wr::message without_payload;
  without_payload.content_topic = "/a/1/b/c";
  codec.encode(without_payload, written);
  wr::message read;
  CHECK_FALSE(codec.decode(written, read));
  CHECK(read == without_payload);
  CHECK(wr::to_hex(written).find("0a00") != std::string::npos);
}

TEST_CASE_TEMPLATE("random messages are read as they were written, by our classes and by others", Family, own,
                   users) {
  const char* given = std::getenv("WAKU_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'102;
  CAPTURE(seed);
  wr::random_source random(seed);
  typename Family::message writer;
  ww::message_codec reader;
  wr::message read;
  for (int round = 0; round < 500; ++round) {
    const wr::message m = random_message(random);
    ww::byte_buffer written;
    writer.encode(m, written);
    CHECK(written.size() <= wr::message_traits<wr::message>::encoded_size(m));
    REQUIRE_FALSE(reader.decode(written, read));
    REQUIRE(read == m);
    REQUIRE_FALSE(writer.decode(written, read));
    REQUIRE(read == m);
  }
}

TEST_CASE("a user's type of message leaves out what it has no place for") {
  ww::message_codec codec;
  ww::byte_buffer written;
  codec.encode(full_message(), written);
  plain_message read;
  REQUIRE_FALSE(codec.decode(written, read));
  CHECK(read.content_topic == "/toychat/2/huilong/proto");
  CHECK(read.meta == "super-secret");
  CHECK(read.ephemeral);
  ww::byte_buffer again;
  codec.encode(read, again);
  wr::message expected = full_message();
  expected.version = 0;
  expected.rate_limit_proof.clear();
  ww::byte_buffer without;
  codec.encode(expected, without);
  CHECK(again == without);
}

TEST_CASE("classes of the lite runtime do, where what is demanded has presence") {
  ww::basic_message_codec<::waku::lite::v1::WakuMessage> codec;
  ww::byte_buffer written;
  codec.encode(full_message(), written);
  wr::message read;
  REQUIRE_FALSE(codec.decode(written, read));
  CHECK(read == full_message());
  REQUIRE_FALSE(ww::message_codec().decode(written, read));
  CHECK(read == full_message());
  written.clear();
  codec.encode(wr::message{}, written);
  CHECK(wr::to_hex(written) == "0a001200");
  ww::basic_filter_push_codec<::waku::lite::v1::MessagePush> pushes;
  written.clear();
  pushes.encode("", sample_message(), written);
  ww::decoded_filter_push<wr::message> push;
  REQUIRE_FALSE(pushes.decode(body_of(written), push));
  CHECK(push.message == sample_message());
  CHECK(push.pubsub_topic == "");
}

TEST_CASE("a message without content topic, with too long a meta or over the limit is refused") {
  ww::message_codec codec;
  wr::message read = sample_message();
  CHECK(said(codec.decode(bytes_from_hex("0a0101"), read)) == "message: content_topic is missing");
  CHECK(said(codec.decode({}, read)) == "message: content_topic is missing");
  wr::message m = sample_message();
  m.meta.resize(65);
  ww::byte_buffer written;
  codec.encode(m, written);
  CHECK(said(codec.decode(written, read)) == "message: meta is too long");
  m = sample_message();
  m.payload.resize(153'600);
  written.clear();
  codec.encode(m, written);
  CHECK(said(codec.decode(written, read)) == "message: frame is too long");
  CHECK(read == sample_message());
  ww::limits more;
  more.message_bytes = 1 << 20;
  CHECK_FALSE(ww::message_codec(more).decode(written, read));
}

TEST_CASE("what was read before leaves nothing behind") {
  ww::message_codec codec;
  ww::byte_buffer full;
  codec.encode(full_message(), full);
  ww::byte_buffer sample;
  codec.encode(sample_message(), sample);
  wr::message read;
  REQUIRE_FALSE(codec.decode(full, read));
  REQUIRE_FALSE(codec.decode(sample, read));
  CHECK(read == sample_message());
}

}  // namespace message_codec_tests
