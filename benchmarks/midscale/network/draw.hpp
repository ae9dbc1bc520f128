// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>

#include <waku/reliability/core/random.hpp>

namespace midscale {

/// A number below a bound, without a division: upper bits of a product (Lemire, 2019). Each is as likely as the others
/// but for one part in 2^32 / bound.
[[nodiscard]] constexpr std::uint32_t draw_below(waku::reliability::random_source& random,
                                                 std::uint32_t bound) noexcept {
  return static_cast<std::uint32_t>((random.next() >> 32U) * bound >> 32U);
}

}  // namespace midscale
