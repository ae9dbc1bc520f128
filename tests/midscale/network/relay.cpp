// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/relay.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/network/profile.hpp>

namespace relay_tests {

using namespace midscale;
using namespace std::chrono_literals;

graph line_of(std::uint32_t nodes) {
  graph result{nodes, {}, {}};
  for (std::uint32_t node = 1; node < nodes; ++node) result.edges.push_back({node - 1, node});
  return result;
}
graph star_of(std::uint32_t nodes) {
  graph result{nodes, {}, {}};
  for (std::uint32_t node = 1; node < nodes; ++node) result.edges.push_back({node, 0});
  return result;
}
graph full_mesh_of(std::uint32_t nodes) {
  graph result{nodes, {}, {}};
  for (std::uint32_t node = 1; node < nodes; ++node)
    for (std::uint32_t other = 0; other < node; ++other) result.edges.push_back({node, other});
  return result;
}
// Every node dials so many others at random.
graph random_graph(std::uint32_t nodes, std::uint32_t dials, std::uint64_t seed) {
  graph result{nodes, {}, {}};
  wr::random_source random(seed);
  for (std::uint32_t node = 0; node < nodes; ++node)
    for (std::uint32_t dial = 0; dial < dials; ++dial)
      if (const auto other = static_cast<std::uint32_t>(random.below(nodes)); other != node)
        result.edges.push_back({node, other});
  return result;
}

// A network with a ledger that is open from 10 s, when every mesh stands, to the end.
struct run {
  ledger book;
  relay_network network;

  run(const graph& start, relay_options options, std::uint64_t seed = 1, wr::duration end = 60s,
      std::vector<relay_node> nodes = {})
      : book(start.nodes, 10s, end),
        network(start, nodes.empty() ? std::vector<relay_node>(start.nodes) : nodes, std::move(options), book,
                seed) {
    network.run_until(10s);
  }
  measurements finish() {
    network.run_until(book.end());
    measurements result;
    book.report(result);
    return result;
  }
};

relay_options fixed_latency(wr::duration latency) {
  relay_options options;
  options.link.latency = {{latency, {}, 4s}};
  return options;
}

std::uint64_t bytes_in(const measurements& of) {
  return std::accumulate(of.relay_by_node.begin(), of.relay_by_node.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const byte_pair& each) { return sum + each.in; });
}
std::uint64_t bytes_out(const measurements& of) {
  return std::accumulate(of.relay_by_node.begin(), of.relay_by_node.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const byte_pair& each) { return sum + each.out; });
}
const receipt* receipt_of(const measurements& of, std::uint32_t message, std::uint32_t node) {
  const auto found = std::find_if(of.received.begin(), of.received.end(), [&](const receipt& each) {
    return each.message == message && each.node == node;
  });
  return found == of.received.end() ? nullptr : &*found;
}
// All that a run measured, so that two can be compared.
void check_same(const measurements& one, const measurements& other) {
  REQUIRE(one.received.size() == other.received.size());
  for (std::size_t place = 0; place < one.received.size(); ++place) {
    const receipt &a = one.received[place], &b = other.received[place];
    REQUIRE((a.message == b.message && a.node == b.node && a.latency_us == b.latency_us && a.hops == b.hops &&
             a.by == b.by));
  }
  REQUIRE(one.relay_by_node.size() == other.relay_by_node.size());
  for (std::size_t node = 0; node < one.relay_by_node.size(); ++node) {
    REQUIRE(one.relay_by_node[node].in == other.relay_by_node[node].in);
    REQUIRE(one.relay_by_node[node].out == other.relay_by_node[node].out);
  }
  REQUIRE(one.seconds.size() == other.seconds.size());
  for (std::size_t second = 0; second < one.seconds.size(); ++second) {
    for (std::size_t what = 0; what < protocols; ++what) {
      REQUIRE(one.seconds[second].bytes[what].in == other.seconds[second].bytes[what].in);
      REQUIRE(one.seconds[second].bytes[what].out == other.seconds[second].bytes[what].out);
    }
    REQUIRE(one.seconds[second].delivered == other.seconds[second].delivered);
    REQUIRE(one.seconds[second].nodes_online == other.seconds[second].nodes_online);
  }
  CHECK(one.copies == other.copies);
  CHECK(one.duplicates == other.duplicates);
  CHECK(one.lost_bytes == other.lost_bytes);
  CHECK(one.mean_mesh_degree == other.mean_mesh_degree);
  CHECK(one.both_ways_share == other.both_ways_share);
}

