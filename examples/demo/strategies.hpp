// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <waku/reliability/engine/outcome.hpp>
#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/testing/single_strategy.hpp>

#include "line_message.hpp"

namespace demo {

/// What the policies of a row did.
struct policy_acts {
  std::uint64_t ejected = 0;        ///< pool: a failing node was left out for a while
  std::uint64_t extra_copies = 0;   ///< redundancy: a message went to one more node, or came from one more
  std::uint64_t retransmitted = 0;  ///< retransmit: a message was sent again
  std::uint64_t confirmed = 0;      ///< confirmation: a message was seen to have arrived
  std::uint64_t recovered = 0;      ///< recovery: a missed message was fetched
  std::uint64_t resubscribed = 0;   ///< subscription: a node was replaced
};

/// Counts what a node's policies did.
struct acts_observer {
  static constexpr wr::slot fills = wr::slot::observer;

  void on(const wr::notice::peer_ejected&) const { ++acts->ejected; }
  void on(const wr::notice::peer_replaced&) const { ++acts->resubscribed; }
  void on(const wr::notice::retransmitted&) const { ++acts->retransmitted; }
  void on(const wr::notice::duplicate_received&) const { ++acts->extra_copies; }
  void on(const wr::notice::recovered&) const { ++acts->recovered; }

  policy_acts* acts = nullptr;
};

/// A policy set with the observer added.
template <class List>
struct observed_list;
template <class... Listed>
struct observed_list<wr::policies<Listed...>> : wr::policies<Listed..., acts_observer> {};
template <class Set>
using observed = observed_list<typename Set::policy_list>;

}  // namespace demo
