// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/operation_table.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <vector>

#include <cache/samples.hpp>

namespace operation_table_tests {

namespace wr = waku::reliability;
using wr::operation_kind;

TEST_CASE("an operation is found by its id until it ends, and ends once") {
  wr::operation_table table;
  wr::operation_record& started = table.start(operation_kind::lightpush);
  started.peer = static_cast<wr::peer_id>(9);
  started.place = 4;
  const wr::operation_id id = started.id;
  CHECK(id.kind() == operation_kind::lightpush);
  CHECK(table.size() == 1);
  REQUIRE(table.find(id) != nullptr);
  CHECK(table.find(id)->place == 4);
  CHECK_FALSE(table.find(id)->told);

  const auto ended = table.end(id);
  REQUIRE(ended);
  CHECK(ended->peer == static_cast<wr::peer_id>(9));
  CHECK(ended->place == 4);
  CHECK(table.size() == 0);
  CHECK(table.find(id) == nullptr);
  CHECK_FALSE(table.end(id));
}

TEST_CASE("ids that were never given name nothing") {
  wr::operation_table table;
  CHECK(table.find(wr::operation_id{}) == nullptr);
  CHECK(table.find(wr::operation_id(operation_kind::store_query, 100, 1)) == nullptr);
  const wr::operation_id id = table.start(operation_kind::filter_ping).id;
  CHECK(table.find(wr::operation_id(operation_kind::lightpush, id.slot(), 1)) == nullptr);
  CHECK_FALSE(table.end(wr::operation_id{}));
  CHECK(table.size() == 1);
}

TEST_CASE("a record is used again, its id never") {
  wr::operation_table table;
  std::set<std::uint64_t> ids;
  for (int round = 0; round < 1'000; ++round) {
    wr::operation_record& record = table.start(operation_kind::relay_publish);
    CHECK(record.peer == wr::peer_id{});
    CHECK_FALSE(record.told);
    record.told = true;
    record.peer = static_cast<wr::peer_id>(3);
    CHECK(record.id.slot() == 0);
    CHECK(ids.insert(record.id.value()).second);
    CHECK(table.end(record.id));
  }
}

TEST_CASE("operations start, are found and end as in a plain list, whatever is asked") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::operation_table table;
  struct known {
    wr::operation_id id;
    std::uint32_t place;
    bool running;
  };
  std::vector<known> model;
  std::size_t running = 0;
  for (std::uint32_t step = 0; step < 5'000; ++step) {
    if (model.empty() || draw.chance(0.55)) {
      const auto kind = static_cast<operation_kind>(1 + draw.below(6));
      wr::operation_record& record = table.start(kind);
      record.place = step;
      model.push_back({record.id, step, true});
      ++running;
    } else {
      known& which = model[draw.below(model.size())];
      const auto ended = table.end(which.id);
      REQUIRE(ended.has_value() == which.running);
      if (ended) {
        CHECK(ended->place == which.place);
        which.running = false;
        --running;
      }
    }
    REQUIRE(table.size() == running);
  }
  std::size_t visited = 0;
  table.for_each([&](const wr::operation_record&) { ++visited; });
  CHECK(visited == running);
  for (const known& each : model) {
    const wr::operation_record* found = table.find(each.id);
    REQUIRE((found != nullptr) == each.running);
    if (found != nullptr) CHECK(found->place == each.place);
  }
}

}  // namespace operation_table_tests
