// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <generic/random/run.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __sanitizer_set_death_callback(void (*callback)());
#endif

namespace generic::random_schedules {
namespace {

// What a schedule that ends the program leaves behind: how to replay it.
char last_words[160];

extern "C" void say_last_words() { std::fputs(last_words, stderr); }
extern "C" void end_loudly(int signal) {
  say_last_words();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

class loud_end {
 public:
  loud_end()
      : abort_before_(std::signal(SIGABRT, end_loudly)), fault_before_(std::signal(SIGSEGV, end_loudly)) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_set_death_callback(say_last_words);
#endif
  }
  loud_end(const loud_end&) = delete;
  loud_end& operator=(const loud_end&) = delete;
  ~loud_end() {
    std::signal(SIGABRT, abort_before_);
    std::signal(SIGSEGV, fault_before_);
    last_words[0] = '\0';
  }

 private:
  void (*abort_before_)(int);
  void (*fault_before_)(int);
};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

void run_one(std::uint64_t seed, const policy_case& tried, wr::testing::node_software nodes) {
  std::snprintf(last_words, sizeof last_words,
                "random schedule of seed %llu (%.*s), replay: make random SEED=%llu\n",
                static_cast<unsigned long long>(seed), static_cast<int>(tried.facts.name.size()),
                tried.facts.name.data(), static_cast<unsigned long long>(seed));
  const verdict told = schedule(seed, tried, nodes).run();
  std::string problems;
  for (const std::string& each : told.violations) problems += each + '\n';
  if (problems.empty() && seed % 4 == 0 && schedule(seed, tried, nodes).run().digest != told.digest)
    problems = "the same seed and events gave other actions\n";
  if (problems.empty()) return;
  FAIL_CHECK(last_words << problems << describe(draw(seed, tried.facts, nodes)));
}

}  // namespace

void run_schedules(std::uint64_t part, std::span<const policy_case> cases, wr::testing::node_software nodes) {
  const loud_end guard;
  const bool replay = std::getenv("WAKU_SEED") != nullptr && std::getenv("WAKU_SCHEDULES") == nullptr;
  const std::uint64_t first = number_from("WAKU_SEED", 1);
  const std::uint64_t all = number_from("WAKU_SCHEDULES", 2'000);
  const std::uint64_t count = replay ? 1 : nodes == wr::testing::node_software::mixed ? all : all / 10;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    if (seed % parts == part) run_one(seed, cases[seed / parts % cases.size()], nodes);
  }
}

}  // namespace generic::random_schedules
