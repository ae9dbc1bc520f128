// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "set_with_deque.hpp"
#include "workload.hpp"

#include <unordered_set>

namespace {

using contender =
    seen_set::set_with_deque<std::unordered_set<waku::reliability::message_hash, seen_set::same_key_hash>>;
const seen_set::entry<contender> entered("std");

}  // namespace
