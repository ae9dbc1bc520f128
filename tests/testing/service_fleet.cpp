// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/service_fleet.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include <cache/samples.hpp>

namespace service_fleet_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

struct push_seen {
  std::uint32_t node;
  std::uint32_t client;
  wt::message_index message;
};

/// Four stores on a small relay network, with a sync delay of exactly ten seconds and quick archives.
struct small_fleet {
  explicit small_fleet(std::vector<wt::service_profile> profiles = std::vector<wt::service_profile>(4))
      : topic(topics.number("shard")),
        content_topic(topics.number("chat")),
        fleet(clock, {.nodes = 40}, quick(std::move(profiles)), wt::latency{10s}, ledger, topics, tally, 1) {
    fleet.set_clients(10);
    fleet.on_push([this](std::uint32_t node, std::uint32_t client, wt::message_index message) {
      pushes.push_back({node, client, message});
    });
  }
  static std::vector<wt::service_profile> quick(std::vector<wt::service_profile> profiles) {
    for (wt::service_profile& each : profiles) each.archive_delay = wt::latency{100ms};
    return profiles;
  }
  wt::message_index make(wr::duration age = {}, bool ephemeral = false) {
    wt::message_facts facts;
    facts.hash = samples::hash_number(++made);
    facts.pubsub_topic = topic;
    facts.content_topic = content_topic;
    facts.timestamp = (clock.wall() - age).time_since_epoch().count();
    facts.encoded_size = 500;
    facts.payload_size = 400;
    facts.ephemeral = ephemeral;
    return ledger.add(facts);
  }
  [[nodiscard]] std::uint32_t holders(wt::message_index message) const {
    std::uint32_t count = 0;
    for (std::uint32_t node = 0; node < fleet.size(); ++node) count += fleet.holds(node, message) ? 1 : 0;
    return count;
  }
  std::uint32_t subscribe(std::uint32_t node, std::uint32_t client) {
    const std::string_view wanted[] = {"chat"};
    return fleet.subscribe(node, client, {{}, {}, "shard", wanted}).status;
  }
  std::uint32_t status_of_push(std::uint32_t node, wt::message_index message, bool fresh_proof = false) {
    return fleet.push(node, 0, message, fresh_proof).status;
  }

  wt::virtual_clock clock;
  wt::topic_names topics;
  wt::message_ledger ledger;
  wt::fault_tally tally;
  std::vector<push_seen> pushes;
  std::uint64_t made = 0;
  std::uint32_t topic;
  std::uint32_t content_topic;
  wt::service_fleet fleet;
};

}  // namespace

TEST_CASE("a pushed message is relayed, archived by every store and pushed to subscribers") {
  small_fleet it;
  CHECK(it.subscribe(2, 5) == 200);
  const wt::message_index message = it.make();
  const wr::lightpush_reply reply = it.fleet.push(0, 0, message, false);
  CHECK(reply.status == 200);
  CHECK(reply.relay_peer_count == it.fleet.relay().neighbours(0).size());
  it.clock.run_for(5s);
  CHECK(it.holders(message) == 4);
  CHECK(it.ledger.relay_nodes(message) == 40);
  REQUIRE(it.pushes.size() == 1);
  CHECK(it.pushes[0].node == 2);
  CHECK(it.pushes[0].client == 5);
}

TEST_CASE("repeated bytes are answered like no peers by nwaku, and with OK by go-waku") {
  small_fleet it({wt::nwaku_profile(), wt::go_waku_profile()});
  const wt::message_index message = it.make();
  CHECK(it.status_of_push(0, message) == 200);
  it.clock.run_for(5s);
  CHECK(it.status_of_push(0, message) == 505);
  const wr::lightpush_reply go = it.fleet.push(1, 0, message, false);
  CHECK((go.status == 200 && go.legacy && !go.relay_peer_count));
  CHECK(it.ledger.relay_nodes(message) == 40);
}

TEST_CASE(
    "with RLN a repeat and an old message are refused by the proof's text, and a fresh proof is relayed "
    "again") {
  wt::service_profile proving;
  proving.rln = true;
  small_fleet it({proving});
  const wt::message_index message = it.make();
  CHECK(it.status_of_push(0, message) == 200);
  const wr::lightpush_reply repeat = it.fleet.push(0, 0, message, false);
  CHECK(repeat.status == 420);
  CHECK(repeat.description == "RLN validation failed");
  CHECK(it.status_of_push(0, message, true) == 200);
  CHECK(it.status_of_push(0, it.make(21s)) == 420);
}

