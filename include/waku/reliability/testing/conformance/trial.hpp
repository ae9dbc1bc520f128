// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/testing/conformance/event_recorder.hpp>
#include <waku/reliability/testing/conformance/fixture.hpp>
#include <waku/reliability/testing/conformance/lent_request.hpp>
#include <waku/reliability/testing/conformance/sample_message.hpp>
#include <waku/reliability/testing/recorded_request.hpp>

namespace waku::reliability::testing {

/// One check under way: asks the transport as a node would, has the service peers answer, and hears what the
/// transport tells. A function that finds the transport wanting says so by fail() and returns nothing.
template <transport_fixture Fixture>
class trial {
 public:
  using message_type = typename Fixture::message_type;
  using transport_type = typename Fixture::transport_type;
  using recorder_type = event_recorder<message_type>;
  using ending = typename recorder_type::ending;
  using answer_type = peer_answer<message_type>;

  static constexpr capability_set has = capabilities_of<transport_type, message_type>;
  static constexpr bool has_services = has.lightpush || has.filter || has.store;

  trial(Fixture& fixture, const conformance_options& chosen)
      : fixture_(&fixture), options_(&chosen), recorder_(std::make_unique<recorder_type>()) {
    transport().attach(recorder_->sink());
  }
  trial(const trial&) = delete;
  trial& operator=(const trial&) = delete;

  // The verdict.

  void fail(std::string seen) {
    if (result_.verdict == check_verdict::passed) result_ = {{}, {}, check_verdict::failed, std::move(seen)};
  }
  void skip(std::string why) {
    if (result_.verdict == check_verdict::passed) result_ = {{}, {}, check_verdict::skipped, std::move(why)};
  }
  [[nodiscard]] bool undecided() const noexcept { return result_.verdict == check_verdict::passed; }
  [[nodiscard]] check_result& result() noexcept { return result_; }

  // The scene.

  [[nodiscard]] Fixture& fixture() noexcept { return *fixture_; }
  [[nodiscard]] transport_type& transport() { return fixture_->transport(); }
  [[nodiscard]] const conformance_options& options() const noexcept { return *options_; }
  [[nodiscard]] recorder_type& heard() noexcept { return *recorder_; }
  [[nodiscard]] const std::deque<peer_request<message_type>>& arrivals() {
    return fixture_->desk().requests();
  }
  [[nodiscard]] std::string_view topic(std::size_t which = 0) const { return options_->pubsub_topics[which]; }
  [[nodiscard]] std::string content_topic(std::uint32_t mark) const {
    return options_->content_topic_stem + std::to_string(mark) + "/proto";
  }
  [[nodiscard]] message sample(std::uint32_t mark) const { return sample_message(mark, content_topic(mark)); }
  /// A message in the transport's type.
  [[nodiscard]] message_type carried(const message& plain) {
    if constexpr (message_making_fixture<Fixture>) {
      return fixture_->make_message(plain);
    } else {
      message_type made;
      made.payload.assign(plain.payload.begin(), plain.payload.end());
      made.content_topic = plain.content_topic;
      made.meta.assign(plain.meta.begin(), plain.meta.end());
      made.timestamp = plain.timestamp;
      made.ephemeral = plain.ephemeral;
      return made;
    }
  }
  /// The kinds of requests that service peers answer, as far as the transport has them.
  [[nodiscard]] static std::vector<operation_kind> kinds() {
    std::vector<operation_kind> found;
    if (has.lightpush) found.push_back(operation_kind::lightpush);
    if (has.filter) found.push_back(operation_kind::filter_subscribe);
    if (has.filter) found.push_back(operation_kind::filter_unsubscribe);
    if (has.filter) found.push_back(operation_kind::filter_ping);
    if (has.store) found.push_back(operation_kind::store_query);
    return found;
  }

  // Time.

