// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/node_address.hpp>

#include <doctest/doctest.h>

#include <string>

namespace rest_node_address_tests {

namespace rest = waku::reliability::rest;

TEST_CASE("a URL is taken apart, and its credentials are nowhere but in their places") {
  const auto address = rest::read_address("https://me:p%40ss@node.example:8645/below/");
  REQUIRE(address);
  CHECK(address->base == "https://node.example:8645/below");
  CHECK(address->user == "me");
  CHECK(address->password == "p@ss");
  CHECK(rest::read_address("http://127.0.0.1")->base == "http://127.0.0.1");
  CHECK(rest::read_address("http://[::1]:80/")->user.empty());
}

TEST_CASE("what is no node's URL gives nothing") {
  for (const char* url : {"", "127.0.0.1:8645", "ftp://127.0.0.1", "file:///etc/passwd", "http://",
                          "http://a b", "http://127.0.0.1?x=1", "http://127.0.0.1/#part"}) {
    INFO(std::string(url));
    CHECK_FALSE(rest::read_address(url));
  }
}

}  // namespace rest_node_address_tests
