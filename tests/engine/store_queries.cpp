// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/store_queries.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/policy/budget/token_budget.hpp>

#include "engine/receiving.hpp"

namespace store_queries_tests {

using namespace receiving;

namespace {

using window_node = wt::scripted_node<window_client>;

/// A pool of a user's own: always the highest number. It counts what it is told.
struct counted_calls {
  int chosen = 0;
  int failed = 0;
  int succeeded = 0;
};
counted_calls pool_calls;
class highest_first : public wr::plain_pool {
 public:
  static constexpr bool charges = true;
  template <class Eligible>
  std::optional<wr::peer_id> choose(wr::steady_time, const wr::pool_options&, wr::random_source&,
                                    Eligible&& eligible) const {
    for (std::uint32_t number = 9; number > 0; --number) {
      if (!eligible(peer(number)) || number > size()) continue;
      ++pool_calls.chosen;
      return peer(number);
    }
    return {};
  }
  bool fail(wr::peer_id, wr::steady_time, const wr::pool_options&) {
    ++pool_calls.failed;
    return false;
  }
  void succeed(wr::peer_id, wr::duration, wr::steady_time) { ++pool_calls.succeeded; }
};
struct own_pool
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit, wr::accepted_is_enough,
                   wr::pool_per_service<wr::quarantine_pool, wr::quarantine_pool, highest_first>> {};

/// S2 within a budget.
struct thrifty_window_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit,
                                            wr::accepted_is_enough, wr::token_budget, notice_log> {};

/// A store that gives one cursor after another, for ever.
wt::any_reply<wr::message> endless_page(const request& made) {
  wr::store_reply<wr::message> reply;
  reply.status = 200;
  const std::uint32_t page = made.cursor.empty() ? 1 : std::to_integer<std::uint32_t>(made.cursor[0]) + 1;
  reply.cursor.assign(32, static_cast<std::byte>(page % 250));
  return reply;
}

template <class Node>
std::vector<const request*> queries(const Node& it) {
  return it.transport.requests(operation_kind::store_query);
}

/// Messages of the last minutes, a second apart.
std::vector<wr::message_hash> fill(archive& stored, const window_node& it, std::size_t count) {
  std::vector<wr::message_hash> hashes;
  for (std::size_t number = 0; number < count; ++number) {
    wr::message said = it.make_message("m" + std::to_string(number));
    said.timestamp -= static_cast<std::int64_t>(1'000'000'000 * (count - number)) / 4;
    hashes.push_back(stored.hold(said));
  }
  return hashes;
}

}  // namespace

TEST_CASE("[S2.2] [S2.3] a content query names topics, times and a limit, and asks for hashes alone") {
  window_node it;
  discover(it, 1, 1, stores_only);
  REQUIRE(it.subscribe());
  REQUIRE(queries(it).size() == 1);
  const request& made = *queries(it).front();
  CHECK(made.pubsub_topic == window_node::topic);
  CHECK(made.content_topics == std::vector<std::string>{std::string(window_node::content_topic)});
  CHECK(made.time_start.has_value());
  CHECK(made.time_end.has_value());
  CHECK(made.hashes.empty());
  CHECK_FALSE(made.include_data);
  CHECK(made.cursor.empty());
  CHECK(made.limit == 100);
  CHECK_FALSE(made.legacy);
}

TEST_CASE("[R11] the pages of a query stay at one node, each with the cursor of the reply before") {
  window_node it;
  discover(it, 1, 3, stores_only);
  archive stored;
  serve(it, stored);
  const auto hashes = fill(stored, it, 250);
  REQUIRE(it.subscribe());
  const auto pages = content_queries(it);
  REQUIRE(pages.size() == 3);
  CHECK(peers_of(pages).size() == 1);
  CHECK(pages[0]->cursor.empty());
  CHECK(pages[1]->cursor == wr::store_cursor(hashes[99].bytes.begin(), hashes[99].bytes.end()));
  CHECK(pages[2]->cursor == wr::store_cursor(hashes[199].bytes.begin(), hashes[199].bytes.end()));
  for (const request* page : pages) {
    CHECK(page->limit == 100);
    CHECK(page->time_start == pages[0]->time_start);
    CHECK(page->time_end == pages[0]->time_end);
    CHECK(page->content_topics == pages[0]->content_topics);
  }
  it.clock.run_for(10s);
  CHECK(it.host.deliveries().size() == 250);
}

TEST_CASE("a page may be smaller by option, and a node that cuts it shorter still is followed") {
  wr::options numbers;
  numbers.recovery.page_entries = 30;
  window_node it(numbers);
  discover(it, 1, 1, stores_only);
  archive stored;
  fill(stored, it, 65);
  it.transport.otherwise(operation_kind::store_query).answer_with([&](const request& made) {
    request cut = made;
    if (made.is_content_query()) cut.limit = 20;
    return wt::any_reply<wr::message>(stored.answer(cut));
  });
  REQUIRE(it.subscribe());
  const auto pages = content_queries(it);
  REQUIRE(pages.size() == 4);
  for (const request* page : pages) CHECK(page->limit == 30);
  it.clock.run_for(10s);
  CHECK(it.host.deliveries().size() == 65);
}

TEST_CASE("[R11] a node that fails on a later page is left: the query starts from page 1 elsewhere") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  fill(stored, it, 150);
  it.transport.expect(operation_kind::store_query)
      .where([](const request& made) { return !made.cursor.empty(); })
      .reply(wt::store_answer<wr::message>(300));
  REQUIRE(it.subscribe());
  const auto pages = content_queries(it);
  REQUIRE(pages.size() == 4);
  CHECK(pages[0]->peer == pages[1]->peer);
  CHECK(pages[2]->peer == pages[3]->peer);
  CHECK(pages[2]->peer != pages[0]->peer);
  CHECK(pages[2]->cursor.empty());
  CHECK_FALSE(pages[3]->cursor.empty());
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 0);  // bodies are still awaited
  it.clock.run_for(10s);
  CHECK(it.host.deliveries().size() == 150);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 1);
  CHECK(it.node.observer().count<wr::notice::missing>() == 150);
}

