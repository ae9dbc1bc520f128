// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/filter_service.hpp>
#include <waku/reliability/service/lightpush_service.hpp>
#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/service/request_meter.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/testing/fault_kind.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/relay_layer.hpp>
#include <waku/reliability/testing/relay_network.hpp>
#include <waku/reliability/testing/service_profile.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// What is the matter with a service node.
struct node_condition {
  bool online = true;
  bool store_full = false;              ///< takes no message in
  bool drops_pushes = false;            ///< a lie: OK to a push, and nothing is relayed
  bool hides_messages = false;          ///< a lie: about half of what the store holds is not told
  bool pushes_unasked = false;          ///< a lie: pushes to clients that asked for nothing of the kind
  double wrong_bodies = 0;              ///< a lie: for this share of the hashes, 0 to 1, another body
  double wrong_bodies_from = 0;         ///< where in the circle of all hashes, 0 to 1, that share begins
  duration slowness{};                  ///< every answer comes so much later
  services::request_rate tight_rate{};  ///< of every service, besides its own
  duration clock_skew{};                ///< how far its wall clock is ahead

  [[nodiscard]] bool honest_store() const noexcept { return !hides_messages && wrong_bodies <= 0; }
  [[nodiscard]] bool honest_relay() const noexcept { return !drops_pushes && !pushes_unasked; }
  [[nodiscard]] bool honest() const noexcept { return honest_store() && honest_relay(); }
};

/// The service nodes of a simulated network with the relay nodes among which they stand: service node n is
/// relay node n. It knows messages by number and clients by number, and draws no bodies.
///
/// Honest stores synchronise: what one takes in, the others insert some time later, without the check of the
/// age. The anchor, if one is set, is in constant touch with all of them and has it at once. A lying store
/// holds, and half hides, only what an honest one has held; it claims nothing that is not so.
///
/// `Relay` is the model of the relay nodes.
template <relay_layer Relay>
class basic_service_fleet {
 public:
  using archive_type = services::memory_archive<message_index>;
  using filter_type = services::filter_service<message_index>;
  /// Sends a message as a filter push from a node to a client.
  using push_function = std::function<void(std::uint32_t node, std::uint32_t client, message_index message)>;
  /// A relay node that is no service node has a message.
  using relayed_function = std::function<void(std::uint32_t relay_node, message_index message)>;
  /// How long a node works on a store request that it answers like this.
  using store_work_function = std::function<duration(std::uint32_t node, const store_request& asked,
                                                     const services::store_answer<message_index>& page)>;

  basic_service_fleet(virtual_clock& clock, const typename Relay::options_type& relay,
                      std::span<const service_profile> profiles, latency sync_delay, message_ledger& ledger,
                      const topic_names& topics, fault_tally& tally, std::uint64_t seed)
      : clock_(&clock),
        ledger_(&ledger),
        topics_(&topics),
        tally_(&tally),
        random_(seed),
        sync_delay_(sync_delay),
        relay_(clock, relay, tally, random_.next(),
               [this](std::uint32_t node, std::uint32_t flood) { relayed(node, floods_[flood]); }) {
    assert(profiles.size() <= relay.nodes && "service nodes are relay nodes");
    for (const service_profile& profile : profiles) nodes_.emplace_back(profile, ++seed);
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(nodes_.size()); }
  [[nodiscard]] const service_profile& profile(std::uint32_t node) const { return nodes_[node].profile; }
  [[nodiscard]] const node_condition& condition(std::uint32_t node) const { return nodes_[node].condition; }
  /// What a store keeps: the numbers of its messages.
  [[nodiscard]] const archive_type& archive(std::uint32_t node) const { return nodes_[node].store.archive(); }
  [[nodiscard]] bool holds(std::uint32_t node, message_index message) const {
    return archive(node).place(ledger_->facts(message).hash).has_value();
  }
  [[nodiscard]] const filter_type& filter(std::uint32_t node) const { return nodes_[node].filter; }
  [[nodiscard]] Relay& relay() noexcept { return relay_; }
  [[nodiscard]] bool has_store(std::uint32_t node) const {
    return nodes_[node].profile.store || nodes_[node].profile.legacy_store;
  }
  [[nodiscard]] bool honest(std::uint32_t node) const { return nodes_[node].condition.honest(); }

  void on_push(push_function push) { push_ = std::move(push); }
  void on_relayed(relayed_function heard) { heard_ = std::move(heard); }
  /// Is asked in place of the draw from a node's profile, once for each answer.
  void on_store_work(store_work_function work) { store_work_ = std::move(work); }
  /// Whom lying nodes may push to: clients below this number.
  void set_clients(std::uint32_t count) noexcept { clients_ = count; }
  /// What lying nodes push besides real messages: some messages of topics that nobody wants.
  void add_decoy(message_index message) { decoys_.push_back(message); }

