// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/policy_cases.hpp>
#include <generic/policy_sets.hpp>

namespace generic {

std::span<const policy_case> plain_nodes() {
  static const policy_case cases[] = {
      case_of<standard_sets::minimal>("minimal"),
      case_of<standard_sets::store_reader>("store_reader"),
      case_of<standard_sets::sender>("sender"),
  };
  return cases;
}

}  // namespace generic
