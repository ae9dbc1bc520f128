// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/codecs.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/message.hpp>

#include "memory.hpp"
#include "target.hpp"

// Each decoder: whatever comes, the verdict is typed and bounded, and what was accepted is encoded to bytes that
// decode to the same.

namespace wr = waku::reliability;
namespace ws = wr::services;
namespace ww = wr::wire;
namespace wp = ww::proto;
using fuzz::byte_span;
using fuzz::demand;

namespace {

constexpr std::string_view some_topic = "/waku/2/rs/1/0";
const ww::limits most;

// What a thousand elements and the most of unknown fields take, beside bytes that grow with the frame.
constexpr std::size_t memory_of_elements = 1'048'576;

ww::byte_buffer unframed(const ww::byte_buffer& framed, const ww::frame_rule& frame) {
  ww::frame_reader reader(frame.protocol, ww::frame_limit(frame, most));
  reader.feed(framed);
  const auto body = reader.next();
  demand(body.has_value(), "what is encoded is a frame within the limit");
  ww::byte_buffer kept(body->begin(), body->end());
  demand(!reader.next() && !reader.finish(), "what is encoded is one frame");
  return kept;
}

// Equality of what has no operator for it.
bool same(const wr::message& a, const wr::message& b) { return a == b; }
bool same(const ww::decoded_store_request& a, const ww::decoded_store_request& b) {
  return a.request_id == b.request_id && a.pubsub_topic == b.pubsub_topic &&
         a.content_topics == b.content_topics && a.time_start == b.time_start && a.time_end == b.time_end &&
         a.hashes == b.hashes && a.include_data == b.include_data && a.cursor == b.cursor &&
         a.forward == b.forward && a.limit == b.limit && a.legacy == b.legacy;
}
bool same(const wr::store_reply<wr::message>& a, const wr::store_reply<wr::message>& b) {
  return a.status == b.status && a.cursor == b.cursor &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    [](const auto& one, const auto& other) {
                      return one.hash == other.hash && one.body == other.body;
                    });
}
bool same(const ww::decoded_filter_request& a, const ww::decoded_filter_request& b) {
  return a.request_id == b.request_id && a.kind == b.kind && a.pubsub_topic == b.pubsub_topic &&
         a.content_topics == b.content_topics;
}
bool same(const wr::filter_reply& a, const wr::filter_reply& b) { return a.status == b.status; }
bool same(const ww::decoded_filter_push<wr::message>& a, const ww::decoded_filter_push<wr::message>& b) {
  return a.pubsub_topic == b.pubsub_topic && a.message == b.message;
}
bool same(const ww::decoded_lightpush_request<wr::message>& a,
          const ww::decoded_lightpush_request<wr::message>& b) {
  return a.request_id == b.request_id && a.pubsub_topic == b.pubsub_topic && a.message == b.message;
}
bool same(const wr::lightpush_reply& a, const wr::lightpush_reply& b) {
  return a.status == b.status && a.relay_peer_count == b.relay_peer_count && a.legacy == b.legacy &&
         a.description == b.description;
}
bool same(const ws::metadata& a, const ws::metadata& b) { return a == b; }
bool same(const ws::peer_exchange_request& a, const ws::peer_exchange_request& b) {
  return a.num_peers == b.num_peers;
}
bool same(const ws::peer_exchange_reply& a, const ws::peer_exchange_reply& b) {
  return a.status == b.status && a.enrs == b.enrs;
}
struct publications {
  std::vector<std::pair<std::string, wr::message>> all;
};
bool same(const publications& a, const publications& b) { return a.all == b.all; }

