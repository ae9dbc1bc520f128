// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/single_strategy.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

namespace single_strategy_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

/// A light node that publishes one message in a network where nothing fails, and what that took.
template <class Policies>
wt::traffic publish_once(const wr::options& numbers = {}) {
  using transport_type = wt::simulated_transport<>;
  wt::virtual_clock clock;
  wt::simulated_network<> network(clock, {.seed = 3, .services = wt::services_of(wt::node_software::nwaku)});
  transport_type transport(network);
  wt::test_host<> host(clock);
  wr::node<Policies, transport_type, wr::message, wt::test_host<>> node(transport, host, numbers);
  host.drive(node);
  wr::message made;
  made.payload.assign(10, std::byte{1});
  made.content_topic = "/test/1/chat/proto";
  CHECK(node.publish("/waku/2/rs/1/0", made));
  clock.run_for(3min);
  CHECK(host.outcomes().size() == 1);
  return network.traffic_of(0);
}

}  // namespace

TEST_CASE("each strategy alone asks for what it needs, and no more") {
  using kind = wr::operation_kind;
  const auto asks = [](const wt::traffic& moved, std::uint64_t pushes, bool store, bool filter) {
    CHECK(moved.count(kind::lightpush) == pushes);
    CHECK((moved.count(kind::store_query) > 0) == store);
    CHECK((moved.count(kind::filter_subscribe) > 0) == filter);
  };
  asks(publish_once<wt::only_l1>(), 1, false, false);
  asks(publish_once<wt::only_redundancy>(wt::redundant_publishing()), 2, false, false);
  asks(publish_once<wt::only_redundancy>(wt::redundant_receiving()), 1, false, false);
  asks(publish_once<wt::only_l3>(), 1, false, false);
  asks(publish_once<wt::only_l4>(), 1, false, true);
  asks(publish_once<wt::only_s1>(), 1, true, false);
  asks(publish_once<wt::only_s3>(), 1, true, false);
  asks(publish_once<wt::only_f1>(), 1, false, false);
  asks(publish_once<wt::only_f3>(), 1, false, false);
}

}  // namespace single_strategy_tests
