// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <midscale/network/forwarding.hpp>
#include <midscale/network/gossiping.hpp>
#include <midscale/network/meshing.hpp>
#include <midscale/network/relay_state.hpp>

namespace midscale {

/// The relay nodes of a run: GossipSub over links, as events. Who drives it publishes at the present moment and asks
/// for the time to be moved on. All is a function of the arguments and the seed.
class relay_network {
 public:
  /// The graph's connections are there from the start, and every node is online. `nodes` has an entry for each node of
  /// the graph; the ledger stays the caller's and outlives the network.
  relay_network(const graph& start, const std::vector<relay_node>& nodes, relay_options options, ledger& into,
                std::uint64_t seed)
      : state_(start, nodes, std::move(options), into, seed), online_(state_.nodes.size()) {
    for (std::uint16_t shard = 0; shard < state_.nodes.shards(); ++shard)
      online_members_.push_back(state_.nodes.members_of(shard));
    for (std::uint32_t node = 0; node < state_.nodes.size(); ++node) {
      const auto heartbeat = static_cast<std::uint64_t>(state_.gossip(node).heartbeat.count());
      state_.frames.put(wr::duration(static_cast<std::int64_t>(state_.random.below(heartbeat))),
                        {.what = relay_event::kind::heartbeat, .to = node});
    }
    into.online({}, online_);
  }

  /// Called for each node and message once, when the node has it and has passed it on. It may publish.
  std::function<void(const receipt&, wr::duration at)> on_first_receipt;

  [[nodiscard]] wr::duration now() const noexcept { return state_.now(); }
  /// When the next thing happens.
  [[nodiscard]] wr::duration next_event() {
    auto& events = state_.frames.events();
    return events.empty() ? wr::duration::max() : events.next();
  }
  /// All that happens before a time, which is now then.
  void run_until(wr::duration end) {
    auto& events = state_.frames.events();
    while (!events.empty() && events.next() < end) {
      const relay_event event = events.take();
      state_.frames.move_to(events.now());
      ++handled_;
      happen(event);
    }
    state_.frames.move_to(end);
  }

  /// A node that is online and in the shard publishes a message with so many bytes of payload. Returns its number.
  std::uint32_t publish(std::uint32_t node, std::uint16_t shard, std::uint32_t payload) {
    return publish(node, shard, payload, node);
  }
  /// The same for a message that another handed to the node: a light node with a number after theirs.
  std::uint32_t publish(std::uint32_t node, std::uint16_t shard, std::uint32_t payload,
                        std::uint32_t publisher) {
    const std::uint32_t from = state_.nodes.member_of(node, shard);
    assert(from != member::nowhere && online(node));
    const std::size_t data = frame::waku_message(payload, state_.options.content_topic);
    const std::size_t wire = frame::on_the_wire(frame::publish(state_.topic_bytes[shard], data));
    const std::uint32_t message = state_.log.add({.at = now(),
                                                  .bits = 0,
                                                  .first = state_.nodes.first_of(shard),
                                                  .lacking = 0,
                                                  .data_bytes = static_cast<std::uint32_t>(data),
                                                  .wire_bytes = static_cast<std::uint32_t>(wire)},
                                                 state_.nodes.members_of(shard));
    state_.book.published({now(), publisher, shard, payload}, online_members_[shard] - 1);
    state_.log.see(message, from);
    forwarding_.publish(from, message);
    return message;
  }

  /// A further node publishes a message that was handed to it too. It counts as published once. False, and nothing
  /// happens, where the node is away, or not in the shard, or has seen the message.
  bool publish_again(std::uint32_t node, std::uint32_t message) {
    const std::uint32_t from = state_.nodes.member_of(node, state_.at(state_.log[message].first).shard);
    if (from == member::nowhere || !online(node) || !state_.log.see(message, from)) return false;
    if (state_.online_since[node] <= state_.log[message].at) state_.book.published_again(message);
    forwarding_.publish(from, message);
    return true;
  }

  [[nodiscard]] bool online(std::uint32_t node) const noexcept { return state_.frames.online(node); }
  /// A node goes or comes back at a time, now or later. What is under way to it then is lost. It comes back with its
  /// connections to those who are there, and no mesh or messages to give. To be told ahead of time by the longest
  /// latency: when it is told later, copies under way that change nothing have been counted as received.
  void set_online(std::uint32_t node, bool online, wr::duration at) {
    if (!online) state_.frames.announce(node, at);
    state_.frames.put(at,
                      {.what = online ? relay_event::kind::come_back : relay_event::kind::leave, .to = node});
  }
  /// Two nodes connect, now; false where they were connected. Both tell their subscriptions.
  bool connect(std::uint32_t dialler, std::uint32_t listener) {
    if (!state_.nodes.connect(dialler, listener, state_.draw_latency({dialler, listener}))) return false;
    if (online(dialler) && online(listener)) greet(dialler, listener);
    return true;
  }
  /// The connection of two nodes ends, now; false where there was none. What is under way still comes.
  bool disconnect(std::uint32_t one, std::uint32_t other) { return state_.nodes.disconnect(one, other); }

