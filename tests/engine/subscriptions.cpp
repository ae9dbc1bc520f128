// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/subscriptions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace subscriptions_tests {

using namespace receiving;

namespace {

using filter_node = wt::scripted_node<filter_client>;

struct refreshed_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery,
                                       wr::accepted_is_enough, wr::refreshed_subscription, notice_log> {};
/// Relay, and filter while the relay has no peers.
struct switching_client : wr::policies<wr::relay_then_lightpush, wr::relay_then_filter, wr::no_recovery,
                                       wr::accepted_is_enough, notice_log> {};
struct unattended_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery, wr::accepted_is_enough,
                   wr::unattended_subscription, wr::plain_pool, notice_log> {};
/// F1 without F3: a failed SUBSCRIBE is made good by the pool alone.
struct pooled_unattended_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery, wr::accepted_is_enough,
                   wr::unattended_subscription, notice_log> {};

/// A subscription policy of a user's own: pings every 7 s, and bears three failures of either kind.
struct patient_subscription {
  static constexpr wr::slot fills = wr::slot::subscription;
  using reaction = wr::subscription_reaction;

  [[nodiscard]] std::optional<wr::duration> ping_interval(const wr::subscription_options&) const {
    return 7s;
  }
  [[nodiscard]] std::optional<wr::duration> refresh_interval(const wr::subscription_options&) const {
    return {};
  }
  [[nodiscard]] reaction after_failed_ping(const wr::subscription_failures& failures,
                                           const wr::subscription_options&) const {
    return failures.pings > 3 ? reaction::replace : reaction::keep;
  }
  [[nodiscard]] reaction after_failed_subscribe(const wr::subscription_failures& failures,
                                                const wr::subscription_options&) const {
    return failures.subscribes > 3 ? reaction::replace : reaction::subscribe;
  }
};
struct patient_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery,
                                     wr::accepted_is_enough, patient_subscription, notice_log> {};

/// A receive route of a user's own: filter from three relay peers downwards.
struct few_peers_route {
  static constexpr wr::slot fills = wr::slot::receive_route;
  static constexpr wr::capability_set needs{.relay = true, .filter = true};
  [[nodiscard]] constexpr bool filter_wanted(const wr::receive_situation& now) const {
    return now.relay_peers <= 3;
  }
};
struct few_peers_client
    : wr::policies<wr::lightpush_only, few_peers_route, wr::no_recovery, wr::accepted_is_enough, notice_log> {
};

wr::options one_target() {
  wr::options numbers = exact_times();
  numbers.redundancy.subscribe_targets = 1;
  return numbers;
}

template <class Notice, class Node>
std::size_t told(Node& it) {
  return it.node.observer().template count<Notice>();
}
template <class Node>
std::vector<const request*> subscribes(const Node& it) {
  return it.transport.requests(operation_kind::filter_subscribe);
}
template <class Node>
std::uint32_t peer_number(const Node&, const request& made) {
  return static_cast<std::uint32_t>(*made.peer);
}

/// Ways in which a node can fail a SUBSCRIBE on its own account.
enum class failure { s500, s503, s504, s505, s404, timeout, lost, dial, empty, garbled, unsupported };
void fail_with(wt::script_line<wr::message>& line, failure how) {
  switch (how) {
    case failure::s500: line.reply(wt::filter_answer(500)); break;
    case failure::s503: line.reply(wt::filter_answer(503)); break;
    case failure::s504: line.reply(wt::filter_answer(504)); break;
    case failure::s505: line.reply(wt::filter_answer(505)); break;
    case failure::s404: line.reply(wt::filter_answer(404)); break;
    case failure::timeout: line.drop(); break;
    case failure::lost: line.fail(wr::transport_error::connection_lost); break;
    case failure::dial: line.fail(wr::transport_error::dial_failed); break;
    case failure::empty: line.fail(wr::transport_error::empty_reply); break;
    case failure::garbled: line.fail(wr::transport_error::undecodable_reply); break;
    case failure::unsupported: line.fail(wr::transport_error::unsupported_protocol); break;
  }
}

}  // namespace

