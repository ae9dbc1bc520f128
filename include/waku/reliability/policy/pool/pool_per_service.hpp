// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/pool/pool_policy.hpp>

namespace waku::reliability {

/// A pool of its own kind for each service, where one fits all does not: L1 without F1, or a scored pool for
/// the few stores.
template <pool_policy Lightpush, pool_policy Filter, pool_policy Store>
struct pool_per_service {
  static constexpr slot fills = slot::pool;
  using lightpush = Lightpush;
  using filter = Filter;
  using store = Store;
};

/// The three pools that a policy of the pool slot stands for: itself, or those that it names.
template <class Policy>
struct pools_of {
  using lightpush = Policy;
  using filter = Policy;
  using store = Policy;
};
template <class Policy>
  requires requires {
    typename Policy::lightpush;
    typename Policy::filter;
    typename Policy::store;
  }
struct pools_of<Policy> {
  using lightpush = typename Policy::lightpush;
  using filter = typename Policy::filter;
  using store = typename Policy::store;
};

}  // namespace waku::reliability
