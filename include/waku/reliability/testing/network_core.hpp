// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <waku/reliability/capability/operation.hpp>
#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/fault_kind.hpp>
#include <waku/reliability/testing/frame_size.hpp>
#include <waku/reliability/testing/latency.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/service_fleet.hpp>
#include <waku/reliability/testing/service_profile.hpp>
#include <waku/reliability/testing/traffic.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// The make of a simulated network. Without a fault script nothing in it fails but what is set here.
template <class RelayOptions>
struct basic_network_options {
  std::uint64_t seed = 1;  ///< decides everything that is random
  RelayOptions relay{};
  /// Service node n is relay node n.
  std::vector<service_profile> services = services_of(node_software::mixed);
  latency link{std::chrono::milliseconds(20), std::chrono::milliseconds(30), std::chrono::seconds(3)};
  double link_loss = 0;      ///< share of frames lost between clients and service nodes, 0 to 1
  double reset_share = 0.5;  ///< share of the losses that the client notices as a broken connection
  latency dial_failure{std::chrono::milliseconds(100), std::chrono::milliseconds(900),
                       std::chrono::seconds(5)};
  latency sync_delay{std::chrono::seconds(1), std::chrono::seconds(2), std::chrono::seconds(10)};
  std::uint32_t relay_client_links = 6;  ///< neighbours of a client that relays
  /// Clients are told of every service node. Else each is told of those that are introduced to it.
  bool clients_know_all = true;
};
using network_options = basic_network_options<relay_options>;

/// What a client's transport is told. Empty functions are not called.
struct client_events {
  std::function<void(bool online)> connectivity;
  std::function<void(std::uint32_t node)> appeared;
  std::function<void(std::uint32_t node)> left;
  std::function<void(std::uint32_t node, message_index message)> pushed;
  std::function<std::size_t(std::uint32_t node, message_index message)>
      push_bytes;  ///< asked; none: computed
  std::function<void(message_index message)> relayed;
  std::function<void(std::uint32_t peers)> relay_peers;
};

/// How a frame between a client and a node fares.
struct frame_trip {
  enum class end : std::uint8_t { arrives, lost, reset };
  end ends = end::arrives;
  duration takes{};
};

/// A simulated network without the bodies: relay nodes, service nodes, clients, and the links between clients
/// and service nodes. Clients are numbered from 0 and are light unless they relay. Deterministic: the same
/// options and the same calls at the same virtual times give the same run. `Relay` is the model of the relay nodes.
template <relay_layer Relay>
class basic_network_core {
 public:
  using fleet_type = basic_service_fleet<Relay>;
  using options_type = basic_network_options<typename Relay::options_type>;

  basic_network_core(virtual_clock& clock, const options_type& make)
      : clock_(&clock),
        options_(make),
        random_(make.seed),
        fleet_(clock, make.relay, options_.services, make.sync_delay, ledger_, topics_, tally_,
               random_.next()),
        moved_at_(fleet_.size()) {
    fleet_.on_push(
        [this](std::uint32_t node, std::uint32_t to, message_index message) { push(node, to, message); });
    fleet_.on_relayed([this](std::uint32_t relay_node, message_index message) {
      if (relay_node < clients_by_relay_node_.size() && clients_by_relay_node_[relay_node]) {
        const client& own = clients_[*clients_by_relay_node_[relay_node]];
        if (own.online && own.events.relayed) own.events.relayed(message);
      }
    });
  }
  basic_network_core(const basic_network_core&) = delete;
  basic_network_core& operator=(const basic_network_core&) = delete;

  [[nodiscard]] virtual_clock& clock() noexcept { return *clock_; }
  [[nodiscard]] const options_type& make() const noexcept { return options_; }
  [[nodiscard]] topic_names& topics() noexcept { return topics_; }
  [[nodiscard]] const topic_names& topics() const noexcept { return topics_; }
  /// Every message, and who has really held it.
  [[nodiscard]] message_ledger& ledger() noexcept { return ledger_; }
  [[nodiscard]] const message_ledger& ledger() const noexcept { return ledger_; }
  [[nodiscard]] fault_tally& faults() noexcept { return tally_; }
  [[nodiscard]] const fault_tally& faults() const noexcept { return tally_; }
  [[nodiscard]] fleet_type& fleet() noexcept { return fleet_; }
  [[nodiscard]] const fleet_type& fleet() const noexcept { return fleet_; }
  [[nodiscard]] std::uint32_t client_count() const noexcept {
    return static_cast<std::uint32_t>(clients_.size());
  }

  // Clients.

