// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/action_queue.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <vector>

#include <cache/samples.hpp>

#include <waku/reliability/core/message.hpp>

namespace action_queue_tests {

namespace wr = waku::reliability;
using wr::action_kind;

namespace {

wr::request_id request(std::uint64_t number) { return static_cast<wr::request_id>(number); }
wr::message body(std::uint8_t byte) {
  wr::message made;
  made.payload.assign(1, std::byte{byte});
  return made;
}

}  // namespace

TEST_CASE("actions wait in the order in which they were decided, each beside what it carries") {
  wr::action_queue<wr::message> queue;
  CHECK(queue.empty());
  const wr::operation_id started(wr::operation_kind::lightpush, 3, 9);
  queue.push(wr::propagated{request(1), samples::hash_number(1)});
  queue.start(started);
  queue.push({2, samples::hash_number(2), wr::delivered_by::relay, body(7)});
  queue.push(wr::finished{request(1), std::nullopt, wr::cancelled{}});
  queue.push(wr::propagated{request(5), samples::hash_number(5)});
  queue.push({action_kind::disconnect, wr::action_record::no_place, 77});

  CHECK(queue.pop().kind == action_kind::propagated);
  CHECK(queue.pop_propagated().request == request(1));
  const wr::action_record start = queue.pop();
  CHECK(start.kind == action_kind::start);
  CHECK(wr::operation_id::from_value(start.detail) == started);
  CHECK(queue.pop().kind == action_kind::deliver);
  const auto delivery = queue.pop_delivery();
  CHECK(delivery.topic == 2);
  CHECK(delivery.by == wr::delivered_by::relay);
  CHECK(delivery.message == body(7));
  CHECK(queue.pop().kind == action_kind::finished);
  CHECK(std::holds_alternative<wr::cancelled>(queue.pop_finished().outcome));
  CHECK(queue.pop().kind == action_kind::propagated);
  CHECK(queue.pop_propagated().request == request(5));
  const wr::action_record last = queue.pop();
  CHECK(last.kind == action_kind::disconnect);
  CHECK(last.detail == 77);
  CHECK(queue.empty());
}

TEST_CASE("at most one wish to persist waits, comes after all else, and a new one may follow it") {
  wr::action_queue<wr::message> queue;
  queue.persist();
  queue.persist();
  queue.push({action_kind::join, 0, 0});
  queue.persist();
  CHECK(queue.pop().kind == action_kind::join);
  CHECK_FALSE(queue.empty());
  CHECK(queue.pop().kind == action_kind::persist);
  CHECK(queue.empty());
  queue.persist();
  CHECK(queue.pop().kind == action_kind::persist);
  CHECK(queue.empty());
}

TEST_CASE("what waits for the application can be read for a snapshot without taking it") {
  wr::action_queue<wr::message> queue;
  queue.push({1, samples::hash_number(1), wr::delivered_by::store, body(1)});
  queue.push(wr::propagated{request(2), {}});
  queue.push(wr::finished{request(3), std::nullopt, wr::cancelled{}});
  CHECK(queue.deliveries().size() == 1);
  CHECK(queue.propagations().begin()->request == request(2));
  CHECK(queue.reports().begin()->request == request(3));
  CHECK_FALSE(queue.empty());
}

}  // namespace action_queue_tests
