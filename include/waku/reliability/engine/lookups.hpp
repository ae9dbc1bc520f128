// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/store_queries.hpp>

namespace waku::reliability {

/// Fetches the bodies of messages that a store listed and nobody delivered (S2.6–S2.9, R27).
template <class State>
class lookups {
 public:
  using message_type = typename State::message_type;
  using audit_type = typename State::audit_type;
  using job_type = typename State::job_type;
  using progress = typename store_queries<State>::progress;

  explicit lookups(State& state) : state_(state) {}

  /// A store listed a hash that was never received. False if too many are missing to remember it.
  bool list(std::uint32_t number, const message_hash& hash, peer_id listed_by, bool in_round) {
    audit_type& audit = state_.topics[number].audit;
    missing_message* known = find(audit, hash);
    if (known == nullptr) {
      if (!make_room(audit)) {
        audit.overflowed = true;
        return false;
      }
      audit.missing.emplace_back();
      known = &audit.missing.back();
      known->hash = hash;
      known->listed_by = listed_by;
      known->lookup_at = state_.now.steady + state_.numbers.recovery.lookup_delay;
      audit.loss_found = true;
      state_.notify(notice::missing{hash});
    } else if (known->given_up) {
      known->forget_at = forget_time();
      return true;
    } else if (known->resting) {
      known->resting = false;
      known->listed_by = listed_by;
      known->asked.clear();
      known->lookup_at = state_.now.steady;
    }
    known->in_round = known->in_round || in_round;
    arm(number, known->lookup_at);
    return true;
  }

  /// Starts the look-ups that are due.
  void due(std::uint32_t number) {
    audit_type& audit = state_.topics[number].audit;
    drop_settled(audit);
    if (!state_.may_send()) return;
    while (running(number) < state_.numbers.recovery.queries_at_once) {
      const missing_message* first = next_due(audit);
      if (first == nullptr) break;
      start_one(number, *first);
    }
    arm_next(number);
  }

  /// Takes the bodies of a reply. Bodies that are not what was asked for are the node's fault.
  bool take(std::uint32_t job_number, store_reply<message_type>& reply) {
    job_type& job = state_.jobs[job_number];
    const auto& topic = state_.topics[job.topic];
    job.answered = true;
    bool honest = true;
    for (auto& entry : reply.entries) {
      if (!entry.body) continue;
      const bool asked = has(job.hashes, entry.hash);
      if (!asked) continue;  // what we did not ask for means nothing (R10)
      if (state_.hash_of(topic, *entry.body) != entry.hash) {
        state_.notify(notice::wrong_body{job.peer, entry.hash});
        honest = false;
        continue;
      }
      state_.topics[job.topic].audit.fetched = true;
      receiver<State>(state_).recovered(job.topic, entry.hash, std::move(*entry.body));
    }
    return honest;
  }

  /// A look-up ended, well or not: what it did not bring is asked elsewhere, or rests until the next round.
  void ended(std::uint32_t job_number) {
    job_type& job = state_.jobs[job_number];
    const std::uint32_t number = job.topic;
    audit_type& audit = state_.topics[number].audit;
    for (const message_hash& hash : job.hashes) {
      missing_message* entry = find(audit, hash);
      if (entry == nullptr) continue;
      entry->in_query = false;
      if (state_.seen.contains(hash)) continue;
      entry->unknown = entry->unknown || !job.answered;
      entry->asked.add(job.peer);
      entry->lookup_at = state_.now.steady;
      if (entry->asked.size() < state_.numbers.recovery.nodes_per_query && another_node(number, *entry))
        continue;
      rest(*entry, audit);
    }
    store_queries<State>(state_).destroy(job_number);
    drop_settled(audit);
    arm(number, state_.now.steady);
  }

  /// True while a body that the round listed is still being waited for or fetched.
  [[nodiscard]] static bool pending(const audit_type& audit) {
    return any_of(audit.missing, [](const missing_message& entry) {
      return entry.in_round && !entry.resting && !entry.given_up;
    });
  }

  /// Goes on with what waited while nothing could be sent.
  void resume(std::uint32_t number) {
    if (!state_.topics[number].audit.missing.empty()) arm(number, state_.now.steady);
  }

