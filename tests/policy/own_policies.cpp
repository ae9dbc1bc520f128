// SPDX-License-Identifier: Apache-2.0 OR MIT
// A policy of the user's own in every slot of a node, and what follows from its decisions.
#include <waku/reliability.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <waku/reliability/testing/scripted_node.hpp>

namespace own_policies_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using wr::operation_kind;
using wr::testing::scripted_node;

namespace {

// What goes on besides the slot that a test is about is kept small.
template <class... Own>
struct quiet_with : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery, Own...> {};

std::vector<wr::peer_id> peers_of(const auto& requests) {
  std::vector<wr::peer_id> peers;
  for (const auto* request : requests) peers.push_back(request->peer.value());
  return peers;
}

std::vector<wr::duration> times_of(const auto& requests) {
  std::vector<wr::duration> times;
  for (const auto* request : requests) times.push_back(request->at.steady - requests.front()->at.steady);
  return times;
}

wr::lightpush_reply refused(std::uint32_t status) {
  wr::lightpush_reply reply;
  reply.status = status;
  return reply;
}

struct both_ways {
  static constexpr wr::slot fills = wr::slot::publish_route;
  static constexpr wr::capability_set needs{.relay = true, .lightpush = true};
  wr::publish_via choose(const wr::publish_situation& now) const {
    return now.lightpush_usable ? wr::publish_via::relay_and_lightpush : wr::publish_via::nothing;
  }
};

struct filter_while_thin {
  static constexpr wr::slot fills = wr::slot::receive_route;
  static constexpr wr::capability_set needs{.relay = true, .filter = true};
  bool filter_wanted(const wr::receive_situation& now) const { return now.relay_peers < 4; }
};

// The highest number first, whatever happens.
struct highest_first : wr::plain_pool {
  template <class Eligible>
  std::optional<wr::peer_id> choose(wr::steady_time now, const wr::pool_options& numbers, wr::random_source&,
                                    Eligible&& eligible) const {
    for (std::uint32_t number = 10; number > 0; --number) {
      const wr::peer_id peer{number};
      if (usable(peer, now, numbers) && eligible(peer)) return peer;
    }
    return {};
  }
};

struct three_out_one_in {
  static constexpr wr::slot fills = wr::slot::redundancy;
  std::uint32_t publish_targets(const wr::redundancy_options&) const { return 3; }
  std::uint32_t subscribe_targets(const wr::redundancy_options&) const { return 1; }
  std::optional<wr::duration> hedge_delay(const wr::redundancy_options&) const { return {}; }
};

struct two_quick_tries {
  static constexpr wr::slot fills = wr::slot::retransmit;
  std::optional<wr::duration> delay(std::uint32_t transmissions, const wr::retransmit_options&,
                                    wr::random_source&) const {
    if (transmissions > 2) return {};
    return 200ms;
  }
};

struct seen_by_two_stores {
  static constexpr wr::slot fills = wr::slot::confirmation;
  static constexpr wr::capability_set needs{.store = true};
  static constexpr wr::evidence_kinds asks{.presence = true};
  bool enough(const wr::evidence& seen, const wr::confirmation_options&) const { return seen.stores >= 2; }
};

struct last_hour {
  static constexpr wr::slot fills = wr::slot::recovery;
  static constexpr wr::capability_set needs{.store = true};
  static constexpr bool periodic = true;
  static constexpr bool after_outage = false;
  wr::wall_time range_start(const wr::recovery_situation& situation, const wr::recovery_options&) const {
    return situation.now - 1h;
  }
};

struct every_seven_seconds {
  static constexpr wr::slot fills = wr::slot::cadence;
  wr::duration next(wr::duration, bool, const wr::cadence_options&) const { return 7s; }
};

struct pinged_every_five_seconds : wr::pinged_subscription {
  std::optional<wr::duration> ping_interval(const wr::subscription_options&) const { return 5s; }
  wr::subscription_reaction after_failed_ping(const wr::subscription_failures&,
                                              const wr::subscription_options&) const {
    return wr::subscription_reaction::keep;
  }
};

struct nothing_extra {
  static constexpr wr::slot fills = wr::slot::budget;
  bool take(std::size_t, wr::steady_time, const wr::budget_options&) { return false; }
};

struct loss_counter {
  static constexpr wr::slot fills = wr::slot::observer;
  void on(const wr::notice::duplicate_received&) { ++duplicates; }
  int duplicates = 0;
};

}  // namespace

TEST_CASE("a publish route of the user's own sends both ways at once") {
  scripted_node<wr::policies<both_ways, wr::single, wr::accepted_is_enough>> it;
  it.transport.sink().relay_peers(it.topic, 4);
  it.transport.discover(2);
  it.settle();
  REQUIRE(it.publish("hello").has_value());
  CHECK(it.transport.count(operation_kind::relay_publish) == 1);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
}

TEST_CASE("a receive route of the user's own keeps filter nodes while the mesh is thin") {
  scripted_node<wr::policies<filter_while_thin, wr::no_recovery, wr::accepted_is_enough>> it;
  it.transport.discover(2);
  it.transport.sink().relay_peers(it.topic, 3);
  it.settle();
  REQUIRE(it.subscribe().has_value());
  CHECK(it.transport.relay_topics().size() == 1);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 2);
  it.transport.sink().relay_peers(it.topic, 4);
  it.clock.run_for(2s);  // requests to one node are a second apart
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 2);
}

