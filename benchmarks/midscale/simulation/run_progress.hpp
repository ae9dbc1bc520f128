// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <functional>

namespace midscale {

/// Told how much of a run is over, 0 to 1, some hundred times.
using run_progress = std::function<void(double share)>;

}  // namespace midscale
