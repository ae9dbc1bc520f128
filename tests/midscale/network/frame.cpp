// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/frame.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

namespace frame_tests {

namespace frame = midscale::frame;

// An encoder that writes bytes, to compare lengths with.
std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 128; value >>= 7U) bytes += static_cast<char>(value % 128 + 128);
  return bytes + static_cast<char>(value);
}
std::string field(unsigned number, const std::string& body) {
  return varint(number * 8 + 2) + varint(body.size()) + body;
}
std::string field(unsigned number, std::uint64_t value) { return varint(number * 8) + varint(value); }

const std::string topic = "/waku/2/rs/16/128";
const std::string id(32, 'i');

TEST_CASE("the name of a shard has as many bytes as it has letters") {
  CHECK(frame::pubsub_topic(16, 128) == topic.size());
  CHECK(frame::pubsub_topic(1, 0) == std::string("/waku/2/rs/1/0").size());
  CHECK(frame::pubsub_topic(0, 9) == std::string("/waku/2/rs/0/9").size());
  CHECK(frame::pubsub_topic(10, 63) == std::string("/waku/2/rs/10/63").size());
}

TEST_CASE("each RPC has as many bytes as it has when it is encoded") {
  for (const std::size_t payload : {0U, 1U, 80U, 127U, 128U, 1'000U, 16'384U, 150'000U}) {
    CAPTURE(payload);
    const std::uint64_t time = 1'763'800'000'000'000'000U;
    const std::string content_topic = "/status/1/chat/proto";
    const std::string message =
        field(1, std::string(payload, 'p')) + field(2, content_topic) + field(10, time * 2);
    CHECK(frame::waku_message(payload, content_topic.size()) == message.size());
    CHECK(frame::publish(topic.size(), message.size()) ==
          field(2, field(2, message) + field(4, topic)).size());
  }
  for (const std::size_t count : {1U, 3U, 4U, 100U, 5'000U}) {
    CAPTURE(count);
    std::string have = field(1, topic), want;
    for (std::size_t each = 0; each < count; ++each) {
      have += field(2, id);
      want += field(1, id);
    }
    CHECK(frame::have(topic.size(), count) == field(3, field(1, have)).size());
    CHECK(frame::want(count) == field(3, field(2, want)).size());
  }
  CHECK(frame::graft(topic.size()) == field(3, field(3, field(1, topic))).size());
  CHECK(frame::prune(topic.size(), 60) ==
        field(3, field(4, field(1, topic) + field(3, std::uint64_t{60}))).size());
  CHECK(frame::prune(topic.size(), 600) ==
        field(3, field(4, field(1, topic) + field(3, std::uint64_t{600}))).size());
  CHECK(frame::dont_want() == field(3, field(5, field(1, id))).size());
  CHECK(frame::subscription(topic.size()) == field(1, field(1, std::uint64_t{1}) + field(2, topic)).size());
}

TEST_CASE("a small RPC is one yamux frame in one Noise message") {
  CHECK(frame::on_the_wire(20) == 2 + 12 + 1 + 20 + 16);
  CHECK(frame::on_the_wire(127) == 2 + 12 + 1 + 127 + 16);
  CHECK(frame::on_the_wire(128) == 2 + 12 + 2 + 128 + 16);
}

TEST_CASE("a large RPC is cut into yamux frames, and these into Noise messages") {
  // 65,507 clear bytes with the header fill one Noise message; one byte more begins another.
  CHECK(frame::on_the_wire(65'504) == 65'504 + 3 + 12 + 18);
  CHECK(frame::on_the_wire(65'505) == 65'505 + 3 + 12 + 2 * 18);
  // 65,524 bytes fill one yamux frame, of two Noise messages.
  CHECK(frame::on_the_wire(65'521) == 65'521 + 3 + 12 + 2 * 18);
  CHECK(frame::on_the_wire(65'522) == 65'522 + 3 + 2 * 12 + 3 * 18);
}

TEST_CASE("a message of a thousand bytes costs 1,095 on a connection, written out by hand") {
  // Payload: 1 + 2 + 1,000; content topic: 1 + 1 + 26; time: 1 + 9.
  CHECK(frame::waku_message(1'000, 26) == 1'041);
  // Data: 1 + 2 + 1,041; topic: 1 + 1 + 14; around both: 1 + 2.
  CHECK(frame::publish(14, 1'041) == 1'063);
  // Length 2, yamux 12, Noise 18.
  CHECK(frame::on_the_wire(1'063) == 1'095);
}

TEST_CASE("bytes of a stream have frames of their own, and the length of an RPC is one of them") {
  CHECK(frame::of_stream(0) == 0);
  CHECK(frame::of_stream(100) == 100 + 12 + 18);
  CHECK(frame::on_the_wire(100) == frame::of_stream(101));
}

}  // namespace frame_tests
