// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <engine/receiving.hpp>
#include <generic/policy_cases.hpp>
#include <generic/scripted_world.hpp>

/// What every node promises, whatever its policies.
using namespace generic;

namespace {

/// Does the same with every policy set; a failure names the set.
template <class Act>
void with_every_set(Act act) {
  std::size_t sets = 0;
  for (const auto group : {light_clients(), relay_nodes(), mixed_clients(), plain_nodes()}) {
    for (const policy_case& tried : group) {
      const std::string set(tried.facts.name);
      CAPTURE(set);
      act(tried);
      ++sets;
    }
  }
  CHECK(sets >= 14);
}

/// How the network answers.
enum class mood : std::uint8_t { well, twice, refusing, unreachable, silent };
constexpr std::array all_moods{mood::well, mood::twice, mood::refusing, mood::unreachable, mood::silent};

void set_mood(scripted_world& it, mood how) {
  using kind = operation_kind;
  for (const kind each : {kind::relay_publish, kind::lightpush, kind::filter_subscribe,
                          kind::filter_unsubscribe, kind::filter_ping, kind::store_query}) {
    auto& line = it.transport.otherwise(each);
    if (how == mood::twice) line.repeated();
    if (how == mood::unreachable) line.fail(wr::transport_error::dial_failed);
    if (how == mood::silent) line.drop();
  }
  if (how != mood::refusing) return;
  it.transport.otherwise(kind::relay_publish).reply(wr::relay_reply{0});
  it.transport.otherwise(kind::lightpush).reply(wt::push_refused(503));
  it.transport.otherwise(kind::filter_subscribe).reply(wt::filter_answer(503));
  it.transport.otherwise(kind::filter_ping).reply(wt::filter_answer(404));
  it.transport.otherwise(kind::store_query).reply(wt::store_answer<message>(503));
}

/// Publishes some messages; returns the accepted requests.
std::vector<wr::request_id> publish_many(scripted_world& it, std::size_t count) {
  std::vector<wr::request_id> accepted;
  for (std::size_t number = 0; number < count; ++number) {
    if (const auto id = it.publish("message " + std::to_string(number))) accepted.push_back(*id);
  }
  return accepted;
}
/// Every route brings the message: filter nodes that were asked to, and relay where it was joined.
void bring(scripted_world& it, const message& what) {
  std::set<wr::peer_id> pushing;
  for (const request* each : it.transport.requests(operation_kind::filter_subscribe)) {
    if (each->peer) pushing.insert(*each->peer);
  }
  for (const wr::peer_id each : pushing) {
    it.transport.sink().filter_push(each, scripted_world::topic, message(what));
  }
  if (!it.transport.relay_topics().empty()) {
    it.transport.sink().relay_message(scripted_world::topic, message(what));
  }
  it.settle();
}
std::size_t asked(const scripted_world& it) { return it.transport.requests().size(); }

}  // namespace

TEST_CASE("every set: each accepted message gets one outcome, whatever the network answers") {
  with_every_set([](const policy_case& tried) {
    for (const mood how : all_moods) {
      CAPTURE(static_cast<int>(how));
      scripted_world it(tried);
      set_mood(it, how);
      it.meet_peers();
      const auto accepted = publish_many(it, 5);
      CHECK(accepted.size() == (tried.facts.publishes() ? 5 : 0));
      it.clock.run_for(15min);
      CHECK(it.host.outcomes().size() == accepted.size());
      for (const wr::request_id each : accepted) {
        const auto outcomes = it.host.outcomes_of(each);
        REQUIRE(outcomes.size() == 1);
        CHECK_FALSE(std::holds_alternative<wr::cancelled>(outcomes[0]));
        if (how == mood::well) CHECK_FALSE(std::holds_alternative<wr::failed>(outcomes[0]));
        if (how == mood::unreachable) CHECK(std::holds_alternative<wr::failed>(outcomes[0]));
      }
      CHECK(it.node().pending() == 0);
      CHECK(it.transport.open_requests() == it.node().operations());
    }
  });
}

TEST_CASE("every set: a set that publishes or receives nothing refuses, and says which") {
  with_every_set([](const policy_case& tried) {
    scripted_world it(tried);
    it.meet_peers();
    const auto published = it.publish("hello");
    CHECK(published.has_value() == tried.facts.publishes());
    if (!published) CHECK(published.error() == wr::errc::no_publish_route);
    const auto subscribed = it.subscribe();
    CHECK(subscribed.has_value() == tried.facts.receives());
    if (!subscribed) CHECK(subscribed.error() == wr::errc::no_receive_route);
  });
}

