// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/cache/outgoing_buffer.hpp>
#include <waku/reliability/cache/seen_set.hpp>
#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/core/message_hasher.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/core/sorted_list.hpp>
#include <waku/reliability/core/stable_list.hpp>
#include <waku/reliability/engine/action_queue.hpp>
#include <waku/reliability/engine/operation_table.hpp>
#include <waku/reliability/engine/outgoing_entry.hpp>
#include <waku/reliability/engine/peer_table.hpp>
#include <waku/reliability/engine/receipt_history.hpp>
#include <waku/reliability/engine/store_job.hpp>
#include <waku/reliability/engine/topic_state.hpp>
#include <waku/reliability/policy/options.hpp>

namespace waku::reliability {

/// All that an engine knows. The parts of the engine (transmission, receiver, …) are views on it, made for
/// one call; none has state of its own.
template <class Policies, waku_message Message, class Hasher>
struct engine_state {
  using policies = Policies;
  using message_type = Message;
  using traits = message_traits<Message>;
  using topic_type = topic_state<Policies>;
  using audit_type = audit_state<Policies>;
  using job_type = store_job<Policies>;
  using entry_type = outgoing_entry<Message>;
  using observer_type = typename Policies::observer;
  using started_look_up = typename compiled_with<Policies, seen_set<>>::started_look_up;

  engine_state(const options& chosen, Hasher& hash_with, observer_type ears)
      : numbers(chosen),
        observer(std::move(ears)),
        random(chosen.seed.value_or(1)),
        hasher(&hash_with),
        outgoing(chosen.outgoing.messages_max * 3, chosen.outgoing.messages_max, random.next()),
        seen(chosen.seen.entries_max, random.next()) {}

  options numbers;
  observer_type observer;
  typename Policies::publish_route publish_route{};
  typename Policies::receive_route receive_route{};
  typename Policies::redundancy redundancy{};
  typename Policies::retransmit retransmit{};
  typename Policies::confirmation confirmation{};
  typename Policies::recovery recovery{};
  typename Policies::cadence cadence{};
  typename Policies::subscription subscription{};
  typename Policies::budget budget{};

  random_source random;
  Hasher* hasher;
  compiled_with<Policies, timer_wheel> wheel;
  compiled_with<Policies, operation_table> operations;
  compiled_with<Policies, peer_table> peers;
  outgoing_buffer<entry_type> outgoing;  ///< three times messages_max: see publisher::make_room()
  compiled_with<Policies, seen_set<>> seen;
  compiled_with<Policies, receipt_history> receipts;  ///< of the hashes in `seen`
  stable_list<topic_type> topics;                     ///< by number; a topic keeps its place
  compiled_with<Policies, sorted_list<known_topic, &known_topic::name>> known_topics;
  std::uint32_t topic_found = 0;  ///< by the last find_topic(), and often by the next
  compiled_with<Policies, stable_list<job_type>> jobs;  ///< by number
  std::vector<std::uint32_t> free_jobs;
  action_queue<Message> actions;
  std::vector<buffer_slot> settled;  ///< scratch of a confirmation round
  /// Content topics that the action polled last points into.
  compiled_with<Policies, std::vector<std::string_view>> asking;

  instant now{};
  bool clock_known = false;  ///< the first call has told the time
  bool online = true;
  bool paused = false;
  bool stopped = false;
  steady_time online_since = steady_time::min();
  steady_time clock_since = steady_time::min();  ///< since when the wall clock has not jumped
  bool clock_jumped = false;
  duration clock_lead = duration::min();  ///< the most that the wall clock was ahead of the steady one
  std::optional<steady_time> last_reply;  ///< the newest reply of any peer
  steady_time next_expiry = steady_time::min();
  std::optional<steady_time> expiring_before;  ///< what an expiry goes by that takes more calls than one
  std::uint64_t requests = 0;                  ///< accepted so far
  wall_time last_stamp{};
  std::size_t unfinished = 0;  ///< messages without an outcome
  std::size_t unfinished_bytes = 0;
  std::vector<message_hash> left_unconfirmed;  ///< hashes that may be confirmed late, oldest first (R31)

