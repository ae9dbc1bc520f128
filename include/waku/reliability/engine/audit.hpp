// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/audit_range.hpp>
#include <waku/reliability/engine/lookups.hpp>

namespace waku::reliability {

/// Asks stores what there is, in rounds of content queries over the interests of a pubsub topic, and has what
/// is missing fetched (S2, S3, F4).
template <class State>
class audit {
 public:
  using message_type = typename State::message_type;
  using policies = typename State::policies;
  using audit_type = typename State::audit_type;
  using job_type = typename State::job_type;
  using progress = typename store_queries<State>::progress;

  explicit audit(State& state) : state_(state) {}

  /// Has the next round begin at `at`, or earlier if that is planned already.
  void plan(std::uint32_t number, steady_time at) {
    state_.wheel.arm_by(state_.topics[number].audit.next, at, {timer_kind::audit_round, number, 0});
  }

  /// A planned round begins.
  void due(std::uint32_t number) {
    auto& topic = state_.topics[number];
    auto& round = topic.audit;
    if (!wanted(topic) || !state_.may_send()) return;  // planned anew when that changes
    if constexpr (policies::recovery::periodic) {
      round.cadence = state_.cadence.next(round.cadence, round.loss_found, state_.numbers.cadence);
      plan(number, state_.now.steady + round.cadence);
    }
    if (round.active) {
      round.overdue = true;
      return;
    }
    begin(number);
  }

  /// Starts a query, at a given node or one of the pool's choice, or again after its node failed it.
  void start_due(std::uint32_t job_number, std::optional<peer_id> preferred = {}) {
    if (store_queries<State>(state_).start(job_number, preferred) == progress::failed) failed(job_number);
  }

  /// A page came, or did not.
  void handle(const operation_record& ended, reply_or_error<store_reply<message_type>>&& result) {
    const std::uint32_t job_number = ended.place;
    const auto page = [this](std::uint32_t number, store_reply<message_type>& reply) {
      return take_page(number, reply);
    };
    switch (store_queries<State>(state_).handle(ended, std::move(result), page)) {
      case progress::running: return;
      case progress::complete: return complete(job_number);
      case progress::failed: return failed(job_number);
    }
  }

  /// Starts a query of the given purpose over some content topics, outside of any round (S3's early look).
  void look_early(std::uint32_t number, std::vector<std::string>&& content_topics, wall_time start,
                  wall_time end) {
    const std::uint32_t job_number = make_listing(number, store_purpose::early, start, end);
    state_.jobs[job_number].content_topics = std::move(content_topics);
    if (store_queries<State>(state_).start(job_number) == progress::failed) failed(job_number);
  }

  /// True while the listing of a round that began a moment ago is under way.
  [[nodiscard]] bool listing(std::uint32_t number) const {
    const auto& round = state_.topics[number].audit;
    return round.active && round.queries > 0 &&
           state_.now.steady - round.began < state_.numbers.confirmation.early_interval;
  }

  /// Look-ups moved on: the round may be over.
  void check_end(std::uint32_t number) {
    auto& round = state_.topics[number].audit;
    if (!round.active || round.queries > 0 || lookups<State>::pending(round)) return;
    round.active = false;
    if (round.failed || state_.clock_since > round.began) {  // a range by a clock that jumped says nothing
      after_failure(number);
    } else {
      after_success(number);
    }
    if (std::exchange(round.overdue, false)) plan(number, state_.now.steady);
  }

 private:
  using interest_batch = typename audit_range<State>::interest_batch;

  [[nodiscard]] bool wanted(const typename State::topic_type& topic) const {
    if (!policies::recovery::periodic && !topic.recover_from) return false;
    return any_of(topic.interests, relevant);
  }
  static bool relevant(const interest& each) {
    return each.subscribed || (policies::confirmation::asks.audit && each.publications > 0);
  }
  [[nodiscard]] wall_time range_end() const { return state_.now.wall + state_.numbers.recovery.overlap; }

  // -- rounds

  // Of a range, whatever a store has made of it.
  static constexpr double parts_max = 64;