TEST_CASE("[R1] [R11] every answer that is no answer sends the query to another node, three at most") {
  std::optional<std::uint32_t> status;
  wr::transport_error error{};
  SUBCASE("300") { status = 300; }
  SUBCASE("400") { status = 400; }
  SUBCASE("500") { status = 500; }
  SUBCASE("503") { status = 503; }
  SUBCASE("504") { status = 504; }
  SUBCASE("0") { status = 0; }
  SUBCASE("199") { status = 199; }
  SUBCASE("timeout") { error = wr::transport_error::timeout; }
  SUBCASE("connection lost") { error = wr::transport_error::connection_lost; }
  SUBCASE("dial failed") { error = wr::transport_error::dial_failed; }
  SUBCASE("empty reply") { error = wr::transport_error::empty_reply; }
  SUBCASE("undecodable reply") { error = wr::transport_error::undecodable_reply; }
  SUBCASE("unsupported protocol") { error = wr::transport_error::unsupported_protocol; }
  window_node it;
  discover(it, 1, 5, stores_only);
  auto& all = it.transport.otherwise(operation_kind::store_query);
  if (status) {
    all.reply(wt::store_answer<wr::message>(*status));
  } else {
    all.fail(error);
  }
  REQUIRE(it.subscribe());
  CHECK(queries(it).size() == 3);
  CHECK(peers_of(queries(it)).size() == 3);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 3);
  CHECK(it.node.observer().count<wr::notice::audit_failed>() == 1);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 0);
  it.clock.run_for(59s);
  CHECK(queries(it).size() == 3);  // no sooner than the next round
  it.clock.run_for(1s);
  CHECK(queries(it).size() == 6);
}

