// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/engine.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <cache/samples.hpp>
#include <engine/publishing.hpp>

namespace engine_tests {

using namespace publishing;
using wr::transport_error;

namespace {

using presence_engine = wr::engine<presence_client, wr::message, wt::fast_hasher>;
using presence_node = wt::scripted_node<presence_client>;

constexpr std::string_view shard = "/waku/2/rs/1/0";

wr::message make_message(std::string_view text) {
  wr::message made;
  for (const char letter : text) made.payload.push_back(static_cast<std::byte>(letter));
  made.content_topic = "/test/1/chat/proto";
  return made;
}

/// An engine driven by hand: every action becomes a line, and the operations are kept for answers.
struct driven_engine {
  explicit driven_engine(std::uint64_t seed = 1) : engine(numbers_with(seed), hasher) {}
  static wr::options numbers_with(std::uint64_t seed) {
    wr::options numbers;
    numbers.seed = seed;
    return numbers;
  }
  void drain() {
    while (engine.poll([this](auto&& action) { note(action); })) {
    }
  }
  void note(const wr::lightpush_request<wr::message>& made) {
    lines.push_back("push " + std::to_string(static_cast<unsigned>(made.peer)) + " " + wr::to_hex(made.hash));
    open.push_back(made.operation);
  }
  void note(const wr::store_request& made) {
    lines.push_back("query " + std::to_string(static_cast<unsigned>(made.peer)) + " " +
                    std::to_string(made.hashes.size()));
    open.push_back(made.operation);
    asked.assign(made.hashes.begin(), made.hashes.end());
  }
  void note(const wr::cancel_operation& made) {
    lines.push_back("cancel " + std::to_string(made.operation.value()));
  }
  void note(const wr::propagated& told) { lines.push_back("propagated " + wr::to_hex(told.hash)); }
  void note(const wr::finished& told) {
    lines.push_back("finished " + std::to_string(told.outcome.index()));
    outcomes.push_back(told.outcome);
  }
  template <class Other>
  void note(const Other&) {
    lines.emplace_back("other");
  }

