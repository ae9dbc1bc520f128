// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/push_replies.hpp>

#include <doctest/doctest.h>

#include <algorithm>

#include <engine/publishing.hpp>

namespace push_replies_tests {

using namespace publishing;
using wr::transport_error;

namespace {

using node_under_test = wt::scripted_node<presence_client>;

// Stores are other nodes than those that are pushed to, so that pools do not mix.
void discover_services(node_under_test& it, std::uint32_t lightpush_nodes, std::uint32_t store_nodes = 1) {
  for (std::uint32_t number = 1; number <= lightpush_nodes; ++number) {
    it.transport.sink().peer_appeared(peer(number), pushes_only);
  }
  for (std::uint32_t number = 1; number <= store_nodes; ++number) {
    it.transport.sink().peer_appeared(peer(100 + number), stores_only);
  }
  it.settle();
}
wr::options one_target() {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 1;
  return numbers;
}
bool was_ejected(node_under_test& it, wr::peer_id which) {
  for (const auto& each : it.node.observer().all<wr::notice::peer_ejected>()) {
    if (each.peer == which && each.of == wr::service::lightpush) return true;
  }
  return false;
}
std::size_t pushes_to(const node_under_test& it, wr::peer_id which) {
  const auto peers = peers_of(it.transport, operation_kind::lightpush);
  return static_cast<std::size_t>(std::count(peers.begin(), peers.end(), which));
}
/// The one node that was pushed to.
wr::peer_id only_target(const node_under_test& it) {
  const auto peers = peers_of(it.transport, operation_kind::lightpush);
  REQUIRE(peers.size() == 1);
  return peers.front();
}

struct failure {
  const char* name;
  std::variant<wr::lightpush_reply, transport_error> answer;
};
template <class Line>
void give(Line& line, const failure& kind) {
  if (const auto* reply = std::get_if<wr::lightpush_reply>(&kind.answer)) {
    line.reply(*reply);
  } else {
    line.fail(std::get<transport_error>(kind.answer));
  }
}

}  // namespace

TEST_CASE("[L1.5] [L1.3] [L1.4] [L1.1] one failure of the node's own making and the next push avoids it") {
  const failure kinds[] = {
      {"connection closed", transport_error::connection_lost},
      {"silence past the timeout", transport_error::timeout},
      {"421", wt::push_refused(421)},
      {"500", wt::push_refused(500)},
      {"503", wt::push_refused(503)},
      {"504", wt::push_refused(504)},
      {"505", wt::push_refused(505)},
      {"unknown 5xx", wt::push_refused(599)},
      {"end without a byte", transport_error::empty_reply},
      {"bytes that are no reply", transport_error::undecodable_reply},
      {"cannot be dialled", transport_error::dial_failed},
      {"does not speak the protocol", transport_error::unsupported_protocol},
      {"200 with no relay peer", wt::push_accepted(0)},
  };
  for (const failure& kind : kinds) {
    CAPTURE(kind.name);
    node_under_test it(one_target());
    discover_services(it, 2);
    give(it.transport.expect(operation_kind::lightpush), kind);
    REQUIRE(it.publish("first"));
    const wr::peer_id failed = only_target(it);
    CHECK(was_ejected(it, failed));
    CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 1);
    CHECK(it.transport.disconnected().empty());

    // Within the pool's first pause of 30 s every push goes to the other node: the retransmission too.
    CHECK(publish_many(it, 8).size() == 8);
    it.clock.run_for(2s);
    CHECK(pushes_to(it, failed) == 1);
    CHECK(it.transport.count(operation_kind::lightpush) >= 10);
  }
}

TEST_CASE("[L1.5] a node that stays silent is out when the timeout of 10 s has passed, not before") {
  node_under_test it(one_target());
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).drop();
  REQUIRE(it.publish("hello"));
  const wr::peer_id silent = only_target(it);
  it.clock.run_for(9999ms);
  CHECK_FALSE(was_ejected(it, silent));
  CHECK(it.transport.cancels().empty());
  it.clock.run_for(1ms);
  CHECK(was_ejected(it, silent));
  CHECK(it.transport.cancels().size() == 1);
}

