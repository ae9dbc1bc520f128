// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/simulated_network.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <cache/samples.hpp>
#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/testing/fault_script.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

namespace simulated_network_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;
using wt::node_software;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view chat = "/test/1/chat/proto";
constexpr node_software all_software[] = {node_software::mixed, node_software::nwaku, node_software::go_waku};

struct light_node {
  light_node(wt::simulated_network<>& network, const wr::options& numbers)
      : transport(network), host(network.clock()), node(transport, host, numbers) {
    host.drive(node);
  }
  static wr::options options_of(std::uint64_t seed) {
    wr::options numbers;
    numbers.seed = seed;
    return numbers;
  }

  wt::simulated_transport<> transport;
  wt::test_host<> host;
  wr::node<wr::light_client, wt::simulated_transport<>, wr::message, wt::test_host<>> node;
};

/// One sender and some receivers; the sender publishes `messages` messages, one a second.
struct run_of_nodes {
  run_of_nodes(std::uint64_t seed, std::uint32_t receivers, std::uint32_t messages, wt::fault_level level,
               node_software software = node_software::mixed)
      : network(clock, make_of(seed, software)) {
    for (std::uint32_t client = 0; client <= receivers; ++client)
      nodes.emplace_back(network, light_node::options_of(seed + client));
    const std::string_view topics[] = {chat};
    for (std::uint32_t receiver = 1; receiver <= receivers; ++receiver) {
      CHECK(nodes[receiver].node.subscribe(shard, topics));
    }
    const wt::fault_script script(wt::faults_of(level), seed, network, std::chrono::seconds(messages));
    script.play(network);
    for (std::uint32_t number = 0; number < messages; ++number) {
      clock.run_for(1s);
      wr::message made;
      made.payload.assign(1'000, static_cast<std::byte>(number));
      made.content_topic = chat;
      if (nodes[0].node.publish(shard, made)) ++accepted;
    }
    clock.run_for(2min);
  }
  static wt::network_options make_of(std::uint64_t seed, node_software software) {
    wt::network_options make;
    make.seed = seed;
    make.services = wt::services_of(software);
    return make;
  }
  /// What was delivered and when, to compare runs by.
  [[nodiscard]] std::vector<std::pair<wr::steady_time, wr::message_hash>> history() const {
    std::vector<std::pair<wr::steady_time, wr::message_hash>> all;
    for (const light_node& each : nodes) {
      for (const auto& delivery : each.host.deliveries())
        all.emplace_back(delivery.at.steady, delivery.what.hash);
    }
    return all;
  }

  wt::virtual_clock clock;
  wt::simulated_network<> network;
  std::deque<light_node> nodes;
  std::uint32_t accepted = 0;
};

}  // namespace

TEST_CASE(
    "where nothing fails, light clients confirm everything and receive it once, whatever the nodes run") {
  CAPTURE(samples::seed());
  for (const node_software software : all_software) {
    const std::string nodes(wt::name_of(software));
    CAPTURE(nodes);
    const run_of_nodes it(samples::seed(), 5, 60, wt::fault_level::none, software);
    CHECK(it.accepted == 60);
    CHECK(it.nodes[0].host.outcomes().size() == 60);
    for (const auto& end : it.nodes[0].host.outcomes()) {
      CHECK(std::holds_alternative<wr::confirmed>(end.what.outcome));
    }
    for (std::size_t receiver = 1; receiver < it.nodes.size(); ++receiver) {
      CHECK(it.nodes[receiver].host.deliveries().size() == 60);
    }
    CHECK(it.network.faults() == wt::fault_tally{});
  }
}

