// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/policy_node.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

#include <midscale/network/small_networks.hpp>

namespace policy_node_tests {

using namespace small_networks;

namespace {

struct deaf : engine_listener {
  void received(std::uint32_t, const wr::deliver<shared_message>&) override {}
  void propagated(std::uint32_t, const wr::propagated&) override {}
  void finished(std::uint32_t, const wr::finished&) override {}
};
struct woken {
  void wake() { times.push_back(clock->elapsed()); }
  wt::virtual_clock* clock;
  std::vector<wr::duration> times;
};

}  // namespace

static_assert(wr::node_host<engine_host, shared_message>);

TEST_CASE("a host wakes its node at the latest time that was asked for, and after a sleep at once") {
  small_networks::run relay(full_mesh_of(3), fixed_latency(10ms));
  wt::virtual_clock clock;
  service_network::options_type options;
  options.relay = {&relay.network, 1};
  options.services = {wt::nwaku_profile()};
  service_network network(clock, options);
  deaf listener;
  woken node{&clock, {}};
  {
    engine_host host(network, network.add_client(false), 0, listener);
    host.drive(node);
    const wr::steady_time start = clock.steady();
    host.wake_at(start + 1s);
    host.wake_at(start + 2s);
    clock.run_for(3s);
    host.sleep(true);
    host.wake_at(start + 4s);
    clock.run_for(3s);
    CHECK(node.times == std::vector<wr::duration>{2s});
    host.sleep(false);
    clock.run_for(1s);
    CHECK(node.times == std::vector<wr::duration>{2s, 6s});
    host.sleep(true);
    host.sleep(false);
    host.wake_at(start + 9s);
    host.sleep(true);
    host.sleep(false);
    clock.run_for(3s);
    CHECK(node.times == std::vector<wr::duration>{2s, 6s, 9s});
    host.wake_at(start + 20s);
  }
  clock.run_for(1min);
  CHECK(node.times.size() == 3);
}

}  // namespace policy_node_tests
