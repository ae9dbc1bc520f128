// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/fault_script.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include <cache/samples.hpp>
#include <waku/reliability/testing/simulated_network.hpp>

namespace fault_script_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr wr::duration faulty_time = 8min;

/// A network with one sender and ten receivers, and a script of faults for it.
struct faulty_network {
  explicit faulty_network(wt::fault_level level, std::uint64_t seed = samples::seed())
      : network(clock, options_of(seed)),
        script(wt::faults_of(level), seed, with_clients(network), faulty_time) {}

  static wt::network_options options_of(std::uint64_t seed) {
    wt::network_options make;
    make.seed = seed;
    return make;
  }
  static wt::simulated_network<>& with_clients(wt::simulated_network<>& network) {
    for (int client = 0; client < 11; ++client) network.add_client(false);
    return network;
  }
  wr::message make_message(std::uint32_t number) const {
    wr::message made;
    made.payload.resize(8);
    made.payload[0] = static_cast<std::byte>(number);
    made.payload[1] = static_cast<std::byte>(number >> 8U);
    made.content_topic = "/test/1/chat/proto";
    made.timestamp = clock.wall().time_since_epoch().count();
    return made;
  }

  wt::virtual_clock clock;
  wt::simulated_network<> network;
  wt::fault_script script;
};

using same_place = std::pair<wt::fault_action, std::uint64_t>;

}  // namespace

TEST_CASE("a script is in order of time and within its length, and the same for the same seed") {
  faulty_network it(wt::fault_level::harsh, 5);
  faulty_network again(wt::fault_level::harsh, 5);
  faulty_network other(wt::fault_level::harsh, 6);
  const auto times = [](const wt::fault_script& script) {
    std::vector<wr::duration> all;
    for (const wt::planned_fault& line : script.lines()) all.push_back(line.at);
    return all;
  };
  CHECK(times(it.script) == times(again.script));
  CHECK(times(it.script) != times(other.script));
  CHECK(std::is_sorted(it.script.lines().begin(), it.script.lines().end(),
                       [](const auto& a, const auto& b) { return a.at < b.at; }));
  CHECK(it.script.lines().back().at == faulty_time);
}

TEST_CASE("without faults a script does nothing but name anchors") {
  faulty_network it(wt::fault_level::none);
  for (const wt::planned_fault& line : it.script.lines()) {
    CHECK((line.action == wt::fault_action::set_anchor || line.action == wt::fault_action::set_losses));
  }
  it.script.play(it.network);
  it.clock.run_for(faulty_time);
  CHECK(it.network.faults() == wt::fault_tally{});
}

TEST_CASE("a legacy store is an anchor and a liar like any other store") {
  wt::virtual_clock clock;
  wt::network_options make;
  make.services = wt::services_of(wt::node_software::go_waku);
  wt::simulated_network<> network(clock, make);
  network.add_client(false);
  const wt::fault_script script(wt::faults_of(wt::fault_level::mild), 1, network, faulty_time);
  CHECK(script.liars().size() == wt::faults_of(wt::fault_level::mild).liars);
  script.play(network);
  clock.run_for(1s);
  REQUIRE(network.fleet().anchor());
  CHECK(network.fleet().honest(*network.fleet().anchor()));
}

TEST_CASE("every trouble ends with the script") {
  CAPTURE(samples::seed());
  for (const wt::fault_level level : {wt::fault_level::mild, wt::fault_level::harsh}) {
    faulty_network it(level);
    it.script.play(it.network);
    it.clock.run_for(faulty_time);
    for (std::uint32_t node = 0; node < it.network.fleet().size(); ++node) {
      const wt::node_condition& condition = it.network.fleet().condition(node);
      CAPTURE(node);
      CHECK(condition.online);
      CHECK(condition.honest());
      CHECK_FALSE(condition.store_full);
      CHECK(condition.slowness == 0s);
      CHECK(condition.tight_rate.requests == 0);
      for (std::uint32_t client = 0; client < 11; ++client) CHECK(it.network.linked(client, node));
    }
    for (std::uint32_t node = 0; node < 200; ++node) {
      CHECK(it.network.fleet().relay().online(node));
      CHECK(it.network.fleet().relay().side(node) == 0);
    }
    CHECK(it.network.fleet().relay().hop_loss() == 0);
    CHECK(it.network.make().link_loss == 0);
  }
}

TEST_CASE(
    "at every moment the anchor is honest, there for every client, and holds all that honest stores took "
    "in") {
  const std::uint64_t first = samples::seed();
  for (std::uint64_t seed = first; seed < first + 5; ++seed) {
    CAPTURE(seed);
    faulty_network it(wt::fault_level::harsh, seed);
    it.script.play(it.network);
    std::uint32_t changes = 0;
    std::optional<std::uint32_t> before;
    std::uint32_t published = 0;
    it.clock.run_for(0s);
    for (; it.clock.elapsed() < faulty_time; it.clock.run_for(500ms)) {
      it.network.publish_from(50 + published % 100, shard, it.make_message(published));
      ++published;
      const auto anchor = it.network.fleet().anchor();
      REQUIRE(anchor);
      changes += anchor != before ? 1 : 0;
      before = anchor;
      const wt::node_condition& condition = it.network.fleet().condition(*anchor);
      REQUIRE(condition.online);
      REQUIRE(condition.honest());
      REQUIRE_FALSE(condition.store_full);
      REQUIRE(condition.slowness == 0s);
      REQUIRE(condition.tight_rate.requests == 0);
      for (std::uint32_t client = 0; client < 11; ++client) {
        if (it.network.client_online(client)) REQUIRE(it.network.linked(client, *anchor));
      }
      for (wt::message_index message = 0; message < it.network.ledger().size(); ++message) {
        if (it.network.ledger().honest_store_has_held(message)) {
          REQUIRE(it.network.fleet().holds(*anchor, message));
        }
      }
    }
    CHECK(changes >= 4);
  }
}

