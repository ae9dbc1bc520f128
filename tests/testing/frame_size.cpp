// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/frame_size.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message.hpp>

namespace frame_size_tests {

namespace wr = waku::reliability;
namespace size = waku::reliability::testing::frame_size;

namespace {

// The sizes below are those of encodings by the official Protobuf runtime, with a request id of 20 letters
// and the frame's length in front.
constexpr std::string_view pubsub_topic = "/waku/2/rs/1/3";
constexpr std::string_view content_topic = "/toychat/2/huilong/proto";
constexpr std::int64_t timestamp = 1'681'964'442'000'000'000;

wr::message typical() {
  wr::message made;
  made.payload.resize(12);
  made.content_topic = content_topic;
  made.timestamp = timestamp;
  return made;
}

}  // namespace

TEST_CASE("sizes of numbers are those of varints") {
  CHECK(size::varint(0) == 1);
  CHECK(size::varint(127) == 1);
  CHECK(size::varint(128) == 2);
  CHECK(size::varint(~std::uint64_t{0}) == 10);
  CHECK(size::signed_number(10, -1) == 2);
  CHECK(size::signed_number(10, timestamp) == 10);
  CHECK(size::framed(127) == 128);
  CHECK(size::framed(128) == 130);
}

TEST_CASE("a message's size counts every field that is there") {
  wr::message m = typical();
  m.content_topic = "/waku/2/default-content/proto";
  CHECK(size::message(m) == 55);
  m.meta.resize(64);
  CHECK(size::message(m) == 55 + 66);
  m.ephemeral = true;
  CHECK(size::message(m) == 55 + 66 + 3);
}

TEST_CASE("push requests and answers have the size of their encodings, old and new") {
  const std::size_t message = size::message(typical());
  CHECK(size::lightpush_request(pubsub_topic.size(), message, false) == 93);
  CHECK(size::lightpush_request(pubsub_topic.size(), message, true) == 93);
  wr::lightpush_reply reply;
  reply.status = 200;
  reply.relay_peer_count = 3;
  CHECK(size::lightpush_answer(reply) == 28);
  reply.relay_peer_count.reset();
  reply.status = 413;
  reply.description = "too large";
  CHECK(size::lightpush_answer(reply) == 37);
  reply.legacy = true;
  reply.description.clear();
  CHECK(size::lightpush_answer(reply) == 31);
}

TEST_CASE("filter requests, answers and pushes have the size of their encodings") {
  const std::string_view topics[] = {content_topic};
  CHECK(size::filter_request(pubsub_topic, topics) == 67);
  CHECK(size::filter_ping == 25);
  wr::filter_reply reply;
  reply.status = 200;
  CHECK(size::filter_answer(reply) == 30);
  CHECK(size::filter_push(pubsub_topic.size(), size::message(typical())) == 69);
}

TEST_CASE("store requests and answers have the size of their encodings") {
  const std::vector<wr::message_hash> hashes(2);
  wr::store_request presence;
  presence.pubsub_topic = pubsub_topic;
  presence.hashes = hashes;
  presence.limit = 2;
  // Two flags more than the shortest encoding: real nodes want them written.
  CHECK(size::store_request(presence) == 77 + 18 + 2 + 3 + 1);

  const std::string_view topics[] = {content_topic};
  wr::store_request content;
  content.pubsub_topic = pubsub_topic;
  content.content_topics = topics;
  content.time_start = wr::wall_time(wr::duration(timestamp));
  content.time_end = wr::wall_time(wr::duration(timestamp + 1'000'000'000));
  content.include_data = true;
  content.limit = 20;
  CHECK(size::store_request(content) == 74 + 18 + 1);
  const std::vector<std::byte> cursor(32);
  content.cursor = cursor;
  CHECK(size::store_request(content) == 74 + 18 + 35 + 1);

  const std::size_t bare = size::store_entry(pubsub_topic.size(), 0, false);
  CHECK(bare == 37);
  CHECK(size::store_answer(200, 2 * bare, 0, false) == 85 + 18 + 1);
  const std::size_t full = size::store_entry(pubsub_topic.size(), size::message(typical()), false);
  CHECK(full == 105);
  CHECK(size::store_answer(200, full, 32, false) == 151 + 18 + 2);
}

TEST_CASE("a legacy store query has the size of its encoding, and its entries carry no hash") {
  const std::string_view topics[] = {content_topic};
  wr::store_request query;
  query.pubsub_topic = pubsub_topic;
  query.content_topics = topics;
  query.time_start = wr::wall_time(wr::duration(timestamp));
  query.time_end = wr::wall_time(wr::duration(timestamp + 1'000'000'000));
  query.limit = 20;
  query.legacy = true;
  CHECK(size::store_request(query) == 76 + 18 + 1);
  CHECK(size::store_entry(pubsub_topic.size(), 50, true) == 52);
}

}  // namespace frame_size_tests
