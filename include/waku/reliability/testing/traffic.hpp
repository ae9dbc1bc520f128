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

  /// One kind of exchange.
  struct flow {
    std::uint64_t requests = 0;    ///< or filter pushes
    std::uint64_t bytes_up = 0;    ///< requests
    std::uint64_t bytes_down = 0;  ///< replies, or filter pushes
    std::uint64_t bytes_lost = 0;  ///< of both: what did not arrive

    flow& operator+=(const flow& other) noexcept {
      requests += other.requests;
      bytes_up += other.bytes_up;
      bytes_down += other.bytes_down;
      bytes_lost += other.bytes_lost;
      return *this;
    }
    friend bool operator==(const flow&, const flow&) = default;
  };

  std::array<flow, kinds> by_kind{};  ///< by operation kind
  flow pushes;                        ///< filter pushes, which answer no request

  [[nodiscard]] flow& of(operation_kind kind) noexcept { return by_kind[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const flow& of(operation_kind kind) const noexcept {
    return by_kind[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::uint64_t count(operation_kind kind) const noexcept { return of(kind).requests; }
  [[nodiscard]] std::uint64_t all_requests() const noexcept {
    std::uint64_t sum = 0;
    for (const flow& each : by_kind) sum += each.requests;
    return sum;
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    std::uint64_t sum = pushes.bytes_up + pushes.bytes_down;
    for (const flow& each : by_kind) sum += each.bytes_up + each.bytes_down;
    return sum;
  }

  traffic& operator+=(const traffic& other) noexcept {
    for (std::size_t kind = 0; kind < kinds; ++kind) by_kind[kind] += other.by_kind[kind];
    pushes += other.pushes;
    return *this;
  }
  friend bool operator==(const traffic&, const traffic&) = default;
};

}  // namespace waku::reliability::testing