  /// A client that is not connected yet. Its links to the service nodes differ in latency.
  std::uint32_t add_client(bool relays) {
    const std::uint32_t number = client_count();
    client& own = clients_.emplace_back();
    own.links.resize(fleet_.size());
    own.introduced.assign(fleet_.size(), options_.clients_know_all);
    for (link& each : own.links) each.distance = draw_between(random_, duration::zero(), options_.link.floor);
    if (relays) {
      own.relay_node = fleet_.relay().add_node(options_.relay_client_links);
      clients_by_relay_node_.resize(*own.relay_node + 1);
      clients_by_relay_node_[*own.relay_node] = number;
    }
    fleet_.set_clients(client_count());
    return number;
  }
  /// Tells the client's transport of all nodes that are there, and from now on of what changes.
  void connect(std::uint32_t client_number, client_events events) {
    client& own = clients_[client_number];
    own.events = std::move(events);
    own.known.assign(fleet_.size(), false);
    if (own.online) tell_known(own);
  }
  void disconnect(std::uint32_t client_number) { clients_[client_number].events = {}; }
  /// A client has found a service node, or has lost sight of it. Its transport is told when the client is online.
  void introduce(std::uint32_t client_number, std::uint32_t node, bool found = true) {
    client& own = clients_[client_number];
    own.introduced[node] = found;
    if (own.online) tell_known(own);
  }

  /// The two clocks as the client reads them.
  [[nodiscard]] instant client_now(std::uint32_t client_number) const {
    return {clock_->steady(), clock_->wall() + clients_[client_number].clock_skew};
  }
  [[nodiscard]] duration client_skew(std::uint32_t client_number) const {
    return clients_[client_number].clock_skew;
  }
  void set_client_skew(std::uint32_t client_number, duration ahead) {
    if (ahead != duration::zero() && ahead != clients_[client_number].clock_skew) {
      tally_.strike(fault_kind::clock_skew);
    }
    clients_[client_number].clock_skew = ahead;
  }
  /// Sets the client's wall clock forward or back while it runs.
  void step_client_clock(std::uint32_t client_number, duration by) {
    clients_[client_number].clock_skew += by;
    tally_.strike(fault_kind::clock_step);
  }
  /// Takes the client's network away or gives it back. Unless it is noticed, its transport is not told.
  void set_client_online(std::uint32_t client_number, bool online, bool noticed) {
    client& own = clients_[client_number];
    if (own.online == online) return;
    own.online = online;
    if (own.relay_node) fleet_.relay().set_online(*own.relay_node, online);
    if (!online) own.noticed = noticed;
    if (own.noticed && own.events.connectivity) own.events.connectivity(online);
    if (online) {
      own.noticed = true;
      tell_known(own);
    }
    tell_relay_peers();
  }
  [[nodiscard]] bool client_online(std::uint32_t client_number) const {
    return clients_[client_number].online;
  }
  /// Whether the client's own system knows that it is offline, so that requests fail at once.
  [[nodiscard]] bool client_noticed(std::uint32_t client_number) const {
    return clients_[client_number].noticed;
  }
  [[nodiscard]] std::optional<std::uint32_t> relay_node_of(std::uint32_t client_number) const {
    return clients_[client_number].relay_node;
  }
  /// Cuts the link between one client and one node, or mends it.
  void set_link(std::uint32_t client_number, std::uint32_t node, bool up) {
    clients_[client_number].links[node].up = up;
  }
  /// How long frames between a client and a node take at least, besides what each draws.
  void set_distance(std::uint32_t client_number, std::uint32_t node, duration distance) {
    clients_[client_number].links[node].distance = distance;
  }
  void set_link_loss(double share) noexcept { options_.link_loss = share; }

  // Nodes. What is not here is in fleet().

  /// A node goes away without a word, or is back without a word.
  void set_node_online(std::uint32_t node, bool online) {
    fleet_.set_online(node, online);
    tell_relay_peers();
  }
  /// A node goes away or comes, and discovery tells every client that is online.
  void set_node_present(std::uint32_t node, bool present) {
    set_node_online(node, present);
    if (absent_.size() < fleet_.size()) absent_.resize(fleet_.size());
    absent_[node] = !present;
    for (client& each : clients_) {
      if (each.online) tell_known(each);
    }
  }
  /// The protocols of a node, as discovery tells them.
  [[nodiscard]] peer_protocols protocols(std::uint32_t node) const {
    const service_profile& profile = fleet_.profile(node);
    return {profile.lightpush, profile.filter, profile.store, profile.legacy_store};
  }

  // Links.

