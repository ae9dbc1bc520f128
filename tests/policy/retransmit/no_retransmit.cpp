// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/retransmit/no_retransmit.hpp>

#include <doctest/doctest.h>

namespace no_retransmit_tests {

namespace wr = waku::reliability;

TEST_CASE("[G11] without retransmission there is no second time, at no time") {
  CHECK(wr::retransmit_policy<wr::no_retransmit>);
  wr::random_source draw(1);
  CHECK_FALSE(wr::no_retransmit{}.delay(1, {}, draw).has_value());
  CHECK_FALSE(wr::no_retransmit{}.delay(9, {}, draw).has_value());
}

}  // namespace no_retransmit_tests
