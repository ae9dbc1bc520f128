// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/policy/options.hpp>

namespace waku::reliability {

/// One option that is out of range.
struct option_error {
  std::string_view option;   ///< its place in `options`, such as "redundancy.publish_targets"
  std::string_view problem;  ///< what it has to be, such as "must be 1 to 8"

  friend bool operator==(const option_error&, const option_error&) = default;
};

/// No duration may be longer, so that sums of times stay far from the end of their range.
inline constexpr duration longest_duration = std::chrono::hours(24 * 365);

namespace validation {

using std::chrono::hours;
using std::chrono::seconds;

/// Collects what is wrong. Every test is written so that NaN fails it.
template <class Error>
class review {
 public:
  void require(bool holds, std::string_view option, std::string_view problem) {
    if (!holds) errors_.push_back({option, problem});
  }
  void positive(duration value, std::string_view option) {
    const bool in_range = value > duration::zero() && value <= longest_duration;
    require(in_range, option, "must be more than 0, to 365 days");
  }
  void not_negative(duration value, std::string_view option) {
    require(value >= duration::zero() && value <= longest_duration, option, "must be 0 to 365 days");
  }
  void growth(double value, std::string_view option) {
    require(value >= 1.0 && value <= 100.0, option, "must be 1 to 100");
  }
  void share(double value, std::string_view option) {
    require(value >= 0.0 && value <= 1.0, option, "must be 0 to 1");
  }
  void count(std::size_t value, std::size_t most, std::string_view option, std::string_view problem) {
    require(value >= 1 && value <= most, option, problem);
  }
  void at_least_one(std::size_t value, std::string_view option) {
    require(value >= 1, option, "must be 1 or more");
  }
  [[nodiscard]] std::vector<Error> take() { return std::move(errors_); }

