// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a relayed message costs a filter service: from the relay to the ends of its pushes, for services with 10 to
// 10,000 subscribers of 20 topics each, and messages that 1 to 10,000 of them want. The cost is to grow with the
// matches and not with the subscriptions. Prints the ratios after the table.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cache/samples.hpp>

#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/filter_service.hpp>

namespace {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using service = ws::filter_service<std::uint32_t>;

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::uint32_t topics_each = 20;
constexpr std::size_t message_bytes = 1'000;
constexpr wr::steady_time now{};

std::string topic(std::uint32_t number) { return "/benchmark/1/" + std::to_string(number) + "/proto"; }

/// A service in which each of the 20 topics of a client is shared with so many others that `matches` have it.
std::unique_ptr<service> filled_service(std::uint32_t clients, std::uint32_t matches) {
  ws::profile own = ws::nwaku_profile();
  own.subscribers_max = clients;
  own.filter_rate = {};
  auto made = std::make_unique<service>(own, 7);
  for (std::uint32_t client = 0; client < clients; ++client) {
    std::vector<std::string> texts;
    for (std::uint32_t each = 0; each < topics_each; ++each) {
      texts.push_back(topic(client / matches * topics_each + each));
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto reply = made->subscribe({{}, static_cast<wr::peer_id>(client), shard, views}, now);
    if (reply.status != 200) std::abort();
  }
  return made;
}

/// Arguments: clients, matches, and whether the messages are on one topic (0) or on any of those there are (1):
/// then what is looked up is seldom in the processor's caches.
void push(benchmark::State& state) {
  const auto clients = static_cast<std::uint32_t>(state.range(0));
  const auto matches = static_cast<std::uint32_t>(state.range(1));
  const std::unique_ptr<service> filter = filled_service(clients, matches);
  const std::uint32_t topics = state.range(2) == 0 ? 1 : clients / matches * topics_each;
  std::vector<std::string> texts;
  for (std::uint32_t number = 0; number < topics; ++number) texts.push_back(topic(number));
  wr::random_source draw(3);
  std::uint32_t message = 0;
  for (auto _ : state) {
    const std::string& on = texts[draw.below(texts.size())];
    ++message;
    if (filter->relayed(shard, on, samples::hash_number(message), message, message_bytes, now) != matches)
      std::abort();
    std::uint32_t pushed = 0;
    while (const auto next = filter->next_push(now)) {
      filter->push_ended(next->ticket, true, now);
      ++pushed;
    }
    if (pushed != matches) std::abort();
  }
  if (filter->counts().entries_visited != std::uint64_t{message} * matches) std::abort();
  state.counters["criteria"] = static_cast<double>(filter->subscriptions().index().size());
}

void cases(benchmark::internal::Benchmark* of) {
  for (const std::int64_t spread : {0, 1}) {
    for (const std::int64_t clients : {10, 1'000, 10'000}) {
      for (std::int64_t matches = 1; matches <= clients; matches *= 10) of->Args({clients, matches, spread});
    }
  }
  of->ArgNames({"clients", "matches", "spread"});
}
BENCHMARK(push)->Apply(cases)->Unit(benchmark::kMicrosecond);

/// Keeps the times, to put them into relation.
class collecting_reporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const bool one_time = run.run_type == Run::RT_Iteration || run.aggregate_name == "median";
      if (!run.error_occurred && one_time) times_[run.run_name.args] = run.GetAdjustedCPUTime();
    }
  }
  void print_ratios() const {
    std::printf(
        "\nper match, 1,000 matches to 10 among 10,000 clients (linear: 1, or less where a message has\n"
        "costs of its own):\n");
    for (const int spread : {0, 1}) {
      std::printf("  %-22s %5.2f\n", name(spread), ratio(10'000, 1'000, 10'000, 10, spread) / 100);
    }
    std::printf("10,000 clients to 10, with the same matches (flat: 1; 1,000 if all were looked through):\n");
    for (const int spread : {0, 1}) {
      for (const int matches : {1, 10}) {
        std::printf("  %-22s %5.2f  (%d matching)\n", name(spread),
                    ratio(10'000, matches, 10, matches, spread), matches);
      }
    }
  }

 private:
  static const char* name(int spread) {
    return spread == 0 ? "one topic, in caches:" : "any topic, not cached:";
  }
  [[nodiscard]] double time(int clients, int matches, int spread) const {
    const auto known =
        times_.find("clients:" + std::to_string(clients) + "/matches:" + std::to_string(matches) +
                    "/spread:" + std::to_string(spread));
    return known == times_.end() ? 0 : known->second;
  }
  [[nodiscard]] double ratio(int clients, int matches, int other_clients, int other_matches,
                             int spread) const {
    const double other = time(other_clients, other_matches, spread);
    return other > 0 ? time(clients, matches, spread) / other : 0;
  }

  std::map<std::string, double> times_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  collecting_reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
  return 0;
}
