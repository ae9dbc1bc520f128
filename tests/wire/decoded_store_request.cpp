// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/decoded_store_request.hpp>

#include <doctest/doctest.h>

#include <utility>

namespace decoded_store_request_tests {

namespace wr = waku::reliability;
namespace ww = wr::wire;

TEST_CASE("a view has every criterion, also after the request was moved") {
  ww::decoded_store_request from;
  from.pubsub_topic = "/t";
  from.content_topics = {"/a", "/b"};
  from.time_start = wr::wall_time{wr::duration(1)};
  from.time_end = wr::wall_time{wr::duration(2)};
  from.hashes.resize(1);
  from.include_data = true;
  from.cursor.resize(32);
  from.forward = false;
  from.limit = 7;
  from.legacy = true;
  CHECK(from.view(wr::peer_id{1}).content_topics.size() == 2);
  ww::decoded_store_request request = std::move(from);
  const wr::store_request view = request.view(wr::peer_id{2});
  CHECK(view.peer == wr::peer_id{2});
  CHECK(view.pubsub_topic == "/t");
  REQUIRE(view.content_topics.size() == 2);
  CHECK(view.content_topics[0] == "/a");
  CHECK(view.content_topics[1] == "/b");
  CHECK(view.time_start == request.time_start);
  CHECK(view.time_end == request.time_end);
  CHECK(view.hashes.size() == 1);
  CHECK(view.include_data);
  CHECK(view.cursor.size() == 32);
  CHECK_FALSE(view.forward);
  CHECK(view.limit == 7);
  CHECK(view.legacy);
}

}  // namespace decoded_store_request_tests
