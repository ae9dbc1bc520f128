// SPDX-License-Identifier: Apache-2.0 OR MIT
// XXH3 at its best: without a call into the library.
#define XXH_INLINE_ALL
#include "waku_set.hpp"
#include "workload.hpp"

#include <waku/reliability/adapter/xxhash.hpp>

namespace {

const seen_set::entry<seen_set::waku_set<waku::reliability::xxh3_mix>> entered("waku_xxhash");

}  // namespace
