// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <waku/reliability/capability/operation.hpp>

namespace waku::reliability::testing {

/// What went over the links between clients and service nodes. Lost frames count, since they were sent;
/// what never left (nobody to connect to) counts as a request without bytes.
struct traffic {
  static constexpr std::size_t kinds = static_cast<std::size_t>(operation_kind::store_query) + 1;

  std::array<std::uint64_t, kinds> requests{};  ///< by operation kind
  std::uint64_t bytes_up = 0;                   ///< requests
  std::uint64_t bytes_down = 0;                 ///< replies and filter pushes
  std::uint64_t pushes = 0;                     ///< filter pushes

  [[nodiscard]] std::uint64_t count(operation_kind kind) const noexcept {
    return requests[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::uint64_t all_requests() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t each : requests) sum += each;
    return sum;
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_up + bytes_down; }

  traffic& operator+=(const traffic& other) noexcept {
    for (std::size_t kind = 0; kind < kinds; ++kind) requests[kind] += other.requests[kind];
    bytes_up += other.bytes_up;
    bytes_down += other.bytes_down;
    pushes += other.pushes;
    return *this;
  }
  friend bool operator==(const traffic&, const traffic&) = default;
};

}  // namespace waku::reliability::testing
