// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/capability/event.hpp>

#include <string>
#include <utility>
#include <variant>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>

namespace event_tests {

namespace wr = waku::reliability;

TEST_CASE("a received body is moved through an event at one address") {
  wr::message body;
  body.payload.resize(100);
  const std::byte* address = body.payload.data();
  wr::filter_push<wr::message> push{wr::peer_id{1}, "/t", std::move(body)};
  wr::relay_message<wr::message> relayed{"/t", std::move(push.message)};
  const wr::message shown = std::move(relayed.message);
  CHECK(shown.payload.data() == address);
}

TEST_CASE("an event lends the topic: it holds no copy") {
  const std::string topic = "/waku/2/rs/1/0";
  const wr::relay_peers_changed change{topic, 4};
  CHECK(change.pubsub_topic.data() == topic.data());
  const wr::filter_push<wr::message> push{wr::peer_id{1}, topic, {}};
  CHECK(push.pubsub_topic.data() == topic.data());
}

TEST_CASE("a peer that names no shard may serve any") {
  const wr::peer_appeared peer{wr::peer_id{1}, {.store = true}, {}};
  CHECK(peer.pubsub_topics.empty());
}

TEST_CASE("an operation's end carries its id and either the reply or the error") {
  const wr::operation_id id(wr::operation_kind::filter_ping, 1, 1);
  const wr::operation_ended<wr::filter_reply> good{id, wr::filter_reply{200, {}}};
  CHECK(good.operation == id);
  CHECK(std::get<0>(good.result).status == 200);
  const wr::operation_ended<wr::filter_reply> bad{id, wr::transport_error::dial_failed};
  CHECK(std::get<1>(bad.result) == wr::transport_error::dial_failed);
}

}  // namespace event_tests
