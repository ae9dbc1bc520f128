// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/random/draws.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <utility>

#include <generic/policy_sets.hpp>
#include <waku/reliability/policy/validate.hpp>

namespace generic::random_schedules {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::pair<const char*, double fault_rates::*>, 28> all_faults{{
    {"lost", &fault_rates::lost},
    {"reply_lost", &fault_rates::reply_lost},
    {"broken", &fault_rates::broken},
    {"refused_dial", &fault_rates::refused_dial},
    {"garbled", &fault_rates::garbled},
    {"rate_limited", &fault_rates::rate_limited},
    {"refused", &fault_rates::refused},
    {"late", &fault_rates::late},
    {"doubled", &fault_rates::doubled},
    {"synchronous", &fault_rates::synchronous},
    {"thrown", &fault_rates::thrown},
    {"accepted_falsely", &fault_rates::accepted_falsely},
    {"refused_falsely", &fault_rates::refused_falsely},
    {"proof_refused", &fault_rates::proof_refused},
    {"without_peers", &fault_rates::without_peers},
    {"push_lost", &fault_rates::push_lost},
    {"push_doubled", &fault_rates::push_doubled},
    {"push_invented", &fault_rates::push_invented},
    {"push_unasked", &fault_rates::push_unasked},
    {"forgotten", &fault_rates::forgotten},
    {"relay_lost", &fault_rates::relay_lost},
    {"archive_missed", &fault_rates::archive_missed},
    {"wrong_body", &fault_rates::wrong_body},
    {"no_body", &fault_rates::no_body},
    {"concealed", &fault_rates::concealed},
    {"claimed", &fault_rates::claimed},
    {"cursor_loops", &fault_rates::cursor_loops},
    {"page_clamped", &fault_rates::page_clamped},
}};

constexpr std::array<std::pair<const char*, double event_weights::*>, 15> all_weights{{
    {"publish", &event_weights::publish},
    {"subscribe", &event_weights::subscribe},
    {"unsubscribe", &event_weights::unsubscribe},
    {"cancel", &event_weights::cancel},
    {"pause", &event_weights::pause},
    {"reconfigure", &event_weights::reconfigure},
    {"restart", &event_weights::restart},
    {"wall_step", &event_weights::wall_step},
    {"peer_leaves", &event_weights::peer_leaves},
    {"peer_appears", &event_weights::peer_appears},
    {"peer_restarts", &event_weights::peer_restarts},
    {"goes_offline", &event_weights::goes_offline},
    {"relay_changes", &event_weights::relay_changes},
    {"hook_acts", &event_weights::hook_acts},
    {"stop", &event_weights::stop},
}};

class drawer {
 public:
  explicit drawer(wr::random_source& random) : random_(random) {}

  bool chance(double probability) { return random_.chance(probability); }
  template <class Number>
  Number number(Number least, Number most) {
    return least + static_cast<Number>(random_.below(static_cast<std::uint64_t>(most - least) + 1));
  }
  duration time(duration least, duration most) {
    return duration(number<std::int64_t>(least.count(), most.count()));
  }
  double real(double least, double most) { return least + (most - least) * random_.unit(); }
  template <class Value, std::size_t Count>
  Value one_of(const Value (&values)[Count]) {
    return values[random_.below(Count)];
  }

