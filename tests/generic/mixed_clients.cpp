// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/policy_cases.hpp>
#include <generic/policy_sets.hpp>

namespace generic {

std::span<const policy_case> mixed_clients() {
  static const policy_case cases[] = {
      case_of<standard_sets::cautious_client>("cautious_client"),
      case_of<standard_sets::thrifty_client>("thrifty_client"),
      case_of<standard_sets::defaults>("defaults"),
  };
  return cases;
}

}  // namespace generic
