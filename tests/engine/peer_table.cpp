// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/peer_table.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include "cache/samples.hpp"

namespace peer_table_tests {

namespace wr = waku::reliability;

namespace {

constexpr wr::peer_id peer(std::uint32_t number) { return static_cast<wr::peer_id>(number); }
constexpr std::array<std::string_view, 2> shards{"/waku/2/rs/1/0", "/waku/2/rs/1/1"};

}  // namespace

TEST_CASE("a peer is found by its number until it is removed") {
  wr::peer_table table;
  CHECK(table.find(peer(3)) == nullptr);
  table.put(peer(3), {.store = true}, {});
  REQUIRE(table.find(peer(3)) != nullptr);
  CHECK(table.find(peer(3))->peer == peer(3));
  CHECK(table.find(peer(3))->protocols == wr::peer_protocols{.store = true});
  CHECK(table.find(peer(2)) == nullptr);
  CHECK(table.find(peer(4)) == nullptr);
  table.remove(peer(3));
  CHECK(table.find(peer(3)) == nullptr);
  CHECK(table.size() == 0);
  table.remove(peer(3));
  CHECK(table.size() == 0);
}

TEST_CASE("[R37] only a known store of today's protocol answers by hash") {
  wr::peer_table table;
  table.put(peer(1), {.store = true}, {});
  table.put(peer(2), {.lightpush = true, .filter = true, .legacy_store = true}, {});
  table.put(peer(3), {.store = true, .legacy_store = true}, {});
  CHECK(table.answers_by_hash(peer(1)));
  CHECK_FALSE(table.answers_by_hash(peer(2)));
  CHECK(table.answers_by_hash(peer(3)));
  CHECK_FALSE(table.answers_by_hash(peer(4)));
}

TEST_CASE("a later report replaces the earlier one") {
  wr::peer_table table;
  table.put(peer(1), {.filter = true}, shards);
  table.put(peer(1), {.store = true}, {});
  CHECK(table.size() == 1);
  CHECK(table.find(peer(1))->protocols == wr::peer_protocols{.store = true});
  CHECK(table.find(peer(1))->pubsub_topics.empty());
}

TEST_CASE("[R36] a peer serves the shards it lists, and any if it lists none") {
  wr::peer_table table;
  const wr::peer_record& listed = table.put(peer(1), {}, shards);
  CHECK(listed.serves("/waku/2/rs/1/0"));
  CHECK(listed.serves("/waku/2/rs/1/1"));
  CHECK_FALSE(listed.serves("/waku/2/rs/1/2"));
  CHECK_FALSE(listed.serves(""));
  CHECK(table.put(peer(2), {}, {}).serves("/waku/2/rs/1/2"));
}

TEST_CASE("the table keeps its own copies of the shards' names") {
  wr::peer_table table;
  std::string name = "/waku/2/rs/1/5";
  const std::array<std::string_view, 1> views{name};
  table.put(peer(1), {}, views);
  name.assign(name.size(), 'x');
  CHECK(table.find(peer(1))->serves("/waku/2/rs/1/5"));
}

TEST_CASE("peers are kept in the order of their numbers, as a map would keep them") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  wr::random_source random(seed);
  wr::peer_table table;
  std::map<wr::peer_id, bool> model;
  for (int step = 0; step < 5'000; ++step) {
    const wr::peer_id chosen = peer(static_cast<std::uint32_t>(random.below(60)));
    if (random.below(3) == 0) {
      table.remove(chosen);
      model.erase(chosen);
    } else {
      const bool filter = random.below(2) == 0;
      table.put(chosen, {.filter = filter}, {});
      model[chosen] = filter;
    }
    REQUIRE(table.size() == model.size());
    auto expected = model.begin();
    for (const wr::peer_record& each : table) {
      REQUIRE(each.peer == expected->first);
      REQUIRE(each.protocols.filter == expected->second);
      ++expected;
    }
  }
}

}  // namespace peer_table_tests
