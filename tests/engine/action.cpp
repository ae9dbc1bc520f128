// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/action.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <waku/reliability/core/message.hpp>

namespace action_tests {

namespace wr = waku::reliability;

TEST_CASE("a delivery hands its body over, also one that can only be moved") {
  wr::deliver<std::unique_ptr<int>> delivery{"shard", {}, wr::delivered_by::filter, std::make_unique<int>(5)};
  static_assert(!std::is_copy_constructible_v<wr::deliver<std::unique_ptr<int>>>);
  const auto taken = std::move(delivery);
  CHECK(*taken.message == 5);
  CHECK(taken.pubsub_topic == "shard");
  CHECK(taken.by == wr::delivered_by::filter);
}

TEST_CASE("a report names the request, the hash if it ever had one, and the outcome") {
  const wr::finished never_stamped{static_cast<wr::request_id>(4), std::nullopt,
                                   wr::failed{wr::failed_why::no_route}};
  const wr::finished copied = never_stamped;
  CHECK(copied.request == static_cast<wr::request_id>(4));
  CHECK_FALSE(copied.hash);
  CHECK(std::get<wr::failed>(copied.outcome).why == wr::failed_why::no_route);
  static_assert(std::is_trivially_copyable_v<wr::propagated>);
  static_assert(std::is_empty_v<wr::persist>);
}

}  // namespace action_tests
