// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>

#include <waku/reliability/adapter/rest/options.hpp>

namespace rest_bench {

/// For tests, where nobody waits half a minute to see that a node is gone.
inline waku::reliability::rest_options quick_numbers() {
  using std::chrono::milliseconds;
  waku::reliability::rest_options numbers;
  numbers.health_interval = milliseconds(20);
  numbers.return_wait_first = milliseconds(5);
  numbers.return_wait_max = milliseconds(20);
  numbers.read_interval_min = milliseconds(2);
  numbers.read_interval_max = milliseconds(20);
  return numbers;
}

}  // namespace rest_bench
