// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/tcp_link/service.hpp>

#include <doctest/doctest.h>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include <testing/tcp_link/bench.hpp>

namespace tcp_link_service_tests {

using namespace tcp_link_bench;

namespace {

constexpr std::string_view topics[] = {"/test/1/chat/proto"};

// The next message of so many bytes, each with a timestamp of its own.
wr::message next_message(std::size_t bytes) {
  static std::int64_t made = 0;
  wr::message m;
  m.payload.resize(bytes);
  m.content_topic = topics[0];
  m.timestamp = wr::read_clocks().wall.time_since_epoch().count() + ++made;
  return m;
}
void subscribe(small_node& node, wr::peer_id client) {
  REQUIRE(node.filter.subscribe({{}, client, shard, topics}, wr::read_clocks().steady).status == 200);
}
// How many clients the next message of so many bytes waits for.
std::size_t relay(small_node& node, std::size_t bytes) {
  static std::uint32_t made = 0;
  wr::message_hash hash;
  hash.bytes[0] = static_cast<std::byte>(++made & 0xffU);
  hash.bytes[1] = static_cast<std::byte>(made >> 8U);
  return node.filter.relayed(shard, topics[0], hash, next_message(bytes), wr::read_clocks().steady);
}
// Begins pushes of more than the kernel keeps for a connection.
void push_much(served_node& node) {
  for (int each = 0; each < 95; ++each) REQUIRE(relay(node.node, 600'000) == 1);
  node.service.push();
}

// A message that counts how often its meta are looked at, and a node that carries such and takes none.
struct watched_message : wr::message {
  static inline int looks = 0;
};
struct bare_node {
  wr::relay_reply relay(std::string_view, const watched_message&) { return {}; }
  ws::lightpush_service lightpush{{}};
};

}  // namespace
}  // namespace tcp_link_service_tests

template <>
struct waku::reliability::message_traits<tcp_link_service_tests::watched_message>
    : waku::reliability::message_traits<waku::reliability::message> {
  using watched = tcp_link_service_tests::watched_message;
  static std::span<const std::byte> meta(const watched& m) {
    ++watched::looks;
    return message_traits<message>::meta(m);
  }
  static watched make(const message_parts& parts) { return {message_traits<message>::make(parts)}; }
};

namespace tcp_link_service_tests {

TEST_CASE("a message that is forwarded is encoded once, however many neighbours there are") {
  asio::io_context context;
  bare_node node;
  wt::tcp_service<bare_node, watched_message> service(context.get_executor(), node, {});
  watched_message m;
  m.content_topic = topics[0];
  const auto looks = [&](std::uint32_t neighbours) {
    const int before = watched_message::looks;
    CHECK(service.forward(shard, m) == neighbours);
    return watched_message::looks - before;
  };
  CHECK(looks(0) == 0);
  deaf_port first(context);
  deaf_port second(context);
  service.add_neighbour(first.port());
  const int once = looks(1);
  CHECK(once > 0);
  service.add_neighbour(second.port());
  CHECK(looks(2) == once);
}

TEST_CASE(
    "frames for somebody who does not read wait up to a bound; the newest are dropped, and the others come") {
  asio::io_context context;
  deaf_port deaf(context);
  wt::tcp_outlet outlet(context.get_executor(), deaf.port(), ww::protocol::relay, 1, 1'000'000);
  const ww::byte_buffer frame(400'000);
  int taken = 0;
  int written = 0;
  const auto send = [&] {
    const bool sent = outlet.send(frame, [&](bool ok) { written += ok ? 1 : 0; });
    taken += sent ? 1 : 0;
    return sent;
  };
  // What the kernel keeps for both sides comes before the bound is seen.
  for (int each = 0; each < 500; ++each) {
    send();
    if (outlet.waiting_bytes() > 1'000'000) FAIL("after " << each);
    context.poll();
  }
  CHECK(taken < 500);
  CHECK(outlet.waiting_bytes() == 800'000);
  CHECK_FALSE(send());
  CHECK(taken - written == 2);

  asio::ip::tcp::socket reader = deaf.acceptor.accept();
  reader.non_blocking(true);
  ww::byte_buffer chunk(1'000'000);
  std::size_t read = 0;
  const bool all = run_context(context, [&] {
    std::error_code error;
    while (const std::size_t size = reader.read_some(asio::buffer(chunk), error)) read += size;
    return written == taken && read > static_cast<std::size_t>(taken) * frame.size();
  });
  CHECK(all);
  CHECK(outlet.waiting_bytes() == 0);
  CHECK(send());
}

TEST_CASE("a frame larger than the bound is sent where nothing waits, and told as written") {
  asio::io_context context;
  deaf_port deaf(context);
  wt::tcp_outlet outlet(context.get_executor(), deaf.port(), ww::protocol::relay, 1, 10);
  std::vector<bool> told;
  CHECK(outlet.send(ww::byte_buffer(1'000), [&](bool ok) { told.push_back(ok); }));
  CHECK_FALSE(outlet.send(ww::byte_buffer(1), [&](bool) { FAIL("told of a frame that was dropped"); }));
  CHECK(told.empty());
  CHECK(run_context(context, [&] { return !told.empty(); }));
  CHECK(told == std::vector<bool>{true});
  CHECK(outlet.waiting_bytes() == 0);
}

TEST_CASE("a neighbour that does not read misses messages, and the others get them") {
  asio::io_context context;
  served_node node(context);
  served_node neighbour(context);
  deaf_port deaf(context);
  node.service.add_neighbour(deaf.port());
  node.service.add_neighbour(neighbour.service.port());
  std::size_t forwarded = 0;
  std::uint32_t sent = 2;
  while (sent == 2 && forwarded < 1'000) {
    sent = node.service.forward(shard, next_message(150'000));
    ++forwarded;
    const bool came =
        run_context(context, [&] { return neighbour.node.store.archive().size() == forwarded; });
    REQUIRE(came);
  }
  CHECK(sent == 1);
  CHECK(forwarded * 150'000 > wt::tcp_outlet::usual_bytes_max);
}

TEST_CASE("a client that does not read is dropped when a push takes too long, though nothing else happens") {
  asio::io_context context;
  ws::profile own;
  own.push_timeout = 100ms;
  served_node node(context, own);
  deaf_port deaf(context);
  const wr::peer_id client{deaf.port()};
  subscribe(node.node, client);
  push_much(node);
  CHECK(run_context(context, [&] { return !node.node.filter.subscribed(client); }));
  CHECK(node.node.filter.counts().failed == 1);
  CHECK(node.node.filter.counts().dropped == 1);
  CHECK(node.node.filter.waiting_bytes() == 0);
  // The service took note, and closed the stream.
  CHECK_FALSE(node.node.filter.next_dropped());

  // The timer goes on with the next push.
  subscribe(node.node, client);
  push_much(node);
  CHECK(run_context(context, [&] { return !node.node.filter.subscribed(client); }));
  CHECK(node.node.filter.counts().failed == 2);
}

TEST_CASE("who subscribes again while a push is under way gets what comes over a new stream") {
  asio::io_context context;
  ws::profile own;
  own.push_queue_max = 100;
  served_node node(context, own);
  deaf_port deaf(context);
  const wr::peer_id client{deaf.port()};
  subscribe(node.node, client);
  push_much(node);
  asio::ip::tcp::socket stuck = deaf.next_connection(context);
  REQUIRE(stuck.is_open());
  SUBCASE("it was dropped in the same step") {
    while (relay(node.node, 1) == 1) {
    }
    CHECK(node.node.filter.counts().dropped == 1);
  }
  SUBCASE("it had unsubscribed") { CHECK(node.node.filter.client_left(client)); }
  const std::uint64_t ended = node.node.filter.counts().ended;
  subscribe(node.node, client);
  CHECK(relay(node.node, 1) == 1);
  node.service.push();
  CHECK(deaf.next_connection(context).is_open());
  CHECK(is_closed(context, stuck));
  CHECK(run_context(context, [&] { return node.node.filter.counts().ended == ended + 1; }));
  CHECK(node.node.filter.subscribed(client));
}

TEST_CASE(
    "streams to clients that are subscribed no more are closed by and by, though nothing else happens") {
  asio::io_context context;
  served_node node(context, {}, 20ms);
  deaf_port leaves(context);
  deaf_port stays(context);
  subscribe(node.node, wr::peer_id{leaves.port()});
  subscribe(node.node, wr::peer_id{stays.port()});
  CHECK(relay(node.node, 1) == 2);
  node.service.push();
  asio::ip::tcp::socket left = leaves.next_connection(context);
  asio::ip::tcp::socket kept = stays.next_connection(context);
  CHECK(node.node.filter.client_left(wr::peer_id{leaves.port()}));
  CHECK(is_closed(context, left));
  kept.non_blocking(true);
  ww::byte_buffer chunk(1'000);
  std::error_code error;
  while (kept.read_some(asio::buffer(chunk), error) != 0) {
  }
  CHECK(error == asio::error::would_block);
}

TEST_CASE("a service that goes while a push is under way leaves no timer behind") {
  asio::io_context context;
  deaf_port deaf(context);
  {
    served_node node(context);
    subscribe(node.node, wr::peer_id{deaf.port()});
    push_much(node);
    context.poll();
    CHECK(node.node.filter.next_deadline().has_value());
  }
  context.restart();
  context.run_for(10s);
  CHECK(context.stopped());
}

}  // namespace tcp_link_service_tests
