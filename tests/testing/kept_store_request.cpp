// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/kept_store_request.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cache/samples.hpp>

namespace kept_store_request_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

TEST_CASE("a kept request shows what was asked after all that it lent is gone") {
  std::optional<wt::kept_store_request> kept;
  {
    const std::string shard = "shard";
    const std::string topic = "topic";
    const std::string_view topics[] = {topic, "other"};
    const wr::store_cursor cursor(3, std::byte{7});
    wr::store_request made{};
    made.peer = static_cast<wr::peer_id>(5);
    made.pubsub_topic = shard;
    made.content_topics = topics;
    made.cursor = cursor;
    made.limit = 11;
    made.forward = false;
    const wt::kept_store_request first(made);
    kept = first;
  }
  const wr::store_request& seen = kept->request();
  CHECK(seen.peer == static_cast<wr::peer_id>(5));
  CHECK(seen.pubsub_topic == "shard");
  REQUIRE(seen.content_topics.size() == 2);
  CHECK(seen.content_topics[0] == "topic");
  CHECK(seen.content_topics[1] == "other");
  CHECK(seen.cursor.size() == 3);
  CHECK(seen.limit == 11);
  CHECK_FALSE(seen.forward);
}

TEST_CASE("a look-up by hash travels without the topic that only its transport needs") {
  const std::vector<wr::message_hash> hashes{samples::hash_number(1)};
  wr::store_request made{};
  made.pubsub_topic = "shard";
  made.hashes = hashes;
  const wt::kept_store_request kept(made);
  CHECK(kept.request().pubsub_topic.empty());
  REQUIRE(kept.request().hashes.size() == 1);
  CHECK(kept.request().hashes[0] == samples::hash_number(1));
}

}  // namespace kept_store_request_tests