TEST_CASE("[R11] how many nodes a query tries is an option, and fewer known are all tried once") {
  wr::options numbers;
  numbers.recovery.nodes_per_query = 8;
  std::uint32_t stores = 0;
  SUBCASE("eight of ten") { stores = 10; }
  SUBCASE("all of two") { stores = 2; }
  window_node it(numbers);
  discover(it, 1, stores, stores_only);
  it.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(500));
  REQUIRE(it.subscribe());
  const std::size_t tried = std::min<std::size_t>(stores, 8);
  CHECK(queries(it).size() == tried);
  CHECK(peers_of(queries(it)).size() == tried);
}

TEST_CASE("a store that never answers is given 20 s, then cancelled, and the query goes on elsewhere") {
  window_node it;
  discover(it, 1, 2, stores_only);
  it.transport.expect(operation_kind::store_query).drop();
  REQUIRE(it.subscribe());
  it.clock.run_for(19s);
  CHECK(queries(it).size() == 1);
  it.clock.run_for(1s);
  REQUIRE(queries(it).size() == 2);
  CHECK(queries(it)[0]->cancelled);
  CHECK(queries(it)[0]->peer != queries(it)[1]->peer);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 1);
}

TEST_CASE("a cursor that comes round is noticed: the node is charged, and another asked from page 1") {
  window_node it;
  discover(it, 1, 2, stores_only);
  wr::store_reply<wr::message> looping = wt::store_answer<wr::message>();
  looping.cursor.assign(32, std::byte{7});
  it.transport.expect(operation_kind::store_query).times(2).reply(looping);
  REQUIRE(it.subscribe());
  REQUIRE(queries(it).size() == 3);
  CHECK(queries(it)[0]->peer == queries(it)[1]->peer);
  CHECK(queries(it)[2]->peer != queries(it)[1]->peer);
  CHECK(queries(it)[2]->cursor.empty());
  REQUIRE(it.node.observer().count<wr::notice::cursor_looped>() == 1);
  CHECK(it.node.observer().all<wr::notice::cursor_looped>().front().peer == *queries(it)[0]->peer);
  CHECK(it.node.observer().all<wr::notice::peer_ejected>().front().peer == *queries(it)[0]->peer);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 1);
}

TEST_CASE("a longer loop of cursors is noticed too") {
  window_node it;
  discover(it, 1, 1, stores_only);
  it.transport.otherwise(operation_kind::store_query).answer_with([](const request& made) {
    wr::store_reply<wr::message> reply = wt::store_answer<wr::message>();
    const unsigned at = made.cursor.empty() ? 0 : std::to_integer<unsigned>(made.cursor[0]);
    reply.cursor.assign(32, static_cast<std::byte>(at % 5 + 1));
    return wt::any_reply<wr::message>(reply);
  });
  REQUIRE(it.subscribe());
  CHECK(queries(it).size() == 6);
  CHECK(it.node.observer().count<wr::notice::cursor_looped>() == 1);
  CHECK(it.node.observer().count<wr::notice::audit_failed>() == 1);
}

TEST_CASE("a node that serves pages without end is left after options.recovery.pages_max of them") {
  wr::options numbers;
  numbers.recovery.pages_max = 12;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  it.transport.expect(operation_kind::store_query).times(12).answer_with(endless_page);
  REQUIRE(it.subscribe());
  REQUIRE(queries(it).size() == 13);
  CHECK(queries(it)[12]->peer != queries(it)[11]->peer);
  CHECK(queries(it)[12]->cursor.empty());
  CHECK(it.node.observer().count<wr::notice::cursor_looped>() == 1);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 1);
}

