// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/simulated_transport.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include <waku/reliability/core/message.hpp>

namespace simulated_transport_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view chat = "/test/1/chat/proto";

/// A client without a node: what its transport tells is taken from an inbox by hand.
template <wr::capability_set Capabilities = wt::light_capabilities>
struct bare_client {
  using transport_type = wt::simulated_transport<wr::message, Capabilities>;

  explicit bare_client(wt::simulated_network<>& network) : transport(network) {
    transport.attach(wr::event_sink<wr::message>(inbox));
  }

  wr::operation_id next(wr::operation_kind kind) { return {kind, ++operations, 1}; }
  template <class Reply>
  wr::reply_handle<wr::message, Reply> handle(wr::operation_id operation) {
    return {inbox, operation};
  }
  wr::operation_id push(std::uint32_t node, const wr::message& what) {
    const auto operation = next(wr::operation_kind::lightpush);
    const wr::message_hash hash = wt::fast_hasher()(wr::hashed_parts(shard, what));
    transport.lightpush({operation, static_cast<wr::peer_id>(node), shard, what, hash},
                        handle<wr::lightpush_reply>(operation));
    return operation;
  }
  wr::operation_id subscribe(std::uint32_t node) {
    const auto operation = next(wr::operation_kind::filter_subscribe);
    const std::string_view topics[] = {chat};
    transport.filter_subscribe({operation, static_cast<wr::peer_id>(node), shard, topics},
                               handle<wr::filter_reply>(operation));
    return operation;
  }
  wr::operation_id ping(std::uint32_t node) {
    const auto operation = next(wr::operation_kind::filter_ping);
    transport.filter_ping({operation, static_cast<wr::peer_id>(node), shard},
                          handle<wr::filter_reply>(operation));
    return operation;
  }
  wr::operation_id ask(std::uint32_t node, bool include_data, bool legacy = false) {
    const auto operation = next(wr::operation_kind::store_query);
    const std::string_view topics[] = {chat};
    wr::store_request asked;
    asked.operation = operation;
    asked.peer = static_cast<wr::peer_id>(node);
    asked.pubsub_topic = shard;
    asked.content_topics = topics;
    asked.include_data = include_data;
    asked.legacy = legacy;
    transport.store_query(asked, handle<wr::store_reply<wr::message>>(operation));
    return operation;
  }

  /// Everything told since the last time, of one kind.
  template <class Entry>
  std::vector<Entry> told() {
    wr::inbox<wr::message>::batch taken;
    inbox.get()->take(taken);
    std::vector<Entry> found;
    for (auto& entry : taken.entries) {
      if (auto* wanted = std::get_if<Entry>(&entry)) found.push_back(std::move(*wanted));
    }
    return found;
  }
  /// The replies or errors of one kind of operation.
  template <class Reply>
  std::vector<wr::reply_or_error<Reply>> ends() {
    std::vector<wr::reply_or_error<Reply>> found;
    for (auto& ended : told<wr::operation_ended<Reply>>()) found.push_back(std::move(ended.result));
    return found;
  }

  wr::inbox_reference<wr::message> inbox{new wr::inbox<wr::message>([](void*) {}, nullptr)};
  transport_type transport;
  std::uint32_t operations = 0;
};

using pushed = wr::inbox<wr::message>::pushed;
using appeared = wr::inbox<wr::message>::appeared;
using relayed = wr::inbox<wr::message>::relayed;

wr::message make_message_at(const wt::virtual_clock& clock, std::uint8_t letter) {
  wr::message made;
  made.payload.assign(100, std::byte{letter});
  made.content_topic = chat;
  made.timestamp = clock.wall().time_since_epoch().count() + letter;
  return made;
}

/// A network of one nwaku, one go-waku and one legacy store node, where nothing fails by itself.
struct small_network {
  explicit small_network(wt::network_options make = {}) : network(clock, quick(std::move(make))) {}

