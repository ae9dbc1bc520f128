// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/testing/latency.hpp>

namespace waku::reliability::testing {

/// How a simulated service node behaves: as its profile says, and so long it works on what it is asked.
struct service_profile : services::profile {
  latency lightpush_work{std::chrono::milliseconds(5), std::chrono::milliseconds(20),
                         std::chrono::seconds(5)};
  latency filter_work{std::chrono::milliseconds(2), std::chrono::milliseconds(5), std::chrono::seconds(5)};
  latency store_work{std::chrono::milliseconds(40), std::chrono::milliseconds(200), std::chrono::seconds(8)};
  latency archive_delay{std::chrono::milliseconds(50), std::chrono::milliseconds(400),
                        std::chrono::seconds(5)};
};

/// A current nwaku node with everything on.
[[nodiscard]] inline service_profile nwaku_profile() { return {services::nwaku_profile()}; }

/// A go-waku node: legacy lightpush and filter at one request a second, no store, and OK for repeated bytes.
[[nodiscard]] inline service_profile go_waku_profile() { return {services::go_waku_profile()}; }

/// An older node whose only store is the legacy one.
[[nodiscard]] inline service_profile legacy_store_profile() { return {services::legacy_store_profile()}; }

}  // namespace waku::reliability::testing