TEST_CASE("[L1.5] refusals that are about the message or a rate keep the node") {
  const failure kinds[] = {
      {"400", wt::push_refused(400)},
      {"413", wt::push_refused(413)},
      {"420", wt::push_refused(420)},
      {"420 with a proof", wt::push_refused(420, "RLN validation failed")},
      {"429", wt::push_refused(429)},
      {"unknown 4xx", wt::push_refused(499)},
      {"the transport threw", transport_error::transport_threw},
  };
  for (const failure& kind : kinds) {
    CAPTURE(kind.name);
    node_under_test it(one_target());
    discover_services(it, 1);
    give(it.transport.expect(operation_kind::lightpush), kind);
    REQUIRE(it.publish("hello"));
    CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
    it.clock.run_for(2s);
    const std::size_t before = it.transport.count(operation_kind::lightpush);
    REQUIRE(it.publish("next"));
    CHECK(it.transport.count(operation_kind::lightpush) == before + 1);
    CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
  }
}

TEST_CASE("[L1.3] [R16] a failing node is disconnected only if so set, once") {
  wr::options numbers = one_target();
  numbers.pool.disconnect = true;
  node_under_test it(numbers);
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(500));
  REQUIRE(it.publish("hello"));
  const wr::peer_id failed = only_target(it);
  CHECK(it.transport.disconnected() == std::vector<wr::peer_id>{failed});
}

TEST_CASE("[L1.2] a discovered node is pushed to at the next publish, and nothing probes it before") {
  node_under_test it(one_target());
  it.transport.sink().peer_appeared(peer(7), pushes_only);
  it.clock.run_for(30s);
  CHECK(it.transport.requests().empty());
  REQUIRE(it.publish("hello"));
  CHECK(only_target(it) == peer(7));
}

TEST_CASE("[L1.1] [R16] a node is out for the pool's pause, and back sooner if reported anew") {
  node_under_test it(one_target());
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(500));
  REQUIRE(it.publish("hello"));
  const wr::peer_id failed = only_target(it);
  it.clock.run_for(20s);
  CHECK(publish_many(it, 10).size() == 10);
  CHECK(pushes_to(it, failed) == 1);
  SUBCASE("after its pause of 30 s") { it.clock.run_for(11s); }
  SUBCASE("as discovery reports it again") {
    it.transport.sink().peer_appeared(failed, pushes_only);
    it.settle();
  }
  CHECK(publish_many(it, 10).size() == 10);
  CHECK(pushes_to(it, failed) > 1);
}

TEST_CASE("[R16] the only node stays usable however often it fails") {
  node_under_test it(one_target());
  discover_services(it, 1);
  it.transport.expect(operation_kind::lightpush).times(3).reply(wt::push_refused(500));
  const auto id = it.publish("hello");
  it.clock.run_for(8s);
  CHECK(times_of(it, operation_kind::lightpush) == std::vector<wr::duration>{0s, 1s, 3s, 7s});
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
}

TEST_CASE("[L3.2] [R23] a rate limit is a pause of one step, charged to nobody, and then one more push") {
  node_under_test it(one_target());
  discover_services(it, 1);
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(429));
  it.transport.expect(operation_kind::lightpush).drop();
  REQUIRE(it.publish("hello"));
  it.clock.run_for(999ms);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  it.clock.run_for(1ms);
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  it.clock.run_for(9s);
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  const auto limits = it.node.observer().all<wr::notice::rate_limited>();
  REQUIRE(limits.size() == 1);
  CHECK(limits[0].pause == 1s);
  CHECK(limits[0].peer == peer(1));
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
}

