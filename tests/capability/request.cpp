// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/capability/request.hpp>

#include <type_traits>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>

namespace request_tests {

namespace wr = waku::reliability;

TEST_CASE("a request lends the message and its hash: it holds no copy of either") {
  const wr::message sent;
  const wr::message_hash hash;
  const wr::lightpush_request<wr::message> push{{}, wr::peer_id{1}, "/t", sent, hash};
  CHECK(&push.message == &sent);
  CHECK(&push.hash == &hash);
  const wr::relay_request<wr::message> relay{{}, "/t", sent, hash};
  CHECK(&relay.message == &sent);
  CHECK(&relay.hash == &hash);
}

TEST_CASE("no request asks for a fresh proof unless told to") {
  const wr::message sent;
  const wr::message_hash hash;
  CHECK_FALSE(wr::lightpush_request<wr::message>{{}, wr::peer_id{1}, "/t", sent, hash}.fresh_proof);
  CHECK_FALSE(wr::relay_request<wr::message>{{}, "/t", sent, hash}.fresh_proof);
}

TEST_CASE("a store request asks for hashes only, in pages of 100, unless told otherwise") {
  const wr::store_request query{};
  CHECK_FALSE(query.include_data);
  CHECK(query.limit == 100);
  CHECK_FALSE(query.time_start.has_value());
  CHECK_FALSE(query.time_end.has_value());
  CHECK(query.content_topics.empty());
  CHECK(query.hashes.empty());
  CHECK(query.cursor.empty());
  CHECK_FALSE(query.legacy);
}

TEST_CASE("a request is no owner: it can be copied for nothing") {
  CHECK(std::is_trivially_copyable_v<wr::store_request>);
  CHECK(std::is_trivially_copyable_v<wr::filter_subscribe_request>);
  CHECK(std::is_trivially_copyable_v<wr::lightpush_request<wr::message>>);
}

}  // namespace request_tests
