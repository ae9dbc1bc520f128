// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/mock_transport.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace mock_transport_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;
using wr::operation_kind;

namespace {

/// A transport with an inbox of its own in the place of a node.
struct attached_mock {
  attached_mock() { transport.attach(wr::event_sink<wr::message>(inbox)); }

  wr::operation_id next(operation_kind of) { return {of, ++operations, 1}; }
  template <class Reply>
  wr::reply_handle<wr::message, Reply> handle(wr::operation_id operation) {
    return {inbox, operation};
  }
  wr::operation_id push(std::uint32_t peer, const wr::message& what = {}) {
    const wr::operation_id operation = next(operation_kind::lightpush);
    transport.lightpush({operation, static_cast<wr::peer_id>(peer), "shard", what, hash},
                        handle<wr::lightpush_reply>(operation));
    return operation;
  }
  wr::operation_id ping(std::uint32_t peer) {
    const wr::operation_id operation = next(operation_kind::filter_ping);
    transport.filter_ping({operation, static_cast<wr::peer_id>(peer), "shard"},
                          handle<wr::filter_reply>(operation));
    return operation;
  }
  wr::inbox<wr::message>::batch take() {
    wr::inbox<wr::message>::batch taken;
    inbox.get()->take(taken);
    return taken;
  }
  /// The statuses of the push replies since the last time; a transport error counts as 1000 + its number.
  std::vector<unsigned> push_ends() {
    std::vector<unsigned> statuses;
    for (const auto& entry : take().entries) {
      const auto& ended = std::get<wr::operation_ended<wr::lightpush_reply>>(entry);
      if (const auto* reply = std::get_if<wr::lightpush_reply>(&ended.result))
        statuses.push_back(reply->status);
      else
        statuses.push_back(1000U + static_cast<unsigned>(std::get<wr::transport_error>(ended.result)));
    }
    return statuses;
  }

  wt::virtual_clock clock;
  wr::inbox_reference<wr::message> inbox{new wr::inbox<wr::message>([](void*) {}, nullptr)};
  wt::mock_transport<> transport{clock};
  wr::message_hash hash;
  std::uint32_t operations = 0;
};

}  // namespace

TEST_CASE("a mock transport models the capabilities that it was given and no other") {
  constexpr wr::capability_set light{.lightpush = true, .filter = true};
  using light_mock = wt::mock_transport<wr::message, light>;
  CHECK(wr::capabilities_of<light_mock, wr::message> == light);
  CHECK(wr::capabilities_of<wt::mock_transport<>, wr::message> == wr::all_capabilities);
  CHECK(wr::disconnecting_transport<light_mock>);
}

TEST_CASE("requests are written down with copies of what they lent") {
  attached_mock it;
  {
    wr::message lent;
    lent.payload.assign(3, std::byte{9});
    lent.content_topic = "/test/1/chat/proto";
    it.push(7, lent);
  }
  {
    const std::string topic = "a topic long enough to be allocated";
    const std::string_view topics[] = {topic};
    const std::vector<wr::message_hash> hashes(2);
    const std::vector<std::byte> cursor(4, std::byte{1});
    wr::store_request query;
    query.operation = it.next(operation_kind::store_query);
    query.peer = wr::peer_id{8};
    query.pubsub_topic = "shard";
    query.content_topics = topics;
    query.hashes = hashes;
    query.time_start = wr::wall_time(5s);
    query.include_data = true;
    query.cursor = cursor;
    query.limit = 33;
    it.transport.store_query(query, it.handle<wr::store_reply<wr::message>>(query.operation));
  }
  REQUIRE(it.transport.requests().size() == 2);
  const auto& pushed = it.transport.last(operation_kind::lightpush);
  CHECK(pushed.peer == wr::peer_id{7});
  CHECK(pushed.pubsub_topic == "shard");
  CHECK(pushed.message->payload.size() == 3);
  CHECK(pushed.message->content_topic == "/test/1/chat/proto");
  CHECK(pushed.at == it.clock.now());
  const auto& asked = it.transport.last(operation_kind::store_query);
  CHECK(asked.content_topics == std::vector<std::string>{"a topic long enough to be allocated"});
  CHECK(asked.hashes.size() == 2);
  CHECK(asked.time_start == wr::wall_time(5s));
  CHECK_FALSE(asked.time_end);
  CHECK(asked.cursor.size() == 4);
  CHECK(asked.limit == 33);
  CHECK(asked.is_lookup());
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
}

TEST_CASE("without a script every request is answered well, after the call and at the same virtual time") {
  attached_mock it;
  it.push(1);
  CHECK(it.inbox.get()->empty());
  it.clock.run_for(0s);
  CHECK(it.push_ends() == std::vector<unsigned>{200});
  CHECK(it.transport.open_requests() == 0);
}

