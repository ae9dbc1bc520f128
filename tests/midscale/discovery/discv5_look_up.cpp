// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discv5_look_up.hpp>

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace discv5_look_up_tests {

using namespace midscale;

using numbers = std::vector<std::uint32_t>;

numbers asked_by(discv5_look_up& look_up, const discv5_software& software) {
  numbers result;
  std::uint32_t node = 0;
  while (look_up.next(software, node)) result.push_back(node);
  return result;
}

TEST_CASE("a sweep asks what the table had, three at once, and more only where that was less than a bucket") {
  const discv5_software software = nwaku_discv5();
  const std::vector<node_id> ids(40);
  numbers table;
  for (std::uint32_t node = 1; node <= 15; ++node) table.push_back(node);
  discv5_look_up look_up;
  look_up.begin(0, false, 0, 40, table);
  CHECK(asked_by(look_up, software) == numbers{1, 2, 3});
  CHECK(asked_by(look_up, software).empty());
  std::size_t fresh = 0;
  CHECK(!look_up.read(ids, fresh));
  look_up.told(numbers{0, 2, 20, 21, 20});  // itself, one known, two new ones, one of them twice
  REQUIRE(look_up.read(ids, fresh));
  CHECK(fresh == 2);
  for (std::uint32_t node = 4; node <= 15; ++node) {
    CHECK(asked_by(look_up, software) == numbers{node});
    look_up.told({});
    REQUIRE(look_up.read(ids, fresh));
  }
  CHECK(asked_by(look_up, software) == numbers{20});
  CHECK(!look_up.done());
  for (int answer = 0; answer < 3; ++answer) {
    look_up.told({});
    REQUIRE(look_up.read(ids, fresh));
    CHECK(asked_by(look_up, software).empty());
  }
  CHECK(look_up.done());
  CHECK(look_up.found().size() == 17);
  look_up.begin(0, false, 0, 40, numbers{21, 2});
  CHECK(look_up.found() == numbers{21, 2});
}

TEST_CASE("a walk asks the nearest that it knows of") {
  const discv5_software software = go_waku_discv5();
  std::vector<node_id> ids;
  for (node_id each = 0; each < 40; ++each)
    ids.push_back(1'000 - each);  // to target 0 the last is the nearest
  discv5_look_up look_up;
  look_up.begin(0, true, 0, 40, numbers{1, 2, 3, 4});
  CHECK(look_up.found().empty());
  CHECK(asked_by(look_up, software).empty());
  std::size_t fresh = 0;
  REQUIRE(look_up.read(ids, fresh));
  CHECK(fresh == 4);
  CHECK(asked_by(look_up, software) == numbers{4, 3, 2});
  look_up.told(numbers{30, 31});
  look_up.told(numbers{32});
  CHECK(asked_by(look_up, software).empty());  // an answer that waits is one that is being asked for
  REQUIRE(look_up.read(ids, fresh));
  CHECK(asked_by(look_up, software) == numbers{31});
  REQUIRE(look_up.read(ids, fresh));
  CHECK(fresh == 1);
  CHECK(asked_by(look_up, software) == numbers{32});
}

TEST_CASE("a walk forgets who is not among the 16 nearest") {
  const discv5_software software = go_waku_discv5();
  std::vector<node_id> ids;
  for (node_id each = 0; each < 40; ++each) ids.push_back(1'000 - each);
  numbers all;
  for (std::uint32_t node = 1; node < 40; ++node) all.push_back(node);
  discv5_look_up look_up;
  look_up.begin(0, true, 0, 40, all);
  std::size_t fresh = 0;
  std::size_t asked = 0;
  while (look_up.read(ids, fresh))
    for ([[maybe_unused]] const std::uint32_t each : asked_by(look_up, software)) {
      ++asked;
      look_up.told({});
    }
  CHECK(asked == 16);
  CHECK(look_up.done());
}

}  // namespace discv5_look_up_tests
