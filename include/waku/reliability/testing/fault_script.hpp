// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/fault_options.hpp>
#include <waku/reliability/testing/latency.hpp>
#include <waku/reliability/testing/network_core.hpp>

namespace waku::reliability::testing {

/// What one line of a fault script does.
enum class fault_action : std::uint8_t {
  set_losses,   ///< the shares of the options, or none when healed
  node_online,  ///< `on` says whether
  node_present,
  relay_online,
  partition,  ///< `members` are the part that is split off
  store_full,
  wipe_store,
  tighten_rate,
  slow_down,  ///< by `amount`
  lie,        ///< `lies` says which
  client_online,
  link_up,    ///< of client `who` and node `whom`
  node_skew,  ///< to `amount`
  client_skew,
  client_step,  ///< so that the skew is `amount`
  set_anchor,
};

/// One line of a fault script.
struct planned_fault {
  duration at{};  ///< after the script's start
  fault_action action{};
  std::uint32_t who = 0;
  std::uint32_t whom = 0;
  bool on = false;
  bool noticed = true;
  duration amount{};
  node_condition lies{};
  std::vector<std::uint32_t> members{};
};

/// A time from which and until which something is so.
struct time_span {
  duration begin{};
  duration end{};

  [[nodiscard]] constexpr bool overlaps(const time_span& other) const noexcept {
    return begin < other.end && other.begin < end;
  }
};

/// When what befalls whom, drawn from a seed before the run, so that two runs of one seed meet the same
/// troubles whatever the clients do. After `length` all is healed but the clocks.
///
/// At every moment one honest store, the anchor, is there, takes everything in, and can be reached by every
/// client that is online; it holds what any honest store has taken in. Which one it is changes in the course
/// of the run. Whoever is the anchor is spared all troubles but lost frames and a wrong clock.
class fault_script {
 public:
  /// Draws the script for a network as it is now, with all its clients; the first `senders` of them publish.
  fault_script(const fault_options& faults, std::uint64_t seed, const network_core& network, duration length,
               std::uint32_t senders = 1)
      : faults_(faults), random_(seed), network_(&network), length_(length), senders_(senders) {
    assert(senders <= network.client_count());
    draw_liars();
    draw_anchors();
    lines_.push_back({.action = fault_action::set_losses, .on = true});
    draw_nodes();
    draw_partitions();
    draw_clients();
    draw_clocks();
    lines_.push_back({.at = length_, .action = fault_action::set_losses});
    std::stable_sort(lines_.begin(), lines_.end(),
                     [](const planned_fault& a, const planned_fault& b) { return a.at < b.at; });
  }

  /// The lines in the order of their times.
  [[nodiscard]] const std::vector<planned_fault>& lines() const noexcept { return lines_; }
  [[nodiscard]] duration length() const noexcept { return length_; }
  /// The service nodes that lie.
  [[nodiscard]] const std::vector<std::uint32_t>& liars() const noexcept { return liars_; }

  /// Plays the script on a network of the same make, from now on. Both must live until it has ended.
  void play(network_core& network) const {
    for (const planned_fault& line : lines_) {
      network.clock().schedule_after(line.at, [this, &network, &line] { act(network, line); });
    }
  }

 private:
  static constexpr std::uint32_t lies_in_turn = 3;

