// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/capability/event_sink.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>

namespace event_sink_tests {

namespace wr = waku::reliability;

namespace {

using inbox = wr::inbox<wr::message>;
using reference = wr::inbox_reference<wr::message>;
using push_handle = wr::reply_handle<wr::message, wr::lightpush_reply>;

// Stands for a node: counts how often it is woken.
struct sleeper {
  int wakes = 0;
  static void wake(void* self) { ++static_cast<sleeper*>(self)->wakes; }
  reference make_inbox() { return reference(new inbox(&sleeper::wake, this)); }
};

// A message that tells when it is destroyed.
struct counted_message : wr::message {
  counted_message() = default;
  explicit counted_message(std::shared_ptr<int> alive) : owner(std::move(alive)) {}
  std::shared_ptr<int> owner;
};

constexpr wr::operation_id some_operation(wr::operation_kind::lightpush, 3, 9);

}  // namespace

TEST_CASE("what arrives waits in order, and only the first of a batch wakes the node") {
  sleeper node;
  const reference shared = node.make_inbox();
  const wr::event_sink<wr::message> sink(shared);
  const push_handle reply(shared, some_operation);
  CHECK(shared.get()->empty());

  sink.connectivity(false);
  reply(wr::lightpush_reply{
      .status = 200, .relay_peer_count = 4, .legacy = false, .description = "", .retry_after = {}});
  sink.peer_left(wr::peer_id{7});
  CHECK(node.wakes == 1);
  CHECK_FALSE(shared.get()->empty());

  inbox::batch batch;
  shared.get()->take(batch);
  CHECK(shared.get()->empty());
  REQUIRE(batch.entries.size() == 3);
  CHECK_FALSE(std::get<wr::connectivity_changed>(batch.entries[0]).online);
  const auto& ended = std::get<wr::operation_ended<wr::lightpush_reply>>(batch.entries[1]);
  CHECK(ended.operation == some_operation);
  CHECK(std::get<0>(ended.result).relay_peer_count == 4U);
  CHECK(std::get<wr::peer_left>(batch.entries[2]).peer == wr::peer_id{7});

  sink.connectivity(true);
  CHECK(node.wakes == 2);
}

TEST_CASE("every event keeps its own text, although the transport's views die with the call") {
  sleeper node;
  const reference shared = node.make_inbox();
  const wr::event_sink<wr::message> sink(shared);
  {
    std::string first = "/waku/2/rs/1/0";
    std::string second = "/waku/2/rs/1/1";
    wr::message body;
    body.content_topic = "/app";
    sink.filter_push(wr::peer_id{1}, first, body);
    sink.relay_message(second, body);
    sink.relay_peers(first, 5);
    sink.peer_appeared(wr::peer_id{2}, {.filter = true}, std::array<std::string_view, 2>{first, second});
    first.assign(first.size(), 'x');
    second.assign(second.size(), 'x');
  }
  inbox::batch batch;
  shared.get()->take(batch);
  REQUIRE(batch.entries.size() == 4);
  const auto& pushed = std::get<inbox::pushed>(batch.entries[0]);
  CHECK(pushed.peer == wr::peer_id{1});
  CHECK(batch.view(pushed.pubsub_topic) == "/waku/2/rs/1/0");
  CHECK(pushed.message.content_topic == "/app");
  const auto& relayed = std::get<inbox::relayed>(batch.entries[1]);
  CHECK(batch.view(relayed.pubsub_topic) == "/waku/2/rs/1/1");
  const auto& peers = std::get<inbox::relay_peers>(batch.entries[2]);
  CHECK(batch.view(peers.pubsub_topic) == "/waku/2/rs/1/0");
  CHECK(peers.peers == 5);
  const auto& appeared = std::get<inbox::appeared>(batch.entries[3]);
  CHECK(appeared.peer == wr::peer_id{2});
  CHECK(appeared.protocols == wr::peer_protocols{.filter = true});
  REQUIRE(appeared.pubsub_topics.size() == 2);
  CHECK(batch.view(appeared.pubsub_topics[0]) == "/waku/2/rs/1/0");
  CHECK(batch.view(appeared.pubsub_topics[1]) == "/waku/2/rs/1/1");
}

TEST_CASE("a body is moved into the inbox, not copied") {
  sleeper node;
  const reference shared = node.make_inbox();
  wr::message body;
  body.payload.resize(64);
  const std::byte* address = body.payload.data();
  wr::event_sink<wr::message>(shared).filter_push(wr::peer_id{1}, "/t", std::move(body));
  inbox::batch batch;
  shared.get()->take(batch);
  CHECK(std::get<inbox::pushed>(batch.entries.at(0)).message.payload.data() == address);
}

TEST_CASE("a reply handle tells the error as well as the reply") {
  sleeper node;
  const reference shared = node.make_inbox();
  const wr::reply_handle<wr::message, wr::store_reply<wr::message>> query(shared, some_operation);
  CHECK(query.operation() == some_operation);
  query.fail(wr::transport_error::connection_lost);
  inbox::batch batch;
  shared.get()->take(batch);
  const auto& ended = std::get<wr::operation_ended<wr::store_reply<wr::message>>>(batch.entries.at(0));
  CHECK(ended.operation == some_operation);
  CHECK(std::get<1>(ended.result) == wr::transport_error::connection_lost);
}

TEST_CASE("handles outlive the node safely: what they say after its end is dropped") {
  std::optional<push_handle> reply;
  std::optional<wr::event_sink<wr::message>> sink;
  sleeper node;
  {
    const reference shared = node.make_inbox();
    reply.emplace(shared, some_operation);
    sink.emplace(shared);
    (*reply).fail(wr::transport_error::timeout);
    CHECK(node.wakes == 1);
    shared.get()->close();
    CHECK(shared.get()->empty());
  }
  (*reply)(wr::lightpush_reply{});
  (*reply).fail(wr::transport_error::timeout);
  sink->filter_push(wr::peer_id{1}, "/t", {});
  sink->relay_message("/t", {});
  sink->peer_appeared(wr::peer_id{1}, {}, std::array<std::string_view, 1>{"/t"});
  sink->peer_left(wr::peer_id{1});
  sink->connectivity(true);
  sink->relay_peers("/t", 1);
  CHECK(node.wakes == 1);
  reply.reset();
  sink.reset();
}

TEST_CASE("a closed inbox stays empty") {
  sleeper node;
  const reference shared = node.make_inbox();
  shared.get()->close();
  wr::event_sink<wr::message>(shared).connectivity(true);
  inbox::batch batch;
  shared.get()->take(batch);
  CHECK(batch.entries.empty());
  CHECK(batch.text.empty());
  CHECK(node.wakes == 0);
}

TEST_CASE("closing destroys what waits at once; the last handle destroys the inbox") {
  using counted_inbox = wr::inbox<counted_message>;
  const auto alive = std::make_shared<int>(0);
  sleeper node;
  std::optional<wr::event_sink<counted_message>> sink;
  {
    const wr::inbox_reference<counted_message> shared(new counted_inbox(&sleeper::wake, &node));
    sink.emplace(shared);
    sink->filter_push(wr::peer_id{1}, "/t", counted_message(alive));
    CHECK(alive.use_count() == 2);
    shared.get()->close();
    CHECK(alive.use_count() == 1);
  }
  sink.reset();

  // Not closed: the entries go with the inbox.
  {
    const wr::inbox_reference<counted_message> shared(new counted_inbox(&sleeper::wake, &node));
    sink.emplace(shared);
    sink->relay_message("/t", counted_message(alive));
  }
  CHECK(alive.use_count() == 2);
  sink.reset();
  CHECK(alive.use_count() == 1);
}

TEST_CASE("handles are copied, moved and assigned without losing or keeping the inbox") {
  sleeper first_node;
  sleeper second_node;
  const reference first = first_node.make_inbox();
  const reference second = second_node.make_inbox();
  push_handle original(first, some_operation);
  const push_handle copy = original;
  push_handle moved = std::move(original);
  copy.fail(wr::transport_error::timeout);
  moved.fail(wr::transport_error::timeout);
  inbox::batch batch;
  first.get()->take(batch);
  CHECK(batch.entries.size() == 2);

  moved = push_handle(second, some_operation);
  moved.fail(wr::transport_error::timeout);
  CHECK(first.get()->empty());
  CHECK_FALSE(second.get()->empty());

  push_handle& same = moved;
  moved = same;
  second.get()->take(batch);
  moved.fail(wr::transport_error::timeout);
  CHECK_FALSE(second.get()->empty());
}

TEST_CASE("a handle without an inbox says nothing to nobody") {
  const push_handle empty;
  empty.fail(wr::transport_error::timeout);
  empty(wr::lightpush_reply{});
  CHECK(empty.operation() == wr::operation_id{});
  const wr::event_sink<wr::message> sink;
  sink.filter_push(wr::peer_id{1}, "/t", {});
  sink.relay_message("/t", {});
  sink.peer_appeared(wr::peer_id{1}, {});
  sink.peer_left(wr::peer_id{1});
  sink.connectivity(true);
  sink.relay_peers("/t", 1);
  CHECK(reference().get() == nullptr);
}

TEST_CASE("two batches take turns, so that a warm inbox needs no memory") {
  sleeper node;
  const reference shared = node.make_inbox();
  const wr::event_sink<wr::message> sink(shared);
  inbox::batch batch;
  const auto fill_and_take = [&] {
    for (int count = 0; count < 100; ++count) sink.relay_peers("/waku/2/rs/1/0", 3);
    shared.get()->take(batch);
    CHECK(batch.entries.size() == 100);
    return batch.entries.data();
  };
  fill_and_take();
  fill_and_take();
  const auto* one = fill_and_take();
  const char* text = batch.text.data();
  const auto* other = fill_and_take();
  CHECK(one != other);
  for (int round = 0; round < 10; ++round) {
    CHECK(fill_and_take() == one);
    CHECK(batch.text.data() == text);
    CHECK(fill_and_take() == other);
  }
}

TEST_CASE("taking empties the batch that is handed in") {
  sleeper node;
  const reference shared = node.make_inbox();
  wr::event_sink<wr::message>(shared).relay_peers("/first", 1);
  inbox::batch batch;
  shared.get()->take(batch);
  CHECK(batch.entries.size() == 1);
  shared.get()->take(batch);
  CHECK(batch.entries.empty());
  CHECK(batch.text.empty());
}

}  // namespace event_sink_tests
