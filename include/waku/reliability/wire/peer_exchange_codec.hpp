// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <waku/reliability/service/peer_exchange_service.hpp>
#include <waku/reliability/wire/generated.hpp>

/// Peer exchange (34/WAKU2-PEER-EXCHANGE).
namespace waku::reliability::wire {

/// Encodes and decodes requests for peers and the answers, for clients and servers. Encoding appends one frame;
/// decoding takes what was in a frame. The protocol has no request ids. `Rpc` is a PeerExchangeRPC, ours or
/// yours; a class without the status, which is nwaku's addition, sends none.
template <generated_message Rpc>
class basic_peer_exchange_codec {
 public:
  explicit basic_peer_exchange_codec(const limits& most = {}) : parser_(most) {}

  /// The client's side.
  void encode_request(const services::peer_exchange_request& asked, byte_buffer& target) {
    rpc_.Clear();
    rpc_.mutable_query()->set_num_peers(asked.num_peers);
    append_framed(rpc_, target);
  }
  /// Reads an answer into `target`, whose memory is used again. go-waku's have no status.
  [[nodiscard]] std::optional<rejection> decode_reply(std::span<const std::byte> bytes,
                                                      services::peer_exchange_reply& target) {
    if (auto refused = parser_.parse(bytes, frames::peer_exchange, rpc_)) return refused;
    if (!rpc_.has_response()) return rejection{protocol::peer_exchange, field::response, reason::missing};
    const auto& response = rpc_.response();
    target.status.reset();
    if constexpr (requires { response.has_status_code(); }) {
      if (response.has_status_code()) target.status = response.status_code();
    }
    target.enrs.resize(static_cast<std::size_t>(response.peer_infos_size()));
    auto place = target.enrs.begin();
    for (const auto& peer : response.peer_infos()) {
      const std::span<const std::byte> enr = bytes_of(peer.enr());
      (place++)->assign(enr.begin(), enr.end());
    }
    return std::nullopt;
  }

  /// The server's side. The peer is left as it is; nwaku's requests also hold an empty response, which is ignored.
  [[nodiscard]] std::optional<rejection> decode_request(std::span<const std::byte> bytes,
                                                        services::peer_exchange_request& target) {
    if (auto refused = parser_.parse(bytes, frames::peer_exchange, rpc_)) return refused;
    if (!rpc_.has_query()) return rejection{protocol::peer_exchange, field::query, reason::missing};
    target.num_peers = rpc_.query().num_peers();
    return std::nullopt;
  }
  /// nwaku reads no answer without a query in it.
  void encode_reply(const services::peer_exchange_reply& answer, byte_buffer& target) {
    rpc_.Clear();
    (void)rpc_.mutable_query();
    auto& response = *rpc_.mutable_response();
    for (const std::vector<std::byte>& enr : answer.enrs)
      response.add_peer_infos()->mutable_enr()->assign(text_of(enr));
    if constexpr (requires { response.set_status_code(0U); }) {
      if (answer.status) response.set_status_code(*answer.status);
    }
    append_framed(rpc_, target);
  }

 private:
  checked_parser parser_;
  Rpc rpc_;
};

}  // namespace waku::reliability::wire