TEST_CASE("on a line a message goes from neighbour to neighbour, once over each link") {
  run line(line_of(5), fixed_latency(100ms));
  CHECK(line.network.publish(0, 0, 1'000) == 0);
  const measurements m = line.finish();
  REQUIRE(m.received.size() == 4);
  for (std::uint32_t node = 1; node < 5; ++node) {
    CAPTURE(node);
    CHECK(m.received[node - 1].node == node);
    CHECK(m.received[node - 1].latency_us == node * 100'000);
    CHECK(m.received[node - 1].hops == node);
    CHECK(m.received[node - 1].by == way::mesh);
  }
  CHECK(m.copies == 4);
  CHECK(m.duplicates == 0);
  CHECK(m.mean_mesh_degree == 8.0 / 5);
  CHECK(m.both_ways_share == 0);
  // 1,095 bytes a copy, as the test of frames has it; all neighbours are in the mesh, so that there is no gossip.
  for (std::uint32_t node = 0; node < 5; ++node) {
    CAPTURE(node);
    CHECK(m.relay_by_node[node].in == (node == 0 ? 0 : 1'095));
    CHECK(m.relay_by_node[node].out == (node == 4 ? 0 : 1'095));
  }
  CHECK(m.seconds[0].bytes[0].in == 4 * 1'095);
  CHECK(m.seconds[0].expected == 4);
  CHECK(m.seconds[0].delivered == 4);
}

TEST_CASE("in a star the centre brings a leaf's message to the other leaves") {
  run star(star_of(5), fixed_latency(20ms));
  star.network.publish(2, 0, 1'000);
  const measurements m = star.finish();
  REQUIRE(m.received.size() == 4);
  CHECK(m.received[0].node == 0);
  CHECK(m.received[0].latency_us == 20'000);
  for (const std::uint32_t leaf : {1U, 3U, 4U}) {
    REQUIRE(receipt_of(m, 0, leaf));
    CHECK(receipt_of(m, 0, leaf)->latency_us == 40'000);
    CHECK(receipt_of(m, 0, leaf)->hops == 2);
  }
  CHECK(m.copies == 4);
  CHECK(m.duplicates == 0);
  CHECK(m.relay_by_node[0].in == 1'095);
  CHECK(m.relay_by_node[0].out == 3 * 1'095);
}

TEST_CASE("in a full mesh of five all have a message after one hop, and 12 of 16 copies are too many") {
  run full(full_mesh_of(5), fixed_latency(20ms));
  full.network.publish(3, 0, 1'000);
  const measurements m = full.finish();
  REQUIRE(m.received.size() == 4);
  for (const receipt& each : m.received) {
    CHECK(each.latency_us == 20'000);
    CHECK(each.hops == 1);
  }
  // Four get it from the publisher; each of these sends it to the three others.
  CHECK(m.copies == 16);
  CHECK(m.duplicates == 12);
  for (std::uint32_t node = 0; node < 5; ++node) {
    CHECK(m.relay_by_node[node].in == (node == 3 ? 0 : 4 * 1'095));
    CHECK(m.relay_by_node[node].out == (node == 3 ? 4 : 3) * 1'095);
  }
  // Of ten links the publisher's four carried it one way, the other six both ways.
  CHECK(m.mean_mesh_degree == 4);
  CHECK(m.both_ways_share == 0.6);
}

TEST_CASE("without flood publishing a message goes to the mesh alone, and to others by gossip") {
  // The leaves' meshes hold the centre; the centre's holds D of twenty leaves at most D_high.
  relay_options options = fixed_latency(20ms);
  options.gossip[0].flood_publish = false;
  run star(star_of(21), options);
  const overlay& nodes = star.network.nodes();
  const std::uint32_t mesh = nodes.members()[0].mesh;
  CHECK(mesh >= 4);
  CHECK(mesh <= 8);
  star.network.publish(0, 0, 1'000);
  const measurements m = star.finish();
  std::uint32_t by_mesh = 0, by_gossip = 0;
  for (const receipt& each : m.received) {
    CHECK(each.hops == 1);
    if (each.by == way::mesh) {
      ++by_mesh;
      CHECK(each.latency_us == 20'000);
    } else {
      ++by_gossip;
      CHECK(each.by == way::gossip);
      CHECK(each.latency_us >= 60'000);  // IHAVE, IWANT and the message
      CHECK(each.latency_us < 3'060'000);
    }
  }
  CHECK(by_mesh == mesh);
  CHECK(by_gossip > 0);
  CHECK(m.copies == m.received.size());
  // Three heartbeats tell six others each of one message: an IHAVE of 54 bytes and 31 around it, an IWANT of 38 and 31.
  // Those who have it thereby, which are in no mesh, tell the centre of it in three heartbeats of theirs.
  const auto& control = star.book.by_node(protocol::relay_control);
  CHECK(control[0].out == 3 * 6 * 85);
  CHECK(control[0].in == by_gossip * (69 + 3 * 85));
}

TEST_CASE("what is asked for by gossip is only had while the history holds it") {
  relay_options options = fixed_latency(3'500ms);  // an IWANT comes seven seconds after the heartbeat
  options.gossip[0].flood_publish = false;
  options.gossip[0].history_length = 6;
  run star(star_of(21), options);
  star.network.publish(0, 0, 1'000);
  const measurements m = star.finish();
  for (const receipt& each : m.received) CHECK(each.by == way::mesh);
  CHECK(star.book.by_node(protocol::relay_control)[0].in > 0);
}

TEST_CASE("copies that can change nothing are counted as if each were an event") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    relay_options options;
    options.gossip = {nwaku_gossip(), go_waku_gossip()};
    options.link.latency = {{20ms, 40ms, 500ms}};
    if (seed >= 2) options.link.jitter = 10ms;
    if (seed >= 3) options.gossip[0].validation = 5ms;
    if (seed >= 3) options.gossip[1].dont_want_from = 512;
    if (seed == 4) options.gossip[1].scores_peers = true;
    const graph start = random_graph(60, 8, seed);
    std::vector<relay_node> nodes(60);
    for (std::size_t node = 0; node < nodes.size(); ++node) nodes[node].profile = node % 2;
    std::vector<measurements> results;
    std::vector<std::uint64_t> events;
    for (const bool all : {false, true}) {
      options.every_frame_an_event = all;
      run each(start, options, seed, 40s, nodes);
      wr::random_source random(seed);
      // Nodes come and go too, told of ahead of time.
      for (std::uint32_t node = 0; node < 60; node += 7) {
        each.network.set_online(node, false, 12s + node * 113ms);
        each.network.set_online(node, true, 16s + node * 113ms);
      }
      for (wr::duration at = 11s; at < 38s; at += 250ms) {
        each.network.run_until(at);
        const auto node = static_cast<std::uint32_t>(random.below(60));
        if (each.network.online(node)) each.network.publish(node, 0, 800);
      }
      results.push_back(each.finish());
      events.push_back(each.network.handled());
    }
    CHECK(events[0] < events[1]);
    CHECK(results[0].received.size() > 3'000);
    CHECK(results[0].lost_bytes > 0);
    check_same(results[0], results[1]);
  }
}

TEST_CASE("bytes that went out came in or were lost") {
  relay_options options;
  options.link.latency = {{20ms, 40ms, 500ms}};
  run each(random_graph(80, 6, 5), options, 5, 60s);
  for (std::uint32_t node = 0; node < 80; node += 5) {
    each.network.set_online(node, false, 15s + node * 71ms);
    each.network.set_online(node, true, 25s + node * 71ms);
  }
  for (wr::duration at = 11s; at < 40s; at += 100ms) {
    each.network.run_until(at);
    each.network.publish(1, 0, 2'000);
  }
  const measurements m = each.finish();  // twenty seconds later nothing is under way
  CHECK(m.lost_bytes > 0);
  CHECK(bytes_in(m) + m.lost_bytes == bytes_out(m));
  std::uint64_t in = 0, out = 0;
  for (const second_of_run& second : m.seconds)
    for (const byte_pair& pair : second.bytes) {
      in += pair.in;
      out += pair.out;
    }
  CHECK(in == bytes_in(m));
  CHECK(out == bytes_out(m));
}

TEST_CASE("no message comes before it can, and in a network that stays all come") {
  relay_options options;
  options.link.latency = {{30ms, 40ms, 300ms}};
  run each(random_graph(100, 6, 9), options, 9);
  for (wr::duration at = 11s; at < 50s; at += 500ms) {
    each.network.run_until(at);
    each.network.publish(static_cast<std::uint32_t>(at / 500ms) % 100, 0, 100);
  }
  const measurements m = each.finish();
  CHECK(m.received.size() == m.sent.size() * 99);
  for (const receipt& each_receipt : m.received) {
    CHECK(each_receipt.hops >= 1);
    CHECK(each_receipt.latency_us >= each_receipt.hops * 30'000U);
  }
  // The closed form: copies to a node are half the mesh's links, more by those that carried both ways, and the flood.
  const double copies = static_cast<double>(m.copies) / (100.0 * static_cast<double>(m.sent.size()));
  const double form = m.mean_mesh_degree / 2 * (1 + m.both_ways_share);
  CHECK(copies > form * 0.98);
  CHECK(copies < form * 1.05);
}

TEST_CASE("after its heartbeat a mesh is within bounds, whatever happens") {
  for (const bool scored : {false, true}) {
    CAPTURE(scored);
    relay_options options;
    options.gossip = {go_waku_gossip()};
    options.gossip[0].scores_peers = scored;
    options.link.latency = {{20ms, 40ms, 500ms}};
    run each(random_graph(100, 10, 3), options, 3, 40s);
    for (std::uint32_t node = 0; node < 100; node += 3) {
      each.network.set_online(node, false, 15s);
      each.network.set_online(node, true, 20s + node * 10ms);
    }
    for (wr::duration at = 10s; at < 40s; at += 1s) {
      each.network.run_until(at);
      // Between heartbeats a mesh has at most what others grafted, and those are refused from D_high on unless dialled.
      for (const member& own : each.network.nodes().members()) {
        REQUIRE(own.mesh <= own.near.size());
        const auto dialled = static_cast<std::uint32_t>(std::count_if(
            own.near.begin(), own.near.begin() + own.mesh, [](const neighbour& n) { return n.dialled; }));
        REQUIRE(own.mesh <= 8 + dialled);
      }
    }
    const measurements m = each.finish();
    CHECK(m.mean_mesh_degree >= 4);
    CHECK(m.mean_mesh_degree <= 8);
  }
}

TEST_CASE("meshes are mutual when nothing is under way") {
  run each(random_graph(100, 10, 4), fixed_latency(20ms), 4);
  each.network.run_until(30s);
  const auto& members = each.network.nodes().members();
  std::uint32_t one_sided = 0, links = 0;
  for (std::uint32_t number = 0; number < members.size(); ++number)
    for (std::uint32_t place = 0; place < members[number].mesh; ++place) {
      const member& other = members[members[number].near[place].member];
      ++links;
      if (other.find(number) >= other.mesh) ++one_sided;
    }
  CHECK(links >= 400);
  CHECK(one_sided == 0);
}

TEST_CASE("the same seed gives the same run, another one another") {
  relay_options options;
  options.link.latency = {{20ms, 40ms, 500ms}};
  std::vector<measurements> results;
  for (const std::uint64_t seed : {7U, 7U, 8U}) {
    run each(random_graph(50, 6, 1), options, seed, 20s);
    for (wr::duration at = 11s; at < 15s; at += 1s) {
      each.network.run_until(at);
      each.network.publish(0, 0, 100);
    }
    results.push_back(each.finish());
  }
  check_same(results[0], results[1]);
  CHECK(results[0].received[10].latency_us != results[2].received[10].latency_us);
}

TEST_CASE("a hook is told of each first receipt and may publish") {
  run line(line_of(3), fixed_latency(100ms));
  std::vector<wr::duration> told;
  line.network.on_first_receipt = [&](const receipt& first, wr::duration at) {
    told.push_back(at);
    if (first.message == 0 && first.node == 2) CHECK(line.network.publish(2, 0, 10) == 1);
  };
  line.network.publish(0, 0, 10);
  CHECK(line.network.next_event() < 11'100ms);
  const measurements m = line.finish();
  CHECK(told == std::vector<wr::duration>{10'100ms, 10'200ms, 10'300ms, 10'400ms});
  CHECK(m.sent.size() == 2);
  REQUIRE(receipt_of(m, 1, 0));
  CHECK(receipt_of(m, 1, 0)->latency_us == 200'000);
}

}  // namespace relay_tests
