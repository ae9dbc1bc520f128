// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/receiver.hpp>

namespace waku::reliability {

/// Runs logical store queries: chooses the node, asks page after page at that node, and goes to another one
/// from the first page when an answer is no answer (R1, R11).
template <class State>
class store_queries {
 public:
  using message_type = typename State::message_type;
  using job_type = typename State::job_type;

  /// How a query stands after a reply.
  enum class progress : std::uint8_t {
    running,   ///< another page or another node is being asked
    complete,  ///< every page came with success
    failed,    ///< no node that may be asked gave a complete answer
  };

  explicit store_queries(State& state) : state_(state) {}

  /// A query's record, empty but for purpose and topic.
  std::uint32_t create(store_purpose purpose, std::uint32_t topic) {
    if (state_.free_jobs.empty()) {
      state_.free_jobs.push_back(static_cast<std::uint32_t>(state_.jobs.size()));
      state_.jobs.emplace_back();
    }
    const std::uint32_t number = state_.free_jobs.back();
    state_.free_jobs.pop_back();
    job_type& job = state_.jobs[number];
    assert(job.purpose == store_purpose::none);
    job.purpose = purpose;
    job.topic = topic;
    job.began = state_.now.steady;
    return number;
  }
  void destroy(std::uint32_t number) {
    job_type& job = state_.jobs[number];
    assert(job.purpose != store_purpose::none && !job.operation.value());
    state_.wheel.cancel(job.start_timer);
    rewind(job);
    job.tried.clear();
    job.content_topics.clear();
    job.hashes.clear();
    job.count = 0;
    job.entries_most = 0;
    job.legacy = false;
    job.budgeted = false;
    job.answered = false;
    job.purpose = store_purpose::none;
    state_.free_jobs.push_back(number);
  }

  /// Asks the first page at `preferred`, or at a node of the pool's choice; `failed` if there is none.
  progress start(std::uint32_t number, std::optional<peer_id> preferred = {}) {
    job_type& job = state_.jobs[number];
    const auto peer = choose(job, preferred);
    if (!state_.may_send() || !peer) return progress::failed;
    if (!job.budgeted && !state_.afford(state_.topics[job.topic], expected_bytes(job))) {
      if (job.purpose != store_purpose::listing) return progress::failed;
      // A round of many queries would begin anew each time, and never reach its end.
      job.start_timer =
          state_.wheel.arm(state_.now.steady + State::budget_pause, {timer_kind::query_start, number, 0});
      return progress::running;
    }
    job.budgeted = true;
    job.peer = *peer;
    rewind(job);
    ask(number);
    return progress::running;
  }

  /// Takes the end of a page's request. `take_page` sees the entries of a successful page.
  template <class TakePage>
  progress handle(const operation_record& ended, reply_or_error<store_reply<message_type>>&& result,
                  TakePage&& take_page) {
    const std::uint32_t number = ended.place;
    job_type& job = state_.jobs[number];
    assert(job.operation == ended.id);
    job.operation = operation_id{};
    auto& topic = state_.topics[job.topic];
    auto* reply = std::get_if<store_reply<message_type>>(&result);
    if (reply != nullptr) state_.last_reply = state_.now.steady;
    if (reply == nullptr || !is_success(reply->status)) {
      if (reply != nullptr && reply->status == status_code::too_many_requests) {
        const duration pause = state_.hinted(reply->retry_after, State::store_pause);
        state_.hold(topic, topic.store, service::store, job.peer, pause);
      } else if (reply != nullptr || std::get<transport_error>(result) != transport_error::transport_threw) {
        state_.charge(topic, topic.store, service::store, job.peer, ended.started);
      }
      return elsewhere(number);
    }
    state_.credit(topic.store, job.peer, ended.started);
    if (!take_page(number, *reply)) {
      state_.charge(topic, topic.store, service::store, job.peer, ended.started);
      return elsewhere(number);
    }
    if (reply->cursor.empty() || job.purpose == store_purpose::presence ||
        job.purpose == store_purpose::lookup) {
      return progress::complete;
    }
    if (loops(job, reply->cursor)) {
      state_.notify(notice::cursor_looped{job.peer});
      state_.charge(topic, topic.store, service::store, job.peer, ended.started);
      return elsewhere(number);
    }
    if (!state_.may_send()) return progress::failed;  // paused meanwhile: the range stays open
    if (!serves(job, job.peer)) return elsewhere(number);
    job.cursors_before.push_back(reply->cursor);
    job.cursor = std::move(reply->cursor);
    ++job.pages;
    // No node is asked in more parts for pages that hold nothing, or more than was asked for.
    job.entries += min_of(reply->entries.size(), std::size_t{state_.numbers.recovery.page_entries});
    job.entries_most = max_of(job.entries_most, job.entries);
    ask(number);
    return progress::running;
  }

