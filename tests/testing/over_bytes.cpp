// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/over_bytes.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/testing/fault_script.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

namespace over_bytes_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view chat = "/test/1/chat/proto";

// What a run of a sender and two receivers comes to.
struct outcome {
  std::vector<std::string> outcomes;  // of each message, with what was received of it
  wt::traffic moved;
  wt::fault_tally struck;

  friend bool operator==(const outcome&, const outcome&) = default;
};

using structs_transport = wt::simulated_transport<>;
using bytes_transport = wt::simulated_transport<wr::message, wt::light_capabilities, wt::fast_hasher,
                                                wt::over_bytes<wr::message>>;

/// One light client with all strategies.
template <class Transport>
struct client {
  client(wt::simulated_network<>& network, const wr::options& numbers)
      : transport(network), host(network.clock()), node(transport, host, numbers) {
    host.drive(node);
  }
  static wr::options seeded(std::uint64_t seed) {
    wr::options numbers;
    numbers.seed = seed;
    return numbers;
  }

  Transport transport;
  wt::test_host<> host;
  wr::node<wr::light_client, Transport, wr::message, wt::test_host<>> node;
};

// Two minutes with faults and one without; every service node in turn is of nwaku, go-waku, or a legacy store.
template <class Transport>
outcome run(std::uint64_t seed) {
  wt::virtual_clock clock;
  wt::network_options make;
  make.seed = seed;
  make.relay.nodes = 40;
  make.services.clear();
  for (int each = 0; each < 3; ++each) {
    make.services.push_back(wt::nwaku_profile());
    make.services.push_back(wt::go_waku_profile());
    make.services.push_back(wt::legacy_store_profile());
  }
  wt::simulated_network<> network(clock, make);
  std::deque<client<Transport>> clients;
  for (std::uint64_t each = 0; each < 3; ++each)
    clients.emplace_back(network, client<Transport>::seeded(seed * 100 + each));
  for (std::size_t each = 1; each < 3; ++each) static_cast<void>(clients[each].node.subscribe(shard, {chat}));
  const wt::fault_script script(wt::faults_of(wt::fault_level::mild), seed, network, 2min);
  script.play(network);
  for (std::uint8_t letter = 0; letter < 20; ++letter) {
    wr::message made;
    made.payload.assign(50U + letter, std::byte{letter});
    made.content_topic = chat;
    static_cast<void>(clients.front().node.publish(shard, made));
    clock.run_for(6s);
  }
  clock.run_for(1min);
  outcome end;
  for (const auto& each : clients.front().host.outcomes())
    end.outcomes.push_back(std::to_string(each.what.outcome.index()));
  for (std::size_t each = 1; each < 3; ++each) {
    for (const auto& received : clients[each].host.deliveries())
      end.outcomes.push_back(std::to_string(std::to_integer<int>(received.what.message.payload.front())));
  }
  end.moved = network.all_traffic();
  end.struck = network.faults();
  return end;
}

// Bytes on a network whose messages may have 1 MiB.
struct large_messages : wt::over_bytes<wr::message> {
  large_messages(std::uint64_t seed, std::uint32_t client) : over_bytes(seed, client, of_one_mebibyte()) {}
  static wr::wire::limits of_one_mebibyte() {
    wr::wire::limits most;
    most.message_bytes = 1'048'576;
    return most;
  }
};

using large_messages_transport =
    wt::simulated_transport<wr::message, wt::light_capabilities, wt::fast_hasher, large_messages>;

// How many of a message of 300,000 bytes a receiver is shown, on a network that takes it.
template <class Transport>
std::size_t received_of_a_large_one() {
  wt::virtual_clock clock;
  wt::network_options make;
  make.relay.nodes = 10;
  make.services.assign(3, wt::nwaku_profile());
  for (wt::service_profile& each : make.services) each.message_bytes_max = 1'048'576;
  wt::simulated_network<> network(clock, make);
  wr::options numbers;
  numbers.publish.message_bytes_max = 1'048'576;
  client<Transport> sender(network, numbers);
  client<Transport> receiver(network, numbers);
  static_cast<void>(receiver.node.subscribe(shard, {chat}));
  clock.run_for(10s);
  wr::message made;
  made.payload.assign(300'000, std::byte{1});
  made.content_topic = chat;
  static_cast<void>(sender.node.publish(shard, made));
  clock.run_for(2min);
  return receiver.host.deliveries().size();
}

}  // namespace

TEST_CASE("larger messages pass through bytes whose limits allow them, and through no others") {
  CHECK(received_of_a_large_one<structs_transport>() == 1);
  CHECK(received_of_a_large_one<large_messages_transport>() == 1);
  CHECK(received_of_a_large_one<bytes_transport>() == 0);
}

static std::uint64_t sum_of(const wt::traffic& moved, std::uint64_t wt::traffic::flow::*part) {
  std::uint64_t sum = moved.pushes.*part;
  for (const wt::traffic::flow& each : moved.by_kind) sum += each.*part;
  return sum;
}

TEST_CASE("over bytes a simulation runs as without, in as many bytes") {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    CAPTURE(seed);
    const outcome direct = run<structs_transport>(seed);
    const outcome bytes = run<bytes_transport>(seed);
    CHECK(direct.outcomes.size() > 50);
    CHECK(bytes.outcomes == direct.outcomes);
    CHECK(bytes.struck == direct.struck);
    for (std::size_t kind = 0; kind < wt::traffic::kinds; ++kind)
      CHECK(bytes.moved.by_kind[kind].requests == direct.moved.by_kind[kind].requests);
    CHECK(bytes.moved.pushes.requests == direct.moved.pushes.requests);
    for (const auto part : {&wt::traffic::flow::bytes_up, &wt::traffic::flow::bytes_down})
      CHECK(static_cast<double>(sum_of(bytes.moved, part)) ==
            doctest::Approx(static_cast<double>(sum_of(direct.moved, part))).epsilon(0.05));
    CHECK(run<bytes_transport>(seed) == bytes);
  }
}

}  // namespace over_bytes_tests
