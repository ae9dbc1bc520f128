// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/service/request_meter.hpp>

namespace waku::reliability::services {

/// Ask a node for peers that it has found (34/WAKU2-PEER-EXCHANGE).
struct peer_exchange_request {
  peer_id peer{};               ///< the client
  std::uint64_t num_peers = 5;  ///< how many it wants at most
};

/// A node's answer. An ENR is raw bytes, as its RLP encoding has it.
struct peer_exchange_reply {
  std::optional<std::uint32_t> status{};  ///< 200 or 429; go-waku and the text have none
  std::vector<std::vector<std::byte>> enrs{};
};

/// The server's side of peer exchange: keeps the newest ENRs that ambient discovery has brought, and gives each
/// client some of them at random. What clients tell is never given to others.
class peer_exchange_service {
 public:
  /// The seed should be random for each node, so that nobody knows which peers are given.
  explicit peer_exchange_service(profile own, std::uint64_t seed) : profile_(std::move(own)), random_(seed) {}

  /// Discovery found a node. Found again, it counts as new; when the list is full, the one found longest ago
  /// leaves. False for an ENR that is empty or too long to be one. O(ENRs kept).
  bool discovered(std::span<const std::byte> enr) {
    if (enr.empty() || enr.size() > enr_bytes_max || profile_.exchange_kept_max == 0) return false;
    lost(enr);
    if (kept_.size() >= profile_.exchange_kept_max) kept_.erase(kept_.begin());
    kept_.emplace_back(enr.begin(), enr.end());
    return true;
  }
  /// A node turned out to be gone, or its ENR was replaced. False if it was not kept.
  bool lost(std::span<const std::byte> enr) {
    const auto same = [&](const std::vector<std::byte>& each) {
      return std::equal(each.begin(), each.end(), enr.begin(), enr.end());
    };
    return std::erase_if(kept_, same) != 0;
  }

  /// So many ENRs as were asked for, at most as the profile allows, each at most once, in random order: 200, also
  /// when there is none to give. Over the rate 429, or no answer and a stream that is reset: nullopt.
  /// O(ENRs kept).
  std::optional<peer_exchange_reply> answer(const peer_exchange_request& request, steady_time now) {
    peer_exchange_reply given;
    if (!meter_.allow(request.peer, profile_.exchange_rate, now)) {
      if (!profile_.exchange_status) return std::nullopt;
      given.status = status_code::too_many_requests;
      return given;
    }
    if (profile_.exchange_status) given.status = status_code::ok;
    std::uint64_t wanted = std::min<std::uint64_t>(request.num_peers, profile_.exchange_given_max);
    wanted = std::min<std::uint64_t>(wanted, kept_.size());
    // The first places of a shuffle.
    std::vector<std::size_t> order(kept_.size());
    for (std::size_t place = 0; place < order.size(); ++place) order[place] = place;
    for (std::size_t place = 0; place < wanted; ++place) {
      std::swap(order[place], order[place + random_.below(order.size() - place)]);
      given.enrs.push_back(kept_[order[place]]);
    }
    return given;
  }
  /// Whether a request of the client would be over its rate, so that a host need not read it. It is not counted:
  /// answer() does that.
  [[nodiscard]] bool over_rate(peer_id client, steady_time now) {
    return meter_.is_over(client, profile_.exchange_rate, now);
  }
  /// A request of the client could not be read, and counts like any other.
  void count_unread(peer_id client, steady_time now) {
    static_cast<void>(meter_.allow(client, profile_.exchange_rate, now));
  }
  /// The ENRs kept.
  [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }

 private:
  static constexpr std::size_t enr_bytes_max = 300;  // as EIP-778 has it

  profile profile_;
  random_source random_;
  request_meter meter_;
  std::vector<std::vector<std::byte>> kept_;  // the one found longest ago first
};

}  // namespace waku::reliability::services
