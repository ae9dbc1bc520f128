// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/pool/pool_per_service.hpp>

#include <concepts>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/pool/scored_pool.hpp>
#include <waku/reliability/policy/sentences.hpp>

namespace pool_per_service_tests {

namespace wr = waku::reliability;

namespace {

using mixed = wr::pool_per_service<wr::quarantine_pool, wr::plain_pool, wr::scored_pool>;
struct named_pools : mixed {};
struct two_of_three {
  [[maybe_unused]] static constexpr wr::slot fills = wr::slot::pool;
  using lightpush = wr::plain_pool;
  using filter = wr::plain_pool;
  using store = int;
};

}  // namespace

TEST_CASE("a pool stands for all three services") {
  using pools = wr::pools_of<wr::scored_pool>;
  CHECK(std::same_as<pools::lightpush, wr::scored_pool>);
  CHECK(std::same_as<pools::filter, wr::scored_pool>);
  CHECK(std::same_as<pools::store, wr::scored_pool>);
}

TEST_CASE("each service may have a pool of its own kind: L1 without F1") {
  CHECK(std::same_as<wr::pools_of<mixed>::lightpush, wr::quarantine_pool>);
  CHECK(std::same_as<wr::pools_of<mixed>::filter, wr::plain_pool>);
  CHECK(std::same_as<wr::pools_of<mixed>::store, wr::scored_pool>);
  using chosen = wr::checked_policies<wr::policies<mixed>, wr::all_capabilities>;
  CHECK(std::same_as<chosen::pool, mixed>);
}

TEST_CASE("three pools may have a name of their own") {
  CHECK(std::same_as<wr::pools_of<named_pools>::lightpush, wr::quarantine_pool>);
  CHECK(std::same_as<wr::pools_of<named_pools>::filter, wr::plain_pool>);
  CHECK(std::same_as<wr::pools_of<named_pools>::store, wr::scored_pool>);
  CHECK(wr::pools_every_service<named_pools>);
}

TEST_CASE("all three must be pools") { CHECK_FALSE(wr::pools_every_service<two_of_three>); }

}  // namespace pool_per_service_tests
