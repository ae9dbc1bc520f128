// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>

#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// Names one deadline of a deadline_wheel. It stays safe to use after the deadline fired or was cancelled: then
/// it names nothing.
struct deadline_ticket {
  static constexpr std::uint32_t none = 0xffffffffU;

  std::uint32_t slot = none;
  std::uint32_t generation = 0;

  /// True for a ticket that arm() gave and cancel() did not take back. armed() tells whether it still counts.
  explicit operator bool() const noexcept { return slot != none; }
  friend bool operator==(const deadline_ticket&, const deadline_ticket&) = default;
};

/// A deadline of a deadline_wheel that is only ever brought forward: arm_by().
struct planned_deadline {
  deadline_ticket ticket;
  steady_time at{};  ///< when it fires, while the ticket is armed
};

}  // namespace waku::reliability
