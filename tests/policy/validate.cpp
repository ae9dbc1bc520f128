// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/validate.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace validate_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

template <class Change>
std::vector<wr::option_error> errors_after(Change&& change) {
  wr::options numbers;
  change(numbers);
  return wr::validate(numbers);
}

bool names(const std::vector<wr::option_error>& errors, std::string_view option, std::string_view problem) {
  for (const wr::option_error& error : errors) {
    if (error == wr::option_error{option, problem}) return true;
  }
  return false;
}

template <class Value>
struct place {
  std::string_view name;
  Value& (*in)(wr::options&);
};

constexpr place<wr::duration> positive_durations[] = {
    {"timeout.push", [](wr::options& o) -> wr::duration& { return o.timeout.push; }},
    {"timeout.subscribe", [](wr::options& o) -> wr::duration& { return o.timeout.subscribe; }},
    {"timeout.ping", [](wr::options& o) -> wr::duration& { return o.timeout.ping; }},
    {"timeout.store", [](wr::options& o) -> wr::duration& { return o.timeout.store; }},
    {"redundancy.hedge_delay", [](wr::options& o) -> wr::duration& { return o.redundancy.hedge_delay; }},
    {"retransmit.backoff.first", [](wr::options& o) -> wr::duration& { return o.retransmit.backoff.first; }},
    {"retransmit.backoff.cap", [](wr::options& o) -> wr::duration& { return o.retransmit.backoff.cap; }},
    {"retransmit.interval", [](wr::options& o) -> wr::duration& { return o.retransmit.interval; }},
    {"confirmation.early_interval",
     [](wr::options& o) -> wr::duration& { return o.confirmation.early_interval; }},
    {"confirmation.longest_interval",
     [](wr::options& o) -> wr::duration& { return o.confirmation.longest_interval; }},
    {"confirmation.deadline", [](wr::options& o) -> wr::duration& { return o.confirmation.deadline; }},
    {"confirmation.echo_topic_linger",
     [](wr::options& o) -> wr::duration& { return o.confirmation.echo_topic_linger; }},
    {"recovery.window", [](wr::options& o) -> wr::duration& { return o.recovery.window; }},
    {"recovery.longest_reach", [](wr::options& o) -> wr::duration& { return o.recovery.longest_reach; }},
    {"cadence.interval", [](wr::options& o) -> wr::duration& { return o.cadence.interval; }},
    {"cadence.shortest", [](wr::options& o) -> wr::duration& { return o.cadence.shortest; }},
    {"cadence.longest", [](wr::options& o) -> wr::duration& { return o.cadence.longest; }},
    {"subscription.ping_interval",
     [](wr::options& o) -> wr::duration& { return o.subscription.ping_interval; }},
    {"subscription.refresh_interval",
     [](wr::options& o) -> wr::duration& { return o.subscription.refresh_interval; }},
    {"subscription.replace_backoff.first",
     [](wr::options& o) -> wr::duration& { return o.subscription.replace_backoff.first; }},
    {"subscription.replace_backoff.cap",
     [](wr::options& o) -> wr::duration& { return o.subscription.replace_backoff.cap; }},
    {"pool.first_pause", [](wr::options& o) -> wr::duration& { return o.pool.first_pause; }},
    {"pool.longest_pause", [](wr::options& o) -> wr::duration& { return o.pool.longest_pause; }},
    {"seen.lifetime", [](wr::options& o) -> wr::duration& { return o.seen.lifetime; }},
    {"clock_jump", [](wr::options& o) -> wr::duration& { return o.clock_jump; }},
};

constexpr place<wr::duration> durations_from_zero[] = {
    {"confirmation.settling", [](wr::options& o) -> wr::duration& { return o.confirmation.settling; }},
    {"recovery.overlap", [](wr::options& o) -> wr::duration& { return o.recovery.overlap; }},
    {"recovery.lookup_delay", [](wr::options& o) -> wr::duration& { return o.recovery.lookup_delay; }},
    {"subscription.request_spacing",
     [](wr::options& o) -> wr::duration& { return o.subscription.request_spacing; }},
};

