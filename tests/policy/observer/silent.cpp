// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/observer/silent.hpp>

#include <type_traits>

#include <doctest/doctest.h>

namespace silent_tests {

namespace wr = waku::reliability;

TEST_CASE("[G11] the silent observer hears everything, does nothing and takes no room") {
  CHECK(wr::observer_policy<wr::silent>);
  CHECK(std::is_empty_v<wr::silent>);
  constexpr wr::silent observer;
  observer.on(wr::notice::missing{});
  observer.on(wr::notice::seen_evicted{});
}

}  // namespace silent_tests
