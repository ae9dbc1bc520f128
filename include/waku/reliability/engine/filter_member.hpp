// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <waku/reliability/capability/operation.hpp>
#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/engine/timer.hpp>
#include <waku/reliability/policy/subscription/subscription_policy.hpp>

namespace waku::reliability {

/// One filter node that we are subscribed at, or are about to be, or are leaving.
struct filter_member {
  peer_id peer{};
  std::vector<std::string> installed;  ///< content topics that the node has confirmed, sorted
  std::vector<std::string> asking;     ///< content topics of the request under way
  operation_id request;                ///< SUBSCRIBE or UNSUBSCRIBE under way, none if zero
  operation_id ping;                   ///< SUBSCRIBER_PING under way, none if zero
  subscription_failures failures;
  std::uint32_t pauses = 0;  ///< rate limits in a row
  steady_time next_request = steady_time::min();
  steady_time last_good{};   ///< the latest good SUBSCRIBE or ping, once there was one
  timer_ticket request_timer;
  timer_ticket ping_timer;
  timer_ticket refresh_timer;
  bool subscribed_once = false;  ///< the full set was installed at least once
  bool healthy = false;          ///< the latest SUBSCRIBE or ping was good
  bool leaving = false;          ///< only UNSUBSCRIBE is still sent
  bool given_up = false;         ///< a failed SUBSCRIBE that the policies do not mend
};

}  // namespace waku::reliability
