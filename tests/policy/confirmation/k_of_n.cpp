// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/confirmation/k_of_n.hpp>

#include <doctest/doctest.h>

#include <waku/reliability/policy/confirmation/accepted_is_enough.hpp>
#include <waku/reliability/policy/confirmation/filter_echo.hpp>
#include <waku/reliability/policy/confirmation/store_audit.hpp>
#include <waku/reliability/policy/confirmation/store_presence.hpp>

namespace k_of_n_tests {

namespace wr = waku::reliability;

namespace {

using first_that_comes = wr::k_of_n<1, wr::store_presence, wr::filter_echo>;
using both = wr::k_of_n<2, wr::store_presence, wr::filter_echo>;

}  // namespace

TEST_CASE("a combination needs and asks what its parts do") {
  CHECK(wr::confirmation_policy<both>);
  CHECK(both::needs == wr::capability_set{.filter = true, .store = true});
  CHECK(both::asks == wr::evidence_kinds{.presence = true, .echo = true});
  using audit = wr::k_of_n<1, wr::store_audit>;
  CHECK(audit::needs == wr::capability_set{.store = true});
  CHECK(audit::asks == wr::evidence_kinds{.audit = true});
}

TEST_CASE("1 of 2 takes the first that comes") {
  constexpr first_that_comes confirmation;
  CHECK_FALSE(confirmation.enough({}, {}));
  CHECK(confirmation.enough({.stores = 1}, {}));
  CHECK(confirmation.enough({.echoes = 1}, {}));
  CHECK(confirmation.enough({.stores = 1, .echoes = 1}, {}));
}

TEST_CASE("2 of 2 wants both") {
  constexpr both confirmation;
  CHECK_FALSE(confirmation.enough({.stores = 4}, {}));
  CHECK_FALSE(confirmation.enough({.echoes = 4}, {}));
  CHECK(confirmation.enough({.stores = 1, .echoes = 1}, {}));
}

TEST_CASE("the parts read the options") {
  constexpr both confirmation;
  constexpr wr::confirmation_options two_echoes{.echoes = 2};
  CHECK_FALSE(confirmation.enough({.stores = 1, .echoes = 1}, two_echoes));
  CHECK(confirmation.enough({.stores = 1, .echoes = 2}, two_echoes));
}

TEST_CASE("combinations nest") {
  using nested = wr::k_of_n<1, both, wr::accepted_is_enough>;
  CHECK(wr::confirmation_policy<nested>);
  CHECK(nested::asks == both::asks);
  CHECK_FALSE(nested{}.enough({.stores = 1}, {}));
  CHECK(nested{}.enough({.stores = 1, .echoes = 1}, {}));
}

TEST_CASE("the number wanted is 1 to the number listed") {
  CHECK_FALSE(wr::k_between_1_and_the_number_listed<0, 2>);
  CHECK(wr::k_between_1_and_the_number_listed<1, 2>);
  CHECK(wr::k_between_1_and_the_number_listed<2, 2>);
  CHECK_FALSE(wr::k_between_1_and_the_number_listed<3, 2>);
}

TEST_CASE("one store or one echo does not satisfy two of several that are wanted") {
  CHECK_FALSE(wr::each_reads_evidence_of_its_own<2, wr::store_presence, wr::store_audit>);
  CHECK_FALSE(wr::each_reads_evidence_of_its_own<2, first_that_comes, wr::filter_echo>);
  CHECK(wr::each_reads_evidence_of_its_own<2, wr::store_presence, wr::filter_echo>);
  CHECK(wr::each_reads_evidence_of_its_own<1, wr::store_presence, wr::store_audit>);
}

}  // namespace k_of_n_tests