struct counted {
  place<std::uint32_t> option;
  std::uint32_t most;  // 0: no limit
  std::string_view problem;
};
constexpr counted counts[] = {
    {{"redundancy.publish_targets",
      [](wr::options& o) -> std::uint32_t& { return o.redundancy.publish_targets; }},
     8,
     "must be 1 to 8"},
    {{"redundancy.subscribe_targets",
      [](wr::options& o) -> std::uint32_t& { return o.redundancy.subscribe_targets; }},
     8,
     "must be 1 to 8"},
    {{"confirmation.echoes", [](wr::options& o) -> std::uint32_t& { return o.confirmation.echoes; }},
     4,
     "must be 1 to 4"},
    {{"confirmation.hashes_per_query",
      [](wr::options& o) -> std::uint32_t& { return o.confirmation.hashes_per_query; }},
     50,
     "must be 1 to 50"},
    {{"recovery.topics_per_query",
      [](wr::options& o) -> std::uint32_t& { return o.recovery.topics_per_query; }},
     10,
     "must be 1 to 10"},
    {{"recovery.page_entries", [](wr::options& o) -> std::uint32_t& { return o.recovery.page_entries; }},
     100,
     "must be 1 to 100"},
    {{"recovery.pages_max", [](wr::options& o) -> std::uint32_t& { return o.recovery.pages_max; }},
     0,
     "must be 1 or more"},
    {{"recovery.pages_in_turn", [](wr::options& o) -> std::uint32_t& { return o.recovery.pages_in_turn; }},
     0,
     "must be 1 or more"},
    {{"recovery.nodes_per_query",
      [](wr::options& o) -> std::uint32_t& { return o.recovery.nodes_per_query; }},
     8,
     "must be 1 to 8"},
    {{"recovery.stores_per_range",
      [](wr::options& o) -> std::uint32_t& { return o.recovery.stores_per_range; }},
     8,
     "must be 1 to 8"},
    {{"recovery.queries_at_once",
      [](wr::options& o) -> std::uint32_t& { return o.recovery.queries_at_once; }},
     0,
     "must be 1 or more"},
    {{"recovery.lookup_hashes", [](wr::options& o) -> std::uint32_t& { return o.recovery.lookup_hashes; }},
     50,
     "must be 1 to 50"},
    {{"recovery.lookup_rounds_max",
      [](wr::options& o) -> std::uint32_t& { return o.recovery.lookup_rounds_max; }},
     0,
     "must be 1 or more"},
    {{"subscription.ping_failures_max",
      [](wr::options& o) -> std::uint32_t& { return o.subscription.ping_failures_max; }},
     0,
     "must be 1 or more"},
    {{"subscription.subscribe_failures_max",
      [](wr::options& o) -> std::uint32_t& { return o.subscription.subscribe_failures_max; }},
     0,
     "must be 1 or more"},
    {{"subscription.topics_per_request",
      [](wr::options& o) -> std::uint32_t& { return o.subscription.topics_per_request; }},
     100,
     "must be 1 to 100"},
    {{"subscription.topics_max", [](wr::options& o) -> std::uint32_t& { return o.subscription.topics_max; }},
     0,
     "must be 1 or more"},
    {{"pool.floor", [](wr::options& o) -> std::uint32_t& { return o.pool.floor; }}, 0, "must be 1 or more"},
};

struct real {
  place<double> option;
  double least;
  double most;
  std::string_view problem;
};
constexpr real reals[] = {
    {{"retransmit.backoff.factor", [](wr::options& o) -> double& { return o.retransmit.backoff.factor; }},
     1,
     100,
     "must be 1 to 100"},
    {{"confirmation.growth", [](wr::options& o) -> double& { return o.confirmation.growth; }},
     1,
     100,
     "must be 1 to 100"},
    {{"cadence.growth", [](wr::options& o) -> double& { return o.cadence.growth; }},
     1,
     100,
     "must be 1 to 100"},
    {{"subscription.replace_backoff.factor",
      [](wr::options& o) -> double& { return o.subscription.replace_backoff.factor; }},
     1,
     100,
     "must be 1 to 100"},
    {{"pool.pause_growth", [](wr::options& o) -> double& { return o.pool.pause_growth; }},
     1,
     100,
     "must be 1 to 100"},
    {{"retransmit.backoff.jitter", [](wr::options& o) -> double& { return o.retransmit.backoff.jitter; }},
     0,
     1,
     "must be 0 to 1"},
    {{"subscription.replace_backoff.jitter",
      [](wr::options& o) -> double& { return o.subscription.replace_backoff.jitter; }},
     0,
     1,
     "must be 0 to 1"},
    {{"budget.bytes_per_second", [](wr::options& o) -> double& { return o.budget.bytes_per_second; }},
     1,
     1e15,
     "must be 1 to 10^15"},
    {{"budget.bytes_burst", [](wr::options& o) -> double& { return o.budget.bytes_burst; }},
     1,
     1e15,
     "must be 1 to 10^15"},
    {{"budget.requests_per_second", [](wr::options& o) -> double& { return o.budget.requests_per_second; }},
     0.001,
     1e15,
     "must be 0.001 to 10^15"},
    {{"budget.requests_burst", [](wr::options& o) -> double& { return o.budget.requests_burst; }},
     1,
     1e15,
     "must be 1 to 10^15"},
};

}  // namespace

