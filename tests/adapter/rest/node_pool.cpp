// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/node_pool.hpp>

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/testing/conformance/event_recorder.hpp>

#include <adapter/rest/http_server.hpp>
#include <adapter/rest/quick_numbers.hpp>
#include <testing/real_time.hpp>

namespace rest_node_pool_tests {

namespace wr = waku::reliability;
namespace wt = wr::testing;
namespace rest = wr::rest;
using namespace rest_bench;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view room = "/chat/1/room/proto";
constexpr std::string_view two_messages = R"([{"payload":"Zm9v","contentTopic":"/chat/1/room/proto"},)"
                                          R"({"payload":"YmFy","contentTopic":"/chat/1/room/proto"}])";

/// A pool of one node, whose answers are scripted.
template <class Dialect = rest::nwaku>
struct bench {
  explicit bench(const wr::rest_options& numbers = quick_numbers(), std::string store = "")
      : pool(context.get_executor(), numbers) {
    pool.attach(heard.sink());
    peer = pool.add({"http://127.0.0.1:" + std::to_string(server->port()), std::move(store)}).value();
  }
  void wait(const std::function<bool()>& condition) { REQUIRE(real_time::run_context(context, condition)); }
  void wait_for_appearance() {
    wait([this] { return heard.latest(peer) != nullptr && heard.latest(peer)->here; });
  }
  void pass(wr::duration length) {
    static_cast<void>(real_time::run_context(
        context, [] { return false; }, length));
  }
  void open(std::string_view content_topic = room) {
    pool.open_filter(pool[peer], shard, {&content_topic, 1});
  }
  [[nodiscard]] std::size_t calls_of(std::string_view beginning) const {
    return static_cast<std::size_t>(
        std::count_if(targets.begin(), targets.end(),
                      [&](const std::string& each) { return each.starts_with(beginning); }));
  }
  [[nodiscard]] std::size_t reads() const { return calls_of("/filter/v2/messages/"); }

  asio::io_context context;
  wt::event_recorder<wr::message> heard;
  std::vector<std::string> targets;
  std::pair<unsigned, std::string> health{200, "{}"};
  std::pair<unsigned, std::string> mail{200, "[]"};
  bool answers_mail = true;
  std::vector<std::weak_ptr<http_connection>> waiting;  // for mail
  std::optional<http_server> server{std::in_place, context.get_executor(), std::uint16_t{0},
                                    [this](const http_call& call, const std::weak_ptr<http_connection>& to) {
                                      targets.push_back(call.target);
                                      const auto connection = to.lock();
                                      const bool probed = call.target == Dialect::health_route;
                                      if (!probed && !answers_mail) return waiting.push_back(to);
                                      if (!connection) return;
                                      const auto& [status, body] = probed ? health : mail;
                                      connection->answer(status, body);
                                    }};
  rest::node_pool<Dialect, wr::message> pool;
  wr::peer_id peer{};
};

template <class Dialect>
std::size_t reads_at_once(std::size_t reads_max) {
  wr::rest_options numbers = quick_numbers();
  numbers.reads_max = reads_max;
  bench<Dialect> b(numbers);
  b.wait_for_appearance();
  b.answers_mail = false;
  for (const std::string_view topic : {"/a/1/a/proto", "/a/1/b/proto", "/a/1/c/proto"}) b.open(topic);
  b.wait([&b] { return b.reads() > 0; });
  b.pass(50ms);
  CHECK(b.reads() == b.pool[b.peer].reading);
  return b.reads();
}

}  // namespace

TEST_CASE("a node is there while its health route answers with success, and the trouble is told otherwise") {
  bench<> b;
  b.health = {503, "starting"};
  b.wait([&b] { return b.pool[b.peer].trouble.has_value(); });
  CHECK(b.pool[b.peer].trouble->kind == rest::node_trouble_kind::unwell);
  CHECK(b.pool[b.peer].trouble->why == "it answers 503 to GET /health, so it does not serve at present");
  CHECK(b.heard.peers().empty());
  b.health = {200, "whatever it says"};
  b.wait_for_appearance();
  CHECK_FALSE(b.pool[b.peer].trouble);
  b.server.reset();
  b.wait([&b] { return !b.heard.latest(b.peer)->here; });
  CHECK(b.pool[b.peer].trouble->kind == rest::node_trouble_kind::unreachable);
  CHECK_FALSE(b.pool[b.peer].trouble->why.empty());
}

TEST_CASE("what is no node of the dialect is told from a node that does not serve at present") {
  for (const std::uint32_t status : {404U, 405U, 501U}) {
    bench<rest::go_waku> b;
    b.health = {status, "no such route"};
    b.wait([&b] { return b.pool[b.peer].trouble.has_value(); });
    CHECK(b.pool[b.peer].trouble->why ==
          "it answers " + std::to_string(status) +
              " to GET /debug/v1/info: is it a node of this dialect, and its REST interface?");
  }
}

TEST_CASE("a node that is not there is asked ever less often") {
  wr::rest_options numbers = quick_numbers();
  numbers.return_wait_first = 1ms;
  numbers.return_wait_max = 100h;
  bench<> b(numbers);
  b.health = {500, ""};
  b.wait([&b] { return b.pool[b.peer].return_wait >= 64ms; });
  CHECK(b.calls_of("/health") <= 7);  // 1, 2, 4, … 64 ms
}