TEST_CASE("clocks are wrong by no more than was asked, also after steps") {
  CAPTURE(samples::seed());
  faulty_network it(wt::fault_level::harsh);
  it.script.play(it.network);
  bool skewed = false;
  for (; it.clock.elapsed() <= faulty_time; it.clock.run_for(5s)) {
    for (std::uint32_t client = 0; client < 11; ++client) {
      const wr::duration skew = it.network.client_skew(client);
      REQUIRE(skew <= 5s);
      REQUIRE(skew >= -5s);
      CHECK(it.network.client_now(client).wall == it.clock.wall() + skew);
      skewed = skewed || skew > 1s;
    }
    for (std::uint32_t node = 0; node < it.network.fleet().size(); ++node) {
      const wr::duration skew = it.network.fleet().condition(node).clock_skew;
      REQUIRE(skew <= 5s);
      REQUIRE(skew >= -5s);
    }
  }
  CHECK(skewed);
  CHECK(it.network.faults().count(wt::fault_kind::clock_step) ==
        wt::faults_of(wt::fault_level::harsh).clock_steps);
}

TEST_CASE("all four lies are told, by the number of liars that was asked for, and wrong bodies by each") {
  CAPTURE(samples::seed());
  for (const wt::fault_level level : {wt::fault_level::mild, wt::fault_level::harsh}) {
    faulty_network it(level);
    const wt::fault_options faults = wt::faults_of(level);
    CHECK(it.script.liars().size() == faults.liars);
    it.script.play(it.network);
    it.clock.run_for(1s);
    std::uint32_t dropping = 0;
    std::uint32_t hiding = 0;
    std::uint32_t pushing = 0;
    for (std::uint32_t node = 0; node < it.network.fleet().size(); ++node) {
      const wt::node_condition& condition = it.network.fleet().condition(node);
      dropping += condition.drops_pushes ? 1 : 0;
      hiding += condition.hides_messages ? 1 : 0;
      pushing += condition.pushes_unasked ? 1 : 0;
      const auto& liars = it.script.liars();
      const bool lies = std::find(liars.begin(), liars.end(), node) != liars.end();
      CHECK((condition.wrong_bodies > 0) == lies);
    }
    CHECK(dropping + hiding + pushing == faults.lies);
    for (const std::uint32_t told : {dropping, hiding, pushing}) CHECK(told == faults.lies / 3);
  }
}

TEST_CASE("for each message as many liars give a wrong body as was asked for") {
  CAPTURE(samples::seed());
  for (const wt::fault_level level : {wt::fault_level::mild, wt::fault_level::harsh}) {
    faulty_network it(level);
    it.script.play(it.network);
    it.clock.run_for(1s);
    std::vector<std::uint32_t> told(it.network.fleet().size());
    for (std::uint32_t number = 0; number < 200; ++number) {
      const auto message = it.network.intern(shard, it.make_message(number));
      double wrong = 0;
      for (std::uint32_t node = 0; node < told.size(); ++node) {
        if (!it.network.fleet().gives_wrong_body(node, message)) continue;
        ++wrong;
        ++told[node];
      }
      CHECK(wrong == doctest::Approx(wt::faults_of(level).wrong_bodies));
    }
    for (const std::uint32_t liar : it.script.liars()) CHECK(told[liar] > 0);
  }
}

TEST_CASE("no node and no client meets a trouble of one kind twice at once") {
  CAPTURE(samples::seed());
  faulty_network it(wt::fault_level::harsh);
  std::map<same_place, bool> troubled;
  for (const wt::planned_fault& line : it.script.lines()) {
    const bool absence = line.action == wt::fault_action::node_present;
    const auto kind = absence ? wt::fault_action::node_online : line.action;
    const bool toggles = kind == wt::fault_action::node_online || kind == wt::fault_action::relay_online ||
                         kind == wt::fault_action::store_full || kind == wt::fault_action::tighten_rate ||
                         kind == wt::fault_action::slow_down || kind == wt::fault_action::client_online ||
                         kind == wt::fault_action::link_up || kind == wt::fault_action::partition;
    if (!toggles) continue;
    const bool bad_when_on = kind == wt::fault_action::store_full || kind == wt::fault_action::tighten_rate ||
                             kind == wt::fault_action::slow_down || kind == wt::fault_action::partition;
    bool& now = troubled[{kind, std::uint64_t{line.who} << 32U | line.whom}];
    const bool becomes = line.on == bad_when_on;
    CHECK(now != becomes);
    now = becomes;
  }
}

TEST_CASE("fault levels are known by their names") {
  CHECK(wt::fault_level_named("mild") == wt::fault_level::mild);
  CHECK(wt::fault_level_named("harsh") == wt::fault_level::harsh);
  CHECK(wt::fault_level_named(wt::name_of(wt::fault_level::none)) == wt::fault_level::none);
  CHECK_FALSE(wt::fault_level_named("Mild"));
  CHECK_FALSE(wt::fault_level_named(""));
}

}  // namespace fault_script_tests