TEST_CASE(
    "[L3.2] [R20] a rate limit's hint is honoured to the nanosecond, while other nodes are used at once") {
  wr::lightpush_reply busy = wt::push_refused(429);
  busy.retry_after = 9s;
  SUBCASE("with one node the message waits for the hint") {
    node_under_test it(one_target());
    discover_services(it, 1);
    it.transport.expect(operation_kind::lightpush).reply(busy);
    REQUIRE(it.publish("hello"));
    it.clock.run_for(9s - 1ns);
    CHECK(it.transport.count(operation_kind::lightpush) == 1);
    it.clock.run_for(1ns);
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
    CHECK(hashes_sent(it.transport).size() == 1);
  }
  SUBCASE("with two nodes the other one has it after one step, and other messages at once") {
    node_under_test it(one_target());
    discover_services(it, 2);
    it.transport.expect(operation_kind::lightpush).reply(busy);
    REQUIRE(it.publish("hello"));
    const wr::peer_id held = only_target(it);
    REQUIRE(it.publish("another"));
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
    it.clock.run_for(1s);
    CHECK(it.transport.count(operation_kind::lightpush) == 3);
    it.clock.run_for(7s);
    CHECK(pushes_to(it, held) == 1);
  }
}

TEST_CASE("[R20] nobody is charged for what fails while we are offline, or began before we were back") {
  node_under_test it(one_target());
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).hold();
  const auto id = it.publish("hello");
  const wr::operation_id push = it.transport.last(operation_kind::lightpush).operation;
  it.transport.sink().connectivity(false);
  it.settle();
  SUBCASE("it fails while offline") { it.transport.fail(push, transport_error::connection_lost); }
  SUBCASE("it times out while offline") { it.clock.run_for(10s); }
  SUBCASE("it fails when we are back") {
    it.clock.run_for(1s);
    it.transport.sink().connectivity(true);
    it.settle();
    it.transport.fail(push, transport_error::connection_lost);
  }
  it.settle();
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
}

TEST_CASE("[R20] while offline nothing leaves, and what waits leaves when we are back") {
  node_under_test it(exact_times());
  discover_services(it, 2);
  it.transport.sink().connectivity(false);
  it.settle();
  const auto id = it.publish("hello");
  it.clock.run_for(20s);
  CHECK(it.transport.requests().empty());
  CHECK(it.node.status(*id)->phase == wr::request_phase::waiting);
  it.transport.sink().connectivity(true);
  it.settle();
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
}

TEST_CASE("[R20] what was charged since anybody answered is taken back when we turn out to be offline") {
  node_under_test it(one_target());
  discover_services(it, 2);
  fail_pushes(it, transport_error::connection_lost);
  REQUIRE(it.publish("hello"));
  it.clock.run_for(1500ms);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 2);
  it.transport.sink().connectivity(false);
  it.settle();
  it.transport.sink().connectivity(true);
  it.settle();
  answer_pushes(it, wt::push_accepted());
  CHECK(publish_many(it, 20).size() == 20);
  CHECK(pushes_to(it, peer(1)) > 1);
  CHECK(pushes_to(it, peer(2)) > 1);
}

TEST_CASE("[R19] a push succeeds with 200 and a relay peer, or by legacy v2 without a count") {
  struct {
    wr::lightpush_reply reply;
    bool success;
  } const cases[] = {{wt::push_accepted(1), true},
                     {wt::legacy_push_accepted(), true},
                     {wt::push_accepted(0), false},
                     {wr::lightpush_reply{200, {}, false, {}, {}}, false},
                     {wr::lightpush_reply{500, {}, true, "not_published_to_any_peer", {}}, false}};
  for (const auto& each : cases) {
    CAPTURE(each.reply.legacy);
    node_under_test it(one_target());
    discover_services(it, 1);
    it.transport.expect(operation_kind::lightpush).reply(each.reply);
    const auto id = it.publish("hello");
    CHECK(it.host.propagations().size() == (each.success ? 1 : 0));
    CHECK((it.node.status(*id)->phase == wr::request_phase::unacknowledged) == each.success);
    CHECK((it.node.observer().count<wr::notice::peer_ejected>() == 0) == each.success);
    it.clock.run_for(1s);
    CHECK(it.transport.count(operation_kind::lightpush) == (each.success ? 1 : 2));
  }
}

TEST_CASE("[R19] after one acceptance the nodes that failed are not tried again, only charged") {
  node_under_test it(exact_times());
  discover_services(it, 2);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(500));
  it.transport.expect(operation_kind::lightpush).after(50ms).reply(wt::push_accepted());
  const auto id = it.publish("hello");
  it.clock.run_for(20s);
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 1);
  const auto end = it.host.outcome_as<wr::confirmed>(*id);
  REQUIRE(end);
  CHECK(end->transmissions == 1);
}