  void draw_liars() {
    const std::uint32_t nodes = network_->fleet().size();
    const auto honest_stores = [this, nodes] {
      std::uint32_t count = 0;
      for (std::uint32_t node = 0; node < nodes; ++node) count += may_be_anchor(node) ? 1 : 0;
      return count;
    };
    while (liars_.size() < faults_.liars && honest_stores() > 3) {
      const auto who = static_cast<std::uint32_t>(random_.below(nodes));
      if (may_be_anchor(who)) liars_.push_back(who);
    }
    std::vector<planned_fault> lies(liars_.size());
    for (std::uint32_t lie = 0; lie < faults_.lies && !lies.empty(); ++lie) {
      set_lie(lies[lie % lies.size()].lies, (lie + lie / lies_in_turn) % lies_in_turn);
    }
    for (std::size_t liar = 0; liar < liars_.size(); ++liar) {
      lies[liar].action = fault_action::lie;
      lies[liar].who = liars_[liar];
      // A part of the messages each: whichever liar a client asks for bodies, some are wrong.
      lies[liar].lies.wrong_bodies = faults_.wrong_bodies / static_cast<double>(liars_.size());
      lies[liar].lies.wrong_bodies_from = static_cast<double>(liar) / static_cast<double>(liars_.size());
      lines_.push_back(lies[liar]);
      lines_.push_back({.at = length_, .action = fault_action::lie, .who = liars_[liar]});
    }
  }
  static void set_lie(node_condition& lies, std::uint32_t which) {
    if (which == 0) lies.drops_pushes = true;
    if (which == 1) lies.hides_messages = true;
    if (which == 2) lies.pushes_unasked = true;
  }
  [[nodiscard]] bool may_be_anchor(std::uint32_t node) const {
    return network_->fleet().has_store(node) && std::find(liars_.begin(), liars_.end(), node) == liars_.end();
  }

  void draw_anchors() {
    spared_.assign(network_->fleet().size(), {});
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t node = 0; node < network_->fleet().size(); ++node) {
      if (may_be_anchor(node)) candidates.push_back(node);
    }
    if (candidates.empty()) return;
    std::optional<std::uint32_t> before;
    for (duration at{}; at < length_;) {
      std::uint32_t anchor = candidates[random_.below(candidates.size())];
      while (candidates.size() > 1 && anchor == before) anchor = candidates[random_.below(candidates.size())];
      before = anchor;
      const duration stay = draw_between(random_, std::chrono::seconds(45), std::chrono::seconds(120));
      lines_.push_back({.at = at, .action = fault_action::set_anchor, .who = anchor});
      // Spared a little longer at both ends, so that nothing happens at the moment of the change.
      spared_[anchor].push_back({at - std::chrono::seconds(1), at + stay + std::chrono::seconds(1)});
      at += stay;
    }
  }

