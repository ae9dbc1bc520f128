// SPDX-License-Identifier: Apache-2.0 OR MIT
// The main program of a workload: compares the contenders, then times them. `--equality` ends after the comparison.
#include "contest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <utility>

namespace {

struct player {
  std::string contender;
  std::function<contest::trace()> play;
};

std::vector<player>& players() {
  static std::vector<player> all;
  return all;
}

/// Says where two traces part; true if they do not.
bool same(const std::string& contender, const contest::trace& got, const std::string& other,
          const contest::trace& expected) {
  if (got == expected) return true;
  const auto [here, there] = std::mismatch(got.begin(), got.end(), expected.begin(), expected.end());
  const auto word = [](auto at, auto end) {
    return at == end ? std::string("nothing") : std::to_string(*at);
  };
  std::fprintf(stderr, "%s and %s differ at answer %td of their scenario: %s and %s\n", contender.c_str(),
               other.c_str(), here - got.begin(), word(here, got.end()).c_str(),
               word(there, expected.end()).c_str());
  return false;
}

bool all_equal() {
  std::string first;
  contest::trace expected;
  bool equal = true;
  for (const player& each : players()) {
    const contest::trace got = each.play();
    if (got.empty()) {
      std::fprintf(stderr, "%s answered nothing in its scenario\n", each.contender.c_str());
      equal = false;
    }
    if (first.empty()) {
      first = each.contender;
      expected = got;
    } else {
      equal = same(each.contender, got, first, expected) && equal;
    }
  }
  if (equal && players().size() == 1) {
    std::printf("%s has nobody to be compared with\n", first.c_str());
  } else if (equal) {
    std::printf("%zu contenders gave the same %zu answers:", players().size(), expected.size());
    for (const player& each : players()) std::printf(" %s", each.contender.c_str());
    std::printf("\n");
  }
  return equal && !players().empty();
}

}  // namespace

void contest::compare(std::string contender, std::function<trace()> play) {
  players().push_back({std::move(contender), std::move(play)});
}

benchmark::internal::Benchmark* contest::add(const std::string& workload, const std::string& name,
                                             const std::string& contender, void (*body)(benchmark::State&)) {
  return benchmark::RegisterBenchmark((workload + '/' + name + '/' + contender).c_str(), body);
}

int main(int argc, char** argv) {
  const bool only_equality = argc == 2 && std::string_view(argv[1]) == "--equality";
  if (!all_equal()) return 1;
  if (only_equality) return 0;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  return benchmark::RunSpecifiedBenchmarks() > 0 ? 0 : 1;
}