TEST_CASE("every set: only those protocols are used that the policies name") {
  with_every_set([](const policy_case& tried) {
    scripted_world it(tried);
    it.meet_peers();
    publish_many(it, 5);
    (void)it.subscribe();
    it.clock.run_for(30min);
    const policy_facts& facts = tried.facts;
    const bool stores = facts.asks.store() || facts.audits || facts.recovers_outages;
    const bool filters = facts.receive_needs.filter || facts.asks.echo;
    CHECK((it.transport.count(operation_kind::relay_publish) == 0 || facts.publish_needs.relay));
    CHECK((it.transport.count(operation_kind::lightpush) == 0 || facts.publish_needs.lightpush));
    CHECK((it.transport.count(operation_kind::filter_subscribe) == 0 || filters));
    CHECK((it.transport.count(operation_kind::store_query) == 0 || stores));
    CHECK(it.transport.relay_topics().empty() == !(facts.receive_needs.relay || facts.publish_needs.relay));
  });
}

TEST_CASE("every set: what comes many times is shown once, and what nobody asked for not at all") {
  with_every_set([](const policy_case& tried) {
    scripted_world it(tried);
    receiving::archive stored;
    it.transport.otherwise(operation_kind::store_query).answer_with([&](const request& made) {
      return wt::any_reply<message>(stored.answer(made));
    });
    it.meet_peers();
    const bool subscribed = it.subscribe().has_value();
    it.clock.run_for(10s);
    const message wanted = it.make_message("wanted");
    message unwanted = it.make_message("unwanted");
    unwanted.content_topic = "/test/1/other/proto";
    for (const message& each : {wanted, unwanted}) stored.hold(each);
    for (int times = 0; times < 3; ++times) {
      bring(it, wanted);
      bring(it, unwanted);
      it.clock.run_for(2min);
    }
    const bool comes = subscribed && (tried.facts.receive_needs.relay || tried.facts.receive_needs.filter ||
                                      tried.facts.audits);
    CHECK(it.host.deliveries_of(it.hash_of(wanted)) == (comes ? 1 : 0));
    CHECK(it.host.deliveries_of(it.hash_of(unwanted)) == 0);
    CHECK(it.host.deliveries().size() == (comes ? 1 : 0));
  });
}

TEST_CASE("every set: what only the stores hold is shown once by those that audit, and by no other") {
  with_every_set([](const policy_case& tried) {
    scripted_world it(tried);
    receiving::archive stored;
    it.transport.otherwise(operation_kind::store_query).answer_with([&](const request& made) {
      return wt::any_reply<message>(stored.answer(made));
    });
    it.meet_peers();
    const bool subscribed = it.subscribe().has_value();
    it.clock.run_for(10s);
    const message missed = it.make_message("missed");
    stored.hold(missed);
    it.clock.run_for(10min);
    CHECK(it.host.deliveries_of(it.hash_of(missed)) == (subscribed && tried.facts.audits ? 1 : 0));
  });
}

TEST_CASE("every set: a cancelled message ends as cancelled, once, and no request follows") {
  with_every_set([](const policy_case& tried) {
    if (!tried.facts.publishes()) return;
    scripted_world it(tried);
    set_mood(it, mood::silent);
    it.meet_peers();
    const auto id = it.publish("hello");
    REQUIRE(id);
    REQUIRE(it.node().cancel(*id));
    it.settle();
    CHECK(it.host.outcomes_of(*id) == std::vector<wr::outcome>{wr::cancelled{}});
    CHECK(it.node().cancel(*id).error() == wr::errc::unknown_request);
    const std::size_t pushes = it.transport.count(operation_kind::lightpush);
    it.clock.run_for(10min);
    CHECK(it.transport.count(operation_kind::lightpush) == pushes);
    CHECK(it.host.outcomes().size() == 1);
    CHECK(it.node().pending() == 0);
  });
}

TEST_CASE("every set: a stop ends all that is pending or under way, and all is refused after it") {
  with_every_set([](const policy_case& tried) {
    for (const mood how : {mood::well, mood::silent}) {
      scripted_world it(tried);
      set_mood(it, how);
      it.meet_peers();
      const auto accepted = publish_many(it, 5);
      (void)it.subscribe();
      const std::size_t ended_before = it.host.outcomes().size();
      it.node().stop();
      it.settle();
      CHECK(it.host.outcomes().size() == accepted.size());
      for (std::size_t at = ended_before; at < it.host.outcomes().size(); ++at) {
        CHECK(std::holds_alternative<wr::cancelled>(it.host.outcomes()[at].what.outcome));
      }
      CHECK(it.node().pending() == 0);
      CHECK(it.node().operations() == 0);
      CHECK(it.transport.open_requests() == 0);
      CHECK(it.publish("more").error() == wr::errc::stopped);
      CHECK(it.subscribe().error() == wr::errc::stopped);
      const std::size_t before = asked(it);
      it.clock.run_for(30min);
      CHECK(asked(it) == before);
    }
  });
}

