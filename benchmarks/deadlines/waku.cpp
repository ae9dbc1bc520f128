// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include <waku/reliability/cache/deadline_wheel.hpp>

namespace {

using deadlines::key_type;
namespace wr = waku::reliability;

/// Ours.
class contender {
 public:
  explicit contender(std::size_t keys) : tickets_(keys) {}

  void arm(key_type key, wr::steady_time at) { tickets_[key] = wheel_.arm(at, key); }
  void cancel(key_type key) { wheel_.cancel(tickets_[key]); }

  template <class F>
  void advance(wr::steady_time now, F&& fired) {
    wheel_.advance(now, std::forward<F>(fired));
  }

 private:
  wr::deadline_wheel<key_type> wheel_;
  std::vector<wr::deadline_ticket> tickets_;
};

const deadlines::entry<contender> entered("waku");

}  // namespace
