// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>

#include <waku/reliability/cache/deadline_wheel.hpp>

namespace waku::reliability {

/// What a deadline is for.
enum class timer_kind : std::uint8_t {
  operation_timeout,   ///< detail: operation id
  message_deadline,    ///< place: buffer slot
  message_transmit,    ///< place: buffer slot
  message_hedge,       ///< place: buffer slot
  waiting_messages,    ///< place: topic
  confirmation_round,  ///< place: topic
  audit_round,         ///< place: topic
  lookups,             ///< place: topic
  query_start,         ///< place: query
  subscriptions,       ///< place: topic
  member_request,      ///< place: topic, detail: peer
  member_ping,         ///< place: topic, detail: peer
  member_refresh,      ///< place: topic, detail: peer
};

/// A deadline's key in the wheel.
struct timer {
  timer_kind kind{};
  std::uint32_t place = 0;
  std::uint64_t detail = 0;
};

using timer_wheel = deadline_wheel<timer>;
using timer_ticket = deadline_ticket;
using planned_timer = planned_deadline;

}  // namespace waku::reliability
