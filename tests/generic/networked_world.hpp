// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <memory>

#include <waku/reliability/testing/simulated_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

#include <generic/world_surroundings.hpp>

/// A node of any policy set as a client of a simulated network: what scripted_world is over a script.
namespace generic {

namespace wt = waku::reliability::testing;

class networked_world final : public world_surroundings<networked_world> {
 public:
  networked_world(wt::simulated_network<>& network, const policy_case& tried, std::uint64_t seed)
      : transport(network), host(network.clock()), network_(&network) {
    wr::options numbers;
    numbers.seed = seed;
    node_ = tried.make(*this, numbers);
    host.drive(*node_);
  }
  ~networked_world() { host.release(); }

  [[nodiscard]] driven_node& node() { return *node_; }

  wt::simulated_transport<message, wr::all_capabilities> transport;
  wt::test_host<> host;
  bool weak_echoes =
      false;  ///< it said that all filter nodes that could echo a message were handed it before

  /// As the network has this client's clocks, which may be wrong.
  [[nodiscard]] wr::instant now() const override { return network_->client_now(transport.client()); }
  using world_surroundings::hear;
  void hear(const wr::notice::degraded& told) override {
    weak_echoes = weak_echoes || (told.of == wr::service::filter && told.have == 0 && told.want == 1);
  }

 private:
  const wt::simulated_network<>* network_;
  std::unique_ptr<driven_node> node_;
};

}  // namespace generic
