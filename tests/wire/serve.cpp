// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/serve.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/wire/client.hpp>

#include "codec_families.hpp"

namespace serve_tests {

using namespace codec_families;
namespace ws = wr::services;

namespace {

constexpr wr::peer_id client{7};
constexpr std::string_view shard = "/waku/2/rs/1/0";

ww::protocol push_protocol(bool legacy) {
  return legacy ? ww::protocol::legacy_lightpush : ww::protocol::lightpush;
}
// A message of so many bytes, encoded.
wr::message sized(std::size_t bytes, wr::message m = sample_message()) {
  const auto encoded_size = [&m] {
    ww::byte_buffer encoded;
    ww::message_codec().encode(m, encoded);
    return encoded.size();
  };
  m.payload.resize(bytes);
  m.payload.resize(2 * bytes - encoded_size());
  REQUIRE(encoded_size() == bytes);
  return m;
}

// A node that relays to three peers, and remembers what.
struct small_node {
  explicit small_node(const ws::profile& own)
      : store(own, ws::memory_archive<wr::message>(ws::archive_limits::none())),
        filter(own, 1),
        lightpush(own),
        metadata({16, {1, 5}}),
        peer_exchange(own, 3) {}

  wr::relay_reply relay(std::string_view topic, const wr::message& m) {
    relayed.emplace_back(topic, m);
    return {3};
  }
  void look_at(ws::lightpush_facts& facts, const wr::message& m) const { facts.seen = m.version == 99; }
  std::optional<std::string> shard_of(std::string_view) const { return "/waku/2/rs/1/6"; }

  ws::store_service<ws::memory_archive<wr::message>> store;
  ws::filter_service<wr::message> filter;
  ws::lightpush_service lightpush;
  ws::metadata_service metadata;
  ws::peer_exchange_service peer_exchange;
  std::vector<std::pair<std::string, wr::message>> relayed;
};

template <class Value>
const Value& got(const wr::reply_or_error<Value>& result) {
  REQUIRE(std::holds_alternative<Value>(result));
  return std::get<Value>(result);
}

// One node with its server, asked by bytes.
struct bench {
  explicit bench(const ws::profile& own) : node(own), server(own) {}

  void keep(const wr::message& m) {
    wr::testing::fast_hasher hash;
    const wr::message_hash hashed = hash(wr::hashed_parts(shard, m));
    REQUIRE(node.store.archive().insert({hashed, m.timestamp, shard, m.content_topic, 100}, m, now.wall) ==
            ws::archive_insertion::stored);
  }
  // The body of the reply, or nothing where the stream was closed.
  std::optional<ww::byte_buffer> ask(ww::protocol spoken, const ww::byte_buffer& request_body) {
    ww::byte_buffer reply;
    const ww::served end = server.serve(spoken, node, client, request_body, now, reply);
    CHECK((end == ww::served::closed) == reply.empty());
    if (end == ww::served::closed) return std::nullopt;
    return body_of(reply);
  }
  template <class Reply, class Request>
  wr::reply_or_error<Reply> ask(const Request& request) {
    ww::byte_buffer frame;
    const ww::protocol spoken = caller.write(request, "id-1", frame);
    return read<Reply>(spoken, frame);
  }
  // What was in the frame of a push.
  ww::byte_buffer pushed(const wr::message& m, bool legacy, std::string_view topic = shard) {
    const wr::message_hash unused{};
    ww::byte_buffer frame;
    caller.write(wr::lightpush_request<wr::message>{{}, client, topic, m, unused}, legacy, "id-1", frame);
    return body_of(frame);
  }
  wr::reply_or_error<wr::lightpush_reply> push(const wr::message& m, bool legacy,
                                               std::string_view topic = shard) {
    const ww::protocol spoken = push_protocol(legacy);
    const auto reply = ask(spoken, pushed(m, legacy, topic));
    if (!reply) return wr::transport_error::empty_reply;
    return caller.read<wr::lightpush_reply>(spoken, *reply, "id-1");
  }
  template <class Reply>
  wr::reply_or_error<Reply> read(ww::protocol spoken, const ww::byte_buffer& frame) {
    const auto reply = ask(spoken, body_of(frame));
    if (!reply) return wr::transport_error::empty_reply;
    return caller.read<Reply>(spoken, *reply, "id-1");
  }

