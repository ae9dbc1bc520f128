// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/capability/reply.hpp>

#include <cstdint>
#include <variant>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>

namespace reply_tests {

namespace wr = waku::reliability;

TEST_CASE("every code from 200 to 299 means success, and no other") {
  CHECK_FALSE(wr::is_success(0));
  CHECK_FALSE(wr::is_success(199));
  CHECK(wr::is_success(200));
  CHECK(wr::is_success(204));
  CHECK(wr::is_success(299));
  CHECK_FALSE(wr::is_success(300));
  CHECK_FALSE(wr::is_success(400));
  CHECK_FALSE(wr::is_success(503));
}

TEST_CASE("the lightpush codes are those of the protocol") {
  CHECK(wr::status_code::ok == 200);
  CHECK(wr::status_code::bad_request == 400);
  CHECK(wr::status_code::not_found == 404);
  CHECK(wr::status_code::invalid_message == 420);
  CHECK(wr::status_code::unsupported_pubsub_topic == 421);
  CHECK(wr::status_code::too_many_requests == 429);
  CHECK(wr::status_code::internal_server_error == 500);
  CHECK(wr::status_code::service_not_available == 503);
  CHECK(wr::status_code::no_peers_to_relay == 505);
}

TEST_CASE("a fresh reply promises nothing: no status, no peers, no hint, no further page") {
  const wr::lightpush_reply push;
  CHECK_FALSE(wr::is_success(push.status));
  CHECK_FALSE(push.relay_peer_count.has_value());
  CHECK_FALSE(push.legacy);
  CHECK_FALSE(push.retry_after.has_value());
  const wr::filter_reply filter;
  CHECK_FALSE(wr::is_success(filter.status));
  CHECK_FALSE(filter.retry_after.has_value());
  const wr::store_reply<wr::message> page;
  CHECK_FALSE(wr::is_success(page.status));
  CHECK(page.entries.empty());
  CHECK(page.cursor.empty());
  CHECK_FALSE(page.retry_after.has_value());
  CHECK(wr::relay_reply{}.peer_count == 0);
}

TEST_CASE("an operation ends with a reply or with an error, and the reply comes first") {
  wr::reply_or_error<wr::filter_reply> end;
  CHECK(std::holds_alternative<wr::filter_reply>(end));
  end = wr::transport_error::timeout;
  CHECK(std::get<wr::transport_error>(end) == wr::transport_error::timeout);
}

}  // namespace reply_tests