TEST_CASE("[R20] recoverable codes and lost answers are tried again") {
  const failure kinds[] = {
      {"429", wt::push_refused(429)},
      {"500", wt::push_refused(500)},
      {"503", wt::push_refused(503)},
      {"504", wt::push_refused(504)},
      {"505", wt::push_refused(505)},
      {"unknown 5xx", wt::push_refused(555)},
      {"timeout", transport_error::timeout},
      {"lost", transport_error::connection_lost},
      {"empty", transport_error::empty_reply},
      {"garbled", transport_error::undecodable_reply},
      {"not dialled", transport_error::dial_failed},
  };
  for (const failure& kind : kinds) {
    CAPTURE(kind.name);
    node_under_test it(one_target());
    discover_services(it, 2);
    give(it.transport.expect(operation_kind::lightpush), kind);
    const auto id = it.publish("hello");
    it.clock.run_for(999ms);
    CHECK(it.transport.count(operation_kind::lightpush) == 1);
    it.clock.run_for(1ms);
    REQUIRE(it.transport.count(operation_kind::lightpush) == 2);
    const auto pushes = it.transport.requests(operation_kind::lightpush);
    CHECK(*pushes[0]->peer != *pushes[1]->peer);
    CHECK(*pushes[0]->message == *pushes[1]->message);
    CHECK(*pushes[0]->hash == *pushes[1]->hash);
    CHECK(it.host.outcomes_of(*id).empty());
  }
}

TEST_CASE("[R20] codes that refuse the message itself are final when every node that was asked gives one") {
  for (const std::uint32_t status : {400U, 413U, 420U, 499U}) {
    CAPTURE(status);
    node_under_test it(exact_times());
    discover_services(it, 3);
    answer_pushes(it, wt::push_refused(status));
    const auto id = it.publish("hello");
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::refused});
    it.clock.run_for(60s);
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
    CHECK(it.host.outcomes().size() == 1);
    CHECK(it.host.propagations().empty());
  }
}

TEST_CASE("[R20] a node that refused a message for good is not asked for it again; the others are") {
  node_under_test it(exact_times());
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).at(peer(1)).reply(wt::push_refused(413));
  it.transport.expect(operation_kind::lightpush).at(peer(2)).times(3).reply(wt::push_refused(429));
  it.transport.expect(operation_kind::lightpush).at(peer(2)).reply(wt::push_refused(400));
  const auto id = it.publish("hello");
  it.clock.run_for(3s);
  CHECK(it.host.outcomes_of(*id).empty());
  it.clock.run_for(57s);
  CHECK(pushes_to(it, peer(1)) == 1);
  CHECK(pushes_to(it, peer(2)) == 4);
  CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::refused});
}

TEST_CASE("[R20] 421 is tried again on another node only") {
  node_under_test it(one_target());
  discover_services(it, 1);
  answer_pushes(it, wt::push_refused(421));
  const auto id = publish_unstamped(it, "hello");
  it.clock.run_for(30s);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  CHECK(it.host.outcomes_of(*id).empty());
  SUBCASE("another node appears and takes it") {
    answer_pushes(it, wt::push_accepted());
    it.transport.sink().peer_appeared(peer(2), pushes_only);
    it.settle();
    CHECK(pushes_to(it, peer(2)) == 1);
    CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  }
  SUBCASE("nobody else appears until the deadline") {
    it.clock.run_for(30s);
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::deadline});
    CHECK(it.transport.count(operation_kind::lightpush) == 1);
  }
}