  /// A store for a presence query that can have the message from the network alone: it was not handed it (L4.2).
  [[nodiscard]] std::optional<peer_id> independent_store(std::uint32_t number, buffer_slot slot) {
    const job_type& job = state_.jobs[number];
    const auto independent = [&](peer_id peer) {
      return state_.peers.answers_by_hash(peer) && !state_.outgoing[slot].pushed_to.contains(peer);
    };
    if (const auto peer = in_turn(job, independent)) return peer;
    return pick(job, independent);
  }

  /// The request that an operation of a query stands for. Views live as long as the query's record.
  [[nodiscard]] store_request request(const operation_record& record) const {
    const auto& job = state_.jobs[record.place];
    store_request asked{
        record.id, record.peer, state_.topics[job.topic].name,        {},        {}, {}, job.hashes,
        false,     job.cursor,  state_.numbers.recovery.page_entries, job.legacy};
    if (by_hash(job)) {
      asked.limit = static_cast<std::uint32_t>(job.hashes.size());  // nodes default to 20 and cut the rest
      asked.include_data = job.purpose == store_purpose::lookup;
      return asked;
    }
    state_.asking.assign(job.content_topics.begin(), job.content_topics.end());
    asked.content_topics = {state_.asking.data(), state_.asking.size()};
    asked.time_start = job.start;
    asked.time_end = job.end;
    asked.include_data = job.legacy;
    return asked;
  }

  /// True while a message that a presence query asks for has no outcome. Its slot may have a new message.
  [[nodiscard]] bool pending(const job_type& job, std::uint32_t at) const {
    const buffer_slot slot = job.slots[at];
    if (!state_.outgoing.live(slot)) return false;
    const auto& entry = state_.outgoing[slot];
    return !entry.finished && entry.stamped && state_.outgoing.hash(slot) == job.hashes[at];
  }
  /// The stores that answered the latest queries of this kind, newest last.
  [[nodiscard]] auto& latest(const job_type& job) const {
    auto& round = state_.topics[job.topic].audit;
    return job.purpose == store_purpose::listing ? round.listed_at : round.looked_at;
  }
  [[nodiscard]] static bool by_hash(const job_type& job) noexcept {
    return job.purpose == store_purpose::presence || job.purpose == store_purpose::lookup;
  }

 private:
  void ask(std::uint32_t number) {
    job_type& job = state_.jobs[number];
    job.operation =
        state_.start(operation_kind::store_query, job.peer, job.topic, number, state_.numbers.timeout.store);
  }

  // The retry goes through the wheel, so that a node that answers at once cannot spin the loop.
  progress elsewhere(std::uint32_t number) {
    job_type& job = state_.jobs[number];
    job.tried.add(job.peer);
    rewind(job);
    if (job.purpose == store_purpose::lookup) return progress::failed;  // each body has its own list of nodes
    if (job.tried.size() >= state_.numbers.recovery.nodes_per_query) return progress::failed;
    job.start_timer = state_.wheel.arm(state_.now.steady, {timer_kind::query_start, number, 0});
    return progress::running;
  }

  // A node may have left, or changed, while it was asked.
  [[nodiscard]] bool serves(const job_type& job, peer_id peer) const {
    const peer_record* record = state_.peers.find(peer);
    if (record == nullptr || !record->serves(state_.topics[job.topic].name)) return false;
    return job.legacy ? record->protocols.legacy_store : record->protocols.store;
  }
  [[nodiscard]] bool loops(const job_type& job, const store_cursor& cursor) const {
    return job.pages + 1 >= state_.numbers.recovery.pages_max || has(job.cursors_before, cursor);
  }

