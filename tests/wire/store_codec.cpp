// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/store_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/adapter/openssl.hpp>

#include <allocations.hpp>
#include "codec_families.hpp"

namespace store_codec_tests {

using namespace codec_families;

namespace {

using body = wr::message;
using answer = wr::services::store_answer<body>;

constexpr std::string_view topics[] = {"/toychat/2/huilong/proto", "/toychat/2/other/proto"};

wr::store_request content_query() {
  wr::store_request asked{};
  asked.pubsub_topic = "/waku/2/rs/1/3";
  asked.content_topics = topics;
  asked.time_start = wr::wall_time{wr::duration(1'681'964'442'000'000'000)};
  asked.time_end = wr::wall_time{wr::duration(-1)};
  asked.include_data = true;
  asked.limit = 20;
  return asked;
}

wr::services::archive_entry<body> entry_of(const body& m) {
  const std::string_view topic = "/waku/2/rs/1/3";
  return {wr::openssl_hasher()(wr::hashed_parts(topic, m)), m.timestamp, topic, m};
}

}  // namespace

TEST_CASE("a content query is sent as other clients send it") {
  wr::store_request asked = content_query();
  asked.content_topics = std::span(topics).first(1);
  asked.time_end = wr::wall_time{wr::duration(1'681'964'443'000'000'000)};
  ww::byte_buffer sent;
  ww::store_codec().encode_request(asked, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) ==
        "0a0272311001520e2f77616b752f322f72732f312f335a182f746f79636861742f322f6875696c6f6e672f70726f746f60"
        "8090fca3f4efc4d72e6880b8d2ddfbefc4d72ea00301a80314");
}

TEST_CASE("a query by hash sends the hashes and how many, and no topic") {
  const wr::message_hash hashes[] = {hash_with(std::byte{1}), hash_with(std::byte{2})};
  wr::store_request asked = content_query();
  asked.hashes = hashes;
  asked.include_data = false;
  asked.forward = false;
  asked.limit = 2;
  ww::byte_buffer sent;
  ww::store_codec().encode_request(asked, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) ==
        "0a027231a20120" + to_hex(hashes[0]) + "a20120" + to_hex(hashes[1]) + "a80302");
}

TEST_CASE_TEMPLATE("a server reads what the client asked, over a codec that was used before", Family, own,
                   users) {
  typename Family::store client;
  ww::store_codec server;
  ww::decoded_store_request read;
  const wr::message_hash hashes[] = {hash_with(std::byte{1})};
  const std::vector<std::byte> cursor(32, std::byte{7});

  ww::byte_buffer sent;
  wr::store_request by_hash{};
  by_hash.hashes = hashes;
  by_hash.include_data = true;
  by_hash.limit = 1;
  client.encode_request(by_hash, "first", sent);
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  CHECK(read.request_id == "first");
  CHECK(read.hashes == std::vector(1, hashes[0]));
  CHECK(read.include_data);
  CHECK(read.pubsub_topic.empty());
  CHECK_FALSE(read.time_start);

  sent.clear();
  wr::store_request asked = content_query();
  asked.include_data = false;
  asked.cursor = cursor;
  asked.forward = false;
  client.encode_request(asked, "second", sent);
  REQUIRE_FALSE(server.decode_request(body_of(sent), read));
  const wr::store_request view = read.view(wr::peer_id{4});
  CHECK(view.peer == wr::peer_id{4});
  CHECK(read.request_id == "second");
  CHECK(view.pubsub_topic == asked.pubsub_topic);
  REQUIRE(view.content_topics.size() == 2);
  CHECK(view.content_topics[1] == topics[1]);
  CHECK(view.time_start == asked.time_start);
  CHECK(view.time_end == asked.time_end);
  CHECK(view.hashes.empty());
  CHECK_FALSE(view.include_data);
  CHECK(std::vector(view.cursor.begin(), view.cursor.end()) == cursor);
  CHECK_FALSE(view.forward);
  CHECK(view.limit == 20);
  CHECK_FALSE(view.legacy);
}

