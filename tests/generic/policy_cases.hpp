// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <span>

#include <generic/driven_node.hpp>

/// The policy sets of policy_sets.hpp as values. Each group is compiled in a source of its own.
namespace generic {

std::span<const policy_case> light_clients();
std::span<const policy_case> relay_nodes();
std::span<const policy_case> mixed_clients();
std::span<const policy_case> plain_nodes();

}  // namespace generic
