// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/preset.hpp>

#include <midscale/light/policy_node.hpp>

namespace midscale {
namespace {

constexpr wr::capability_set relay_and_store{
    .relay = true, .lightpush = false, .filter = false, .store = true};

template <class Policies>
std::unique_ptr<engine_node> relay_node_with(service_network& network, std::uint32_t number,
                                             std::uint64_t seed, engine_listener& listener) {
  return make_policy_node<Policies, relay_and_store>(network, number, {}, seed, listener);
}

constexpr strategy strategies[] = {
    {"none", relay_node_with<wr::relay_node>},
    {"relay_with_store", relay_node_with<wr::relay_with_store>},
};

}  // namespace

std::span<const strategy> relay_strategies() { return strategies; }

}  // namespace midscale
