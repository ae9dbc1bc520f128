// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/discovery/discv5_network.hpp>
#include <midscale/discovery/membership.hpp>
#include <midscale/discovery/peer_exchange.hpp>

namespace midscale {

/// What discovery a run has.
struct discovery_options {
  discv5_options discv5;
  peer_exchange_options exchange;  ///< without clients: none
  std::optional<membership_options>
      membership;  ///< none: connections are given, and what is found is only counted
};

/// All of a run's discovery: services of peer exchange answer with what their discv5 found, and relay nodes dial what
/// either of both found. The relay nodes are the first nodes; those after them are clients of peer exchange alone.
class discovery {
 public:
  /// Network and ledger stay the caller's and outlive this. `nodes` are the relay nodes, `all` those and the others.
  discovery(std::vector<discv5_node> nodes, std::uint32_t all, discovery_options options,
            relay_network& network, ledger& into, std::uint64_t seed)
      : network_(network),
        seeds_(seed),
        discv5_(std::move(nodes), std::move(options.discv5), into, seeds_.next()),
        exchange_(all, std::move(options.exchange), into, seeds_.next()) {
    if (options.membership) members_.emplace(network, std::move(*options.membership), seeds_.next());
    discv5_.on_found = [this](std::uint32_t node, std::span<const std::uint32_t> found, wr::duration at) {
      exchange_.discovered(node, found);
      tell(node, found, at);
    };
    exchange_.on_found = [this](std::uint32_t node, std::span<const std::uint32_t> found, wr::duration at) {
      tell(node, found, at);
    };
  }
  discovery(const discovery&) = delete;
  discovery& operator=(const discovery&) = delete;

  /// Called when a node found others, by whichever way.
  std::function<void(std::uint32_t node, std::span<const std::uint32_t> found, wr::duration at)> on_found;

  /// When something next happens that other parts of the run can notice, which packets of discv5 are not, or
  /// wr::duration::max().
  [[nodiscard]] wr::duration next_event() {
    return std::min(exchange_.next_event(), members_ ? members_->next_event() : wr::duration::max());
  }
  /// All that happens before a time, which is now then. Before nodes dial, the relay network is brought to that time.
  void run_until(wr::duration end) {
    constexpr wr::duration just_after{1};
    for (wr::duration next = next_event(); next < end; next = next_event()) {
      discv5_.run_until(next);
      exchange_.run_until(next + just_after);
      if (!members_ || members_->next_event() > next) continue;
      if (network_.now() < next) network_.run_until(next);
      members_->run_until(next + just_after);
    }
    discv5_.run_until(end);
    exchange_.run_until(end);
    if (members_) members_->run_until(end);
  }

  /// A node goes or comes back at a time, now or later. The relay network is told by others.
  void set_online(std::uint32_t node, bool online, wr::duration at) {
    exchange_.set_online(node, online, at);
    if (node >= network_.nodes().size()) return;
    discv5_.set_online(node, online, at);
    if (members_) members_->set_online(node, online, at);
  }

  void report(measurements& into) const {
    discv5_.report(into);
    if (!exchange_.idle()) exchange_.report(into);
    if (members_) members_->report(into);
  }
  [[nodiscard]] const discv5_network& discv5() const noexcept { return discv5_; }
  /// Nothing where connections are given.
  [[nodiscard]] const std::optional<membership>& members() const noexcept { return members_; }

 private:
  void tell(std::uint32_t node, std::span<const std::uint32_t> found, wr::duration at) {
    if (members_ && node < network_.nodes().size()) members_->found(node, found);
    if (on_found) on_found(node, found, at);
  }

  relay_network& network_;
  wr::random_source seeds_;
  discv5_network discv5_;
  peer_exchange exchange_;
  std::optional<membership> members_;
};

}  // namespace midscale
