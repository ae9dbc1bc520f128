// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <waku/reliability/service/peer_exchange_service.hpp>
#include <waku/reliability/testing/frame_size.hpp>

#include <midscale/network/frame.hpp>

/// How many bytes peer exchange (34/WAKU2-PEER-EXCHANGE) takes on a connection that stands. As in network/frame.hpp,
/// TCP and IP are not counted.
namespace midscale::peer_exchange_frame {

namespace size = waku::reliability::testing::frame_size;

inline constexpr std::string_view multistream = "/multistream/1.0.0\n";
inline constexpr std::string_view protocol = "/vac/waku/peer-exchange/2.0.0-alpha1\n";

/// What either side says until a new stream speaks the protocol (multistream-select), and to close its end of it.
[[nodiscard]] constexpr std::size_t stream() noexcept {
  constexpr std::size_t closing = frame::yamux_header + frame::noise_length + frame::noise_tag;
  return frame::on_the_wire(multistream.size()) + frame::on_the_wire(protocol.size()) + closing;
}
/// PeerExchangeRPC.query, as wire/peer_exchange_codec.hpp encodes it.
[[nodiscard]] constexpr std::size_t request(std::uint64_t peers) noexcept {
  return stream() + frame::on_the_wire(size::text(1, size::number(1, peers)));
}
/// PeerExchangeRPC.response beside an empty query, likewise.
[[nodiscard]] inline std::size_t reply(const waku::reliability::services::peer_exchange_reply& answer) {
  std::size_t response = 0;
  for (const auto& each : answer.enrs) response += size::text(1, size::text(1, each.size()));
  if (answer.status) response += size::number(10, *answer.status);
  return stream() + frame::on_the_wire(size::text(1, 0) + size::text(2, response));
}

}  // namespace midscale::peer_exchange_frame
