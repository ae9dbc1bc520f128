// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/pool/pool_members.hpp>

#include <chrono>
#include <cstdint>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace pool_members_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using samples::at;

namespace {

constexpr wr::peer_id peer(std::uint32_t number) { return wr::peer_id{number}; }
constexpr auto everyone = [](wr::peer_id) { return true; };

wr::pool_members with(std::uint32_t count) {
  wr::pool_members members;
  for (std::uint32_t number = 0; number < count; ++number) members.admit(peer(number));
  return members;
}

}  // namespace

TEST_CASE("members are kept in the order of their numbers, each once, in whatever order they come") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::pool_members members;
  std::set<wr::peer_id> expected;
  for (int step = 0; step < 2'000; ++step) {
    const wr::peer_id each{static_cast<std::uint32_t>(draw.below(50))};
    if (draw.below(3) == 0) {
      members.remove(each);
      expected.erase(each);
    } else {
      CHECK(members.admit(each).peer == each);
      expected.insert(each);
    }
    REQUIRE(members.size() == expected.size());
    std::vector<wr::peer_id> listed;
    for (const wr::pool_member& member : members) listed.push_back(member.peer);
    REQUIRE(listed == std::vector<wr::peer_id>(expected.begin(), expected.end()));
    CHECK((members.find(each) != nullptr) == (expected.count(each) == 1));
  }
}

TEST_CASE("admitting a member again leaves it as it is") {
  wr::pool_members members;
  members.admit(peer(4)).ejections = 3;
  CHECK(members.admit(peer(4)).ejections == 3);
  CHECK(members.size() == 1);
}

TEST_CASE("a member that nobody knows is not found") {
  const wr::pool_members members = with(3);
  REQUIRE(members.find(peer(2)) != nullptr);
  CHECK(members.find(peer(2))->peer == peer(2));
  CHECK(members.find(peer(3)) == nullptr);
  CHECK(wr::pool_members().find(peer(0)) == nullptr);
}

TEST_CASE("a fresh member is neither out nor on hold") {
  const wr::pool_member fresh;
  CHECK_FALSE(fresh.out(wr::steady_time::min()));
  CHECK_FALSE(fresh.held(wr::steady_time::min()));
}

TEST_CASE("a pause and a hold end at their time, not after it") {
  wr::pool_member member;
  member.ejected_until = at(10s);
  member.held_until = at(20s);
  CHECK(member.out(at(10s) - 1ns));
  CHECK_FALSE(member.out(at(10s)));
  CHECK(member.held(at(20s) - 1ns));
  CHECK_FALSE(member.held(at(20s)));
}

TEST_CASE("[R16] of members that are all out, the floor keeps those that come back first") {
  wr::pool_members members = with(4);
  for (wr::pool_member& member : members) {
    member.ejected_until = at(100s - static_cast<int>(member.peer) * 10s);
  }
  const auto usable = [&](std::size_t floor) {
    std::vector<wr::peer_id> found;
    for (const wr::pool_member& member : members) {
      if (members.usable(member, at(0s), floor)) found.push_back(member.peer);
    }
    return found;
  };
  CHECK(usable(1) == std::vector{peer(3)});
  CHECK(usable(2) == std::vector{peer(2), peer(3)});
  CHECK(usable(9) == std::vector{peer(0), peer(1), peer(2), peer(3)});
}

TEST_CASE("of members that come back together the floor keeps the lower numbers") {
  wr::pool_members members = with(3);
  for (wr::pool_member& member : members) member.ejected_until = at(10s);
  CHECK(members.usable(*members.find(peer(0)), at(0s), 1));
  CHECK_FALSE(members.usable(*members.find(peer(1)), at(0s), 1));
  CHECK(members.usable(*members.find(peer(1)), at(0s), 2));
  CHECK_FALSE(members.usable(*members.find(peer(2)), at(0s), 2));
}

