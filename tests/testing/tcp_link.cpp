// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/tcp_link.hpp>

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/testing/conformance.hpp>

#include <testing/framed_peer.hpp>
#include <testing/real_time.hpp>
#include <testing/tcp_link/bench.hpp>

namespace tcp_link_tests {

using namespace tcp_link_bench;

namespace {

/// The world of the conformance kit: peers that read real frames, and answer what the kit chooses.
class fixture : public real_time::fixture_base {
 public:
  using transport_type = wt::tcp_transport<>;

  fixture() {
    transport_.emplace(context_.get_executor());
    push_port_ = transport_->port();
    for (std::size_t index = 0; index < wt::conformance_peers; ++index) {
      set_peer(index, wt::peer_state::serving);
    }
  }

  transport_type& transport() { return *transport_; }
  void destroy_transport() { transport_.reset(); }
  void push(std::size_t index, std::string_view pubsub_topic, std::span<const wr::message> messages) {
    auto& outlet = outlets_[index];
    if (!outlet)
      outlet.emplace(context_.get_executor(), push_port_, ww::protocol::filter_push, ports_[index]);
    for (const wr::message& each : messages) {
      ww::byte_buffer frame;
      push_codec_.encode(pubsub_topic, each, frame);
      outlet->send(std::move(frame));
    }
  }
  bool set_peer(std::size_t index, wt::peer_state state) {
    listeners_[index].reset();
    states_[index] = state;
    if (state != wt::peer_state::unreachable && state != wt::peer_state::gone) {
      listeners_[index] = std::make_unique<wt::tcp_listener>(
          context_.get_executor(), ports_[index],
          [this, index](const std::shared_ptr<wt::tcp_stream>& stream) { accept(index, stream); });
      ports_[index] = listeners_[index]->port();
    }
    const bool legacy = state == wt::peer_state::legacy;
    if (!transport_) return true;
    if (state == wt::peer_state::gone) {
      transport_->remove_peer(peer(index));
    } else {
      transport_->add_peer(ports_[index],
                           {.lightpush = true, .filter = !legacy, .store = !legacy, .legacy_store = legacy});
    }
    return true;
  }

 private:
  using byte_span = std::span<const std::byte>;

  bool speaks(std::size_t index, ww::protocol spoken) const {
    const bool old = spoken == ww::protocol::legacy_store || spoken == ww::protocol::legacy_lightpush;
    if (states_[index] == wt::peer_state::legacy) return old;
    return states_[index] == wt::peer_state::serving && !old;
  }
  void accept(std::size_t index, const std::shared_ptr<wt::tcp_stream>& accepted) {
    accepted->accept([this, index](wt::tcp_stream& stream, std::string_view id,
                                   std::uint16_t) -> std::optional<std::size_t> {
      const auto spoken = ww::protocol_of(id);
      if (!spoken || !speaks(index, *spoken)) return std::nullopt;
      stream.on_frame = [this, index, spoken = *spoken, &stream](byte_span body) {
        arrive(index, spoken, stream.weak_from_this(), body);
      };
      return ww::frame_limit(ww::request_frame(*spoken), ww::limits{});
    });
  }
  void arrive(std::size_t index, ww::protocol spoken, const std::weak_ptr<wt::tcp_stream>& stream,
              byte_span body) {
    auto [seen, asked] = frames_.read(index, spoken, body);
    desk_.arrived(std::move(seen),
                  [this, spoken, stream, asked = asked](const framed_peer::kit_answer& with) {
                    if (const auto open = stream.lock()) respond(*open, spoken, *asked, with);
                    return true;
                  });
  }
  void respond(wt::tcp_stream& stream, ww::protocol spoken, const ww::decoded_store_request& asked,
               const framed_peer::kit_answer& with) {
    const auto* trouble = std::get_if<wt::peer_trouble>(&with);
    if (trouble != nullptr && *trouble == wt::peer_trouble::reset) return stream.reset();
    stream.write(frames_.write(spoken, asked, with));
    if (trouble != nullptr) stream.close();  // else it stays open, for a reply that is sent twice
  }