  template <class Notice>
  void notify(const Notice& what) {
    if constexpr (requires { observer.on(what); }) observer.on(what);
  }

  [[nodiscard]] bool may_send() const noexcept { return online && !paused && !stopped; }

  /// The pool's numbers with every node kept usable, for what only those that are out can do.
  [[nodiscard]] pool_options everyone() const {
    pool_options chosen = numbers.pool;
    chosen.floor = std::numeric_limits<decltype(chosen.floor)>::max();
    return chosen;
  }

  /// Wall times are kept between 1970 and two years before the end of their range, so that no sum leaves it.
  [[nodiscard]] static wall_time within_range(wall_time at) {
    constexpr wall_time latest = wall_time::max() - std::chrono::hours(24 * 730);
    return max_of(wall_time{}, min_of(at, latest));
  }
  /// The wall time at a steady time, by the clock as it runs now.
  [[nodiscard]] wall_time wall_at(steady_time at) const noexcept { return now.wall - (now.steady - at); }
  [[nodiscard]] steady_time steady_at(wall_time at) const noexcept { return now.steady - (now.wall - at); }

  /// The topic's number, if anything is known about it.
  [[nodiscard]] std::optional<std::uint32_t> find_topic(std::string_view name) noexcept {
    if (topic_found < topics.size() && topics[topic_found].name == name) return topic_found;
    return search_topic(name);
  }
  /// The topic's number; a new topic starts with the peers known to serve it.
  [[nodiscard]] std::uint32_t topic_number(std::string_view name) {
    if (const auto known = find_topic(name)) return *known;
    topics.emplace_back();
    topics.back().name = name;
    for (const peer_record& peer : peers) admit(topics.back(), peer);
    const auto number = static_cast<std::uint32_t>(topics.size() - 1);
    known_topics.put(name).number = number;
    return number;
  }
  /// Brings a topic's pools in line with what is known of a peer.
  void admit(topic_type& topic, const peer_record& peer) {
    const bool serves = peer.serves(topic.name);
    place(topic.lightpush, peer.peer, serves && peer.protocols.lightpush);
    place(topic.filter, peer.peer, serves && peer.protocols.filter);
    place(topic.store, peer.peer, serves && (peer.protocols.store || peer.protocols.legacy_store));
  }

  /// Has the topic's filter subscriptions brought in line at `at`, or earlier if that is planned already.
  void plan_subscriptions(std::uint32_t number, steady_time at) {
    wheel.arm_by(topics[number].subscriptions, at, {timer_kind::subscriptions, number, 0});
  }

  /// True when a pending message of a pubsub topic was handed to a peer, which makes it a poor witness (L4.2).
  [[nodiscard]] bool handed_to(std::uint32_t number, peer_id peer) const {
    for (auto slot = outgoing.oldest(); slot; slot = outgoing.next(*slot)) {
      const entry_type& entry = outgoing[*slot];
      if (entry.topic == number && !entry.finished && entry.pushed_to.contains(peer)) return true;
    }
    return false;
  }

  /// Records a request, arms its timeout and queues it.
  operation_id start(operation_kind kind, peer_id peer, std::uint32_t topic, std::uint32_t place,
                     duration timeout) {
    operation_record& record = operations.start(kind);
    record.peer = peer;
    record.topic = topic;
    record.place = place;
    record.started = now.steady;
    record.timeout = wheel.arm(now.steady + timeout, {timer_kind::operation_timeout, 0, record.id.value()});
    actions.start(record.id);
    return record.id;
  }
  /// Ends an operation; nothing if it has ended before.
  auto end(operation_id id) {
    auto record = operations.end(id);
    if (record) wheel.cancel(record->timeout);
    return record;
  }
  /// Tells the transport that an ended operation is of no use any more. `held` is a buffer slot that must
  /// stay until it has been told.
  void tell_cancelled(const operation_record& record, std::uint32_t held = action_record::no_place) {
    if (!record.told) return;
    if (held != action_record::no_place) ++outgoing[held].holds;
    actions.push({action_kind::cancel, held, record.id.value()});
  }

