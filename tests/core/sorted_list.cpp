// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/sorted_list.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <waku/reliability/core/random.hpp>

#include "cache/samples.hpp"

namespace sorted_list_tests {

namespace wr = waku::reliability;

namespace {

struct entry {
  std::string name;
  int number = 7;
};
using entries = wr::sorted_list<entry, &entry::name>;

}  // namespace

TEST_CASE("a value is fresh but for its key, and is put once") {
  entries list;
  CHECK(list.empty());
  CHECK(list.put(std::string_view("b")).name == "b");
  CHECK(list.put("b").number == 7);
  list.put("b").number = 1;
  CHECK(list.put("b").number == 1);
  CHECK(list.size() == 1);
}

TEST_CASE("only exact keys are found and removed") {
  entries list;
  list.put("ab").number = 1;
  CHECK(list.find("a") == nullptr);
  CHECK(list.find("abc") == nullptr);
  CHECK(list.find("") == nullptr);
  REQUIRE(list.find("ab") != nullptr);
  CHECK(std::as_const(list).find("ab") == list.find("ab"));
  list.remove("a");
  list.remove("b");
  CHECK(list.size() == 1);
  list.remove("ab");
  CHECK(list.empty());
  CHECK(std::as_const(list).find("ab") == nullptr);
}

TEST_CASE("whatever is done, the list is as a map would be") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  wr::random_source random(seed);
  entries list;
  std::map<std::string, int> model;
  for (int step = 0; step < 5'000; ++step) {
    const std::string key = std::to_string(random.below(40));
    const auto kind = random.below(20);
    if (kind == 0) {
      list.remove_if([](const entry& each) { return each.number % 2 == 0; });
      std::erase_if(model, [](const auto& each) { return each.second % 2 == 0; });
    } else if (kind < 8) {
      list.remove(key);
      model.erase(key);
    } else {
      list.put(key).number = step;
      model[key] = step;
    }
    REQUIRE(list.size() == model.size());
    std::size_t at = 0;
    for (const auto& [name, number] : model) {
      REQUIRE(list[at].name == name);
      REQUIRE(list[at].number == number);
      REQUIRE(list.find(name) == list.begin() + at);
      ++at;
    }
    REQUIRE(list.begin() + at == list.end());
  }
}

}  // namespace sorted_list_tests
