// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <waku/reliability/adapter/rest/http_client.hpp>

#include <adapter/rest/http_server.hpp>
#include <testing/real_time.hpp>

namespace rest_bench {

namespace wr = waku::reliability;
namespace rest = wr::rest;

/// A server that answers as a test says, and a client.
struct http_bench {
  explicit http_bench(const rest::http_limits& limits = {})
      : client(std::in_place, context.get_executor(), limits) {}

  [[nodiscard]] rest::node_address node(const std::string& credentials = "") const {
    return *rest::read_address("http://" + credentials + "127.0.0.1:" + std::to_string(server.port()));
  }
  /// How an exchange ended.
  rest::http_result end_of(const rest::node_address& to, rest::http_request request) {
    std::optional<rest::http_result> end;
    client->start(to, std::move(request), [&end](rest::http_result told) { end = std::move(told); });
    REQUIRE(real_time::run_context(context, [&end] { return end.has_value(); }));
    return *end;
  }

  asio::io_context context;
  std::function<void(const http_call&, http_connection&)> serve;
  http_server server{context.get_executor(), 0,
                     [this](http_call call, const std::weak_ptr<http_connection>& to) {
                       ++calls;
                       last = call;
                       if (const auto connection = to.lock(); connection && serve) serve(call, *connection);
                     }};
  std::size_t calls = 0;
  http_call last;
  std::optional<rest::http_client> client;
};

inline bool is_error(const rest::http_result& end, wr::transport_error wanted) {
  const auto* failure = std::get_if<rest::http_failure>(&end);
  return failure != nullptr && failure->error == wanted && !failure->unverified && !failure->why.empty();
}

}  // namespace rest_bench
