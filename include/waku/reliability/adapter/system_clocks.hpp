// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>

#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// The machine's two clocks, read one after the other, for hosts of one's own; those of the library's adapters
/// read them by themselves.
[[nodiscard]] inline instant read_clocks() {
  using std::chrono::duration_cast;
  return {steady_time(duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())),
          wall_time(duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch()))};
}

}  // namespace waku::reliability