// Limits on what was accepted.
void demand_topic(std::string_view topic) {
  demand(topic.size() <= most.topic_bytes, "topics are within their limit");
}
void demand_id(std::string_view id) {
  demand(id.size() <= most.request_id_bytes, "ids are within their limit");
}
void demand_limits(const wr::message& m) {
  demand(!m.content_topic.empty(), "a message has a content topic");
  demand_topic(m.content_topic);
  demand(m.meta.size() <= most.meta_bytes && m.rate_limit_proof.size() <= most.proof_bytes &&
             m.payload.size() <= most.message_bytes,
         "a message is within its limits");
}
void demand_limits(const publications& read) {
  demand(read.all.size() <= most.relayed, "publications are within their limit");
  for (const auto& [topic, message] : read.all) {
    demand_topic(topic);
    demand_limits(message);
  }
}
void demand_limits(const ww::decoded_store_request& read) {
  demand_id(read.request_id);
  demand_topic(read.pubsub_topic);
  demand(read.content_topics.size() <= most.content_topics && read.hashes.size() <= most.hashes,
         "criteria are within their limits");
  for (const std::string& topic : read.content_topics) demand_topic(topic);
}
void demand_limits(const wr::store_reply<wr::message>& read) {
  demand(read.entries.size() <= most.entries, "entries are within their limit");
  for (const auto& entry : read.entries) {
    if (entry.body) demand_limits(*entry.body);
  }
}
void demand_limits(const ww::decoded_filter_request& read) {
  demand_id(read.request_id);
  demand_topic(read.pubsub_topic);
  demand(read.content_topics.size() <= most.content_topics, "criteria are within their limit");
  for (const std::string& topic : read.content_topics) demand_topic(topic);
}
void demand_limits(const wr::filter_reply& /*read*/) {}
void demand_limits(const ww::decoded_filter_push<wr::message>& read) {
  demand_topic(read.pubsub_topic.value_or(""));
  demand_limits(read.message);
}
void demand_limits(const ww::decoded_lightpush_request<wr::message>& read) {
  demand_id(read.request_id);
  demand_topic(read.pubsub_topic.value_or(""));
  demand_limits(read.message);
}
void demand_limits(const wr::lightpush_reply& read) {
  demand(read.description.size() <= most.text_bytes, "texts are within their limit");
}
void demand_limits(const ws::metadata& read) {
  demand(read.shards.size() <= most.shards, "shards are within their limit");
  for (const std::uint32_t shard : read.shards) demand(shard <= 65'535, "a shard has 16 bits");
}
void demand_limits(const ws::peer_exchange_request& /*read*/) {}
void demand_limits(const ws::peer_exchange_reply& read) {
  demand(read.enrs.size() <= most.peers, "peers are within their limit");
  for (const auto& enr : read.enrs) demand(enr.size() <= most.record_bytes, "an ENR is within its limit");
}

// Values that earlier bytes have left behind: nothing of them may stay.
const wr::message old_message{{std::byte{1}}, "old", {std::byte{2}}, 3, true, 4, {std::byte{5}}};
void soil(wr::message& value) { value = old_message; }
void soil(publications& value) { value.all = {{"old", old_message}}; }
void soil(ww::decoded_store_request& value) {
  value.request_id = value.pubsub_topic = "old";
  value.content_topics = {"old", "older"};
  value.time_start = value.time_end = wr::wall_time{wr::duration(1)};
  value.hashes.resize(2);
  value.include_data = true;
  value.cursor.resize(3);
  value.forward = false;
  value.limit = 4;
}
void soil(wr::store_reply<wr::message>& value) {
  value.status = 1;
  value.entries.assign(2, {{}, old_message});
  value.cursor.resize(3);
}
void soil(ww::decoded_filter_request& value) {
  value.request_id = value.pubsub_topic = "old";
  value.kind = ww::filter_request_kind::unsubscribe;
  value.content_topics = {"old", "older"};
}
void soil(wr::filter_reply& value) { value.status = 1; }
void soil(ww::decoded_filter_push<wr::message>& value) {
  value.pubsub_topic = "old";
  value.message = old_message;
}
void soil(ww::decoded_lightpush_request<wr::message>& value) {
  value.request_id = "old";
  value.pubsub_topic = "old";
  value.message = old_message;
}
void soil(wr::lightpush_reply& value) { value = {1, 2, true, "old", {}}; }
void soil(ws::metadata& value) { value = {1, {2, 3}}; }
void soil(ws::peer_exchange_request& value) { value.num_peers = 1; }
void soil(ws::peer_exchange_reply& value) { value = {1, {{}, {}}}; }

void demand_typed(const std::optional<ww::rejection>& refused, const ww::frame_rule& frame) {
  if (!refused) return;
  // What a publication holds is a message by itself.
  const bool nested = frame.protocol == ww::protocol::relay && refused->protocol == ww::protocol::message;
  demand(refused->protocol == frame.protocol || nested, "a rejection names the protocol");
  demand(refused->field != ww::field::none && refused->field <= ww::field::key,
         "a rejection names the field");
  demand(refused->reason < ww::reason::refused, "the scan refuses all that Protobuf would, and says why");
  demand(!ww::describe(*refused).empty(), "a rejection is a sentence");
}

/// `decode(codec, bytes, value)` and `encode(codec, value, buffer)`; `settle(value)` removes what encoding leaves
/// out on purpose. What was accepted, settled.
template <class Codec, class Value, class Decode, class Settle, class Encode>
std::optional<Value> check(byte_span body, const ww::frame_rule& frame, const Decode& decode,
                           const Settle& settle, const Encode& encode) {
  Value read{};
  std::optional<ww::rejection> refused;
  {
    const fuzz::memory_watch memory;
    Codec codec;
    refused = decode(codec, body, read);
    const std::size_t limit = ww::frame_limit(frame, most);
    demand(memory.peak() <= 4 * body.size() + memory_of_elements,
           "memory grows with the frame, 4 times at most");
    demand(memory.peak() <= 4 * std::max<std::size_t>(limit, 65'536), "memory is within 4 times the limit");
  }
  demand_typed(refused, frame);
  if (body.size() > ww::frame_limit(frame, most)) {
    demand(refused && refused->field == ww::field::frame && refused->reason == ww::reason::too_long,
           "no frame over the limit is read");
  }

  // What a codec and its target keep of other messages does not show.
  Codec codec;
  Value again{};
  soil(again);
  (void)decode(codec, body.first(body.size() / 2), again);
  demand(decode(codec, body, again) == refused, "the verdict does not depend on what was read before");
  if (refused) return std::nullopt;
  settle(read);
  settle(again);
  demand(same(again, read), "the value does not depend on what was read before");
  demand_limits(read);

  ww::byte_buffer encoded;
  encode(codec, read, encoded);
  Value twice{};
  soil(twice);
  demand(!decode(codec, encoded, twice), "what was read and written is read again");
  settle(twice);
  demand(same(twice, read), "what was read and written is read again as the same");
  ww::byte_buffer encoded_twice;
  encode(codec, twice, encoded_twice);
  demand(encoded == encoded_twice, "the same is written as the same bytes");
  return read;
}

constexpr auto as_it_is = [](const auto& /*value*/) {};

/// The side that the first byte chooses, and the body, which stands there many times over for some first bytes:
/// so frames reach their limits.
struct choice {
  explicit choice(byte_span bytes, const ww::frame_rule& request, const ww::frame_rule& reply) {
    fuzz::input from(bytes);
    const std::uint8_t first = from.byte();
    reads_reply = (first & 1U) != 0;
    frame = reads_reply ? &reply : &request;
    const byte_span once = from.rest();
    std::size_t times = 1;
    if (first >= 0xf8U) {
      constexpr std::size_t largest = 262'144;
      times = once.empty() ? 1 : std::min<std::size_t>(5'000, largest / once.size() + 1);
    }
    for (; times != 0; --times) body.insert(body.end(), once.begin(), once.end());
  }

  bool reads_reply = false;
  const ww::frame_rule* frame = nullptr;
  ww::byte_buffer body;
};

/// The id that a reply has, if it can be read.
template <class Reply>
std::string id_in(const choice& given) {
  Reply reply;
  if (ww::checked_parser(most).parse(given.body, *given.frame, reply)) return {};
  return reply.request_id();
}

/// A reply is only that of its own request, or an error of no known request.
template <class Codec, class Value>
void check_foreign_reply(byte_span body, const std::string& id) {
  Codec codec;
  Value read{};
  const auto refused = codec.decode_reply(body, id + "x", read);
  if (refused) return;
  demand(!wr::is_success(read.status) && (id.empty() || id == ww::unread_request_id),
         "a success is only taken with the id of its request");
}

void request_of_store(const choice& given) {
  check<ww::store_codec, ww::decoded_store_request>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode_request(body, read); },
      [](auto& read) {
        if (read.hashes.empty()) return;
        read.pubsub_topic.clear();
        read.content_topics.clear();
        read.time_start.reset();
        read.time_end.reset();
      },
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        codec.encode_request(read.view({}), read.request_id, framed);
        encoded = unframed(framed, *given.frame);
      });
}
void reply_of_store(const choice& given) {
  const std::string id = id_in<wp::StoreQueryResponse>(given);
  check<ww::store_codec, wr::store_reply<wr::message>>(
      given.body, *given.frame,
      [&](auto& codec, byte_span body, auto& read) { return codec.decode_reply(body, id, read); }, as_it_is,
      [&](auto& codec, auto& read, auto& encoded) {
        ws::store_answer<wr::message> answer{read.status, {}, {}, read.cursor};
        for (const auto& entry : read.entries) {
          answer.entries.push_back({entry.hash, 0, some_topic, entry.body});
        }
        ww::byte_buffer framed;
        codec.encode_reply(answer, id, framed);
        encoded = unframed(framed, *given.frame);
      });
  check_foreign_reply<ww::store_codec, wr::store_reply<wr::message>>(given.body, id);
}

void request_of_legacy_store(const choice& given) {
  check<ww::legacy_store_codec, ww::decoded_store_request>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode_request(body, read); }, as_it_is,
      [&](auto& codec, auto& read, auto& encoded) {
        // A client gives the Index back whose digest is the server's cursor.
        const wr::store_cursor digest = read.cursor;
        if (!digest.empty()) {
          wp::Index index;
          index.set_digest(std::string(ww::text_of(digest)));
          read.cursor.clear();
          ww::append_bare(index, read.cursor);
        }
        ww::byte_buffer framed;
        codec.encode_request(read.view({}), read.request_id, framed);
        read.cursor = digest;
        encoded = unframed(framed, *given.frame);
      });
}
void reply_of_legacy_store(const choice& given) {
  const std::string id = id_in<wp::HistoryRPC>(given);
  wr::store_cursor cursor;
  check<ww::legacy_store_codec, wr::store_reply<wr::message>>(
      given.body, *given.frame,
      [&](auto& codec, byte_span body, auto& read) { return codec.decode_reply(body, id, read); },
      [&](auto& read) {
        // Of errors the protocol knows only few, and cursors change their form on the way.
        if (!wr::is_success(read.status) && read.status != wr::status_code::too_many_requests &&
            read.status != wr::status_code::service_not_available) {
          read.status = 300;
        }
        if (!read.cursor.empty()) cursor = read.cursor;
        read.cursor.clear();
      },
      [&](auto& codec, auto& read, auto& encoded) {
        ws::store_answer<wr::message> answer{read.status, {}, {}, {}};
        for (const auto& entry : read.entries) answer.entries.push_back({entry.hash, 0, {}, entry.body});
        ww::decoded_store_request asked;
        asked.request_id = id;
        ww::byte_buffer framed;
        codec.encode_reply(answer, asked, framed);
        encoded = unframed(framed, *given.frame);
      });
  check_foreign_reply<ww::legacy_store_codec, wr::store_reply<wr::message>>(given.body, id);
  if (cursor.empty()) return;
  // The cursor goes back to the node as it came.
  wp::Index came;
  demand(came.ParseFromArray(cursor.data(), static_cast<int>(cursor.size())),
         "a client's cursor is an Index");
  ww::legacy_store_codec codec;
  ww::decoded_store_request asked;
  asked.cursor = cursor;
  ww::byte_buffer framed;
  codec.encode_request(asked.view({}), "id", framed);
  ww::decoded_store_request read;
  const auto refused = codec.decode_request(unframed(framed, ww::frames::legacy_store_request), read);
  if (came.digest().empty()) {
    const ww::rejection names_nothing{ww::protocol::legacy_store, ww::field::digest, ww::reason::missing};
    return demand(refused == names_nothing, "a cursor without a digest is not taken for none");
  }
  demand(!refused, "a cursor that was given can be given back");
  demand(ww::text_of(read.cursor) == came.digest(), "a cursor goes back as it came");
}

