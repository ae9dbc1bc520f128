// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/conformance.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "conformance/letter_transport.hpp"

namespace conformance_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using letters::defect;

namespace {

wt::conformance_options usual_options() {
  wt::conformance_options options;
  options.many = 120;  // more than the letter transport's streams to one peer
  return options;
}
wt::conformance_report check(defect wrong, const wt::conformance_options& options = usual_options()) {
  return wt::check_transport([wrong] { return letters::fixture<>(wrong); }, options);
}

struct expected {
  defect wrong;
  std::string_view name;
  std::vector<std::string_view> caught_by;  // the checks that fail, and no other
};

// What breaks one promise of a transport and no other.
const expected narrow_defects[] = {
    {defect::blocks_until_the_reply, "blocks until the reply", {"request.returns_at_once"}},
    {defect::reads_views_late, "reads views late", {"cancel.frees_stream", "request.copies_views"}},
    {defect::replies_twice, "replies twice", {"reply.exactly_once"}},
    {defect::calls_silence_a_lost_connection, "calls silence a lost connection", {"reply.waits_for_peer"}},
    {defect::cancel_of_ended_fails_it_again, "cancel fails what ended", {"cancel.unknown_operation"}},
    {defect::cancel_fails_all_of_the_peer, "cancel fails all of the peer", {"cancel.spares_others"}},
    {defect::leaks_streams_of_cancelled, "leaks cancelled streams", {"cancel.frees_stream"}},
    {defect::leaks_streams_of_replies, "leaks answered streams", {"reply.frees_stream"}},
    {defect::reads_cancelled_message, "sends late", {"cancel.frees_stream", "cancel.releases_message"}},
    {defect::tells_no_protocols, "tells no protocols", {"peers.appear"}},
    {defect::tells_wrong_shards, "tells wrong shards", {"peers.appear"}},
    {defect::does_not_notice_leaving, "does not notice leaving", {"peers.leave_and_return"}},
    {defect::numbers_anew, "numbers peers anew", {"peers.leave_and_return"}},
    {defect::tells_no_connectivity, "tells no connectivity", {"peers.connectivity"}},
    {defect::keeps_first_sink, "keeps the first sink", {"attach.replaces_sink"}},
    {defect::new_sink_hears_no_peers, "new sink hears no peers", {"attach.replaces_sink"}},
    {defect::knows_one_node_only, "knows one node", {"attach.replaces_sink", "life.node_goes_first"}},
    {defect::goes_on_after_its_end, "goes on after its end", {"life.transport_goes_first"}},
    {defect::calls_a_closed_stream_garbage, "calls a closed stream garbage", {"error.closed_stream"}},
    {defect::hangs_on_reset, "hangs on reset", {"error.reset_stream"}},
    {defect::makes_a_reply_of_garbage, "makes a reply of garbage", {"error.garbage"}},
    {defect::throws_on_garbage, "throws on garbage", {"error.garbage"}},
    {defect::calls_dial_failures_lost_connections, "misnames dial failures", {"error.unreachable_peer"}},
    {defect::hangs_on_unsupported_protocol, "hangs on other protocols", {"error.unsupported_protocol"}},
    {defect::leaves_operations_of_left_peers_open, "forgets peers that left", {"error.peer_left"}},
    {defect::drops_meta, "drops meta", {"lightpush.message"}},
    {defect::drops_ephemeral, "drops the ephemeral flag", {"lightpush.message"}},
    {defect::keeps_milliseconds, "keeps milliseconds", {"lightpush.message"}},
    {defect::cuts_payloads, "cuts payloads", {"lightpush.message"}},
    {defect::pushes_on_the_default_topic, "pushes on the default topic", {"lightpush.pubsub_topic"}},
    {defect::absent_count_is_zero, "reads an absent count as 0", {"lightpush.reply"}},
    {defect::drops_descriptions, "drops descriptions", {"lightpush.reply", "lightpush.legacy"}},
    {defect::hides_legacy_push, "hides legacy", {"lightpush.legacy"}},
    {defect::sends_ninety_topics, "sends 90 topics", {"filter.criteria"}},
    {defect::splits_criteria, "splits criteria", {"filter.criteria"}},
    {defect::reads_one_frame_of_a_stream, "reads one frame of a stream", {"filter.pushes_of_one_stream"}},
    {defect::turns_pushes_around, "turns pushes around", {"filter.pushes_of_one_stream"}},
    {defect::changes_pushed_messages, "changes pushed messages", {"filter.push_message"}},
    {defect::guesses_topics_of_pushes, "guesses topics of pushes", {"filter.push_origin"}},
    {defect::mixes_up_pushing_peers, "mixes up pushing peers", {"filter.push_origin"}},
    {defect::drops_pushes_before_the_reply, "drops early pushes", {"filter.push_before_reply"}},
    {defect::leaves_the_page_limit_out, "leaves the limit out", {"store.content_query", "store.hash_query"}},
    {defect::asks_newest_first, "asks the newest first", {"store.content_query"}},
    {defect::rounds_query_times, "rounds query times", {"store.content_query"}},
    {defect::sends_topic_with_hashes, "sends the topic with hashes", {"store.hash_query"}},
    {defect::asks_twenty_hashes, "asks 20 hashes", {"store.hash_query"}},
    {defect::changes_bodies, "changes bodies", {"store.page_with_bodies", "store.legacy"}},
    {defect::makes_empty_bodies, "makes empty bodies", {"store.page_of_hashes"}},
    {defect::reads_cursors_as_text, "reads cursors as text", {"store.cursor"}},
    {defect::invents_cursors, "invents cursors", {"store.last_page"}},
    {defect::asks_legacy_stores_by_v3, "asks legacy stores by v3", {"store.legacy"}},
    {defect::tells_no_relay_peers, "tells no relay peers", {"relay.peers"}},
    {defect::publishes_on_another_topic, "publishes on another topic", {"relay.publish"}},
    {defect::counts_no_peers, "counts no relay peers", {"relay.publish"}},
    {defect::tells_relay_messages_as_pushes, "tells relay messages as pushes", {"relay.message"}},
    {defect::changes_relay_messages, "changes relay messages", {"relay.message"}},
    {defect::never_leaves, "never leaves", {"relay.leave"}},
};

// What breaks so much that many promises go with it; the one that names it is among them.
const expected broad_defects[] = {
    {defect::wrong_peer, "asks the wrong peer", {"request.reaches_its_peer"}},
    {defect::sends_twice, "sends twice", {"request.reaches_its_peer"}},
    {defect::throws_for_unreachable_peers, "throws for unreachable peers", {"request.throws_nothing"}},
    {defect::loses_replies, "loses replies", {"reply.exactly_once"}},
    {defect::replies_in_order_of_requests, "replies in order of requests", {"reply.right_operation"}},
    {defect::rounds_status_codes, "rounds status codes", {"reply.status"}},
    {defect::says_yes_at_once, "says yes at once", {"reply.waits_for_peer"}},
    {defect::replies_on_a_thread, "replies on a thread", {"life.one_thread"}},
    {defect::tells_no_peers, "tells no peers", {"peers.appear"}},
};

}  // namespace

