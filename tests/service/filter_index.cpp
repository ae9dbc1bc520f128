// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/filter_index.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cache/samples.hpp>

namespace filter_index_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;

namespace {

ws::filter_index::entry client(std::uint32_t number) { return {static_cast<wr::peer_id>(number), number}; }

std::vector<std::uint32_t> clients(const ws::filter_index& index, std::string_view pubsub_topic,
                                   std::string_view content_topic) {
  std::vector<std::uint32_t> all;
  for (const auto& each : index.subscribers(index.find(pubsub_topic, content_topic))) {
    CHECK(static_cast<std::uint32_t>(each.client) == each.slot);
    all.push_back(each.slot);
  }
  return all;
}

using numbers = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("subscribers of a criterion are told in the order of their numbers, each once") {
  ws::filter_index index(1);
  CHECK(clients(index, "shard", "topic").empty());
  const auto number = index.add("shard", "topic", client(7));
  CHECK(number != ws::filter_index::none);
  CHECK(index.add("shard", "topic", client(3)) == number);
  CHECK(index.add("shard", "topic", client(9)) == number);
  CHECK(index.add("shard", "topic", client(3)) == ws::filter_index::none);
  CHECK(clients(index, "shard", "topic") == numbers{3, 7, 9});
  index.remove(number, static_cast<wr::peer_id>(7));
  CHECK(clients(index, "shard", "topic") == numbers{3, 9});
  CHECK(index.size() == 1);
}

TEST_CASE("criteria differ by either topic, and where one topic ends matters") {
  ws::filter_index index(1);
  index.add("ab", "c", client(1));
  index.add("a", "bc", client(2));
  index.add("", "abc", client(3));
  index.add("abc", "", client(4));
  CHECK(clients(index, "ab", "c") == numbers{1});
  CHECK(clients(index, "a", "bc") == numbers{2});
  CHECK(clients(index, "", "abc") == numbers{3});
  CHECK(clients(index, "abc", "") == numbers{4});
  const std::string long_topic(1'000, 'x');
  index.add("ab", long_topic, client(5));
  CHECK(clients(index, "ab", long_topic) == numbers{5});
  CHECK(clients(index, "ab", long_topic.substr(1)).empty());
}

TEST_CASE("a criterion that nobody wants any more is gone, with its memory, and its number is used again") {
  ws::filter_index index(1);
  const auto first = index.add("shard", "topic", client(1));
  CHECK(index.bytes() == ws::filter_index::cost("shard", "topic"));
  index.add("shard", "topic", client(2));
  CHECK(index.bytes() == ws::filter_index::cost("shard", "topic") + ws::filter_index::entry_cost);
  index.remove_if(first, [](const ws::filter_index::entry&) { return true; });
  CHECK(index.size() == 0);
  CHECK(index.bytes() == 0);
  CHECK(index.find("shard", "topic") == ws::filter_index::none);
  CHECK(index.add("shard", "other", client(1)) == first);
}

TEST_CASE("a random sequence of additions and removals agrees with a map of sets") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  ws::filter_index index(draw.next());
  std::map<std::pair<std::string, std::string>, std::set<std::uint32_t>> model;
  for (int step = 0; step < 20'000; ++step) {
    const std::string shard = "/waku/2/rs/1/" + std::to_string(draw.below(4));
    const std::string topic = std::string(draw.below(60), 'a') + std::to_string(draw.below(40));
    const auto number = static_cast<std::uint32_t>(draw.below(30));
    auto& expected = model[{shard, topic}];
    if (draw.chance(0.6)) {
      CHECK((index.add(shard, topic, client(number)) != ws::filter_index::none) ==
            expected.insert(number).second);
    } else if (expected.erase(number) != 0) {
      index.remove(index.find(shard, topic), static_cast<wr::peer_id>(number));
    }
    if (clients(index, shard, topic) != numbers(expected.begin(), expected.end())) FAIL("step " << step);
    if (expected.empty()) model.erase({shard, topic});
  }
  CHECK(index.size() == model.size());
  for (const auto& [topics, expected] : model) {
    CHECK(clients(index, topics.first, topics.second) == numbers(expected.begin(), expected.end()));
  }
}

TEST_CASE("topics that differ in little are spread over the table") {
  ws::filter_index index(samples::seed());
  for (std::uint32_t number = 0; number < 50'000; ++number) {
    index.add("/waku/2/rs/1/0", "/app/1/" + std::to_string(number) + "/proto", client(number));
  }
  CHECK(index.size() == 50'000);
  CHECK(index.longest_scan() == 30);
}

}  // namespace filter_index_tests
