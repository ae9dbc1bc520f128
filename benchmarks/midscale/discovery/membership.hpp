// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/discovery/membership_options.hpp>
#include <midscale/network/draw.hpp>
#include <midscale/network/event_queue.hpp>
#include <midscale/network/relay.hpp>
#include <midscale/results/measurements.hpp>

namespace midscale {

/// Which of the nodes that they found relay nodes connect to. It has the relay network make and end connections at the
/// network's own time, which who drives both keeps at this one's. All is a function of the arguments and the seed.
class membership {
 public:
  /// The network begins without connections. It stays the caller's and outlives this.
  membership(relay_network& network, membership_options options, std::uint64_t seed)
      : network_(network), options_(std::move(options)), random_(seed), nodes_(network.nodes().size()) {
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
      forget_all(node);
      put(kind::look, node, draw_start());
    }
    events_.put(look_every, {.what = kind::measure});
  }

  [[nodiscard]] wr::duration now() const noexcept { return now_; }
  /// When the next thing happens.
  [[nodiscard]] wr::duration next_event() { return events_.next(); }
  /// All that happens before a time, which is now then.
  void run_until(wr::duration end) {
    while (!events_.empty() && events_.next() < end) {
      const event due = events_.take();
      now_ = events_.now();
      happen(due);
    }
    now_ = end;
  }

  /// A node found others.
  void found(std::uint32_t node, std::span<const std::uint32_t> others) {
    for (const std::uint32_t other : others) know(node, other);
  }
  /// To be told whenever it is told to the network: a node that goes loses its connections and what it knew, and begins
  /// anew when it is back.
  void set_online(std::uint32_t node, bool online, wr::duration at) {
    events_.put(at, {.what = online ? kind::come_back : kind::leave, .node = node});
  }

  /// Nodes that a node knows and may dial.
  [[nodiscard]] std::size_t known(std::uint32_t node) const noexcept { return nodes_[node].known.size(); }
  /// When all meshes of nodes that are online were full for the first time, seen at each second.
  [[nodiscard]] std::optional<wr::duration> full_mesh_at() const noexcept { return all_full_at_; }
  /// When each mesh had been full at some second, though others may not have been then.
  [[nodiscard]] std::optional<wr::duration> formed_at() const noexcept { return formed_at_; }
  /// The share of meshes of nodes online that are full now.
  [[nodiscard]] double full_share() const {
    std::size_t full = 0;
    std::size_t all = 0;
    for (const member& each : network_.nodes().members()) {
      if (!network_.online(each.node)) continue;
      ++all;
      full += each.mesh >= options_.mesh_least;
    }
    return all == 0 ? 1 : static_cast<double>(full) / static_cast<double>(all);
  }
  /// Tells the times to full meshes, where there was such a time, and what dialling took.
  void report(measurements& into) const {
    const auto tell = [&](std::optional<wr::duration> time, std::string name, std::string meaning) {
      if (time) into.told.push_back({std::move(name), wr::seconds_of(*time), "s", std::move(meaning)});
    };
    tell(all_full_at_, "full_mesh_s", "until all meshes had D_low neighbours at one time");
    tell(most_full_at_, "nearly_full_mesh_s", "likewise 99 % of them");
    tell(formed_at_, "meshes_formed_s", "until each mesh had had D_low neighbours at some time");
    std::vector<wr::duration> formed = first_full_;
    std::erase(formed, wr::duration::max());
    std::sort(formed.begin(), formed.end());
    if (!formed.empty())
      tell(formed[(formed.size() - 1) / 2], "mesh_formed_s",
           "until a mesh had D_low neighbours, median of those that ever had");
    if (!first_full_.empty())
      into.told.push_back({"formed_meshes",
                           static_cast<double>(formed.size()) / static_cast<double>(first_full_.size()),
                           "share", "of meshes that ever had D_low neighbours"});
    into.told.push_back({"full_meshes", full_share(), "share", "of meshes with D_low neighbours at the end"});
    into.told.push_back({"dials", static_cast<double>(dials_), "dials", "of all nodes, from the start"});
    into.told.push_back({"refused_dials", static_cast<double>(refused_), "dials",
                         "to nodes that had accepted as many connections as they may"});
  }

 private:
  enum class kind : std::uint8_t { look, dialled, rested, measure, leave, come_back };
  struct event {
    kind what;
    std::uint32_t node = 0;
    std::uint32_t life = 0;
    std::uint32_t other = 0;
  };
  struct acquaintance {
    std::uint32_t node;
    std::uint32_t failures;
    wr::duration not_before;
  };
  struct standing {
    std::vector<acquaintance> known;
    std::vector<std::uint32_t> to_dial;
    std::vector<bool> knows;
    std::uint32_t under_way = 0;  // dials
    std::uint32_t life = 0;
    bool online = true;  // the network may learn of it a moment later
  };

  static constexpr wr::duration look_every = std::chrono::seconds(1);

  [[nodiscard]] wr::duration draw_start() {
    return wr::duration(static_cast<wr::duration::rep>(
        random_.below(static_cast<std::uint64_t>(options_.least_pause.count()))));
  }
  void put(kind what, std::uint32_t number, wr::duration after, std::uint32_t other = 0) {
    events_.put(now_ + after, {.what = what, .node = number, .life = nodes_[number].life, .other = other});
  }
  void know(std::uint32_t number, std::uint32_t other) {
    standing& own = nodes_[number];
    if (other == number || own.knows[other]) return;
    own.knows[other] = true;
    own.known.push_back({other, 0, {}});
  }
  void forget_all(std::uint32_t number) {
    standing& own = nodes_[number];
    own.known.clear();
    own.to_dial.clear();
    own.knows.assign(nodes_.size(), false);
    own.under_way = 0;
    for (const std::uint32_t each : options_.bootstrap) know(number, each);
  }

