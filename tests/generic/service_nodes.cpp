// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <cache/samples.hpp>
#include <generic/networked_world.hpp>
#include <generic/policy_cases.hpp>
#include <waku/reliability/testing/fault_script.hpp>

/// What every node promises among service nodes that answer as nwaku's do, and among such that answer as
/// go-waku's do.
namespace service_nodes_tests {

using namespace generic;
using namespace std::chrono_literals;
using wt::node_software;

namespace {

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr int messages = 12;

/// A sender and a receiver of one policy set, with a content topic of their own. Sets that publish nothing listen
/// to those who come first.
struct tried_set {
  const policy_case* tried;
  std::string topic;
  networked_world* sender;
  networked_world* receiver;
  std::map<wr::request_id, wr::message_hash> sent{};
  std::uint32_t false_verdicts = 0;
  std::map<wr::message_hash, std::uint32_t> shown{};
  std::uint32_t unasked = 0;  ///< shown, though nobody sent it

  [[nodiscard]] const policy_facts& facts() const { return tried->facts; }
};

/// All policy sets in one network. Each sender publishes a message every five seconds for a minute; then
/// there is time for everything to come to rest.
class populated_network {
 public:
  populated_network(node_software software, const wt::fault_options& faults, std::uint64_t seed,
                    wr::duration faulty_time = 1min)
      : network_(clock_, options_of(software, seed)) {
    std::vector<const policy_case*> cases;
    for (const auto group : {light_clients(), relay_nodes(), mixed_clients(), plain_nodes()}) {
      for (const policy_case& tried : group) cases.push_back(&tried);
    }
    for (int both = 0; both < 2; ++both) {  // those who send come first, as the script of faults has it
      for (const policy_case* tried : cases) worlds_.emplace_back(network_, *tried, ++seed);
    }
    for (std::size_t place = 0; place < cases.size(); ++place) {
      const policy_facts& heard = cases[cases[place]->facts.publishes() ? place : 0]->facts;
      sets_.push_back({cases[place], "/test/1/" + std::string(heard.name) + "/proto", &worlds_[place],
                       &worlds_[cases.size() + place]});
      set_up(sets_.back());
    }
    clock_.run_for(20s);
    const wt::fault_script script(faults, seed, network_, faulty_time,
                                  static_cast<std::uint32_t>(cases.size()));
    script.play(network_);
    for (int number = 0; number < messages; ++number) {
      for (tried_set& each : sets_) publish(each, number);
      clock_.run_for(5s);
    }
    for (tried_set& each : sets_) note_stored(each);
    clock_.run_for(9min);
    for (tried_set& each : sets_) sum_up(each);
  }

  [[nodiscard]] const std::deque<tried_set>& sets() const { return sets_; }
  [[nodiscard]] const wt::simulated_network<>& network() const { return network_; }
  /// Messages of a set that an honest store held when the faults ended, and that were not shown.
  [[nodiscard]] std::size_t lacking(const tried_set& of) const {
    const auto held = stored_.find(of.topic);
    if (held == stored_.end()) return 0;
    std::size_t count = 0;
    for (const wr::message_hash& hash : held->second) count += of.shown.contains(hash) ? 0 : 1;
    return count;
  }

 private:
  static wt::network_options options_of(node_software software, std::uint64_t seed) {
    wt::network_options make;
    make.seed = seed;
    make.relay.nodes = 60;
    make.services = wt::services_of(software);
    return make;
  }
  void set_up(tried_set& of) {
    // The verdict is judged at the moment when it is given.
    of.sender->host.on_finished = [this, &of](const wt::test_host<>::ended& end) {
      const auto* confirmed = std::get_if<wr::confirmed>(&end.what.outcome);
      if (confirmed == nullptr) return;
      const auto message = network_.ledger().find(*end.what.hash);
      // An echo of a node that was handed the message proves less; where there is no other, the node says so.
      const bool held = message && network_.ledger().honest_store_has_held(*message);
      const bool echoed = message && confirmed->by != wr::confirmed_by::store &&
                          (network_.ledger().reached_beyond_pushed(*message) || of.sender->weak_echoes);
      of.false_verdicts += held || echoed ? 0 : 1;
    };
    const std::string_view topics[] = {of.topic};
    CHECK(of.receiver->node().subscribe(shard, topics).has_value() == of.facts().receives());
  }
  void publish(tried_set& of, int number) {
    message made;
    made.payload.assign(200, static_cast<std::byte>(number));
    made.content_topic = of.topic;
    made.timestamp = of.sender->now().wall.time_since_epoch().count();
    const wr::message_hash hash = of.sender->host.hasher()(wr::hashed_parts(shard, made));
    if (const auto request = of.sender->node().publish(shard, made)) of.sent.emplace(*request, hash);
  }
  void note_stored(const tried_set& of) {
    for (const auto& [request, hash] : of.sent) {
      said_[of.topic].insert(hash);
      const auto message = network_.ledger().find(hash);
      if (message && network_.ledger().honest_store_has_held(*message)) stored_[of.topic].insert(hash);
    }
  }
  void sum_up(tried_set& of) {
    for (const auto& each : of.receiver->host.deliveries()) {
      ++of.shown[each.what.hash];
      of.unasked += said_[of.topic].contains(each.what.hash) ? 0 : 1;
    }
    for (const auto& each : of.sender->host.outcomes()) {
      const bool failed = std::holds_alternative<wr::failed>(each.what.outcome);
      of.false_verdicts += failed && of.shown.contains(of.sent.at(each.what.request)) ? 1 : 0;
    }
  }