 private:
  wr::random_source& random_;
};

fault_rates draw_faults(drawer& in) {
  fault_rates faults;
  if (in.chance(0.04)) return faults;
  const double density = in.real(0.1, 0.9);
  const double worst = in.chance(0.2) ? 0.9 : 0.4;
  for (const auto& [name, rate] : all_faults) {
    if (!in.chance(density)) continue;
    const double depth = in.real(0.05, 1.0);
    faults.*rate = depth * depth * worst;
  }
  return faults;
}

event_weights draw_weights(drawer& in) {
  event_weights weights;
  const double density = in.real(0.2, 1.0);
  for (const auto& [name, weight] : all_weights) {
    if (in.chance(density)) weights.*weight = in.real(0.1, 1.0);
  }
  weights.publish = in.chance(0.9) ? in.real(1.0, 8.0) : 0.0;
  weights.stop *= in.chance(0.2) ? 0.05 : 0.0;
  weights.restart *= 0.5;
  weights.wall_step *= in.chance(0.4) ? 1.0 : 0.0;
  weights.goes_offline *= 0.5;
  return weights;
}

void draw_sending(drawer& in, wr::options& numbers) {
  numbers.publish.message_bytes_max = 400;
  numbers.publish.deliver_own = in.chance(0.3);
  numbers.outgoing.messages_max = in.one_of<std::size_t>({1, 2, 3, 5, 8, 16, 64});
  numbers.outgoing.bytes_max = in.chance(0.3) ? in.number<std::size_t>(400, 2'000) : 1'000'000;
  numbers.outgoing.full = in.chance(0.5) ? wr::when_full::refuse : wr::when_full::evict_oldest;
  numbers.timeout.push = in.time(500ms, 10s);
  numbers.redundancy.publish_targets = in.number(1U, 4U);
  numbers.redundancy.hedge_delay = in.time(1ms, 1s);
  auto& retransmit = numbers.retransmit;
  retransmit.backoff.first = in.time(100ms, 2s);
  retransmit.backoff.factor = in.real(1.0, 3.0);
  retransmit.backoff.cap = in.time(retransmit.backoff.first, 8s);
  retransmit.backoff.jitter = in.real(0.0, 1.0);
  retransmit.interval = in.time(100ms, 3s);
  retransmit.loss = in.chance(0.5) ? wr::retransmit_on::reply : wr::retransmit_on::timer;
  retransmit.attempts_max = in.chance(0.7) ? 0 : in.number(1U, 5U);
  retransmit.resend_age_max = in.time(1s, 19s);
  auto& confirmation = numbers.confirmation;
  confirmation.settling = in.chance(0.1) ? duration::zero() : in.time(100ms, 4s);
  confirmation.early_interval = in.time(200ms, 4s);
  confirmation.growth = in.real(1.0, 2.0);
  confirmation.longest_interval = in.time(confirmation.early_interval, 60s);
  confirmation.deadline = in.time(confirmation.settling + 1s, 60s);
  confirmation.negative_replies_max = in.chance(0.7) ? 0 : in.number(1U, 5U);
  confirmation.echo_rounds_max = in.chance(0.7) ? 0 : in.number(1U, 4U);
  confirmation.echoes = in.chance(0.8) ? 1 : 2;
  confirmation.hashes_per_query = in.number(1U, 50U);
  confirmation.echo_topic_linger = in.time(1s, 300s);
}

void draw_receiving(drawer& in, wr::options& numbers) {
  numbers.timeout.subscribe = in.time(500ms, 10s);
  numbers.timeout.ping = in.time(500ms, 5s);
  numbers.timeout.store = in.time(500ms, 20s);
  numbers.redundancy.subscribe_targets = in.number(1U, 3U);
  auto& recovery = numbers.recovery;
  recovery.window = in.time(2min, 5min);
  recovery.overlap = 20s;
  recovery.longest_reach = in.chance(0.9) ? duration(24h) : recovery.window + recovery.overlap;
  recovery.slice = in.chance(0.7) ? duration(24h) : in.time(20s, 3min);
  // A day in short slices is thousands of queries: such a round outlasts any window that is promised here.
  recovery.slice = std::max(recovery.slice, recovery.longest_reach / 200);
  recovery.topics_per_query = in.number(1U, 10U);
  recovery.page_entries = in.chance(0.5) ? in.number(1U, 6U) : 100;
  recovery.nodes_per_query = in.number(1U, 4U);
  recovery.queries_at_once = in.number(1U, 4U);
  recovery.lookup_delay = in.chance(0.2) ? duration::zero() : in.time(10ms, 5s);
  recovery.lookup_hashes = in.number(1U, 50U);
  recovery.lookup_rounds_max = in.number(1U, 5U);
  recovery.missing_max = in.chance(0.9) ? 4'096 : in.number<std::size_t>(1, 8);
  recovery.recover_on_any_loss = in.chance(0.3);
  auto& cadence = numbers.cadence;
  cadence.shortest = in.time(5s, 20s);
  cadence.interval = in.time(cadence.shortest, 60s);
  cadence.longest = in.time(cadence.interval, 100s);
  cadence.growth = in.real(1.0, 2.0);
  auto& subscription = numbers.subscription;
  subscription.ping_interval = in.time(5s, 60s);
  subscription.ping_failures_max = in.number(1U, 3U);
  subscription.subscribe_failures_max = in.number(1U, 2U);
  subscription.refresh_interval = in.time(10s, 3min);
  subscription.topics_per_request = in.chance(0.5) ? in.number(1U, 3U) : 100;
  subscription.request_spacing = in.chance(0.3) ? duration::zero() : in.time(1ms, 1'100ms);
  subscription.strict_pushes = in.chance(0.2);
  subscription.replace_backoff.cap = in.time(1s, 30s);
}

wr::options draw_numbers(drawer& in) {
  wr::options numbers;
  draw_sending(in, numbers);
  draw_receiving(in, numbers);
  numbers.pool.first_pause = in.time(1s, 60s);
  numbers.pool.pause_growth = in.real(1.0, 3.0);
  numbers.pool.longest_pause = in.time(numbers.pool.first_pause, 10min);
  numbers.pool.floor = in.number(1U, 2U);
  numbers.pool.disconnect = in.chance(0.3);
  numbers.budget.requests_per_second = in.real(5.0, 50.0);
  numbers.budget.requests_burst = in.real(20.0, 100.0);
  numbers.seen.entries_max = in.chance(0.85) ? 512 : in.number<std::size_t>(1, 24);
  numbers.seen.lifetime = numbers.recovery.window + 2 * numbers.recovery.overlap + in.time(0s, 10min);
  numbers.seed = in.number<std::uint64_t>(1, 1'000'000'000);
  return numbers;
}

std::string milliseconds(duration value) { return std::to_string(value / 1ms) + " ms"; }

}  // namespace

draws draw(std::uint64_t seed, const policy_facts& facts, wr::testing::node_software nodes) {
  wr::random_source random(seed * 0x9e3779b97f4a7c15U + 1);
  drawer in(random);
  draws drawn;
  drawn.seed = seed;
  drawn.nodes = nodes;
  drawn.faults = draw_faults(in);
  drawn.weights = draw_weights(in);
  if (!facts.publishes()) drawn.weights.publish = 0.0;
  drawn.peers = in.number(1U, 7U);
  drawn.shards = in.chance(0.7) ? 1 : 2;
  drawn.topics = in.number(1U, 4U);
  drawn.fault_time = in.chance(0.8) ? in.time(20s, 3min) : in.time(3min, 15min);
  drawn.event_gap = in.time(500ms, 10s);
  drawn.foreign_gap = in.time(500ms, 20s);
  drawn.latency = in.chance(0.9) ? in.time(1ms, 400ms) : in.time(400ms, 5s);
  drawn.archive_lag = in.time(0s, 6s);
  drawn.sender_skew = in.time(0s, 5s);
  drawn.told_offline = in.chance(0.7);
  drawn.sloppy_wakes = in.chance(0.3);
  drawn.peers_keep_quiet = in.chance(0.5);
  drawn.exclusive_end = in.chance(0.5);
  drawn.numbers = draw_numbers(in);
  drawn.other_numbers = draw_numbers(in);
  drawn.other_numbers.outgoing.messages_max = drawn.numbers.outgoing.messages_max;
  drawn.other_numbers.seen.entries_max = drawn.numbers.seen.entries_max;
  drawn.other_numbers.seed = drawn.numbers.seed;
  using namespace wr::testing;
  if (nodes != node_software::mixed) drawn.exclusive_end = !services_of(nodes, 1).front().end_inclusive;
  return drawn;
}

std::string describe(const draws& drawn) {
  std::string text;
  const auto line = [&text](const std::string& name, const std::string& value) {
    text += "  " + name + ": " + value + '\n';
  };
  char shown[32];
  for (const auto& [name, rate] : all_faults) {
    if (drawn.faults.*rate == 0.0) continue;
    std::snprintf(shown, sizeof shown, "%.3f", drawn.faults.*rate);
    line(std::string("fault ") + name, shown);
  }
  for (const auto& [name, weight] : all_weights) {
    if (drawn.weights.*weight == 0.0) continue;
    std::snprintf(shown, sizeof shown, "%.2f", drawn.weights.*weight);
    line(std::string("weight of ") + name, shown);
  }
  line("nodes", std::string(wr::testing::name_of(drawn.nodes)));
  line("peers", std::to_string(drawn.peers));
  line("shards", std::to_string(drawn.shards));
  line("content topics", std::to_string(drawn.topics));
  line("time of faults", milliseconds(drawn.fault_time));
  line("event gap", milliseconds(drawn.event_gap));
  line("foreign message gap", milliseconds(drawn.foreign_gap));
  line("latency", milliseconds(drawn.latency));
  line("archive lag", milliseconds(drawn.archive_lag));
  line("sender skew", milliseconds(drawn.sender_skew));
  line("told offline", drawn.told_offline ? "yes" : "no");
  line("sloppy wakes", drawn.sloppy_wakes ? "yes" : "no");
  const wr::options& numbers = drawn.numbers;
  line("outgoing", std::to_string(numbers.outgoing.messages_max) + " messages, " +
                       std::to_string(numbers.outgoing.bytes_max) + " bytes, " +
                       (numbers.outgoing.full == wr::when_full::refuse ? "refuse" : "evict"));
  line("seen set", std::to_string(numbers.seen.entries_max));
  line("deadline", milliseconds(numbers.confirmation.deadline));
  line("resend age", milliseconds(numbers.retransmit.resend_age_max));
  line("window", milliseconds(numbers.recovery.window));
  line("missing at most", std::to_string(numbers.recovery.missing_max));
  line("longest reach", milliseconds(numbers.recovery.longest_reach));
  line("audit interval", milliseconds(numbers.cadence.interval));
  line("store timeout", milliseconds(numbers.timeout.store));
  line("targets", std::to_string(numbers.redundancy.publish_targets) + " to publish, " +
                      std::to_string(numbers.redundancy.subscribe_targets) + " to subscribe");
  return text;
}

}  // namespace generic::random_schedules

TEST_CASE("drawn options are valid, and those of one seed are the same each time") {
  using namespace generic;
  using namespace generic::random_schedules;
  const policy_facts facts = case_of<standard_sets::minimal>("minimal").facts;
  std::set<std::string> different;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    const draws drawn = draw(seed, facts);
    CHECK(wr::validate(drawn.numbers).empty());
    CHECK(wr::validate(drawn.other_numbers).empty());
    CHECK(describe(drawn) == describe(draw(seed, facts)));
    different.insert(describe(drawn));
  }
  CHECK(different.size() == 500);
}

TEST_CASE("every fault is off in some schedules and on in others") {
  using namespace generic;
  using namespace generic::random_schedules;
  const policy_facts facts = case_of<standard_sets::minimal>("minimal").facts;
  for (const auto& each : all_faults) {
    const std::string_view name = each.first;
    CAPTURE(name);
    std::size_t on = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
      on += draw(seed, facts).faults.*each.second > 0.0 ? 1U : 0U;
    }
    CHECK(on > 50);
    CHECK(on < 450);
  }
}