  static wt::network_options quick(wt::network_options make) {
    make.relay.nodes = 30;
    make.services = {wt::nwaku_profile(), wt::go_waku_profile(), wt::legacy_store_profile()};
    return make;
  }
  [[nodiscard]] wr::message make_message(std::uint8_t letter) const { return make_message_at(clock, letter); }

  wt::virtual_clock clock;
  wt::simulated_network<> network;
};

}  // namespace

TEST_CASE("a simulated transport models what it was given") {
  CHECK(wr::capabilities_of<wt::simulated_transport<>, wr::message> == wt::light_capabilities);
  using all = wt::simulated_transport<wr::message, wr::all_capabilities>;
  CHECK(wr::capabilities_of<all, wr::message> == wr::all_capabilities);
}

TEST_CASE("a client is told of every node with its protocols, and of those that come and go") {
  small_network it;
  bare_client client(it.network);
  const auto first = client.told<appeared>();
  REQUIRE(first.size() == 3);
  CHECK(first[0].protocols == wr::peer_protocols{true, true, true, false});
  CHECK(first[1].protocols == wr::peer_protocols{true, true, false, false});
  CHECK(first[2].protocols == wr::peer_protocols{true, true, false, true});
  it.network.set_node_present(1, false);
  CHECK(client.told<wr::peer_left>().front().peer == wr::peer_id{1});
  it.network.set_client_online(0, false, true);
  it.network.set_node_present(1, true);
  CHECK(client.told<appeared>().empty());
  it.network.set_client_online(0, true, true);
  CHECK(client.told<appeared>().front().peer == wr::peer_id{1});
}

TEST_CASE("a push is answered after the way there and back, and reaches a subscriber elsewhere") {
  small_network it;
  bare_client sender(it.network);
  bare_client receiver(it.network);
  receiver.subscribe(1);
  it.clock.run_for(5s);
  CHECK(std::get<wr::filter_reply>(receiver.ends<wr::filter_reply>().front()).status == 200);
  const wr::message message = it.make_message(1);
  sender.push(0, message);
  it.clock.run_for(39ms);
  CHECK(sender.ends<wr::lightpush_reply>().empty());
  it.clock.run_for(10s);
  const auto ends = sender.ends<wr::lightpush_reply>();
  REQUIRE(ends.size() == 1);
  const auto& reply = std::get<wr::lightpush_reply>(ends.front());
  CHECK(reply.status == 200);
  CHECK(reply.relay_peer_count == it.network.fleet().relay().neighbours(0).size());
  const auto received = receiver.told<pushed>();
  REQUIRE(received.size() == 1);
  CHECK(received.front().message == message);
  CHECK(received.front().peer == wr::peer_id{1});
  CHECK(sender.transport.open_operations() == 0);
}

TEST_CASE(
    "stores list hashes and give bodies, legacy ones bodies without hashes, and who has no store says so") {
  small_network it;
  bare_client client(it.network);
  const wr::message message = it.make_message(1);
  it.network.publish_from(7, shard, message);
  it.clock.run_for(10s);
  client.ask(0, false);
  client.ask(0, true);
  client.ask(2, true, true);
  client.ask(1, false);
  it.clock.run_for(30s);
  std::optional<wr::message_hash> listed;
  int with_body = 0;
  int without_hash = 0;
  int unsupported = 0;
  for (const auto& end : client.ends<wr::store_reply<wr::message>>()) {
    const auto* reply = std::get_if<wr::store_reply<wr::message>>(&end);
    if (reply == nullptr) {
      CHECK(std::get<wr::transport_error>(end) == wr::transport_error::unsupported_protocol);
      ++unsupported;
      continue;
    }
    REQUIRE(reply->entries.size() == 1);
    const auto& entry = reply->entries.front();
    if (entry.body) {
      CHECK(*entry.body == message);
      ++with_body;
    } else {
      listed = entry.hash;
    }
    without_hash += entry.hash == wr::message_hash{} ? 1 : 0;
  }
  CHECK(listed == wt::fast_hasher()(wr::hashed_parts(shard, message)));
  CHECK(with_body == 2);
  CHECK(without_hash == 1);
  CHECK(unsupported == 1);
}

