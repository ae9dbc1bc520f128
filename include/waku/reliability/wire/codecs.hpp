// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/wire/proto/filter.pb.h>
#include <waku/reliability/wire/proto/legacy_lightpush.pb.h>
#include <waku/reliability/wire/proto/legacy_store.pb.h>
#include <waku/reliability/wire/proto/lightpush.pb.h>
#include <waku/reliability/wire/proto/message.pb.h>
#include <waku/reliability/wire/proto/metadata.pb.h>
#include <waku/reliability/wire/proto/peer_exchange.pb.h>
#include <waku/reliability/wire/proto/relay.pb.h>
#include <waku/reliability/wire/proto/store.pb.h>
#include <waku/reliability/wire/filter_codec.hpp>
#include <waku/reliability/wire/legacy_lightpush_codec.hpp>
#include <waku/reliability/wire/legacy_store_codec.hpp>
#include <waku/reliability/wire/lightpush_codec.hpp>
#include <waku/reliability/wire/message_codec.hpp>
#include <waku/reliability/wire/metadata_codec.hpp>
#include <waku/reliability/wire/peer_exchange_codec.hpp>
#include <waku/reliability/wire/relay_codec.hpp>
#include <waku/reliability/wire/store_codec.hpp>

/// The codecs over the library's own schemas, whose classes waku_reliability_generate_wire(<target>) makes. Those
/// who have generated Waku classes already use the templates instead, and need not include this.
namespace waku::reliability::wire {

/// WakuMessage by itself.
using message_codec = basic_message_codec<proto::WakuMessage>;
/// Publications in gossipsub's RPCs.
using relay_codec = basic_relay_codec<proto::RPC, proto::WakuMessage>;
/// Store v3.
using store_codec = basic_store_codec<proto::StoreQueryRequest, proto::StoreQueryResponse>;
/// Store 2.0.0-beta4.
using legacy_store_codec = basic_legacy_store_codec<proto::HistoryRPC>;
/// Filter requests and replies.
using filter_codec = basic_filter_codec<proto::FilterSubscribeRequest, proto::FilterSubscribeResponse>;
/// What filter nodes push.
using filter_push_codec = basic_filter_push_codec<proto::MessagePush>;
/// Lightpush v3.
using lightpush_codec = basic_lightpush_codec<proto::LightPushRequest, proto::LightPushResponse>;
/// Lightpush 2.0.0-beta1.
using legacy_lightpush_codec = basic_legacy_lightpush_codec<proto::PushRpc>;
/// Metadata.
using metadata_codec = basic_metadata_codec<proto::WakuMetadataRequest>;
/// Peer exchange.
using peer_exchange_codec = basic_peer_exchange_codec<proto::PeerExchangeRPC>;

/// These codecs as basic_client and basic_server take them.
struct own_codecs {
  using store = store_codec;
  using legacy_store = legacy_store_codec;
  using filter = filter_codec;
  using filter_push = filter_push_codec;
  using lightpush = lightpush_codec;
  using legacy_lightpush = legacy_lightpush_codec;
  using metadata = metadata_codec;
  using peer_exchange = peer_exchange_codec;
};

}  // namespace waku::reliability::wire
