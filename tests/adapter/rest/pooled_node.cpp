// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/pooled_node.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace rest_pooled_node_tests {

namespace wr = waku::reliability;
namespace rest = wr::rest;
using namespace std::chrono_literals;

TEST_CASE("a mailbox is read ever later while there is nothing, and soon again once there is something") {
  rest::mailbox box;
  const wr::steady_time now(100s);
  const auto wait = [&](bool found) {
    box.next(now, found, 1s, 5s);
    CHECK(box.due == now + box.interval);
    return box.interval;
  };
  CHECK(wait(false) == 1s);
  CHECK(wait(false) == 2s);
  CHECK(wait(false) == 4s);
  CHECK(wait(false) == 5s);
  CHECK(wait(false) == 5s);
  CHECK(wait(true) == 1s);
  CHECK(wait(false) == 2s);
}

TEST_CASE("the mailbox that has waited longest is read next, unless it is being read") {
  rest::pooled_node node;
  CHECK(node.longest_due() == node.mailboxes.end());
  node.mailboxes[{"shard", "early"}].due = wr::steady_time(1s);
  node.mailboxes[{"shard", "late"}].due = wr::steady_time(2s);
  CHECK(node.longest_due()->first.second == "early");
  node.mailboxes[{"shard", "early"}].exchange = 7;
  CHECK(node.longest_due()->first.second == "late");
  node.mailboxes[{"shard", "late"}].exchange = 8;
  CHECK(node.longest_due() == node.mailboxes.end());
}

TEST_CASE("a content topic is elsewhere only under another pubsub topic") {
  rest::pooled_node node;
  CHECK_FALSE(node.has_elsewhere("one", "room"));
  node.mailboxes[{"one", "room"}];
  CHECK_FALSE(node.has_elsewhere("one", "room"));
  CHECK(node.has_elsewhere("other", "room"));
  CHECK_FALSE(node.has_elsewhere("other", "hall"));
}

TEST_CASE("a node is not there, and nothing is known of it, until it was looked at") {
  const rest::pooled_node node;
  CHECK_FALSE(node.here);
  CHECK_FALSE(node.legacy);
  CHECK_FALSE(node.trouble);
}

}  // namespace rest_pooled_node_tests
