// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/pool/quarantine_pool.hpp>

namespace waku::reliability {

/// One failure and a node is out until discovery reports it again. Only where discovery is steady and nodes
/// are many; the floor still keeps the least bad one.
class strict_pool : public quarantine_pool {
 public:
  bool fail(peer_id peer, steady_time now, pool_options numbers) {
    constexpr auto for_good = std::chrono::hours(24 * 365);
    numbers.first_pause = for_good;
    numbers.longest_pause = for_good;
    return quarantine_pool::fail(peer, now, numbers);
  }
};

}  // namespace waku::reliability
