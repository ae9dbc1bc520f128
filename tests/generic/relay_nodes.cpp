// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/policy_cases.hpp>
#include <generic/policy_sets.hpp>

namespace generic {

std::span<const policy_case> relay_nodes() {
  static const policy_case cases[] = {
      case_of<standard_sets::relay_node>("relay_node"),
      case_of<standard_sets::relay_with_store>("relay_with_store"),
      case_of<standard_sets::echoed_relay>("echoed_relay"),
      case_of<standard_sets::mixed_node>("mixed_node"),
  };
  return cases;
}

}  // namespace generic
