// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest.hpp>

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/engine/node_sentences.hpp>
#include <waku/reliability/testing/conformance.hpp>

#include <adapter/rest/played_node.hpp>
#include <adapter/rest/quick_numbers.hpp>
#include <testing/real_time.hpp>

namespace rest_tests {

using namespace rest_bench;
using namespace std::chrono_literals;
using real_time::run_context;

// So no node takes it together with a hash for simulations.
static_assert(wr::is_live<wr::rest_transport<>>);

namespace {

/// The world of the conformance kit: nodes of a dialect that answer what the kit chooses.
template <class Dialect>
class fixture : public real_time::fixture_base {
 public:
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
  std::array<std::unique_ptr<played_node<Dialect>>, wt::conformance_peers> nodes_;
  std::optional<transport_type> transport_;
  std::size_t relayed_ = 0;
};

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view other_shard = "/waku/2/rs/1/1";
constexpr std::string_view room = "/chat/1/room/proto";

/// One nwaku node, a transport without an engine, and what it tells.
struct bench {
  bench() {
    transport.attach(heard.sink());
    REQUIRE(transport.add_node({node.url(), ""}));
    wait([this] { return heard.latest(peer) != nullptr; });
  }
  template <class Condition>
  void wait(Condition condition) {
    REQUIRE(run_context(context, condition));
  }
  void pass(wr::duration length) {
    static_cast<void>(run_context(
        context, [] { return false; }, length));
  }
  wr::operation_id next(wr::operation_kind kind) { return {kind, 0, ++operations}; }
  wr::operation_id subscribe(std::string_view pubsub_topic) {
    const wr::operation_id operation = next(wr::operation_kind::filter_subscribe);
    transport.filter_subscribe({operation, peer, pubsub_topic, {&room, 1}},
                               heard.handle<wr::filter_reply>(operation));
    return operation;
  }
  /// The status that an operation ended with, once it has; the node answers the latest request with `status`.
  std::uint32_t status_of(wr::operation_id operation, std::uint32_t status = 200) {
    const std::size_t answered = desk.requests().size();
    wait([&] { return heard.first_end(operation) != nullptr || desk.requests().size() > answered; });
    if (desk.requests().size() > answered) {
      desk.answer(answered, wt::answer_with_status<wr::message>(operation.kind(), status));
      wait([&] { return heard.first_end(operation) != nullptr; });
    }
    return wt::status_of(*heard.first_end(operation));
  }
  [[nodiscard]] std::size_t reads() const {
    return static_cast<std::size_t>(
        std::count_if(node.calls.begin(), node.calls.end(),
                      [](const http_call& each) { return each.target.starts_with("/filter/v2/messages/"); }));
  }

  asio::io_context context;
  wt::peer_desk<wr::message> desk;
  wt::event_recorder<wr::message> heard;
  played_node<rest::nwaku> node{context.get_executor(), 0, desk};
  wr::rest_transport<rest::nwaku> transport{context.get_executor(), quick_numbers()};
  wr::peer_id peer{0};
  std::uint64_t operations = 0;
};

wr::message sample(std::string_view content_topic = room) { return wt::sample_message(1, content_topic); }

template <class Dialect>
wt::conformance_report conformance() {
  return wt::check_transport<fixture<Dialect>>(real_time::kit_options(30ms));
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

TEST_CASE("nwaku reads a content topic on one pubsub topic at a time") {
  bench b;
  CHECK(b.status_of(b.subscribe(shard)) == 200);
  CHECK(b.status_of(b.subscribe(other_shard)) == 400);
  CHECK(b.desk.requests().size() == 1);
  b.node.keep(shard, sample());
  b.wait([&b] { return !b.heard.messages().empty(); });
  CHECK(b.heard.messages().front().pubsub_topic == shard);

  const wr::operation_id leave = b.next(wr::operation_kind::filter_unsubscribe);
  b.transport.filter_unsubscribe({leave, b.peer, shard, {&room, 1}}, b.heard.handle<wr::filter_reply>(leave));
  CHECK(b.status_of(leave) == 200);
  CHECK(b.status_of(b.subscribe(other_shard)) == 200);
}

TEST_CASE("what a SUBSCRIBE that came to nothing added is not read on") {
  bench b;
  SUBCASE("refused") { CHECK(b.status_of(b.subscribe(shard), 503) == 503); }
  SUBCASE("cancelled") {
    const wr::operation_id operation = b.subscribe(shard);
    b.wait([&b] { return b.desk.requests().size() == 1 && b.reads() > 0; });
    b.transport.cancel(operation);
  }
  b.pass(20ms);  // for what was on its way
  const std::size_t reads = b.reads();
  b.pass(100ms);
  CHECK(b.reads() == reads);
}

TEST_CASE("a node that has forgotten that it was joined is joined again") {
  bench b;
  b.transport.relay_join(shard);
  b.wait([&b] { return b.node.has_joined(shard); });
  b.node.forget();
  b.wait([&b] { return b.node.has_joined(shard); });
  REQUIRE(b.node.relay(shard, sample()));
  b.wait([&b] { return !b.heard.messages().empty(); });
  CHECK(b.heard.messages().front().message == sample());
}

TEST_CASE("a node that comes back is joined again, and its neighbours are told") {
  bench b;
  const auto peers = [&b] { return b.heard.relay_peers().empty() ? 99 : b.heard.relay_peers().back().peers; };
  b.transport.relay_join(shard);
  b.wait([&] { return peers() == 1; });
  b.node.become(wt::peer_state::gone);
  b.node.forget();
  b.wait([&] { return peers() == 0 && !b.heard.latest(b.peer)->here; });
  b.node.become(wt::peer_state::serving);
  b.wait([&] { return peers() == 1 && b.node.has_joined(shard); });
}

TEST_CASE("what JSON or a query cannot say is refused before a node is asked") {
  bench b;
  const wr::operation_id push = b.next(wr::operation_kind::lightpush);
  const wr::message m = sample("/chat/1/\xff/proto");
  b.transport.lightpush({push, b.peer, shard, m, wr::message_hash{}},
                        b.heard.handle<wr::lightpush_reply>(push));
  CHECK(b.status_of(push) == 400);

  const wr::operation_id query = b.next(wr::operation_kind::store_query);
  const std::string_view topics[] = {"/chat/1/a,b/proto"};
  wr::store_request asked{};
  asked.operation = query;
  asked.peer = b.peer;
  asked.pubsub_topic = shard;
  asked.content_topics = topics;
  b.transport.store_query(asked, b.heard.handle<wr::store_reply<wr::message>>(query));
  CHECK(b.status_of(query) == 400);
  CHECK(b.desk.requests().empty());
}

TEST_CASE("a URL that is no node's is not taken into the pool") {
  asio::io_context context;
  wr::rest_transport<> transport(context.get_executor());
  CHECK_FALSE(transport.add_node({"ftp://127.0.0.1", ""}));
  CHECK(transport.add_node({"http://127.0.0.1:1", ""}) == wr::peer_id{0});
}

}  // namespace rest_tests
