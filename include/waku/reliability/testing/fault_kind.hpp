// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace waku::reliability::testing {

/// What can go wrong in a simulated network.
enum class fault_kind : std::uint8_t {
  hop_loss,              ///< a relay hop lost a message
  link_loss,             ///< a frame between a client and a service node was lost in silence
  link_reset,            ///< a frame was lost and the connection broke
  node_offline,          ///< a request or push met a node that was away
  subscription_lost,     ///< a node that restarted had forgotten its subscribers
  client_offline,        ///< a request or push met a client without a network
  churn,                 ///< clients were told that a node left, or that it came
  partition,             ///< a relay hop met the border of a partition
  full_store,            ///< a full store did not take a message in
  wiped_store,           ///< a store lost what it held
  rate_limit,            ///< a request was over the rate to which a fault had cut a node
  slow_node,             ///< an answer was held back
  pushed_not_relayed,    ///< a node said OK to a push and dropped the message
  absent_though_stored,  ///< a store kept silent about a message that it holds
  wrong_body,            ///< a store gave another body than that of the hash
  unasked_push,          ///< a filter node pushed what nobody had asked for
  clock_skew,            ///< a clock was set wrong
  clock_step,            ///< a client's wall clock was stepped while it ran
};

/// How many kinds of faults there are.
inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(fault_kind::clock_step) + 1;

/// The name of a kind of fault, as its enumerator is spelled.
[[nodiscard]] constexpr std::string_view name_of(fault_kind kind) noexcept {
  constexpr std::array<std::string_view, fault_kinds> names{
      "hop_loss",       "link_loss",  "link_reset",         "node_offline",         "subscription_lost",
      "client_offline", "churn",      "partition",          "full_store",           "wiped_store",
      "rate_limit",     "slow_node",  "pushed_not_relayed", "absent_though_stored", "wrong_body",
      "unasked_push",   "clock_skew", "clock_step"};
  return names[static_cast<std::size_t>(kind)];
}

/// How often each kind of fault struck: counted where it hurt somebody, not where it was planned.
class fault_tally {
 public:
  void strike(fault_kind kind, std::uint64_t times = 1) noexcept { counts_[place(kind)] += times; }
  [[nodiscard]] std::uint64_t count(fault_kind kind) const noexcept { return counts_[place(kind)]; }

  fault_tally& operator+=(const fault_tally& other) noexcept {
    for (std::size_t kind = 0; kind < fault_kinds; ++kind) counts_[kind] += other.counts_[kind];
    return *this;
  }
  friend bool operator==(const fault_tally&, const fault_tally&) = default;

 private:
  static constexpr std::size_t place(fault_kind kind) noexcept { return static_cast<std::size_t>(kind); }

  std::array<std::uint64_t, fault_kinds> counts_{};
};

}  // namespace waku::reliability::testing