void request_of_filter(const choice& given) {
  check<ww::filter_codec, ww::decoded_filter_request>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode_request(body, read); },
      [](auto& read) {
        using enum ww::filter_request_kind;
        if (read.kind != ping && read.kind != unsubscribe_all) return;
        read.pubsub_topic.clear();
        read.content_topics.clear();
      },
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        const auto views = read.topic_views();
        switch (read.kind) {
          case ww::filter_request_kind::ping:
            codec.encode_request(wr::filter_ping_request{}, read.request_id, framed);
            break;
          case ww::filter_request_kind::subscribe:
            codec.encode_request(wr::filter_subscribe_request{{}, {}, read.pubsub_topic, views},
                                 read.request_id, framed);
            break;
          case ww::filter_request_kind::unsubscribe:
            codec.encode_request(wr::filter_unsubscribe_request{{}, {}, read.pubsub_topic, views},
                                 read.request_id, framed);
            break;
          case ww::filter_request_kind::unsubscribe_all:
            codec.encode_unsubscribe_all(read.request_id, framed);
            break;
        }
        encoded = unframed(framed, *given.frame);
      });
}
void reply_of_filter(const choice& given) {
  const std::string id = id_in<wp::FilterSubscribeResponse>(given);
  check<ww::filter_codec, wr::filter_reply>(
      given.body, *given.frame,
      [&](auto& codec, byte_span body, auto& read) { return codec.decode_reply(body, id, read); }, as_it_is,
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        codec.encode_reply(read.status, {}, id, framed);
        encoded = unframed(framed, *given.frame);
      });
  check_foreign_reply<ww::filter_codec, wr::filter_reply>(given.body, id);
}