  framed_peer::frames frames_;
  ww::filter_push_codec push_codec_;
  std::array<std::uint16_t, wt::conformance_peers> ports_{};
  std::array<wt::peer_state, wt::conformance_peers> states_{};
  std::uint16_t push_port_ = 0;
  std::optional<transport_type> transport_;
  std::array<std::unique_ptr<wt::tcp_listener>, wt::conformance_peers> listeners_;
  std::array<std::optional<wt::tcp_outlet>, wt::conformance_peers> outlets_;
};

}  // namespace

TEST_CASE("the transport over TCP conforms") {
  const wt::conformance_report report = wt::check_transport<fixture>(real_time::kit_options(10ms));
  INFO(report.text());
  CHECK(report.conforms());
}

TEST_CASE("a message pushed to one node reaches a subscriber and the store of its neighbour's neighbour") {
  asio::io_context context;
  served_node first(context);
  served_node between(context);
  served_node second(context);
  first.service.add_neighbour(between.service.port());
  between.service.add_neighbour(first.service.port());
  between.service.add_neighbour(second.service.port());
  bare_client client(context);
  const wr::peer_id at_first = client.transport.add_peer(first.service.port(), {.lightpush = true});
  const wr::peer_id at_second =
      client.transport.add_peer(second.service.port(), {.filter = true, .store = true});
  const std::string_view topics[] = {"/test/1/chat/proto"};

  const wr::operation_id subscribe(wr::operation_kind::filter_subscribe, 1, 1);
  client.transport.filter_subscribe({subscribe, at_second, shard, topics},
                                    client.handle<wr::filter_reply>(subscribe));
  const auto subscribed = client.wait<wr::operation_ended<wr::filter_reply>>(context);
  REQUIRE(subscribed);
  CHECK(std::get<wr::filter_reply>(subscribed->result).status == 200);

  wr::message m;
  m.payload.assign(3'000, std::byte{7});
  m.content_topic = topics[0];
  m.timestamp = wr::read_clocks().wall.time_since_epoch().count();
  const wr::message_hash hash = wt::fast_hasher()(wr::hashed_parts(shard, m));
  const wr::operation_id push(wr::operation_kind::lightpush, 1, 1);
  client.transport.lightpush({push, at_first, shard, m, hash}, client.handle<wr::lightpush_reply>(push));
  const auto received = client.wait<wr::inbox<wr::message>::pushed>(context);
  REQUIRE(received);
  CHECK(received->peer == at_second);
  CHECK(received->message == m);

  wr::store_request asked{};
  asked.operation = wr::operation_id(wr::operation_kind::store_query, 1, 1);
  asked.peer = at_second;
  asked.hashes = {&hash, 1};
  asked.include_data = true;
  client.transport.store_query(asked, client.handle<wr::store_reply<wr::message>>(asked.operation));
  const auto stored = client.wait<wr::operation_ended<wr::store_reply<wr::message>>>(context);
  REQUIRE(stored);
  const auto& page = std::get<wr::store_reply<wr::message>>(stored->result);
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].hash == hash);
  CHECK(page.entries[0].body == m);
  for (const served_node* each : {&first, &between, &second}) CHECK(each->node.store.archive().size() == 1);
}

TEST_CASE("a subscriber that is gone is dropped after some pushes that fail") {
  asio::io_context context;
  served_node node(context);
  std::optional<bare_client> client(std::in_place, context);
  const wr::peer_id peer = client->transport.add_peer(node.service.port(), {.filter = true});
  const auto known_as = static_cast<wr::peer_id>(client->transport.port());
  const std::string_view topics[] = {"/test/1/chat/proto"};
  const wr::operation_id subscribe(wr::operation_kind::filter_subscribe, 1, 1);
  client->transport.filter_subscribe({subscribe, peer, shard, topics},
                                     client->handle<wr::filter_reply>(subscribe));
  REQUIRE(client->wait<wr::operation_ended<wr::filter_reply>>(context));
  CHECK(node.node.filter.subscribed(known_as));
  client.reset();
  wr::message m;
  m.content_topic = topics[0];
  m.timestamp = wr::read_clocks().wall.time_since_epoch().count();
  const bool dropped = run_context(
      context,
      [&] {
        if (!node.node.filter.subscribed(known_as)) return true;
        ++m.timestamp;
        node.node.relayed(shard, m);
        node.service.push();
        return false;
      },
      20s);
  CHECK(dropped);
}

TEST_CASE(
    "a protocol that a node does not serve is unsupported, and a port where nobody listens cannot be "
    "dialled") {
  asio::io_context context;
  served_node node(context);
  bare_client client(context);
  const auto error_at = [&](wr::peer_id peer) {
    wr::store_request asked{};
    asked.operation = wr::operation_id(wr::operation_kind::store_query, 1, 1);
    asked.peer = peer;
    asked.legacy = true;
    client.transport.store_query(asked, client.handle<wr::store_reply<wr::message>>(asked.operation));
    const auto ended = client.wait<wr::operation_ended<wr::store_reply<wr::message>>>(context);
    REQUIRE(ended);
    return std::get<wr::transport_error>(ended->result);
  };
  CHECK(error_at(client.transport.add_peer(node.service.port(), {})) ==
        wr::transport_error::unsupported_protocol);
  std::uint16_t nobody = 0;
  {
    const wt::tcp_listener gone(context.get_executor(), 0, [](const auto&) {});
    nobody = gone.port();
  }
  CHECK(error_at(client.transport.add_peer(nobody, {})) == wr::transport_error::dial_failed);
}

}  // namespace tcp_link_tests