 private:
  std::vector<Error> errors_;
};

void check(auto& in, const publish_options& publish, const outgoing_options& outgoing) {
  in.at_least_one(publish.message_bytes_max, "publish.message_bytes_max");
  in.require(publish.message_bytes_max <= outgoing.bytes_max, "publish.message_bytes_max",
             "must be at most outgoing.bytes_max, or the largest messages never fit");
  in.require(publish.meta_bytes_max <= 64, "publish.meta_bytes_max", "must be 0 to 64");
  // Each message may have 8 requests open, and operation_id::slot_limit bounds how many can be at once.
  in.count(outgoing.messages_max, 1'000'000, "outgoing.messages_max", "must be 1 to 1000000");
  in.at_least_one(outgoing.bytes_max, "outgoing.bytes_max");
  in.require(outgoing.full == when_full::refuse || outgoing.full == when_full::evict_oldest, "outgoing.full",
             "must be refuse or evict_oldest");
}

void check(auto& in, const timeout_options& timeout) {
  in.positive(timeout.push, "timeout.push");
  in.positive(timeout.subscribe, "timeout.subscribe");
  in.positive(timeout.ping, "timeout.ping");
  in.positive(timeout.store, "timeout.store");
}

void check(auto& in, const redundancy_options& redundancy) {
  in.count(redundancy.publish_targets, 8, "redundancy.publish_targets", "must be 1 to 8");
  in.count(redundancy.subscribe_targets, 8, "redundancy.subscribe_targets", "must be 1 to 8");
  in.positive(redundancy.hedge_delay, "redundancy.hedge_delay");
}

void check(auto& in, const retransmit_options& retransmit) {
  in.positive(retransmit.backoff.first, "retransmit.backoff.first");
  in.growth(retransmit.backoff.factor, "retransmit.backoff.factor");
  in.positive(retransmit.backoff.cap, "retransmit.backoff.cap");
  in.require(retransmit.backoff.first <= retransmit.backoff.cap, "retransmit.backoff.cap",
             "must be at least retransmit.backoff.first");
  in.share(retransmit.backoff.jitter, "retransmit.backoff.jitter");
  in.positive(retransmit.interval, "retransmit.interval");
  in.require(retransmit.loss == retransmit_on::reply || retransmit.loss == retransmit_on::timer,
             "retransmit.loss", "must be reply or timer");
  in.require(retransmit.resend_age_max > duration::zero() && retransmit.resend_age_max < seconds(20),
             "retransmit.resend_age_max", "must be more than 0 and below 20 s: stores refuse older messages");
}

void check(auto& in, const confirmation_options& confirmation) {
  in.not_negative(confirmation.settling, "confirmation.settling");
  in.positive(confirmation.early_interval, "confirmation.early_interval");
  in.growth(confirmation.growth, "confirmation.growth");
  in.positive(confirmation.longest_interval, "confirmation.longest_interval");
  in.require(confirmation.early_interval <= confirmation.longest_interval, "confirmation.longest_interval",
             "must be at least confirmation.early_interval");
  in.positive(confirmation.deadline, "confirmation.deadline");
  in.require(confirmation.settling < confirmation.deadline, "confirmation.deadline",
             "must be longer than confirmation.settling, or no store is asked in time");
  in.count(confirmation.echoes, 4, "confirmation.echoes", "must be 1 to 4");
  in.count(confirmation.hashes_per_query, 50, "confirmation.hashes_per_query", "must be 1 to 50");
  in.require(confirmation.late_news_max <= 4'096, "confirmation.late_news_max", "must be 0 to 4096");
  in.positive(confirmation.echo_topic_linger, "confirmation.echo_topic_linger");
}

// Parts that are out of range are not added up: their sum could be out of all range.
[[nodiscard]] inline bool summable(const recovery_options& recovery) {
  return recovery.window <= longest_duration && recovery.overlap >= duration::zero() &&
         recovery.overlap <= longest_duration;
}

void check(auto& in, const recovery_options& recovery) {
  in.positive(recovery.window, "recovery.window");
  in.not_negative(recovery.overlap, "recovery.overlap");
  in.positive(recovery.longest_reach, "recovery.longest_reach");
  in.require(!summable(recovery) || recovery.longest_reach >= recovery.window + recovery.overlap,
             "recovery.longest_reach", "must be at least recovery.window + recovery.overlap");
  in.require(recovery.slice >= seconds(1) && recovery.slice <= hours(24), "recovery.slice",
             "must be 1 s to 24 h");
  in.require(recovery.slice < seconds(1) || recovery.longest_reach / recovery.slice <= 100'000,
             "recovery.longest_reach",
             "must be at most 100000 recovery.slice, or a round has too many queries");
  in.count(recovery.topics_per_query, 10, "recovery.topics_per_query", "must be 1 to 10");
  in.count(recovery.page_entries, 100, "recovery.page_entries", "must be 1 to 100");
  in.at_least_one(recovery.pages_max, "recovery.pages_max");
  in.at_least_one(recovery.pages_in_turn, "recovery.pages_in_turn");
  in.count(recovery.nodes_per_query, 8, "recovery.nodes_per_query", "must be 1 to 8");
  in.count(recovery.stores_per_range, 8, "recovery.stores_per_range", "must be 1 to 8");
  in.at_least_one(recovery.queries_at_once, "recovery.queries_at_once");
  in.not_negative(recovery.lookup_delay, "recovery.lookup_delay");
  in.count(recovery.lookup_hashes, 50, "recovery.lookup_hashes", "must be 1 to 50");
  in.at_least_one(recovery.lookup_rounds_max, "recovery.lookup_rounds_max");
  in.at_least_one(recovery.missing_max, "recovery.missing_max");
}

void check(auto& in, const cadence_options& cadence, const recovery_options& recovery) {
  in.positive(cadence.interval, "cadence.interval");
  in.positive(cadence.shortest, "cadence.shortest");
  in.positive(cadence.longest, "cadence.longest");
  in.require(cadence.shortest <= cadence.interval && cadence.interval <= cadence.longest, "cadence.interval",
             "must be cadence.shortest to cadence.longest");
  in.require(cadence.longest < recovery.window, "cadence.longest",
             "must be less than recovery.window, or rounds leave gaps");
  in.growth(cadence.growth, "cadence.growth");
}

void check(auto& in, const subscription_options& subscription) {
  in.positive(subscription.ping_interval, "subscription.ping_interval");
  in.at_least_one(subscription.ping_failures_max, "subscription.ping_failures_max");
  in.at_least_one(subscription.subscribe_failures_max, "subscription.subscribe_failures_max");
  in.positive(subscription.refresh_interval, "subscription.refresh_interval");
  in.count(subscription.topics_per_request, 100, "subscription.topics_per_request", "must be 1 to 100");
  in.not_negative(subscription.request_spacing, "subscription.request_spacing");
  in.at_least_one(subscription.topics_max, "subscription.topics_max");
  const backoff_options& replace = subscription.replace_backoff;
  in.positive(replace.first, "subscription.replace_backoff.first");
  in.growth(replace.factor, "subscription.replace_backoff.factor");
  in.positive(replace.cap, "subscription.replace_backoff.cap");
  in.require(replace.first <= replace.cap, "subscription.replace_backoff.cap",
             "must be at least subscription.replace_backoff.first");
  in.share(replace.jitter, "subscription.replace_backoff.jitter");
}

void check(auto& in, const pool_options& pool) {
  in.positive(pool.first_pause, "pool.first_pause");
  in.growth(pool.pause_growth, "pool.pause_growth");
  in.positive(pool.longest_pause, "pool.longest_pause");
  in.require(pool.first_pause <= pool.longest_pause, "pool.longest_pause",
             "must be at least pool.first_pause");
  in.at_least_one(pool.floor, "pool.floor");
}

void check(auto& in, const budget_options& budget) {
  const auto amount = [&](double value, double least, std::string_view option, std::string_view problem) {
    in.require(value >= least && value <= 1e15, option, problem);
  };
  amount(budget.bytes_per_second, 1.0, "budget.bytes_per_second", "must be 1 to 10^15");
  amount(budget.bytes_burst, 1.0, "budget.bytes_burst", "must be 1 to 10^15");
  amount(budget.requests_per_second, 0.001, "budget.requests_per_second", "must be 0.001 to 10^15");
  amount(budget.requests_burst, 1.0, "budget.requests_burst", "must be 1 to 10^15");
}

void check(auto& in, const seen_options& seen, const recovery_options& recovery) {
  in.count(seen.entries_max, 100'000'000, "seen.entries_max", "must be 1 to 100000000");
  in.positive(seen.lifetime, "seen.lifetime");
  in.require(!summable(recovery) || seen.lifetime >= recovery.window + 2 * recovery.overlap, "seen.lifetime",
             "must be at least recovery.window + 2 recovery.overlap, or messages are shown twice");
}

}  // namespace validation

/// Every option that is out of range or does not go with another; empty when all is well. An option may be
/// named more than once. Options of policies that are not in use are looked at too. A template so that it is
/// compiled only where it is used.
template <class Error = option_error>
[[nodiscard]] std::vector<Error> validate(const options& given) {
  validation::review<Error> in;
  validation::check(in, given.publish, given.outgoing);
  validation::check(in, given.timeout);
  validation::check(in, given.redundancy);
  validation::check(in, given.retransmit);
  validation::check(in, given.confirmation);
  validation::check(in, given.recovery);
  validation::check(in, given.cadence, given.recovery);
  validation::check(in, given.subscription);
  validation::check(in, given.pool);
  validation::check(in, given.budget);
  validation::check(in, given.seen, given.recovery);
  in.positive(given.clock_jump, "clock_jump");
  return in.take();
}

}  // namespace waku::reliability
