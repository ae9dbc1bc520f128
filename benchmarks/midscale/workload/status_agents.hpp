// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/latency.hpp>

#include <midscale/results/measurements.hpp>
#include <midscale/workload/daily_rhythm.hpp>
#include <midscale/workload/status_messages.hpp>

namespace midscale {

/// Who takes part in the Status application's network, by the agents of its scalability study.
enum class agent_kind : std::uint8_t {
  desktop_user,
  mobile_user,
  community_member,
  control_node,
  store_operator
};

struct agent_trait {
  std::string_view name;
  bool light;   ///< by filter and lightpush, through a service node; the others relay
  bool person;  ///< sends chat messages and status updates, by the daily rhythm
};

/// By agent_kind. A control node sends community descriptions, at any time of day alike; a store operator nothing.
/// That members of communities relay is our choice.
constexpr std::array<agent_trait, 5> agent_traits{{
    {"desktop_user", false, true},
    {"mobile_user", true, true},
    {"community_member", false, true},
    {"control_node", false, false},
    {"store_operator", false, false},
}};

[[nodiscard]] constexpr const agent_trait& trait_of(agent_kind kind) {
  return agent_traits[static_cast<std::size_t>(kind)];
}

struct status_agent {
  agent_kind kind = agent_kind::desktop_user;
  std::uint32_t node = 0;
  std::uint32_t shard = 0;  ///< of its chats, or of the community that it belongs to
};

/// The Status application for some time.
struct status_workload {
  std::vector<status_agent> agents;
  wr::duration length{};
  wr::duration since_midnight = std::chrono::hours(20);  ///< at the start; in the lively evening
};

/// Messages an hour and user in the mean over a day, community descriptions among them.
constexpr double status_messages_an_hour = 5;

/// The publications of the application, by time; those of one moment in the order of their agents. Each agent sends at
/// random moments that do not depend on each other (a Poisson process), users at a rate that follows the daily rhythm.
/// Of all messages the shares of the kinds are those of the mix: what falls to community descriptions is divided among
/// the control nodes, and is not sent where there are none.
///
/// Takes time in proportion to agents and messages, with a sort. Throws std::invalid_argument with a sentence when the
/// length is negative.
[[nodiscard]] inline std::vector<publication> publications_of(const status_workload& workload,
                                                              wr::random_source& random) {
  if (workload.length < wr::duration::zero()) throw std::invalid_argument("length: it is negative");
  constexpr double liveliest = *std::max_element(hourly_activity.begin(), hourly_activity.end()) / 100.0;
  constexpr double an_hour_ns = 3.6e12;
  const auto share = [](status_message kind) { return kind_of(kind).in_mix / double{status_mix_size}; };
  const double descriptions = share(status_message::community_description);
  double users = 0;
  double control_nodes = 0;
  for (const status_agent& each : workload.agents) {
    users += trait_of(each.kind).person ? 1 : 0;
    control_nodes += each.kind == agent_kind::control_node ? 1 : 0;
  }

  std::vector<publication> made;
  // Calls back at the moments of a Poisson process.
  const auto at_moments = [&](double an_hour, auto moment) {
    if (!(an_hour > 0)) return;
    const auto length = static_cast<double>(workload.length.count());
    double at = 0;
    while ((at += wr::testing::draw_exponential(random) * an_hour_ns / an_hour) < length)
      moment(wr::duration(static_cast<wr::duration::rep>(at)));
  };
  for (const status_agent& agent : workload.agents) {
    const auto publish = [&](wr::duration at, status_message kind) {
      made.push_back({at, agent.node, agent.shard, kind_of(kind).bytes});
    };
    if (agent.kind == agent_kind::control_node) {
      at_moments(users * status_messages_an_hour * descriptions / control_nodes,
                 [&](wr::duration at) { publish(at, status_message::community_description); });
    } else if (trait_of(agent.kind).person) {
      // At the highest rate of a day, of which the hour lets its share pass (Lewis and Shedler, 1979).
      at_moments(status_messages_an_hour * (1 - descriptions) * liveliest, [&](wr::duration at) {
        if (!random.chance(activity_at(workload.since_midnight + at) / liveliest)) return;
        const bool chat = random.chance(share(status_message::chat) / (1 - descriptions));
        publish(at, chat ? status_message::chat : status_message::status_update);
      });
    }
  }
  std::stable_sort(made.begin(), made.end(),
                   [](const publication& a, const publication& b) { return a.at < b.at; });
  return made;
}

}  // namespace midscale