  wt::virtual_clock clock_;
  wt::simulated_network<> network_;
  std::deque<networked_world> worlds_;
  std::deque<tried_set> sets_;
  std::map<std::string, std::set<wr::message_hash>> said_;
  std::map<std::string, std::set<wr::message_hash>> stored_;
};

/// What is so whatever happens in the network.
void check_promises(const populated_network& it) {
  for (const tried_set& each : it.sets()) {
    const std::string set(each.facts().name);
    CAPTURE(set);
    CHECK(each.sent.size() == (each.facts().publishes() ? messages : 0));
    CHECK(each.sender->host.outcomes().size() == each.sent.size());
    for (const auto& [request, hash] : each.sent) CHECK(each.sender->host.outcomes_of(request).size() == 1);
    CHECK(each.false_verdicts == 0);
    CHECK(each.unasked == 0);
    for (const auto& [hash, count] : each.shown) CHECK(count == 1);
    if (each.facts().audits) CHECK(it.lacking(each) == 0);
  }
}

/// Whether the stores and filter nodes of this software can give the evidence that a set wants: the legacy
/// store is not asked by hash (R37).
bool can_confirm(const policy_facts& facts, node_software software) {
  return software == node_software::go_waku ? facts.asks.any() && !facts.asks.presence : facts.asks.any();
}

constexpr node_software both_kinds[] = {node_software::nwaku, node_software::go_waku};

}  // namespace

TEST_CASE(
    "every set, among nwaku's and among go-waku's nodes: where nothing fails all arrives and is confirmed") {
  CAPTURE(samples::seed());
  for (const node_software software : both_kinds) {
    const std::string nodes(wt::name_of(software));
    CAPTURE(nodes);
    const populated_network it(software, wt::faults_of(wt::fault_level::none), samples::seed());
    check_promises(it);
    CHECK(it.network().faults() == wt::fault_tally{});
    for (const tried_set& each : it.sets()) {
      const std::string set(each.facts().name);
      CAPTURE(set);
      CHECK(each.shown.size() == (each.facts().receives() ? messages : 0));
      std::size_t confirmed = 0;
      for (const auto& end : each.sender->host.outcomes()) {
        CHECK_FALSE(std::holds_alternative<wr::failed>(end.what.outcome));
        confirmed += std::holds_alternative<wr::confirmed>(end.what.outcome) ? 1 : 0;
      }
      if (!can_confirm(each.facts(), software)) {
        CHECK(confirmed == 0);
      } else {
        // The first message may overtake the SUBSCRIBE that brings echoes.
        CHECK(confirmed + (each.facts().asks.echo ? 1 : 0) >= each.sent.size());
      }
    }
  }
}

TEST_CASE(
    "every set, among nwaku's nodes with all faults: one true verdict each, nothing twice, nothing lacking") {
  CAPTURE(samples::seed());
  for (const wt::fault_level level : {wt::fault_level::mild, wt::fault_level::harsh}) {
    const populated_network it(node_software::nwaku, wt::faults_of(level), samples::seed());
    check_promises(it);
  }
}

TEST_CASE("every set, among go-waku's nodes with all faults but forged bodies: the same promises hold") {
  CAPTURE(samples::seed());
  for (const wt::fault_level level : {wt::fault_level::mild, wt::fault_level::harsh}) {
    // The legacy store gives bodies without hashes: there is nothing to hold a forged one against.
    wt::fault_options faults = wt::faults_of(level);
    faults.wrong_bodies = 0;
    const populated_network it(node_software::go_waku, faults, samples::seed());
    check_promises(it);
  }
}

TEST_CASE(
    "a body that a legacy store forges is shown by those that ask for listings, and none that store v3 "
    "forges") {
  CAPTURE(samples::seed());
  wt::fault_options faults;
  faults.link_loss = 0.3;  // of pushes too, so that there are bodies to fetch
  faults.liars = 7;
  faults.wrong_bodies = 7;
  for (const node_software software : both_kinds) {
    const std::string nodes(wt::name_of(software));
    CAPTURE(nodes);
    std::uint64_t forged = 0;
    std::uint32_t forged_shown = 0;
    // In one network it may be that no liar is asked for a body about which it lies.
    for (const std::uint64_t seed : {samples::seed(), samples::seed() + 1}) {
      const populated_network it(software, faults, seed, 5min);
      for (const tried_set& each : it.sets()) {
        const std::string set(each.facts().name);
        CAPTURE(set);
        if (each.facts().audits || each.facts().recovers_outages) {
          forged_shown += each.unasked;
        } else {
          CHECK(each.unasked == 0);
        }
      }
      forged += it.network().faults().count(wt::fault_kind::wrong_body);
    }
    CHECK((forged_shown > 0) == (software == node_software::go_waku));
    CHECK(forged > 0);
  }
}

}  // namespace service_nodes_tests
