// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "rows.hpp"
#include "run_row.hpp"

namespace demo {
namespace {

template <class Policies>
row plain(const experiment& setting, const progress& report) {
  return run_row<Policies>(setting, {}, report);
}
row redundant_publishing(const experiment& setting, const progress& report) {
  return run_row<wt::only_redundancy>(setting, wt::redundant_publishing(), report);
}
row redundant_receiving(const experiment& setting, const progress& report) {
  return run_row<wt::only_redundancy>(setting, wt::redundant_receiving(), report);
}

constexpr policy_count pool{"quarantine_pool", &policy_acts::ejected};
constexpr policy_count copies{"redundant", &policy_acts::extra_copies};
constexpr policy_count backoff{"exponential_backoff", &policy_acts::retransmitted};

constexpr policy_count of_l1[] = {pool};
constexpr policy_count of_redundancy[] = {copies};
constexpr policy_count of_l3[] = {backoff};
constexpr policy_count of_l4[] = {backoff, {"filter_echo", &policy_acts::confirmed}};
constexpr policy_count of_s1[] = {backoff, {"store_presence", &policy_acts::confirmed}};

constexpr strategy strategies[] = {
    {"none", "one node each, nothing else", {}, plain<wr::minimal>},
    {"L1", "leave out lightpush nodes that fail", of_l1, plain<wt::only_l1>},
    {"L2", "publish to two lightpush nodes", of_redundancy, redundant_publishing},
    {"L3", "publish again after a failure", of_l3, plain<wt::only_l3>},
    {"L4", "publish again until a filter node echoes it", of_l4, plain<wt::only_l4>},
    {"S1", "publish again until a store holds it", of_s1, plain<wt::only_s1>},
    {"F2", "subscribe at two filter nodes", of_redundancy, redundant_receiving},
};

}  // namespace

std::span<const strategy> publishing_strategies() { return strategies; }

}  // namespace demo