TEST_CASE("a go-waku node without a store's address is no store") {
  asio::io_context context;
  http_server server(context.get_executor(), 0,
                     [](const http_call&, const std::weak_ptr<http_connection>& to) {
                       if (const auto connection = to.lock()) connection->answer(200, "{}");
                     });
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  wt::event_recorder<wr::message> heard;
  rest::node_pool<rest::go_waku, wr::message> pool(context.get_executor(), quick_numbers());
  pool.attach(heard.sink());
  const auto bare = pool.add({url, ""});
  const auto with_store = pool.add({url, "/ip4/127.0.0.1/tcp/1"});
  REQUIRE(real_time::run_context(context, [&] { return heard.latest(*bare) && heard.latest(*with_store); }));
  CHECK_FALSE(heard.latest(*bare)->protocols.store);
  CHECK(heard.latest(*bare)->protocols.lightpush);
  CHECK(heard.latest(*with_store)->protocols.store);
}

TEST_CASE("who attaches later is told what is there") {
  bench<> b;
  b.wait_for_appearance();
  wt::event_recorder<wr::message> later;
  b.pool.attach(later.sink());
  REQUIRE(later.latest(b.peer) != nullptr);
  CHECK(later.latest(b.peer)->here);
}

TEST_CASE("a batch is told message by message, under the topics that it was asked by") {
  bench<> b;
  b.wait_for_appearance();
  b.mail = {200, std::string(two_messages)};
  b.open();
  b.wait([&b] { return b.heard.messages().size() >= 2; });
  CHECK(b.heard.messages()[0].pubsub_topic == shard);
  CHECK(b.heard.messages()[0].peer == b.peer);
  CHECK(b.heard.messages()[1].message.content_topic == room);
  CHECK_FALSE(b.heard.messages()[0].by_relay);
}

TEST_CASE("an answer that is no list of messages is as none, and what comes later is read") {
  bench<> b;
  b.wait_for_appearance();
  SUBCASE("an empty list") { b.mail = {200, "[]"}; }
  SUBCASE("null") { b.mail = {200, "null"}; }
  SUBCASE("no JSON") { b.mail = {200, "<html>"}; }
  SUBCASE("nothing") { b.mail = {200, ""}; }
  SUBCASE("an object") { b.mail = {200, R"({"messages":[]})"}; }
  SUBCASE("a list of other things") { b.mail = {200, R"([1,null,{"payload":"Zm9v"}])"}; }
  SUBCASE("a text for an error") { b.mail = {400, "not subscribed"}; }
  SUBCASE("too many requests") { b.mail = {429, "slow down"}; }
  SUBCASE("a server's own trouble") { b.mail = {500, ""}; }
  b.open();
  b.wait([&b] { return b.reads() >= 3; });
  CHECK(b.heard.messages().empty());
  CHECK(b.heard.latest(b.peer)->here);
  b.mail = {200, std::string(two_messages)};
  b.wait([&b] { return b.heard.messages().size() >= 2; });
}

TEST_CASE("so many topics are read at once as the numbers say, and none twice") {
  CHECK(reads_at_once<rest::nwaku>(2) == 2);
  CHECK(reads_at_once<rest::nwaku>(4) == 3);
}

TEST_CASE("of go-waku one topic is read at a time, since two readings at once end it") {
  CHECK(reads_at_once<rest::go_waku>(4) == 1);
}

TEST_CASE("a mailbox that was closed is read no more, and closing it again is nothing") {
  bench<> b;
  b.wait_for_appearance();
  b.open();
  b.wait([&b] { return b.reads() > 0; });
  const rest::mailbox_topics topics{std::string(shard), std::string(room)};
  CHECK(b.pool.close(b.pool[b.peer], topics));
  CHECK_FALSE(b.pool.close(b.pool[b.peer], topics));
  CHECK(b.pool[b.peer].reading == 0);
  b.pass(20ms);  // for what was on its way
  const std::size_t reads = b.reads();
  b.pass(50ms);
  CHECK(b.reads() == reads);
}

TEST_CASE("a node to which no connection can be opened is looked at before its time, others are not") {
  wr::rest_options numbers = quick_numbers();
  numbers.health_interval = 100h;
  bench<> b(numbers);
  b.wait_for_appearance();
  b.pool.suspect(b.pool[b.peer], wr::transport_error::connection_lost);
  b.pass(30ms);
  CHECK(b.calls_of("/health") == 1);
  b.pool.suspect(b.pool[b.peer], wr::transport_error::dial_failed);
  b.wait([&b] { return b.calls_of("/health") == 2; });
}

TEST_CASE("what a node gives out while it is thought to be gone is told, and it is joined anew") {
  bench<> b;
  b.wait_for_appearance();
  b.pool.join(std::string(shard));
  b.wait([&b] { return b.calls_of("/relay/v1/messages/") != 0; });
  b.answers_mail = false;
  b.wait([&b] { return !b.waiting.empty(); });
  b.health = {503, "busy"};
  b.wait([&b] { return !b.heard.latest(b.peer)->here; });
  const auto connection = b.waiting.front().lock();
  REQUIRE(connection);
  connection->answer(200, two_messages);
  b.wait([&b] { return b.heard.messages().size() == 2; });
  CHECK(b.heard.messages()[1].by_relay);
  const std::size_t joined = b.calls_of("/relay/v1/subscriptions");
  b.answers_mail = true;
  b.health = {200, ""};
  b.wait([&b, joined] { return b.calls_of("/relay/v1/subscriptions") > joined; });
}

TEST_CASE("a pool that is gone tells nothing more") {
  asio::io_context context;
  wt::event_recorder<wr::message> heard;
  {
    rest::node_pool<rest::nwaku, wr::message> pool(context.get_executor(), quick_numbers());
    pool.attach(heard.sink());
    REQUIRE(pool.add({"http://127.0.0.1:1", ""}));
  }
  context.run_for(30ms);
  CHECK(heard.count() == 0);
}

}  // namespace rest_node_pool_tests
