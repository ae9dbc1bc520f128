// SPDX-License-Identifier: Apache-2.0 OR MIT
// Nodes over https, and whom the transport trusts.
#include <waku/reliability/adapter/rest.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <waku/reliability.hpp>
#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/adapter/openssl.hpp>

#include <adapter/rest/http_bench.hpp>
#include <adapter/rest/played_node.hpp>
#include <adapter/rest/quick_numbers.hpp>
#include <adapter/rest/tls_front.hpp>

namespace rest_tls_tests {

using namespace rest_bench;
using namespace std::chrono_literals;

namespace {

rest::http_limits trusting(const std::string& authorities_file) {
  rest::http_limits limits;
  limits.authorities_file = authorities_file;
  return limits;
}

/// A server that answers with a secret, and a client that trusts an authority.
struct bench {
  bench(const certificates::identity& shown, const std::string& authorities_file)
      : plain(trusting(authorities_file)), front(plain.context.get_executor(), shown, plain.server.port()) {
    plain.serve = [](const http_call&, http_connection& to) { to.answer(200, "secret"); };
  }
  rest::http_result ask(const std::string& host = "127.0.0.1", const std::string& credentials = "") {
    const std::string url = "https://" + credentials + host + ":" + std::to_string(front.port());
    return plain.end_of(*rest::read_address(url), {rest::http_method::post, "/", "confidential"});
  }
  /// The node was refused before it was told anything.
  void check_unverified(const std::string& host = "127.0.0.1") {
    const auto end = ask(host, "me:secret@");
    const auto* failure = std::get_if<rest::http_failure>(&end);
    REQUIRE(failure != nullptr);
    CHECK(failure->unverified);
    CHECK(failure->error == wr::transport_error::dial_failed);
    INFO(failure->why);
    CHECK(failure->why.size() > 10);
    CHECK(failure->why.find("secret") == failure->why.npos);
    CHECK(plain.calls == 0);
  }

  http_bench plain;
  tls_front front;
};

}  // namespace

TEST_CASE("a node for whose certificate an authority of one's own vouches is used") {
  const certificates made;
  const auto own = made.make("own", "IP:127.0.0.1");
  bench b(own, own.certificate);
  const auto end = b.ask();
  REQUIRE(std::holds_alternative<rest::http_answer>(end));
  CHECK(std::get<rest::http_answer>(end).body == "secret");
  CHECK(b.plain.last.body == "confidential");
}

TEST_CASE("a node for whose certificate nobody vouches is refused before it is told anything") {
  const certificates made;
  const auto own = made.make("own", "IP:127.0.0.1");
  SUBCASE("by the system's authorities") { bench(own, "").check_unverified(); }
  SUBCASE("by another authority of one's own") {
    bench(own, made.make("other", "IP:127.0.0.1").certificate).check_unverified();
  }
  SUBCASE("by a file of authorities that is not there") {
    bench(own, "/no/such/file.pem").check_unverified();
  }
}

TEST_CASE("a certificate for another name is refused, though an authority vouches for it") {
  const certificates made;
  const auto elsewhere = made.make("elsewhere", "DNS:elsewhere.example");
  bench(elsewhere, elsewhere.certificate).check_unverified();
  const auto named = made.make("named", "DNS:localhost");
  bench b(named, named.certificate);
  CHECK(std::holds_alternative<rest::http_answer>(b.ask("localhost")));
  b.plain.calls = 0;
  b.check_unverified();
}

TEST_CASE("what was accepted waits for a node until its certificate is right, and no other is told of it") {
  const certificates made;
  const auto own = made.make("own", "IP:127.0.0.1");
  asio::io_context context;
  wt::peer_desk<wr::message> desk;
  played_node<rest::nwaku> played(context.get_executor(), 0, desk);
  const std::string url = played.url();
  tls_front front(context.get_executor(), made.make("elsewhere", "DNS:elsewhere.example"),
                  static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1))));
  wr::rest_options numbers = quick_numbers();
  numbers.http = trusting(own.certificate);
  wr::rest_transport<> transport(context.get_executor(), numbers);
  const auto peer = transport.add_node({"https://127.0.0.1:" + std::to_string(front.port()), ""});
  REQUIRE(peer);

  wr::asio_node<wr::light_client, wr::rest_transport<>, wr::message, wr::openssl_hasher> node(
      context.get_executor(), transport);
  wr::message m;
  m.content_topic = "/chat/1/room/proto";
  m.payload = {std::byte{7}};
  REQUIRE(node.publish("/waku/2/rs/1/0", m));
  REQUIRE(real_time::run_context(context, [&] { return transport.trouble_of(*peer).has_value(); }));
  CHECK(transport.trouble_of(*peer)->kind == rest::node_trouble_kind::unverified);
  CHECK_FALSE(transport.trouble_of(*peer)->why.empty());
  CHECK(played.calls.empty());
  CHECK(node.pending() == 1);

  front.show(own);
  const auto pushed = [&desk] {
    for (const auto& each : desk.requests()) {
      if (each.kind == wr::operation_kind::lightpush) return true;
    }
    return false;
  };
  REQUIRE(real_time::run_context(context, pushed));
  CHECK_FALSE(transport.trouble_of(*peer));
  CHECK(node.pending() == 1);
  for (const auto& each : desk.requests()) {
    if (each.kind == wr::operation_kind::lightpush) CHECK(each.message->payload == m.payload);
  }
}

}  // namespace rest_tls_tests
