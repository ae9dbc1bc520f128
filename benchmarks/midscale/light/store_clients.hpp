// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/latency.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>

#include <midscale/light/engine_node.hpp>
#include <midscale/light/framed_passage.hpp>
#include <midscale/results/measurements.hpp>

namespace midscale {

/// Clients that ask stores for ranges of time and nothing else, page by page until the end, as an application does that
/// shows a history: all bodies, 100 entries a page. A client has one transport and any number of queries under way.
class store_clients {
 public:
  /// What became of the queries.
  struct results {
    std::vector<std::uint32_t> query_us;  ///< from asking to the last page
    std::vector<std::uint32_t> page_us;   ///< from asking for a page to its entries
    std::uint64_t queries = 0;
    std::uint64_t entries = 0;
  };

  store_clients(service_network& network, std::string_view pubsub_topic, std::uint64_t seed)
      : network_(&network), pubsub_topic_(pubsub_topic), random_(seed) {}

  /// A further client.
  std::uint32_t add() {
    clients_.push_back(std::make_unique<client>(*this));
    return clients_.back()->transport.client();
  }
  /// Asks from a time on, until another, so many times a second, each for a range that ends at that moment. Lengths and
  /// distances are drawn from exponential distributions, client and store at random.
  void plan(wr::duration begin, wr::duration end, double rate, wr::duration span) {
    if (rate <= 0 || clients_.empty()) return;
    const double mean_ns = 1e9 / rate;
    for (wr::duration at = begin + drawn(mean_ns); at < end; at += drawn(mean_ns))
      network_->clock().schedule_at(network_->clock().start() + at, [this, span] { ask(span); });
  }
  [[nodiscard]] const results& told() const noexcept { return told_; }

 private:
  using transport_type = wt::simulated_transport<shared_message, wr::capability_set{.store = true},
                                                 wt::fast_hasher, framed_passage, gossip_layer>;
  using inbox_type = wr::inbox<shared_message>;
  using page_end = wr::operation_ended<wr::store_reply<shared_message>>;

  struct client {
    explicit client(store_clients& all)
        : owner(&all), inbox(new inbox_type(&client::woken, this)), transport(*all.network_) {
      transport.attach(wr::event_sink<shared_message>(inbox));
    }
    ~client() { inbox.get()->close(); }
    static void woken(void* it) {
      auto* const own = static_cast<client*>(it);
      own->owner->network_->clock().schedule_after({}, [own] { own->owner->take(*own); });
    }
    store_clients* owner;
    wr::inbox_reference<shared_message> inbox;
    transport_type transport;
  };
  struct query {
    client* by;
    wr::peer_id store;
    wr::wall_time from, until;
    wr::steady_time begun, page_begun;
    wr::store_cursor cursor;
  };

  wr::duration drawn(double mean_ns) {
    return wr::duration(static_cast<wr::duration::rep>(wt::draw_exponential(random_) * mean_ns));
  }
  void ask(wr::duration mean_span) {
    const wr::instant now = network_->clock().now();
    const wr::duration span = drawn(static_cast<double>(mean_span.count()));
    client& by = *clients_[random_.below(clients_.size())];
    const auto store = static_cast<wr::peer_id>(random_.below(network_->fleet().size()));
    queries_.push_back({&by, store, now.wall - span, now.wall, now.steady, now.steady, {}});
    ++told_.queries;
    ask_page(static_cast<std::uint32_t>(queries_.size() - 1));
  }
  void ask_page(std::uint32_t number) {
    query& own = queries_[number];
    own.page_begun = network_->clock().steady();
    const wr::operation_id operation(wr::operation_kind::store_query, number, 1);
    const std::array topics{shared_message::content_topic};
    wr::store_request asked;
    asked.operation = operation;
    asked.peer = own.store;
    asked.pubsub_topic = pubsub_topic_;
    asked.content_topics = topics;
    asked.time_start = own.from;
    asked.time_end = own.until;
    asked.include_data = true;
    asked.cursor = own.cursor;
    own.by->transport.store_query(asked, {own.by->inbox, operation});
  }
  void take(client& by) {
    inbox_type::batch taken;
    by.inbox.get()->take(taken);
    for (auto& each : taken.entries)
      if (auto* const ended = std::get_if<page_end>(&each)) page_came(ended->operation.slot(), ended->result);
  }
  void page_came(std::uint32_t number, const wr::reply_or_error<wr::store_reply<shared_message>>& result) {
    query& own = queries_[number];
    const auto* const reply = std::get_if<wr::store_reply<shared_message>>(&result);
    if (reply == nullptr || !wr::is_success(reply->status)) return;
    told_.page_us.push_back(us_since(own.page_begun));
    told_.entries += reply->entries.size();
    own.cursor = reply->cursor;
    if (!own.cursor.empty()) return ask_page(number);
    told_.query_us.push_back(us_since(own.begun));
  }
  [[nodiscard]] std::uint32_t us_since(wr::steady_time begin) const {
    return microseconds_of(network_->clock().steady() - begin);
  }

  service_network* network_;
  std::string_view pubsub_topic_;
  wr::random_source random_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<query> queries_;
  results told_;
};

}  // namespace midscale