  wt::fast_hasher hasher;
  presence_engine engine;
  wr::instant now{wr::steady_time(1000s), wt::virtual_clock::usual_start};
  std::vector<std::string> lines;
  std::vector<wr::operation_id> open;
  std::vector<wr::message_hash> asked;
  std::vector<wr::outcome> outcomes;
};

/// A run of 200 events drawn from `input`, as the lines of its actions.
std::vector<std::string> run(std::uint64_t engine_seed, std::uint64_t input) {
  driven_engine it(engine_seed);
  wr::random_source draw(input);
  for (std::uint32_t number = 1; number <= 6; ++number) {
    it.engine.handle(wr::peer_appeared{peer(number), {true, false, true, false}, {}}, it.now);
  }
  for (int step = 0; step < 200; ++step) {
    it.now = it.now + wr::duration(draw.below(1'500'000'000));
    it.engine.tick(it.now);
    it.drain();
    if (draw.chance(0.4)) {
      CHECK(it.engine.publish(shard, make_message("message " + std::to_string(step)), it.now));
    }
    it.drain();
    while (!it.open.empty() && draw.chance(0.7)) {
      const wr::operation_id operation = it.open.back();
      it.open.pop_back();
      if (operation.kind() == operation_kind::lightpush) {
        const auto reply = draw.chance(0.7) ? wt::push_accepted() : wt::push_refused(505);
        it.engine.handle(wr::operation_ended<wr::lightpush_reply>{operation, reply}, it.now);
      } else {
        it.engine.handle(wr::operation_ended<wr::store_reply<wr::message>>{
                             operation, wt::store_answer<wr::message>(draw.chance(0.5) ? 200 : 503)},
                         it.now);
      }
      it.drain();
    }
  }
  return it.lines;
}

}  // namespace

TEST_CASE("same seed and same calls give the same actions, another seed gives others") {
  const std::uint64_t input = samples::seed();
  CAPTURE(input);
  const auto first = run(7, input);
  CHECK(first.size() > 300);
  CHECK(run(7, input) == first);
  CHECK(run(8, input) != first);
}

TEST_CASE("topics may stand in braces, to subscribe and to unsubscribe by hand") {
  wt::fast_hasher hasher;
  wr::engine<wr::minimal, wr::message, wt::fast_hasher> engine({}, hasher);
  const wr::instant now{wr::steady_time(1000s), wt::virtual_clock::usual_start};
  CHECK(engine.subscribe(shard, {"/a/1/b/proto", "/a/1/c/proto"}, now));
  CHECK(engine.subscribe(shard, {}, now).error() == wr::errc::no_content_topics);
  CHECK(engine.snapshot().subscriptions.size() == 2);
  CHECK(engine.unsubscribe(shard, {"/a/1/c/proto"}, now));
  const auto left = engine.snapshot().subscriptions;
  REQUIRE(left.size() == 1);
  CHECK(left[0].content_topic == "/a/1/b/proto");
}

TEST_CASE("a whole life of a message by hand: publish, push, replies, presence, confirmed") {
  driven_engine it;
  CHECK_FALSE(it.engine.next_deadline());
  it.engine.handle(wr::peer_appeared{peer(1), pushes_only, {}}, it.now);
  it.engine.handle(wr::peer_appeared{peer(2), pushes_only, {}}, it.now);
  it.engine.handle(wr::peer_appeared{peer(3), stores_only, {}}, it.now);
  const auto id = it.engine.publish(shard, make_message("hello"), it.now);
  REQUIRE(id);
  CHECK(it.engine.pending() == 1);
  CHECK(it.engine.operations() == 2);
  it.drain();
  REQUIRE(it.open.size() == 2);
  CHECK(it.engine.next_deadline() == it.now.steady + 10s);
  for (const wr::operation_id each : std::vector(it.open)) {
    it.now = it.now + 50ms;
    it.engine.handle(wr::operation_ended<wr::lightpush_reply>{each, wt::push_accepted()}, it.now);
  }
  it.open.clear();
  it.drain();
  CHECK(it.engine.next_deadline() == it.now.steady + 2950ms);
  it.now = it.now + 3s;
  it.engine.tick(it.now);
  it.drain();
  REQUIRE(it.open.size() == 1);
  CHECK(it.asked == std::vector<wr::message_hash>{*it.engine.status(*id)->hash});
  it.engine.handle(
      wr::operation_ended<wr::store_reply<wr::message>>{it.open[0], wt::store_lists<wr::message>(it.asked)},
      it.now);
  it.drain();
  REQUIRE(it.outcomes.size() == 1);
  CHECK(it.outcomes[0] == wr::outcome(wr::confirmed{wr::confirmed_by::store, 1, 3s + 100ms}));
  CHECK(it.engine.pending() == 0);
  CHECK(it.engine.operations() == 0);
  CHECK_FALSE(it.engine.status(*id));
}

TEST_CASE("a tick before the next deadline does nothing, one long after it does all that was due") {
  driven_engine it;
  it.engine.handle(wr::peer_appeared{peer(1), pushes_only, {}}, it.now);
  REQUIRE(it.engine.publish(shard, make_message("hello"), it.now));
  it.drain();
  const std::size_t before = it.lines.size();
  it.now = it.now + (10s - 1ns);
  it.engine.tick(it.now);
  it.drain();
  CHECK(it.lines.size() == before);
  // An hour later: the push is over, and so is the message; nothing is sent for it any more.
  it.now = it.now + 1h;
  it.engine.tick(it.now);
  it.drain();
  REQUIRE(it.outcomes.size() == 1);
  CHECK(std::get<wr::unconfirmed>(it.outcomes[0]).why == wr::unconfirmed_why::deadline);
  CHECK(it.engine.operations() == 0);
  CHECK(std::count_if(it.lines.begin(), it.lines.end(), [](const std::string& line) {
          return line.starts_with("push");
        }) == 1);
}

TEST_CASE("a steady time that runs back counts as the last one") {
  driven_engine it;
  it.engine.handle(wr::peer_appeared{peer(1), pushes_only, {}}, it.now);
  REQUIRE(it.engine.publish(shard, make_message("hello"), it.now));
  it.drain();
  it.engine.tick({it.now.steady - 500s, it.now.wall});
  CHECK(it.engine.next_deadline() == it.now.steady + 10s);
  it.engine.tick({it.now.steady + 10s, it.now.wall + 10s});
  it.drain();
  CHECK(std::count_if(it.lines.begin(), it.lines.end(), [](const std::string& line) {
          return line.starts_with("cancel");
        }) == 1);
}

TEST_CASE("[G11] with every strategy off only what the application asks is asked, and no timer runs") {
  wt::scripted_node<wr::minimal> it;
  it.transport.discover(5);
  it.settle();
  CHECK(it.transport.requests().empty());
  CHECK(it.clock.waiting() == 0);

  const auto id = it.publish("hello");
  CHECK(it.transport.requests().size() == 1);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_asked);
  CHECK(it.clock.waiting() == 0);

  REQUIRE(it.subscribe());
  CHECK(it.transport.requests().size() == 2);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
  CHECK(it.clock.waiting() == 0);
  it.clock.run_for(24h);
  CHECK(it.transport.requests().size() == 2);
}

TEST_CASE("[G11] [L1.3] with every strategy off a failure is told, and nothing is tried again") {
  wt::scripted_node<wr::minimal> it;
  it.transport.discover(5);
  it.settle();
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(500));
  const auto refused = it.publish("refused");
  CHECK(it.host.outcome_as<wr::failed>(*refused) == wr::failed{wr::failed_why::attempts_used_up});
  it.transport.expect(operation_kind::lightpush).drop();
  const auto lost = it.publish("lost");
  it.clock.run_for(10s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*lost)->why == wr::unconfirmed_why::attempts_used_up);
  CHECK(it.clock.waiting() == 0);
  it.clock.run_for(24h);
  CHECK(it.transport.requests().size() == 2);
}

