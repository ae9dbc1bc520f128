// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discv5_exchange.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace discv5_exchange_tests {

using namespace midscale;
using namespace std::chrono_literals;

// Nodes that do nothing by themselves, 50 ms apart, and the requests that are over.
struct line {
  ledger book;
  discv5_state state;
  discv5_exchange exchange{state};
  std::vector<discv5_request> over;
  std::vector<wr::duration> at;

  explicit line(std::uint32_t nodes, discv5_options options = {})
      : book(nodes, 0s, 100s), state(std::vector<discv5_node>(nodes), std::move(options), book, 1) {
    for (auto& each : state.participants) each.online = true;
  }
  void run(wr::duration end) {
    while (!state.events.empty() && state.events.next() < end) {
      const discv5_event event = state.events.take();
      state.move_to(state.events.now());
      if (const auto ended = exchange.happen(event)) {
        over.push_back(exchange.at(*ended));
        at.push_back(state.now());
        exchange.release(*ended);
        exchange.go_on(over.back().from, over.back().to);
      }
    }
    state.move_to(end);
  }
  byte_pair bytes(std::uint32_t node) { return book.by_node(protocol::discv5)[node]; }
};

TEST_CASE("the first request takes a handshake with the sender's record, the next one none") {
  line net(2);
  net.exchange.ask(0, 1, 0, 0);
  net.run(1s);
  REQUIRE(net.over.size() == 1);
  CHECK(net.over[0].answered);
  CHECK(net.at[0] == 200ms);
  // noise 91, handshake 16 + 23 + 131 + 169 + 12 + 16; WHOAREYOU 63, PONG 16 + 23 + 32 + 20 + 16
  CHECK(net.bytes(0).out == 91 + 367);
  CHECK(net.bytes(0).in == 63 + 107);
  CHECK(net.bytes(1).out == net.bytes(0).in);
  CHECK(net.state.participants[1].table.contains(0));
  CHECK(net.state.counted.handshakes == 1);

  net.exchange.ask(0, 1, 0, 0);
  net.run(2s);
  REQUIRE(net.over.size() == 2);
  CHECK(net.at[1] == 1s + 100ms);
  CHECK(net.bytes(0).out == 91 + 367 + 99);
  CHECK(net.bytes(0).in == 63 + 107 + 107);
}

TEST_CASE("who is known sends no record with its handshake") {
  line net(2);
  net.state.participants[1].table.add(0);
  net.exchange.ask(0, 1, 0, 0);
  net.run(1s);
  CHECK(net.bytes(0).out == 91 + 367 - 169);
}

TEST_CASE("a node that lost its session makes the other one begin again") {
  line net(2);
  net.exchange.ask(0, 1, 0, 0);
  net.run(1s);
  net.state.participants[1].sessions.erase(0);
  net.exchange.ask(0, 1, 0, 0);
  net.run(2s);
  REQUIRE(net.over.size() == 2);
  CHECK(net.over[1].answered);
  CHECK(net.bytes(0).out == 91 + 367 + 99 + 367 - 169);
  CHECK(net.state.counted.handshakes == 2);
}

TEST_CASE("an answer that cannot be read is answered by a challenge that nobody heeds") {
  line net(2);
  net.exchange.ask(0, 1, 0, 0);
  net.run(1s);
  net.exchange.ask(0, 1, 0, 0);
  net.run(1s + 60ms);  // the answer is on its way
  net.state.participants[0].sessions.erase(1);
  net.run(6s);
  REQUIRE(net.over.size() == 2);
  CHECK(!net.over[1].answered);
  CHECK(net.at[1] == 5s);
  CHECK(net.bytes(0).out == 91 + 367 + 99 + 63);
  CHECK(net.bytes(1).in == net.bytes(0).out);
}