  void begin(std::uint32_t number) {
    auto& topic = state_.topics[number];
    auto& round = topic.audit;
    assert(!round.active && round.queries == 0);
    round.active = true;
    round.began = state_.now.steady;
    round.failed = false;
    round.loss_found = false;
    round.overflowed = false;
    round.fetched = false;
    round.end = range_end();
    round.start = round.end;
    round.topics.clear();
    // Subscribed topics first: a query of publish topics alone never needs a look-up (R14).
    interest_batch batch;
    for (const bool subscribed : {true, false}) {
      for (const interest& each : topic.interests) {
        if (each.subscribed != subscribed || !relevant(each)) continue;
        round.topics.push_back(each.content_topic);
        batch.push_back(&each);
        if (batch.size() == state_.numbers.recovery.topics_per_query) add_slices(number, batch);
      }
    }
    add_slices(number, batch);
    start_waiting(number);
    check_end(number);
  }

  // The queries over one batch of content topics, none longer than a slice (R29).
  void add_slices(std::uint32_t number, interest_batch& batch) {
    if (batch.empty()) return;
    auto& topic = state_.topics[number];
    wall_time start = audit_range<State>(state_).start(topic, batch);
    topic.audit.start = min_of(topic.audit.start, start);
    if (start >= topic.audit.end) topic.audit.failed = true;  // all of it may have been shown and forgotten
    const duration slice = slice_of(topic.audit, topic.audit.end - start);
    while (start < topic.audit.end) {
      const wall_time end = min_of(start + slice, topic.audit.end);
      const std::uint32_t job_number = make_listing(number, store_purpose::listing, start, end);
      for (const interest* each : batch)
        state_.jobs[job_number].content_topics.push_back(each->content_topic);
      topic.audit.waiting.push_back(job_number);
      ++topic.audit.queries;
      start = end;
    }
    batch.clear();
  }
  // So short that a query is done in few pages: they come one after the other, and when one does not come all
  // of them are asked for again. Judged by the listing before; how many there will be is not known yet.
  [[nodiscard]] duration slice_of(const audit_type& round, duration range) const {
    const recovery_options& numbers = state_.numbers.recovery;
    const double pages = round.entries_per_second * seconds_of(range) / numbers.page_entries;
    if (pages <= numbers.pages_in_turn) return numbers.slice;
    const auto parts = static_cast<std::int64_t>(min_of(pages / numbers.pages_in_turn + 1, parts_max));
    return min_of(numbers.slice, max_of(range / parts + duration(1), duration(std::chrono::seconds(1))));
  }
  std::uint32_t make_listing(std::uint32_t number, store_purpose purpose, wall_time start, wall_time end) {
    const std::uint32_t job_number = store_queries<State>(state_).create(purpose, number);
    state_.jobs[job_number].start = start;
    state_.jobs[job_number].end = end;
    return job_number;
  }
  void start_waiting(std::uint32_t number) {
    auto& round = state_.topics[number].audit;
    while (!round.waiting.empty() &&
           round.queries - round.waiting.size() < state_.numbers.recovery.queries_at_once) {
      const std::uint32_t job_number = round.waiting.front();
      round.waiting.erase(round.waiting.begin());
      if (store_queries<State>(state_).start(job_number) == progress::running) continue;
      round.failed = true;
      --round.queries;
      store_queries<State>(state_).destroy(job_number);
    }
  }

