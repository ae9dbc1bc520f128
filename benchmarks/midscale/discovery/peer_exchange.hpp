// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/peer_exchange_service.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/testing/latency.hpp>

#include <midscale/discovery/node_record.hpp>
#include <midscale/discovery/peer_exchange_frame.hpp>
#include <midscale/network/draw.hpp>
#include <midscale/network/event_queue.hpp>
#include <midscale/network/ledger.hpp>
#include <midscale/results/measurements.hpp>

namespace midscale {

/// Who asks whom, how often and for how many.
struct peer_exchange_options {
  std::vector<std::uint32_t> services;  ///< of which a client asks one, drawn each time
  std::vector<std::uint32_t> clients;
  /// nwaku, waku/factory/node_factory.nim, startNode: D of GossipSub at the start, though 5 without relay.
  std::uint32_t asked_first = 6;
  /// DefaultPXNumPeersReq; from nwaku 0.35 on peerExchangeLoop in waku_node.nim asks each minute. 0.34 asked once.
  std::uint32_t asked = 5;
  wr::duration interval = std::chrono::minutes(1);
  /// MaxPeersCacheSize of nwaku's waku_peer_exchange/protocol.nim; go-waku's MaxCacheSize is 1,000. nwaku keeps those
  /// found that it could connect to and looks anew every ten minutes; here it is those found last.
  std::uint32_t kept = 60;
  wr::testing::latency latency{std::chrono::milliseconds(50), {}, std::chrono::seconds(4)};  ///< one way
  node_record record;                                     ///< of those found
  wr::duration starts_within = std::chrono::seconds(10);  ///< as discv5_options has it
};

/// Nodes that find others by peer exchange (34/WAKU2-PEER-EXCHANGE) instead of discv5. The services answer out of what
/// their discv5 finds, by the service that is shipped. All is a function of the arguments and the seed.
class peer_exchange {
 public:
  /// `nodes` are all of the run. The ledger stays the caller's and outlives this.
  peer_exchange(std::uint32_t nodes, peer_exchange_options options, ledger& into, std::uint64_t seed)
      : options_(std::move(options)), book_(into), random_(seed), online_(nodes, true), lives_(nodes) {
    assert(!options_.services.empty() || options_.clients.empty());
    service_of_.resize(nodes, none);
    is_client_.resize(nodes);
    wr::services::profile profile = wr::services::nwaku_profile();
    profile.exchange_kept_max = options_.kept;
    for (const std::uint32_t node : options_.services) {
      service_of_[node] = static_cast<std::uint32_t>(services_.size());
      services_.emplace_back(profile, random_.next());
    }
    for (const std::uint32_t node : options_.clients) {
      is_client_[node] = true;
      put(kind::first, node, draw_start());
    }
  }

  /// Called when a client was told of others.
  std::function<void(std::uint32_t node, std::span<const std::uint32_t> found, wr::duration at)> on_found;

  [[nodiscard]] wr::duration now() const noexcept { return now_; }
  /// When the next thing happens, or wr::duration::max().
  [[nodiscard]] wr::duration next_event() { return events_.empty() ? wr::duration::max() : events_.next(); }
  /// All that happens before a time, which is now then.
  void run_until(wr::duration end) {
    while (!events_.empty() && events_.next() < end) {
      const event due = events_.take();
      now_ = events_.now();
      happen(due);
    }
    now_ = end;
  }

  /// The discv5 of a node found others. Of a node that is no service nothing comes.
  void discovered(std::uint32_t node, std::span<const std::uint32_t> found) {
    if (service_of_[node] == none) return;
    for (const std::uint32_t each : found)
      services_[service_of_[node]].discovered(encoded(options_.record, each));
  }
  /// A node goes or comes back at a time, now or later. A client that is back begins anew.
  void set_online(std::uint32_t node, bool online, wr::duration at) {
    events_.put(at, {.what = online ? kind::come_back : kind::leave, .node = node});
  }

  /// Nobody asks.
  [[nodiscard]] bool idle() const noexcept { return options_.clients.empty(); }
  /// Tells what clients asked for and were told.
  void report(measurements& into) const {
    into.told.push_back(
        {"exchange_requests", static_cast<double>(requests_), "requests", "of peer exchange"});
    into.told.push_back({"exchange_records",
                         requests_ == 0 ? 0 : static_cast<double>(told_) / static_cast<double>(requests_),
                         "records", "in an answer of peer exchange, mean"});
  }

