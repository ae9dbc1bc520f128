// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/outcome.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <type_traits>
#include <variant>

namespace outcome_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("an outcome is one of four, and its reason is a type") {
  static_assert(std::variant_size_v<wr::outcome> == 4);
  const wr::outcome end = wr::unconfirmed{wr::unconfirmed_why::deadline, static_cast<wr::peer_id>(3)};
  CHECK(std::holds_alternative<wr::unconfirmed>(end));
  CHECK(std::get<wr::unconfirmed>(end).accepted_by == static_cast<wr::peer_id>(3));
}

TEST_CASE("outcomes are equal when kind, reason and figures are") {
  const wr::outcome confirmed = wr::confirmed{wr::confirmed_by::store, 2, 3s};
  CHECK(confirmed == wr::outcome(wr::confirmed{wr::confirmed_by::store, 2, 3s}));
  CHECK(confirmed != wr::outcome(wr::confirmed{wr::confirmed_by::echo, 2, 3s}));
  CHECK(confirmed != wr::outcome(wr::confirmed{wr::confirmed_by::store, 1, 3s}));
  CHECK(confirmed != wr::outcome(wr::confirmed{wr::confirmed_by::store, 2, 4s}));
  CHECK(wr::outcome(wr::failed{wr::failed_why::evicted}) !=
        wr::outcome(wr::unconfirmed{wr::unconfirmed_why::evicted, std::nullopt}));
  CHECK(wr::outcome(wr::failed{wr::failed_why::refused}) !=
        wr::outcome(wr::failed{wr::failed_why::no_route}));
  CHECK(wr::outcome(wr::cancelled{}) == wr::outcome(wr::cancelled{}));
}

TEST_CASE("outcomes are copied without memory of their own") {
  CHECK(std::is_trivially_copyable_v<wr::confirmed>);
  CHECK(std::is_trivially_copyable_v<wr::unconfirmed>);
  CHECK(std::is_trivially_copyable_v<wr::failed>);
  CHECK(std::is_trivially_copyable_v<wr::cancelled>);
}

TEST_CASE("a status begins as waiting, with nothing sent and no hash") {
  const wr::request_status status;
  CHECK(status.phase == wr::request_phase::waiting);
  CHECK(status.transmissions == 0);
  CHECK_FALSE(status.hash);
}

}  // namespace outcome_tests
