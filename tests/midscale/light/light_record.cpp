// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/light_record.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

namespace light_record_tests {

using namespace midscale;
using namespace std::chrono_literals;

namespace {

/// Two light nodes, 10 and 11, in rows of their own, in a ledger that is open from 10 s to 20 s; node 10 publishes.
struct two_lights {
  two_lights() {
    record.add_node(10, 0, record.add_row("none"), false);
    record.add_node(11, 0, record.add_row("S1"), false);
  }
  /// A message of node 10 that enters the relay network, as number `place`.
  std::uint32_t publish(wr::duration at, std::uint64_t request, bool enters = true) {
    const std::uint32_t message = record.publish({at, 10, 0, 100});
    record.requested(0, message, static_cast<wr::request_id>(request));
    if (enters) {
      book.published({at, 10, 0, 100}, 3);
      record.relayed(message, entered++);
    }
    return message;
  }
  void finish(std::uint64_t request, wr::outcome outcome) {
    record.finished(0, {static_cast<wr::request_id>(request), hash, outcome});
  }
  wt::message_index known() {
    wt::message_facts facts;
    facts.hash = hash;
    return truth.add(facts);
  }

  wr::message_hash hash{};
  ledger book{3, 10s, 20s};
  wt::message_ledger truth;
  light_record record{book, truth};
  std::uint32_t entered = 0;
};

}  // namespace

TEST_CASE(
    "what was published in the measured time and came to a relay node is to be shown to all but its "
    "publisher") {
  two_lights it;
  const std::uint32_t early = it.publish(9s, 1);
  const std::uint32_t shown = it.publish(11s, 2);
  const std::uint32_t late = it.publish(12s, 3);
  it.publish(13s, 4);                   // is never shown
  it.publish(14s, 5, false);            // comes to nobody
  it.record.publish({15s, 2, 1, 100});  // on another shard
  it.record.received(1, early, wr::delivered_by::filter, 9s + 300ms);
  it.record.received(1, shown, wr::delivered_by::filter, 11s + 300ms);
  it.record.received(1, late, wr::delivered_by::store, 40s);
  it.record.received(1, light_record::archived + 3, wr::delivered_by::store, 40s);
  it.record.propagated(0, static_cast<wr::request_id>(2), 11s + 90ms);
  const std::vector<light_row> rows = it.record.judge();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].published == 4);
  CHECK(rows[0].expected == 0);
  CHECK(rows[1].published == 0);
  CHECK(rows[1].expected == 3);
  CHECK(rows[1].missed == 1);
  CHECK(rows[1].recovered == 1);
  CHECK(rows[1].latencies_us == std::vector<std::uint32_t>{300'000, 28'000'000});
  CHECK(it.record.lost() == std::vector<std::uint64_t>{1, 0});
  CHECK(it.record.push_latencies_us() == std::vector<std::uint32_t>{90'000});
  measurements made;
  it.book.report(made);
  REQUIRE(made.received.size() == 2);
  CHECK(made.received[0].by == way::filter);
  CHECK(made.received[0].node == 11);
  CHECK(made.received[1].by == way::store);
  CHECK(made.received[1].message == 1);
}

TEST_CASE(
    "a verdict is wrong where it confirms what nobody has, or denies what a store holds, or comes twice") {
  const auto wrong = [](auto&& happens) {
    two_lights it;
    const wt::message_index message = it.known();
    it.publish(11s, 1);
    happens(it, message);
    return it.record.judge()[0].wrong_verdicts;
  };
  using time = wr::steady_time;
  CHECK(wrong([](two_lights& it, auto) { it.finish(1, wr::confirmed{}); }) == 1);
  CHECK(wrong([](two_lights& it, auto message) {
          it.truth.note_stored(message, 0, time{});
          it.finish(1, wr::confirmed{});
        }) == 0);
  CHECK(wrong([](two_lights& it, auto message) {
          it.truth.note_relayed(message, 2, true, time{});
          it.finish(1, wr::confirmed{wr::confirmed_by::echo});
        }) == 0);
  CHECK(wrong([](two_lights& it, auto message) {
          it.truth.note_relayed(message, 2, true, time{});
          it.finish(1, wr::confirmed{wr::confirmed_by::store});
        }) == 1);
  CHECK(wrong([](two_lights& it, auto) { it.finish(1, wr::failed{}); }) == 0);
  CHECK(wrong([](two_lights& it, auto message) {
          it.finish(1, wr::failed{});
          it.truth.note_stored(message, 0, time{});
        }) == 1);
  CHECK(wrong([](two_lights& it, auto) { it.finish(1, wr::unconfirmed{}); }) == 0);
  CHECK(wrong([](two_lights& it, auto) {
          it.finish(1, wr::unconfirmed{});
          it.finish(1, wr::unconfirmed{});
        }) == 1);
}

}  // namespace light_record_tests