  // Nodes that were handed none of the messages in question come first (L4.2), then any that knows hashes;
  // a legacy node only where a listing with bodies will do (R37).
  std::optional<peer_id> choose(job_type& job, std::optional<peer_id> preferred) {
    auto& topic = state_.topics[job.topic];
    const auto free = [&](peer_id peer) { return !job.tried.contains(peer); };
    const auto current = [&](peer_id peer) { return free(peer) && state_.peers.answers_by_hash(peer); };
    const auto independent = [&](peer_id peer) { return current(peer) && !handed_to(job, peer); };
    job.legacy = false;
    if (preferred && current(*preferred) &&
        topic.store.usable(*preferred, state_.now.steady, state_.numbers.pool)) {
      return preferred;
    }
    if (job.purpose != store_purpose::lookup) {
      if (const auto peer = in_turn(job, independent)) return peer;
      if (const auto peer = pick(job, independent)) return peer;
      if (const auto peer = in_turn(job, current)) return peer;
    }
    if (const auto peer = pick(job, current)) return peer;
    if (by_hash(job)) return least_bad(topic, current);
    job.legacy = true;
    return pick(job, free);
  }
  template <class Eligible>
  std::optional<peer_id> pick(const job_type& job, Eligible&& eligible) {
    return state_.topics[job.topic].store.choose(state_.now.steady, state_.numbers.pool, state_.random,
                                                 eligible);
  }
  // A node that owes an answer may owe it for long. Stores differ and some lie: successive queries go round, so that a
  // message is looked for at several.
  template <class Eligible>
  std::optional<peer_id> in_turn(const job_type& job, Eligible&& eligible) {
    const auto idle = [&](peer_id peer) { return !asked_now(job.topic, peer) && eligible(peer); };
    const auto& before = latest(job);
    for (auto asked = std::span(before.begin(), before.size()); !asked.empty(); asked = asked.subspan(1)) {
      const auto peer = pick(job, [&](peer_id each) { return !has(asked, each) && idle(each); });
      if (peer) return peer;
    }
    return pick(job, idle);
  }
  // Legacy stores count for the pool's floor, but know no hashes: where they alone are usable, the floor is
  // held by those that do, or nobody might be asked again.
  template <class Eligible>
  std::optional<peer_id> least_bad(typename State::topic_type& topic, Eligible&& eligible) {
    const auto knows_hashes = [&](peer_id peer) { return state_.peers.answers_by_hash(peer); };
    if (topic.store.choose(state_.now.steady, state_.numbers.pool, state_.random, knows_hashes)) return {};
    return topic.store.choose(state_.now.steady, state_.everyone(), state_.random, eligible);
  }
  [[nodiscard]] bool asked_now(std::uint32_t topic, peer_id peer) const {
    return any_of(state_.jobs, [&](const job_type& job) {
      return job.topic == topic && job.operation.value() != 0 && job.peer == peer;
    });
  }
  [[nodiscard]] bool handed_to(const job_type& job, peer_id peer) const {
    if (state_.topics[job.topic].unconfirmed.empty()) return false;
    if (job.purpose == store_purpose::presence) {
      for (std::uint32_t at = 0; at < job.count; ++at) {
        if (pending(job, at) && state_.outgoing[job.slots[at]].pushed_to.contains(peer)) return true;
      }
      return false;
    }
    return state_.handed_to(job.topic, peer);
  }

  // A rough size of request and reply, for the budget.
  [[nodiscard]] std::size_t expected_bytes(const job_type& job) const {
    constexpr std::size_t frame = 100;
    constexpr std::size_t entry = message_hash::size + 6;
    constexpr std::size_t body = 4'096;
    switch (job.purpose) {
      case store_purpose::presence: return frame + 2 * entry * job.hashes.size();
      case store_purpose::lookup: return frame + (entry + body) * job.hashes.size();
      default: return frame + entry * state_.numbers.recovery.page_entries;
    }
  }

  State& state_;
};

}  // namespace waku::reliability
