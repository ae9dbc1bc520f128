// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/legacy_store_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "codec_families.hpp"

namespace legacy_store_codec_tests {

using namespace codec_families;

namespace {

using body = wr::message;
using answer = wr::services::store_answer<body>;

constexpr std::string_view topics[] = {"/toychat/2/huilong/proto"};

wr::store_request sample_query() {
  wr::store_request asked{};
  asked.pubsub_topic = "/waku/2/rs/1/3";
  asked.content_topics = topics;
  asked.time_start = wr::wall_time{wr::duration(1'681'964'442'000'000'000)};
  asked.time_end = wr::wall_time{wr::duration(1'681'964'443'000'000'000)};
  asked.limit = 20;
  asked.legacy = true;
  return asked;
}

answer one_entry() {
  answer given;
  given.entries.push_back({hash_with(std::byte{1}), 5, "/waku/2/rs/1/3", sample_message()});
  return given;
}

}  // namespace

TEST_CASE("a query is sent as other clients send it") {
  ww::byte_buffer sent;
  ww::legacy_store_codec().encode_request(sample_query(), "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) ==
        "0a0272311246120e2f77616b752f322f72732f312f331a1a0a182f746f79636861742f322f6875696c6f6e672f70726f746f"
        "2204081418012880"
        "90fca3f4efc4d72e3080b8d2ddfbefc4d72e");
}

TEST_CASE_TEMPLATE("a server reads what the client asked", Family, own, users) {
  typename Family::legacy_store client;
  typename Family::legacy_store server;
  ww::byte_buffer sent;
  client.encode_request(sample_query(), "r1", sent);
  ww::decoded_store_request read;
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  const wr::store_request view = read.view(wr::peer_id{1});
  CHECK(read.request_id == "r1");
  CHECK(view.legacy);
  CHECK(view.include_data);
  CHECK(view.pubsub_topic == "/waku/2/rs/1/3");
  REQUIRE(view.content_topics.size() == 1);
  CHECK(view.content_topics[0] == topics[0]);
  CHECK(view.time_start == sample_query().time_start);
  CHECK(view.time_end == sample_query().time_end);
  CHECK(view.limit == 20);
  CHECK(view.forward);
  CHECK(view.cursor.empty());
  sent.clear();
  wr::store_request backward = sample_query();
  backward.forward = false;
  backward.time_start.reset();
  client.encode_request(backward, "r2", sent);
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  CHECK_FALSE(read.forward);
  CHECK_FALSE(read.time_start);
}

TEST_CASE_TEMPLATE("a server's cursor comes back to it, and the client gives it as it was", Family, own,
                   users) {
  typename Family::legacy_store client;
  typename Family::legacy_store server;
  ww::decoded_store_request asked;
  asked.request_id = "r1";
  asked.pubsub_topic = "/waku/2/rs/1/3";
  answer given = one_entry();
  given.cursor.assign(32, std::byte{0xaa});
  ww::byte_buffer reply;
  server.encode_reply(given, asked, reply);
  wr::store_reply<body> page;
  REQUIRE_FALSE(client.decode_reply(body_of(reply), "r1", page));
  CHECK(page.status == 200);
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].hash == wr::message_hash{});
  CHECK(page.entries[0].body == sample_message());
  // nwaku demands every field of the index, also where it is zero.
  CHECK(wr::to_hex(body_of(reply)).find("10001800") != std::string::npos);

  wr::store_request next = sample_query();
  next.cursor = page.cursor;
  ww::byte_buffer sent;
  client.encode_request(next, "r2", sent);
  CHECK(wr::to_hex(body_of(sent)).find("10001800") != std::string::npos);
  ww::decoded_store_request read;
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  CHECK(read.cursor == given.cursor);
}