TEST_CASE("a pool of the user's own chooses the nodes") {
  scripted_node<quiet_with<highest_first, wr::accepted_is_enough>> it;
  it.transport.discover(5);
  it.settle();
  REQUIRE(it.publish("hello").has_value());
  CHECK(peers_of(it.transport.requests(operation_kind::lightpush)) ==
        std::vector{wr::peer_id{5}, wr::peer_id{4}});
}

TEST_CASE("redundancy of the user's own says how many nodes") {
  scripted_node<quiet_with<three_out_one_in, wr::accepted_is_enough>> it;
  it.transport.discover(5);
  it.settle();
  REQUIRE(it.subscribe().has_value());
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
  REQUIRE(it.publish("hello").has_value());
  CHECK(it.transport.count(operation_kind::lightpush) == 3);
}

TEST_CASE("retransmission of the user's own says when, and when no more") {
  scripted_node<quiet_with<two_quick_tries, wr::single, wr::accepted_is_enough>> it;
  it.transport.discover(9);
  it.transport.otherwise(operation_kind::lightpush).reply(refused(500));
  it.settle();
  const auto request = it.publish("hello");
  REQUIRE(request.has_value());
  it.clock.run_for(2min);
  CHECK(times_of(it.transport.requests(operation_kind::lightpush)) ==
        std::vector<wr::duration>{0s, 200ms, 400ms});
  CHECK(it.host.outcomes_of(*request).size() == 1);
}

TEST_CASE("confirmation of the user's own says when it is enough") {
  scripted_node<quiet_with<seen_by_two_stores>> it;
  it.transport.discover(5);
  it.settle();
  const auto request = it.publish("hello");
  REQUIRE(request.has_value());
  const wr::message_hash hash = it.transport.last(operation_kind::lightpush).hash.value();
  wr::store_reply<wr::message> page;
  page.status = 200;
  page.entries.push_back({hash, {}});
  it.transport.otherwise(operation_kind::store_query).reply(page);
  while (it.transport.count(operation_kind::store_query) < 1) it.clock.run_for(1s);
  it.settle();
  CHECK_FALSE(it.host.outcome_as<wr::confirmed>(*request).has_value());
  it.clock.run_for(30s);
  CHECK(it.transport.count(operation_kind::store_query) == 2);
  CHECK(it.host.outcome_as<wr::confirmed>(*request).has_value());
}

TEST_CASE("recovery of the user's own says where a range begins") {
  struct own : wr::policies<wr::lightpush_only, wr::filter_only, last_hour> {};
  scripted_node<own> it;
  it.transport.discover(3);
  it.settle();
  REQUIRE(it.subscribe().has_value());
  it.clock.run_for(2min);
  const auto queries = it.transport.requests(operation_kind::store_query);
  REQUIRE_FALSE(queries.empty());
  for (const auto* query : queries) CHECK(query->time_start == query->at.wall - 1h);
}

TEST_CASE("a cadence of the user's own sets the beat of the rounds") {
  struct own : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit, every_seven_seconds> {};
  scripted_node<own> it;
  it.transport.discover(3);
  it.settle();
  REQUIRE(it.subscribe().has_value());
  it.clock.run_for(1min);
  const auto times = times_of(it.transport.requests(operation_kind::store_query));
  REQUIRE(times.size() >= 5);
  for (std::size_t round = 1; round < times.size(); ++round) CHECK(times[round] - times[round - 1] == 7s);
}

TEST_CASE("upkeep of the user's own says how often to ping, and that a failure changes nothing") {
  scripted_node<quiet_with<pinged_every_five_seconds, wr::single, wr::accepted_is_enough>> it;
  it.transport.discover(3);
  it.transport.otherwise(operation_kind::filter_ping).fail(wr::transport_error::connection_lost);
  it.settle();
  REQUIRE(it.subscribe().has_value());
  it.clock.run_for(1min);
  CHECK(it.transport.count(operation_kind::filter_ping) >= 10);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
}

TEST_CASE("a budget of the user's own keeps all but the first copy back") {
  scripted_node<quiet_with<nothing_extra, wr::redundant, wr::accepted_is_enough>> it;
  it.transport.discover(5);
  it.transport.otherwise(operation_kind::lightpush).reply(refused(500));
  it.settle();
  REQUIRE(it.publish("hello").has_value());
  it.clock.run_for(2min);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
}

TEST_CASE("an observer of the user's own is told what it wants to hear") {
  scripted_node<quiet_with<loss_counter, wr::accepted_is_enough>> it;
  it.transport.discover(3);
  it.settle();
  REQUIRE(it.subscribe().has_value());
  const wr::message body = it.make_message("hello");
  it.transport.sink().filter_push(wr::peer_id{1}, it.topic, body);
  it.transport.sink().filter_push(wr::peer_id{2}, it.topic, body);
  it.transport.sink().filter_push(wr::peer_id{3}, it.topic, body);
  it.settle();
  CHECK(it.host.deliveries().size() == 1);
  CHECK(it.node.observer().duplicates == 2);
}

}  // namespace own_policies_tests
