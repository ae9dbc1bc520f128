// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "set_with_deque.hpp"
#include "workload.hpp"

#include <absl/container/flat_hash_set.h>

namespace {

using contender =
    seen_set::set_with_deque<absl::flat_hash_set<waku::reliability::message_hash, seen_set::same_key_hash>>;
const seen_set::entry<contender> entered("absl");

}  // namespace