TEST_CASE("nwaku's nodes and go-waku's relay, push, list and answer pings, each in its own way") {
  for (const wt::node_software software : {wt::node_software::nwaku, wt::node_software::go_waku}) {
    const bool go = software == wt::node_software::go_waku;
    CAPTURE(go);
    wt::virtual_clock clock;
    wt::network_options make;
    make.relay.nodes = 30;
    make.services = wt::services_of(software, 3);
    wt::simulated_network<> network(clock, make);
    bare_client sender(network);
    bare_client receiver(network);
    CHECK(sender.told<appeared>().front().protocols == wr::peer_protocols{true, true, !go, go});
    receiver.subscribe(1);
    clock.run_for(5s);
    CHECK(std::get<wr::filter_reply>(receiver.ends<wr::filter_reply>().front()).status == 200);

    const wr::message message = make_message_at(clock, 1);
    sender.push(0, message);
    clock.run_for(10s);
    auto pushes = sender.ends<wr::lightpush_reply>();
    REQUIRE(pushes.size() == 1);
    const auto& accepted = std::get<wr::lightpush_reply>(pushes.front());
    CHECK((accepted.status == 200 && accepted.legacy == go && accepted.relay_peer_count.has_value() == !go));
    const auto received = receiver.told<pushed>();
    REQUIRE(received.size() == 1);
    CHECK(received.front().message == message);

    sender.push(0, message);
    clock.run_for(10s);
    pushes = sender.ends<wr::lightpush_reply>();
    REQUIRE(pushes.size() == 1);
    CHECK(std::get<wr::lightpush_reply>(pushes.front()).status == (go ? 200U : 505U));

    sender.ask(0, false, go);
    sender.ask(0, false, !go);
    clock.run_for(10s);
    const auto pages = sender.ends<wr::store_reply<wr::message>>();
    REQUIRE(pages.size() == 2);
    const bool refused_first = pages.front().index() != 0;
    const auto& page = std::get<wr::store_reply<wr::message>>(refused_first ? pages.back() : pages.front());
    REQUIRE(page.entries.size() == 1);
    CHECK(page.entries.front().body.has_value() == go);
    CHECK((page.entries.front().hash == wr::message_hash{}) == go);
    CHECK(std::get<wr::transport_error>(refused_first ? pages.front() : pages.back()) ==
          wr::transport_error::unsupported_protocol);

    receiver.ping(1);
    receiver.ping(1);
    clock.run_for(5s);
    std::size_t over_the_rate = 0;
    for (const auto& end : receiver.ends<wr::filter_reply>()) {
      over_the_rate += std::get<wr::filter_reply>(end).status == wr::status_code::too_many_requests ? 1 : 0;
    }
    CHECK(over_the_rate == (go ? 1 : 0));
  }
}

TEST_CASE("a node that is away cannot be dialled, and one that goes amid a request breaks the connection") {
  small_network it;
  bare_client client(it.network);
  it.network.set_node_online(0, false);
  client.ping(0);
  it.clock.run_for(10s);
  CHECK(std::get<wr::transport_error>(client.ends<wr::filter_reply>().front()) ==
        wr::transport_error::dial_failed);
  CHECK(it.network.faults().count(wt::fault_kind::node_offline) == 1);
  it.network.set_node_online(0, true);
  client.ping(0);
  it.network.set_node_online(0, false);
  it.clock.run_for(10s);
  CHECK(std::get<wr::transport_error>(client.ends<wr::filter_reply>().front()) ==
        wr::transport_error::connection_lost);
}