TEST_CASE("[R20] [R23] a store that says 429 rests for its hint or 10 s, uncharged; others serve meanwhile") {
  wr::duration rest{};
  auto refusal = wt::store_answer<wr::message>(429);
  SUBCASE("without a hint") { rest = 10s; }
  SUBCASE("with a hint") { refusal.retry_after = rest = 90s; }
  wr::options numbers;
  numbers.cadence.interval = numbers.cadence.shortest = 2s;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  it.transport.expect(operation_kind::store_query).reply(refusal);
  REQUIRE(it.subscribe());
  REQUIRE(queries(it).size() == 2);
  const std::uint32_t busy = static_cast<std::uint32_t>(*queries(it)[0]->peer);
  CHECK(*queries(it)[1]->peer != *queries(it)[0]->peer);
  REQUIRE(it.node.observer().count<wr::notice::rate_limited>() == 1);
  CHECK(it.node.observer().all<wr::notice::rate_limited>().front().peer == peer(busy));
  CHECK(it.node.observer().all<wr::notice::rate_limited>().front().pause == rest);
  it.clock.run_for(rest - 1s);
  CHECK(requests_at(it, operation_kind::store_query, busy).size() == 1);
  it.clock.run_for(1min);
  CHECK(requests_at(it, operation_kind::store_query, busy).size() > 1);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
  CHECK(it.node.observer().count<wr::notice::audit_failed>() == 0);
}

TEST_CASE("[R20] the only store is not asked while it rests") {
  wr::options numbers;
  numbers.cadence.interval = numbers.cadence.shortest = 2s;
  window_node it(numbers);
  discover(it, 1, 1, stores_only);
  it.transport.expect(operation_kind::store_query).reply(wt::store_answer<wr::message>(429));
  REQUIRE(it.subscribe());
  it.clock.run_for(9s);
  CHECK(queries(it).size() == 1);
  it.clock.run_for(2s);
  CHECK(queries(it).size() == 2);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
}

TEST_CASE("[R36] a store is asked only about shards that it serves, as far as known") {
  window_node it;
  const std::array elsewhere{std::string_view("/waku/2/rs/1/7")};
  const std::array here{window_node::topic, std::string_view("/waku/2/rs/1/7")};
  it.transport.sink().peer_appeared(peer(1), stores_only, elsewhere);
  it.settle();
  REQUIRE(it.subscribe());
  it.clock.run_for(2min);
  CHECK(queries(it).empty());
  it.transport.sink().peer_appeared(peer(2), stores_only, here);
  it.clock.run_for(1min);
  CHECK(peers_of(queries(it)) == std::set{peer(2)});
  it.transport.sink().peer_appeared(peer(2), stores_only, elsewhere);  // it dropped our shard
  it.settle();
  const std::size_t before = queries(it).size();
  it.clock.run_for(5min);
  CHECK(queries(it).size() == before);
}

TEST_CASE("[R37] a legacy store is asked for contents with bodies, hashed here, and never by hash") {
  window_node it;
  discover(it, 1, 1, legacy_store_only);
  archive stored;
  serve(it, stored);
  const auto hashes = fill(stored, it, 120);
  REQUIRE(it.subscribe());
  it.clock.run_for(5min);
  REQUIRE(queries(it).size() >= 7);
  for (const request* made : queries(it)) {
    CHECK(made->legacy);
    CHECK(made->include_data);
    CHECK(made->hashes.empty());
    CHECK(made->limit == 100);
  }
  CHECK(queries(it)[1]->cursor.size() == 32);
  CHECK(it.host.deliveries().size() == 120);
  for (const wr::message_hash& hash : hashes) CHECK(it.host.deliveries_of(hash) == 1);
  CHECK(it.node.observer().count<wr::notice::missing>() == 120);
  CHECK(it.node.observer().count<wr::notice::recovered>() == 120);
}

