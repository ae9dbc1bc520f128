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

TEST_CASE("an outcome's kind has the name of its type") {
  CHECK(name_of(wr::outcome(wr::confirmed{})) == "confirmed");
  CHECK(name_of(wr::outcome(wr::unconfirmed{})) == "unconfirmed");
  CHECK(name_of(wr::outcome(wr::failed{})) == "failed");
  CHECK(name_of(wr::outcome(wr::cancelled{})) == "cancelled");
}

TEST_CASE("reasons and evidence have the names of their enumerators") {
  using by = wr::confirmed_by;
  CHECK(name_of(by::store) == "store");
  CHECK(name_of(by::echo) == "echo");
  CHECK(name_of(by::store_and_echo) == "store_and_echo");

  using unconfirmed = wr::unconfirmed_why;
  CHECK(name_of(unconfirmed::deadline) == "deadline");
  CHECK(name_of(unconfirmed::not_stored) == "not_stored");
  CHECK(name_of(unconfirmed::no_echo) == "no_echo");
  CHECK(name_of(unconfirmed::attempts_used_up) == "attempts_used_up");
  CHECK(name_of(unconfirmed::too_old) == "too_old");
  CHECK(name_of(unconfirmed::evicted) == "evicted");
  CHECK(name_of(unconfirmed::ephemeral) == "ephemeral");
  CHECK(name_of(unconfirmed::not_asked) == "not_asked");
  CHECK(name_of(static_cast<unconfirmed>(99)) == "unknown");

  using failed = wr::failed_why;
  CHECK(name_of(failed::refused) == "refused");
  CHECK(name_of(failed::no_route) == "no_route");
  CHECK(name_of(failed::attempts_used_up) == "attempts_used_up");
  CHECK(name_of(failed::deadline) == "deadline");
  CHECK(name_of(failed::evicted) == "evicted");
  CHECK(name_of(static_cast<failed>(99)) == "unknown");
}

TEST_CASE("an outcome tells its reason where it has one") {
  CHECK(reason_of(wr::outcome(wr::unconfirmed{wr::unconfirmed_why::no_echo, {}})) == "no_echo");
  CHECK(reason_of(wr::outcome(wr::failed{wr::failed_why::no_route})) == "no_route");
  CHECK(reason_of(wr::outcome(wr::confirmed{})).empty());
  CHECK(reason_of(wr::outcome(wr::cancelled{})).empty());
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
