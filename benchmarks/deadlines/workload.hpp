// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <contest/contest.hpp>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>

/// Deadlines of numbered keys, each of which has one or none. A contender is made for a number of keys and has
///   void arm(key_type key, steady_time at)        of a key without a deadline
///   void cancel(key_type key)                     of a key with one
///   void advance(steady_time now, F&& fired)      calls fired(key) in the order of time; may arm the key anew
/// The time is virtual.
///
/// Cases: arm_cancel arms one deadline more and cancels it, as a request's timeout ends when the reply comes soon;
/// cancel_any cancels any of those armed and arms another; restart puts any deadline off; fire has one fire and arms it
/// anew, ten in a step of time. The size is the number of deadlines armed.
namespace deadlines {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

using key_type = std::uint32_t;

/// How far ahead deadlines are armed: half are a request's timeout, others wait before the next attempt, some are
/// pings. With a jitter, so that hardly two are at the same time.
class delays {
 public:
  explicit delays(std::uint64_t seed) {
    wr::random_source draw(seed);
    for (wr::duration& each : drawn_) {
      const double kind = draw.unit();
      if (kind < 0.5) {
        each = 20s;
      } else if (kind < 0.9) {
        each = 1s + wr::duration(static_cast<std::int64_t>(draw.below(7'000'000'000)));
      } else {
        each = 1min;
      }
      each += wr::duration(static_cast<std::int64_t>(draw.below(100'000'000)));
    }
  }
  wr::duration next() { return drawn_[next_++ % drawn_.size()]; }

 private:
  std::array<wr::duration, 1'024> drawn_{};
  std::size_t next_ = 0;
};
inline constexpr wr::duration mean_delay = 18s;

/// A contender with `size` deadlines armed, and one key that has none.
template <class Contender>
struct loaded {
  explicit loaded(std::size_t keys) : size(keys), contender(keys + 1), spare(static_cast<key_type>(keys)) {
    for (key_type key = 0; key < size; ++key) {
      // As after a long time: some have come far.
      now += 100ns;
      contender.arm(key, now + 1s +
                             wr::duration(static_cast<std::int64_t>(
                                 draw.unit() * static_cast<double>(ahead.next().count()))));
    }
  }

  /// Any key but the spare one. Without the divisions of below(), which would be timed too.
  key_type any() {
    const auto drawn = static_cast<key_type>((draw.next() >> 32) * size >> 32);
    return drawn == spare ? static_cast<key_type>(size) : drawn;
  }

  /// What may fire between rounds is armed anew, so that the number stays.
  void pass(wr::duration elapsed) {
    now += elapsed;
    contender.advance(now, [this](key_type key) {
      ++fired;
      contender.arm(key, now + ahead.next());
    });
  }

  std::size_t size;
  Contender contender;
  key_type spare;
  wr::steady_time now{};
  std::uint64_t fired = 0;
  std::size_t untimed = 0;  ///< rounds so far that were
  wr::random_source draw{1};
  delays ahead{2};
};

using contest::size_of;

/// A busy program has time pass, and events handled, after so many rounds of 100 ns each.
inline constexpr int rounds_between = 64;

/// Armed once for all repetitions of a case.
template <class Contender>
loaded<Contender>& loaded_with(const std::string& in, std::size_t size) {
  static std::map<std::pair<std::string, std::size_t>, loaded<Contender>> all;
  return all.try_emplace({in, size}, size).first->second;
}

/// Times `round(held, at)`, in which the number of deadlines armed does not change, once as many were done untimed that
/// what cancelled ones leave behind is as much as it gets.
template <class Contender, class Round>
void time_rounds(benchmark::State& state, const std::string& in, Round&& round) {
  loaded<Contender>& held = loaded_with<Contender>(in, size_of(state));
  int rounds = 0;
  const auto next = [&] {
    round(held, held.now + held.ahead.next() + 100ns * rounds);
    if (++rounds < rounds_between) return;
    held.pass(100ns * rounds);
    rounds = 0;
  };
  for (; held.untimed < held.size; ++held.untimed) next();
  for (auto step : state) next();
}

template <class Contender>
void arm_cancel(benchmark::State& state) {
  time_rounds<Contender>(state, "arm_cancel", [](loaded<Contender>& held, wr::steady_time at) {
    held.contender.arm(held.spare, at);
    held.contender.cancel(held.spare);
  });
}

template <class Contender>
void cancel_any(benchmark::State& state) {
  time_rounds<Contender>(state, "cancel_any", [](loaded<Contender>& held, wr::steady_time at) {
    const key_type ended = held.any();
    held.contender.arm(held.spare, at);
    held.contender.cancel(ended);
    held.spare = ended;
  });
}

template <class Contender>
void restart(benchmark::State& state) {
  time_rounds<Contender>(state, "restart", [](loaded<Contender>& held, wr::steady_time at) {
    const key_type moved = held.any();
    held.contender.cancel(moved);
    held.contender.arm(moved, at);
  });
}

template <class Contender>
void fire(benchmark::State& state) {
  constexpr std::uint64_t batch = 1'000;
  loaded<Contender>& held = loaded_with<Contender>("fire", size_of(state));
  const wr::duration step = mean_delay * 10 / static_cast<std::int64_t>(held.size);
  held.fired = 0;
  std::uint64_t wanted = 0;
  while (state.KeepRunningBatch(batch)) {
    wanted += batch;
    while (held.fired < wanted) held.pass(step);
  }
}

/// Arms, cancels, restarts and lets time pass at random, with 300 keys; all deadlines are at different times.
template <class Contender>
contest::trace play() {
  constexpr key_type keys = 300;
  Contender contender(keys);
  wr::random_source draw(3);
  delays ahead(4);
  std::vector<bool> armed(keys);
  contest::trace fired;
  wr::steady_time now{};
  for (int step = 0; step < 100'000; ++step) {
    const auto key = static_cast<key_type>(draw.below(keys));
    if (draw.chance(0.2)) {
      now += wr::duration(
          static_cast<std::int64_t>(draw.below(draw.chance(0.01) ? 30'000'000'000 : 300'000'000)));
      contender.advance(now, [&](key_type each) {
        fired.push_back(each);
        armed[each] = each % 3 == 0;
        if (armed[each]) contender.arm(each, now + ahead.next());
      });
      fired.push_back(keys);  // the end of a step
    } else {
      if (armed[key]) contender.cancel(key);
      armed[key] = draw.chance(0.7);
      // A deadline in the past fires in the next step. The number of the step keeps the times apart.
      if (armed[key])
        contender.arm(key, now + ahead.next() - (draw.chance(0.05) ? 30s : 0s) + wr::duration(step));
    }
  }
  return fired;
}

/// Enters a contender into all cases. Timed is what it is where nothing has to fire, if that differs.
template <class Contender, class Timed = Contender>
struct entry {
  explicit entry(const char* contender) {
    const auto add = [&](const char* name, void (*body)(benchmark::State&)) {
      contest::add("deadlines", name, contender, body)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
    };
    contest::compare(contender, play<Contender>);
    add("arm_cancel", arm_cancel<Timed>);
    add("cancel_any", cancel_any<Timed>);
    add("restart", restart<Timed>);
    add("fire", fire<Contender>);
  }
};

}  // namespace deadlines
