// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/serve.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/wire/client.hpp>
#include <waku/reliability/wire/codecs.hpp>

#include "target.hpp"

// Sequences of requests to a whole node, by bytes: each is answered with one frame that a client can read, or the
// stream is closed; nothing else happens.

namespace wr = waku::reliability;
namespace ws = wr::services;
namespace ww = wr::wire;
using fuzz::demand;

namespace {

constexpr std::string_view some_topic = "/waku/2/rs/1/0";

struct whole_node {
  explicit whole_node(const ws::profile& own)
      : store(own, ws::memory_archive<wr::message>({50, 100'000, std::chrono::hours(1)})),
        filter(own, 1),
        lightpush(own),
        metadata({16, {1, 5}}),
        peer_exchange(own, 3) {}

  // What is relayed is archived and pushed too.
  wr::relay_reply relay(std::string_view topic, const wr::message& m) {
    wr::testing::fast_hasher hasher;
    const wr::message_hash hash = hasher(wr::hashed_parts(topic, m));
    store.take_in({hash, m.timestamp, topic, m.content_topic, m.payload.size()}, m.ephemeral, m, now.wall);
    filter.relayed(topic, m.content_topic, hash, m, now.steady);
    return {m.version % 3};
  }
  std::optional<std::string> shard_of(std::string_view content_topic) const {
    if (content_topic.starts_with('/')) return std::string(some_topic);
    return std::nullopt;
  }

  wr::instant now{wr::steady_time(std::chrono::hours(1)), wr::wall_time(std::chrono::hours(500'000))};
  ws::store_service<ws::memory_archive<wr::message>> store;
  ws::filter_service<wr::message> filter;
  ws::lightpush_service lightpush;
  ws::metadata_service metadata;
  ws::peer_exchange_service peer_exchange;
};

ws::profile profile_of(std::uint32_t number) {
  ws::profile own = number == 0   ? ws::nwaku_profile()
                    : number == 1 ? ws::go_waku_profile()
                    : number == 2 ? ws::go_waku_store_profile()
                    : number == 3 ? ws::legacy_store_profile()
                                  : ws::specified_store_profile();
  own.archive_age_max = std::chrono::hours(1'000'000);
  own.filter_rate = {};
  return own;
}

template <class Reply>
void demand_readable(ww::basic_client<ww::own_codecs, wr::message>& client, ww::protocol spoken,
                     fuzz::byte_span body, std::string_view id) {
  const auto read = client.read<Reply>(spoken, body, id);
  demand(std::holds_alternative<Reply>(read), "a client can read each answer");
}

void demand_readable(ww::protocol spoken, fuzz::byte_span body) {
  ww::basic_client<ww::own_codecs, wr::message> client;
  namespace wp = ww::proto;
  const auto id_of = [&](auto reply) {
    demand(reply.ParseFromArray(body.data(), static_cast<int>(body.size())), "an answer is a message");
    return std::string(reply.request_id());
  };
  switch (spoken) {
    case ww::protocol::store:
      return demand_readable<wr::store_reply<wr::message>>(client, spoken, body,
                                                           id_of(wp::StoreQueryResponse()));
    case ww::protocol::legacy_store:
      return demand_readable<wr::store_reply<wr::message>>(client, spoken, body, id_of(wp::HistoryRPC()));
    case ww::protocol::filter:
      return demand_readable<wr::filter_reply>(client, spoken, body, id_of(wp::FilterSubscribeResponse()));
    case ww::protocol::lightpush:
      return demand_readable<wr::lightpush_reply>(client, spoken, body, id_of(wp::LightPushResponse()));
    case ww::protocol::legacy_lightpush:
      return demand_readable<wr::lightpush_reply>(client, spoken, body, id_of(wp::PushRpc()));
    case ww::protocol::metadata: {
      ws::metadata told;
      ww::metadata_codec codec;
      return demand(!codec.decode(body, told) && told.cluster == 16, "a peer can read the metadata");
    }
    default: {
      ws::peer_exchange_reply reply;
      ww::peer_exchange_codec codec;
      return demand(!codec.decode_reply(body, reply), "a client can read the peers");
    }
  }
}

}  // namespace

// Profile; then requests: protocol and client, steps of time, two bytes of length, the request.
void fuzz::serve(byte_span bytes) {
  input from(bytes);
  const ws::profile own = profile_of(from.below(5));
  whole_node node(own);
  ww::basic_server<ww::own_codecs, wr::message> server(own);
  constexpr ww::protocol protocols[] = {ww::protocol::store,         ww::protocol::legacy_store,
                                        ww::protocol::filter,        ww::protocol::lightpush,
                                        ww::protocol::metadata,      ww::protocol::legacy_lightpush,
                                        ww::protocol::peer_exchange, ww::protocol::filter_push};
  while (!from.empty()) {
    const std::uint32_t choice = from.byte();
    const ww::protocol spoken = protocols[choice & 7U];
    const wr::peer_id client{choice >> 5U};
    node.now = node.now + std::chrono::milliseconds(from.byte() * 100);
    std::size_t length = from.byte();
    length |= static_cast<std::size_t>(from.byte() & 0x7U) << 8U;
    const byte_span body = from.bytes(length);
    ww::byte_buffer reply;
    const ww::served end = server.serve(spoken, node, client, body, node.now, reply);
    demand((end == ww::served::closed) == reply.empty(), "an answer is written, or nothing is");
    if (const auto& refused = server.rejected())
      demand(refused->reason < ww::reason::refused, "a rejection says why");
    if (end == ww::served::closed) continue;
    demand(server.serves<whole_node>(spoken), "only what is served is answered");
    ww::frame_reader reader(spoken, ww::frame_limit(ww::reply_frame(spoken), ww::limits{}));
    reader.feed(reply);
    const auto answer = reader.next();
    demand(answer.has_value(), "an answer is a frame within the limit");
    demand_readable(spoken, *answer);
    demand(!reader.next() && !reader.finish(), "an answer is one frame");
    // Pushes of what was relayed.
    while (const auto push = node.filter.next_push(node.now.steady)) {
      ww::filter_push_codec codec;
      ww::byte_buffer framed;
      codec.encode(push->pubsub_topic, *push->body, framed);
      demand(!framed.empty(), "a push is a frame");
      node.filter.push_ended(push->ticket, (choice & 8U) == 0, node.now.steady);
    }
  }
}
