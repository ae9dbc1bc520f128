// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/options.hpp>

#include <chrono>
#include <cstddef>

#include <doctest/doctest.h>

namespace options_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("[R35] the default waits for a reply are 10 s, 10 s, 5 s and 20 s") {
  constexpr wr::options numbers;
  CHECK(numbers.timeout.push == 10s);
  CHECK(numbers.timeout.subscribe == 10s);
  CHECK(numbers.timeout.ping == 5s);
  CHECK(numbers.timeout.store == 20s);
}

TEST_CASE(
    "[R35, R9] the default confirmation asks after 3 s, then every 3 s, then up to 60 s apart, for 60 s") {
  constexpr wr::options numbers;
  CHECK(numbers.confirmation.settling == 3s);
  CHECK(numbers.confirmation.early_interval == 3s);
  CHECK(numbers.confirmation.growth == 2.0);
  CHECK(numbers.confirmation.longest_interval == 60s);
  CHECK(numbers.confirmation.deadline == 60s);
  CHECK(numbers.confirmation.late_news_max == 64);
}

TEST_CASE("[R35] nothing is given up by a count unless asked for") {
  constexpr wr::options numbers;
  CHECK(numbers.retransmit.attempts_max == 0);
  CHECK(numbers.confirmation.negative_replies_max == 0);
  CHECK(numbers.confirmation.echo_rounds_max == 0);
}

TEST_CASE("[R35, R17] the default outgoing buffer holds 1,024 messages or 16 MiB, and refuses more") {
  constexpr wr::options numbers;
  CHECK(numbers.outgoing.messages_max == 1'024);
  CHECK(numbers.outgoing.bytes_max == 16U * 1'024U * 1'024U);
  CHECK(numbers.outgoing.full == wr::when_full::refuse);
}

TEST_CASE(
    "[R35, R12, R29] the default window is 5 min, asked every 60 s, with 20 s at both ends and 24 h at "
    "most") {
  constexpr wr::options numbers;
  CHECK(numbers.recovery.window == 5min);
  CHECK(numbers.cadence.interval == 60s);
  CHECK(numbers.recovery.overlap == 20s);
  CHECK(numbers.recovery.longest_reach == 24h);
  CHECK(numbers.recovery.slice == 24h);
  CHECK(numbers.recovery.topics_per_query == 10);
  CHECK(numbers.recovery.lookup_delay == 5s);
}

TEST_CASE("[L2.2, F2.3] two nodes are used by default, for publishing and for subscribing") {
  constexpr wr::options numbers;
  CHECK(numbers.redundancy.publish_targets == 2);
  CHECK(numbers.redundancy.subscribe_targets == 2);
}

TEST_CASE(
    "[L3.4, L4.5, R23] the default back-off begins at 1 s, doubles up to 8 s and is lengthened by up to 25 "
    "%") {
  constexpr wr::options numbers;
  CHECK(numbers.retransmit.backoff.first == 1s);
  CHECK(numbers.retransmit.backoff.factor == 2.0);
  CHECK(numbers.retransmit.backoff.cap == 8s);
  CHECK(numbers.retransmit.backoff.jitter == 0.25);
  CHECK(numbers.subscription.replace_backoff.first == 1s);
  CHECK(numbers.subscription.replace_backoff.factor == 2.0);
  CHECK(numbers.subscription.replace_backoff.cap == 60s);
  CHECK(numbers.subscription.replace_backoff.jitter == 0.25);
}

TEST_CASE("[R7, R8] by default, messages are sent again on a reply, and not once they are 15 s old") {
  constexpr wr::options numbers;
  CHECK(numbers.retransmit.loss == wr::retransmit_on::reply);
  CHECK(numbers.retransmit.resend_age_max == 15s);
}

TEST_CASE("[F3.2, F3.5, R25, R26, R33] subscriptions are pinged every minute and kept strictly") {
  constexpr wr::options numbers;
  CHECK(numbers.subscription.ping_interval == 1min);
  CHECK(numbers.subscription.ping_failures_max == 2);
  CHECK(numbers.subscription.subscribe_failures_max == 1);
  CHECK(numbers.subscription.topics_per_request == 100);
  CHECK_FALSE(numbers.subscription.strict_pushes);
}

TEST_CASE("[R16] by default no connection is closed, and one node stays usable") {
  constexpr wr::options numbers;
  CHECK_FALSE(numbers.pool.disconnect);
  CHECK(numbers.pool.floor == 1);
}

TEST_CASE("[R28] received hashes are kept for longer than the window and the overlap at both ends") {
  constexpr wr::options numbers;
  CHECK(numbers.seen.lifetime >= numbers.recovery.window + 2 * numbers.recovery.overlap);
}

TEST_CASE("[R13, R24] own messages are not delivered, and one echo is enough, unless asked for otherwise") {
  constexpr wr::options numbers;
  CHECK_FALSE(numbers.publish.deliver_own);
  CHECK(numbers.confirmation.echoes == 1);
}

}  // namespace options_tests
