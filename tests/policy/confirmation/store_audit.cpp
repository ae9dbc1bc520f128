// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/confirmation/store_audit.hpp>

#include <doctest/doctest.h>

namespace store_audit_tests {

namespace wr = waku::reliability;

TEST_CASE("the audit's content queries are read, and no query of its own is asked for") {
  CHECK(wr::confirmation_policy<wr::store_audit>);
  CHECK(wr::store_audit::needs == wr::capability_set{.store = true});
  CHECK(wr::store_audit::asks == wr::evidence_kinds{.audit = true});
}

TEST_CASE("[R6] one store that lists the message is enough, an echo is none") {
  constexpr wr::store_audit confirmation;
  CHECK_FALSE(confirmation.enough({}, {}));
  CHECK(confirmation.enough({.stores = 1}, {}));
  CHECK_FALSE(confirmation.enough({.echoes = 5}, {}));
}

}  // namespace store_audit_tests