 private:
  enum class kind : std::uint8_t { first, again, asked, answered, leave, come_back };
  struct event {
    kind what;
    std::uint32_t node = 0;  // the client
    std::uint32_t life = 0;  // of it
    std::uint32_t service = 0;
    std::uint32_t place = 0;  // of what was asked or answered
    wr::duration latency{};
  };
  struct exchange {
    std::uint32_t wanted = 0;
    std::size_t bytes = 0;
    std::vector<std::uint32_t> found;
  };

  static constexpr std::uint32_t none = ~std::uint32_t{0};

  [[nodiscard]] wr::duration draw_start() {
    return wr::duration(static_cast<wr::duration::rep>(
        random_.below(static_cast<std::uint64_t>(options_.starts_within.count()))));
  }
  void put(kind what, std::uint32_t node, wr::duration after) {
    events_.put(now_ + after, {.what = what, .node = node, .life = lives_[node]});
  }

  void happen(const event& due) {
    switch (due.what) {
      case kind::leave:
        online_[due.node] = false;
        ++lives_[due.node];
        return;
      case kind::come_back:
        if (online_[due.node]) return;
        online_[due.node] = true;
        if (is_client_[due.node]) put(kind::first, due.node, {});
        return;
      case kind::asked: return answer(due);
      case kind::answered: return learn(due);
      default:
        if (due.life == lives_[due.node])
          ask(due.node, due.what == kind::first ? options_.asked_first : options_.asked);
    }
  }
  // A stream takes a round trip until the request can follow (multistream-select), and the answer another one.
  void ask(std::uint32_t node, std::uint32_t wanted) {
    put(kind::again, node, options_.interval);
    const std::uint32_t place = take();
    exchanges_[place].wanted = wanted;
    exchanges_[place].bytes = peer_exchange_frame::request(wanted);
    book_.sent(protocol::peer_exchange, node, now_, exchanges_[place].bytes);
    const wr::duration latency = options_.latency.draw(random_);
    const std::uint32_t service =
        options_.services[draw_below(random_, static_cast<std::uint32_t>(options_.services.size()))];
    events_.put(now_ + 3 * latency, {kind::asked, node, lives_[node], service, place, latency});
  }
  void answer(const event& due) {
    exchange& own = exchanges_[due.place];
    if (!arrives(due.service, own.bytes)) return free_.push_back(due.place);
    const auto given = services_[service_of_[due.service]].answer(
        {.peer = static_cast<wr::peer_id>(due.node), .num_peers = own.wanted}, wr::steady_time(now_));
    if (!given) return free_.push_back(due.place);
    if (book_.open(now_)) {
      ++requests_;
      told_ += given->enrs.size();
    }
    own.bytes = peer_exchange_frame::reply(*given);
    own.found.clear();
    for (const auto& each : given->enrs) own.found.push_back(node_of_record(each));
    book_.sent(protocol::peer_exchange, due.service, now_, own.bytes);
    event back = due;
    back.what = kind::answered;
    events_.put(now_ + due.latency, back);
  }
  void learn(const event& due) {
    const bool here = arrives(due.node, exchanges_[due.place].bytes);
    if (here && due.life == lives_[due.node] && on_found)
      on_found(due.node, exchanges_[due.place].found, now_);
    free_.push_back(due.place);
  }
  bool arrives(std::uint32_t at, std::size_t bytes) {
    if (online_[at]) {
      book_.received(protocol::peer_exchange, at, now_, bytes);
    } else {
      book_.lost(now_, bytes);
    }
    return online_[at];
  }
  std::uint32_t take() {
    if (free_.empty()) {
      exchanges_.emplace_back();
      return static_cast<std::uint32_t>(exchanges_.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    return place;
  }

  peer_exchange_options options_;
  ledger& book_;
  wr::random_source random_;
  std::vector<bool> online_;
  std::vector<std::uint32_t> lives_;       // of each node
  std::vector<std::uint32_t> service_of_;  // its place among the services, or none
  std::vector<bool> is_client_;
  std::vector<wr::services::peer_exchange_service> services_;
  std::vector<exchange> exchanges_;
  std::vector<std::uint32_t> free_;
  event_queue<event> events_;
  wr::duration now_{};
  std::uint64_t requests_ = 0, told_ = 0;
};

}  // namespace midscale
