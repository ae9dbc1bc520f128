// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/http_exchange.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <adapter/rest/http_bench.hpp>

namespace rest_http_exchange_tests {

using namespace rest_bench;
using namespace std::chrono_literals;

namespace {

/// How an exchange that libcurl ended so is told; no connection is made.
rest::http_failure failure_of(CURLcode code) {
  rest::http_exchange exchange({"https://127.0.0.1:1", "", ""}, {}, {}, [](const rest::http_result&) {});
  REQUIRE(exchange.handle() != nullptr);
  return std::get<rest::http_failure>(exchange.take_result(code));
}
/// What an answer says of when to come again.
std::optional<wr::duration> pause_in(const std::string& headers, unsigned status = 429) {
  http_bench b;
  b.serve = [&](const http_call&, http_connection& to) { to.answer(status, "Too many requests", headers); };
  const auto end = b.end_of(b.node(), {});
  const auto& answer = std::get<rest::http_answer>(end);
  CHECK(answer.status == status);
  CHECK(answer.body == "Too many requests");
  return answer.retry_after;
}

}  // namespace

TEST_CASE("libcurl's errors have the meaning that the engine knows, and words for people") {
  const std::pair<CURLcode, wr::transport_error> meanings[] = {
      {CURLE_COULDNT_RESOLVE_HOST, wr::transport_error::dial_failed},
      {CURLE_COULDNT_CONNECT, wr::transport_error::dial_failed},
      {CURLE_OPERATION_TIMEDOUT, wr::transport_error::dial_failed},  // nothing was sent
      {CURLE_SSL_CONNECT_ERROR, wr::transport_error::dial_failed},
      {CURLE_OUT_OF_MEMORY, wr::transport_error::dial_failed},
      {CURLE_GOT_NOTHING, wr::transport_error::empty_reply},
      {CURLE_WRITE_ERROR, wr::transport_error::undecodable_reply},
      {CURLE_WEIRD_SERVER_REPLY, wr::transport_error::undecodable_reply},
      {CURLE_PARTIAL_FILE, wr::transport_error::connection_lost},
      {CURLE_SEND_ERROR, wr::transport_error::connection_lost},
      {CURLE_RECV_ERROR, wr::transport_error::connection_lost}};
  for (const auto& [code, error] : meanings) {
    const rest::http_failure failure = failure_of(code);
    const std::string words = curl_easy_strerror(code);
    INFO(words);
    CHECK(failure.error == error);
    CHECK(failure.why == words);
    CHECK_FALSE(failure.unverified);
  }
}

TEST_CASE("a certificate that was not accepted is told apart from a node that is not there") {
  for (const CURLcode code :
       {CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE}) {
    const rest::http_failure failure = failure_of(code);
    CHECK(failure.unverified);
    CHECK(failure.error == wr::transport_error::dial_failed);
  }
}

TEST_CASE("when to come again is read in seconds, within a day, and otherwise not known") {
  CHECK(pause_in("Retry-After: 3\r\n") == 3s);
  CHECK(pause_in("retry-after: 1\r\n", 503) == 1s);
  CHECK(pause_in("Retry-After: 999999999\r\n") == 24h);
  CHECK_FALSE(pause_in(""));
  CHECK_FALSE(pause_in("Retry-After: 0\r\n"));
  CHECK_FALSE(pause_in("Retry-After: -5\r\n"));
  CHECK_FALSE(pause_in("Retry-After: soon\r\n"));
}

TEST_CASE("an exchange asks for JSON, and says so of what it sends") {
  http_bench b;
  b.serve = [](const http_call&, http_connection& to) { to.answer(200, "null"); };
  static_cast<void>(b.end_of(b.node(), {rest::http_method::get, "/a", ""}));
  CHECK(b.last.method == "GET");
  CHECK(b.last.headers.at("accept") == "application/json");
  CHECK_FALSE(b.last.headers.contains("content-type"));
  const auto end = b.end_of(b.node(), {rest::http_method::post, "/a", std::string(200'000, ' ')});
  CHECK(std::get<rest::http_answer>(end).body == "null");
  CHECK(b.last.method == "POST");
  CHECK(b.last.body.size() == 200'000);
  CHECK_FALSE(b.last.headers.contains("expect"));  // it would wait for a second on some servers
}

}  // namespace rest_http_exchange_tests
