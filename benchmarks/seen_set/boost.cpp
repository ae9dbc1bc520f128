// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "set_with_deque.hpp"
#include "workload.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

namespace {

using contender = seen_set::set_with_deque<
    boost::unordered_flat_set<waku::reliability::message_hash, seen_set::same_key_hash>>;
const seen_set::entry<contender> entered("boost");

}  // namespace
