// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <users.pb.h>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/hex.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/frame.hpp>

#include "hex.hpp"

/// The codecs over our classes and over those of a user, whose demanded fields have no presence: what they send
/// must be the same bytes, but for the order of fields.
namespace codec_families {

namespace wr = waku::reliability;
namespace ww = wr::wire;

struct own {
  using message = ww::message_codec;
  using store = ww::store_codec;
  using legacy_store = ww::legacy_store_codec;
  using filter = ww::filter_codec;
  using filter_push = ww::filter_push_codec;
  using lightpush = ww::lightpush_codec;
  using legacy_lightpush = ww::legacy_lightpush_codec;
  using peer_exchange = ww::peer_exchange_codec;
};

struct users {
  using message = ww::basic_message_codec<::waku::users::v1::WakuMessage>;
  using store =
      ww::basic_store_codec<::waku::users::v1::StoreQueryRequest, ::waku::users::v1::StoreQueryResponse>;
  using legacy_store = ww::basic_legacy_store_codec<::waku::users::v1::HistoryRPC>;
  using filter = ww::basic_filter_codec<::waku::users::v1::FilterSubscribeRequest,
                                        ::waku::users::v1::FilterSubscribeResponse>;
  using filter_push = ww::basic_filter_push_codec<::waku::users::v1::MessagePush>;
  using lightpush =
      ww::basic_lightpush_codec<::waku::users::v1::LightPushRequest, ::waku::users::v1::LightPushResponse>;
  using legacy_lightpush = ww::basic_legacy_lightpush_codec<::waku::users::v1::PushRpc>;
  using peer_exchange = ww::basic_peer_exchange_codec<::waku::users::v1::PeerExchangeRPC>;
};

/// What is in the only frame of some bytes.
inline ww::byte_buffer body_of(const ww::byte_buffer& framed) {
  ww::frame_reader reader(ww::protocol::message, framed.size());
  reader.feed(framed);
  const auto frame = reader.next();
  REQUIRE(frame);
  ww::byte_buffer body(frame->begin(), frame->end());
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.finish());
  return body;
}

/// What a client sends to have a message relayed, with the request id r1.
template <class Codec>
ww::byte_buffer push_request(Codec& codec, std::string_view pubsub_topic, const wr::message& m) {
  const wr::message_hash hash;
  ww::byte_buffer sent;
  codec.encode_request(wr::lightpush_request<wr::message>{{}, {}, pubsub_topic, m, hash}, "r1", sent);
  return body_of(sent);
}

/// The rejection that was expected, as a sentence that a failed test shows.
inline std::string said(const std::optional<ww::rejection>& refused) {
  return refused ? ww::describe(*refused) : "accepted";
}

/// The scan refuses a request of the id "id" with this sentence: the id is told, and nothing of it is left after the
/// next request.
template <class Codec, class Request>
void check_refused_with_id(std::string_view hex, std::string_view sentence) {
  Codec codec;
  Request read;
  REQUIRE(said(codec.decode_request(bytes_from_hex(hex), read)) == sentence);
  CHECK(read.request_id == "id");
  REQUIRE(codec.decode_request({}, read));
  CHECK(read.request_id.empty());
}

inline std::vector<std::byte> bytes_of_text(std::string_view text) {
  const auto bytes = ww::bytes_of(text);
  return {bytes.begin(), bytes.end()};
}

inline wr::message sample_message() {
  wr::message m;
  m.payload = bytes_from_hex("010203045445535405060708");
  m.content_topic = "/toychat/2/huilong/proto";
  m.timestamp = 1'681'964'442'000'000'000;
  return m;
}
inline wr::message full_message() {
  wr::message m = sample_message();
  m.version = 1;
  m.meta = bytes_from_hex("73757065722d736563726574");
  m.rate_limit_proof = bytes_from_hex("0a02aabb");
  m.ephemeral = true;
  return m;
}
inline constexpr std::string_view sample_message_hex =
    "0a0c01020304544553540506070812182f746f79636861742f322f6875696c6f6e672f70726f746f508090fca3f4efc4d72e";

inline wr::message_hash hash_with(std::byte first) {
  wr::message_hash hash;
  hash.bytes[0] = first;
  hash.bytes[31] = std::byte{9};
  return hash;
}

}  // namespace codec_families
