// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/snapshot.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include <waku/reliability/core/message.hpp>

namespace snapshot_tests {

namespace {

namespace wr = waku::reliability;

TEST_CASE("a snapshot is a plain value that can be copied, and an empty one holds nothing") {
  static_assert(std::is_aggregate_v<wr::snapshot<wr::message>>);
  static_assert(std::is_copy_constructible_v<wr::snapshot<wr::message>>);
  wr::snapshot<wr::message> taken;
  taken.subscriptions.push_back({"/waku/2/rs/1/0", "/test/1/chat/proto", {}, {}, {}});
  const wr::snapshot<wr::message> copy = taken;
  CHECK(copy.subscriptions.size() == 1);
  CHECK(copy.outgoing.empty());
  CHECK(wr::snapshot<wr::message>{}.seen.empty());
}

}  // namespace

}  // namespace snapshot_tests