TEST_CASE("[R38] [R20] 420 with an RLN text asks for a fresh proof once, and every field stays") {
  node_under_test it(one_target());
  discover_services(it, 1, 0);
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(420, "RLN validation failed"));
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(500));
  const auto id = it.publish("hello");
  it.clock.run_for(4s);
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  REQUIRE(pushes.size() == 3);
  CHECK_FALSE(pushes[0]->fresh_proof);
  CHECK(pushes[1]->fresh_proof);
  CHECK(pushes[1]->at.steady - pushes[0]->at.steady == 1s);
  CHECK_FALSE(pushes[2]->fresh_proof);  // a proof costs a slot of the epoch; the second was not refused
  for (const request* each : pushes) {
    CHECK(*each->message == *pushes[0]->message);
    CHECK(*each->hash == *pushes[0]->hash);
  }
  CHECK(it.host.outcomes_of(*id).empty());
  CHECK(it.host.propagations().size() == 1);
}

TEST_CASE("[R38] no fresh proof is asked for bytes that another node took in that transmission") {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  node_under_test it(numbers);
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).at(peer(1)).reply(wt::push_refused(420, "RLN proof"));
  it.transport.expect(operation_kind::lightpush).at(peer(2)).after(100ms).reply(wt::push_accepted());
  REQUIRE(it.publish("hello"));
  it.clock.run_for(4s);
  REQUIRE(it.transport.count(operation_kind::lightpush) > 2);
  for (const request* each : it.transport.requests(operation_kind::lightpush)) CHECK_FALSE(each->fresh_proof);
}

TEST_CASE("[R21] once the bytes may be out, what says that a node has seen them is neutral") {
  const failure first[] = {{"accepted", wt::push_accepted()},
                           {"timeout", transport_error::timeout},
                           {"lost", transport_error::connection_lost}};
  const failure second[] = {{"503", wt::push_refused(503)},
                            {"505", wt::push_refused(505)},
                            {"420", wt::push_refused(420, "already seen")},
                            {"420 with a proof", wt::push_refused(420, "RLN validation failed")},
                            {"200 with count 0", wt::push_accepted(0)},
                            {"legacy refusal", wr::lightpush_reply{500, {}, true, "no peers", {}}}};
  for (const failure& before : first) {
    for (const failure& after : second) {
      CAPTURE(before.name);
      CAPTURE(after.name);
      wr::options numbers = one_target();
      numbers.retransmit.loss = wr::retransmit_on::timer;
      numbers.retransmit.attempts_max = 3;
      node_under_test it(numbers);
      discover_services(it, 1);
      give(it.transport.expect(operation_kind::lightpush), before);
      give(it.transport.expect(operation_kind::lightpush).always(), after);
      const auto id = it.publish("hello");
      it.clock.run_for(14s);
      // 0, 1, 3, 7 s by back-off: the repeats are no failed attempts, so the limit of 3 is not reached.
      CHECK(times_of(it, operation_kind::lightpush) == std::vector<wr::duration>{0s, 1s, 3s, 7s});
      CHECK(it.node.observer().count<wr::notice::neutral_answer>() == 3);
      const bool first_is_charged = std::holds_alternative<transport_error>(before.answer);
      CHECK(it.node.observer().count<wr::notice::peer_ejected>() == (first_is_charged ? 1 : 0));
      CHECK(it.host.outcomes_of(*id).empty());
      for (const request* each : it.transport.requests(operation_kind::lightpush))
        CHECK_FALSE(each->fresh_proof);
    }
  }
}

TEST_CASE("[R21] no peers is neutral beside the other node's acceptance, before it or after it") {
  for (const wr::lightpush_reply& said :
       {wt::push_refused(505), wt::push_refused(503), wt::push_accepted(0),
        wr::lightpush_reply{500, {}, true, "not_published_to_any_peer", {}}}) {
    for (const auto acceptance : {100ms, 300ms}) {
      CAPTURE(said.status);
      CAPTURE(acceptance.count());
      node_under_test it(exact_times());
      discover_services(it, 2);
      it.transport.expect(operation_kind::lightpush).at(peer(1)).after(200ms).reply(said);
      it.transport.expect(operation_kind::lightpush).at(peer(2)).after(acceptance).reply(wt::push_accepted());
      REQUIRE(it.publish("hello"));
      it.clock.run_for(2s);
      CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
      const auto neutral = it.node.observer().all<wr::notice::neutral_answer>();
      REQUIRE(neutral.size() == 1);
      CHECK(neutral[0].peer == peer(1));
      CHECK(it.transport.count(operation_kind::lightpush) == 2);
    }
  }
}

