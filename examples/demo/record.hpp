// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include <waku/reliability/engine/action.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/traffic.hpp>

#include "experiment.hpp"
#include "line_message.hpp"
#include "row.hpp"

namespace demo {

namespace wt = waku::reliability::testing;

/// Writes down what one sender and its receivers are told, and judges it by what the network knows.
class record {
 public:
  record(const experiment& setting, const wt::message_ledger& ledger)
      : setting_(&setting), ledger_(&ledger), fates_(setting.lines.size()), receivers_(setting.receivers) {
    for (receiver& each : receivers_) each.got.resize(setting.lines.size());
  }

  void published(std::uint64_t line, wr::request_id request, wr::steady_time at) {
    line_of_[request] = line;
    fates_[line].published = at;
  }
  void received(std::uint32_t by, const line_message& message, wr::steady_time at) {
    receiver& own = receivers_[by];
    const std::uint64_t line = line_number(*message.payload);
    if (line >= fates_.size() || message.content_topic != lines_topic) {
      ++own.foreign;
      return;
    }
    if (own.got[line]) {
      ++own.duplicates;
      return;
    }
    own.got[line] = true;
    // What arrives must be what was sent, byte for byte.
    if (*message.payload != *setting_->lines[line].payload) ++own.foreign;
    own.in_order = own.in_order && line >= own.last;
    own.last = line;
    latencies_.push_back(at - fates_[line].published);
  }
  void finished(const wr::finished& end) {
    fate& own = fates_[line_of_.at(end.request)];
    ++own.outcomes;
    if (const auto* confirmed = std::get_if<wr::confirmed>(&end.outcome)) {
      own.confirmed = true;
      if (!confirmation_holds(end, *confirmed)) own.wrong = true;
    } else {
      own.gave_up = true;
      own.failed = own.failed || std::holds_alternative<wr::failed>(end.outcome);
    }
  }
  /// The faults end: from now on every receiver must get what an honest store holds.
  template <class Network>
  void faults_end(const Network& network) {
    for (wt::message_index message = 0; message < ledger_->size(); ++message) {
      if (is_line(network, message) && ledger_->honest_store_has_held(message))
        fate_of(network, message).stored = true;
    }
  }

  /// The row of the table, when all is over.
  template <class Network>
  [[nodiscard]] row judge(Network& network) {
    for (wt::message_index message = 0; message < ledger_->size(); ++message) {
      if (!is_line(network, message)) continue;
      if (ledger_->honest_store_has_held(message) || ledger_->reached_beyond_pushed(message)) {
        fate_of(network, message).in_network = true;
      }
    }
    row result;
    const wt::traffic moved = network.all_traffic();
    result.requests = moved.all_requests();
    result.bytes = moved.bytes();
    result.faults = network.faults();
    result.p50 = percentile(50);
    result.p99 = percentile(99);
    result.complete = true;
    for (std::uint64_t line = 0; line < fates_.size(); ++line) judge_line(line, result);
    for (const receiver& each : receivers_) {
      result.duplicates_shown += each.duplicates;
      result.receivers_in_order += each.in_order ? 1 : 0;
      if (each.foreign != 0) result.complete = false;
    }
    return result;
  }

 private:
  struct fate {
    wr::steady_time published{};
    std::uint32_t outcomes = 0;
    bool confirmed = false;
    bool gave_up = false;
    bool failed = false;
    bool wrong = false;
    bool stored = false;  // an honest store held it when the faults ended
    bool in_network = false;
  };
  struct receiver {
    std::vector<bool> got;
    std::uint64_t duplicates = 0;
    std::uint64_t foreign = 0;  // what is not a line of the sender, or is not as it was sent
    std::uint64_t last = 0;
    bool in_order = true;
  };

  template <class Network>
  static bool is_line(const Network& network, wt::message_index message) {
    return network.body(message).content_topic == lines_topic;
  }
  template <class Network>
  fate& fate_of(const Network& network, wt::message_index message) {
    return fates_[line_number(*network.body(message).payload)];
  }
  // Whether somebody other than the nodes it was handed to really has it, at this moment.
  [[nodiscard]] bool confirmation_holds(const wr::finished& end, const wr::confirmed& confirmed) const {
    const auto message = end.hash ? ledger_->find(*end.hash) : std::nullopt;
    if (!message) return false;
    if (ledger_->honest_store_has_held(*message)) return true;
    return confirmed.by != wr::confirmed_by::store && ledger_->reached_beyond_pushed(*message);
  }
  void judge_line(std::uint64_t line, row& result) const {
    const fate& own = fates_[line];
    std::uint64_t holders = 0;
    for (std::uint32_t by = 0; by < receivers_.size(); ++by) {
      if (receivers_[by].got[line]) {
        ++holders;
        continue;
      }
      if (own.in_network) result.lacking.emplace_back(by, line);
      if (own.confirmed || own.stored) result.complete = false;
    }
    result.delivered += holders;
    result.reached_network += own.in_network ? 1 : 0;
    if (!own.in_network) result.not_in_network.push_back(line);
    result.gave_up += own.gave_up ? 1 : 0;
    if (own.wrong || own.outcomes != 1 || (own.failed && holders > 0)) ++result.wrong_verdicts;
  }
  // By the nearest rank.
  wr::duration percentile(std::size_t share) {
    if (latencies_.empty()) return {};
    const std::size_t rank = (latencies_.size() * share + 99) / 100;
    const auto place = latencies_.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(latencies_.begin(), place, latencies_.end());
    return *place;
  }

  const experiment* setting_;
  const wt::message_ledger* ledger_;
  std::map<wr::request_id, std::uint64_t> line_of_;
  std::vector<fate> fates_;
  std::vector<receiver> receivers_;
  std::vector<wr::duration> latencies_;
};

}  // namespace demo