  /// True when the client and the node can talk at all.
  [[nodiscard]] bool linked(std::uint32_t client_number, std::uint32_t node) const {
    return clients_[client_number].online && clients_[client_number].links[node].up &&
           fleet_.condition(node).online;
  }
  /// Draws the fate of one frame between them, in either direction.
  frame_trip travel(std::uint32_t client_number, std::uint32_t node) {
    frame_trip trip;
    trip.takes = options_.link.draw(random_) + clients_[client_number].links[node].distance;
    if (options_.link_loss > 0 && random_.chance(options_.link_loss)) {
      const bool reset = random_.chance(options_.reset_share);
      trip.ends = reset ? frame_trip::end::reset : frame_trip::end::lost;
      tally_.strike(reset ? fault_kind::link_reset : fault_kind::link_loss);
    }
    return trip;
  }
  [[nodiscard]] duration dial_failure() { return options_.dial_failure.draw(random_); }
  /// What went over a client's links.
  [[nodiscard]] const traffic& traffic_of(std::uint32_t client_number) const {
    return clients_[client_number].moved;
  }
  /// What went over a service node's links to clients.
  [[nodiscard]] const traffic& traffic_at(std::uint32_t node) const { return moved_at_[node]; }
  /// Adds an exchange of one kind, or a part of it, to what went between the two.
  void count(std::uint32_t client_number, std::uint32_t node, operation_kind kind,
             const traffic::flow& part) {
    clients_[client_number].moved.of(kind) += part;
    moved_at_[node].of(kind) += part;
  }
  [[nodiscard]] traffic all_traffic() const {
    traffic sum;
    for (const client& each : clients_) sum += each.moved;
    return sum;
  }
  random_source& random() noexcept { return random_; }

 private:
  struct link {
    bool up = true;
    duration distance{};
  };
  struct client {
    bool online = true;
    bool noticed = true;  // whether its system knows the state
    duration clock_skew{};
    std::optional<std::uint32_t> relay_node;
    std::vector<link> links;
    std::vector<bool> introduced;  // nodes of which it may be told
    std::vector<bool> known;       // nodes of which it was told that they are there
    traffic moved;
    client_events events;
  };

  [[nodiscard]] bool present(std::uint32_t node) const { return node >= absent_.size() || !absent_[node]; }
  void tell_known(client& own) {
    for (std::uint32_t node = 0; node < own.known.size(); ++node) {
      const bool there = own.introduced[node] && present(node);
      if (own.known[node] == there) continue;
      own.known[node] = there;
      const auto& tell = own.known[node] ? own.events.appeared : own.events.left;
      if (tell) tell(node);
    }
  }
  void tell_relay_peers() {
    for (const client& each : clients_) {
      if (!each.relay_node || !each.events.relay_peers) continue;
      each.events.relay_peers(each.online ? fleet_.relay().reachable(*each.relay_node) : 0);
    }
  }
  // A push that is lost is lost in silence: no service node tries again.
  void push(std::uint32_t node, std::uint32_t client_number, message_index message) {
    client& own = clients_[client_number];
    if (!own.online) return tally_.strike(fault_kind::client_offline);
    if (!own.links[node].up) return;
    const message_facts& facts = ledger_.facts(message);
    const std::size_t bytes =
        own.events.push_bytes
            ? own.events.push_bytes(node, message)
            : frame_size::filter_push(topics_.name(facts.pubsub_topic).size(), facts.encoded_size);
    count_push(client_number, node, {.requests = 1, .bytes_down = bytes});
    const frame_trip trip = travel(client_number, node);
    if (trip.ends != frame_trip::end::arrives) {
      return count_push(client_number, node, {.bytes_lost = bytes});
    }
    clock_->schedule_after(trip.takes + fleet_.condition(node).slowness,
                           [this, message, node, client_number, bytes = static_cast<std::uint32_t>(bytes)] {
                             const client& receiver = clients_[client_number];
                             if (!receiver.online) {
                               count_push(client_number, node, {.bytes_lost = bytes});
                               return tally_.strike(fault_kind::client_offline);
                             }
                             if (receiver.events.pushed) receiver.events.pushed(node, message);
                           });
  }
  void count_push(std::uint32_t client_number, std::uint32_t node, const traffic::flow& part) {
    clients_[client_number].moved.pushes += part;
    moved_at_[node].pushes += part;
  }

  virtual_clock* clock_;
  options_type options_;
  random_source random_;
  topic_names topics_;
  message_ledger ledger_;
  fault_tally tally_;
  fleet_type fleet_;
  std::deque<client> clients_;
  std::vector<std::optional<std::uint32_t>> clients_by_relay_node_;
  std::vector<bool> absent_;
  std::vector<traffic> moved_at_;  // of each service node
};

/// Over relay nodes that flood.
using network_core = basic_network_core<relay_network>;

}  // namespace waku::reliability::testing