TEST_CASE("an answer has its records in packets of three, and of one kilobyte in go-ethereum") {
  for (const bool go_waku : {false, true}) {
    discv5_options options;
    if (go_waku) options.software = {go_waku_discv5()};
    line net(12, options);
    net.state.ids[1] = 0;
    for (std::uint32_t node = 2; node < 12; ++node) {
      net.state.ids[node] = node_id{1} << 63U | node;
      net.state.participants[1].table = net.state.fresh_table(1);
    }
    for (std::uint32_t node = 2; node < 12; ++node) net.state.participants[1].table.add(node);
    for (std::uint32_t node = 2; node < 12; ++node) net.state.participants[1].table.answered(node, true);
    net.state.participants[1].sessions.put(0, 1'000);
    net.state.participants[0].sessions.put(1, 1'000);
    net.exchange.ask(0, 1, 256, 1);
    net.run(1s);
    REQUIRE(net.over.size() == 1);
    CHECK(net.over[0].count == 10);
    CHECK(net.bytes(0).out == 16 + 23 + 32 + 19 + 16);
    // Ten records: three packets of three and one of one; six of 163 bytes and four.
    if (go_waku) {
      CHECK(net.bytes(0).in == (87 + 11 + 2 + 1 + 3 + 6 * 163) + (87 + 11 + 2 + 1 + 3 + 4 * 163));
    } else {
      CHECK(net.bytes(0).in == 3 * 611 + (87 + 11 + 1 + 1 + 2 + 169));
    }
  }
}

TEST_CASE("nobody answers who is gone, and the bytes are lost") {
  line net(2);
  net.state.participants[1].online = false;
  net.exchange.ask(0, 1, 0, 0);
  net.run(10s);
  REQUIRE(net.over.size() == 1);
  CHECK(!net.over[0].answered);
  CHECK(net.at[0] == 4s);
  CHECK(net.state.counted.unanswered == 1);
  measurements result;
  net.book.report(result);
  CHECK(result.lost_bytes == 91);
}

TEST_CASE("a second request during a handshake is ignored in nim-eth, and waits in go-ethereum") {
  for (const bool go_waku : {false, true}) {
    discv5_options options;
    if (go_waku) options.software = {go_waku_discv5()};
    line net(2, options);
    net.exchange.ask(0, 1, 0, 0);
    net.exchange.ask(0, 1, 0, 0);
    net.run(10s);
    REQUIRE(net.over.size() == 2);
    CHECK(net.over[0].answered);
    CHECK(net.over[1].answered == go_waku);
    CHECK(net.at[1] == (go_waku ? 300ms : 4s));
    CHECK(net.bytes(1).out == (go_waku ? 63 + 113 + 113 : 63 + 107));
  }
}

TEST_CASE("of an answer that loses packets the others are taken after the time for them") {
  discv5_options options;
  options.loss = 0.3;
  line net(12, options);
  net.state.ids[1] = 0;
  for (std::uint32_t node = 2; node < 12; ++node) net.state.ids[node] = node_id{1} << 63U | node;
  net.state.participants[1].table = net.state.fresh_table(1);
  for (std::uint32_t node = 2; node < 12; ++node) {
    net.state.participants[1].table.add(node);
    net.state.participants[1].table.answered(node, true);
  }
  std::uint32_t whole = 0, part = 0, none = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const wr::duration begin = net.state.now();
    net.state.participants[1].sessions.put(0, 1'000);
    net.state.participants[0].sessions.put(1, 1'000);
    net.exchange.ask(0, 1, 256, 1);
    net.run(begin + 9s);
    REQUIRE(net.over.size() == static_cast<std::size_t>(trial) + 1);
    const discv5_request& last = net.over.back();
    if (!last.answered) {
      ++none;
      CHECK(net.at.back() == begin + 4s);
    } else if (last.count == 10) {
      ++whole;
      CHECK(net.at.back() == begin + 100ms);
    } else {
      ++part;
      CHECK(net.at.back() == begin + 100ms + 4s);
    }
  }
  // 0.7 · 0.7^4 = 0.168, 0.3 + 0.7 · 0.3^4 = 0.306
  CHECK(whole > 45);
  CHECK(whole < 90);
  CHECK(none > 90);
  CHECK(none < 155);
  CHECK(part == 400 - whole - none);
}

}  // namespace discv5_exchange_tests
