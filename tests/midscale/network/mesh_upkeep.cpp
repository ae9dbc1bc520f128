// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/mesh_upkeep.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace mesh_upkeep_tests {

using namespace midscale;
using namespace std::chrono_literals;

// A member with so many neighbours, the first of which it dialled, and what its upkeep told them.
struct upkept {
  member own;
  gossip_options options;
  std::vector<std::uint32_t> grafted, pruned;
  wr::random_source random{1};

  upkept(std::uint32_t neighbours, std::uint32_t dialled, bool scored = false) {
    options.scores_peers = scored;
    for (std::uint32_t other = 0; other < neighbours; ++other)
      own.add({other, 0, 0, other < dialled}, scored);
  }
  void graft(std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t other = from; other < to; ++other) own.graft(own.find(other), 0s);
  }
  void run(std::uint64_t heartbeat = 1, wr::duration now = 100s) {
    grafted.clear();
    pruned.clear();
    std::vector<std::uint32_t> scratch;
    mesh_upkeep(
        own, options, random, now, scratch,
        [&](std::uint32_t place) { grafted.push_back(own.near[place].member); },
        [&](std::uint32_t place) { pruned.push_back(own.near[place].member); })
        .run(heartbeat);
  }
  [[nodiscard]] std::uint32_t dialled() const {
    std::uint32_t count = 0;
    for (std::uint32_t place = 0; place < own.mesh; ++place) count += own.near[place].dialled;
    return count;
  }
  [[nodiscard]] bool has(std::uint32_t other) const { return own.find(other) < own.mesh; }
};

TEST_CASE("a mesh below D_low is filled up to D, one at D_low is left") {
  upkept few(20, 20);
  few.graft(0, 3);
  few.run();
  CHECK(few.own.mesh == 6);
  CHECK(few.grafted.size() == 3);
  for (const std::uint32_t other : few.grafted) CHECK(few.has(other));
  upkept enough(20, 20);
  enough.graft(0, 4);
  enough.run();
  CHECK(enough.own.mesh == 4);
  CHECK(enough.grafted.empty());
}

TEST_CASE("nobody is grafted before his time, nor more than there are") {
  upkept some(5, 5);
  some.own.near[2].no_graft_until = 100'001;
  some.own.near[3].no_graft_until = 100'000;
  some.run();
  CHECK(some.own.mesh == 4);
  CHECK_FALSE(some.has(2));
  CHECK(some.has(3));
}

TEST_CASE("a mesh above D_high shrinks to D, one of D_high where the software does so") {
  for (const bool prunes_at_high : {false, true}) {
    CAPTURE(prunes_at_high);
    upkept full(20, 20);
    full.options.prunes_at_high = prunes_at_high;
    full.graft(0, 8);
    full.run();
    CHECK(full.own.mesh == (prunes_at_high ? 6 : 8));
    full.graft(8, 12);
    full.run();
    CHECK(full.own.mesh == 6);
    CHECK(full.pruned.size() == (prunes_at_high ? 4 : 6));
    for (const std::uint32_t other : full.pruned) CHECK_FALSE(full.has(other));
  }
}

TEST_CASE("a mesh that shrinks keeps D_out that were dialled, and one that has too few takes some in") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    upkept full(20, 3);
    full.random = wr::random_source(seed);
    full.graft(0, 15);
    full.run();
    CHECK(full.own.mesh == 6);
    CHECK(full.dialled() == 3);
  }
  upkept lacking(20, 5);
  lacking.graft(10, 15);
  lacking.run();
  CHECK(lacking.own.mesh == 8);
  CHECK(lacking.dialled() == 3);
  CHECK(lacking.grafted.size() == 3);
  upkept none(20, 0);
  none.graft(10, 15);
  none.run();
  CHECK(none.own.mesh == 5);
}

TEST_CASE("where peers are scored, bad ones leave and are not taken in, and the best stay") {
  upkept some(20, 20, true);
  some.graft(0, 5);
  some.own.records[some.own.find(2)].penalty = 1;
  some.own.records[some.own.find(9)].penalty = 1;
  some.run();
  CHECK(some.pruned == std::vector<std::uint32_t>{2});
  CHECK(some.own.mesh == 4);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    upkept full(30, 30, true);
    full.random = wr::random_source(seed);
    full.options.degree_score = 4;
    full.graft(0, 20);
    for (const std::uint32_t best : {3U, 7U, 11U, 19U})
      full.own.records[full.own.find(best)].first_deliveries = 5;
    full.run();
    CHECK(full.own.mesh == 6);
    for (const std::uint32_t best : {3U, 7U, 11U, 19U}) CHECK(full.has(best));
  }
}

TEST_CASE("a mesh of middling peers takes in two better ones, at each sixtieth heartbeat") {
  upkept poor(20, 20, true);
  poor.options.score.opportunistic_threshold = 1;
  poor.graft(0, 6);
  for (const std::uint32_t better : {8U, 9U, 15U})
    poor.own.records[poor.own.find(better)].first_deliveries = 3;
  poor.run(59);
  CHECK(poor.own.mesh == 6);
  poor.run(60);
  CHECK(poor.own.mesh == 8);
  CHECK(poor.grafted.size() == 2);
  CHECK(poor.has(8) + poor.has(9) + poor.has(15) == 2);
  poor.options.score.opportunistic_threshold = 0.05;  // ten seconds and more in the mesh are worth 0.1
  poor.run(120);
  CHECK(poor.grafted.empty());
}

}  // namespace mesh_upkeep_tests
