// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>

#include "experiment.hpp"
#include "light_node.hpp"
#include "record.hpp"

namespace demo {

/// Hands the lines to the sender's node evenly over a time; when its buffer is full, the next waits.
template <class Node>
class feeder {
 public:
  feeder(line_network& in, const experiment& setting, wr::duration over, Node& node, record& kept)
      : network_(&in),
        setting_(&setting),
        node_(&node),
        record_(&kept),
        begin_(in.clock().steady()),
        over_(over) {}

  void start() { plan(); }

 private:
  static constexpr wr::duration retry = std::chrono::milliseconds(100);

  [[nodiscard]] wr::steady_time due() const {
    const auto lines = static_cast<wr::duration::rep>(setting_->lines.size());
    const auto line = static_cast<wr::duration::rep>(next_);
    return begin_ + over_ / (2 * lines) * (2 * line + 1);
  }
  void plan() {
    if (next_ == setting_->lines.size()) return;
    network_->clock().schedule_at(due(), [this] { feed(); });
  }
  void feed() {
    const auto request = node_->publish(pubsub_topic, setting_->lines[next_]);
    if (!request) {
      network_->clock().schedule_after(retry, [this] { feed(); });
      return;
    }
    record_->published(next_, *request, network_->clock().steady());
    ++next_;
    plan();
  }

  line_network* network_;
  const experiment* setting_;
  Node* node_;
  record* record_;
  wr::steady_time begin_;
  wr::duration over_;
  std::size_t next_ = 0;
};

}  // namespace demo