TEST_CASE("[R37] a store that can be asked by hash comes before a legacy one, which stands in for it") {
  window_node it;
  discover(it, 1, 3, legacy_store_only);
  discover(it, 4, 4, stores_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(5min);
  CHECK(peers_of(queries(it)) == std::set{peer(4)});
  for (const request* made : queries(it)) CHECK_FALSE(made->legacy);
  const wr::steady_time broken = it.clock.steady() + 1ns;
  it.transport.expect(operation_kind::store_query)
      .at(peer(4))
      .always()
      .fail(wr::transport_error::dial_failed);
  it.clock.run_for(1min);
  const auto after = content_queries(it, broken);
  REQUIRE(after.size() == 2);
  CHECK_FALSE(after[0]->legacy);
  CHECK(after[1]->legacy);
  CHECK(it.node.observer().count<wr::notice::audit_failed>() == 0);
}

TEST_CASE("[R37] a peer that speaks both protocols is asked by the newer one") {
  window_node it;
  discover(it, 1, 1, {.store = true, .legacy_store = true});
  REQUIRE(it.subscribe());
  REQUIRE(queries(it).size() == 1);
  CHECK_FALSE(queries(it)[0]->legacy);
}

TEST_CASE("a transport that throws is no fault of the node: it is not charged") {
  window_node it;
  discover(it, 1, 2, stores_only);
  it.transport.expect(operation_kind::store_query).raise();
  REQUIRE(it.subscribe());
  CHECK(queries(it).size() == 2);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 1);
}

TEST_CASE("a peer that leaves amid its pages costs the query that node alone") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  fill(stored, it, 150);
  auto& second_page = it.transport.expect(operation_kind::store_query)
                          .where([](const request& made) { return !made.cursor.empty(); })
                          .hold();
  REQUIRE(it.subscribe());
  REQUIRE(second_page.used() == 1);
  const request& held = it.transport.last(operation_kind::store_query);
  it.transport.sink().peer_left(*held.peer);
  it.transport.fail(held.operation, wr::transport_error::connection_lost);
  it.clock.run_for(10s);
  CHECK(it.host.deliveries().size() == 150);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 1);
  CHECK(queries(it)[2]->peer != *held.peer);
}

TEST_CASE("after pause no further page is asked for, and after resume the query begins anew") {
  window_node it;
  discover(it, 1, 1, stores_only);
  archive stored;
  serve(it, stored);
  fill(stored, it, 250);
  it.transport.expect(operation_kind::store_query).after(1s).answer_with([&](const request& made) {
    return wt::any_reply<wr::message>(stored.answer(made));
  });
  REQUIRE(it.subscribe());
  it.node.pause();
  it.clock.run_for(10min);
  CHECK(queries(it).size() == 1);
  it.node.resume();
  it.clock.run_for(10s);
  CHECK(content_queries(it).size() == 4);
  CHECK(content_queries(it)[1]->cursor.empty());
  CHECK(it.host.deliveries().size() == 250);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
}

TEST_CASE("[R29] a long round in short slices waits for the budget, query by query, and comes to its end") {
  wr::options numbers;
  numbers.recovery.slice = 10s;
  numbers.budget.requests_burst = 10.0;
  numbers.budget.requests_per_second = 2.0;
  wt::scripted_node<thrifty_window_client> it(numbers);
  discover(it, 1, 1, stores_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  CHECK(queries(it).size() == 10);
  it.clock.run_for(5s);
  CHECK(queries(it).size() >= 18);
  CHECK(queries(it).size() <= 20);
  it.clock.run_for(15s);
  CHECK(queries(it).size() == 34);  // 5 min, and 20 s on both sides
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == 1);
  CHECK(it.node.observer().count<wr::notice::audit_failed>() == 0);
}

TEST_CASE("a store pool of the user's own chooses the node, and hears how each request ended") {
  pool_calls = {};
  wt::scripted_node<own_pool> it;
  discover(it, 1, 5, stores_only);
  it.transport.expect(operation_kind::store_query).at(peer(5)).fail(wr::transport_error::empty_reply);
  REQUIRE(it.subscribe());
  REQUIRE(queries(it).size() == 2);
  CHECK(queries(it)[0]->peer == peer(5));
  CHECK(queries(it)[1]->peer == peer(4));
  CHECK(pool_calls.chosen == 2);
  CHECK(pool_calls.failed == 1);
  CHECK(pool_calls.succeeded == 1);
}

}  // namespace store_queries_tests
