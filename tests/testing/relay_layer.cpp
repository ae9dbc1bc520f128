// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/relay_layer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include <waku/reliability/testing/simulated_transport.hpp>

namespace relay_layer_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

namespace {

/// Every node hears every flood at once, and remembers it. Keeps the facts that it was given.
class all_hear {
 public:
  struct options_type {
    std::uint32_t nodes = 3;
  };
  all_hear(wt::virtual_clock& /*clock*/, const options_type& shape, wt::fault_tally& /*tally*/,
           std::uint64_t /*seed*/, wt::relay_arrival arrived)
      : nodes_(shape.nodes), arrived_(std::move(arrived)) {}

  std::uint32_t new_flood(const wt::message_facts& facts) {
    floods.push_back(facts);
    published_.push_back(false);
    return static_cast<std::uint32_t>(floods.size() - 1);
  }
  std::uint32_t publish(std::uint32_t /*node*/, std::uint32_t flood) {
    if (published_[flood]) return 0;
    published_[flood] = true;
    for (std::uint32_t each = 0; each < nodes_; ++each) arrived_(each, flood);
    return nodes_ - 1;
  }
  std::uint32_t add_node(std::uint32_t /*links*/) { return nodes_++; }
  void set_online(std::uint32_t /*node*/, bool /*online*/) {}
  void forget_seen(std::uint32_t /*node*/) {}
  [[nodiscard]] std::uint32_t reachable(std::uint32_t /*node*/) const { return nodes_ - 1; }
  [[nodiscard]] bool seen(std::uint32_t /*node*/, std::uint32_t flood) const { return published_[flood]; }
  [[nodiscard]] std::uint32_t size() const noexcept { return nodes_; }

  std::vector<wt::message_facts> floods;

 private:
  std::uint32_t nodes_;
  wt::relay_arrival arrived_;
  std::vector<bool> published_;
};
static_assert(wt::relay_layer<all_hear>);

struct deaf : all_hear {
  using all_hear::all_hear;
  bool seen(std::uint32_t) const = delete;
};
static_assert(!wt::relay_layer<deaf>);

}  // namespace

TEST_CASE("a simulated network runs over another model of its relay nodes, which is told of each message") {
  using network_type = wt::simulated_network<wr::message, wt::fast_hasher, all_hear>;
  wt::virtual_clock clock;
  network_type network(clock,
                       {.relay = {.nodes = 5}, .services = {wt::nwaku_profile(), wt::nwaku_profile()}});
  wr::message made;
  made.payload.assign(100, std::byte{7});
  made.content_topic = "/test/1/chat/proto";
  made.timestamp = clock.wall().time_since_epoch().count();
  CHECK(network.publish_from(4, "/waku/2/rs/1/0", made) == 4);
  CHECK(network.publish_from(3, "/waku/2/rs/1/0", made) == 0);
  clock.run_for(std::chrono::seconds(20));
  REQUIRE(network.fleet().relay().floods.size() == 1);
  CHECK(network.fleet().relay().floods[0].payload_size == 100);
  CHECK(network.fleet().holds(0, 0));
  CHECK(network.fleet().holds(1, 0));
  CHECK(network.ledger().relay_nodes(0) == 5);
}

}  // namespace relay_layer_tests
