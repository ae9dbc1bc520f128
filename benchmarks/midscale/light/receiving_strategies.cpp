// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/single_strategy.hpp>

#include <midscale/light/policy_node.hpp>

namespace midscale {
namespace {

constexpr strategy strategies[] = {
    {"S2", light_node<wt::only_s2>}, {"S3", light_node<wt::only_s3>},
    {"F1", light_node<wt::only_f1>}, {"F3", light_node<wt::only_f3>},
    {"F4", light_node<wt::only_f4>}, {"light_client", light_node<wr::light_client>},
};

}  // namespace

std::span<const strategy> receiving_strategies() { return strategies; }

}  // namespace midscale
