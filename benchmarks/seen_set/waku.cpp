// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "waku_set.hpp"
#include "workload.hpp"

namespace {

const seen_set::entry<seen_set::waku_set<waku::reliability::keyed_mix>> entered("waku");

}  // namespace
