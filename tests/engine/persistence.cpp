// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/persistence.hpp>

#include <doctest/doctest.h>

#include <variant>

#include <waku/reliability.hpp>
#include <waku/reliability/testing/scripted_node.hpp>

namespace {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using client = wr::testing::scripted_node<wr::light_client>;

TEST_CASE("a message keeps its request through a restart, and gets its outcome once") {
  client before;
  const auto request = before.publish("kept");
  REQUIRE(request);
  CHECK(before.host.outcomes().empty());

  client after;
  REQUIRE(after.node.restore(before.node.snapshot()));
  after.transport.discover(3);
  after.clock.run_for(120s);
  REQUIRE(after.host.outcomes().size() == 1);
  CHECK(after.node.pending() == 0);
  CHECK_FALSE(after.node.status(*request));
}

TEST_CASE("only an engine that has done nothing yet takes a snapshot in") {
  client before;
  client after;
  REQUIRE(after.publish("busy"));
  const auto answer = after.node.restore(before.node.snapshot());
  REQUIRE_FALSE(answer);
  CHECK(answer.error() == wr::errc::not_empty);
}

}  // namespace
