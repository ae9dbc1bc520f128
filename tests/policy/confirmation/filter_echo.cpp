// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/confirmation/filter_echo.hpp>

#include <doctest/doctest.h>

namespace filter_echo_tests {

namespace wr = waku::reliability;

TEST_CASE("echoes come from filter nodes, and nothing else is asked") {
  CHECK(wr::confirmation_policy<wr::filter_echo>);
  CHECK(wr::filter_echo::needs == wr::capability_set{.filter = true});
  CHECK(wr::filter_echo::asks == wr::evidence_kinds{.echo = true});
}

TEST_CASE("[L4.4, R24] one echo is enough by default, a store is none") {
  constexpr wr::filter_echo confirmation;
  CHECK_FALSE(confirmation.enough({}, {}));
  CHECK(confirmation.enough({.echoes = 1}, {}));
  CHECK_FALSE(confirmation.enough({.stores = 5}, {}));
}

TEST_CASE("[R24, L4.4] how many echoes is an option") {
  constexpr wr::filter_echo confirmation;
  constexpr wr::confirmation_options numbers{.echoes = 3};
  CHECK_FALSE(confirmation.enough({.echoes = 2}, numbers));
  CHECK(confirmation.enough({.echoes = 3}, numbers));
  CHECK(confirmation.enough({.echoes = 4}, numbers));
}

}  // namespace filter_echo_tests