template <class Codec>
void request_of_lightpush(const choice& given, bool legacy) {
  check<Codec, ww::decoded_lightpush_request<wr::message>>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode_request(body, read); },
      [&](auto& read) {
        // Version 3 leaves an empty topic out.
        if (!legacy && read.pubsub_topic == "") read.pubsub_topic.reset();
      },
      [&](auto& codec, auto& read, auto& encoded) {
        const wr::message_hash unused{};
        ww::byte_buffer framed;
        codec.encode_request(
            wr::lightpush_request<wr::message>{{}, {}, read.pubsub_topic.value_or(""), read.message, unused},
            read.request_id, framed);
        encoded = unframed(framed, *given.frame);
      });
}
template <class Codec, class Reply>
void reply_of_lightpush(const choice& given) {
  const std::string id = id_in<Reply>(given);
  check<Codec, wr::lightpush_reply>(
      given.body, *given.frame,
      [&](auto& codec, byte_span body, auto& read) { return codec.decode_reply(body, id, read); }, as_it_is,
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        codec.encode_reply(read, id, framed);
        encoded = unframed(framed, *given.frame);
      });
  check_foreign_reply<Codec, wr::lightpush_reply>(given.body, id);
}

void request_of_peer_exchange(const choice& given) {
  check<ww::peer_exchange_codec, ws::peer_exchange_request>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode_request(body, read); }, as_it_is,
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        codec.encode_request(read, framed);
        encoded = unframed(framed, *given.frame);
      });
}
void reply_of_peer_exchange(const choice& given) {
  check<ww::peer_exchange_codec, ws::peer_exchange_reply>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode_reply(body, read); }, as_it_is,
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        codec.encode_reply(read, framed);
        encoded = unframed(framed, *given.frame);
      });
}

}  // namespace

