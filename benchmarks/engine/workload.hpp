// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <contest/contest.hpp>
#include <contest/heap.hpp>

#include <waku/reliability/cache/seen_set.hpp>

#include "loaded_engine.hpp"

/// The engine as a value, without node and transport: from publish() to the outcome, and received messages. Hashes are
/// ready beforehand, so that hashing is no part of it.
///
/// Cases: publish_confirm is the whole way of a message: publish(), two lightpush requests polled, both accepted, the
/// presence query of 50 messages, its reply, the outcome polled. So many messages as the size says are always in
/// flight; the virtual time goes on so that each is asked for once its settling time is over. duplicate is a filter
/// push of a message that was received before. seen_insert and seen_hit are the seen set alone, for the ratio; the
/// size of these three is the number of hashes held. topics, peers and subscriptions are the way of a message that is
/// published and of another that is received, with 50,000 in flight, over so many pubsub topics, among so many nodes,
/// on so many content topics. memory tells the bytes of an empty `message` in flight.
namespace engine_workload {

/// Made and warmed up once for all repetitions.
inline loaded_engine<ready_message>& loaded(const surroundings& around, bool receiving) {
  static std::map<std::pair<surroundings, bool>, std::unique_ptr<loaded_engine<ready_message>>> all;
  auto& engine = all[{around, receiving}];
  if (!engine) {
    engine = std::make_unique<loaded_engine<ready_message>>(around);
    engine->warm_up(receiving);
  }
  return *engine;
}

using contest::size_of;

/// The rounds of a case, one batch each, with allocations and queries a message.
inline void run(benchmark::State& state, const surroundings& around, bool receiving) {
  auto& engine = loaded(around, receiving);
  const std::size_t allocated = allocations() - engine.allocated_by_transport();
  const std::uint64_t queries = engine.queries();
  const std::uint64_t confirmed = engine.confirmed();
  while (state.KeepRunningBatch(engine.batch)) {
    engine.pass();
    engine.publish();
    if (receiving) engine.receive();
  }
  const auto messages = static_cast<double>(state.iterations());
  if (engine.confirmed() - confirmed != static_cast<std::uint64_t>(state.iterations())) std::abort();
  state.counters["allocations"] =
      static_cast<double>(allocations() - engine.allocated_by_transport() - allocated) / messages;
  state.counters["queries"] = static_cast<double>(engine.queries() - queries) / messages;
}

inline void publish_confirm(benchmark::State& state) {
  run(state, {.in_flight = size_of(state), .remembered = size_of(state)}, false);
}

inline constexpr surroundings middling{.in_flight = 50'000, .remembered = 100'000};

inline void topics(benchmark::State& state) {
  surroundings around = middling;
  around.pubsub_topics = size_of(state);
  run(state, around, true);
}
inline void peers(benchmark::State& state) {
  surroundings around = middling;
  around.peers = size_of(state);
  run(state, around, true);
}
inline void subscriptions(benchmark::State& state) {
  surroundings around = middling;
  around.content_topics = size_of(state);
  run(state, around, true);
}

/// Pushes messages again that were received last, while 1,000 others are in flight.
inline void duplicate(benchmark::State& state) {
  const surroundings around{.in_flight = 1'000, .remembered = size_of(state)};
  auto& engine = loaded(around, false);
  const std::uint64_t first = engine.made();
  const std::uint64_t delivered = engine.delivered() + size_of(state);
  while (engine.delivered() < delivered) engine.receive();
  const std::vector<wr::message_hash> wanted = hashes().shuffled(first, size_of(state));
  std::size_t each = 0;
  for (auto step : state) {
    engine.push(wanted[each]);
    each = each + 1 == wanted.size() ? 0 : each + 1;
  }
  if (engine.delivered() != delivered) std::abort();
}

inline wr::seen_set<> filled_set(const benchmark::State& state) {
  wr::seen_set<> set(size_of(state), 7);
  for (std::size_t number = 0; number < size_of(state); ++number) set.insert(hashes()[number], {});
  return set;
}

inline void seen_hit(benchmark::State& state) {
  const wr::seen_set<> set = filled_set(state);
  const std::vector<wr::message_hash> wanted = hashes().shuffled(0, size_of(state));
  std::size_t each = 0;
  for (auto step : state) {
    if (!set.contains(wanted[each])) std::abort();
    each = each + 1 == wanted.size() ? 0 : each + 1;
  }
}

/// Into a set that is full, so that the oldest hash leaves.
inline void seen_insert(benchmark::State& state) {
  wr::seen_set<> set = filled_set(state);
  std::uint64_t number = size_of(state);
  for (auto step : state) {
    if (set.insert(hashes()[number++], {}) != wr::seen_insertion::added_and_evicted_oldest) std::abort();
  }
}

inline void memory(benchmark::State& state) {
  for (auto step : state) {
    const std::size_t before = contest::heap_bytes();
    loaded_engine<wr::message> engine({.in_flight = size_of(state)});
    engine.warm_up(false);
    state.counters["bytes_per_message"] =
        static_cast<double>(contest::heap_bytes() - before) / static_cast<double>(size_of(state));
  }
}

inline constexpr surroundings played{.in_flight = 1'000, .remembered = 1'000, .pubsub_topics = 3};

/// A thousand messages at a time over three pubsub topics, and as many received.
inline contest::trace play() {
  contest::trace answers;
  loaded_engine<ready_message> engine(played);
  engine.trace_into(answers);
  engine.warm_up(true);
  answers.push_back(engine.delivered());
  answers.push_back(engine.queries());
  return answers;
}

/// What play() has to answer, by a plain list of the batches in flight, each under the number of its first hash: each
/// is confirmed when as many are there as there may be, by one query, in the order in which they were published.
inline contest::trace expected() {
  constexpr std::uint64_t batch = loaded_engine<ready_message>::batch;
  constexpr std::uint64_t batches = played.in_flight / batch;
  contest::trace answers;
  std::deque<std::uint64_t> in_flight;
  std::uint64_t made = 0;
  for (; in_flight.size() < batches; made += batch) in_flight.push_back(made);
  std::uint64_t received = 0;
  std::uint64_t queries = 0;
  for (std::uint64_t round = 0; round < 2 * batches; ++round) {
    for (std::uint64_t each = 0; each < batch; ++each) {
      answers.push_back(hashes()[in_flight.front() + each].word(0));
    }
    ++queries;
    in_flight.pop_front();
    in_flight.push_back(made);
    received += batch;
    made += 2 * batch;
  }
  answers.push_back(received);
  answers.push_back(queries);
  return answers;
}

/// Enters the engine into all cases.
struct entry {
  explicit entry(const char* contender) {
    const auto add = [&](const char* name, void (*body)(benchmark::State&)) {
      return contest::add("engine", name, contender, body);
    };
    contest::compare(contender, play);
    contest::compare("expected", expected);
    for (const std::int64_t size : {1'000, 10'000, 100'000, 1'000'000}) {
      add("publish_confirm", publish_confirm)->Arg(size);
    }
    add("duplicate", duplicate)->Arg(100'000);
    add("seen_hit", seen_hit)->Arg(100'000);
    add("seen_insert", seen_insert)->Arg(100'000);
    for (const std::int64_t size : {1, 10, 100, 1'000}) {
      add("topics", topics)->Arg(size);
      add("peers", peers)->Arg(5 * size);
      add("subscriptions", subscriptions)->Arg(size);
    }
    add("memory", memory)->Arg(100'000)->Iterations(1);
  }
};

}  // namespace engine_workload
