// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>

#include <midscale/light/light_network.hpp>
#include <midscale/network/absences.hpp>
#include <midscale/network/ledger.hpp>
#include <midscale/network/relay.hpp>
#include <midscale/results/measurements.hpp>
#include <midscale/scenario/parameter_values.hpp>
#include <midscale/scenario/parameters.hpp>
#include <midscale/simulation/discovery_setting.hpp>
#include <midscale/simulation/planned_publications.hpp>
#include <midscale/simulation/relay_setting.hpp>
#include <midscale/simulation/run_progress.hpp>
#include <midscale/simulation/told_of_relay.hpp>

namespace midscale {

/// One run: what is in it, and the loop that lets its parts take turns by the time of what they do next.
class simulation {
 public:
  /// Throws std::invalid_argument with a sentence where parameters do not fit each other, and file_trouble.
  explicit simulation(const parameters& of)
      : of_(checked(of)),
        random_(of.seed),
        begin_(duration_of_s(of.warm_up)),
        measured_end_(begin_ + duration_of_s(of.duration)),
        end_(measured_end_ + duration_of_s(of.settle)),
        setting_(relay_setting_of(of, random_)),
        book_(setting_.start.nodes, begin_, measured_end_, of.lights),
        relay_(setting_.start, setting_.nodes, setting_.options, book_, random_.next()) {
    if (of.lights > 0 || of.relay_engines > 0 || of.query_rate > 0)
      lights_.emplace(of, relay_, book_, random_.next());
    if (discovers(of)) {
      discovery_setting found = discovery_setting_of(of, setting_, random_);
      discovery_.emplace(std::move(found.nodes), static_cast<std::uint32_t>(of.nodes()),
                         std::move(found.options), relay_, book_, random_.next());
      if (of.lights > 0 && of.peer_exchange_share > 0) introduce_lights();
    }
    away_.resize(of.nodes());
    for (std::uint32_t node = 0; node < away_.size(); ++node) {
      const double share = node < of.services ? of.service_churn : of.churn;
      away_[node] = absences_of(share, duration_of_s(of.online_s), measured_end_, random_);
      // Afterwards all are there, so that everyone has the time to fetch what he missed.
      for (absence& each : away_[node]) each.until = std::min(each.until, measured_end_);
    }
    for (std::uint32_t node = 0; node < away_.size(); ++node)
      for (const absence& each : away_[node]) {
        set_online(node, false, each.from);
        set_online(node, true, each.until);
      }
    // What is told at heartbeats needs some messages before the measured time.
    const wr::duration first = begin_ / 2;
    plan_ = planned_publications_of(of, away_, first, measured_end_ - first, random_);
  }

  measurements run(const run_progress& progress) {
    constexpr int steps = 200;
    for (int step = 1; step <= steps; ++step) {
      run_until(end_ / steps * step);
      if (progress) progress(static_cast<double>(step) / steps);
    }
    run_until(end_);
    measurements made;
    made.start = setting_.start;
    made.degrees = relay_.degrees();
    book_.report(made);
    tell_of_relay(of_, setting_, made);
    if (discovery_) discovery_->report(made);
    if (lights_) lights_->report(made);
    if (plan_.left_out != 0)
      made.told.push_back({"left_out", static_cast<double>(plan_.left_out), "messages",
                           "not published: their nodes were away, or the end had come"});
    return made;
  }

 private:
  static const parameters& checked(const parameters& of) {
    if (of.services + of.relays < 2)
      throw std::invalid_argument("relays: with services there are " +
                                  std::to_string(of.services + of.relays) + ", give 2 or more");
    if (of.duration != std::floor(of.duration))
      throw std::invalid_argument("duration: it is " + parameter_values::shown(of.duration) +
                                  " s, give whole seconds, by which bytes are counted");
    return of;
  }

  void set_online(std::uint32_t node, bool online, wr::duration at) {
    if (node < setting_.start.nodes) relay_.set_online(node, online, at);
    if (discovery_) discovery_->set_online(node, online, at);
    if (lights_) lights_->set_online(node, online, at);
  }
  // Each light is given one service to begin with, and finds others by peer exchange.
  void introduce_lights() {
    const std::uint32_t first = setting_.start.nodes;
    for (std::uint32_t light = 0; light < of_.lights; ++light)
      lights_->introduce(first + light, light % of_.services);
    discovery_->on_found = [this, first](std::uint32_t node, std::span<const std::uint32_t> found,
                                         wr::duration) {
      if (node < first) return;
      for (const std::uint32_t each : found)
        if (each < of_.services) lights_->introduce(node, each);
    };
  }

  // Lets the parts take turns, up to a time. What happens at one moment the relay network does first.
  void run_until(wr::duration end) {
    constexpr wr::duration never = wr::duration::max();
    constexpr wr::duration moment(1);
    for (;;) {
      const wr::duration published = next_ < plan_.made.size() ? plan_.made[next_].at : never;
      const wr::duration found = discovery_ ? discovery_->next_event() : never;
      // Lights must hear of what comes to services at once; else the relay network may run ahead.
      const wr::duration heard = lights_ ? std::min(relay_.next_event(), lights_->next_event()) : never;
      const wr::duration due = std::min({published, found, heard});
      if (due >= end) break;
      relay_.run_until(due);
      if (lights_) lights_->run_until(due);
      if (published == due) {
        publish(plan_.made[next_++]);
        continue;
      }
      if (heard == due) relay_.run_until(due + moment);
      if (found == due) discovery_->run_until(due + moment);
      if (lights_) lights_->run_until(due + moment);
    }
    relay_.run_until(end);
    if (discovery_) discovery_->run_until(end);
    if (lights_) lights_->run_until(end);
  }
  void publish(const publication& what) {
    if (!lights_) {
      relay_.publish(what.node, static_cast<std::uint16_t>(what.shard), what.bytes);
    } else if (!lights_->publish(what)) {
      ++plan_.left_out;
    }
  }

  parameters of_;
  wr::random_source random_;
  wr::duration begin_, measured_end_, end_;
  relay_setting setting_;
  ledger book_;
  relay_network relay_;
  std::optional<light_network> lights_;
  std::optional<discovery> discovery_;
  std::vector<std::vector<absence>> away_;  // of each node, lights last
  planned_publications plan_;
  std::size_t next_ = 0;  // publication
};

/// Runs the network of the parameters. Throws as simulation's constructor does.
[[nodiscard]] inline measurements run_simulation(const parameters& of, const run_progress& progress = {}) {
  return simulation(of).run(progress);
}

}  // namespace midscale