TEST_CASE("a request keeps no memory for the topics of those before") {
  ww::legacy_store_codec codec;
  ww::decoded_store_request read;
  for (const std::size_t size : {4'096U, 1U}) {
    ww::proto::HistoryRPC made;
    made.set_request_id("r1");
    for (int place = 0; place < 10; ++place)
      made.mutable_query()->add_content_filters()->set_content_topic(std::string(size, 'x'));
    ww::byte_buffer bytes;
    ww::append_bare(made, bytes);
    REQUIRE_FALSE(codec.decode_request(bytes, read));
    REQUIRE(read.content_topics.size() == 10);
    for (const std::string& topic : read.content_topics) CHECK(topic.capacity() < 2 * size + 32);
  }
}

TEST_CASE("the id of a request is told where the scan refuses the request") {
  check_refused_with_id<ww::legacy_store_codec, ww::decoded_store_request>(
      "0a0269641205", "legacy store: query ends too early");
}

TEST_CASE("a cursor without a digest is refused, and not taken for the first page") {
  ww::legacy_store_codec codec;
  ww::decoded_store_request read;
  // No Index, then one with nothing in it, with an empty digest, and with a digest of one byte.
  REQUIRE_FALSE(codec.decode_request(bytes_from_hex("0a0272311204 22020814"), read));
  CHECK(read.cursor.empty());
  for (const std::string_view hex :
       {"0a0272311204 2202 1200", "0a0272311206 2204 12020a00", "0a0272311206 2204 12021005"}) {
    CAPTURE(hex);
    CHECK(said(codec.decode_request(bytes_from_hex(hex), read)) == "legacy store: digest is missing");
    CHECK(read.request_id == "r1");
  }
  REQUIRE_FALSE(codec.decode_request(bytes_from_hex("0a0272311207 2205 12030a01aa"), read));
  CHECK(read.cursor == bytes_from_hex("aa"));
}

TEST_CASE("a page whose cursor says nothing is the last: there is nothing to give back") {
  ww::legacy_store_codec codec;
  wr::store_reply<body> page;
  REQUIRE_FALSE(codec.decode_reply(bytes_from_hex("0a0272311a06 1a021200 2000"), "r1", page));
  CHECK(page.cursor.empty());
  REQUIRE_FALSE(codec.decode_reply(bytes_from_hex("0a0272311a09 1a0512030a01aa 2000"), "r1", page));
  CHECK(page.cursor == bytes_from_hex("0a01aa"));
}

TEST_CASE("a cursor of no known form goes back as it is") {
  wr::store_request next = sample_query();
  const std::vector<std::byte> odd = bytes_from_hex("ffff");
  next.cursor = odd;
  ww::byte_buffer sent;
  ww::legacy_store_codec().encode_request(next, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)).find("1202ffff") != std::string::npos);
}

TEST_CASE_TEMPLATE("the error is written also where there is none, as nwaku demands", Family, own, users) {
  typename Family::legacy_store codec;
  ww::decoded_store_request asked;
  asked.request_id = "r1";
  ww::byte_buffer sent;
  codec.encode_reply(answer{}, asked, sent);
  CHECK(wr::to_hex(body_of(sent)).ends_with("2000"));
  wr::store_reply<body> read;
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
  CHECK(read.status == 200);
  CHECK(read.entries.empty());
  CHECK(read.cursor.empty());
}

TEST_CASE("errors are numbers that become statuses, and statuses become errors") {
  ww::legacy_store_codec codec;
  wr::store_reply<body> read;
  const auto status_after = [&](std::uint32_t status) {
    answer given;
    given.status = status;
    ww::decoded_store_request asked;
    asked.request_id = "r1";
    ww::byte_buffer sent;
    codec.encode_reply(given, asked, sent);
    REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
    return read.status;
  };
  CHECK(status_after(200) == 200);
  CHECK(status_after(429) == 429);
  CHECK(status_after(503) == 503);
  CHECK(status_after(300) == 300);
  CHECK(status_after(400) == 300);
  REQUIRE_FALSE(codec.decode_reply(bytes_from_hex("0a0272311a022007"), "r1", read));
  CHECK(read.status == 500);
  REQUIRE_FALSE(codec.decode_reply(bytes_from_hex("0a034e2f411a0320ad03"), "r1", read));
  CHECK(read.status == 429);
}

TEST_CASE(
    "what lacks its part, or answers another request, is refused, and no messages are dropped for others") {
  ww::legacy_store_codec codec;
  wr::store_reply<body> page;
  ww::decoded_store_request request;
  CHECK(said(codec.decode_reply(bytes_from_hex("0a027231"), "r1", page)) ==
        "legacy store: response is missing");
  CHECK(said(codec.decode_reply(bytes_from_hex("0a0272321a00"), "r1", page)) ==
        "legacy store: request_id belongs to another request");
  CHECK(said(codec.decode_request(bytes_from_hex("0a027231"), request)) == "legacy store: query is missing");
  CHECK(request.request_id == "r1");
  CHECK(said(codec.decode_request(bytes_from_hex("1200"), request)) == "legacy store: request_id is missing");
  // One of two messages has no content topic.
  REQUIRE_FALSE(
      codec.decode_reply(bytes_from_hex("0a0272311a10 12030a0101 12090a0102 12042f612f62"), "r1", page));
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].body->content_topic == "/a/b");
}

TEST_CASE("without paging information the pages go forward, with it as it says") {
  ww::legacy_store_codec codec;
  ww::decoded_store_request read;
  REQUIRE_FALSE(codec.decode_request(bytes_from_hex("0a0272311210120e2f77616b752f322f72732f312f33"), read));
  CHECK(read.forward);
  REQUIRE_FALSE(codec.decode_request(bytes_from_hex("0a02723312022200"), read));
  CHECK_FALSE(read.forward);
  CHECK(read.limit == 0);
}

}  // namespace legacy_store_codec_tests
