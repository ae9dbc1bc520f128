// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <variant>

#include <waku/reliability/testing/fault_script.hpp>

#include "feeder.hpp"
#include "light_node.hpp"
#include "record.hpp"
#include "rows.hpp"

namespace demo {

inline constexpr wr::duration faulty_time = std::chrono::minutes(8);
inline constexpr wr::duration healed_time = std::chrono::minutes(2);

/// A sender and its receivers in a network of their own. All use `Policies`.
template <class Policies>
class row_run {
 public:
  row_run(const experiment& setting, const wr::options& numbers)
      : setting_(&setting),
        network_(clock_, {.seed = setting.seed, .services = wt::services_of(setting.nodes)}),
        record_(setting, network_.ledger()) {
    for (std::uint32_t client = 0; client <= setting.receivers; ++client) {
      wr::options own = numbers;
      own.seed = setting.seed * 1'000'003 + client;
      clients_.emplace_back(network_, own, acts_);
    }
  }
  row_run(const row_run&) = delete;
  row_run& operator=(const row_run&) = delete;

  /// Sends all lines and gives the row. The faults depend on the seed alone: every row meets the same.
  row run(const progress& report) {
    listen_to_sender();
    subscribe_receivers();
    add_noise();
    const wt::fault_script script(wt::faults_of(setting_->faults), setting_->seed, network_, faulty_time);
    script.play(network_);
    feeder feed(network_, *setting_, faulty_time, sender().node, record_);
    feed.start();
    let_time_pass(report);
    return judge();
  }

 private:
  using client_type = light_node<Policies>;

  [[nodiscard]] client_type& sender() { return clients_.front(); }

  void listen_to_sender() {
    sender().host.on_finished = [this](const wr::finished& end) {
      acts_.confirmed += std::holds_alternative<wr::confirmed>(end.outcome) ? 1 : 0;
      record_.finished(end);
    };
  }
  void subscribe_receivers() {
    for (std::uint32_t receiver = 0; receiver < setting_->receivers; ++receiver) {
      client_type& own = clients_[receiver + 1];
      own.host.on_received = [this, receiver](const line_message& message) {
        record_.received(receiver, message, clock_.steady());
      };
      static_cast<void>(own.node.subscribe(pubsub_topic, {lines_topic}));
    }
  }
  void add_noise() {
    line_message noise = make_line_message(0, "what nobody asked for");
    noise.content_topic = noise_topic;
    noise.timestamp = clock_.wall().time_since_epoch().count();
    network_.add_decoy(pubsub_topic, noise);
  }
  void let_time_pass(const progress& report) {
    constexpr int steps = 50;
    constexpr wr::duration all = faulty_time + healed_time;
    const wr::steady_time begin = clock_.steady();
    bool healed = false;
    for (int step = 1; step <= steps; ++step) {
      clock_.run_until(begin + all / steps * step);
      if (!healed && clock_.steady() >= begin + faulty_time) {
        healed = true;
        record_.faults_end(network_);
      }
      report(static_cast<double>(step) / steps);
    }
  }
  row judge() {
    row result = record_.judge(network_);
    const auto pushes = network_.traffic_of(sender().transport.client()).count(wr::operation_kind::lightpush);
    const std::uint64_t transmissions = setting_->lines.size() + acts_.retransmitted;
    if (pushes > transmissions) acts_.extra_copies += pushes - transmissions;
    result.acts = acts_;
    return result;
  }

  const experiment* setting_;
  wt::virtual_clock clock_;
  line_network network_;
  record record_;
  policy_acts acts_;
  std::deque<client_type> clients_;
};

/// The row of a sender and receivers that all use `Policies`.
template <class Policies>
row run_row(const experiment& setting, const wr::options& numbers, const progress& report) {
  return row_run<Policies>(setting, numbers).run(report);
}

}  // namespace demo
