// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <midscale/discovery/discv5_exchange.hpp>
#include <midscale/discovery/discv5_look_up.hpp>
#include <midscale/discovery/discv5_state.hpp>

namespace midscale {

/// The discv5 nodes of a run, as events. Each look-up, packet size, table and session is modelled, and no packet made.
/// All is a function of the arguments and the seed.
class discv5_network {
 public:
  /// Nodes that take part start within the options' time; a node that leaves forgets all, and begins anew when it is
  /// back. The ledger stays the caller's and outlives the network.
  discv5_network(std::vector<discv5_node> nodes, discv5_options options, ledger& into, std::uint64_t seed)
      : state_(std::move(nodes), std::move(options), into, seed), seekers_(state_.nodes.size()) {
    for (std::uint32_t node = 0; node < state_.nodes.size(); ++node)
      if (state_.nodes[node].takes_part)
        state_.events.put(draw_below_time(state_.options.starts_within), {.what = kind::start, .node = node});
  }

  /// Called when a node has found others by its search, with all that it found by one look-up or one answer.
  std::function<void(std::uint32_t node, std::span<const std::uint32_t> found, wr::duration at)> on_found;

  [[nodiscard]] wr::duration now() const noexcept { return state_.now(); }
  /// When the next thing happens, or wr::duration::max().
  [[nodiscard]] wr::duration next_event() {
    return state_.events.empty() ? wr::duration::max() : state_.events.next();
  }
  /// All that happens before a time, which is now then.
  void run_until(wr::duration end) {
    while (!state_.events.empty() && state_.events.next() < end) {
      const discv5_event event = state_.events.take();
      state_.move_to(state_.events.now());
      happen(event);
    }
    state_.move_to(end);
  }

  [[nodiscard]] bool online(std::uint32_t node) const noexcept { return state_.participants[node].online; }
  /// A node that takes part goes or comes back at a time, now or later. What is under way to it then is lost.
  void set_online(std::uint32_t node, bool online, wr::duration at) {
    if (!state_.nodes[node].takes_part) return;
    state_.events.put(at, {.what = online ? kind::start : kind::leave, .node = node, .which = any_life});
  }

  /// How many records a node's table holds.
  [[nodiscard]] std::uint32_t known(std::uint32_t node) const noexcept {
    return state_.participants[node].table.size();
  }
  [[nodiscard]] const routing_table& table(std::uint32_t node) const noexcept {
    return state_.participants[node].table;
  }
  /// Tells what discv5 cost the nodes that take part and are no bootstrap nodes. Bytes are in the ledger.
  void report(measurements& into) const {
    std::vector<double> in, out;
    double known = 0;
    const auto seconds = wr::seconds_of(state_.book.end() - state_.book.begin());
    const auto& bytes = state_.book.by_node(protocol::discv5);
    for (std::uint32_t node = 0; node < state_.nodes.size(); ++node) {
      if (!state_.nodes[node].takes_part || state_.is_bootstrap[node]) continue;
      in.push_back(static_cast<double>(bytes[node].in) / seconds / 1e3);
      out.push_back(static_cast<double>(bytes[node].out) / seconds / 1e3);
      known += state_.participants[node].table.size();
    }
    if (in.empty() || seconds <= 0) return;
    const auto nodes = static_cast<double>(in.size());
    const auto tell = [&](std::string name, double value, std::string unit, std::string meaning) {
      into.told.push_back({std::move(name), value, std::move(unit), std::move(meaning)});
    };
    const auto mean = [&](const std::vector<double>& of) {
      return std::accumulate(of.begin(), of.end(), 0.0) / nodes;
    };
    const auto median = [](std::vector<double>& of) {
      const auto middle = of.begin() + static_cast<std::ptrdiff_t>((of.size() - 1) / 2);
      std::nth_element(of.begin(), middle, of.end());
      return *middle;
    };
    tell("discv5_user_in_kBps", mean(in), "kB/s", "discv5, mean over users that are no bootstrap nodes");
    tell("discv5_user_out_kBps", mean(out), "kB/s", "likewise");
    tell("discv5_median_in_kBps", median(in), "kB/s", "likewise, median");
    tell("discv5_median_out_kBps", median(out), "kB/s", "likewise: a few nodes that many know answer most");
    tell("discv5_known", known / nodes, "records", "in a table at the end, mean over them");
    if (state_.counted.requests == 0) return;
    const auto requests = static_cast<double>(state_.counted.requests);
    tell("discv5_packets", static_cast<double>(state_.counted.packets) / seconds / nodes, "packets/s",
         "sent by all, for each of them; headers of IP and UDP, 28 bytes, are not counted");
    tell("discv5_requests", requests / seconds / nodes, "requests/s",
         "PING and FINDNODE of all, for each of them");
    tell("discv5_handshakes", static_cast<double>(state_.counted.handshakes) / requests, "share",
         "of requests that took a handshake");
    tell("discv5_unanswered", static_cast<double>(state_.counted.unanswered) / requests, "share",
         "of requests that nobody answered in time");
  }
  /// What happened while the ledger was open.
  [[nodiscard]] const discv5_state::counts& counts() const noexcept { return state_.counted; }
  /// Bytes of a node's record.
  [[nodiscard]] rlp::bytes record(std::uint32_t node) const {
    return encoded(state_.software(node).record, node);
  }