TEST_CASE("[R21] no peers is neutral beside an unknown end, and charged when all have refused") {
  node_under_test it(exact_times());
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).at(peer(1)).reply(wt::push_refused(505));
  SUBCASE("the other one's answer is lost") {
    it.transport.expect(operation_kind::lightpush).at(peer(2)).after(1s).fail(transport_error::timeout);
    REQUIRE(it.publish("hello"));
    it.clock.run_for(1s);
    CHECK_FALSE(was_ejected(it, peer(1)));
    CHECK(was_ejected(it, peer(2)));
  }
  SUBCASE("the other one has refused too") {
    it.transport.expect(operation_kind::lightpush).at(peer(2)).after(1s).reply(wt::push_refused(505));
    REQUIRE(it.publish("hello"));
    it.settle();
    CHECK_FALSE(was_ejected(it, peer(1)));
    it.clock.run_for(1s);
    CHECK(was_ejected(it, peer(1)));
    CHECK(was_ejected(it, peer(2)));
  }
}

TEST_CASE("[L3.1] nothing is told, and the node is not asked again, before its reply or the timeout") {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  node_under_test it(numbers);
  discover_services(it, 1);
  it.transport.expect(operation_kind::lightpush).drop();
  const auto id = it.publish("hello");
  it.clock.run_for(10s - 1ns);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  CHECK(it.host.propagations().empty());
  CHECK(it.node.status(*id)->phase == wr::request_phase::sending);
  it.clock.run_for(1ns + 1s);
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
}

TEST_CASE("[L3.3] [L3.4] [R23] failures go on to be answered by pushes 1, 2, 4, 8, 8 s apart until OK") {
  node_under_test it(one_target());
  discover_services(it, 1, 0);
  it.transport.expect(operation_kind::lightpush).times(5).reply(wt::push_refused(500));
  const auto id = publish_unstamped(it, "hello");
  it.clock.run_for(59s);
  CHECK(times_of(it, operation_kind::lightpush) == std::vector<wr::duration>{0s, 1s, 3s, 7s, 15s, 23s});
  CHECK(it.transport.count(operation_kind::lightpush) == 6);
  CHECK(it.node.status(*id)->transmissions == 6);
}

TEST_CASE("[R23] jitter only lengthens a wait, by a quarter at most") {
  const std::uint64_t first_seed = 1;
  for (std::uint64_t seed = first_seed; seed < first_seed + 20; ++seed) {
    CAPTURE(seed);
    wr::options numbers;
    numbers.seed = seed;
    numbers.redundancy.publish_targets = 1;
    node_under_test it(numbers);
    discover_services(it, 1, 0);
    answer_pushes(it, wt::push_refused(500));
    REQUIRE(it.publish("hello"));
    it.clock.run_for(12s);
    const auto times = times_of(it, operation_kind::lightpush);
    REQUIRE(times.size() == 4);
    const wr::duration steps[] = {1s, 2s, 4s};
    for (std::size_t gap = 0; gap < 3; ++gap) {
      CHECK(times[gap + 1] - times[gap] >= steps[gap]);
      CHECK(times[gap + 1] - times[gap] <= steps[gap] * 5 / 4);
    }
  }
}

TEST_CASE("[L3.5] so many failed transmissions as are allowed give one outcome, and no push after it") {
  wr::options numbers = one_target();
  numbers.retransmit.attempts_max = 3;
  node_under_test it(numbers);
  discover_services(it, 2);
  SUBCASE("all refused: failed") {
    answer_pushes(it, wt::push_refused(505));
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    CHECK(it.transport.count(operation_kind::lightpush) == 3);
    CHECK(it.host.outcomes().size() == 1);
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::attempts_used_up});
    CHECK(it.host.outcomes()[0].at.steady == it.transport.last(operation_kind::lightpush).at.steady);
  }
  SUBCASE("one ended unknown: unconfirmed") {
    it.transport.expect(operation_kind::lightpush).fail(transport_error::connection_lost);
    answer_pushes(it, wt::push_refused(500));
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    CHECK(it.transport.count(operation_kind::lightpush) == 3);
    CHECK(it.host.outcomes().size() == 1);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
          wr::unconfirmed{wr::unconfirmed_why::attempts_used_up, std::nullopt});
  }
}