TEST_CASE("too large, meta too long, a foreign shard, and nobody around: each has its answer") {
  wt::service_profile sharded;
  sharded.pubsub_topics = {"another shard"};
  small_fleet it({wt::nwaku_profile(), sharded, wt::go_waku_profile()});
  wt::message_facts big;
  big.hash = samples::hash_number(1'000);
  big.timestamp = it.clock.wall().time_since_epoch().count();
  big.encoded_size = 153'601;
  big.payload_size = 153'000;
  const wt::message_index too_large = it.ledger.add(big);
  CHECK(it.status_of_push(0, too_large) == 420);
  CHECK(it.status_of_push(2, too_large) == 500);
  big.hash = samples::hash_number(1'001);
  big.encoded_size = 500;
  big.meta_size = 65;
  CHECK(it.status_of_push(0, it.ledger.add(big)) == 400);
  CHECK(it.status_of_push(1, it.make()) == 505);
  for (const std::uint32_t node : it.fleet.relay().neighbours(0)) it.fleet.relay().set_online(node, false);
  CHECK(it.status_of_push(0, it.make()) == 505);
}

TEST_CASE("archives refuse what is over twenty seconds off their clock, and what is ephemeral") {
  small_fleet it;
  const wt::message_index old = it.make(21s);
  const wt::message_index ahead = it.make(-21s);
  const wt::message_index passing = it.make({}, true);
  const wt::message_index just = it.make(19s);
  it.fleet.set_clock_skew(3, 3s);
  for (const wt::message_index message : {old, ahead, passing, just})
    CHECK(it.status_of_push(0, message) == 200);
  it.clock.run_for(5s);
  CHECK(it.holders(old) == 0);
  CHECK(it.holders(ahead) == 1);
  CHECK(it.fleet.holds(3, ahead));
  CHECK(it.holders(passing) == 0);
  CHECK(it.holders(just) == 3);
  CHECK_FALSE(it.fleet.holds(3, just));
  CHECK(it.tally.count(wt::fault_kind::clock_skew) == 1);
  it.clock.run_for(10s);
  CHECK(it.holders(just) == 4);
}

TEST_CASE("a store that was away, full or wiped catches up from the others; the anchor is never behind") {
  small_fleet it;
  it.fleet.set_anchor(1);
  it.fleet.set_online(0, false);
  it.fleet.set_store_full(2, true);
  // The anchor's own clock refuses everything, so it has only what the others tell it.
  it.fleet.set_clock_skew(1, 1h);
  const wt::message_index message = it.make();
  CHECK(it.status_of_push(3, message) == 200);
  it.clock.run_for(90ms);
  CHECK(it.holders(message) == 0);
  it.clock.run_for(10ms);
  CHECK(it.fleet.holds(1, message));
  CHECK(it.ledger.honest_store_has_held(message));
  it.clock.run_for(30s);
  CHECK(it.holders(message) == 2);
  CHECK(it.tally.count(wt::fault_kind::full_store) == 1);
  it.fleet.set_online(0, true);
  it.fleet.set_store_full(2, false);
  it.fleet.wipe_store(3);
  CHECK(it.tally.count(wt::fault_kind::wiped_store) == 1);
  CHECK(it.holders(message) == 1);
  it.clock.run_for(10s);
  CHECK(it.holders(message) == 4);
}

TEST_CASE("a node that restarts has forgotten its subscribers and what it has seen") {
  small_fleet it;
  CHECK(it.subscribe(0, 5) == 200);
  const wt::message_index message = it.make();
  CHECK(it.status_of_push(0, message) == 200);
  it.fleet.set_online(0, false);
  it.fleet.set_online(0, true);
  CHECK(it.tally.count(wt::fault_kind::subscription_lost) == 1);
  CHECK(it.fleet.ping(0, 5).status == 404);
  CHECK(it.status_of_push(0, message) == 200);
}

TEST_CASE("rates apply to each service, a tight one to all together, and are counted") {
  small_fleet it({wt::nwaku_profile(), wt::go_waku_profile()});
  CHECK(it.fleet.ping(1, 0).status == 404);
  CHECK(it.fleet.ping(1, 0).status == 429);
  CHECK(it.status_of_push(1, it.make()) == 200);
  const wr::lightpush_reply refused = it.fleet.push(1, 0, it.make(), false);
  CHECK((refused.status == 429 && refused.legacy && refused.description == "TOO_MANY_REQUESTS"));
  for (int request = 0; request < 30; ++request) CHECK(it.fleet.ping(0, 0).status == 404);
  CHECK(it.fleet.ping(0, 0).status == 429);
  CHECK(it.fleet.query(0, 0, {}).status == 200);
  it.fleet.set_tight_rate(0, {1, 1min});
  CHECK(it.fleet.query(0, 0, {}).status == 200);
  CHECK(it.status_of_push(0, it.make()) == 429);
  CHECK(it.fleet.query(0, 1, {}).status == 200);
  CHECK(it.tally.count(wt::fault_kind::rate_limit) == 1);
}

TEST_CASE("a node that drops pushes says OK, and nobody gets the message") {
  small_fleet it;
  it.fleet.set_lies(0, {.drops_pushes = true});
  const wt::message_index message = it.make();
  CHECK(it.status_of_push(0, message) == 200);
  it.clock.run_for(1min);
  CHECK(it.ledger.relay_nodes(message) == 0);
  CHECK(it.holders(message) == 0);
  CHECK(it.tally.count(wt::fault_kind::pushed_not_relayed) == 1);
}

TEST_CASE(
    "a hiding store is silent about the same half of what it holds, and holds nothing before an honest one") {
  small_fleet it;
  it.fleet.set_lies(0, {.hides_messages = true});
  const auto ask_everything = [&] {
    std::vector<wt::message_index> told;
    wr::store_request everything{};
    everything.limit = 100;
    for (const auto& entry : it.fleet.query(0, 0, everything).entries) told.push_back(*entry.body);
    return told;
  };
  for (int count = 0; count < 60; ++count) CHECK(it.status_of_push(1, it.make()) == 200);
  it.clock.run_for(5s);
  CHECK(it.fleet.archive(1).size() == 60);
  CHECK(it.fleet.archive(0).size() == 0);
  it.clock.run_for(10s);
  CHECK(it.fleet.archive(0).size() == 60);
  const auto told = ask_everything();
  CHECK(told.size() > 15);
  CHECK(told.size() < 45);
  CHECK(ask_everything() == told);
  CHECK(it.tally.count(wt::fault_kind::absent_though_stored) == 2 * (60 - told.size()));
  for (const wt::message_index message : told) {
    for (const std::uint32_t holder : it.ledger.honest_stores(message)) CHECK(holder != 0);
  }
  it.fleet.set_lies(0, {});
  CHECK(ask_everything().size() == 60);
  CHECK(it.ledger.honest_stores(0).back() == 0);
}

TEST_CASE("a node that pushes unasked picks clients that did not subscribe, or decoys") {
  small_fleet it;
  it.fleet.set_lies(0, {.pushes_unasked = true});
  const wt::message_index decoy = it.make();
  it.fleet.add_decoy(decoy);
  for (int count = 0; count < 50; ++count) it.status_of_push(1, it.make());
  it.clock.run_for(5s);
  std::size_t decoys = 0;
  for (const push_seen& push : it.pushes) {
    CHECK(push.node == 0);
    decoys += push.message == decoy ? 1 : 0;
  }
  CHECK(decoys > 0);
  CHECK(decoys < it.pushes.size());
  CHECK(it.tally.count(wt::fault_kind::unasked_push) == it.pushes.size());
}

TEST_CASE("a slow node's work takes longer by what was set") {
  small_fleet it;
  const wr::duration usual = it.fleet.work(0, wr::operation_kind::store_query);
  CHECK(usual >= 40ms);
  it.fleet.set_slowness(0, 1min);
  CHECK(it.fleet.work(0, wr::operation_kind::filter_ping) >= 1min);
  CHECK(it.tally.count(wt::fault_kind::slow_node) == 1);
}

TEST_CASE("how long a store works may be told in place of its profile's draw") {
  small_fleet it;
  const wt::message_index message = it.make();
  it.fleet.fill_store(1, message);
  CHECK(it.fleet.holds(1, message));
  CHECK(it.holders(message) == 1);
  CHECK(it.ledger.honest_store_has_held(message));
  it.fleet.on_store_work([](std::uint32_t node, const wr::store_request&, const auto& page) {
    return std::chrono::milliseconds(node * 100 + page.entries.size());
  });
  wr::store_request asked;
  asked.pubsub_topic = "shard";
  for (const std::uint32_t node : {1U, 2U}) {
    static_cast<void>(it.fleet.query(node, 3, asked));
    CHECK(it.fleet.work(node, wr::operation_kind::store_query) ==
          std::chrono::milliseconds(node == 1 ? 101 : 200));
  }
  it.fleet.set_slowness(1, 1s);
  CHECK(it.fleet.work(1, wr::operation_kind::store_query) == 1101ms);
}

}  // namespace service_fleet_tests
