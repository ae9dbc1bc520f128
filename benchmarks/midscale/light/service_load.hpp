// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <midscale/light/engine_node.hpp>
#include <midscale/light/store_work.hpp>
#include <midscale/network/ledger.hpp>
#include <midscale/results/distribution.hpp>
#include <midscale/results/measurements.hpp>

namespace midscale {

/// What services carry: how long their stores work, bytes by protocol in each second, and requests.
class service_load {
 public:
  /// Of a network whose ledger is open later. Both outlive it.
  service_load(service_network& network, ledger& book)
      : network_(&network), book_(&book), stores_(network.fleet().size()) {
    network.fleet().on_store_work([this](std::uint32_t node, const wr::store_request& asked,
                                         const auto& page) {
      const std::size_t archive = network_->fleet().archive(node).size();
      const wr::duration takes = stores_.answer(
          node, network_->clock().elapsed(), page_work(archive, page.entries.size(), !asked.hashes.empty()));
      answers_us_.push_back(microseconds_of(takes));
      return takes;
    });
    network.clock().schedule_at(network.clock().start() + book.begin(), [this] {
      before_ = by_node();
      busy_before_ = stores_.busy();
      answers_us_.clear();
    });
    sample_at(book.begin());
  }
  service_load(const service_load&) = delete;
  service_load& operator=(const service_load&) = delete;

  /// Enters the figures of the measured time.
  void report(measurements& into) const {
    const double seconds = wr::seconds_of(book_->end() - book_->begin());
    for (const counted& each : kinds) {
      std::uint64_t sum = 0;
      std::uint64_t most = 0;
      for (std::size_t node = 0; node < at_end_.size(); ++node) {
        const std::uint64_t own = requests_of(at_end_[node], each) - requests_of(before_[node], each);
        sum += own;
        most = std::max(most, own);
      }
      if (sum == 0) continue;
      const std::string name(each.name);
      const auto nodes = static_cast<double>(at_end_.size());
      into.told.push_back({name + "_mean", rounded(static_cast<double>(sum) / nodes / seconds), "1/s",
                           std::string(each.meaning) + " of a service node"});
      into.told.push_back({name + "_max", rounded(static_cast<double>(most) / seconds), "1/s",
                           std::string(each.meaning) + " of the service node that has most"});
    }
    report_stores(into, seconds);
  }

 private:
  using kind = wr::operation_kind;
  using traffics = std::vector<wt::traffic>;
  struct counted {
    std::string_view name;
    std::string_view meaning;
    std::array<kind, 3> of;
  };
  static constexpr std::array<counted, 4> kinds{{
      {"lightpush_requests", "lightpush requests", {kind::lightpush, kind::none, kind::none}},
      {"filter_requests",
       "filter requests",
       {kind::filter_subscribe, kind::filter_unsubscribe, kind::filter_ping}},
      {"filter_pushes", "filter pushes", {}},
      {"store_requests", "store requests", {kind::store_query, kind::none, kind::none}},
  }};

  static std::uint64_t requests_of(const wt::traffic& of, const counted& what) {
    if (what.name == "filter_pushes") return of.pushes.requests;
    std::uint64_t sum = 0;
    for (const kind each : what.of) sum += of.count(each);
    return sum;
  }
  [[nodiscard]] traffics by_node() const {
    traffics made;
    for (std::uint32_t node = 0; node < network_->fleet().size(); ++node)
      made.push_back(network_->traffic_at(node));
    return made;
  }
  static wt::traffic::flow flow_of(const wt::traffic& of, protocol what) {
    if (what == protocol::lightpush) return of.of(kind::lightpush);
    if (what == protocol::store) return of.of(kind::store_query);
    wt::traffic::flow sum = of.pushes;
    for (const kind each : {kind::filter_subscribe, kind::filter_unsubscribe, kind::filter_ping})
      sum += of.of(each);
    return sum;
  }
  // What went over the links from one second to the next counts as of the first. What is lost was received by nobody.
  void sample_at(wr::duration at) {
    network_->clock().schedule_at(network_->clock().start() + at, [this, at] {
      wt::traffic sum;
      for (const wt::traffic& each : by_node()) sum += each;
      if (at > book_->begin()) enter(sum, at - std::chrono::nanoseconds(1));
      sampled_ = sum;
      if (at >= book_->end()) {
        at_end_ = by_node();
        busy_at_end_ = stores_.busy();
        answers_at_end_us_ = answers_us_;
      } else {
        sample_at(std::min(at + wr::duration(std::chrono::seconds(1)), book_->end()));
      }
    });
  }
  void enter(const wt::traffic& sum, wr::duration at) {
    for (const protocol what : {protocol::filter, protocol::lightpush, protocol::store}) {
      const wt::traffic::flow now = flow_of(sum, what);
      const wt::traffic::flow then = flow_of(sampled_, what);
      const std::uint64_t sent = now.bytes_up + now.bytes_down - then.bytes_up - then.bytes_down;
      const std::uint64_t lost = now.bytes_lost - then.bytes_lost;
      // What is lost in a second may have been sent in the one before.
      const std::uint64_t arrived = sent > lost ? sent - lost : 0;
      book_->exchanged(what, at, {.in = arrived, .out = sent});
      book_->lost(at, lost);
    }
  }
  void report_stores(measurements& into, double seconds) const {
    std::vector<std::uint32_t> sorted = answers_at_end_us_;
    std::sort(sorted.begin(), sorted.end());
    if (sorted.empty()) return;
    into.told.push_back({"store_answer_p99", rounded(quantile(sorted, 99, 100) / 1e3), "ms",
                         "from the coming of a request to a store until its answer leaves"});
    wr::duration sum{};
    wr::duration most{};
    for (std::size_t node = 0; node < busy_at_end_.size(); ++node) {
      const wr::duration own = busy_at_end_[node] - busy_before_[node];
      sum += own;
      most = std::max(most, own);
    }
    into.told.push_back({"store_load_mean",
                         rounded(wr::seconds_of(sum) / static_cast<double>(busy_at_end_.size()) / seconds, 6),
                         "share", "of the time that a store worked"});
    into.told.push_back({"store_load_max", rounded(wr::seconds_of(most) / seconds, 6), "share",
                         "of the time that the store worked that has most"});
  }

  service_network* network_;
  ledger* book_;
  store_queues stores_;
  std::vector<std::uint32_t> answers_us_, answers_at_end_us_;
  traffics before_, at_end_;
  wt::traffic sampled_;
  std::vector<wr::duration> busy_before_, busy_at_end_;
};

}  // namespace midscale
