// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/retransmit/retransmit_policy.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace retransmit_policy_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

// Retransmission of the user's own: twice in quick succession, then no more.
struct two_quick_tries {
  static constexpr wr::slot fills = wr::slot::retransmit;

  std::optional<wr::duration> delay(std::uint32_t transmissions, const wr::retransmit_options&,
                                    wr::random_source&) const {
    if (transmissions > 2) return {};
    return 200ms;
  }
};

struct always_waits {
  static constexpr wr::slot fills = wr::slot::retransmit;
  wr::duration delay(std::uint32_t, const wr::retransmit_options&, wr::random_source&) const { return 1s; }
};
struct counts_nothing {
  static constexpr wr::slot fills = wr::slot::retransmit;
  std::optional<wr::duration> delay(const wr::retransmit_options&, wr::random_source&) const { return {}; }
};

}  // namespace

TEST_CASE("retransmission of the user's own fits where theirs does") {
  CHECK(wr::retransmit_policy<two_quick_tries>);
  using chosen = wr::complete_policies<wr::policies<two_quick_tries>, wr::all_capabilities>;
  wr::random_source draw(1);
  CHECK(chosen::retransmit{}.delay(1, {}, draw) == wr::duration(200ms));
  CHECK(chosen::retransmit{}.delay(2, {}, draw) == wr::duration(200ms));
  CHECK_FALSE(chosen::retransmit{}.delay(3, {}, draw).has_value());
}

TEST_CASE("what cannot say never, or is not asked about the count, is no retransmit policy") {
  CHECK_FALSE(wr::retransmit_policy<always_waits>);
  CHECK_FALSE(wr::retransmit_policy<counts_nothing>);
}

}  // namespace retransmit_policy_tests
