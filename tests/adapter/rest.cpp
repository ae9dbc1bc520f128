// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest.hpp>

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/testing/conformance.hpp>

#include <adapter/rest/played_node.hpp>

namespace rest_tests {

using namespace rest_bench;
using namespace std::chrono_literals;

namespace {


bool run_context(asio::io_context& context, const std::function<bool()>& condition,
                 wr::duration limit = 20s) {
  const wr::steady_time end = wr::read_clocks().steady + limit;
  while (!condition()) {
    const wr::duration left = end - wr::read_clocks().steady;
    if (left <= wr::duration::zero()) return false;
    context.restart();
    context.run_one_for(std::min<wr::duration>(left, 1ms));
  }
  return true;
}

wr::rest_options quick_numbers() {
  wr::rest_options numbers;
  numbers.health_interval = 20ms;
  numbers.return_wait_first = 5ms;
  numbers.return_wait_max = 20ms;
  numbers.read_interval_min = 2ms;
  numbers.read_interval_max = 20ms;
  return numbers;
}

/// The world of the conformance kit: nodes of a dialect that answer what the kit chooses.
template <class Dialect>
class fixture {
 public:
  using message_type = wr::message;
  using transport_type = wr::rest_transport<Dialect>;

  fixture() {
    transport_.emplace(context_.get_executor(), quick_numbers());
    for (std::size_t index = 0; index < nodes_.size(); ++index) {
      nodes_[index] = std::make_unique<played_node<Dialect>>(context_.get_executor(), index, desk_);
      const auto peer = transport_->add_node(
          {nodes_[index]->url(), Dialect::needs_store_address ? "/ip4/127.0.0.1/tcp/60000" : ""});
      REQUIRE(peer == wr::peer_id(index));
    }
  }

  transport_type& transport() { return *transport_; }
  void destroy_transport() { transport_.reset(); }
  wr::steady_time now() const { return wr::read_clocks().steady; }
  bool run_until(const std::function<bool()>& condition, wr::duration limit) {
    return run_context(context_, condition, limit);
  }
  wr::peer_id peer(std::size_t index) const { return static_cast<wr::peer_id>(index); }
  wt::peer_desk<wr::message>& desk() { return desk_; }
  void push(std::size_t index, std::string_view pubsub_topic, std::span<const wr::message> messages) {
    for (const wr::message& each : messages) nodes_[index]->keep(pubsub_topic, each);
  }
  void relay(std::string_view pubsub_topic, const wr::message& m) {
    // Each message at another neighbour; that which gets it first is enough.
    for (std::size_t tries = 0; tries < nodes_.size(); ++tries) {
      if (nodes_[relayed_++ % nodes_.size()]->relay(pubsub_topic, m)) return;
    }
  }
  std::uint32_t relay_neighbours() const { return static_cast<std::uint32_t>(nodes_.size()); }
  bool set_peer(std::size_t index, wt::peer_state state) {
    nodes_[index]->become(state);
    return true;
  }

 private:
  asio::io_context context_;
  wt::peer_desk<wr::message> desk_;
  std::array<std::unique_ptr<played_node<Dialect>>, wt::conformance_peers> nodes_;
  std::optional<transport_type> transport_;
  std::size_t relayed_ = 0;
};

template <class Dialect>
wt::conformance_report conformance() {
  wt::conformance_options options;
  options.patience = 20s;
  options.quiet = 30ms;
  options.silence = 50ms;
  options.at_once = 10s;  // a busy machine is no fault of the transport
  options.many = 50;
  return wt::check_transport<fixture<Dialect>>(options);
}

}  // namespace

TEST_CASE("the transport over REST conforms with nwaku but for a content topic on two pubsub topics") {
  const wt::conformance_report report = conformance<rest::nwaku>();
  INFO(report.text());
  CHECK(report.failures() == std::vector<std::string_view>{"filter.push_origin"});
}

TEST_CASE("the transport over REST conforms with go-waku but for lightpush v3, which that lacks") {
  const wt::conformance_report report = conformance<rest::go_waku>();
  INFO(report.text());
  CHECK(report.failures() == std::vector<std::string_view>{"lightpush.reply"});
}

}  // namespace rest_tests
