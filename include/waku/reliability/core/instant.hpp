// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace waku::reliability {

/// Every length of time inside the library, in nanoseconds.
using duration = std::chrono::nanoseconds;

/// A length of time in seconds, for rates.
[[nodiscard]] constexpr double seconds_of(duration length) {
  return static_cast<double>(length.count()) / 1e9;
}

/// Tag clock of the steady times that a host hands in. It has no now(): the library never reads a clock. For the
/// machine's there is read_clocks() in adapter/system_clocks.hpp.
struct steady_timeline {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<steady_timeline>;
  static constexpr bool is_steady = true;
};

/// A point on the host's monotonic clock; its zero is the host's choice. Deadlines live on it.
using steady_time = steady_timeline::time_point;

/// A point in Unix time, in nanoseconds. Message timestamps and store windows live on it.
using wall_time = std::chrono::time_point<std::chrono::system_clock, duration>;

/// True when two Unix times are more than `most` apart, whichever comes first. They may be any, as those are that
/// others tell: nothing overflows. No two are more than duration::max() apart.
[[nodiscard]] constexpr bool apart_by_more_than(duration most, wall_time one, wall_time other) {
  if (most == duration::max()) return false;
  // Unsigned numbers have room for every difference.
  const auto left = static_cast<std::uint64_t>(one.time_since_epoch().count());
  const auto right = static_cast<std::uint64_t>(other.time_since_epoch().count());
  const std::uint64_t between = one < other ? right - left : left - right;
  return most < duration::zero() || between > static_cast<std::uint64_t>(most.count());
}

/// The two clocks read at one moment. Deadlines use the steady one, so a wall clock that is set
/// forward or back neither fires nor delays them.
struct instant {
  steady_time steady{};
  wall_time wall{};

  friend constexpr bool operator==(const instant&, const instant&) = default;

  /// The instant `by` later, for a wall clock that keeps pace with the steady one.
  [[nodiscard]] friend constexpr instant operator+(instant at, duration by) {
    return {at.steady + by, at.wall + by};
  }
};

}  // namespace waku::reliability