TEST_CASE("members that are in count toward the floor, those on hold do not") {
  wr::pool_members members = with(3);
  members.find(peer(1))->ejected_until = at(10s);
  members.find(peer(2))->ejected_until = at(20s);
  CHECK_FALSE(members.usable(*members.find(peer(1)), at(0s), 1));
  CHECK(members.usable(*members.find(peer(1)), at(0s), 2));
  CHECK_FALSE(members.usable(*members.find(peer(2)), at(0s), 2));
  members.find(peer(0))->held_until = at(5s);
  CHECK_FALSE(members.usable(*members.find(peer(0)), at(0s), 1));
  CHECK(members.usable(*members.find(peer(1)), at(0s), 1));
  CHECK(members.usable(*members.find(peer(2)), at(0s), 2));
}

TEST_CASE("a choice takes a member that is in before one that the floor keeps") {
  // The floor keeps members with lower numbers in one pool and with higher ones in the other.
  for (const bool kept_are_low : {true, false}) {
    wr::pool_members members = with(40);
    for (wr::pool_member& member : members) {
      const int number = static_cast<int>(member.peer);
      member.ejected_until = at(100s + (kept_are_low ? 1s : -1s) * number);
    }
    members.find(peer(17))->ejected_until = wr::steady_time::min();
    wr::random_source draw(1);
    for (int count = 0; count < 200; ++count) {
      const wr::pool_member* chosen = members.choose(at(0s), 5, draw, everyone);
      REQUIRE(chosen != nullptr);
      CHECK(chosen->peer == peer(17));
    }
    // Where that one is not wanted, the floor's members take turns.
    const auto others = [](wr::peer_id each) { return each != wr::peer_id{17}; };
    std::set<wr::peer_id> seen;
    for (int count = 0; count < 400; ++count) {
      const wr::pool_member* chosen = members.choose(at(0s), 5, draw, others);
      REQUIRE(chosen != nullptr);
      seen.insert(chosen->peer);
    }
    const std::uint32_t lowest = kept_are_low ? 0 : 36;
    CHECK(seen == std::set<wr::peer_id>{peer(lowest), peer(lowest + 1), peer(lowest + 2), peer(lowest + 3)});
  }
}

TEST_CASE("a rare eligible member is found however many are not") {
  const wr::pool_members members = with(500);
  wr::random_source draw(1);
  const auto rare = [](wr::peer_id each) { return each == wr::peer_id{499} || each == wr::peer_id{3}; };
  int first = 0;
  for (int count = 0; count < 2'000; ++count) {
    const wr::pool_member* chosen = members.choose(at(0s), 1, draw, rare);
    REQUIRE(chosen != nullptr);
    REQUIRE(rare(chosen->peer));
    first += chosen->peer == peer(3) ? 1 : 0;
  }
  // 1,000 with a standard deviation of 22.
  CHECK(first > 870);
  CHECK(first < 1'130);
}

TEST_CASE("nobody is chosen where nobody is eligible") {
  const wr::pool_members members = with(5);
  wr::random_source draw(1);
  const auto nobody = [](wr::peer_id) { return false; };
  CHECK(members.choose(at(0s), 1, draw, nobody) == nullptr);
  CHECK(wr::pool_members().choose(at(0s), 1, draw, everyone) == nullptr);
}

TEST_CASE("the next change is the end of the first pause or hold") {
  wr::pool_members members = with(3);
  CHECK_FALSE(members.next_change(at(0s)).has_value());
  members.find(peer(0))->ejected_until = at(30s);
  members.find(peer(1))->held_until = at(20s);
  CHECK(members.next_change(at(0s)) == at(20s));
  CHECK(members.next_change(at(20s)) == at(30s));
  CHECK_FALSE(members.next_change(at(30s)).has_value());
}

TEST_CASE("[R16] the end of a hold is a change even for a member that is out, since the floor may take it") {
  wr::pool_members members = with(1);
  members.find(peer(0))->ejected_until = at(60s);
  members.find(peer(0))->held_until = at(10s);
  CHECK_FALSE(members.usable(*members.find(peer(0)), at(10s) - 1ns, 1));
  CHECK(members.usable(*members.find(peer(0)), at(10s), 1));
  CHECK(members.next_change(at(0s)) == at(10s));
  CHECK(members.next_change(at(10s)) == at(60s));
  // A pause that ends under a hold changes nothing.
  members.find(peer(0))->held_until = at(90s);
  CHECK(members.next_change(at(0s)) == at(90s));
}

}  // namespace pool_members_tests
