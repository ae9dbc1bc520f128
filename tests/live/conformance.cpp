// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/conformance.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include <live/bench.hpp>
#include <live/kit_peers.hpp>
#include <testing/real_time.hpp>

namespace live_conformance_tests {

using namespace live_bench;

namespace {

/// The world of the conformance kit: the first of its peers is the relay's only neighbour.
class fixture : public real_time::fixture_base {
 public:
  using transport_type = wl::libp2p_transport<>;

  fixture() {
    wl::network_options network = quick_network();
    network.shards = {0, 1};
    // The network numbers the configured peers first, as the kit does.
    for (std::size_t index = 0; index < wt::conformance_peers; ++index) {
      start(index, wt::peer_state::serving);
      network.peers.push_back(peers_.address(index));
    }
    host_.emplace(context_.get_executor(), quick_host(true));
    network_.emplace(*host_, network);
    transport_.emplace(*network_);
    network_->start();
  }

  transport_type& transport() { return *transport_; }
  void destroy_transport() { transport_.reset(); }
  void push(std::size_t index, std::string_view pubsub_topic, std::span<const wr::message> messages) {
    peers_.push(index, host_->peer(), pubsub_topic, messages);
  }
  void relay(std::string_view pubsub_topic, const wr::message& m) { peers_.relay(pubsub_topic, m); }
  std::uint32_t relay_neighbours() const { return 1; }

  bool set_peer(std::size_t index, wt::peer_state state) {
    peers_.end(index);
    if (!await(index, [](const wl::network_peer& seen) { return !seen.connected; })) return false;
    if (state == wt::peer_state::unreachable || state == wt::peer_state::gone) return true;
    start(index, state);
    return await(index, [](const wl::network_peer& seen) { return seen.appeared; });
  }
  void set_online(bool online) { transport_->connectivity(online); }

 private:
  bool await(std::size_t index, const std::function<bool(const wl::network_peer&)>& condition) {
    return run_until([&] { return condition(*network_->find(peer(index))); }, patience);
  }
  void start(std::size_t index, wt::peer_state state) {
    const ww::protocol serving[] = {ww::protocol::lightpush, ww::protocol::filter, ww::protocol::store};
    const ww::protocol old[] = {ww::protocol::legacy_lightpush, ww::protocol::legacy_store};
    std::span<const ww::protocol> served = serving;
    if (state == wt::peer_state::legacy) served = old;
    if (state == wt::peer_state::speechless) served = {};
    peers_.start(index, served);
  }

  kit_peers peers_{context_, desk_, false};
  std::optional<wl::host> host_;
  std::optional<wl::network> network_;
  std::optional<transport_type> transport_;
};

}  // namespace

TEST_CASE("the transport over libp2p conforms") {
  wt::conformance_options options;
  options.patience = patience;
  options.quiet = 20ms;
  options.silence = 200ms;
  options.at_once = 10s;  // a busy machine is no fault of the transport
  const wt::conformance_report report = wt::check_transport<fixture>(options);
  INFO(report.text());
  CHECK(report.conforms());
}

}  // namespace live_conformance_tests