  // The status of an answer to a request with the id, by its protocol.
  std::uint32_t status_in(ww::protocol spoken, const ww::byte_buffer& reply, std::string_view id = "id-1") {
    const auto of = [](const auto& read) { return got(read).status; };
    switch (spoken) {
      case ww::protocol::store:
      case ww::protocol::legacy_store:
        return of(caller.read<wr::store_reply<wr::message>>(spoken, reply, id));
      case ww::protocol::filter: return of(caller.read<wr::filter_reply>(spoken, reply, id));
      case ww::protocol::lightpush:
      case ww::protocol::legacy_lightpush: return of(caller.read<wr::lightpush_reply>(spoken, reply, id));
      default: break;
    }
    ws::peer_exchange_reply peers;
    REQUIRE_FALSE(ww::peer_exchange_codec().decode_reply(reply, peers));
    return peers.status.value_or(0);
  }

  wr::instant now{wr::steady_time(std::chrono::hours(1)), wr::wall_time(std::chrono::hours(500'000))};
  small_node node;
  ww::basic_server<ww::own_codecs, wr::message> server;
  ww::basic_client<ww::own_codecs, wr::message> caller;
};

wr::store_request query(std::uint32_t limit = 2) {
  static const std::string_view topics[] = {"/toychat/2/huilong/proto"};
  wr::store_request asked{};
  asked.pubsub_topic = shard;
  asked.content_topics = topics;
  asked.time_start = wr::wall_time(wr::duration(0));
  asked.time_end = wr::wall_time(std::chrono::hours(600'000));
  asked.include_data = true;
  asked.limit = limit;
  return asked;
}
wr::message numbered(int number) {
  wr::message m = sample_message();
  m.timestamp += number;
  return m;
}
template <class Reply>
wr::transport_error failed(const wr::reply_or_error<Reply>& result) {
  REQUIRE(std::holds_alternative<wr::transport_error>(result));
  return std::get<wr::transport_error>(result);
}
// The id of a reply, whichever it is: field 1 comes first.
std::string id_in(const ww::byte_buffer& body) {
  REQUIRE(body.size() >= 2);
  REQUIRE(body[0] == std::byte{0x0a});
  return std::string(ww::text_of(body).substr(2, std::to_integer<std::size_t>(body[1])));
}
const ww::byte_buffer garbage{std::byte{0xff}, std::byte{0xff}};

}  // namespace

TEST_CASE("both stores page through what they hold over bytes, and give it once") {
  for (const bool legacy : {false, true}) {
    CAPTURE(legacy);
    ws::profile own;
    own.legacy_store = true;
    bench it(own);
    for (int number = 0; number < 5; ++number) it.keep(numbered(number));
    std::vector<wr::message> seen;
    wr::store_cursor cursor;
    for (int page = 0; page < 3; ++page) {
      wr::store_request asked = query();
      asked.legacy = legacy;
      asked.cursor = cursor;
      const auto reply = got(it.ask<wr::store_reply<wr::message>>(asked));
      CHECK(reply.status == 200);
      for (const auto& entry : reply.entries) seen.push_back(entry.body.value());
      cursor = reply.cursor;
      CHECK(cursor.empty() == (page == 2));
    }
    REQUIRE(seen.size() == 5);
    for (int number = 0; number < 5; ++number)
      CHECK(seen[static_cast<std::size_t>(number)] == numbered(number));
  }
}

TEST_CASE("a store's errors have no id with nwaku and the request's in the text, and are read as statuses") {
  wr::store_request asked = query();
  const std::vector<std::byte> unknown(32, std::byte{1});
  asked.cursor = unknown;
  bench nwaku(ws::nwaku_profile());
  CHECK(got(nwaku.ask<wr::store_reply<wr::message>>(asked)).status == 300);
  bench text(ws::specified_store_profile());
  CHECK(got(text.ask<wr::store_reply<wr::message>>(asked)).status == 400);

  ww::byte_buffer frame;
  nwaku.caller.write(asked, "id-1", frame);
  CHECK(id_in(nwaku.ask(ww::protocol::store, body_of(frame)).value()).empty());
  CHECK(id_in(text.ask(ww::protocol::store, body_of(frame)).value()) == "id-1");
}

TEST_CASE("a store answers what it cannot read with 400, and a legacy store closes the stream") {
  ws::profile own;
  own.legacy_store = true;
  bench it(own);
  const auto reply = it.ask(ww::protocol::store, garbage).value();
  CHECK(id_in(reply).empty());
  CHECK(got(it.caller.read<wr::store_reply<wr::message>>(ww::protocol::store, reply, "id-1")).status == 400);
  CHECK(it.server.rejected().has_value());
  CHECK_FALSE(it.ask(ww::protocol::legacy_store, garbage));
}

TEST_CASE("a store that names errors tells the id of requests that are refused, too") {
  bench it(ws::specified_store_profile());
  ww::proto::StoreQueryRequest many;
  many.set_request_id("my id");
  for (int count = 0; count < 1'001; ++count) many.add_message_hashes(std::string(32, 'h'));
  ww::proto::StoreQueryRequest brief;
  brief.set_request_id("my id");
  brief.add_message_hashes("abc");
  for (const auto& asked : {many, brief}) {
    ww::byte_buffer bytes;
    ww::append_bare(asked, bytes);
    const auto reply = it.ask(ww::protocol::store, bytes).value();
    CHECK(it.server.rejected().has_value());
    CHECK(id_in(reply) == "my id");
    CHECK(it.status_in(ww::protocol::store, reply, "my id") == 400);
  }
}

TEST_CASE("a legacy store says an unknown cursor by a number with nwaku, and by a reset with go-waku") {
  wr::store_request asked = query();
  asked.legacy = true;
  const std::vector<std::byte> unknown{std::byte{0x0a}, std::byte{1}, std::byte{5}};
  asked.cursor = unknown;
  bench nwaku(ws::legacy_store_profile());
  CHECK(got(nwaku.ask<wr::store_reply<wr::message>>(asked)).status == 300);
  bench go(ws::go_waku_store_profile());
  CHECK(failed(go.ask<wr::store_reply<wr::message>>(asked)) == wr::transport_error::empty_reply);
}

TEST_CASE("a legacy store closes the stream of a cursor without a digest, and says 300 to a short one") {
  bench it(ws::legacy_store_profile());
  it.keep(numbered(1));
  CHECK_FALSE(it.ask(ww::protocol::legacy_store, bytes_from_hex("0a0272311204 2202 1200")));
  CHECK(it.server.rejected() ==
        ww::rejection{ww::protocol::legacy_store, ww::field::digest, ww::reason::missing});
  const auto short_one = it.ask(ww::protocol::legacy_store, bytes_from_hex("0a0272311207 2205 12030a01aa"));
  REQUIRE(short_one);
  CHECK(it.status_in(ww::protocol::legacy_store, *short_one, "r1") == 300);
}

TEST_CASE("requests over the rate are answered with 429 and the id N/A, which clients accept") {
  ws::profile own;
  own.legacy_store = true;
  own.store_rate = own.filter_rate = own.lightpush_rate = {1, std::chrono::minutes(1)};
  bench it(own);
  CHECK(got(it.ask<wr::store_reply<wr::message>>(query())).status == 200);
  CHECK(got(it.ask<wr::store_reply<wr::message>>(query())).status == 429);
  wr::store_request legacy = query();
  legacy.legacy = true;
  CHECK(got(it.ask<wr::store_reply<wr::message>>(legacy)).status == 429);
  CHECK(got(it.ask<wr::filter_reply>(wr::filter_ping_request{{}, client, shard})).status == 404);
  CHECK(got(it.ask<wr::filter_reply>(wr::filter_ping_request{{}, client, shard})).status == 429);
  CHECK(got(it.push(sample_message(), false)).status == 200);
  CHECK(got(it.push(sample_message(), false)).status == 429);
  CHECK(got(it.push(sample_message(), true)).status == 429);

  ww::byte_buffer frame;
  it.caller.write(wr::filter_ping_request{{}, client, shard}, "id-1", frame);
  CHECK(id_in(it.ask(ww::protocol::filter, body_of(frame)).value()) == "N/A");
}

TEST_CASE("what cannot be read counts, and over the rate nothing is decoded: garbage is 429 and N/A too") {
  ws::profile own;
  own.legacy_store = true;
  own.store_rate = own.filter_rate = own.lightpush_rate = own.exchange_rate = {2, std::chrono::minutes(1)};
  for (const ww::protocol spoken :
       {ww::protocol::store, ww::protocol::legacy_store, ww::protocol::filter, ww::protocol::lightpush,
        ww::protocol::legacy_lightpush, ww::protocol::peer_exchange}) {
    CAPTURE(ww::name_of(spoken));
    bench it(own);
    for (int request = 0; request < 2; ++request) {
      it.ask(spoken, garbage);
      CHECK(it.server.rejected().has_value());
    }
    const auto reply = it.ask(spoken, garbage);
    REQUIRE(reply);
    CHECK_FALSE(it.server.rejected());
    if (spoken != ww::protocol::peer_exchange) CHECK(id_in(*reply) == "N/A");
    CHECK(it.status_in(spoken, *reply) == 429);
    it.now = it.now + std::chrono::seconds(29);
    CHECK(it.ask(spoken, garbage));
    CHECK_FALSE(it.server.rejected());
    it.now = it.now + std::chrono::seconds(1);
    it.ask(spoken, garbage);
    CHECK(it.server.rejected().has_value());
  }
}

TEST_CASE(
    "over the rate go-waku closes peer exchange's streams without reading, and answers the legacy store") {
  ws::profile own = ws::go_waku_store_profile();
  own.store_rate = {1, std::chrono::minutes(1)};
  bench it(own);
  CHECK_FALSE(it.ask(ww::protocol::peer_exchange, garbage));
  CHECK(it.server.rejected().has_value());
  CHECK_FALSE(it.ask(ww::protocol::peer_exchange, garbage));
  CHECK_FALSE(it.server.rejected());
  CHECK_FALSE(it.ask(ww::protocol::legacy_store, garbage));
  CHECK(it.status_in(ww::protocol::legacy_store, it.ask(ww::protocol::legacy_store, garbage).value()) == 429);
}

TEST_CASE("a request is counted once, whatever becomes of it, and metadata never") {
  ws::profile own;
  own.store_rate = own.filter_rate = own.lightpush_rate = {4, std::chrono::minutes(1)};
  bench it(own);
  for (int request = 0; request < 2; ++request) {
    CHECK(it.ask(ww::protocol::store, garbage));
    CHECK_FALSE(it.ask(ww::protocol::filter, garbage));
    CHECK(it.ask(ww::protocol::lightpush, garbage));
  }
  for (int request = 0; request < 3; ++request) {
    const bool within = request < 2;
    CHECK(got(it.ask<wr::store_reply<wr::message>>(query())).status == (within ? 200 : 429));
    CHECK(got(it.ask<wr::filter_reply>(wr::filter_ping_request{{}, client, shard})).status ==
          (within ? 404 : 429));
    CHECK(got(it.push(sample_message(), false)).status == (within ? 200 : 429));
  }
  // The id "a", and the kind 9: it is answered, and counts.
  it.now = it.now + std::chrono::seconds(15);
  const ww::byte_buffer unknown = bytes_from_hex("0a01611009");
  CHECK(it.status_in(ww::protocol::filter, it.ask(ww::protocol::filter, unknown).value(), "a") == 400);
  CHECK(it.status_in(ww::protocol::filter, it.ask(ww::protocol::filter, unknown).value(), "a") == 429);
  for (int request = 0; request < 20; ++request) {
    CHECK_FALSE(it.ask(ww::protocol::metadata, garbage));
    CHECK(it.server.rejected().has_value());
  }
}

TEST_CASE("a filter node subscribes, is pinged and unsubscribed over bytes, and pushes what was wanted") {
  bench it(ws::nwaku_profile());
  const std::string_view topics[] = {"/toychat/2/huilong/proto"};
  CHECK(got(it.ask<wr::filter_reply>(wr::filter_ping_request{{}, client, shard})).status == 404);
  CHECK(got(it.ask<wr::filter_reply>(wr::filter_subscribe_request{{}, client, shard, topics})).status == 200);
  CHECK(got(it.ask<wr::filter_reply>(wr::filter_ping_request{{}, client, shard})).status == 200);

  const wr::message m = full_message();
  CHECK(it.node.filter.relayed(shard, m.content_topic, hash_with(std::byte{4}), m, it.now.steady) == 1);
  const auto push = it.node.filter.next_push(it.now.steady);
  REQUIRE(push);
  CHECK(push->client == client);
  ww::byte_buffer frame;
  ww::filter_push_codec codec;
  codec.encode(push->pubsub_topic, *push->body, frame);
  const auto pushed = it.caller.read_push(body_of(frame));
  REQUIRE(pushed);
  CHECK(pushed->pubsub_topic == shard);
  CHECK(pushed->message == m);
  CHECK_FALSE(it.caller.read_push(garbage));
  CHECK(it.caller.rejected().has_value());

  CHECK(got(it.ask<wr::filter_reply>(wr::filter_unsubscribe_request{{}, client, shard, topics})).status ==
        200);
  CHECK(got(it.ask<wr::filter_reply>(wr::filter_ping_request{{}, client, shard})).status == 404);
  CHECK(got(it.ask<wr::filter_reply>(wr::filter_subscribe_request{{}, client, shard, topics})).status == 200);
  ww::filter_codec all;
  frame.clear();
  all.encode_unsubscribe_all("id-1", frame);
  CHECK(got(it.read<wr::filter_reply>(ww::protocol::filter, frame)).status == 200);
  CHECK_FALSE(it.node.filter.subscribed(client));
}

TEST_CASE("a filter node does not answer what it cannot read, but an unknown kind of request with 400") {
  bench it(ws::nwaku_profile());
  CHECK_FALSE(it.ask(ww::protocol::filter, garbage));
  CHECK_FALSE(it.ask(ww::protocol::filter, {}));
  // The id "a", and a kind that is cut, or an endless varint.
  CHECK_FALSE(it.ask(ww::protocol::filter, bytes_from_hex("0a016110")));
  CHECK_FALSE(it.ask(ww::protocol::filter, bytes_from_hex("0a016110ffffffffffffffffffffff")));
  CHECK(it.server.rejected() ==
        ww::rejection{ww::protocol::filter, ww::field::filter_subscribe_type, ww::reason::malformed_varint});
  // The id "a", and the kind 9.
  const ww::byte_buffer unknown = bytes_from_hex("0a01611009");
  const auto reply = it.ask(ww::protocol::filter, unknown).value();
  CHECK(id_in(reply) == "a");
  CHECK(got(it.caller.read<wr::filter_reply>(ww::protocol::filter, reply, "a")).status == 400);
}

TEST_CASE(
    "a filter request with an empty id, or none, is 400 to go-waku; nwaku takes the one and not the other") {
  ws::profile go = ws::go_waku_profile();
  go.filter_rate = {};
  bench of_go(go);
  bench of_nwaku(ws::nwaku_profile());
  // A ping by its kind alone, and with an empty id before it.
  const ww::byte_buffer without = bytes_from_hex("1000");
  const ww::byte_buffer empty = bytes_from_hex("0a001000");
  for (const ww::byte_buffer& each : {without, empty}) {
    const auto reply = of_go.ask(ww::protocol::filter, each).value();
    CHECK(id_in(reply).empty());
    CHECK(got(of_go.caller.read<wr::filter_reply>(ww::protocol::filter, reply, "")).status == 400);
    CHECK(of_go.server.rejected() ==
          ww::rejection{ww::protocol::filter, ww::field::request_id, ww::reason::missing});
  }
  CHECK_FALSE(of_nwaku.ask(ww::protocol::filter, without));
  const auto reply = of_nwaku.ask(ww::protocol::filter, empty).value();
  CHECK(got(of_nwaku.caller.read<wr::filter_reply>(ww::protocol::filter, reply, "")).status == 404);
  // What is named is answered, and what cannot be read is not.
  CHECK(got(of_go.ask<wr::filter_reply>(wr::filter_ping_request{{}, client, shard})).status == 404);
  CHECK_FALSE(of_go.ask(ww::protocol::filter, garbage));
}

TEST_CASE("lightpush of both versions relays what it admits and answers in its own words") {
  bench it(ws::nwaku_profile());
  const wr::lightpush_reply reply = got(it.push(full_message(), false));
  CHECK(reply.status == 200);
  CHECK(reply.relay_peer_count == 3);
  const wr::lightpush_reply legacy = got(it.push(full_message(), true));
  CHECK(legacy.status == 200);
  CHECK(legacy.legacy);
  CHECK_FALSE(legacy.relay_peer_count);
  CHECK(legacy.description == "OK");
  REQUIRE(it.node.relayed.size() == 2);
  for (const auto& [topic, m] : it.node.relayed) {
    CHECK(topic == shard);
    CHECK(m == full_message());
  }
}

TEST_CASE(
    "a push without a topic goes to its content topic's shard, and one without a time gets the node's") {
  bench it(ws::nwaku_profile());
  wr::message m = sample_message();
  m.timestamp = 0;
  CHECK(got(it.push(m, false, "")).status == 200);
  REQUIRE(it.node.relayed.size() == 1);
  CHECK(it.node.relayed[0].first == "/waku/2/rs/1/6");
  CHECK(it.node.relayed[0].second.timestamp == it.now.wall.time_since_epoch().count());
  // v2 does not autoshard, so an empty topic is a blank one.
  CHECK(got(it.push(m, true, "")).status == 500);
}

TEST_CASE("what is refused is not relayed, and what the relay has seen is looked at") {
  ws::profile own;
  own.rln = true;
  bench it(own);
  wr::message seen = sample_message();
  seen.timestamp = it.now.wall.time_since_epoch().count();
  CHECK(got(it.push(seen, false)).status == 200);
  seen.version = 99;
  CHECK(got(it.push(seen, false)).status == 420);
  CHECK(it.node.relayed.size() == 1);
}

TEST_CASE("a push that cannot be read is 400 with the id N/A, in v2 no success") {
  bench it(ws::nwaku_profile());
  const auto reply = it.ask(ww::protocol::lightpush, garbage).value();
  CHECK(id_in(reply) == "N/A");
  CHECK(got(it.caller.read<wr::lightpush_reply>(ww::protocol::lightpush, reply, "x")).status == 400);
  const auto legacy = it.ask(ww::protocol::legacy_lightpush, garbage).value();
  CHECK(got(it.caller.read<wr::lightpush_reply>(ww::protocol::legacy_lightpush, legacy, "x")).status == 500);
  CHECK(it.node.relayed.empty());
}

TEST_CASE("over the profile's size a message is refused by the service, by its status and the request's id") {
  for (const bool legacy : {false, true}) {
    for (const bool text : {false, true}) {
      CAPTURE(legacy);
      CAPTURE(text);
      const ws::profile own = text ? ws::specified_lightpush_profile() : ws::nwaku_profile();
      bench it(own);
      CHECK(got(it.push(sized(own.message_bytes_max), legacy)).status == 200);
      REQUIRE(it.node.relayed.size() == 1);
      for (const std::size_t bytes :
           {own.message_bytes_max + 1, own.message_bytes_max + ww::limits{}.oversize_bytes}) {
        CAPTURE(bytes);
        const auto reply = it.ask(push_protocol(legacy), it.pushed(sized(bytes), legacy)).value();
        CHECK_FALSE(it.server.rejected());
        CHECK(id_in(reply) == "id-1");
        const auto said_no = got(it.caller.read<wr::lightpush_reply>(push_protocol(legacy), reply, "id-1"));
        CHECK(said_no.status == (legacy ? 500U : text ? 413U : 420U));
        CHECK(said_no.description == "Message size exceeded maximum");
      }
      CHECK(it.node.relayed.size() == 1);
    }
  }
}

TEST_CASE("a timestamp that the server gives a message counts towards its size") {
  const ws::profile own;
  bench it(own);
  wr::message m = sample_message();
  m.timestamp = 0;
  CHECK(got(it.push(sized(own.message_bytes_max - 10, m), false)).status == 200);
  REQUIRE(it.node.relayed.size() == 1);
  ww::byte_buffer encoded;
  ww::message_codec().encode(it.node.relayed[0].second, encoded);
  CHECK(encoded.size() == own.message_bytes_max);
  CHECK(got(it.push(sized(own.message_bytes_max - 9, m), false)).status == 420);
}

TEST_CASE("a timestamp of 0 that is written out takes no room of the one that the server gives") {
  const ws::profile own;
  wr::message m = sample_message();
  m.timestamp = 0;
  for (const bool legacy : {false, true}) {
    CAPTURE(legacy);
    bench it(own);
    const auto push = [&](std::size_t bytes) {
      const ww::byte_buffer sent = it.pushed(sized(bytes, m), legacy);
      ww::proto::LightPushRequest request;
      ww::proto::PushRpc rpc;
      ww::byte_buffer with_zero;
      if (legacy) {
        REQUIRE(rpc.ParseFromArray(sent.data(), static_cast<int>(sent.size())));
        rpc.mutable_request()->mutable_message()->set_timestamp(0);
        ww::append_bare(rpc, with_zero);
      } else {
        REQUIRE(request.ParseFromArray(sent.data(), static_cast<int>(sent.size())));
        request.mutable_message()->set_timestamp(0);
        ww::append_bare(request, with_zero);
      }
      REQUIRE(with_zero.size() == sent.size() + 2);
      const auto reply = it.ask(push_protocol(legacy), with_zero).value();
      return got(it.caller.read<wr::lightpush_reply>(push_protocol(legacy), reply, "id-1")).status;
    };
    CHECK(push(own.message_bytes_max - 10) == 200);
    REQUIRE(it.node.relayed.size() == 1);
    ww::byte_buffer encoded;
    ww::message_codec().encode(it.node.relayed[0].second, encoded);
    CHECK(encoded.size() == own.message_bytes_max);
    CHECK(push(own.message_bytes_max - 9) == (legacy ? 500 : 420));
  }
}

TEST_CASE("the room for messages that are too large has an end, which holds for their frames too") {
  const ws::profile own = ws::nwaku_profile();
  const std::size_t most = own.message_bytes_max + ww::limits{}.oversize_bytes;
  for (const bool legacy : {false, true}) {
    CAPTURE(legacy);
    const ww::protocol spoken = push_protocol(legacy);
    bench it(own);
    const auto reply = it.ask(spoken, it.pushed(sized(most + 1), legacy)).value();
    CHECK(it.server.rejected() == ww::rejection{spoken, ww::field::message, ww::reason::too_long});
    CHECK(id_in(reply) == (legacy ? "id-1" : "N/A"));
    CHECK(got(it.caller.read<wr::lightpush_reply>(spoken, reply, "id-1")).status == (legacy ? 500 : 400));

    // The length alone is enough, and no byte of memory is taken for what follows it.
    const std::size_t limit = it.server.request_limit(spoken);
    CHECK(limit > most);
    CHECK(limit < most + 100'000);
    ww::frame_reader reader(spoken, limit);
    const ww::encoded_varint length = ww::encode_varint(limit + 1);
    reader.feed(length.view());
    CHECK_FALSE(reader.next());
    CHECK(reader.rejected() == ww::rejection{spoken, ww::field::frame, ww::reason::too_long});
    CHECK(reader.memory_bytes() == 0);
    CHECK(it.ask(spoken, ww::byte_buffer(limit + 1)));
    CHECK(it.server.rejected() == ww::rejection{spoken, ww::field::frame, ww::reason::too_long});
  }
  const bench it(own);
  CHECK(it.server.request_limit(ww::protocol::store) == 1'601'536);
}

TEST_CASE("a profile of larger messages is enough for a server to read them") {
  ws::profile own;
  own.message_bytes_max = 1'000'000;
  bench it(own);
  CHECK(got(it.push(sized(1'000'000), false)).status == 200);
  CHECK(got(it.push(sized(1'000'001), false)).status == 420);
  CHECK(got(it.push(sized(2'048'576), false)).status == 420);
  CHECK(got(it.push(sized(2'048'577), false)).status == 400);
}

TEST_CASE("metadata is answered with the node's own, and remembered; what cannot be read closes the stream") {
  bench it(ws::nwaku_profile());
  ww::metadata_codec codec;
  ww::byte_buffer frame;
  codec.encode({16, {2}}, frame);
  ws::metadata told;
  CHECK_FALSE(codec.decode(it.ask(ww::protocol::metadata, body_of(frame)).value(), told));
  CHECK(told == ws::metadata{16, {1, 5}});
  REQUIRE(it.node.metadata.of(client, it.now.steady) != nullptr);
  CHECK(*it.node.metadata.of(client, it.now.steady) == ws::metadata{16, {2}});
  CHECK_FALSE(it.ask(ww::protocol::metadata, garbage));
}

TEST_CASE("peer exchange gives what was found; what cannot be read is 400, or closes a go-waku stream") {
  ww::peer_exchange_codec codec;
  ws::peer_exchange_reply reply;
  ww::byte_buffer frame;
  codec.encode_request({client, 5}, frame);
  bench nwaku(ws::nwaku_profile());
  REQUIRE(nwaku.node.peer_exchange.discovered(bytes_of_text("an ENR")));
  CHECK_FALSE(codec.decode_reply(nwaku.ask(ww::protocol::peer_exchange, body_of(frame)).value(), reply));
  CHECK(reply.status == 200U);
  REQUIRE(reply.enrs.size() == 1);
  CHECK(reply.enrs[0] == bytes_of_text("an ENR"));
  CHECK_FALSE(codec.decode_reply(nwaku.ask(ww::protocol::peer_exchange, garbage).value(), reply));
  CHECK(reply.status == 400U);

  bench go(ws::go_waku_profile());
  CHECK(go.ask(ww::protocol::peer_exchange, body_of(frame)));
  CHECK_FALSE(go.ask(ww::protocol::peer_exchange, body_of(frame)));  // over its rate
  CHECK_FALSE(go.ask(ww::protocol::peer_exchange, garbage));
}

TEST_CASE("lightpush v3 is not served where only v2 is spoken, and v2 is served by all") {
  for (const ws::profile& own : {ws::nwaku_profile(), ws::go_waku_profile(), ws::legacy_store_profile()}) {
    CAPTURE(own.legacy_lightpush);
    bench it(own);
    CHECK(it.server.serves<small_node>(ww::protocol::lightpush) == !own.legacy_lightpush);
    CHECK(it.server.serves<small_node>(ww::protocol::legacy_lightpush));
    CHECK(it.ask(ww::protocol::lightpush, it.pushed(full_message(), false)).has_value() ==
          !own.legacy_lightpush);
    CHECK(it.node.relayed.size() == (own.legacy_lightpush ? 0 : 1));
  }
  ws::profile go = ws::go_waku_profile();
  CHECK(got(bench(go).push(full_message(), true)).status == 200);
  go.lightpush = false;
  CHECK_FALSE(bench(go).ask(ww::protocol::legacy_lightpush, {}));
}

TEST_CASE("protocols that a node or its profile lacks close the stream") {
  bench it(ws::nwaku_profile());
  ww::byte_buffer frame;
  wr::store_request legacy = query();
  legacy.legacy = true;
  it.caller.write(legacy, "id-1", frame);
  CHECK_FALSE(it.ask(ww::protocol::legacy_store, body_of(frame)));
  for (const ww::protocol none : {ww::protocol::message, ww::protocol::relay, ww::protocol::filter_push})
    CHECK_FALSE(it.ask(none, {}));

  struct {
    ws::metadata_service metadata{{1, {}}};
  } tells_only;
  ww::byte_buffer reply;
  frame.clear();
  it.caller.write(query(), "id-1", frame);
  CHECK(it.server.serve(ww::protocol::store, tells_only, client, body_of(frame), it.now, reply) ==
        ww::served::closed);
  CHECK(it.server.serve(ww::protocol::metadata, tells_only, client, {}, it.now, reply) ==
        ww::served::answered);
}

}  // namespace serve_tests
