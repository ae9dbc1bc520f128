// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "rows.hpp"
#include "run_row.hpp"

namespace demo {
namespace {

template <class Policies>
row plain(const experiment& setting, const progress& report) {
  return run_row<Policies>(setting, {}, report);
}

constexpr policy_count pool{"quarantine_pool", &policy_acts::ejected};
constexpr policy_count backoff{"exponential_backoff", &policy_acts::retransmitted};
constexpr policy_count audit{"store_audit", &policy_acts::confirmed};
constexpr policy_count recovery{"periodic_audit", &policy_acts::recovered};
constexpr policy_count pings{"pinged_subscription", &policy_acts::resubscribed};

constexpr policy_count of_s2[] = {recovery};
constexpr policy_count of_s3[] = {backoff, audit, recovery};
constexpr policy_count of_f1[] = {pool};
constexpr policy_count of_f3[] = {pings};
constexpr policy_count of_f4[] = {{"on_reconnect", &policy_acts::recovered}};
constexpr policy_count of_all[] = {pool, {"redundant", &policy_acts::extra_copies}, backoff, audit, recovery,
                                   pings};

constexpr strategy strategies[] = {
    {"S2", "fetch from the store what was missed", of_s2, plain<wt::only_s2>},
    {"S3", "S1 and S2 by one query", of_s3, plain<wt::only_s3>},
    {"F1", "replace filter nodes that refuse", of_f1, plain<wt::only_f1>},
    {"F3", "ping filter nodes, replace the dead", of_f3, plain<wt::only_f3>},
    {"F4", "ask the store after an outage", of_f4, plain<wt::only_f4>},
    {"all", "the preset light_client", of_all, plain<wr::light_client>},
};

}  // namespace

std::span<const strategy> receiving_strategies() { return strategies; }

}  // namespace demo
