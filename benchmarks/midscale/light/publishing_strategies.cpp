// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/single_strategy.hpp>

#include <midscale/light/policy_node.hpp>

namespace midscale {
namespace {

template <wr::options (*Numbers)()>
std::unique_ptr<engine_node> redundant(service_network& network, std::uint32_t number, std::uint64_t seed,
                                       engine_listener& listener) {
  return make_policy_node<wt::only_redundancy, wt::light_capabilities>(network, number, Numbers(), seed,
                                                                       listener);
}

constexpr strategy strategies[] = {
    {"none", light_node<wr::minimal>},
    {"L1", light_node<wt::only_l1>},
    {"L2", redundant<wt::redundant_publishing>},
    {"L3", light_node<wt::only_l3>},
    {"L4", light_node<wt::only_l4>},
    {"S1", light_node<wt::only_s1>},
    {"F2", redundant<wt::redundant_receiving>},
};

}  // namespace

std::span<const strategy> publishing_strategies() { return strategies; }

}  // namespace midscale