TEST_CASE("every set: a paused node starts no request, and goes on when it is resumed") {
  with_every_set([](const policy_case& tried) {
    scripted_world it(tried);
    it.meet_peers();
    (void)it.subscribe();
    it.clock.run_for(5s);
    it.node().pause();
    it.settle();
    const std::size_t before = asked(it);
    const auto accepted = publish_many(it, 3);
    it.clock.run_for(30s);
    CHECK(asked(it) == before);
    it.node().resume();
    it.clock.run_for(10min);
    if (tried.facts.publishes()) CHECK(asked(it) > before);
    CHECK(it.host.outcomes().size() == accepted.size());
    for (const auto& each : it.host.outcomes()) {
      CHECK_FALSE(std::holds_alternative<wr::failed>(each.what.outcome));
    }
  });
}

TEST_CASE("every set: a restart at any moment loses no outcome, and shows nothing twice") {
  with_every_set([](const policy_case& tried) {
    for (const wr::duration moment :
         {wr::duration(0), wr::duration(20ms), wr::duration(1s), wr::duration(4s)}) {
      CAPTURE(moment.count());
      scripted_world it(tried);
      for (const auto each : {operation_kind::relay_publish, operation_kind::lightpush,
                              operation_kind::filter_subscribe, operation_kind::store_query}) {
        it.transport.otherwise(each).after(50ms);
      }
      it.meet_peers();
      (void)it.subscribe();
      it.clock.run_for(1s);
      const message heard = it.make_message("heard");
      bring(it, heard);
      const auto accepted = publish_many(it, 3);
      it.clock.run_for(moment);
      it.restart(it.node().snapshot());
      REQUIRE(it.restored());
      it.meet_peers();
      bring(it, heard);
      it.clock.run_for(15min);
      CHECK(it.host.outcomes().size() == accepted.size());
      for (const wr::request_id each : accepted) CHECK(it.host.outcomes_of(each).size() == 1);
      CHECK(it.host.deliveries_of(it.hash_of(heard)) <= 1);
    }
  });
}

TEST_CASE("every set: with nobody there, a message fails for want of a route") {
  with_every_set([](const policy_case& tried) {
    if (!tried.facts.publishes()) return;
    scripted_world it(tried);
    const auto id = it.publish("hello");
    REQUIRE(id);
    it.clock.run_for(15min);
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::no_route});
    CHECK(it.host.outcomes().size() == 1);
    CHECK(asked(it) == 0);
  });
}

TEST_CASE("every set: the same seed and the same events give the same requests") {
  with_every_set([](const policy_case& tried) {
    std::array<std::string, 2> records;
    for (std::string& record : records) {
      scripted_world it(tried);
      set_mood(it, mood::refusing);
      it.meet_peers();
      publish_many(it, 4);
      (void)it.subscribe();
      it.clock.run_for(10min);
      for (const request& each : it.transport.requests()) {
        record += std::string(wt::name_of(each.kind)) + ' ' +
                  std::to_string(each.peer ? static_cast<std::uint32_t>(*each.peer) : 0) + ' ' +
                  std::to_string(each.at.steady.time_since_epoch().count()) + '\n';
      }
    }
    CHECK(records[0] == records[1]);
  });
}

TEST_CASE("every set: a full buffer refuses, and loses nothing that was accepted") {
  with_every_set([](const policy_case& tried) {
    if (!tried.facts.publishes()) return;
    wr::options numbers;
    numbers.outgoing.messages_max = 4;
    scripted_world it(tried, numbers);
    const auto accepted = publish_many(it, 6);
    CHECK(accepted.size() == 4);
    CHECK(it.publish("one more").error() == wr::errc::buffer_full);
    it.meet_peers();
    it.clock.run_for(15min);
    CHECK(it.host.outcomes().size() == 4);
    CHECK(it.publish("room again"));
  });
}

TEST_CASE("every set: a wrong number is named and changes nothing; right ones take effect at once") {
  with_every_set([](const policy_case& tried) {
    scripted_world it(tried);
    wr::options numbers;
    numbers.redundancy.publish_targets = 0;
    const auto errors = it.node().reconfigure(numbers);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].option == "redundancy.publish_targets");
    CHECK(publish_many(it, 3).size() == (tried.facts.publishes() ? 3 : 0));
    numbers.redundancy.publish_targets = 1;
    numbers.publish.message_bytes_max = 64;
    CHECK(it.node().reconfigure(numbers).empty());
    if (tried.facts.publishes()) {
      CHECK(it.publish(std::string(200, 'x')).error() == wr::errc::message_too_large);
    }
  });
}
