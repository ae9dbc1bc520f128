// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string_view>

#include <waku/reliability/capability/reply.hpp>

namespace waku::reliability {

/// What the end of one push means for the message and for the node (R19, R20, L1.5).
enum class push_end : std::uint8_t {
  accepted,       ///< and passed on to at least one peer
  no_peers,       ///< the node says that it has nobody to relay to; or it has seen the bytes before (R21)
  proof_refused,  ///< the RLN proof was refused: send again with a fresh one, unless the bytes are out (R21)
  final_refusal,  ///< the message itself is refused: this node will never take it
  node_refusal,   ///< the node refuses for reasons of its own: another may take it
  busy,           ///< too many requests: the node rests, and is not charged
  unknown,        ///< the node may or may not have processed it
  never_sent,     ///< no byte left
};

/// The end of a push, and whether the node is to blame for it.
struct push_verdict {
  push_end end = push_end::unknown;
  bool charge = false;
};

[[nodiscard]] inline push_verdict judge(transport_error error) {
  switch (error) {
    case transport_error::timeout:
    case transport_error::connection_lost:
    case transport_error::empty_reply:
    case transport_error::undecodable_reply: return {push_end::unknown, true};
    case transport_error::dial_failed:
    case transport_error::unsupported_protocol: return {push_end::never_sent, true};
    case transport_error::transport_threw: return {push_end::never_sent, false};
  }
  return {push_end::unknown, false};
}

[[nodiscard]] inline push_verdict judge(const lightpush_reply& reply) {
  namespace status = status_code;
  if (reply.status == status::ok) {
    const bool passed_on = reply.legacy || reply.relay_peer_count.value_or(0) > 0;
    return passed_on ? push_verdict{push_end::accepted, false} : push_verdict{push_end::no_peers, true};
  }
  switch (reply.status) {
    case status::too_many_requests: return {push_end::busy, false};
    case status::unsupported_pubsub_topic: return {push_end::node_refusal, true};
    case status::service_not_available:
    case status::no_peers_to_relay: return {push_end::no_peers, true};
    case status::invalid_message: {
      const bool about_proof = std::string_view(reply.description).find("RLN") != std::string_view::npos;
      return {about_proof ? push_end::proof_refused : push_end::final_refusal, false};
    }
    default: break;
  }
  // A legacy node refuses without a code, also what it has seen before.
  if (reply.legacy) return {push_end::no_peers, true};
  if (reply.status >= 400 && reply.status < 500) return {push_end::final_refusal, false};
  if (reply.status >= 500 && reply.status < 600) return {push_end::node_refusal, true};
  return {push_end::unknown, true};
}

}  // namespace waku::reliability