TEST_CASE("[F2.1] [F2.3] [G5] [R18] two nodes by default hold the full criteria; how many is an option") {
  wr::options numbers = exact_times();
  std::uint32_t targets = 2;
  SUBCASE("two by default") {}
  SUBCASE("three") { targets = 3; }
  SUBCASE("one") { targets = 1; }
  SUBCASE("all eight") { targets = 8; }
  if (targets != 2) numbers.redundancy.subscribe_targets = targets;
  filter_node it(numbers);
  it.transport.set_usual_delay(300ms);
  discover(it, 1, 9, filters_only);
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  const auto made = subscribes(it);
  REQUIRE(made.size() == targets);  // all of them before any reply
  CHECK(peers_of(made).size() == targets);
  for (const request* each : made) {
    CHECK(each->pubsub_topic == filter_node::topic);
    CHECK(each->content_topics == std::vector<std::string>{"/test/1/a/proto", "/test/1/b/proto"});
  }
  it.clock.run_for(30s);
  CHECK(it.transport.requests().size() == targets);
  CHECK(told<wr::notice::degraded>(it) == 0);
}

TEST_CASE("[F1.1] [F1.2] only discovered filter nodes are asked, and without probing first") {
  filter_node it(exact_times());
  discover(it, 1, 3, {.lightpush = true, .store = true});
  REQUIRE(it.subscribe());
  it.clock.run_for(1min);
  CHECK(it.transport.requests().empty());
  discover(it, 4, 4, filters_only);
  REQUIRE(it.transport.requests().size() == 1);
  CHECK(subscribes(it).front()->peer == peer(4));
}

TEST_CASE("[R18] with fewer nodes than wanted: all of them, `degraded` is told once, and it heals") {
  filter_node it(exact_times());
  REQUIRE(it.subscribe());
  REQUIRE(told<wr::notice::degraded>(it) == 1);
  discover(it, 1, 1, filters_only);
  REQUIRE(told<wr::notice::degraded>(it) == 2);
  const auto degraded = it.node.observer().all<wr::notice::degraded>();
  CHECK(degraded[0].have == 0);
  CHECK(degraded[1].have == 1);
  CHECK(degraded[1].want == 2);
  CHECK(degraded[1].of == wr::service::filter);
  it.clock.run_for(10min);
  CHECK(told<wr::notice::degraded>(it) == 2);
  discover(it, 2, 5, filters_only);
  CHECK(subscribes(it).size() == 2);
  CHECK(peers_of(subscribes(it)).size() == 2);
  it.clock.run_for(10min);
  CHECK(told<wr::notice::degraded>(it) == 2);
}

TEST_CASE("[F1.3] [F1.4] [F1.5] one failed SUBSCRIBE replaces the node, and the pool leaves it out") {
  failure how{};
  SUBCASE("500") { how = failure::s500; }
  SUBCASE("503, no room for subscribers") { how = failure::s503; }
  SUBCASE("504") { how = failure::s504; }
  SUBCASE("505") { how = failure::s505; }
  SUBCASE("404") { how = failure::s404; }
  SUBCASE("no answer for 10 s") { how = failure::timeout; }
  SUBCASE("connection lost") { how = failure::lost; }
  SUBCASE("dial failed") { how = failure::dial; }
  SUBCASE("empty reply") { how = failure::empty; }
  SUBCASE("undecodable reply") { how = failure::garbled; }
  SUBCASE("unsupported protocol") { how = failure::unsupported; }
  filter_node it(one_target());
  discover(it, 1, 3, filters_only);
  fail_with(it.transport.expect(operation_kind::filter_subscribe), how);
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  it.clock.run_for(how == failure::timeout ? 10s : 0s);
  REQUIRE(subscribes(it).size() == 2);
  const request& first = *subscribes(it)[0];
  const request& second = *subscribes(it)[1];
  CHECK(second.peer != first.peer);
  CHECK(second.content_topics == first.content_topics);
  REQUIRE(told<wr::notice::peer_ejected>(it) == 1);
  CHECK(it.node.observer().all<wr::notice::peer_ejected>()[0].peer == *first.peer);
  CHECK(it.node.observer().all<wr::notice::peer_ejected>()[0].of == wr::service::filter);
  REQUIRE(told<wr::notice::peer_replaced>(it) == 1);
  CHECK(it.node.observer().all<wr::notice::peer_replaced>()[0].left == *first.peer);
  CHECK(it.transport.disconnected().empty());
  it.clock.run_for(1h);
  CHECK(requests_at(it, operation_kind::filter_subscribe, peer_number(it, first)).size() == 1);
}

