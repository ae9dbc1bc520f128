// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/replies.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <waku/reliability/core/message.hpp>

/// Answers in the words of nwaku and go-waku.
namespace rest_replies_tests {

namespace wr = waku::reliability;
namespace rest = wr::rest;

namespace {

rest::http_answer told(std::uint32_t status, std::string_view body) {
  return {status, std::string(body), {}};
}

template <class Dialect>
auto page(std::string_view body) {
  return rest::read_page<Dialect, wr::message>(told(200, body));
}
template <class Reply>
bool is_undecodable(const wr::reply_or_error<Reply>& end) {
  const auto* error = std::get_if<wr::transport_error>(&end);
  return error != nullptr && *error == wr::transport_error::undecodable_reply;
}

}  // namespace

TEST_CASE("nwaku's page of a store is read") {
  const auto end = page<rest::nwaku>(
      R"({"requestId":"r","statusCode":200,"statusDesc":"OK","messages":[{"messageHash":)"
      R"("0x00000000000000000000000000000000000000000000000000000000000000ff","message":{"payload":"Zm9v",)"
      R"("contentTopic":"/a/1/b/proto","version":1,"timestamp":1717200000123456789,"ephemeral":true,)"
      R"("meta":"Zg=="},"pubsubTopic":"/waku/2/rs/1/0"}],"paginationCursor":"0x0102"})");
  const auto& got = std::get<wr::store_reply<wr::message>>(end);
  CHECK(got.status == 200);
  CHECK(got.cursor == wr::store_cursor{std::byte{1}, std::byte{2}});
  REQUIRE(got.entries.size() == 1);
  CHECK(got.entries[0].hash.bytes.back() == std::byte{0xff});
  wr::message m;
  m.payload = {std::byte{'f'}, std::byte{'o'}, std::byte{'o'}};
  m.content_topic = "/a/1/b/proto";
  m.meta = {std::byte{'f'}};
  m.timestamp = 1'717'200'000'123'456'789;
  m.ephemeral = true;
  m.version = 1;
  CHECK(got.entries[0].body == m);
}

TEST_CASE("go-waku's page of a store is read, with times as text and null for what is empty") {
  const auto end = page<rest::go_waku>(
      R"({"request_id":"r","status_code":200,"status_desc":"OK","messages":[{"message_hash":)"
      R"("EBHOGhFriXNdgRBw+QMDAUaD5XTEwBwMwAFHb1qJr1Y=","message":{"payload":"b25l","contentTopic":)"
      R"("/chat/1/room/proto","timestamp":"1795314514941610317"},"pubsub_topic":"/waku/2/rs/16/0"}],)"
      R"("pagination_cursor":"cyhKti2ZsmyUQY9JAbgU3Bdm39OE/XIKrlWgawsF6XY="})");
  const auto& got = std::get<wr::store_reply<wr::message>>(end);
  CHECK(got.cursor == rest::from_base64("cyhKti2ZsmyUQY9JAbgU3Bdm39OE/XIKrlWgawsF6XY="));
  REQUIRE(got.entries.size() == 1);
  CHECK(got.entries[0].hash.bytes.front() == std::byte{0x10});
  REQUIRE(got.entries[0].body);
  CHECK(got.entries[0].body->content_topic == "/chat/1/room/proto");
  CHECK(got.entries[0].body->timestamp == 1'795'314'514'941'610'317);
  CHECK_FALSE(got.entries[0].body->ephemeral);

  const auto empty = page<rest::go_waku>(R"({"status_code":200,"messages":null})");
  CHECK(std::get<wr::store_reply<wr::message>>(empty).entries.empty());
}

TEST_CASE("a store's own status counts, and a page with a field that is not what it must be is none") {
  const auto refused = page<rest::nwaku>(R"({"statusCode":300,"statusDesc":"BAD_RESPONSE","messages":[]})");
  CHECK(std::get<wr::store_reply<wr::message>>(refused).status == 300);
  for (const std::string_view body :
       {"", "null", "[]", "{", R"({"statusCode":"x"})", R"({"messages":{}})", R"({"messages":[{}]})",
        R"({"messages":[{"messageHash":"0x01"}]})", R"({"messages":[],"paginationCursor":"no"})",
        R"({"messages":[],"paginationCursor":1})"}) {
    INFO(std::string(body));
    CHECK(is_undecodable(page<rest::nwaku>(body)));
  }
}

TEST_CASE("lightpush v3 tells a count, v1 a text") {
  const auto push = [](std::uint32_t status, std::string_view body, bool legacy) {
    return std::get<wr::lightpush_reply>(rest::read_lightpush(told(status, body), legacy));
  };
  CHECK(push(200, R"({"relayPeerCount":3})", false).relay_peer_count == 3);
  CHECK_FALSE(push(200, "{}", false).relay_peer_count);
  CHECK(push(505, R"({"statusDesc":"No peers"})", false).description == "No peers");
  CHECK(push(200, "true", true).legacy);
  CHECK(push(503, "not_published_to_any_peer", true).description == "not_published_to_any_peer");
  CHECK(push(500, std::string(100'000, 'x'), true).description.size() == 256);
  CHECK(is_undecodable(rest::read_lightpush(told(200, "true"), false)));
  CHECK(is_undecodable(rest::read_lightpush(told(200, R"({"relayPeerCount":-1})"), false)));
}

TEST_CASE("a missing route is told from a missing subscription") {
  const auto end =
      rest::read_filter(told(404, R"({"requestId":"r","statusDesc":"peer has no subscription"})"));
  CHECK(std::get<wr::filter_reply>(end).status == 404);
  for (const std::uint32_t status : {404U, 405U}) {
    const auto none = rest::read_filter(told(status, "404 page not found\n"));
    CHECK(std::get<wr::transport_error>(none) == wr::transport_error::unsupported_protocol);
  }
}

TEST_CASE(
    "a failure without a number of its own is neither nwaku's success nor the fault of go-waku's client") {
  const auto filter = [](std::uint32_t status, std::string_view body) {
    return std::get<wr::filter_reply>(rest::read_filter(told(status, body))).status;
  };
  CHECK(filter(200, R"({"requestId":"r","statusDesc":"OK"})") == 200);
  CHECK(filter(200, R"({"requestId":"r","statusDesc":"UNKNOWN"})") == 500);
  CHECK(filter(400, R"({"requestId":"r","statusDesc":"subscription failed"})") == 503);
  CHECK(filter(404, R"({"requestId":"r","statusDesc":"subscription failed"})") == 404);
  CHECK(filter(400, R"({"requestId":"r","statusDesc":"bad request format"})") == 400);
  CHECK(filter(400, "") == 400);
}

TEST_CASE("of messages that were given out those count that can be read") {
  const auto read = [](std::uint32_t status, std::string_view body) {
    return rest::read_messages<wr::message>(told(status, body));
  };
  CHECK(read(200, "null").value().empty());
  CHECK(read(200, "[]").value().empty());
  CHECK(read(200, R"([{"payload":"Zm9v","contentTopic":"/a/1/b/proto"},{"payload":1},7])").value().size() ==
        1);
  CHECK(read(200, R"([{"payload":"Zm9v","contentTopic":"t","timestamp":"12"}])").value().at(0).timestamp ==
        12);
  CHECK_FALSE(read(200, "{}"));
  CHECK_FALSE(read(400, "[]"));
}

TEST_CASE("JSON that is nested deeply is read without harm") {
  CHECK_FALSE(rest::read_messages<wr::message>(told(200, std::string(200'000, '['))));
  CHECK(rest::read_messages<wr::message>(told(200, std::string(20'000, '[') + std::string(20'000, ']')))
            .value()
            .empty());
}

}  // namespace rest_replies_tests