  // The checkpoint moves to the end of the range, not to now (R12).
  void after_success(std::uint32_t number) {
    auto& topic = state_.topics[number];
    for (const std::string& name : topic.audit.topics) {
      interest* each = topic.interests.find(name);
      if (each != nullptr && each->subscribed) each->audited_until = topic.audit.end;
    }
    topic.reaudit_from.reset();
    // An outage that began or ended meanwhile is open from where this round looked.
    const bool open = topic.recover_from && (topic.outage_since || topic.node_missing || topic.audit.overdue);
    topic.recover_from.reset();
    if (open) topic.recover_from = topic.audit.end - 2 * state_.numbers.recovery.overlap;
    topic.audit.retries = 0;
    plan_rechecks(topic.audit);
    state_.notify(notice::window_recovered{topic.name, topic.audit.start, topic.audit.end});
    state_.actions.persist();
  }
  // A store that lacks something, or hides it, would lose it for good: several list each moment, though an
  // outage or rounds that fail leave the window behind.
  void plan_rechecks(audit_type& round) {
    if (!policies::recovery::periodic) return;
    const recovery_options& numbers = state_.numbers.recovery;
    const wall_time present = round.end - numbers.overlap;
    const wall_time usual = state_.recovery.range_start({present, present, present, present}, numbers);
    if (!round.recheck_from) {  // before the first round a window is enough, after a restart it is not
      const bool window = round.start >= usual - numbers.overlap;
      round.ends.fill(window ? round.end : round.start + 2 * numbers.overlap);
    }
    for (std::size_t at = 1; at < round.ends.size(); ++at) round.ends[at - 1] = round.ends[at];
    round.ends.back() = round.end;
    round.recheck_from = round.ends[round.ends.size() - numbers.stores_per_range] - 2 * numbers.overlap;
  }
  void after_failure(std::uint32_t number) {
    auto& topic = state_.topics[number];
    topic.audit.loss_found = true;
    state_.notify(notice::audit_failed{topic.name});
    const backoff_options& steps = state_.numbers.subscription.replace_backoff;
    // The rest of what was too much need not wait for the next beat, as long as it becomes less.
    if (topic.audit.overflowed && topic.audit.fetched) return plan(number, state_.now.steady + steps.first);
    if (!topic.recover_from) return;
    plan(number, state_.now.steady + backoff_delay(++topic.audit.retries, steps, state_.random));
  }

  // -- replies

  bool take_page(std::uint32_t job_number, store_reply<message_type>& reply) {
    job_type& job = state_.jobs[job_number];
    switch (job.purpose) {
      case store_purpose::presence: take_presence(job, reply); return true;
      case store_purpose::lookup: return lookups<State>(state_).take(job_number, reply);
      case store_purpose::listing:
      case store_purpose::early: take_listing(job, reply); return true;
      case store_purpose::none: break;
    }
    assert(false && "a reply for no query");
    return true;
  }
  void take_presence(job_type& job, const store_reply<message_type>& reply) {
    constexpr std::size_t ahead = 4;  // the outcome of each has it looked up among the messages in flight
    std::uint32_t expected = 0;
    for (std::size_t number = 0; number < reply.entries.size(); ++number) {
      if (number + ahead < reply.entries.size()) state_.outgoing.prefetch(reply.entries[number + ahead].hash);
      const auto& entry = reply.entries[number];
      const auto at = place_of(job, entry.hash, expected);
      if (!at || job.present[*at]) continue;
      expected = *at + 1;
      job.present[*at] = true;
      if (store_queries<State>(state_).pending(job, *at)) {
        acknowledgement<State>(state_).present(job.slots[*at], job.peer);
      } else {
        completion<State>(state_).late_news(entry.hash);
      }
    }
  }
  // Where a query asks for a hash, beginning with the `expected` place: stores list by age, and we ask by age.
  [[nodiscard]] static std::optional<std::uint32_t> place_of(const job_type& job, const message_hash& hash,
                                                             std::uint32_t expected) {
    for (std::uint32_t step = 0; step < job.count; ++step) {
      const std::uint32_t at = (expected + step) % job.count;
      if (job.hashes[at] == hash) return at;
    }
    return {};
  }
  void take_listing(job_type& job, store_reply<message_type>& reply) {
    auto& topic = state_.topics[job.topic];
    const bool foreign_wanted =
        any_of(job.content_topics, [&](const std::string& name) { return topic.interests.subscribed(name); });
    if (job.legacy) {
      std::erase_if(reply.entries, [](const auto& entry) { return !entry.body; });
      for (auto& entry : reply.entries) entry.hash = state_.hash_of(topic, *entry.body);
    }
    const auto hash_at = [&](std::size_t number) -> const message_hash& {
      return reply.entries[number].hash;
    };
    bool full = false;
    state_.seen.look_up(reply.entries.size(), hash_at, [&](std::size_t number, bool seen) {
      auto& entry = reply.entries[number];
      const bool too_many = number >= state_.numbers.recovery.page_entries;
      if (const auto own = state_.outgoing.find(entry.hash)) {
        job.listed.push_back(state_.outgoing[*own].request);
        acknowledgement<State>(state_).present(*own, job.peer);
      } else if (seen) {
        completion<State>(state_).late_news(entry.hash);
      } else if (job.legacy) {
        state_.notify(notice::missing{entry.hash});
        topic.audit.loss_found = true;
        receiver<State>(state_).recovered(job.topic, entry.hash, std::move(*entry.body));
      } else if (foreign_wanted && !(full && too_many)) {
        // A page without end costs no more than a full list.
        const bool in_round = job.purpose == store_purpose::listing;
        full = !lookups<State>(state_).list(job.topic, entry.hash, job.peer, in_round);
        if (full) topic.audit.failed = true;
      }
    });
  }

