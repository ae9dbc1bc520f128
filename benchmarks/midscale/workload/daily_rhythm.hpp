// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include <waku/reliability/core/instant.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// How lively people are in each hour of the day, in per cent of the day's mean. This is our assumption: the rhythm of
/// the Status application is published nowhere. It has the form that is usual for chats: a trough before dawn, a
/// plateau over the working day, and a peak in the evening.
constexpr std::array<int, 24> hourly_activity{60,  40,  25,  20,  20,  25,  45,  70,  95,  110, 115, 120,
                                              120, 115, 115, 115, 120, 130, 145, 165, 180, 190, 160, 100};

/// The activity at a time since a midnight, as a factor of the day's mean.
[[nodiscard]] constexpr double activity_at(wr::duration since_midnight) {
  const auto hour = std::chrono::floor<std::chrono::hours>(since_midnight).count() % 24;
  return hourly_activity[static_cast<std::size_t>(hour < 0 ? hour + 24 : hour)] / 100.0;
}

}  // namespace midscale