TEST_CASE("[F1.3] on wish the failing node is disconnected too") {
  wr::options numbers = one_target();
  numbers.pool.disconnect = true;
  filter_node it(numbers);
  discover(it, 1, 2, filters_only);
  it.transport.expect(operation_kind::filter_subscribe).reply(wt::filter_answer(500));
  REQUIRE(it.subscribe());
  CHECK(it.transport.disconnected() == std::vector<wr::peer_id>{*subscribes(it)[0]->peer});
}

TEST_CASE("[F1.4] [R16] a node that is out is not chosen until its pause ends or it is reported again") {
  filter_node it(one_target());
  discover(it, 1, 2, filters_only);
  it.transport.expect(operation_kind::filter_subscribe).at(peer(1)).times(1).reply(wt::filter_answer(500));
  it.transport.expect(operation_kind::filter_subscribe).at(peer(2)).times(1);
  it.transport.otherwise(operation_kind::filter_subscribe).hold();
  REQUIRE(it.subscribe());
  const bool first_was_1 = *subscribes(it)[0]->peer == peer(1);
  if (!first_was_1) {  // peer 2 took it: make it leave, so that peer 1 is tried and fails
    it.transport.sink().peer_left(peer(2));
    it.settle();
    REQUIRE(subscribes(it).size() == 2);
  }
  REQUIRE(told<wr::notice::peer_ejected>(it) == 1);
  const std::size_t before = requests_at(it, operation_kind::filter_subscribe, 1).size();
  CHECK(before == 1);
  bool reported = false;
  SUBCASE("its pause of 30 s") {}
  SUBCASE("reported again") { reported = true; }
  if (first_was_1) {
    it.transport.sink().peer_left(peer(2));  // now only the ejected one is known
    it.settle();
  }
  if (reported) {
    discover(it, 1, 1, filters_only);
  }
  it.clock.run_for(31s);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 1).size() >= 2);
}

TEST_CASE("[R20] SUBSCRIBE refused as wrong (400) is our fault: told, not replaced, sent again in a minute") {
  filter_node it(one_target());
  discover(it, 1, 3, filters_only);
  it.transport.otherwise(operation_kind::filter_subscribe).reply(wt::filter_answer(400));
  REQUIRE(it.subscribe());
  it.clock.run_for(59s);
  REQUIRE(subscribes(it).size() == 1);
  REQUIRE(told<wr::notice::filter_refused>(it) == 1);
  CHECK(it.node.observer().all<wr::notice::filter_refused>()[0].status == 400);
  it.clock.run_for(1s);
  REQUIRE(subscribes(it).size() == 2);
  CHECK(subscribes(it)[1]->peer == subscribes(it)[0]->peer);
  CHECK(told<wr::notice::peer_ejected>(it) == 0);
  CHECK(told<wr::notice::peer_replaced>(it) == 0);
}

TEST_CASE("[R20] a SUBSCRIBE that meets 429 is sent again after the hint or a step, and nobody is charged") {
  filter_node it(one_target());
  discover(it, 1, 3, filters_only);
  wr::filter_reply busy = wt::filter_answer(429);
  std::vector<wr::duration> times;
  SUBCASE("without a hint: 1 s, 2 s, 4 s") { times = {0s, 1s, 3s, 7s}; }
  SUBCASE("with a hint") {
    busy.retry_after = 25s;
    times = {0s, 25s, 50s, 75s};
  }
  it.transport.expect(operation_kind::filter_subscribe).times(3).reply(busy);
  REQUIRE(it.subscribe());
  it.clock.run_for(80s);
  CHECK(times_of(it, subscribes(it)) == times);
  CHECK(peers_of(subscribes(it)).size() == 1);
  CHECK(told<wr::notice::peer_ejected>(it) == 0);
  CHECK(told<wr::notice::peer_replaced>(it) == 0);
  CHECK(told<wr::notice::rate_limited>(it) == 3);
}

