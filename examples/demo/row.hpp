// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/testing/fault_kind.hpp>

#include "line_message.hpp"
#include "strategies.hpp"

namespace demo {

namespace wt = waku::reliability::testing;

/// One row of the table, and what it takes to judge it.
struct row {
  std::string strategy;
  std::uint64_t reached_network = 0;  ///< lines
  std::uint64_t delivered = 0;        ///< lines, summed over the receivers
  std::uint64_t wrong_verdicts = 0;
  std::uint64_t gave_up = 0;
  std::uint64_t duplicates_shown = 0;
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
  wr::duration p50{};
  wr::duration p99{};
  bool complete = false;                      ///< every receiver holds every line that it must
  std::vector<std::uint64_t> not_in_network;  ///< lines
  std::vector<std::pair<std::uint32_t, std::uint64_t>> lacking;  ///< receiver and line that is in the network
  std::uint32_t receivers_in_order = 0;                          ///< to whom the lines came in order
  wt::fault_tally faults;
  policy_acts acts;
};

}  // namespace demo
