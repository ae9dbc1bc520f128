// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>

namespace waku::reliability {

/// The places of a policy set. Each policy says by `static constexpr slot fills` where it belongs.
enum class slot : std::uint8_t {
  publish_route,
  receive_route,
  pool,
  redundancy,
  retransmit,
  confirmation,
  recovery,
  cadence,
  subscription,
  budget,
  observer,
};

/// A type that says which slot it fills. The engine makes its own value of each, so that all but observers
/// are default-constructible.
template <class Policy>
concept policy = requires {
  { Policy::fills } -> std::same_as<const slot&>;
};

}  // namespace waku::reliability