  /// How many connections each node has that are up.
  [[nodiscard]] std::vector<std::uint32_t> degrees() const {
    std::vector<std::uint32_t> result(state_.nodes.size());
    for (std::uint32_t node = 0; node < result.size(); ++node)
      for (const overlay::connection& each : state_.nodes.at(node).connections)
        if (online(node) && online(each.node)) ++result[node];
    return result;
  }
  /// The latency of a new connection between places where two nodes are.
  [[nodiscard]] wr::duration draw_latency(std::uint32_t dialler, std::uint32_t listener) {
    return wr::duration(state_.draw_latency({dialler, listener}));
  }
  /// The lines of the nodes, which their other protocols share.
  [[nodiscard]] links& lines() noexcept { return state_.lines; }
  [[nodiscard]] const overlay& nodes() const noexcept { return state_.nodes; }
  [[nodiscard]] const message_log& messages() const noexcept { return state_.log; }
  /// How many events there were.
  [[nodiscard]] std::uint64_t handled() const noexcept { return handled_; }

 private:
  using kind = relay_event::kind;

  void happen(const relay_event& event) {
    if (event.what <= kind::last_frame) return come(event);
    switch (event.what) {
      case kind::validated:
        if (online(state_.frames.node_of(event.to))) accept(event);
        return;
      case kind::heartbeat: return heartbeat(event.to);
      case kind::leave: return leave(event.to);
      case kind::come_back: return come_back(event.to);
      default:
        assert(event.what == kind::forget);
        if (state_.nodes.at(event.from).returns == event.message) state_.nodes.forget(event.to, event.from);
    }
  }
  void come(const relay_event& event) {
    const bool seen = event.what == kind::copy && state_.log.seen(event.message, event.to);
    const passage::arrival became = state_.frames.arrive(event, seen);
    const bool has_list = event.what == kind::have || event.what == kind::want;
    if (became == passage::arrival::lost && has_list) state_.lists.release(event.message);
    if (became != passage::arrival::received) return;
    switch (event.what) {
      case kind::copy:
        if (forwarding_.copy(event)) accept(event);
        return;
      case kind::have: return gossiping_.have(event);
      case kind::want: return gossiping_.want(event);
      case kind::graft: return meshing_.graft(event);
      case kind::prune: return meshing_.prune(event);
      case kind::dont_want: return forwarding_.dont_want(event);
      default: assert(event.what == kind::subscribe);
    }
  }
  void accept(const relay_event& event) {
    const std::uint32_t node = state_.frames.node_of(event.to);
    const wr::duration published = state_.log[event.message].at;
    const receipt first{event.message, node, microseconds_of(now() - published), event.hops,
                        event.by_gossip ? way::gossip : way::mesh};
    state_.book.first(first, state_.online_since[node] <= published);
    forwarding_.accept(event);
    if (on_first_receipt) on_first_receipt(first, now());
  }
  void heartbeat(std::uint32_t node) {
    const gossip_options& options = state_.gossip(node);
    state_.frames.put(now() + options.heartbeat, {.what = kind::heartbeat, .to = node});
    if (!online(node)) return;
    const std::uint64_t beat = ++state_.heartbeats[node];
    for (const std::uint32_t number : state_.nodes.at(node).members) {
      member& own = state_.at(number);
      meshing_.upkeep(own, number, beat);
      gossiping_.tell(own, number);
      own.cache.shift(options.history_length);
      forwarding_.forget(own);
    }
  }

  void leave(std::uint32_t node) {
    if (!state_.frames.leave(node)) return;
    state_.nodes.leave(node);
    count_online(node, false);
    const auto& left = state_.nodes.at(node);
    for (const overlay::connection& each : left.connections)
      if (online(each.node))
        state_.frames.put(now() + state_.options.notice,
                          {.what = kind::forget, .to = each.node, .from = node, .message = left.returns});
  }
  void come_back(std::uint32_t node) {
    if (!state_.frames.come_back(node)) return;
    state_.nodes.come_back(node);
    state_.online_since[node] = now();
    count_online(node, true);
    for (const overlay::connection& each : state_.nodes.at(node).connections)
      if (online(each.node)) greet(node, each.node);
  }
  void count_online(std::uint32_t node, bool online) {
    for (const std::uint32_t each : state_.nodes.at(node).members) {
      auto& members = online_members_[state_.at(each).shard];
      members = online ? members + 1 : members - 1;
    }
    online_ = online ? online_ + 1 : online_ - 1;
    state_.book.online(now(), online_);
  }
  // Both ends of a new connection tell what they are subscribed to. Who joins what is known from the start, so that it
  // costs bytes and changes nothing.
  void greet(std::uint32_t one, std::uint32_t other) {
    for (const auto& [from, far] : {std::pair{one, other}, std::pair{other, one}}) {
      std::size_t rpc = 0;
      for (const std::uint32_t each : state_.nodes.at(from).members)
        rpc += frame::subscription(state_.topic_bytes[state_.at(each).shard]);
      for (const std::uint32_t each : state_.nodes.at(from).members) {
        const member& own = state_.at(each);
        const std::uint32_t to = state_.nodes.member_of(far, own.shard);
        if (to == member::nowhere) continue;
        state_.send_control(own.near[own.find(to)], {.what = kind::subscribe, .from = each}, rpc, true);
        break;
      }
    }
  }

  relay_state state_;
  forwarding forwarding_{state_};
  gossiping gossiping_{state_};
  meshing meshing_{state_};
  std::vector<std::uint32_t> online_members_;  // of each shard
  std::uint32_t online_;
  std::uint64_t handled_ = 0;
};

}  // namespace midscale