  void happen(const event& due) {
    switch (due.what) {
      case kind::measure: return measure();
      case kind::leave: return leave(due.node);
      case kind::come_back:
        if (std::exchange(nodes_[due.node].online, true)) return;
        return put(kind::look, due.node, draw_start());
      default: break;
    }
    if (due.life != nodes_[due.node].life) return;
    if (due.what == kind::look) return look(due.node);
    if (due.what == kind::dialled) return dialled(due.node, due.other);
    dial_some(due.node);
  }
  void leave(std::uint32_t number) {
    ++nodes_[number].life;
    nodes_[number].online = false;
    std::vector<std::uint32_t> others;
    for (const overlay::connection& each : network_.nodes().at(number).connections)
      others.push_back(each.node);
    for (const std::uint32_t other : others) network_.disconnect(number, other);
    forget_all(number);
  }
  void measure() {
    const double share = full_share();
    if (share >= 0.99 && !most_full_at_) most_full_at_ = now_;
    if (share >= 1 && !all_full_at_) all_full_at_ = now_;
    if (!formed_at_ && formed()) formed_at_ = now_;
    if (!all_full_at_ || !formed_at_) events_.put(now_ + look_every, {.what = kind::measure});
  }
  // Notes which meshes are full for the first time; whether all of nodes online have been.
  bool formed() {
    const auto& members = network_.nodes().members();
    first_full_.resize(members.size(), wr::duration::max());
    bool all = true;
    for (std::size_t number = 0; number < members.size(); ++number) {
      wr::duration& first = first_full_[number];
      if (members[number].mesh >= options_.mesh_least) first = std::min(first, now_);
      all = all && (first != wr::duration::max() || !network_.online(members[number].node));
    }
    return all;
  }

  [[nodiscard]] std::uint32_t count(std::uint32_t number, bool dialled) const {
    const auto& all = network_.nodes().at(number).connections;
    return static_cast<std::uint32_t>(std::count_if(
        all.begin(), all.end(), [&](const overlay::connection& each) { return each.dialled == dialled; }));
  }
  // A node that has dialled too few picks some that it knows and may dial now (connectToRelayPeers).
  void look(std::uint32_t number) {
    standing& own = nodes_[number];
    own.to_dial.clear();
    const std::uint32_t has = count(number, true);
    if (has < options_.dialled) {
      for (const acquaintance& each : own.known)
        if (each.failures < options_.failures_most && each.not_before <= now_ &&
            !network_.nodes().connected(number, each.node))
          own.to_dial.push_back(each.node);
      const std::size_t wanted = std::min<std::size_t>(own.to_dial.size(), options_.dialled - has);
      for (std::size_t place = 0; place < wanted; ++place)
        std::swap(
            own.to_dial[place],
            own.to_dial[place + draw_below(random_, static_cast<std::uint32_t>(own.to_dial.size() - place))]);
      own.to_dial.resize(wanted);
    }
    dial_some(number);
  }
  // Dials the next few of those picked, or pauses: the longer the fewer are lacking.
  void dial_some(std::uint32_t number) {
    standing& own = nodes_[number];
    const std::uint32_t has = count(number, true);
    if (own.to_dial.empty() || has >= options_.dialled) {
      const auto whole_seconds =
          options_.pause / std::chrono::seconds(1) * std::min(has, options_.dialled) / options_.dialled;
      return put(kind::look, number,
                 std::max<wr::duration>(std::chrono::seconds(whole_seconds), options_.least_pause));
    }
    own.under_way =
        static_cast<std::uint32_t>(std::min<std::size_t>(own.to_dial.size(), options_.dials_at_once));
    for (std::uint32_t dial = 0; dial < own.under_way; ++dial) {
      const std::uint32_t other = own.to_dial.back();
      own.to_dial.pop_back();
      ++dials_;
      const wr::duration takes =
          2 * static_cast<std::int64_t>(options_.round_trips) * options_.latency.draw(random_);
      const bool answers = nodes_[other].online && takes < options_.dial_timeout;
      put(kind::dialled, number, answers ? takes : options_.dial_timeout, other);
    }
  }
  void dialled(std::uint32_t number, std::uint32_t other) {
    standing& own = nodes_[number];
    const auto known = std::find_if(own.known.begin(), own.known.end(),
                                    [other](const acquaintance& each) { return each.node == other; });
    assert(known != own.known.end());
    if (!nodes_[other].online) {
      known->not_before = now_ + options_.first_backoff * power(options_.backoff_factor, known->failures);
      ++known->failures;
    } else {
      known->failures = 0;
      // Who has accepted enough ends the connection when it is made, which is no failure (onPeerEvent).
      if (count(other, false) < options_.accepted) {
        network_.connect(number, other);
      } else {
        ++refused_;
      }
    }
    if (--own.under_way == 0) put(kind::rested, number, options_.after_dials);
  }
  static std::int64_t power(std::uint32_t base, std::uint32_t exponent) noexcept {
    std::int64_t result = 1;
    while (exponent-- > 0) result *= base;
    return result;
  }

  relay_network& network_;
  membership_options options_;
  wr::random_source random_;
  std::vector<standing> nodes_;
  event_queue<event> events_;
  wr::duration now_{};
  std::optional<wr::duration> all_full_at_, most_full_at_, formed_at_;
  std::vector<wr::duration> first_full_;  // of each member; max() where it never was
  std::uint64_t dials_ = 0, refused_ = 0;
};

}  // namespace midscale