TEST_CASE("in a harsh network every accepted message has one outcome and nothing is delivered twice") {
  CAPTURE(samples::seed());
  for (const node_software software : all_software) {
    const std::string nodes(wt::name_of(software));
    CAPTURE(nodes);
    const run_of_nodes it(samples::seed(), 5, 120, wt::fault_level::harsh, software);
    std::map<wr::request_id, int> outcomes;
    for (const auto& end : it.nodes[0].host.outcomes()) ++outcomes[end.what.request];
    CHECK(outcomes.size() == it.accepted);
    for (const auto& [request, count] : outcomes) CHECK(count == 1);
    for (std::size_t receiver = 1; receiver < it.nodes.size(); ++receiver) {
      std::map<wr::message_hash, int> shown;
      for (const auto& delivery : it.nodes[receiver].host.deliveries()) ++shown[delivery.what.hash];
      CHECK_FALSE(shown.empty());
      for (const auto& [hash, count] : shown) CHECK(count == 1);
    }
  }
}

TEST_CASE("the same seed gives the same run, to the nanosecond and the byte") {
  for (const node_software software : all_software) {
    const std::string nodes(wt::name_of(software));
    CAPTURE(nodes);
    const run_of_nodes first(3, 3, 40, wt::fault_level::harsh, software);
    const run_of_nodes again(3, 3, 40, wt::fault_level::harsh, software);
    const run_of_nodes other(4, 3, 40, wt::fault_level::harsh, software);
    CHECK(first.history() == again.history());
    CHECK(first.network.all_traffic() == again.network.all_traffic());
    CHECK(first.network.faults() == again.network.faults());
    CHECK(first.history() != other.history());
  }
}

TEST_CASE(
    "a go-waku node takes twenty subscribers: ten nodes serve two hundred, and stores bring it to all") {
  // 105 receivers at two nodes each want 210 subscriptions.
  const run_of_nodes it(3, 105, 10, wt::fault_level::none, node_software::go_waku);
  std::size_t subscribed = 0;
  for (std::uint32_t node = 0; node < it.network.fleet().size(); ++node) {
    std::size_t here = 0;
    for (std::uint32_t client = 0; client < it.network.client_count(); ++client) {
      here += it.network.fleet().filter(node).subscribed(static_cast<wr::peer_id>(client)) ? 1 : 0;
    }
    CHECK(here <= 20);
    subscribed += here;
  }
  CHECK(subscribed == 200);
  for (std::size_t receiver = 1; receiver < it.nodes.size(); ++receiver) {
    CHECK(it.nodes[receiver].host.deliveries().size() == 10);
  }
}

TEST_CASE("a sender and a receiver take a few lines, and a sender is shown its own where it asks for that") {
  for (const bool own : {false, true}) {
    CAPTURE(own);
    wt::virtual_clock clock;
    wt::network_options make;
    make.seed = 7;
    wt::simulated_network<> network(clock, make);
    wr::options numbers;
    numbers.seed = 1;
    numbers.publish.deliver_own = own;
    light_node sender(network, numbers);
    numbers.seed = 2;
    light_node receiver(network, numbers);
    REQUIRE(sender.node.subscribe(shard, {chat}));
    REQUIRE(receiver.node.subscribe(shard, {chat}));
    clock.run_for(10s);

    wr::message hello;
    hello.payload = {std::byte{'h'}, std::byte{'i'}};
    hello.content_topic = chat;
    REQUIRE(sender.node.publish(shard, hello));
    clock.run_for(2min);
    CHECK(receiver.host.deliveries().size() == 1);
    CHECK(sender.host.deliveries().size() == (own ? 1 : 0));
    REQUIRE(sender.host.outcomes().size() == 1);
    CHECK(std::holds_alternative<wr::confirmed>(sender.host.outcomes().front().what.outcome));
  }
}

TEST_CASE("a message is kept once, whoever publishes it") {
  wt::virtual_clock clock;
  wt::simulated_network<> network(clock);
  wr::message made;
  made.payload.resize(10);
  made.content_topic = chat;
  made.timestamp = 5;
  const wt::message_index first = network.intern(shard, made);
  CHECK(network.intern(shard, made) == first);
  CHECK(network.intern("/waku/2/rs/1/1", made) != first);
  CHECK(network.body(first) == made);
  CHECK(network.pubsub_topic(first) == shard);
  CHECK(network.ledger().facts(first).encoded_size == wt::frame_size::message(made));
  CHECK(network.stamped(first, 0) == first);
}

}  // namespace simulated_network_tests