TEST_CASE("the defaults are free of errors") { CHECK(wr::validate({}).empty()); }

TEST_CASE("a duration that something waits for is more than 0 and at most 365 days") {
  constexpr std::string_view problem = "must be more than 0, to 365 days";
  for (const auto& option : positive_durations) {
    CAPTURE(option.name);
    for (const wr::duration wrong : {wr::duration(0), wr::duration(-1), wr::duration::min(),
                                     wr::longest_duration + 1ns, wr::duration::max()}) {
      CHECK(names(errors_after([&](wr::options& o) { option.in(o) = wrong; }), option.name, problem));
    }
    for (const wr::duration right : {wr::duration(1), wr::longest_duration}) {
      CHECK_FALSE(names(errors_after([&](wr::options& o) { option.in(o) = right; }), option.name, problem));
    }
  }
}

TEST_CASE("a delay may be 0") {
  constexpr std::string_view problem = "must be 0 to 365 days";
  for (const auto& option : durations_from_zero) {
    CAPTURE(option.name);
    for (const wr::duration wrong : {wr::duration(-1), wr::longest_duration + 1ns, wr::duration::max()}) {
      CHECK(names(errors_after([&](wr::options& o) { option.in(o) = wrong; }), option.name, problem));
    }
    CHECK(errors_after([&](wr::options& o) { option.in(o) = 0s; }).empty());
  }
}

TEST_CASE("a count is at least 1 and at most its limit") {
  for (const auto& each : counts) {
    CAPTURE(each.option.name);
    CHECK(errors_after([&](wr::options& o) { each.option.in(o) = 0; }) ==
          std::vector<wr::option_error>{{each.option.name, each.problem}});
    CHECK(errors_after([&](wr::options& o) { each.option.in(o) = 1; }).empty());
    if (each.most == 0) {
      CHECK(errors_after([&](wr::options& o) { each.option.in(o) = UINT32_MAX; }).empty());
    } else {
      CHECK(errors_after([&](wr::options& o) { each.option.in(o) = each.most; }).empty());
      CHECK(errors_after([&](wr::options& o) { each.option.in(o) = each.most + 1; }) ==
            std::vector<wr::option_error>{{each.option.name, each.problem}});
    }
  }
}

TEST_CASE("a factor, share or rate lies within its limits, and is a number") {
  for (const auto& each : reals) {
    CAPTURE(each.option.name);
    for (const double wrong :
         {each.least - 0.0005, each.most * 1.001, -1.0, std::numeric_limits<double>::infinity(),
          std::numeric_limits<double>::quiet_NaN()}) {
      CAPTURE(wrong);
      CHECK(errors_after([&](wr::options& o) { each.option.in(o) = wrong; }) ==
            std::vector<wr::option_error>{{each.option.name, each.problem}});
    }
    for (const double right : {each.least, each.most}) {
      CHECK(errors_after([&](wr::options& o) { each.option.in(o) = right; }).empty());
    }
  }
}

TEST_CASE("the outgoing buffer holds 1 to 1,000,000 messages, and bytes for the largest of them") {
  CHECK(names(errors_after([](wr::options& o) { o.outgoing.messages_max = 0; }), "outgoing.messages_max",
              "must be 1 to 1000000"));
  CHECK(errors_after([](wr::options& o) { o.outgoing.messages_max = 1'000'000; }).empty());
  CHECK(names(errors_after([](wr::options& o) { o.outgoing.messages_max = 1'000'001; }),
              "outgoing.messages_max", "must be 1 to 1000000"));
  CHECK(names(errors_after([](wr::options& o) { o.outgoing.bytes_max = 0; }), "outgoing.bytes_max",
              "must be 1 or more"));
  CHECK(names(errors_after([](wr::options& o) { o.publish.message_bytes_max = 0; }),
              "publish.message_bytes_max", "must be 1 or more"));
  const auto too_large = [](wr::options& o) { o.publish.message_bytes_max = o.outgoing.bytes_max + 1; };
  CHECK(names(errors_after(too_large), "publish.message_bytes_max",
              "must be at most outgoing.bytes_max, or the largest messages never fit"));
  CHECK(errors_after([](wr::options& o) { o.publish.message_bytes_max = o.outgoing.bytes_max; }).empty());
}

