// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <waku/reliability/adapter/rest/http_exchange.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// A node of the pool.
struct rest_node {
  std::string url{};  ///< http or https, perhaps with credentials for basic authentication, and a path
  /// Multiaddr of the store that it asks. Empty: of nwaku its own, or one that it knows; go-waku is then no store, and
  /// without any store no message is confirmed and none that was missed is found.
  std::string store_address{};
};

/// The numbers of a rest_transport.
struct rest_options {
  rest::http_limits http{};                              ///< of each request and its answer
  duration health_interval = std::chrono::seconds(30);   ///< between looks at a node that is there
  duration return_wait_first = std::chrono::seconds(1);  ///< before a node that is not there is asked again,
  duration return_wait_max = std::chrono::minutes(1);    ///< twice as long each time, at most so long
  /// Between readings of a topic that has messages; twice as long each time that it has none, to the most.
  duration read_interval_min = std::chrono::milliseconds(250);
  duration read_interval_max = std::chrono::seconds(5);
  std::size_t reads_max = 4;  ///< topics that are read from a node at once; of go-waku it is one
};

}  // namespace waku::reliability
