// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/message_ledger.hpp>

#include <doctest/doctest.h>

#include <chrono>

#include <cache/samples.hpp>

namespace message_ledger_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

wt::message_facts facts_of(std::uint64_t number) {
  wt::message_facts facts;
  facts.hash = samples::hash_number(number);
  return facts;
}

}  // namespace

TEST_CASE("topics keep their numbers, and their names stay where they are") {
  wt::topic_names names;
  const std::uint32_t first = names.number("first");
  const std::string_view kept = names.name(first);
  for (int more = 0; more < 100; ++more) names.number(std::to_string(more));
  CHECK(names.number("first") == first);
  CHECK(kept.data() == names.name(first).data());
  CHECK_FALSE(names.find("unknown"));
}

TEST_CASE("a message is found by its hash") {
  wt::message_ledger ledger;
  const wt::message_index first = ledger.add(facts_of(1));
  const wt::message_index second = ledger.add(facts_of(2));
  CHECK(ledger.find(samples::hash_number(1)) == first);
  CHECK(ledger.find(samples::hash_number(2)) == second);
  CHECK_FALSE(ledger.find(samples::hash_number(3)));
  CHECK(ledger.size() == 2);
}

TEST_CASE("the oracle knows which honest stores have held a message, and since when") {
  wt::message_ledger ledger;
  const wt::message_index message = ledger.add(facts_of(1));
  CHECK_FALSE(ledger.honest_store_has_held(message));
  CHECK_FALSE(ledger.first_stored(message));
  ledger.note_stored(message, 4, samples::at(3s));
  ledger.note_stored(message, 2, samples::at(5s));
  ledger.note_stored(message, 4, samples::at(9s));
  CHECK(ledger.honest_store_has_held(message));
  CHECK(ledger.first_stored(message) == samples::at(3s));
  CHECK(ledger.honest_stores(message) == std::vector<std::uint32_t>{4, 2});
}

TEST_CASE("a message is beyond those it was pushed to only when another honest node has it") {
  wt::message_ledger ledger;
  const wt::message_index message = ledger.add(facts_of(1));
  ledger.note_push(message, 3);
  ledger.note_relayed(message, 3, true, samples::at(1s));
  CHECK_FALSE(ledger.reached_beyond_pushed(message));
  ledger.note_relayed(message, 7, false, samples::at(2s));
  CHECK_FALSE(ledger.reached_beyond_pushed(message));
  ledger.note_relayed(message, 8, true, samples::at(3s));
  ledger.note_relayed(message, 8, true, samples::at(4s));
  CHECK(ledger.reached_beyond_pushed(message));
  CHECK(ledger.relay_nodes(message) == 3);
  CHECK(ledger.first_relayed(message) == samples::at(1s));
  ledger.note_push(message, 8);
  CHECK_FALSE(ledger.reached_beyond_pushed(message));
  CHECK(ledger.pushed_to(message) == std::vector<std::uint32_t>{3, 8});
}

}  // namespace message_ledger_tests