TEST_CASE("[R20] a hint of no time at all is no leave to hurry") {
  filter_node it(one_target());
  discover(it, 1, 1, filters_only);
  wr::filter_reply busy = wt::filter_answer(429);
  SUBCASE("zero") { busy.retry_after = 0s; }
  SUBCASE("negative") { busy.retry_after = -5s; }
  SUBCASE("a nanosecond") { busy.retry_after = 1ns; }
  it.transport.expect(operation_kind::filter_subscribe).times(20).reply(busy);
  it.transport.expect(operation_kind::filter_ping).times(20).reply(busy);
  REQUIRE(it.subscribe());
  it.clock.run_for(10s);
  CHECK(subscribes(it).size() <= 11);
  it.clock.run_for(80s);
  const auto pings = it.transport.requests(operation_kind::filter_ping);
  for (std::size_t at = 1; at < pings.size(); ++at) {
    CHECK(pings[at]->at.steady - pings[at - 1]->at.steady >= 1s);
  }
}

TEST_CASE("[F3.1] [F3.2] every used node is pinged each minute, also while its pushes flow") {
  filter_node it;
  discover(it, 1, 4, filters_only);
  REQUIRE(it.subscribe());
  const auto used = peers_of(subscribes(it));
  for (int second = 0; second < 600; second += 5) {
    it.clock.run_for(5s);
    for (const wr::peer_id from : used) {
      push(it, static_cast<std::uint32_t>(from), it.make_message("still here " + std::to_string(second)));
    }
  }
  for (const wr::peer_id each : used) {
    const auto pings = requests_at(it, operation_kind::filter_ping, static_cast<std::uint32_t>(each));
    CHECK(times_of(it, pings) ==
          std::vector<wr::duration>{1min, 2min, 3min, 4min, 5min, 6min, 7min, 8min, 9min, 10min});
  }
  CHECK(it.transport.count(operation_kind::filter_ping) == 20);
  CHECK(subscribes(it).size() == 2);
}

TEST_CASE("[F3.3] [R25] a failed ping is followed by SUBSCRIBE with the full set at the same node, at once") {
  filter_node it(one_target());
  discover(it, 1, 3, filters_only);
  auto& ping = it.transport.expect(operation_kind::filter_ping);
  wr::duration waited{};
  SUBCASE("404: it has nothing for us") { ping.reply(wt::filter_answer(404)); }
  SUBCASE("500") { ping.reply(wt::filter_answer(500)); }
  SUBCASE("connection lost") { ping.fail(wr::transport_error::connection_lost); }
  SUBCASE("no answer for 5 s") {
    ping.drop();
    waited = 5s;
  }
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  it.clock.run_for(1min + waited);
  REQUIRE(subscribes(it).size() == 2);
  CHECK(subscribes(it)[1]->peer == subscribes(it)[0]->peer);
  CHECK(subscribes(it)[1]->content_topics == subscribes(it)[0]->content_topics);
  CHECK(told<wr::notice::peer_replaced>(it) == 0);
  CHECK(told<wr::notice::peer_ejected>(it) == 0);
  it.clock.run_for(10min);
  CHECK(subscribes(it).size() == 2);
}

TEST_CASE("[F3.5] [R25] strict: a failed ping and then a failed SUBSCRIBE replace the node at once") {
  filter_node it(one_target());
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  const wr::peer_id first = *subscribes(it)[0]->peer;
  it.transport.expect(operation_kind::filter_ping).reply(wt::filter_answer(404));
  it.transport.expect(operation_kind::filter_subscribe).at(first).reply(wt::filter_answer(503));
  it.clock.run_for(1min);
  REQUIRE(subscribes(it).size() == 3);
  CHECK(subscribes(it)[1]->peer == first);
  CHECK(subscribes(it)[2]->peer != first);
  CHECK(subscribes(it)[2]->at.steady == subscribes(it)[1]->at.steady);
}

TEST_CASE("[F3.5] [F1.5] [R2] two failed pings replace the node; neither SUBSCRIBE nor pushes end the row") {
  filter_node it(one_target());
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  const wr::peer_id first = *subscribes(it)[0]->peer;
  it.transport.expect(operation_kind::filter_ping).times(2).reply(wt::filter_answer(404));
  it.clock.run_for(90s);
  push(it, static_cast<std::uint32_t>(first), it.make_message("I am fine"));
  it.clock.run_for(29s);
  REQUIRE(subscribes(it).size() == 2);
  CHECK(subscribes(it)[1]->peer == first);
  it.clock.run_for(1s);
  REQUIRE(subscribes(it).size() == 3);
  CHECK(subscribes(it)[2]->peer != first);
  CHECK(told<wr::notice::peer_replaced>(it) == 1);
  CHECK(told<wr::notice::peer_ejected>(it) == 1);
}

