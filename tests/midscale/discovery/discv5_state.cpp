// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discv5_state.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

namespace discv5_state_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("two nodes have one latency, both ways and whenever it is asked for") {
  ledger book(20, 0s, 10s);
  discv5_options options;
  options.link.latency = {{50ms, 25ms, 4s}};
  const discv5_state state(std::vector<discv5_node>(20), options, book, 1);
  wr::duration sum{};
  for (std::uint32_t node = 1; node < 20; ++node) {
    CHECK(state.latency(0, node) == state.latency(node, 0));
    CHECK(state.latency(0, node) >= 50ms);
    sum += state.latency(0, node);
  }
  CHECK(sum > 19 * 55ms);
  CHECK(sum < 19 * 110ms);
  CHECK(state.latency(0, 1) != state.latency(0, 2));
}

TEST_CASE("regions decide which latency") {
  ledger book(2, 0s, 10s);
  discv5_options options;
  options.link.regions = 2;
  options.link.latency = {{1ms, {}, 4s}, {2ms, {}, 4s}, {3ms, {}, 4s}, {4ms, {}, 4s}};
  std::vector<discv5_node> nodes(2);
  nodes[1].region = 1;
  const discv5_state state(nodes, options, book, 1);
  CHECK(state.latency(1, 0) == 2ms);
}

TEST_CASE("what happens counts while the ledger is open") {
  ledger book(1, 1s, 2s);
  discv5_state state(std::vector<discv5_node>(1), {}, book, 1);
  state.count(&discv5_state::counts::requests);
  state.move_to(1s);
  state.count(&discv5_state::counts::requests, 2);
  state.move_to(2s);
  state.count(&discv5_state::counts::requests);
  CHECK(state.counted.requests == 2);
}

}  // namespace discv5_state_tests
