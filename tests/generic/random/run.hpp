// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <span>

#include <generic/random/schedule.hpp>

namespace generic::random_schedules {

/// How many of the schedules' programs there are: each takes the seeds of its own remainder.
inline constexpr std::uint64_t parts = 4;

/// Runs the schedules of one part: WAKU_SCHEDULES of all parts together (2,000 if unset), beginning at the
/// seed WAKU_SEED (1 if unset). With WAKU_SEED alone that one schedule is replayed, and WAKU_TRACE=1 prints
/// what happens in it. Each failure prints its seed, what was drawn, and how to replay it. Where all peers run
/// the same software, a tenth of the schedules is run.
void run_schedules(std::uint64_t part, std::span<const policy_case> cases,
                   wr::testing::node_software nodes = wr::testing::node_software::mixed);

}  // namespace generic::random_schedules