TEST_CASE("[F1.5] [R2] a good ping between two failed ones saves the node") {
  filter_node it(one_target());
  discover(it, 1, 2, filters_only);
  int pings = 0;
  it.transport.otherwise(operation_kind::filter_ping).answer_with([&](const request&) {
    return wt::any_reply<wr::message>(wt::filter_answer(++pings % 2 == 1 ? 404 : 200));
  });
  REQUIRE(it.subscribe());
  it.clock.run_for(20min);
  CHECK(pings == 20);
  CHECK(subscribes(it).size() == 11);
  CHECK(peers_of(subscribes(it)).size() == 1);
  CHECK(told<wr::notice::peer_replaced>(it) == 0);
}

TEST_CASE("[F3.4] lenient: a node is replaced only after the second failure of either kind") {
  wr::options numbers = one_target();
  numbers.subscription.subscribe_failures_max = 2;
  numbers.subscription.ping_failures_max = 3;
  filter_node it(numbers);
  discover(it, 1, 2, filters_only);
  SUBCASE("SUBSCRIBE") {
    it.transport.expect(operation_kind::filter_subscribe).times(2).reply(wt::filter_answer(500));
    REQUIRE(it.subscribe());
    it.clock.run_for(1s);
    REQUIRE(subscribes(it).size() == 3);
    CHECK(times_of(it, subscribes(it)) == std::vector<wr::duration>{0s, 1s, 1s});
    CHECK(subscribes(it)[1]->peer == subscribes(it)[0]->peer);
    CHECK(subscribes(it)[2]->peer != subscribes(it)[0]->peer);
  }
  SUBCASE("SUBSCRIBE, with a success between") {
    it.transport.expect(operation_kind::filter_subscribe).reply(wt::filter_answer(500));
    it.transport.expect(operation_kind::filter_subscribe);
    it.transport.expect(operation_kind::filter_subscribe).reply(wt::filter_answer(500));
    it.transport.expect(operation_kind::filter_ping).reply(wt::filter_answer(404));
    REQUIRE(it.subscribe());
    it.clock.run_for(3min);
    CHECK(subscribes(it).size() == 4);
    CHECK(peers_of(subscribes(it)).size() == 1);
  }
  SUBCASE("pings") {
    it.transport.expect(operation_kind::filter_ping).times(3).reply(wt::filter_answer(404));
    REQUIRE(it.subscribe());
    it.clock.run_for(2min);
    CHECK(peers_of(subscribes(it)).size() == 1);
    it.clock.run_for(1min);
    CHECK(peers_of(subscribes(it)).size() == 2);
  }
}

TEST_CASE("[F3.6] a refreshed subscription sends the same criteria to the same nodes; nothing else changes") {
  wt::scripted_node<refreshed_client> it;
  discover(it, 1, 4, filters_only);
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  const auto used = peers_of(subscribes(it));
  it.clock.run_for(16min);
  CHECK(peers_of(subscribes(it)) == used);
  for (const wr::peer_id each : used) {
    const auto made = requests_at(it, operation_kind::filter_subscribe, static_cast<std::uint32_t>(each));
    CHECK(times_of(it, made) == std::vector<wr::duration>{0s, 5min, 10min, 15min});
    for (const request* one : made) CHECK(one->content_topics == made[0]->content_topics);
  }
  CHECK(it.transport.count(operation_kind::filter_ping) == 32);
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 0);
  CHECK(told<wr::notice::outage_began>(it) == 0);
}

