// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/peer_list.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <cache/samples.hpp>

namespace peer_list_tests {

namespace wr = waku::reliability;

namespace {

constexpr wr::peer_id peer(std::uint32_t number) { return static_cast<wr::peer_id>(number); }

template <std::size_t Limit>
std::vector<wr::peer_id> all(const wr::peer_list<Limit>& list) {
  return {list.begin(), list.end()};
}

}  // namespace

TEST_CASE("a peer list keeps each peer once, in the order of their coming") {
  wr::peer_list<4> list;
  CHECK(list.empty());
  CHECK(list.add(peer(7)));
  CHECK(list.add(peer(0)));
  CHECK_FALSE(list.add(peer(7)));
  CHECK(list.size() == 2);
  CHECK(list.contains(peer(0)));
  CHECK_FALSE(list.contains(peer(1)));
  CHECK(all(list) == std::vector<wr::peer_id>{peer(7), peer(0)});
}

TEST_CASE("a full peer list lets the one go that came first") {
  wr::peer_list<3> list;
  static_assert(wr::peer_list<3>::limit == 3);
  for (std::uint32_t number = 1; number <= 3; ++number) {
    CHECK_FALSE(list.full());
    CHECK(list.add(peer(number)));
  }
  CHECK(list.full());
  CHECK(list.add(peer(4)));
  CHECK(all(list) == std::vector<wr::peer_id>{peer(2), peer(3), peer(4)});
  CHECK_FALSE(list.add(peer(2)));
  CHECK(all(list) == std::vector<wr::peer_id>{peer(2), peer(3), peer(4)});
}

TEST_CASE("what is taken from a peer list may come again, at the end") {
  wr::peer_list<3> list;
  for (std::uint32_t number = 1; number <= 3; ++number) list.add(peer(number));
  CHECK(list.remove(peer(1)));
  CHECK_FALSE(list.remove(peer(1)));
  CHECK(all(list) == std::vector<wr::peer_id>{peer(2), peer(3)});
  CHECK(list.add(peer(1)));
  CHECK(all(list) == std::vector<wr::peer_id>{peer(2), peer(3), peer(1)});
  list.clear();
  CHECK(list.empty());
  CHECK_FALSE(list.contains(peer(2)));
}

TEST_CASE("peer lists are equal when the same peers came in the same order") {
  wr::peer_list<3> left;
  wr::peer_list<3> right;
  CHECK(left == right);
  left.add(peer(1));
  CHECK(left != right);
  right.add(peer(2));
  CHECK(left != right);
  right.remove(peer(2));
  right.add(peer(1));
  CHECK(left == right);
  left.add(peer(2));
  left.add(peer(3));
  right.add(peer(3));
  right.add(peer(2));
  CHECK(left != right);
  left.clear();
  right.clear();
  CHECK(left == right);
}

TEST_CASE("a peer list does what a plain list does, whatever is asked of it") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::peer_list<8> list;
  std::vector<wr::peer_id> model;
  for (int step = 0; step < 20'000; ++step) {
    const wr::peer_id which = peer(static_cast<std::uint32_t>(draw.below(12)));
    const auto at = std::find(model.begin(), model.end(), which);
    if (draw.chance(0.6)) {
      CHECK(list.add(which) == (at == model.end()));
      if (at == model.end()) {
        if (model.size() == 8) model.erase(model.begin());
        model.push_back(which);
      }
    } else {
      CHECK(list.remove(which) == (at != model.end()));
      if (at != model.end()) model.erase(at);
    }
    REQUIRE(all(list) == model);
  }
}

}  // namespace peer_list_tests
