// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/engine/action.hpp>
#include <waku/reliability/testing/message_ledger.hpp>

#include <midscale/light/shared_message.hpp>
#include <midscale/network/ledger.hpp>
#include <midscale/results/distribution.hpp>

namespace midscale {

namespace wt = waku::reliability::testing;

/// Writes down what nodes with engines publish and are told, and judges it by what the network knows. What was
/// published while the ledger was open counts.
class light_record {
 public:
  /// Publications that are none of the run's have numbers from here on.
  static constexpr std::uint32_t archived = std::uint32_t{1} << 31U;

  light_record(ledger& book, const wt::message_ledger& truth) : book_(&book), truth_(&truth) {}

  /// A further row, by its name; returns its number.
  std::size_t add_row(std::string_view name) {
    rows_.emplace_back().strategy = name;
    lost_.push_back(0);
    return rows_.size() - 1;
  }
  /// A node that takes part in a row and follows a shard. `relays`: the relay network tells itself what it receives.
  /// Nodes that are added have numbers from 0.
  void add_node(std::uint32_t node, std::uint32_t shard, std::size_t row, bool relays) {
    nodes_.push_back({node, shard, row, relays, {}, {}});
    ++rows_[row].nodes;
  }

  /// A node hands a message over to be published. Returns its number.
  std::uint32_t publish(const publication& what) {
    messages_.push_back({what, {}, {}, {}});
    return static_cast<std::uint32_t>(messages_.size() - 1);
  }
  [[nodiscard]] const publication& published(std::uint32_t message) const { return messages_[message].what; }
  /// The message was accepted by the engine of the node that was added as this one.
  void requested(std::size_t by, std::uint32_t message, wr::request_id request) {
    messages_[message].by = by;
    nodes_[by].requests.emplace(request, message);
  }
  /// The message has come into the relay network, where it has a number.
  void relayed(std::uint32_t message, std::uint32_t number) {
    if (!messages_[message].relayed) messages_[message].relayed = number;
  }

  void received(std::size_t by, std::uint32_t message, wr::delivered_by how, wr::duration now) {
    if (message >= archived) return;
    participant& own = nodes_[by];
    own.shown.resize(messages_.size(), shown_by::nobody);
    light_row& row = rows_[own.row];
    if (!counts(message)) return;
    assert(own.shown[message] == shown_by::nobody && "an engine shows a message once");
    own.shown[message] = how == wr::delivered_by::store ? shown_by::store : shown_by::others;
    const std::uint32_t latency_us = microseconds_of(now - messages_[message].what.at);
    row.latencies_us.push_back(latency_us);
    if (own.relays && how == wr::delivered_by::relay) return;
    book_->first({*messages_[message].relayed, own.node, latency_us, 0,
                  how == wr::delivered_by::store ? way::store : way::filter},
                 false);
  }
  void propagated(std::size_t by, wr::request_id request, wr::duration now) {
    const std::uint32_t message = nodes_[by].requests.at(request);
    if (nodes_[by].relays || !counts(message)) return;
    const std::uint32_t latency_us = microseconds_of(now - messages_[message].what.at);
    push_latencies_us_.push_back(latency_us);
  }
  void finished(std::size_t by, const wr::finished& end) {
    fate& own = messages_[nodes_[by].requests.at(end.request)];
    const auto known = end.hash ? truth_->find(*end.hash) : std::nullopt;
    ++own.outcomes;
    if (const auto* confirmed = std::get_if<wr::confirmed>(&end.outcome)) {
      own.wrong = own.wrong || !confirmation_holds(known, *confirmed);
    } else if (std::holds_alternative<wr::failed>(end.outcome)) {
      own.failed = known;
    }
  }

  /// The rows, when all is over; but for the bytes.
  [[nodiscard]] std::vector<light_row> judge() {
    for (std::uint32_t each = 0; each < messages_.size(); ++each)
      if (counts(each) && messages_[each].by) judge_publication(messages_[each]);
    for (participant& each : nodes_) judge_receiver(each);
    for (light_row& each : rows_) std::sort(each.latencies_us.begin(), each.latencies_us.end());
    return rows_;
  }
  /// Of each row: messages that its nodes published and that came to no relay node. After judge().
  [[nodiscard]] const std::vector<std::uint64_t>& lost() const noexcept { return lost_; }
  /// Of light nodes: from handing a message over until a first node had taken it. Sorted.
  [[nodiscard]] std::vector<std::uint32_t> push_latencies_us() const {
    std::vector<std::uint32_t> sorted = push_latencies_us_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  enum class shown_by : std::uint8_t { nobody, others, store };
  struct fate {
    publication what;
    std::optional<std::uint32_t> relayed;  // its number in the relay network
    std::optional<std::size_t> by;         // the node whose engine took it
    std::optional<wt::message_index> failed;
    std::uint32_t outcomes = 0;
    bool wrong = false;
  };
  struct participant {
    std::uint32_t node;
    std::uint32_t shard;
    std::size_t row;
    bool relays;
    std::vector<shown_by> shown;  // of each message
    std::map<wr::request_id, std::uint32_t> requests;
  };

  [[nodiscard]] bool counts(std::uint32_t message) const { return book_->open(messages_[message].what.at); }
  // Whether a node beyond those it was handed to really has it, at this moment.
  [[nodiscard]] bool confirmation_holds(std::optional<wt::message_index> message,
                                        const wr::confirmed& confirmed) const {
    if (!message) return false;
    if (truth_->honest_store_has_held(*message)) return true;
    return confirmed.by != wr::confirmed_by::store && truth_->reached_beyond_pushed(*message);
  }
  void judge_publication(const fate& own) {
    const std::size_t row = nodes_[*own.by].row;
    ++rows_[row].published;
    lost_[row] += own.relayed ? 0 : 1;
    const bool denied = own.failed && truth_->honest_store_has_held(*own.failed);
    if (own.wrong || denied || own.outcomes > 1) ++rows_[row].wrong_verdicts;
  }
  void judge_receiver(participant& own) {
    own.shown.resize(messages_.size(), shown_by::nobody);
    for (std::uint32_t each = 0; each < messages_.size(); ++each) {
      const fate& sent = messages_[each];
      if (!counts(each) || !sent.relayed || sent.what.node == own.node || sent.what.shard != own.shard)
        continue;
      light_row& row = rows_[own.row];
      ++row.expected;
      row.missed += own.shown[each] == shown_by::nobody ? 1 : 0;
      row.recovered += own.shown[each] == shown_by::store ? 1 : 0;
    }
  }

  ledger* book_;
  const wt::message_ledger* truth_;
  std::vector<fate> messages_;
  std::vector<participant> nodes_;
  std::vector<light_row> rows_;
  std::vector<std::uint64_t> lost_;
  std::vector<std::uint32_t> push_latencies_us_;
};

}  // namespace midscale
