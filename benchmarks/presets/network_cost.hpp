// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <vector>

#include <waku/reliability/testing/fault_script.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

#include "sample.hpp"

namespace presets {

namespace wt = waku::reliability::testing;

/// What went over the links between clients and service nodes, and what it brought. The relay's own traffic is not
/// counted.
struct network_cost {
  std::uint64_t bytes = 0;
  std::uint64_t delivered = 0;  ///< messages times the receivers that got them, each once
  std::uint64_t wanted = 0;     ///< messages times receivers

  network_cost& operator+=(const network_cost& other) {
    bytes += other.bytes;
    delivered += other.delivered;
    wanted += other.wanted;
    return *this;
  }
  [[nodiscard]] double bytes_each() const {
    return static_cast<double>(bytes) / static_cast<double>(delivered);
  }
  [[nodiscard]] double share_delivered() const {
    return static_cast<double>(delivered) / static_cast<double>(wanted);
  }
};

/// One sender and ten receivers in a simulated network, all with `Policies` and default options. The messages are
/// published evenly over five minutes, in which there may be faults. Six healthy minutes follow, until the last message
/// has left the window of the audits: each was listed as often as it is in a program that goes on and on.
template <class Policies, wr::capability_set Capabilities>
class network_run {
 public:
  network_run(std::uint64_t messages, std::uint64_t seed)
      : messages_(messages), seed_(seed), network_(clock_, {.seed = seed}) {
    for (std::uint32_t client = 0; client <= receivers; ++client) {
      clients_.emplace_back(network_, clock_, seed * 1'000'003 + client);
    }
  }

  network_cost run(wt::fault_level faults) {
    for (std::uint32_t receiver = 0; receiver < receivers; ++receiver) {
      participant& own = clients_[receiver + 1];
      own.got.resize(messages_);
      own.host.on_received = [&own](const auto& delivery) {
        own.got.at(number_of(delivery.what.message)) = true;
      };
      if (!own.node.subscribe(pubsub_topic, {content_topic})) std::abort();
    }
    const wt::fault_script script(wt::faults_of(faults), seed_, network_, sending_time);
    script.play(network_);
    for (std::uint64_t number = 0; number < messages_; ++number) {
      const auto odd = static_cast<wr::duration::rep>(2 * number + 1);
      clock_.schedule_after(sending_time / static_cast<wr::duration::rep>(2 * messages_) * odd,
                            [this, number] {
                              if (!clients_.front().node.publish(pubsub_topic, message_of(number)))
                                std::abort();
                            });
    }
    clock_.run_for(sending_time + healthy_time);
    network_cost cost{network_.all_traffic().bytes(), 0, messages_ * receivers};
    for (const participant& each : clients_) {
      for (const bool got : each.got) cost.delivered += got ? 1U : 0U;
    }
    return cost;
  }

 private:
  static constexpr std::uint32_t receivers = 10;
  static constexpr wr::duration sending_time = std::chrono::minutes(5);
  static constexpr wr::duration healthy_time = std::chrono::minutes(6);

  using transport_type = wt::simulated_transport<wr::message, Capabilities>;

  struct participant {
    participant(wt::simulated_network<>& network, wt::virtual_clock& clock, std::uint64_t seed)
        : transport(network), host(clock), node(transport, host, with_seed(seed)) {
      host.drive(node);
    }
    ~participant() { host.release(); }
    participant(const participant&) = delete;
    participant& operator=(const participant&) = delete;

    static wr::options with_seed(std::uint64_t seed) {
      wr::options numbers;
      numbers.seed = seed;
      return numbers;
    }

    transport_type transport;
    wt::test_host<> host;
    wr::node<Policies, transport_type, wr::message, wt::test_host<>> node;
    std::vector<bool> got;  ///< by number; of the sender none
  };

  std::uint64_t messages_;
  std::uint64_t seed_;
  wt::virtual_clock clock_;
  wt::simulated_network<> network_;
  std::deque<participant> clients_;
};

/// The runs of the first `seeds` seeds in one sum.
template <class Policies, wr::capability_set Capabilities>
network_cost measured_network(std::uint64_t messages, wt::fault_level faults, std::uint64_t seeds) {
  network_cost sum;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    sum += network_run<Policies, Capabilities>(messages, seed).run(faults);
  }
  return sum;
}

}  // namespace presets
