// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/protocol_id.hpp>

#include <doctest/doctest.h>

#include <string>

namespace protocol_id_tests {

namespace ww = waku::reliability::wire;

TEST_CASE("every protocol has an id that leads back to it, and no other does") {
  for (const ww::protocol each :
       {ww::protocol::relay, ww::protocol::store, ww::protocol::legacy_store, ww::protocol::filter,
        ww::protocol::filter_push, ww::protocol::lightpush, ww::protocol::legacy_lightpush,
        ww::protocol::metadata, ww::protocol::peer_exchange}) {
    CHECK(ww::protocol_of(ww::id_of(each)) == each);
    CHECK_FALSE(ww::protocol_of(std::string(ww::id_of(each)) + "/1"));
    CHECK(ww::request_frame(each).protocol == each);
  }
  CHECK(ww::id_of(ww::protocol::store) == "/vac/waku/store-query/3.0.0");
  CHECK(ww::id_of(ww::protocol::message).empty());
  CHECK_FALSE(ww::protocol_of(""));
}

TEST_CASE("requests and replies have frames of their own") {
  CHECK(&ww::reply_frame(ww::protocol::store) == &ww::frames::store_reply);
  CHECK(&ww::request_frame(ww::protocol::store) == &ww::frames::store_request);
  CHECK(&ww::reply_frame(ww::protocol::metadata) == &ww::frames::metadata);
}

}  // namespace protocol_id_tests
