// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <variant>

#include <waku/reliability/engine/outcome.hpp>

namespace live_light_client {

/// What became of the lines, and what came from others.
struct counts {
  std::uint64_t published = 0;  ///< taken by the node; each gets one verdict
  std::uint64_t refused = 0;    ///< not taken: too large
  std::uint64_t confirmed = 0;
  std::uint64_t unconfirmed = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t received = 0;

  void add(const waku::reliability::outcome& end) {
    std::uint64_t* const by_kind[] = {&confirmed, &unconfirmed, &failed, &cancelled};
    ++*by_kind[end.index()];
  }
};

}  // namespace live_light_client
