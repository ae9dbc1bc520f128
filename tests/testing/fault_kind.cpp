// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/fault_kind.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

namespace fault_kind_tests {

namespace wt = waku::reliability::testing;

TEST_CASE("every kind of fault has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t kind = 0; kind < wt::fault_kinds; ++kind)
    names.insert(wt::name_of(static_cast<wt::fault_kind>(kind)));
  CHECK(names.size() == wt::fault_kinds);
  CHECK(wt::name_of(wt::fault_kind::hop_loss) == "hop_loss");
  CHECK(wt::name_of(wt::fault_kind::pushed_not_relayed) == "pushed_not_relayed");
  CHECK(wt::name_of(wt::fault_kind::clock_step) == "clock_step");
}

TEST_CASE("a tally counts each kind by itself and adds up") {
  wt::fault_tally first;
  first.strike(wt::fault_kind::churn);
  first.strike(wt::fault_kind::churn, 3);
  wt::fault_tally second;
  second.strike(wt::fault_kind::churn);
  second.strike(wt::fault_kind::clock_step);
  first += second;
  CHECK(first.count(wt::fault_kind::churn) == 5);
  CHECK(first.count(wt::fault_kind::clock_step) == 1);
  CHECK(first.count(wt::fault_kind::hop_loss) == 0);
}

}  // namespace fault_kind_tests
