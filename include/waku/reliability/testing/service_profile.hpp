// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

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

/// A go-waku node with the legacy store, of a time when these had one.
[[nodiscard]] inline service_profile go_waku_store_profile() { return {services::go_waku_store_profile()}; }

/// An older node whose only store is the legacy one.
[[nodiscard]] inline service_profile legacy_store_profile() { return {services::legacy_store_profile()}; }

/// Which programs the service nodes of a network run.
enum class node_software : std::uint8_t {
  mixed,    ///< as in a public network: every fifth is go-waku without a store, the rest are nwaku
  nwaku,    ///< all are nwaku, whose store is v3
  go_waku,  ///< all are go-waku, whose store is the legacy one
};

/// Its name as on a command line: mixed, nwaku or go-waku.
[[nodiscard]] constexpr std::string_view name_of(node_software software) noexcept {
  return software == node_software::mixed ? "mixed" : software == node_software::nwaku ? "nwaku" : "go-waku";
}
/// The software of that name, or nothing.
[[nodiscard]] constexpr std::optional<node_software> node_software_named(std::string_view name) noexcept {
  for (const node_software each : {node_software::mixed, node_software::nwaku, node_software::go_waku}) {
    if (name_of(each) == name) return each;
  }
  return std::nullopt;
}

/// So many service nodes that run it.
[[nodiscard]] inline std::vector<service_profile> services_of(node_software software,
                                                              std::uint32_t count = 10) {
  std::vector<service_profile> profiles;
  for (std::uint32_t node = 0; node < count; ++node) {
    if (software == node_software::go_waku) {
      profiles.push_back(go_waku_store_profile());
    } else if (software == node_software::mixed && node % 5 == 4) {
      profiles.push_back(go_waku_profile());
    } else {
      profiles.push_back(nwaku_profile());
    }
  }
  return profiles;
}

}  // namespace waku::reliability::testing