TEST_CASE("[F3.6] without refresh no criteria are sent again") {
  filter_node it;
  discover(it, 1, 4, filters_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(1h);
  CHECK(subscribes(it).size() == 2);
}

TEST_CASE("[R2] a ping that meets 429 is sent again after the hint or a step, and counts as nothing") {
  filter_node it(one_target());
  discover(it, 1, 2, filters_only);
  wr::filter_reply busy = wt::filter_answer(429);
  wr::duration pause = 1s;
  SUBCASE("without a hint") {}
  SUBCASE("with a hint") { busy.retry_after = pause = 20s; }
  it.transport.expect(operation_kind::filter_ping).reply(wt::filter_answer(404));
  it.transport.expect(operation_kind::filter_ping).reply(busy);
  it.transport.expect(operation_kind::filter_ping).reply(wt::filter_answer(404));
  REQUIRE(it.subscribe());
  it.clock.run_for(119s);
  CHECK(subscribes(it).size() == 2);  // after the first failure
  it.clock.run_for(1s);
  CHECK(subscribes(it).size() == 2);  // 429: no failure
  CHECK(told<wr::notice::rate_limited>(it) == 1);
  CHECK(told<wr::notice::peer_replaced>(it) == 0);
  it.clock.run_for(pause);
  const auto pings = it.transport.requests(operation_kind::filter_ping);
  REQUIRE(pings.size() == 3);
  CHECK(pings[2]->at.steady - pings[1]->at.steady == pause);
  CHECK(told<wr::notice::peer_replaced>(it) == 1);  // nor a success: this was the second failure in a row
}

TEST_CASE("the only filter node fails and comes back: it is asked again, ever more slowly, then pinged") {
  filter_node it(one_target());
  discover(it, 1, 1, filters_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  bool works = false;
  for (const operation_kind kind : {operation_kind::filter_ping, operation_kind::filter_subscribe}) {
    it.transport.expect(kind)
        .always()
        .where([&](const request&) { return !works; })
        .fail(wr::transport_error::dial_failed);
  }
  it.clock.run_for(10min);
  const auto tries = subscribes(it);
  REQUIRE(tries.size() >= 10);
  std::vector<wr::duration> gaps;
  for (std::size_t at = 2; at < tries.size(); ++at)
    gaps.push_back(tries[at]->at.steady - tries[at - 1]->at.steady);
  CHECK(gaps[0] == 1s);
  CHECK(*std::max_element(gaps.begin(), gaps.end()) <= 1min);
  CHECK(gaps.size() <= 40);
  works = true;
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(1min);
  REQUIRE(requests_at(it, operation_kind::filter_subscribe, 1, back).size() == 1);
  const std::size_t pings = it.transport.count(operation_kind::filter_ping);
  it.clock.run_for(10min);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 1, back).size() == 1);
  CHECK(it.transport.count(operation_kind::filter_ping) == pings + 10);
  push(it, 1, it.make_message("back again"));
  CHECK(it.host.deliveries().size() == 1);
}

TEST_CASE("all nodes fail for a while: afterwards two distinct ones hold the criteria again") {
  wr::options numbers = exact_times();
  filter_node it(numbers);
  std::uint32_t nodes = 0;
  SUBCASE("two known") { nodes = 2; }
  SUBCASE("three known") { nodes = 3; }
  SUBCASE("six known") { nodes = 6; }
  discover(it, 1, nodes, filters_only);
  bool works = true;
  for (const operation_kind kind : {operation_kind::filter_ping, operation_kind::filter_subscribe}) {
    it.transport.expect(kind).always().where([&](const request&) { return !works; }).drop();
  }
  REQUIRE(it.subscribe());
  it.clock.run_for(3min);
  works = false;
  it.clock.run_for(20min);
  works = true;
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(2min);
  std::set<wr::peer_id> subscribed;
  for (const request* made : subscribes(it)) {
    if (made->at.steady > back) subscribed.insert(*made->peer);
  }
  CHECK(subscribed.size() >= 2);
  const wr::steady_time later = it.clock.steady() + 1ns;
  it.clock.run_for(5min);
  std::set<wr::peer_id> pinged;
  for (const request* made : it.transport.requests(operation_kind::filter_ping)) {
    if (made->at.steady >= later) pinged.insert(*made->peer);
  }
  CHECK(pinged.size() == 2);
  CHECK(it.transport.open_requests() == 0);
}