  /// A span of an episode at a time when `taken` is free, or nothing after some tries.
  std::optional<time_span> draw_span(const fault_episodes& episodes, std::vector<time_span>& taken,
                                     const std::vector<time_span>& spared) {
    constexpr int tries = 20;
    for (int attempt = 0; attempt < tries; ++attempt) {
      const duration lasting = std::min(draw_between(random_, episodes.shortest, episodes.longest), length_);
      time_span span;
      span.begin = draw_between(random_, duration::zero(), length_ - lasting);
      span.end = span.begin + lasting;
      const auto clashes = [&span](const time_span& other) { return other.overlaps(span); };
      if (std::any_of(taken.begin(), taken.end(), clashes)) continue;
      if (std::any_of(spared.begin(), spared.end(), clashes)) continue;
      taken.push_back(span);
      return span;
    }
    return std::nullopt;
  }
  /// The same line twice: on at the span's begin, off at its end. `on` is the troubled state.
  void add_episode(const time_span& span, planned_fault line, bool on) {
    line.at = span.begin;
    line.on = on;
    lines_.push_back(line);
    line.at = span.end;
    line.on = !on;
    lines_.push_back(std::move(line));
  }
  /// Episodes of service nodes, none of which meets a node twice at once.
  void draw_node_episodes(const fault_episodes& episodes, fault_action action, bool on,
                          std::vector<std::vector<time_span>>& taken, bool stores_only = false) {
    for (std::uint32_t attempt = 0, done = 0; done < episodes.count && attempt < 10 * episodes.count;
         ++attempt) {
      planned_fault line{.action = action};
      line.who = static_cast<std::uint32_t>(random_.below(network_->fleet().size()));
      line.amount = draw_between(random_, faults_.slowness_least, faults_.slowness_most);
      if (stores_only && !may_be_anchor(line.who)) continue;
      const auto span = draw_span(episodes, taken[line.who], spared_[line.who]);
      if (!span) continue;
      add_episode(*span, line, on);
      ++done;
    }
  }
  void draw_nodes() {
    const std::uint32_t nodes = network_->fleet().size();
    if (nodes == 0) return;
    // Outages and churn are both absence, so they share what is taken.
    std::vector<std::vector<time_span>> absence(nodes);
    draw_node_episodes(faults_.node_outages, fault_action::node_online, false, absence);
    draw_node_episodes(faults_.churn, fault_action::node_present, false, absence);
    // A node that is away takes nothing in anyway, so these begin with the absences as taken.
    std::vector<std::vector<time_span>> full = absence;
    draw_node_episodes(faults_.full_stores, fault_action::store_full, true, full, true);
    std::vector<std::vector<time_span>> tight(nodes);
    draw_node_episodes(faults_.rate_limits, fault_action::tighten_rate, true, tight);
    std::vector<std::vector<time_span>> slow(nodes);
    draw_node_episodes(faults_.slow_nodes, fault_action::slow_down, true, slow);
    draw_wipes(full);
    const std::uint32_t relays = network_->make().relay.nodes;
    std::vector<std::vector<time_span>> away(relays);
    for (std::uint32_t episode = 0; relays > nodes && episode < faults_.relay_outages.count; ++episode) {
      const auto who = nodes + static_cast<std::uint32_t>(random_.below(relays - nodes));
      if (const auto span = draw_span(faults_.relay_outages, away[who], {})) {
        add_episode(*span, {.action = fault_action::relay_online, .who = who}, false);
      }
    }
  }
  void draw_wipes(const std::vector<std::vector<time_span>>& takes_nothing) {
    for (std::uint32_t attempt = 0, done = 0;
         done < faults_.wiped_stores && attempt < 100 * faults_.wiped_stores; ++attempt) {
      const auto who = static_cast<std::uint32_t>(random_.below(network_->fleet().size()));
      // An empty store loses nothing: not in the first eighth, and not while a store takes nothing in, or has
      // just begun to again.
      const duration at = draw_between(random_, length_ / 8, length_);
      const time_span before{at - std::chrono::seconds(15), at + std::chrono::nanoseconds(1)};
      const auto clashes = [&before](const time_span& other) { return other.overlaps(before); };
      if (!may_be_anchor(who) || std::any_of(spared_[who].begin(), spared_[who].end(), clashes)) continue;
      if (std::any_of(takes_nothing[who].begin(), takes_nothing[who].end(), clashes)) continue;
      lines_.push_back({.at = at, .action = fault_action::wipe_store, .who = who});
      ++done;
    }
  }
  void draw_partitions() {
    std::vector<time_span> taken;
    for (std::uint32_t episode = 0; episode < faults_.partitions.count; ++episode) {
      planned_fault line{.action = fault_action::partition};
      for (std::uint32_t node = 0; node < network_->make().relay.nodes; ++node) {
        if (random_.chance(faults_.partition_share)) line.members.push_back(node);
      }
      if (const auto span = draw_span(faults_.partitions, taken, {}))
        add_episode(*span, std::move(line), true);
    }
  }
  void draw_client_episodes(const fault_episodes& episodes, std::uint32_t first, std::uint32_t count) {
    std::vector<std::vector<time_span>> taken(network_->client_count());
    // Dealt out in turn, so that none is away much more than the others.
    const std::uint64_t begin = random_.below(count);
    for (std::uint32_t episode = 0; count > 0 && episode < episodes.count; ++episode) {
      planned_fault line{.action = fault_action::client_online};
      line.who = first + static_cast<std::uint32_t>((begin + episode) % count);
      line.noticed = random_.chance(0.5);
      if (const auto span = draw_span(episodes, taken[line.who], {})) add_episode(*span, line, false);
    }
  }
  void draw_clients() {
    const std::uint32_t clients = network_->client_count();
    const std::uint32_t nodes = network_->fleet().size();
    draw_client_episodes(faults_.sender_outages, 0, senders_);
    draw_client_episodes(faults_.receiver_outages, senders_, clients - senders_);
    std::vector<std::vector<time_span>> taken(std::size_t{clients} * nodes);
    for (std::uint32_t episode = 0; !taken.empty() && episode < faults_.cut_links.count; ++episode) {
      planned_fault line{.action = fault_action::link_up};
      line.who = static_cast<std::uint32_t>(random_.below(clients));
      line.whom = static_cast<std::uint32_t>(random_.below(nodes));
      auto& own = taken[std::size_t{line.who} * nodes + line.whom];
      if (const auto span = draw_span(faults_.cut_links, own, spared_[line.whom]))
        add_episode(*span, line, false);
    }
  }
  void draw_clocks() {
    if (faults_.skew_most == duration::zero()) return;
    const auto draw = [this] { return draw_between(random_, -faults_.skew_most, faults_.skew_most); };
    for (std::uint32_t node = 0; node < network_->fleet().size(); ++node) {
      lines_.push_back({.action = fault_action::node_skew, .who = node, .amount = draw()});
    }
    const std::uint32_t clients = network_->client_count();
    for (std::uint32_t client = 0; client < clients; ++client) {
      lines_.push_back({.action = fault_action::client_skew, .who = client, .amount = draw()});
    }
    for (std::uint32_t step = 0; clients > 0 && step < faults_.clock_steps; ++step) {
      planned_fault line{.action = fault_action::client_step, .amount = draw()};
      line.at = draw_between(random_, length_ / 8, length_);
      line.who = static_cast<std::uint32_t>(random_.below(clients));
      lines_.push_back(line);
    }
  }

