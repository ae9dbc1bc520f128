// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/tcp_link/transport.hpp>

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <memory>
#include <optional>
#include <variant>

#include <testing/tcp_link/bench.hpp>

namespace tcp_link_transport_tests {

using namespace tcp_link_bench;

namespace {

using store_ended = wr::operation_ended<wr::store_reply<wr::message>>;

wr::operation_id ask(bare_client& client, wr::peer_id peer) {
  wr::store_request asked{};
  asked.operation = wr::operation_id(wr::operation_kind::store_query, 1, 1);
  asked.peer = peer;
  client.transport.store_query(asked, client.handle<wr::store_reply<wr::message>>(asked.operation));
  return asked.operation;
}

}  // namespace

TEST_CASE("what is asked of a peer that was removed is not dialled, and fails, but not inside the call") {
  asio::io_context context;
  int connections = 0;
  const wt::tcp_listener listener(context.get_executor(), 0, [&](const auto&) { ++connections; });
  bare_client client(context);
  const wr::peer_id peer = client.transport.add_peer(listener.port(), {.store = true});
  client.transport.remove_peer(peer);
  ask(client, peer);
  CHECK_FALSE(client.take<store_ended>());
  const auto ended = client.wait<store_ended>(context);
  REQUIRE(ended);
  CHECK(std::get<wr::transport_error>(ended->result) == wr::transport_error::dial_failed);
  CHECK(connections == 0);

  CHECK(client.transport.add_peer(listener.port(), {.store = true}) == peer);
  ask(client, peer);
  CHECK(run_context(context, [&] { return connections == 1; }));
}

TEST_CASE("a push to a peer that was removed fails too, and other peers are not concerned") {
  asio::io_context context;
  served_node node(context);
  served_node other(context);
  bare_client client(context);
  const wr::peer_id peer = client.transport.add_peer(node.service.port(), {.lightpush = true, .store = true});
  const wr::peer_id stays = client.transport.add_peer(other.service.port(), {.store = true});
  client.transport.remove_peer(peer);
  wr::message m;
  m.content_topic = "/test/1/chat/proto";
  const wr::message_hash hash{};
  const wr::operation_id push(wr::operation_kind::lightpush, 1, 1);
  client.transport.lightpush({push, peer, shard, m, hash}, client.handle<wr::lightpush_reply>(push));
  const auto ended = client.wait<wr::operation_ended<wr::lightpush_reply>>(context);
  REQUIRE(ended);
  CHECK(std::get<wr::transport_error>(ended->result) == wr::transport_error::dial_failed);
  ask(client, stays);
  const auto answered = client.wait<store_ended>(context);
  REQUIRE(answered);
  CHECK(std::holds_alternative<wr::store_reply<wr::message>>(answered->result));
}

TEST_CASE("a request to a removed peer that is cancelled, or whose transport goes, ends without a word") {
  asio::io_context context;
  bare_client client(context);
  const wr::peer_id peer = client.transport.add_peer(1, {.store = true});
  client.transport.remove_peer(peer);
  client.transport.cancel(ask(client, peer));
  auto brief = std::make_unique<bare_client>(context);
  const wr::peer_id same = brief->transport.add_peer(1, {.store = true});
  brief->transport.remove_peer(same);
  ask(*brief, same);
  const wr::inbox_reference<wr::message> inbox = brief->inbox;
  brief.reset();
  context.poll();
  CHECK_FALSE(client.take<store_ended>());
  // What was told before is there: the peer came and left.
  wr::inbox<wr::message>::batch told;
  inbox.get()->take(told);
  CHECK(told.entries.size() == 2);
  for (const auto& entry : told.entries) CHECK_FALSE(std::holds_alternative<store_ended>(entry));
}

}  // namespace tcp_link_transport_tests