TEST_CASE("[R33] a node that is replaced is sent one UNSUBSCRIBE, whose failure follows nothing") {
  filter_node it(one_target());
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  const auto first = peer_number(it, *subscribes(it)[0]);
  it.transport.expect(operation_kind::filter_ping).times(2).reply(wt::filter_answer(404));
  SUBCASE("it answers") {}
  SUBCASE("it does not know us") {
    it.transport.otherwise(operation_kind::filter_unsubscribe).reply(wt::filter_answer(404));
  }
  SUBCASE("it refuses") {
    it.transport.otherwise(operation_kind::filter_unsubscribe).reply(wt::filter_answer(500));
  }
  SUBCASE("it is silent") { it.transport.otherwise(operation_kind::filter_unsubscribe).drop(); }
  it.clock.run_for(30min);
  const auto left = it.transport.requests(operation_kind::filter_unsubscribe);
  REQUIRE(left.size() == 1);
  CHECK(left[0]->peer == peer(first));
  CHECK(left[0]->content_topics == std::vector<std::string>{std::string(filter_node::content_topic)});
  CHECK(told<wr::notice::peer_ejected>(it) == 1);
  CHECK(subscribes(it).size() == 3);
}

TEST_CASE("[F0.1] unattended: one SUBSCRIBE to each node, no ping, no timer") {
  wt::scripted_node<unattended_client> it;
  discover(it, 1, 4, filters_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(24h);
  CHECK(subscribes(it).size() == 2);
  CHECK(it.transport.requests().size() == 2);
}

TEST_CASE("[F0.1] unattended without a pool that charges: a failed SUBSCRIBE stays failed") {
  wt::scripted_node<unattended_client> it;
  discover(it, 1, 4, filters_only);
  it.transport.otherwise(operation_kind::filter_subscribe).reply(wt::filter_answer(503));
  REQUIRE(it.subscribe());
  it.clock.run_for(1h);
  CHECK(it.transport.requests().size() == 2);
  CHECK(told<wr::notice::peer_ejected>(it) == 0);
}

TEST_CASE("[F0.1] [F1.5] unattended with a pool: the next node makes a failed SUBSCRIBE good") {
  wt::scripted_node<pooled_unattended_client> it;
  discover(it, 1, 4, filters_only);
  it.transport.expect(operation_kind::filter_subscribe).reply(wt::filter_answer(503));
  REQUIRE(it.subscribe());
  it.clock.run_for(1h);
  CHECK(subscribes(it).size() == 3);
  CHECK(peers_of(subscribes(it)).size() == 3);
  CHECK(it.transport.count(operation_kind::filter_ping) == 0);
}

TEST_CASE("[F0.1] [F4.3] without recovery no store is ever asked, outage or not") {
  filter_node it;
  discover(it, 1, 3, {true, true, true, true});
  REQUIRE(it.subscribe());
  it.transport.sink().connectivity(false);
  it.clock.run_for(1h);
  it.transport.sink().connectivity(true);
  it.clock.run_for(1h);
  CHECK(it.transport.count(operation_kind::store_query) == 0);
  CHECK(told<wr::notice::outage_ended>(it) == 1);
}

TEST_CASE("a subscription policy of the user's own decides on pings, SUBSCRIBE and replacement") {
  wr::options numbers = one_target();
  wt::scripted_node<patient_client> it(numbers);
  discover(it, 1, 2, filters_only);
  it.transport.expect(operation_kind::filter_ping).times(4).reply(wt::filter_answer(404));
  REQUIRE(it.subscribe());
  it.clock.run_for(27s);
  CHECK(it.transport.count(operation_kind::filter_ping) == 3);
  CHECK(subscribes(it).size() == 1);  // `keep`
  it.clock.run_for(1s);
  CHECK(times_of(it, it.transport.requests(operation_kind::filter_ping)) ==
        std::vector<wr::duration>{7s, 14s, 21s, 28s});
  CHECK(subscribes(it).size() == 2);
  CHECK(peers_of(subscribes(it)).size() == 2);  // `replace`
}

TEST_CASE("filter subscriptions come when the last relay peer goes, and go when one comes") {
  wt::scripted_node<switching_client> it(exact_times());
  discover(it, 1, 3, filters_only);
  it.transport.sink().relay_peers(filter_node::topic, 5);
  it.settle();
  REQUIRE(it.subscribe());
  it.clock.run_for(10min);
  CHECK(it.transport.requests().empty());
  CHECK(it.transport.relay_topics() == std::vector<std::string>{std::string(filter_node::topic)});

  it.transport.sink().relay_peers(filter_node::topic, 0);
  it.settle();
  CHECK(subscribes(it).size() == 2);
  CHECK(it.transport.relay_topics().size() == 1);  // it stays in the mesh
  it.clock.run_for(10min);

  it.transport.sink().relay_peers(filter_node::topic, 1);
  it.settle();
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 2);
  const std::size_t before = it.transport.requests().size();
  it.clock.run_for(10min);
  CHECK(it.transport.requests().size() == before);  // nor pings
}