void fuzz::message(byte_span bytes) {
  const choice given(bytes, ww::frames::message, ww::frames::message);
  check<ww::message_codec, wr::message>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode(body, read); }, as_it_is,
      [](auto& codec, auto& read, auto& encoded) { codec.encode(read, encoded); });
}

void fuzz::relay(byte_span bytes) {
  const choice given(bytes, ww::frames::relay, ww::frames::relay);
  const auto decode = [](ww::relay_codec& codec, byte_span body, publications& read) {
    read.all.clear();
    return codec.decode<wr::message>(
        body,
        [&](std::string_view topic, const wr::message& m, byte_span data) {
          demand(data.size() <= most.message_bytes, "relayed data is within its limit");
          read.all.emplace_back(topic, m);
        },
        [](const ww::rejection& why, byte_span data) {
          demand_typed(why, ww::frames::relay);
          demand(data.size() <= ww::frame_limit(ww::frames::relay, most), "what is told came in the frame");
        });
  };
  // A publication has a frame of its own; what stands in several frames may stand in one.
  check<ww::relay_codec, publications>(given.body, *given.frame, decode, as_it_is,
                                       [&](auto& codec, auto& read, auto& encoded) {
                                         for (const auto& [topic, m] : read.all) {
                                           ww::byte_buffer framed;
                                           codec.encode(topic, m, framed);
                                           const ww::byte_buffer one = unframed(framed, *given.frame);
                                           encoded.insert(encoded.end(), one.begin(), one.end());
                                         }
                                       });
}