 private:
  static missing_message* find(audit_type& audit, const message_hash& hash) {
    for (missing_message& entry : audit.missing) {
      if (entry.hash == hash) return &entry;
    }
    return nullptr;
  }
  [[nodiscard]] steady_time forget_time() const {
    return state_.now.steady + state_.numbers.recovery.window + 2 * state_.numbers.recovery.overlap +
           state_.numbers.cadence.longest;
  }
  void drop_settled(audit_type& audit) {
    std::erase_if(audit.missing, [&](const missing_message& entry) {
      if (entry.in_query) return false;
      return state_.seen.contains(entry.hash) || (entry.given_up && entry.forget_at <= state_.now.steady);
    });
    // Of those given up as many again are remembered: they must not take the room of what can be fetched.
    std::size_t surplus = given_up_of(audit);
    surplus -= min_of(surplus, state_.numbers.recovery.missing_max);
    std::erase_if(audit.missing, [&](const missing_message& entry) {
      return entry.given_up && surplus > 0 && surplus-- > 0;
    });
  }
  // One that rests may be listed no more; if it is, it comes back.
  [[nodiscard]] bool make_room(audit_type& audit) const {
    const std::size_t most = state_.numbers.recovery.missing_max;
    // Counting those given up goes through them all: not for each hash of a list that has room.
    if (audit.missing.size() < most || audit.missing.size() - given_up_of(audit) < most) return true;
    for (auto at = audit.missing.begin(); at != audit.missing.end(); ++at) {
      if (!at->resting || at->given_up) continue;
      audit.missing.erase(at);
      return true;
    }
    return false;
  }
  [[nodiscard]] static std::size_t given_up_of(const audit_type& audit) {
    return static_cast<std::size_t>(
        count_of(audit.missing, [](const missing_message& entry) { return entry.given_up; }));
  }
  // A round in which a node gave no answer proves nothing and is not counted (R1).
  void rest(missing_message& entry, audit_type& audit) {
    entry.asked.clear();
    entry.resting = true;
    entry.rounds += std::exchange(entry.unknown, false) ? 0 : 1;
    if (entry.rounds >= state_.numbers.recovery.lookup_rounds_max) {
      entry.given_up = true;
      entry.forget_at = forget_time();
      state_.notify(notice::lookup_given_up{entry.hash});
    } else if (entry.in_round) {
      audit.failed = true;
    }
    entry.in_round = false;
  }
  [[nodiscard]] bool ready(const missing_message& entry) const {
    return !entry.in_query && !entry.resting && !entry.given_up && entry.lookup_at <= state_.now.steady;
  }
  [[nodiscard]] const missing_message* next_due(const audit_type& audit) const {
    for (const missing_message& entry : audit.missing) {
      if (ready(entry)) return &entry;
    }
    return nullptr;
  }
  [[nodiscard]] bool another_node(std::uint32_t number, const missing_message& entry) {
    auto& topic = state_.topics[number];
    return topic.store
        .choose(
            state_.now.steady, state_.numbers.pool, state_.random,
            [&](peer_id peer) { return state_.peers.answers_by_hash(peer) && !entry.asked.contains(peer); })
        .has_value();
  }
  [[nodiscard]] std::uint32_t running(std::uint32_t number) const {
    return static_cast<std::uint32_t>(count_of(state_.jobs, [number](const job_type& job) {
      return job.purpose == store_purpose::lookup && job.topic == number;
    }));
  }

  // One query for those that can be asked at the same node next: never asked, or asked at the same ones.
  void start_one(std::uint32_t number, missing_message first) {
    audit_type& audit = state_.topics[number].audit;
    const bool fresh = first.asked.empty();
    const std::uint32_t job_number = store_queries<State>(state_).create(store_purpose::lookup, number);
    job_type& job = state_.jobs[job_number];
    for (const peer_id peer : first.asked) job.tried.add(peer);
    for (missing_message& entry : audit.missing) {
      if (job.hashes.size() >= state_.numbers.recovery.lookup_hashes) break;
      if (!ready(entry) || entry.asked.empty() != fresh || (fresh && entry.listed_by != first.listed_by))
        continue;
      if (!fresh && entry.asked != first.asked) continue;
      job.hashes.push_back(entry.hash);
      entry.in_query = true;
    }
    assert(!job.hashes.empty());
    const auto preferred = fresh ? std::optional(first.listed_by) : std::nullopt;
    if (store_queries<State>(state_).start(job_number, preferred) == progress::running) return;
    for (const message_hash& hash : job.hashes) {
      missing_message* entry = find(audit, hash);
      assert(entry != nullptr && "chosen from the list just now");
      entry->in_query = false;
      entry->unknown = true;  // nobody could be asked
      rest(*entry, audit);
    }
    store_queries<State>(state_).destroy(job_number);
  }

  void arm(std::uint32_t number, steady_time at) {
    state_.wheel.arm_by(state_.topics[number].audit.lookups, at, {timer_kind::lookups, number, 0});
  }
  void arm_next(std::uint32_t number) {
    const audit_type& audit = state_.topics[number].audit;
    std::optional<steady_time> earliest;
    for (const missing_message& entry : audit.missing) {
      if (entry.in_query || entry.resting || entry.given_up || entry.lookup_at <= state_.now.steady) continue;
      if (!earliest || entry.lookup_at < *earliest) earliest = entry.lookup_at;
    }
    if (earliest) arm(number, *earliest);
  }

  State& state_;
};

}  // namespace waku::reliability
