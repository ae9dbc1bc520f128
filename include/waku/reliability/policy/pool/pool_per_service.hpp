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

/// The three pools that a policy of the pool slot stands for.
template <class Policy>
struct pools_of {
  using lightpush = Policy;
  using filter = Policy;
  using store = Policy;
};
template <class Lightpush, class Filter, class Store>
struct pools_of<pool_per_service<Lightpush, Filter, Store>> : pool_per_service<Lightpush, Filter, Store> {};

}  // namespace waku::reliability
