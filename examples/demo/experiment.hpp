// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <vector>

#include <waku/reliability/testing/fault_options.hpp>
#include <waku/reliability/testing/service_profile.hpp>

#include "line_message.hpp"

namespace demo {

namespace wt = waku::reliability::testing;

/// What every row of the table is run with.
struct experiment {
  std::vector<line_message> lines;  ///< line n carries the number n
  std::uint64_t seed = 1;
  std::uint32_t receivers = 20;
  wt::fault_level faults = wt::fault_level::mild;
  wt::node_software nodes = wt::node_software::mixed;
};

}  // namespace demo