 private:
  using kind = discv5_event::kind;
  enum : std::uint8_t { populating, searching };  // a node's look-ups

  static constexpr std::uint32_t any_life = ~std::uint32_t{0};

  struct seeker {
    std::array<discv5_look_up, 2> look_ups;
    std::uint32_t first_left = 0;  // look-ups for random targets that fill the table
    std::uint32_t taken = 0;       // of what a walk found, since its pause
    std::size_t told = 0;          // of what a walk found
    bool taking = false;
  };

  [[nodiscard]] wr::duration draw_below_time(wr::duration bound) {
    return wr::duration(
        static_cast<wr::duration::rep>(state_.random.below(static_cast<std::uint64_t>(bound.count()))));
  }
  [[nodiscard]] std::uint32_t life(std::uint32_t node) const { return state_.participants[node].life; }
  void put(kind what, std::uint32_t node, wr::duration after) {
    state_.events.put(now() + after, {.what = what, .node = node, .which = life(node)});
  }

  void happen(const discv5_event& event) {
    switch (event.what) {
      case kind::start: return start(event);
      case kind::leave: return leave(event.node);
      case kind::search:
      case kind::taken:
      case kind::revalidate:
        if (state_.lives(event.node, event.which)) return go_on(event);
        return;
      default:
        if (const std::optional<std::uint32_t> over = exchange_.happen(event)) end(*over);
    }
  }
  void start(const discv5_event& event) {
    auto& own = state_.participants[event.node];
    if (own.online || (event.which != any_life && event.which != own.life)) return;
    own.online = true;
    for (const std::uint32_t each : state_.options.bootstrap) own.table.add(each);
    seekers_[event.node].first_left = state_.software(event.node).first_lookups;
    begin(event.node, populating, state_.ids[event.node]);
    begin(event.node, searching, state_.random.next());
    put(kind::revalidate, event.node, draw_below_time(state_.software(event.node).revalidation));
  }
  void leave(std::uint32_t node) {
    auto& own = state_.participants[node];
    ++own.life;  // also where it has not started yet
    if (!own.online) return;
    own.online = false;
    own.table = state_.fresh_table(node);
    own.sessions.clear();
    own.challenges.clear();
    own.calls.clear();
    own.waiting.clear();
    seeker& left = seekers_[node];
    for (discv5_look_up& each : left.look_ups) each.stop();
    left.taking = false;
    left.taken = 0;
  }
  void go_on(const discv5_event& event) {
    const std::uint32_t node = event.node;
    if (event.what == kind::search) return begin(node, searching, state_.random.next());
    if (event.what == kind::taken) {
      seekers_[node].taking = false;
      return advance(node, searching);
    }
    put(kind::revalidate, node, draw_below_time(state_.software(node).revalidation));
    std::uint32_t other = 0;
    if (state_.participants[node].table.to_revalidate(state_.random, other)) exchange_.ask(node, other, 0, 0);
  }

