// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discv5_network.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace discv5_network_tests {

using namespace midscale;
using namespace std::chrono_literals;

// All start at 0.
discv5_options at_once(bool go_waku = false) {
  discv5_options options;
  if (go_waku) options.software = {go_waku_discv5()};
  options.starts_within = 1ns;
  return options;
}
byte_pair sum_of(const ledger& book) {
  byte_pair sum;
  for (const byte_pair& each : book.by_node(protocol::discv5)) {
    sum.in += each.in;
    sum.out += each.out;
  }
  return sum;
}

TEST_CASE("three nodes that know the first one know each other, and every byte can be told") {
  ledger book(3, 0s, 190ms);
  discv5_network net(std::vector<discv5_node>(3), at_once(), book, 1);
  net.run_until(190ms);
  // The second and the third ask the first one twice, to fill the table and to search: it challenges each once, has
  // their handshakes with records, and no node to tell them that it has an answer from. It asks nobody, for it knew
  // nobody.
  const auto& bytes = book.by_node(protocol::discv5);
  CHECK(bytes[0].out == 2 * (63 + 100));
  for (const std::uint32_t node : {1U, 2U}) {
    CHECK(bytes[node].in == 63);
    CHECK(bytes[node].out >= 2 * 91 + 16 + 23 + 131 + 169 + 16 + 18);
    CHECK(bytes[node].out <= 2 * 91 + 16 + 23 + 131 + 169 + 16 + 19);
  }
  CHECK(net.known(0) == 2);
  CHECK(net.known(1) == 1);
  net.run_until(60s);
  for (std::uint32_t node = 0; node < 3; ++node) CHECK(net.known(node) == 2);
}

TEST_CASE("in the steady state of a few nodes each asks every other one in each sweep") {
  constexpr std::uint32_t nodes = 8;
  ledger book(nodes, 60s, 600s);
  discv5_network net(std::vector<discv5_node>(nodes), at_once(), book, 1);
  std::vector<std::uint32_t> sweeps(nodes);
  net.on_found = [&](std::uint32_t node, std::span<const std::uint32_t> found, wr::duration at) {
    if (!book.open(at)) return;
    ++sweeps[node];
    CHECK(found.size() == nodes - 1);
  };
  net.run_until(600s);
  // Seven are asked, three at a time and one after another: three round trips of 100 ms, then five seconds.
  for (const std::uint32_t each : sweeps) {
    CHECK(each >= 540 / 5.3 - 1);
    CHECK(each <= 540 / 5.3 + 1);
  }
  const double requests = static_cast<double>(net.counts().requests) / nodes;
  CHECK(requests > 540 / 5.3 * 7 + 540 / 5.0 - 25);  // and a PING each five seconds on average
  CHECK(requests < 540 / 5.3 * 7 + 540 / 5.0 + 25);
  CHECK(net.counts().unanswered == 0);
  CHECK(net.counts().handshakes == 0);
  measurements result;
  net.report(result);
  const auto told = [&](const std::string& name) {
    return std::find_if(result.told.begin(), result.told.end(),
                        [&](const told_figure& each) { return each.name == name; })
        ->value;
  };
  CHECK(told("discv5_known") == nodes - 1);
  CHECK(told("discv5_handshakes") == 0);
  CHECK(told("discv5_user_in_kBps") == doctest::Approx(told("discv5_user_out_kBps")).epsilon(0.05));
  CHECK(told("discv5_median_in_kBps") == doctest::Approx(told("discv5_user_in_kBps")).epsilon(0.05));
  // PING and PONG are a packet each; an answer to FINDNODE has up to three.
  CHECK(told("discv5_packets") > 2 * told("discv5_requests"));
  CHECK(told("discv5_packets") < 4 * told("discv5_requests"));
}

TEST_CASE("tables fill, and what is sent is received or lost") {
  for (const bool go_waku : {false, true}) {
    constexpr std::uint32_t nodes = 60;
    ledger book(nodes, 0s, 120s);
    discv5_options options = at_once(go_waku);
    options.loss = 0.02;
    options.link.latency = {{20ms, 30ms, 4s}};
    discv5_network net(std::vector<discv5_node>(nodes), options, book, 3);
    net.run_until(90s);
    for (std::uint32_t node = 0; node < nodes; ++node) {
      CHECK(net.known(node) >= 30);
      net.set_online(node, false, 100s);
    }
    net.run_until(120s);
    measurements result;
    book.report(result);
    CHECK(result.lost_bytes > 0);
    CHECK(sum_of(book).out == sum_of(book).in + result.lost_bytes);
    for (std::uint32_t node = 0; node < nodes; ++node) CHECK(net.known(node) == 0);
  }
}

TEST_CASE("a node that leaves is forgotten, and known again when it is back") {
  constexpr std::uint32_t nodes = 12;
  ledger book(nodes, 0s, 300s);
  discv5_network net(std::vector<discv5_node>(nodes), at_once(), book, 5);
  const auto knowing = [&](std::uint32_t whom) {
    std::uint32_t count = 0;
    for (std::uint32_t node = 0; node < nodes; ++node)
      count += node != whom && net.table(node).contains(whom);
    return count;
  };
  net.run_until(100s);
  CHECK(knowing(7) == nodes - 1);
  net.set_online(7, false, 100s);
  net.run_until(200s);
  CHECK(knowing(7) == 0);
  CHECK(!net.online(7));
  CHECK(net.known(7) == 0);
  net.set_online(7, true, 200s);
  net.run_until(300s);
  CHECK(knowing(7) == nodes - 1);
  CHECK(net.known(7) == nodes - 1);
}

TEST_CASE("nobody hears of a node that takes no part") {
  std::vector<discv5_node> nodes(6);
  nodes[3].takes_part = false;
  ledger book(6, 0s, 100s);
  discv5_network net(nodes, at_once(), book, 1);
  net.set_online(3, true, 10s);
  net.run_until(100s);
  CHECK(net.known(0) == 4);
  CHECK(!net.online(3));
  CHECK(book.by_node(protocol::discv5)[3].out == 0);
}

TEST_CASE("a walk finds others at the pace at which they are taken") {
  constexpr std::uint32_t nodes = 40;
  ledger book(nodes, 0s, 600s);
  discv5_network net(std::vector<discv5_node>(nodes), at_once(true), book, 1);
  std::vector<std::size_t> found(nodes);
  net.on_found = [&](std::uint32_t node, std::span<const std::uint32_t> which, wr::duration) {
    found[node] += which.size();
  };
  net.run_until(600s);
  // 16 nodes in 6.6 s and a little more.
  for (std::uint32_t node = 1; node < nodes; ++node) {
    CHECK(found[node] > 1'200);
    CHECK(found[node] <= 600 / 6.6 * 16 + 40);
  }
}

TEST_CASE("the same seed gives the same bytes, another one others") {
  const auto bytes_of = [](std::uint64_t seed) {
    ledger book(30, 0s, 60s);
    discv5_options options;
    options.software.push_back(go_waku_discv5());
    options.link.latency = {{20ms, 30ms, 4s}};
    std::vector<discv5_node> nodes(30);
    for (std::uint32_t node = 0; node < 30; node += 3) nodes[node].software = 1;
    discv5_network net(nodes, options, book, seed);
    net.run_until(60s);
    std::vector<std::uint64_t> result;
    for (const byte_pair& each : book.by_node(protocol::discv5))
      result.push_back(each.in * 1'000'003 + each.out);
    return result;
  };
  CHECK(bytes_of(1) == bytes_of(1));
  CHECK(bytes_of(1) != bytes_of(2));
}

}  // namespace discv5_network_tests
