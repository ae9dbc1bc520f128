// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a node that goes away owes to a transport that stays.
#include <waku/reliability/engine/node.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include <doctest/doctest.h>

#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/testing/mock_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

namespace node_destruction_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

/// A light client whose requests are never answered, and which goes before its transport and host.
struct passing_node {
  using node_type = wr::node<wr::light_client, wt::mock_transport<>, wr::message, wt::test_host<>>;

  passing_node() {
    node.emplace(transport, host);
    host.drive(*node);
    transport.otherwise(wr::operation_kind::lightpush).drop();
    transport.otherwise(wr::operation_kind::filter_subscribe).drop();
    transport.discover(3);
    clock.run_for(0s);
    const std::string_view content_topics[] = {"/test/1/a/proto"};
    CHECK(node->subscribe("/waku/2/rs/1/0", content_topics));
    wr::message sent;
    sent.payload.resize(3);
    sent.content_topic = "/test/1/a/proto";
    CHECK(node->publish("/waku/2/rs/1/0", sent));
    clock.run_for(100ms);
  }
  void end() {
    host.release();
    node.reset();
  }

  wt::virtual_clock clock;
  wt::mock_transport<> transport{clock};
  wt::test_host<> host{clock};
  std::optional<node_type> node;
};

}  // namespace

TEST_CASE("a node that goes away cancels at the transport what has not ended, and tells the host nothing") {
  passing_node it;
  const std::size_t open = it.transport.open_requests();
  REQUIRE(open == 4);
  const std::size_t asked = it.transport.requests().size();
  it.end();
  CHECK(it.transport.open_requests() == 0);
  CHECK(it.transport.cancels().size() == open);
  CHECK(it.transport.requests().size() == asked);
  CHECK(it.host.outcomes().empty());
}

TEST_CASE("so does a node that was stopped and never woken again") {
  passing_node it;
  it.node->stop();
  CHECK(it.transport.open_requests() == 4);
  it.end();
  CHECK(it.transport.open_requests() == 0);
}

TEST_CASE("[R32] a node that is stopped and woken before it goes gives the last outcomes") {
  passing_node it;
  it.node->stop();
  it.clock.run_for(0s);
  CHECK(it.transport.open_requests() == 0);
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcomes()[0].what.outcome == wr::outcome(wr::cancelled{}));
  it.end();
  CHECK(it.host.outcomes().size() == 1);
}

TEST_CASE("replies and events that come after the node are dropped") {
  passing_node it;
  const wr::operation_id pushed = it.transport.last(wr::operation_kind::lightpush).operation;
  it.end();
  it.transport.answer(pushed, wt::push_accepted());
  it.transport.sink().filter_push(wr::peer_id{1}, "/waku/2/rs/1/0", {});
  it.clock.run_for(1min);
  CHECK(it.host.deliveries().empty());
  CHECK(it.host.outcomes().empty());
}

}  // namespace node_destruction_tests
