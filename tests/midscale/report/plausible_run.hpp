// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/results/measurements.hpp>

/// Figures as a run of so many relay nodes might have, made up from a seed: 600 s, a message a second, a share of the
/// nodes away for a while twice, and light nodes of six strategies. To look at, and to test what is drawn.
class plausible_run {
 public:
  plausible_run(std::uint32_t nodes, std::uint64_t seed, double churn = 0.1)
      : nodes_(nodes), churn_(churn), random_(seed) {
    connect();
    fill_seconds();
    publish();
    share_bytes();
    add_light_nodes();
    tell();
  }

  midscale::measurements made;

 private:
  static constexpr std::uint32_t length = 600;

  double about(double mean) { return mean * (0.75 + 0.5 * random_.unit()); }
  std::uint64_t bytes_about(double mean) { return static_cast<std::uint64_t>(about(mean)); }

  void connect() {
    made.start.nodes = nodes_;
    for (std::uint32_t node = 0; node < nodes_; ++node) {
      made.start.regions.push_back(static_cast<std::uint16_t>(node * 4 / nodes_));
      for (std::uint32_t step = 1; step <= 3; ++step)
        made.start.edges.push_back({node, (node + step * step) % nodes_});
      // One of them may be a second time; a picture does not mind.
      const auto far = static_cast<std::uint32_t>(random_.below(nodes_));
      if (node != far) made.start.edges.push_back({node, far});
    }
  }
  void fill_seconds() {
    for (std::uint32_t second = 0; second < length; ++second) {
      midscale::second_of_run each;
      const bool away = (second >= 180 && second < 240) || (second >= 420 && second < 450);
      each.nodes_online = away ? nodes_ - static_cast<std::uint32_t>(nodes_ * churn_) : nodes_;
      const double online = each.nodes_online;
      const double mean[midscale::protocols] = {8'200, 1'900, 7'600, 120, 640, 90, away ? 900.0 : 60.0};
      for (std::size_t kind = 0; kind < midscale::protocols; ++kind)
        each.bytes[kind] = {bytes_about(mean[kind] * online), bytes_about(mean[kind] * online)};
      made.seconds.push_back(each);
    }
  }
  void publish() {
    for (std::uint32_t message = 0; message < length; ++message) {
      midscale::second_of_run& second = made.seconds[message];
      const bool away = second.nodes_online != nodes_;
      made.sent.push_back(
          {std::chrono::seconds(message), static_cast<std::uint32_t>(random_.below(nodes_)), 0, 1'000});
      std::uint32_t came = 0;
      for (std::uint32_t node = 0; node + 1 < second.nodes_online; ++node) {
        if (away && random_.chance(0.06 * churn_)) continue;
        receive(message, node);
        ++came;
      }
      second.expected = second.nodes_online - 1;
      second.delivered = came;
      const auto more = static_cast<std::uint32_t>(about(3.1) * came);
      made.duplicates_by_message.push_back(more);
      made.duplicates += more;
      made.copies += came + more;
    }
  }
  void receive(std::uint32_t message, std::uint32_t node) {
    const bool gossip = random_.chance(0.015);
    std::uint8_t hops = 1;
    while (hops < 9 && random_.chance(hops < 3 ? 0.93 : 0.45)) ++hops;
    double latency = gossip ? 1e6 * random_.unit() : 0;
    for (int hop = 0; hop < hops; ++hop) latency += 52'000 + 18'000 * random_.unit() * random_.unit() * 6;
    made.received.push_back({message, node, static_cast<std::uint32_t>(latency), hops,
                             gossip ? midscale::way::gossip : midscale::way::mesh});
  }
  void share_bytes() {
    for (std::uint32_t node = 0; node < nodes_; ++node) {
      const double weight = 0.7 + 0.2 * random_.unit() + 0.2 * random_.unit() + 0.2 * random_.unit();
      made.relay_by_node.push_back(
          {bytes_about(10'100 * weight * length), bytes_about(10'300 * weight * length)});
      made.discv5_by_node.push_back({bytes_about(8'000.0 * length), bytes_about(7'400.0 * length)});
    }
    made.degrees.assign(nodes_, 8);
    made.mean_mesh_degree = 6.4;
    made.both_ways_share = 0.21;
    made.lost_bytes = 4'321'000;
  }
  void add_light_nodes() {
    const std::vector<std::pair<std::string, double>> strategies{
        {"none", 0.061},           {"several filter nodes", 0.019}, {"pings and new filters", 0.024},
        {"store queries", 0.0004}, {"confirmed publishing", 0.058}, {"all", 0}};
    for (const auto& [name, missing] : strategies) {
      midscale::light_row row;
      row.strategy = name;
      row.nodes = 50;
      row.expected = 50 * length;
      row.missed =
          static_cast<std::uint64_t>(about(10 * churn_ * missing) * static_cast<double>(row.expected));
      row.recovered = missing < 0.01 ? 1'712 : 0;
      row.published = 500;
      row.wrong_verdicts = name == "none" ? 23 : name == "all" ? 0 : 11;
      row.bytes = static_cast<std::uint64_t>(50e6 * (1.4 - 5 * missing));
      for (int each = 0; each < 2'000; ++each)
        row.latencies_us.push_back(static_cast<std::uint32_t>(about(380'000) * (1 + random_.unit())));
      std::sort(row.latencies_us.begin(), row.latencies_us.end());
      made.light.push_back(std::move(row));
    }
  }

  void tell() {
    made.told = {
        {"mesh_degree", about(6.4), "neighbours", "of a mesh, mean over nodes and heartbeats"},
        {"closed_form_kBps", about(10.3), "kB/s", "relay in by the closed form"},
        {"both_ways", made.both_ways_share, "share", "of mesh links that carried a message both ways"},
        {"query_p99_ms", about(80 + 400 * churn_), "ms", "within which 99 of 100 queries of stores ended"}};
  }

  std::uint32_t nodes_;
  double churn_;
  waku::reliability::random_source random_;
};