TEST_CASE("a client that is offline fails at once if it knows, waits in vain if not, and misses pushes") {
  small_network it;
  bare_client client(it.network);
  client.subscribe(0);
  it.clock.run_for(5s);
  client.told<pushed>();
  it.network.set_client_online(0, false, true);
  CHECK_FALSE(client.told<wr::connectivity_changed>().front().online);
  client.ping(0);
  it.clock.run_for(10s);
  CHECK(client.ends<wr::filter_reply>().size() == 1);
  it.network.publish_from(9, shard, it.make_message(1));
  it.clock.run_for(10s);
  it.network.set_client_online(0, true, true);
  CHECK(client.told<pushed>().empty());
  it.network.set_client_online(0, false, false);
  client.ping(0);
  it.clock.run_for(1min);
  it.network.set_client_online(0, true, false);
  it.clock.run_for(1min);
  CHECK(client.told<wr::connectivity_changed>().empty());
  CHECK(client.ends<wr::filter_reply>().empty());
  CHECK(it.network.faults().count(wt::fault_kind::client_offline) >= 3);
}

TEST_CASE("a cut link fails alone, and mends") {
  small_network it;
  bare_client client(it.network);
  it.network.set_link(0, 0, false);
  client.ping(0);
  client.ping(1);
  it.clock.run_for(10s);
  int errors = 0;
  int replies = 0;
  for (const auto& end : client.ends<wr::filter_reply>()) ++(end.index() == 0 ? replies : errors);
  CHECK(errors == 1);
  CHECK(replies == 1);
  it.network.set_link(0, 0, true);
  client.ping(0);
  it.clock.run_for(10s);
  CHECK(client.ends<wr::filter_reply>().front().index() == 0);
}

TEST_CASE("a cancelled operation is not answered, and its reply costs nothing") {
  small_network it;
  bare_client client(it.network);
  const auto operation = client.ping(0);
  client.transport.cancel(operation);
  client.transport.cancel(operation);
  CHECK(client.transport.open_operations() == 0);
  it.clock.run_for(10s);
  CHECK(client.ends<wr::filter_reply>().empty());
  CHECK(it.network.traffic_of(0).of(wr::operation_kind::filter_ping).bytes_down == 0);
}

TEST_CASE("requests and bytes are counted both ways, lost frames too") {
  small_network it;
  bare_client client(it.network);
  client.subscribe(0);
  it.clock.run_for(5s);
  const std::string_view topics[] = {chat};
  const wt::traffic& moved = it.network.traffic_of(0);
  CHECK(moved.count(wr::operation_kind::filter_subscribe) == 1);
  const wt::traffic::flow& asked = moved.of(wr::operation_kind::filter_subscribe);
  CHECK(asked.bytes_up == wt::frame_size::filter_request(shard, topics));
  CHECK(asked.bytes_down == 30);
  const wr::message message = it.make_message(1);
  it.network.publish_from(9, shard, message);
  it.clock.run_for(5s);
  const std::size_t pushed_bytes =
      wt::frame_size::filter_push(shard.size(), wt::frame_size::message(message));
  CHECK(moved.pushes == wt::traffic::flow{.requests = 1, .bytes_down = pushed_bytes});
  it.network.set_link_loss(1);
  client.ping(0);
  const wt::traffic::flow& pinged = moved.of(wr::operation_kind::filter_ping);
  CHECK(pinged == wt::traffic::flow{
                      .requests = 1, .bytes_up = wt::frame_size::filter_ping, .bytes_lost = pinged.bytes_up});
  CHECK(it.network.all_traffic().all_requests() == 2);
  CHECK(moved.bytes() == asked.bytes_up + 30 + pushed_bytes + wt::frame_size::filter_ping);
}

