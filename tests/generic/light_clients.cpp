// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/policy_cases.hpp>
#include <generic/policy_sets.hpp>

namespace generic {

std::span<const policy_case> light_clients() {
  static const policy_case cases[] = {
      case_of<standard_sets::light_client>("light_client"),
      case_of<standard_sets::presence_client>("presence_client"),
      case_of<standard_sets::audit_client>("audit_client"),
      case_of<standard_sets::echo_client>("echo_client"),
  };
  return cases;
}

}  // namespace generic