  void act(network_core& network, const planned_fault& line) const;

  fault_options faults_;
  random_source random_;
  const network_core* network_;
  duration length_;
  std::uint32_t senders_;
  std::vector<std::uint32_t> liars_;
  std::vector<std::vector<time_span>> spared_;  // by node: when it is the anchor
  std::vector<planned_fault> lines_;
};

inline void fault_script::act(network_core& network, const planned_fault& line) const {
  service_fleet& fleet = network.fleet();
  switch (line.action) {
    case fault_action::set_losses:
      fleet.relay().set_hop_loss(line.on ? faults_.hop_loss : 0);
      return network.set_link_loss(line.on ? faults_.link_loss : 0);
    case fault_action::node_online: return network.set_node_online(line.who, line.on);
    case fault_action::node_present:
      network.faults().strike(fault_kind::churn);
      return network.set_node_present(line.who, line.on);
    case fault_action::relay_online: return fleet.relay().set_online(line.who, line.on);
    case fault_action::partition:
      for (const std::uint32_t node : line.members) fleet.relay().set_side(node, line.on ? 1 : 0);
      return;
    case fault_action::store_full: return fleet.set_store_full(line.who, line.on);
    case fault_action::wipe_store: return fleet.wipe_store(line.who);
    case fault_action::tighten_rate:
      return fleet.set_tight_rate(line.who, line.on ? faults_.tight_rate : services::request_rate{});
    case fault_action::slow_down:
      return fleet.set_slowness(line.who, line.on ? line.amount : duration::zero());
    case fault_action::lie: return fleet.set_lies(line.who, line.lies);
    case fault_action::client_online: return network.set_client_online(line.who, line.on, line.noticed);
    case fault_action::link_up: return network.set_link(line.who, line.whom, line.on);
    case fault_action::node_skew: return fleet.set_clock_skew(line.who, line.amount);
    case fault_action::client_skew: return network.set_client_skew(line.who, line.amount);
    // A step leads from whatever the skew is to the one drawn, so that the bound holds.
    case fault_action::client_step:
      return network.step_client_clock(line.who, line.amount - network.client_skew(line.who));
    case fault_action::set_anchor: return fleet.set_anchor(line.who);
  }
}

}  // namespace waku::reliability::testing
