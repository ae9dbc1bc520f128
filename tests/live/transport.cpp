// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include <waku/reliability.hpp>
#include <waku/reliability/adapter/asio.hpp>

#include <live/bench.hpp>

namespace live_transport_tests {

using namespace live_bench;

namespace {

const wr::lightpush_reply& accepted(const std::optional<wr::reply_or_error<wr::lightpush_reply>>& ended) {
  REQUIRE(ended);
  REQUIRE(std::holds_alternative<wr::lightpush_reply>(*ended));
  return std::get<wr::lightpush_reply>(*ended);
}
wr::store_request lookup(wr::peer_id peer, const wr::message_hash& hash) {
  wr::store_request asked{};
  asked.peer = peer;
  asked.hashes = {&hash, 1};
  asked.include_data = true;
  return asked;
}
/// The topics must outlive it.
wr::store_request content_of_an_hour(wr::peer_id peer, std::span<const std::string_view> topics) {
  wr::store_request asked{};
  asked.peer = peer;
  asked.pubsub_topic = shard;
  asked.content_topics = topics;
  const wr::wall_time now = wr::read_clocks().wall;
  asked.time_start = now - 1h;
  asked.time_end = now + 1h;
  asked.include_data = true;
  return asked;
}
constexpr auto first = static_cast<wr::peer_id>(0);

void dial(asio::io_context& context, wl::host& by, const std::string& address) {
  bool dialled = false;
  by.dial(address, [&](wl::host_error error, std::string_view, std::string_view) {
    dialled = error == wl::host_error::none;
  });
  REQUIRE(run_context(context, [&] { return dialled; }));
}
/// How many streams a host has.
int streams(const wl::host& of) {
  const std::string counts = of.counts();
  const std::string_view name = "\"streams\":";
  const std::size_t at = counts.find(name);
  REQUIRE(at != std::string::npos);
  return std::stoi(counts.substr(at + name.size()));
}

}  // namespace

TEST_CASE("a peer appears with what identify lists and the shards that its metadata tell") {
  asio::io_context context;
  wl::network_options served = quick_network();
  served.shards = {0, 5};
  served_node node(context, {}, quick_host(), served);
  bare_client client(context, quick_network({node.address()}));
  REQUIRE(client.meets(1));
  const wl::network_peer* peer = client.network.find(first);
  REQUIRE(peer != nullptr);
  CHECK(peer->id == node.host.peer());
  CHECK(peer->agent == "waku-reliability");
  CHECK(peer->speaks(ww::protocol::lightpush));
  CHECK_FALSE(peer->speaks(ww::protocol::relay));
  CHECK(peer->pubsub_topics() == std::vector<std::string>{"/waku/2/rs/1/0", "/waku/2/rs/1/5"});
  const auto told = client.wait<bare_client::inbox_type::appeared>();
  REQUIRE(told);
  CHECK(told->peer == first);
  CHECK(told->protocols == wr::peer_protocols{.lightpush = true, .filter = true, .store = true});
  CHECK(told->pubsub_topics.size() == 2);
}

TEST_CASE("a peer that serves none of our shards appears, and is told as that to who dialled it") {
  asio::io_context context;
  served_node node(context);
  wl::network_options other = quick_network({node.address()});
  other.shards = {5, 7};
  bare_client client(context, other);
  CHECK_FALSE(client.network.tried_all());
  REQUIRE(run_context(context, [&] { return !client.troubles.empty(); }));
  CHECK(client.troubles.front().what == wl::peer_trouble::other_shards);
  CHECK(client.network.find(first)->appeared);
  CHECK(client.network.tried_all());
  other.shards = {5, 0};
  bare_client useful(context, other);
  REQUIRE(useful.meets(1));
  CHECK(useful.troubles.empty());
}

TEST_CASE("a peer of another cluster does not appear, is disconnected, and told as that") {
  asio::io_context context;
  wl::network_options other = quick_network();
  other.cluster = 16;
  served_node node(context, {}, quick_host(), other);
  bare_client client(context, quick_network({node.address()}));
  REQUIRE(run_context(context, [&] { return !client.troubles.empty(); }));
  CHECK(client.troubles.front().what == wl::peer_trouble::other_cluster);
  CHECK(client.troubles.front().cluster == 16U);
  CHECK(run_context(context, [&] { return !client.network.find(first)->connected; }));
  CHECK_FALSE(client.take<bare_client::inbox_type::appeared>());
}

TEST_CASE("a peer that ends the connection before it appears is told as that, and dialled again") {
  asio::io_context context;
  wl::host raw(context.get_executor(), quick_host());
  raw.serve(ww::id_of(ww::protocol::metadata),
            [&](std::uint64_t, std::string_view peer) { raw.disconnect(peer); });
  bare_client client(context, quick_network({raw.addresses().front()}));
  REQUIRE(run_context(context, [&] { return client.troubles.size() >= 2; }));
  for (const auto& each : client.troubles) CHECK(each.what == wl::peer_trouble::turned_away);
  CHECK_FALSE(client.take<bare_client::inbox_type::appeared>());
}

TEST_CASE("a peer that does not tell its metadata appears without shards after a while") {
  asio::io_context context;
  wl::host raw(context.get_executor(), quick_host());
  std::vector<std::shared_ptr<wl::frame_stream>> silent;
  raw.serve(ww::id_of(ww::protocol::metadata), [&](std::uint64_t stream, std::string_view) {
    silent.push_back(wl::frame_stream::accept(raw, stream, ww::protocol::metadata, 1'000, patience));
  });
  wl::network_options options = quick_network({raw.addresses().front()});
  options.metadata_patience = 100ms;
  bare_client client(context, options);
  REQUIRE(client.meets(1));
  const auto told = client.wait<bare_client::inbox_type::appeared>();
  REQUIRE(told);
  CHECK(told->protocols == wr::peer_protocols{});
  CHECK(told->pubsub_topics.empty());
  REQUIRE(client.troubles.size() == 1);
  CHECK(client.troubles.front().what == wl::peer_trouble::no_metadata);
}

TEST_CASE("what is pushed to a service node is answered, pushed to subscribers and found in its store") {
  asio::io_context context;
  served_node node(context);
  bare_client client(context, quick_network({node.address()}));
  REQUIRE(client.meets(1));
  const auto subscribed = client.subscribe(first);
  REQUIRE(subscribed);
  CHECK(std::get<wr::filter_reply>(*subscribed).status == 200);
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{3'000}, std::size_t{149'000}}) {
    const wr::message m = message_of(bytes);
    const wr::lightpush_reply reply = accepted(client.push(first, m));
    CHECK(reply.status == 200);
    CHECK(reply.relay_peer_count == 1U);
    CHECK_FALSE(reply.legacy);
    const auto received = client.wait<bare_client::inbox_type::pushed>();
    REQUIRE(received);
    CHECK(received->peer == first);
    CHECK(received->message == m);
    const wr::message_hash hash = hash_of(m);
    const auto stored = client.query(lookup(first, hash));
    REQUIRE(stored);
    const auto& page = std::get<wr::store_reply<wr::message>>(*stored);
    REQUIRE(page.entries.size() == 1);
    CHECK(page.entries[0].hash == hash);
    CHECK(page.entries[0].body == m);
  }
}

TEST_CASE(
    "a node of peer exchange alone gives what it knows, and refuses by its profile what is over the rate") {
  struct exchanging_node {
    ws::peer_exchange_service peer_exchange;
  };
  ws::profile own;
  own.exchange_rate = {2, 1h};
  SUBCASE("with a status") {}
  SUBCASE("without, by the end of the stream") { own.exchange_status = false; }
  asio::io_context context;
  wl::host host(context.get_executor(), quick_host());
  wl::network network(host, quick_network());
  exchanging_node node{ws::peer_exchange_service(own, 1)};
  const wl::libp2p_service<exchanging_node> service(network, node, own);
  const std::vector<std::vector<std::byte>> known{std::vector<std::byte>(100, std::byte{1}),
                                                  std::vector<std::byte>(200, std::byte{2})};
  for (const auto& each : known) REQUIRE(node.peer_exchange.discovered(each));
  wl::host raw(context.get_executor(), quick_host());
  dial(context, raw, host.addresses().front());
  ww::peer_exchange_codec codec;
  // The answer, or nothing where the stream ended without one.
  const auto ask = [&](std::uint64_t count) {
    const ww::protocol protocols[] = {ww::protocol::peer_exchange};
    const auto stream = wl::frame_stream::open(raw, host.peer(), protocols, patience);
    std::optional<ws::peer_exchange_reply> answer;
    std::optional<wl::stream_end> end;
    stream->on_open = [&](ww::protocol) {
      stream->expect(ww::frame_limit(ww::frames::peer_exchange, ww::limits{}));
      ww::byte_buffer frame;
      codec.encode_request({{}, count}, frame);
      stream->write(frame);
      stream->close();
    };
    stream->on_frame = [&](std::span<const std::byte> body) {
      REQUIRE_FALSE(codec.decode_reply(body, answer.emplace()));
    };
    stream->on_end = [&](wl::stream_end how) { end = how; };
    REQUIRE(run_context(context, [&] { return end.has_value(); }));
    CHECK(*end == wl::stream_end::closed);
    stream->release();
    return answer;
  };
  const auto all = ask(5);
  REQUIRE(all);
  CHECK(all->status == (own.exchange_status ? std::optional(200U) : std::nullopt));
  CHECK(std::is_permutation(all->enrs.begin(), all->enrs.end(), known.begin(), known.end()));
  const auto one = ask(1);
  REQUIRE(one);
  REQUIRE(one->enrs.size() == 1);
  CHECK(std::count(known.begin(), known.end(), one->enrs.front()) == 1);
  const auto refused = ask(1);
  REQUIRE(refused.has_value() == own.exchange_status);
  if (!refused) return;
  CHECK(refused->status == 429U);
  CHECK(refused->enrs.empty());
}

TEST_CASE("a store page of many megabytes comes whole") {
  asio::io_context context;
  served_node node(context);
  for (int each = 0; each < 40; ++each) node.node.relayed(shard, message_of(140'000, std::byte(each)));
  bare_client client(context, quick_network({node.address()}));
  REQUIRE(client.meets(1));
  const std::string_view topics[] = {content_topic};
  const auto stored = client.query(content_of_an_hour(first, topics));
  REQUIRE(stored);
  REQUIRE(std::holds_alternative<wr::store_reply<wr::message>>(*stored));
  CHECK(std::get<wr::store_reply<wr::message>>(*stored).entries.size() == 40);
}

TEST_CASE("a client that reads no replies is turned away before they fill the memory, and no other is") {
  constexpr std::size_t served_max = 5;  // of 14 MB each
  constexpr std::size_t refused = 3;
  asio::io_context context;
  asio::io_context asleep;
  served_node node(context);
  for (int each = 0; each < 100; ++each) node.node.relayed(shard, message_of(140'000, std::byte(each)));
  const std::size_t bound = wl::libp2p_service<small_node>::unread_bytes_per_client;
  std::optional<wl::host> reader(std::in_place, asleep.get_executor(), quick_host());
  dial(asleep, *reader, node.address());
  ww::byte_buffer frame;
  const std::string_view topics[] = {content_topic};
  wr::store_request asked = content_of_an_hour(first, topics);
  asked.limit = 100;
  ww::basic_client<ww::own_codecs, wr::message>().write(asked, "a page", frame);
  const ww::protocol protocols[] = {ww::protocol::store};
  for (std::size_t each = 0; each < served_max + refused; ++each) {
    const std::string_view ids[] = {ww::id_of(protocols[0])};
    const auto unheard = std::make_shared<wl::frame_stream>(*reader);
    const std::uint64_t stream = reader->open(node.host.peer(), ids, unheard);
    reader->write(stream, frame);
    reader->close_write(stream);
  }
  REQUIRE(run_context(context, [&] { return node.service.turned_away() == refused; }));
  CHECK(node.service.unread_bytes() >= bound);
  CHECK(node.service.unread_bytes() < bound + bound / 2);

  bare_client client(context, quick_network({node.address()}));
  REQUIRE(client.meets(1));
  CHECK(accepted(client.push(first, message_of(10))).status == 200);
  reader.reset();
  CHECK(run_context(context, [&] { return node.service.unread_bytes() == 0; }));
}

TEST_CASE("a peer that speaks lightpush v2 alone is asked by it, and a legacy store by its protocol") {
  asio::io_context context;
  served_node node(context, ws::legacy_store_profile());
  bare_client client(context, quick_network({node.address()}));
  REQUIRE(client.meets(1));
  CHECK_FALSE(client.network.find(first)->speaks(ww::protocol::lightpush));
  const wr::message m = message_of(10);
  const wr::lightpush_reply reply = accepted(client.push(first, m));
  CHECK(reply.status == 200);
  CHECK(reply.legacy);
  wr::store_request asked{};
  asked.peer = first;
  asked.pubsub_topic = shard;
  const std::string_view topics[] = {content_topic};
  asked.content_topics = topics;
  asked.time_start = wr::wall_time(wr::duration(m.timestamp)) - 1s;
  asked.time_end = wr::wall_time(wr::duration(m.timestamp)) + 1s;
  asked.include_data = true;
  asked.legacy = true;
  const auto stored = client.query(asked);
  REQUIRE(stored);
  const auto& page = std::get<wr::store_reply<wr::message>>(*stored);
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].body == m);
  asked.legacy = false;
  const auto refused = client.query(asked);
  REQUIRE(refused);
  CHECK(std::get<wr::transport_error>(*refused) == wr::transport_error::unsupported_protocol);
}

TEST_CASE(
    "what one node is given, its relay neighbours store, and a relaying client receives and publishes") {
  asio::io_context context;
  served_node one(context, {}, quick_host(true));
  served_node other(context, {}, quick_host(true), quick_network({one.address()}));
  bare_client client(context, quick_network({one.address()}), quick_host(true));
  client.transport.relay_join(shard);
  REQUIRE(run_context(context, [&] {
    return one.service.relay_peers(shard) == 2 && other.service.relay_peers(shard) >= 1 &&
           client.transport.relay_peers(shard) >= 1;
  }));
  REQUIRE(client.meets(1));
  const wr::message pushed = message_of(100);
  CHECK(accepted(client.push(first, pushed)).relay_peer_count == 2U);
  const auto relayed = client.wait<bare_client::inbox_type::relayed>();
  REQUIRE(relayed);
  CHECK(relayed->message == pushed);
  CHECK(run_context(context, [&] { return other.node.store.archive().size() == 1; }));

  // Until the mesh of the two nodes is there, the second does not get all that the first does.
  std::vector<wr::message> own;
  for (std::size_t before = 1; other.node.store.archive().size() == before && own.size() < 100;) {
    own.push_back(message_of(200 + own.size()));
    const wr::message_hash hash = hash_of(own.back());
    const wr::operation_id operation(wr::operation_kind::relay_publish, 1, own.size());
    client.transport.relay_publish({operation, shard, own.back(), hash},
                                   client.handle<wr::relay_reply>(operation));
    const auto published = client.wait<wr::operation_ended<wr::relay_reply>>();
    REQUIRE(published);
    CHECK(std::get<wr::relay_reply>(published->result).peer_count == 1);
    run_context(
        context, [&] { return other.node.store.archive().size() > before; }, 500ms);
  }
  CHECK(other.node.store.archive().size() == 2);
  CHECK(run_context(context, [&] { return one.node.store.archive().size() == 1 + own.size(); }));
  CHECK_FALSE(client.take<bare_client::inbox_type::relayed>());  // not its own
}

TEST_CASE("a node over it publishes what two stores then have, and another receives it once") {
  struct policies : wr::changed<wr::light_client, wr::store_presence> {};
  using client_node = wr::asio_node<policies, wl::libp2p_transport<>, wr::message, wr::openssl_hasher>;
  struct program {
    program(asio::io_context& context, const wl::network_options& options, const wr::options& numbers)
        : host(context.get_executor(), quick_host()),
          network(host, options),
          transport(network),
          node(context.get_executor(), transport, numbers) {
      network.start();
    }
    wl::host host;
    wl::network network;
    wl::libp2p_transport<> transport;
    client_node node;
  };
  asio::io_context context;
  served_node one(context, {}, quick_host(true));
  served_node other(context, {}, quick_host(true), quick_network({one.address()}));
  wr::options numbers;
  numbers.confirmation.settling = 100ms;
  numbers.confirmation.early_interval = 200ms;
  numbers.retransmit.backoff.first = 200ms;
  const wl::network_options network = quick_network({one.address(), other.address()});
  program publisher(context, network, numbers);
  program receiver(context, network, numbers);
  int received = 0;
  std::function<void()> listen = [&] {
    receiver.node.async_receive([&](std::error_code error, const auto& told) {
      if (error) return;
      received += told.message.payload.size() == 1'000 ? 1 : 0;
      listen();
    });
  };
  listen();
  REQUIRE(receiver.node.subscribe(shard, {std::string(content_topic)}));
  REQUIRE(run_context(context, [&] {
    return one.node.filter.subscriptions().size() == 1 && other.node.filter.subscriptions().size() == 1 &&
           one.service.relay_peers(shard) == 1;
  }));
  wr::message m = message_of(1'000);
  m.timestamp = 0;
  std::optional<wr::finished> finished;
  publisher.node.async_publish(std::string(shard), m, [&](std::error_code error, const wr::finished& end) {
    CHECK_FALSE(error);
    finished = end;
  });
  REQUIRE(run_context(context, [&] { return finished && received > 0; }));
  CHECK(std::holds_alternative<wr::confirmed>(finished->outcome));
  CHECK(received == 1);
}

TEST_CASE("a configured peer that ends is told as gone, and found again when it is back") {
  asio::io_context context;
  const scratch_folder folder;
  wl::host_options hosted = quick_host();
  hosted.key_file = folder.file("key");
  auto node = std::make_unique<served_node>(context, ws::profile{}, hosted);
  const std::string address = node->address();
  hosted.listen = {address.substr(0, address.find("/p2p/"))};
  bare_client client(context, quick_network({address}));
  REQUIRE(client.meets(1));
  node.reset();
  REQUIRE(client.meets(0));
  const auto left = client.wait<wr::peer_left>();
  REQUIRE(left);
  CHECK(left->peer == first);
  const auto refused = client.push(first, message_of(1));
  REQUIRE(refused);
  CHECK(std::get<wr::transport_error>(*refused) == wr::transport_error::dial_failed);
  node = std::make_unique<served_node>(context, ws::profile{}, hosted);
  CHECK(node->address() == address);
  REQUIRE(client.meets(1));
  CHECK(accepted(client.push(first, message_of(1))).status == 200);
}

TEST_CASE("addresses that are none and peers that cannot be reached are told as such") {
  asio::io_context context;
  std::string address;
  {
    const wl::host gone(context.get_executor(), quick_host());
    address = gone.addresses().front();
  }
  bare_client client(context, quick_network({"not an address", address}));
  REQUIRE(run_context(context, [&] { return client.troubles.size() >= 3; }));
  int bad = 0;
  int unreachable = 0;
  for (const auto& each : client.troubles) {
    bad += each.what == wl::peer_trouble::bad_address ? 1 : 0;
    unreachable += each.what == wl::peer_trouble::unreachable ? 1 : 0;
  }
  CHECK(bad == 1);
  CHECK(unreachable >= 2);  // it is tried again
}

TEST_CASE("a host that cannot listen says why by an exception") {
  asio::io_context context;
  wl::host_options options;
  options.listen = {"/ip4/127.0.0.1/tcp/not-a-port"};
  CHECK_THROWS_AS(wl::host(context.get_executor(), options), std::runtime_error);
}

TEST_CASE("hundreds of requests leave no stream behind") {
  asio::io_context context;
  served_node node(context);
  bare_client client(context, quick_network({node.address()}));
  REQUIRE(client.meets(1));
  for (int each = 0; each < 300; ++each) REQUIRE(accepted(client.push(first, message_of(10))).status == 200);
  CHECK(run_context(context, [&] { return streams(client.host) == 0 && streams(node.host) == 0; }));
}

TEST_CASE("a request that is given up is reset at once, however long its server is silent") {
  constexpr std::size_t requests = 20;
  asio::io_context context;
  wl::host silent(context.get_executor(), quick_host());
  wl::network metadata(silent, quick_network());
  std::vector<std::shared_ptr<wl::frame_stream>> asked;
  std::size_t arrived = 0;
  silent.serve(ww::id_of(ww::protocol::lightpush), [&](std::uint64_t stream, std::string_view) {
    asked.push_back(
        wl::frame_stream::accept(silent, stream, ww::protocol::lightpush, 1'000, wr::duration::max()));
    asked.back()->on_frame = [&](std::span<const std::byte>) { ++arrived; };
  });
  wl::transport_options options;
  bool cancelled = false;
  SUBCASE("cancelled by the node") { cancelled = true; }
  SUBCASE("over the transport's own patience") { options.request_patience = 500ms; }
  bare_client client(context, quick_network({silent.addresses().front()}), quick_host(), options);
  REQUIRE(client.meets(1));
  const wr::message m = message_of(10);
  const wr::message_hash hash = hash_of(m);
  std::vector<wr::operation_id> operations;
  for (std::size_t each = 1; each <= requests; ++each) {
    operations.emplace_back(wr::operation_kind::lightpush, 1, each);
    client.transport.lightpush({operations.back(), first, shard, m, hash},
                               client.handle<wr::lightpush_reply>(operations.back()));
  }
  if (cancelled) {
    REQUIRE(run_context(context, [&] { return arrived == requests; }));
    for (const wr::operation_id each : operations) client.transport.cancel(each);
  } else {
    for (std::size_t each = 0; each < requests; ++each) {
      const auto ended = client.wait<wr::operation_ended<wr::lightpush_reply>>();
      REQUIRE(ended);
      CHECK(std::get<wr::transport_error>(ended->result) == wr::transport_error::timeout);
    }
  }
  CHECK(streams(client.host) == 0);
  // The server, which has read all that there was, learns of it as soon as it answers.
  CHECK(run_context(context, [&] {
    for (const auto& each : asked) each->write(std::vector<std::byte>(1));
    return streams(silent) == 0;
  }));
}

TEST_CASE("a frame over the limit resets the stream before it is read") {
  asio::io_context context;
  served_node node(context);
  wl::host raw(context.get_executor(), quick_host());
  dial(context, raw, node.address());
  const ww::protocol protocols[] = {ww::protocol::filter};
  const auto stream = wl::frame_stream::open(raw, node.host.peer(), protocols, patience);
  std::optional<wl::stream_end> end;
  stream->on_open = [&](ww::protocol) {
    stream->expect(1'000);
    const ww::encoded_varint length = ww::encode_varint(std::uint64_t{1} << 30U);
    stream->write({length.bytes.data(), length.size});
  };
  stream->on_end = [&](wl::stream_end how) { end = how; };
  REQUIRE(run_context(context, [&] { return end.has_value(); }));
  CHECK(*end == wl::stream_end::broken);
}

TEST_CASE(
    "what waits for a slow executor is bounded: streams that bring more are reset, and the host goes on") {
  asio::io_context context;
  asio::io_context slow;
  wl::host_options bounded = quick_host();
  bounded.waiting_bytes_max = 20'000;
  wl::host deaf(slow.get_executor(), bounded);
  const std::string_view id = ww::id_of(ww::protocol::filter_push);
  std::vector<std::shared_ptr<wl::frame_stream>> accepted;
  std::vector<wl::stream_end> ends;
  deaf.serve(id, [&](std::uint64_t stream, std::string_view) {
    accepted.push_back(
        wl::frame_stream::accept(deaf, stream, ww::protocol::filter_push, 1'000'000, patience));
    accepted.back()->on_end = [&](wl::stream_end how) { ends.push_back(how); };
  });
  wl::host raw(context.get_executor(), quick_host());
  dial(context, raw, deaf.addresses().front());
  const ww::protocol protocols[] = {ww::protocol::filter_push};
  const auto push = [&](std::size_t bytes) {
    const auto stream = wl::frame_stream::open(raw, deaf.peer(), protocols, patience);
    stream->on_open = [own = stream.get(), bytes](ww::protocol) {
      ww::byte_buffer frame;
      ww::append_frame(ww::byte_buffer(bytes), frame);
      own->write(frame);
      own->close();
    };
    return stream;
  };
  bool written = false;
  const auto large = push(300'000);
  large->on_written = [&] { written = true; };
  REQUIRE(run_context(context, [&] { return written; }));
  REQUIRE(run_context(slow, [&] { return !ends.empty(); }));
  CHECK(ends.front() == wl::stream_end::broken);
  const auto small = push(1'000);
  REQUIRE(run_context(context, [&] {
    slow.restart();
    slow.poll();
    return ends.size() == 2;
  }));
  CHECK(ends.back() == wl::stream_end::closed);
}

TEST_CASE("after its end a host calls nothing, whatever was on its way") {
  asio::io_context context;
  asio::io_context still;  // not run until the host is gone
  served_node node(context);
  auto raw = std::make_unique<wl::host>(still.get_executor(), quick_host());
  bool called = false;
  raw->on_connected = [&](std::string_view, std::string_view, bool) { called = true; };
  raw->on_identified = [&](std::string_view, std::span<const std::string>, std::string_view) {
    called = true;
  };
  raw->dial(node.address(), [&](wl::host_error, std::string_view, std::string_view) { called = true; });
  REQUIRE(run_context(context, [&] {
    const wl::network_peer* inbound = node.network.find(first);
    return inbound != nullptr && inbound->appeared;
  }));
  raw.reset();
  still.run();
  CHECK_FALSE(called);
}

}  // namespace live_transport_tests
