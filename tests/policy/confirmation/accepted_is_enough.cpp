// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/confirmation/accepted_is_enough.hpp>

#include <doctest/doctest.h>

namespace accepted_is_enough_tests {

namespace wr = waku::reliability;

TEST_CASE("[G11] nothing is asked, nothing is needed, and no evidence turns up") {
  CHECK(wr::confirmation_policy<wr::accepted_is_enough>);
  CHECK(wr::accepted_is_enough::needs == wr::capability_set{});
  CHECK_FALSE(wr::accepted_is_enough::asks.any());
}

TEST_CASE("an acceptance is never called a confirmation") {
  CHECK_FALSE(wr::accepted_is_enough{}.enough({}, {}));
  CHECK_FALSE(wr::accepted_is_enough{}.enough({.stores = 3, .echoes = 3}, {}));
}

}  // namespace accepted_is_enough_tests
