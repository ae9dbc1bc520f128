// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cache/samples.hpp>

#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/archive.hpp>

/// What archives of a million messages are measured by: pages of 100 entries at the beginning, in the middle and
/// at the end, of everything, of ten topics and of a rare one, with bodies.
namespace archive_benchmark {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;

inline constexpr std::uint32_t count = 1'000'000;
inline constexpr std::uint32_t topics = 1'000;
inline constexpr std::uint32_t page_size = 100;
inline constexpr std::string_view shard = "/waku/2/rs/1/0";

inline std::string topic(std::uint32_t number) {
  return "/benchmark/1/topic" + std::to_string(number) + "/proto";
}

/// Half of the messages are on ten busy topics; the others on one of a thousand.
inline std::string topic_of(std::uint32_t number) {
  wr::random_source draw(number + 17U);
  return topic(static_cast<std::uint32_t>(draw.chance(0.5) ? draw.below(10) : draw.below(topics)));
}

/// Ten messages a second, up to two seconds out of order.
inline std::int64_t time_of(std::uint32_t number) {
  wr::random_source draw(number + 31U);
  return (std::int64_t{number} * 100 + static_cast<std::int64_t>(draw.below(2'000))) * 1'000'000;
}

inline ws::archive_record record_of(std::uint32_t number, std::string_view content_topic) {
  return {samples::hash_number(number), time_of(number), shard, content_topic, 200};
}

inline void require(bool fine, const char* what) {
  if (fine) return;
  std::fprintf(stderr, "the archive %s\n", what);
  std::abort();
}

/// Where pages begin: the share of the messages that lie before.
inline constexpr double depths[] = {0.0, 0.01, 0.5, 0.99, 0.9995};

enum class kind : int { everything, ten_topics, rare_topic };

struct page_query {
  page_query(kind which, double depth) {
    const std::uint32_t wanted = which == kind::everything ? 0 : which == kind::ten_topics ? 10 : 1;
    for (std::uint32_t each = 0; each < wanted; ++each)
      names.push_back(topic(which == kind::rare_topic ? 777 : each));
    views.assign(names.begin(), names.end());
    query.pubsub_topic = shard;
    query.content_topics = views;
    query.limit = page_size;
    // The first page has no cursor. A rare topic's last page begins further from the end.
    const double from = which == kind::rare_topic ? depth * 0.7 : depth;
    if (depth > 0)
      query.after = ws::archive_place{std::int64_t(from * count) * 100 * 1'000'000, samples::hash_number(1)};
  }
  page_query(const page_query&) = delete;
  page_query& operator=(const page_query&) = delete;

  std::vector<std::string> names;
  std::vector<std::string_view> views;
  ws::archive_query query;
};

template <class Archive>
void page(benchmark::State& state, Archive& archive) {
  const page_query asked(static_cast<kind>(state.range(0)), depths[state.range(1)]);
  for (auto step : state) {
    auto answer = archive.list(asked.query);
    benchmark::DoNotOptimize(answer);
    if (answer.entries.size() != page_size) state.SkipWithError("the page is not full");
  }
}

/// Times a page, in seconds: the least of many.
template <class Archive>
double time_of_page(Archive& archive, kind which, double depth) {
  const page_query asked(which, depth);
  double least = 1e9;
  for (int repeat = 0; repeat < 300; ++repeat) {
    const auto begin = std::chrono::steady_clock::now();
    auto answer = archive.list(asked.query);
    benchmark::DoNotOptimize(answer);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    require(answer.entries.size() == page_size, "gives no full page");
    least = std::min(least, took.count());
  }
  return least;
}

/// Prints the ratio of a page at the end to the first page.
template <class Archive>
void print_ratios(const char* name, Archive& archive) {
  const char* kinds[] = {"everything", "ten topics", "a rare topic"};
  for (const kind which : {kind::everything, kind::ten_topics, kind::rare_topic}) {
    const double first = time_of_page(archive, which, 0.0);
    const double last = time_of_page(archive, which, depths[std::size(depths) - 1]);
    std::printf("%s, %s: first page %.1f us, last page %.1f us, ratio %.2f\n", name,
                kinds[static_cast<int>(which)], first * 1e6, last * 1e6, last / first);
  }
}

}  // namespace archive_benchmark