void fuzz::store(byte_span bytes) {
  const choice given(bytes, ww::frames::store_request, ww::frames::store_reply);
  given.reads_reply ? reply_of_store(given) : request_of_store(given);
}
void fuzz::legacy_store(byte_span bytes) {
  const choice given(bytes, ww::frames::legacy_store_request, ww::frames::legacy_store_reply);
  given.reads_reply ? reply_of_legacy_store(given) : request_of_legacy_store(given);
}
void fuzz::filter(byte_span bytes) {
  const choice given(bytes, ww::frames::filter_request, ww::frames::filter_reply);
  given.reads_reply ? reply_of_filter(given) : request_of_filter(given);
}
void fuzz::filter_push(byte_span bytes) {
  const choice given(bytes, ww::frames::filter_push, ww::frames::filter_push);
  check<ww::filter_push_codec, ww::decoded_filter_push<wr::message>>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode(body, read); },
      [](auto& read) { read.pubsub_topic = read.pubsub_topic.value_or(""); },
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        codec.encode(*read.pubsub_topic, read.message, framed);
        encoded = unframed(framed, *given.frame);
      });
}
void fuzz::lightpush(byte_span bytes) {
  const choice given(bytes, ww::frames::lightpush_request, ww::frames::lightpush_reply);
  given.reads_reply ? reply_of_lightpush<ww::lightpush_codec, wp::LightPushResponse>(given)
                    : request_of_lightpush<ww::lightpush_codec>(given, false);
}
void fuzz::legacy_lightpush(byte_span bytes) {
  const choice given(bytes, ww::frames::legacy_lightpush_request, ww::frames::legacy_lightpush_reply);
  given.reads_reply ? reply_of_lightpush<ww::legacy_lightpush_codec, wp::PushRpc>(given)
                    : request_of_lightpush<ww::legacy_lightpush_codec>(given, true);
}
void fuzz::metadata(byte_span bytes) {
  const choice given(bytes, ww::frames::metadata, ww::frames::metadata);
  check<ww::metadata_codec, ws::metadata>(
      given.body, *given.frame,
      [](auto& codec, byte_span body, auto& read) { return codec.decode(body, read); },
      // A frame is too small for more shards than this, each twice with three bytes.
      [](auto& read) { read.shards.resize(std::min<std::size_t>(read.shards.size(), 140)); },
      [&](auto& codec, auto& read, auto& encoded) {
        ww::byte_buffer framed;
        codec.encode(read, framed);
        encoded = unframed(framed, *given.frame);
      });
}
void fuzz::peer_exchange(byte_span bytes) {
  const choice given(bytes, ww::frames::peer_exchange, ww::frames::peer_exchange);
  given.reads_reply ? reply_of_peer_exchange(given) : request_of_peer_exchange(given);
}