TEST_CASE("meta has 64 bytes at most, as on the network") {
  CHECK(errors_after([](wr::options& o) { o.publish.meta_bytes_max = 0; }).empty());
  CHECK(names(errors_after([](wr::options& o) { o.publish.meta_bytes_max = 65; }), "publish.meta_bytes_max",
              "must be 0 to 64"));
}

TEST_CASE("late news is told for 4096 messages at most, or for none") {
  CHECK(errors_after([](wr::options& o) { o.confirmation.late_news_max = 0; }).empty());
  CHECK(errors_after([](wr::options& o) { o.confirmation.late_news_max = 4'096; }).empty());
  CHECK(names(errors_after([](wr::options& o) { o.confirmation.late_news_max = 4'097; }),
              "confirmation.late_news_max", "must be 0 to 4096"));
}

TEST_CASE("a choice is one of those that there are") {
  CHECK(errors_after([](wr::options& o) { o.outgoing.full = wr::when_full::evict_oldest; }).empty());
  CHECK(names(errors_after([](wr::options& o) { o.outgoing.full = static_cast<wr::when_full>(2); }),
              "outgoing.full", "must be refuse or evict_oldest"));
  CHECK(errors_after([](wr::options& o) { o.retransmit.loss = wr::retransmit_on::timer; }).empty());
  CHECK(names(errors_after([](wr::options& o) { o.retransmit.loss = static_cast<wr::retransmit_on>(2); }),
              "retransmit.loss", "must be reply or timer"));
}

TEST_CASE("[R7] messages of 20 s and more are not sent again, since stores refuse them") {
  constexpr std::string_view problem = "must be more than 0 and below 20 s: stores refuse older messages";
  const auto with = [](wr::duration age) {
    return errors_after([age](wr::options& o) { o.retransmit.resend_age_max = age; });
  };
  CHECK(names(with(20s), "retransmit.resend_age_max", problem));
  CHECK(names(with(0s), "retransmit.resend_age_max", problem));
  CHECK(with(20s - 1ns).empty());
  CHECK(with(1ns).empty());
}

TEST_CASE("a wait does not begin above its cap") {
  CHECK(errors_after([](wr::options& o) { o.retransmit.backoff.first = o.retransmit.backoff.cap; }).empty());
  CHECK(
      errors_after([](wr::options& o) { o.retransmit.backoff.first = 9s; }) ==
      std::vector<wr::option_error>{{"retransmit.backoff.cap", "must be at least retransmit.backoff.first"}});
  CHECK(errors_after([](wr::options& o) { o.subscription.replace_backoff.first = 61s; }) ==
        std::vector<wr::option_error>{
            {"subscription.replace_backoff.cap", "must be at least subscription.replace_backoff.first"}});
  CHECK(errors_after([](wr::options& o) { o.pool.first_pause = 11min; }) ==
        std::vector<wr::option_error>{{"pool.longest_pause", "must be at least pool.first_pause"}});
  CHECK(errors_after([](wr::options& o) { o.pool.first_pause = 10min; }).empty());
  CHECK(errors_after([](wr::options& o) { o.confirmation.early_interval = 61s; }) ==
        std::vector<wr::option_error>{
            {"confirmation.longest_interval", "must be at least confirmation.early_interval"}});
  CHECK(errors_after([](wr::options& o) { o.confirmation.early_interval = 60s; }).empty());
}

TEST_CASE("the verdict leaves time to ask a store") {
  CHECK(errors_after([](wr::options& o) { o.confirmation.deadline = 3s; }) ==
        std::vector<wr::option_error>{
            {"confirmation.deadline",
             "must be longer than confirmation.settling, or no store is asked in time"}});
  CHECK(errors_after([](wr::options& o) { o.confirmation.deadline = 3s + 1ns; }).empty());
}

TEST_CASE("[R29] a query spans 1 s to 24 h") {
  const auto with = [](wr::duration slice) {
    return errors_after([slice](wr::options& o) { o.recovery.slice = slice; });
  };
  CHECK(with(1s).empty());
  CHECK(with(24h).empty());
  CHECK(names(with(1s - 1ns), "recovery.slice", "must be 1 s to 24 h"));
  CHECK(names(with(24h + 1ns), "recovery.slice", "must be 1 s to 24 h"));
  const auto reaching = [](wr::duration reach) {
    return errors_after([reach](wr::options& o) {
      o.recovery.slice = 1s;
      o.recovery.longest_reach = reach;
    });
  };
  CHECK(reaching(100'000s).empty());
  CHECK(names(reaching(100'001s), "recovery.longest_reach",
              "must be at most 100000 recovery.slice, or a round has too many queries"));
}

TEST_CASE("rounds are closer together than the window is long") {
  CHECK(errors_after([](wr::options& o) { o.cadence.longest = 5min - 1ns; }).empty());
  CHECK(errors_after([](wr::options& o) { o.cadence.longest = 5min; }) ==
        std::vector<wr::option_error>{
            {"cadence.longest", "must be less than recovery.window, or rounds leave gaps"}});
}

TEST_CASE("the interval between rounds lies between the shortest and the longest") {
  constexpr wr::option_error error{"cadence.interval", "must be cadence.shortest to cadence.longest"};
  CHECK(errors_after([](wr::options& o) { o.cadence.interval = o.cadence.shortest; }).empty());
  CHECK(errors_after([](wr::options& o) { o.cadence.interval = o.cadence.longest; }).empty());
  CHECK(errors_after([](wr::options& o) { o.cadence.interval = o.cadence.shortest - 1ns; }) ==
        std::vector{error});
  CHECK(errors_after([](wr::options& o) { o.cadence.interval = o.cadence.longest + 1ns; }) ==
        std::vector{error});
}

TEST_CASE("the reach covers the window with its overlap") {
  CHECK(errors_after([](wr::options& o) { o.recovery.longest_reach = 5min + 20s; }).empty());
  CHECK(errors_after([](wr::options& o) { o.recovery.longest_reach = 5min + 20s - 1ns; }) ==
        std::vector<wr::option_error>{
            {"recovery.longest_reach", "must be at least recovery.window + recovery.overlap"}});
}

TEST_CASE("[R28] hashes are kept for the window and the overlap at both ends") {
  CHECK(errors_after([](wr::options& o) { o.seen.lifetime = 5min + 40s; }).empty());
  CHECK(errors_after([](wr::options& o) { o.seen.lifetime = 5min + 40s - 1ns; }) ==
        std::vector<wr::option_error>{
            {"seen.lifetime",
             "must be at least recovery.window + 2 recovery.overlap, or messages are shown twice"}});
  CHECK(names(errors_after([](wr::options& o) { o.seen.entries_max = 0; }), "seen.entries_max",
              "must be 1 to 100000000"));
  CHECK(names(errors_after([](wr::options& o) { o.seen.entries_max = 100'000'001; }), "seen.entries_max",
              "must be 1 to 100000000"));
  CHECK(errors_after([](wr::options& o) { o.seen.entries_max = 100'000'000; }).empty());
}

TEST_CASE("at least one missing hash is remembered") {
  CHECK(names(errors_after([](wr::options& o) { o.recovery.missing_max = 0; }), "recovery.missing_max",
              "must be 1 or more"));
}

TEST_CASE("every error is named, not the first alone") {
  wr::options numbers;
  std::set<std::string_view> expected;
  for (const auto& option : positive_durations) {
    option.in(numbers) = -1ns;
    expected.insert(option.name);
  }
  for (const auto& option : durations_from_zero) {
    option.in(numbers) = -1ns;
    expected.insert(option.name);
  }
  for (const auto& each : counts) {
    each.option.in(numbers) = 0;
    expected.insert(each.option.name);
  }
  for (const auto& each : reals) {
    each.option.in(numbers) = -1.0;
    expected.insert(each.option.name);
  }
  std::set<std::string_view> named;
  for (const wr::option_error& error : wr::validate(numbers)) named.insert(error.option);
  for (const std::string_view option : expected) {
    CAPTURE(option);
    CHECK(named.count(option) == 1);
  }
}

TEST_CASE("durations far out of range are told without a sum that overflows") {
  const auto errors = errors_after([](wr::options& o) {
    o.recovery.window = wr::duration::max();
    o.recovery.overlap = wr::duration::max();
    o.seen.lifetime = wr::duration::min();
  });
  CHECK(names(errors, "recovery.window", "must be more than 0, to 365 days"));
  CHECK(names(errors, "recovery.overlap", "must be 0 to 365 days"));
  CHECK(names(errors, "seen.lifetime", "must be more than 0, to 365 days"));
  const auto others = errors_after([](wr::options& o) { o.recovery.overlap = wr::duration::min(); });
  CHECK(names(others, "recovery.overlap", "must be 0 to 365 days"));
}

TEST_CASE("errors name what the options are called, with a dot for each group") {
  for (const wr::option_error& error : errors_after([](wr::options& o) {
         o.timeout.push = 0s;
         o.clock_jump = 0s;
       })) {
    const bool known = error.option == "timeout.push" || error.option == "clock_jump";
    CHECK(known);
  }
}

}  // namespace validate_tests
