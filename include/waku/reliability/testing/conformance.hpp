// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <waku/reliability/testing/conformance/filter_checks.hpp>
#include <waku/reliability/testing/conformance/fixture.hpp>
#include <waku/reliability/testing/conformance/lightpush_checks.hpp>
#include <waku/reliability/testing/conformance/peer_checks.hpp>
#include <waku/reliability/testing/conformance/relay_checks.hpp>
#include <waku/reliability/testing/conformance/report.hpp>
#include <waku/reliability/testing/conformance/request_checks.hpp>
#include <waku/reliability/testing/conformance/store_checks.hpp>
#include <waku/reliability/testing/conformance/trial.hpp>

/// \file
/// The conformance kit: does a transport keep the rules of capability/? Write a fixture, see
/// conformance/fixture.hpp, and
///
///     const auto report = wr::testing::check_transport([] { return my_fixture(); });
///     std::fputs(report.text().c_str(), stdout);
///     return report.conforms() ? 0 : 1;
namespace waku::reliability::testing {

/// Runs every check, each on a fixture of its own, and reports. `make` gives a new fixture. Checks of
/// protocols that the transport lacks are reported as skipped.
template <class Make>
class conformance_run {
 public:
  using fixture_type = std::remove_cvref_t<std::invoke_result_t<Make&>>;
  static_assert(transport_fixture<fixture_type>,
                "the fixture lacks one of transport(), destroy_transport(), now(), run_until(), peer(), "
                "desk(), or its transport is none for its message type");
  using trial_type = trial<fixture_type>;
  static_assert(!trial_type::has.filter || pushing_fixture<fixture_type>,
                "the transport has filter, so the fixture needs push(index, pubsub_topic, messages)");
  static_assert(!trial_type::has.relay || relaying_fixture<fixture_type>,
                "the transport has relay, so the fixture needs relay(pubsub_topic, message) and "
                "relay_neighbours()");

  conformance_run(Make& make, const conformance_options& options) : make_(&make), options_(&options) {}

  [[nodiscard]] conformance_report all() {
    using namespace conformance;
    constexpr capability_set has = trial_type::has;
    constexpr bool services = trial_type::has_services;
    check<services, peers_are_told, peers_leave_and_return, request_reaches_its_peer, request_returns_at_once,
          reply_exactly_once, reply_frees_the_stream, reply_of_the_right_operation, reply_keeps_status,
          reply_waits_for_the_peer, error_of_closed_stream, error_of_reset_stream, error_of_garbage,
          error_of_unreachable_peer, error_of_speechless_peer, error_of_leaving_peer, cancel_of_nothing,
          cancel_of_one, cancel_frees_the_stream>("the transport has no protocol of service peers");
    check<has.filter || has.store, views_are_copied>("the transport has neither filter nor store");
    check<has.lightpush || has.relay, cancel_gives_back>("the transport has neither lightpush nor relay");
    check<true, request_throws_nothing, connectivity_is_told, attach_replaces, node_goes_first,
          transport_goes_first, one_strand>({});
    check<has.lightpush, lightpush_keeps_message, lightpush_keeps_topic, lightpush_keeps_reply,
          lightpush_marks_legacy>("the transport has no lightpush");
    check<has.filter, filter_keeps_criteria, filter_push_order, filter_push_keeps_message,
          filter_push_keeps_origin, filter_push_before_reply>("the transport has no filter");
    check<has.store, store_content_query, store_hash_query, store_page_with_bodies, store_page_of_hashes,
          store_cursor_is_kept, store_last_page, store_legacy_query>("the transport has no store");
    check<has.relay, relay_tells_peers, relay_keeps_message, relay_tells_messages, relay_leaves>(
        "the transport has no relay");
    return std::move(report_);
  }

 private:
  template <bool Present, class... Checks>
  void check(std::string_view lacking) {
    (check_one<Present, Checks>(lacking), ...);
  }
  template <bool Present, class Check>
  void check_one(std::string_view lacking) {
    if (!Check::about.id.starts_with(options_->only)) return;
    check_result result;
    if constexpr (Present) {
      if (options_->starting) options_->starting(Check::about);
      result = run<Check>();
    } else {
      result.verdict = check_verdict::skipped;
      result.seen = lacking;
    }
    result.id = Check::about.id;
    result.promise = Check::about.promise;
    report_.add(std::move(result));
  }
  template <class Check>
  check_result run() {
    fixture_type fixture = (*make_)();
    std::optional<trial_type> it;
    const std::string thrown = what_throws([&] {
      it.emplace(fixture, *options_);
      // Once it is known that the peers do not appear, no other check waits for them.
      if (peers_appear_) peers_appear_ = it->meet_peers();
      Check::run(*it);
    });
    const std::string thrown_at_end = what_throws([&] {
      if (it) it->cancel_all();
    });
    check_result result;
    if (it) result = std::move(it->result());
    if (!thrown.empty()) result = {{}, {}, check_verdict::failed, thrown};
    if (thrown.empty() && !thrown_at_end.empty()) result = {{}, {}, check_verdict::failed, thrown_at_end};
    return result;
  }
  // What left `work` as an exception, in words; nothing if none did.
  template <class Work>
  static std::string what_throws(Work&& work) {
#if defined(__cpp_exceptions)
    try {
      work();
    } catch (const std::exception& thrown) {
      return std::string("an exception came out: ") + thrown.what();
    } catch (...) {
      return "an exception came out";
    }
#else
    work();
#endif
    return {};
  }

  Make* make_;
  const conformance_options* options_;
  bool peers_appear_ = true;
  conformance_report report_;
};

/// Checks the transport of the fixtures that `make` gives, one for each check.
template <class Make>
  requires std::invocable<Make&>
[[nodiscard]] conformance_report check_transport(Make&& make, const conformance_options& options = {}) {
  return conformance_run<std::remove_reference_t<Make>>(make, options).all();
}

/// Checks the transport of a fixture that can be made from nothing.
template <transport_fixture Fixture>
[[nodiscard]] conformance_report check_transport(const conformance_options& options = {}) {
  return check_transport([] { return Fixture(); }, options);
}

}  // namespace waku::reliability::testing
