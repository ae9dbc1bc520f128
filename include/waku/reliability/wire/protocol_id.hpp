// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <optional>
#include <string_view>

#include <waku/reliability/wire/error.hpp>
#include <waku/reliability/wire/schema.hpp>

/// The names by which streams are opened, and the frames that go over them.
namespace waku::reliability::wire {

/// The libp2p protocol id; empty for `message`, which is no protocol.
[[nodiscard]] constexpr std::string_view id_of(protocol spoken) noexcept {
  switch (spoken) {
    case protocol::message: return {};
    case protocol::relay: return "/vac/waku/relay/2.0.0";
    case protocol::store: return "/vac/waku/store-query/3.0.0";
    case protocol::legacy_store: return "/vac/waku/store/2.0.0-beta4";
    case protocol::filter: return "/vac/waku/filter-subscribe/2.0.0-beta1";
    case protocol::filter_push: return "/vac/waku/filter-push/2.0.0-beta1";
    case protocol::lightpush: return "/vac/waku/lightpush/3.0.0";
    case protocol::legacy_lightpush: return "/vac/waku/lightpush/2.0.0-beta1";
    case protocol::metadata: return "/vac/waku/metadata/1.0.0";
    case protocol::peer_exchange: return "/vac/waku/peer-exchange/2.0.0-alpha1";
  }
  return {};
}

/// The protocol of an id, which must be exactly that; nothing for ids that are none of these.
[[nodiscard]] constexpr std::optional<protocol> protocol_of(std::string_view id) noexcept {
  for (const protocol each :
       {protocol::relay, protocol::store, protocol::legacy_store, protocol::filter, protocol::filter_push,
        protocol::lightpush, protocol::legacy_lightpush, protocol::metadata, protocol::peer_exchange}) {
    if (id_of(each) == id) return each;
  }
  return std::nullopt;
}

/// What whoever opens a stream sends on it. For filter-push that is the node.
[[nodiscard]] constexpr const frame_rule& request_frame(protocol spoken) noexcept {
  switch (spoken) {
    case protocol::message: return frames::message;
    case protocol::relay: return frames::relay;
    case protocol::store: return frames::store_request;
    case protocol::legacy_store: return frames::legacy_store_request;
    case protocol::filter: return frames::filter_request;
    case protocol::filter_push: return frames::filter_push;
    case protocol::lightpush: return frames::lightpush_request;
    case protocol::legacy_lightpush: return frames::legacy_lightpush_request;
    case protocol::metadata: return frames::metadata;
    case protocol::peer_exchange: return frames::peer_exchange;
  }
  return frames::message;
}

/// What comes back. Relay and filter-push have no replies.
[[nodiscard]] constexpr const frame_rule& reply_frame(protocol spoken) noexcept {
  assert(spoken != protocol::message && spoken != protocol::relay && spoken != protocol::filter_push);
  switch (spoken) {
    case protocol::store: return frames::store_reply;
    case protocol::legacy_store: return frames::legacy_store_reply;
    case protocol::filter: return frames::filter_reply;
    case protocol::lightpush: return frames::lightpush_reply;
    case protocol::legacy_lightpush: return frames::legacy_lightpush_reply;
    default: return request_frame(spoken);
  }
}

}  // namespace waku::reliability::wire