  void begin(std::uint32_t node, std::uint8_t which, node_id target) {
    const discv5_software& software = state_.software(node);
    state_.participants[node].table.nearest(target, software.bucket, scratch_);
    seekers_[node].told = 0;
    seekers_[node].look_ups[which].begin(target, software.search == discv5_search::walk, node,
                                         static_cast<std::uint32_t>(state_.nodes.size()), scratch_);
    advance(node, which);
  }
  // Asks whom there is to ask, and reads the answers that are there; a walk that finds something goes on when that has
  // been taken.
  void advance(std::uint32_t node, std::uint8_t which) {
    const discv5_software& software = state_.software(node);
    seeker& own = seekers_[node];
    discv5_look_up& look_up = own.look_ups[which];
    const bool paced = software.search == discv5_search::walk && which == searching;
    while (!(paced && own.taking)) {
      std::uint32_t other = 0;
      while (look_up.next(software, other))
        exchange_.ask(node, other, log_distance(look_up.target(), state_.ids[other]), which);
      std::size_t fresh = 0;
      if (!look_up.read(state_.ids, fresh)) break;
      if (paced && fresh != 0) take(node, fresh);
    }
    if (look_up.done() && !(paced && own.taking)) finish(node, which);
  }
  void take(std::uint32_t node, std::size_t fresh) {
    const discv5_software& software = state_.software(node);
    seeker& own = seekers_[node];
    const auto& found = own.look_ups[searching].found();
    if (on_found) on_found(node, std::span(found).last(fresh), now());
    own.taken += static_cast<std::uint32_t>(fresh);
    const wr::duration lasts = software.taken_each * static_cast<std::int64_t>(fresh) +
                               software.pause * static_cast<std::int64_t>(own.taken / software.taken_at_once);
    own.taken %= software.taken_at_once;
    own.taking = true;
    put(kind::taken, node, lasts);
  }
  void finish(std::uint32_t node, std::uint8_t which) {
    const discv5_software& software = state_.software(node);
    seeker& own = seekers_[node];
    own.look_ups[which].stop();
    if (which == populating) {
      if (own.first_left-- > 0) return begin(node, populating, state_.random.next());
      own.first_left = 0;
      return;
    }
    if (software.search ==
        discv5_search::walk)  // an empty table: go-ethereum waits a second, lookup.go, slowdown
      return own.look_ups[which].found().empty() ? put(kind::search, node, std::chrono::seconds(1))
                                                 : begin(node, searching, state_.random.next());
    if (on_found) on_found(node, own.look_ups[which].found(), now());
    put(kind::search, node, software.pause);
  }

  void end(std::uint32_t number) {
    const discv5_request over = exchange_.at(number);
    exchange_.release(number);
    if (!state_.lives(over.from, over.life)) return;
    exchange_.go_on(over.from, over.to);
    routing_table& table = state_.participants[over.from].table;
    if (over.answered) {
      table.answered(over.to, over.distance == 0);
    } else if (!state_.is_bootstrap[over.to]) {
      table.silent(over.to, over.distance == 0, state_.random);
    }
    if (over.distance == 0) return;
    const std::span<const std::uint32_t> found = std::span(over.found).first(over.count);
    for (const std::uint32_t each : found) table.add(each);
    seekers_[over.from].look_ups[over.look_up].told(found);
    advance(over.from, over.look_up);
  }

  discv5_state state_;
  discv5_exchange exchange_{state_};
  std::vector<seeker> seekers_;
  std::vector<std::uint32_t> scratch_;
};

}  // namespace midscale
