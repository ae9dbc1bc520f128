// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <cstddef>

#include <allocations.hpp>

namespace {

const engine_workload::entry entered("waku");

}  // namespace

std::size_t engine_workload::allocations() { return ::allocations; }
