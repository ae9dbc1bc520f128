// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/http_client.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>

#include <adapter/rest/http_bench.hpp>

namespace rest_http_client_tests {

using namespace rest_bench;
using namespace std::chrono_literals;

TEST_CASE("a request reaches the node as it is, and its answer comes back") {
  http_bench b;
  b.serve = [](const http_call&, http_connection& to) {
    to.answer(418, "short and stout", "Retry-After: 7\r\n");
  };
  const auto end = b.end_of(b.node(), {rest::http_method::remove, "/a%2Fb?c=d", "{}"});
  const auto& answer = std::get<rest::http_answer>(end);
  CHECK(answer.status == 418);
  CHECK(answer.body == "short and stout");
  CHECK(answer.retry_after == 7s);
  CHECK(b.last.method == "DELETE");
  CHECK(b.last.target == "/a%2Fb?c=d");
  CHECK(b.last.body == "{}");
  CHECK(b.last.headers.at("content-type") == "application/json");
  CHECK_FALSE(b.last.headers.contains("authorization"));
}

TEST_CASE("credentials go into the header that is for them") {
  http_bench b;
  b.serve = [](const http_call&, http_connection& to) { to.answer(200, ""); };
  static_cast<void>(b.end_of(b.node("Aladdin:open%20sesame@"), {}));
  CHECK(b.last.headers.at("authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(b.last.target == "/");
}

TEST_CASE("redirects are answers like others") {
  http_bench b;
  b.serve = [&b](const http_call&, http_connection& to) {
    to.answer(307, "", "Location: http://127.0.0.1:" + std::to_string(b.server.port()) + "/elsewhere\r\n");
  };
  const auto end = b.end_of(b.node("me:secret@"), {rest::http_method::get, "/here", ""});
  CHECK(std::get<rest::http_answer>(end).status == 307);
  CHECK(b.calls == 1);
}

TEST_CASE("an answer that is too long, or whose headers are, is none") {
  rest::http_limits limits;
  limits.answer_bytes_max = 1'000;
  http_bench b(limits);
  std::size_t length = 1'000;
  b.serve = [&length](const http_call&, http_connection& to) { to.answer(200, std::string(length, 'x')); };
  CHECK(std::get<rest::http_answer>(b.end_of(b.node(), {})).body.size() == 1'000);
  length = 1'001;
  CHECK(is_error(b.end_of(b.node(), {}), wr::transport_error::undecodable_reply));
  b.serve = [](const http_call&, http_connection& to) {
    std::string headers;
    for (int each = 0; each < 2'000; ++each) headers += "X-Each: " + std::string(90, 'x') + "\r\n";
    to.answer(200, "", headers);
  };
  CHECK(is_error(b.end_of(b.node(), {}), wr::transport_error::undecodable_reply));
}

TEST_CASE("a node that never ends its answer runs into the limit of time") {
  rest::http_limits limits;
  limits.patience = 50ms;
  http_bench b(limits);
  b.serve = [](const http_call&, http_connection& to) {
    to.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
  };
  CHECK(is_error(b.end_of(b.node(), {}), wr::transport_error::timeout));
}

TEST_CASE("how an exchange fails is told apart") {
  http_bench b;
  b.serve = [](const http_call&, http_connection& to) { to.close(); };
  CHECK(is_error(b.end_of(b.node(), {}), wr::transport_error::empty_reply));
  b.serve = [](const http_call&, http_connection& to) { to.reset(); };
  CHECK(is_error(b.end_of(b.node(), {}), wr::transport_error::connection_lost));
  b.serve = [](const http_call&, http_connection& to) {
    to.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
    to.close();
  };
  CHECK(is_error(b.end_of(b.node(), {}), wr::transport_error::connection_lost));
  b.serve = [](const http_call&, http_connection& to) {
    to.write("\x16\x03\x01 is no HTTP\r\n\r\n");
    to.close();
  };
  CHECK(is_error(b.end_of(b.node(), {}), wr::transport_error::undecodable_reply));
}

TEST_CASE("a node that answers no handshake was not dialled") {
  rest::http_limits limits;
  limits.connect_patience = 50ms;
  http_bench b(limits);
  const auto secure = *rest::read_address("https://127.0.0.1:" + std::to_string(b.server.port()));
  CHECK(is_error(b.end_of(secure, {}), wr::transport_error::dial_failed));
}

TEST_CASE("a connection is used again, and opened anew where the node has hung up meanwhile") {
  http_bench b;
  b.serve = [](const http_call&, http_connection& to) { to.answer(200, "{}"); };
  static_cast<void>(b.end_of(b.node(), {}));
  CHECK_FALSE(b.last.on_used_connection);
  static_cast<void>(b.end_of(b.node(), {}));
  CHECK(b.last.on_used_connection);
  b.serve = [](const http_call& call, http_connection& to) {
    if (call.on_used_connection) return to.close();
    to.answer(200, "{}");
  };
  CHECK(std::get<rest::http_answer>(b.end_of(b.node(), {})).status == 200);
}

TEST_CASE("an exchange that was cancelled, or whose client is gone, is not done") {
  http_bench b;
  std::size_t done = 0;
  const auto count = [&done](const rest::http_result&) { ++done; };
  const rest::exchange_id first = b.client->start(b.node(), {}, count);
  b.client->cancel(first);
  b.client->cancel(first);
  const rest::exchange_id second = b.client->start(b.node(), {}, count);
  real_time::run_context(b.context, [&b] { return b.calls == 1; });
  b.client->cancel(second);
  b.client->start(b.node(), {}, count);
  real_time::run_context(b.context, [&b] { return b.calls == 2; });
  CHECK(b.calls == 2);
  b.client.reset();
  b.context.restart();
  b.context.run_for(20ms);
  CHECK(done == 0);
}

}  // namespace rest_http_client_tests