TEST_CASE("lines of the script are used in order by the requests that fit them") {
  attached_mock it;
  it.transport.expect(operation_kind::lightpush).at(wr::peer_id{2}).reply(wt::push_refused(429));
  it.transport.expect(operation_kind::lightpush).times(2).fail(wr::transport_error::connection_lost);
  it.transport.expect(operation_kind::lightpush).after(3s).reply(wt::push_refused(505));
  it.transport.expect(operation_kind::filter_ping);
  it.push(1);
  it.push(2);
  it.push(1);
  it.push(1);
  it.push(1);
  it.clock.run_for(0s);
  CHECK(it.push_ends() == std::vector<unsigned>{1001, 429, 1001, 200});
  it.clock.run_for(3s);
  CHECK(it.push_ends() == std::vector<unsigned>{505});
  CHECK(it.transport.unmet() == "filter_ping, 1 to come\n");
  it.ping(1);
  CHECK(it.transport.unmet().empty());
}

TEST_CASE("a line can look into the request, and make its answer from it") {
  attached_mock it;
  it.transport.expect(operation_kind::lightpush)
      .where([](const auto& made) { return !made.message->payload.empty(); })
      .always()
      .answer_with([](const auto& made) {
        return wt::push_refused(400U + static_cast<std::uint32_t>(made.message->payload.size()));
      });
  it.push(1);
  wr::message full;
  full.payload.resize(20);
  it.push(1, full);
  it.clock.run_for(0s);
  CHECK(it.push_ends() == std::vector<unsigned>{200, 420});
  CHECK(it.transport.unmet().empty());
}

TEST_CASE("answers can come at once, again, never, by hand, or be a throw") {
  attached_mock it;
  it.transport.expect(operation_kind::lightpush).at_once().reply(wt::push_refused(500));
  it.transport.expect(operation_kind::lightpush).repeated(2);
  it.transport.expect(operation_kind::lightpush).drop();
  it.transport.expect(operation_kind::lightpush).hold();
  it.transport.expect(operation_kind::lightpush).raise();
  it.push(1);
  CHECK(it.push_ends() == std::vector<unsigned>{500});
  it.push(1);
  it.clock.run_for(0s);
  CHECK(it.push_ends() == std::vector<unsigned>{200, 200, 200});
  it.push(1);
  const wr::operation_id held = it.push(1);
  CHECK_THROWS_AS(it.push(1), std::runtime_error);
  it.clock.run_for(1h);
  CHECK(it.push_ends().empty());
  it.transport.answer(held, wt::push_refused(421));
  it.transport.fail(held, wr::transport_error::timeout);
  CHECK(it.push_ends() == std::vector<unsigned>{421, 1000});
  CHECK(it.transport.open_requests() == 2);
}

TEST_CASE("a cancelled operation is not answered, unless the script insists") {
  attached_mock it;
  it.transport.otherwise(operation_kind::lightpush).after(1s);
  it.transport.expect(operation_kind::lightpush).at(wr::peer_id{9}).after(1s).despite_cancel();
  const wr::operation_id quiet = it.push(1);
  const wr::operation_id stray = it.push(9);
  it.transport.cancel(quiet);
  it.transport.cancel(stray);
  it.transport.cancel(wr::operation_id{});
  CHECK(it.transport.requests()[0].cancelled);
  CHECK(it.transport.open_requests() == 0);
  it.clock.run_for(2s);
  CHECK(it.push_ends() == std::vector<unsigned>{200});
  CHECK(it.transport.cancels().size() == 3);
}

TEST_CASE("what otherwise says replaces the usual answer of its kind alone") {
  attached_mock it;
  it.transport.set_usual_delay(10ms);
  it.transport.otherwise(operation_kind::filter_ping).reply(wt::filter_answer(404));
  it.ping(1);
  it.push(1);
  it.clock.run_for(9ms);
  CHECK(it.inbox.get()->empty());
  it.clock.run_for(1ms);
  const auto taken = it.take();
  REQUIRE(taken.entries.size() == 2);
  const auto& pinged = std::get<wr::operation_ended<wr::filter_reply>>(taken.entries[0]);
  CHECK(std::get<wr::filter_reply>(pinged.result).status == 404);
}

TEST_CASE("relay topics and disconnects are kept, and events go to the sink") {
  attached_mock it;
  it.transport.relay_join("a");
  it.transport.relay_join("b");
  it.transport.relay_leave("a");
  CHECK(it.transport.relay_topics() == std::vector<std::string>{"b"});
  it.transport.disconnect(wr::peer_id{3});
  CHECK(it.transport.disconnected() == std::vector<wr::peer_id>{wr::peer_id{3}});
  it.transport.discover(3);
  CHECK(it.take().entries.size() == 3);
}

}  // namespace mock_transport_tests
