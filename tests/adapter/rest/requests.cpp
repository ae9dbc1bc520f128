// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/requests.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message.hpp>

#include <adapter/rest/http_server.hpp>

namespace rest_requests_tests {

namespace wr = waku::reliability;
namespace rest = wr::rest;
using rest_bench::query_of;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view room = "/chat/1/a room/proto";

wr::store_request content_query(const std::vector<std::string_view>& topics) {
  wr::store_request asked{};
  asked.pubsub_topic = shard;
  asked.content_topics = topics;
  asked.limit = 50;
  return asked;
}
wr::message_hash hash_of(std::byte first) {
  wr::message_hash made{};
  made.bytes.fill(std::byte{0xfb});
  made.bytes.front() = first;
  return made;
}
std::string route_without_query(const rest::http_request& made) {
  return made.route.substr(0, made.route.find('?'));
}

}  // namespace

TEST_CASE("a lightpush names its pubsub topic, and goes to the route of its version") {
  wr::message m;
  m.content_topic = room;
  m.payload = {std::byte{1}};
  const wr::message_hash hash{};
  const wr::lightpush_request<wr::message> asked{{}, {}, shard, m, hash};
  const auto made = rest::write_lightpush(asked, false);
  CHECK(made.method == rest::http_method::post);
  CHECK(made.route == "/lightpush/v3/message");
  CHECK(rest::write_lightpush(asked, true).route == "/lightpush/v1/message");
  const rest::json body = rest::read_json(made.body);
  CHECK(body.at("pubsubTopic") == std::string(shard));
  CHECK(rest::message_of<wr::message>(body.at("message")) == m);
}

TEST_CASE("a subscription lists content topics, also none, and a ping has its id as part of the path") {
  const std::string_view topics[] = {room, "/b/1/c/proto"};
  const auto made = rest::write_filter(rest::http_method::remove, shard, topics, "id 1");
  CHECK(made.method == rest::http_method::remove);
  CHECK(made.route == "/filter/v2/subscriptions");
  CHECK(rest::read_json(made.body) == rest::json{{"requestId", "id 1"},
                                                 {"pubsubTopic", std::string(shard)},
                                                 {"contentFilters", {std::string(room), "/b/1/c/proto"}}});
  const auto none = rest::write_filter(rest::http_method::post, shard, {}, "");
  CHECK(rest::read_json(none.body).at("contentFilters") == rest::json::array());
  const auto ping = rest::write_filter_ping("a/b c");
  CHECK(ping.method == rest::http_method::get);
  CHECK(ping.route == "/filter/v2/subscriptions/a%2Fb%20c");
  CHECK(ping.body.empty());
}

TEST_CASE("a query for content has its criteria, times and page") {
  const std::vector<std::string_view> topics{room, "/b/1/c/proto"};
  wr::store_request asked = content_query(topics);
  asked.time_start = wr::wall_time(std::chrono::nanoseconds(1'717'200'000'123'456'789));
  asked.time_end = wr::wall_time(std::chrono::nanoseconds(-1));
  asked.include_data = true;
  asked.forward = true;
  const auto made = rest::write_query<rest::nwaku>(asked, "");
  CHECK(made.method == rest::http_method::get);
  CHECK(route_without_query(made) == "/store/v3/messages");
  CHECK(query_of(made.route) ==
        std::map<std::string, std::string>{{"includeData", "true"},
                                           {"pubsubTopic", std::string(shard)},
                                           {"contentTopics", std::string(room) + ",/b/1/c/proto"},
                                           {"startTime", "1717200000123456789"},
                                           {"endTime", "-1"},
                                           {"ascending", "true"},
                                           {"pageSize", "50"}});
  CHECK(made.route.find(' ') == made.route.npos);
}

TEST_CASE("a query for hashes has nothing of content, which go-waku refuses beside them") {
  const std::vector<std::string_view> topics{room};
  wr::store_request asked = content_query(topics);
  const std::vector<wr::message_hash> hashes{hash_of(std::byte{1}), hash_of(std::byte{2})};
  asked.hashes = hashes;
  asked.forward = false;
  const auto made = query_of(rest::write_query<rest::go_waku>(asked, "/ip4/127.0.0.1/tcp/1/p2p/16U").route);
  CHECK(made.at("peerAddr") == "/ip4/127.0.0.1/tcp/1/p2p/16U");
  CHECK(made.at("hashes") ==
        rest::go_waku::asked_hash(hashes[0].bytes) + "," + rest::go_waku::asked_hash(hashes[1].bytes));
  CHECK_FALSE(made.contains("pubsubTopic"));
  CHECK_FALSE(made.contains("contentTopics"));
  CHECK(made.at("ascending") == "false");
  CHECK(made.at("includeData") == "false");
}

TEST_CASE("a cursor goes back in the dialect's words, and an empty one not at all") {
  const std::vector<std::string_view> topics{room};
  wr::store_request asked = content_query(topics);
  CHECK_FALSE(query_of(rest::write_query<rest::nwaku>(asked, "").route).contains("cursor"));
  const std::vector<std::byte> cursor{std::byte{0xfb}, std::byte{0xff}};
  asked.cursor = cursor;
  CHECK(query_of(rest::write_query<rest::nwaku>(asked, "").route).at("cursor") == "0xfbff");
  CHECK(query_of(rest::write_query<rest::go_waku>(asked, "").route).at("cursor") == "-_8=");
}

TEST_CASE("relay has the topic in its path, and subscriptions as a list") {
  wr::message m;
  m.content_topic = room;
  const auto made = rest::write_relay(shard, m);
  CHECK(made.method == rest::http_method::post);
  CHECK(made.route == "/relay/v1/messages/%2Fwaku%2F2%2Frs%2F1%2F0");
  CHECK(rest::message_of<wr::message>(rest::read_json(made.body)) == m);
  const auto joined = rest::write_relay_subscription(rest::http_method::post, shard);
  CHECK(joined.route == "/relay/v1/subscriptions");
  CHECK(rest::read_json(joined.body) == rest::json{std::string(shard)});
}

TEST_CASE("what was kept is read by the topics that the dialect reads by") {
  CHECK(rest::write_read<rest::nwaku>(shard, "").route == "/relay/v1/messages/%2Fwaku%2F2%2Frs%2F1%2F0");
  CHECK(rest::write_read<rest::nwaku>(shard, room).route ==
        "/filter/v2/messages/%2Fchat%2F1%2Fa%20room%2Fproto");
  CHECK(rest::write_read<rest::go_waku>(shard, room).route ==
        "/filter/v2/messages/%2Fwaku%2F2%2Frs%2F1%2F0/%2Fchat%2F1%2Fa%20room%2Fproto");
  CHECK(rest::write_read<rest::go_waku>(shard, room).method == rest::http_method::get);
}

}  // namespace rest_requests_tests