TEST_CASE("a pause starts nothing, deadlines run on, and resuming sends what waits") {
  presence_node it(exact_times());
  discover(it, 4);
  it.node.pause();
  const auto early = publish_unstamped(it, "early");
  it.clock.run_for(45s);
  const auto late = publish_unstamped(it, "late");
  it.clock.run_for(15s);
  CHECK(it.transport.requests().empty());
  CHECK(it.host.outcome_as<wr::failed>(*early) == wr::failed{wr::failed_why::no_route});
  it.node.resume();
  it.settle();
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  CHECK(it.node.status(*late)->phase == wr::request_phase::unacknowledged);
}

TEST_CASE("a pause leaves what is under way to its end, and sends nothing again before it is over") {
  presence_node it(exact_times());
  discover(it, 4);
  it.transport.otherwise(operation_kind::lightpush).after(2s).reply(wt::push_refused(500));
  const auto id = publish_unstamped(it, "hello");
  it.node.pause();
  it.clock.run_for(30s);
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  CHECK(it.node.operations() == 0);
  CHECK(it.host.outcomes().empty());
  answer_pushes(it, wt::push_accepted());
  it.node.resume();
  it.settle();
  CHECK(it.transport.count(operation_kind::lightpush) == 4);
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
}

TEST_CASE("reconfigure() names every error and changes nothing if there is one") {
  presence_node it;
  wr::options wrong;
  wrong.redundancy.publish_targets = 0;
  wrong.retransmit.backoff.factor = 0.5;
  wrong.outgoing.messages_max = 7;
  wrong.seed = 99;
  wrong.timeout.push = 1s;
  const auto errors = it.node.reconfigure(wrong);
  std::set<std::string_view> named;
  for (const wr::option_error& each : errors) named.insert(each.option);
  CHECK(named == std::set<std::string_view>{"redundancy.publish_targets", "retransmit.backoff.factor",
                                            "outgoing.messages_max", "seed"});
  CHECK(it.node.numbers().timeout.push == 10s);
  CHECK(it.node.numbers().redundancy.publish_targets == 2);

  wr::options sound;
  sound.timeout.push = 1s;
  CHECK(it.node.reconfigure(sound).empty());
  CHECK(it.node.numbers().timeout.push == 1s);
}

TEST_CASE("reconfigured numbers count from the next use on") {
  presence_node it(exact_times());
  discover(it, 1, pushes_only);
  it.transport.otherwise(operation_kind::lightpush).hold();
  REQUIRE(it.publish("before"));
  wr::options shorter = exact_times();
  shorter.timeout.push = 1s;
  REQUIRE(it.node.reconfigure(shorter).empty());
  REQUIRE(it.publish("after"));
  it.clock.run_for(1s);
  CHECK(it.transport.cancels().size() == 1);
  CHECK(it.transport.cancels()[0] == it.transport.requests()[1].operation);
  it.clock.run_for(9s);
  CHECK(std::count(it.transport.cancels().begin(), it.transport.cancels().end(),
                   it.transport.requests()[0].operation) == 1);
}

}  // namespace engine_tests