TEST_CASE("a server reads what is left out as its default, and clamps a limit that is out of this world") {
  ww::store_codec server;
  ww::decoded_store_request read;
  REQUIRE_FALSE(server.decode_request(bytes_from_hex("0a027231"), read));
  CHECK(read.limit == 0);
  CHECK_FALSE(read.forward);
  CHECK_FALSE(read.time_end);
  REQUIRE_FALSE(server.decode_request(bytes_from_hex("0a0060006800a803ffffffffffffffffff01"), read));
  CHECK(read.request_id.empty());
  CHECK(read.limit == std::numeric_limits<std::uint32_t>::max());
  CHECK(read.time_start == wr::wall_time{});
  CHECK(read.time_end == wr::wall_time{});
  CHECK(said(server.decode_request(bytes_from_hex("1001"), read)) == "store: request_id is missing");
  CHECK(said(server.decode_request(bytes_from_hex("0a027231a20101aa"), read)) ==
        "store: message_hashes has the wrong length");
}

TEST_CASE_TEMPLATE("a client reads what the server answered", Family, own, users) {
  typename Family::store server;
  typename Family::store client;
  answer given;
  given.entries = {entry_of(sample_message()), entry_of(full_message())};
  given.entries[1].body.reset();
  given.cursor.assign(32, std::byte{3});
  ww::byte_buffer sent;
  server.encode_reply(given, "r1", sent);
  wr::store_reply<body> read;
  read.retry_after = wr::duration(1);
  read.entries.resize(5);
  REQUIRE_FALSE(client.decode_reply(body_of(sent), "r1", read, wr::openssl_hasher()));
  CHECK(read.status == 200);
  REQUIRE(read.entries.size() == 2);
  CHECK(read.entries[0].hash == given.entries[0].hash);
  CHECK(read.entries[0].body == sample_message());
  CHECK(read.entries[1].hash == given.entries[1].hash);
  CHECK_FALSE(read.entries[1].body);
  CHECK(read.cursor == given.cursor);
  CHECK_FALSE(read.retry_after);
}

TEST_CASE("what an archive keeps may be a handle of the message") {
  const std::vector<body> kept = {sample_message(), full_message()};
  wr::services::store_answer<std::uint32_t> given;
  given.entries.push_back({hash_with(std::byte{1}), 5, "/waku/2/rs/1/3", 1U});
  ww::byte_buffer sent;
  ww::store_codec codec;
  codec.encode_reply(given, "r1", sent, [&](std::uint32_t place) -> const body& { return kept[place]; });
  wr::store_reply<body> read;
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
  REQUIRE(read.entries.size() == 1);
  CHECK(read.entries[0].body == full_message());
}

TEST_CASE_TEMPLATE("an empty answer still has its id, status and text", Family, own, users) {
  ww::byte_buffer sent;
  answer given;
  given.status = 0;
  given.description = "";
  typename Family::store().encode_reply(given, "", sent);
  const auto body = body_of(sent);
  CHECK(body.size() == 6);
  CHECK(wr::to_hex(body).find("5a00") != std::string::npos);
  sent.clear();
  typename Family::store().encode_reply(answer{}, "r1", sent);
  CHECK(wr::to_hex(body_of(sent)) == "0a02723150c8015a024f4b");
}

TEST_CASE("error replies are read as nwaku sends them, and replies to others are not") {
  ww::store_codec client;
  wr::store_reply<body> read;
  // An empty id on an error, N/A where the request was not read, no status at all.
  REQUIRE_FALSE(client.decode_reply(bytes_from_hex("0a0050ac02"), "r1", read));
  CHECK(read.status == 300);
  REQUIRE_FALSE(client.decode_reply(bytes_from_hex("0a034e2f4150ad035a11544f4f5f4d414e595f5245515545535453"),
                                    "r1", read));
  CHECK(read.status == 429);
  REQUIRE_FALSE(client.decode_reply(bytes_from_hex("0a027231"), "r1", read));
  CHECK(read.status == 0);
  CHECK(said(client.decode_reply(bytes_from_hex("0a02723250c801"), "r1", read)) ==
        "store: request_id belongs to another request");
  CHECK(said(client.decode_reply(bytes_from_hex("0a0050c801"), "r1", read)) ==
        "store: request_id belongs to another request");
  CHECK(said(client.decode_reply(bytes_from_hex("0a02723150c801a20100"), "r1", read)) ==
        "store: message_hash is missing");
}

