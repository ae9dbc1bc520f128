// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

#include <doctest/doctest.h>

#include <waku/reliability/policy/confirmation/k_of_n.hpp>
#include <waku/reliability/policy/policies.hpp>

namespace confirmation_policy_tests {

namespace wr = waku::reliability;

namespace {

// Confirmation of the user's own: three stores, or one and an echo.
struct three_stores_or_one_and_an_echo {
  static constexpr wr::slot fills = wr::slot::confirmation;
  static constexpr wr::capability_set needs{.filter = true, .store = true};
  static constexpr wr::evidence_kinds asks{.presence = true, .echo = true};

  constexpr bool enough(const wr::evidence& seen, const wr::confirmation_options&) const {
    return seen.stores >= 3 || (seen.stores >= 1 && seen.echoes >= 1);
  }
};

struct without_needs {
  static constexpr wr::slot fills = wr::slot::confirmation;
  [[maybe_unused]] static constexpr wr::evidence_kinds asks{};
  bool enough(const wr::evidence&, const wr::confirmation_options&) const { return true; }
};
struct asks_nothing_in_particular {
  static constexpr wr::slot fills = wr::slot::confirmation;
  static constexpr wr::capability_set needs{};
  bool enough(const wr::evidence&, const wr::confirmation_options&) const { return true; }
};
struct never_has_enough {
  static constexpr wr::slot fills = wr::slot::confirmation;
  static constexpr wr::capability_set needs{};
  static constexpr wr::evidence_kinds asks{};
};

}  // namespace

TEST_CASE("each kind of evidence is told from the others") {
  constexpr wr::evidence_kinds none;
  CHECK_FALSE(none.any());
  CHECK_FALSE(none.store());
  CHECK(wr::evidence_kinds{.presence = true}.any());
  CHECK(wr::evidence_kinds{.presence = true}.store());
  CHECK(wr::evidence_kinds{.audit = true}.any());
  CHECK(wr::evidence_kinds{.audit = true}.store());
  CHECK(wr::evidence_kinds{.echo = true}.any());
  CHECK_FALSE(wr::evidence_kinds{.echo = true}.store());
}

TEST_CASE("confirmation of the user's own fits where theirs does, alone and in a combination") {
  CHECK(wr::confirmation_policy<three_stores_or_one_and_an_echo>);
  using chosen = wr::complete_policies<wr::policies<three_stores_or_one_and_an_echo>, wr::all_capabilities>;
  constexpr chosen::confirmation confirmation;
  CHECK_FALSE(confirmation.enough({.stores = 2}, {}));
  CHECK(confirmation.enough({.stores = 3}, {}));
  CHECK(confirmation.enough({.stores = 1, .echoes = 1}, {}));
  using combined = wr::k_of_n<1, three_stores_or_one_and_an_echo>;
  CHECK(combined{}.enough({.stores = 3}, {}));
}

TEST_CASE("what does not say its needs, what it asks and when it is enough, is no confirmation") {
  CHECK_FALSE(wr::confirmation_policy<without_needs>);
  CHECK_FALSE(wr::confirmation_policy<asks_nothing_in_particular>);
  CHECK_FALSE(wr::confirmation_policy<never_has_enough>);
}

}  // namespace confirmation_policy_tests