TEST_CASE("traffic is kept by service node too, and what comes when nobody is there is lost") {
  small_network it;
  bare_client client(it.network);
  bare_client other(it.network);
  client.ping(0);
  other.ping(0);
  other.ping(1);
  const auto pings_at = [&](std::uint32_t node) {
    return it.network.traffic_at(node).of(wr::operation_kind::filter_ping);
  };
  CHECK(pings_at(0) == wt::traffic::flow{.requests = 2, .bytes_up = 2 * wt::frame_size::filter_ping});
  it.clock.run_for(1ms);
  it.network.set_node_online(0, false);
  it.clock.run_for(5s);
  CHECK(pings_at(0).bytes_lost == 2 * wt::frame_size::filter_ping);
  CHECK(pings_at(0).bytes_down == 0);
  const wt::traffic::flow answered = pings_at(1);
  CHECK(answered.bytes_lost == 0);
  CHECK(answered.bytes_down > 0);
  wt::traffic both = it.network.traffic_at(0);
  both += it.network.traffic_at(1);
  CHECK(both == it.network.all_traffic());
}

TEST_CASE("a client knows every service node, or those that were introduced to it") {
  small_network it({.clients_know_all = false});
  bare_client client(it.network);
  bare_client other(it.network);
  CHECK(client.told<appeared>().empty());
  it.network.introduce(client.transport.client(), 2);
  it.network.introduce(client.transport.client(), 2);
  auto told = client.told<appeared>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].peer == wr::peer_id{2});
  CHECK(other.told<appeared>().empty());

  it.network.set_client_online(client.transport.client(), false, true);
  it.network.introduce(client.transport.client(), 0);
  CHECK(client.told<appeared>().empty());
  it.network.set_client_online(client.transport.client(), true, true);
  told = client.told<appeared>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].peer == wr::peer_id{0});

  it.network.introduce(client.transport.client(), 2, false);
  CHECK(client.told<wr::peer_left>().front().peer == wr::peer_id{2});
}

TEST_CASE("the distance between a client and a node can be set") {
  small_network it({.link = {}});
  bare_client client(it.network);
  it.network.set_distance(client.transport.client(), 0, 70ms);
  CHECK(it.network.travel(client.transport.client(), 0).takes == 70ms);
  CHECK(it.network.travel(client.transport.client(), 1).takes == 0ms);
}

TEST_CASE("lost frames are lost in silence or break the connection, as the options say") {
  for (const double reset_share : {0.0, 1.0}) {
    wt::network_options make;
    make.link_loss = 1;
    make.reset_share = reset_share;
    small_network it(make);
    bare_client client(it.network);
    client.ping(0);
    it.clock.run_for(1min);
    const auto ends = client.ends<wr::filter_reply>();
    CHECK(ends.size() == (reset_share > 0 ? 1U : 0U));
    if (!ends.empty())
      CHECK(std::get<wr::transport_error>(ends.front()) == wr::transport_error::connection_lost);
    const auto kind = reset_share > 0 ? wt::fault_kind::link_reset : wt::fault_kind::link_loss;
    CHECK(it.network.faults().count(kind) == 1);
  }
}

TEST_CASE("a message without a timestamp gets the node's, and with it another hash") {
  small_network it;
  bare_client client(it.network);
  wr::message message = it.make_message(1);
  message.timestamp = 0;
  client.push(0, message);
  it.clock.run_for(5s);
  CHECK(it.network.ledger().size() == 2);
  CHECK(it.network.body(1).timestamp != 0);
  CHECK(it.network.body(1).payload == message.payload);
  CHECK(it.network.ledger().relay_nodes(0) == 0);
  CHECK(it.network.ledger().relay_nodes(1) == 30);
}

