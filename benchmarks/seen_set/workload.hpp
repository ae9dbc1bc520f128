// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <contest/contest.hpp>
#include <contest/hashes.hpp>
#include <contest/heap.hpp>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/random.hpp>

/// The hashes of the messages received lately: is this one new? They expire after a time. A contender is made for a
/// number of entries and has
///   bool insert(const message_hash&, steady_time received)   true if the hash is new
///   bool contains(const message_hash&) const
///   void expire(steady_time received_before)
/// One hash is received each nanosecond of a virtual time.
///
/// Cases: hit and miss look up; window looks up a new hash, inserts it and has the oldest expire; ground does so with
/// hashes whose words share their low bits; burst brings 1,000 new hashes, each twice, and then has as many expire.
/// latency is window with each round timed on its own. The size is the number of hashes held.
namespace seen_set {

namespace wr = waku::reliability;

inline wr::steady_time at(std::uint64_t number) {
  return wr::steady_time(wr::duration(static_cast<std::int64_t>(number)));
}

using contest::hash_stream;

inline const hash_stream& random_hashes() {
  static const hash_stream stream(1);
  return stream;
}
inline const hash_stream& ground_hashes() {
  static const hash_stream stream(2, 0xffffff);
  return stream;
}
inline const hash_stream& other_hashes() {
  static const hash_stream stream(3);
  return stream;
}

/// A contender that holds the newest `size` hashes of a stream.
template <class Contender>
struct filled {
  filled(std::size_t entries, const hash_stream& from) : size(entries), stream(from) {
    const std::size_t before = contest::heap_bytes();
    set = std::make_unique<Contender>(size);
    while (next < size) {
      set->insert(stream[next], at(next));
      ++next;
    }
    bytes_per_entry = static_cast<double>(contest::heap_bytes() - before) / static_cast<double>(size);
  }

  /// One round of the sliding window.
  void slide() {
    const wr::message_hash& hash = stream[next];
    if (set->contains(hash) || !set->insert(hash, at(next))) std::abort();
    ++next;
    set->expire(at(next - size));
  }

  std::size_t size;
  const hash_stream& stream;
  std::unique_ptr<Contender> set;
  std::uint64_t next = 0;
  double bytes_per_entry = 0;
};

/// Filled once for all cases and repetitions.
template <class Contender>
filled<Contender>& filled_with(std::size_t size, const hash_stream& stream) {
  static std::map<std::pair<std::size_t, const hash_stream*>, filled<Contender>> all;
  return all.try_emplace({size, &stream}, size, stream).first->second;
}

using contest::size_of;

template <class Contender>
void hit(benchmark::State& state) {
  filled<Contender>& held = filled_with<Contender>(size_of(state), random_hashes());
  const std::vector<wr::message_hash> wanted = held.stream.shuffled(held.next - held.size, held.size);
  std::size_t each = 0;
  for (auto step : state) {
    if (!held.set->contains(wanted[each])) std::abort();
    each = each + 1 == wanted.size() ? 0 : each + 1;
  }
}

template <class Contender>
void miss(benchmark::State& state) {
  filled<Contender>& held = filled_with<Contender>(size_of(state), random_hashes());
  const hash_stream& others = other_hashes();
  std::uint64_t number = 0;
  for (auto step : state) {
    if (held.set->contains(others[number++])) std::abort();
  }
}

template <class Contender>
void window(benchmark::State& state) {
  filled<Contender>& held = filled_with<Contender>(size_of(state), random_hashes());
  for (auto step : state) held.slide();
  state.counters["bytes_per_entry"] = held.bytes_per_entry;
  if constexpr (requires { held.set->slots_max(); })
    state.counters["slots_max"] = static_cast<double>(held.set->slots_max());
}

template <class Contender>
void ground(benchmark::State& state) {
  filled<Contender>& held = filled_with<Contender>(size_of(state), ground_hashes());
  for (auto step : state) held.slide();
}

template <class Contender>
void burst(benchmark::State& state) {
  constexpr std::uint64_t length = 1'000;
  filled<Contender>& held = filled_with<Contender>(size_of(state), random_hashes());
  while (state.KeepRunningBatch(length)) {
    for (std::uint64_t each = 0; each < length; ++each) {
      const wr::message_hash& hash = held.stream[held.next];
      if (!held.set->insert(hash, at(held.next)) || held.set->insert(hash, at(held.next))) std::abort();
      ++held.next;
    }
    held.set->expire(at(held.next - held.size));
  }
}

/// Times each call of `round` on its own and tells what all but one in ten thousand stay below.
template <class Round>
void time_each(benchmark::State& state, Round&& round) {
  std::vector<std::int64_t> times;
  times.reserve(static_cast<std::size_t>(state.max_iterations));
  for (auto step : state) {
    const auto begin = std::chrono::steady_clock::now();
    round();
    times.push_back((std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  const auto below = [&](std::size_t of_ten_thousand) {
    return static_cast<double>(times[times.size() * of_ten_thousand / 10'000]);
  };
  state.counters["p50_ns"] = below(5'000);
  state.counters["p9999_ns"] = below(9'999);
}

inline constexpr std::int64_t timed_rounds = 1'000'000;

template <class Contender>
void latency(benchmark::State& state) {
  filled<Contender>& held = filled_with<Contender>(size_of(state), random_hashes());
  time_each(state, [&] { held.slide(); });
}

/// Receives, asks and expires at random among 2,000 hashes, 500 of which are held at most. Now and then nothing comes
/// for a while, and then many expire at once.
template <class Contender>
contest::trace play() {
  Contender set(500);
  wr::random_source draw(5);
  contest::trace answers;
  std::uint64_t now = 0;
  for (int step = 0; step < 50'000; ++step) {
    const wr::message_hash& hash = ground_hashes()[draw.below(2'000)];
    if (draw.chance(0.005)) now += draw.below(400);
    if (draw.chance(0.5)) {
      ++now;
      answers.push_back(set.insert(hash, at(now)) ? 1 : 0);
      set.expire(at(now < 400 ? 0 : now - 400));
    } else {
      answers.push_back(set.contains(hash) ? 1 : 0);
    }
  }
  return answers;
}

/// Enters a contender into all cases.
template <class Contender>
struct entry {
  explicit entry(const char* contender) {
    const auto add = [&](const char* name, void (*body)(benchmark::State&)) {
      return contest::add("seen_set", name, contender, body);
    };
    contest::compare(contender, play<Contender>);
    add("hit", hit<Contender>)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
    add("miss", miss<Contender>)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
    add("window", window<Contender>)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
    add("ground", ground<Contender>)->Arg(100'000);
    add("burst", burst<Contender>)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
    add("latency", latency<Contender>)->Arg(1'000'000)->Iterations(timed_rounds);
  }
};

}  // namespace seen_set
