// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/observer/observer_policy.hpp>

#include <concepts>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace observer_policy_tests {

namespace wr = waku::reliability;

namespace {

// Hears one kind of notice and nothing else, not even by conversion.
template <class Notice>
struct hears_only {
  static constexpr wr::slot fills = wr::slot::observer;
  template <std::same_as<Notice> Heard>
  void on(const Heard&) {
    ++heard;
  }
  int heard = 0;
};

template <class... Notices>
constexpr bool each_kind_is_enough = (wr::observer_policy<hears_only<Notices>> && ...);

// An observer of the user's own: counts losses and repairs.
struct loss_counter {
  static constexpr wr::slot fills = wr::slot::observer;
  void on(const wr::notice::missing&) { ++missing; }
  void on(const wr::notice::recovered&) { ++recovered; }
  int missing = 0;
  int recovered = 0;
};

struct hears_nothing {
  static constexpr wr::slot fills = wr::slot::observer;
};
struct hears_a_number {
  static constexpr wr::slot fills = wr::slot::observer;
  void on(int) {}
};
struct stays_where_it_is : loss_counter {
  stays_where_it_is() = default;
  stays_where_it_is(const stays_where_it_is&) = delete;
  stays_where_it_is& operator=(const stays_where_it_is&) = delete;
};

}  // namespace

TEST_CASE("an observer may hear any kind of notice, and no other") {
  namespace notice = wr::notice;
  CHECK(
      each_kind_is_enough<notice::peer_ejected, notice::peer_replaced, notice::rate_limited, notice::degraded,
                          notice::retransmitted, notice::restamped, notice::neutral_answer,
                          notice::late_confirmation, notice::duplicate_received, notice::unsolicited_push,
                          notice::missing, notice::recovered, notice::lookup_given_up, notice::wrong_body,
                          notice::cursor_looped, notice::window_recovered, notice::window_shortened,
                          notice::audit_failed, notice::seen_evicted, notice::clock_jumped,
                          notice::outage_began, notice::outage_ended, notice::filter_refused,
                          notice::stray_reply, notice::budget_exhausted>);
}

TEST_CASE("an observer of the user's own fits where the silent one does") {
  CHECK(wr::observer_policy<loss_counter>);
  CHECK(std::same_as<wr::complete_policies<wr::policies<loss_counter>, wr::all_capabilities>::observer,
                     loss_counter>);
  loss_counter observer;
  observer.on(wr::notice::missing{});
  CHECK(observer.missing == 1);
  CHECK(observer.recovered == 0);
}

TEST_CASE("what hears nothing, or cannot be moved, is no observer") {
  CHECK_FALSE(wr::observer_policy<hears_nothing>);
  CHECK_FALSE(wr::observer_policy<hears_a_number>);
  CHECK_FALSE(wr::observer_policy<stays_where_it_is>);
}

}  // namespace observer_policy_tests