TEST_CASE("a store that lies about bodies gives those of others that it holds, or forged ones") {
  small_network it;
  bare_client client(it.network);
  for (std::uint8_t letter = 1; letter <= 20; ++letter)
    it.network.publish_from(9, shard, it.make_message(letter));
  for (std::uint8_t letter = 21; letter <= 60; ++letter)  // these never get into the network
    it.network.intern(shard, it.make_message(letter));
  it.clock.run_for(10s);
  it.network.fleet().set_lies(0, {.wrong_bodies = 1});
  client.ask(0, true);
  it.clock.run_for(10s);
  const auto ends = client.ends<wr::store_reply<wr::message>>();
  const auto& reply = std::get<wr::store_reply<wr::message>>(ends.front());
  CHECK(reply.entries.size() == 20);
  std::size_t of_others = 0;
  for (const auto& entry : reply.entries) {
    const wr::message_hash given = wt::fast_hasher()(wr::hashed_parts(shard, *entry.body));
    CHECK(given != entry.hash);
    CHECK(entry.body->payload.front() <= std::byte{20});
    of_others += it.network.ledger().find(given) ? 1 : 0;
  }
  CHECK(of_others > 0);
  CHECK(of_others < 20);
  CHECK(it.network.faults().count(wt::fault_kind::wrong_body) == 20);
}

TEST_CASE(
    "a store that lies about some bodies gives the same ones wrong each time, and another part the others") {
  small_network it;
  bare_client client(it.network);
  for (std::uint8_t letter = 1; letter <= 20; ++letter)
    it.network.publish_from(9, shard, it.make_message(letter));
  it.clock.run_for(10s);
  const auto wrong_ones = [&](double from) {
    it.network.fleet().set_lies(0, {.wrong_bodies = 0.5, .wrong_bodies_from = from});
    client.ask(0, true);
    it.clock.run_for(10s);
    const auto ends = client.ends<wr::store_reply<wr::message>>();
    std::vector<bool> wrong;
    for (const auto& entry : std::get<wr::store_reply<wr::message>>(ends.back()).entries)
      wrong.push_back(wt::fast_hasher()(wr::hashed_parts(shard, *entry.body)) != entry.hash);
    return wrong;
  };
  const std::vector<bool> first = wrong_ones(0.5);
  CHECK(first == wrong_ones(0.5));
  std::vector<bool> second = wrong_ones(1);
  second.flip();
  CHECK(first == second);
  const auto count = std::count(first.begin(), first.end(), true);
  CHECK(count > 0);
  CHECK(count < static_cast<std::ptrdiff_t>(first.size()));
}

TEST_CASE(
    "a client that relays publishes to its neighbours and hears what others publish, on topics it joined") {
  small_network it;
  bare_client<wr::all_capabilities> client(it.network);
  const wr::message message = it.make_message(1);
  const auto publish = [&](const wr::message& what) {
    const auto operation = client.next(wr::operation_kind::relay_publish);
    client.transport.relay_publish({operation, shard, what, {}}, client.handle<wr::relay_reply>(operation));
    const auto ends = client.ends<wr::relay_reply>();
    return std::get<wr::relay_reply>(ends.front()).peer_count;
  };
  CHECK(publish(message) == 0);
  client.transport.relay_join(shard);
  const std::uint32_t peers = publish(message);
  CHECK(peers >= 4);
  it.clock.run_for(10s);
  CHECK(it.network.ledger().relay_nodes(0) == 31);
  client.told<relayed>();
  const wr::message second = it.make_message(2);
  it.network.publish_from(3, shard, second);
  it.network.publish_from(3, "another shard", it.make_message(3));
  it.clock.run_for(10s);
  const auto heard = client.told<relayed>();
  REQUIRE(heard.size() == 1);
  CHECK(heard.front().message == second);
  it.network.set_client_online(0, false, true);
  CHECK(client.told<wr::inbox<wr::message>::relay_peers>().back().peers == 0);
}

TEST_CASE("answers that are under way when a transport goes do no harm") {
  small_network it;
  {
    bare_client client(it.network);
    client.ping(0);
    client.push(0, it.make_message(1));
    it.clock.run_for(1ms);
  }
  it.clock.run_for(1min);
  CHECK(it.network.ledger().relay_nodes(0) == 30);
}

}  // namespace simulated_transport_tests