TEST_CASE("relay peers that come and go faster than UNSUBSCRIBE is answered leave the node subscribed") {
  wt::scripted_node<switching_client> it(exact_times());
  discover(it, 1, 2, filters_only);
  it.transport.otherwise(operation_kind::filter_unsubscribe).after(3s);
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  it.transport.sink().relay_peers(filter_node::topic, 1);
  it.clock.run_for(1s);
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 2);
  it.transport.sink().relay_peers(filter_node::topic, 0);
  const wr::steady_time then = it.clock.steady();
  it.clock.run_for(10s);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 1, then).size() == 1);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 2, then).size() == 1);
}

TEST_CASE("unsubscribing and subscribing anew at once ends subscribed, also where nodes are few") {
  filter_node it(exact_times());
  discover(it, 1, 2, filters_only);
  SUBCASE("UNSUBSCRIBE is answered late") {
    it.transport.otherwise(operation_kind::filter_unsubscribe).after(3s);
  }
  SUBCASE("UNSUBSCRIBE is never answered") {
    it.transport.otherwise(operation_kind::filter_unsubscribe).drop();
  }
  SUBCASE("UNSUBSCRIBE is answered at once") {}
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  const std::array topics{filter_node::content_topic};
  REQUIRE(it.node.unsubscribe(filter_node::topic, topics));
  it.clock.run_for(1s);
  REQUIRE(it.subscribe());
  const wr::steady_time then = it.clock.steady();
  it.clock.run_for(15s);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 1, then).size() == 1);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 2, then).size() == 1);
  it.clock.run_for(5min);
  CHECK(subscribes(it).size() == 4);
}

TEST_CASE("[R23] replacements slow down while every node fails") {
  wr::options numbers = one_target();
  filter_node it(numbers);
  discover(it, 1, 200, filters_only);
  it.transport.otherwise(operation_kind::filter_subscribe).fail(wr::transport_error::dial_failed);
  REQUIRE(it.subscribe());
  it.clock.run_for(2min - 1s);
  CHECK(times_of(it, subscribes(it)) == std::vector<wr::duration>{0s, 0s, 1s, 3s, 7s, 15s, 31s, 63s});
}

TEST_CASE("a receive route of the user's own says when filter is wanted") {
  wt::scripted_node<few_peers_client> it(exact_times());
  discover(it, 1, 2, filters_only);
  it.transport.sink().relay_peers(filter_node::topic, 4);
  it.settle();
  REQUIRE(it.subscribe());
  CHECK(subscribes(it).empty());
  it.transport.sink().relay_peers(filter_node::topic, 3);
  it.settle();
  CHECK(subscribes(it).size() == 2);
}

TEST_CASE("[R36] subscriptions of two pubsub topics are kept apart, at nodes that serve each") {
  constexpr std::string_view other_shard = "/waku/2/rs/1/7";
  filter_node it(exact_times());
  const std::array first{filter_node::topic};
  const std::array second{other_shard};
  for (std::uint32_t number = 1; number <= 2; ++number) {
    it.transport.sink().peer_appeared(peer(number), filters_only, first);
    it.transport.sink().peer_appeared(peer(number + 2), filters_only, second);
  }
  REQUIRE(it.subscribe());
  const std::array topics{filter_node::content_topic};
  REQUIRE(it.node.subscribe(other_shard, topics));
  it.settle();
  for (const request* made : subscribes(it)) {
    const bool of_first = *made->peer == peer(1) || *made->peer == peer(2);
    CHECK(made->pubsub_topic == (of_first ? filter_node::topic : other_shard));
  }
  CHECK(peers_of(subscribes(it)).size() == 4);
  it.transport.expect(operation_kind::filter_ping)
      .always()
      .where([&](const request& made) { return made.pubsub_topic == other_shard; })
      .reply(wt::filter_answer(500));
  it.clock.run_for(10min);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 1).size() == 1);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 2).size() == 1);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 3).size() > 1);
}

}  // namespace subscriptions_tests