  /// Lets time pass until the condition holds; false if it does not in time.
  template <class Condition>
  bool wait(Condition condition) {
    return fixture_->run_until(condition, options_->patience);
  }
  /// Lets a little time pass, for what must not happen.
  void listen() { listen(options_->quiet); }
  void listen(duration length) {
    static_cast<void>(fixture_->run_until([] { return false; }, length));
  }
  /// Waits until all service peers are known, or patience ends.
  bool meet_peers() {
    return !has_services || wait([this] {
      for (std::size_t peer = 0; peer < conformance_peers; ++peer) {
        const auto* news = heard().latest(fixture_->peer(peer));
        if (news == nullptr || !news->here) return false;
      }
      return true;
    });
  }
  /// Puts a service peer into a state; skips the check if the fixture cannot.
  bool set_peer(std::size_t peer, peer_state state) {
    if constexpr (peer_changing_fixture<Fixture>) {
      if (fixture_->set_peer(peer, state)) return true;
      skip("the fixture cannot bring a peer into the state that this needs");
    } else {
      skip("the fixture has no set_peer()");
    }
    return false;
  }

  // Asking.

  operation_id lightpush(const message& what, std::size_t peer = 0, std::size_t on = 0) {
    lent& own = lend(operation_kind::lightpush, sample_number(what.payload), on);
    own.message.emplace(carried(what));
    call([&] {
      transport().lightpush({own.operation, fixture_->peer(peer), own.pubsub_topic, *own.message, own.hash},
                            recorder_->template handle<lightpush_reply>(own.operation));
    });
    return own.operation;
  }
  operation_id relay_publish(const message& what, std::size_t on = 0) {
    lent& own = lend(operation_kind::relay_publish, sample_number(what.payload), on);
    own.message.emplace(carried(what));
    call([&] {
      transport().relay_publish({own.operation, own.pubsub_topic, *own.message, own.hash},
                                recorder_->template handle<relay_reply>(own.operation));
    });
    return own.operation;
  }
  /// SUBSCRIBE or UNSUBSCRIBE of so many content topics, from `mark` on.
  operation_id change_criteria(operation_kind kind, std::uint32_t mark, std::size_t peer = 0,
                               std::uint32_t count = 1, std::size_t on = 0) {
    lent& own = lend(kind, mark, on);
    lend_topics(own, mark, count);
    const peer_id to = fixture_->peer(peer);
    auto reply = recorder_->template handle<filter_reply>(own.operation);
    call([&] {
      if (kind == operation_kind::filter_subscribe) {
        transport().filter_subscribe({own.operation, to, own.pubsub_topic, own.topic_views}, reply);
      } else {
        transport().filter_unsubscribe({own.operation, to, own.pubsub_topic, own.topic_views}, reply);
      }
    });
    return own.operation;
  }
  operation_id ping(std::size_t peer = 0) {
    lent& own = lend(operation_kind::filter_ping, static_cast<std::uint32_t>(peer), 0);
    call([&] {
      transport().filter_ping({own.operation, fixture_->peer(peer), own.pubsub_topic},
                              recorder_->template handle<filter_reply>(own.operation));
    });
    return own.operation;
  }
  /// A store query with so many content topics, from `mark` on; `asked` says all but ids and topics.
  operation_id store_query(store_request asked, std::uint32_t mark, std::uint32_t topics,
                           std::size_t peer = 0, std::size_t on = 0) {
    lent& own = lend(operation_kind::store_query, mark, on);
    lend_topics(own, mark, topics);
    own.hashes.assign(asked.hashes.begin(), asked.hashes.end());
    own.cursor.assign(asked.cursor.begin(), asked.cursor.end());
    asked.operation = own.operation;
    asked.peer = fixture_->peer(peer);
    asked.pubsub_topic = own.pubsub_topic;
    asked.content_topics = own.topic_views;
    asked.hashes = own.hashes;
    asked.cursor = own.cursor;
    call([&] {
      transport().store_query(asked, recorder_->template handle<store_reply<message_type>>(own.operation));
    });
    return own.operation;
  }
  /// A usual request of a kind that the transport has. Kind and mark tell it from others; pings, the peer.
  operation_id ask(operation_kind kind, std::uint32_t mark, std::size_t peer = 0) {
    switch (kind) {
      case operation_kind::lightpush:
        if constexpr (has.lightpush) return lightpush(sample(mark), peer);
        break;
      case operation_kind::filter_subscribe:
      case operation_kind::filter_unsubscribe:
        if constexpr (has.filter) return change_criteria(kind, mark, peer);
        break;
      case operation_kind::filter_ping:
        if constexpr (has.filter) return ping(peer);
        break;
      case operation_kind::store_query:
        if constexpr (has.store) {
          store_request asked;
          asked.time_start = wall_time(std::chrono::seconds(1'717'200'000));
          asked.time_end = *asked.time_start + std::chrono::minutes(5);
          return store_query(asked, mark, 1, peer);
        }
        break;
      default: break;
    }
    assert(false && "the transport has no such request");
    return {};
  }
  /// True for an operation that was started.
  [[nodiscard]] bool knows(operation_id operation) const {
    return operation.slot() < lent_.size() && lent_[operation.slot()]->operation == operation;
  }
  void cancel(operation_id operation) {
    call([&] { transport().cancel(operation); });
  }
  /// Cancels what has not ended, as a node that goes away does.
  void cancel_all() {
    if (destroyed_) return;
    for (const auto& each : lent_) {
      if (heard().first_end(each->operation) == nullptr) cancel(each->operation);
    }
  }
  /// Ends the transport's life with whatever is under way.
  void destroy_transport() {
    destroyed_ = true;
    fixture_->destroy_transport();
  }
  /// The longest that a function of the transport has taken, by the fixture's clock.
  [[nodiscard]] duration longest_call() const noexcept { return longest_call_; }

  /// Makes what was lent for the call alone unreadable: content topics, hashes, cursor.
  void spoil_call_views(operation_id operation) { lent_[operation.slot()]->spoil_call_views(); }
  /// Makes what was lent until the operation's end unreadable: message and pubsub topic.
  void spoil_message(operation_id operation) {
    message gone;
    gone.content_topic = std::string(gone_topic);
    lent_[operation.slot()]->spoil_message(carried(gone));
  }
  /// True for a request that was written from a spoiled message or pubsub topic.
  [[nodiscard]] static bool is_spoiled(const peer_request<message_type>& request) {
    return request.pubsub_topic.find("??") != std::string::npos ||
           (request.message && message_traits<message_type>::content_topic(*request.message) == gone_topic);
  }

  // Answering.

  /// True when the operation's request, or what is taken for it, has reached a peer.
  [[nodiscard]] bool has_arrived(operation_id operation) {
    return unclaimed(operation, true).has_value() || unclaimed(operation, false).has_value();
  }
  /// The number of the arrival that is this operation's request; waits for it. What bears another mark counts
  /// if nothing else comes: what a transport does to the mark is for another check to find.
  std::optional<std::size_t> arrival(operation_id operation) {
    std::optional<std::size_t> found;
    const auto exactly = [&] { return (found = unclaimed(operation, true)).has_value(); };
    static_cast<void>(wait([&] { return exactly() || unclaimed(operation, false); }));
    if (!exactly() && unclaimed(operation, false) && !fixture_->run_until(exactly, options_->quiet)) {
      found = unclaimed(operation, false);
    }
    if (found) {
      claimed_.resize(arrivals().size());
      claimed_[*found] = true;
      --awaited_[static_cast<std::size_t>(operation.kind())];
    } else {
      fail(std::string(name_of(operation.kind())) + ": the request did not reach the service peer" +
           how_it_ended(operation));
    }
    return found;
  }
  /// Answers an arrival; skips the check if the fixture cannot.
  bool answer(std::size_t number, const answer_type& with) {
    const bool able = fixture_->desk().answer(number, with);
    if (!able) skip("the fixture's peers cannot give the answer that this needs");
    return able;
  }
  /// A good answer without content to a request of this kind.
  [[nodiscard]] static answer_type good_answer(operation_kind kind) { return answer_of(kind, 200); }
  [[nodiscard]] static answer_type answer_of(operation_kind kind, std::uint32_t status) {
    return answer_with_status<message_type>(kind, status);
  }
  /// How an operation ended; waits for it.
  std::optional<ending> end_of(operation_id operation) {
    if (!wait([&] { return heard().first_end(operation) != nullptr; })) {
      fail(std::string(name_of(operation.kind())) + ": the operation did not end");
      return std::nullopt;
    }
    return *heard().first_end(operation);
  }
  /// Has the peer answer this operation's request, and gives how the operation ended.
  std::optional<ending> conclude(operation_id operation, const answer_type& with) {
    const auto number = arrival(operation);
    if (!number || !answer(*number, with)) return std::nullopt;
    return end_of(operation);
  }
  /// Like conclude(), for an end that must be a reply of this type.
  template <class Reply>
  std::optional<Reply> reply_to(operation_id operation, const answer_type& with) {
    const auto how = conclude(operation, with);
    if (!how) return std::nullopt;
    if (const Reply* reply = std::get_if<Reply>(&*how)) return *reply;
    fail(std::string(name_of(operation.kind())) + ": ended with " + describe(*how) +
         " though the peer replied");
    return std::nullopt;
  }
  /// A new recorder takes the place of the old one, which is given back.
  std::unique_ptr<recorder_type> attach_again() {
    auto former = std::exchange(recorder_, std::make_unique<recorder_type>());
    transport().attach(recorder_->sink());
    return former;
  }

 private:
  using lent = lent_request<message_type>;
  static constexpr std::string_view gone_topic = "/a/message/that/is/gone";

  lent& lend(operation_kind kind, std::uint32_t mark, std::size_t on) {
    const auto slot = static_cast<std::uint32_t>(lent_.size());
    lent& own = *lent_.emplace_back(std::make_unique<lent>());
    own.operation = operation_id(kind, slot, slot + 1);
    own.mark = mark;
    ++awaited_[static_cast<std::size_t>(kind)];
    own.arrivals_before = arrivals().size();
    own.pubsub_topic = topic(on);
    own.hash.bytes.fill(static_cast<std::byte>(slot + 1));
    return own;
  }
  void lend_topics(lent& own, std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t each = 0; each < count; ++each) own.topics.push_back(content_topic(first + each));
    own.topic_views.assign(own.topics.begin(), own.topics.end());
  }
  template <class Call>
  void call(Call&& work) {
    const steady_time before = fixture_->now();
    work();
    longest_call_ = std::max(longest_call_, duration(fixture_->now() - before));
  }
  // The first arrival with the operation's mark; or any of its kind, where no other of the kind is awaited.
  [[nodiscard]] std::optional<std::size_t> unclaimed(operation_id operation, bool exactly) {
    const lent& own = *lent_[operation.slot()];
    if (!exactly && awaited_[static_cast<std::size_t>(operation.kind())] != 1) return std::nullopt;
    for (std::size_t number = own.arrivals_before; number < arrivals().size(); ++number) {
      const auto& each = arrivals()[number];
      if (each.kind != operation.kind()) continue;
      if (number < claimed_.size() && claimed_[number]) continue;
      if (!exactly || mark_of(each) == own.mark) return number;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::uint32_t mark_of(const peer_request<message_type>& request) const {
    if (request.kind == operation_kind::filter_ping) return static_cast<std::uint32_t>(request.peer);
    if (request.message) return sample_number(message_traits<message_type>::payload(*request.message));
    if (!request.hashes.empty()) return std::to_integer<std::uint32_t>(request.hashes.front().bytes[0]);
    if (request.content_topics.empty()) return 0;
    const std::string& first = request.content_topics.front();
    std::uint32_t mark = 0;
    for (std::size_t at = options_->content_topic_stem.size(); at < first.size(); ++at) {
      if (first[at] < '0' || first[at] > '9') break;
      mark = mark * 10 + static_cast<std::uint32_t>(first[at] - '0');
    }
    return mark;
  }
  [[nodiscard]] std::string how_it_ended(operation_id operation) {
    const ending* end = heard().first_end(operation);
    return end == nullptr ? "" : ", and ended with " + describe(*end);
  }

  Fixture* fixture_;
  const conformance_options* options_;
  std::unique_ptr<recorder_type> recorder_;
  std::vector<std::unique_ptr<lent>> lent_;
  std::vector<bool> claimed_;    // arrivals that were found to be some operation's
  std::size_t awaited_[8] = {};  // operations of each kind whose arrival was not found
  duration longest_call_{};
  bool destroyed_ = false;
  check_result result_;
};

}  // namespace waku::reliability::testing