  // The services, at the moment when a request has arrived at an online node.

  // The client counts, and no `peer` in what it asks.

  lightpush_reply push(std::uint32_t node, std::uint32_t client, message_index message, bool fresh_proof);
  filter_reply subscribe(std::uint32_t node, std::uint32_t client, filter_subscribe_request asked);
  filter_reply unsubscribe(std::uint32_t node, std::uint32_t client, filter_unsubscribe_request asked);
  filter_reply unsubscribe_all(std::uint32_t node, std::uint32_t client);
  filter_reply ping(std::uint32_t node, std::uint32_t client);
  /// The entries of the answer always have bodies, which are the messages' numbers.
  services::store_answer<message_index> query(std::uint32_t node, std::uint32_t client, store_request asked);
  /// Whether the node gives another body than that of the message.
  [[nodiscard]] bool gives_wrong_body(std::uint32_t node, message_index message) const;
  /// How long the node works on a request of a kind until its answer leaves.
  duration work(std::uint32_t node, operation_kind kind);

  /// A relay node publishes; how many peers it wrote to. 0 when it has seen the message.
  std::uint32_t publish(std::uint32_t relay_node, message_index message, bool fresh_proof);

  // What befalls nodes.

  /// A node that comes back has restarted: its subscribers and what it has seen are forgotten.
  void set_online(std::uint32_t node, bool online);
  void set_store_full(std::uint32_t node, bool full);
  void wipe_store(std::uint32_t node);
  /// Puts a message into an honest store, which has had it for long: no other is told.
  void fill_store(std::uint32_t node, message_index message);
  /// Sets the four lies.
  void set_lies(std::uint32_t node, const node_condition& lies);
  void set_slowness(std::uint32_t node, duration by) { nodes_[node].condition.slowness = by; }
  void set_tight_rate(std::uint32_t node, services::request_rate rate) {
    nodes_[node].condition.tight_rate = rate;
  }
  void set_clock_skew(std::uint32_t node, duration ahead);
  /// Makes an honest online store the one that holds at every moment all that honest stores have taken in.
  void set_anchor(std::uint32_t node);
  [[nodiscard]] std::optional<std::uint32_t> anchor() const noexcept { return anchor_; }

 private:
  struct service_node {
    service_node(const service_profile& own, std::uint64_t secret)
        : profile(own),
          store(own, archive_type(services::archive_limits::none())),
          filter(own, secret),
          lightpush(own) {}
    service_profile profile;
    node_condition condition;
    services::store_service<archive_type> store;
    filter_type filter;
    services::lightpush_service lightpush;
    services::request_meter tight_meter;
    duration store_work{};  // on the latest answer, where a function tells it
  };

  [[nodiscard]] steady_time now() const noexcept { return clock_->steady(); }
  bool within_tight_rate(service_node& node, std::uint32_t client);
  bool too_old(const service_node& node, message_index message) const;
  bool has_seen(std::uint32_t node, message_index message) const;
  services::store_answer<message_index> page_of(std::uint32_t node, const store_request& asked);
  void relayed(std::uint32_t node, message_index message);
  bool insert(std::uint32_t node, message_index message);
  void take_into_archive(std::uint32_t node, message_index message);
  void push_to_subscribers(std::uint32_t node, message_index message);
  void push_unasked(std::uint32_t node, message_index message);
  bool can_store(std::uint32_t node) const;
  void store(std::uint32_t node, message_index message);
  void store_by_sync(std::uint32_t node, message_index message);
  void catch_up(std::uint32_t node);
  void catch_up_later(std::uint32_t node);

  virtual_clock* clock_;
  message_ledger* ledger_;
  const topic_names* topics_;
  fault_tally* tally_;
  random_source random_;
  latency sync_delay_;
  std::vector<message_index> floods_;                  // the message of each flood
  std::vector<std::vector<std::uint32_t>> floods_of_;  // the floods of each message, newest last
  std::deque<service_node> nodes_;
  Relay relay_;
  std::optional<std::uint32_t> anchor_;
  std::uint32_t clients_ = 0;
  std::vector<message_index> decoys_;
  push_function push_;
  relayed_function heard_;
  store_work_function store_work_;
};

/// Among relay nodes that flood.
using service_fleet = basic_service_fleet<relay_network>;

}  // namespace waku::reliability::testing

#include <waku/reliability/testing/service_fleet_answers.hpp>
#include <waku/reliability/testing/service_fleet_troubles.hpp>