TEST_CASE("[R22] a timeout both replaces the node and sends again, to the replacement") {
  node_under_test it(one_target());
  discover_services(it, 2);
  it.transport.expect(operation_kind::lightpush).drop();
  REQUIRE(it.publish("hello"));
  const wr::peer_id silent = only_target(it);
  it.clock.run_for(11s);
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  REQUIRE(pushes.size() == 2);
  CHECK(*pushes[1]->peer != silent);
  CHECK(pushes[1]->at.steady - pushes[0]->at.steady == 11s);
  CHECK(*pushes[1]->message == *pushes[0]->message);
  CHECK(was_ejected(it, silent));
}

TEST_CASE("a node that could not be dialled was never sent to; one that fell silent may hold the message") {
  wr::options numbers = one_target();
  numbers.retransmit.attempts_max = 1;
  node_under_test it(numbers);
  discover_services(it, 1);
  SUBCASE("dial failed") {
    it.transport.expect(operation_kind::lightpush).fail(transport_error::dial_failed);
    const auto id = it.publish("hello");
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::attempts_used_up});
  }
  SUBCASE("timeout") {
    it.transport.expect(operation_kind::lightpush).fail(transport_error::timeout);
    const auto id = it.publish("hello");
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
          wr::unconfirmed{wr::unconfirmed_why::attempts_used_up, std::nullopt});
  }
}

TEST_CASE("a message that was accepted and got lost goes out again though another node stays silent") {
  node_under_test it(exact_times());
  discover_services(it, 3);
  it.transport.expect(operation_kind::lightpush).drop();
  const auto id = it.publish("hello");
  const auto first = it.transport.requests(operation_kind::lightpush);
  REQUIRE(first.size() == 2);
  const wr::peer_id silent = *first[0]->peer;
  it.clock.run_for(3s);  // the store says: not there
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  REQUIRE(pushes.size() == 4);
  CHECK(*pushes[2]->peer != silent);
  CHECK(*pushes[3]->peer != silent);
  CHECK(*pushes[2]->peer != *pushes[3]->peer);
  it.clock.run_for(7s);  // 10 s: the silent node's timeout still ends its own operation
  CHECK(it.transport.cancels() == std::vector<wr::operation_id>{first[0]->operation});
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  CHECK(was_ejected(it, silent));
}

TEST_CASE("[R20] nobody is charged for what fails in a pause, or was under way when it began") {
  for (const auto pause : {5s, 30s}) {  // a push times out after 10 s
    CAPTURE(pause.count());
    node_under_test it(exact_times());
    discover(it, 2, pushes_only);
    it.transport.otherwise(operation_kind::lightpush).drop();
    REQUIRE(it.publish("hello"));
    it.clock.run_for(1s);
    it.node.pause();
    it.clock.run_for(pause);
    it.node.resume();
    it.clock.run_for(15s - pause);
    CHECK_FALSE(was_ejected(it, peer(1)));
    CHECK_FALSE(was_ejected(it, peer(2)));
  }
}

TEST_CASE("[R20] a hint of any length is heard within reason: at once at the least, a day at the most") {
  const std::pair<wr::duration, wr::duration> cases[] = {
      {wr::duration::max(), 24h}, {wr::duration::min(), 0s}, {-1ns, 0s}, {25h, 24h}, {23h, 23h}};
  for (const auto& each : cases) {
    const wr::duration hint = each.first;
    CAPTURE(hint.count());
    node_under_test it(exact_times());
    discover(it, 1, pushes_only);
    wr::lightpush_reply busy = wt::push_refused(429);
    busy.retry_after = hint;
    answer_pushes(it, busy);
    REQUIRE(it.publish("hello"));
    const auto told = it.node.observer().all<wr::notice::rate_limited>();
    REQUIRE(told.size() == 1);
    CHECK(told[0].pause == each.second);
  }
}

}  // namespace push_replies_tests
