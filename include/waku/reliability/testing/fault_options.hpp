// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/service/request_meter.hpp>
#include <waku/reliability/testing/network_core.hpp>

namespace waku::reliability::testing {

/// How often something happens to somebody drawn at random, and for how long.
struct fault_episodes {
  std::uint32_t count = 0;  ///< over the whole faulty time
  duration shortest{};
  duration longest{};
};

/// All troubles of a simulated network, for its faulty time. The defaults are none.
struct fault_options {
  double hop_loss = 0;   ///< share of relay hops that lose a message
  double link_loss = 0;  ///< share of frames lost between clients and service nodes

  fault_episodes node_outages{};   ///< a service node is gone without a word, and restarts
  fault_episodes relay_outages{};  ///< a relay node that serves nobody is gone
  fault_episodes churn{};          ///< a service node leaves and comes back, and discovery tells it
  fault_episodes partitions{};     ///< a part of the relay network does not hear the rest
  double partition_share = 0.4;    ///< how large that part is, 0 to 1
  fault_episodes full_stores{};
  std::uint32_t wiped_stores = 0;
  fault_episodes rate_limits{};
  services::request_rate tight_rate{1, std::chrono::seconds(20)};
  fault_episodes slow_nodes{};
  duration slowness_least{};  ///< by which the answers of a slow node are held back
  duration slowness_most{};

  std::uint32_t liars = 0;  ///< stores that lie all the faulty time; at least three others stay honest
  std::uint32_t lies = 0;   ///< dealt out to them in turn; there are three, so 3 is each of them once
  double wrong_bodies = 0;  ///< the fourth, told by all: so many of them give a wrong body for each message

  fault_episodes receiver_outages{};  ///< a client is offline; of every second the client's system knows
  fault_episodes sender_outages{};    ///< the same for the clients that publish
  fault_episodes cut_links{};         ///< one client and one node cannot talk

  duration skew_most{};           ///< clocks of clients and nodes are wrong by up to this, either way
  std::uint32_t clock_steps = 0;  ///< a client's clock is set anew while it runs, within the same bounds
};

/// Three grades of trouble for a run of some minutes with ten service nodes.
enum class fault_level : std::uint8_t { none, mild, harsh };

/// The name of a grade, as its enumerator is spelled.
[[nodiscard]] constexpr std::string_view name_of(fault_level level) noexcept {
  return level == fault_level::none ? "none" : level == fault_level::mild ? "mild" : "harsh";
}
/// The grade of that name, or nothing.
[[nodiscard]] constexpr std::optional<fault_level> fault_level_named(std::string_view name) noexcept {
  for (const fault_level level : {fault_level::none, fault_level::mild, fault_level::harsh}) {
    if (name_of(level) == name) return level;
  }
  return std::nullopt;
}

/// The troubles of a level. Every kind of fault is in both mild and harsh.
[[nodiscard]] inline fault_options faults_of(fault_level level) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  fault_options faults;
  if (level == fault_level::none) return faults;
  faults.hop_loss = 0.02;
  faults.link_loss = 0.01;
  faults.node_outages = {6, seconds(20), seconds(90)};
  faults.relay_outages = {40, seconds(20), seconds(120)};
  faults.churn = {4, seconds(20), seconds(90)};
  faults.partitions = {2, seconds(10), seconds(40)};
  faults.full_stores = {3, seconds(30), seconds(120)};
  faults.wiped_stores = 2;
  faults.rate_limits = {5, seconds(30), seconds(90)};
  faults.slow_nodes = {5, seconds(20), seconds(90)};
  faults.slowness_least = milliseconds(500);
  faults.slowness_most = seconds(6);
  faults.liars = 3;
  faults.lies = 3;
  faults.wrong_bodies = 1;
  faults.receiver_outages = {30, seconds(10), seconds(90)};
  faults.sender_outages = {1, seconds(5), seconds(15)};
  faults.cut_links = {30, seconds(20), seconds(120)};
  faults.skew_most = seconds(5);
  faults.clock_steps = 5;
  if (level == fault_level::mild) return faults;
  faults.hop_loss = 0.08;
  faults.link_loss = 0.04;
  faults.node_outages = {12, seconds(20), seconds(120)};
  faults.relay_outages = {120, seconds(20), seconds(180)};
  faults.churn = {8, seconds(20), seconds(120)};
  faults.partitions = {4, seconds(15), seconds(60)};
  faults.full_stores = {5, seconds(30), seconds(180)};
  faults.wiped_stores = 5;
  faults.rate_limits = {10, seconds(30), seconds(120)};
  faults.slow_nodes = {10, seconds(20), seconds(120)};
  faults.slowness_most = seconds(15);
  faults.liars = 4;
  faults.lies = 6;
  faults.wrong_bodies = 2;
  faults.receiver_outages = {60, seconds(10), seconds(150)};
  faults.sender_outages = {2, seconds(5), seconds(20)};
  faults.cut_links = {80, seconds(20), seconds(180)};
  faults.clock_steps = 15;
  return faults;
}

}  // namespace waku::reliability::testing
