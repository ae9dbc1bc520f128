// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/confirmation/store_presence.hpp>

#include <doctest/doctest.h>

namespace store_presence_tests {

namespace wr = waku::reliability;

TEST_CASE("presence is asked of stores by hash, and by nothing else") {
  CHECK(wr::confirmation_policy<wr::store_presence>);
  CHECK(wr::store_presence::needs == wr::capability_set{.store = true});
  CHECK(wr::store_presence::asks == wr::evidence_kinds{.presence = true});
}

TEST_CASE("[R6] one store that holds the message is enough, an echo is none") {
  constexpr wr::store_presence confirmation;
  CHECK_FALSE(confirmation.enough({}, {}));
  CHECK(confirmation.enough({.stores = 1}, {}));
  CHECK(confirmation.enough({.stores = 2}, {}));
  CHECK_FALSE(confirmation.enough({.echoes = 5}, {}));
}

}  // namespace store_presence_tests
