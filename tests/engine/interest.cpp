// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/interest.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include "cache/samples.hpp"

namespace interest_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

constexpr wr::steady_time now{5'000s};

std::vector<std::string> names_of(const wr::interest_list& list) {
  std::vector<std::string> names;
  for (const wr::interest& each : list) names.push_back(each.content_topic);
  return names;
}

}  // namespace

TEST_CASE("interests are kept once each, sorted by content topic") {
  wr::interest_list list;
  CHECK(list.empty());
  list.put("/b").subscribed = true;
  list.put("/a").publications = 1;
  list.put("/c").subscribed = true;
  CHECK(list.put("/b").subscribed);
  CHECK(names_of(list) == std::vector<std::string>{"/a", "/b", "/c"});
  CHECK(list.subscribed_count() == 2);
  CHECK_FALSE(list.empty());
}

TEST_CASE("a new interest is not subscribed, not published on, and was never audited") {
  wr::interest_list list;
  const wr::interest& fresh = list.put("/a");
  CHECK(fresh.content_topic == "/a");
  CHECK_FALSE(fresh.subscribed);
  CHECK(fresh.publications == 0);
  CHECK(fresh.echo_until == wr::steady_time::min());
  CHECK_FALSE(fresh.audited_until);
}

TEST_CASE(
    "a retired interest is gone until it is put again, and of many no more than sixteen names are kept") {
  wr::interest_list list;
  list.put("/a").audited_until = wr::wall_time(7s);
  list.retire(*list.find("/a"));
  CHECK(list.find("/a") == nullptr);
  CHECK_FALSE(list.subscribed("/a"));
  CHECK_FALSE(list.put("/a").audited_until);
  CHECK(list.find("/a") != nullptr);
  list.put("/stays").subscribed = true;
  for (int number = 0; number < 1'000; ++number) {
    list.retire(list.put("/" + std::to_string(number)));
    CHECK(names_of(list).size() <= 18);
  }
  CHECK(list.subscribed("/stays"));
}

TEST_CASE("only exact names are found, and only subscribed ones are subscribed") {
  wr::interest_list list;
  list.put("/a").subscribed = true;
  list.put("/ab").publications = 1;
  CHECK(list.find("/a") != nullptr);
  CHECK(list.find("/ab") != nullptr);
  CHECK(list.find("/") == nullptr);
  CHECK(list.find("/abc") == nullptr);
  CHECK(list.find("") == nullptr);
  CHECK(list.subscribed("/a"));
  CHECK_FALSE(list.subscribed("/ab"));
  CHECK_FALSE(list.subscribed("/x"));
}

TEST_CASE("tidy drops what nobody needs: not subscribed, nothing published, no echo awaited") {
  wr::interest_list list;
  list.put("/subscribed").subscribed = true;
  list.put("/published").publications = 1;
  list.put("/lingering").echo_until = now + 1ns;
  list.put("/over").echo_until = now;
  list.put("/idle").subscribed = false;
  list.tidy(now);
  CHECK(names_of(list) == std::vector<std::string>{"/lingering", "/published", "/subscribed"});
  list.tidy(now + 1ns);
  CHECK(names_of(list) == std::vector<std::string>{"/published", "/subscribed"});
}

TEST_CASE("any order of coming gives the order of a map") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  wr::random_source random(seed);
  wr::interest_list list;
  std::map<std::string, bool> model;
  for (int step = 0; step < 2'000; ++step) {
    const std::string name = "/" + std::to_string(random.below(80));
    const bool subscribed = random.below(2) == 0;
    list.put(name).subscribed = subscribed;
    model[name] = subscribed;
    if (random.below(40) == 0) {
      list.tidy(now);
      std::erase_if(model, [](const auto& each) { return !each.second; });
    }
    for (const std::uint64_t number : {random.below(80), random.below(80)}) {
      const std::string wanted = "/" + std::to_string(number);
      for (int time = 0; time < 2; ++time) {  // the second time it is the one found last
        const wr::interest* found = list.find(wanted);
        REQUIRE((found != nullptr) == model.contains(wanted));
        if (found != nullptr) REQUIRE(found->content_topic == wanted);
        REQUIRE(list.subscribed(wanted) == (found != nullptr && model[wanted]));
      }
    }
    std::vector<std::string> expected;
    for (const auto& each : model) expected.push_back(each.first);
    REQUIRE(names_of(list) == expected);
    REQUIRE(list.subscribed_count() ==
            static_cast<std::size_t>(
                std::count_if(model.begin(), model.end(), [](const auto& each) { return each.second; })));
  }
}

}  // namespace interest_tests
