// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/audit.hpp>

namespace waku::reliability {

/// Asks, from time to time, for all messages that may be out there and are not confirmed: by presence queries
/// (S1.4), or by the audit's queries over their part of the window (S3.5).
template <class State>
class confirmation_round {
 public:
  explicit confirmation_round(State& state) : state_(state) {}

  /// Asks for every settled message of a pubsub topic, and plans the next round while any is left.
  void due(std::uint32_t number) {
    auto& topic = state_.topics[number];
    if (topic.unconfirmed.empty() || !state_.may_send()) return;  // planned anew when that changes
    collect(number);
    const bool asks = !state_.settled.empty();
    if (asks) {
      if constexpr (State::policies::confirmation::asks.audit) {
        list(number);
      } else {
        ask_presence(number);
      }
      topic.confirmation_wait = next_wait(topic.confirmation_wait);
    }
    plan(number, asks);
  }

  /// Begins anew after a pause or an outage.
  void resume(std::uint32_t number) {
    auto& topic = state_.topics[number];
    if (topic.unconfirmed.empty() || !State::policies::confirmation::asks.store()) return;
    topic.confirmation_wait = state_.numbers.confirmation.early_interval;
    arm(number, state_.now.steady);
  }

 private:
  // Rounds on a pubsub topic are so far apart, unless as many messages wait for one as a query names: then a
  // stream of messages is asked for in queries of many.
  static constexpr duration spacing = std::chrono::milliseconds(500);

  // What was asked for a moment ago, by a query that may be under way, is left to another round. Messages stand in the
  // order in which they reached a node, so all that have settled come before the first ones that have not.
  void collect(std::uint32_t number) {
    const confirmation_options& numbers = state_.numbers.confirmation;
    state_.settled.clear();
    std::uint32_t unsettled = 0;
    [[maybe_unused]] steady_time latest = steady_time::min();
    const unconfirmed_list& unconfirmed = state_.topics[number].unconfirmed;
    for (auto slot = unconfirmed.oldest(); slot; slot = unconfirmed.next(state_.outgoing, *slot)) {
      const auto& entry = state_.outgoing[*slot];
      assert(*entry.reached_at >= latest && "the messages stand in the order in which they reached a node");
      latest = *entry.reached_at;
      if (entry.ephemeral) continue;
      const steady_time settled = *entry.reached_at + numbers.settling;
      if (settled > state_.now.steady) {
        wanted_at(settled);
        if (++unsettled < numbers.hashes_per_query) continue;
        full_at_ = settled;
        return;
      }
      const bool young = state_.now.steady < entry.stale_at;
      young_ = young_ || young;
      const steady_time again = entry.asked_at + numbers.early_interval;
      if (again <= state_.now.steady) {
        state_.settled.push_back(*slot);
      } else if (young) {  // else it has time until the next round
        wanted_at(again);
      }
    }
  }
  void wanted_at(steady_time at) { next_ = min_of(next_.value_or(at), at); }

  // A query has messages together of which its store was handed none (L4.2): where there are few stores, what was
  // handed to one is asked for at another, and no message waits until chance brings it to the right one. Those that
  // were handed to every store are asked for together, anywhere.
  void ask_presence(std::uint32_t number) {
    const std::size_t size = state_.numbers.confirmation.hashes_per_query;
    while (!state_.settled.empty()) {
      store_queries<State> queries(state_);
      const std::uint32_t job_number = queries.create(store_purpose::presence, number);
      const buffer_slot first = state_.settled.front();
      const auto store = queries.independent_store(job_number, first);
      const auto belongs = [&](const auto& pushed_to) {
        if (store) return !pushed_to.contains(*store);
        return !any_of(state_.outgoing[first].pushed_to,
                       [&](peer_id each) { return !pushed_to.contains(each); });
      };
      auto& job = state_.jobs[job_number];
      std::size_t left = 0;
      std::size_t at = 0;
      for (; at < state_.settled.size() && job.count < size; ++at) {
        const buffer_slot slot = state_.settled[at];
        auto& entry = state_.outgoing[slot];
        if (!belongs(entry.pushed_to)) {
          state_.settled[left++] = slot;
          continue;
        }
        job.slots[job.count++] = slot;
        job.hashes.push_back(state_.outgoing.hash(slot));
        entry.asked_at = state_.now.steady;
      }
      assert(job.count > 0);
      const auto place = [&](std::size_t where) {
        return state_.settled.begin() + static_cast<std::ptrdiff_t>(where);
      };
      state_.settled.erase(place(left), place(at));
      audit<State>(state_).start_due(job_number, store);
    }
  }

  // A round of the audit that has just begun covers them anyway; an older one may hang at a silent node.
  void list(std::uint32_t number) {
    audit<State> auditor(state_);
    if (auditor.listing(number)) return;
    auditor.plan(number, state_.now.steady + state_.numbers.cadence.interval);
    std::vector<std::string> names;
    wall_time start = wall_time::max();
    wall_time end = state_.now.wall;  // a clock that was set back leaves stamps in the future
    for (const buffer_slot slot : state_.settled) {
      const auto& entry = state_.outgoing[slot];
      const auto name = State::traits::content_topic(entry.message);
      if (!has(names, name)) names.emplace_back(name);
      start = min_of(start, entry.stamp);
      end = max_of(end, entry.stamp);
    }
    start -= state_.numbers.recovery.overlap;
    end += state_.numbers.recovery.overlap;
    const std::size_t size = state_.numbers.recovery.topics_per_query;
    for (std::size_t begin = 0; begin < names.size(); begin += size) {
      const auto from = names.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto to = names.begin() + static_cast<std::ptrdiff_t>(min_of(begin + size, names.size()));
      auditor.look_early(number, std::vector<std::string>(from, to), start, end);
    }
  }

  // Often while a resend can still help, then ever more rarely (R35).
  [[nodiscard]] duration next_wait(duration previous) const {
    const confirmation_options& numbers = state_.numbers.confirmation;
    if (young_) return numbers.early_interval;
    const auto grown = static_cast<duration::rep>(static_cast<double>(previous.count()) * numbers.growth);
    return min_of(duration(grown), numbers.longest_interval);
  }
  void plan(std::uint32_t number, bool asked) {
    auto& topic = state_.topics[number];
    std::optional<steady_time> at;
    if (next_) at = max_of(*next_, min_of(full_at_, state_.now.steady + spacing));
    if (asked || !at) {
      const steady_time again = state_.now.steady + topic.confirmation_wait;
      at = min_of(at.value_or(again), again);
    }
    arm(number, *at);
  }
  void arm(std::uint32_t number, steady_time at) {
    auto& topic = state_.topics[number];
    state_.wheel.cancel(topic.confirmation.ticket);
    state_.wheel.arm_by(topic.confirmation, at, {timer_kind::confirmation_round, number, 0});
  }

  State& state_;
  std::optional<steady_time> next_;           ///< when the next message is to be asked for
  steady_time full_at_ = steady_time::max();  ///< when those that settle fill a query
  bool young_ = false;
};

}  // namespace waku::reliability
