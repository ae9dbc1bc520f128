// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/outgoing_entry.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <waku/reliability/cache/outgoing_buffer.hpp>
#include <waku/reliability/core/message.hpp>

namespace outgoing_entry_tests {

namespace wr = waku::reliability;

namespace {

struct unique_message {
  std::unique_ptr<int> body;
};

}  // namespace

TEST_CASE("a fresh entry has sent nothing, holds nothing and may not be out there") {
  const wr::outgoing_entry<wr::message> entry;
  CHECK_FALSE(entry.may_be_out());
  CHECK_FALSE(entry.stamped);
  CHECK_FALSE(entry.finished);
  CHECK_FALSE(entry.reached_at);
  CHECK_FALSE(entry.accepted_by);
  CHECK(entry.holds == 0);
  CHECK(entry.in_flight == 0);
  CHECK(entry.transmissions == 0);
  CHECK(entry.pushed_to.empty());
  CHECK_FALSE(entry.deadline);
}

TEST_CASE("beside its body a message in flight takes less than 600 bytes") {
  wr::outgoing_buffer<wr::outgoing_entry<wr::message>> buffer(1'024, 1);
  for (int message = 0; message < 1'024; ++message) REQUIRE(buffer.acquire());
  CHECK(buffer.memory_bytes() / buffer.size() < 600);
}

TEST_CASE("bytes may be out once a node accepted them or an attempt ended unknown") {
  wr::outgoing_entry<wr::message> accepted;
  accepted.accepted = true;
  CHECK(accepted.may_be_out());
  wr::outgoing_entry<wr::message> unknown;
  unknown.end_unknown = true;
  CHECK(unknown.may_be_out());
  wr::outgoing_entry<wr::message> refused;
  refused.ever_left = true;
  refused.transmissions = 4;
  CHECK_FALSE(refused.may_be_out());
}

TEST_CASE("an entry carries messages that can only be moved") {
  static_assert(std::is_move_assignable_v<wr::outgoing_entry<unique_message>>);
  wr::outgoing_entry<unique_message> entry;
  entry.message.body = std::make_unique<int>(8);
  const int* const where = entry.message.body.get();
  const wr::outgoing_entry<unique_message> moved = std::move(entry);
  CHECK(moved.message.body.get() == where);
}

}  // namespace outgoing_entry_tests