  void complete(std::uint32_t job_number) {
    job_type& job = state_.jobs[job_number];
    if (job.purpose == store_purpose::lookup) return end_lookup(job_number);
    auto& latest = store_queries<State>(state_).latest(job);
    latest.remove(job.peer);
    latest.add(job.peer);
    if (job.purpose == store_purpose::presence) return end_presence(job_number, true);
    judge_absent(job);
    if (job.purpose == store_purpose::listing) {
      state_.topics[job.topic].audit.entries_per_second = entries_per_second(job);
    }
    end_listing(job_number);
  }
  void failed(std::uint32_t job_number) {
    job_type& job = state_.jobs[job_number];
    switch (job.purpose) {
      case store_purpose::presence: return end_presence(job_number, false);
      case store_purpose::lookup: return end_lookup(job_number);
      case store_purpose::listing: {
        audit_type& round = state_.topics[job.topic].audit;
        round.failed = true;
        round.entries_per_second = max_of(round.entries_per_second, entries_per_second(job));
        break;
      }
      default: break;
    }
    end_listing(job_number);
  }
  [[nodiscard]] static double entries_per_second(const job_type& job) {
    return static_cast<double>(job.entries_most) / max_of(seconds_of(job.end - job.start), 1.0);
  }
  void end_lookup(std::uint32_t job_number) {
    const std::uint32_t number = state_.jobs[job_number].topic;
    lookups<State>(state_).ended(job_number);
    check_end(number);
  }
  void end_listing(std::uint32_t job_number) {
    const job_type& job = state_.jobs[job_number];
    const std::uint32_t number = job.topic;
    const bool in_round = job.purpose == store_purpose::listing;
    store_queries<State>(state_).destroy(job_number);
    if (!in_round) return;
    --state_.topics[number].audit.queries;
    start_waiting(number);
    check_end(number);
  }

  // Only a complete answer over a range that covers the message says that it is absent (R1, S3.9).
  void judge_absent(const job_type& job) {
    if (!policies::confirmation::asks.audit) return;
    const unconfirmed_list& unconfirmed = state_.topics[job.topic].unconfirmed;
    for (auto slot = unconfirmed.oldest(); slot;) {
      const auto next = unconfirmed.next(state_.outgoing, *slot);
      if (covers(job, state_.outgoing[*slot])) acknowledgement<State>(state_).absent(*slot);
      slot = next;
    }
  }
  [[nodiscard]] bool covers(const job_type& job, const typename State::entry_type& entry) const {
    if (entry.ephemeral) return false;
    if (*entry.reached_at + state_.numbers.confirmation.settling > job.began) return false;
    if (entry.stamp < job.start || entry.stamp >= job.end) return false;
    if (has(job.listed, entry.request)) return false;
    const auto content_topic = State::traits::content_topic(entry.message);
    return has(job.content_topics, content_topic);
  }
  void end_presence(std::uint32_t job_number, bool is_complete) {
    job_type& job = state_.jobs[job_number];
    for (std::uint32_t at = 0; at < job.count; ++at) {
      const bool absent = is_complete && !job.present[at] && store_queries<State>(state_).pending(job, at);
      if (absent) acknowledgement<State>(state_).absent(job.slots[at]);
    }
    store_queries<State>(state_).destroy(job_number);
  }

  State& state_;
};

}  // namespace waku::reliability
