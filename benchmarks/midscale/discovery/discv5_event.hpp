// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>

namespace midscale {

/// What happens among the discv5 nodes: packets that come, and what nodes do by themselves.
struct discv5_event {
  enum class kind : std::uint8_t {
    request,    ///< with its message, or noise where the sender has no session
    challenge,  ///< WHOAREYOU
    handshake,  ///< the request again, with a new key
    answer,
    part,     ///< an answer of which packets are missing
    settled,  ///< nobody waits for those any longer
    stray,    ///< WHOAREYOU for an answer, which nobody heeds
    timeout,  ///< of a request
    start,    ///< a node, or its new life
    leave,
    search,      ///< a look-up begins
    taken,       ///< what a walk found has been taken
    revalidate,  ///< a PING to one of the table
  };

  kind what;
  std::uint32_t node = 0;   ///< of what is not about a request
  std::uint32_t which = 0;  ///< the request, or the node's life
  std::uint32_t bytes = 0;  ///< of the packets
};

}  // namespace midscale