TEST_CASE("what has not the 32 bytes of a hash is refused, not cut or filled up; 32 zeros are a hash") {
  ww::store_codec codec;
  ww::decoded_store_request request;
  wr::store_reply<body> reply;
  const auto field = [](std::string_view tag, std::size_t size) {
    ww::byte_buffer made = bytes_from_hex(tag);
    made.push_back(static_cast<std::byte>(size));
    made.resize(made.size() + size);
    return made;
  };
  const auto after = [](std::string_view hex, const ww::byte_buffer& more) {
    ww::byte_buffer made = bytes_from_hex(hex);
    made.insert(made.end(), more.begin(), more.end());
    return made;
  };
  for (const std::size_t size : {0U, 1U, 31U, 33U, 64U}) {
    CAPTURE(size);
    CHECK(said(codec.decode_request(after("0a027231", field("a201", size)), request)) ==
          "store: message_hashes has the wrong length");
    ww::byte_buffer entry = bytes_from_hex("a201");
    const ww::byte_buffer hash = field("0a", size);
    entry.push_back(static_cast<std::byte>(hash.size()));
    entry.insert(entry.end(), hash.begin(), hash.end());
    CHECK(said(codec.decode_reply(after("0a02723150c801", entry), "r1", reply)) ==
          "store: message_hash has the wrong length");
  }
  REQUIRE_FALSE(codec.decode_request(after("0a027231", field("a201", 32)), request));
  CHECK(request.hashes == std::vector(1, wr::message_hash{}));
  REQUIRE_FALSE(codec.decode_request(after("0a027231", field("9a03", 32)), request));
  CHECK(request.cursor.size() == 32);
}

TEST_CASE("the id of a request is told where the scan refuses the request") {
  check_refused_with_id<ww::store_codec, ww::decoded_store_request>(
      "0a026964a20101ff", "store: message_hashes has the wrong length");
}

TEST_CASE("a cursor has 32 bytes; one that is there with none is as if it were absent") {
  ww::store_codec codec;
  ww::decoded_store_request request;
  wr::store_reply<body> reply;
  const auto with_cursor = [](std::string_view hex, std::size_t size) {
    ww::byte_buffer made = bytes_from_hex(hex);
    made.insert(made.end(), {std::byte{0x9a}, std::byte{0x03}, static_cast<std::byte>(size)});
    made.resize(made.size() + size);
    return made;
  };
  for (const std::size_t size : {1U, 31U, 33U, 64U}) {
    CAPTURE(size);
    CHECK(said(codec.decode_request(with_cursor("0a027231", size), request)) ==
          "store: pagination_cursor has the wrong length");
    CHECK(said(codec.decode_reply(with_cursor("0a02723150c801", size), "r1", reply)) ==
          "store: pagination_cursor has the wrong length");
  }
  // What was decoded before leaves nothing.
  for (const std::size_t size : {32U, 0U}) {
    CAPTURE(size);
    REQUIRE(said(codec.decode_request(with_cursor("0a027231", size), request)) == "accepted");
    CHECK(request.cursor.size() == size);
    REQUIRE(said(codec.decode_reply(with_cursor("0a02723150c801", size), "r1", reply)) == "accepted");
    CHECK(reply.cursor.size() == size);
  }
}

TEST_CASE("once warm, a page of hashes is written and read without taking memory") {
  ww::store_codec codec;
  answer given;
  for (int entry = 0; entry < 100; ++entry) {
    given.entries.push_back({hash_with(static_cast<std::byte>(entry)), 0, {}, std::nullopt});
  }
  ww::byte_buffer sent;
  wr::store_reply<body> read;
  codec.encode_reply(given, "r1", sent);
  const ww::byte_buffer page = body_of(sent);
  REQUIRE_FALSE(codec.decode_reply(page, "r1", read));
  const std::size_t before = allocations;
  sent.clear();
  codec.encode_reply(given, "r1", sent);
  const bool refused = codec.decode_reply(page, "r1", read).has_value();
  const std::size_t taken = allocations - before;
  CHECK_FALSE(refused);
  CHECK(taken == 0);
  CHECK(read.entries.size() == 100);
}