TEST_CASE("a right transport passes every check, and none is skipped") {
  const wt::conformance_report report = check(defect::none);
  INFO(report.text());
  CHECK(report.conforms());
  CHECK(report.failures().empty());
  CHECK(report.count(wt::check_verdict::skipped) == 0);
  CHECK(report.count(wt::check_verdict::passed) == 46);
}

TEST_CASE("each broken promise is found by the check that names it, and by no other") {
  for (const expected& each : narrow_defects) {
    const wt::conformance_report report = check(each.wrong);
    CAPTURE(each.name);
    INFO(report.text());
    CHECK(report.failures() == each.caught_by);
    CHECK_FALSE(report.conforms());
  }
}

TEST_CASE("a transport that is broken altogether is found by the check that names the cause") {
  for (const expected& each : broad_defects) {
    const wt::conformance_report report = check(each.wrong);
    CAPTURE(each.name);
    INFO(report.text());
    const wt::check_result* found = report.find(each.caught_by.front());
    REQUIRE(found != nullptr);
    CHECK(found->failed());
    CHECK_FALSE(report.conforms());
  }
}

TEST_CASE("every check can fail: there is a broken transport for each") {
  const wt::conformance_report report = check(defect::none);
  std::vector<std::string_view> caught;
  for (const expected& each : narrow_defects) {
    caught.insert(caught.end(), each.caught_by.begin(), each.caught_by.end());
  }
  for (const expected& each : broad_defects) caught.push_back(each.caught_by.front());
  for (const wt::check_result& each : report.results()) {
    CAPTURE(each.id);
    CHECK(std::find(caught.begin(), caught.end(), each.id) != caught.end());
  }
}

TEST_CASE("a failed check says what must be and what was; ids are unique") {
  const wt::conformance_report report = check(defect::leaves_the_page_limit_out);
  const wt::check_result* found = report.find("store.content_query");
  REQUIRE(found != nullptr);
  CHECK(found->verdict == wt::check_verdict::failed);
  CHECK(found->seen == "the page limit was changed or left out");
  CHECK(found->promise.find("the page limit") != std::string_view::npos);
  const std::string text = report.text();
  CHECK(text.find("FAILED   store.content_query\n         must be: a content query carries") !=
        std::string::npos);
  CHECK(text.find("\n         was: the page limit was changed or left out\n") != std::string::npos);
  CHECK(text.find("passed   reply.exactly_once\n") != std::string::npos);
  CHECK(text.find("44 passed, 2 failed, 0 skipped\n") != std::string::npos);
  for (const wt::check_result& each : report.results()) {
    CHECK(report.find(each.id) == &each);
    CHECK_FALSE(each.promise.empty());
  }
  CHECK(report.find("no.such_check") == nullptr);
}

TEST_CASE("some checks can be run alone, and each is announced before it runs") {
  wt::conformance_options options = usual_options();
  std::vector<std::string_view> announced;
  options.only = "filter.push_";
  options.starting = [&](const wt::check_description& about) { announced.push_back(about.id); };
  const wt::conformance_report report = check(defect::none, options);
  CHECK(announced == std::vector<std::string_view>{"filter.push_message", "filter.push_origin",
                                                   "filter.push_before_reply"});
  CHECK(report.results().size() == 3);
  CHECK(report.conforms());
}

TEST_CASE("a report of nothing does not conform") {
  wt::conformance_options options = usual_options();
  options.only = "no such check";
  CHECK_FALSE(check(defect::none, options).conforms());
}

}  // namespace conformance_tests