  /// Charges a peer with a failure of an operation that ran while we were online and awake all the time.
  template <class Pool>
  void charge(topic_type& topic, Pool& pool, service of, peer_id peer, steady_time started) {
    if (!online || paused || started < online_since) return;
    if (!pool.fail(peer, now.steady, numbers.pool)) return;
    notify(notice::peer_ejected{topic.name, of, peer});
    if (numbers.pool.disconnect) {
      actions.push({action_kind::disconnect, action_record::no_place, static_cast<std::uint64_t>(peer)});
    }
  }
  template <class Pool>
  void credit(Pool& pool, peer_id peer, steady_time started) {
    pool.succeed(peer, now.steady - started, now.steady);
    last_reply = now.steady;
  }
  /// Takes back what was charged after anybody answered last: it was us who were offline (R5).
  void forgive_since_last_reply() {
    const steady_time since = last_reply ? *last_reply + duration(1) : steady_time::min();
    for (topic_type& topic : topics) {
      topic.lightpush.forgive(since);
      topic.filter.forgive(since);
      topic.store.forgive(since);
    }
  }
  /// The pause that a peer asks for, or `usual` if it gives no hint. It is heard within reason.
  [[nodiscard]] static duration hinted(const std::optional<duration>& hint, duration usual) {
    constexpr duration longest = std::chrono::hours(24);
    return max_of(min_of(hint.value_or(usual), longest), duration::zero());
  }
  /// Puts a peer on hold after a rate limit; nobody is charged (R20).
  template <class Pool>
  void hold(topic_type& topic, Pool& pool, service of, peer_id peer, duration pause) {
    pool.hold(peer, now.steady + pause);
    last_reply = now.steady;
    notify(notice::rate_limited{topic.name, of, peer, pause});
  }

  /// The latest timestamp that a message may have by any clock that we had.
  [[nodiscard]] wall_time latest_stamp() const noexcept {
    return wall_time(now.steady.time_since_epoch() + clock_lead + numbers.recovery.overlap);
  }
  /// Remembers a hash as received, with the message's timestamp. False if it was known.
  bool remember(const message_hash& hash, wall_time stamp) {
    return remember(hash, stamp, seen.start_look_up(hash));
  }
  /// Likewise, where the look-up in `seen` was started before.
  bool remember(const message_hash& hash, wall_time stamp, const started_look_up& started) {
    const seen_insertion done = seen.insert(hash, now.steady, started);
    if (done == seen_insertion::already_present) return false;
    note_receipt(stamp, done);
    return true;
  }

  [[nodiscard]] message_hash hash_of(const topic_type& topic, const Message& message) {
    return (*hasher)(hashed_parts(topic.name, message));
  }
  /// How long that waits which the budget refused.
  static constexpr duration budget_pause = std::chrono::seconds(1);
  /// How long a store is left in peace that is asked too much and gives no hint.
  static constexpr duration store_pause = std::chrono::seconds(10);

  [[nodiscard]] bool afford(const topic_type& topic, std::size_t bytes) {
    if (budget.take(bytes, now.steady, numbers.budget)) return true;
    notify(notice::budget_exhausted{topic.name});
    return false;
  }

 private:
  // These two are never inlined, which keeps the way of a duplicate short.
#if defined(__GNUC__)
  [[gnu::noinline]]
#endif
  std::optional<std::uint32_t> search_topic(std::string_view name) noexcept {
    const known_topic* known = known_topics.find(name);
    if (known == nullptr) return {};
    topic_found = known->number;
    return topic_found;
  }
#if defined(__GNUC__)
  [[gnu::noinline]]
#endif
  void note_receipt(wall_time stamp, seen_insertion done) {
    receipts.note(now.steady, stamp);
    if (done == seen_insertion::added) return;
    receipts.forget(*seen.newest_evicted() + duration(1), latest_stamp());
    notify(notice::seen_evicted{});
  }
  template <class Pool>
  void place(Pool& pool, peer_id peer, bool member) {
    if (member) {
      pool.add(peer, now.steady);
    } else {
      pool.remove(peer);
    }
  }
};

}  // namespace waku::reliability