TEST_CASE(
    "a codec keeps less than four times a frame's limit of pages that are large at other places each time") {
  ww::limits few;
  few.page_messages = 2;
  const std::size_t limit = ww::frame_limit(ww::frames::store_reply, few);
  const std::size_t before = bytes_out;
  ww::store_codec codec(few);
  wr::store_reply<body> read;
  for (std::size_t number = 0; number < 20; ++number) {
    ww::proto::StoreQueryResponse page;
    page.set_request_id("r1");
    for (std::size_t place = 0; place < 40; ++place) {
      auto& entry = *page.add_messages();
      entry.set_message_hash(std::string(wr::message_hash::size, 'h'));
      if (place / 2 == number) entry.mutable_message()->set_payload(std::string(150'000, 'x'));
    }
    ww::byte_buffer bytes;
    ww::append_bare(page, bytes);
    REQUIRE_FALSE(codec.decode_reply(bytes, "r1", read));
  }
  CHECK(bytes_out - before <= 4 * limit);
}

TEST_CASE("places for unknown fields, which take more memory than their bytes, do not add up either") {
  const ww::limits most;
  const std::size_t before = bytes_out;
  ww::store_codec codec;
  wr::store_reply<body> read;
  // An element may have as many as it and those before it may bring: the last ones have the most.
  for (std::size_t full = most.entries; full-- > 300;) {
    const std::string unknown(2 * most.unknown_fields_per_element * (full + 1), 'x');  // field 15: 120
    ww::proto::StoreQueryResponse page;
    page.set_request_id("r1");
    for (std::size_t place = 0; place < most.entries; ++place) {
      auto& entry = *page.add_messages();
      if (place == full) REQUIRE(entry.ParseFromString(unknown));
    }
    ww::byte_buffer bytes;
    ww::append_bare(page, bytes);
    // Protobuf has read it when it is refused.
    REQUIRE(said(codec.decode_reply(bytes, "r1", read)) == "store: message_hash is missing");
    REQUIRE(bytes_out - before <= 4 * ww::frame_limit(ww::frames::store_reply, most));
  }
}

TEST_CASE("a request keeps no memory for the topics of those before, and its codec little") {
  const std::size_t before = bytes_out;
  ww::store_codec codec;
  ww::decoded_store_request read;
  for (std::size_t number = 0; number < 3; ++number) {
    ww::proto::StoreQueryRequest made;
    made.set_request_id("r1");
    for (std::size_t place = 0; place < 1'000; ++place)
      made.add_content_topics(place / 380 == number ? std::string(4'096, 'x') : std::string());
    ww::byte_buffer bytes;
    ww::append_bare(made, bytes);
    REQUIRE_FALSE(codec.decode_request(bytes, read));
  }
  for (const std::string& topic : read.content_topics) CHECK(topic.capacity() < 2 * topic.size() + 32);
  CHECK(bytes_out - before <= 4 * ww::frame_limit(ww::frames::store_request, {}));
}

TEST_CASE("a body whose hash is another, without its topic, or that is no message does not get through") {
  ww::store_codec codec;
  answer given;
  given.entries = {entry_of(sample_message()), entry_of(full_message()), entry_of(sample_message())};
  given.entries[0].hash = hash_with(std::byte{1});
  given.entries[2].pubsub_topic = "";
  given.entries.push_back(entry_of(wr::message{}));
  ww::byte_buffer sent;
  codec.encode_reply(given, "r1", sent);
  wr::store_reply<body> read;
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read, wr::openssl_hasher()));
  REQUIRE(read.entries.size() == 3);
  CHECK(read.entries[0].body == full_message());
  CHECK_FALSE(read.entries[1].body);
  CHECK(read.entries[1].hash == given.entries[2].hash);
  CHECK_FALSE(read.entries[2].body);
  // Nobody asked for a check: the lie is kept.
  REQUIRE_FALSE(codec.decode_reply(body_of(sent), "r1", read));
  CHECK(read.entries.size() == 4);
}

}  // namespace store_codec_tests
