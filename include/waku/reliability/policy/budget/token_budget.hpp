// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <optional>

#include <waku/reliability/policy/budget/budget_policy.hpp>

namespace waku::reliability {

/// Two token buckets, of bytes and of requests, that fan-out, retransmissions, queries and hedges share. A
/// request passes while both hold a token; its bytes may overdraw, so that a large message is not stuck.
class token_budget {
 public:
  static constexpr slot fills = slot::budget;

  [[nodiscard]] constexpr bool take(std::size_t bytes, steady_time now, const budget_options& numbers) {
    refill(now, numbers);
    if (bytes_ <= 0.0 || requests_ < 1.0) return false;
    bytes_ -= static_cast<double>(bytes);
    requests_ -= 1.0;
    return true;
  }

 private:
  constexpr void refill(steady_time now, const budget_options& numbers) {
    if (!refilled_) {
      bytes_ = numbers.bytes_burst;
      requests_ = numbers.requests_burst;
    } else if (now > *refilled_) {
      const double seconds = seconds_of(now - *refilled_);
      bytes_ = lower_of(numbers.bytes_burst, bytes_ + seconds * numbers.bytes_per_second);
      requests_ = lower_of(numbers.requests_burst, requests_ + seconds * numbers.requests_per_second);
    }
    if (!refilled_ || now > *refilled_) refilled_ = now;
  }
  static constexpr double lower_of(double left, double right) { return left < right ? left : right; }

  double bytes_ = 0.0;
  double requests_ = 0.0;
  std::optional<steady_time> refilled_;
};

}  // namespace waku::reliability
