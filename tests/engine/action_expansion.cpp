// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/action_expansion.hpp>

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

#include <engine/publishing.hpp>

namespace action_expansion_tests {

using namespace publishing;

namespace {

struct everything : wr::policies<wr::lightpush_only, wr::filter_only, wr::single, wr::store_presence,
                                 wr::no_recovery, notice_log> {};
using engine_type = wr::engine<everything, wr::message, wt::fast_hasher>;

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view content_topic = "/test/1/chat/proto";

/// Takes every action down as one word, and what it lent as copies.
struct action_log {
  std::vector<std::string> words;
  std::vector<wr::operation_id> operations;
  std::vector<const wr::message*> bodies;
  std::vector<std::string> topics;
  std::vector<std::string> content_topics;
  std::vector<wr::message_hash> hashes;

  void operator()(const wr::relay_request<wr::message>& made) { started("relay", made); }
  void operator()(const wr::lightpush_request<wr::message>& made) {
    started("push", made);
    bodies.push_back(&made.message);
    hashes.push_back(made.hash);
  }
  void operator()(const wr::filter_subscribe_request& made) {
    started("subscribe", made);
    content_topics.assign(made.content_topics.begin(), made.content_topics.end());
  }
  void operator()(const wr::filter_unsubscribe_request& made) {
    started("unsubscribe", made);
    content_topics.assign(made.content_topics.begin(), made.content_topics.end());
  }
  void operator()(const wr::filter_ping_request& made) { started("ping", made); }
  void operator()(const wr::store_request& made) {
    started("query", made);
    hashes.assign(made.hashes.begin(), made.hashes.end());
  }
  void operator()(const wr::cancel_operation& made) {
    words.emplace_back("cancel");
    operations.push_back(made.operation);
  }
  void operator()(const wr::disconnect_peer&) { words.emplace_back("disconnect"); }
  void operator()(const wr::join_relay& made) { at("join", made.pubsub_topic); }
  void operator()(const wr::leave_relay& made) { at("leave", made.pubsub_topic); }
  void operator()(wr::deliver<wr::message>&& made) { at("deliver", made.pubsub_topic); }
  void operator()(const wr::propagated&) { words.emplace_back("propagated"); }
  void operator()(const wr::finished&) { words.emplace_back("finished"); }
  void operator()(wr::persist) { words.emplace_back("persist"); }

 private:
  void at(const char* word, std::string_view topic) {
    words.emplace_back(word);
    topics.emplace_back(topic);
  }
  template <class Made>
  void started(const char* word, const Made& made) {
    at(word, made.pubsub_topic);
    operations.push_back(made.operation);
  }
};

/// An engine that was told of two nodes, and the log of its actions.
struct polled_engine {
  polled_engine() {
    engine.handle(wr::peer_appeared{peer(1), pushes_only, {}}, now);
    engine.handle(wr::peer_appeared{peer(2), {.filter = true, .store = true}, {}}, now);
  }
  action_log poll() {
    action_log log;
    while (engine.poll(log)) {
    }
    std::erase(log.words, "persist");
    return log;
  }
  wr::request_id publish(std::string_view text) {
    wr::message made;
    for (const char letter : text) made.payload.push_back(static_cast<std::byte>(letter));
    made.content_topic = content_topic;
    return *engine.publish(shard, made, now);
  }

  wt::fast_hasher hasher;
  engine_type engine{exact_times(), hasher};
  wr::instant now{wr::steady_time(1000s), wt::virtual_clock::usual_start};
};

}  // namespace

TEST_CASE("poll() gives one action at a time, in order, and false when there is none") {
  polled_engine it;
  CHECK_FALSE(it.engine.has_actions());
  it.publish("hello");
  CHECK(it.engine.has_actions());
  action_log log;
  std::size_t count = 0;
  while (it.engine.poll(log)) CHECK(log.words.size() == ++count);
  CHECK_FALSE(it.engine.has_actions());
  CHECK_FALSE(it.engine.poll(log));
  CHECK(log.words.size() == count);
  std::erase(log.words, "persist");
  CHECK(log.words == std::vector<std::string>{"push"});
}

TEST_CASE("a request that ended before it was polled never leaves, and its end is not told") {
  polled_engine it;
  const auto id = it.publish("hello");
  CHECK(it.engine.operations() == 1);
  REQUIRE(it.engine.cancel(id, it.now));
  CHECK(it.engine.operations() == 0);
  CHECK(it.poll().words == std::vector<std::string>{"finished"});
}

TEST_CASE("a request that was polled is cancelled by name, and its body lives until then") {
  polled_engine it;
  const auto id = it.publish("hello");
  const action_log started = it.poll();
  REQUIRE(started.bodies.size() == 1);
  const wr::message copy = *started.bodies[0];
  REQUIRE(it.engine.cancel(id, it.now));
  CHECK(*started.bodies[0] == copy);
  const action_log ended = it.poll();
  CHECK(ended.words == std::vector<std::string>{"finished", "cancel"});
  CHECK(ended.operations == started.operations);
}

TEST_CASE("requests lend the stored message, the topic and the hash") {
  polled_engine it;
  const auto id = it.publish("hello");
  const action_log started = it.poll();
  CHECK(started.topics == std::vector<std::string>{std::string(shard)});
  CHECK(started.hashes == std::vector<wr::message_hash>{*it.engine.status(id)->hash});
  CHECK(started.bodies[0]->content_topic == content_topic);
  CHECK(it.hasher(wr::hashed_parts(shard, *started.bodies[0])) == started.hashes[0]);
}

TEST_CASE("filter and store requests name their topics and hashes when they are polled") {
  polled_engine it;
  const std::string_view wanted[] = {"/a/1/x/proto", "/a/1/y/proto"};
  REQUIRE(it.engine.subscribe(shard, wanted, it.now));
  it.engine.tick(it.now);
  const action_log subscribed = it.poll();
  CHECK(subscribed.words == std::vector<std::string>{"subscribe"});
  CHECK(subscribed.content_topics == std::vector<std::string>{"/a/1/x/proto", "/a/1/y/proto"});

  const auto id = it.publish("hello");
  const wr::message_hash hash = *it.engine.status(id)->hash;
  const action_log pushed = it.poll();
  it.engine.handle(wr::operation_ended<wr::lightpush_reply>{pushed.operations[0], wt::push_accepted()},
                   it.now);
  CHECK(it.poll().words == std::vector<std::string>{"propagated"});
  it.now = it.now + 3s;
  it.engine.tick(it.now);
  const action_log asked = it.poll();
  CHECK(asked.words == std::vector<std::string>{"query"});
  CHECK(asked.hashes == std::vector<wr::message_hash>{hash});
}

TEST_CASE("a reply of the wrong kind for an operation is a stray, and the operation goes on") {
  polled_engine it;
  it.publish("hello");
  const wr::operation_id push = it.poll().operations[0];
  it.engine.handle(wr::operation_ended<wr::filter_reply>{push, wt::filter_answer(200)}, it.now);
  it.engine.handle(wr::operation_ended<wr::relay_reply>{push, wr::relay_reply{5}}, it.now);
  CHECK(it.engine.observer().count<wr::notice::stray_reply>() == 2);
  CHECK(it.engine.operations() == 1);
  it.engine.handle(wr::operation_ended<wr::lightpush_reply>{push, wt::push_accepted()}, it.now);
  CHECK(it.poll().words == std::vector<std::string>{"propagated"});
}

}  // namespace action_expansion_tests
